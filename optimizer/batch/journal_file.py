"""The file of a journal: an SQLite database with our mark in its header, made, locked, looked through and removed."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from optimizer.batch.records import Stored
from optimizer.errors import OptimizerError
from optimizer.render.files import create
from optimizer.units.language import mark, say

APPLICATION_ID = 0x4F50544A
"""``OPTJ``, in bytes 68 to 71 of the file: what SQLite has for a program's mark."""
SCHEMA = 2
"""In bytes 60 to 63 (``user_version``): of the tables."""
_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE chunk (id INTEGER PRIMARY KEY, keys BLOB NOT NULL, packed BLOB NOT NULL, digest BLOB NOT NULL);
CREATE TABLE result (
    key BLOB PRIMARY KEY, chunk INTEGER NOT NULL, position INTEGER NOT NULL, status TEXT NOT NULL
) WITHOUT ROWID;
"""
_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_NEIGHBOURS = ("-wal", "-shm", "-journal")
_OTHER_NAME = mark("give another name with --journal")


class JournalError(OptimizerError):
    """A journal that cannot be used, or cannot be written."""

    exit_status = 4


class DamagedError(JournalError):
    """A journal of ours that SQLite cannot read at all."""


def files_of(path: Path) -> list[Path]:
    """A journal and the files that SQLite makes next to it."""
    return [path, *(path.with_name(f"{path.name}{end}") for end in _NEIGHBOURS)]


def check_ours(path: Path) -> bool:
    """Whether there is a journal of ours; False where there is nothing of that name.

    Raises:
        JournalError: there is something else, or a journal with other tables.
    """
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(kind):
        raise JournalError.say(
            "{path} is {kind}, not a journal of a batch; {other_name}",
            path=path,
            kind=_kind_of(kind),
            other_name=say(_OTHER_NAME),
        )
    with path.open("rb") as stream:
        header = stream.read(_HEADER_BYTES)
    if not header:
        raise JournalError.say(
            "{path} is empty and is not a journal of a batch: remove it if it is yours, or {other_name}",
            path=path,
            other_name=say(_OTHER_NAME),
        )
    if header[:16] != _MAGIC or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise JournalError.say(
            "{path} is not a journal of a batch; {other_name}", path=path, other_name=say(_OTHER_NAME)
        )
    if (schema := int.from_bytes(header[60:64], "big")) != SCHEMA:
        raise JournalError.say(
            "{path} is a journal in form {schema}, and this version reads form {schema_2}; {other_name}",
            path=path,
            schema=schema,
            schema_2=SCHEMA,
            other_name=say(_OTHER_NAME),
        )
    return True


def _kind_of(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a link"
    return say("a folder") if stat.S_ISDIR(mode) else say("a device or a pipe")


def check_neighbours(path: Path, *, new: bool) -> None:
    """Refuse to have SQLite use a file next to the journal that it did not make.

    Raises:
        JournalError: there is one.
    """
    for beside in files_of(path)[1:]:
        if os.path.lexists(beside) and (new or not stat.S_ISREG(beside.lstat().st_mode)):
            raise JournalError.say(
                "the journal {path_name} cannot be used because of {beside}: remove it, or {other_name}",
                beside=beside,
                path_name=path.name,
                other_name=say(_OTHER_NAME),
            )


def make(path: Path | None, about: Mapping[str, str]) -> sqlite3.Connection:
    """A new journal: whole from its first byte on, under a name that nothing has yet.

    Raises:
        JournalError: something of that name came meanwhile.
        OSError: the file cannot be made.
    """
    connection = sqlite3.connect("")
    with connection as transaction:
        transaction.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        transaction.execute(f"PRAGMA user_version = {SCHEMA}")
        for statement in _TABLES.strip().split(";\n"):
            transaction.execute(statement.rstrip(";"))
        transaction.executemany("INSERT INTO about VALUES (?, ?)", about.items())
    if path is None:
        return connection
    image = connection.serialize()
    connection.close()
    try:
        handle = create(path)
    except FileExistsError as error:
        raise JournalError.say(
            "another program has just created {path}; {other_name}", path=path, other_name=say(_OTHER_NAME)
        ) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(image)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        path.unlink()  # ours: it was made three lines above
        raise
    return locked(path)


def locked(path: Path) -> sqlite3.Connection:
    """A journal of ours, for this run alone.

    Raises:
        JournalError: another run has it.
        DamagedError: nothing in it can be read.
        sqlite3.Error: it cannot be read or written.
    """
    connection = sqlite3.connect(path, timeout=0)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what SQLite says may have bytes of the damage in it
        connection.close()
        if "locked" in str(error):
            raise JournalError.say("{path} is in use by another run", path=path) from error
        if type(error) in (
            sqlite3.DatabaseError,
            UnicodeDecodeError,
        ):  # malformed; what may pass (a full disk) has types of its own
            raise DamagedError.say(
                "{path} is a damaged journal, in which nothing can be read ({error}); add --restart to start again",
                path=path,
                error=error,
            ) from error
        raise
    return connection


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether the database as such is undamaged; what is in it is another matter."""
    try:
        return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return False


def stored(connection: sqlite3.Connection) -> Iterator[Stored]:
    """Every record of a sound journal."""
    for found in connection.execute("SELECT id, keys, packed, digest FROM chunk ORDER BY id"):
        yield Stored(*found)


def remove(path: Path, inode: int) -> None:
    """Remove a journal of ours with what SQLite left next to it, unless another file has taken its name."""
    try:
        if path.lstat().st_ino != inode or not check_ours(path):
            return
    except (FileNotFoundError, JournalError):
        return
    for beside in reversed(files_of(path)):
        beside.unlink(missing_ok=True)
