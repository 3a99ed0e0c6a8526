"""The data folder as a described package (Frictionless, v1), made from the row types."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo

from optimizer.answers.form.document import Document, Grounds, Section, Verbatim
from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import credits_of_sources
from optimizer.catalogue.tables import read_lines, read_text
from optimizer.domain.base import unit_of
from optimizer.reference.dictionary import dictionary_rows
from optimizer.reference.row_types import TABLE_KEYS, bounds, kind, pattern, row_types, summary

_REFERENCES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "countries": {"currency": ("fx", "currency")},
    "distribution": {"assumption_set": ("assumption_sets", "id")},
    "efficiency": {"assumption_set": ("assumption_sets", "id"), "accelerator": ("accelerators", "id")},
    "hardware_overrides": {"assumption_set": ("assumption_sets", "id"), "accelerator": ("accelerators", "id")},
    "machines": {"accelerator": ("accelerators", "id")},
    "offers": {"accelerator": ("accelerators", "id")},
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


class PackageOut(RootModel[dict[str, Any]]):
    """The descriptor of a Frictionless data package."""


def document(catalogue: Catalogue) -> Document:
    """The package descriptor as it is, the columns of its tables as rows."""
    descriptor = datapackage(catalogue)
    return Document(
        question="data package",
        title="",
        sections=[Section("", [Verbatim(json.dumps(descriptor, indent=2, ensure_ascii=False), "json")])],
        outputs=partial(PackageOut, descriptor),
        grounds=Grounds(catalogue, {}, {}),
        rows=dictionary_rows([table["name"] for table in descriptor["resources"]]),
    )


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
        "sources": [_source(line) for line in credits_of_sources(catalogue)]
        + [{"title": "Each row names its own sources in its column source; their licences: source_licences.csv"}],
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
    if name in TABLE_KEYS:
        schema["primaryKey"] = list(TABLE_KEYS[name])
    if name in _REFERENCES:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": table, "fields": [there]}}
            for column, (table, there) in _REFERENCES[name].items()
        ]
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "description": summary(row_type),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(name: str, info: FieldInfo) -> dict[str, Any]:
    found, values = kind(info)
    field: dict[str, Any] = {"name": name, "type": found, "description": info.description or ""}
    if unit := unit_of(info):
        field["unit"] = unit
    if found == "boolean":
        field |= {"trueValues": ["1"], "falseValues": ["0"]}
    if found == "list":
        words = field["description"]
        text = words if "separated by" in words else f"{words} (separated by ';')"
        field |= {"type": "string", "description": text}
    constraints: dict[str, Any] = {"required": True} if info.is_required() else {}
    if values:
        constraints["enum"] = list(values)
    for word, bound in bounds(info):
        # exclusive bounds are not of version 1 of the schema: the inclusive one holds too, the other is added
        constraints[word.removeprefix("exclusive").replace("M", "m", 1)] = bound
        if word.startswith("exclusive"):
            field[word] = bound
    if (form := pattern(info)) is not None:
        constraints["pattern"] = form
    if constraints:
        field["constraints"] = constraints
    return field
