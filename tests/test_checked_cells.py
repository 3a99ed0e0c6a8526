"""Cells that were followed to their source still have the figure that was confirmed there."""

from __future__ import annotations

import csv
import importlib.util
import statistics
import sys
from types import ModuleType

import pytest
from worlds import LIVE

FOLDER = LIVE / "checks"


@pytest.fixture(scope="module")
def checks() -> ModuleType:
    """The step that compares; it stands beside the data, not in the package."""
    spec = importlib.util.spec_from_file_location("checks", LIVE / "make" / "checks.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["checks"] = module
    spec.loader.exec_module(module)
    return module


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_was_confirmed_is_what_is_shipped(checks: ModuleType) -> None:
    """A figure that is changed by hand, or by a later edition of a table, has to be followed to its source anew."""
    assert checks.departed() == []


def test_each_cell_is_there_once_with_a_source_that_has_an_address() -> None:
    """Two rows of one cell could say two things; a source without address and date could not be opened again."""
    cells = rows("cells.csv")
    assert len(cells) > 800 and len({(row["country"], row["figure"]) for row in cells}) == len(cells)
    assert {row["result"] for row in cells} <= {"same", "differs", "not found"}
    sources = rows("sources.csv")
    assert all(row["address"] and row["date"] and row["licence"] for row in sources)
    assert {row["source"] for row in cells} - {""} == {row["id"] for row in sources}


@pytest.mark.parametrize(
    ("ours", "found", "factor", "within", "same"),
    [
        ("0.2", "20", "0.01", "0", True),
        ("0.2", "22", "0.01", "0", False),
        ("492.7", "492.70", "1", "0.055", True),
        ("492.7", "492.80", "1", "0.055", False),
        ("A:5", "A:5", "", "", True),
        ("A:5", "A:6", "", "", False),
    ],
)
def test_the_comparison_can_fail(
    checks: ModuleType, ours: str, found: str, factor: str, within: str, same: bool
) -> None:
    """A rate of 20 % is not that of 22 %: with the digits of the coarser figure it was."""
    assert checks.fits(ours, found, factor, within) is same


def test_a_changed_cell_is_named(checks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: Russia's VAT of 2025 in place of that of 2026."""
    now = checks.shipped()
    now["vat"]["RU"] = "0.2"
    monkeypatch.setattr(checks, "shipped", lambda: now)
    assert checks.departed() == ["RU vat: 0.22 was confirmed, the table has 0.2"]


def test_a_tariff_without_a_survey_is_the_median_of_the_neighbours() -> None:
    """By hand over the raw table: countries of one subregion that the survey of 2019 priced. Wrong: a median of the
    edition before, which is what stood there."""
    with (LIVE / "raw" / "world" / "countries_world.csv").open(encoding="utf-8", newline="") as file:
        world = list(csv.DictReader(file))
    prices: dict[str, list[float]] = {}
    for row in world:
        if price := row["doing_business_tariff_2019_usd_per_kwh"]:
            prices.setdefault(row["un_subregion"], []).append(float(price))
    default = [row for row in world if row["electricity_quality"].startswith("regional default")]
    assert len(default) == 14
    for row in default:
        median = statistics.median(prices[row["un_subregion"]])
        assert float(row["electricity_usd_per_kwh"]) == pytest.approx(median), row["iso2"]
