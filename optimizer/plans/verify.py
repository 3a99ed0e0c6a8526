"""Recomputes a plan from the raw data in exact arithmetic and finds what is wrong with it, if anything.

It imports neither Pyomo nor the model nor the options table, needs no solver, and trusts no figure of the plan:
only its choice (which servers, how many, how long) is taken, and everything else is calculated again.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Literal

from optimizer.case.setting import Setting
from optimizer.domain import LicenceRule, OptionKey, Policy
from optimizer.domain.limits import DEADLINE, TRAINING_FLOP, Limit, measure_limits
from optimizer.exact import (
    ZERO,
    ExactOption,
    ExactOptions,
    ExactProblem,
    Used,
    exact_option,
    problem_over,
    sum_products,
)
from optimizer.exact.work import training_flop
from optimizer.plans.fault import Fault, FaultKind
from optimizer.plans.outcome import Plan, PlanItem
from optimizer.units import HOURS_PER_DAY, fraction

Rule = Literal["mix", "whole", "work", "days_worked", "together", "sites", "memory", "bracket", "term"]
"""A rule that every plan keeps, whatever its case limits."""
Broken = tuple[Limit | Rule, Fraction]
"""A limit or a rule, and the share by which it is missed; 0 where that has no size."""

SAME_FLOP = Fraction(1, 10**20)
"""Share within which two sums of the training compute are the same: one of them is a decimal of 28 digits."""


def violations(problem: ExactProblem, used: Iterable[Used], days: int, mix: int) -> list[Broken]:
    """Every limit and rule that a choice breaks."""
    used = list(used)
    options = problem.options
    broken: list[Broken] = []
    if not problem.compute_allowed:
        broken.append((TRAINING_FLOP, ZERO))
    if not used or len(used) > mix or len({option for option, _, _ in used}) != len(used):
        broken.append(("mix", ZERO))
        return broken
    if days < 1 or any(servers < 1 for _, servers, _ in used):
        broken.append(("whole", ZERO))
        return broken

    def at_most(name: Limit | Rule, value: Fraction, bound: Fraction) -> None:
        if value > bound:
            broken.append((name, (value - bound) / bound if bound else Fraction(1)))

    done = sum_products(*((options[o].pflops, worked) for o, _, worked in used))
    at_most("work", problem.work_pflops_days, done)
    for o, servers, worked in used:
        at_most("days_worked", worked, Fraction(servers * max(0, days - options[o].start_days)))
        if worked < 0:
            broken.append(("days_worked", Fraction(1)))
    # every server holds a part of the model: all work from the day on which they begin to the end of the run
    if len({worked / servers + options[o].start_days for o, servers, worked in used}) > 1 or any(
        worked == 0 for _, _, worked in used
    ):
        broken.append(("together", ZERO))
    for o, _, _ in used:  # what is reserved ends with its term
        if (most := options[o].most_days) is not None:
            at_most("term", Fraction(days - options[o].start_days), Fraction(most))
    at_sites = _by_site(problem, used)
    if len(at_sites) < problem.fewest_sites:
        broken.append(("sites", ZERO))
    for here in at_sites:  # each holds the whole model, from the first day that anything works there
        first = min(option.start_days for option, _ in here)
        there = ((option.memory_gb, servers) for option, servers in here if option.start_days == first)
        at_most("memory", problem.memory_gb, sum_products(*there))
    finish = days + max(options[o].lead_days for o, _, _ in used)
    at_most(DEADLINE, Fraction(finish), Fraction(problem.deadline_days))
    for cap in problem.caps:
        at_most(cap.limit, cap.used(used), cap.bound)
    for ceiling in problem.ceilings:
        at_most(ceiling.limit, ceiling.measure.value(used, days), ceiling.bound)
    if not all(map(_in_one_bracket, at_sites)):
        broken.append(("bracket", ZERO))
    return broken


def _by_site(problem: ExactProblem, used: Iterable[Used]) -> list[list[tuple[ExactOption, int]]]:
    """Options and servers, site by site."""
    found: dict[str, list[tuple[ExactOption, int]]] = {}
    for o, servers, _ in used:
        found.setdefault(problem.options[o].key.site, []).append((problem.options[o], servers))
    return list(found.values())


def _in_one_bracket(used: list[tuple[ExactOption, int]]) -> bool:
    """All options of a site stand in the same size bracket, and its devices within it."""
    if len({option.key.bracket for option, _ in used}) > 1:
        return False
    if len({option.key.connection for option, _ in used} - {""}) > 1:
        return False  # a site has one connection
    devices = sum(option.devices * servers for option, servers in used)
    return all(option.min_devices <= devices <= option.max_devices for option, _ in used)


def verify(plan: Plan) -> list[Fault]:
    """What is wrong with a plan; an empty list if nothing is.

    Every figure is recomputed from the rows of the data folder; a plan over a limit by 1e-7 is over the limit.
    """
    setting, case = plan.setting, plan.setting.case
    # nothing that was kept for other cases is taken
    fresh = ExactOptions(exact_option(setting, item.key) for item in plan.items)
    problem = problem_over(setting, fresh)
    used = [(i, item.servers, item.server_days) for i, item in enumerate(plan.items)]
    broken = violations(problem, used, plan.days, case.mix or 1)
    wrong = [
        Fault(FaultKind.IDLE) if name == "together" else Fault(FaultKind.LIMIT_BROKEN, str(name)) for name, _ in broken
    ]
    wrong += unlawful(setting, plan.items) + not_sold(setting, plan.items)
    wrong += _outside_bracket(setting, plan)
    parts: dict[str, list[tuple[Fraction, Fraction | int]]] = {
        "staff": [(problem.staff_usd_per_day, plan.days)],
        "site_setup": [(fraction(case.site_setup_usd or 0), 1)],
    }
    peak_kw = energy_kwh = tpp = ZERO
    for option, item in zip(fresh, plan.items, strict=True):
        if item.pflops != item.servers * option.pflops:
            wrong.append(Fault(FaultKind.SPEED_WRONG, item.key.name))
        if item.accelerators != item.servers * option.devices:
            held = Fraction(item.accelerators)
            wrong.append(Fault(FaultKind.DEVICES_WRONG, item.key.name, reported=held, servers=item.servers))
        if item.spares != item.servers * option.spares:
            wrong.append(Fault(FaultKind.SPARES_WRONG, item.key.name))
        for part, times in (
            (option.server_terms, Fraction(item.servers)),
            (option.server_day_terms, option.paid_server_days(item.servers, item.server_days)),
        ):
            for name, usd in part.items():
                parts.setdefault(name, []).append((usd, times))
        peak_kw += option.peak_kw * item.servers
        energy_kwh += option.mean_kw * HOURS_PER_DAY * item.server_days
        tpp += option.tpp * item.servers
    terms = {name: sum_products(*products) for name, products in parts.items()}
    objective = problem.measure(case.objective or "cost")
    needed, counted = training_flop(setting), fraction(setting.training_flop)
    if abs(counted - needed) > needed * SAME_FLOP:
        wrong.append(Fault(FaultKind.FIGURE_WRONG, "training_flop", counted, needed))
    reported = {
        "cost_usd": (plan.cost_usd, sum_products(*((usd, 1) for usd in terms.values()))),
        "objective_value": (plan.objective_value, objective.value(used, plan.days)),
        "capital_usd": (
            plan.capital_usd,
            sum_products(*((o.capital_usd, n) for o, (_, n, _) in zip(fresh, used, strict=True))),
        ),
        "lead_days": (Fraction(plan.lead_days), Fraction(max(option.lead_days for option in fresh))),
        "peak_kw": (plan.peak_kw, peak_kw),
        "energy_kwh": (plan.energy_kwh, energy_kwh),
        "carbon_g": (plan.carbon_g, energy_kwh * problem.carbon_g_per_kwh),
        "tpp": (plan.tpp, tpp),
        "cost_terms": (sum_products(*((usd, 1) for usd in plan.cost_terms.values())), plan.cost_usd),
    }
    wrong += [Fault(FaultKind.FIGURE_WRONG, name, a, b) for name, (a, b) in reported.items() if a != b]
    names = terms.keys() | plan.cost_terms.keys()
    wrong += [
        Fault(FaultKind.TERM_WRONG, name)
        for name in sorted(names)
        if plan.cost_terms.get(name, ZERO) != terms.get(name, ZERO)
    ]
    return wrong + _wrong_limits(problem, plan, used)


def _wrong_limits(problem: ExactProblem, plan: Plan, used: list[Used]) -> list[Fault]:
    """Every limit that the plan touches or its case states is reported, with its true use and bound, and no other."""
    finish = plan.days + max(problem.options[o].lead_days for o, _, _ in used)
    true = {DEADLINE: (Fraction(finish), Fraction(problem.deadline_days))}
    for ceiling in problem.ceilings:
        true[ceiling.limit] = (ceiling.measure.value(used, plan.days), ceiling.bound)
    for cap in problem.caps:
        true[cap.limit] = (cap.used(used), cap.bound)
    reported = {use.limit: (use.used, use.bound) for use in plan.limits}
    wrong = [Fault(FaultKind.LIMIT_WRONG, str(name)) for name, use in reported.items() if true.get(name) != use]
    touched = [name for name, (amount, _) in true.items() if amount]
    due = dict.fromkeys((*touched, *(name for name, _ in measure_limits(plan.setting.case))))
    return wrong + [Fault(FaultKind.LIMIT_MISSING, str(name)) for name in due if name not in reported]


def _outside_bracket(setting: Setting, plan: Plan) -> list[Fault]:
    """The devices of the whole plan are within the size bracket that its options stand in."""
    devices = sum(item.accelerators for item in plan.items)
    brackets = (setting.catalogue.bracket(setting.assumptions.id, name) for name in {i.key.bracket for i in plan.items})
    return [
        Fault(FaultKind.OUTSIDE_BRACKET, one.bracket, reported=Fraction(devices))
        for one in brackets
        if not one.min_devices <= devices <= one.max_devices
    ]


def unlawful(setting: Setting, items: Iterable[PlanItem]) -> list[Fault]:
    """Whether the rule that a plan rests on covers the chip, the country and the date, by the row of the rule."""
    date = setting.case.date or ""
    wrong: list[Fault] = []
    groups = {
        row.group
        for row in setting.catalogue.country_groups.get(setting.country.id, ())
        if row.effective_from <= date and (row.effective_to is None or date <= row.effective_to)
    }
    for item in items:
        key = item.key
        rule = next((r for r in setting.catalogue.licence_rules if r.rule == key.route), None)
        if (
            rule is None
            or setting.rules.id not in rule.rule_sets
            or rule.policy in (Policy.DENIAL, Policy.CASE_BY_CASE)
        ):
            wrong.append(Fault(FaultKind.NO_RULE, key.name, rule=setting.rules.id))
        elif not ("*" in rule.groups or groups & set(rule.groups)) or groups & set(rule.except_groups):
            country = setting.country.name
            wrong.append(Fault(FaultKind.RULE_ELSEWHERE, key.name, rule=rule.rule, country=country, date=date))
        elif setting.rules.is_default and not rule.effective_from <= date <= (rule.effective_to or date):
            wrong.append(Fault(FaultKind.RULE_NOT_IN_FORCE, key.name, rule=rule.rule, date=date))
        elif date > (rule.effective_to or date):
            wrong.append(Fault(FaultKind.RULE_ENDED, key.name, rule=rule.rule, date=rule.effective_to or ""))
        elif _outside_thresholds(setting, key, rule):
            wrong.append(Fault(FaultKind.ABOVE_THRESHOLDS, key.name, rule=rule.rule))
        elif item.chip_class != _chip_class(setting, key):
            wrong.append(Fault(FaultKind.CLASS_WRONG, key.name, reported=item.chip_class))
        elif "*" not in rule.chip_classes and item.chip_class not in rule.chip_classes:
            wrong.append(Fault(FaultKind.CLASS_NOT_COVERED, key.name, rule=rule.rule))
        elif item.policy != rule.policy:
            wrong.append(Fault(FaultKind.POLICY_WRONG, key.name, item.policy, rule.policy, rule=rule.rule))
        elif item.meaning != rule.meaning:
            wrong.append(Fault(FaultKind.WORDS_WRONG, key.name, rule=rule.rule))
    return wrong


def not_sold(setting: Setting, items: Iterable[PlanItem]) -> list[Fault]:
    """What is bought or rented though its chip is not yet sold on the date of the case, or bought though new ones no
    longer are; owned chips stand there."""
    today = setting.case.date or ""
    wrong: list[Fault] = []
    for item in () if setting.case.unreleased else items:
        sold = setting.catalogue.accelerators[item.key.accelerator].release_date
        if item.key.procurement != "own" and (sold + "-99-99")[:10] > today:  # of a month or year its end
            wrong.append(Fault(FaultKind.NOT_RELEASED, item.key.name, true=sold, date=today))
    own_prices = {chip for assumptions, chip in setting.catalogue.overrides if assumptions == setting.assumptions.id}
    for item in items:
        chip, until = item.key.accelerator, setting.catalogue.accelerators[item.key.accelerator].sold_new_until
        if item.key.procurement != "buy" or until is None or chip in own_prices | setting.supplied:
            continue
        if today > (until + "-99-99")[:10]:
            wrong.append(Fault(FaultKind.NOT_SOLD_NEW, item.key.name, true=until, date=today))
    return wrong


def _outside_thresholds(setting: Setting, key: OptionKey, rule: LicenceRule) -> bool:
    """Whether a chip is above what a rule is limited to."""
    chip = setting.catalogue.accelerators[key.accelerator]
    if rule.below_tpp is not None and chip.tpp >= rule.below_tpp:
        return True
    bandwidth = chip.memory_bandwidth_gb_per_s
    return rule.below_bandwidth_gb_per_s is not None and (
        bandwidth is None or bandwidth >= rule.below_bandwidth_gb_per_s
    )


def _chip_class(setting: Setting, key: OptionKey) -> str:
    """The class that a chip's thresholds put it into (15 CFR 774, 3A090)."""
    chip = setting.catalogue.accelerators[key.accelerator]
    density = None if chip.die_area_mm2 is None else Fraction(chip.tpp) / Fraction(chip.die_area_mm2)
    date = setting.case.date or ""
    met = [
        (test.priority, test.chip_class)
        for test in setting.catalogue.chip_classes
        if (not test.vendor or test.vendor == chip.vendor)
        and test.effective_from <= date
        and (test.effective_to is None or date <= test.effective_to)
        and test.datacenter_marketed in (None, chip.datacenter_marketed)
        and (test.min_tpp is None or chip.tpp >= test.min_tpp)
        and (test.below_tpp is None or chip.tpp < test.below_tpp)
        and (density is None or test.min_density is None or density >= Fraction(test.min_density))
        and (density is None or test.below_density is None or density < Fraction(test.below_density))
    ]
    return min(met)[1] if met else "none"
