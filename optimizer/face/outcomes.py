"""The outcomes of many cases, from Python: solved one by one as they are taken, and taken once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from optimizer.errors import UsageError

if TYPE_CHECKING:
    from optimizer.power.outcome import AnyOutcome


class Outcomes(Iterator["AnyOutcome"]):
    """The outcomes of some cases, in order: each case is solved when its outcome is taken, and none is kept."""

    def __init__(self, outcomes: Iterable[AnyOutcome]) -> None:
        self._outcomes = iter(outcomes)
        self._is_ended = False

    def __iter__(self) -> Outcomes:
        """Itself. Whoever takes them a second time would be given nothing, and take that for the answer.

        Raises:
            UsageError: all of them were taken already.
        """
        if self._is_ended:
            raise UsageError.say("all of these outcomes were taken already: keep them in a list, list(plan_many(...))")
        return self

    def __next__(self) -> AnyOutcome:
        """The next outcome."""
        try:
            return next(self._outcomes)
        except StopIteration:
            self._is_ended = True
            raise

    def __repr__(self) -> str:
        """What it is, and how to see what is in it."""
        return "<Outcomes: list(...) or optimizer.frame(...) solves the cases>"
