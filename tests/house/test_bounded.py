"""A test that hangs is a failure in words, and leaves no process behind (tests/bounded.py)."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from bounded import AGAIN_S, CAMPAIGN_S, MOST_S, bounded, seconds_of

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
SLEEPS = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
PARENT = [
    sys.executable,
    "-S",
    "-c",
    f"import subprocess; print(subprocess.Popen({SLEEPS!r}).pid, flush=True); input()",
]


@pytest.fixture
def older() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else, such as a shared fixture."""
    process = subprocess.Popen(SLEEPS)
    time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


def for_a_child() -> None:
    subprocess.Popen(SLEEPS).wait()


def for_a_thread() -> None:
    threading.Event().wait()


def in_a_loop_that_swallows() -> None:
    while True:
        with suppress(Exception):
            time.sleep(1)


@pytest.mark.parametrize("wait", [for_a_child, for_a_thread, in_a_loop_that_swallows])
def test_what_hangs_fails_in_words(older: subprocess.Popen[bytes], wait: Callable[[], None]) -> None:
    """A child, a lock, a loop that forgives every error: none holds the suite. Without it the run never ends."""
    with pytest.raises(pytest.fail.Exception, match=r"it hangs: not done after 0\.3 s"), bounded(0.3):
        wait()
    assert older.poll() is None, "a process from before is not the test's own"


def test_nothing_is_left_of_what_failed(older: subprocess.Popen[bytes]) -> None:
    """Neither the child of a failed test nor a child of that: they would take a core from all tests after it."""
    found: list[int] = []
    with pytest.raises(ZeroDivisionError), bounded(60.0):
        process = subprocess.Popen(PARENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdout is not None
        found.append(int(process.stdout.readline()))
        raise ZeroDivisionError
    assert process.wait() == -9 and older.poll() is None
    state = Path(f"/proc/{found[0]}/stat")
    while state.exists() and state.read_text().rpartition(")")[2].split()[0] not in "ZX":
        time.sleep(0.01)


def test_cleaning_up_may_not_hang_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bell rings again: a ``finally`` that waits for what was given up would wait for ever."""
    monkeypatch.setattr("bounded.AGAIN_S", 0.2)
    rings: list[str] = []
    with pytest.raises(pytest.fail.Exception), bounded(0.2):
        try:
            for_a_thread()
        finally:
            rings.append("first")
            for_a_thread()
    assert rings == ["first"] and AGAIN_S > 1


def test_what_is_done_in_time_is_left_alone() -> None:
    """Its processes too, and the bound around it goes on."""
    with pytest.raises(pytest.fail.Exception, match=r"after 0\.6 s"), bounded(0.6):
        with bounded(0.5):
            process = subprocess.Popen(SLEEPS)
        assert process.poll() is None
        process.kill()
        process.wait()
        for_a_thread()


def test_every_test_has_its_bound(request: pytest.FixtureRequest) -> None:
    """That of its mark, else that of all; the timer of this very test runs."""
    assert seconds_of(request.node) == MOST_S < CAMPAIGN_S
    assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= MOST_S
    request.node.add_marker(pytest.mark.campaign)
    assert seconds_of(request.node) == CAMPAIGN_S
    request.node.add_marker(pytest.mark.bound(7))
    assert seconds_of(request.node) == 7.0
