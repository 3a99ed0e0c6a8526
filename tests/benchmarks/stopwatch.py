"""Timers put around named functions for the time being: seconds spent in each, what it calls in others apart."""

from __future__ import annotations

import functools
import importlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class Stopwatch:
    """Seconds by stage; time in a stage that another calls counts for the inner one alone."""

    def __init__(self, stages: Mapping[str, tuple[str, ...]]) -> None:
        self.stages = stages
        self.seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0
        self.reset()

    def reset(self) -> None:
        """Set all to 0."""
        self.seconds = dict.fromkeys(self.stages, 0.0)

    def _pass(self) -> None:
        """Book the time since the last change to the stage that is running."""
        now = time.perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def around(*given: Any, **named: Any) -> Any:
            self._pass()
            self._running.append(stage)
            try:
                return function(*given, **named)
            finally:
                self._pass()
                self._running.pop()

        return around

    @contextmanager
    def on(self) -> Iterator[None]:
        """Timers around every function of the stages, taken off at the end.

        Raises:
            LookupError: a function is no longer there: the list of stages must follow the code.
        """
        before: list[tuple[Any, str, Any]] = []
        try:
            for stage, targets in self.stages.items():
                for target in targets:
                    holder, name = _found(target)
                    before.append((holder, name, holder.__dict__.get(name)))
                    setattr(holder, name, self._timed(stage, getattr(holder, name)))
            yield
        finally:
            for holder, name, original in reversed(before):
                if original is None:  # it was inherited
                    delattr(holder, name)
                else:
                    setattr(holder, name, original)


def _found(target: str) -> tuple[Any, str]:
    """The module or class that holds a ``module:name`` or ``module:Class.name``, and the name."""
    module, _, path = target.partition(":")
    *holders, name = path.split(".")
    holder: Any = importlib.import_module(module)
    for each in holders:
        holder = getattr(holder, each)
    if not hasattr(holder, name):
        raise LookupError(f"{target} is no longer there: STAGES in ours.py must follow the code")
    return holder, name
