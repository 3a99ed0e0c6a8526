"""Cells that were followed to their source still have the figure that was confirmed there."""

from __future__ import annotations

import csv
import importlib.util
import random
import re
import statistics
import sys
from pathlib import Path
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
    assert not [row for row in cells if None in row], "a comma outside of quotes"
    assert {row["result"] for row in cells} <= {"same", "differs", "not found"}
    sources = rows("sources.csv")
    assert all(row["address"] and row["date"] for row in sources)
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


def test_a_premium_without_a_rating_is_the_median_of_the_neighbours() -> None:
    """By hand over the raw table: the countries of the same subregion and income group, of the region where fewer than
    three have a premium of their own, else of the income group. Wrong: a figure that no rule gives."""
    with (LIVE / "raw" / "world" / "countries_world.csv").open(encoding="utf-8", newline="") as file:
        world = list(csv.DictReader(file))
    rated, default = [], []
    for row in world:
        if not row["country_risk_premium_basis"].startswith("regional default"):
            rated += [row] if row["country_risk_premium_pct"] else []
        elif row["iso2"] in rows_by_country():
            default.append(row)
    assert len(default) == 32
    for row in default:
        for keys in (("un_subregion", "income_group"), ("un_region", "income_group"), ("income_group",)):
            near = [other for other in rated if all(other[key] == row[key] for key in keys)]
            if len(near) >= 3:
                break
        median = statistics.median(float(other["country_risk_premium_pct"]) for other in near)
        assert float(row["country_risk_premium_pct"]) == pytest.approx(median, abs=0.006), row["iso2"]


def rows_by_country() -> dict[str, dict[str, str]]:
    """The rows of countries.csv by their code, but for regions with a rule of their own."""
    with (LIVE / "countries.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file) if not row["part_of"]}


def test_thirty_countries_were_drawn_and_each_figure_has_its_state(checks: ModuleType) -> None:
    """The draw can be repeated, and the table is what the cells give. Wrong: countries chosen by hand, or a figure of
    which nothing is said; a table written before the cells changed."""
    drawn = rows("drawn.csv")
    codes = random.Random(int(drawn[0]["seed"])).sample(sorted(rows_by_country()), 30)
    assert [row["country"] for row in drawn] == codes
    text = checks.table_of_countries()
    lines = [line for line in text.partition("\n## ")[0].splitlines() if line.startswith("| ")][2:]
    assert [line[2:4] for line in lines] == codes
    states = [cell.split()[-1] for line in lines for cell in line.strip("| ").split(" | ")[1:]]
    assert len(states) == 30 * len(checks.HEADINGS) and {state[0] for state in states} <= set("SEDNLU")
    assert sum(state[0] == "S" for state in states) > 300
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == text


def test_an_estimate_is_never_said_to_be_seen(checks: ModuleType) -> None:
    """A tariff that is a survey's price times a ratio is an estimate, whatever its survey; a duty that is not known is
    not a duty of nothing."""
    numbers = {row["id"]: place for place, row in enumerate(rows("sources.csv"), 1)}
    cells = {(row["country"], row["figure"]): row for row in rows("cells.csv")}
    assert checks.state_of("HU", "tariff_usd_per_kwh", "0.158", cells, numbers) == f"E{numbers['wb_price']}"
    assert checks.state_of("LK", "tariff_usd_per_kwh", "0.09", cells, numbers) == "E"
    assert checks.state_of("AO", "duty", "", cells, numbers) == "U"
    assert checks.state_of("XK", "generation_twh", "", cells, numbers) == "U"


def test_a_capital_is_where_two_lists_have_it(checks: ModuleType, tmp_path: Path) -> None:
    """The first list had La Paz in the lowlands, Tegucigalpa by the other coast, Islamabad 3 degrees off: zone and PUE
    were those of another place. Here the decisions are taken away: every city that is off is named."""
    assert checks.misplaced() == []
    rows = (LIVE / "raw" / "world" / "capitals.csv").read_text(encoding="utf-8").splitlines()
    undecided = tmp_path / "capitals.csv"
    undecided.write_text("\n".join(re.sub(r',"?this one: [^"]*"?,https', ",,https", row) for row in rows))
    found = [line[:2] for line in checks.misplaced(second=undecided)]
    assert found == ["PK", "TR", "BO", "CF", "CI", "GW", "HN", "LA", "MG", "ML", "MM", "SZ", "VE"]


@pytest.mark.parametrize(
    ("country", "latitude", "longitude", "pue"),
    [
        ("BO", -16.5, -68.15, "1.35"),
        ("HN", 14.1, -87.22, "1.52"),
        ("MG", -18.92, 47.52, "1.35"),
        ("ML", 12.65, -8.0, "1.52"),
        ("SZ", -26.3, 31.1, "1.35"),
        ("VE", 10.5, -66.93, "1.52"),
    ],
)
def test_the_climate_is_that_of_the_capital(country: str, latitude: float, longitude: float, pue: str) -> None:
    """Points of the tz database (zone.tab), a third list. Wrong: a city of the highlands with the climate of the
    lowlands (Bolivia and Madagascar 1.52, Eswatini 1.47), the tropics with that of Ireland (Honduras 1.3)."""
    with (LIVE / "solar_yield.csv").open(encoding="utf-8", newline="") as file:
        site = next(row for row in csv.DictReader(file) if row["country"] == country)
    assert float(site["latitude"]) == pytest.approx(latitude, abs=0.2)
    assert float(site["longitude"]) == pytest.approx(longitude, abs=0.2)
    assert rows_by_country()[country]["pue"] == pue


def test_hot_countries_are_those_whose_own_pue_is_high() -> None:
    """The rule that the row states. Wrong: Bolivia and Madagascar in the list, and Honduras not."""
    with (LIVE / "cooling.csv").open(encoding="utf-8", newline="") as file:
        hot = next(row for row in csv.DictReader(file) if row["climate"] == "hot")["countries"].split(";")
    assert sorted(hot) == sorted(code for code, row in rows_by_country().items() if float(row["pue"]) >= 1.45)


def test_a_wage_beyond_the_fit_says_so() -> None:
    """Monaco has twice the GDP per person of Ireland, the richest of the fit. Wrong: a figure as sure as any."""
    rows = rows_by_country()
    assert all("beyond the fit" in rows[code]["note"] for code in ("MC", "LI", "BI"))
    assert all("beyond the fit" not in rows[code]["note"] for code in ("CU", "BO", "VA", "CH"))
