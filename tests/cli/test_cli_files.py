"""The command line and files: nothing half-written, and bad input told in one message."""

from __future__ import annotations

import csv
import errno
import io
import os
import shlex
import shutil
from pathlib import Path

import pytest
from commands import EASY, Cli, files, one_message
from worlds import FROZEN

from optimizer.answers.form.envelope import Envelope
from optimizer.cli import run


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]], ids=str)
def test_a_file_holds_what_stdout_would(command: Cli, tmp_path: Path, form: list[str]) -> None:
    """``-o`` changes where, not what; ``-o -`` is stdout."""
    told = command("plan", *EASY, *form).out
    ran = command("plan", *EASY, *form, "-o", "answer")
    assert ran.out == ""
    assert (tmp_path / "answer").read_text(encoding="utf-8") == told
    assert files(tmp_path) == {"answer"} | ({"answer.metadata.json"} if form == ["--csv"] else set())
    assert command("plan", *EASY, *form, "-o", "-").out == told


def test_an_old_file_is_replaced_whole(command: Cli, tmp_path: Path) -> None:
    """No tail of a longer file is left behind."""
    (tmp_path / "answer").write_text("x" * 10**6, encoding="utf-8")
    command("plan", *EASY, "--json", "-o", "answer")
    Envelope.model_validate_json((tmp_path / "answer").read_text(encoding="utf-8"))


@pytest.mark.parametrize("target", ["missing/plan.json", "."])
@pytest.mark.parametrize("name", ["plan", "options", "batch"])
def test_output_into_a_missing_folder(command: Cli, tmp_path: Path, target: str, name: str) -> None:
    """Said before anything is written; the folder is not made behind the user's back."""
    (tmp_path / "cases.csv").write_text("case_id\na\n", encoding="utf-8")
    ran = command(name, *(["cases.csv"] if name == "batch" else [*EASY, "--json"]), "-o", target)
    assert ran.status == 2
    assert "--output" in one_message(ran)
    assert files(tmp_path) == {"cases.csv"}


def test_output_that_cannot_be_made_is_one_message(command: Cli, tmp_path: Path) -> None:
    """A name that the file system refuses is the user's to mend: no traceback."""
    ran = command("plan", *EASY, "--json", "-o", "x" * 300 + ".json", "-q")
    assert ran.status != 0
    one_message(ran)
    assert files(tmp_path) == set()


def test_a_full_disk_leaves_no_file(command: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither half a plan under its name nor a leftover beside it; one message, no traceback."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "plan.json").write_text("old", encoding="utf-8")
    try:
        ran = command("plan", *EASY, "--json", "-o", "plan.json", "-q")
    finally:
        assert files(tmp_path) == {"plan.json"}
        assert (tmp_path / "plan.json").read_text(encoding="utf-8") == "old"
    assert ran.status != 0
    one_message(ran)


def test_an_interrupted_batch_leaves_no_file(command: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ctrl-C before a first chunk came home: the old file stands, and nothing of a new one."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("optimizer.batch.pool.LocalWorkers.wait", interrupt)
    (tmp_path / "cases.csv").write_text("case_id\na\nb\nc\nd\n", encoding="utf-8")
    (tmp_path / "plans.csv").write_text("old", encoding="utf-8")
    ran = command("batch", "cases.csv", "-o", "plans.csv")
    assert ran.status == 130
    assert files(tmp_path) == {"cases.csv", "plans.csv"}
    assert (tmp_path / "plans.csv").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--max-mw", "-1"], ["--max-mw", '"-1"', "greater than 0"]),
        (["--max-mw", "1 MV"], ["--max-mw", '"1 MV"', "did you mean MW"]),
        (["--max-mw", "0,5"], ["--max-mw", '"0,5"', "decimal point", "0.5"]),
        (["--max-mw", "nan"], ["--max-mw", '"nan"']),
        (["--max-mw", "1e999"], ["--max-mw", '"1e999"']),
        (["--max-mw", "٣"], ["--max-mw", '"٣"']),
        (["--max-mw", "1_000"], ["--max-mw", '"1_000"']),
        (["--max-mw", ""], ["--max-mw", "empty"]),
        (["--use", " ;"], ["--use", "empty"]),
        (["--max-carbon", "5 MW"], ["--max-carbon", "give tCO2e"]),
        (["--deadline", "0"], ["--deadline", '"0"', "1"]),
        (["--deadline", "-5d"], ["--deadline", '"-5d"', "120d"]),
        (["--deadline", "120 fortnights"], ["--deadline", "120d"]),
        (["--deadline", "2020-01-01"], ["--deadline", "after today"]),
        (["--deadline", "2027-02-30"], ["--deadline", "calendar"]),
        (["--budget", "1,000"], ["--budget", "1000"]),
        (["--budget", "a lot"], ["--budget", '"a lot"']),
        (["--country", "Brasilia"], ["--country", '"Brasilia"', "Brazil"]),
        (["--workload", "dense-smal"], ["--workload", "dense-small"]),
        (["--use", "h1000"], ["--use", "h100"]),
        (["--avoid", "h1000"], ["--avoid", "h100"]),
        (["--supply", "h100"], ["--supply", "h100=64"]),
        (["--supply", "h100=-8"], ["--supply", "h100=64"]),
        (["--owned", "h100=8;hopper=8"], ["--owned", "twice"]),
        (["--use", "h100", "--avoid", "hopper"], ["--avoid", "both"]),
        (["--procurement", "steal"], ["--procurement", "buy"]),
        (["--precision", "fp64"], ["--precision", "bf16"]),
        (["--objective", "beauty"], ["--objective", "carbon"]),
        (["--mix", "0"], ["--mix", "1"]),
        (["--mix", "1.5"], ["--mix", "whole"]),
        (["--pue", "0.9"], ["--pue", "1"]),
        (["--overhead", "0.5"], ["--overhead", "1"]),
        (["--date", "2020-01-01"], ["--date", "2023-11-17"]),
        (["--date", "2026/11/22"], ["--date", "day of the calendar"]),
        (["--date", "2026-02-30"], ["--date", "not a date of the calendar"]),
        (["--date", "tomorrow"], ["--date", '"tomorrow"']),
        (["--tax-regime", "haven"], ["--tax-regime", "redata"]),
        (["--rules", "none"], ["--rules", "unrestricted"]),
        (["--assumptions", "hopeful"], ["--assumptions", "measured"]),
        (["--params-active-b", "10", "--params-total-b", "5", "--tokens-t", "1"], ["--params-active-b"]),
    ],
    ids=lambda value: shlex.join(value),
)
@pytest.mark.parametrize("name", ["plan", "options"])
def test_a_bad_flag_is_named_with_its_remedy(command: Cli, name: str, flags: list[str], words: list[str]) -> None:
    """Status 2, one message with the flag, the value and what would be right; nothing is planned by guess."""
    ran = command(name, *flags)
    assert ran.status == 2
    message = one_message(ran)
    for word in words:
        assert word in message
    assert len(message) < 500 and "pydantic" not in message


