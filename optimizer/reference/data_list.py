"""What is in the data folder: one short row an entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial, reduce
from operator import or_
from types import GenericAlias
from typing import Any

from pydantic import RootModel, create_model

from optimizer.answers.form.document import Document, Grounds, Rows, Section, Table, left, right
from optimizer.answers.form.shapes import CellDigits, Extended, Shape, cell, entry, like
from optimizer.catalogue import Catalogue
from optimizer.catalogue.unknown_names import local_name
from optimizer.domain import Accelerator, Country, Way, Workload
from optimizer.domain.chip_class import chip_class
from optimizer.domain.projects import Project
from optimizer.reference.data_tables import count_rows, is_there
from optimizer.reference.figure_lines import SAID, plain
from optimizer.reference.row_types import row_types, summary
from optimizer.units.language import Messages, local_number, say
from optimizer.units.records import dataclass
from optimizer.validation.projects import projects_of


class _AcceleratorColumns(Shape):
    """An accelerator."""

    id: str = like(Accelerator, "id")
    name: str = like(Accelerator, "name")
    bf16_tflops: CellDigits | None = cell("dense peak in training, BF16, or FP16 where that alone is known", "TFLOP/s")
    fp8_tflops: CellDigits | None = like(Accelerator, "fp8_tflops")
    memory_gb: CellDigits | None = like(Accelerator, "memory_gb")
    tpp: CellDigits | None = like(Accelerator, "tpp")
    price_usd: CellDigits | None = like(Accelerator, "unit_price_usd", path="unit_price_usd")
    rent_usd_per_hour: CellDigits | None = like(Accelerator, "rent_usd_per_hour")


# the name of the last column is a word of Python: no field can be written so
_CLASS: Any = {"class": (str, entry("class under the export rules on the day of the data"))}
ListedAcceleratorRow: type[Shape] = create_model(
    "ListedAcceleratorRow", __base__=_AcceleratorColumns, __doc__=_AcceleratorColumns.__doc__, **_CLASS
)


class ListedCountryRow(Shape):
    """A country."""

    id: str = like(Country, "id")
    name: str = like(Country, "name")
    usd_per_kwh: CellDigits | None = like(Country, "electricity_usd_per_kwh", path="electricity_usd_per_kwh")
    g_co2_per_kwh: CellDigits | None = like(Country, "grid_carbon_g_per_kwh", path="grid_carbon_g_per_kwh")
    pue: CellDigits | None = like(Country, "pue")
    groups: str = entry("groups of the export rules to which it belongs, separated by blanks")


class ListedRegionRow(Shape):
    """A named set of countries."""

    id: str = entry("name of the region")
    name: str = entry("English name")
    members: str = entry("codes of its countries, separated by blanks")


class ListedWorkloadRow(Shape):
    """A workload."""

    id: str = like(Workload, "id")
    name: str = like(Workload, "name")
    params_total_b: CellDigits | None = like(Workload, "params_total_b")
    params_active_b: CellDigits | None = like(Workload, "params_active_b")
    tokens_t: CellDigits | None = like(Workload, "tokens_t")
    architecture: str = like(Workload, "architecture")
    way: str = like(Workload, "way")
    as_of: str = like(Workload, "as_of")


class ListedWayRow(Shape):
    """A way to train."""

    id: str = like(Way, "id")
    name: str = like(Way, "name")
    flop_per_parameter: CellDigits | None = cell("training compute of a token and parameter, frozen ones first", "FLOP")
    usual_tokens_b: CellDigits | None = like(Way, "usual_tokens_b")
    efficiency_factor: CellDigits | None = like(Way, "efficiency_factor")
    gives: str = like(Way, "gives")


class ListedSetRow(Shape):
    """A set of export rules, or of assumptions."""

    id: str = entry("name of the set")
    default: bool = entry("whether it is the set that is used where a case names none")
    name: str = entry("title")
    description: str = entry("what the set represents")


class ListedDefaultRow(Shape):
    """What a field of a case is where a question leaves it open."""

    field: str = entry("field of a case")
    value: str = entry("its default")
    why: str = entry("why that is the default")


class ListedProjectRow(Shape):
    """A national project."""

    id: str = like(Project, "id")
    country: str = like(Project, "country")
    name: str = like(Project, "name")
    kind: str = like(Project, "kind")
    params_total_b: CellDigits | None = like(Project, "params_total_b")
    tokens_t: CellDigits | None = like(Project, "tokens_t")
    accelerator: str = entry("accelerators as published, with their number")
    gpu_hours: CellDigits | None = like(Project, "gpu_hours")
    cost_usd: CellDigits | None = like(Project, "cost_usd")
    published: str | None = like(Project, "published")
    verification: str = like(Project, "verification")


class ListedTableRow(Shape):
    """A table of the data folder."""

    name: str = entry("name of the file, without .csv")
    rows: CellDigits = cell("rows that it has", "rows")
    meaning: str = entry("what a row is")


class ListedSchemaRow(Shape):
    """A JSON Schema, that of the answers to one question."""

    name: str = entry("name of the question, and of its schema")
    meaning: str = entry("what the question answers")


class ListedKindRow(Shape):
    """A kind of entry."""

    kind: str = entry("as for optimizer data list KIND")
    count: int = entry("entries of that kind", "entries")


@dataclass(frozen=True)
class _Kind:
    """A kind of entry: what it is called, the type of its rows, and what makes them."""

    title: str
    row_type: type[Shape]
    make: Callable[[Catalogue], Iterable[Any]]


def _accelerators(catalogue: Catalogue) -> Iterable[Any]:
    for chip in catalogue.accelerators.values():
        kind = chip_class(chip, catalogue.chip_classes, catalogue.as_of)
        yield Extended(chip, bf16_tflops=chip.bf16_tflops or chip.fp16_tflops, **{"class": kind})


def _countries(catalogue: Catalogue) -> Iterable[Any]:
    for country in catalogue.every_country.values():
        groups = (row.group for row in catalogue.country_groups.get(country.id, ()) if row.effective_to is None)
        yield Extended(country, groups=" ".join(groups))


def _regions(catalogue: Catalogue) -> Iterable[Any]:
    return (Extended(region, members=" ".join(region.members)) for region in catalogue.regions.values())


def _ways(catalogue: Catalogue) -> Iterable[Any]:
    for way in catalogue.ways.values():
        yield Extended(way, flop_per_parameter=way.flop_per_frozen_parameter or way.flop_per_trained_parameter)


def _projects(catalogue: Catalogue) -> Iterable[Any]:
    for row in projects_of(catalogue):
        count = "" if row.count is None else say("{count} ", count=row.count)
        published = row.accelerator_published
        text = say("{count}{accelerator_published}", count=count, accelerator_published=published).strip()
        yield Extended(row, accelerator=text)


def _sets(rows: Iterable[Any]) -> Iterable[Any]:
    return (Extended(row, default=row.is_default) for row in rows)


def _tables(catalogue: Catalogue) -> Iterable[ListedTableRow]:
    for name, row_type in row_types().items():
        if is_there(catalogue, name):
            yield ListedTableRow(name=name, rows=str(count_rows(catalogue, name)), meaning=summary(row_type))


KINDS: Mapping[str, _Kind] = {
    "accelerators": _Kind("Accelerators of the data folder", ListedAcceleratorRow, _accelerators),
    "countries": _Kind("Countries of the data folder", ListedCountryRow, _countries),
    "regions": _Kind("Regions of the data folder", ListedRegionRow, _regions),
    "workloads": _Kind("Workloads of the data folder", ListedWorkloadRow, lambda known: known.workloads.values()),
    "projects": _Kind("National projects of the data folder", ListedProjectRow, _projects),
    "ways": _Kind("Ways to train of the data folder", ListedWayRow, _ways),
    "rules": _Kind("Export rule sets of the data folder", ListedSetRow, lambda known: _sets(known.rule_sets.values())),
    "assumptions": _Kind(
        "Assumption sets of the data folder", ListedSetRow, lambda known: _sets(known.assumption_sets.values())
    ),
    "defaults": _Kind("Defaults of the data folder", ListedDefaultRow, lambda known: known.defaults.values()),
    "tables": _Kind("Tables of the data folder", ListedTableRow, _tables),
    "schemas": _Kind("JSON Schemas of the answers", ListedSchemaRow, lambda known: ()),
}
_ROW_TYPES = dict.fromkeys((ListedKindRow, *(kind.row_type for kind in KINDS.values())))
_ROOT: Any = RootModel
ListOut: Any = create_model(
    "ListOut",
    __base__=_ROOT[reduce(or_, (GenericAlias(tuple, (row_type, ...)) for row_type in _ROW_TYPES))],
    __doc__="The entries of a kind, or the kinds with the number of their entries.",
)


def document(catalogue: Catalogue, kind: str | None, schemas: Mapping[str, str]) -> Document:
    """The entries of a kind as a table; without a kind, how many there are of each.

    Args:
        catalogue: the data.
        kind: of the entries.
        schemas: what each question answers whose answers have a JSON Schema, by its name.
    """
    of_schemas = [ListedSchemaRow(name=name, meaning=meaning) for name, meaning in schemas.items()]
    kinds = {**KINDS, "schemas": replace(KINDS["schemas"], make=lambda known: of_schemas)}
    if kind is None:
        counts = [ListedKindRow(kind=name, count=len(tuple(of.make(catalogue)))) for name, of in kinds.items()]
        table = Table([right(say("count")), left(say("kind"))], [(str(c.count), c.kind) for c in counts], headed=False)
        rows = Rows("listed-kinds", "Kinds of entries of the data folder", ListedKindRow, partial(iter, counts))
    else:
        found = tuple(map(kinds[kind].row_type.model_validate, kinds[kind].make(catalogue)))
        named: Mapping[str, Any] = catalogue.countries if kind == "countries" else {}
        named = catalogue.regions if kind == "regions" else named
        table = _table(found, KINDS[kind].row_type, {name: local_name(row) for name, row in named.items()})
        rows = Rows(f"listed-{kind}", KINDS[kind].title, KINDS[kind].row_type, partial(iter, found))
    asked = {} if kind is None else {"kind": kind}
    return Document(
        question="data list",
        title="",
        sections=[Section("", [table])],
        outputs=lambda: ListOut.model_validate(tuple(rows.make())),
        grounds=Grounds(catalogue, asked, asked),
        rows=rows,
    )


def _table(rows: Iterable[Shape], row_type: type[Shape], places: Mapping[str, str]) -> Table:
    """Every field of the rows, its name in words as heading.

    Args:
        rows: all of one type.
        row_type: that type.
        places: the names of countries or regions in the language that is spoken, by id.
    """
    names = list(row_type.model_fields)
    words = SAID if "id" in names else SAID - {"name"}  # the name of a table, or of a schema, is what is typed
    cells, numbers = [], set[str]()
    for row in rows:
        values = {name: getattr(row, name) for name in names}
        given = {name: "" if value is None else plain(value) for name, value in values.items()}
        counted = {name for name, value in values.items() if isinstance(value, Decimal)}
        numbers |= counted
        given |= {name: local_number(f"{values[name]:,f}") for name in counted if "E" not in given[name]}
        given |= {name: _CODES.get(given[name].partition(";")[0], given[name]) for name in _CODED.intersection(names)}
        reported = {name: say(given[name]) for name in words.intersection(names)}
        if (place := places.get(given.get("id", ""))) is not None:
            reported["name"] = place
        cells.append([(given | reported)[name] for name in names])
    return Table([(right if name in numbers else left)(say(name.replace("_", " "))) for name in names], cells)


_CODED = frozenset({"kind", "verification"})
_CODES = Messages(
    {
        "compute": "machines",
        "seen_in_search": "read in a copy of its page",
        "dataset": "read in a data file",
        "known_primary_not_reopened": "known, its page not opened again",
    }
)
"""What a person reads in place of a word of the data; CSV and JSON have the word."""
