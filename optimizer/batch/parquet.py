"""Parquet in and out, through pyarrow (the extra ``parquet``)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from optimizer.answers.plan_row import COLUMNS, PlanRow
from optimizer.batch.cases import some
from optimizer.batch.jsonl import as_line
from optimizer.batch.stamps import check_file_unchanged, stamp_of
from optimizer.catalogue.tables import Line, check_header
from optimizer.domain import Case
from optimizer.errors import DataError, Problem, UsageError, shown_name
from optimizer.render.csv import fields

ROWS_A_GROUP = 10_000
"""Rows of a row group: what is held before it is written, and the same whatever the workers."""
_ROWS_A_BATCH = 500
"""Rows that are held as Python objects, before they are Arrow's and ten times smaller."""
_ROWS_READ = 1_000


def _arrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow: pip install 'optimizer[parquet]'") from error
    return pyarrow


class ParquetCases:
    """The cases of a Parquet file; a float is read as the shortest decimal that means it, 120.0 as 120."""

    def __init__(self, path: Path) -> None:
        arrow = _arrow()
        self.path, self.name = path, shown_name(path.name)
        try:
            self._stamp = stamp_of(path)
            with path.open("rb") as stream:
                self._digest = hashlib.file_digest(stream, "sha256").hexdigest()
            with arrow.parquet.ParquetFile(path) as file:
                self._total, names = file.metadata.num_rows, tuple(file.schema_arrow.names)
        except OSError as error:
            raise DataError([Problem(f"cannot be read: {error.strerror or error}", file=str(path))]) from error
        except arrow.ArrowException as error:
            raise DataError([Problem(f"is no readable Parquet: {error}", file=self.name)]) from error
        problems = check_header(names, Case, self.name)
        problems += [
            Problem("appears twice in the header", file=self.name, column=name)
            for name in dict.fromkeys(names)
            if names.count(name) > 1
        ]
        if problems:
            raise DataError(problems)

    @property
    def total(self) -> int | None:
        """As the file says."""
        return int(self._total)

    def fingerprint(self) -> str | None:
        """SHA-256 of the file's bytes."""
        return self._digest

    def check_unchanged(self) -> None:
        """Compare the file's stamp, and where that differs its digest."""
        check_file_unchanged(self.path, self._stamp, self._digest, self.name)

    def __iter__(self) -> Iterator[Line | Problem]:
        self.check_unchanged()
        return some(self._lines(), self.name, "holds no case")

    def _lines(self) -> Iterator[Line | Problem]:
        arrow, number = _arrow(), 0
        with arrow.parquet.ParquetFile(self.path) as file:
            for batch in file.iter_batches(_ROWS_READ):
                single = {field.name for field in batch.schema if arrow.types.is_float32(field.type)}
                for values in batch.to_pylist(maps_as_pydicts="strict"):
                    number += 1
                    plain = {name: _plain(value, name in single) for name, value in values.items()}
                    yield as_line(plain, self.name, number)


def _plain(value: Any, single: bool) -> Any:
    """A cell's value as a text, number, bool, list, mapping or None."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value == datetime(value.year, value.month, value.day) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if single and value is not None:
        import numpy as np

        return float(str(np.float32(value)))
    if isinstance(value, dict):  # a struct has a field for every accelerator of the file
        return {name: count for name, count in value.items() if count is not None}
    return value


class ParquetSink:
    """Rows as a Parquet file: numbers as float64 (the decimals of CSV to 15 digits), units in the fields' metadata."""

    def __init__(self, stream: TextIO) -> None:
        arrow = _arrow()
        kinds = {"integer": arrow.int64(), "number": arrow.float64(), "string": arrow.string()}
        self._schema = arrow.schema(
            [
                arrow.field(
                    field["name"],
                    kinds[field["type"]],
                    metadata={key: field[key] for key in ("description", "unit") if key in field},
                )
                for field in fields(PlanRow)
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
            arrow.array([row[name] for row in self._held], type=self._schema.field(name).type) for name in COLUMNS
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
