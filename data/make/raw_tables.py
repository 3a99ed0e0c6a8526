"""The raw tables of the world's countries: where they are, and what every step of the build reads of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent
RAW = DATA / "raw" / "world"
BUILT = "built from data/raw/world"
"""How a built row is known from one that was researched by hand."""
AS_OF = "2026-11"
BEYOND_THE_UNITED_NATIONS = ("TW", "HK", "PR", "MO", "XK")
"""Economies with a market of their own that are no members or observers of the United Nations."""
Row = dict[str, str]


def read(path: Path) -> tuple[list[str], list[Row]]:
    """Header and rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def written(header: Iterable[str], rows: Iterable[Row]) -> str:
    """The table as CSV, with quotes where they are needed."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(header), lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def climates() -> dict[str, Row]:
    """The rows of ``solar_wind.csv`` by code; where ``capitals.csv`` decides against a point of it, with the point, the
    zone and the PUE of the right one."""
    rows = {row["iso2"]: row for row in read(RAW / "solar_wind.csv")[1]}
    pue_by_zone = {row["koeppen_zone_capital"]: row["pue_from_climate"] for row in rows.values()}
    for capital in read(RAW / "capitals.csv")[1]:
        if capital["decision"]:
            point = {name: capital[name] for name in ("capital_lat", "capital_lon", "koeppen_zone_capital")}
            rows[capital["iso2"]] |= point | {"pue_from_climate": pue_by_zone[point["koeppen_zone_capital"]]}
    return rows


def is_core(row: Row) -> bool:
    """Whether the economy gets rows of its own: members and observers of the United Nations, and five more."""
    return row["kind"] in ("un_member", "un_observer") or row["iso2"] in BEYOND_THE_UNITED_NATIONS
