"""What every cell of the raw tables has to be: all problems at once, each with its file, line, column, value and rule.

A rule is of a column's name, in whichever raw table it stands, so that a new table is checked too. ``not_used`` says
which cells of the raw tables decide nothing, as another table goes before them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from optimizer.domain import Country

OWN_COLUMNS = ("electricity_usd_per_kwh", "grid_carbon_g_per_kwh", "cost_of_capital")
"""Columns with the name, and so the bounds, of the column of ``countries.csv`` that they become."""
SHARES = (
    "duty duty_low duty_high vat server_duty low_carbon_share wind_capacity_factor solar_capacity_factor"
    " solar_cf_realised_irena wind_cf_realised_irena offshore_cf_realised_irena is_estimate recoverable"
    " vat_recoverable_public ita_member wto_member"
)
POSITIVE = (
    "gdp_usd gdp_usd_per_person engineer_loaded_fit_usd engineer_salary_fit_usd engineer_salary_survey_median_usd"
    " pvout_kwh_per_kwp_day pv_seasonality_index pv_seasonality_astronomical params_total params_active tokens flop"
    " params_b active_b tokens_b count days gpu_hours mw budget_usd budget_local usd_per_gpu_all_in"
    " country_risk_premium_pct energy_mwh engineer_present_usd estimate ghi_kwh_per_m2_day"
    " grid_carbon_ember_2025_g_per_kwh mw_1_share_of_average_load population pue_present"
    " pv_installed_cost_usd_per_kw pv_lcoe_2018_usd_per_kwh_world_bank pv_lcoe_2024_usd_per_kwh rows value"
    " wind_installed_cost_usd_per_kw wind_lcoe_2024_usd_per_kwh"
)
BOUNDS = {
    **dict.fromkeys(SHARES.split(), (Decimal(0), Decimal(1))),
    **dict.fromkeys(POSITIVE.split(), (Decimal(0), Decimal("1e30"))),
    "doing_business_tariff_2019_usd_per_kwh": (Decimal(0), Decimal(2)),
    "generation_twh": (Decimal(0), Decimal(50_000)),
    "electricity_access_pct": (Decimal(0), Decimal(100)),
    "outages_per_month": (Decimal(0), Decimal(1_000)),
    "engineer_salary_survey_n": (Decimal(0), Decimal(1_000_000)),
    "pue_from_climate": (Decimal(1), Decimal(5)),
    "capital_lat": (Decimal(-90), Decimal(90)),
    "capital_lon": (Decimal(-180), Decimal(180)),
    "latitude": (Decimal(-90), Decimal(90)),
    "longitude": (Decimal(-180), Decimal(180)),
    "largest_city_lat": (Decimal(-90), Decimal(90)),
    "largest_city_lon": (Decimal(-180), Decimal(180)),
}
"""Smallest and largest value of a column that is a number; an empty cell is a figure that is not known."""
YEARS_OF = {
    "outages_per_month": "outages_year",
    "generation_twh": "generation_year",
    "low_carbon_share": "low_carbon_year",
    "electricity_access_pct": "electricity_access_year",
    "gdp_usd": "gdp_year",
    "wind_cf_realised_irena": "wind_cf_year",
}
"""A figure -> the column of its year, which it may not be without."""
YEARS = (*YEARS_OF.values(), "grid_carbon_year", "population_year", "solar_cf_year")
COUNTRY_RULES = {"iso2": r"[A-Z]{2}", "part_of": r"[A-Z]{2}", "iso3": r"[A-Z]{3}", "iso3166_2": r"[A-Z]{2}-\d{2}"}
TEXTS = (
    "accelerator accelerator_published address aliases architecture as_of as_part_of base budget capital"
    " capital_source cost_usd country country_risk_premium_basis currency date decision demonym_en demonym_es"
    " demonym_pt developer diesel_usd_per_litre diffusion_tier_2025_01 electricity_quality energy_basis estimates"
    " field group group_b groups groups_2026_11 id income_group ita_since kind koeppen_zone_capital largest_city"
    " licence mean_annual_temperature_c mfu_steady name name_es name_fr name_pt names note other_hours ours"
    " power_mw precision precision_published project pue read region regional_defaults rule_for_3a090_a"
    " saidi_h_per_year saifi_per_year scope server_duty_note site source source_url sources status tool_question"
    " un_region un_subregion unit usd_basis usd_per_hour vat_note vat_others vat_source verification wb_region"
    " wet_bulb_c what why wind_class year geonameid"
)
"""Columns that may hold any text: a column that is in none of these rules is refused, as no cell of it is checked."""
RULED = {*TEXTS.split(), *BOUNDS, *OWN_COLUMNS, *COUNTRY_RULES, *YEARS, "electricity_as_of"}
MANY_ROWS = ("differences_44.csv", "sovereign_llm.csv", "sovereign_projects.csv")
"""Tables with several rows a country."""
NEEDED = {"countries_world.csv": ("iso3", "name", *OWN_COLUMNS)}
"""Columns that a country that gets rows of its own may not be without."""
GO_BEFORE = (("vat_looked_up.csv", "vat"), ("server_duties.csv", "server_duty"))
"""Tables of figures that were looked up -> the column of countries_world.csv that they go before."""


def bounds(column: str) -> tuple[Decimal, Decimal] | None:
    """Smallest and largest value of a column of numbers."""
    if column not in OWN_COLUMNS:
        return BOUNDS.get(column)
    rules = Country.model_fields[column].metadata
    low, high = (next(getattr(one, name) for one in rules if hasattr(one, name)) for name in ("ge", "le"))
    return Decimal(low), Decimal(high)


def _cell(column: str, value: str) -> str:
    """What the rule of a column says where a value breaks it; empty where it does not."""
    if column in COUNTRY_RULES:
        return "" if re.fullmatch(COUNTRY_RULES[column], value) else "a code of a country, as CH"
    if column in YEARS:
        return "" if not value or re.fullmatch(r"(19|20)\d\d", value) else "a year, as 2024"
    if column == "electricity_as_of":
        return "" if re.fullmatch(r"|(19|20)\d\d(-H[12]|-\d\d){0,1}(-\d\d)?", value) else "a date, as 2025-06"
    if not value or (limits := bounds(column)) is None:
        return ""
    low, high = limits
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "a number"
    return "" if number.is_finite() and low <= number <= high else f"a number from {low:,f} to {high:,f}"


def problems(raw: Path) -> list[str]:
    """Every cell of the raw tables that breaks its rule."""
    found = [line for path in sorted(raw.glob("*.csv")) for line in _of_table(path)]
    if found:
        return found
    known = {row["iso2"] for row in _rows(raw / "countries_world.csv")}
    return [
        f"{path.name}, iso2 {row['iso2']!r}: expected a country of countries_world.csv"
        for path in sorted(raw.glob("*.csv"))
        if path.name not in MANY_ROWS
        for row in _rows(path)
        if row.get("iso2") and row["iso2"] not in known
    ]


def _of_table(path: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        yield f"{path.name}: not UTF-8 (byte {error.start})"
        return
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    needed = NEEDED.get(path.name, ())
    for column in needed:
        if column not in (reader.fieldnames or ()):
            yield f"{path.name} line 1: no column {column}"
    for column in reader.fieldnames or ():
        if column not in RULED:
            yield f"{path.name} line 1, {column!r}: a column without a rule: add it to raw_rules.py"
    seen: set[str] = set()
    try:
        for row in reader:
            at = f"{path.name} line {reader.line_num}"
            if None in row or None in row.values():
                yield f"{at}: {len(reader.fieldnames or ())} cells expected, as in the header"
                continue
            broken = {column: rule for column, value in row.items() if (rule := _cell(column, value))}
            broken |= {
                column: f"a year, as {figure} is {row[figure]}"
                for figure, column in YEARS_OF.items()
                if row.get(figure) and not row.get(column)
            }
            if row.get("kind") in ("un_member", "un_observer"):
                broken |= {column: "not empty" for column in needed if not row.get(column)}
            code = row.get("iso2", "")
            if code and code in seen and path.name not in MANY_ROWS:
                broken["iso2"] = "one row a country"
            seen.add(code)
            for column, rule in broken.items():
                yield f"{at}, {column} {row.get(column)!r}: expected {rule}"
    except csv.Error as error:
        yield f"{path.name} line {reader.line_num}: {error}"


def not_used(data: Path) -> Iterator[str]:
    """The cells of ``countries_world.csv`` that decide nothing, as another table goes before them."""
    tables = {path.name: _rows(path) for path in (data / "raw" / "world").glob("*.csv")}
    raw = {row["iso2"]: row for row in tables["countries_world.csv"]}
    for table, column in GO_BEFORE:
        codes = [row["iso2"] for row in tables[table] if raw[row["iso2"]][column]]
        yield f"not used: {column} of countries_world.csv, as {table} goes before it: {' '.join(codes)}"
    for table, key, columns in (
        ("countries", "id", "tariff, carbon, cost of capital"),
        ("tax_regimes", "country", "vat, server_duty"),
    ):
        own = (row[key] for row in _rows(data / f"{table}.csv") if not row["verification"].startswith("built from"))
        codes = [code for code in dict.fromkeys(own) if code in raw]
        yield f"not used: {columns} of countries_world.csv, as rows by hand of {table}.csv go before: {' '.join(codes)}"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
