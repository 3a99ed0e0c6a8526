"""Files that a run will write: none of them is read in it, or the answer would take the place of its own input."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from optimizer.errors import UsageError, shown_name

_WRITTEN: ContextVar[tuple[Path, ...]] = ContextVar("written", default=())


@contextmanager
def writing(files: Iterable[Path]) -> Iterator[None]:
    """While the block runs, a file that is named here is not read: it is to be written when the answer is there.

    Args:
        files: what will be written; those that do not exist yet, devices and pipes are no concern.
    """
    before = _WRITTEN.set((*_WRITTEN.get(), *files))
    try:
        yield
    finally:
        _WRITTEN.reset(before)


def refuse_written(stream: BinaryIO, path: Path) -> None:
    """Refuse to read what will be written over.

    Args:
        stream: the file as it was opened.
        path: its name, for the message.

    Raises:
        UsageError: it is one of the files of :func:`writing`, by whatever name.
    """
    if not (files := _WRITTEN.get()) or not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return
    for file in files:
        if file.exists() and os.path.samestat(os.fstat(stream.fileno()), file.stat()):
            name = shown_name(path)
            raise UsageError.say(
                "{name} is an input, and the answer would be written over it: give another name", name=name
            )
