"""Parquet in and out, through pyarrow (the extra ``parquet``)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from optimizer.answers.plan.row import COLUMNS
from optimizer.batch.cases import some
from optimizer.batch.cells import as_cell
from optimizer.batch.jsonl import as_line
from optimizer.batch.row_types import row_type_of
from optimizer.batch.stamps import StampedFile
from optimizer.catalogue.headings import check_header, column_of
from optimizer.catalogue.tables import MAX_CELL_CHARACTERS, Line
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.domain.case_names import field_named
from optimizer.errors import DataError, Problem, UsageError, shown_name, unreadable
from optimizer.render.csv import fields
from optimizer.units.language import say

if TYPE_CHECKING:
    import pandas as pd

ROWS_A_GROUP = 10_000
"""Rows of a row group: what is held before it is written, and the same whatever the workers."""
_ROWS_A_BATCH = 500
"""Rows that are held as Python objects, before they are Arrow's and ten times smaller."""
_ROWS_READ = 1_000
_ROWS_AT_ONCE = 100
"""Rows that are Python objects at a time."""
_MOST_LEAVES = 1_000
_MOST_BYTES_A_CHUNK = 256 * 2**20
_MOST_VALUES_A_ROW = 200
"""A list of accelerators is shorter."""
_NO_VALUE = (KeyError, ValueError, OverflowError)
"""A map that names a key twice, a text that is not UTF-8, a date that is out of range."""


def _arrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError.say("Parquet needs pyarrow: pip install 'optimizer[parquet]'") from error
    return pyarrow


class ParquetCases(StampedFile):
    """The cases of a Parquet file; a float is read as the shortest decimal that means it, 120.0 as 120."""

    def __init__(self, path: Path) -> None:
        arrow = _arrow()
        super().__init__(path, shown_name(path.name))
        try:
            with arrow.parquet.ParquetFile(path) as file:
                self._total = file.metadata.num_rows
                names = tuple(field_named(column_of(name)) for name in file.schema_arrow.names)
                swollen = _swollen(file.metadata)
                self._texts = _texts_of(file.schema_arrow)
        except OSError as error:
            raise unreadable(path, error) from error
        except (arrow.ArrowException, UnicodeDecodeError) as error:
            raise DataError.at(say("is not a readable Parquet file: {error}", error=error), file=self.name) from error
        if swollen:
            raise DataError.at(swollen, file=self.name)
        problems = check_header(names, Case, self.name, FEED_FIELDS)
        problems += [
            Problem(say("appears twice in the header"), file=self.name, column=name)
            for name, times in Counter(names).items()
            if times > 1
        ]
        if problems:
            raise DataError(problems)

    @property
    def total(self) -> int | None:
        """As the file says."""
        return int(self._total)

    def __iter__(self) -> Iterator[Line | Problem]:
        self.check_unchanged()
        return some(self._lines(), self.name, say("contains no case"))

    def _lines(self) -> Iterator[Line | Problem]:
        arrow, number = _arrow(), 0
        # texts that repeat are held once: a column that names one long text a million times stays as small as it is
        with arrow.parquet.ParquetFile(self.path, read_dictionary=self._texts) as file:
            try:
                for batch in file.iter_batches(_ROWS_READ):
                    _check_texts(batch, number, self.name)
                    for begin in range(0, batch.num_rows, _ROWS_AT_ONCE):
                        for line in self._rows(batch.slice(begin, _ROWS_AT_ONCE), number):
                            number += 1
                            yield line
            except (arrow.ArrowException, OSError) as error:
                rule = say("is damaged after row {number:,}: {error}", number=number, error=error)
                raise DataError.at(rule, file=self.name) from error

    def _rows(self, batch: Any, before: int) -> Iterator[Line | Problem]:
        """The rows of a batch; where one has a value that Python cannot have, the others are still read."""
        try:
            rows: list[Any] = batch.to_pylist(maps_as_pydicts="strict")
        except _NO_VALUE as error:
            if batch.num_rows == 1:
                yield Problem(say("cannot be read: {error}", error=error), file=self.name, line=before + 1)
                return
            for place in range(batch.num_rows):
                yield from self._rows(batch.slice(place, 1), before + place)
            return
        arrow = _arrow()
        single = {field.name for field in batch.schema if arrow.types.is_float32(field.type)}
        for place, values in enumerate(rows, 1):
            plain = {name: _plain(value, name in single) for name, value in values.items()}
            yield as_line(plain, self.name, before + place)


