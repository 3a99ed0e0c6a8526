"""Whether a file of cases is still the one that was looked through: its rows would else be of neither version."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from optimizer.errors import DataError, unreadable
from optimizer.units.language import say

Stamp = tuple[int, int, int, int]
"""By which a file is known to be the same without reading it: device, number, size, time of its last change."""


def stamp_of(path: Path) -> Stamp:
    """The stamp of a file as it is now."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def digest_of(path: Path) -> str:
    """SHA-256 of the bytes of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class StampedFile:
    """A file of cases that is read more than once: its rows are those of the bytes that it had at first."""

    def __init__(self, path: Path, name: str, read: Callable[[Path], str] = digest_of) -> None:
        """Take its stamp, then its digest.

        Args:
            path: of the file.
            name: of the file in messages.
            read: looks through the file and gives the digest of its bytes.

        Raises:
            DataError: it cannot be read.
        """
        self.path, self.name = path, name
        try:
            self._stamp = stamp_of(path)
            self._digest = read(path)
        except OSError as error:
            raise unreadable(path, error) from error

    def fingerprint(self) -> str | None:
        """SHA-256 of the file's bytes."""
        return self._digest

    def check_unchanged(self) -> None:
        """Compare the file's stamp, and where that differs its digest.

        Raises:
            DataError: it has other bytes, or is gone.
        """
        try:
            if stamp_of(self.path) == self._stamp:
                return
            if digest_of(self.path) == self._digest:
                return
        except OSError:
            pass
        raise DataError.at(
            say("was changed while the batch was reading it, so that no output was written"),
            file=self.name,
            remedy=say("run it again with --restart, and do not change the file during the run"),
        )
