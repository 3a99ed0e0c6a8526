"""What a worker does: a chunk of lines in, their rows out as text. The parent never sees a case nor a row object."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from optimizer.answers.plan.row import PlanRow, Status, failed_row
from optimizer.batch.cases import Entry, entry_of
from optimizer.batch.forms import tail
from optimizer.batch.keys import MARK
from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import Line
from optimizer.errors import Problem
from optimizer.render.layout import PLAIN, Layout
from optimizer.units.language import say
from optimizer.units.records import dataclass
from optimizer.version import __version__

_FAST = 1
"""Rows of one batch repeat each other: the least effort of zlib makes them ten times smaller."""
Solve = Callable[[Entry, Catalogue], PlanRow]


class Result(NamedTuple):
    """The row of a case, shared by all cases that mean the same."""

    status: str
    marked: bool
    """Whether ``tail`` has marks in place of the line's number."""
    tail: str

    def placed(self, number: int) -> str:
        """The rest of the row of the case on line ``number``."""
        return self.tail.replace(MARK, str(number)) if self.marked else self.tail


def solve_entry(entry: Entry, catalogue: Catalogue) -> PlanRow:
    """The row of an entry; a process that only writes rows does not read in what plans."""
    from optimizer.batch.run import row_of

    return row_of(entry, catalogue)


@cache
def versions_here() -> tuple[str, str]:
    """The versions of this program and of HiGHS that this process would plan with; the solver is not read in for it."""
    try:
        return __version__, version("highspy")
    except PackageNotFoundError:  # it was built here, and no record says which it is: it does itself
        from optimizer.solve.highs import VERSION

        return __version__, VERSION


@dataclass(frozen=True)
class Setup:
    """What a worker needs to know once."""

    token: str
    """Of the batch."""
    catalogue: Catalogue
    form: str
    solve: Solve = solve_entry
    layout: Layout = PLAIN
    versions: tuple[str, str] = field(default_factory=versions_here)
    """Of this program and of HiGHS where the batch was begun: rows of others must not enter it."""


_READY: dict[str, Setup] = {}
"""By token; a worker of a cluster may serve several batches."""


def keep(setup: Setup) -> None:
    """Let this process write the rows of a batch that no worker finished."""
    _READY[setup.token] = setup


def make_ready(setup: Setup) -> None:
    """Let this process take chunks of a batch; reading in what plans is not a part of the time of its first case."""
    import_module("optimizer.batch.run")
    keep(setup)


def forget(token: str) -> None:
    """Let go of a batch."""
    _READY.pop(token, None)


def solve_chunk(token: str, lines: Sequence[Line | Problem], budget_s: float) -> bytes:
    """The rows of the first lines of a chunk, packed: of at least one, and of as many as are begun within the budget.

    Args:
        token: of the batch that the process was made ready for.
        lines: as the source gave them.
        budget_s: seconds after which no further case is begun, so that a chunk of long cases is no late chunk.
    """
    setup = _READY[token]
    begun = time.monotonic()
    results = []
    for line in lines:
        results.append(_result(line, setup))
        if time.monotonic() - begun > budget_s:
            break
    return pack(results)


def failed_chunk(token: str, lines: Sequence[Line | Problem], status: Status, reason: str) -> bytes:
    """The rows, packed, of lines that could not be finished."""
    setup = _READY[token]
    return pack([_failed(entry_of(line), status, reason, setup) for line in lines])


def _result(line: Line | Problem, setup: Setup) -> Result:
    entry = entry_of(line)
    marked = False
    if isinstance(line, Line) and not any(MARK in cell for cell in line.cells.values()):
        marked = True
        entry = _unplaced(entry, line)
    try:
        row = setup.solve(entry, setup.catalogue)
    except Exception as error:  # a fault of the program costs one row, which says so, and not the batch
        return _failed(entry, Status.CRASHED, say("a bug in the program: {error}", error=_where(error)), setup)
    rest = tail(row, setup.form, setup.layout)
    return Result(row.status, marked and MARK in rest, rest)


def _failed(entry: Entry, status: Status, reason: str, setup: Setup) -> Result:
    row = failed_row(entry.case_id, status, reason, setup.catalogue, entry.case)
    return Result(status, False, tail(row, setup.form, setup.layout))


def _unplaced(entry: Entry, line: Line) -> Entry:
    """The entry with a mark in place of its line's number: cases that mean the same stand on different lines."""
    problems = tuple(replace(problem, line=MARK) for problem in entry.problems)
    return replace(entry, problems=problems, line=line._replace(mark=MARK))


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = (
        say(" ({co_name}, line {tb_lineno})", co_name=trace.tb_frame.f_code.co_name, tb_lineno=trace.tb_lineno)
        if trace
        else ""
    )
    return f"{type(error).__name__}: {error}{place}"


def pack(results: Sequence[Result]) -> bytes:
    """Results as bytes for the way home and for the journal."""
    return zlib.compress(json.dumps(results, ensure_ascii=False).encode(), _FAST)


def unpack(packed: bytes) -> list[Result]:
    """The results that were packed."""
    return [Result(*item) for item in json.loads(zlib.decompress(packed))]
