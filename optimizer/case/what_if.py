"""A case and a catalogue with other values in some cells: the one way in which a figure is tried that the data lack.

Tables and cases are never written to: the changed ones are copies that share every row but those that differ, keep
nothing of any case, and bear the change in the stamp of their plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, TypeVar

from optimizer.case.setting import Setting
from optimizer.case.staff import staff_rule
from optimizer.catalogue import Catalogue
from optimizer.domain import COUNTRY_PARAMETERS, Case, Cooling, Sourced
from optimizer.domain.option import machine_devices

RowT = TypeVar("RowT", bound=Sourced)
Table = Literal[
    "case",
    "accelerators",
    "committed",
    "cooling",
    "countries",
    "distribution",
    "efficiency",
    "hardware_overrides",
    "hire",
    "model_sizes",
    "parameters",
    "size_brackets",
    "staff",
    "supply",
    "ways",
]
_KEYED: Mapping[str, str] = {
    "accelerators": "accelerators",
    "committed": "committed",
    "cooling": "cooling",
    "countries": "countries",
    "distribution": "distribution",
    "efficiency": "efficiencies",
    "hardware_overrides": "overrides",
    "hire": "hire",
    "parameters": "parameters",
    "supply": "supply",
    "ways": "ways",
}
_LISTED: Mapping[str, str] = {"model_sizes": "model_sizes", "size_brackets": "brackets", "staff": "staff"}
"""Tables that the catalogue keeps as lists by assumption set."""


@dataclass(frozen=True, order=True)
class Cell:
    """One cell of a table of the data folder, or a field of the case."""

    table: Table
    row: tuple[str, ...]
    """The key of the row; in size_brackets and model_sizes the assumption set and the place in its list; of a case
    nothing, or the accelerator of its own rent."""
    column: str

    @property
    def table_and_column(self) -> str:
        """Table and column as a reader finds them in the data folder: what is hired stands among the offers."""
        return f"{'offers' if self.table in ('hire', 'committed') else self.table}.{self.column}"


def cell_value(case: Case, catalogue: Catalogue, cell: Cell) -> Decimal | None:
    """What a cell has, in the unit of its column; None if it is empty."""
    value: Decimal | None
    if cell.table == "case" and cell.row:
        value = next(((low + high) / 2 for name, low, high in case.rent if name == cell.row[0]), None)
    elif cell.table == "case":
        value = getattr(case, cell.column)
    else:
        row = row_of(catalogue, cell)
        value = None if row is None else getattr(row, cell.column)
    return value


def row_of(catalogue: Catalogue, cell: Cell) -> Sourced | None:
    """The row of the data in which a cell stands; None of a field of the case, or where there is no such row."""
    found: Sourced | None = None
    if cell.table in _LISTED:
        name, place = cell.row
        found = getattr(catalogue, _LISTED[cell.table])[name][int(place)]
    elif cell.table in _KEYED:
        found = getattr(catalogue, _KEYED[cell.table]).get(_key(cell))
    return found


def change_cells(
    case: Case, catalogue: Catalogue, values: Mapping[Cell, Decimal], stamp: str = ""
) -> tuple[Case, Catalogue]:
    """The case and the catalogue with other values in some cells.

    Args:
        values: what each of the cells holds instead, in the unit of its column, whose bounds are not checked.
        stamp: reported with the plans that rest on it, after the names of the country packs; none for no change.
    """
    of_case: dict[str, Any] = {}
    tables: dict[str, Any] = {}
    for cell, value in values.items():
        if cell.table == "case" and cell.row:
            others = [rent for rent in of_case.get("rent", case.rent) if rent[0] != cell.row[0]]
            of_case["rent"] = (*others, (cell.row[0], value, value))
            continue
        if cell.table == "case":
            of_case[cell.column] = value
            continue
        attribute = _LISTED.get(cell.table) or _KEYED[cell.table]
        rows = tables.setdefault(attribute, dict(getattr(catalogue, attribute)))
        if cell.table in _LISTED:
            name, place = cell.row[0], int(cell.row[1])
            some = list(rows[name])
            some[place] = _changed(some[place], cell.column, value)
            rows[name] = tuple(some)
        elif _key(cell) in rows:  # else nobody offers it: there is nothing to move
            rows[_key(cell)] = _changed(rows[_key(cell)], cell.column, value)
    other = replace(catalogue, **tables, packs=(*catalogue.packs, stamp) if stamp else catalogue.packs, cache={})
    catalogue.vocabulary("accelerator")
    # a figure changes no name: what is known of these is calculated once
    for name in ("_names", "_families", "codes"):
        if name in catalogue.__dict__:
            other.__dict__[name] = catalogue.__dict__[name]
    return (case.changed(**of_case) if of_case else case), other


def _changed(row: RowT, column: str, value: Decimal) -> RowT:
    """A row with another value in a column: what ``model_copy`` makes in thrice the time, and a draw has dozens."""
    other = row.__class__.__new__(row.__class__)
    object.__setattr__(other, "__dict__", {**row.__dict__, column: value})
    object.__setattr__(other, "__pydantic_fields_set__", {*row.__pydantic_fields_set__, column})
    object.__setattr__(other, "__pydantic_extra__", None)
    object.__setattr__(other, "__pydantic_private__", None)
    return other


def _key(cell: Cell) -> Any:
    return cell.row[0] if len(cell.row) == 1 else cell.row


def parameter_cell(setting: Setting, name: str) -> Cell:
    """Where a case finds a planning parameter: in itself, in its assumption set, or in the row of its country."""
    if getattr(setting.asked, name, None) is not None:
        return Cell("case", (), name)
    at = (setting.assumptions.id, name)
    active_b = setting.workload.params_active_b
    if name == "staff_fte" and (rule := staff_rule(setting.catalogue, at[0], setting.way.id, active_b)) is not None:
        return Cell("staff", (at[0], str(rule[0])), "posts")
    if setting.catalogue.parameters[at].central is not None:
        return Cell("parameters", at, "central")
    return Cell("countries", (setting.country.id,), COUNTRY_PARAMETERS[name])


def price_cell(setting: Setting, accelerator: str) -> Cell:
    """Where a case finds the price of an accelerator: its assumption set's, else its own."""
    at = (setting.assumptions.id, accelerator)
    if at in setting.catalogue.overrides:
        return Cell("hardware_overrides", at, "unit_price_usd")
    return Cell("accelerators", (accelerator,), "unit_price_usd")


