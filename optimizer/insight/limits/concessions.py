"""Where no plan exists: for each limit, the least value of it alone that would do, proved from both sides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

from optimizer.domain import Case
from optimizer.domain.reasons import Cause
from optimizer.errors import UndecidedError
from optimizer.insight.limits.needs import least_value
from optimizer.insight.neighbours import limit_names
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.claim import Prepared, Solver
from optimizer.solve.planner import plan
from optimizer.units import MAX_DEADLINE_DAYS

DIGITS = 12
"""Significant digits of a concession; it is rounded up, so that the value told does suffice."""

FIELDS: Mapping[str, str] = {
    "deadline": "deadline_days",
    "budget": "budget_usd",
    "grid": "max_mw",
    "tpp": "max_tpp",
    "accelerators": "max_accelerators",
    "training_flop": "max_training_flop",
}
"""The field of a case by the name of its limit."""


@dataclass(frozen=True, eq=False)
class Concession:
    """The least value of one limit, all others as they are, at which there is a plan; that plan is proved like any."""

    limit: str
    unit: str
    asked: Fraction
    needed: Decimal
    plan: Plan


def concessions(ready: Prepared, infeasible: Infeasible, *, solver: Solver | None = None) -> list[Concession]:
    """For each limit of an infeasible case, what it would have to be; limits that alone cannot help are left out.

    Each value is checked from both sides: the case is solved again at the value (a plan, doubly proved) and a
    hair, a day or a piece below it (infeasible, doubly proved).

    Raises:
        UndecidedError: a value could not be confirmed.
    """
    found: list[Concession] = []
    if infeasible.cause in (Cause.LAW, Cause.DATA):
        return found
    for name in limit_names(ready.problem):
        least = least_value(ready, name, solver)
        if least is None:
            continue
        told = _confirmed(ready, name, least, solver)
        if told is not None:
            found.append(told)
    return found


def _confirmed(ready: Prepared, name: str, least: Fraction, solver: Solver | None) -> Concession | None:
    """Solve at the value and just below it; None where the case has no field for the limit (hire, law)."""
    asked, unit, whole = bound_of(ready, name)
    needed = suffices(least, whole)
    above = relaxed(ready.setting.case, name, needed)
    if above is None:
        return None
    catalogue = ready.setting.catalogue
    reached = plan(above, catalogue, solver=solver)
    lower = short_of(needed, whole)
    below = relaxed(ready.setting.case, name, lower)
    missed = None if below is None else plan(below, catalogue, solver=solver)
    if not isinstance(reached, Plan) or isinstance(missed, Plan):
        told = {"limit": name, "value": str(needed), "case": ready.setting.case.given()}
        raise UndecidedError(f"the least value of {name} could not be confirmed from both sides", told)
    return Concession(name, unit, asked, needed, reached)


def suffices(least: Fraction, whole: bool) -> Decimal:
    """The least value that can be asked for and suffices: a whole number, or one of ``DIGITS`` digits, rounded up."""
    return Decimal(math.ceil(least)) if whole else rounded_up(least)


def short_of(needed: Decimal, whole: bool) -> Decimal:
    """A day, a piece or a hair (1e-10 of it) below a value."""
    return needed - 1 if whole else needed * (1 - Decimal(10) ** (2 - DIGITS))


def bound_of(ready: Prepared, name: str) -> tuple[Fraction, str, bool]:
    """What the case gives for a limit, its unit, and whether it counts whole things."""
    problem = ready.problem
    if name == "deadline":
        return Fraction(problem.deadline_days), "days", True
    if name == "budget":
        return problem.budget_usd or Fraction(0), "USD", False
    if name == "training_flop":
        return Fraction(ready.setting.case.max_training_flop or 0), "FLOP", False
    cap = next(cap for cap in problem.caps if cap.name == name)
    return cap.bound, cap.unit, cap.unit == "accelerators"


def relaxed(case: Case, name: str, value: Decimal | None) -> Case | None:
    """The case with another value for a limit; None where no field of the case says it."""
    kind, _, accelerator = name.partition(":")
    if kind in FIELDS:
        whole = FIELDS[kind] in ("deadline_days", "max_accelerators")
        if value is not None and whole and (value < 1 or (kind == "deadline" and value > MAX_DEADLINE_DAYS)):
            return None
        return case.changed(**{FIELDS[kind]: int(value) if value is not None and whole else value})
    if kind in ("supply", "hire", "owned") and value is not None:
        field = "owned" if kind == "owned" else "supply"
        return case.changed(**{field: {**dict(getattr(case, field)), accelerator: int(value)}})
    return None


def rounded_up(value: Fraction) -> Decimal:
    """A fraction as a decimal of ``DIGITS`` significant digits, rounded up."""
    context = Context(prec=DIGITS, rounding=ROUND_CEILING)
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))
