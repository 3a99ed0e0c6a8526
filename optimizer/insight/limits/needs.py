"""What an infeasible case would need of each limit alone: its least value, all else as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from optimizer.domain.limits import DEADLINE, GRID, TRAINING_FLOP, Limit
from optimizer.domain.reasons import By, Cause, Need, NoPlan, Reason, ReasonKind
from optimizer.errors import SolverError
from optimizer.exact.search import search
from optimizer.insight.neighbours import barred_by_law, limits_to_raise, search_without, with_grid_room
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.claim import Prepared, Solver, without_limit
from optimizer.solve.planner import least, plan
from optimizer.units import MAX_DEADLINE_DAYS


def needs(ready: Prepared) -> Mapping[Limit, Fraction | None]:
    """For each limit, its least value at which there would be a plan; limits that alone cannot help are left out.

    None stands for a value that a mix leaves undecided: that the case is infeasible was proved before, and stays so.
    """
    found: dict[Limit, Fraction | None] = {}
    for limit in limits_to_raise(ready.problem):
        if limit == TRAINING_FLOP:
            continue
        try:
            value = least_value(ready, limit)
        except SolverError:
            found[limit] = None
            continue
        # a deadline beyond what may be asked for mends nothing
        if value is not None and not (limit == DEADLINE and value > MAX_DEADLINE_DAYS):
            found[limit] = value
    return found


def no_plan(ready: Prepared, outcome: Infeasible, needed: Mapping[Limit, Fraction | None]) -> NoPlan:
    """Why there is no plan, and what alone would mend it.

    Args:
        needed: as :func:`needs` has it; without meaning where the limits are not the cause.
    """
    law = None if outcome.cause is Cause.LAW else barring(ready)
    if outcome.cause != Cause.LIMITS:
        first = deciding(outcome.cause, [out.reason for out in ready.table.excluded])
        return NoPlan(outcome.cause, deciding=first, barring=law)
    return NoPlan(outcome.cause, tuple(Need(limit, value) for limit, value in needed.items()), barring=law)


def barring(ready: Prepared) -> Reason | None:
    """The rule that keeps most accelerators from the country; None where the law bars less than half of them."""
    if 2 * len(barred_by_law(ready)) < len(ready.setting.catalogue.accelerators):
        return None
    return deciding(Cause.LAW, [out.reason for out in ready.table.excluded])


def deciding(cause: Cause, reasons: Sequence[Reason]) -> Reason | None:
    """The reason that a reader must know first: of the law the one met most often, else the figure that can be stated
    for most options (a duty is one figure for all that is bought, a rent one for each accelerator)."""
    if cause is Cause.LAW:
        found = Counter(reason for reason in reasons if reason.by is By.LAW)
        # a chip's class is not the reason, its rule is
        rules = Counter(reason.rule for reason in found.elements())
        (rule, _), *_ = rules.most_common(1)
        return next(reason for reason in found if reason.rule == rule)
    if cause is Cause.DATA:
        stated = Counter(reason for reason in reasons if reason.remedy)
        # most_common keeps the order of those that are as frequent
        ordered = [reason for reason, _ in stated.most_common()]
        duty = (reason for reason in ordered if reason.kind is ReasonKind.NO_IMPORT_DUTY)
        return next(duty, ordered[0] if ordered else None)
    return None


def needs_if_limits(ready: Prepared, outcome: Infeasible) -> Mapping[Limit, Fraction | None]:
    """As :func:`needs`, where the limits are the cause; else nothing."""
    return needs(ready) if outcome.cause == Cause.LIMITS else {}


def least_value(ready: Prepared, limit: Limit, solver: Solver | None = None) -> Fraction | None:
    """The least use of a limit over all plans that meet the others; None if there is none.

    Raises:
        UndecidedError: of a mix, the proofs do not agree.
    """
    if limit == TRAINING_FLOP:
        needed = Fraction(ready.setting.training_flop)
        return needed if search(without_limit(ready, limit).problem, "cost") is not None else None
    if (ready.setting.case.mix or 1) == 1:
        best = search_without(ready, limit, limit)
        return None if best is None else best.value
    if limit == GRID:
        ready = with_grid_room(ready)
    if limit == DEADLINE:
        return _least_deadline(ready, solver)
    return least(without_limit(ready, limit), limit, solver)


def _least_deadline(ready: Prepared, solver: Solver | None) -> Fraction | None:
    """The least deadline of a mix: the days of the fastest, from the order where the deadline counts from it.

    A longer deadline never makes a case infeasible, and a mix needs no longer than its fastest option alone.
    """
    case, catalogue = ready.setting.case, ready.setting.catalogue
    alone = search(ready.problem, DEADLINE, without=DEADLINE)
    longest = MAX_DEADLINE_DAYS if alone is None else min(int(alone.value), MAX_DEADLINE_DAYS)
    outcome = plan(case.changed(deadline_days=longest, objective="days"), catalogue, solver=solver)
    return Fraction(outcome.days + outcome.lead_days) if isinstance(outcome, Plan) else None
