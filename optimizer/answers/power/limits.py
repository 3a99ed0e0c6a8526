"""The limits on what feeds a site, and what a plan uses of them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from optimizer.answers.form.numbers import share_percent, up, usd
from optimizer.answers.power.words import percent
from optimizer.power.plan import PowerPlan
from optimizer.units import KW_PER_MW
from optimizer.units.language import say
from optimizer.units.within import within


def limit_lines(plan: PowerPlan) -> Iterator[tuple[str, str, str, str]]:
    """What is used of the limits on power: name, used, bound, share."""
    site, energy, size = plan.site, plan.flows, plan.fed.dispatch.capacities
    case = plan.setting.case
    deadline = Fraction(case.deadline_days or 0)
    finish = Fraction(plan.days + plan.lead_days)
    yield (
        say("deadline"),
        say("{finish} days", finish=int(finish)),
        say("{deadline} days", deadline=int(deadline)),
        share_percent(finish / deadline),
    )
    if case.max_mw is not None:
        of_grid = "grid" in plan.feed.sources
        most, used = Fraction(case.max_mw) * KW_PER_MW, size["grid"] if of_grid else plan.peak_kw
        yield (
            say("grid contract") if of_grid else say("peak of the servers"),
            say("{used} MW", used=up(within(used / KW_PER_MW, Fraction(case.max_mw)), 3)),
            say("{max_mw:f} MW", max_mw=case.max_mw),
            share_percent(used / most),
        )
    if case.budget_usd is not None:
        budget = Fraction(case.budget_usd)
        yield say("budget"), usd(plan.cost_usd), usd(within(budget, budget)), share_percent(plan.cost_usd / budget)
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
    if site.max_carbon_kg:
        yield _use(say("carbon limit"), plan.carbon_t, site.max_carbon_kg / 1000, 1, "tCO2e")
    if site.max_energy_kwh:
        yield _use(say("energy limit"), plan.energy_gwh, site.max_energy_kwh / 10**6, 3, "GWh")


def _use(name: str, used: Fraction, bound: Fraction, decimals: int, unit: str) -> tuple[str, str, str, str]:
    """A limit by name, what is used of it, its bound, and the share, all rounded up."""
    told = say("{used} {unit}", used=up(within(used, bound), decimals), unit=unit)
    of = say("{bound} {unit}", bound=up(within(bound, bound), decimals), unit=unit)
    return name, told, of, share_percent(used / bound)
