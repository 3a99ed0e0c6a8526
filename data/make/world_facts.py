"""Builds ``power_systems.csv`` and ``decisions.csv``: a step of ``python data/make``.

Power systems: one row a figure, from the raw tables of the world, each with its own source, date and grade. A
figure that is missing in the raw table has no row. Decisions: every difference between the 44 countries that were
researched by hand and the later readings (``raw/world/differences_44.csv``), with what was decided and why. The same
bytes come out every time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import planning_rules
from raw_tables import AS_OF, DATA, RAW, Row, climates, read, written

FACTS = ("country", "quantity", "value", "unit", "source", "as_of", "verification", "estimates", "note")
DECISIONS = ("country", "figure", "ours", "read", "now", "decision", "reason", "source", "as_of", "verification")
DECISIONS += ("estimates", "note")
IRENA_ADDRESS = "https://github.com/OSeMOSYS/osemosys_global/tree/5983d6b9c14160537c5c36cb5c1346a8cd882d3c/resources/data/validation"
ADDRESSES = {"cc_mix": "https://ourworldindata.org/electricity-mix"}
"""Public addresses of sources that were read as packages."""
WIND_YEAR = "2022"
"""Year of every capacity factor of wind that was read, and so of the medians of them."""

QUANTITIES = (
    ("generation", "generation_twh", "TWh/year", "generation_year", ("merged",)),
    ("low_carbon_share", "low_carbon_share", "share", "low_carbon_year", ("cc_mix",)),
    ("electricity_access", "electricity_access_pct", "per cent", "electricity_access_year", ("access",)),
    ("outages_per_month", "outages_per_month", "outages/month", "outages_year", ("wbes", "wbes_zs")),
)
"""Quantity, column of the raw table, unit, column of its year, ids of its sources."""
NOTES = {
    "outages_per_month": "Power outages in a typical month as firms report them (World Bank Enterprise Surveys):"
    " how often, not how long.",
    "low_carbon_share": "Share of nuclear and renewable sources in generation; Our World in Data, read through the"
    " package codecarbon 3.3.2.",
    "generation": "Our World in Data, read in a merged copy.",
    "electricity_access": "World Bank EG.ELC.ACCS.ZS through Our World in Data.",
    "pv_seasonality": "Highest over lowest month at the latitude of the capital, by astronomy alone: no weather.",
    "pv_seasonality_index": "Highest over lowest month of the yield, as published, mean of the country.",
}
KEPT = {
    "electricity_usd_per_kwh": "Ours is an industrial price of 2025 or 2026; the survey's is that of a medium firm"
    " in 2019",
    "grid_carbon_g_per_kwh": "Ours states its year; the newer figure of the same publisher does not, and is within 6 %",
    "vat": "The open tables are known to be stale: they have older rates where ours was looked up since",
    "pue": "Both are estimates; ours is for the region where halls stand, the other for the climate of the capital",
}
"""Why the row that was researched by hand stands, by figure."""
RULES = {
    "country_groups": "A country of group D:1 is in no group B: the rules that follow are those of D:1",
    "engineer_usd_per_year": "One rule for all countries in place of one figure for a region: 1.3 times the survey's"
    " median where 30 answers make it, else 1.3 times the fit",
}
"""Why another figure stands in place of ours, by figure."""


def facts() -> str:
    """``power_systems.csv`` as it has to be."""
    addresses = {row["id"]: row for row in read(RAW / "sources.csv")[1]}
    world = {row["iso2"]: row for row in read(RAW / "countries_world.csv")[1]}
    capitals = climates()
    suns = {row["iso2"]: row["pv_seasonality_index"] for row in read(RAW / "solar_published.csv")[1]}
    found: list[Row] = []
    for country in sorted(row["id"] for row in read(DATA / "countries.csv")[1] if not row["part_of"]):
        for quantity, column, unit, year, ids in QUANTITIES:
            row = world[country]
            if row[column]:
                named = [name for name in ids if name in row["sources"].split(";")]
                source = " | ".join(ADDRESSES.get(name) or addresses[name]["address"].split(" ; ")[0] for name in named)
                is_old = planning_rules.age_years(row[year], AS_OF) > planning_rules.OLD_AFTER_YEARS
                old = "value" if is_old else ""
                found.append(_fact(country, quantity, row[column], unit, source, row[year], "dataset", old))
        found += _of_wind(country, capitals[country])
        found += _of_sun(country, capitals[country], suns.get(country), addresses["solar20"]["address"])
    return written(FACTS, found)


def _of_wind(country: str, row: Row) -> Iterator[Row]:
    by_median = "wind_capacity_factor" in row["regional_defaults"].split(";")
    estimates = (*row["estimates"].split(";"), *row["regional_defaults"].split(";"))
    if row["wind_capacity_factor"]:
        is_estimate = "wind_capacity_factor" in estimates
        listed = not is_estimate and bool(row["wind_cf_realised_irena"])
        yield _fact(
            country,
            "wind_capacity_factor",
            row["wind_capacity_factor"],
            "share",
            IRENA_ADDRESS if listed else "planning estimate",
            row["wind_cf_year"] if listed else WIND_YEAR if by_median else AS_OF,
            "dataset" if listed else "estimate",
            "" if listed else "value",
            row["note"] if listed or "wind factor" in row["note"] else "The median of the neighbours, or by hand.",
        )


def _of_sun(country: str, row: Row, published: str | None, address: str) -> Iterator[Row]:
    """The seasons of the sun: as published, else by astronomy."""
    name, unit = "pv_seasonality", "ratio"
    if published:
        note = NOTES["pv_seasonality_index"]
        yield _fact(country, name, published, unit, address, "2020-06", "dataset", "", note)
    elif value := row["pv_seasonality_astronomical"]:
        yield _fact(country, name, value, unit, "planning estimate", AS_OF, "derived", "value")


def _fact(
    country: str,
    quantity: str,
    value: str,
    unit: str,
    source: str,
    as_of: str,
    verification: str,
    estimates: str,
    note: str = "",
) -> Row:
    return {
        "country": country,
        "quantity": quantity,
        "value": value,
        "unit": unit,
        "source": source or "planning estimate",
        "as_of": as_of,
        "verification": verification,
        "estimates": estimates or ("" if source else "value"),
        "note": note or NOTES.get(quantity, ""),
    }


def decision(ours: str, other: str, now: str) -> str:
    """Which of two readings stands in the data: ours is kept, the other is taken, or neither."""
    first, second, stands = (_number(text) for text in (ours, other, now))
    return "kept" if stands == first else "taken" if stands == second else "neither"


def _number(text: str) -> Decimal | str:
    """The figure before a remark in brackets, by value; other text as it is."""
    try:
        return Decimal(text.partition(" (")[0])
    except InvalidOperation:
        return text


def decisions() -> str:
    """``decisions.csv`` as it has to be."""
    countries = {row["id"]: row for row in read(DATA / "countries.csv")[1]}
    taxes, groups = (read(DATA / f"{name}.csv")[1] for name in ("tax_regimes", "country_groups"))
    rows = []
    for row in read(RAW / "differences_44.csv")[1]:
        code, figure = row["iso2"], row["field"]
        if figure == "vat":
            found = [tax["vat"] for tax in taxes if tax["country"] == code and tax["is_default"] == "1"]
        elif figure == "country_groups":  # the two of which the readings speak
            found = [one["group"] for one in groups if one["country"] == code and one["group"] in ("B", "D:1")]
        else:
            found = [countries[code][figure]]
        now = ";".join(dict.fromkeys(found))
        rows.append(
            {
                "country": row["iso2"],
                "figure": row["field"],
                "ours": row["ours"],
                "read": row["read"],
                "now": now,
                "decision": decision(row["ours"], row["read"], now),
                "reason": (RULES | KEPT)[figure],
                "source": "data/raw/world/differences_44.csv",
                "as_of": AS_OF,
                "verification": "derived",
                "estimates": "",
                "note": row["note"],
            }
        )
    return written(DECISIONS, rows)


def files() -> dict[Path, str]:
    """Every file that this step makes."""
    return {DATA / "power_systems.csv": facts(), DATA / "decisions.csv": decisions()}
