"""Which single figures decide most answers: each doubt alone, over a fixed grid of cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from decimal import Decimal
from itertools import accumulate, groupby
from typing import NamedTuple

from optimizer.case.what_if import row_of
from optimizer.catalogue import Catalogue
from optimizer.domain import Case, TaxRegime
from optimizer.domain.base import Sourced
from optimizer.domain.chip_class import in_force
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.errors import DataError, SolverError
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.uncertainty.processes import map_items
from optimizer.uncertainty.spreads import UncertainInput
from optimizer.uncertainty.tornado import Bar, Kept, Tornado, tornado
from optimizer.units.records import dataclass

COUNTRIES = ("BR", "ZA", "IN", "DE")
"""Countries of the grid: one of each continent where most questions come from, with unlike taxes, law and tariffs."""
LIMITS: tuple[tuple[str, int], ...] = (("1", 120), ("5", 365))
"""Megawatts and days of the grid: a tight site and an easy one."""


@dataclass
class Decisive:
    """One figure, or several that move together, over the cases of the grid; of a country, that of each of them."""

    name: str
    given: UncertainInput
    moved: list[str] = field(default_factory=list)
    """Cases in which the choice is another at an end of its range: another kind of server, or no plan."""
    swings: list[float] = field(default_factory=list)
    """By case, how far the cost of the best plan goes from end to end, as a share of the central cost."""
    asked: int = 0
    """Cases in which it is uncertain at all."""
    countries: dict[str, None] = field(default_factory=dict)
    """Of those cases."""

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


@dataclass(frozen=True)
class _Asked:
    """What one case says; small enough to travel from a child process."""

    case: Case
    inputs: tuple[UncertainInput, ...] = ()
    moved: tuple[str, ...] = ()
    swings: tuple[tuple[str, float], ...] = ()
    planned: bool = False
    skipped: bool = False
    lacking: tuple[str, ...] = ()
    barred: NoPlan | None = None


def gaps(
    cases: Sequence[Case], catalogue: Catalogue, done: Callable[[int], None] = lambda number: None, workers: int = 1
) -> Gaps:
    """Move every doubt alone over every case.

    Args:
        cases: of the grid.
        catalogue: the data.
        done: called with the number of cases done.
        workers: child processes, where there are many countries.
    """
    pairs = [tuple(of_one) for _, of_one in groupby(cases, lambda case: case.country)]
    sizes = [0, *accumulate(map(len, pairs))]
    asked = map_items(_ask, catalogue.without_cache(), pairs, workers, lambda number, _: done(sizes[number]))
    found: dict[str, Decisive] = {}
    reported = [one for of_one in asked for one in of_one]
    for one in reported:
        _count(one, found)
    ordered = sorted(found.values(), key=lambda item: (-item.weight[0], -item.weight[1], item.name))
    return Gaps(
        tuple(cases),
        sum(one.planned for one in reported),
        tuple(ordered),
        tuple(one.case.case_id for one in reported if one.skipped),
        tuple((remedy, one.case.case_id) for one in reported for remedy in one.lacking),
        tuple(one.barred for one in reported if one.barred is not None),
    )


def _ask(catalogue: Catalogue, cases: Sequence[Case]) -> list[_Asked]:
    """Every case of one country: what is computed of the data at an end of a range serves them all."""
    kept: Kept = {}
    return [_ask_one(case, catalogue, kept) for case in cases]


def _ask_one(case: Case, catalogue: Catalogue, kept: Kept) -> _Asked:
    try:
        reported = tornado(case, catalogue, kept=kept)
    except (DataError, SolverError):
        return _Asked(case, skipped=True)
    best, lacking, barred = reported.basis.best, tuple[str, ...](), None
    if isinstance(best, Infeasible) and best.why.lacks_figures:
        lacking = tuple(reason.remedy for reason in best.why.figures)
    elif isinstance(best, Infeasible) and best.cause is Cause.LAW:
        barred = best.why
    return _Asked(
        case,
        inputs=tuple(reported.basis.known.inputs),
        moved=tuple(bar.input.name for bar in reported.bars if _moves(reported, bar)),
        swings=tuple(
            (bar.input.name, float(swing / best.cost_usd))
            for bar in reported.bars
            if isinstance(best, Plan) and (swing := bar.swing_usd(best)) is not None
        ),
        planned=isinstance(best, Plan),
        skipped=isinstance(best, Infeasible) and best.why.lacks_figures,
        lacking=lacking,
        barred=barred,
    )


def _count(reported: _Asked, found: dict[str, Decisive]) -> None:
    for given in reported.inputs:
        item = found.setdefault(given.name, Decisive(given.name, given))
        spreads = tuple(dict.fromkeys((*item.given.spreads, *given.spreads)))
        item.given = replace(item.given, spreads=spreads, estimate=item.given.estimate or given.estimate)
        item.asked += 1
        item.countries[reported.case.country or ""] = None
    for name in reported.moved:
        found[name].moved.append(reported.case.case_id)
    for name, swing in reported.swings:
        found[name].swings.append(swing)


def _moves(reported: Tornado, bar: Bar) -> bool:
    """Whether the kind of server, or whether there is a plan at all, is another at an end."""
    choice = reported.basis.choice
    now = None if choice is None else (choice.key.accelerator, choice.key.procurement)
    ends = [None if end.key is None else (end.key.accelerator, end.key.procurement) for end in bar.ends]
    return any(end != now for end in ends)


class Behind(NamedTuple):
    """A figure of the data: where it stands, and its row."""

    where: str
    column: str
    row: Sourced


def rows_behind(item: Decisive, catalogue: Catalogue) -> list[Behind]:
    """The rows of the data in which the figures of an input stand; a duty stands among the taxes of its country."""
    found: dict[tuple[str, int], Behind] = {}
    for cell in dict.fromkeys(cell for spread in item.given.spreads for cell in spread.cells):
        if cell.table == "case" and cell.column == "import_duty":
            taxes = (tax for code in item.countries for tax in default_taxes(code, catalogue))
            behind = [Behind("tax_regimes.duty", "duty", tax) for tax in taxes]
        else:
            row = row_of(catalogue, cell)
            behind = [] if row is None else [Behind(cell.table_and_column, cell.column, row)]
        found |= {(each.where, id(each.row)): each for each in behind}
    return list(found.values())


def default_taxes(code: str, catalogue: Catalogue) -> list[TaxRegime]:
    """The import taxes of a country that a case pays which names no regime, on the day of the data."""
    day = catalogue.as_of
    return [
        tax
        for tax in catalogue.tax_regimes
        if tax.country == code and tax.is_default and in_force(tax.effective_from or "", tax.effective_to, day)
    ]
