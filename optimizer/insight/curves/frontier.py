"""The exact trade-off between two measures: every plan that none beats in both, each proven twice.

For mixes see :mod:`optimizer.insight.curves.frontier_of_mix`.

Of one kind of server the exhaustive search finds the whole curve in exact arithmetic
(:func:`optimizer.exact.curves.trade_off`); every point that is reported is then planned again from both sides, with
    HiGHS and the search as for any plan: under a limit that admits it and not the next, the other measure can be no
    better; under a limit that excludes it, the other measure is that of the point before. So no point between two that
    follow each other can have been missed, and none that is reported is beaten. What excludes a point lies a share of
    1e-5 or less short of it: nearer, HiGHS cannot tell one side from the other (it was seen to call a case infeasible
    5e-13 short of a point), and the search alone looks once more at a share of 1e-12.

Training compute (tokens of the case's model) is an axis of which more is better: see
:mod:`optimizer.insight.curves.compute`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue
from optimizer.domain import OBJECTIVES, Case
from optimizer.errors import UndecidedError, UsageError
from optimizer.exact.curves import trade_off
from optimizer.insight.curves.axes import CLEAR_DIGITS, COMPUTE, Axis, Point, amount, at_least, axis, below, limited
from optimizer.insight.curves.compute import STEP, most_for_each
from optimizer.plans.outcome import Infeasible, Plan, under_found_limits
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import least, plan, prepare
from optimizer.units.language import say
from optimizer.units.records import dataclass

HAIR_DIGITS = 12
"""Significant digits of a limit that excludes a point slightly."""
MOST_POINTS = 30


@dataclass(frozen=True, eq=False)
class Frontier:
    """The trade-off between two measures of a case, by rising first; the second falls, but rises with compute."""

    setting: Setting
    first: Axis
    second: Axis
    count: int
    """How many points the whole curve has; of compute and of mixes, how many are reported."""
    points: tuple[Point, ...]
    """Those reported: all, or so many as were asked for, evenly chosen, with both ends."""
    infeasible: Infeasible | None
    """Where there is no plan at all."""
    step: int | None = None
    """Of compute, the tokens to which a point is settled."""
    complete: bool = True
    """Whether ``count`` is all that none beats; of compute and of mixes there may be more between those reported."""


def frontier(case: Case, catalogue: Catalogue, first: str, second: str, most: int = MOST_POINTS) -> Frontier:
    """The exact trade-off between two measures over all plans of one kind of server; of mixes some points of it.

    Args:
        first: an axis by name: cost, budget, days, peak_power, energy, carbon, capital or compute.
        second: another one. With compute, the case's own count of tokens is not looked at.
        most: points at most, 2 or more.

    Raises:
        UsageError: no such axis, twice the same, compute over mixes, or against what no case has as its objective.
        DataError: the case or the data cannot be used.
        UndecidedError: a point could not be confirmed.
    """
    x, y = axis(first), axis(second)
    if x.measure == y.measure:
        raise UsageError.say('"{first}" and "{second}" are one measure: a curve needs two', first=first, second=second)
    ready = prepare(case, catalogue)
    mixed = (ready.setting.case.mix or 1) > 1
    if COMPUTE in (x.measure, y.measure):
        if mixed:
            raise UsageError.say("--mix: compute as an axis is for one kind of server; optimizer largest takes --mix")
        return _of_compute(ready, x, y, most)
    if mixed:
        from optimizer.insight.curves.frontier_of_mix import points_of_mix  # it is not loaded for one kind

        found = points_of_mix(ready, x, y, most)
        if isinstance(found, Infeasible):
            return Frontier(ready.setting, x, y, 0, (), found)
        return Frontier(ready.setting, x, y, len(found), found, None, complete=False)
    curve = trade_off(ready.problem, x.measure, y.measure)
    if not curve:
        outcome = plan(case, catalogue)
        if isinstance(outcome, Plan):
            raise UndecidedError(say("a case with a plan has no curve"), {"case": case.given()})
        return Frontier(ready.setting, x, y, 0, (), outcome)
    exact = [(one, other) for one, other, _ in curve]
    chosen = even_positions(len(exact), most)
    return Frontier(ready.setting, x, y, len(exact), tuple(_confirmed(ready, x, y, exact, chosen)), None)


def _of_compute(ready: Prepared, x: Axis, y: Axis, most: int) -> Frontier:
    """The curve of compute against another measure."""
    other = y if x.measure == COMPUTE else x
    if other.measure not in OBJECTIVES:
        raise UsageError.say(
            "{other_name} against compute cannot be proven: no case has it as its objective", other_name=other.name
        )
    found = most_for_each(ready.setting.asked, ready.setting.catalogue, other.measure, most)
    if isinstance(found, Infeasible):
        return Frontier(ready.setting, x, y, 0, (), found, STEP, complete=False)
    points = tuple(Point(amount(at.plan, x), amount(at.plan, y), at.plan) for at in found)
    return Frontier(ready.setting, x, y, len(points), points, None, STEP, complete=False)


def single_kind(setting: Setting) -> None:
    """Refuse a mix.

    Raises:
        UsageError: the case allows more than one kind of server.
    """
    if (setting.case.mix or 1) > 1:
        raise UsageError.say(
            "--mix: this answer is for one kind of server: between any two values, the best mix may change and "
            "change back. Leave --mix out, or plan single values with compare or sweep, which take --mix"
        )


def even_positions(count: int, most: int) -> list[int]:
    """At most so many positions out of ``count``, evenly spread, both ends among them."""
    if count <= most:
        return list(range(count))
    return sorted({round(Fraction(i * (count - 1), most - 1)) for i in range(most)})


def _confirmed(
    ready: Prepared, x: Axis, y: Axis, exact: list[tuple[Fraction, Fraction]], chosen: list[int]
) -> Iterator[Point]:
    """Plan every chosen point again from both sides."""
    case = ready.setting.asked
    # of two measures one always has a limit, and the other is an objective
    divider = next(a for a, other in ((x, y), (y, x)) if a.limit is not None and other.measure in OBJECTIVES)
    # by rising measure of the divider, the other falls
    curve = exact if divider is x else [(other, one) for one, other in reversed(exact)]
    asked = case.changed(objective=(y if divider is x else x).measure)
    for i in chosen:
        reached = _between(ready, asked, divider, curve, i if divider is x else len(exact) - 1 - i)
        assert divider.limit is not None
        reached = under_found_limits(reached, [divider.limit], ready.setting.asked)
        yield Point(amount(reached, x), amount(reached, y), reached)


def _between(ready: Prepared, asked: Case, divider: Axis, curve: list[tuple[Fraction, Fraction]], at: int) -> Plan:
    """The plan of a point, from both sides of it.

    Raises:
        UndecidedError: a plan under one of the limits is not what the curve says.
    """
    catalogue = ready.setting.catalogue
    bound, value = curve[at]
    before, wanted = curve[at - 1] if at else (None, None)
    after = curve[at + 1][0] if at + 1 < len(curve) else None
    reached = _planned(limited(asked, ready, divider, at_least(bound, after, divider.per_unit)), catalogue, value)
    reported = {"axis": divider.name, "point": [str(bound), str(value)], "case": asked.given()}
    if amount(reached, divider) * divider.per_unit != bound:
        raise UndecidedError(say("a plan under the limit of a point is better than that point"), reported)
    for limit, clear in _short_of(divider, bound, before):
        if _best(limited(asked, ready, divider, limit), catalogue, clear) != wanted:
            raise UndecidedError(say("a plan just short of a point is not the point before it"), reported)
    if after is None and _best(asked, catalogue, True) != value:
        raise UndecidedError(say("the curve goes on beyond its end"), reported)
    return reached


def _planned(case: Case, catalogue: Catalogue, value: Fraction) -> Plan:
    reached = plan(case, catalogue)
    if not isinstance(reached, Plan) or reached.objective_value != value:
        reported = {"value": str(value), "case": case.given()}
        raise UndecidedError(say("a point of the curve is not what a plan under its limit is"), reported)
    return reached


def _short_of(divider: Axis, value: Fraction, before: Fraction | None) -> Iterator[tuple[Decimal, bool]]:
    """Limits that exclude a point and admit the one before, and whether they are clear enough for HiGHS."""
    if divider.measure == "days":
        if value > 1:
            yield Decimal(int(value) - 1), True
        return
    for digits in (CLEAR_DIGITS, HAIR_DIGITS):
        short = below(value, before, divider.per_unit, digits)
        if short is not None:
            yield short, len(short.as_tuple().digits) <= CLEAR_DIGITS + 1


def _best(case: Case, catalogue: Catalogue, clear: bool) -> Fraction | None:
    """The best value of the objective, proven twice where the limits are clear; None if there is no plan."""
    if not clear:
        return least(prepare(case, catalogue), case.objective or "cost")
    outcome = plan(case, catalogue)
    return outcome.objective_value if isinstance(outcome, Plan) else None
