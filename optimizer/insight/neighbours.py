"""What is next to an answer: the other generations, the other costing bases, the cloud abroad, what binds.

Each of these is found by the exhaustive search in exact arithmetic, over one kind of server at a time, and
verified like any plan; but for a mix, what another basis or other figures give is solved as the mix is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Set
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial

from optimizer.domain import OptionKey
from optimizer.domain.limits import CONNECTION, DEADLINE, GRID, TRAINING_FLOP, Aim, Limit
from optimizer.domain.option import MACHINE
from optimizer.domain.reasons import By, Need, OptionWhy, OverLimits, Reason
from optimizer.errors import DataError, SolverError
from optimizer.exact import ABROAD, ExactCap, ExactOptions, ExactProblem, Shared, Used, exact_options
from optimizer.exact.problem import staff_usd_per_day
from optimizer.exact.search import Found, search
from optimizer.options.servers import machines_of
from optimizer.plans.outcome import LimitUse, Plan, assemble, use_of
from optimizer.plans.proof import NO_SOLVER, Ended, EndKind, Proof, ProofKind
from optimizer.plans.verify import verify
from optimizer.solve.claim import Prepared, undecided_error, without_limit
from optimizer.solve.planner import laws, least, prepare, solve_prepared
from optimizer.units import MAX_DEADLINE_DAYS
from optimizer.units.language import say
from optimizer.units.records import dataclass

SEARCH_ALONE = Proof(ProofKind.EXHAUSTIVE, NO_SOLVER, Ended(EndKind.SEARCH_ALONE), 0.0, 0.0)

MOST_MW = 100_000
"""The most that a case may ask of the grid."""


@dataclass(frozen=True, eq=False)
class Alternative:
    """The best plan of one accelerator had in one way, or the reason why there is none."""

    accelerator: str
    procurement: str
    plan: Plan | None
    why: Callable[[], OptionWhy] | None = None
    """Works out the reason; not every reader asks for it. None if there is a plan."""
    chosen: bool = False

    @cached_property
    def reason(self) -> OptionWhy | None:
        """Why there is no plan; None if there is one."""
        return None if self.why is None else self.why()


@dataclass(frozen=True)
class Binding:
    """A limit without which the plan would be better, and by how much."""

    limit: LimitUse
    saving: Fraction
    """Fall of the objective without the limit, in the objective's own unit."""


@dataclass(frozen=True)
class Cloud:
    """The same run in a cloud abroad at the world rent: no local power, no duty, no premium."""

    accelerator: str
    precision: str
    accelerators: int
    days: int
    cost_usd: Fraction


def sketch(ready: Prepared, among: Iterable[int] | None = None) -> Plan | None:
    """The best plan of one kind of server by exhaustive search, verified; None if there is none.

    Raises:
        UndecidedError: the plan fails the exact verification.
    """
    found = search(ready.problem, ready.setting.case.objective or "cost", among=among)
    if found is None:
        return None
    plan = _as_plan(ready, found)
    if wrong := verify(plan):
        raise undecided_error(ready, say("a plan for comparison fails verification: ") + "; ".join(map(str, wrong)))
    return plan


def _as_plan(ready: Prepared, found: Found) -> Plan:
    used: list[Used] = [(found.option, found.servers, found.server_days)]
    return assemble(ready.setting, ready.problem, used, found.days, SEARCH_ALONE, laws(ready.table))


def alternatives(ready: Prepared, chosen: Plan | None) -> list[Alternative]:
    """Every accelerator and way to have it: its best plan, cheapest first, then the reasons of the others."""
    by_way: dict[tuple[str, str], list[int]] = {}
    for i, option in enumerate(ready.problem.options):
        by_way.setdefault((option.key.accelerator, option.key.procurement), []).append(i)
    picked = {(item.key.accelerator, item.key.procurement) for item in chosen.items} if chosen else set()
    feasible, rest = [], []
    for (accelerator, procurement), indices in by_way.items():
        plan = sketch(ready, indices)
        if plan is None:
            rest.append(Alternative(accelerator, procurement, None, partial(why_not, ready, indices)))
        else:
            feasible.append(Alternative(accelerator, procurement, plan, chosen=(accelerator, procurement) in picked))
    feasible.sort(key=lambda a: (a.plan.objective_value, a.plan.cost_usd) if a.plan else (0, 0))
    return [*feasible, *rest, *_excluded(ready, by_way.keys())]