def read_plain(raw: bytes, name: str) -> pd.DataFrame:
    """A Parquet file as a table, within the bounds of one of cases.

    Args:
        raw: its bytes.
        name: of the file, for messages.

    Raises:
        DataError: it is none, is damaged, or would grow beyond measure as it is unpacked.
        UsageError: pyarrow is not installed.
    """
    arrow = _arrow()
    try:
        with arrow.parquet.ParquetFile(arrow.BufferReader(raw)) as file:
            swollen, schema = _swollen(file.metadata), file.schema_arrow
        if swollen:
            raise DataError.at(swollen, file=name)
        texts = _texts_of(schema)
        # texts that repeat are held once, and none is longer than a cell
        table = arrow.parquet.read_table(arrow.BufferReader(raw), read_dictionary=texts)
        for batch in table.to_batches():
            _check_texts(batch, 0, name)
        found: pd.DataFrame = table.to_pandas()
    except (arrow.ArrowException, OSError, *_NO_VALUE) as error:
        raise DataError.at(say("is not a readable Parquet file: {error}", error=error), file=name) from error
    return found.astype({text: object for text in texts if text in found})


def _check_texts(batch: Any, before: int, name: str) -> None:
    """No text of a batch is longer than a cell may be.

    Raises:
        DataError: one is.
    """
    import pyarrow.compute as compute

    for column_name, column in zip(batch.schema.names, batch.columns, strict=True):
        texts = getattr(column, "dictionary", None)
        if texts is None or not len(texts) or not _arrow().types.is_string(texts.type):
            continue
        longest = compute.max(compute.binary_length(texts)).as_py() or 0
        if longest > MAX_CELL_CHARACTERS:
            most = say("the most is {max_cell_characters:,}", max_cell_characters=MAX_CELL_CHARACTERS)
            rule = say(
                "has a text of {longest:,} bytes near row {before:,}; {most}",
                longest=longest,
                before=before + 1,
                most=most,
            )
            raise DataError.at(rule, file=name, column=column_name)


def _swollen(metadata: Any) -> str:
    """What is wrong with a file that would grow beyond measure as it is unpacked; empty if nothing is."""
    if metadata.num_columns > _MOST_LEAVES:
        return say(
            "has {num_columns:,} columns, with those inside others; at most {most_leaves} are read",
            num_columns=metadata.num_columns,
            most_leaves=_MOST_LEAVES,
        )
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for place in range(group.num_columns):
            chunk = group.column(place)
            if chunk.total_uncompressed_size > _MOST_BYTES_A_CHUNK:
                return say(
                    "unpacks to more than {most_bytes_a_chunk} MiB in one column of one row group",
                    most_bytes_a_chunk=_MOST_BYTES_A_CHUNK // 2**20,
                )
            if chunk.num_values > _MOST_VALUES_A_ROW * max(1, group.num_rows):
                return say(
                    "has more than {most_values_a_row} values a row in one column", most_values_a_row=_MOST_VALUES_A_ROW
                )
    return ""


def _texts_of(schema: Any) -> list[str]:
    """The columns of text."""
    types = _arrow().types
    return [field.name for field in schema if types.is_string(field.type) or types.is_large_string(field.type)]


def _plain(value: Any, single: bool) -> Any:
    """A cell's value as a text, number, bool, list, mapping or None."""
    if isinstance(value, Decimal | date):  # a moment is a day, too
        return as_cell(value)
    if single and value is not None:
        import numpy as np

        return float(str(np.float32(value)))
    if isinstance(value, dict):  # a struct has a field for every accelerator of the file
        return {name: count for name, count in value.items() if count is not None}
    return value


class ParquetSink:
    """Rows as a Parquet file: numbers as float64 (the decimals of CSV to 15 digits), units in the fields' metadata."""

    def __init__(self, stream: TextIO, columns: Sequence[str] = COLUMNS) -> None:
        arrow = _arrow()
        self._columns = columns
        known = {field["name"]: field for field in fields(row_type_of(columns))}
        kinds = {"integer": arrow.int64(), "number": arrow.float64(), "string": arrow.string()}
        self._schema = arrow.schema(
            [
                arrow.field(
                    field["name"],
                    kinds[field["type"]],
                    metadata={key: field[key] for key in ("description", "unit") if key in field},
                )
                for field in (known[name] for name in columns)
            ]
        )
        self._writer = arrow.parquet.ParquetWriter(stream.buffer, self._schema, compression="zstd")
        self._held: list[dict[str, Any]] = []
        self._batches: list[Any] = []

    def write(self, rows: Sequence[tuple[str, str]]) -> None:
        """Hold rows until there is a group of them."""
        for name, rest in rows:
            row = json.loads("{" + rest)
            row["case_id"] = name
            self._held.append(row)
            if len(self._held) == _ROWS_A_BATCH:
                self._pack()
                if len(self._batches) * _ROWS_A_BATCH == ROWS_A_GROUP:
                    self._flush()

    def _pack(self) -> None:
        arrow = _arrow()
        columns = [
            arrow.array([row[name] for row in self._held], type=self._schema.field(name).type) for name in self._columns
        ]
        self._batches.append(arrow.record_batch(columns, schema=self._schema))
        self._held.clear()

    def _flush(self) -> None:
        table = _arrow().Table.from_batches(self._batches, schema=self._schema)
        self._writer.write_table(table, row_group_size=ROWS_A_GROUP)
        self._batches.clear()

    def close(self) -> None:
        """Write the last group and the footer."""
        if self._held:
            self._pack()
        if self._batches:
            self._flush()
        self._writer.close()
