"""The command line as a user meets it: statuses, streams, files, messages; the same words in give the same bytes out.

Most tests call ``optimizer.cli.run`` in process on the fictitious catalogue; a few use a real process.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import math
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from optimizer import highs
from optimizer.batch.run import run as run_batch
from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.cli import cli, run
from optimizer.cli.case_flags import FLAG_OF
from optimizer.domain import Case
from optimizer.errors import DataError
from optimizer.report.envelope import Envelope
from optimizer.report.readback import check
from optimizer.report.row import COLUMNS

HERE = Path(__file__).parent
FROZEN, LIVE = HERE / "catalogue", HERE.parent / "data"
ESCAPE = "\x1b"
EASY = ["--max-mw", "0.6", "--deadline", "90d"]
"""A case with a plan: 248 H100, rented for 85 days."""
TIGHT = ["--max-mw", "0.5", "--deadline", "60d"]
"""A case without one; 0.504 MW or 63 days would do."""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str


Cli = Callable[..., Ran]


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    frozen: Catalogue,
    live: Catalogue,
) -> Cli:
    """Run a command in an empty folder, on the fictitious catalogue (read once a session); ``stdin`` as bytes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPTIMIZER_DATA", str(FROZEN))
    known = {str(FROZEN): frozen, str(LIVE): live}

    def load(folder: str | None = None, *more: Any) -> Catalogue:
        where = os.environ["OPTIMIZER_DATA"] if folder is None else folder
        return known[where] if where in known and not any(more) else load_catalogue(folder, *more)

    monkeypatch.setattr("optimizer.catalogue.load_catalogue", load)

    def call(*arguments: str, stdin: bytes | None = None) -> Ran:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        status = run(list(arguments))
        told = capsys.readouterr()
        return Ran(status, told.out, told.err)

    return call


def started(*arguments: str, cwd: Path, **changes: Any) -> subprocess.CompletedProcess[bytes]:
    """The same in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "optimizer", *arguments],
        capture_output=True,
        cwd=cwd,
        env=process_environment(**changes),
        timeout=120,
    )


def process_environment(**changes: str) -> dict[str, str]:
    return {**os.environ, "OPTIMIZER_DATA": str(FROZEN), **changes}


def files(folder: Path) -> set[str]:
    """Every file in a folder, hidden ones too."""
    return {path.name for path in folder.iterdir()}


def one_message(ran: Ran) -> str:
    """The error of a command that wrote no data and no traceback."""
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert ran.err.count("Error: ") == 1, ran.err
    return ran.err


# -- exit statuses -----------------------------------------------------------------------------------------------------

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
    from optimizer import __version__

    ran = command("--version")
    assert ran.status == 0
    assert __version__ in ran.out


def lying(model: Any, **kind: bool) -> highs.Solution:
    """HiGHS with a cheaper objective than that of its plan."""
    honest = highs.solve_arrays(highs.compile_model(model), **kind)
    return replace(honest, objective=honest.objective * 0.9)


def claims_infeasible(model: Any, **kind: bool) -> highs.Solution:
    honest = highs.solve_arrays(highs.compile_model(model), **kind)
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
    """The row is told as undecided, without servers or cost, and with what was asked and which solver failed."""
    monkeypatch.setattr(highs, "solve", lying)
    ran = command("batch", "-", stdin=b"case_id,max_mw,deadline_days\na,0.6,90\n")
    (row,) = csv.DictReader(io.StringIO(ran.out))
    assert ran.status == 6
    assert row["status"] == "undecided" and row["reason"]
    assert row["servers"] == row["cost_usd"] == ""


def test_an_undecided_row_says_what_was_asked_and_who_failed(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its case could be read: without its fields, sets and solver the row cannot be reproduced."""
    monkeypatch.setattr(highs, "solve", lying)
    ran = command("batch", "-", stdin=b"case_id,max_mw,deadline_days\na,0.6,90\n")
    (row,) = csv.DictReader(io.StringIO(ran.out))
    told = {name: row[name] for name in ("workload", "country", "max_mw", "assumptions", "rules", "solver")}
    assert all(told.values()), told


