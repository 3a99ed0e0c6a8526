"""What is finished, kept in SQLite: a batch that was killed goes on from it, and identical cases are looked up in it.

One row of ``chunk`` is a record: the keys of some cases, their packed results, and a digest of both. ``result`` says by
the key of a case in which record its result lies, and where. A record is one transaction. In WAL mode with
``synchronous = NORMAL`` a killed process loses nothing that was committed; a power cut may lose the last commits, whose
cases are then solved again. The lock is exclusive, so that no two runs share a journal, and ends with the process.

Nothing that is read back is believed: a record counts only with its digest, and a result only under the key that its
record has at that place. The file carries our mark in its header from its first byte on; a file without it is never
used, changed or removed.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from optimizer.answers.plan.row import Status
from optimizer.batch.journal_file import (
    DamagedError,
    JournalError,
    check_neighbours,
    check_ours,
    files_of,
    is_sound,
    locked,
    make,
    remove,
    stored,
)
from optimizer.batch.keys import KEY_BYTES
from optimizer.batch.records import Stored, digest_of, digest_of_about, is_whole, keys_of, readable, results_of, salt_of
from optimizer.batch.work import Result, unpack
from optimizer.render.files import remove_temporary, temporary_path
from optimizer.units.language import Messages, say

_CHUNKS_KEPT = 8
TO_RETRY = (Status.CRASHED, Status.TIMED_OUT, Status.UNDECIDED)
"""The statuses that another run may better."""
_WORDS = Messages(
    {
        "cases": "of other cases",
        "data": "made with other data",
        "program": "made with another version of this program",
        "solver": "made with another version of the solver",
        "form": "of an output in another form",
    }
)
_TEMPORARY, _DIGEST = "temporary", "digest"
Warn = Callable[[str], None]


class Place(NamedTuple):
    """Where a result lies."""

    chunk: int
    position: int


class _Record(NamedTuple):
    keys: bytes
    results: Sequence[Result]


class Journal:
    """The results of a batch by key. Made with :func:`opened`."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None, salt: bytes, warn: Warn) -> None:
        self._connection = connection
        self.path = path
        self._salt, self._warn = salt, warn
        self._inode = path.stat().st_ino if path else None
        self._kept: OrderedDict[int, _Record] = OrderedDict()
        self.finished: int = connection.execute("SELECT count(*) FROM result").fetchone()[0]
        """Cases whose results it has."""

    def find(self, key: bytes) -> Place | None:
        """Where the result of a case lies, if it is finished and its record has it there."""
        found = self._connection.execute("SELECT chunk, position, status FROM result WHERE key = ?", (key,)).fetchone()
        if not found:
            return None
        chunk, position, status = found
        try:
            record = self._record(chunk)
            if _key_at(record, position) == key and record.results[position].status == status:
                return Place(chunk, position)
        except (TypeError, ValueError, OverflowError):  # what a damaged index says need not be a number
            pass
        self._warn(
            say(
                "{self}: record {chunk} does not have a case where it should: the case is solved again",
                self=self._named(),
                chunk=chunk,
            )
        )
        return None

    def add(self, keys: Sequence[bytes], packed: bytes) -> list[Place]:
        """Commit the results of the first cases of a chunk, of which ``keys`` are all."""
        results = unpack(packed)
        theirs = b"".join(keys[: len(results)])
        with self._connection as transaction:
            chunk = transaction.execute(
                "INSERT INTO chunk (keys, packed, digest) VALUES (?, ?, ?)",
                (theirs, packed, digest_of(self._salt, theirs, packed)),
            ).lastrowid
            assert chunk is not None
            enter(transaction, chunk, theirs, results)
        self._keep(chunk, _Record(theirs, results))
        self.finished += len(results)
        return [Place(chunk, n) for n in range(len(results))]

    def result(self, place: Place) -> Result:
        """The result at a place."""
        return self._record(place.chunk).results[place.position]

    def _record(self, chunk: int) -> _Record:
        record = self._kept.get(chunk)
        if record is None:
            found = self._connection.execute(
                "SELECT id, keys, packed, digest FROM chunk WHERE id = ?", (chunk,)
            ).fetchone()
            if found is None:
                raise ValueError(say("there is no record {chunk}", chunk=chunk))
            record = _Record(found[1], results_of(Stored(*found), self._salt))
            self._keep(chunk, record)
        return record

    def _keep(self, chunk: int, record: _Record) -> None:
        self._kept[chunk] = record
        if len(self._kept) > _CHUNKS_KEPT:
            self._kept.popitem(last=False)

    def forget(self, statuses: Sequence[str]) -> int:
        """Have the cases of these statuses solved again; how many there are."""
        marks = ", ".join("?" for _ in statuses)
        with self._connection as transaction:
            count = transaction.execute(f"DELETE FROM result WHERE status IN ({marks})", statuses).rowcount
        self.finished -= count
        return count

    def will_write(self, temporary: Path) -> None:
        """Enter the name of a temporary file before there is one, so that a run that is killed leaves none for good."""
        with self._connection as transaction:
            transaction.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (_TEMPORARY, temporary.name))

    @contextmanager
    def plain_errors(self) -> Iterator[None]:
        """Turn what SQLite and a damaged record raise into one message that says what is lost and what is safe.

        Raises:
            JournalError: with that message.
        """
        try:
            yield
        except (sqlite3.Error, ValueError) as error:
            raise JournalError.say(
                "{self}: the journal cannot be written or read: {error}{self_2}",
                self=self._named(),
                error=error,
                self_2=self._safe(),
            ) from error

    def _safe(self) -> str:
        if self.path is None or not self.finished:
            return say("; no case was finished")
        noun = say("case that is") if self.finished == 1 else say("cases that are")
        return say(
            "; the {finished:,} {noun} finished in it can be used: once this is corrected, add --resume",
            finished=self.finished,
            noun=noun,
        )

    def _named(self) -> str:
        return str(self.path) if self.path else say("the journal in memory")

    def close(self, *, remove_it: bool = False) -> None:
        """Let go of the journal, and remove it where it has done its service and is still the file that it was."""
        self._connection.close()
        if remove_it and self.path and self._inode is not None:
            remove(self.path, self._inode)


