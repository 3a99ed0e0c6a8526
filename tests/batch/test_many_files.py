"""No file of the user is lost: nothing is removed, used or written over that is not ours, and nothing appears half."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import stubs
from commands import EASY, Cli, Ran, files
from stubbed import finished
from worlds import LIVE

from optimizer.batch.engine import solve_all
from optimizer.batch.job import Job
from optimizer.batch.journal_file import APPLICATION_ID, SCHEMA, JournalError
from optimizer.batch.source import open_source
from optimizer.catalogue import Catalogue
from optimizer.errors import DataError, InputError, UsageError
from optimizer.render.files import atomically, remove_temporary, temporary_path
from optimizer.service.powering import write_dispatch

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="links, pipes and permissions of POSIX"),
    pytest.mark.usefixtures("inline"),
]
CASES = "case_id,max_mw\na,100\nb,101\n"


@pytest.fixture(autouse=True)
def cases(tmp_path: Path) -> Path:
    """A file of two cases."""
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    return tmp_path / "cases.csv"


def unchanged(path: Path, content: bytes) -> None:
    assert path.read_bytes() == content, f"{path.name} was changed"


@pytest.mark.parametrize(
    "flags",
    [
        ["-o", "p.csv", "--journal", "p.csv"],
        ["-o", "p.csv", "--journal", "./p.csv"],
        ["-o", "p.csv", "--journal", "p.metadata.json"],
        ["-o", "p.csv", "--journal", "cases.csv", "--resume"],
        ["-o", "j-wal", "--journal", "j"],
        ["-o", "j-shm", "--journal", "j"],
        ["-o", "j-journal", "--journal", "j"],
        ["-o", "cases.csv"],
        ["-o", "./cases.csv", "--restart"],
        ["-o", "p.csv", "--journal", "cases.csv", "--restart"],
        ["-o", "link.csv"],
    ],
    ids=" ".join,
)
def test_two_files_of_a_batch_that_are_one_are_refused(stubbed_command: Cli, tmp_path: Path, flags: list[str]) -> None:
    """At once, with status 2: else the program says "Written" of a file that it then deletes or writes over."""
    (tmp_path / "link.csv").symlink_to("cases.csv")
    before = files(tmp_path)
    ran = stubbed_command("batch", "cases.csv", *flags)
    assert ran.status == 2 and ran.err.count("Error: ") == 1, ran.err
    assert files(tmp_path) == before
    unchanged(tmp_path / "cases.csv", CASES.encode())


def test_an_answer_is_not_written_over_what_it_was_read_from(command: Cli, tmp_path: Path) -> None:
    """A plan that is verified, a pack, a file of the data folder, a study: each would be gone."""
    command("plan", *EASY, "--json", "-o", "plan.json")
    (tmp_path / "pack.csv").write_text("", encoding="utf-8")
    (tmp_path / "study.toml").write_text('[axes]\ncountry = ["BR"]\n', encoding="utf-8")
    for arguments, name in (
        (["verify", "plan.json", "--json", "-o", "plan.json"], "plan.json"),
        (["plan", *EASY, "--pack", "pack.csv", "-o", "pack.csv"], "pack.csv"),
        (["sweep", "study.toml", "-o", "study.toml"], "study.toml"),
        (["sweep", "study.toml", "--cases", "-o", "study.toml"], "study.toml"),
        (["batch", "cases.csv", "--pack", "pack.csv", "-o", "pack.csv"], "pack.csv"),
    ):
        before = (tmp_path / name).read_bytes()
        ran = command(*arguments)
        assert ran.status == 2 and "itself" in ran.err, (arguments, ran)
        unchanged(tmp_path / name, before)


FED = ["--country", "BR", "--days-of-year", "4", "--hours", "year.csv", "-q"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", *FED, "-o", "year.csv"],
        ["plan", *FED, "--dispatch", "year.csv"],
        ["plan", *FED, "-o", "link.csv"],
        ["sweep", *FED, "-o", "year.csv"],
        ["batch", "fed.csv", "-o", "year.csv"],
        ["report", "fed.csv", "-o", "year.csv"],
        ["power", "--pack", "year.csv", "--country", "BR", "-o", "year.csv"],
    ],
    ids=" ".join,
)
def test_what_a_case_names_is_not_written_over(
    command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """A year of one's own stands in a field of the case, in a cell, in a file of a case: the answer took its place."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))  # the fictitious data say nothing of a supply
    year = "pv,grid\n" + "0.5,1\n" * 8760
    (tmp_path / "year.csv").write_text(year, encoding="utf-8")
    (tmp_path / "fed.csv").write_text("country,hours,days_of_year\nBR,year.csv,4\n", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to("year.csv")
    ran = command(*arguments)
    assert ran.status == 2 and ran.err.count("Error: ") == 1 and "give another name" in ran.err, ran
    unchanged(tmp_path / "year.csv", year.encode())


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--dispatch", "hours.csv", "-o", "hours.csv"], "both be written"),
        (["--dispatch", "hours.csv", "-o", "./hours.csv", "--csv"], "both be written"),
        (["--dispatch", "cases.csv", "--pack", "cases.csv"], "cases.csv itself"),
        (["--dispatch", "-"], "needs the name of a file"),
        (["--dispatch", "nowhere/hours.csv"], "there is no folder"),
        (["--dispatch", "."], "is a folder"),
    ],
    ids=str,
)
def test_the_hours_of_a_supply_go_to_a_file_of_their_own(command: Cli, flags: list[str], words: str) -> None:
    """Said before the plan is sought; one of two files of one name was lost, and "-" became a file."""
    ran = command("plan", "--country", "BR", "--power", "grid", *flags)
    assert ran.status == 2 and words in ran.err and not ran.out, ran


