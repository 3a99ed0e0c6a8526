"""Standard streams that were closed (``>&-``): something stands in for them before a file can take their number."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any


class _Closed(io.TextIOBase):
    """Represents a stream that was closed: what would be written to or read from it is an error, not lost."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def encoding(self) -> str:  # type: ignore[override]  # TextIOBase has an attribute
        """As of any stream of ours."""
        return "utf-8"

    @property
    def buffer(self) -> Any:
        """No bytes either."""
        return self

    def write(self, text: Any) -> int:
        """Nothing can be written.

        Raises:
            OSError: always, but for nothing.
        """
        if text:
            raise OSError(errno.EBADF, f"{self._name} is closed")
        return 0

    def read(self, size: int | None = -1) -> Any:
        """Nothing can be read.

        Raises:
            OSError: always.
        """
        raise OSError(errno.EBADF, f"{self._name} is closed")

    read1 = read


class _Nowhere(io.TextIOBase):
    """Represents stderr that was closed: nobody wants what is said there."""

    def write(self, text: str) -> int:
        """Say it to nobody."""
        return len(text)


def open_closed_streams() -> None:
    """Put something in place of stdin, stdout and stderr where they were closed.

    Else the next file that is opened gets the number 1 or 2, and whatever a library prints is written into it.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(handle, True)
    os.close(handle)
    if sys.stdin is None:
        sys.stdin = _Closed("stdin")
    if sys.stdout is None:
        sys.stdout = _Closed("stdout")
    if sys.stderr is None:
        sys.stderr = _Nowhere()
