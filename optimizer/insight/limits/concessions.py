"""Where no plan exists: for each limit, the least value of it alone that would do, proven from both sides."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

from optimizer.domain import Case
from optimizer.domain.limits import Limit
from optimizer.errors import SolverError, UndecidedError
from optimizer.insight.limits.needs import bound_of, least_value
from optimizer.insight.limits.relaxations import MOST_DEVICES
from optimizer.insight.neighbours import limits_to_raise
from optimizer.plans.outcome import Infeasible, Plan, under_found_limits
from optimizer.solve.claim import Prepared, Solver
from optimizer.solve.planner import plan
from optimizer.units.language import say
from optimizer.units.records import dataclass

DIGITS = 12
"""Significant digits of a concession; it is rounded up, so that the value reported does suffice."""


@dataclass(frozen=True)
class Part:
    """A limit that would have to give, alone or with others."""

    limit: Limit
    asked: Fraction
    needed: Decimal

    @property
    def unit(self) -> str:
        """The unit of both."""
        return self.limit.unit

    @property
    def share(self) -> Fraction:
        """Needed value over requested value, a ratio."""
        return Fraction(self.needed) / self.asked


@dataclass(frozen=True, eq=False)
class Concession(Part):
    """The least value of one limit, all others as they are, at which there is a plan; that plan is proven like any."""

    plan: Plan


@dataclass(frozen=True, eq=False)
class Concessions:
    """What an infeasible case would need of each limit alone."""

    given: tuple[Concession, ...]
    """Limits that alone cannot help are left out."""
    undetermined: tuple[Limit, ...]
    """Of these it could not be said whether they alone can help: the proofs did not agree. That the case itself is
    infeasible was proven before, and stays so."""


def concessions(ready: Prepared, infeasible: Infeasible, *, solver: Solver | None = None) -> Concessions:
    """For each limit of an infeasible case, what it would have to be.

    Each value is checked from both sides: the case is solved again at the value (a plan, doubly proven) and a
    hair, a day or a piece below it (infeasible, doubly proven).
    """
    if not infeasible.why.over_limits:
        return Concessions((), ())
    found: list[Concession] = []
    undetermined: list[Limit] = []
    for limit in limits_to_raise(ready.problem):
        try:
            least = least_value(ready, limit, solver)
            reported = None if least is None else _confirmed(ready, limit, least, solver)
        except SolverError:
            undetermined.append(limit)
            continue
        if reported is not None:
            found.append(reported)
    return Concessions(tuple(found), tuple(undetermined))


def _confirmed(ready: Prepared, limit: Limit, least: Fraction, solver: Solver | None) -> Concession | None:
    """Solve at the value and just below it; None where a case cannot ask for it (law, or beyond its bounds)."""
    whole = limit.described.whole
    needed = suffices(least, whole)
    above = relax(ready.setting.case, limit, needed)
    if above is None:
        return None
    catalogue = ready.setting.catalogue
    reached = plan(above, catalogue, solver=solver)
    lower = short_of(needed, whole)
    below = relax(ready.setting.case, limit, lower)
    missed = None if below is None else plan(below, catalogue, solver=solver)
    if not isinstance(reached, Plan) or isinstance(missed, Plan):
        reported = {"limit": str(limit), "value": str(needed), "case": ready.setting.case.given()}
        raise UndecidedError(
            say("the smallest value of {limit} could not be confirmed by both proofs", limit=limit), reported
        )
    return Concession(limit, bound_of(ready, limit), needed, under_found_limits(reached, [limit], ready.setting.asked))


def suffices(least: Fraction, whole: bool) -> Decimal:
    """The lowest value that can be requested and is enough, in the unit of the limit: a whole number, or one of
    ``DIGITS`` digits, rounded up."""
    return Decimal(math.ceil(least)) if whole else round_up(least)


def short_of(needed: Decimal, whole: bool) -> Decimal:
    """A day, a piece or a hair (1e-10 of it) below a value."""
    return needed - 1 if whole else needed * (1 - Decimal(10) ** (2 - DIGITS))


def relax(case: Case, limit: Limit, value: Decimal) -> Case | None:
    """The case with another value for a limit, in its unit; None where no field of the case says it, or it cannot be
    asked for."""
    kind = limit.described
    if value > largest(limit) or (kind.scope == "case" and kind.whole and value < 1):
        return None
    if kind.scope == "accelerator":
        # what is for rent is a limit of the data; a supply of the kind goes before it
        field = kind.field or "supply"
        return case.changed(**{field: {**dict(getattr(case, field)), limit.accelerator: int(value)}})
    if not kind.field:
        return None
    return case.changed(**{kind.field: int(value) if kind.whole else value})


def largest(limit: Limit) -> Decimal:
    """The highest value of a limit that a case may request, in the unit of the limit."""
    if limit.described.scope == "accelerator":
        return Decimal(MOST_DEVICES)
    field = Case.model_fields.get(limit.described.field)
    bounds = [Decimal(rule.le) for rule in (field.metadata if field else ()) if hasattr(rule, "le")]
    return min(bounds, default=Decimal("Infinity"))


def round_up(value: Fraction) -> Decimal:
    """A fraction in any unit as a decimal of ``DIGITS`` significant digits, rounded up."""
    context = Context(prec=DIGITS, rounding=ROUND_CEILING)
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))
