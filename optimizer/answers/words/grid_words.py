"""What to ask about the grid, in words: a plan that says nothing of its feeding takes it never to fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from optimizer.answers.form.numbers import share_percent
from optimizer.answers.words.common_words import date_words
from optimizer.answers.words.place_words import country_words, in_country
from optimizer.catalogue import Catalogue
from optimizer.domain import Country
from optimizer.insight.site_grid import OFTEN_A_MONTH, GridDoubts, grid_doubts
from optimizer.plans.outcome import Plan
from optimizer.units.language import local_number, say


def grid_checks(plan: Plan) -> Iterator[str]:
    """What should be checked of the grid of a plan's country."""
    return site_checks(plan.setting.country, plan.setting.catalogue, plan.peak_mw)


def site_checks(country: Country, catalogue: Catalogue, peak_mw: Fraction) -> Iterator[str]:
    """What should be checked of the grid of a country under a site of that peak."""
    found = grid_doubts(catalogue, country.id, peak_mw)
    if found.outages is not None:
        yield say(
            "the grid is assumed never to fail, but firms {in_country} report {count} outages per month "
            "({year}): see optimizer power",
            in_country=in_country(country),
            count=local_number(str(found.outages.value)),
            year=date_words(found.outages.as_of, catalogue.as_of),
        )
    if found.generation is not None:
        yield say(
            "the grid: this peak is {share} of the mean generation {in_country} ({year})",
            share=share_percent(found.share),
            in_country=in_country(country),
            year=found.generation.as_of,
        )


def grids_words(found: Sequence[tuple[Country, GridDoubts]], most: int, today: str) -> Iterator[str]:
    """Of several countries, those whose grids fail often; what is old on a day is said to be.

    Args:
        found: the countries, the best first.
        most: so many of the best are named; of the others, how many there are and the one with most outages.
        today: the day.
    """
    named = _outages(found[:most], today)
    others = [item for item in found[most:] if item[1].outages is not None]
    if others:
        worst = max(others, key=lambda item: 0 if item[1].outages is None else item[1].outages.value)
        yield say(
            "The grids are assumed never to fail, but firms report more than {often} outages in a typical month in "
            "{count} of the {best} best countries{named} and in {others} of the {rest} others (most: {worst}). "
            "See optimizer power.",
            often=OFTEN_A_MONTH,
            count=len(named),
            best=most,
            named=say(" ({countries})", countries=", ".join(named)) if named else "",
            others=len(others),
            rest=len(found) - most,
            worst=_outages([worst], today)[0],
        )
    elif named:
        yield say(
            "The grids are assumed never to fail, but firms report outages in a typical month: "
            "{countries}. See optimizer power.",
            countries=", ".join(named),
        )


def _outages(found: Sequence[tuple[Country, GridDoubts]], today: str) -> list[str]:
    return [
        say(
            "{country} {count} ({year})",
            country=country_words(country),
            count=local_number(str(doubts.outages.value)),
            year=date_words(doubts.outages.as_of, today),
        )
        for country, doubts in found
        if doubts.outages is not None
    ]
