"""Workers on this machine: spawned processes that can be killed and replaced (pebble)."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, Protocol

from optimizer.batch.work import Setup, make_ready, solve_chunk
from optimizer.errors import Problem
from optimizer.tables import Line

if TYPE_CHECKING:
    from pebble import ProcessPool

CHUNKS_A_WORKER = 3
"""Chunks on their way to a worker: one is solved while the next waits and the last is told."""
CHUNKS_A_LIFE = 500
"""A worker is replaced after so many chunks, as Pyomo loses 0.3 to 0.9 KB a solve."""
Verdict = Literal["crashed", "timed_out", "lost"]


class Workers(Protocol):
    """Whatever solves chunks of lines."""

    slots: int
    """How many chunks are worth having on their way."""

    def submit(self, lines: Sequence[Line | Problem], budget_s: float, limit_s: float) -> Future[bytes]:
        """Have a chunk solved within ``limit_s`` seconds of wall clock."""

    def verdict(self, error: BaseException) -> Verdict | None:
        """What became of the worker of a chunk; None for an error of another kind. ``lost``: no fault of the chunk."""

    def stop(self) -> None:
        """End at once, whatever is being done."""


class LocalWorkers:
    """So many child processes."""

    def __init__(self, setup: Setup, count: int) -> None:
        self.slots = CHUNKS_A_WORKER * count
        self._count, self._token = count, setup.token
        self._setup = pickle.dumps(setup)
        self._pool = self._started()

    def _started(self) -> ProcessPool:
        from pebble import ProcessPool

        pool = ProcessPool(
            max_workers=self._count,
            max_tasks=CHUNKS_A_LIFE,
            initializer=_begin,
            initargs=(self._setup,),
            context=multiprocessing.get_context("spawn"),
        )
        with _sigint_blocked():  # inherited by the pool's threads and by every worker that these start
            assert pool.active
        return pool

    def submit(self, lines: Sequence[Line | Problem], budget_s: float, limit_s: float) -> Future[bytes]:
        """Have a chunk solved by the next free worker; the time runs from when it is taken up."""
        arguments = (self._token, lines, budget_s)
        try:
            return self._pool.schedule(_solve, args=arguments, timeout=limit_s)
        except RuntimeError:  # the pool broke: a worker died where none was known to be busy
            self.stop()
            self._pool = self._started()
            return self._pool.schedule(_solve, args=arguments, timeout=limit_s)

    def verdict(self, error: BaseException) -> Verdict | None:
        """What pebble says of a worker."""
        from pebble import ProcessExpired

        if isinstance(error, ProcessExpired):
            return "crashed"
        if isinstance(error, BrokenProcessPool):
            return "lost"
        return "timed_out" if isinstance(error, TimeoutError) else None

    def stop(self) -> None:
        """Kill all workers."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


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


_TROUBLE: list[BaseException] = []


def _begin(setup: bytes) -> None:
    """Make a new worker ready; what goes wrong is told by its first chunk."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # at once, also inside the solver
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), 1)  # whatever a library prints is no row
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        make_ready(pickle.loads(setup))
    except BaseException as error:
        _TROUBLE.append(error)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _solve(token: str, lines: Sequence[Line | Problem], budget_s: float) -> bytes:
    if _TROUBLE:
        raise _TROUBLE[0]
    return solve_chunk(token, lines, budget_s)
