"""A file of cases as a visitor sends it: CSV or a workbook, read within the bounds of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory

from optimizer.batch.cases import csv_cases
from optimizer.catalogue.tables import Line, decode
from optimizer.errors import DataError, Problem, commands_terminal
from optimizer.units.language import say
from optimizer.units.records import dataclass
from optimizer.web.answers import FILE_FIELDS, NO_FILE
from optimizer.web.quotas import Bounds

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a workbook (.xlsx) begins, and one of an old kind or one that is locked with a password."""
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Sent:
    """A file of cases that was read."""

    name: str
    lines: tuple[Line | Problem, ...]
    warnings: tuple[str, ...] = ()


def read_sent(content: bytes, name: str, bounds: Bounds) -> Sent:
    """The lines of a file of cases; what it is, is reported by its first bytes and not by its name.

    Args:
        content: of the file.
        name: as its sender has it, for messages.
        bounds: what may be sent.

    Raises:
        DataError: it is not a file of cases, or is beyond the bounds.
    """
    shown = shown_name_of(name)
    warnings: list[str] = []
    if content.startswith(OLD_OFFICE):
        rule = say("is a workbook of an old kind, or is locked with a password")
        raise DataError.at(rule, file=shown, remedy=say("save it as .xlsx without a password, or as CSV UTF-8"))
    if content.startswith(ZIP):
        lines = _of_workbook(content, shown, bounds, warnings)
    else:
        text = decode(content, shown, warnings)
        lines = _first(map(_as_cells, csv_cases(text, shown)), shown, bounds)
    return Sent(shown, lines, tuple(warnings))


def shown_name_of(name: str) -> str:
    """The last part of a file's name, as a visitor's browser sends it, where it may stand in a message."""
    last = PureWindowsPath(PurePosixPath(name).name).name.strip()[:_LONGEST_NAME]
    return "cases" if not last or commands_terminal(last) else last


def _of_workbook(content: bytes, name: str, bounds: Bounds, warnings: list[str]) -> tuple[Line | Problem, ...]:
    from optimizer.batch.workbook import Most, WorkbookCases

    with TemporaryDirectory(prefix="optimizer-") as folder:  # zip and XML are read from a file, which goes at once
        path = Path(folder) / "cases.xlsx"
        path.write_bytes(content)
        most = Most(bounds.unpacked_bytes, bounds.unpacked_bytes // 4, bounds.rows_seen)
        return _first(WorkbookCases(path, warnings.append, name=name, most=most), name, bounds)


def _first(lines: Iterable[Line | Problem], name: str, bounds: Bounds) -> tuple[Line | Problem, ...]:
    """All lines, if they are not too many; no more are read than it takes to see that."""
    found = tuple(islice(lines, bounds.cases + 1))
    if len(found) > bounds.cases:
        remedy = say("send it in parts, or solve it on your own machine: optimizer batch")
        raise DataError.at(say("must have at most {cases} rows here", cases=bounds.cases), file=name, remedy=remedy)
    named = {column for line in found if isinstance(line, Line) for column in FILE_FIELDS if line.cells.get(column)}
    if named:
        raise DataError(Problem(say(NO_FILE), file=name, column=column) for column in sorted(named))
    return found


def _as_cells(line: Line | Problem) -> Line | Problem:
    """A line of CSV named as a spreadsheet names it, where its sender looks: row 7, cell C7."""
    if isinstance(line, Problem):
        return replace(line, sheet="")
    letters = dict(zip(line.cells, _letters(), strict=False))
    faults = tuple(replace(fault, sheet="", letter=letters.get(fault.column or "")) for fault in line.faults)
    return line._replace(sheet="", letters=letters, faults=faults)


def _letters() -> Iterator[str]:
    """A, B, ... Z, AA, AB, ..."""
    names = [chr(ord("A") + place) for place in range(26)]
    yield from names
    yield from (first + second for first in names for second in names)
