"""Every cell of a batch says what its column promises: numbers, text, units, and figures that do as limits."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from case_files import MANY, MIXED, PLAIN, VAIN

from optimizer import Case, Infeasible, Plan, __version__, plan
from optimizer.answers.plan.row import COLUMNS, PLANS, PlanRow
from optimizer.batch import read_cases
from optimizer.batch.run import run
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.cli import run as run_cli
from optimizer.domain.base import Frozen
from optimizer.plans.outcome import COST_TERMS
from optimizer.render.csv import cell, csv_lines, fields, metadata

HERE = Path(__file__).parents[1]

Row = dict[str, str]

Solve = Callable[..., list[Row]]


# -- cells -------------------------------------------------------------------------------------------------------------


def test_integers_stay_integers(solve: Solve) -> None:
    """No 248.0 servers and no 1e+02 days, not even in a column with gaps."""
    whole = [field["name"] for field in fields(PlanRow) if field["type"] == "integer"]
    assert {"servers", "accelerators", "days", "lead_days", "deadline_days", "needed_deadline_days"} <= set(whole)
    rows = solve(MIXED)
    assert any(row["needed_deadline_days"] for row in rows)
    for row in rows:
        for name in whole:
            assert row[name] == "" or row[name].isdigit(), (name, row[name])


def test_numbers_read_back_as_what_they_were(solve: Solve) -> None:
    """Every number column holds a plain decimal that both Python and a spreadsheet read."""
    numbers = [field["name"] for field in fields(PlanRow) if field["type"] == "number"]
    assert {"cost_usd", "peak_mw", "gap", "training_flop"} <= set(numbers)
    for row in solve(MIXED):
        for name in numbers:
            assert row[name] == "" or Decimal(row[name]).is_finite(), (name, row[name])


def test_namibia_stays_text(tmp_path: Path) -> None:
    """``NA`` is the code of Namibia, neither empty nor not a number, on the way in and on the way out."""
    folder = tmp_path / "with Namibia"
    shutil.copytree(HERE / "catalogue", folder)
    for name, old, new in (
        ("countries.csv", "MX,MEX,Mexico,Mexican,", "NA,NAM,Namibia,Namibian,"),
        ("country_groups.csv", "MX,", "NA,"),
        ("tax_regimes.csv", "MX,", "NA,"),
        ("regions.csv", "BR;MX", "BR;NA"),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    text = "case_id,country,max_mw\nNA,NA,1\nnan,Namibia,1\n"
    lines = "".join(csv_lines(run(read_cases(text, "cases.csv"), load_catalogue(folder)), COLUMNS))
    rows = list(csv.DictReader(io.StringIO(lines, newline="")))
    assert [(row["case_id"], row["country"]) for row in rows] == [("NA", "NA"), ("nan", "NA")]
    assert [row["status"] for row in rows] == ["plan", "plan"]


@pytest.mark.parametrize("name", ["=1+1", "@x", "-1", "+1", "=HYPERLINK(1)"])
def test_no_cell_is_a_formula(solve: Solve, name: str) -> None:
    """A spreadsheet runs what begins with = + - @: text is defused in good and bad rows, and numbers are left alone."""
    good, bad = solve(f"case_id,max_mw\n{name},0.6\n{name},-1\n")
    assert good["case_id"] == bad["case_id"] == f"'{name}"
    assert good["status"] == "plan" and bad["status"] == "invalid"
    for row in (good, bad):
        for column, value in row.items():
            assert not value.startswith(("=", "+", "-", "@", "\t", "\r")), column


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "1"),
        (False, "0"),
        (248, "248"),
        (-3, "-3"),
        (Decimal("-0.50"), "-0.50"),
        (Decimal("1585000.00"), "1585000.00"),
        (Decimal("0.000001"), "0.000001"),
        (Decimal("2.22e24"), "2.22e+24"),
        (Decimal("1e15"), "1000000000000000"),
        ("a,b", "a,b"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-1", "'-1"),
        ("1-1", "1-1"),
    ],
)
def test_cells(value: Any, shown: str) -> None:
    """Numbers plainly and signed, long ones with an exponent, text never as a formula."""
    assert cell(value) == shown


def test_text_with_commas_quotes_and_line_breaks_survives() -> None:
    """A reader of the CSV gets back the text, in one cell."""

    class Text(Frozen):
        a: str
        b: str

    row = Text(a='say "1,5"\nor 2', b=" ü ")
    (found,) = csv.DictReader(io.StringIO("".join(csv_lines([row], ("a", "b"))), newline=""))
    assert found == {"a": row.a, "b": row.b}


# -- what the columns promise ------------------------------------------------------------------------------------------


UNITS = {
    "usd": "USD",
    "mw": "MW",
    "days": "days",
    "gwh": "GWh",
    "t": "tCO2e",
    "tpp": "TPP",
    "flop": "FLOP",
    "share": "share",
    "accelerators": "accelerators",
    "servers": "servers",
}


def test_every_column_has_a_meaning_and_the_unit_in_its_name(frozen: Catalogue) -> None:
    """The metadata lists exactly the columns of the file, in order; a unit in a name is the unit that is stated."""
    described = metadata(PLANS, frozen, "plans.csv")["resources"][0]["schema"]["fields"]
    assert [field["name"] for field in described] == list(COLUMNS)
    assert len(set(COLUMNS)) == len(COLUMNS)
    for field in described:
        assert len(field["description"]) > 5, field
        unit = UNITS.get(field["name"].rpartition("_")[2])
        if field["name"] == "server_days":
            unit = "server-days"
        if unit is not None:
            assert field.get("unit") == unit, field
        if field["type"] == "number":
            assert field.get("unit"), f"{field['name']} is a number of what?"


def test_the_metadata_file_says_where_it_all_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frozen: Catalogue
) -> None:
    """Beside the CSV: its name, its columns as they stand in it, data, digest, licence and citation."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(HERE / "catalogue"))
    monkeypatch.chdir(tmp_path)
    Path("cases.csv").write_text(PLAIN, encoding="utf-8")
    assert run_cli(["batch", "cases.csv", "-o", "my.plans.csv", "-q"]) == 0
    about = json.loads(Path("my.plans.metadata.json").read_text(encoding="utf-8"))
    resource = about["resources"][0]
    header = next(csv.reader(io.StringIO(Path("my.plans.csv").read_text(encoding="utf-8"))))
    assert resource["path"] == "my.plans.csv"
    assert [field["name"] for field in resource["schema"]["fields"]] == header
    assert about["data"]["sha256"] == frozen.digest and about["data"]["version"] == frozen.version
    assert about["program"]["version"] == __version__
    assert about["licence"] == frozen.licence and about["citation"] == frozen.citation


