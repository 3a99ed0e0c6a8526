"""Compares cells that were confirmed at a source with what the tables hold now: ``python data/make/checks.py``.

With ``--countries`` it prints ``data/checks/README.md``, which ``python data/make`` writes: the countries that were
drawn at random (``drawn.csv``), each figure that decides their answers, and where it was followed to.

``data/checks/cells.csv`` has a row for every cell that was followed to its source, or to a second public copy of it:
the figure as it was shipped, the figure that was found there, and what they should be to each other. A cell that has
changed since, or that no longer fits what was found, is printed, and the status is 1. So is a capital that two lists
have at different points (``raw/world/solar_wind.csv``, ``raw/world/capitals.csv``) without a decision.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import ages
import planning_rules
from raw_tables import BUILT, DATA, RAW, Row, climates, read

CELLS = DATA / "checks" / "cells.csv"
SOURCES = DATA / "checks" / "sources.csv"
DRAWN = DATA / "checks" / "drawn.csv"
TABLE = DATA / "checks" / "README.md"
SAME, DIFFERS, NOT_FOUND = "same", "differs", "not found"
Figures = dict[str, str]
"""Cell of a country by its code; empty where it is empty."""


def _column(table: Path, key: str, column: str) -> Callable[[], Figures]:
    return lambda: {row[key]: row[column] for row in read(table)[1]}


def _power(quantity: str) -> Callable[[], Figures]:
    rows = read(DATA / "power_systems.csv")[1]
    return lambda: {row["country"]: row["value"] for row in rows if row["quantity"] == quantity}


def _offers() -> dict[str, dict[str, Row]]:
    """The offer at which a plan rents, by country and accelerator: the lowest on demand of those with a range, in
    machines of four or more."""
    found: dict[str, dict[str, Row]] = {}
    dearest_first = sorted(read(DATA / "offers.csv")[1], key=lambda row: -Decimal(row["usd_per_hour"]))
    for row in dearest_first:
        if row["terms"] == "on_demand" and row["usd_low_per_hour"] and int(row["devices"] or 0) >= 4:
            found.setdefault(row["country"], {})[row["accelerator"]] = row
    return found


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


def _groups(names: tuple[str, ...]) -> Figures:
    """Those of some groups that each country is in today, in their order; "none" where it is in none."""
    held: dict[str, set[str]] = {row["id"]: set() for row in read(DATA / "countries.csv")[1]}
    for row in read(DATA / "country_groups.csv")[1]:
        if not row["effective_to"]:
            held[row["country"]].add(row["group"])
    return {country: ";".join(name for name in names if name in own) or "none" for country, own in held.items()}


def _allies() -> Figures:
    """Tier 1 of the AI Diffusion rule, or another; the United States have none."""
    tiers = _groups(("AIA", "T2", "T3"))
    return {country: {"AIA": "1", "none": "none"}.get(tier, "2 or 3") for country, tier in tiers.items()}


def shipped() -> dict[str, Figures]:
    """What the tables hold, by figure and country."""
    world = RAW / "countries_world.csv"
    readers: dict[str, Callable[[], Figures]] = {
        "grid_carbon_g_per_kwh": _column(DATA / "countries.csv", "id", "grid_carbon_g_per_kwh"),
        "pvout_kwh_per_kwp_day": _column(DATA / "solar_yield.csv", "country", "pvout_kwh_per_kwp_day"),
        "generation_twh": _power("generation"),
        "wind_capacity_factor": _power("wind_capacity_factor"),
        "outages_per_month": _power("outages_per_month"),
        "vat": _tax("vat"),
        "duty": _tax("duty"),
        "country_risk_premium_pct": _column(world, "iso2", "country_risk_premium_pct"),
        "survey_tariff_usd_per_kwh": _column(world, "iso2", "doing_business_tariff_2019_usd_per_kwh"),
        "tariff_usd_per_kwh": _column(DATA / "countries.csv", "id", "electricity_usd_per_kwh"),
        "export_group_a": _group_a,
        "export_group_b": lambda: _groups(("B",)),
        "export_group_de": lambda: _groups(("D:1", "D:4", "D:5", "E:1", "E:2")),
        "diffusion_ally": _allies,
        "koeppen_zone": lambda: {code: row["koeppen_zone_capital"] for code, row in climates().items()},
        "pue": _column(DATA / "countries.csv", "id", "pue"),
        "wage_usd_per_year": _column(DATA / "countries.csv", "id", "engineer_usd_per_year"),
        "gdp_usd": _column(world, "iso2", "gdp_usd"),
        "colocation_usd_per_kw_month": _column(DATA / "countries.csv", "id", "colocation_usd_per_kw_month"),
    }
    offers = {(name, code): row["usd_per_hour"] for code, rows in _offers().items() for name, row in rows.items()}
    for name, _ in offers:
        readers[f"rent {name}"] = lambda name=name: {code: usd for (of, code), usd in offers.items() if of == name}  # type: ignore[misc]
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


APART_DEGREES = 0.3
"""How far apart two lists may have one city: more than a large city, less than the next one."""


def misplaced(first: Path = RAW / "solar_wind.csv", second: Path = RAW / "capitals.csv") -> list[str]:
    """Capitals that two lists have at different points without a decision, and sites of the sun that are at neither."""
    points = {row["iso2"]: row for row in read(first)[1]}
    capitals, wrong = {row["iso2"]: row for row in read(second)[1]}, []
    for code in (row["id"] for row in read(DATA / "countries.csv")[1] if not row["part_of"]):
        if code not in capitals:
            wrong.append(f"{code}: its capital is in no second list")
        elif (apart := _apart(points[code], capitals[code])) > APART_DEGREES and not capitals[code]["decision"]:
            wrong.append(f"{code}: the two lists have {points[code]['capital']} {apart:.2f} degrees apart, undecided")
    for row in read(DATA / "solar_yield.csv")[1]:
        site = {"capital_lat": row["latitude"], "capital_lon": row["longitude"]}
        if row["site"] == points[row["country"]]["capital"] and _apart(site, capitals[row["country"]]) > APART_DEGREES:
            wrong.append(f"{row['country']}: solar_yield.csv has {row['site']} at another point")
    return wrong


def _apart(one: Row, other: Row) -> float:
    return max(abs(float(one[name]) - float(other[name])) for name in ("capital_lat", "capital_lon"))


HEADINGS = {
    "tariff_usd_per_kwh": "tariff USD/kWh",
    "grid_carbon_g_per_kwh": "carbon g/kWh",
    "vat": "VAT",
    "duty": "duty",
    "export_group_a": "group A",
    "export_group_de": "groups D, E",
    "export_group_b": "group B",
    "diffusion_ally": "tier",
    "pue": "PUE",
    "wage_usd_per_year": "wage USD/year",
    "country_risk_premium_pct": "risk premium %",
    "outages_per_month": "outages a month",
    "pvout_kwh_per_kwp_day": "sun kWh/kWp/day",
    "wind_capacity_factor": "wind factor",
    "generation_twh": "system TWh",
    "colocation_usd_per_kw_month": "colocation USD/kW-month",
}
"""The figures that decide an answer."""
LETTERS = {SAME: "S", DIFFERS: "D", NOT_FOUND: "N"}
RULES = {"tariff_usd_per_kwh": ("electricity_usd_per_kwh", "countries.csv", "id")}
RULES |= {"pue": ("pue", "countries.csv", "id"), "wage_usd_per_year": ("engineer_usd_per_year", "countries.csv", "id")}
INPUTS = {"tariff_usd_per_kwh": "survey_tariff_usd_per_kwh", "pue": "koeppen_zone", "wage_usd_per_year": "gdp_usd"}
"""Figures that are derived from one that was followed to its source, in rows that are built."""
RULES |= {"colocation_usd_per_kw_month": ("colocation_usd_per_kw_month", "countries.csv", "id")}
RULES |= {"wind_capacity_factor": ("value", "power_systems.csv", "country")}
RULES |= {"vat": ("vat", "tax_regimes.csv", "country"), "duty": ("duty", "tax_regimes.csv", "country")}
"""Figures that may be estimates: their column, table and key."""
PREAMBLE = """# Thirty countries, each deciding figure followed to its source

