"""The data folder's description: made from the row types, up to date, and valid by the public validator."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from optimizer.catalogue import load_catalogue
from optimizer.catalogue.load import data_folder
from optimizer.cli import run
from optimizer.reference.datapackage import datapackage
from optimizer.reference.dictionary import dictionary
from optimizer.reference.row_types import row_types
from optimizer.units import parse_decimal


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return datapackage(load_catalogue())


def fields(description: dict[str, Any], table: str) -> dict[str, Any]:
    (found,) = [r["schema"]["fields"] for r in description["resources"] if r["name"] == table]
    return {field["name"]: field for field in found}


def test_the_committed_description_is_up_to_date(description: dict[str, Any]) -> None:
    """A column added without `optimizer data package > data/datapackage.json` would be described by its old self."""
    assert json.loads((data_folder() / "datapackage.json").read_text(encoding="utf-8")) == description


def test_the_committed_dictionary_is_up_to_date() -> None:
    """Likewise `optimizer data dictionary > data/DICTIONARY.md`."""
    assert (data_folder() / "DICTIONARY.md").read_text(encoding="utf-8") == dictionary()


def test_the_commands_print_both(capsys: pytest.CaptureFixture[str], description: dict[str, Any]) -> None:
    """Byte for byte what is committed: the command is how the files are made."""
    assert run(["data", "package"]) == 0
    assert json.loads(capsys.readouterr().out) == description
    assert run(["data", "dictionary"]) == 0
    assert capsys.readouterr().out == dictionary()


def test_every_table_is_described(description: dict[str, Any]) -> None:
    """A CSV file without a row type would stand outside every check."""
    names = {path.stem for path in data_folder().glob("*.csv")}
    assert names == {resource["name"] for resource in description["resources"]} == set(row_types())
    assert all(f"## {name}.csv" in dictionary() for name in names)


def test_every_column_is_described_in_the_order_of_its_header(description: dict[str, Any]) -> None:
    """The validator goes by position; a reader by name, type and meaning."""
    for resource in description["resources"]:
        with (data_folder() / resource["path"]).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert [field["name"] for field in resource["schema"]["fields"]] == header, resource["name"]
        assert all(field["description"] for field in resource["schema"]["fields"]), resource["name"]


def test_types_units_and_bounds_are_those_of_the_row_types(description: dict[str, Any]) -> None:
    """Spot checks by hand: a number with unit and bound, a flag, a choice, a day, a year or day, a list, a share."""
    chips, rules, tax = (fields(description, name) for name in ("accelerators", "licence_rules", "tax_regimes"))
    assert chips["tdp_w"] == {
        **{"name": "tdp_w", "type": "number", "unit": "W", "description": "thermal design power of one device"},
        **{"constraints": {"required": True, "minimum": 0}, "exclusiveMinimum": 0},
    }
    assert (chips["datacenter_marketed"]["type"], chips["datacenter_marketed"]["trueValues"]) == ("boolean", ["1"])
    assert chips["price_scope"]["constraints"]["enum"] == ["device", "server", "all_in"]
    assert chips["as_of"]["constraints"]["pattern"].startswith("^")
    assert "required" not in chips["unit_price_usd"]["constraints"]
    assert "separated by ';'" in chips["aliases"]["description"]
    assert rules["effective_from"]["type"] == "date"
    assert rules["policy"]["constraints"]["enum"] == ["free", "exception", "approval", "case_by_case", "denial"]
    assert tax["vat_recoverable"]["constraints"] == {"required": True, "minimum": 0, "maximum": 1}
    assert fields(description, "countries")["cost_of_capital"]["unit"] == "1/year"


def test_licence_sources_and_version_are_told(description: dict[str, Any]) -> None:
    """Epoch AI and Our World in Data / Ember ask for attribution."""
    assert description["version"] == load_catalogue().version
    assert description["licenses"][0]["name"] == "CC-BY-4.0"
    titles = " ".join(source["title"] for source in description["sources"])
    assert "Epoch AI" in titles and "Ember" in titles


def test_numbers_of_the_tables_are_numbers(description: dict[str, Any]) -> None:
    """Every cell of a number column can be read exactly; "1,000" or "12 kW" would come out as text elsewhere."""
    for resource in description["resources"]:
        names = [f["name"] for f in resource["schema"]["fields"] if f["type"] in ("number", "integer")]
        with (data_folder() / resource["path"]).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for name in names:
                    assert not row[name] or parse_decimal(row[name]).is_finite(), (resource["name"], name)


def validated(path: Path) -> Any:
    frictionless = pytest.importorskip("frictionless", reason="the public validator is in the test extra")
    return frictionless.validate(str(path))


def test_the_package_is_valid_by_the_public_validator() -> None:
    """Types, bounds, choices, keys and references of every cell, by code that nobody here wrote."""
    report = validated(data_folder() / "datapackage.json")
    told = [(task.name, error.message) for task in report.tasks for error in task.errors]
    assert report.valid, (report.errors, told[:5])
    assert report.stats["tasks"] == len(row_types())


def test_the_public_validator_finds_what_is_broken(tmp_path: Path) -> None:
    """A country that is no country and a price of text: were the schema too loose, both would pass."""
    folder = Path(shutil.copytree(data_folder(), tmp_path / "data"))
    for table, old, new in (("offers", "\nh100_sxm5_80,", "\nh1000,"), ("accelerators", ",30000,", ",much,")):
        text = (folder / f"{table}.csv").read_text(encoding="utf-8")
        assert old in text
        (folder / f"{table}.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    report = validated(folder / "datapackage.json")
    wrong = {task.name for task in report.tasks if task.errors}
    assert wrong == {"offers", "accelerators"}