def test_versions_and_proof_stand_in_every_row(solve: Solve, frozen: Catalogue) -> None:
    """Rows of several files are put together: each must say what it was made with, and how it was proved."""
    for row in solve(MIXED):
        assert row["data_version"] == frozen.version
        assert row["data_sha256"] == frozen.digest
        assert row["program_version"] == __version__
        if row["status"] in ("plan", "infeasible"):
            assert row["solver"].startswith("HiGHS 1") or (row["status"], row["solver"]) == ("infeasible", "none")
            assert Decimal(row["gap"]) == 0
            assert row["proof"] == "exhaustive"
            assert row["assumptions"] == "measured" and row["rules"] == "enforced-2026" and row["date"] == "2026-01-01"


def test_the_named_costs_of_a_row_add_up_to_the_cent(solve: Solve) -> None:
    """In the decimals that stand in the file, not only before they were rounded."""
    for row in solve(MANY):
        assert row["status"] == "plan", row["reason"]
        parts = [Decimal(row[f"cost_{name}_usd"]) for name in COST_TERMS]
        assert sum(parts) == Decimal(row["cost_usd"]), row["case_id"]


def test_a_row_tells_its_plan(solve: Solve, frozen: Catalogue) -> None:
    """Every figure of the row is that of the plan, rounded up to the digits that it shows."""
    for entry, row in zip(read_cases(MANY, "cases.csv"), solve(MANY), strict=True):
        assert entry.case is not None
        outcome = plan(entry.case, frozen)
        assert isinstance(outcome, Plan)
        assert (int(row["servers"]), int(row["accelerators"])) == (outcome.servers, outcome.accelerators)
        assert (int(row["days"]), int(row["lead_days"])) == (outcome.days, outcome.lead_days)
        told = {
            **{"cost_usd": (outcome.cost_usd, "0.01"), "capital_usd": (outcome.capital_usd, "0.01")},
            **{"peak_mw": (outcome.peak_mw, "0.000001"), "energy_gwh": (outcome.energy_gwh, "0.000001")},
            **{"carbon_t": (outcome.carbon_t, "0.001"), "tpp": (outcome.tpp, "0.1")},
        }
        for column, (exact, unit) in told.items():
            assert 0 <= Decimal(row[column]) - dec(exact) < Decimal(unit), f"as a limit, {column} must suffice"
        finish = outcome.days + outcome.lead_days
        assert 0 <= Decimal(row["deadline_share"]) - Decimal(finish) / int(row["deadline_days"]) < Decimal("0.000001")
        assert row["composition"].count("+") == len(outcome.items) - 1
        for item in outcome.items:
            kind = f"{item.accelerators}x{item.key.accelerator}/{item.key.precision}/{item.key.procurement}"
            assert kind in row["composition"].split("+")