def rent_cell(setting: Setting, accelerator: str, terms: str = "") -> Cell:
    """Where a case finds the rent of an accelerator: in itself, the world's lists, or the offer in the country.

    Args:
        terms: of the hire; on demand by default.
    """
    offer = Cell("hire", (setting.country.id, accelerator), "usd_per_hour")
    if terms:
        offer = Cell("committed", (setting.country.id, accelerator, terms), "usd_per_hour")
    if terms and not machine_devices(terms):
        return offer
    stated = {name for name, _, _ in setting.asked.rent}
    for name in stated:
        if accelerator in (setting.catalogue.family_of(name) or (setting.catalogue.known("accelerator", name),)):
            return Cell("case", (name,), "rent")
    if setting.case.rent_premium is not None:
        return Cell("accelerators", (accelerator,), "rent_usd_per_hour")
    return offer


def cooling_cell(row: Cooling) -> Cell:
    """Where the PUE of halls with some cooling stands."""
    return Cell("cooling", (row.cooling, row.climate), "pue")


def supply_cell(setting: Setting) -> Cell:
    """Where a case finds how much may be hired in its country."""
    return Cell("supply", (setting.country.id,), "tpp")


def efficiency_cells(setting: Setting, accelerator: str, column: str) -> tuple[Cell, ...]:
    """Where a case may find the MFU or the goodput of an accelerator: in the row of each precision and architecture."""
    at = (setting.assumptions.id, accelerator)
    return tuple(Cell("efficiency", key, column) for key in setting.catalogue.efficiencies if key[:2] == at)


def multiply_cells(case: Case, catalogue: Catalogue, cells: Iterable[Cell], factor: Decimal) -> dict[Cell, Decimal]:
    """What cells hold, times a factor; an empty cell stays empty."""
    found = {cell: cell_value(case, catalogue, cell) for cell in cells}
    return {cell: value * factor for cell, value in found.items() if value is not None}
