"""What an infeasible case would need of each limit, from the exhaustive search alone: quick enough for batches."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from optimizer.domain.limits import DEADLINE, GRID, TRAINING_FLOP, Limit
from optimizer.exact.search import search
from optimizer.insight.limit_words import limit_words, need_in_words
from optimizer.insight.neighbours import limits_to_raise, roomy
from optimizer.plans.outcome import Infeasible
from optimizer.solve.claim import Prepared
from optimizer.units import MAX_DEADLINE_DAYS

CAUSES = {
    "law": "export control leaves no accelerator",
    "data": "no option has all its figures or is allowed by the case",
    "compute_cap": "the training compute itself is above its cap",
    "limits": "no plan meets all limits",
}


def needs(ready: Prepared) -> Mapping[Limit, Fraction]:
    """For each limit, its least value at which one kind of server would do, all else as it is; others are left out."""
    found = {}
    for limit in limits_to_raise(ready.problem):
        if limit == TRAINING_FLOP:
            continue
        problem = roomy(ready).problem if limit == GRID else ready.problem
        best = search(problem, limit, without=limit)
        # a deadline beyond what may be asked for mends nothing
        if best is not None and not (limit == DEADLINE and best.value > MAX_DEADLINE_DAYS):
            found[limit] = best.value
    return found


def reason(outcome: Infeasible, needed: Mapping[Limit, Fraction]) -> str:
    """Why there is no plan, and what alone would mend it, in one sentence."""
    cause = CAUSES[outcome.cause]
    if outcome.cause != "limits":
        return cause
    if not needed:
        return f"{cause}; no single limit would help alone"
    alone = "; ".join(f"{limit_words(limit)}: {need_in_words(limit, value)}" for limit, value in needed.items())
    return f"{cause}; any one of these alone would do: {alone}"
