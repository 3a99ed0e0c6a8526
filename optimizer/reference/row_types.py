"""What the row types say of the tables of the data folder: their columns, types, bounds and keys."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from optimizer.catalogue.keys import KEYS
from optimizer.catalogue.load import TABLES
from optimizer.catalogue.power_tables import POWER_TABLES
from optimizer.catalogue.source_licences import SourceLicence
from optimizer.domain.base import Day
from optimizer.domain.evidence import BenchmarkShare, Golden, RealRun, StudyCell, Throughput
from optimizer.domain.projects import Project
from optimizer.domain.supply import PowerReference
from optimizer.domain.tendencies import ParallelRule, RunBand, UsualRange
from optimizer.domain.world_facts import Decision, PowerFact
from optimizer.render.csv import frictionless_type

EVIDENCE: Mapping[str, type[BaseModel]] = {
    "benchmark_shares": BenchmarkShare,
    "decisions": Decision,
    "golden_cases": Golden,
    "parallelism": ParallelRule,
    "power_references": PowerReference,
    "power_systems": PowerFact,
    "projects": Project,
    "real_runs": RealRun,
    "run_bands": RunBand,
    "source_licences": SourceLicence,
    "study_cells": StudyCell,
    "throughput": Throughput,
    "usual_ranges": UsualRange,
}
"""Tables that no plan depends on: what the package is compared with, and the terms of the sources."""

TABLE_KEYS: Mapping[str, tuple[str, ...]] = {
    **KEYS,
    "benchmark_shares": ("generations", "architecture"),
    "buyer_rules": ("rule",),
    "chip_classes": ("rule",),
    "compute_thresholds": ("rule",),
    "country_groups": ("country", "group", "effective_from"),
    "golden_cases": ("id",),
    "licence_rules": ("rule",),
    "fuel": ("country",),
    "parallelism": ("rule",),
    "model_sizes": ("assumption_set", "generations", "architectures"),
    "outages": ("country",),
    "power_references": ("case", "role", "quantity"),
    "decisions": ("country", "figure"),
    "power_systems": ("country", "quantity"),
    "projects": ("id",),
    "pv_profiles": ("country", "month", "day_type"),
    "size_brackets": ("assumption_set", "bracket"),
    "solar_yield": ("country",),
    "source_licences": ("address",),
    "supply_assets": ("asset", "parameter"),
    "tariff_periods": ("tariff", "period"),
    "throttle": ("device", "power_ratio"),
    "throughput": ("id",),
    "usual_ranges": ("of_table", "of_column"),
}
"""Table -> the columns that tell its rows apart."""


def row_types() -> dict[str, type[BaseModel]]:
    """Every table of the data folder with its row type, by name."""
    return dict(sorted({**TABLES, **POWER_TABLES, **EVIDENCE}.items()))


def kind(info: FieldInfo) -> tuple[str, tuple[str, ...]]:
    """The Frictionless type of a field, and its values if they are few; a day of the calendar is a date."""
    return ("date", ()) if checks(info) & checks_of(Day) else _type(info.annotation)


def checks(info: FieldInfo) -> set[Any]:
    """The functions that check a field's value after it is read: they tell the calendar types apart."""
    return {part.func for part in _metadata(info) if isinstance(part, AfterValidator)}


def checks_of(annotation: Any) -> set[Any]:
    """The same functions of a calendar type."""
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
    return frictionless_type(annotation), ()


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


def bounds(info: FieldInfo) -> Iterator[tuple[str, int | float]]:
    """What bounds a number, in its unit, by the words of JSON Schema: minimum, exclusiveMinimum ..."""
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


def pattern(info: FieldInfo) -> str | None:
    """The pattern of a text; the calendar type of the schema needs none."""
    if kind(info)[0] != "string":
        return None
    return next((part.pattern for part in _metadata(info) if getattr(part, "pattern", None)), None)


def summary(row_type: type[BaseModel]) -> str:
    """The first paragraph of a type's docstring in one line."""
    return " ".join((row_type.__doc__ or "").strip().split("\n\n")[0].split())
