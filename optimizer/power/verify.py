"""Checks a dispatch against the site in exact arithmetic: every hour, without a tolerance and without a solver.

It takes only what is decided (capacities, the fleet in use, flows) and works everything else out from the site, by
physical balances rather than by the rows of the programme.
"""

from __future__ import annotations

from fractions import Fraction

from optimizer.power.costs import carbon_kg, flows, work_done
from optimizer.power.dispatch import Dispatch, Hour
from optimizer.power.site import ASSETS, PowerSite


def faults(site: PowerSite, found: Dispatch, fleet_kw: Fraction, work_kw: Fraction, days: int) -> list[str]:
    """What is wrong with a dispatch, each as the name of the rule that it breaks; nothing if it can be carried out.

    Args:
        site: what there is.
        found: the dispatch.
        fleet_kw: mean draw of all servers at full speed.
        work_kw: the part of it that must be at work in the mean.
        days: of the run.
    """
    wrong: set[str] = set()
    for name in ASSETS:
        size, most = found.capacities[name], site.assets[name].most
        if size < 0 or (most is not None and size > most):
            wrong.add(f"most {name}")
    if not fleet_kw * (days - 1) <= found.fleet_kw * days <= fleet_kw * days:
        wrong.add("fleet")
    if len(found.days) != len(site.days) or any(len(day) != len(site.days[0].up) for day in found.days):
        return [*sorted(wrong), "days"]
    for place, day in enumerate(found.days):
        for hour, values in enumerate(day):
            wrong.update(_hour_faults(site, found, place, hour, values))
        wrong.update(_store_faults(site, found, day))
    if work_done(site, found) < work_kw:
        wrong.add("work")
    return sorted(wrong | _share_faults(site, found, days))


def _hour_faults(site: PowerSite, found: Dispatch, day: int, hour: int, values: Hour) -> set[str]:
    kind, size = site.days[day], found.capacities
    wrong = set()
    if min(values.imported, values.generated, values.charged, values.discharged, values.sold, *values.at_work) < 0:
        wrong.add("sign")
    wrong.update(_sale_faults(site, found, day, hour, values))
    sun = (size["pv"] + size["ppa"]) * kind.pv[hour] + size["wind"] * kind.wind[hour]
    came = sun + values.imported + values.generated + values.discharged
    if came < values.charged + values.drawn(site.states) + values.sold:
        wrong.add("balance")
    if values.working > found.fleet_kw or (not site.pause and values.working != found.fleet_kw):
        wrong.add("fleet in use")
    if values.imported * site.peak_ratio > (size["grid"] if kind.up[hour] else 0):
        wrong.add("grid")
    if values.generated * site.peak_ratio * (1 + site.reserve) > size["genset"]:
        wrong.add("genset")
    if values.charged + values.discharged * site.peak_ratio * (1 + site.reserve) > size["converter"]:
        wrong.add("converter")
    return wrong


def _sale_faults(site: PowerSite, found: Dispatch, day: int, hour: int, values: Hour) -> set[str]:
    """What is sold comes from your own sun and wind, while nothing is bought, through a connection that is there."""
    if not values.sold:
        return set()
    kind, size = site.days[day], found.capacities
    own = size["pv"] * kind.pv[hour] + size["wind"] * kind.wind[hour]
    connection = site.assets["grid"].most
    if site.sold_usd_per_kwh <= 0 or not kind.up[hour] or (connection is not None and values.sold > connection):
        return {"sale"}
    return {"sale"} if values.sold > own or values.imported or values.generated else set()


def _store_faults(site: PowerSite, found: Dispatch, day: tuple[Hour, ...]) -> set[str]:
    size, wrong = found.capacities["battery"], set()
    after = [*(hour.stored for hour in day[1:]), found.midnight_kwh]
    for hour, later in zip(day, after, strict=True):
        if not site.least_charge * size <= hour.stored <= size:
            wrong.add("store")
        if later > hour.stored + hour.charged * site.efficiency_in - hour.discharged / site.efficiency_out:
            wrong.add("store")
    if day[0].stored != found.midnight_kwh:
        wrong.add("midnight")
    return wrong


def _share_faults(site: PowerSite, found: Dispatch, days: int) -> set[str]:
    energy, wrong = flows(site, found), set()
    bought = energy.imported + energy.generated
    if site.min_renewable is not None and bought > (1 - site.min_renewable) * energy.drawn:
        wrong.add("renewable share")
    emitted = carbon_kg(site, found, 1)
    if site.max_carbon_kg_per_kwh is not None and emitted > site.max_carbon_kg_per_kwh * energy.drawn:
        wrong.add("carbon per kWh")
    if site.max_carbon_kg is not None and emitted * days > site.max_carbon_kg:
        wrong.add("carbon")
    if site.max_energy_kwh is not None and energy.drawn * days > site.max_energy_kwh:
        wrong.add("energy")
    return wrong
