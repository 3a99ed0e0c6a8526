"""The limits on what feeds a site, and what a plan uses of them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from optimizer.answers.numbers import share_percent, up, usd
from optimizer.answers.power_words import percent
from optimizer.power.plan import PowerPlan
from optimizer.units import KW_PER_MW
from optimizer.units.language import say


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
            say("{used} MW", used=up(used / KW_PER_MW, 3)),
            say("{max_mw:f} MW", max_mw=case.max_mw),
            share_percent(used / most),
        )
    if case.budget_usd is not None:
        budget = Fraction(case.budget_usd)
        yield say("budget"), usd(plan.cost_usd), usd(budget), share_percent(plan.cost_usd / budget)
    for name, words, unit in (("pv", say("solar"), "MWp"), ("battery", say("battery"), "MWh")):
        bound = site.assets[name].most  # type: ignore[index]
        if bound:
            used = size[name]  # type: ignore[index]
            told = (
                say("{used} {unit}", used=up(used / KW_PER_MW, 3), unit=unit),
                say("{bound} {unit}", bound=up(bound / KW_PER_MW, 3), unit=unit),
            )
            yield words, *told, share_percent(used / bound)
    if site.min_renewable is not None:
        share = 1 - (energy.imported + energy.generated) / energy.drawn
        yield say("renewable share, losses of the battery taken off"), percent(share), percent(site.min_renewable), ""
    if site.max_carbon_kg_per_kwh:
        grams = plan.carbon_kg / plan.energy_kwh * 1000
        bound = site.max_carbon_kg_per_kwh * 1000
        used_words = say("{grams} g/kWh", grams=up(grams, 1)), say("{bound} g/kWh", bound=up(bound, 1))
        yield say("carbon per kWh"), *used_words, share_percent(grams / bound)
    if site.max_carbon_kg:
        tonnes, bound = plan.carbon_kg / 1000, site.max_carbon_kg / 1000
        yield (
            say("carbon limit"),
            say("{tonnes} tCO2e", tonnes=up(tonnes, 1)),
            say("{bound} tCO2e", bound=up(bound, 1)),
            share_percent(tonnes / bound),
        )
    if site.max_energy_kwh:
        gwh, bound = plan.energy_kwh / 10**6, site.max_energy_kwh / 10**6
        yield (
            say("energy limit"),
            say("{gwh} GWh", gwh=up(gwh, 3)),
            say("{bound} GWh", bound=up(bound, 3)),
            share_percent(gwh / bound),
        )
