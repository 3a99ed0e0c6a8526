"""The cases file: one row a case, its columns the fields of a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.domain import Case
from optimizer.errors import DataError, Problem
from optimizer.tables import Line, check_header, read_lines, typed
from optimizer.units import two_readings

MAX_COLUMNS = 200
_TEXT = ("case_id",)


@dataclass(frozen=True)
class Entry:
    """One row of the cases file: a case, or what is wrong with it."""

    case_id: str
    case: Case | None
    problems: tuple[Problem, ...] = ()
    file: str = ""
    line: int | None = None


def read_cases(text: str, name: str) -> Iterator[Entry]:
    """The rows of a cases file as cases; a bad row is an entry with its problems.

    Args:
        text: the CSV text.
        name: the file's name, for messages.

    Raises:
        DataError: the header has unknown or missing columns, or the file holds no row.
    """
    header, lines = read_lines(text, name)
    problems = check_header(header, Case, name)
    if len(header) > MAX_COLUMNS:
        problems.append(Problem(f"has more than {MAX_COLUMNS} columns", file=name, line=1))
    if problems:
        raise DataError(problems)
    return _entries(lines, name)


def _entries(lines: Iterator[Line | Problem], name: str) -> Iterator[Entry]:
    empty = True
    for line in lines:
        empty = False
        if isinstance(line, Problem):
            yield Entry(f"line {line.line}", None, (line,))
            continue
        case_id = line.cells.get("case_id", "").strip() or f"line {line.number}"
        doubtful = [
            Problem(rule, file=name, line=line.number, column=column, value=cell.strip())
            for column, cell in line.cells.items()
            if column not in _TEXT and (rule := two_readings(cell))
        ]
        if doubtful:
            yield Entry(case_id, None, tuple(doubtful))
            continue
        try:
            yield Entry(case_id, typed(line, Case), (), name, line.number)
        except DataError as error:
            yield Entry(case_id, None, error.problems)
    if empty:
        raise DataError([Problem("has a header and no case", file=name)])
