"""Rows to CSV that a ministry can open and a researcher can cite, with a metadata file next to it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TextIO, Union, get_args, get_origin

from pydantic import BaseModel

from optimizer.answers.form.document import Document, Rows
from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import credits_of_sources
from optimizer.domain.base import unit_of
from optimizer.errors import shown_name, visible
from optimizer.render.files import atomically, metadata_path
from optimizer.render.json import write_json
from optimizer.render.layout import PLAIN, Layout
from optimizer.version import __version__

LONGEST_PLAIN = 16
"""Decimals with more digits before the point are written with an exponent: 2.22e+24."""
BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so would be a formula in a spreadsheet: its cell begins with an apostrophe."""


def cell(value: object) -> str:
    """A value as a CSV cell: numbers plainly, text so that no spreadsheet takes it for a formula."""
    kind = type(value)  # a row has a hundred cells, nearly all of them one of these three
    if kind is str:
        return _text_cell(value)
    if value is None:
        return ""
    if kind is Decimal:
        text = str(value)
        if len(text) <= LONGEST_PLAIN and "E" not in text:
            return text
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < LONGEST_PLAIN else f"{value.normalize():e}"
    if isinstance(value, int | float):
        return repr(value)
    return _text_cell(str(value))


@lru_cache(maxsize=4096)
def _text_cell(text: str) -> str:
    """A text as a cell; most are the same in row after row."""
    shown = visible(text)
    return "'" + shown if shown.startswith(FORMULA_STARTS) else shown


def cells(row: BaseModel, names: Iterable[str], layout: Layout = PLAIN) -> list[str]:
    """The cells of a row, its figures with the decimal sign of a layout."""
    if not layout.decimal_comma:
        return [cell(getattr(row, name)) for name in names]
    values = [getattr(row, name) for name in names]
    return [cell(v).replace(".", ",") if isinstance(v, Decimal | float) else cell(v) for v in values]


def csv_lines(rows: Iterable[BaseModel], columns: Iterable[str], *, layout: Layout = PLAIN) -> Iterator[str]:
    """CSV lines with LF ends, one row a line after the header."""
    names = list(columns)
    yield heading(names, layout)
    for row in rows:
        yield csv_line(cells(row, names, layout), layout)


def heading(names: Iterable[str], layout: Layout = PLAIN) -> str:
    """The first line of a file: the mark of UTF-8 where people open it, and the names of the columns."""
    return (BYTE_ORDER_MARK if layout.for_people else "") + csv_line(names, layout)


def csv_line(cells: Iterable[str], layout: Layout = PLAIN) -> str:
    """One line of CSV with its LF."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=layout.separator, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def metadata(
    rows: Rows, catalogue: Catalogue, resource: str, form: str = "csv", layout: Layout = PLAIN
) -> Mapping[str, Any]:
    """What is in a table, as a data package: meaning and unit of every column, the data, licence and citation.

    Args:
        rows: of the table.
        catalogue: the data that they rest on.
        resource: name of the file.
        form: csv, jsonl, parquet or xlsx.
        layout: how the rows are laid out.
    """
    text: dict[str, Any] = {} if form in ("parquet", "xlsx") else {"encoding": "utf-8"}
    known = {field["name"]: field for field in fields(rows.row_type)}
    described = [known[name] for name in layout.names(rows.row_type)]
    if layout.decimal_comma and form == "csv":
        text["dialect"] = {"delimiter": layout.separator}
        described = [{**f, "decimalChar": ","} if f["type"] == "number" else f for f in described]
    return {
        "profile": "tabular-data-package",
        "title": rows.title,
        "version": catalogue.version,
        "resources": [
            {
                "name": rows.name,
                "path": resource,
                "profile": "tabular-data-resource",
                "format": form,
                **text,
                "schema": {"fields": described, "missingValues": [""]},
            }
        ],
        "program": {"name": "optimizer", "version": __version__},
        "data": {
            "title": catalogue.title,
            "version": catalogue.version,
            "as_of": catalogue.as_of,
            "sha256": catalogue.digest,
            "packs": list(catalogue.packs),
        },
        "licence": catalogue.licence,
        "attribution": list(credits_of_sources(catalogue)),
        "citation": catalogue.citation,
    }


def fields(row_type: type[BaseModel]) -> Iterator[dict[str, str]]:
    """Name, type, unit and meaning of every column of a row type: the data dictionary is made from the type."""
    for name, info in row_type.model_fields.items():
        field = {"name": name, "type": frictionless_type(info.annotation), "description": info.description or ""}
        if unit := unit_of(info):
            field["unit"] = unit
        yield field


def frictionless_type(annotation: Any) -> str:
    """The Frictionless type of a column: string, integer, number or boolean; of a choice of several types string."""
    if get_origin(annotation) is Annotated:
        return frictionless_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        kinds = {frictionless_type(part) for part in get_args(annotation) if part is not type(None)}
        return kinds.pop() if len(kinds) == 1 else "string"
    return {bool: "boolean", int: "integer", float: "number", Decimal: "number"}.get(annotation, "string")


def write_metadata(path: Path, rows: Rows, catalogue: Catalogue, form: str = "csv", layout: Layout = PLAIN) -> Path:
    """Write ``plans.metadata.json`` next to ``plans.csv``."""
    target = metadata_path(path)
    with atomically(target) as stream:
        write_json(metadata(rows, catalogue, shown_name(path.name), form, layout), stream)
    return target


def write_document(document: Document, stream: TextIO, layout: Layout = PLAIN) -> None:
    """The rows of a document, under the names of their columns."""
    rows = document.rows
    assert rows is not None, f"{document.question} has no rows"
    stream.writelines(csv_lines(rows.make(), layout.names(rows.row_type), layout=layout))
