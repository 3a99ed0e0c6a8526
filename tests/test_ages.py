"""The date of a figure is that of the oldest input that decides it, and what is old is said to be."""

from __future__ import annotations

import csv
from collections.abc import Mapping

import pytest
from worlds import LIVE

from optimizer.catalogue import Catalogue
from optimizer.domain.base import OLD_AFTER_YEARS, Sourced, is_old

Row = Mapping[str, str]
RAW = LIVE / "raw" / "world" / "countries_world.csv"
SURVEY_OF_SALARIES = "2023"


@pytest.fixture(scope="module")
def world() -> dict[str, Row]:
    """The raw facts by country."""
    with RAW.open(encoding="utf-8", newline="") as file:
        return {row["iso2"]: row for row in csv.DictReader(file)}


def test_a_wage_is_as_old_as_the_gdp_it_is_derived_from(live: Catalogue, world: dict[str, Row]) -> None:
    """A wage of today's date on a GDP of 2018 would pass for a figure of today."""
    derived = [
        (country, world[code])
        for code, country in live.countries.items()
        if country.engineer_usd_per_year is not None and int(world[code]["engineer_salary_survey_n"] or 0) < 30
    ]
    assert len(derived) > 150
    for country, raw in derived:
        assert country.date_of("engineer_usd_per_year") == min(raw["gdp_year"], SURVEY_OF_SALARIES), country.id


def test_a_wage_on_a_gdp_of_more_than_ten_years_ago_is_not_known(live: Catalogue, world: dict[str, Row]) -> None:
    """Venezuela's GDP of 2014 made its engineers dearer than Brazil's."""
    year = int(live.as_of[:4])
    ages = {code: year - int(world[code]["gdp_year"]) for code in live.countries if world[code]["gdp_year"]}
    assert {"VE", "ER", "SS"} <= {code for code, age in ages.items() if age > 10}
    for code, age in ages.items():
        known = live.countries[code].engineer_usd_per_year is not None
        assert known == (age <= 10), code


def test_no_figure_that_is_built_is_newer_than_its_input(live: Catalogue, world: dict[str, Row]) -> None:
    """A rating of January 2025, a survey of 2019 and a year of generation keep their dates when they become a figure
    of ours; a median of the neighbours' is no newer than the oldest of them."""
    built = [country for country in live.countries.values() if country.verification.startswith("built")]
    assert len(built) > 150
    for country in built:
        raw = world[country.id]
        assert country.date_of("cost_of_capital") == "2025-01"
        assert country.date_of("electricity_usd_per_kwh") == country.electricity_as_of
        if "Doing Business" in raw["electricity_quality"]:
            assert country.electricity_as_of == "2019", country.id
        carbon = country.date_of("grid_carbon_g_per_kwh")
        assert carbon == country.grid_carbon_year
        is_median = "grid_carbon_g_per_kwh" in raw["regional_defaults"]
        assert carbon == ("2022" if is_median else raw["grid_carbon_year"] or "2024"), country.id


def test_the_oldest_of_several_sources_is_the_date_of_the_figure() -> None:
    """The first of them would make a GDP of 2018 one of 2023; a date of another column is none of this one."""
    row = Sourced(
        source="note: https://a.org (2023) | note: https://b.org (2018) | as_of: https://c.org (2009)", as_of="2026"
    )
    assert row.date_of("note") == "2018"
    assert row.date_of("verification") == "2026"


@pytest.mark.parametrize(
    ("as_of", "old"), [("2021", False), ("2021-01", False), ("2020-12-31", True), ("2009", True), ("", False)]
)
def test_more_than_five_years_back_is_old(as_of: str, old: bool) -> None:
    """Years are compared, so that a figure of a year without a month has one age."""
    assert OLD_AFTER_YEARS == 5
    assert is_old(as_of, "2026-11-22") is old


def test_an_old_survey_is_an_estimate_for_today(live: Catalogue) -> None:
    """How often the power failed in 2009 is no figure of today, whoever published it."""
    with (LIVE / "power_systems.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["quantity"] == "outages_per_month"]
    assert {is_old(row["as_of"], live.as_of) for row in found} == {True, False}
    for row in found:
        assert (row["estimates"] == "value") == is_old(row["as_of"], live.as_of), row["country"]
