"""What is common to many cases, computed once and kept by value."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar

MOST = 2_000
"""Entries that a catalogue keeps; beyond that the oldest goes, so that memory does not grow with a batch."""

ValueT = TypeVar("ValueT")
PartT = TypeVar("PartT")


class Names(tuple[PartT, ...]):
    """A long name that many cases share: its hash is calculated once."""

    def __hash__(self) -> int:
        """That of a tuple."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()


def get_or_make(cache: dict[Any, Any], name: Hashable, make: Callable[[], ValueT], most: int = MOST) -> ValueT:
    """The value kept under a name, made if it is not there.

    Args:
        cache: that of the catalogue; its insertion order is its age.
        name: every input that the value depends on.
        make: computes the value.
        most: entries of the cache.
    """
    try:
        found: ValueT = cache[name]
    except KeyError:
        found = cache[name] = make()
        while len(cache) > most:
            cache.pop(next(iter(cache)), None)
    return found
