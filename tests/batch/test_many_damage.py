"""A damaged or foreign journal: never a traceback, never a wrong row; what is damaged is named and solved again."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import stubs
from inline import without_processes

from optimizer.batch.engine import solve_all
from optimizer.batch.job import Counts, Job
from optimizer.batch.journal_file import JournalError
from optimizer.batch.source import open_source
from optimizer.catalogue import Catalogue
from optimizer.errors import OptimizerError

pytestmark = pytest.mark.usefixtures("inline")
COUNT = 700


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, frozen: Catalogue) -> Path:
    """A folder with a whole output (whole.csv) and the journal of a run that was stopped when most was done."""
    folder = tmp_path_factory.mktemp("stopped")
    lines = "".join(f"c{n},{n + 100},{60 + n % 200}\n" for n in range(COUNT))
    (folder / "cases.csv").write_text(f"case_id,max_mw,deadline_days\n{lines}", encoding="utf-8")
    source = open_source(str(folder / "cases.csv"))

    def interrupt(done: int) -> None:
        if done > 600:
            raise KeyboardInterrupt

    with without_processes():
        solve_all(source, frozen, Job(output=folder / "whole.csv", workers=1), solve=stubs.instant)
        with pytest.raises(KeyboardInterrupt):
            job = Job(output=folder / "p.csv", workers=1)
            solve_all(source, frozen, job, progress=interrupt, solve=stubs.instant)
    assert (folder / "p.csv.journal").exists() and not (folder / "p.csv").exists()
    return folder


@pytest.fixture
def folder(stopped: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(stopped, tmp_path, dirs_exist_ok=True)
    return tmp_path


def resumed(folder: Path, catalogue: Catalogue, **more: object) -> tuple[Counts, list[str]]:
    """What a run that goes on counts and warns of."""
    warnings: list[str] = []
    job = Job(**{"output": folder / "p.csv", "workers": 1, "resume": True, **more})
    source = open_source(str(folder / "cases.csv"))
    return solve_all(source, catalogue, job, warn=warnings.append, solve=stubs.instant), warnings


def is_whole(folder: Path) -> bool:
    return (folder / "p.csv").read_bytes() == (folder / "whole.csv").read_bytes()


def unlike(folder: Path) -> list[tuple[str, str]]:
    """The rows that differ, to be read by whoever looks for the cause."""
    lines = [(folder / name).read_text(encoding="utf-8").splitlines() for name in ("p.csv", "whole.csv")]
    return [(ours, theirs) for ours, theirs in zip(*lines, strict=False) if ours != theirs]


def change(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "p.csv.journal")) as connection, connection as journal:
        for statement in statements:
            assert journal.execute(statement).rowcount != 0, statement


def test_an_undamaged_journal_says_nothing(folder: Path, frozen: Catalogue) -> None:
    """And little is solved again: the measure for all below."""
    counts, warnings = resumed(folder, frozen)
    assert not warnings and counts.solved < 100 and is_whole(folder)


@pytest.mark.parametrize("column", ["keys", "packed", "digest"])
@pytest.mark.parametrize("value", ["x'00'", "x''", "'text'", "7", "zeroblob(99)"])
def test_a_damaged_record_is_named_and_solved_again(folder: Path, frozen: Catalogue, column: str, value: str) -> None:
    """By its number; the cases of all others are not solved again."""
    with closing(sqlite3.connect(folder / "p.csv.journal")) as journal:
        cases = journal.execute("SELECT count(*) FROM result WHERE chunk = 5").fetchone()[0]
        kept = journal.execute("SELECT count(*) FROM result").fetchone()[0]
    change(folder, f"UPDATE chunk SET {column} = {value} WHERE id = 5")
    counts, warnings = resumed(folder, frozen)
    assert len(warnings) == 1 and f"record 5 is damaged: its cases ({cases}) are solved again" in warnings[0]
    assert counts.solved == COUNT - kept + cases and is_whole(folder)


def test_a_tampered_place_gives_no_case_another_plan(folder: Path, frozen: Catalogue) -> None:
    """Two results of one record exchanged: neither is believed, both are solved again."""
    change(
        folder,
        "UPDATE result SET position = 900 WHERE chunk = 6 AND position = 0",
        "UPDATE result SET position = 0 WHERE chunk = 6 AND position = 1",
        "UPDATE result SET position = 1 WHERE chunk = 6 AND position = 900",
    )
    _, warnings = resumed(folder, frozen)
    assert len(warnings) == 2 and all("record 6 does not have a case where it should" in text for text in warnings)
    assert is_whole(folder)


@pytest.mark.parametrize("value", ["-1", "99999", "'x'", "x'00'", "1.5", "9223372036854775807"])
def test_a_place_that_is_none(folder: Path, frozen: Catalogue, value: str) -> None:
    """Not a number, or of no record."""
    change(folder, f"UPDATE result SET position = {value} WHERE chunk = 6 AND position = 0")
    change(folder, f"UPDATE result SET chunk = {value} WHERE chunk = 4 AND position = 0")
    _, warnings = resumed(folder, frozen)
    assert len(warnings) == 2 and is_whole(folder)


def test_records_under_each_others_numbers(folder: Path, frozen: Catalogue) -> None:
    """Both are whole, yet stand for other cases."""
    change(
        folder,
        "UPDATE chunk SET id = -1 WHERE id = 5",
        "UPDATE chunk SET id = 5 WHERE id = 6",
        "UPDATE chunk SET id = 6 WHERE id = -1",
    )
    _, warnings = resumed(folder, frozen)
    assert warnings and is_whole(folder)


def test_a_record_of_another_batch(folder: Path, frozen: Catalogue) -> None:
    """One of JSON Lines in a journal of CSV: its digest holds there, and here it does not."""
    with pytest.raises(KeyboardInterrupt):

        def interrupt(done: int) -> None:
            raise KeyboardInterrupt

        job = Job(output=folder / "o.jsonl", form="jsonl", workers=1)
        source = open_source(str(folder / "cases.csv"))
        solve_all(source, frozen, job, progress=interrupt, solve=stubs.instant)
    with closing(sqlite3.connect(folder / "o.jsonl.journal")) as journal:
        theirs = journal.execute("SELECT keys, packed, digest FROM chunk WHERE id = 1").fetchone()
    with closing(sqlite3.connect(folder / "p.csv.journal")) as connection, connection as journal:
        journal.execute("UPDATE chunk SET keys = ?, packed = ?, digest = ? WHERE id = 1", theirs)
    _, warnings = resumed(folder, frozen)
    assert "record 1 is damaged" in warnings[0] and is_whole(folder)


def test_what_it_says_of_itself_is_damaged(folder: Path, frozen: Catalogue) -> None:
    """Then it is not said to be of other cases, which may be untrue."""
    change(folder, "UPDATE about SET value = 'x' || value WHERE name = 'cases'")
    with pytest.raises(JournalError, match=r"the header of .* is damaged"):
        resumed(folder, frozen)
    assert not (folder / "p.csv").exists()
    resumed(folder, frozen, resume=False, restart=True)
    assert is_whole(folder)


def test_a_page_of_the_database_is_gone(folder: Path, frozen: Catalogue) -> None:
    """SQLite calls it malformed: what can be read of it is used, and it is said."""
    path = folder / "p.csv.journal"
    content = bytearray(path.read_bytes())
    page = int.from_bytes(content[16:18], "big")
    middle = len(content) // page // 2 * page
    content[middle : middle + page] = b"\xff" * page
    path.write_bytes(content)
    _, warnings = resumed(folder, frozen)
    assert any("damaged" in text for text in warnings) and is_whole(folder)


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.99])
def test_a_journal_that_was_cut_off(folder: Path, frozen: Catalogue, cut: float) -> None:
    """As after a copy that failed: used as far as it goes, or refused in one message; never a traceback."""
    path = folder / "p.csv.journal"
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * cut)])
    try:
        resumed(folder, frozen)
    except OptimizerError as error:
        assert "journal" in str(error)
        resumed(folder, frozen, resume=False, restart=True)
    assert is_whole(folder)


def damaged(content: bytes, dice: random.Random) -> bytes:
    """Some bits flipped, some bytes written over, or a piece cut out, anywhere."""
    made = bytearray(content)
    way = dice.randrange(4)
    if way < 2:
        for _ in range(dice.choice([1, 1, 3, 20])):
            made[dice.randrange(len(made))] ^= 1 << dice.randrange(8)
    elif way == 2:
        at, size = dice.randrange(len(made)), dice.choice([1, 16, 512, 4096])
        made[at : at + size] = dice.randbytes(len(made[at : at + size]))
    else:
        at = dice.randrange(len(made))
        del made[at : at + dice.choice([1, 100, 4096])]
    return bytes(made)


def go_through(stopped: Path, tmp_path: Path, catalogue: Catalogue, count: int, seed: int) -> dict[str, int]:
    """Damage so many journals and go on from each; how many were used, refused, and said to be damaged."""
    dice = random.Random(seed)
    content = (stopped / "p.csv.journal").read_bytes()
    counted = {"used": 0, "refused": 0, "warned": 0}
    for number in range(count):
        folder = tmp_path / f"d{number}"
        folder.mkdir()
        for name in ("cases.csv", "whole.csv"):
            shutil.copy(stopped / name, folder / name)
        shutil.copystat(stopped / "cases.csv", folder / "cases.csv")
        (folder / "p.csv.journal").write_bytes(damaged(content, dice))
        before = (folder / "p.csv.journal").read_bytes()
        try:
            counts, warnings = resumed(folder, catalogue)
        except OptimizerError as error:  # anything else is a traceback for the user, and fails the test
            assert "journal" in str(error) and not (folder / "p.csv").exists()
            assert (folder / "p.csv.journal").exists() or before == b""
            counted["refused"] += 1
        else:
            assert is_whole(folder), f"journal {number} gave a wrong row: {counts}, {warnings}, {unlike(folder)}"
            counted["used"] += 1
            counted["warned"] += bool(warnings)
        shutil.rmtree(folder)
    return counted


def test_twelve_damaged_journals(stopped: Path, tmp_path: Path, frozen: Catalogue) -> None:
    """Bits flipped, bytes written over, pieces cut out: no traceback, no wrong row."""
    counted = go_through(stopped, tmp_path, frozen, 12, 5)
    assert counted["used"] + counted["refused"] == 12


@pytest.mark.campaign
def test_two_hundred_damaged_journals(stopped: Path, tmp_path: Path, frozen: Catalogue) -> None:
    """The same two hundred times; the counts are printed."""
    print(go_through(stopped, tmp_path, frozen, 200, 20261129))
