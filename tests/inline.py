"""Workers that are none: what a batch gives them is done at once, in the process of the test.

A worker process takes about a second to start. Tests of the journal, the files and the forms of a batch ask nothing of
processes; those that do (``test_workers``, ``test_many``, the kills) have real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager

import pytest

from optimizer.batch import engine
from optimizer.batch.pool import CHUNKS_A_WORKER, Verdict
from optimizer.batch.work import Setup, solve_chunk
from optimizer.catalogue.tables import Line
from optimizer.errors import Problem


class Inline:
    """In the place of ``LocalWorkers``."""

    def __init__(self, setup: Setup, count: int, warn: Callable[[str], None], *, small: bool = False) -> None:
        self._token = setup.token  # the engine has made its own process ready
        self.slots = CHUNKS_A_WORKER * (1 if small else count)
        self._done: list[Future[bytes]] = []

    def submit(self, lines: Sequence[Line | Problem], budget_s: float, limit_s: float) -> Future[bytes]:
        future: Future[bytes] = Future()
        try:
            future.set_result(solve_chunk(self._token, lines, budget_s))
        except Exception as error:
            future.set_exception(error)
        self._done.append(future)
        return future

    def wait(self, timeout_s: float) -> Sequence[Future[bytes]]:
        """One chunk after the other, as from real ones: what is stopped in between has some of them in its journal."""
        return [self._done.pop(0)] if self._done else []

    def verdict(self, error: BaseException) -> Verdict:
        return "crashed"

    def stop(self) -> None:
        self._done.clear()


@contextmanager
def without_processes() -> Iterator[None]:
    """Batches that are run meanwhile have no worker processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "LocalWorkers", Inline)
        yield
