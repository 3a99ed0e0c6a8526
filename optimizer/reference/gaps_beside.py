"""What is next to the figures of a country in ``data gaps``: its law, and figures that look like a slip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median

from optimizer.answers.words.figure_words import substitute_words
from optimizer.answers.words.reason_words import no_plan_words
from optimizer.catalogue import Catalogue
from optimizer.domain import COUNTRY_PARAMETERS, Country, TaxRegime
from optimizer.law.routes import groups
from optimizer.uncertainty.gaps import Behind, Gaps
from optimizer.units.language import local_number, say

_RARE = 0.02
"""Share of the countries below or above which a figure is unusual."""
_FAR = Decimal("1.5")
"""How many times the median, or a part of it, it must be as well."""


def law_lines(code: str, found: Gaps, catalogue: Catalogue) -> Iterator[str]:
    """The groups by which the export rules know the country, and that they decide whatever its figures are."""
    reported = sorted(group for group in groups(code, catalogue, catalogue.as_of) if ":" in group or group == "B")
    if reported:
        yield say("export control groups: {groups} (optimizer law h100 {code})", groups=", ".join(reported), code=code)
    if found.barred:
        yield say(
            "in {count} of {of} cases the law decides, whatever these figures are: {why}",
            count=len(found.barred),
            of=len(found.cases),
            why=no_plan_words(found.barred[0]),
        )


def unusual(code: str, catalogue: Catalogue) -> Iterator[str]:
    """Figures that hardly any other country has: a slip of the pen, or worth a second look."""
    country = catalogue.countries[code]
    for column in (*COUNTRY_PARAMETERS.values(), "grid_carbon_g_per_kwh"):
        value: Decimal | None = getattr(country, column)
        known = [own for row in catalogue.every_country.values() if (own := getattr(row, column)) is not None]
        if value is None:
            continue
        usual, few = median(known), _RARE * len(known)
        reported = {"figure": column, "value": local_number(f"{value:f}"), "of": len(known)}
        if value * _FAR < usual and sum(own < value for own in known) < few:
            yield say("{figure}: {value} is among the lowest of {of} countries", **reported)
        elif value > usual * _FAR and sum(own > value for own in known) < few:
            yield say("{figure}: {value} is among the highest of {of} countries", **reported)


def substitutes(behind: Sequence[Behind]) -> str:
    """The same of the rows of several countries: each way with its countries, separated by ``;``."""
    found: dict[str, list[str]] = {}
    for _, column, row in behind:
        if how := substitute_words(row, column):
            code = row.id if isinstance(row, Country) else row.country if isinstance(row, TaxRegime) else ""
            found.setdefault(how, []).append(code)
    return ";".join(say("{how}: {codes}", how=how, codes=", ".join(codes)) for how, codes in found.items())
