"""One child process: how it is started, spoken to without waiting, and ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from optimizer.units.records import dataclass
from optimizer.workers.child import BOOT
from optimizer.workers.frames import TASK, framed, taken

_READ_BYTES = 1 << 18
_END_S = 5.0
"""A killed process that is not gone after so many seconds is left to the system."""


@dataclass(eq=False)
class Task:
    """Something to be done: a pickled (function, arguments), and within how many seconds."""

    content: bytes
    limit_s: float
    future: Future[Any]


class Worker:
    """A child process and what it has been given. It never blocks its parent."""

    def __init__(self, setup: bytes, now: float) -> None:
        """Start a process.

        Args:
            setup: its first frame, which all workers share.
            now: the time.

        Raises:
            OSError: there are no more processes, file descriptors or memory.
        """
        self.tasks: deque[Task] = deque()
        self.done = 0
        self.is_ready = False
        self.words = ""
        """Why it could not be set up, as it said itself."""
        self.since = now
        """When it was started, or when it began its first task."""
        self._inbox = bytearray()
        self._outbox: deque[memoryview] = deque()
        with _sigint_blocked():  # inherited: Ctrl-C on a terminal reaches the whole group
            self._process, self.channel = _started()
        self._say(setup)

    def give(self, task: Task, now: float) -> None:
        """Send a task; it is begun when those before it are done. ``now`` is in seconds."""
        if not self.tasks:
            self.since = now
        self.tasks.append(task)
        self._say(framed(TASK, task.content))

    def _say(self, frame: bytes) -> None:
        self._outbox.append(memoryview(frame))
        self.send()

    @property
    def wants_to_send(self) -> bool:
        """Whether something waits for room in the channel."""
        return bool(self._outbox)

    def send(self) -> None:
        """Send what the channel takes now; of a child that is gone, the next :meth:`receive` tells."""
        while self._outbox:
            try:
                sent = self.channel.send(self._outbox[0])
            except BlockingIOError:
                return
            except OSError:
                self._outbox.clear()
                return
            self._outbox[0] = self._outbox[0][sent:]
            if not self._outbox[0]:
                self._outbox.popleft()

    def receive(self) -> tuple[list[tuple[bytes, bytes]], bool]:
        """The frames that have come, and whether the child is still there."""
        is_there = True
        while True:
            try:
                more = self.channel.recv(_READ_BYTES)
            except BlockingIOError:
                break
            except OSError:
                more = b""
            if not more:
                is_there = False
                break
            self._inbox += more
        frames = []
        while frame := taken(self._inbox):
            frames.append(frame)
        return frames, is_there

    @property
    def is_stopped(self) -> bool:
        """Whether somebody has stopped the process (SIGSTOP), as far as the system says."""
        if not hasattr(os, "waitid"):
            return False
        with suppress(ChildProcessError):
            found = os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT)
            return found is not None and found.si_code == os.CLD_STOPPED
        return False

    def kill(self) -> None:
        """End the process at once."""
        with suppress(OSError):
            self._process.kill()
        self.channel.close()

    def ended(self) -> str:
        """How the process ended, in words; it has been killed, or has closed its channel."""
        try:
            status = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            return "it does not end"
        if status >= 0:
            return f"exit status {status}"
        try:
            return f"signal {-status} ({signal.Signals(-status).name})"
        except ValueError:
            return f"signal {-status}"


def _started() -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    try:
        ours.setblocking(False)
        # whatever a library prints is no row: it goes to stderr
        command = [sys.executable, *(["-I"] if sys.flags.isolated else []), "-P", "-c", BOOT]
        environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ}
        if sys.platform == "win32":
            process = subprocess.Popen(
                [*command, "-", *safe_path()], stdin=subprocess.PIPE, stdout=_stderr(), env=environment
            )
            assert process.stdin is not None
            with process.stdin as stdin:
                stdin.write(theirs.share(process.pid))
        else:
            process = subprocess.Popen(
                [*command, str(theirs.fileno()), *safe_path()],
                stdin=subprocess.DEVNULL,
                stdout=_stderr(),
                env=environment,
                pass_fds=(theirs.fileno(),),
            )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return process, ours


def _stderr() -> int:
    try:
        os.fstat(2)
    except OSError:
        return subprocess.DEVNULL
    return 2


def safe_path() -> list[str]:
    """Where children import from: as this process, but never from the folder that it happens to be in.

    A ``struct.py`` in a folder of cases would else be run in place of Python's. The folder that this very package was
    imported from stays, wherever it is.
    """
    home = Path(__file__).resolve().parents[2]
    here = Path.cwd()
    found = [
        entry
        for entry in sys.path
        if Path(entry).is_absolute() and ((place := Path(entry).resolve()) != here.resolve() or place == home)
    ]
    return found if any(Path(entry).resolve() == home for entry in found) else [str(home), *found]


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
