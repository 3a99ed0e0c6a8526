"""The command line as a user meets it: statuses, streams and forms; the same words in give the same bytes out."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import stubs
from commands import EASY, TIGHT, Cli, files, one_message, started
from worlds import LIVE

from optimizer.answers.form.envelope import Envelope
from optimizer.answers.plan.row import COLUMNS
from optimizer.batch import read_cases
from optimizer.batch.engine import solve_all
from optimizer.batch.run import run as run_batch
from optimizer.catalogue import Catalogue
from optimizer.solve import highs

COMMANDS: tuple[tuple[list[str], int], ...] = (
    (["ask", "cheapest plan under 0.6 MW in 90 days"], 0),
    (["ask", "cheapest plan under 0.5 MW in 60 days"], 3),
    (["ask", "--dry-run", "cheapest plan under 0.5 MW in 60 days"], 0),
    (["ask", "cheapest plan under 1 MV"], 2),
    (["ask"], 2),
    (["plan", *EASY], 0),
    (["plan", *TIGHT], 3),
    (["plan", "--country", "CN", "--use", "h100"], 3),
    (["plan", "--max-training-flop", "1e20"], 3),
    (["plan", "--max-mw", "-1"], 2),
    (["plan", "--nonsense"], 2),
    (["plan", "--data", "nowhere"], 4),
    (["explain", *EASY], 0),
    (["explain", *TIGHT], 3),
    (["explain", "--country", "CN", "--use", "h100"], 3),
    (["explain", "--data", "nowhere"], 4),
    (["alternatives", *EASY], 0),
    (["alternatives", *TIGHT], 3),
    (["alternatives", "--within", "much"], 2),
    (["options", *EASY], 0),
    (["options", *TIGHT], 0),
    (["options", "--country", "Atlantis"], 2),
    (["data", "list"], 0),
    (["data", "list", "workloads"], 0),
    (["data", "show", "h100"], 0),
    (["data", "show", "nothing"], 2),
    (["data", "list", "nothing"], 2),
    (["cite"], 0),
    (["verify", "nowhere.json"], 4),
    (["batch", "nowhere.csv"], 4),
    (["reproduce", "another-study"], 2),
    (["reproduce", "study-2025"], 4),  # the fictitious catalogue has no study cells
    (["--help"], 0),
    (["nonsense"], 2),
    ([], 2),
)


@pytest.mark.parametrize(
    ("arguments", "status"), COMMANDS, ids=lambda value: shlex.join(value) if isinstance(value, list) else str(value)
)
def test_exit_status(command: Cli, arguments: list[str], status: int) -> None:
    """A script reads the status alone: a plan it must not take for an infeasible case, nor bad data for bad usage."""
    ran = command(*arguments)
    assert ran.status == status
    assert "Traceback" not in ran.err
    assert (ran.out == "") == (status in (2, 4)), "an error leaves nothing on stdout, an answer leaves it there"


def test_version(command: Cli) -> None:
    """``--version`` answers wherever the package runs, from a checkout too."""
    from optimizer.version import __version__

    ran = command("--version")
    assert ran.status == 0
    assert __version__ in ran.out


solve = highs.solve


def lying(model: Any, **kind: bool) -> highs.Solution:
    """HiGHS with a cheaper objective than that of its plan."""
    honest = solve(model, **kind)
    return replace(honest, objective=honest.objective * 0.9)


def claims_infeasible(model: Any, **kind: bool) -> highs.Solution:
    honest = solve(model, **kind)
    return replace(honest, status="infeasible", values={}, objective=math.nan)


@pytest.mark.parametrize("liar", [lying, claims_infeasible])
@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"], ["--json", "-o", "plan.json"]])
def test_two_proofs_that_disagree_are_status_5_and_no_plan(
    command: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: list[str], liar: Any
) -> None:
    """A plan that one proof denies must not be told in any form; what was asked is written down to be looked into."""
    monkeypatch.setattr(highs, "solve", liar)
    ran = command("plan", *EASY, *form)
    assert ran.status == 5
    message = one_message(ran)
    (dossier,) = files(tmp_path)
    assert re.fullmatch(r"undecided-[0-9a-f]{12}\.json", dossier) and dossier in message
    told = json.loads((tmp_path / dossier).read_text(encoding="utf-8"))
    assert told["case"] == {"workload": "moe-10k", **told["case"]}
    assert told["case"]["max_mw"] == "0.6" and told["solver"].startswith("HiGHS")


def test_an_undecided_row_makes_a_batch_status_6(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer for one row is no success, whatever became of the others."""
    monkeypatch.setitem(solve_all.__kwdefaults__, "solve", stubs.undecided)
    ran = command("batch", "-", stdin=b"case_id,max_mw,deadline_days\na,0.6,90\n")
    (row,) = csv.DictReader(io.StringIO(ran.out))
    assert (ran.status, row["status"]) == (6, "undecided")
    assert "1 undecided" in ran.err


