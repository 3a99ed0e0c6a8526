"""The data folder as a described package (Frictionless, v1) and as a dictionary, both made from the row types."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from optimizer.catalogue import Catalogue
from optimizer.catalogue.load import KEYS, TABLES
from optimizer.catalogue.tables import read_lines, read_text
from optimizer.domain import Sourced, StudyCell
from optimizer.domain.base import AsOf, Day
from optimizer.domain.evidence import Golden, RealRun, RunBand, Throughput

EVIDENCE: Mapping[str, type[BaseModel]] = {
    "golden_cases": Golden,
    "real_runs": RealRun,
    "run_bands": RunBand,
    "study_cells": StudyCell,
    "throughput": Throughput,
}
"""Tables that no plan depends on: what the package is held against."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    **KEYS,
    "buyer_rules": ("rule",),
    "chip_classes": ("rule",),
    "compute_thresholds": ("rule",),
    "country_groups": ("country", "group", "effective_from"),
    "golden_cases": ("id",),
    "licence_rules": ("rule",),
    "model_sizes": ("assumption_set", "generations", "params_from_b"),
    "size_brackets": ("assumption_set", "bracket"),
    "throughput": ("id",),
}
_REFERENCES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "countries": {"currency": ("fx", "currency")},
    "distribution": {"assumption_set": ("assumption_sets", "id")},
    "efficiency": {"assumption_set": ("assumption_sets", "id"), "accelerator": ("accelerators", "id")},
    "hardware_overrides": {"assumption_set": ("assumption_sets", "id"), "accelerator": ("accelerators", "id")},
    "hire": {"country": ("countries", "id")},
    "parameters": {"assumption_set": ("assumption_sets", "id")},
    "model_sizes": {"assumption_set": ("assumption_sets", "id")},
    "size_brackets": {"assumption_set": ("assumption_sets", "id")},
    "study_cells": {
        "reading": ("assumption_sets", "id"),
        "country": ("countries", "id"),
        "accelerator": ("accelerators", "id"),
    },
    "throughput": {"accelerator": ("accelerators", "id")},
}
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


def row_types() -> dict[str, type[BaseModel]]:
    """Every table of the data folder with its row type, by name."""
    return dict(sorted({**TABLES, **EVIDENCE}.items()))


def datapackage(catalogue: Catalogue) -> dict[str, Any]:
    """The package descriptor of the catalogue's folder: a resource a table, a field a column of its header."""
    return {
        "profile": "tabular-data-package",
        "name": "optimizer-data",
        "title": catalogue.title,
        "description": f"{catalogue.licence} Weak figures: README.md; columns: DICTIONARY.md.",
        "version": catalogue.version,
        "as_of": catalogue.as_of,
        "licenses": [LICENCE],
        "sources": [_source(line) for line in catalogue.attribution]
        + [{"title": "Each row names its own sources in its column source"}],
        "citation": catalogue.citation,
        "resources": [
            _resource(name, row_type, _header(catalogue, name))
            for name, row_type in row_types().items()
            if (catalogue.folder / f"{name}.csv").is_file()
        ],
    }


def _source(line: str) -> dict[str, str]:
    """An attribution with its address, where it ends in one."""
    title, _, last = line.rpartition(", ")
    return {"title": title, "path": last} if last.startswith("https://") else {"title": line}


def _header(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    file = f"{name}.csv"
    return read_lines(read_text(catalogue.folder / file), file)[0]


def _resource(name: str, row_type: type[BaseModel], header: Iterable[str]) -> dict[str, Any]:
    header = tuple(header)
    schema: dict[str, Any] = {
        "fields": [_field(column, row_type.model_fields[column]) for column in header],
        "missingValues": [""],
    }
    if name in _KEYS:
        schema["primaryKey"] = list(_KEYS[name])
    if name in _REFERENCES:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": table, "fields": [there]}}
            for column, (table, there) in _REFERENCES[name].items()
        ]
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "description": _summary(row_type),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(name: str, info: FieldInfo) -> dict[str, Any]:
    kind, values = _kind(info)
    field: dict[str, Any] = {"name": name, "type": kind, "description": info.description or ""}
    extra = info.json_schema_extra
    if isinstance(extra, dict) and extra.get("unit"):
        field["unit"] = extra["unit"]
    if kind == "boolean":
        field |= {"trueValues": ["1"], "falseValues": ["0"]}
    if kind == "list":
        words = field["description"]
        told = words if "separated by" in words else f"{words} (separated by ';')"
        field |= {"type": "string", "description": told}
    constraints: dict[str, Any] = {"required": True} if info.is_required() else {}
    if values:
        constraints["enum"] = list(values)
    for word, bound in _bounds(info):
        # exclusive bounds are not of version 1 of the schema: the inclusive one holds too, the other is told beside it
        constraints[word.removeprefix("exclusive").replace("M", "m", 1)] = bound
        if word.startswith("exclusive"):
            field[word] = bound
    if pattern := _pattern(info):
        constraints["pattern"] = pattern
    if constraints:
        field["constraints"] = constraints
    return field


