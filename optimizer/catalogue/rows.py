"""Lines of a table as typed rows, the problems of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from optimizer.catalogue.cache import get_or_make
from optimizer.catalogue.headings import check_header
from optimizer.catalogue.tables import Line, read_lines, read_text
from optimizer.domain.base import Sourced
from optimizer.domain.row_rules import NO_COLUMN, NO_KEY, rules_of
from optimizer.errors import DataError, Problem

MadeT = TypeVar("MadeT")
RowT = TypeVar("RowT", bound=BaseModel)


def problems_of(error: ValidationError, line: Line | None, unknown: str = NO_COLUMN) -> list[Problem]:
    """A validation error as problems with their place.

    Args:
        error: of a row type.
        line: what was read.
        unknown: the message of a name that the row type does not have: of a table, or of a file of keys.
    """
    found = rules_of(error, line.cells if line else {}, unknown)
    return [line.placed(problem) for problem in found] if line else found


def keyed_problems(error: ValidationError, file: str | None, place: str, values: Mapping[str, Any]) -> list[Problem]:
    """The same of a table of TOML: each problem with its key behind that of the table."""
    cells = {name: str(value) for name, value in values.items() if value is not None}
    found = problems_of(error, Line(file or "", 0, cells), NO_KEY)
    keys = [".".join(filter(None, (place, problem.column))) or None for problem in found]
    return [replace(problem, file=file, line=None, column=key) for problem, key in zip(found, keys, strict=True)]


def parse_row(line: Line, row_type: type[RowT]) -> RowT:
    """The typed row of a line; empty cells are absent.

    Raises:
        DataError: with every problem of the row.
    """
    try:
        return row_type.model_validate({name: cell for name, cell in line.cells.items() if cell.strip()})
    except ValidationError as error:
        raise DataError(problems_of(error, line)) from error


def read_rows(path: Path, row_type: type[RowT], problems: list[Problem]) -> list[RowT]:
    """Every typed row of a CSV file; problems are added to ``problems`` and their rows left out."""
    try:
        header, lines = read_lines(read_text(path), path.name)
    except DataError as error:
        problems.extend(error.problems)
        return []
    wrong = check_header(header, row_type, path.name)
    if wrong:
        problems.extend(wrong)
        return []

    def read(line: Line) -> RowT:
        row = parse_row(line, row_type)
        if isinstance(row, Sourced):
            row.at_line(line.number)
        return row

    return list(made_of(lines, read, problems))


def made_of(lines: Iterable[Line | Problem], make: Callable[[Line], MadeT], problems: list[Problem]) -> Iterator[MadeT]:
    """What is made of each line; the problems of the others are added to ``problems``."""
    for line in lines:
        if isinstance(line, Problem):
            problems.append(line)
            continue
        try:
            yield make(line)
        except DataError as error:
            problems.extend(error.problems)


def sound_rows(path: Path, row_type: type[RowT]) -> list[RowT]:
    """Every typed row of a CSV file.

    Raises:
        DataError: every problem of the table at once.
    """
    problems: list[Problem] = []
    rows = read_rows(path, row_type, problems)
    if problems:
        raise DataError(problems)
    return rows


def rows_once(path: Path, row_type: type[RowT], cache: dict[Any, Any]) -> list[RowT]:
    """The rows of a table that few answers need, read once; none where a data folder of your own does without it.

    Raises:
        DataError: every problem of the table at once.
    """
    return get_or_make(cache, path, lambda: sound_rows(path, row_type) if path.is_file() else [])
