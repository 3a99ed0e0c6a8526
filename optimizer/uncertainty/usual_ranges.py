"""The usual range of a figure whose row has none, by usual_ranges.csv."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from optimizer.case.setting import Setting
from optimizer.case.what_if import Cell
from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import read_rows
from optimizer.domain.tendencies import UsualRange
from optimizer.errors import DataError, Problem


def usual_range(setting: Setting, cell: Cell, value: Decimal) -> tuple[Decimal, Decimal] | None:
    """The range of a figure whose row has none, in its unit, by usual_ranges.csv; None where that says nothing of it,
    and under assumptions that do not claim to be measured.

    Raises:
        DataError: usual_ranges.csv cannot be read.
    """
    row = _usual(setting.catalogue).get((cell.table, cell.column)) if setting.assumptions.is_default else None
    if row is None:
        return None
    low = value * row.low_factor
    return low if row.least is None else max(low, min(row.least, value)), value * row.high_factor


def _usual(catalogue: Catalogue) -> Mapping[tuple[str, str], UsualRange]:
    """The rows of usual_ranges.csv, read once; a data folder of your own may do without."""
    if "usual ranges" not in catalogue.cache:
        path = catalogue.folder / "usual_ranges.csv"
        problems: list[Problem] = []
        rows = read_rows(path, UsualRange, problems) if path.is_file() else []
        if problems:
            raise DataError(problems)
        catalogue.cache["usual ranges"] = {(row.of_table, row.of_column): row for row in rows}
    found: Mapping[tuple[str, str], UsualRange] = catalogue.cache["usual ranges"]
    return found