Written by `python data/make` from `cells.csv`, `sources.csv` and `drawn.csv`. The countries were
drawn with `random.Random({seed}).sample(codes, {count})` from the {codes} codes in order.

**S** the same at its source, or in a public copy of the source's table, that was opened (its number is below);
**E** an estimate: it follows from the source with that number, or from a rule or a planning value where there is none;
**D** differs, the reason stands in `cells.csv`; **N** not found, `cells.csv` says where it was looked for;
**L** has a source in the table that was not opened again; **U** not known, empty. Wages follow from the GDP by a
rule; copies of the World Bank's GDP of 2023 were found for two of the thirty, and the IMF's was read for two and for
those that are old. The source of a PUE is that of the zone of climate, of a tariff that of the survey. The wind is
IRENA's copy, held against Ember's generation where it has a number, or the median of the neighbours (E).
**Colocation is one broker's mean of sixteen cities** in all but Latin America (an estimate below it), Singapore and
the United States: an answer says so next to the figure. `python data/make --check` calculates every E again.

"""


OFFERS = """
## What is rented

The offers at which plans rent in these countries: the lowest of each accelerator on demand, in whole servers. In the
others no public offer is known, so no plan rents there. A purchase is at one price in all countries, plus its taxes.

| country | accelerator | provider, region | USD/h | date | |
| --- | --- | --- | --- | --- | --- |
"""
AGES = """
## How old the figures of all countries are