def _kind(info: FieldInfo) -> tuple[str, tuple[str, ...]]:
    """The Frictionless type of a field, and its values if they are few; a day of the calendar is a date."""
    return ("date", ()) if _checks(info) & _checks_of(Day) else _type(info.annotation)


def _checks(info: FieldInfo) -> set[Any]:
    """The functions that check a field's value after it is read: they tell the calendar types apart."""
    return {part.func for part in _metadata(info) if isinstance(part, AfterValidator)}


def _checks_of(annotation: Any) -> set[Any]:
    return {part.func for part in get_args(annotation)[1:] if isinstance(part, AfterValidator)}


def _type(annotation: Any) -> tuple[str, tuple[str, ...]]:
    """The Frictionless type of an annotation ("list" for words separated by ';'), and its values if they are few."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return _type(next(part for part in get_args(annotation) if part is not type(None)))
    if origin is Annotated:
        return _type(get_args(annotation)[0])
    if origin is Literal:
        return "string", get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return "string", tuple(member.value for member in annotation)
    if origin is tuple:
        return "list", ()
    known = {Decimal: "number", int: "integer", bool: "boolean"}
    return known.get(annotation, "string"), ()


def _metadata(info: FieldInfo) -> Iterator[Any]:
    """What bounds a field: its own bounds, then those of its annotated type."""
    yield from info.metadata
    waiting = [info.annotation]
    while waiting:
        annotation = waiting.pop()
        if get_origin(annotation) is Annotated:
            for part in get_args(annotation)[1:]:
                yield from part.metadata if isinstance(part, FieldInfo) else (part,)
        if get_origin(annotation) in (Union, types.UnionType, Annotated):
            waiting += get_args(annotation)[: 1 if get_origin(annotation) is Annotated else None]


def _bounds(info: FieldInfo) -> Iterator[tuple[str, int | float]]:
    words = {
        annotated_types.Ge: ("minimum", "ge"),
        annotated_types.Gt: ("exclusiveMinimum", "gt"),
        annotated_types.Le: ("maximum", "le"),
        annotated_types.Lt: ("exclusiveMaximum", "lt"),
    }
    for part in _metadata(info):
        if type(part) in words:
            word, attribute = words[type(part)]
            yield word, getattr(part, attribute)


def _pattern(info: FieldInfo) -> str | None:
    """The pattern of a text; the calendar type of the schema needs none."""
    if _kind(info)[0] != "string":
        return None
    return next((part.pattern for part in _metadata(info) if getattr(part, "pattern", None)), None)


def _summary(row_type: type[BaseModel]) -> str:
    """The first paragraph of a type's docstring in one line."""
    return " ".join((row_type.__doc__ or "").strip().split("\n\n")[0].split())


def dictionary() -> str:
    """The data dictionary in Markdown: a section a table; column, type, unit, bounds, meaning."""
    lines = [
        "# Data dictionary",
        "",
        "Made from the row types by `optimizer data dictionary`; not to be edited by hand. Columns marked * must be",
        "filled; elsewhere an empty cell is a value that is not known. A list is separated by `;`, a flag is 0 or 1.",
        "",
    ]
    for name, row_type in row_types().items():
        lines += [f"## {name}.csv", "", _summary(row_type), ""]
        if name in _KEYS:
            lines += [f"Key: {', '.join(_KEYS[name])}.", ""]
        lines += ["| column | type | unit | bounds | meaning |", "| --- | --- | --- | --- | --- |"]
        own = [column for column in row_type.model_fields if column not in Sourced.model_fields]
        shared = [column for column in Sourced.model_fields if column in row_type.model_fields]
        lines += [_dictionary_line(column, row_type.model_fields[column]) for column in (*own, *shared)]
        lines.append("")
    return "\n".join(lines)


def _dictionary_line(name: str, info: FieldInfo) -> str:
    kind, values = _kind(info)
    extra = info.json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    words = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}
    bounds = [words[word].format(f"{bound:,}") for word, bound in _bounds(info)]
    bounds += [", ".join(values)] * bool(values)
    told = kind
    if kind == "string" and _checks(info) & _checks_of(AsOf):
        told = "year, month or day"
    elif pattern := _pattern(info):
        bounds.append(f"`{pattern}`")
    cells = (name + "*" * info.is_required(), told, unit, "; ".join(bounds), info.description or "")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
