"""What single phrases say: one field of the case, or one thing that is asked, each with its place in the sentence."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from optimizer.question.errors import Placed, RefusalError
from optimizer.question.matching import Match
from optimizer.question.vocabulary.names import Names
from optimizer.units.language import or_words, say
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Fact:
    """One field as a phrase gives it, and where the phrase stands."""

    field: str
    """A field of the case, or the name of something that is asked (``intent``, ``within``, ``draws``)."""
    value: Any
    words: str
    """The value in words, with its unit and with what had to be defined."""
    start: int
    end: int
    listed: bool = False
    """One of several values that stand in a list: "60, 90 or 120 days"."""
    is_calendar: bool = False
    """A deadline given as a day of the calendar."""
    note: str = ""
    """How the phrase bounds or counts, where that decides: ``limit``, ``bare``."""


@dataclass(frozen=True)
class Scene:
    """What a phrase is read against."""

    names: Names
    language: str
    today: datetime.date
    countries: tuple[str, ...]
    """Those named anywhere in the sentence: a peso is that of the country."""


Read = Callable[[Match, Scene], Iterator[Fact]]
READERS: dict[str, Read] = {}
"""Name of a rule of the grammar -> what reads it."""


def reader(*names: str) -> Callable[[Read], Read]:
    """Enter a function as the reader of some rules."""

    def enter(function: Read) -> Read:
        for name in names:
            assert name not in READERS, name
            READERS[name] = function
        return function

    return enter


def fact(match: Match, field: str, value: Any, words: str, note: str = "", **more: Any) -> Fact:
    """A fact that stands where its phrase stands; ``note`` is what had to be defined."""
    return Fact(field, value, f"{words} ({note})" if note else words, match.start, match.end, **more)


def says(field: str, value: Any, words: str) -> Read:
    """What reads a phrase that says one thing, however it is put; ``words`` are marked for translation."""

    def read(match: Match, scene: Scene) -> Iterator[Fact]:
        yield fact(match, field, value, say(words))

    return read


def names_one(field: str, *kinds: str, words: str) -> Read:
    """What reads a phrase with a name, a token of one of the kinds; ``words`` are marked, with a place ``{name}``."""

    def read(match: Match, scene: Scene) -> Iterator[Fact]:
        name = match.all(*kinds)[0].value
        yield fact(match, field, name, say(words, name=name))

    return read


def one_form(scene: Scene, ids: tuple[str, ...], at: Placed) -> str:
    """The one accelerator that a name represents: of a family its usual form, such as the SXM of the H100.

    Raises:
        RefusalError: the name is that of several accelerators, such as Gaudi or a vendor.
    """
    if len(ids) > 1 and ids not in scene.names.families:
        raise RefusalError("several_forms", at, said=or_words(scene.names.chip_words(ids)[:3]))
    return scene.names.usual(ids)