def dec(value: Any) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


NEEDS = {
    "needed_max_mw": ("max_mw", Decimal("0.000002")),
    "needed_deadline_days": ("deadline_days", Decimal(1)),
    "needed_budget_usd": ("budget_usd", Decimal("0.02")),
    "needed_max_energy_gwh": ("max_energy_gwh", Decimal("0.000002")),
    "needed_max_carbon_t": ("max_carbon_t", Decimal("0.002")),
    "needed_max_capital_usd": ("max_capital_usd", Decimal("0.02")),
    "needed_max_tpp": ("max_tpp", Decimal("0.2")),
    "needed_max_accelerators": ("max_accelerators", Decimal(1)),
}


def test_what_an_infeasible_row_needs_would_do(solve: Solve, frozen: Catalogue) -> None:
    """Each needed value, put into its own field, gives a plan; a step less gives none: it is the least."""
    tried = 0
    for entry, row in zip(read_cases(VAIN, "cases.csv"), solve(VAIN), strict=True):
        assert row["status"] == "infeasible", row["case_id"]
        assert entry.case is not None
        for column, (field, step) in NEEDS.items():
            if not row[column]:
                continue
            tried += 1
            needed = Decimal(row[column])
            above = entry.case.changed(**{field: needed if "." in str(step) else int(needed)})
            below = entry.case.changed(**{field: needed - step if "." in str(step) else int(needed - step)})
            assert isinstance(plan(above, frozen), Plan), f"{row['case_id']}: {column} {needed} does not do"
            assert isinstance(plan(below, frozen), Infeasible), f"{row['case_id']}: {column} {needed} is not the least"
    assert tried >= 10


def test_what_no_single_limit_mends_needs_nothing(solve: Solve) -> None:
    """Case i is short of power and of money: any single figure told would be false."""
    row = next(row for row in solve(VAIN) if row["case_id"] == "i")
    assert all(row[column] == "" for column in NEEDS)
    assert "no single change" in row["reason"]


def test_a_needed_deadline_can_be_asked_for(solve: Solve, frozen: Catalogue) -> None:
    """16 A100 on a large model need 50,000 days: a deadline that no case may have is no remedy."""
    (row,) = solve("case_id,use,max_accelerators,workload\na,a100,16,dense-100k\n")
    assert row["status"] == "infeasible" and row["needed_max_accelerators"]
    if row["needed_deadline_days"]:
        case = Case(
            use=("a100",), max_accelerators=16, workload="dense-100k", deadline_days=int(row["needed_deadline_days"])
        )
        assert isinstance(plan(case, frozen), Plan)


def test_the_reason_of_a_compute_cap_is_the_cap(solve: Solve, frozen: Catalogue) -> None:
    """Raising the cap alone would do, so the row must not say that no single limit would help."""
    (row,) = solve("case_id,max_training_flop\na,1e20\n")
    assert row["status"] == "infeasible" and "training compute" in row["reason"]
    assert isinstance(plan(Case(max_training_flop="1e24"), frozen), Plan)
    assert "no single change" not in row["reason"]
