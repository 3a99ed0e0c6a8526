"""The measures that a curve may have on its axes, and the limits that admit or exclude a point."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction

from optimizer.case.setting import TRILLION
from optimizer.domain import Case
from optimizer.domain.likely_words import likely_word
from optimizer.domain.limits import BUDGET, DEADLINE, GRID, Limit, kind_named
from optimizer.errors import UsageError
from optimizer.plans.outcome import Plan
from optimizer.solve.claim import Prepared
from optimizer.units import GRAMS_PER_TONNE, KW_PER_MW, KWH_PER_GWH
from optimizer.units.language import say
from optimizer.units.records import dataclass

CLEAR_DIGITS = 5
"""Significant digits of a limit that divides two neighbours, which HiGHS can tell apart; more where they lie closer."""
COMPUTE = "compute"


@dataclass(frozen=True)
class Axis:
    """A measure that a curve may have on an axis; less of it is better, but of compute more."""

    name: str
    measure: str
    """The measure of :meth:`optimizer.exact.ExactProblem.measure`, and but for capital the objective of a case."""
    unit: str
    per_unit: int
    """How many of the measure's own units make one of the axis."""
    limit: Limit | None
    """The limit of a case on it."""

    @property
    def field(self) -> str:
        """The field of a case that bounds it; empty where there is none."""
        return self.limit.described.field if self.limit else ""


AXES = {
    axis.name: axis
    for axis in (
        Axis("cost", "cost", "USD", 1, BUDGET),
        Axis("budget", "cost", "USD", 1, BUDGET),
        Axis("days", "days", "days", 1, DEADLINE),
        Axis("peak_power", "peak_power", "MW", KW_PER_MW, GRID),
        Axis("energy", "energy", "GWh", KWH_PER_GWH, Limit("energy")),
        Axis("carbon", "carbon", "tCO2e", GRAMS_PER_TONNE, Limit("carbon")),
        Axis("capital", "capital", "USD", 1, Limit("capital")),
        Axis("compute", "compute", "1e12 tokens", TRILLION, None),
    )
}
"""By name. The least budget that buys a plan is its cost, so ``budget`` is ``cost`` under another name."""


@dataclass(frozen=True, eq=False)
class Point:
    """A plan that none beats in both measures; the two figures are exact and in the units of the axes."""

    first: Fraction
    second: Fraction
    plan: Plan


def axis(name: str) -> Axis:
    """An axis by name.

    Raises:
        UsageError: there is none of that name.
    """
    found = AXES.get(name.replace("-", "_"))
    if found is None:
        kind = kind_named(name)
        meant = next((axis.name for axis in AXES.values() if kind and axis.limit == Limit(kind.name)), name)
        near = likely_word(meant, AXES, is_list=False)
        rule = say('"{name}" is not an axis: choose two of {axes}', name=name, axes=", ".join(AXES))
        raise UsageError(f"{rule}; {near}" if near else rule)
    return found


def limited(case: Case, ready: Prepared, divider: Axis, value: Decimal) -> Case:
    """The case with a limit on the divider, in the unit of the divider, never above its own."""
    own = getattr(ready.setting.case, divider.field)
    least_of = value if own is None else min(value, own)
    return case.changed(**{divider.field: int(least_of) if divider.measure == "days" else least_of})


def amount(plan: Plan, of: Axis) -> Fraction:
    """The exact measure of a plan in the unit of an axis."""
    if of.measure == COMPUTE:
        return Fraction(plan.setting.workload.tokens_t or 0)
    if of.measure == "days":
        return Fraction(plan.days + plan.lead_days)
    assert of.limit is not None  # of compute alone
    used: Fraction = getattr(plan, of.limit.described.column)
    return used


def at_least(value: Fraction, after: Fraction | None, per_unit: int = 1, digits: int = CLEAR_DIGITS) -> Decimal:
    """A decimal above 0 that admits a value and nothing from ``after`` on, in units of ``per_unit``."""
    if not value:
        return Decimal(1) if after is None else _decimal(after / per_unit / 2, digits, ROUND_FLOOR)
    while True:
        found = _decimal(value / per_unit, digits, ROUND_CEILING)
        if after is None or Fraction(found) * per_unit < after:
            return found
        digits += 1


def below(value: Fraction, before: Fraction | None, per_unit: int = 1, digits: int = CLEAR_DIGITS) -> Decimal | None:
    """A decimal that excludes a value and admits ``before``, in units of ``per_unit``; None if none is positive."""
    while True:
        found = _decimal(value / per_unit, digits, ROUND_FLOOR)
        if Fraction(found) * per_unit == value:
            found = Context(prec=digits + 1).subtract(found, Decimal(1).scaleb(found.adjusted() - digits))
        if found <= 0:
            return None
        if before is None or Fraction(found) * per_unit >= before:
            return found
        digits += 1


def _decimal(value: Fraction, digits: int, rounding: str) -> Decimal:
    context = Context(prec=digits, rounding=rounding)
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))
