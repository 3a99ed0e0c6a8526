"""Ctrl-C, SIGTERM and SIGHUP between two rows and never within one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

from optimizer.errors import StoppedBySignal

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interrupts:
    """While it is entered, these signals raise a KeyboardInterrupt at once, but for what is :meth:`held`."""

    def __init__(self) -> None:
        self._held = False
        self._pending: int | None = None
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        # only the main thread gets signals, and a shell (or nohup) may have had them ignored
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                before = signal.getsignal(number)
                if before in (signal.SIG_DFL, signal.default_int_handler):
                    self._before[number] = before
                    signal.signal(number, self._came)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]  # what getsignal gave

    def _came(self, number: int, frame: FrameType | None) -> None:
        if not self._held or self._pending is not None:
            raise StoppedBySignal(number)
        self._pending = number

    @contextmanager
    def postponed(self) -> Iterator[None]:
        """Put an interrupt off until the end of the block; a second one is put off by nothing.

        Raises:
            StoppedBySignal: at the end of the block, where an interrupt came in it.
        """
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._pending is not None:
            number, self._pending = self._pending, None
            raise StoppedBySignal(number)
