"""The date of a figure is that of the oldest input that decides it, and what is old is said to be."""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Mapping
from decimal import Decimal
from types import ModuleType

import pytest
from worlds import LIVE

from optimizer.catalogue import Catalogue
from optimizer.domain.base import OLD_AFTER_YEARS, Sourced, is_old

Row = Mapping[str, str]
SURVEY_OF_SALARIES = "2023"


@pytest.fixture(scope="module")
def rules() -> ModuleType:
    """The rules of the build; they stand beside the data, not in the package."""
    spec = importlib.util.spec_from_file_location("planning_rules", LIVE / "make" / "planning_rules.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(name: str) -> list[dict[str, str]]:
    """The rows of a table of the data folder."""
    with (LIVE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def world() -> dict[str, Row]:
    """The raw facts by country."""
    return {row["iso2"]: row for row in read("raw/world/countries_world.csv")}


def test_a_wage_is_as_old_as_the_gdp_it_is_derived_from(live: Catalogue, world: dict[str, Row]) -> None:
    """A wage of today's date on a GDP of 2020 would pass for a figure of today."""
    derived = [
        (country, world[code])
        for code, country in live.every_country.items()
        if country.engineer_usd_per_year is not None and int(world[code]["engineer_salary_survey_n"] or 0) < 30
    ]
    assert len(derived) > 150
    newer = {row["iso2"]: row["as_of"] for row in read("raw/world/gdp_imf.csv")}
    for country, raw in derived:
        gdp = newer.get(country.id, raw["gdp_year"])
        assert country.date_of("engineer_usd_per_year") == min(gdp, SURVEY_OF_SALARIES), country.id
    assert live.countries["CU"].date_of("engineer_usd_per_year") == "2020"


def test_a_wage_on_a_gdp_of_more_than_ten_years_ago_is_not_known(rules: ModuleType) -> None:
    """Venezuela's GDP of 2014 made its engineers dearer than Brazil's; ten years back is the last that counts."""
    row = {"engineer_salary_survey_n": "", "engineer_loaded_fit_usd": "81400"}
    assert rules.wage_usd_per_year(row | {"gdp_year": "2014"}, "2026-11") == ""
    assert rules.wage_usd_per_year(row | {"gdp_year": ""}, "2026-11") == ""
    assert rules.wage_usd_per_year(row | {"gdp_year": "2016"}, "2026-11") == "81400"


def test_an_old_gdp_gives_way_to_a_newer_one(live: Catalogue, world: dict[str, Row], rules: ModuleType) -> None:
    """By hand: exp(7.447 + 0.3694 ln 2,972) times 1.3 is 42,800 USD for Venezuela; the raw fits of all others come out
    within one per cent of the same line."""
    assert live.countries["VE"].engineer_usd_per_year == 42_800
    assert rules.fitted_wage_usd_per_year("2972") == "42800"
    for row in world.values():
        if row["gdp_usd"] and row["population"] and row["engineer_loaded_fit_usd"]:
            again = float(rules.fitted_wage_usd_per_year(str(float(row["gdp_usd"]) / float(row["population"]))))
            assert again == pytest.approx(float(row["engineer_loaded_fit_usd"]), rel=0.01), row["iso2"]


def test_a_small_system_has_a_carbon_intensity_within_its_rounding(live: Catalogue, world: dict[str, Row]) -> None:
    """0 g of 0.14 TWh stand for anything below 5,000 t, that is 36 g; 0.01 Mt of Lesotho's 0.48 TWh are its 20.8 g.

    A figure that is all rounding is none: the median of its kin stands in for it, and no grid has 0 g."""
    assert all(row.grid_carbon_g_per_kwh >= 1 for row in live.every_country.values())
    kin = [
        country.id for country in live.every_country.values() if country.substitute_of("grid_carbon_g_per_kwh") == "kin"
    ]
    assert kin == ["CF"] and live.countries["CF"].grid_carbon_g_per_kwh == Decimal("24.4")
    doubtful = {
        code
        for code, row in live.every_country.items()
        if world[code]["generation_twh"]
        and world[code]["grid_carbon_year"]
        and 5 / float(world[code]["generation_twh"]) > float(row.grid_carbon_g_per_kwh) / 10
    }
    assert {"CF", "LS"} < doubtful and len(doubtful) < 20
    for code in doubtful:
        row = live.countries[code]
        assert row.is_estimate("grid_carbon_g_per_kwh") and "rounds emissions" in row.note, code


def test_a_carbon_intensity_that_is_all_rounding_takes_the_median_of_its_kin(rules: ModuleType) -> None:
    """Kin have the same low-carbon share, within a point, and a figure without doubt; with none it is not built."""

    def system(grams: str, share: str, twh: str = "10") -> dict[str, str]:
        names = ("iso2", "grid_carbon_g_per_kwh", "grid_carbon_year", "low_carbon_share", "generation_twh")
        return dict(zip(names, ("XX", grams, "2023", share, twh), strict=True))

    world = [system("30", "1.0"), system("20", "0.99"), system("9", "1.0", "0.2"), system("99", "0.97")]
    for grams, twh in (("0.0", "0.14"), ("20", "0.14"), ("0", "")):
        found = rules.carbon_kin(system(grams, "1.0", twh), world)
        assert [row["grid_carbon_g_per_kwh"] for row in found] == ["20", "30"]
    assert rules.carbon_kin(system("20.8", "1.0", "0.48"), world) == []
    for share in ("0.5", ""):
        with pytest.raises(ValueError, match="no system is like it"):
            rules.carbon_kin(system("0", share), world)


def test_no_figure_that_is_built_is_newer_than_its_input(live: Catalogue, world: dict[str, Row]) -> None:
    """A rating of January 2025, a survey of 2019 and a year of generation keep their dates when they become a figure
    of ours; a median of the neighbours' is no newer than the oldest of them."""
    built = [country for country in live.every_country.values() if country.verification.startswith("built")]
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
    found = [row for row in read("power_systems.csv") if row["quantity"] == "outages_per_month"]
    assert {is_old(row["as_of"], live.as_of) for row in found} == {True, False}
    for row in found:
        assert (row["estimates"] == "value") == is_old(row["as_of"], live.as_of), row["country"]
