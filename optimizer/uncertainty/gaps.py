"""Which single figures decide most answers: each doubt alone, over a fixed grid of cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from decimal import Decimal

from optimizer.case.what_if import Cell, row_of
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.base import Sourced
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.errors import DataError, SolverError
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.uncertainty.spreads import UncertainInput
from optimizer.uncertainty.tornado import Bar, Tornado, tornado
from optimizer.units.records import dataclass

COUNTRIES = ("BR", "ZA", "IN", "DE")
"""Countries of the grid: one of each continent where most questions come from, with unlike taxes, law and tariffs."""
LIMITS: tuple[tuple[str, int], ...] = (("1", 120), ("5", 365))
"""Megawatts and days of the grid: a tight site and an easy one."""


@dataclass
class Decisive:
    """One figure, or several that move together, over the cases of the grid."""

    name: str
    given: UncertainInput
    moved: list[str] = field(default_factory=list)
    """Cases in which the choice is another at an end of its range: another kind of server, or no plan."""
    swings: list[float] = field(default_factory=list)
    """By case, how far the cost of the best plan goes from end to end, as a share of the central cost."""
    asked: int = 0
    """Cases in which it is uncertain at all."""

    @property
    def weight(self) -> tuple[int, float]:
        """By which figures are ordered: in how many cases it decides, then by what share it moves the cost."""
        return len(self.moved), sum(self.swings)


@dataclass(frozen=True, eq=False)
class Gaps:
    """What was found over the grid."""

    cases: tuple[Case, ...]
    planned: int
    """Cases with a plan at central values: only of these can a choice change."""
    figures: tuple[Decisive, ...]
    """The most decisive first."""
    skipped: tuple[str, ...] = ()
    """Cases that cannot be asked, or were not decided."""
    lacking: tuple[tuple[str, str], ...] = ()
    """Field of a case and name of the case, of every figure that is not known and keeps a case from a plan."""
    barred: tuple[NoPlan, ...] = ()
    """Why the cases have no plan in which the law decides, whatever the figures."""


def grid(countries: Sequence[str] = COUNTRIES) -> tuple[Case, ...]:
    """The cases: every country under every pair of limits, for the model that a case takes by default."""
    return tuple(
        Case(case_id=f"{country} {mw} MW {days} days", country=country, max_mw=Decimal(mw), deadline_days=days)
        for country in countries
        for mw, days in LIMITS
    )


def gaps(cases: Sequence[Case], catalogue: Catalogue, done: Callable[[int], None] = lambda number: None) -> Gaps:
    """Move every doubt alone over every case.

    Args:
        cases: of the grid.
        catalogue: the data.
        done: called with the number of cases done.
    """
    found: dict[str, Decisive] = {}
    planned, skipped = 0, []
    lacking: list[tuple[str, str]] = []
    barred: list[NoPlan] = []
    for number, case in enumerate(cases, 1):
        try:
            told = tornado(case, catalogue)
        except (DataError, SolverError):
            skipped.append(case.case_id)
        else:
            best = told.basis.best
            planned += isinstance(best, Plan)
            _count(told, case, found)
            if isinstance(best, Infeasible) and best.why.lacks_figures:
                skipped.append(case.case_id)
                lacking += [(reason.remedy, case.case_id) for reason in best.why.figures]
            elif isinstance(best, Infeasible) and best.cause is Cause.LAW:
                barred.append(best.why)
        done(number)
    ordered = sorted(found.values(), key=lambda item: (-item.weight[0], -item.weight[1], item.name))
    return Gaps(tuple(cases), planned, tuple(ordered), tuple(skipped), tuple(lacking), tuple(barred))


def _count(told: Tornado, case: Case, found: dict[str, Decisive]) -> None:
    for given in told.basis.known.inputs:
        found.setdefault(given.name, Decisive(given.name, given)).asked += 1
    best = told.basis.best
    for bar in told.bars:
        item = found[bar.input.name]
        if _moves(told, bar):
            item.moved.append(case.case_id)
        swing = bar.swing_usd(best)
        if swing is not None and isinstance(best, Plan):
            item.swings.append(float(swing / best.cost_usd))


def _moves(told: Tornado, bar: Bar) -> bool:
    """Whether the kind of server, or whether there is a plan at all, is another at an end."""
    choice = told.basis.choice
    now = None if choice is None else (choice.key.accelerator, choice.key.procurement)
    ends = [None if end.key is None else (end.key.accelerator, end.key.procurement) for end in bar.ends]
    return any(end != now for end in ends)


def rows_behind(given: UncertainInput, catalogue: Catalogue) -> list[tuple[Cell, Sourced]]:
    """The rows of the data in which the figures of an input stand."""
    cells = dict.fromkeys(cell for spread in given.spreads for cell in spread.cells)
    return [(cell, row) for cell in cells if (row := row_of(catalogue, cell)) is not None]
