"""One entry of the data, the columns of a table of rows, or the JSON Schema of an answer, each as a document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, RootModel

from optimizer.answers.form.document import Block, Document, Grounds, Line, Rows, Section, Table, Verbatim, left
from optimizer.answers.form.shapes import Extended, Shape, Sparse, entry, like
from optimizer.answers.words.common_words import date_words
from optimizer.answers.words.figure_words import licence_words
from optimizer.catalogue import Catalogue
from optimizer.reference.figure_lines import FigureLine, Sheet
from optimizer.render.csv import fields
from optimizer.render.sheets import column_words
from optimizer.units.language import say, unit_words

Part = Mapping[str, Any]
"""A JSON Schema, or a part of one."""


class ColumnRow(Sparse):
    """A column of a table of rows."""

    name: str = entry("name of the column")
    type: str = entry("string, integer, number or boolean")
    description: str = entry("what it means")
    unit: str | None = entry("its unit", default=None)


class FigureRow(Shape):
    """A figure of an entry, or something else that is said of it."""

    section: str = entry("title of the section in which it stands")
    name: str = entry("name of the figure")
    value: str = entry("its value, as text")
    unit: str | None = entry("its unit", default=None)
    is_estimate: bool = entry("whether it is an estimate")
    meaning: str | None = entry("what it is, or where it comes from", default=None)
    as_of: str | None = entry("its date, where it is not that of the entry", default=None)
    licence: str | None = like(FigureLine, "licence")


class EntryRow(Shape):
    """A field of an answer as JSON."""

    path: str = entry("where it stands: [] is each entry of a list, * each key of an object")
    type: str = entry("JSON types that it may have")
    choices: str | None = entry("the words that it may be, separated by ;", default=None)
    unit: str | None = entry("its unit", default=None)
    meaning: str | None = entry("what it means", default=None)


class SheetOut(RootModel[Sheet]):
    """Title of a section -> its lines."""


class ColumnsOut(RootModel[tuple[ColumnRow, ...]]):
    """The columns of a table, in order."""


class SchemaOut(RootModel[dict[str, Any]]):
    """A JSON Schema."""

    model_config = ConfigDict(json_schema_extra={"required": ["properties"]})


def figures_document(catalogue: Catalogue, names: Sequence[str], sheet: Sheet, shown: int | None = None) -> Document:
    """The sheet of an entry: every figure with its unit, source and whether it is an estimate.

    Args:
        shown: sections that are printed as text at most; the other forms have all.
    """
    sections = [Section(title, tuple(_lines(lines, catalogue.as_of))) for title, lines in list(sheet.items())[:shown]]
    if (left_out := len(sheet) - len(sections)) > 0:
        text = say("and {count:,} more rows: give a word that they contain, or see them all with --csv", count=left_out)
        sections.append(Section("", [Line(text, level=0)]))
    sections.append(
        Section(
            "",
            [
                Line(
                    say("data {version}, as of {as_of}", version=catalogue.version, as_of=catalogue.as_of),
                    "quiet",
                    level=0,
                )
            ],
        )
    )
    rows = Rows("figures", "Figures of an entry of the data folder", FigureRow, partial(_figure_rows, sheet))
    return _document(catalogue, names, sections, partial(SheetOut, sheet), rows)


def _lines(lines: Iterable[FigureLine], today: str) -> Iterator[Block]:
    for line in lines:
        unit = unit_words(line.unit or "")
        said = say("{line_name}: {line} {unit}", line_name=line.name, line=line.value, unit=unit).rstrip()
        marks = [say("estimate")] * bool(line.estimate) + [date_words(line.as_of or "", today)] * bool(line.as_of)
        yield Line(say("{said}  ({marks})", said=said, marks=", ".join(marks)) if marks else said)
        if line.meaning:
            yield Line(say(line.meaning), "quiet", level=3)
        if line.licence and not line.unit:
            yield Line(say("licence: {licence}", licence=licence_words(line.licence)), "quiet", level=3)


def _figure_rows(sheet: Sheet) -> Iterator[FigureRow]:
    for section, lines in sheet.items():
        for line in lines:
            yield FigureRow.model_validate(Extended(line, section=section, is_estimate=bool(line.estimate)))


def columns_document(catalogue: Catalogue, names: Sequence[str], row_type: type[BaseModel]) -> Document:
    """The columns of a table of rows, with type, unit and meaning."""
    columns = tuple(map(ColumnRow.model_validate, fields(row_type)))
    cells = [column_words(column.model_dump()) for column in columns]
    table = Table([left(say("column")), left(say("type")), left(say("unit")), left(say("meaning"))], cells)
    rows = Rows("columns", "Columns of a table of rows", ColumnRow, partial(iter, columns))
    return _document(catalogue, names, [Section("", [table])], partial(ColumnsOut, columns), rows)


def schema_document(catalogue: Catalogue, names: Sequence[str], schema: Part) -> Document:
    """A JSON Schema as it is, its fields as rows."""
    text = Verbatim(json.dumps(schema, indent=2, ensure_ascii=False), "json")
    rows = Rows("entries", "Fields of an answer as JSON", EntryRow, partial(entries, schema))
    return _document(catalogue, names, [Section("", [text])], partial(SchemaOut, dict(schema)), rows)


def _document(
    catalogue: Catalogue,
    names: Sequence[str],
    sections: Sequence[Section],
    outputs: Callable[[], BaseModel],
    rows: Rows,
) -> Document:
    asked = {"names": list(names)}
    return Document(
        question="data show",
        title="",
        sections=sections,
        outputs=outputs,
        grounds=Grounds(catalogue, asked, asked),
        rows=rows,
    )


def entries(schema: Part) -> Iterator[EntryRow]:
    """Every field of a JSON Schema and of its parts, with the path to it: ``outputs.plan.items[].servers``."""
    yield from _within(schema, schema.get("$defs", {}), "", ())


def _within(
    part: Mapping[str, Any], parts: Mapping[str, Any], path: str, followed: tuple[str, ...]
) -> Iterator[EntryRow]:
    """The fields inside a part of a schema; a part that holds itself is followed once."""
    name = _reference(part)
    if name and name not in followed:
        yield from _within(parts[name], parts, path, (*followed, name))
    for choice in part.get("anyOf", ()):
        yield from _within(choice, parts, path, followed)
    lists = [*part.get("prefixItems", ()), part.get("items")]
    for item, where in [
        *((item, say("{path}[]", path=path)) for item in lists),
        (part.get("additionalProperties"), say("{path}.*", path=path)),
    ]:
        if isinstance(item, dict):
            yield from _within(item, parts, where, followed)
    for key, field in part.get("properties", {}).items():
        here = say("{path}.{key}", path=path, key=key) if path else key
        whole = {**parts.get(_reference(field), {}), **field}
        yield EntryRow(
            path=here,
            type=" or ".join(dict.fromkeys(_types(field, parts))),
            choices=";".join(map(str, whole.get("enum", [whole["const"]] if "const" in whole else ()))) or None,
            unit=whole.get("unit"),
            meaning=whole.get("description"),
        )
        yield from _within(field, parts, here, followed)


def _reference(part: Part) -> str:
    """The name of the part that is meant; empty where the part stands here itself."""
    return str(part.get("$ref", "")).rpartition("/")[2]


def _types(part: Part, parts: Mapping[str, Part]) -> Iterator[str]:
    for choice in part.get("anyOf", ()):
        yield from _types(choice, parts)
    if name := _reference(part):
        yield from _types(parts[name], parts)
    elif "anyOf" not in part:
        yield str(part.get("type", "any"))