@pytest.mark.parametrize(("use", "avoid"), [("h100", "h100"), ("h100;a100", "a100"), ("h100", "hopper")])
def test_what_is_in_use_and_in_avoid_is_told_once(command: Cli, use: str, avoid: str) -> None:
    """The case and its names both see it: it was one problem told as two."""
    message = one_message(command("plan", "--use", use, "--avoid", avoid))
    assert message.count("both") == 1


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--assume-hire"], "--rent-premium"),
        (["--params-active-b", "7"], "--tokens-t"),
        (["--workload", "dense-small", "--params-total-b", "7"], "--params-total-b"),
    ],
    ids=lambda value: shlex.join(value) if isinstance(value, list) else value,
)
def test_flags_that_do_not_go_together_are_named_as_flags(command: Cli, flags: list[str], named: str) -> None:
    """The user typed flags: a message that speaks of ``rent_premium`` names nothing that can be typed."""
    ran = command("plan", *flags)
    assert ran.status == 2
    assert named in one_message(ran)


def test_all_bad_flags_are_told_at_once(command: Cli) -> None:
    """Seven slips, seven lines: nobody wants to run seven times."""
    flags = {
        "--country": "Atlantis",
        "--workload": "nothing",
        "--max-mw": "-1",
        "--deadline": "0",
        "--budget": "much",
        "--mix": "99",
        "--pue": "x",
    }
    ran = command("plan", *(word for pair in flags.items() for word in pair))
    message = one_message(ran)
    assert ran.status == 2
    for flag, value in flags.items():
        assert f'{flag} "{value}": ' in message


