"""The plain blocks of a document: lines, tables, text that is copied. Charts are in ``charts``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from optimizer.units.records import dataclass

Tone = Literal["plain", "strong", "good", "bad", "quiet"]


@dataclass(frozen=True)
class Line:
    """A sentence, or a paragraph. ``level`` sets it in, and all lines that it wraps into."""

    text: str
    tone: Tone = "plain"
    level: int = 1
    of_terminal: bool = False
    """Whether it speaks to somebody at a terminal alone: what has a page of its own leaves it out."""
    of_short: bool = False
    """Whether it says how to see what is left out: left out itself where all is shown."""
    of_page: bool = False
    """Whether it is said on stderr next to a text, which therefore leaves it out: pages and files have it."""


@dataclass(frozen=True)
class Column:
    """The heading of a column. Numbers stand to the right; ``whole`` cells are never broken into two lines."""

    name: str
    right: bool = False
    whole: bool = False
    least_width: int = 0


@dataclass(frozen=True)
class Table:
    """Cells under headings; the last row may be their total."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    title: str = ""
    total: bool = False
    headed: bool = True
    """Whether the headings are shown."""


@dataclass(frozen=True)
class Verbatim:
    """Text that is never wrapped, as it is copied or read by a program."""

    text: str
    language: str = "text"
    """What it is written in: text, json or markdown."""


def left(name: str, *, whole: bool = False, least_width: int = 0) -> Column:
    """A column of words."""
    return Column(name, whole=whole, least_width=least_width)


def right(name: str, *, whole: bool = True) -> Column:
    """A column of numbers."""
    return Column(name, right=True, whole=whole)
