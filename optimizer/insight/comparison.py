"""Cases next to each other: each planned and proven, then ranked by what they minimise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.case import Objective
from optimizer.domain.reasons import CaseWhy, NotAsked
from optimizer.errors import DataError, Problem, SolverError
from optimizer.insight.limits.needs import needs_if_limits, no_plan
from optimizer.plans.outcome import MayHavePlan, Outcome, Plan
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Candidate:
    """A case that is to be compared, or why it cannot be read."""

    case_id: str
    values: tuple[str, ...]
    """The cell of each field that varies, as in a cases file; empty where a limit is left out."""
    case: Case | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, eq=False)
class Compared(MayHavePlan):
    """One case of a comparison: its plan, or why it has none."""

    candidate: Candidate
    ready: Prepared | None
    outcome: Outcome | None
    why: CaseWhy | None
    """Why there is no plan, and what alone would be enough; None with a plan."""
    problem: str
    """Why it could not be decided; empty where it was."""
    measure: Fraction | None
    """What its objective comes to, in the unit of :attr:`Comparison.unit`; None where there is no plan."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """All cases, the best first; those without a plan last, in the order in which they were given."""

    axes: tuple[str, ...]
    """The fields of the case that vary."""
    objective: Objective
    rows: tuple[Compared, ...]
    catalogue: Catalogue

    @property
    def best(self) -> Compared | None:
        """The best case, where one has a plan."""
        return self.rows[0] if self.rows and self.rows[0].measure is not None else None

    @property
    def unit(self) -> str:
        """Unit of the measures."""
        return UNITS[self.objective]

    def rank(self, row: Compared) -> int | None:
        """The place of a row, from 1; equal measures share the first of their places. None without a plan."""
        if row.measure is None:
            return None
        return 1 + sum(other.measure is not None and other.measure < row.measure for other in self.rows)

    def difference(self, row: Compared) -> Fraction | None:
        """How much more than the best, in the unit of the measure."""
        best = self.best
        if row.measure is None or best is None or best.measure is None:
            return None
        return row.measure - best.measure

    def times(self, row: Compared) -> Fraction | None:
        """How many times the best it is; None without a plan, or where the best is 0."""
        best = self.best
        return row.measure / best.measure if row.measure is not None and best and best.measure else None


UNITS: dict[Objective, str] = {"cost": "USD", "days": "days", "peak_power": "MW", "energy": "GWh", "carbon": "tCO2e"}
"""Objective -> the unit in which plans are compared."""


def measure_of(plan: Plan, objective: Objective) -> Fraction:
    """What a plan's objective comes to, in the unit of :data:`UNITS`; days with lead time where they count so."""
    return {
        "cost": plan.cost_usd,
        "days": Fraction(plan.days + plan.lead_days),
        "peak_power": plan.peak_mw,
        "energy": plan.energy_gwh,
        "carbon": plan.carbon_t,
    }[objective]


def compare(
    candidates: Iterable[Candidate],
    axes: Sequence[str],
    catalogue: Catalogue,
    done: Callable[[int], None] = lambda number: None,
) -> Comparison:
    """Plan every case and rank the plans by their common objective.

    Args:
        candidates: the cases, all with one objective.
        axes: the fields that vary.
        catalogue: the data.
        done: called with the number of cases done.
    """
    rows = []
    for number, candidate in enumerate(candidates, 1):
        rows.append(_planned(candidate, catalogue))
        done(number)
    named = [row.ready.setting.case.objective for row in rows if row.ready]
    objective: Objective = (named[0] if named else None) or "cost"
    ordered = sorted(rows, key=lambda row: (row.measure is None, row.measure or Fraction(0)))
    return Comparison(tuple(axes), objective, tuple(ordered), catalogue)


def _planned(candidate: Candidate, catalogue: Catalogue) -> Compared:
    """One case, planned and proven."""
    if candidate.case is None:
        return Compared(candidate, None, None, NotAsked(_placeless(candidate.problems)), "", None)
    ready = None
    try:
        ready = prepare(candidate.case, catalogue)
        outcome = solve_prepared(ready)
    except DataError as error:
        return Compared(candidate, None, None, NotAsked(_placeless(error.problems)), "", None)
    except SolverError as error:
        return Compared(candidate, ready, None, None, str(error), None)
    if not isinstance(outcome, Plan):
        return Compared(candidate, ready, outcome, no_plan(ready, outcome, needs_if_limits(ready, outcome)), "", None)
    objective = ready.setting.case.objective
    assert objective is not None  # settled
    return Compared(candidate, ready, outcome, None, "", measure_of(outcome, objective))


def _placeless(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(replace(problem, file=None, line=None) for problem in problems)
