"""The cases file: one row a case, its columns the fields of a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TextIO

from optimizer.batch.cells import dated, read_cell
from optimizer.catalogue.headings import REMARK, check_header
from optimizer.catalogue.rows import parse_row
from optimizer.catalogue.tables import Line, read_lines
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.domain.case_names import field_named
from optimizer.domain.quantity_text import ambiguity
from optimizer.errors import DataError, Problem
from optimizer.units import digits_remedy
from optimizer.units.language import say
from optimizer.units.records import dataclass

TEXT = ("case_id",)
"""Columns in which nothing is a number."""


@dataclass(frozen=True)
class Entry:
    """One row of the cases file: a case, or what is wrong with it."""

    case_id: str
    case: Case | None
    problems: tuple[Problem, ...] = ()
    line: Line | None = None
    """That it was read from."""


def case_id_of(line: Line) -> str:
    """The name of a case; where it has none, its line."""
    return line.cells.get("case_id", "").strip() or say("line {number}", number=line.number)


def without_remarks(line: Line) -> dict[str, str]:
    """The cells of a line that mean something: not those of a column that the user has for remarks."""
    return {column: cell for column, cell in line.cells.items() if not column.startswith(REMARK)}


def entry_of(line: Line | Problem) -> Entry:
    """A line of cells as a case, or with all its problems."""
    if isinstance(line, Problem):
        return Entry(f"line {line.line}", None, (line,))
    case_id = case_id_of(line)
    faults = tuple(fault for fault in line.faults if not (fault.column or "").startswith(REMARK))
    line = line._replace(cells=without_remarks(line), faults=faults)
    found, cells = list(line.faults), {}
    for column, cell in line.cells.items():
        try:
            cells[column] = cell if column in TEXT else read_cell(column, cell, line.comma)
            rule = None if column in TEXT else ambiguity(column, cells[column])
        except ValueError as error:
            rule = str(error)
        if rule:
            remedy = None if column in TEXT else digits_remedy(cell)
            found.append(line.placed(Problem(rule, column=column, value=cell.strip(), remedy=remedy)))
    if found:
        return Entry(case_id, None, (*found, *_of_the_others(line, cells, found)), line)
    try:
        read = dated(line._replace(cells=cells), date.today().isoformat())
        return Entry(case_id, parse_row(read, Case), (), line)
    except DataError as error:
        return Entry(case_id, None, tuple(_as_written(problem, line) for problem in error.problems), line)
    except ValueError as error:
        where = "deadline_days"
        text = line.cells[where].strip()
        problem = line.placed(Problem(str(error), column=where, value=text, remedy=digits_remedy(text)))
        return Entry(case_id, None, (problem,), line)


def readable_part(entry: Entry) -> Case | None:
    """The case of the cells that can be read, of a line with others that cannot; None where they make none."""
    bad = {problem.column for problem in entry.problems}
    if entry.line is None or not bad.isdisjoint((None, *TEXT)):
        return None
    cells = {name: "" if name in bad else text for name, text in entry.line.cells.items()}
    return entry_of(entry.line._replace(cells=cells, faults=())).case


def _of_the_others(line: Line, cells: Mapping[str, str], found: Iterable[Problem]) -> Iterator[Problem]:
    """What else is wrong, cell by cell: all that is wrong with a line is said at once."""
    bad = {problem.column for problem in found}
    try:
        parse_row(line._replace(cells={name: "" if name in bad else text for name, text in cells.items()}), Case)
    except DataError as error:
        yield from (_as_written(problem, line) for problem in error.problems if problem.column in cells)


def _as_written(problem: Problem, line: Line) -> Problem:
    """The problem with the cell as it is in the file."""
    cell = line.cells.get(problem.column or "", "").strip()
    return replace(problem, value=cell) if cell and problem.value is not None else problem


def csv_cases(text: str | TextIO, name: str) -> Iterator[Line | Problem]:
    """The lines of a cases file in CSV, before they are typed.

    Args:
        text: the CSV text, or a stream of it that is read as the lines are asked for.
        name: the file's name, for messages.

    Raises:
        DataError: the header has unknown or missing columns, or the file holds no row.
    """
    header, lines = read_lines(text, name, field_named)
    problems = check_header(header, Case, name, FEED_FIELDS)
    if problems:
        raise DataError(problems)
    return some(map(_of_one_line, lines), name, say("has a header and no case"))


def _of_one_line(line: Line | Problem) -> Line | Problem:
    """The line; a problem where a quotation mark made one case of several lines: no field of a case has line breaks."""
    if isinstance(line, Problem) or line.last <= line.number:
        return line
    taken = line.last - line.number + 1
    rule = say(
        "lines {number:,} to {last:,} ({taken:,} lines) were read as one case",
        number=line.number,
        last=line.last,
        taken=taken,
    )
    remedy = say("remove the quotation mark in line {number:,}, or close it there", number=line.number)
    return Problem(rule, file=line.file, line=line.number, remedy=remedy)


def some(lines: Iterable[Line | Problem], name: str, rule: str) -> Iterator[Line | Problem]:
    """The same lines.

    Raises:
        DataError: with ``rule`` if there is none.
    """
    empty = True
    for line in lines:
        empty = False
        yield line
    if empty:
        raise DataError.at(rule, file=name)


def read_cases(text: str, name: str) -> Iterator[Entry]:
    """The rows of a cases file in CSV as cases; a bad row is an entry with its problems.

    Raises:
        DataError: as :func:`csv_cases`.
    """
    return map(entry_of, csv_cases(text, name))
