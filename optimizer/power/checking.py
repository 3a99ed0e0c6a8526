"""A plan with what feeds it, calculated again from the data: every hour and every cost, without a search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from optimizer.plans.fault import Fault, FaultKind
from optimizer.power.costs import terms_usd
from optimizer.power.fleets import ENERGY, servers_of
from optimizer.power.plan import PowerPlan, power_ready
from optimizer.power.site import ZERO
from optimizer.power.verify import faults


def verify_power(plan: PowerPlan) -> list[Fault]:
    """What is wrong with a plan; an empty list if nothing is. That no plan costs less is not looked at again."""
    return list(_faults(plan))


def _faults(plan: PowerPlan) -> Iterator[Fault]:
    ready = power_ready(plan.setting.asked, plan.setting.catalogue)
    _, fleets = ready.fleets(plan.site)
    place, servers, days = plan.fed.choice.option, plan.item.servers, plan.days
    option = fleets.option(place)
    if option.key != plan.item.key:
        yield Fault(FaultKind.FIGURE_WRONG, "option", plan.item.key.name, option.key.name)
        return
    low, high = servers_of(fleets.problem, place)
    if not low <= servers <= high:
        yield Fault(FaultKind.LIMIT_BROKEN, "servers")
    if not 1 <= days <= fleets.problem.deadline_days - option.lead_days:
        yield Fault(FaultKind.LIMIT_BROKEN, "deadline")
    # the site of the data, but for what a comparison changes of it
    site = replace(plan.site, peak_ratio=fleets.peak_ratio(place))
    for name in faults(site, plan.fed.dispatch, fleets.fleet_kw(place, servers), fleets.work_kw(place, days), days):
        yield Fault(FaultKind.LIMIT_BROKEN, name)
    true = {name: usd * servers for name, usd in option.server_terms.items()}
    server_days = plan.fed.dispatch.fleet_kw * days / option.mean_kw
    for name, usd in option.server_day_terms.items():
        if name != ENERGY:
            true[name] = true.get(name, ZERO) + usd * server_days
    true["staff"] = fleets.problem.staff_usd_per_day * days
    true["site_setup"] = fleets.problem.site_setup_usd
    true |= terms_usd(site, plan.fed.dispatch, days)
    for name in dict.fromkeys((*true, *plan.cost_terms)):
        reported, found = plan.cost_terms.get(name, ZERO), true.get(name, ZERO)
        if reported != found:
            yield Fault(FaultKind.TERM_WRONG, name, reported, found)
