"""Recomputes a plan of a consortium from the raw data in exact arithmetic and finds what is wrong with it, if anything.

Only the choice of a plan is taken (which servers, where, how many, from when, how long); the sites are settled again
from what was asked, with nothing that was kept for other cases, and every figure that is reported is calculated again.
Neither the model nor what puts the sites together for the proof is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from optimizer.consortium.plan import JointPlan, SiteUse
from optimizer.consortium.settle import Place, Settled, settle_sites
from optimizer.domain.limits import DEADLINE, TRAINING_FLOP, Limit, measure_limits
from optimizer.exact import ZERO, ExactOption, ExactOptions, exact_option, problem_over
from optimizer.plans.fault import Fault, FaultKind
from optimizer.plans.outcome import PlanItem
from optimizer.plans.verify import not_sold, unlawful
from optimizer.units import DAYS_PER_YEAR, HOURS_PER_DAY, fraction, how_many
from optimizer.units.records import dataclass

Figures = dict[str, tuple[Fraction, Fraction]]
"""A figure as it is reported, and as it is."""
Uses = dict[Limit, tuple[Fraction, Fraction]]
"""What a plan uses of a limit, and the limit."""


@dataclass(frozen=True, eq=False)
class _Used:
    """One kind of server, calculated again."""

    item: PlanItem
    """As reported, under its country's name rather than its site's."""
    option: ExactOption
    start_days: int

    @property
    def servers(self) -> int:
        return self.item.servers


def verify_joint(plan: JointPlan) -> list[Fault]:
    """What is wrong with a plan; an empty list if nothing is."""
    fresh = settle_sites(plan.settled.asked, plan.settled.catalogue.without_cache())
    places = {place.name: place for place in fresh.places}
    efficiency = Fraction(1) if plan.spread is None else fresh.efficiency(plan.spread)
    wrong = list(_spread_wrongly(plan, places, efficiency))
    found = [(places[site.place.name], site, _again(places[site.place.name], site, efficiency)) for site in plan.sites]
    everything = [used for _, _, here in found for used in here]
    if not 1 <= len(everything) <= fresh.asked.mix:
        wrong.append(Fault(FaultKind.KINDS, reported=Fraction(len(everything))))
    true = _limits(fresh, plan, found)
    wrong += [Fault(FaultKind.LIMIT_BROKEN, str(name)) for name, (use, bound) in true.items() if use > bound]
    reported = {use.limit: (use.used, use.bound) for use in plan.limits}
    wrong += [Fault(FaultKind.LIMIT_WRONG, str(name)) for name, use in reported.items() if true.get(name) != use]
    due = dict.fromkeys(
        (*(name for name, (use, _) in true.items() if use), *(name for name, _ in measure_limits(plan.total)))
    )
    wrong += [Fault(FaultKind.LIMIT_MISSING, str(name)) for name in due if name not in reported]
    work = problem_over(fresh.lead, ExactOptions(())).work_pflops_days
    done = sum((used.option.pflops * used.item.server_days for used in everything), ZERO)
    if done < work:
        wrong.append(Fault(FaultKind.WORK_MISSING))
    ends = {used.item.server_days / used.servers + used.start_days for used in everything if used.servers > 0}
    if len(ends) > 1 or any(used.item.server_days == 0 for used in everything):
        wrong.append(Fault(FaultKind.IDLE))
    posts = _posts(fresh, plan)
    team = (fresh.lead.exact("staff_fte") - posts) * fresh.lead.exact("engineer_usd_per_year") / DAYS_PER_YEAR
    of_sites: list[Fault] = []
    for place, site, here in found:
        wrong += [replace(fault, site=place.name) for fault in _site_wrong(plan, place, here)]
        of_sites += _site_figures_wrong(plan, place, site, here, posts, work)
    lead_days = Fraction(max(used.option.lead_days for used in everything))
    objective, _ = _measured(plan, everything)[plan.settled.objective]
    return [
        *wrong,
        *_differing({"team_usd": (plan.team_usd, team * plan.days)}),
        *of_sites,
        *_differing({"lead_days": (Fraction(plan.lead_days), lead_days)}),
        *_differing({"objective_value": (plan.objective_value, objective)}),
    ]


def _differing(figures: Figures, site: str = "", kind: FaultKind = FaultKind.FIGURE_WRONG) -> list[Fault]:
    """The figures that are reported otherwise than they are."""
    return [
        Fault(kind, name, reported, true, site=site) for name, (reported, true) in figures.items() if reported != true
    ]


def _spread_wrongly(plan: JointPlan, places: dict[str, Place], efficiency: Fraction) -> Iterator[Fault]:
    countries = {places[site.place.name].setting.country.id for site in plan.sites}
    if (plan.spread is None) != (len(plan.sites) == 1):
        yield Fault(FaultKind.SPREAD)
    if plan.spread == "domestic" and len(countries) > 1:
        yield Fault(FaultKind.COUNTRIES)
    if plan.efficiency != efficiency:
        yield Fault(FaultKind.EFFICIENCY_WRONG)


def _again(place: Place, site: SiteUse, efficiency: Fraction) -> list[_Used]:
    """The servers of a site from the data."""
    found = []
    for joint in site.items:
        key = replace(joint.item.key, site=place.setting.country.id)
        option = exact_option(place.setting, key)
        option = replace(
            option, pflops=option.pflops * efficiency, lead_days=max(0, option.lead_days - joint.start_days)
        )
        found.append(_Used(replace(joint.item, key=key), option, joint.start_days))
    return found


def _posts(fresh: Settled, plan: JointPlan) -> Fraction:
    """Posts of the team at every site."""
    team = fresh.lead.exact("staff_fte")
    return team if plan.spread is None else min(team, fraction(fresh.distribution(plan.spread).site_staff_fte))


def _site_wrong(plan: JointPlan, place: Place, here: list[_Used]) -> Iterator[Fault]:
    """What of a site breaks a rule without a size."""
    yield from unlawful(place.setting, [used.item for used in here])
    yield from not_sold(place.setting, [used.item for used in here])
    starts = {stage.from_day for stage in place.stages}
    for used in here:
        item, option = used.item, used.option
        if used.start_days not in starts:
            yield Fault(FaultKind.NO_PHASE, item.key.name)
        if item.servers < 1 or item.accelerators != item.servers * option.devices:
            held = Fraction(item.accelerators)
            yield Fault(FaultKind.DEVICES_WRONG, item.key.name, reported=held, servers=item.servers)
        if item.spares != item.servers * option.spares:
            yield Fault(FaultKind.SPARES_WRONG, item.key.name)
        if item.pflops != item.servers * option.pflops:
            yield Fault(FaultKind.SPEED_WRONG, item.key.name)
        if option.most_days is not None and plan.days - used.start_days > option.most_days:
            yield Fault(FaultKind.LIMIT_BROKEN, "term")
        if not 0 <= item.server_days <= item.servers * max(0, plan.days - used.start_days):
            yield Fault(FaultKind.TOO_MANY_DAYS, item.key.name)
    kinds = [(used.item.key, used.start_days) for used in here]
    if len(set(kinds)) != len(kinds):
        yield Fault(FaultKind.TWICE)
    if len({used.item.key.bracket for used in here}) > 1:
        yield Fault(FaultKind.SEVERAL_BRACKETS)
    devices = sum(used.item.accelerators for used in here)
    if not all(used.option.min_devices <= devices <= used.option.max_devices for used in here):
        yield Fault(FaultKind.OUTSIDE_BRACKET, reported=Fraction(devices))
    if len({used.item.key.connection for used in here} - {""}) > 1:
        yield Fault(FaultKind.SEVERAL_CONNECTIONS)
    first = min(used.start_days for used in here)
    memory = sum((used.option.memory_gb * used.servers for used in here if used.start_days == first), ZERO)
    if memory < problem_over(place.setting, ExactOptions(())).memory_gb:
        yield Fault(FaultKind.MEMORY)


def _limits(fresh: Settled, plan: JointPlan, found: list[tuple[Place, SiteUse, list[_Used]]]) -> Uses:
    """Every limit: what the plan uses of it, and the limit."""
    everything = [used for _, _, here in found for used in here]
    problem = problem_over(fresh.lead, ExactOptions(()))
    finish = plan.days + max(used.option.lead_days for used in everything)
    true: Uses = {DEADLINE: (Fraction(finish), Fraction(problem.deadline_days))}
    if not problem.compute_allowed:
        true[TRAINING_FLOP] = (Fraction(1), ZERO)
    for place, _, here in found:
        for stage in place.stages:
            there = [used for used in here if used.start_days <= stage.from_day]
            options = ExactOptions(used.option for used in there)
            of_country: Uses = {}
            for cap in problem_over(stage.setting, options).caps:
                use = sum((cap.uses[o] * used.servers for o, used in enumerate(there)), ZERO)
                if cap.limit.kind in ("hire", "law"):
                    of_country[replace(cap.limit, site=place.setting.country.id)] = (use, cap.bound)
                elif use:
                    true[replace(cap.limit, site=place.name, from_day=stage.from_day or None)] = (use, cap.bound)
        for limit, (use, bound) in of_country.items():  # those of the last phase count all that is there
            true[limit] = (true.get(limit, (ZERO, bound))[0] + use, bound)
    measured = _measured(plan, everything)
    for limit, most in measure_limits(plan.total):
        amount, unit = measured[limit.described.measure]
        true[limit] = (amount / how_many(unit, limit.unit), fraction(most))
    for name, count in plan.total.supply:
        had = (
            u.item.accelerators
            for u in everything
            if u.item.key.accelerator in plan.settled.catalogue.forms_of(name) and u.item.key.procurement != "own"
        )
        true[Limit("supply", name)] = (Fraction(sum(had)), Fraction(count))
    return true


def _site_figures_wrong(
    plan: JointPlan, place: Place, site: SiteUse, here: list[_Used], posts: Fraction, work: Fraction
) -> list[Fault]:
    """The figures and the costs of a site that are reported otherwise than they are."""
    setting = place.setting
    terms = {
        "staff": posts * setting.exact("engineer_usd_per_year") / DAYS_PER_YEAR * plan.days,
        "site_setup": fraction(setting.case.site_setup_usd or 0),
    }
    for used in here:
        for part, times in (
            (used.option.server_terms, Fraction(used.servers)),
            (used.option.server_day_terms, used.option.paid_server_days(used.servers, used.item.server_days)),
        ):
            for name, usd in part.items():
                terms[name] = terms.get(name, ZERO) + usd * times
    energy = sum((used.option.mean_kw * HOURS_PER_DAY * used.item.server_days for used in here), ZERO)
    figures: Figures = {
        "peak_kw": (site.peak_kw, sum((used.option.peak_kw * used.servers for used in here), ZERO)),
        "energy_kwh": (site.energy_kwh, energy),
        "carbon_g": (site.carbon_g, energy * fraction(setting.country.grid_carbon_g_per_kwh)),
        "capital_usd": (site.capital_usd, sum((used.option.capital_usd * used.servers for used in here), ZERO)),
        "work_share": (
            site.work_share,
            sum((used.option.pflops * used.item.server_days for used in here), ZERO) / work,
        ),
    }
    names = sorted(terms.keys() | site.cost_terms.keys())
    costs = {name: (site.cost_terms.get(name, ZERO), terms.get(name, ZERO)) for name in names}
    return _differing(figures, place.name) + _differing(costs, place.name, FaultKind.TERM_WRONG)


def _measured(plan: JointPlan, everything: list[_Used]) -> dict[str, tuple[Fraction, str]]:
    """Every measure of a plan with its unit, from figures that are compared with the data."""

    def of_all(name: str) -> Fraction:
        return sum((getattr(site, name) for site in plan.sites), ZERO)

    return {
        "cost": (sum((usd for site in plan.sites for usd in site.cost_terms.values()), ZERO) + plan.team_usd, "USD"),
        "days": (Fraction(plan.days + max(used.option.lead_days for used in everything)), "days"),
        "peak_power": (of_all("peak_kw"), "kW"),
        "energy": (of_all("energy_kwh"), "kWh"),
        "carbon": (of_all("carbon_g"), "g"),
        "capital": (of_all("capital_usd"), "USD"),
        "tpp": (sum((used.option.acquired_tpp * used.servers for used in everything), ZERO), "TPP"),
        "accelerators": (sum((used.option.acquired * used.servers for used in everything), ZERO), "accelerators"),
    }
