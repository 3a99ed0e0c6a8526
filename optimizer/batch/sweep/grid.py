"""The cases of a sweep, made one at a time: a grid is the product of its axes, a sweep is one grid after another."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import product

from optimizer.batch.sweep.axes import NO_AXES, SPECS, Axis, Value
from optimizer.case.setting import Assumed
from optimizer.catalogue.tables import Line
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.units.records import dataclass

MAX_CASES = 10_000_000
"""More than these are not begun by mistake."""
MAX_NAME = 200
"""Characters of a ``case_id``."""
FIRST_LINE = 2
"""Where the first case is in the CSV form of a sweep, below the header."""


@dataclass(frozen=True)
class Grid:
    """Every combination of the values of some axes, the last axis changing fastest.

    The name of a case is that of the scenario and the words of the axes that vary, joined by "_", which no word holds:
    so no two cases have one name.
    """

    scenario: str
    """Letters, digits, "." and "-"; empty where there is but one grid."""
    axes: tuple[Axis, ...]
    """In the order of :data:`SPECS`."""

    @cached_property
    def total(self) -> int:
        """How many cases there are."""
        return math.prod(len(axis.values) for axis in self.axes)

    @property
    def varying(self) -> tuple[Axis, ...]:
        """The axes with more than one value."""
        return tuple(axis for axis in self.axes if len(axis.values) > 1)

    @property
    def assumed(self) -> list[Assumed]:
        """What was read of its axes that can mean something else."""
        return [item for axis in self.axes for item in axis.assumed]

    def cells(self, index: int) -> dict[str, str]:
        """The cells of one case, counted from 0.

        Raises:
            IndexError: there is no such case.
        """
        if not 0 <= index < self.total:
            raise IndexError(index)
        chosen: list[Value] = []
        left = index
        for axis in reversed(self.axes):
            left, place = divmod(left, len(axis.values))
            chosen.append(axis.values[place])
        return self._cells(tuple(reversed(chosen)), index)

    def __iter__(self) -> Iterator[dict[str, str]]:
        """The cells of every case in order."""
        for index, chosen in enumerate(product(*(axis.values for axis in self.axes))):
            yield self._cells(chosen, index)

    def _cells(self, chosen: Sequence[Value], index: int) -> dict[str, str]:
        words = [value.word for value, varies in zip(chosen, self._varies, strict=True) if varies]
        cells = {"case_id": "_".join([*self._first, *words]) if self._named else self._numbered(index)}
        for value in chosen:
            cells.update(value.cells)
        return cells

    @cached_property
    def _varies(self) -> tuple[bool, ...]:
        return tuple(len(axis.values) > 1 for axis in self.axes)

    @cached_property
    def _first(self) -> tuple[str, ...]:
        return (self.scenario,) if self.scenario else ()

    @cached_property
    def _named(self) -> bool:
        """Whether the words make names: there are some, and the longest name is not too long."""
        longest = [len(self.scenario)] * bool(self.scenario)
        longest += [max(len(value.word) for value in axis.values) for axis in self.varying]
        return bool(longest) and sum(longest) + len(longest) - 1 <= MAX_NAME

    def _numbered(self, index: int) -> str:
        return "_".join([*self._first, f"case-{index + 1:0{len(str(self.total))}}"])


class Sweep:
    """A source of cases for :func:`optimizer.batch.engine.solve_all`: its lines are those of :meth:`header`'s CSV."""

    def __init__(self, grids: Sequence[Grid], name: str = "sweep") -> None:
        self.grids = tuple(grids)
        self.name = name

    @property
    def total(self) -> int:
        """How many cases there are, counted without making them."""
        return sum(grid.total for grid in self.grids)

    @property
    def header(self) -> tuple[str, ...]:
        """``case_id`` and the columns that some case fills."""
        used = {column for grid in self.grids for axis in grid.axes for v in axis.values for column, _ in v.cells}
        return tuple(name for name in (*Case.model_fields, *FEED_FIELDS) if name in used | {"case_id"})

    def fingerprint(self) -> str:
        """SHA-256 over the axes, not over the cases: it costs nothing where these are many."""
        said = [[grid.scenario, [[axis.field, axis.values] for axis in grid.axes]] for grid in self.grids]
        return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()

    def check_unchanged(self) -> None:
        """The axes are in memory: nobody can change them."""

    def line(self, index: int) -> Line:
        """One case, counted from 0 through all grids.

        Raises:
            IndexError: there is no such case.
        """
        left = index
        for grid in self.grids:
            if 0 <= left < grid.total:
                return Line(self.name, FIRST_LINE + index, grid.cells(left))
            left -= grid.total
        raise IndexError(index)

    def __iter__(self) -> Iterator[Line]:
        """Every case in order."""
        number = FIRST_LINE
        for grid in self.grids:
            for cells in grid:
                yield Line(self.name, number, cells)
                number += 1


assert [*SPECS] == [name for name in (*Case.model_fields, *FEED_FIELDS) if name not in NO_AXES], "all are axes"
