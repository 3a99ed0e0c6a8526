"""A number of workers and the tasks among them: who ends or does not answer within a bound is replaced.

One thread does it all, and it waits for nobody: every channel is read and written as far as it goes. Time is that of a
clock which nobody sets, and in which the parent's own pauses (a laptop that sleeps, Ctrl-Z) do not count.
"""

from __future__ import annotations

import pickle
import selectors
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from optimizer.errors import OptimizerError
from optimizer.workers.frames import DONE, FAILED, RAISED, READY, SETUP, framed
from optimizer.workers.process import Task, Worker

START_LIMIT_S = 180.0
"""A worker that is not ready after so many seconds is replaced."""
FAILED_STARTS = 8
"""So many workers may end one after the other before they are ready, with none ready meanwhile."""
TASKS_AHEAD = 2
"""Tasks that a worker has: one is done while the next waits."""
TASKS_A_LIFE = 500
"""A worker is replaced after so many tasks, as Pyomo loses 0.3 to 0.9 KB a solve."""
DESCRIPTORS_LEFT = 12
"""File descriptors that are left for everything else: the output, the journal, those that a start needs for a
moment."""
_PAUSE_S = 2.0
"""The parent looks more often than that, unless it was stopped itself."""
_LOOK_S = 0.5
_CHECK_EVERY_S = 0.1


class WorkersError(OptimizerError):
    """The workers cannot be started or reached; what they finished is kept."""

    exit_status = 4


class CrashedError(Exception):
    """A worker ended while it was at a task."""


class LateError(Exception):
    """A task took longer than its limit."""


