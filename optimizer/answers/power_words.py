"""Sentences on what feeds a site."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from optimizer.answers.numbers import musd, share_percent, up, usd
from optimizer.answers.words import days, item_words
from optimizer.power.answer import PowerAnswer, Relief
from optimizer.power.plan import PowerOutcome, PowerPlan
from optimizer.power.site import AssetName
from optimizer.power.ways import WayName
from optimizer.units import KW_PER_MW

SUPPLY_TERMS_IN_WORDS = {
    "solar": "solar",
    "wind": "wind",
    "ppa": "solar by contract (PPA)",
    "battery": "battery and converter",
    "genset": "genset",
    "fuel": "fuel",
    "grid_energy": "grid energy",
    "demand_charge": "demand charge",
    "carbon_price": "price of carbon",
}
WAYS: dict[WayName, str] = {
    "perfect_grid": "grid that never fails",
    "pause": "grid with outages: it pauses",
    "genset": "genset for the outages",
    "free": "free choice",
    "off_grid": "off-grid",
    "off_grid_no_fuel": "off-grid, no fuel",
    "renewable_80": "at least 80 % renewable",
    "renewable_95": "at least 95 % renewable",
    "renewable_100": "100 % renewable",
    "whole": "free, all charged to this run",
}
SUPPLY_BASES = {
    "share": "this run bears its share of the life of what feeds the site",
    "whole": "the whole price of what feeds the site is charged to this run",
}
RELIEFS: dict[Relief, str] = {
    "no_outage": "a grid that never fails",
    "genset": "a genset",
    "everything": "solar, battery and genset all allowed",
    "no_share": "no least share of renewables and no cap on emissions",
    "longer": "the longest run that is planned",
}
_BUILT: dict[AssetName, tuple[str, str]] = {
    "pv": ("MWp solar", "kWp solar"),
    "wind": ("MW wind", "kW wind"),
    "ppa": ("MWp solar by contract", "kWp solar by contract"),
    "genset": ("MW genset", "kW genset"),
}


def size_words(kw: Fraction, large: str, small: str) -> str:
    """ "2.47 MWp solar"; below 100 kW in kW."""
    return f"{up(kw / KW_PER_MW, 2)} {large}" if kw >= 100 else f"{up(kw, 0)} {small}"


def built_words(plan: PowerPlan) -> str:
    """What is built beside the grid: "2.47 MWp solar, battery 8.72 MWh / 1.27 MW"; "nothing" where it is nothing."""
    size = plan.fed.dispatch.capacities
    parts = [size_words(size[name], *words) for name, words in _BUILT.items() if size[name]]
    if size["battery"]:
        energy = size_words(size["battery"], "MWh", "kWh")
        parts.insert(1 if parts else 0, f"battery {energy} / {size_words(size['converter'], 'MW', 'kW')}")
    return ", ".join(parts) or "nothing"


def percent(value: Fraction) -> str:
    """A share in whole per cent; a small one in tenths."""
    shown = float(value) * 100
    return f"{shown:.1f} %" if 0 < shown < 1 or 99 < shown < 100 else f"{shown:.0f} %"


def runs_words(plan: PowerPlan) -> str:
    """What runs: "sun 93 %, grid 7 %; battery 0.9 cycles a day; 12 % of the sun spilled"."""
    energy, size = plan.flows, plan.fed.dispatch.capacities
    own = "sun and wind" if size["wind"] else "sun"
    sources = {own: energy.own_used, "grid": energy.imported, "fuel": energy.generated}
    parts = [", ".join(f"{name} {percent(kwh / energy.supplied)}" for name, kwh in sources.items() if kwh > 0)]
    if size["battery"]:
        parts.append(f"battery {float(energy.discharged / size['battery']):.2f} cycles a day")
    if energy.own and energy.spilled > 0:
        parts.append(f"{percent(energy.spilled / energy.own)} of the {own} spilled")
    if plan.litres:
        parts.append(f"{up(plan.litres, 0):,} litres of diesel")
    parts.append(f"the fleet works {percent(plan.utilisation)} of its days")
    return "; ".join(parts)


def power_plan_words(plan: PowerPlan) -> str:
    """A plan in one clause: servers, days, cost, and what is built."""
    told = f"{item_words(plan, plan.item)} for {days(plan.days)}: {musd(plan.cost_usd)}"
    return f"{told}, with {built_words(plan)}"


def outcome_words(outcome: PowerOutcome) -> str:
    """A plan in one clause, or that there is none."""
    return power_plan_words(outcome) if isinstance(outcome, PowerPlan) else "no plan: proved"


def proof_in_words(plan: PowerPlan) -> str:
    """Why the answer may be believed."""
    return (
        f"exhaustive, within {usd(plan.gap_usd)}: no plan costs less than {usd(plan.cost_usd - plan.gap_usd)}, "
        f"proved in fractions over every accelerator, count and length of run ({plan.floor.rows:,} cost less without "
        f"supply, and {plan.floor.lines} lines bound theirs); every hour is verified exactly"
    )


def outage_words(answer: PowerAnswer) -> Iterator[str]:
    """What the outages cost."""
    if (cost := answer.outage_usd) is None or (hour := answer.outage_hour_usd) is None:
        return
    hours = answer.ready.site.outage_hours_a_day
    if cost < 1:
        yield f"the outages ({float(hours):.3g} hours a day) cost nothing more: what pays anyway carries them"
    else:
        yield f"the outages ({float(hours):.3g} hours a day) cost this run {usd(cost)}; {hour_words(hour)}"


def hour_words(usd_per_hour: Fraction) -> str:
    """What an hour of outage a day costs."""
    if usd_per_hour < 1:
        return "the outages cost nothing more: what pays anyway carries them"
    return f"each hour of outage a day costs the run {usd(usd_per_hour)} against a grid that never fails"


def limit_lines(plan: PowerPlan) -> Iterator[tuple[str, str, str, str]]:
    """What is used of the limits on power: name, used, bound, share."""
    site, energy, size = plan.site, plan.flows, plan.fed.dispatch.capacities
    case = plan.setting.case
    deadline = Fraction(case.deadline_days or 0)
    finish = Fraction(plan.days + plan.lead_days)
    yield "deadline", f"{int(finish)} days", f"{int(deadline)} days", share_percent(finish / deadline)
    if case.max_mw is not None and site.assets["grid"].allowed:
        most, used = Fraction(case.max_mw) * KW_PER_MW, size["grid"]
        yield "grid contract", f"{up(used / KW_PER_MW, 3)} MW", f"{case.max_mw:f} MW", share_percent(used / most)
    if case.budget_usd is not None:
        budget = Fraction(case.budget_usd)
        yield "budget", usd(plan.cost_usd), usd(budget), share_percent(plan.cost_usd / budget)
    for name, words, unit in (("pv", "solar", "MWp"), ("battery", "battery", "MWh")):
        bound = site.assets[name].most  # type: ignore[index]
        if bound:
            used = size[name]  # type: ignore[index]
            told = f"{up(used / KW_PER_MW, 3)} {unit}", f"{up(bound / KW_PER_MW, 3)} {unit}"
            yield words, *told, share_percent(used / bound)
    if site.min_renewable is not None:
        share = 1 - (energy.imported + energy.generated) / energy.drawn
        yield "least renewable share", percent(share), percent(site.min_renewable), ""
    if site.max_carbon_kg_per_kwh:
        grams = plan.carbon_kg / plan.energy_kwh * 1000
        bound = site.max_carbon_kg_per_kwh * 1000
        used_words = f"{up(grams, 1)} g/kWh", f"{up(bound, 1)} g/kWh"
        yield "carbon per kWh", *used_words, share_percent(grams / bound)
    if site.max_carbon_kg:
        tonnes, bound = plan.carbon_kg / 1000, site.max_carbon_kg / 1000
        yield "carbon limit", f"{up(tonnes, 1)} tCO2e", f"{up(bound, 1)} tCO2e", share_percent(tonnes / bound)
    if site.max_energy_kwh:
        gwh, bound = plan.energy_kwh / 10**6, site.max_energy_kwh / 10**6
        yield "energy limit", f"{up(gwh, 3)} GWh", f"{up(bound, 3)} GWh", share_percent(gwh / bound)


def assumptions(plan: PowerPlan) -> Iterator[str]:
    """What was assumed on what feeds the site."""
    feed, site = plan.feed, plan.site
    yield f"sources: {', '.join(feed.sources)}; {SUPPLY_BASES[site.basis]}"
    if feed.outage:
        yield f"the grid is off at {', '.join(feed.outage)}: your scenario; no source says when it is"
    yield f"{len(site.days)} representative days stand for {_season(plan)}; the plan holds in whatever order they come"
    if len(site.states) > 1:
        power, speed = site.states[1]
        yield f"servers may throttle to {percent(power)} of their power at {float(speed) * 100:.1f} % of their speed"
    yield f"a part of the fleet may stop and start again, which loses {float(site.restart_h):g} hours of its work"
    if feed.random_outages:
        yield f"random outages ({feed.random_outages}) leave {float(site.availability) * 100:.2f} % of the work"


def _season(plan: PowerPlan) -> str:
    if plan.feed.start_month is None:
        return "a mean year"
    return f"the {plan.setting.case.deadline_days} days from month {plan.feed.start_month}"


def limits_of_model(plan: PowerPlan) -> Iterator[str]:
    """What the plan does not know."""
    if not plan.site.reserve:
        yield "no spare: one failed converter or genset stops what it carries (--reserve 0.1 adds a share)"
    yield (
        "hours, not seconds: no voltage dips, and no swings of a synchronous training, which need buffers of their own"
    )
    if plan.fed.dispatch.capacities["genset"]:
        yield "gensets have one efficiency and no least load"
    if plan.fed.dispatch.capacities["pv"]:
        yield "the sun is that of a place scaled to the country's mean yield (--pv-yield takes the site's own)"
    if "colocation" in plan.cost_terms:
        yield "the price of colocation usually pays for somebody's generators and UPS: they are counted beside your own"
    if plan.feed.demand_charge_usd:
        yield "a demand charge goes with the energy rates of its own tariff: the country's price is an all-in mean"
    yield "what feeds the site is taken to stand when the run begins: its delivery and building are not in the days"
