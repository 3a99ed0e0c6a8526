"""What is finished, kept in SQLite: a batch that was killed goes on from it, and identical cases are looked up in it.

One row of ``chunk`` holds the packed results of a chunk of cases; ``result`` says by the key of a case where its result
lies. A chunk is one transaction. In WAL mode with ``synchronous = NORMAL`` a killed process loses nothing that was
committed; a power cut may lose the last commits, whose cases are then solved again. The lock is exclusive, so that no
two runs share a journal, and ends with the process.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from optimizer.answers.plan_row import Status
from optimizer.batch.work import Result, unpack
from optimizer.errors import OptimizerError

_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE chunk (id INTEGER PRIMARY KEY, packed BLOB NOT NULL);
CREATE TABLE result (
    key BLOB PRIMARY KEY, chunk INTEGER NOT NULL, position INTEGER NOT NULL, status TEXT NOT NULL
) WITHOUT ROWID;
"""
_CHUNKS_KEPT = 8
TO_RETRY = (Status.CRASHED, Status.TIMED_OUT, Status.UNDECIDED)
"""The statuses that another run may better."""
_WORDS = {
    "cases": "of other cases",
    "data": "made with other data",
    "program": "made with another version of this program",
    "solver": "made with another version of the solver",
    "form": "of an output in another form",
}


class JournalError(OptimizerError):
    """A journal that cannot be used, or cannot be written."""

    exit_status = 4


class Place(NamedTuple):
    """Where a result lies."""

    chunk: int
    position: int


class Journal:
    """The results of a batch by key. Made with :func:`opened`."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self._connection = connection
        self.path = path
        self._kept: OrderedDict[int, Sequence[Result]] = OrderedDict()

    def find(self, key: bytes) -> Place | None:
        """Where the result of a case lies, if it is finished."""
        found = self._connection.execute("SELECT chunk, position FROM result WHERE key = ?", (key,)).fetchone()
        return Place(*found) if found else None

    def add(self, keys: Sequence[bytes], packed: bytes) -> list[Place]:
        """Commit the results of the first cases of a chunk, of which ``keys`` are all."""
        results = unpack(packed)
        with self._connection as transaction:
            chunk = transaction.execute("INSERT INTO chunk (packed) VALUES (?)", (packed,)).lastrowid
            assert chunk is not None
            transaction.executemany(
                "INSERT INTO result VALUES (?, ?, ?, ?)",
                [(key, chunk, n, result.status) for n, (key, result) in enumerate(zip(keys, results, strict=False))],
            )
        self._keep(chunk, results)
        return [Place(chunk, n) for n in range(len(results))]

    def result(self, place: Place) -> Result:
        """The result at a place."""
        results = self._kept.get(place.chunk)
        if results is None:
            (packed,) = self._connection.execute("SELECT packed FROM chunk WHERE id = ?", (place.chunk,)).fetchone()
            results = unpack(packed)
            self._keep(place.chunk, results)
        return results[place.position]

    def _keep(self, chunk: int, results: Sequence[Result]) -> None:
        self._kept[chunk] = results
        if len(self._kept) > _CHUNKS_KEPT:
            self._kept.popitem(last=False)

    def forget(self, statuses: Sequence[str]) -> int:
        """Have the cases of these statuses solved again; how many there are."""
        marks = ", ".join("?" for _ in statuses)
        with self._connection as transaction:
            return transaction.execute(f"DELETE FROM result WHERE status IN ({marks})", statuses).rowcount

    def is_empty(self) -> bool:
        """Whether nothing is finished yet."""
        return self._connection.execute("SELECT 1 FROM chunk LIMIT 1").fetchone() is None

    def close(self, *, remove: bool = False) -> None:
        """Let go of the journal, and remove it where it has done its service."""
        self._connection.close()
        if remove and self.path:
            _remove(self.path)


def beside(output: Path) -> Path:
    """Where the journal of an output lies: ``plans.csv.journal`` beside ``plans.csv``."""
    return output.with_name(f"{output.name}.journal")


@contextmanager
def told_plainly(path: Path | None) -> Iterator[None]:
    """Turn what SQLite raises into one message that says what is lost: nothing."""
    try:
        yield
    except sqlite3.Error as error:
        place = f"{path}: " if path else ""
        remedy = "; what it holds is safe: once this is mended, --resume goes on from it" if path else ""
        raise JournalError(f"{place}the journal cannot be written or read: {error}{remedy}") from error


def opened(
    path: Path | None, about: Mapping[str, str | None], *, resume: bool = False, restart: bool = False
) -> Journal:
    """A journal on disk, or without a path one that ends with the run.

    Args:
        path: of the SQLite file.
        about: what the results depend on: cases, data, program, solver, form. None is not compared.
        resume: go on from a journal that is there.
        restart: remove a journal that is there.

    Raises:
        JournalError: there is one and neither is asked for; it is in use; it is of something else; it is no journal.
    """
    with told_plainly(path):
        if path is None:
            return Journal(_fresh("", about), None)
        if path.exists() and not (resume or restart):
            raise JournalError(
                f"{path} holds what an earlier run finished; add --resume to go on from it, or --restart to begin anew"
            )
        known = {name: value for name, value in about.items() if value is not None}
        if not path.exists():
            return Journal(_fresh(str(path), known), path)
        connection = _locked(path)
        if restart:
            connection.close()
            _remove(path)
            return Journal(_fresh(str(path), known), path)
        try:
            told = _about(connection)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise JournalError(f"{path} is no journal of a batch: {error}; give another name with --journal") from error
        if not told:
            connection.close()  # killed before its first transaction
            _remove(path)
            return Journal(_fresh(str(path), known), path)
        if unlike := [name for name, value in known.items() if told.get(name, value) != value]:
            connection.close()
            what = ", ".join(_WORDS[name] for name in unlike)
            raise JournalError(f"{path} is {what}; add --restart to begin anew, or give another output")
        return Journal(connection, path)


def _connected(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=0)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    return connection


def _locked(path: Path) -> sqlite3.Connection:
    connection = _connected(str(path))
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error):
            raise JournalError(f"{path} is in use by another run") from error
        raise
    except sqlite3.DatabaseError as error:
        connection.close()
        raise JournalError(f"{path} is no journal of a batch: {error}; give another name with --journal") from error
    return connection


def _fresh(name: str, about: Mapping[str, str | None]) -> sqlite3.Connection:
    connection = _connected(name)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    with connection as transaction:
        transaction.execute("BEGIN IMMEDIATE")
        for statement in _TABLES.strip().split(";\n"):
            transaction.execute(statement.rstrip(";"))
        transaction.executemany("INSERT INTO about VALUES (?, ?)", [(n, v) for n, v in about.items() if v is not None])
    return connection


def _about(connection: sqlite3.Connection) -> dict[str, str]:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return {}
    return dict(connection.execute("SELECT name, value FROM about"))


def _remove(path: Path) -> None:
    for name in (f"{path.name}-wal", f"{path.name}-shm", path.name):
        path.with_name(name).unlink(missing_ok=True)
