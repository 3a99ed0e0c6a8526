"""Records of a journal: what is in one, the digest that vouches for it, and what is left of damaged ones."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from optimizer.batch.keys import KEY_BYTES
from optimizer.batch.work import Result, unpack

DIGEST_BYTES = 16
_UNLIKE = "cases"
"""What a journal is of that its records do not depend on: each has the keys of its own cases."""


class Stored(NamedTuple):
    """A record as it is in the journal, not yet believed."""

    chunk: int
    keys: bytes
    packed: bytes
    digest: bytes


def digest_of_about(about: Mapping[str, str]) -> str:
    """A digest of all that a journal says of itself."""
    return _digested(about).hex()


def salt_of(about: Mapping[str, str]) -> bytes:
    """What the records of a journal depend on next to their cases: data, program, solver, form."""
    return _digested({name: value for name, value in about.items() if name != _UNLIKE})


def _digested(about: Mapping[str, str]) -> bytes:
    lines = "\n".join(f"{name}={value}" for name, value in sorted(about.items()))
    return blake2b(lines.encode(errors="surrogateescape"), digest_size=DIGEST_BYTES).digest()


def digest_of(salt: bytes, keys: bytes, packed: bytes) -> bytes:
    """The digest of a record."""
    digest = blake2b(salt, digest_size=DIGEST_BYTES)
    digest.update(len(keys).to_bytes(8, "big"))
    digest.update(keys)
    digest.update(packed)
    return digest.digest()


def keys_of(keys: bytes) -> Iterator[bytes]:
    """The keys of a record one by one."""
    return (keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES))


def results_of(record: Stored, salt: bytes) -> Sequence[Result]:
    """The results of a record, one for each of its keys.

    Raises:
        ValueError: the record is damaged.
    """
    # what a damaged database has in a column need not be bytes
    parts: Sequence[object] = (record.keys, record.packed, record.digest)
    if not all(isinstance(part, bytes) for part in parts) or digest_of(salt, *record[1:3]) != record.digest:
        raise ValueError(f"record {record.chunk} is damaged")
    try:
        results = unpack(record.packed)
    except (zlib.error, TypeError) as error:
        raise ValueError(f"record {record.chunk} is damaged: {error}") from error
    if len(results) * KEY_BYTES != len(record.keys):
        raise ValueError(f"record {record.chunk} has {len(results)} results for another number of cases")
    return results


def is_whole(record: Stored, salt: bytes) -> bool:
    """Whether a record can be believed."""
    try:
        results_of(record, salt)
    except ValueError:
        return False
    return True


def readable(connection: sqlite3.Connection) -> Iterator[Stored]:
    """The records that a damaged database still gives: from its start, from its end, then one by one between."""
    first, last = 0, None
    for record in _until_damaged(connection, "ASC"):
        first = record.chunk
        yield record
    for record in _until_damaged(connection, "DESC"):
        if record.chunk <= first:
            return
        last = record.chunk
        yield record
    for chunk in range(first + 1, last or 0):
        try:
            found = connection.execute("SELECT id, keys, packed, digest FROM chunk WHERE id = ?", (chunk,)).fetchone()
        except (sqlite3.DatabaseError, OverflowError, UnicodeDecodeError):
            continue
        if found:
            yield Stored(*found)


def _until_damaged(connection: sqlite3.Connection, order: str) -> Iterator[Stored]:
    try:
        for found in connection.execute(f"SELECT id, keys, packed, digest FROM chunk ORDER BY id {order}"):
            if isinstance(found[0], int):
                yield Stored(*found)
    except (sqlite3.DatabaseError, OverflowError, UnicodeDecodeError):
        return