def _excluded(ready: Prepared, had: Set[tuple[str, str]]) -> Iterable[Alternative]:
    """Every accelerator and way to have it that is not an option in any precision, once: of several precisions the one
    of which the fewest figures are too weak."""
    out: dict[tuple[str, str], Reason] = {}
    for excluded in ready.table.excluded:
        key = (excluded.accelerator, excluded.procurement)
        if key not in had and (key not in out or len(excluded.reason.weak) < len(out[key].weak)):
            out[key] = excluded.reason
    for (accelerator, procurement), reason in out.items():
        yield Alternative(accelerator, procurement, None, partial(_known, reason))


def _known(reason: Reason) -> Reason:
    return reason


def why_not(ready: Prepared, indices: list[int]) -> OverLimits:
    """The limits that keep an option out, one at a time, with what it would need of each."""
    needs: list[Need] = []
    for limit in limits_to_raise(ready.problem):
        of_compute = limit == TRAINING_FLOP  # the same for every plan
        found = search_without(ready, "cost" if of_compute else limit, limit, among=indices)
        if found is not None:
            needs.append(Need(limit, Fraction(ready.setting.training_flop) if of_compute else found.value))
    return OverLimits(tuple(needs))


def search_without(
    ready: Prepared, objective: Aim, limit: Limit, *, among: Collection[int] | None = None
) -> Found | None:
    """The single-option plan that is least in ``objective`` once a limit of the case is lifted; None if there is none.

    With the limit of the grid lifted a plan may pay for a substation. One without is better in everything, so the best
    of those is looked at first, and options with substations are made only where it needs more than medium voltage.
    """
    if limit != GRID:
        return search(ready.problem, objective, among=among, without=limit)
    found = search(ready.problem, objective, among=among, without=(limit, CONNECTION))
    if found is None or all(
        cap.used([(found.option, found.servers, found.server_days)]) <= cap.bound
        for cap in ready.problem.caps
        if cap.limit == CONNECTION
    ):
        return found
    roomy = with_grid_room(ready).problem
    if among is not None:
        meant = {replace(ready.problem.options[i].key, connection="") for i in among}
        among = [i for i, o in enumerate(roomy.options) if replace(o.key, connection="") in meant]
    return search(roomy, objective, among=among, without=limit)


def limits_to_raise(problem: ExactProblem) -> list[Limit]:
    """Every limit of a case that could be raised.

    Above the medium-voltage limit a plan pays for a substation: it is no limit that could make a case infeasible.
    """
    return [limit for limit in problem.limits if limit != CONNECTION]


def with_grid_room(ready: Prepared) -> Prepared:
    """The case with room on the grid for a substation, where its own limit keeps it on medium voltage.

    Below the country's medium-voltage limit servers with a substation are no options; a grid limit raised above it
    makes them options, and what is needed of the grid must be searched for among them too.
    """
    case, limit_mw = ready.setting.case, ready.setting.country.medium_voltage_limit_mw
    if limit_mw is None or case.max_mw is None or case.max_mw > limit_mw:
        return ready
    return prepare(case.changed(max_mw=MOST_MW), ready.setting.catalogue)


def runner_up(options: Iterable[Alternative], chosen: Plan) -> Plan | None:
    """The best plan that uses none of the chosen accelerators."""
    taken = {item.key.accelerator for item in chosen.items}
    others = [a.plan for a in options if a.plan is not None and a.accelerator not in taken]
    return min(others, key=lambda plan: (plan.objective_value, plan.cost_usd), default=None)


def plan_under(ready: Prepared, **changes: object) -> Plan | None:
    """The best plan of the case as it was asked, but for some fields, with as many kinds of server; None if there is
    none. Where the proofs of a mix do not agree, that of one kind.

    Raises:
        SolverError: they do not, and one kind has no plan: that would not be all that was asked for.
    """
    try:
        changed = prepare(ready.setting.asked.changed(**changes), ready.setting.catalogue)
    except DataError:
        return None  # what was asked does not work with the change, such as a tax regime that the set does not know
    if (changed.setting.case.mix or 1) == 1:
        return sketch(changed)
    try:
        outcome = solve_prepared(changed)
    except SolverError:
        if (alone := sketch(changed)) is None:
            raise
        return alone
    return outcome if isinstance(outcome, Plan) else None


