"""Workers on this machine: spawned processes that can be killed and replaced (pebble), each with a pool of its own.

A pool of one process shares no lock with others, so that whatever ends a process ends nothing else.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import TYPE_CHECKING, Any, Literal, Protocol

from optimizer.batch.work import Setup, make_ready, solve_chunk
from optimizer.catalogue.tables import Line
from optimizer.errors import OptimizerError, Problem

if TYPE_CHECKING:
    from pebble import ProcessPool

CHUNKS_A_WORKER = 3
"""Chunks on their way to a worker: one is solved while the next waits and the last is told."""
CHUNKS_A_LIFE = 500
"""A worker is replaced after so many chunks, as Pyomo loses 0.3 to 0.9 KB a solve."""
PATIENCE_S = 1.0
"""A small batch that is not done by its first worker in so many seconds gets the others: a process costs a second."""
Verdict = Literal["crashed", "timed_out", "lost"]


class WorkersError(OptimizerError):
    """The workers cannot be started or reached; what they finished is kept."""

    exit_status = 4


class Workers(Protocol):
    """Whatever solves chunks of lines."""

    certain: bool
    """Whether a chunk that is said to have crashed its worker did so, and did not merely wait behind one that did."""

    @property
    def slots(self) -> int:
        """How many chunks are worth having on their way."""

    def submit(self, lines: Sequence[Line | Problem], budget_s: float, limit_s: float) -> Future[bytes]:
        """Have a chunk solved within ``limit_s`` seconds of wall clock."""

    def verdict(self, error: BaseException) -> Verdict | None:
        """What became of the worker of a chunk; None for an error of another kind. ``lost``: no fault of the chunk."""

    def stop(self) -> None:
        """End at once, whatever is being done."""


class LocalWorkers:
    """Up to ``count`` child processes; in a small batch the first one alone, as long as it is quick."""

    certain = True

    def __init__(self, setup: Setup, count: int, *, small: bool = False) -> None:
        self._count, self._token = count, setup.token
        self._setup = pickle.dumps(setup)
        self._pools: list[_OneProcess] = []
        self._since = time.monotonic()
        self._patience_s = PATIENCE_S if small else 0.0
        for _ in range(1 if small else count):
            self._pools.append(_OneProcess(self._setup))

    @property
    def slots(self) -> int:
        """So many chunks for each worker that is wanted by now."""
        wanted = self._count if time.monotonic() - self._since >= self._patience_s else 1
        return CHUNKS_A_WORKER * max(wanted, len(self._pools))

    def submit(self, lines: Sequence[Line | Problem], budget_s: float, limit_s: float) -> Future[bytes]:
        """Have a chunk solved by the worker with the fewest; the time runs from when it is taken up."""
        if self.slots > CHUNKS_A_WORKER * len(self._pools) and all(pool.held for pool in self._pools):
            self._pools.append(_OneProcess(self._setup))
        pool = min(self._pools, key=lambda one: one.held)
        return pool.submit((self._token, lines, budget_s), limit_s)

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
        for pool in self._pools:
            pool.kill()
        for pool in self._pools:
            pool.join()
        self._pools.clear()


class _Children(SpawnContext):
    """Spawned processes, remembered: pebble gives a process three seconds to end, and Ctrl-C has two."""

    def __init__(self) -> None:
        super().__init__()
        self._started: list[SpawnProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802
        """A process that :meth:`kill` knows."""
        self._started = [process for process in self._started if process.pid is None or process.is_alive()]
        self._started.append(SpawnProcess(*args, **kwargs))
        return self._started[-1]

    def kill(self) -> None:
        """End all of them at once."""
        for process in self._started:
            with suppress(ValueError, AttributeError):  # closed already, or never begun
                process.kill()


class _OneProcess:
    def __init__(self, setup: bytes) -> None:
        self._setup = setup
        self.held = 0
        """Chunks on their way; counted down by a thread of the pool, and exact enough to share work out."""
        self._begin()

    def _begin(self) -> None:
        from pebble import ProcessPool

        self._children = _Children()
        self._pool: ProcessPool = ProcessPool(
            max_workers=1,
            max_tasks=CHUNKS_A_LIFE,
            initializer=_begin,
            initargs=(self._setup,),
            context=self._children,
        )
        with _sigint_blocked():  # inherited by the pool's threads and by every process that these start
            assert self._pool.active

    def submit(self, arguments: tuple[Any, ...], limit_s: float) -> Future[bytes]:
        try:
            future = self._pool.schedule(_solve, args=arguments, timeout=limit_s)
        except RuntimeError:  # the pool broke: its process died before it was known to be at work
            self.kill()
            self.join()
            self._begin()
            future = self._pool.schedule(_solve, args=arguments, timeout=limit_s)
        self.held += 1
        future.add_done_callback(self._came_home)
        return future

    def _came_home(self, future: Future[bytes]) -> None:
        self.held -= 1

    def kill(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._children.kill()

    def join(self) -> None:
        self._pool.join()


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it unblocks the signal as it starts
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
    if "fork" in multiprocessing.get_all_start_methods():
        # Pyomo makes a lock on import: a named one, as spawned processes have, would be left over by a kill
        multiprocessing.set_start_method("fork", force=True)
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
