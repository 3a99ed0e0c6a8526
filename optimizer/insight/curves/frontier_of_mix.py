"""The trade-off between two measures over mixes of servers: points that no mix beats in both, each proven as a mix is.

There are far too many mixes for a whole curve. One of the two is cost: mixes that cost least are found in about a
second, those of the fewest days in minutes. The other is held at values evenly spread between its least and where more
of it helps no more; at each the cost is made least, and then the other as small as it can be for that cost. So each
point stands by itself: no mix is better in one of the two and no worse in the other.
"""

from __future__ import annotations

import math
from fractions import Fraction

from optimizer.errors import UndecidedError, UsageError
from optimizer.insight.curves.axes import CLEAR_DIGITS, Axis, Point, amount, at_least, limited
from optimizer.plans.outcome import Infeasible, Plan, under_found_limits
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import least, plan, prepare, solve_prepared
from optimizer.units.language import say

MOST_MIXES = 9
"""Points at most: each is three searches, with a proof of its own."""


def points_of_mix(ready: Prepared, x: Axis, y: Axis, most: int) -> tuple[Point, ...] | Infeasible:
    """Points of the curve by rising first measure; or the proof that there is no plan.

    Args:
        most: how many at most.

    Raises:
        UsageError: neither measure is cost.
        UndecidedError: the proofs of a point do not agree.
    """
    if "cost" not in (x.measure, y.measure):
        raise UsageError.say("--mix: one of the two measures must be cost")
    held, sought = (y, x) if x.measure == "cost" else (x, y)
    best = solve_prepared(prepare(ready.setting.asked.changed(objective=sought.measure), ready.setting.catalogue))
    if isinstance(best, Infeasible):
        return best
    low, high = _least(ready, held), amount(best, held) * held.per_unit
    count = min(most, MOST_MIXES)
    found: dict[Fraction, Point] = {}
    for step in range(count):
        bound = low + (high - low) * step / (count - 1)
        made = _point(ready, held, sought, Fraction(math.floor(bound)) if held.measure == "days" else bound)
        found.setdefault(amount(made, held), Point(amount(made, x), amount(made, y), made))
    return tuple(sorted(found.values(), key=lambda point: point.first))


def _point(ready: Prepared, held: Axis, sought: Axis, bound: Fraction) -> Plan:
    """The least of what is sought within a bound on what is held, and of these the least of what is held."""
    asked, catalogue = ready.setting.asked.changed(objective=sought.measure), ready.setting.catalogue
    within = limited(asked, ready, held, at_least(bound, None, held.per_unit, 2 * CLEAR_DIGITS))
    first = plan(within, catalogue)
    if isinstance(first, Plan):
        reached = at_least(first.objective_value, None, sought.per_unit, 2 * CLEAR_DIGITS)
        smallest = _least(prepare(limited(within, ready, sought, reached), catalogue), held)
        first = plan(limited(asked, ready, held, at_least(smallest, None, held.per_unit, 2 * CLEAR_DIGITS)), catalogue)
    if not isinstance(first, Plan):
        reported = {"axis": held.name, "value": str(bound), "case": asked.given()}
        raise UndecidedError(say("a point of the curve could not be confirmed by both proofs"), reported)
    limits = [axis.limit for axis in (held, sought) if axis.limit is not None]
    return under_found_limits(first, limits, ready.setting.asked)


def _least(ready: Prepared, axis: Axis) -> Fraction:
    """The least of a measure over all mixes, in its own unit, of which there is one at least."""
    found = least(ready, axis.measure)
    assert found is not None
    return found
