"""What an infeasible case would need of each limit alone: its least value, everything else as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from optimizer.domain.limits import DEADLINE, GRID, TRAINING_FLOP, Limit
from optimizer.domain.reasons import Need, NoPlan
from optimizer.errors import SolverError
from optimizer.exact.search import search
from optimizer.insight.neighbours import limits_to_raise, search_without, with_grid_room
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.claim import Prepared, Solver, without_limit
from optimizer.solve.planner import least, plan, prepare
from optimizer.units import MAX_DEADLINE_DAYS


def needs(ready: Prepared) -> Mapping[Limit, Fraction | None]:
    """For each limit, its least value, in its unit, at which there would be a plan; limits that alone cannot help are
    left out.

    None represents a value that a mix leaves undecided: that the case is infeasible was proven before, and stays so.
    """
    found: dict[Limit, Fraction | None] = {}
    for limit in limits_to_raise(ready.problem):
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
        needed: as :func:`needs_if_limits` has it, each in the unit of its limit.
    """
    return replace(
        outcome.why, needs=tuple(Need(limit, value, bound_of(ready, limit)) for limit, value in needed.items())
    )


def bound_of(ready: Prepared, limit: Limit) -> Fraction:
    """What the case gives for a limit, in its unit."""
    if limit == TRAINING_FLOP:
        return Fraction(ready.setting.case.max_training_flop or 0)
    return ready.problem.bound(limit)


def why_with_needs(outcome: Infeasible) -> NoPlan:
    """As :func:`no_plan`, of a case that was planned next to others."""
    ready = prepare(outcome.setting.asked, outcome.setting.catalogue)
    return no_plan(ready, outcome, needs_if_limits(ready, outcome))


def needs_if_limits(ready: Prepared, outcome: Infeasible) -> Mapping[Limit, Fraction | None]:
    """As :func:`needs`, in the unit of each limit, where there are options that miss the limits; else nothing."""
    return needs(ready) if outcome.why.over_limits else {}


def least_value(ready: Prepared, limit: Limit, solver: Solver | None = None) -> Fraction | None:
    """The least use of a limit, in its unit, over all plans that meet the others; None if there is none.

    Raises:
        UndecidedError: of a mix, the proofs do not agree.
    """
    if limit == TRAINING_FLOP:
        without = least(without_limit(ready, limit), "cost", solver)
        return None if without is None else Fraction(ready.setting.training_flop)
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
