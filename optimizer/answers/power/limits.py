"""The limits on what feeds a site, and what a plan uses of them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from optimizer.answers.form.numbers import share_percent, up
from optimizer.answers.power.words import percent
from optimizer.answers.words.common_words import amount, bound_words
from optimizer.answers.words.limit_words import limit_words
from optimizer.domain.limits import GRID
from optimizer.plans.outcome import LimitUse
from optimizer.power.plan import PowerPlan
from optimizer.units import KW_PER_MW
from optimizer.units.language import say
from optimizer.units.within import within


def limit_lines(plan: PowerPlan, *, of_case: bool = False) -> Iterator[tuple[str, str, str, str]]:
    """What is used of every limit, and of those on the supply alone: name, used, bound, share.

    Args:
        of_case: without those of the data, which nobody asked for.
    """
    for use in plan.limits:
        if of_case and not use.limit.described.field:
            continue
        assert use.bound is not None and use.share is not None  # every one of them is given
        of = bound_words(plan.setting, use.limit, use.unit, use.bound)
        yield _limit_words(plan, use), amount(use.unit, use.used), of, share_percent(use.share)
    site, energy, size = plan.site, plan.flows, plan.fed.dispatch.capacities
    for name, words, unit in (("pv", say("solar"), "MWp"), ("battery", say("battery"), "MWh")):
        bound = site.assets[name].most  # type: ignore[index]
        if bound:
            yield _use(words, size[name] / KW_PER_MW, bound / KW_PER_MW, 3, unit)  # type: ignore[index]
    if site.min_renewable is not None:
        share = 1 - (energy.imported + energy.generated) / energy.drawn
        yield say("renewable share, after losses of the battery"), percent(share), percent(site.min_renewable), ""
    if site.max_carbon_kg_per_kwh:
        grams = plan.carbon_kg / plan.energy_kwh * 1000
        yield _use(say("carbon per kWh"), grams, site.max_carbon_kg_per_kwh * 1000, 1, "g/kWh")


def _limit_words(plan: PowerPlan, use: LimitUse) -> str:
    """A limit in words: what a site with a grid uses of its limit is what it contracts, not the peak of the servers."""
    if use.limit != GRID:
        return limit_words(use.limit)
    return say("grid contract") if "grid" in plan.feed.sources else say("peak of the servers")


def _use(name: str, used: Fraction, bound: Fraction, decimals: int, unit: str) -> tuple[str, str, str, str]:
    """A limit by name, what is used of it, its bound, and the share, all rounded up."""
    text = say("{used} {unit}", used=up(within(used, bound), decimals), unit=unit)
    of = say("{bound} {unit}", bound=up(within(bound, bound), decimals), unit=unit)
    return name, text, of, share_percent(used / bound)
