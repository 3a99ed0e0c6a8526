"""Workers of a Dask cluster (the extra ``dask``): the same chunks, sent to a scheduler that is already there.

What differs from processes of this machine: a thread of a Dask worker cannot be killed. A chunk that is out of time is
given back as such, and its worker ends a moment later, for its nanny to start anew; what else that worker held, Dask
gives to others. A chunk that crashes its worker is tried by Dask on as many more as ``allowed-failures`` of the
scheduler says, before it is told; and Dask blames all that the worker held, so that a suspect is tried once more with
nothing else on its way. Cases of one Dask worker are solved one after the other, whatever its threads.
"""

from __future__ import annotations

import os
import pickle
import threading
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from typing import Any

from optimizer.batch.pool import Verdict, WorkersError
from optimizer.batch.work import Setup, solve_chunk
from optimizer.catalogue.tables import Line
from optimizer.errors import Problem, UsageError

CHUNKS_A_THREAD = 3
_CONNECT_S = 10
_ASK_EVERY_S = 5.0
"""Workers that join are noticed within so many seconds."""
_LAST_WORD_S = 2.0
"""Seconds in which a worker's last result leaves it before it ends."""
_ONE_AT_A_TIME = threading.Lock()


class ClusterWorkers:
    """All workers of a Dask cluster, those that join later too."""

    certain = False

    def __init__(self, setup: Setup, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise UsageError("--scheduler needs Dask: pip install 'optimizer[dask]'") from error
        made: Any = Client  # its methods have no types
        try:
            self._client: Any = made(address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise WorkersError(f"no Dask scheduler answers at {address}: {error}") from error
        self._token = setup.token
        self._asked_at, self._slots = 0.0, 0
        if not self.slots:
            self._client.close()
            raise WorkersError(f"the Dask scheduler at {address} has no worker: start some with dask worker {address}")
        try:
            self._client.register_plugin(_plugin(setup), name=self._token)
        except RuntimeError as error:
            self._client.close()
            raise WorkersError(f"the Dask cluster at {address} cannot take this batch: {error}") from error
        # chunks of one run are not to be taken for those of another, nor one chunk for its second try
        self._executor = self._client.get_executor(pure=False)

    @property
    def slots(self) -> int:
        """So many chunks for each thread of the workers that there are now."""
        if (now := time.monotonic()) - self._asked_at > _ASK_EVERY_S:
            self._asked_at, self._slots = now, CHUNKS_A_THREAD * sum(self._client.nthreads().values())
        return self._slots

    def submit(self, lines: Sequence[Line | Problem], budget_s: float, limit_s: float) -> Future[bytes]:
        """Have a chunk solved by some worker; the time runs from when it is begun."""
        future: Future[bytes] = self._executor.submit(_solve_within, self._token, list(lines), budget_s, limit_s)
        return future

    def verdict(self, error: BaseException) -> Verdict | None:
        """What Dask says of a worker."""
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            return "crashed"
        if isinstance(error, TimeoutError):
            return "timed_out"
        if isinstance(error, CancelledError | OSError):
            raise WorkersError(f"the Dask scheduler does not answer any more: {error or 'it went away'}") from error
        return None

    def stop(self) -> None:
        """Give up what is not done; the cluster goes on for others."""
        self._executor.shutdown(wait=False)  # which cancels them
        self._client.unregister_worker_plugin(self._token)
        self._client.close()


def _plugin(setup: Setup) -> Any:
    from optimizer.batch.plugin import Ready

    return Ready(pickle.dumps(setup))


def _solve_within(token: str, lines: Sequence[Line | Problem], budget_s: float, limit_s: float) -> bytes:
    """Solve a chunk in a thread of its own, and end this worker where that takes too long."""
    done: list[bytes | BaseException] = []

    def solve() -> None:
        try:
            done.append(solve_chunk(token, lines, budget_s))
        except BaseException as error:
            done.append(error)

    with _ONE_AT_A_TIME:
        thread = threading.Thread(target=solve, daemon=True)
        thread.start()
        thread.join(limit_s)
    if not done:
        threading.Timer(_LAST_WORD_S, os._exit, (1,)).start()
        raise TimeoutError
    if isinstance(done[0], BaseException):
        raise done[0]
    return done[0]