def enter(connection: sqlite3.Connection, chunk: int, keys: bytes, results: Sequence[Result]) -> None:
    """Say where the results of a record lie."""
    connection.executemany(
        "INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?)",
        [(key, chunk, n, result.status) for n, (key, result) in enumerate(zip(keys_of(keys), results, strict=True))],
    )


def _key_at(record: _Record, position: int) -> bytes | None:
    if not 0 <= position < len(record.results):
        return None
    return record.keys[position * KEY_BYTES : (position + 1) * KEY_BYTES]


def beside(output: Path) -> Path:
    """Where the journal of an output lies: ``plans.csv.journal`` next to ``plans.csv``."""
    return output.with_name(f"{output.name}.journal")


def opened(
    path: Path | None,
    about: Mapping[str, str | None],
    *,
    resume: bool = False,
    restart: bool = False,
    warn: Warn = lambda text: None,
) -> Journal:
    """A journal on disk, or without a path one that ends with the run.

    Args:
        path: of the SQLite file.
        about: what the results depend on: cases, data, program, solver, form. None is not compared.
        resume: go on from a journal that is there.
        restart: remove a journal that is there.
        warn: called with what is damaged.

    Raises:
        JournalError: there is one and neither is asked for; it is in use; it is of something else; it is not a journal.
    """
    known = {name: value for name, value in about.items() if value is not None}
    rows, salt = {**known, _DIGEST: digest_of_about(known)}, salt_of(known)
    try:
        if path is None:
            return Journal(make(None, rows), None, salt, warn)
        if not check_ours(path):
            check_neighbours(path, new=True)
            return Journal(make(path, rows), path, salt, warn)
        if not (resume or restart):
            raise JournalError.say(
                "{path} contains the results of an earlier run; add --resume to continue from them, or "
                "--restart to start again",
                path=path,
            )
        check_neighbours(path, new=False)
        if restart:
            _forget_all(path)
            return Journal(make(path, rows), path, salt, warn)
        return Journal(_taken_up(path, known, warn), path, salt, warn)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what SQLite says may have bytes of the damage in it
        raise JournalError.say(
            "{path}: the journal cannot be opened: {error}", path=path or say("the journal in memory"), error=error
        ) from error