def binding(ready: Prepared, plan: Plan) -> list[Binding]:
    """The limits that cost something: without each alone, there would be a better plan.

    Where the proofs of a mix without one do not agree, that is the least that it costs: what one kind of server does.
    """
    uses = {use.limit: use for use in plan.limits}
    # of some the plan may use nothing, as too little of them is to be had; what is owned is no limit to be lifted
    for limit in ready.problem.limits:
        if limit not in uses and limit.described.scope in ("accelerator", "rule"):
            uses[limit] = use_of(limit, Fraction(0), ready.problem.bound(limit))
    found = []
    for limit, use in uses.items():
        without = None if limit.kind == "owned" else _least_without(ready, limit, used=bool(use.used))
        if without is not None and without < plan.objective_value:
            found.append(Binding(use, plan.objective_value - without))
    return found


def _least_without(ready: Prepared, limit: Limit, used: bool) -> Fraction | None:
    """The least objective once a limit is lifted; None if there is no plan. Of what a mix does not rent one kind alone
    is looked at: there are many of them."""
    objective = ready.setting.case.objective or "cost"
    alone = search_without(ready, objective, limit)
    value = None if alone is None else alone.value
    if (ready.setting.case.mix or 1) == 1 or (limit.kind == "hire" and not used):
        return value
    if limit == DEADLINE:
        ready = prepare(ready.setting.case.changed(deadline_days=MAX_DEADLINE_DAYS), ready.setting.catalogue)
    elif limit == GRID:
        ready = with_grid_room(ready)
    try:
        return least(ready if limit == DEADLINE else without_limit(ready, limit), objective)
    except SolverError:
        return value


def barred_by_law(ready: Prepared) -> Set[str]:
    """The accelerators that the export rules keep from the country, however they might be had."""
    out = (excluded for excluded in ready.table.excluded if not excluded.procurement)
    return {excluded.accelerator for excluded in out if excluded.reason.by is By.LAW}


def cloud(ready: Prepared) -> Cloud | None:
    """The cheapest run in a cloud abroad within the deadline, with what can be hired at once; None if none can.

    No local power, no duty and no premium; the team is paid as at home. Law abroad is not looked at; but an accelerator
    that the law bars at home does not count: as a rule, it bars its use abroad, too. A rent that one list alone has is
    an estimate, and counts only where the case names the accelerator: the cheapest of many would be the one whose list
    is most out of line.
    """
    setting, catalogue = ready.setting, ready.setting.catalogue
    if "engineer_usd_per_year" in setting.figures.lacks:
        return None
    barred, for_hire = barred_by_law(ready), setting.exact("hire_max_devices")
    keys = [
        OptionKey(accelerator.id, row.precision, "rent", "", bracket, ABROAD)
        for accelerator in catalogue.accelerators.values()
        if accelerator.rent_usd_per_hour is not None
        and (accelerator.id in setting.case.use or not accelerator.is_estimate("rent_usd_per_hour"))
        and accelerator.id not in barred
        and accelerator.id not in setting.case.avoid
        and (setting.case.unreleased or accelerator.is_sold_on(setting.case.date or ""))
        and (not setting.case.use or accelerator.id in setting.case.use)
        and accelerator.server_devices is not None
        and accelerator.server_peak_kw is not None
        for precision in setting.case.precision
        if (
            row := catalogue.efficiencies.get((setting.assumptions.id, accelerator.id, precision, setting.architecture))
        )
        and (row.peak_tflops or accelerator.peak_tflops(precision)) is not None
        for bracket in (
            *(one.bracket for one in catalogue.brackets[setting.assumptions.id] if one.min_devices <= for_hire),
            *(f"{MACHINE}{one.devices}" for one in machines_of(setting) if one.accelerator == accelerator.id),
        )
    ]
    shared = Shared()
    options = ExactOptions(replace(option, lead_days=0) for option in exact_options(setting, keys, shared))
    most = ExactCap(Limit("hire"), for_hire, options.column("devices"))
    problem = replace(
        ready.problem,
        options=options,
        caps=(most,),
        ceilings=(),
        staff_usd_per_day=staff_usd_per_day(setting),  # that of the case has none where nothing can be planned at home
        site_setup_usd=Fraction(0),
    )
    best = search(problem, "cost")
    if best is None:
        return None
    option = options[best.option]
    return Cloud(option.key.accelerator, option.key.precision, best.servers * option.devices, best.days, best.cost_usd)
