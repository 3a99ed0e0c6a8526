"""How old the figures of the countries are: ``python data/make/ages.py`` prints a row a column, oldest and newest.

The date of a figure is that of the oldest input that decides it. One of a year more than ``OLD_AFTER_YEARS`` back is
an estimate for today, and every answer marks it as old.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

import planning_rules
from cell_sources import dates
from raw_tables import AS_OF, DATA, Row, read

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "countries": {
        "electricity_usd_per_kwh": "the tariff's own month; of a built one the survey of prices of 2019",
        "grid_carbon_g_per_kwh": "the year of generation; of a median of neighbours the oldest of them",
        "pue": "when the planning value was set; the climate behind it (1986 to 2010) does not age",
        "colocation_usd_per_kw_month": "the broker's report",
        "engineer_usd_per_year": "the older of the salary survey (2023) and the GDP",
        "cost_of_capital": "the rating",
    },
    "tax_regimes": {
        "duty": "the tariff's edition, or the list that was read: a law stands until it is changed",
        "vat": "the table or notice of rates",
    },
    "solar_yield": {"pvout_kwh_per_kwp_day": "the map; a mean of many years of sun, which does not age"},
}
"""Table -> its columns -> what decides their date."""
QUANTITIES = {
    "electricity_access": "its year",
    "generation": "its year",
    "low_carbon_share": "its year",
    "outages_per_month": "the year of the survey",
    "pv_seasonality": "the map; by astronomy where it is newer",
    "wind_capacity_factor": "the year of generation; two by hand are newer",
}
"""Quantity of ``power_systems.csv`` -> what decides its date."""


LASTING = ("pue", "pvout_kwh_per_kwp_day", "pv_seasonality")
"""Figures of the climate, means of decades: none of them is old."""


class Age(NamedTuple):
    """The dates of a column over all its rows that have a figure."""

    table: str
    column: str
    figures: int
    oldest: str
    newest: str
    old: int
    decides: str


def ages() -> Iterator[Age]:
    """A row a column."""
    for table, columns in COLUMNS.items():
        rows = read(DATA / f"{table}.csv")[1]
        rows = [row for row in rows if "-" not in row.get("id", row.get("country", ""))]  # regions repeat their country
        for column, decides in columns.items():
            yield _age(table, column, [date_of(row, column) for row in rows if row[column]], decides)
    facts = read(DATA / "power_systems.csv")[1]
    for quantity, decides in QUANTITIES.items():
        found = [row["as_of"] for row in facts if row["quantity"] == quantity]
        yield _age("power_systems", quantity, found, decides)


def date_of(row: Row, column: str) -> str:
    """The date of a figure: the oldest of the parts of its row's source that name it, else that of the row."""
    return min(dates(row["source"], column), default=row["as_of"])


def _age(table: str, column: str, found: list[str], decides: str) -> Age:
    old = sum(planning_rules.age_years(day, AS_OF) > planning_rules.OLD_AFTER_YEARS for day in found)
    return Age(table, column, len(found), min(found), max(found), 0 if column in LASTING else old, decides)


def table_of_ages() -> str:
    """The ages as Markdown."""
    lines = ["| table | column | figures | oldest | newest | old | what decides the date |\n", "| --- " * 7 + "|\n"]
    lines += [f"| {' | '.join(map(str, age))} |\n" for age in ages()]
    return "".join(lines)


if __name__ == "__main__":
    print(table_of_ages(), end="")
