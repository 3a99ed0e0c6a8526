"""Streams that are closed, names that are not UTF-8, too little memory: one message or the right file, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Cli, files, process_environment

pytestmark = pytest.mark.skipif(os.name == "nt", reason="file descriptors and names of POSIX")
ODD = os.fsdecode(b"c\xff.csv")
PLAN = "plan --max-mw 0.6 --deadline 90d -q"


def shell(words: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """A command as a shell runs it, with what the shell does to its streams."""
    command = f"{sys.executable} -P -m optimizer {words}"
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=process_environment(), capture_output=True, timeout=90
    )


@pytest.fixture(autouse=True)
def cases(tmp_path: Path) -> None:
    """Two cases under a name that is not UTF-8, with one that cannot be read, and the same under a plain name."""
    for name in (ODD, "cases.csv"):
        (tmp_path / name).write_text("case_id,max_mw\na,0.6\nb,-1\n", encoding="utf-8")


@pytest.mark.parametrize("words", [PLAN, "--help", "guide batch", "batch cases.csv"])
def test_closed_stdout_is_an_error(tmp_path: Path, words: str) -> None:
    """What was asked for is lost: status 4 and one message, not 0 and not a traceback."""
    ran = shell(f"{words} >&-", tmp_path)
    assert ran.returncode == 4 and b"stdout is closed" in ran.stderr and b"Traceback" not in ran.stderr, ran


def test_closed_stdout_is_none_where_a_file_is_written(tmp_path: Path) -> None:
    """And the file has nothing else in it, though its descriptor could have been that of stdout."""
    assert shell(f"{PLAN} --json -o a.json", tmp_path).returncode == 0
    assert shell(f"{PLAN} --json -o b.json <&- >&- 2>&-", tmp_path).returncode == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert shell("batch cases.csv -o a.csv", tmp_path).returncode == 6
    assert shell("batch cases.csv -o b.csv <&- >&- 2>&-", tmp_path).returncode == 6
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_closed_stderr_costs_only_what_is_said_there(tmp_path: Path) -> None:
    """The answer comes all the same, and an error keeps its status."""
    whole = shell(PLAN, tmp_path)
    closed = shell(f"{PLAN} 2>&-", tmp_path)
    assert closed.returncode == 0 and closed.stdout == whole.stdout != b""
    assert shell("plan --country Nowhere 2>&-", tmp_path).returncode == 2


@pytest.mark.parametrize("words", ["batch -", "verify -", "batch - --from jsonl"])
def test_closed_stdin_is_an_error_where_it_is_read(tmp_path: Path, words: str) -> None:
    """One message and status 4."""
    ran = shell(f"{words} <&-", tmp_path)
    assert ran.returncode == 4 and b"stdin is closed" in ran.stderr and b"Traceback" not in ran.stderr, ran


@pytest.mark.parametrize(
    "words",
    [
        "batch $'c\\xff.csv' -o $'o\\xff.csv'",
        "batch $'c\\xff.csv' --format jsonl",
        "batch $'c\\xff.csv' -o $'o\\xff.parquet' --journal $'j\\xff'",
        "batch - --from csv < $'c\\xff.csv'",
    ],
)
def test_names_that_are_not_utf_8(tmp_path: Path, words: str) -> None:
    """Read and written; a row that names its file says which bytes, and is not called crashed."""
    ran = shell(words, tmp_path)
    assert ran.returncode == 6 and b"Traceback" not in ran.stderr, ran.stderr
    written = [path for path in tmp_path.iterdir() if path.name.startswith("o") and path.suffix == ".csv"]
    rows = written[0].read_bytes() if written else ran.stdout
    assert b"crashed" not in rows and (not rows or b"must be greater than 0" in rows)
    assert b"1 invalid, 1 plan" in ran.stderr
    assert not [name for name in files(tmp_path) if name.startswith("j")]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("plan --pack $'x\\xff.toml'", 4),
        ("verify $'x\\xff.json'", 4),
        ("sweep $'x\\xff.toml'", 4),
        ("batch $'x\\xff.csv'", 4),
        ("plan --data $'x\\xff'", 4),
        ("batch cases.csv -o $'x\\xff/p.csv'", 2),
        (f"{PLAN} --csv -o $'x\\xff.csv'", 0),
        (f"{PLAN} --md -o $'x\\xff.md'", 0),
    ],
)
def test_names_that_are_not_utf_8_in_messages(tmp_path: Path, words: str, status: int) -> None:
    """Said as bytes, in one message."""
    ran = shell(words, tmp_path)
    assert ran.returncode == status and b"Traceback" not in ran.stderr, ran.stderr
    assert status == 0 or b"x\\xff" in ran.stderr


@pytest.mark.parametrize("fault", [SystemError("error return without exception set"), ImportError("no such name")])
def test_a_library_that_fails_for_lack_of_memory_says_so(
    command: Cli, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    """Where numpy got no memory while it was loaded, an import ended with "error return without exception set" and a
    traceback. Without a limit, or with other words, it is a fault of ours, and stays one."""

    def fail(*given: object, **more: object) -> None:
        raise fault

    monkeypatch.setattr("optimizer.cli.cli.main", fail)
    monkeypatch.setattr("optimizer.cli.memory.limit_bytes", lambda: 200_000_000)
    if isinstance(fault, SystemError):
        ran = command("plan")
        assert ran.status == 4 and "not enough memory" in ran.err
        monkeypatch.setattr("optimizer.cli.memory.limit_bytes", lambda: None)
    with pytest.raises(type(fault)):
        command("plan")


def test_less_memory_than_a_library_needs_is_refused_before_it_is_loaded(
    command: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In 116 MB numpy ends the program with a segmentation fault, now and then; a text of the guide needs 20."""
    monkeypatch.setattr("optimizer.cli.memory.limit_bytes", lambda: 116_000_000)
    assert [command(*words).status for words in (["plan"], ["guide", "plan"], ["plan", "--help"])] == [4, 0, 0]
    monkeypatch.setattr("optimizer.cli.memory.limit_bytes", lambda: None)
    assert command("data", "list").status == 0


@pytest.mark.parametrize("kilobytes", [60_000, 116_000, 150_000, 300_000])
@pytest.mark.parametrize("words", ["batch cases.csv -o p.csv --workers 2", PLAN], ids=["batch", "plan"])
def test_too_little_memory(tmp_path: Path, kilobytes: int, words: str) -> None:
    """A limit on memory is said in one message, or is enough; never a traceback of ours, and nobody interrupted it."""
    ran = subprocess.run(
        ["bash", "-c", f"ulimit -v {kilobytes}; exec {sys.executable} -P -m optimizer {words}"],
        cwd=tmp_path,
        env=process_environment(),
        capture_output=True,
        timeout=90,
    )
    assert b"Traceback" not in ran.stderr and b"Interrupted" not in ran.stderr, ran.stderr
    if ran.returncode not in (0, 6):
        assert ran.returncode in (1, 4) and b"rror: " in ran.stderr, ran