def test_the_hours_of_a_supply_appear_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, frozen: Catalogue) -> None:
    """A full disk leaves the old file as it was; it was cut off before the first hour was written."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("optimizer.answers.power.dispatch.hour_rows", lambda plan: [])
    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "hours.csv").write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match="No space left"):
        write_dispatch(None, tmp_path / "hours.csv", frozen)  # no plan is needed for no row
    assert (tmp_path / "hours.csv").read_text(encoding="utf-8") == "old"
    assert files(tmp_path) == {"hours.csv", "cases.csv"}


@pytest.mark.bound(60)
def test_a_device_without_end_is_no_year(command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell names /dev/zero: the digest of its bytes was never finished."""
    monkeypatch.setattr("optimizer.batch.keys.MAX_FILE_BYTES", 1 << 16)
    monkeypatch.setattr("optimizer.catalogue.tables.MAX_FILE_BYTES", 1 << 16)
    (tmp_path / "fed.csv").write_text("country,hours\nBR,/dev/zero\n", encoding="utf-8")
    ran = command("batch", "fed.csv", "-q", "--columns", "status")
    assert ran.status == 6 and ran.out.splitlines()[1].endswith("invalid")


@pytest.mark.parametrize("name", ["batch", "plan"])
def test_metadata_do_not_replace_a_file_of_the_user(command: Cli, tmp_path: Path, name: str) -> None:
    """``plans.metadata.json`` was not named: where there is one that we did not write, it stays."""
    theirs = b'{"program": {"name": "another"}}'
    (tmp_path / "p.metadata.json").write_bytes(theirs)
    arguments = ["batch", "cases.csv"] if name == "batch" else ["plan", *EASY, "--csv"]
    ran = command(*arguments, "-o", "p.csv")
    assert ran.status == 2 and "p.metadata.json, which this program did not write" in ran.err
    unchanged(tmp_path / "p.metadata.json", theirs)
    assert "p.csv" not in files(tmp_path)
    (tmp_path / "p.metadata.json").unlink()
    assert command(*arguments, "-o", "p.csv").status == command(*arguments, "-o", "p.csv").status == 0


def foreign(path: Path, application_id: int = 0, schema: int = 0) -> bytes:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT)")
        database.execute(f"PRAGMA application_id = {application_id}")
        database.execute(f"PRAGMA user_version = {schema}")
    return path.read_bytes()


