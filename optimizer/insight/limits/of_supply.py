"""What a site with its own supply and no plan would need of each limit alone: found between a value that does and one
that does not, each searched and proven with what feeds the site.

More of a limit never makes a case infeasible. So the least value is between two, and they are brought together until
the lower is less than :data:`NEAR` below the higher, or a day or a piece. What is said is the higher, with its plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from optimizer.domain.limits import BUDGET, DEADLINE, KINDS, TRAINING_FLOP, Limit
from optimizer.errors import DataError, SolverError
from optimizer.insight.limits.concessions import Part, largest, relax, suffices
from optimizer.power.plan import NotFed, PowerPlan, power_plan
from optimizer.units import fraction
from optimizer.units.records import dataclass

NEAR = Fraction(1, 1050)
"""How far below the value that is said none is known to do, as a share."""
FAR = 10_000
"""So many times what was asked for is as good as no limit."""


@dataclass(frozen=True, eq=False)
class FedConcession(Part):
    """A value of one limit, all others as they are, at which the site has a plan, and hardly less would do."""

    plan: PowerPlan


def fed_concessions(outcome: NotFed) -> tuple[FedConcession, ...]:
    """For each limit of a case whose site cannot be fed, what it would have to be; those that alone cannot help are
    left out, and all where the law or the data are the cause."""
    if not outcome.why.over_limits:
        return ()
    found = (_concession(outcome, limit, asked) for limit, asked in _limits(outcome))
    return tuple(one for one in found if one is not None)


def _limits(outcome: NotFed) -> Iterator[tuple[Limit, Fraction]]:
    """The limits of the case, with what it asks for."""
    case = outcome.setting.case
    for kind in KINDS.values():
        if kind.scope == "accelerator" and kind.field:
            yield from ((Limit(kind.name, name), Fraction(count)) for name, count in getattr(case, kind.field))
        elif kind.scope == "case" and (asked := getattr(case, kind.field)):
            yield Limit(kind.name), fraction(asked)


def _concession(outcome: NotFed, limit: Limit, asked: Fraction) -> FedConcession | None:
    """One limit; None where it alone cannot help."""
    if limit == TRAINING_FLOP:  # the same for every plan
        flop = suffices(fraction(outcome.setting.training_flop), whole=False)
        above = _plan(outcome, limit, flop) if flop > asked else None
        return None if above is None else FedConcession(limit, asked, flop, above)
    if limit == BUDGET:
        # the search looks at the cost alone where the budget is the only thing in the way
        cents = None if outcome.least_usd is None else math.ceil(outcome.least_usd * 100)
        needed = None if cents is None else Decimal(cents) / 100
        plan = None if needed is None else _plan(outcome, limit, needed)
        return None if needed is None or plan is None else FedConcession(limit, asked, needed, plan)
    whole = limit.described.whole
    most = min(suffices(asked * FAR, whole), largest(limit))
    if limit == DEADLINE:
        most = Decimal(int(outcome.setting.figures["max_run_days"].value))
    best = None if most <= asked else _plan(outcome, limit, most)
    if best is None:
        return None
    solved = most, best
    low, high = asked, Fraction(most)
    while high - low > (1 if whole else high * NEAR):
        # what the plan that was found uses is enough
        used = next((+use.used for use in best.limits if use.limit == limit), None)
        if used is not None and low < used < high:
            high = Fraction(suffices(used, whole))
            if high - low <= (1 if whole else high * NEAR):
                break
        middle = _between(low, high, whole)
        found = _plan(outcome, limit, middle)
        low, high = (Fraction(middle), high) if found is None else (low, Fraction(middle))
        if found is not None:
            best, solved = found, (middle, found)
    needed = suffices(high, whole)
    if needed != solved[0] and (plan := _plan(outcome, limit, needed)) is not None:
        solved = needed, plan
    return FedConcession(limit, asked, *solved)


def _between(low: Fraction, high: Fraction, whole: bool) -> Decimal:
    """A value between two, nearer to the lower the further they lie apart; a whole one where they are whole."""
    if whole:
        return Decimal(math.floor((low + high) / 2))
    middle = math.sqrt(float(low) * float(high)) if high > 2 * low > 0 else float(low + high) / 2
    return Decimal(repr(middle))


def _plan(outcome: NotFed, limit: Limit, value: Decimal) -> PowerPlan | None:
    """The plan of the case with one limit at a value; None where there is none, or it cannot be asked for."""
    case = relax(outcome.setting.asked, limit, value)
    if case is None:
        return None
    try:
        found = power_plan(case, outcome.setting.catalogue)
    except (DataError, SolverError):
        return None  # at this value nothing is proven: more is said to be needed
    return found if isinstance(found, PowerPlan) else None
