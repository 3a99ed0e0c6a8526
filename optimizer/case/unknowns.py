"""Figures of which some may not be known: an error where one is asked for, and not before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from optimizer.errors import DataError, Problem

ValueT = TypeVar("ValueT")


class Known(dict[str, ValueT]):
    """What is known, by name. To ask for anything else is an error that says what is missing, and how to state it.

    Not before it is asked for: a country that the law bars has the law as its answer, whatever is not known of it.
    """

    def __init__(self, known: Mapping[str, ValueT], missing: Sequence[Problem]) -> None:
        super().__init__(known)
        self._missing = tuple(missing)

    def __missing__(self, name: str) -> ValueT:
        if not self._missing:
            raise KeyError(name)
        raise DataError(self._missing)

    @property
    def lacks(self) -> tuple[str, ...]:
        """The names of what is missing."""
        return tuple(problem.missing for problem in self._missing)

    def changed(self, **values: ValueT) -> Known[ValueT]:
        """The same with other values; what is missing stays missing."""
        return Known({**self, **values}, self._missing)
