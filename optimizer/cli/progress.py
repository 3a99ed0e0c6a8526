"""What is done while an answer takes long: on a terminal in one line that changes, elsewhere a line now and then."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from optimizer.cli.output import note, show_status
from optimizer.units.language import say

LINE_EVERY_S = 10.0
"""Seconds between two lines where stderr is no terminal; the rate is that of the last ones."""
CHANGE_EVERY_S = 0.2
"""Seconds between two changes of the line on a terminal."""


def wants_progress() -> bool:
    """Whether a line that changes would be seen."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def progress_reporter(
    what: str, quiet: bool, count_all: Callable[[], int | None] = lambda: None
) -> Iterator[Callable[..., None] | None]:
    """What to call with the number done and, where it is known, of all.

    Args:
        what: is counted; empty where nothing is.
        quiet: whether to say nothing.
        count_all: how many there are of all, where that takes time: called once, when something is first shown.
    """
    if quiet or not what:
        yield None
        return
    in_place = wants_progress()
    try:
        yield _Reporter(what, in_place, count_all)
    finally:
        if in_place:
            show_status("")


class _Reporter:
    """How many of how many, how fast, and how long it takes still."""

    def __init__(self, what: str, in_place: bool, count_all: Callable[[], int | None]) -> None:
        self._what, self._in_place, self._count_all = what, in_place, cache(count_all)
        self._shown_s = time.monotonic()
        self._marks = [(self._shown_s, 0)] * 2
        """When how many were done, twice: the older one is one to two times LINE_EVERY_S ago."""

    def __call__(self, done: int, total: int | None = None) -> None:
        now_s = time.monotonic()
        if now_s - self._shown_s < (CHANGE_EVERY_S if self._in_place else LINE_EVERY_S):
            return
        self._shown_s = now_s
        text = self._words(done, self._count_all() if total is None else total, now_s)
        (show_status if self._in_place else note)(text)
        if now_s - self._marks[1][0] >= LINE_EVERY_S:
            self._marks = [self._marks[1], (now_s, done)]

    def _words(self, done: int, total: int | None, now_s: float) -> str:
        since_s, before = self._marks[0]
        rate = (done - before) / max(now_s - since_s, 1e-9)
        if total is None:
            return say("{done:,} {what}, {rate:,.0f} a second", done=done, what=self._what, rate=rate)
        words: dict[str, Any] = {"done": done, "total": total, "what": self._what}
        if not rate:
            return say("{done:,} of {total:,} {what}", **words)
        left_s = (total - done) / rate
        if rate < 1:
            return say("{done:,} of {total:,} {what}, {left_s:,.0f} s left", left_s=left_s, **words)
        return say(
            "{done:,} of {total:,} {what}, {rate:,.0f} a second, {left_s:,.0f} s left",
            rate=rate,
            left_s=left_s,
            **words,
        )