The date of a figure is that of the oldest input that decides it (`python data/make/ages.py`). One of a year more than
{years} back is an estimate, and answers mark it as old; the climate and the sun are means of decades and do not age. A
figure of ours that is derived from an input more than {unknown} years back is not known (wages on the GDP of such a
year: {wages}).

"""


def state_of(country: str, figure: str, ours: str, cells: dict[tuple[str, str], Row], numbers: dict[str, int]) -> str:
    """One cell of the table of countries: the letter of its state, with the number of the source that was opened."""
    cell = cells.get((country, figure))
    if cell:
        return LETTERS[cell["result"]] + (str(numbers[cell["source"]]) if cell["source"] else "")
    if not ours:
        return "U"
    column, table, key = RULES[figure]
    rows = (row for row in read(DATA / table)[1] if row[key] == country)
    row = next(row for row in rows if row.get("quantity", figure) == figure)
    if column not in row["estimates"].split(";"):
        return "L"
    is_built = row["verification"].startswith(BUILT) or figure == "wage_usd_per_year"
    of_input = cells.get((country, INPUTS.get(figure, ""))) if is_built else None
    return "E" + (str(numbers[of_input["source"]]) if of_input else "")


def table_of_countries() -> str:
    """The countries that were drawn, as Markdown: a row each, a column a figure, and the sources by their numbers."""
    now, drawn = shipped(), read(DRAWN)[1]
    cells = {(row["country"], row["figure"]): row for row in read(CELLS)[1]}
    sources = read(SOURCES)[1]
    numbers = {row["id"]: place for place, row in enumerate(sources, 1)}
    names = {row["id"]: row["name"] for row in read(DATA / "countries.csv")[1] if not row["part_of"]}
    lines = [PREAMBLE.format(seed=drawn[0]["seed"], count=len(drawn), codes=len(names))]
    lines += [f"| country | {' | '.join(HEADINGS.values())} |\n", "| --- " * (len(HEADINGS) + 1) + "|\n"]
    for country in (row["country"] for row in drawn):
        texts = []
        for figure in HEADINGS:
            ours = now[figure].get(country, "")
            state = state_of(country, figure, ours, cells, numbers)
            texts.append(f"{ours} {state}".strip())
        lines.append(f"| {country} {names[country]} | {' | '.join(texts)} |\n")
    lines.append(OFFERS)
    for country in (row["country"] for row in drawn):
        for name, row in sorted(_offers().get(country, {}).items()):
            cell = cells.get((country, f"rent {name}"))
            state = f"{LETTERS[cell['result']]}{numbers[cell['source']]}" if cell else "L"
            where = f"{row['provider']}, {row['region']}"
            lines.append(f"| {country} | {name} | {where} | {row['usd_per_hour']} | {row['as_of']} | {state} |\n")
    years = {"years": planning_rules.OLD_AFTER_YEARS, "unknown": planning_rules.UNKNOWN_AFTER_YEARS}
    lines += [AGES.format(**years, wages=_too_old(names)), ages.table_of_ages(), "\nSources:\n\n"]
    lines += [f"{numbers[row['id']]}. {row['what']}: <{row['address']}> ({row['date']})\n" for row in sources]
    return "".join(lines)


def _too_old(names: dict[str, str]) -> str:
    """The countries whose wage is not known because their GDP is too old, each with its year."""
    wages = _column(DATA / "countries.csv", "id", "engineer_usd_per_year")()
    rows = read(RAW / "countries_world.csv")[1]
    found = [row for row in rows if row["gdp_year"] and not wages.get(row["iso2"], "-")]
    return ", ".join(f"{names[row['iso2']]} ({row['gdp_year']})" for row in found) or "none today"


def files() -> dict[Path, str]:
    """Every file that this step makes."""
    return {TABLE: table_of_countries()}


def main() -> int:
    """Print how many cells of each figure were confirmed, and which have departed; or the table of countries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--countries", action="store_true", help="print the table of the countries that were drawn")
    if parser.parse_args().countries:
        print(table_of_countries(), end="")
        return 0
    counts = Counter((row["figure"], row["result"]) for row in read(CELLS)[1])
    for (figure, result), count in sorted(counts.items()):
        print(f"{figure}: {count} {result}")
    wrong = [*departed(), *misplaced()]
    for line in wrong:
        print(line)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
