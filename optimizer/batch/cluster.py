"""Workers of a Dask cluster (the extra ``dask``): the same chunks, sent to a scheduler that is already there.

What differs from processes of this machine: a thread of a Dask worker cannot be killed. A chunk that is out of time is
given back as such, and its worker ends a moment later, for its nanny to start again; what else that worker held, Dask
gives to others. A chunk that crashes its worker is tried by Dask on as many more as ``allowed-failures`` of the
scheduler says, before it is reported; and Dask blames all that the worker held, so that a suspect is tried once more
with nothing else on its way. Cases of one Dask worker are solved one after the other, whatever its threads.

No worker there is trusted to answer: the scheduler is asked every few seconds which of them it heard from. One that was
silent for too long is taken off its list, and its chunks go to others; with none left, the batch ends after a while.
"""

from __future__ import annotations

import os
import pickle
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import Any

from optimizer.batch.pool import Verdict
from optimizer.batch.work import Setup, solve_chunk
from optimizer.catalogue.tables import Line
from optimizer.errors import Problem, UsageError
from optimizer.units.language import say
from optimizer.workers import WorkersError

CHUNKS_A_THREAD = 3
SILENT_S = 30.0
"""A worker that the scheduler has not heard from for so many seconds is given up; they report every second or so."""
NO_WORKER_S = 60.0
"""The batch ends where there is no worker for so many seconds: a nanny starts one again in a few."""
_CONNECT_S = 10
_ASK_EVERY_S = 5.0
"""Workers that join or leave are noticed within so many seconds."""
_ANSWER_S = 20.0
"""A scheduler that does not answer in so many seconds is not there any more."""
_READY_S = 120.0
"""A cluster that has not taken the data after so many seconds does not get the batch."""
_GOODBYE_S = 4.0
_LAST_WORD_S = 2.0
"""Seconds in which a worker's last result leaves it before it ends."""
_ONE_AT_A_TIME = threading.Lock()