def test_an_undecided_row_says_what_was_asked_and_who_failed(
    monkeypatch: pytest.MonkeyPatch, frozen: Catalogue
) -> None:
    """It has neither servers nor cost; without its case's fields, sets and solver it cannot be reproduced."""
    monkeypatch.setattr(highs, "solve", lying)
    (row,) = run_batch(read_cases("case_id,max_mw,deadline_days\na,0.6,90\n", "cases.csv"), frozen)
    assert row.status == "undecided" and row.reason
    assert row.servers is None and row.cost_usd is None
    told = {name: getattr(row, name) for name in ("workload", "country", "max_mw", "assumptions", "rules", "solver")}
    assert all(told.values()), told


@pytest.mark.parametrize("arguments", [["plan"], ["ask", "cheapest plan"], ["batch", "-"], ["options"]])
def test_interrupted_is_status_130(command: Cli, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """Ctrl-C is no bug and no plan."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for name in ("insight.full_answer.prepare", "insight.candidates.prepare", "batch.pool.LocalWorkers.wait"):
        monkeypatch.setattr(f"optimizer.{name}", interrupt)
    ran = command(*arguments, stdin=b"case_id\na\n")
    assert ran.status == 130
    assert "Traceback" not in ran.err and ran.err.strip().endswith("Interrupted.")


def test_json_is_one_document_that_fits_its_schema(command: Cli) -> None:
    """A note among the data, or a field that the schema does not know, would break every reader."""
    schema = json.loads(command("data", "show", "schema").out)
    assert set(schema["properties"]) == set(Envelope.model_fields)
    for limits, status in (
        (EASY, 0),
        (TIGHT, 3),
        (["--max-training-flop", "1e20"], 3),
        (["--mix", "2", "--workload", "dense-small", "--deadline", "6d"], 0),
    ):
        ran = command("plan", *limits, "--json")
        assert ran.status == status
        told = json.loads(ran.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        Envelope.model_validate(told)
        assert set(told) - {"charts"} == set(schema["required"])
        assert (told["outputs"]["plan"] is not None) == (status == 0)
        assert told["inputs"].items() <= told["settled"].items()


def test_json_says_every_default(command: Cli) -> None:
    """What the question left open stands in ``assumptions`` with a reason, and what it said does not."""
    told = json.loads(command("plan", *EASY, "--json").out)
    assumed = {entry["field"] for entry in told["assumptions"]}
    assert not assumed & {"max_mw", "deadline_days"}
    assert {"workload", "country", "objective", "basis", "assumptions", "rules", "date"} <= assumed
    assert all(entry["why"] for entry in told["assumptions"])
    assert assumed | set(told["inputs"]) >= set(told["settled"]) - {"procurement", "tax_regime"}


@pytest.mark.parametrize("limits", [EASY, TIGHT, ["--max-training-flop", "1e20"]])
def test_csv_is_one_row_with_the_documented_columns(command: Cli, limits: list[str]) -> None:
    """A column that ``data show plan`` does not explain cannot be cited."""
    header, row = csv.reader(io.StringIO(command("plan", *limits, "--csv").out))
    documented = json.loads(command("data", "show", "plan", "--json").out)["outputs"]
    assert header == [column["name"] for column in documented] == list(COLUMNS)
    assert all(column["description"] for column in documented)
    told = dict(zip(header, row, strict=True))
    assert told["status"] == ("plan" if limits == EASY else "infeasible")


def test_csv_and_json_and_card_tell_the_same_figures(command: Cli) -> None:
    """Three forms of one answer: 248 accelerators, 85 days, 1,585,000 USD, 0.558 MW."""
    plan = json.loads(command("plan", *EASY, "--json").out)["outputs"]["plan"]
    (row,) = csv.DictReader(io.StringIO(command("plan", *EASY, "--csv").out))
    card = command("plan", *EASY).out
    assert (plan["accelerators"], plan["days"], plan["cost_usd"], plan["peak_mw"]) == (248, 85, 1_585_000, 0.558)
    assert (row["accelerators"], row["days"]) == ("248", "85")
    assert (float(row["cost_usd"]), float(row["peak_mw"])) == (1_585_000, 0.558)
    for words in ("248 H100 (31 servers)", "85 days", "$1,585,000", "0.558 MW"):
        assert words in card


def test_what_is_beside_the_data_goes_to_stderr(command: Cli) -> None:
    """``Read as`` and ``Assuming`` in a piped card or JSON would be taken for data."""
    ran = command("ask", "cheapest plan under 0.6 MW in 90 days please")
    assert "Read as: " in ran.err and "Assuming: " in ran.err
    assert "Read as" not in ran.out and "Assuming:" not in ran.out
    assert "grid limit 0.6 MW" in ran.err and "deadline 90 days" in ran.err


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]])
@pytest.mark.parametrize("name", ["ask", "plan", "plan in vain"])
def test_quiet_says_nothing_on_stderr(command: Cli, form: list[str], name: str) -> None:
    """--quiet leaves the data as they are and stderr empty."""
    limits = {"ask": ["cheapest plan under 0.6 MW"], "plan": EASY, "plan in vain": TIGHT}[name]
    loud, quiet = (command(name.split()[0], *limits, *form, *more) for more in ([], ["--quiet"]))
    assert quiet.err == "" and loud.err != ""
    assert quiet.out == loud.out and quiet.status == loud.status


@pytest.mark.parametrize("flag", ["--json", "--csv"])
def test_quiet_is_quiet_about_the_file_too(command: Cli, tmp_path: Path, flag: str) -> None:
    """``--quiet``: nothing on stderr but errors."""
    ran = command("plan", *EASY, flag, "-q", "-o", "plan.out")
    assert (tmp_path / "plan.out").is_file()
    assert ran.err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", *EASY],
        ["plan", *EASY, "--json"],
        ["plan", *EASY, "--csv"],
        ["plan", *TIGHT, "--json"],
        ["ask", "cheapest plan under 0.6 MW", "--json"],
        ["options", *EASY, "--json"],
        ["options", *EASY, "--csv"],
        ["data", "show", "schema"],
        ["cite"],
    ],
    ids=shlex.join,
)
def test_the_same_command_twice_gives_the_same_bytes(command: Cli, arguments: list[str]) -> None:
    """A clock, a host name or the order of a set in the output would make an answer unciteable."""
    assert command(*arguments) == command(*arguments)


def test_two_processes_give_the_same_bytes(tmp_path: Path) -> None:
    """Also with another seed of Python's hashes, which orders sets."""
    one, two = (started("plan", *EASY, "--json", "-q", cwd=tmp_path, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert one.returncode == 0
    assert one.stdout == two.stdout != b""


def test_options_tell_every_option_or_why_it_is_out(command: Cli, frozen: Catalogue) -> None:
    """Each accelerator of the catalogue stands there, with a plan or with a reason, and never with both."""
    rows = json.loads(command("options", *EASY, "--json").out)["outputs"]
    assert {row["accelerator"] for row in rows} == set(frozen.accelerators)
    assert all((row["plan_cost_usd"] is None) == bool(row["reason"]) for row in rows)
    planned = [float(row["plan_cost_usd"]) for row in rows if row["plan_cost_usd"] is not None]
    assert planned == sorted(planned) and planned[0] == 1_585_000
    table = list(csv.DictReader(io.StringIO(command("options", *EASY, "--csv").out)))
    assert [row["accelerator"] for row in table] == [row["accelerator"] for row in rows]


def test_an_option_without_price_is_out_for_that_reason(command: Cli) -> None:
    """The fictitious GH200 has no price and no rent: a plan at $0 would win every time."""
    rows = json.loads(command("options", "--use", "gh200", "--json").out)["outputs"]
    reasons = {(row["procurement"], row["reason"]) for row in rows if row["accelerator"] == "gh200"}
    assert ("buy", "no purchase price known") in reasons
    assert all(row["plan_cost_usd"] is None for row in rows)


@pytest.mark.parametrize("name", ["h100", "BR", "dense-small", "enforced-2026", "measured", "hopper", "Brazil"])
def test_an_entry_is_shown_with_its_source(command: Cli, name: str) -> None:
    """By id or alias; a figure without its source could not be cited."""
    ran = command("data", "show", name, "--json")
    sections = json.loads(ran.out)["outputs"]
    assert ran.status == 0
    first = next(iter(sections.values()))
    assert {"name": "source", "value": "fictitious test data", "licence": "not stated"} in first
    assert "fictitious test data" in command("data", "show", name).out


def test_an_estimate_is_marked_in_the_shipped_data(command: Cli) -> None:
    """Every PUE is an estimate, and ``data show BR`` says so."""
    shown = command("data", "show", "BR", "--data", str(LIVE)).out
    (line,) = [line for line in shown.splitlines() if line.startswith("  pue: ")]
    assert line.rstrip().endswith("(estimate)")


def test_cite_names_data_version_and_licence(command: Cli) -> None:
    """What a paper needs: program, version, data, digest, licence."""
    told = command("cite").out
    for words in ("fictitious test data of the optimizer package", "SHA-256", "CC0-1.0", "version"):
        assert words in told
