"""Workers on this machine: child processes that can be killed and replaced."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Literal, Protocol

from optimizer.batch.work import Setup, make_ready, solve_chunk
from optimizer.catalogue.tables import Line
from optimizer.errors import Problem
from optimizer.workers import Crew, LateError

CHUNKS_A_WORKER = 3
"""Chunks on their way to a worker: one is solved while the next waits and the last is reported."""
PATIENCE_S = 1.0
"""A small batch that is not done by its first worker in so many seconds gets the others: a process costs a second."""
Verdict = Literal["crashed", "timed_out"]


class Workers(Protocol):
    """Whatever solves chunks of lines."""

    @property
    def slots(self) -> int:
        """How many chunks are worth having on their way."""

    def submit(self, lines: Sequence[Line | Problem], budget_s: float, limit_s: float) -> Future[bytes]:
        """Have a chunk solved within ``limit_s`` seconds of wall clock."""

    def wait(self, timeout_s: float) -> Sequence[Future[bytes]]:
        """The chunks that came home, or did not, since the last call; so many seconds are waited for one.

        Raises:
            WorkersError: there are no workers any more.
        """

    def verdict(self, error: BaseException) -> Verdict:
        """What became of the worker of a chunk."""

    def stop(self) -> None:
        """End at once, whatever is being done."""


class LocalWorkers:
    """Up to ``count`` child processes; in a small batch the first one alone, as long as it is quick."""

    def __init__(self, setup: Setup, count: int, warn: Callable[[str], None], *, small: bool = False) -> None:
        self._token = setup.token
        self._crew = Crew(make_ready, (setup,), count, warn)
        self._since = time.monotonic()
        self._patience_s = PATIENCE_S if small else 0.0
        self._crew.want(1 if small else count)

    @property
    def slots(self) -> int:
        """So many chunks for each worker that is wanted by now."""
        return CHUNKS_A_WORKER * (self._crew.most if self._is_over_patience else 1)

    @property
    def _is_over_patience(self) -> bool:
        return time.monotonic() - self._since >= self._patience_s

    def submit(self, lines: Sequence[Line | Problem], budget_s: float, limit_s: float) -> Future[bytes]:
        """Have a chunk solved by the worker that is free first; its seconds run from when it is taken up."""
        future: Future[bytes] = self._crew.submit(solve_chunk, (self._token, lines, budget_s), limit_s)
        return future

    def wait(self, timeout_s: float) -> Sequence[Future[bytes]]:
        """The chunks that came home, or did not, within seconds; a small batch that takes long gets all workers."""
        if self._patience_s and self._is_over_patience:
            self._crew.want(min(self._crew.most, max(1, self._crew.busy)))
        return self._crew.wait(timeout_s)

    def verdict(self, error: BaseException) -> Verdict:
        """What became of the worker of a chunk."""
        return "timed_out" if isinstance(error, LateError) else "crashed"

    def stop(self) -> None:
        """Kill all workers."""
        self._crew.stop()