class ClusterWorkers:
    """All workers of a Dask cluster, those that join later too."""

    def __init__(self, setup: Setup, address: str, warn: Callable[[str], None]) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise UsageError.say("--scheduler needs Dask: pip install 'optimizer[dask]'") from error
        made: Any = Client  # its methods have no types
        try:
            self._client: Any = made(address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise WorkersError.say(
                "no Dask scheduler answers at {address}: {error}", address=address, error=error
            ) from error
        self._token, self._address, self._warn = setup.token, address, warn
        self._flying: set[Future[bytes]] = set()
        self._asked_at = self._alive_at = time.monotonic()
        self._is_told = False
        self._executor: Any = None
        try:
            self._slots = self._counted()
            if not self._slots:
                raise WorkersError.say(
                    "the Dask scheduler at {address} has no worker: start some with dask worker {address}",
                    address=address,
                )
            self._make_ready(setup)
            # chunks of one run are not to be taken for those of another, nor one chunk for its second try
            self._executor = self._client.get_executor(pure=False)
        except BaseException:
            self.stop()
            raise

    def _make_ready(self, setup: Setup) -> None:
        """Bring the catalogue to every worker; one that goes or does not answer meanwhile does not stop the others."""
        until = time.monotonic() + _READY_S
        while True:
            try:
                return self._register(setup, until)
            except RuntimeError as error:
                raise WorkersError.say(
                    "the Dask cluster at {address} cannot take this batch: {error}",
                    address=self._address,
                    error=error,
                ) from error
            except OSError as error:  # of a worker that went away; those that there are now are asked again
                if not self._counted() or time.monotonic() > until:
                    raise WorkersError.say(
                        "the connection to the Dask workers at {address} was lost: {error}",
                        address=self._address,
                        error=error,
                    ) from error

    def _register(self, setup: Setup, until: float) -> None:
        call = _Call(lambda: self._client.register_plugin(_plugin(setup), name=self._token))
        while not call.is_done(_ASK_EVERY_S):
            if self._give_up_the_silent():
                call.is_done(_ASK_EVERY_S)  # what waits for them may never end: those that answer are ready by now
                return
            if time.monotonic() > until:
                raise WorkersError.say(
                    "the Dask cluster at {address} is not ready after {ready_s:g} s",
                    address=self._address,
                    ready_s=_READY_S,
                )
        call.result()

    @property
    def slots(self) -> int:
        """So many chunks for each thread of the workers that there are now."""
        return self._slots

    def submit(self, lines: Sequence[Line | Problem], budget_s: float, limit_s: float) -> Future[bytes]:
        """Have a chunk solved by some worker; its seconds run from when it is begun."""
        future: Future[bytes] = self._executor.submit(_solve_within, self._token, list(lines), budget_s, limit_s)
        self._flying.add(future)
        return future

    def wait(self, timeout_s: float) -> Sequence[Future[bytes]]:
        """The chunks that came home, or did not, within so many seconds.

        Raises:
            WorkersError: there has been no worker for long, or the scheduler is gone.
        """
        done = wait(self._flying, timeout_s, FIRST_COMPLETED).done
        self._flying -= done
        if any(future.cancelled() for future in done):  # by Dask, when its scheduler goes away: we cancel none
            raise WorkersError.say("the connection to the Dask scheduler at {address} was lost", address=self._address)
        if time.monotonic() - self._asked_at > _ASK_EVERY_S:
            self._look()
        return list(done)

    def _look(self) -> None:
        """Give up workers that are silent, and the batch where there is none any more."""
        self._give_up_the_silent()
        self._slots = self._counted()
        self._asked_at = now = time.monotonic()
        if self._slots:
            self._alive_at, self._is_told = now, False
            return
        if now - self._alive_at > NO_WORKER_S:
            raise WorkersError.say(
                "the Dask cluster at {address} has had no worker for {no_worker_s:g} s",
                address=self._address,
                no_worker_s=NO_WORKER_S,
            )
        if not self._is_told:
            self._warn(
                say(
                    "the Dask cluster at {address} has no worker now: waiting {no_worker_s:g} s for one",
                    address=self._address,
                    no_worker_s=NO_WORKER_S,
                )
            )
            self._is_told = True

    def _give_up_the_silent(self) -> list[str]:
        silent: list[str] = self._of_scheduler(_without_the_silent(), SILENT_S)
        for name in silent:
            self._warn(
                say(
                    "the Dask worker {name} has not answered for {silent_s:g} s: its cases go to others",
                    name=name,
                    silent_s=SILENT_S,
                )
            )
        return silent

    def _counted(self) -> int:
        threads: list[int] = self._of_scheduler(_threads())
        return CHUNKS_A_THREAD * sum(threads)

    def _of_scheduler(self, function: Callable[..., Any], *arguments: object) -> Any:
        call = _Call(lambda: self._client.run_on_scheduler(function, *arguments))
        try:
            if call.is_done(_ANSWER_S):
                return call.result()
        except (OSError, CancelledError) as error:
            raise WorkersError.say(
                "the Dask scheduler at {address} does not answer any more: {error}",
                address=self._address,
                error=error,
            ) from error
        raise WorkersError.say(
            "the Dask scheduler at {address} has not answered for {answer_s:g} s",
            address=self._address,
            answer_s=_ANSWER_S,
        )

    def verdict(self, error: BaseException) -> Verdict:
        """What Dask says of a worker.

        Raises:
            WorkersError: the scheduler does not answer any more.
        """
        if isinstance(error, CancelledError | OSError) and not isinstance(error, TimeoutError):
            raise WorkersError.say(
                "the Dask scheduler does not answer any more: {error}", error=error or say("it stopped")
            ) from error
        return "timed_out" if isinstance(error, TimeoutError) else "crashed"

    def stop(self) -> None:
        """Give up what is not done; the cluster goes on for others. What does not answer is not waited for."""
        _Call(self._leave).is_done(_GOODBYE_S)

    def _leave(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=False)  # which cancels them
        _Call(lambda: self._client.unregister_worker_plugin(self._token)).is_done(_GOODBYE_S / 2)
        self._client.close(_GOODBYE_S / 2)


class _Call:
    """A call that may never come back, in a thread that nothing waits for."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._future: Future[Any] = Future()

        def call() -> None:
            try:
                self._future.set_result(function())
            except BaseException as error:
                self._future.set_exception(error)

        threading.Thread(target=call, daemon=True).start()

    def is_done(self, within_s: float) -> bool:
        """Whether it is, after so many seconds at the most."""
        return bool(wait([self._future], within_s).done)

    def result(self) -> Any:
        """What it returned; raises what it raised."""
        return self._future.result()


def _without_the_silent() -> Callable[..., Any]:
    """To be run on the scheduler: take the workers off its list that it has not heard from; their names.

    A function of a function travels by its value: the scheduler's machine need not have this package, nor load it.
    """

    async def run(most_s: float, dask_scheduler: Any = None) -> list[str]:
        import time

        known = list(dask_scheduler.workers.values())
        silent = [state.address for state in known if time.time() - state.last_seen > most_s]
        for address in silent:
            await dask_scheduler.remove_worker(address, stimulus_id="optimizer-silent", close=False, expected=True)
        return silent

    return run


def _threads() -> Callable[..., Any]:
    """To be run on the scheduler: the threads of every worker."""

    def run(dask_scheduler: Any = None) -> list[int]:
        return [state.nthreads for state in dask_scheduler.workers.values()]

    return run


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