@pytest.mark.parametrize("way", ["--restart", "--resume", "-q"])
@pytest.mark.parametrize(
    "kind",
    [
        "sqlite",
        "sqlite of another schema",
        "sqlite without our mark",
        "empty",
        "byte",
        "text",
        "link",
        "dangling",
        "pipe",
        "folder",
    ],
)
def test_what_is_no_journal_of_ours_stays(stubbed_command: Cli, tmp_path: Path, way: str, kind: str) -> None:
    """Neither removed nor changed, whatever is asked: status 4 and its name.

    The pipe in a process of its own: a program that opened it would wait for ever.
    """
    path = tmp_path / "notes"
    (tmp_path / "target").write_bytes(b"mine")
    content: bytes | None = {"empty": b"", "byte": b"x", "text": b"my notes\n" * 99}.get(kind)
    if content is not None:
        path.write_bytes(content)
    elif kind.startswith("sqlite"):
        content = foreign(path, APPLICATION_ID if "schema" in kind else 0, SCHEMA if "mark" in kind else 0)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("target" if kind == "link" else "nowhere")
    words = ("batch", "cases.csv", "-o", "p.csv", "--journal", "notes", way)
    if kind == "pipe":
        process = finished("instant", *words, cwd=tmp_path)
        ran = Ran(process.returncode, process.stdout.decode(), process.stderr.decode())
    else:
        ran = stubbed_command(*words)
    assert ran.status == 4 and "notes" in ran.err and "Traceback" not in ran.err, ran.err
    assert "safe" not in ran.err and "Stopped" not in ran.err, "nothing was begun, and nothing is held"
    assert files(tmp_path) == {"cases.csv", "notes", "target"}
    unchanged(tmp_path / "target", b"mine")
    if content is not None:
        unchanged(path, content)


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_lies_where_sqlite_would_write_stays(stubbed_command: Cli, tmp_path: Path, end: str, kind: str) -> None:
    """SQLite makes files beside a journal, under names that anybody can foresee."""
    (tmp_path / "target").write_bytes(b"mine")
    beside = tmp_path / f"j{end}"
    if kind == "file":
        beside.write_bytes(b"mine")
    else:
        beside.symlink_to("target")
    ran = stubbed_command("batch", "cases.csv", "-o", "p.csv", "--journal", "j")
    assert ran.status == 4 and f"j{end}" in ran.err
    unchanged(tmp_path / "target", b"mine")
    assert files(tmp_path) == {"cases.csv", "target", beside.name}


def test_a_journal_is_marked_from_its_first_byte(tmp_path: Path, frozen: Catalogue) -> None:
    """What is on the disk while a batch runs, the file alone: application id and schema stand in its header."""
    seen: list[bytes] = []
    job = Job(output=tmp_path / "p.csv", workers=1)
    source = open_source(str(tmp_path / "cases.csv"))
    journal = tmp_path / "p.csv.journal"
    solve_all(source, frozen, job, progress=lambda done: seen.append(journal.read_bytes()[:100]), solve=stubs.instant)
    assert seen and seen[0][:16] == b"SQLite format 3\0"
    assert (int.from_bytes(seen[0][68:72], "big"), int.from_bytes(seen[0][60:64], "big")) == (APPLICATION_ID, SCHEMA)


def test_temporary_names_cannot_be_foreseen(tmp_path: Path, frozen: Catalogue) -> None:
    """What lies under the names of before (a link, a pipe) is neither followed, waited for nor removed."""
    (tmp_path / "target").write_bytes(b"mine")
    (tmp_path / ".p.csv.part").symlink_to("target")
    os.mkfifo(tmp_path / ".q.csv.part")
    found: set[Any] = set()

    def note(done: int) -> None:
        found.update(name for name in files(tmp_path) if name.startswith(".optimizer-"))

    for name in ("p.csv", "q.csv"):
        source = open_source(str(tmp_path / "cases.csv"))
        solve_all(source, frozen, Job(output=tmp_path / name, workers=1), progress=note, solve=stubs.instant)
    unchanged(tmp_path / "target", b"mine")
    assert len(found) == 2 and files(tmp_path) >= {".p.csv.part", ".q.csv.part"}
    assert not found & files(tmp_path)


