"""Nothing is lost: a batch that is killed, stopped or out of disk goes on to the file that it would have written."""

from __future__ import annotations

import io
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
import stubs
from bounded import children_of
from commands import Cli
from inline import without_processes
from stubbed import finished, started

from optimizer.batch.engine import solve_all
from optimizer.batch.forms import sink
from optimizer.batch.job import Job
from optimizer.batch.journal_file import JournalError
from optimizer.batch.records import digest_of_about
from optimizer.batch.source import open_source
from optimizer.catalogue import Catalogue

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and file limits of POSIX")
COUNT = 240


def write_cases(folder: Path, count: int = COUNT, *, odd: bool = False) -> Path:
    """So many cases, each but a few unlike all others, with a bad one and a repeated one."""
    lines = [f"c{n},{n + 100}.5,{60 + n % 200}\n" for n in range(count)]
    lines[count // 3] = "bad,-1,\n"
    lines[count // 2] = lines[1].replace("c1,", "again,")
    if odd:
        lines[5] = "changed,7.5,99\n"
    path = folder / "cases.csv"
    path.write_text("case_id,max_mw,deadline_days\n" + "".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, frozen: Catalogue) -> bytes:
    """What a run that nothing interrupts writes."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    source = open_source(str(write_cases(folder)))
    with without_processes():
        found = solve_all(source, frozen, Job(output=folder / "plans.csv", workers=1), solve=stubs.instant)
    assert found.by_status == {"plan": COUNT - 1, "invalid": 1}
    assert left(folder) == {"cases.csv", "plans.csv", "plans.metadata.json"}
    return (folder / "plans.csv").read_bytes()


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def finished_cases(folder: Path) -> int:
    """How many cases a journal holds."""
    with closing(sqlite3.connect(folder / "plans.csv.journal")) as journal:
        return int(journal.execute("SELECT count(*) FROM result").fetchone()[0])


def until_something_is_finished(folder: Path, process: subprocess.Popen[bytes], output: str = "plans.csv") -> None:
    """Wait for the first commit, seen from outside: the file that SQLite writes ahead has grown."""
    ahead = folder / f"{output}.journal-wal"
    while process.poll() is None and not (ahead.exists() and ahead.stat().st_size > 40_000):
        time.sleep(0.02)


def killed(folder: Path, after_s: float | None, *flags: str, solver: str = "stuck") -> None:
    """Begin (or go on) and kill the parent: at a moment, or once something is finished."""
    process = started(solver, "batch", "cases.csv", "-o", "plans.csv", *flags, cwd=folder)
    if after_s is None:
        until_something_is_finished(folder, process)
    else:
        time.sleep(after_s)
    process.kill()
    process.communicate(timeout=30)


def test_kill_9_and_resume(
    stubbed_command: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, expected: bytes
) -> None:
    """Killed twice, then finished, by other workers: the same bytes, and what was done is not done again."""
    write_cases(tmp_path)
    killed(tmp_path, None, "--workers", "2")
    assert "plans.csv" not in left(tmp_path)
    first = finished_cases(tmp_path)
    assert first > 0
    killed(tmp_path, 1.2, "--workers", "1", "--resume")
    second = finished_cases(tmp_path)
    assert second >= first
    monkeypatch.setenv(stubs.CALLS, str(tmp_path / "calls"))
    assert stubbed_command("batch", "cases.csv", "-o", "plans.csv", "--resume").status == 6
    assert (tmp_path / "plans.csv").read_bytes() == expected
    calls = (tmp_path / "calls").read_text().splitlines()
    # of 240 cases one is invalid, which the stub does not count, and one is like another
    assert len(set(calls)) == len(calls) and COUNT - 2 - second <= len(calls) <= COUNT - 1 - second
    assert left(tmp_path) == {"cases.csv", "plans.csv", "plans.metadata.json", "calls"}


def test_kill_9_and_resume_as_json(tmp_path: Path) -> None:
    """One JSON document of all rows, killed and finished: the bytes of a run that nothing interrupts."""
    write_cases(tmp_path)
    assert finished("instant", "batch", "cases.csv", "--json", "-o", "whole.json", cwd=tmp_path).returncode == 6
    process = started("stuck", "batch", "cases.csv", "--json", "-o", "plans.json", cwd=tmp_path)
    until_something_is_finished(tmp_path, process, "plans.json")
    process.kill()
    process.communicate(timeout=30)
    assert {"plans.json.journal"} <= left(tmp_path) and "plans.json" not in left(tmp_path)
    ran = finished("instant", "batch", "cases.csv", "--json", "-o", "plans.json", "--resume", cwd=tmp_path)
    assert ran.returncode == 6, ran.stderr
    assert (tmp_path / "plans.json").read_bytes() == (tmp_path / "whole.json").read_bytes()
    assert left(tmp_path) == {"cases.csv", "plans.json", "whole.json"}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    """Killed with -9 it cannot end them: they would go on for nobody."""
    write_cases(tmp_path)
    process = started("stuck", "batch", "cases.csv", "-o", "plans.csv", "--workers", "2", cwd=tmp_path)
    until_something_is_finished(tmp_path, process)
    children = children_of(process.pid)
    assert len(children) >= 2
    process.kill()
    process.communicate(timeout=30)
    while any(Path(f"/proc/{child}").exists() for child in children):
        time.sleep(0.05)


@pytest.mark.campaign
def test_fifty_kills_at_random_moments(tmp_path: Path, expected: bytes) -> None:
    """Rounds of kills at random moments, workers changing, until fifty were made; each round ends byte-identical."""
    dice, kills, rounds = random.Random(20261126), 0, 0
    while kills < 50:
        rounds += 1
        folder = tmp_path / f"round{rounds}"
        folder.mkdir()
        write_cases(folder)
        flags: tuple[str, ...] = ()
        for _ in range(dice.randint(1, 5)):
            killed(folder, dice.uniform(0.0, 3.0), *flags, "--workers", str(dice.randint(1, 3)), solver="slow")
            kills += 1
            if "plans.csv" in left(folder):
                break
            flags = ("--resume",)
        if "plans.csv" not in left(folder) or "plans.csv.journal" in left(folder):
            ran = finished("instant", "batch", "cases.csv", "-o", "plans.csv", "--resume", cwd=folder)
            assert ran.returncode == 6, ran.stderr
        assert (folder / "plans.csv").read_bytes() == expected
        assert left(folder) <= {"cases.csv", "plans.csv", "plans.metadata.json"}
    print(f"{kills} kills in {rounds} rounds: all byte-identical")


@pytest.mark.parametrize("to", ["file", "stdout"])
def test_ctrl_c_stops(stubbed_command: Cli, tmp_path: Path, expected: bytes, to: str) -> None:
    """As a terminal sends it: to the parent and to all workers. Status 130, complete rows, and how to go on."""
    write_cases(tmp_path)
    output = ("-o", "plans.csv") if to == "file" else ("--journal", "plans.csv.journal")
    process = started("stuck", "batch", "cases.csv", *output, cwd=tmp_path, start_new_session=True)
    until_something_is_finished(tmp_path, process)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    told = err.decode()
    assert "Traceback" not in told and told.strip().endswith("Interrupted.")
    assert "plans.csv.journal: run the same command with --resume to continue" in told
    assert left(tmp_path) == {"cases.csv", "plans.csv.journal"}
    if to == "stdout":
        assert out.endswith(b"\n") and expected.startswith(out) and out.count(b"\n") > 1
    else:
        assert out == b""
    ran = stubbed_command("batch", "cases.csv", *output, "--resume")
    assert ran.status == 6, ran.err
    assert (ran.out.encode() if to == "stdout" else (tmp_path / "plans.csv").read_bytes()) == expected
    assert "plans.csv.journal" not in left(tmp_path)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_signal_while_a_pipe_is_full_loses_no_row(frozen: Catalogue, form: str) -> None:
    """The reader is slower than we are, Python does not buffer, a signal comes during the write: every row is whole.

    Wrong: what had no room in the pipe is missing, so that the output of a batch ends within a row at Ctrl-C.
    """
    before = signal.signal(signal.SIGUSR1, lambda number, frame: None)
    try:
        for rows in (64, 70, 140):
            reading, writing = os.pipe()
            got: list[bytes] = []

            def drain(reading: int = reading, got: list[bytes] = got) -> None:
                time.sleep(0.03)
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
                time.sleep(0.02)
                with os.fdopen(reading, "rb") as stream:
                    got.append(stream.read())

            reader = threading.Thread(target=drain)
            reader.start()
            raw = cast(io.BufferedWriter, io.FileIO(writing, "w"))  # as PYTHONUNBUFFERED has it
            with io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True) as stream:
                out = sink(stream, form, frozen)
                out.write([("c", "x" * 997 + "\n")] * rows)
                out.close()
            reader.join()
            assert got[0].count(b"\n") == rows + (form == "csv") and got[0].endswith(b"xxx\n")
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_ctrl_c_before_the_first_row(tmp_path: Path) -> None:
    """While the workers start: nothing is left, so that nothing has to be resumed, and no worker complains."""
    endless = "".join(f"c{n},{stubs.HANGS},{60 + n}\n" for n in range(COUNT))
    (tmp_path / "cases.csv").write_text(f"case_id,max_mw,deadline_days\n{endless}", encoding="utf-8")
    process = started("slow", "batch", "cases.csv", "-o", "plans.csv", cwd=tmp_path, start_new_session=True)
    for _ in range(6000):
        if any(name.startswith(".optimizer-") for name in left(tmp_path)):
            break
        time.sleep(0.01)
    else:
        raise AssertionError("no temporary file in a minute")
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, b"")
    assert "Traceback" not in err.decode() and "semaphore" not in err.decode()
    assert left(tmp_path) == {"cases.csv"}


@pytest.mark.parametrize("room", [50_000, 120_000])
def test_a_full_disk(stubbed_command: Cli, tmp_path: Path, expected: bytes, room: int) -> None:
    """A limit on the size of a file stands for the full disk: one message, status 4, and --resume mends all.

    At 50,000 bytes it is the journal that finds no room, at 120,000 the output.
    """
    write_cases(tmp_path)
    process = started(
        "slow",
        "batch",
        "cases.csv",
        "-o",
        "plans.csv",
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    out, err = process.communicate(timeout=60)
    told = err.decode()
    assert (process.returncode, out) == (4, b""), told
    assert told.count("Error: ") == 1 and "Traceback" not in told
    assert "plans.csv" not in left(tmp_path)
    ran = stubbed_command("batch", "cases.csv", "-o", "plans.csv", "--resume")
    assert ran.status == 6, ran.err
    assert (tmp_path / "plans.csv").read_bytes() == expected


# -- which journal -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def given_up(tmp_path_factory: pytest.TempPathFactory, frozen: Catalogue) -> Path:
    """A folder with a batch that one case had to be given up in, so that its journal is kept."""
    folder = tmp_path_factory.mktemp("given up")
    (folder / "cases.csv").write_text("case_id,max_mw\na,100\nb,13\nc,101\n", encoding="utf-8")
    job = Job(output=folder / "plans.csv", workers=1)
    counts = solve_all(open_source(str(folder / "cases.csv")), frozen, job, solve=stubs.instant)
    assert counts.by_status == {"plan": 2, "crashed": 1} and counts.journal == folder / "plans.csv.journal"
    return folder


@pytest.fixture
def kept(given_up: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    shutil.copytree(given_up, tmp_path, dirs_exist_ok=True)
    return tmp_path


def again(folder: Path, catalogue: Catalogue, **changes: object) -> dict[str, int]:
    job = Job(**{"output": folder / "plans.csv", "workers": 1, **changes})
    source = open_source(str(folder / "cases.csv"))
    with without_processes():
        return solve_all(source, catalogue, job, solve=stubs.patient).by_status


def test_a_journal_is_not_taken_unasked(kept: Path, frozen: Catalogue) -> None:
    """Neither resumed nor overwritten: the message names both ways out; the output of before stands."""
    before = (kept / "plans.csv").read_bytes()
    with pytest.raises(JournalError, match=r"add --resume to continue from them, or --restart to start again"):
        again(kept, frozen)
    assert (kept / "plans.csv").read_bytes() == before
    assert again(kept, frozen, restart=True) == {"plan": 3}
    assert "plans.csv.journal" not in left(kept)


def test_failed_rows_are_tried_again_when_asked(kept: Path, frozen: Catalogue) -> None:
    """A second run with a remedy (a longer limit, more memory): only with --retry-failed, and only those rows."""
    assert again(kept, frozen, resume=True) == {"plan": 2, "crashed": 1}
    assert again(kept, frozen, resume=True, retry_failed=True) == {"plan": 3}
    assert "plans.csv.journal" not in left(kept)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cases", "of other cases"),
        ("data", "made with other data"),
        ("program", "another version of this program"),
        ("solver", "another version of the solver"),
        ("form", "another form"),
    ],
)
def test_a_journal_of_something_else_is_refused(kept: Path, frozen: Catalogue, name: str, words: str) -> None:
    """Its rows would stand for answers that this run would not give."""
    with closing(sqlite3.connect(kept / "plans.csv.journal")) as connection, connection as journal:
        about = dict(journal.execute("SELECT name, value FROM about WHERE name NOT IN ('digest', 'temporary')"))
        assert about[name] != "x"
        about[name] = "x"
        rows = [*about.items(), ("digest", digest_of_about(about))]
        journal.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", rows)
    with pytest.raises(JournalError, match=words):
        again(kept, frozen, resume=True)


def test_changed_cases_are_other_cases(kept: Path, frozen: Catalogue) -> None:
    """Not only a digest put in by hand: one more line in the file is enough."""
    with (kept / "cases.csv").open("a", encoding="utf-8") as cases:
        cases.write("d,102\n")
    with pytest.raises(JournalError, match="of other cases"):
        again(kept, frozen, resume=True)


def test_a_journal_in_use(kept: Path, frozen: Catalogue) -> None:
    """Two runs on one journal would write one output."""
    other = sqlite3.connect(kept / "plans.csv.journal")
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(JournalError, match="in use by another run"):
        again(kept, frozen, resume=True)
    other.close()


@pytest.mark.parametrize("content", [b"my notes\n" * 200, b"", b"x"], ids=["a text", "empty", "one byte"])
def test_a_file_that_is_no_journal(kept: Path, frozen: Catalogue, content: bytes) -> None:
    """A file of the user's is neither used nor removed, however short: a journal has our mark from its first byte."""
    (kept / "plans.csv.journal").write_bytes(content)
    for way in ({"resume": True}, {"restart": True}, {}):
        with pytest.raises(JournalError, match="not a journal"):
            again(kept, frozen, **way)
        assert (kept / "plans.csv.journal").read_bytes() == content


def test_flags_that_contradict_each_other(stubbed_command: Cli, tmp_path: Path) -> None:
    """One message and status 2, before anything is read."""
    for flags in (["--resume", "--restart"], ["--retry-failed"], ["--workers", "0"], ["--case-limit", "0"]):
        ran = stubbed_command("batch", "cases.csv", *flags)
        assert ran.status in (2, 4) and "Traceback" not in ran.err
        assert re.search("Error: ", ran.err)
    assert left(tmp_path) == set()