def _forget_all(path: Path) -> None:
    """Remove a journal that no other run has, with the temporary file that its run may have left."""
    inode = path.stat().st_ino
    with suppress(DamagedError):  # then no other run has it either
        connection = locked(path)
        reported = _about(connection)
        connection.close()
        _remove_left(path, reported)
    remove(path, inode)


def _remove_left(path: Path, reported: Mapping[str, str]) -> None:
    if name := reported.get(_TEMPORARY):
        remove_temporary(path.with_name(Path(name).name))


def _taken_up(path: Path, known: Mapping[str, str], warn: Warn) -> sqlite3.Connection:
    """The connection to a journal that is there, without what is damaged in it."""
    connection = locked(path)
    try:
        reported = _about(connection)
        said = {name: value for name, value in reported.items() if name not in (_TEMPORARY, _DIGEST)}
        if digest_of_about(said) != reported.get(_DIGEST):
            raise JournalError.say(
                "the header of {path} is damaged, so that nothing in it can be used; add --restart to start again",
                path=path,
            )
        if unlike := [name for name, value in known.items() if said.get(name, value) != value]:
            what = ", ".join(_WORDS[name] for name in unlike)
            raise JournalError.say(
                "{path} is {what}; add --restart to start again, or give another output", path=path, what=what
            )
        _remove_left(path, reported)
        salt = salt_of(said)
        if not is_sound(connection):
            return _rebuilt(connection, path, {**said, _DIGEST: reported[_DIGEST]}, salt, warn)
        for record in [record.chunk for record in stored(connection) if not is_whole(record, salt)]:
            with connection as transaction:
                transaction.execute("DELETE FROM chunk WHERE id = ?", (record,))
                lost = transaction.execute("DELETE FROM result WHERE chunk = ?", (record,)).rowcount
            warn(f"{path}: record {record} is damaged: its cases ({lost}) are solved again")
        return connection
    except BaseException:
        connection.close()
        raise


def _about(connection: sqlite3.Connection) -> dict[str, str]:
    try:
        return {str(name): str(value) for name, value in connection.execute("SELECT name, value FROM about")}
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # damaged: then nothing is known of it
        return {}


def _rebuilt(
    damaged: sqlite3.Connection, path: Path, about: Mapping[str, str], salt: bytes, warn: Warn
) -> sqlite3.Connection:
    """A new journal in place of one that SQLite calls malformed, with every record of it that can be believed."""
    temporary = temporary_path(path)
    fresh = make(temporary, about)
    try:
        count = 0
        for record in readable(damaged):
            if is_whole(record, salt):
                with fresh as transaction:
                    transaction.execute("INSERT OR IGNORE INTO chunk VALUES (?, ?, ?, ?)", record)
                    enter(transaction, record.chunk, record.keys, results_of(record, salt))
                count += 1
        fresh.close()
        damaged.close()
        for old in files_of(path)[1:]:
            old.unlink(missing_ok=True)
        temporary.replace(path)
    except BaseException:
        fresh.close()
        temporary.unlink(missing_ok=True)
        raise
    warn(f"{path} is damaged: {count} records could be read; the cases of all others are solved again")
    return locked(path)
