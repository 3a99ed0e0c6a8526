"""The data dictionary: every table and column of the data folder, made from the row types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from optimizer.answers.form.document import Document, Grounds, Rows, Section, Verbatim
from optimizer.answers.form.shapes import Shape, entry
from optimizer.catalogue import Catalogue
from optimizer.domain.base import AsOf, WithSubstitutes, unit_of
from optimizer.reference.row_types import TABLE_KEYS, bounds, checks, checks_of, kind, pattern, row_types, summary
from optimizer.units.language import local_number, say, type_words, unit_words

_BOUNDS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}


class _OfTable(Shape):
    """Which table a column is of."""

    table: str = entry("name of the file, without .csv")


class DictionaryColumn(Shape):
    """A column of a table of the data folder."""

    column: str = entry("name of the column")
    type: str = entry("string, list (separated by ;), number, integer, boolean (0 or 1), date, or year, month or day")
    unit: str | None = entry("its unit")
    is_required: bool = entry("whether it must be filled; elsewhere an empty cell is a value that is not known")
    is_key: bool = entry("whether it is one of the columns that tell rows apart")
    bounds: str | None = entry("least and greatest value, or the words that it may be")
    pattern: str | None = entry("what its text must look like")
    meaning: str = entry("what it means")


class DictionaryRow(DictionaryColumn, _OfTable):
    """A column of a table of the data folder."""


class TableOut(Shape):
    """A table of the data folder."""

    name: str = entry("of the file, without .csv")
    meaning: str
    key: tuple[str, ...] = entry("the columns that tell its rows apart")
    columns: tuple[DictionaryColumn, ...]


class DictionaryOut(Shape):
    """Every table with its columns."""

    tables: tuple[TableOut, ...]


def document(catalogue: Catalogue) -> Document:
    """The dictionary as Markdown, its columns as rows."""
    return Document(
        question="data dictionary",
        title="",
        sections=[Section("", [Verbatim(dictionary().rstrip("\n"), "markdown")])],
        outputs=_outputs,
        grounds=Grounds(catalogue, {}, {}),
        rows=dictionary_rows(row_types()),
    )


def _outputs() -> DictionaryOut:
    return DictionaryOut(
        tables=tuple(
            TableOut(
                name=name,
                meaning=summary(row_type),
                key=TABLE_KEYS.get(name, ()),
                columns=tuple(columns(name, row_type)),
            )
            for name, row_type in row_types().items()
        )
    )


def dictionary_rows(tables: Iterable[str]) -> Rows:
    """The columns of some tables as rows."""
    return Rows("dictionary", "Data dictionary", DictionaryRow, partial(_rows, tuple(tables)))


def _rows(tables: Iterable[str]) -> Iterator[DictionaryRow]:
    known = row_types()
    for name in tables:
        for column in columns(name, known[name]):
            yield DictionaryRow(table=name, **dict(column))


def columns(table: str, row_type: type[BaseModel]) -> Iterator[DictionaryColumn]:
    """The columns of a table, those that all tables share last."""
    names = row_type.model_fields
    own = [column for column in names if column not in WithSubstitutes.model_fields]
    shared = [column for column in WithSubstitutes.model_fields if column in names]
    for column in (*own, *shared):
        yield _column(column, names[column], column in TABLE_KEYS.get(table, ()))


def _column(name: str, info: FieldInfo, is_key: bool) -> DictionaryColumn:
    found, values = kind(info)
    limits = [_BOUNDS[word].format(local_number(f"{bound:,}")) for word, bound in bounds(info)]
    limits += [", ".join(values)] * bool(values)
    is_day = found == "string" and bool(checks(info) & checks_of(AsOf))
    return DictionaryColumn(
        column=name,
        type="year, month or day" if is_day else found,
        unit=unit_of(info) or None,
        is_required=info.is_required(),
        is_key=is_key,
        bounds="; ".join(limits) or None,
        pattern=None if is_day else pattern(info),
        meaning=info.description or "",
    )


def dictionary() -> str:
    """The data dictionary in Markdown: a section a table; column, type, unit, bounds, meaning."""
    lines = [
        say("# Data dictionary"),
        "",
        say(
            "Made from the row types by `optimizer data dictionary`; not to be edited by hand. "
            "Columns marked * must be\nfilled; elsewhere an empty cell is a value that is not known. "
            "A list is separated by `;`, a flag is 0 or 1."
        ),
        "",
    ]
    heads = " | ".join((say("column"), say("type"), say("unit"), say("bounds"), say("meaning")))
    for name, row_type in row_types().items():
        lines += [f"## {name}.csv", "", say(summary(row_type)), ""]
        if name in TABLE_KEYS:
            lines += [say("Key: {columns}.", columns=", ".join(TABLE_KEYS[name])), ""]
        lines += [f"| {heads} |", "| --- | --- | --- | --- | --- |"]
        lines += map(_line, columns(name, row_type))
        lines.append("")
    return "\n".join(lines)


def _line(found: DictionaryColumn) -> str:
    limits = [found.bounds or ""] * bool(found.bounds) + [f"`{found.pattern}`"] * bool(found.pattern)
    words = type_words(found.type), unit_words(found.unit or ""), "; ".join(limits), say(found.meaning)
    cells = (found.column + "*" * found.is_required, *words)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