@pytest.mark.parametrize("arguments", [["plan"], ["ask", "cheapest plan"], ["batch", "-"], ["options"]])
def test_interrupted_is_status_130(command: Cli, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """Ctrl-C is no bug and no plan."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for place in ("insight.answer", "batch.run", "report.considered"):
        monkeypatch.setattr(import_module(f"optimizer.{place}"), "prepare", interrupt)
    ran = command(*arguments, stdin=b"case_id\na\n")
    assert ran.status == 130
    assert "Traceback" not in ran.err and ran.err.strip().endswith("Interrupted.")


# -- streams and forms -------------------------------------------------------------------------------------------------


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
        assert set(told) == set(schema["required"])
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
    documented = json.loads(command("data", "show", "plan", "--json").out)
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


# -- terminals ---------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stdout that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, *arguments: str, columns: int = 100, **changes: str) -> str:
    """What a command shows on a terminal so wide."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": "50", **changes}.items():
        monkeypatch.setenv(name, value)
    shown = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", shown)
        assert run(list(arguments)) in (0, 3)
    return shown.getvalue()


SHOWN: tuple[list[str], ...] = (
    ["plan", *EASY],
    ["plan", *TIGHT],
    ["options", *EASY],
    ["data", "list", "workloads"],
    ["data", "show", "BR"],
    ["data", "show", "plan"],
)


