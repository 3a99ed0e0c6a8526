"""The command line on terminals of any width, and in pipes."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from commands import EASY, ESCAPE, TIGHT, Cli, process_environment, started
from worlds import LIVE

from optimizer.cli import run


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
    shown = on_terminal(monkeypatch, "plan", *limits, "--full", columns=columns)
    assert "…" not in shown
    assert all(len(line) <= columns for line in re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines())
    if limits != TIGHT:
        for words in ("$1,585,000", "0.558 MW", "0.600 MW", "93.0 %", "94.5 %", "31.7 %", "39.7 %", "48.5 %"):
            assert squeezed(words) in squeezed(shown), f"{words} is lost at {columns} columns"
        for words in ("the deadline", "the budget", "the grid limit", "the TPP cap"):
            assert words.split()[1] in shown, f"the name of {words} is lost at {columns} columns"


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(
    "arguments",
    [
        ["options", *EASY],
        ["data", "list", "accelerators"],
        ["data", "list", "workloads"],
        ["consortium", "BR=0.3", "MX=0.4", "--deadline", "60d"],
        ["ways", "--workload", "dense-small"],
    ],
    ids=shlex.join,
)
def test_a_narrow_table_loses_nothing(
    command: Cli, monkeypatch: pytest.MonkeyPatch, arguments: list[str], columns: int
) -> None:
    """As for the card: prices and names that end in an ellipsis cannot be used."""
    assert "…" not in on_terminal(monkeypatch, *arguments, columns=columns)


@pytest.mark.parametrize("kind", ["accelerators", "countries", "workloads", "rules", "assumptions", "defaults"])
def test_a_piped_list_of_the_shipped_data_is_whole(command: Cli, kind: str) -> None:
    """``optimizer data list accelerators | grep a100``: an id that is cut short names nothing, or two things."""
    rows = json.loads(command("data", "list", kind, "--json", "--data", str(LIVE)).out)["outputs"]
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


@pytest.mark.parametrize(
    "arguments",
    [["law", "h100", "BR"], ["data", "show", "BR"], ["plan", *EASY], ["options", *EASY]],
    ids=lambda a: a[0],
)
def test_no_line_in_a_pipe_ends_in_blanks(command: Cli, arguments: list[str]) -> None:
    """Filled to the width of a terminal, every line of a saved card differs from the same line typed by hand."""
    lines = command(*arguments).out.splitlines()
    assert len(lines) > 5
    assert [line for line in lines if line != line.rstrip()] == []


def test_a_terminal_and_a_pipe_differ_in_blanks_alone(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but blanks is taken away: the same words stand on the same lines."""
    shown = on_terminal(monkeypatch, "data", "show", "BR", columns=100, NO_COLOR="1")
    piped = command("data", "show", "BR").out
    bare = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert [line.rstrip() for line in bare.splitlines()] == piped.splitlines()
