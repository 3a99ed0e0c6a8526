"""The build of the data: one command, the same bytes every time, and nothing written where a raw cell is wrong."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from worlds import LIVE

STEPS = ("world", "world_facts", "projects", "shapes", "sizes", "licences", "checks")
WORLD = Path("raw") / "world" / "countries_world.csv"


def _make(data: Path, *given: str, script: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(data / "make" / script), *given]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def checked() -> subprocess.CompletedProcess[str]:
    """What the check of the shipped data says."""
    return _make(LIVE, "--check")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the data folder, with the map in its place."""
    shapes = tmp_path / "optimizer" / "render" / "world_shapes.json"
    shapes.parent.mkdir(parents=True)
    shutil.copy(LIVE.parent / "optimizer" / "render" / shapes.name, shapes)
    return Path(shutil.copytree(LIVE, tmp_path / "data", ignore=shutil.ignore_patterns("__pycache__")))


def _set(path: Path, code: str, **cells: str) -> int:
    """Change cells of a country's row: the line of the row."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, header = list(reader), list(reader.fieldnames or ())
    key = "id" if "id" in header else "iso2"
    (place,) = (place for place, row in enumerate(rows) if row[key] == code)
    assert not cells.keys() - rows[place].keys()
    rows[place].update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return place + 2


def _bytes(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def test_one_command_builds_every_table_that_is_made(checked: subprocess.CompletedProcess[str]) -> None:
    """Countries, power systems, decisions, projects, map, checked cells: a cell changed by hand would be lost."""
    steps = [line for line in checked.stdout.splitlines() if not line.startswith("not used: ")]
    assert (checked.returncode, steps) == (0, [f"{name}: would change: nothing" for name in STEPS]), checked.stderr


def test_what_another_table_goes_before_is_said(checked: subprocess.CompletedProcess[str]) -> None:
    """The VAT of New Zealand was looked up: a change of the raw cell that it replaced has no effect, and says so."""
    (line,) = (line for line in checked.stdout.splitlines() if "vat_looked_up.csv goes before" in line)
    assert line.startswith("not used: vat of countries_world.csv") and "NZ" in line.split()


def test_help_is_of_the_whole_build() -> None:
    """Every step by its name, what ``--check`` does, and the command that says what an update changes."""
    told = _make(LIVE, "--help").stdout
    assert all(name in told for name in (*STEPS, "--check", "changes.py")), told


def test_every_bad_raw_cell_is_named_and_nothing_is_written(copy: Path) -> None:
    """Cells that gave a traceback after a table was written: all at once, by file, line, column, value and rule."""
    lines = [
        _set(copy / WORLD, "CH", electricity_usd_per_kwh="13.6"),
        _set(copy / WORLD, "NO", cost_of_capital="abc"),
        _set(copy / WORLD, "KE", outages_per_month="3", outages_year=""),
        _set(copy / WORLD, "PE", grid_carbon_g_per_kwh="NaN", gdp_year="last"),
    ]
    before = _bytes(copy.parent)
    done = _make(copy)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    found = [line for line in done.stderr.splitlines() if line.startswith("countries_world.csv line ")]
    expected = {
        f"countries_world.csv line {lines[0]}, electricity_usd_per_kwh '13.6': expected a number from 0 to 2",
        f"countries_world.csv line {lines[1]}, cost_of_capital 'abc': expected a number",
        f"countries_world.csv line {lines[2]}, outages_year '': expected a year, as outages_per_month is 3",
        f"countries_world.csv line {lines[3]}, grid_carbon_g_per_kwh 'NaN': expected a number from 0 to 3,000",
        f"countries_world.csv line {lines[3]}, gdp_year 'last': expected a year, as 2024",
    }
    assert set(found) == expected, done.stderr
    assert _bytes(copy.parent) == before


def test_a_row_by_hand_that_does_not_load_is_refused_too(copy: Path) -> None:
    """What no rule of a raw table sees is found where the whole folder is loaded, before anything is written."""
    _set(copy / WORLD, "CH", electricity_usd_per_kwh="0.2")
    _set(copy / "countries.csv", "BR", pue="0.2")
    before = _bytes(copy.parent)
    done = _make(copy)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
    assert "countries.csv" in done.stderr and "pue" in done.stderr and "nothing was written" in done.stderr
    assert _bytes(copy.parent) == before


@pytest.mark.campaign
def test_the_diff_sees_a_country_outside_the_fixed_grid(copy: Path) -> None:
    """A tariff of Switzerland, which is in no fixed grid: built, and its answers are among those that differ."""
    _set(copy / WORLD, "CH", electricity_usd_per_kwh="0.36")
    assert _make(copy).returncode == 0
    done = _make(LIVE, str(LIVE), str(copy), script="changes.py")
    assert "rows differ of: CH\n" in done.stderr, done.stderr
    assert any(line.startswith("CH_1MW_365d,cost_usd,") for line in done.stdout.splitlines()), done.stdout
    assert re.search(r"another country is the cheapest in \d+ of 88 regions", done.stderr), done.stderr


def test_a_raw_column_without_a_rule_is_refused(copy: Path) -> None:
    """A new column was read by no rule: whatever stood in it went by unchecked."""
    table = copy / "raw" / "world" / "gdp_imf.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text("".join(f"{line},{'extra' * (not at)}\n" for at, line in enumerate(text.splitlines())), "utf-8")
    done = _make(copy)
    assert done.returncode == 2, done.stderr
    assert "gdp_imf.csv line 1, 'extra': a column without a rule" in done.stderr, done.stderr


def test_a_step_that_fails_is_named_in_one_line(copy: Path) -> None:
    """The words of the error came out one letter a line."""
    table = copy / "raw" / "world" / "law_regions.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("UA-43,UA,", "UA-43,ZZ,"), "utf-8")
    done = _make(copy)
    assert done.returncode == 2 and "Error: step world: StopIteration" in done.stderr, done.stderr