def test_a_terminal_gets_colour(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counterpart of the tests below: without it they would prove nothing."""
    assert ESCAPE in on_terminal(monkeypatch, "plan", *EASY)


@pytest.mark.parametrize("arguments", SHOWN, ids=shlex.join)
@pytest.mark.parametrize("changes", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_no_escape_codes_where_none_are_wanted(
    command: Cli, monkeypatch: pytest.MonkeyPatch, arguments: list[str], changes: dict[str, str]
) -> None:
    """Neither NO_COLOR nor a dumb terminal: codes would stand as garbage between the figures.

    NO_COLOR speaks of colour, so bold may stay; a dumb terminal understands nothing at all.
    """
    shown = on_terminal(monkeypatch, *arguments, **changes)
    codes = set(re.findall(r"\x1b\[([0-9;]*)m", shown))
    assert codes <= ({"0", "1", "2"} if "NO_COLOR" in changes else set())
    assert shown.count(ESCAPE) == len(re.findall(r"\x1b\[[0-9;]*m", shown))


@pytest.mark.parametrize("arguments", SHOWN, ids=shlex.join)
def test_a_pipe_gets_plain_text(command: Cli, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """Whatever the terminal of the shell can do."""
    monkeypatch.setenv("TERM", "xterm-256color")
    assert ESCAPE not in command(*arguments).out


def squeezed(text: str) -> str:
    """Text without escape codes and white space, so that line breaks do not count."""
    return re.sub(r"\s+", "", re.sub(r"\x1b\[[0-9;]*m", "", text))


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("limits", [[*EASY, "--budget", "5M", "--max-tpp", "1e7"], TIGHT], ids=["plan", "infeasible"])
def test_a_narrow_card_loses_nothing(
    command: Cli, monkeypatch: pytest.MonkeyPatch, limits: list[str], columns: int
) -> None:
    """A cut-off figure or limit (an ellipsis) is one that is not told."""
    shown = on_terminal(monkeypatch, "plan", *limits, columns=columns)
    assert "…" not in shown
    assert all(len(line) <= columns for line in re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines())
    if limits != TIGHT:
        for words in ("$1,585,000", "0.558 MW", "0.600 MW", "93.0 %", "94.5 %", "31.7 %", "39.7 %", "48.5 %"):
            assert squeezed(words) in squeezed(shown), f"{words} is lost at {columns} columns"
        for words in ("the deadline", "the budget", "the grid limit", "the TPP cap"):
            assert words.split()[1] in shown, f"the name of {words} is lost at {columns} columns"


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    "arguments", [["options", *EASY], ["data", "list", "accelerators"], ["data", "list", "workloads"]], ids=shlex.join
)
def test_a_narrow_table_loses_nothing(
    command: Cli, monkeypatch: pytest.MonkeyPatch, arguments: list[str], columns: int
) -> None:
    """As for the card: prices and names that end in an ellipsis cannot be used."""
    assert "…" not in on_terminal(monkeypatch, *arguments, columns=columns)


@pytest.mark.parametrize("kind", ["accelerators", "countries", "workloads", "rules", "assumptions", "defaults"])
def test_a_piped_list_of_the_shipped_data_is_whole(command: Cli, kind: str) -> None:
    """``optimizer data list accelerators | grep a100``: an id that is cut short names nothing, or two things."""
    rows = json.loads(command("data", "list", kind, "--json", "--data", str(LIVE)).out)
    shown = command("data", "list", kind, "--data", str(LIVE)).out
    for row in rows:
        name = row.get("id") or row["field"]
        assert name in shown, f"{name} is cut short"
    assert "…" not in shown


def test_the_shipped_study_is_whole_on_80_columns(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdicts are what the command is for: "label contradic…" is none."""
    shown = on_terminal(monkeypatch, "reproduce", "study-2025", "--data", str(LIVE), columns=80)
    assert "…" not in shown


@pytest.mark.parametrize("arguments", [["plan", *EASY], ["plan", *EASY, "--json"], ["data", "list"]], ids=shlex.join)
def test_head_on_the_pipe_ends_quietly(arguments: list[str], tmp_path: Path) -> None:
    """``optimizer ... | head -1``: status 0 and no traceback once the reader has seen enough."""
    process = subprocess.Popen(
        [sys.executable, "-m", "optimizer", *arguments, *([] if arguments[0] == "data" else ["--quiet"])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=process_environment(),
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert (process.wait(timeout=60), said) == (0, "")


def test_an_encoding_without_arrows_is_no_traceback(tmp_path: Path) -> None:
    """Output piped on Windows is cp1252, which has no arrow: the card must come out all the same."""
    done = started("plan", *TIGHT, "-q", cwd=tmp_path, PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert b"Traceback" not in done.stderr
    assert done.returncode == 3
    assert b"0.504 MW" in done.stdout


# -- files -------------------------------------------------------------------------------------------------------------


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
    ran = command("plan", *EASY, "--json", "-o", "x" * 250 + ".json", "-q")
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
    """Two rows were done when Ctrl-C came: the old file stands, and no half of a new one."""
    honest, calls = run_batch.__globals__["solve_prepared"], []

    def interrupt(ready: Any) -> Any:
        calls.append(ready)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return honest(ready)

    monkeypatch.setitem(run_batch.__globals__, "solve_prepared", interrupt)
    (tmp_path / "cases.csv").write_text("case_id\na\nb\nc\nd\n", encoding="utf-8")
    (tmp_path / "plans.csv").write_text("old", encoding="utf-8")
    ran = command("batch", "cases.csv", "-o", "plans.csv")
    assert ran.status == 130
    assert files(tmp_path) == {"cases.csv", "plans.csv"}
    assert (tmp_path / "plans.csv").read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to send")
def test_ctrl_c_in_a_real_batch(tmp_path: Path) -> None:
    """The same in a process, in the middle of writing: status 130 and nothing but the cases file."""
    rows = "".join(f"c{i},{100 + i % 200}\n" for i in range(20_000))
    (tmp_path / "cases.csv").write_text("case_id,deadline_days\n" + rows, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "optimizer", "batch", "cases.csv", "-o", "plans.csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=process_environment(),
    )
    for _ in range(600):
        if any(name.endswith(".part") for name in files(tmp_path)):
            break
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err.decode()
    assert b"Traceback" not in err and out == b""
    assert files(tmp_path) == {"cases.csv"}


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--max-mw", "-1"], ["--max-mw", '"-1"', "greater than 0"]),
        (["--max-mw", "1 MV"], ["--max-mw", '"1 MV"', "number"]),
        (["--max-mw", "0,5"], ["--max-mw", '"0,5"', "decimal point", "0.5"]),
        (["--max-mw", "nan"], ["--max-mw", '"nan"']),
        (["--max-mw", "1e999"], ["--max-mw", '"1e999"']),
        (["--max-mw", "٣"], ["--max-mw", '"٣"']),
        (["--max-mw", "1_000"], ["--max-mw", '"1_000"']),
        (["--max-mw", ""], ["--max-mw", "number"]),
        (["--deadline", "0"], ["--deadline", '"0"', "1"]),
        (["--deadline", "-5d"], ["--deadline", '"-5d"', "120d"]),
        (["--deadline", "120 fortnights"], ["--deadline", "120d"]),
        (["--deadline", "2020-01-01"], ["--deadline", "after today"]),
        (["--deadline", "2027-02-30"], ["--deadline", "calendar"]),
        (["--budget", "1,000,000"], ["--budget", "1000000"]),
        (["--budget", "a lot"], ["--budget", '"a lot"']),
        (["--country", "Brasilia"], ["--country", '"Brasilia"', "brasil"]),
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


@pytest.mark.parametrize(
    ("header", "cells", "words"),
    [
        ("max_mw", "-1", ['max_mw "-1"', "greater than 0"]),
        ("max_mw", "1 MV", ['max_mw "1 MV"', "number"]),
        ("max_mw", '"0,5"', ['max_mw "0,5"', "write 0.5"]),
        ("max_mw", '"1,500"', ['max_mw "1,500"', "1.500 or 1500"]),
        ("max_mw", "nan", ['max_mw "nan"']),
        ("deadline_days", "0", ['deadline_days "0"', "1"]),
        ("deadline_days", "1.5", ['deadline_days "1.5"', "whole"]),
        ("country", "Atlantis", ['country "Atlantis"', "known"]),
        ("workload", "nothing", ['workload "nothing"', "known"]),
        ("supply", "h100:8", ['supply "h100:8"', "h100=64"]),
        ("assume_hire", "1", ["rent_premium"]),
        ("assume_hire", "maybe", ['assume_hire "maybe"']),
    ],
)
def test_a_bad_cell_is_told_in_its_row(command: Cli, header: str, cells: str, words: list[str]) -> None:
    """The row is invalid with line, column, value and rule; the row below it is planned as if it stood alone."""
    ran = command("batch", "-", stdin=f"case_id,{header}\nbad,{cells}\ngood,\n".encode())
    assert ran.status == 6
    bad, good = csv.DictReader(io.StringIO(ran.out))
    assert (bad["case_id"], bad["status"], bad["cost_usd"]) == ("bad", "invalid", "")
    assert (good["case_id"], good["status"], good["cost_usd"]) == ("good", "plan", "1585000.00")
    for word in words:
        assert word in bad["reason"]
    assert "stdin:2" in bad["reason"] or header in ("country", "workload")


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
    (broken / "hire.csv").unlink()
    (broken / "workloads.csv").write_bytes((broken / "workloads.csv").read_bytes() + "x,é".encode("latin-1"))
    for arguments in (["plan", *EASY, "-o", "plan.json", "--json"], ["data", "list"], ["options"], ["cite"]):
        ran = command(*arguments, "--data", "broken")
        assert ran.status == 4
        message = one_message(ran)
        for words in (
            "countries.csv:1 pux: is no column of this table; did you mean pue?",
            "countries.csv:1 pue: is missing",
            'accelerators.csv:3 memory_gb "-80": must be greater',
            'central "ten": must be a number',
            "hire.csv: cannot be read",
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


# -- flags and fields --------------------------------------------------------------------------------------------------


def flags_of(name: str) -> dict[str, click.Option]:
    command = cli.commands[name]
    return {parameter.name or "": parameter for parameter in command.params if isinstance(parameter, click.Option)}


@pytest.mark.parametrize("name", ["plan", "options"])
def test_every_field_of_a_case_has_a_flag_and_every_flag_is_documented(name: str) -> None:
    """A field without a flag could be asked in a batch and nowhere else."""
    flags = flags_of(name)
    assert set(Case.model_fields) <= set(flags)
    for field in Case.model_fields:
        assert FLAG_OF[field] in flags[field].opts
        assert flags[field].help
    assert all(option.help for option in flags.values())


VALUES: dict[str, str] = {
    "case_id": "mine",
    "workload": "dense-small",
    "tokens_t": "2",
    "country": "BR",
    "objective": "days",
    "basis": "amortised",
    "max_mw": "2.5",
    "deadline_days": "17w",
    "deadline_from": "order",
    "budget_usd": "50M",
    "max_tpp": "1e9",
    "max_training_flop": "1e30",
    "max_accelerators": "400",
    "supply": "h100=256",
    "owned": "a100=16",
    "use": "h100;a100",
    "avoid": "b200",
    "procurement": "buy;own",
    "precision": "bf16",
    "mix": "2",
    "assumptions": "measured",
    "rules": "diffusion-2025",
    "date": "2026-01-01",
    "tax_regime": "redata",
    "import_duty": "0.05",
    "pue": "1.3",
    "electricity_usd_per_kwh": "0.07",
    "rent_premium": "0.2",
    "overhead": "1.3",
    "site_setup_usd": "1000",
}


def test_every_flag_reaches_its_field(command: Cli) -> None:
    """A flag that is dropped on the way plans another case than the one that was asked."""
    own = {"params_total_b", "params_active_b", "architecture", "assume_hire"}
    assert set(VALUES) | own == set(Case.model_fields)
    words = [word for field, value in VALUES.items() for word in (FLAG_OF[field], value)]
    told = json.loads(command("plan", *words, "--assume-hire", "--json").out)["inputs"]
    assert set(told) == set(VALUES) | {"assume_hire"}
    assert told["deadline_days"] == 119 and told["budget_usd"] == "50000000" and told["owned"] == {"a100": 16}
    flags = ["--params-total-b", "10", "--params-active-b", "5", "--architecture", "moe", "--tokens-t", "1"]
    told = json.loads(command("plan", *flags, "--json").out)["inputs"]
    assert told == {"params_total_b": "10", "params_active_b": "5", "tokens_t": "1", "architecture": "moe"}


@pytest.mark.parametrize(
    ("text", "days"), [("120", 120), ("120d", 120), ("120 days", 120), ("17w", 119), ("4 months", 120), ("1 week", 7)]
)
def test_times_of_a_deadline(command: Cli, text: str, days: int) -> None:
    """A month is 30 days, as ``plan --help`` says."""
    assert json.loads(command("plan", "--deadline", text, "--json").out)["inputs"]["deadline_days"] == days


@pytest.mark.parametrize(
    "question",
    [
        "cheapest plan under 0.6 MW in 90 days",
        "fastest way to train dense-small in Mexico under 2 MW and $20M, without renting",
        "lowest carbon plan in Brazil with H100 or B200, buying, within 17 weeks, at most 200 H100",
        "cheapest plan for dense-small under 3 million TPP in 10 days, mix of up to 2 generations",
        "cheapest plan under 0.5 MW in 60 days",
        "cheapest plan from order in 200 days, avoiding B200, amortised",
    ],
)
def test_a_dry_run_is_the_same_case_in_flags(command: Cli, question: str) -> None:
    """``ask --dry-run`` prints flags: run through ``plan`` they give the very same answer."""
    dry = command("ask", "--dry-run", question)
    assert dry.status == 0 and dry.err == ""
    program, *words = shlex.split(dry.out)
    assert program == "optimizer"
    asked, planned = command("ask", question, "--json"), command(*words, "--json")
    assert asked.status == planned.status in (0, 3)
    assert json.loads(asked.out) == json.loads(planned.out)


# -- verify ------------------------------------------------------------------------------------------------------------

VERIFIED: dict[str, list[str]] = {
    "rented": [*EASY, "--budget", "5M", "--max-tpp", "1e7", "--max-accelerators", "400"],
    "bought": ["--procurement", "buy", "--deadline", "200", "--max-mw", "1.5"],
    "owned": ["--owned", "a100=400", "--procurement", "own"],
    "amortised, from the order": ["--basis", "amortised", "--deadline-from", "order", "--deadline", "300"],
    "mixed": ["--mix", "2", "--supply", "h100=16;b200=8", "--deadline", "6d", "--workload", "dense-small"],
    "by law": ["--rules", "diffusion-2025", "--procurement", "buy", "--use", "h100", "--deadline", "200"],
    "own workload": ["--params-total-b", "10", "--tokens-t", "2", "--site-setup", "12345.67"],
}


@pytest.mark.parametrize("kind", VERIFIED)
def test_verify_accepts_its_own_plan(command: Cli, kind: str) -> None:
    """From a file and from stdin."""
    told = command("plan", *VERIFIED[kind], "--json", "-o", "plan.json")
    assert told.status == 0
    ran = command("verify", "plan.json")
    assert (ran.status, ran.err) == (0, "")
    assert "every limit holds" in ran.out
    assert command("verify", "-", stdin=Path("plan.json").read_bytes()).status == 0


def test_verify_accepts_a_plan_of_the_shipped_data(command: Cli) -> None:
    """The plan of the README's question."""
    data = ["--data", str(LIVE)]
    assert command("ask", "cheapest plan under 1 MW in 120 days", "--json", "-o", "plan.json", *data).status == 0
    assert command("verify", "plan.json", *data).status == 0
    ran = command("verify", "plan.json")  # with other data
    assert ran.status == 4 and "Traceback" not in ran.err


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every figure and word of a document with its place."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def put(document: Any, path: tuple[Any, ...], value: Any) -> str:
    """The document with another value in one place."""
    changed = json.loads(json.dumps(document))
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return json.dumps(changed)


def refused(text: str, catalogue: Catalogue) -> bool:
    """Whether ``verify`` finds something wrong; any error but a DataError breaks the test."""
    try:
        wrong, _ = check(text, "forged.json", catalogue)
    except DataError:
        return True
    return bool(wrong)


def other(value: Any) -> Any:
    """Another value of the same kind, as like as a forger would choose it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return round(value * 1.001 + 0.01, 6)
    if isinstance(value, str):
        return str(int(value) - 1) if value.isdigit() else f"{value}x"
    return 1


NOT_FIGURES = ("unit", "law", "binding", "saving_without")
"""Words about a plan, and what a limit costs, which only a solver could check."""


@pytest.mark.parametrize("kind", ["rented", "bought", "mixed"])
def test_verify_refuses_every_tampered_figure(command: Cli, frozen: Catalogue, tmp_path: Path, kind: str) -> None:
    """Any figure of the plan: servers, days, costs, MW, GWh, tonnes, TPP, the use and bound of every limit.

    "Every figure is confirmed" would be untrue of one that can be changed unseen.
    """
    command("plan", *VERIFIED[kind], "--json", "-o", "plan.json")
    told = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    accepted = []
    for path, value in leaves(told["outputs"]["plan"], ("outputs", "plan")):
        if path[2] == "proof" or path[-1] in NOT_FIGURES or value is None:
            continue
        try:
            if not refused(put(told, path, other(value)), frozen):
                accepted.append(".".join(map(str, path)))
        except Exception as error:
            accepted.append(f"{'.'.join(map(str, path))}: {type(error).__name__}")
    assert accepted == []


@pytest.mark.parametrize("name", ["max_mw", "budget_usd", "max_tpp", "deadline_days", "max_accelerators"])
def test_verify_refuses_a_plan_for_tighter_limits(command: Cli, tmp_path: Path, name: str) -> None:
    """A limit in the inputs lowered below what the plan uses: the plan breaks it."""
    command("plan", *VERIFIED["rented"], "--json", "-o", "plan.json")
    told = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    lower = {"max_mw": "0.5579999", "budget_usd": "1584999.99", "max_tpp": "3967999"}
    value = lower.get(name) or {"deadline_days": 84, "max_accelerators": 247}[name]
    (tmp_path / "forged.json").write_text(put(told, ("inputs", name), value), encoding="utf-8")
    ran = command("verify", "forged.json")
    assert ran.status == 4
    assert "breaks the limit" in ran.err and ran.out == ""


@pytest.mark.parametrize("name", ["max_mw", "country"])
def test_verify_refuses_a_settled_case_that_is_not_the_one_checked(command: Cli, tmp_path: Path, name: str) -> None:
    """The limits that a reader of the file sees under ``settled`` are those that were checked, or it is refused."""
    command("plan", *VERIFIED["rented"], "--json", "-o", "plan.json")
    told = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    forged = {"max_mw": "0.1", "country": "MX"}
    (tmp_path / "forged.json").write_text(put(told, ("settled", name), forged[name]), encoding="utf-8")
    assert command("verify", "forged.json").status == 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"plan"',
        "{}",
        "[" * 100_000,
        '{"schema_version": "1"}',
        "\x00",
        "plan,1",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_verify_of_something_else_is_one_message(command: Cli, tmp_path: Path, text: str) -> None:
    """Status 4 and no traceback for what is no plan file."""
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    ran = command("verify", "plan.json")
    assert ran.status == 4
    one_message(ran)


def test_verify_of_an_infeasible_answer(command: Cli) -> None:
    """There is no plan in it to verify, and "infeasible" is not confirmed by silence."""
    command("plan", *TIGHT, "--json", "-o", "plan.json")
    ran = command("verify", "plan.json")
    assert ran.status == 4
    assert "infeasible" in one_message(ran)


ODD = (-1, 0, 1.5, "", "x", None, [], {}, 10**400, "9" * 500, "1/0", True)


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:8])
def test_verify_never_breaks_down(command: Cli, frozen: Catalogue, tmp_path: Path, value: Any) -> None:
    """Whatever stands in the place of a value of the plan or the inputs: a refusal in words, no traceback."""
    command("plan", *EASY, "--json", "-o", "plan.json")
    told = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    plan = ("outputs", "plan")
    places = [path for path, _ in leaves(told["outputs"]["plan"], plan)] + [(*plan, "items"), (*plan, "limits")]
    places += [("inputs", name) for name in ("max_mw", "deadline_days", "country", "supply", "unknown")]
    broke = []
    for path in places:
        try:
            refused(put(told, path, value), frozen)
        except Exception as error:
            broke.append(f"{'.'.join(map(str, path))}: {type(error).__name__}: {str(error)[:60]}")
    assert broke == []


# -- options, data -----------------------------------------------------------------------------------------------------


def test_options_tell_every_option_or_why_it_is_out(command: Cli) -> None:
    """Each accelerator of the catalogue stands there, with a plan or with a reason, and never with both."""
    rows = json.loads(command("options", *EASY, "--json").out)
    known = {row["id"] for row in json.loads(command("data", "list", "accelerators", "--json").out)}
    assert {row["accelerator"] for row in rows} == known
    assert all((row["plan_cost_usd"] is None) == bool(row["reason"]) for row in rows)
    planned = [float(row["plan_cost_usd"]) for row in rows if row["plan_cost_usd"] is not None]
    assert planned == sorted(planned) and planned[0] == 1_585_000
    table = list(csv.DictReader(io.StringIO(command("options", *EASY, "--csv").out)))
    assert [row["accelerator"] for row in table] == [row["accelerator"] for row in rows]


def test_an_option_without_price_is_out_for_that_reason(command: Cli) -> None:
    """The fictitious GH200 has no price and no rent: a plan at $0 would win every time."""
    rows = json.loads(command("options", "--use", "gh200", "--json").out)
    reasons = {(row["procurement"], row["reason"]) for row in rows if row["accelerator"] == "gh200"}
    assert ("buy", "no purchase price known") in reasons
    assert all(row["plan_cost_usd"] is None for row in rows)


@pytest.mark.parametrize("name", ["h100", "BR", "dense-small", "enforced-2026", "measured", "hopper", "Brazil"])
def test_an_entry_is_shown_with_its_source(command: Cli, name: str) -> None:
    """By id or alias; a figure without its source could not be cited."""
    ran = command("data", "show", name, "--json")
    sections = json.loads(ran.out)
    assert ran.status == 0
    first = next(iter(sections.values()))
    assert {"name": "source", "value": "fictitious test data"} in first
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
