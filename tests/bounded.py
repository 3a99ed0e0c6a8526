"""No test waits for ever: what takes too long fails with words, and the processes that it started are ended.

The clock is that of the test process (an interval timer that rings into its main thread), never one of what it waits
for. A test has ``MOST_S``, a campaign ``CAMPAIGN_S``, and one that says so its own: ``@pytest.mark.bound(60)``. These
are no claims on speed: the slowest test takes a sixteenth of its bound on a quiet machine.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import pytest

MOST_S = 240.0
CAMPAIGN_S = 7200.0
AGAIN_S = 15.0
"""What cleans up after a test that hung may hang, too: it has so long, and again."""


@contextmanager
def bounded(most_s: float) -> Iterator[None]:
    """End what is done inside after so many seconds, in words; whatever fails inside leaves no process of its own.

    Raises:
        pytest.fail.Exception: it was not done; the traceback says where it waited.
    """
    begun_s = _since_boot_s()

    def ring(number: int, frame: FrameType | None) -> None:
        ended = end_children_since(begun_s)
        pytest.fail(f"it hangs: not done after {most_s:g} s; processes ended: {ended or 'none'}")

    try:
        if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGALRM, ring)
        outer = signal.setitimer(signal.ITIMER_REAL, most_s, AGAIN_S)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, *outer)
            signal.signal(signal.SIGALRM, before)
    except pytest.skip.Exception:
        raise
    except BaseException:
        end_children_since(begun_s)
        raise


def seconds_of(item: pytest.Item) -> float:
    """The bound of a test."""
    if own := item.get_closest_marker("bound"):
        return float(own.args[0])
    return CAMPAIGN_S if item.get_closest_marker("campaign") else MOST_S


def end_children_since(begun_s: float) -> list[int]:
    """Kill all processes below this one that were started since then (seconds since boot); their numbers."""
    young = [pid for pid in below(os.getpid()) if _started_s(pid) >= begun_s]
    for pid in young:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return young


def children_of(pid: int) -> list[int]:
    """The child processes of a process; none where there is no such process, or no /proc."""
    try:
        return [int(c) for task in Path(f"/proc/{pid}/task").iterdir() for c in (task / "children").read_text().split()]
    except OSError:
        return []


def below(pid: int) -> list[int]:
    """Its children, their children, and so on."""
    found = children_of(pid)
    return [*found, *(deeper for child in found for deeper in below(child))]


def _since_boot_s() -> float:
    # a process is dated in hundredths of a second
    return time.clock_gettime(time.CLOCK_BOOTTIME) - 0.01 if hasattr(time, "CLOCK_BOOTTIME") else 0.0


def _started_s(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return -1.0  # it is gone
    return int(words[19]) / os.sysconf("SC_CLK_TCK")
