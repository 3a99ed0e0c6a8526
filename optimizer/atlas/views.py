"""The rows of a batch as views: one for each workload, rule set and so on, with an entry for every country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from optimizer.answers.comparisons.ranking import MEASURES
from optimizer.answers.comparisons.row_words import needs_of
from optimizer.answers.plan.row import used_in
from optimizer.atlas.cases import LIMIT_OF_FIELD, scenario_without
from optimizer.batch.sweep.axes import Axis
from optimizer.batch.sweep.grid import Grid, Sweep
from optimizer.catalogue.tables import Line
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import Cause
from optimizer.units.records import dataclass

Row = Mapping[str, str]
"""A row of the plan CSV: its cells by column."""


@dataclass(frozen=True)
class Binding:
    """A limit without which the plan would be better, and by how much, in the unit of the objective."""

    limit: Limit
    saving: float


@dataclass(frozen=True, eq=False)
class Entry:
    """A country in a view: its row, what binds its plan, and why it has none."""

    code: str
    row: Row
    measure: float | None
    """What the objective comes to; None without a plan."""
    rank: int | None
    bindings: tuple[Binding, ...] = ()
    cause: Cause | None = None
    """Why it has no plan; None with one, and where it was not decided."""

    @property
    def needs(self) -> list[tuple[Limit, Fraction]]:
        """The limits of which more alone would be enough, with how much in the unit of the limit."""
        return [(need.limit, need.value) for need in needs_of(self.row) if need.value is not None]

    @property
    def parts(self) -> list[tuple[int, str, str, str]]:
        """Of each kind of server in its plan: how many accelerators, which, their precision, the way to have them."""
        kinds = (part.partition("x") for part in self.row["composition"].split("+") if part)
        return [(int(count), *map(str.strip, kind.split("/"))) for count, _, kind in kinds]  # type: ignore[misc]

    @property
    def is_fed(self) -> bool:
        """Whether its plan has a supply in it."""
        return bool(self.row.get("supply_usd"))

    @property
    def has_grid(self) -> bool:
        """Whether its plan takes energy from the grid."""
        return not self.is_fed or self.used("grid_mw") > 0

    @property
    def why(self) -> Cause | str:
        """Why it has no plan; where it was not decided, the status of its row, such as invalid."""
        return self.cause or self.row["status"]

    def number(self, column: str) -> float | None:
        """A figure of the row, in the unit of its column; None where it has none."""
        text = self.row.get(column)
        return float(text) if text else None

    def used(self, column: str) -> Fraction:
        """What its plan uses, in the unit of the column, held by the limit that a reader compares it with; 0 without a
        plan."""
        return used_in(self.row, column) or Fraction(0)


@dataclass(frozen=True, eq=False)
class View:
    """One question put to every country."""

    slug: str
    """Its name in addresses; empty where there is but one."""
    cells: Mapping[str, str]
    """The fields of the case but the country, as in a cases file."""
    entries: tuple[Entry, ...]
    """Ranked, those without a plan last."""

    @property
    def objective(self) -> str:
        """What is made least."""
        return self.cells.get("objective") or "cost"

    @property
    def settled(self) -> Row:
        """A row that has what was assumed of the question; one that has not, where no case could be used."""
        return next((entry.row for entry in self.entries if entry.row["date"]), self.entries[0].row)

    def case_of(self, code: str) -> Line:
        """The cells of the case of a country."""
        return Line("", 0, {**self.cells, "country": code})

    @property
    def planned(self) -> list[Entry]:
        """The entries with a plan, the best first."""
        return [entry for entry in self.entries if entry.measure is not None]

    def binding(self, limit: Limit) -> list[tuple[Entry, Binding]]:
        """The entries whose plan a limit binds, with what it costs."""
        return [(entry, found) for entry in self.entries for found in entry.bindings if found.limit == limit]


def views_of(sweep: Sweep, rows: Iterable[Row]) -> list[View]:
    """The views of an atlas, from the rows of its batch in their order.

    Args:
        sweep: the cases, as :func:`optimizer.atlas.cases.atlas_cases` made them.
        rows: a row for each case.
    """
    base, *without = sweep.grids
    found = iter(rows)
    plain = {_key(cells): next(found) for cells in base}
    left_out: dict[str, _LeftOut] = {}
    for grid in without:
        axis = next(axis for axis in base.axes if scenario_without(axis.field) == grid.scenario)
        others = [other for other in grid.axes if other.field != axis.field]
        columns = _columns(axis) - {column for other in others for column in _columns(other)}
        left_out[axis.field] = _LeftOut(columns, {_key(cells, columns): next(found) for cells in grid})
    codes = list(dict.fromkeys(cells["country"] for cells in base))
    return [_view(name, cells, codes, plain, left_out) for name, cells in _questions(base)]


_Key = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class _LeftOut:
    """The rows of the cases without one limit, and the columns by which they do not differ."""

    columns: frozenset[str]
    rows: Mapping[_Key, Row]


def _columns(axis: Axis) -> frozenset[str]:
    return frozenset(column for value in axis.values for column, _ in value.cells)


def _key(cells: Mapping[str, str], without: frozenset[str] = frozenset()) -> _Key:
    return frozenset((column, cell) for column, cell in cells.items() if column != "case_id" and column not in without)


def _questions(base: Grid) -> Iterable[tuple[str, dict[str, str]]]:
    """Every combination of the axes but the country: its name in addresses and its cells."""
    axes = tuple(axis for axis in base.axes if axis.field != "country")
    grid = Grid("", axes)
    for place, cells in enumerate(grid):
        named = cells.pop("case_id")
        yield named if grid.varying else "" if place == 0 else str(place), cells


def _view(
    name: str,
    cells: Mapping[str, str],
    codes: Sequence[str],
    plain: Mapping[_Key, Row],
    left_out: Mapping[str, _LeftOut],
) -> View:
    entries = [_entry(code, cells, plain, left_out) for code in codes]
    measures = sorted(entry.measure for entry in entries if entry.measure is not None)
    planned = (replace(e, rank=1 + measures.index(e.measure)) for e in entries if e.measure is not None)
    without = (entry for entry in entries if entry.measure is None)
    return View(name, cells, (*sorted(planned, key=lambda entry: entry.rank or 0), *without))


def _entry(code: str, cells: Mapping[str, str], plain: Mapping[_Key, Row], left_out: Mapping[str, _LeftOut]) -> Entry:
    own = {**cells, "country": code}
    row = plain[_key(own)]
    measure = _measure(row)
    if measure is None:
        return Entry(code, row, None, None, cause=Cause(row["cause"]) if row["cause"] else None)
    bindings = []
    for field, without in left_out.items():
        better = _measure(without.rows[_key(own, without.columns)])
        if better is not None and better < measure:
            bindings.append(Binding(Limit(LIMIT_OF_FIELD[field]), measure - better))
    return Entry(code, row, measure, None, tuple(bindings))


def _measure(row: Row) -> float | None:
    """What the objective of a row comes to; None without a plan."""
    if row["status"] != "plan":
        return None
    column = MEASURES[row["objective"]]
    lead = float(row.get("lead_days") or 0) if column == "days" else 0.0
    return float(row[column]) + lead
