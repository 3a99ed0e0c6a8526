"""Cases beside each other: each planned and proved, best first, with its distance from the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import DataError
from optimizer.plans.outcome import Outcome, Plan
from optimizer.solve.planner import plan as plan_case


@dataclass(frozen=True, eq=False)
class Compared:
    """One of the cases."""

    name: str
    """What sets it apart: "BR", "1 MW"."""
    case: Case
    outcome: Outcome | None
    """None where the data do not allow the case, with the reason."""
    refusal: str = ""

    @property
    def plan(self) -> Plan | None:
        """Its plan, if there is one."""
        return self.outcome if isinstance(self.outcome, Plan) else None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Cases that differ in one thing, those with a plan first, the best of them first."""

    rows: tuple[Compared, ...]

    @property
    def best(self) -> Plan | None:
        """The best plan of all; None where no case has one."""
        return self.rows[0].plan

    def difference(self, row: Compared) -> Fraction | None:
        """How much worse a case's plan is than the best, in the unit of what is minimised; None without a plan."""
        if row.plan is None or self.best is None:
            return None
        return row.plan.objective_value - self.best.objective_value


def compare(
    cases: Sequence[tuple[str, Case]], catalogue: Catalogue, progress: Callable[[int, int], None] | None = None
) -> Comparison:
    """Plan every case, each proved by itself, and put the best first.

    Args:
        cases: what sets each apart, and the case.
        catalogue: the data.
        progress: called with the number done and the number of all.

    Raises:
        DataError: no case can be used.
        UndecidedError: the proofs of a case do not agree.
    """
    rows = []
    refused: DataError | None = None
    for place, (name, case) in enumerate(cases):
        try:
            rows.append(Compared(name, case, plan_case(case, catalogue)))
        except DataError as error:
            refused = error
            rows.append(Compared(name, case, None, "; ".join(map(str, error.problems))))
        if progress is not None:
            progress(place + 1, len(cases))
    if refused is not None and all(row.outcome is None for row in rows):
        raise refused
    return Comparison(tuple(sorted(rows, key=_rank)))


def _rank(row: Compared) -> tuple[int, Fraction, int]:
    """Plans by objective, then by days; then what is infeasible; then what cannot be used."""
    if row.plan is not None:
        return 0, row.plan.objective_value, row.plan.days
    return (1 if row.outcome is not None else 2), Fraction(0), 0