class Crew:
    """Up to ``count`` workers, each set up by one call."""

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        count: int,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Prepare to start workers; :meth:`want` starts them.

        Args:
            function: called once in every worker before its first task; of a module.
            arguments: of that call.
            count: workers at the most.
            warn: called where there are fewer than asked for.
        """
        self._setup = framed(SETUP, pickle.dumps((function, arguments)))
        self._warn = warn
        self._most = self._affordable(count)
        self._wanted = 0
        self._workers: set[Worker] = set()
        self._retiring: set[Worker] = set()
        self._tasks: deque[Task] = deque()
        self._settled: list[Future[Any]] = []
        self._failed_starts = 0
        self._selector = selectors.DefaultSelector()
        self._looked, self._paused_s = time.monotonic(), 0.0
        self._checked = self._looked

    @property
    def most(self) -> int:
        """Workers that there can be: as many as asked for, unless the system has not enough for them."""
        return self._most

    def _affordable(self, count: int) -> int:
        room = _free_descriptors()
        most = count if room is None else max(1, min(count, room - DESCRIPTORS_LEFT))
        if most < count:
            self._warn(f"{most} of {count} workers are started: no more files may be open at once (ulimit -n)")
        return most

    def want(self, count: int) -> None:
        """Have so many workers from now on, or as many as there can be."""
        self._wanted = max(self._wanted, min(count, self._most))
        self._replenish()

    def submit(self, function: Callable[..., Any], arguments: tuple[Any, ...], limit_s: float) -> Future[Any]:
        """Have a call made by some worker within so many seconds from when it is begun.

        Of the future: :class:`CrashedError`, :class:`LateError`, or what the call raised.
        """
        task = Task(pickle.dumps((function, arguments)), limit_s, Future())
        self._tasks.append(task)
        self._hand_out()
        return task.future

    @property
    def busy(self) -> int:
        """Tasks that are not done."""
        return len(self._tasks) + sum(len(worker.tasks) for worker in self._workers | self._retiring)

    def wait(self, timeout_s: float) -> list[Future[Any]]:
        """The futures that were settled since the last call; waits until there is one, or until the seconds are over.

        Raises:
            WorkersError: no worker can be started.
        """
        until = time.monotonic() + timeout_s
        while True:
            self._look(0.0 if self._settled else max(0.0, min(until - time.monotonic(), _LOOK_S)))
            if self._settled or time.monotonic() >= until:
                settled, self._settled = self._settled, []
                return settled

    def stop(self) -> None:
        """End all workers at once."""
        everybody = [*self._workers, *self._retiring]
        for worker in everybody:
            self._let_go(worker)
        for worker in everybody:
            worker.ended()
        self._tasks.clear()
        self._selector.close()

    # -- what happens ----------------------------------------------------------------------------------------------

    def _look(self, timeout_s: float) -> None:
        for key, events in self._selector.select(timeout_s):
            worker: Worker = key.data
            if events & selectors.EVENT_WRITE:
                worker.send()
                self._follow(worker)
            if events & selectors.EVENT_READ:
                self._hear(worker)
        now = self._now()
        if now - self._checked >= _CHECK_EVERY_S:
            self._checked = now
            for worker in [*self._workers, *self._retiring]:
                self._check(worker, now)
        self._replenish()
        self._hand_out()

    def _follow(self, worker: Worker) -> None:
        """Hear of a channel that has room only while something waits for it."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.wants_to_send else 0)
        if self._selector.get_key(worker.channel).events != events:
            self._selector.modify(worker.channel, events, worker)

    def _now(self) -> float:
        """Seconds of a clock that stands still while this process does not run."""
        now = time.monotonic()
        if (passed := now - self._looked) > _PAUSE_S:
            self._paused_s += passed
        self._looked = now
        return now - self._paused_s

    def _hear(self, worker: Worker) -> None:
        frames, is_there = worker.receive()
        for kind, content in frames:
            if kind == READY:
                worker.is_ready, self._failed_starts = True, 0
            elif kind == FAILED:
                worker.words = content.decode(errors="replace")
                is_there = False
            elif kind in (DONE, RAISED):
                self._came_home(worker, kind, content)
        if not is_there:
            self._lost(worker, None)

    def _came_home(self, worker: Worker, kind: bytes, content: bytes) -> None:
        task = worker.tasks.popleft()
        worker.done += 1
        worker.since = self._now()
        if kind == DONE:
            task.future.set_result(pickle.loads(content))
        else:
            task.future.set_exception(pickle.loads(content))
        self._settled.append(task.future)
        if worker.done >= TASKS_A_LIFE and worker in self._workers:
            self._workers.remove(worker)
            self._retiring.add(worker)

    def _check(self, worker: Worker, now: float) -> None:
        passed_s = now - worker.since
        if worker in self._retiring and not worker.tasks:
            self._let_go(worker)
            worker.ended()
        elif not worker.is_ready:
            if passed_s > START_LIMIT_S:
                self._lost(worker, f"it was not ready after {START_LIMIT_S:g} s")
        elif worker.tasks and passed_s > worker.tasks[0].limit_s:
            if not worker.is_stopped:  # one that somebody stopped is not slow: its task goes to another
                self._settle(worker.tasks.popleft(), LateError())
            self._lost(worker, "it did not answer")

    def _lost(self, worker: Worker, why: str | None) -> None:
        """A worker is gone, or is given up for ``why``; the task that it was at fails, those behind it go to others."""
        tasks = worker.tasks
        self._let_go(worker)
        how = worker.ended()
        if not worker.is_ready:
            self._failed_starts += 1
            self._give_up_some(worker.words or why or how)
        elif tasks and why is None:
            self._settle(tasks.popleft(), CrashedError(how))
        self._tasks.extendleft(reversed(tasks))

    def _settle(self, task: Task, error: Exception) -> None:
        task.future.set_exception(error)
        self._settled.append(task.future)

    def _give_up_some(self, words: str) -> None:
        """Go on with fewer where some cannot start; raise where none can."""
        if self._failed_starts < FAILED_STARTS:
            return
        ready = sum(worker.is_ready for worker in self._workers)
        if not ready:
            raise WorkersError(f"the workers end before they can take a case: {words}")
        self._fewer(ready, words)

    def _fewer(self, count: int, words: str) -> None:
        self._warn(f"{count} of {self._most} workers go on; no other can be started: {words}")
        self._most = self._wanted = count
        self._failed_starts = 0

    def _let_go(self, worker: Worker) -> None:
        self._workers.discard(worker)
        self._retiring.discard(worker)
        self._selector.unregister(worker.channel)
        worker.kill()

    def _replenish(self) -> None:
        while len(self._workers) < self._wanted:
            try:
                worker = Worker(self._setup, self._now())
            except OSError as error:
                words = error.strerror or str(error)
                if not self._workers:
                    raise WorkersError(f"no worker can be started: {words}") from error
                self._fewer(len(self._workers), words)
                return
            self._workers.add(worker)
            self._selector.register(worker.channel, selectors.EVENT_READ, worker)
            self._follow(worker)

    def _hand_out(self) -> None:
        for ahead in range(TASKS_AHEAD):
            for worker in self._workers:
                if not self._tasks:
                    return
                if worker.is_ready and len(worker.tasks) == ahead:
                    worker.give(self._tasks.popleft(), self._now())
                    self._follow(worker)


def _free_descriptors() -> int | None:
    """File descriptors that this process may still open; None where the system does not say."""
    try:
        import resource

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if most == resource.RLIM_INFINITY:
            return None
        return most - sum(1 for _ in Path("/dev/fd").iterdir())
    except (ImportError, OSError):
        return None