BAD_TABLES: dict[str, tuple[bytes, list[str]]] = {
    "empty file": (b"", ["cases.csv", "empty"]),
    "blank file": (b" \n\n", ["cases.csv", "empty"]),
    "header alone": (b"case_id,max_mw\n", ["cases.csv", "no case"]),
    "unknown column": (b"case_id,max_mv\na,1\n", ["cases.csv:1", "max_mv", "did you mean max_mw?"]),
    "column twice": (b"case_id,max_mw,max_mw\na,1,1\n", ["cases.csv:1", "max_mw", "twice"]),
    "nameless column": (b"case_id,,max_mw\na,1,1\n", ["cases.csv:1", "without a name"]),
    "UTF-16": ("case_id\na\n".encode("utf-16"), ["cases.csv", "UTF-8", "save it as CSV UTF-8"]),
    "no text at all": (b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00", ["cases.csv", "text"]),
    "blank first line": (b"\ncase_id,max_mw\na,1\n", ["cases.csv:1", "header"]),
}


@pytest.mark.parametrize("kind", BAD_TABLES)
@pytest.mark.parametrize("through", ["file", "stdin"])
def test_a_bad_table_is_one_message_and_no_file(command: Cli, tmp_path: Path, kind: str, through: str) -> None:
    """Status 4, the place and the remedy; no plans file, no metadata, no leftover."""
    content, words = BAD_TABLES[kind]
    (tmp_path / "cases.csv").write_bytes(content)
    if through == "file":
        ran = command("batch", "cases.csv", "-o", "plans.csv")
    else:
        ran = command("batch", "-", "-o", "plans.csv", stdin=content)
    assert ran.status == 4
    message = one_message(ran)
    for word in words:
        assert word.replace("cases.csv", "stdin" if through == "stdin" else "cases.csv") in message
    assert files(tmp_path) == {"cases.csv"}


BAD_CELLS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("max_mw", "-1", ('max_mw "-1"', "greater than 0")),
    ("max_mw", "1 MV", ('max_mw "1 MV"', "did you mean MW")),
    ("max_mw", "0,5", ('max_mw "0,5"', "write 0.5")),
    ("max_mw", "1,500", ('max_mw "1,500"', "1.500 or 1500")),
    ("max_mw", "nan", ('max_mw "nan"',)),
    ("deadline_days", "0", ('deadline_days "0"', "1")),
    ("deadline_days", "1.5", ('deadline_days "1.5"', "whole")),
    ("country", "Atlantis", ('country "Atlantis"', "known")),
    ("workload", "nothing", ('workload "nothing"', "known")),
    ("supply", "h100:8", ('supply "h100:8"', "h100=64")),
    ("assume_hire", "1", ("rent_premium",)),
    ("assume_hire", "maybe", ('assume_hire "maybe"',)),
)


def test_a_bad_cell_is_told_in_its_row(command: Cli) -> None:
    """Each is invalid with line, column, value and rule; the row below it is planned as if it stood alone."""
    columns = list(dict.fromkeys(column for column, _, _ in BAD_CELLS))
    table = io.StringIO()
    cases = csv.DictWriter(table, ["case_id", *columns])
    cases.writeheader()
    for column, cell, _ in BAD_CELLS:
        cases.writerow({"case_id": "bad", column: cell})
        cases.writerow({"case_id": "good"})
    ran = command("batch", "-", stdin=table.getvalue().encode())
    assert ran.status == 6
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert len(rows) == 2 * len(BAD_CELLS)
    for n, (column, _, words) in enumerate(BAD_CELLS):
        bad, good = rows[2 * n], rows[2 * n + 1]
        assert (bad["case_id"], bad["status"], bad["cost_usd"]) == ("bad", "invalid", "")
        assert (good["case_id"], good["status"], good["cost_usd"]) == ("good", "plan", "1585000.00")
        for word in (*words, f"stdin:{2 * n + 2}"):
            assert word in bad["reason"], column


def test_a_missing_column_of_the_data_folder(command: Cli, tmp_path: Path) -> None:
    """Every problem of every file at once, with file and line; status 4; a figure is never made up."""
    broken = tmp_path / "broken"
    shutil.copytree(FROZEN, broken)
    for name, old, new in (
        ("countries.csv", ",pue,", ",pux,"),
        ("accelerators.csv", "h100,H100,NVIDIA,Hopper,h100 sxm;hopper,2022,80,", "h100,H100,NVIDIA,Hopper,,2022,-80,"),
        ("parameters.csv", "measured,staff_fte,full-time posts,,10,", "measured,staff_fte,full-time posts,,ten,"),
    ):
        text = (broken / name).read_text(encoding="utf-8")
        assert old in text
        (broken / name).write_text(text.replace(old, new), encoding="utf-8")
    (broken / "offers.csv").unlink()
    (broken / "workloads.csv").write_bytes((broken / "workloads.csv").read_bytes() + "x,é".encode("latin-1"))
    for arguments in (["plan", *EASY, "-o", "plan.json", "--json"], ["data", "list"], ["options"], ["cite"]):
        ran = command(*arguments, "--data", "broken")
        assert ran.status == 4
        message = one_message(ran)
        for words in (
            "countries.csv:1 pux: is not a column of this table; did you mean pue?",
            "countries.csv:1 pue: is missing",
            'accelerators.csv:3 memory_gb "-80": must be greater',
            'central "ten": must be a number',
            "offers.csv: cannot be read",
            "workloads.csv: must be UTF-8",
        ):
            assert words in message
    assert files(tmp_path) == {"broken"}


@pytest.mark.parametrize("where", ["nowhere", "file.txt", ""])
def test_a_data_folder_that_does_not_exist(
    command: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    """Given with --data or with OPTIMIZER_DATA: named, with the remedy; never the shipped data in its place."""
    (tmp_path / "file.txt").write_text("", encoding="utf-8")
    ran = command("plan", "--data", where or "./missing")
    assert ran.status == 4
    assert "--data" in one_message(ran)
    monkeypatch.setenv("OPTIMIZER_DATA", str(tmp_path / "nowhere"))
    assert run(["data", "list"]) == 4
