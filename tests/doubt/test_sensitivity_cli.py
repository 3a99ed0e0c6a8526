"""optimizer sensitivity: three answers in three forms that tell the same, refusals, files, exit statuses."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from commands import Cli, one_message, read_back
from worlds import LIVE

from optimizer.answers.form.envelope import schema_of
from optimizer.answers.power.choices import PowerChoicesOut
from optimizer.answers.sensitivity.shapes import SensitivityOut

CASE = (
    *("sensitivity", "--workload", "dense-small", "--use", "a100;h100", "--procurement", "buy"),
    *("--max-accelerators", "18", "--deadline", "100d", "--range", "run=0.8:1.25", "-q"),
)
MODES: dict[str, tuple[str, ...]] = {
    "tornado": (),
    "draws": ("--draws", "40", "--seed", "3"),
    "robust": ("--robust", "--draws", "40", "--share", "0.95"),
    "corners": ("--corners", "run;price:a100"),
}

BAR = re.compile("[.▏▎▍▌▋▊▉█]*[▏▎▍▌▋▊▉█]+")
"""A bar of a chart of the text."""


def asked(command: Cli, mode: str, form: str, *more: str) -> Any:
    ran = command(*CASE, *MODES[mode], *more, f"--{form}")
    assert ran.status == 0 and not ran.err
    return json.loads(ran.out) if form == "json" else list(csv.DictReader(io.StringIO(ran.out)))


@pytest.mark.parametrize("mode", MODES)
def test_the_document_is_as_its_schema_says(command: Cli, mode: str) -> None:
    """Every mode fills its own part alone; the same question gives the same bytes."""
    document = asked(command, mode, "json")
    read_back(json.dumps(document), SensitivityOut)
    parts = {name for name in ("tornado", "monte_carlo", "robust") if document["outputs"][name] is not None}
    assert parts == {{"draws": "monte_carlo", "corners": "robust"}.get(mode, mode)}
    assert document == asked(command, mode, "json")
    schema = json.loads(command("data", "show", "schema", "sensitivity").out)
    assert schema == schema_of({"sensitivity": SensitivityOut | PowerChoicesOut})


@pytest.mark.parametrize("mode", MODES)
def test_the_columns_are_in_the_dictionary(command: Cli, mode: str) -> None:
    """``data show draw`` and its like name every column, each with its meaning."""
    rows = asked(command, mode, "csv")
    table = {"draws": "draw", "corners": "robust"}.get(mode, mode)
    told = json.loads(command("data", "show", table, "--json").out)["outputs"]
    assert [field["name"] for field in told] == list(rows[0]) and all(field["description"] for field in told)


def test_the_tornado_tells_the_same_in_every_form(command: Cli) -> None:
    """Figures by hand in test_tornado.py: 286,846 and 378,157 at the ends of the price of an A100."""
    bars = asked(command, "tornado", "json")["outputs"]["tornado"]["bars"]
    rows = asked(command, "tornado", "csv")
    text = command(*CASE).out
    assert [(row["input"], row["end"]) for row in rows] == [(b["input"], end) for b in bars for end in ("low", "high")]
    price = [row for row in rows if row["input"] == "price:a100"]
    assert [row["cost_usd"] for row in price] == ["286846.00", "378157.00"]
    assert "$286,846" in text and "$378,157" in text and "$91,311" in text
    assert "These inputs change nothing within their ranges: price" in text


def test_the_draws_tell_the_same_in_every_form(command: Cli) -> None:
    """Probabilities and percentiles follow from the rows."""
    found = asked(command, "draws", "json")["outputs"]["monte_carlo"]
    rows = asked(command, "draws", "csv")
    assert [row["draw"] for row in rows] == [str(number) for number in range(1, 41)]
    best = {share["name"]: share["share"] for share in found["best"]}
    assert best == {name: sum(row["accelerator"] == name for row in rows) / 40 for name in best}
    late = sum("deadline" in row["chosen_missed"] for row in rows)
    assert {share["name"]: share["share"] for share in found["chosen_meets"]}["deadline"] == 1 - late / 40
    assert found["least_cost_usd"]["p50"] == sorted(float(row["cost_usd"]) for row in rows)[19]
    assert all(row["values"].startswith("price:a100=") and ";run=" in row["values"] for row in rows)
    text = command(*CASE, *MODES["draws"]).out
    assert f"{best['a100'] * 100:.1f} %" in text and "40 draws, seed 3" in text and "triangular" in text


def test_the_robust_plan_tells_the_same_in_every_form(command: Cli) -> None:
    """Two A100 servers rather than one: 176,957.50 more (test_robust.py)."""
    found = asked(command, "corners", "json")["outputs"]["robust"]
    rows = {row["plan"]: row for row in asked(command, "corners", "csv")}
    assert set(rows) == {"robust", "ordinary"} and found["most"] is None
    assert found["plan"]["central_cost_usd"] == float(rows["robust"]["central_cost_usd"]) == 509_459
    assert (rows["robust"]["met"], rows["ordinary"]["met"], rows["ordinary"]["missed"]) == ("4", "2", "deadline=2")
    text = " ".join(command(*CASE, *MODES["corners"]).out.split())
    assert "Robustness costs $176,958 (53.2 %)" in text and "the 4 combinations of the ends of run, price:a100" in text


def test_the_band_is_said_to_be_of_runs_from_scratch(command: Cli) -> None:
    """Where the model is trained in another way; and not where it is from scratch."""
    flags = ("sensitivity", "--data", str(LIVE), "--workload", "llama-3.1-70b", "--use", "gb200_nvl72", "-q")
    scratch, adapter = (" ".join(command(*flags, *way).out.split()) for way in ((), ("--way", "lora")))
    assert "the band of real runs on A100 and Hopper, all of them from scratch" in adapter
    assert "the band of real runs on A100 and Hopper)" in scratch


def test_no_robust_plan_is_an_answer(command: Cli) -> None:
    """Status 3, and the greatest share that any plan reaches."""
    changed = {"18": "9", "a100;h100": "a100"}
    ran = command(*(changed.get(word, word) for word in CASE), "--corners", "run")
    assert ran.status == 3
    text = " ".join(ran.out.split())
    assert "No plan meets every limit in all of the 2 combinations of the ends of run. This has been proven." in text
    assert (
        "Of the plans for the central case, the best does in 50.0 %" in text
        and "the deadline in 50.0 % of the scenarios" in text
    )


def test_no_central_plan_is_an_answer(command: Cli) -> None:
    """Status 3 in every mode."""
    for flags in MODES.values():
        ran = command(*CASE, "--max-mw", "0.001", *flags)
        assert ran.status == 3 and "no plan" in ran.out.lower()


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (("--share", "0.9"), "--share: belongs to the robust plan: it needs --robust"),
        (("--aim", "mean"), "--aim: belongs to the robust plan: it needs --robust"),
        (("--corners", "run", "--draws", "9"), "--draws"),
        (("--corners", ";"), "--corners"),
        (("--corners", "heat"), "--corners"),
        (("--robust", "--share", "x"), "--share"),
        (("--robust", "--share", "2"), "--share"),
        (("--draws", "0"), "--draws"),
        (("--draws", "5", "--seed", "-1"), "--seed"),
        (("--range", "pue"), "--range"),
        (("--range", "price:h1000=1:2"), "h1000"),
        (("--mix", "2"), "--mix"),
    ],
)
def test_what_cannot_be_asked_is_said(command: Cli, flags: tuple[str, ...], word: str) -> None:
    """One message, status 2, nothing on stdout."""
    ran = command(*CASE, *flags)
    assert ran.status == 2 and word in one_message(ran)


def test_a_file_is_written_whole_with_its_metadata(command: Cli) -> None:
    """Units of the columns stand beside the rows, in the order of the columns, under a title of their own."""
    ran = command(*CASE, *MODES["draws"], "--csv", "-o", "draws.csv")
    assert ran.status == 0 and not ran.out
    beside = json.loads(Path("draws.metadata.json").read_text())
    fields = {field["name"]: field for field in beside["resources"][0]["schema"]["fields"]}
    header, *rows = Path("draws.csv").read_text().splitlines()
    assert fields["chosen_cost_usd"]["unit"] == "USD" and len(rows) == 40
    assert list(fields) == header.split(",") and beside["resources"][0]["name"] == "draws"


@pytest.mark.parametrize("mode", MODES)
def test_what_is_done_is_reported_meanwhile(command: Cli, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """On stderr, in what is counted in this mode; a long answer without a sign of life would be taken for a crash."""
    monkeypatch.setattr("optimizer.cli.progress.LINE_EVERY_S", 0.0)
    counted = {"tornado": "3 of 3 inputs", "corners": "4 of 4 scenarios", "robust": "40 of 40 scenarios"}
    ran = command(*CASE[:-1], *MODES[mode], "--workers", "1")
    assert ran.status == 0 and f"{counted.get(mode, '40 of 40 draws')}, " in ran.err
    assert command(*CASE, *MODES[mode]).err == ""


@pytest.mark.parametrize("mode", MODES)
def test_the_page_tells_what_the_text_does(command: Cli, mode: str) -> None:
    """Every word of the text stands in the Markdown, but for what is written around them.

    The bars of a tornado are drawn in the text alone: their ends stand as figures in both.
    """
    text, page = (command(*CASE, *MODES[mode], *form).out for form in ((), ("--md",)))
    assert page.startswith("# How sure")
    plain = page.replace("\\", "").replace("|", " ").split()
    words = [word for word in text.split() if not BAR.fullmatch(word)]
    assert [word for word in words if word not in plain] == []
    assert ("█" in text) == (mode == "tornado")