def test_a_temporary_file_is_made_anew_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where somebody knew its name: a link there is not followed."""
    planted = tmp_path / "planted"
    (tmp_path / "target").write_bytes(b"mine")
    planted.symlink_to("target")
    monkeypatch.setattr("optimizer.render.files.temporary_path", lambda path: planted)
    with pytest.raises(FileExistsError), atomically(tmp_path / "p.csv") as stream:
        stream.write("x")
    unchanged(tmp_path / "target", b"mine")
    assert planted.is_symlink()


@pytest.mark.parametrize("name", ["mine.part", ".optimizer-.part", ".optimizer-0123.part", "cases.csv"])
def test_only_a_temporary_file_of_ours_is_removed(tmp_path: Path, name: str) -> None:
    """A journal may name anything: what has not the name of one of ours stays."""
    (tmp_path / name).write_bytes(b"mine")
    remove_temporary(tmp_path / name)
    unchanged(tmp_path / name, b"mine")
    ours = temporary_path(tmp_path / "p.csv")
    ours.write_bytes(b"")
    remove_temporary(ours)
    assert not ours.exists()


def test_two_batches_to_one_output_do_not_share_a_file(tmp_path: Path, frozen: Catalogue) -> None:
    """With journals of their own, at the same time: what stands under the name is whole, of one or of the other."""
    (tmp_path / "many.csv").write_text("case_id,max_mw\n" + "".join(f"n{n},{n + 100}\n" for n in range(500)))
    inner: list[bytes] = []

    def second(done: int) -> None:
        if not inner:
            other = Job(output=tmp_path / "p.csv", journal=tmp_path / "j2", workers=1)
            solve_all(open_source(str(tmp_path / "cases.csv")), frozen, other, solve=stubs.instant)
            inner.append((tmp_path / "p.csv").read_bytes())

    job = Job(output=tmp_path / "p.csv", journal=tmp_path / "j1", workers=1)
    solve_all(open_source(str(tmp_path / "many.csv")), frozen, job, progress=second, solve=stubs.instant)
    assert inner[0].count(b"\n") == 3
    assert (tmp_path / "p.csv").read_bytes().count(b"\n") == 501
    assert files(tmp_path) == {"cases.csv", "many.csv", "p.csv", "p.metadata.json"}


@pytest.mark.parametrize(("mask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o027, 0o640)])
def test_permissions_follow_the_umask(command: Cli, tmp_path: Path, mask: int, mode: int) -> None:
    """Plan, metadata, rows of a batch and its journal; never 0644 whatever was wished."""
    before = os.umask(mask)
    try:
        command("plan", *EASY, "--csv", "-o", "plan.csv")
        command("batch", "cases.csv", "-o", "p.csv")
    finally:
        os.umask(before)
    for name in ("plan.csv", "plan.metadata.json", "p.csv", "p.metadata.json"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == mode, name


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_that_is_replaced_keeps_its_permissions(command: Cli, tmp_path: Path, mode: int) -> None:
    """A private file does not become readable because it was written anew."""
    for name, arguments in (("plan.json", ["plan", *EASY, "--json"]), ("p.csv", ["batch", "cases.csv"])):
        (tmp_path / name).write_bytes(b"old")
        (tmp_path / name).chmod(mode)
        assert command(*arguments, "-o", name).status == 0
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == mode
        assert (tmp_path / name).read_bytes() != b"old"


@pytest.mark.parametrize("change", ["appended", "replaced", "removed"])
def test_cases_that_change_during_the_run_are_noticed(tmp_path: Path, frozen: Catalogue, change: str) -> None:
    """The rows would be of neither version: no output, and the message says so. A touch alone is no change."""
    path = tmp_path / "cases.csv"
    done: list[str] = []

    def meddle(_: int) -> None:
        if done:
            return
        done.append(change)
        if change == "appended":
            with path.open("a", encoding="utf-8") as stream:
                stream.write("c,102\n")
        elif change == "replaced":
            path.unlink()
            path.write_text(CASES.replace("100", "999"), encoding="utf-8")
        else:
            path.unlink()

    job = Job(output=tmp_path / "p.csv", workers=1)
    with pytest.raises(DataError, match="was changed while the batch was reading it"):
        solve_all(open_source(str(path)), frozen, job, progress=meddle, solve=stubs.instant)
    assert "p.csv" not in files(tmp_path) and not any(name.startswith(".optimizer") for name in files(tmp_path))
    path.write_text(CASES, encoding="utf-8")
    touch = threading.Event()

    def touched(_: int) -> None:
        touch.set()
        os.utime(path)

    again = Job(output=tmp_path / "p.csv", workers=1, restart=True)
    solve_all(open_source(str(path)), frozen, again, progress=touched, solve=stubs.instant)
    assert touch.is_set() and "p.csv" in files(tmp_path)


def test_a_read_only_place_is_said_to_hold_nothing(tmp_path: Path, frozen: Catalogue) -> None:
    """What was never written is not called safe: a folder in which no journal can be made."""
    job = Job(output=tmp_path / "p.csv", journal=Path("/proc/self/no-journal"), workers=1)
    with pytest.raises((OSError, JournalError)) as told:
        solve_all(open_source(str(tmp_path / "cases.csv")), frozen, job, solve=stubs.instant)
    assert "safe" not in str(told.value) and "finished" not in str(told.value)


def test_places_are_checked_from_python_too(tmp_path: Path, frozen: Catalogue) -> None:
    """The engine is the door: who calls it without the command line is refused as well."""
    job = Job(output=tmp_path / "p.csv", journal=tmp_path / "p.csv", workers=1)
    with pytest.raises(UsageError, match="would both be written"):
        solve_all(open_source(str(tmp_path / "cases.csv")), frozen, job, solve=stubs.instant)
