"""What an infeasible case would need of each limit, from the exhaustive search alone: quick enough for batches."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from optimizer.domain.reasons import Cause, Need, NoPlan
from optimizer.exact.search import search
from optimizer.insight.neighbours import limit_names, roomy
from optimizer.plans.outcome import Infeasible
from optimizer.solve.claim import Prepared
from optimizer.units import MAX_DEADLINE_DAYS


def needs(ready: Prepared) -> Mapping[str, Fraction]:
    """For each limit, its least value at which one kind of server would do, all else as it is; others are left out."""
    found = {}
    for name in limit_names(ready.problem):
        if name == "training_flop":
            continue
        measure = {"deadline": "finish", "budget": "cost"}.get(name, name)
        problem = roomy(ready).problem if name == "grid" else ready.problem
        best = search(problem, measure, without=name)
        # a deadline beyond what may be asked for mends nothing
        if best is not None and not (name == "deadline" and best.value > MAX_DEADLINE_DAYS):
            found[name] = best.value
    return found


def no_plan(outcome: Infeasible, needed: Mapping[str, Fraction]) -> NoPlan:
    """Why there is no plan, and what alone would mend it.

    Args:
        needed: as :func:`needs` has it; without meaning where the limits are not the cause.
    """
    if outcome.cause != Cause.LIMITS:
        return NoPlan(outcome.cause)
    return NoPlan(outcome.cause, tuple(Need(name, value) for name, value in needed.items()))


def needs_if_limits(ready: Prepared, outcome: Infeasible) -> Mapping[str, Fraction]:
    """As :func:`needs`, where the limits are the cause; else nothing."""
    return needs(ready) if outcome.cause == Cause.LIMITS else {}
