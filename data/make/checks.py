"""Compares cells that were confirmed at a source with what the tables hold now: ``python data/make/checks.py``.

``data/checks/cells.csv`` has a row for every cell that was followed to its source, or to a second public copy of it:
the figure as it was shipped, the figure that was found there, and what they should be to each other. A cell that has
changed since, or that no longer fits what was found, is printed, and the status is 1.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from world import DATA, RAW, read

CELLS = DATA / "checks" / "cells.csv"
SOURCES = DATA / "checks" / "sources.csv"
SAME, DIFFERS, NOT_FOUND = "same", "differs", "not found"
Figures = dict[str, str]
"""Cell of a country by its code; empty where it is empty."""


def _column(table: Path, key: str, column: str) -> Callable[[], Figures]:
    return lambda: {row[key]: row[column] for row in read(table)[1]}


def _power(quantity: str) -> Callable[[], Figures]:
    rows = read(DATA / "power_systems.csv")[1]
    return lambda: {row["country"]: row["value"] for row in rows if row["quantity"] == quantity}


def _tax(column: str) -> Callable[[], Figures]:
    rows = read(DATA / "tax_regimes.csv")[1]
    return lambda: {row["country"]: row[column] for row in rows if row["regime"] == "standard"}


def _group_a() -> Figures:
    """A:5, A:6 or neither: the two of country group A that a rule speaks of."""
    found = dict.fromkeys((row["id"] for row in read(DATA / "countries.csv")[1]), "neither")
    for row in read(DATA / "country_groups.csv")[1]:
        if row["group"] in ("A:5", "A:6") and not row["effective_to"]:
            found[row["country"]] = row["group"]
    return found


def shipped() -> dict[str, Figures]:
    """What the tables hold, by figure and country."""
    world = RAW / "countries_world.csv"
    readers: dict[str, Callable[[], Figures]] = {
        "grid_carbon_g_per_kwh": _column(DATA / "countries.csv", "id", "grid_carbon_g_per_kwh"),
        "pvout_kwh_per_kwp_day": _column(DATA / "solar_yield.csv", "country", "pvout_kwh_per_kwp_day"),
        "generation_twh": _power("generation"),
        "outages_per_month": _power("outages_per_month"),
        "vat": _tax("vat"),
        "duty": _tax("duty"),
        "country_risk_premium_pct": _column(world, "iso2", "country_risk_premium_pct"),
        "survey_tariff_usd_per_kwh": _column(world, "iso2", "doing_business_tariff_2019_usd_per_kwh"),
        "export_group_a": _group_a,
    }
    return {figure: reader() for figure, reader in readers.items()}


def fits(ours: str, found: str, factor: str, within: str) -> bool:
    """Whether two figures are the same, the found one times its factor, within what the row states; words are the same
    letter by letter."""
    if not factor:
        return ours == found
    return abs(Decimal(ours) - Decimal(found) * Decimal(factor)) <= Decimal(within)


def departed() -> list[str]:
    """Cells that have changed since they were confirmed, or whose result is not what the two figures give."""
    now = shipped()
    sources = {row["id"] for row in read(SOURCES)[1]}
    wrong = []
    for row in read(CELLS)[1]:
        name = f"{row['country']} {row['figure']}"
        held = now[row["figure"]].get(row["country"], "")
        if held != row["ours"]:
            wrong.append(f"{name}: {row['ours']} was confirmed, the table has {held or 'nothing'}")
        elif row["source"] not in sources and row["result"] != NOT_FOUND:
            wrong.append(f"{name}: no source {row['source']} in {SOURCES.name}")
        elif row["result"] == SAME and not fits(row["ours"], row["found"], row["factor"], row["within"]):
            wrong.append(f"{name}: {row['ours']} is said to be the same as {row['found']}")
        elif row["result"] == DIFFERS and not row["note"]:
            wrong.append(f"{name}: it differs from what was found, and no reason stands beside it")
    return wrong


def main() -> int:
    """Print how many cells of each figure were confirmed, and which have departed."""
    counts = Counter((row["figure"], row["result"]) for row in read(CELLS)[1])
    for (figure, result), count in sorted(counts.items()):
        print(f"{figure}: {count} {result}")
    wrong = departed()
    for line in wrong:
        print(line)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
