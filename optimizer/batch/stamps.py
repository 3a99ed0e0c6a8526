"""Whether a file of cases is still the one that was looked through: its rows would else be of neither version."""

from __future__ import annotations

import hashlib
from pathlib import Path

from optimizer.errors import DataError, Problem
from optimizer.units.language import say

Stamp = tuple[int, int, int, int]
"""By which a file is known to be the same without reading it: device, number, size, time of its last change."""


def stamp_of(path: Path) -> Stamp:
    """The stamp of a file as it is now."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def check_file_unchanged(path: Path, stamp: Stamp, digest: str, name: str) -> None:
    """Make sure that a file has the bytes that it had.

    Raises:
        DataError: it has others, or is gone.
    """
    try:
        if stamp_of(path) == stamp:
            return
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() == digest:
                return
    except OSError:
        pass
    raise DataError(
        [
            Problem(
                say("was changed while the batch was reading it, so that no output was written"),
                file=name,
                remedy=say("run it again with --restart, and leave the file alone meanwhile"),
            )
        ]
    )
