"""The forms of the output: how a row is written down, away from the parent, and how the rows become a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TextIO

from optimizer.answers.plan.row import COLUMNS, PlanRow
from optimizer.batch.row_types import widened
from optimizer.catalogue import Catalogue
from optimizer.errors import UsageError
from optimizer.render.csv import cell, cells, csv_line, frictionless_type, heading
from optimizer.render.files import form_by_name, whole
from optimizer.render.layout import PLAIN, Layout

Named = tuple[str, str]
"""The name of a case, and the rest of its row as :func:`tail` wrote it."""
OF_ROWS = ("csv", "jsonl", "parquet", "xlsx")
"""Forms in which rows are written as they come, however many there are."""
OF_ONE_ANSWER = ("json", "md")
"""Forms in which all rows are one answer, written when it is complete."""
MOST_IN_JSON = 10_000
"""Cases that one JSON document takes: it is made in memory."""
_BINARY = {"parquet": "Parquet", "xlsx": "a workbook"}
"""Forms that are no text, and what they are called."""
_OTHERS = ("power_words", "power", "outage", "supply_basis")
"""Columns of a supply that are texts."""
_QUOTED = frozenset(
    (*(name for name, info in PlanRow.model_fields.items() if frictionless_type(info.annotation) == "string"), *_OTHERS)
)
assert COLUMNS[0] == "case_id", "a row is its case's name and a rest that identical cases share"


def form_of(output: str | None, given: str | None) -> str:
    """csv, jsonl, parquet, xlsx, json or md: as given, else by the file's name.

    Raises:
        UsageError: Parquet or a workbook into a pipe, or a name that promises another form.
    """
    form = form_by_name(output, given, (*OF_ROWS, *OF_ONE_ANSWER)) or "csv"
    if form in _BINARY and output in (None, "-"):
        raise UsageError.say("{binary} cannot be written to a pipe: give a file with -o", binary=_BINARY[form])
    return form


@lru_cache(maxsize=64)
def columns_of(layout: Layout) -> tuple[str, ...]:
    """The columns that are written: the name of the case first, as identical cases share the rest of a row."""
    return COLUMNS[:1] + tuple(name for name in layout.columns or COLUMNS if name != COLUMNS[0])


def tail(row: PlanRow, form: str, layout: Layout = PLAIN) -> str:
    """A row without its ``case_id``, as it will stand in the file (all but CSV: as JSON)."""
    # a workbook names the sources of all that a row names, whichever columns it shows
    columns = columns_of(layout)
    if form == "jsonl" and not layout.columns:  # an object has its own names: those of a supply where there is one
        columns = tuple(type(row).model_fields)
    row = widened(row, columns)
    names = tuple(type(row).model_fields)[1:] if form == "xlsx" else columns[1:]
    if form == "csv":
        return csv_line(cells(row, names, layout), layout)
    return ", ".join(f'"{name}": {_json(name, getattr(row, name))}' for name in names) + "}\n"


def _json(name: str, value: object) -> str:
    # a decimal as a JSON number with the digits that CSV has
    if value is None:
        return "null"
    return json.dumps(value, ensure_ascii=False) if name in _QUOTED else cell(value)


class Sink(Protocol):
    """Writes rows in the order in which it gets them.

    To a stream of text each row by itself: where Python does not buffer (PYTHONUNBUFFERED, as in containers), of one
    large write to a full pipe that a signal interrupts the rest is lost, and the last row would be cut off.
    """

    def write(self, rows: Sequence[Named]) -> None:
        """Write some more rows."""

    def close(self) -> None:
        """Write what is left."""


class _Csv:
    def __init__(self, stream: TextIO, layout: Layout) -> None:
        self._stream, self._layout = stream, layout
        stream.write(heading(columns_of(layout), layout))

    def write(self, rows: Sequence[Named]) -> None:
        layout, separator = self._layout, self._layout.separator
        self._stream.writelines([f"{_csv_name(name, layout)}{separator}{rest}" for name, rest in rows])

    def close(self) -> None:
        self._stream.flush()


def _csv_name(name: str, layout: Layout) -> str:
    return name if name.isalnum() else csv_line([cell(name)], layout).removesuffix("\n")


def named_line(name: str, rest: str) -> str:
    """A row as a line of JSON: its name, and what :func:`tail` made of the rest."""
    return f'{{"case_id": {json.dumps(name, ensure_ascii=False)}, {rest}'


class _Json:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, rows: Sequence[Named]) -> None:
        self._stream.writelines([named_line(*row) for row in rows])

    def close(self) -> None:
        self._stream.flush()


def sink(stream: TextIO, form: str, catalogue: Catalogue, layout: Layout = PLAIN) -> Sink:
    """What writes rows of a form into a stream opened for text; a workbook names the sources in the catalogue."""
    if form == "parquet":
        from optimizer.batch.parquet import ParquetSink

        return ParquetSink(stream, columns_of(layout))
    if form == "xlsx":
        from optimizer.batch.workbook import WorkbookSink

        return WorkbookSink(stream, columns_of(layout), catalogue)
    return _Json(stream) if form == "jsonl" else _Csv(stream, layout)


@contextmanager
def landing(target: Path | None, begun: Callable[[Path], None]) -> Iterator[TextIO]:
    """Stdout, or a file that appears under its name only when it is complete and on the disk.

    Args:
        target: the file; None is stdout.
        begun: called with the temporary name, so that what a killed run leaves is found by its successor.
    """
    if target is None:
        yield sys.stdout
        return
    with whole(target, begun) as stream:
        yield stream
