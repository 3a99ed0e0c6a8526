"""Tasks of a crew, for tests of the workers themselves: a process that imports nothing else starts in a tenth of a
second, where one that plans takes six times as long."""

from __future__ import annotations

import os
import time

_READY: dict[str, int] = {}


def set_up(content: bytes) -> None:
    """What all tasks share: how much of it came."""
    _READY["bytes"] = len(content)


def echo(number: int, content: bytes) -> tuple[int, int, int]:
    """The number, the size of what came with it, and that of what was set up."""
    return number, len(content), _READY["bytes"]


def nap(seconds: float) -> float:
    """Takes so long."""
    time.sleep(seconds)
    return seconds


def end_by(number: int) -> None:
    """Ends its own process by a signal."""
    os.kill(os.getpid(), number)


def slow_double(factor: int, item: int) -> int:
    """A product, after a hundredth of a second."""
    time.sleep(0.01)
    return factor * item


def raise_one(kind: str) -> None:
    """Raises an exception that can travel between processes, or one that cannot."""

    class UntravelledError(Exception):
        pass

    raise KeyError("a planted fault") if kind == "plain" else UntravelledError("a planted fault")
