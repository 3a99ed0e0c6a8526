"""What every answer is made of: a title, sections of lines and tables, its data, its rows, and what it rests on.

A document knows its question; what writes it down (:mod:`optimizer.render`) knows blocks only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from optimizer.case.setting import Assumed, Figure, Setting
from optimizer.catalogue import Catalogue

Tone = Literal["plain", "strong", "good", "bad", "quiet"]
Verdict = Literal["answer", "infeasible", "wrong"]
"""``answer``: what was asked was found. ``infeasible``: proven that there is none. ``wrong``: a check failed."""


@dataclass(frozen=True)
class Line:
    """A sentence, or a paragraph. ``level`` sets it in, and all lines that it wraps into."""

    text: str
    tone: Tone = "plain"
    level: int = 1


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


Block = Line | Table | Verbatim


@dataclass(frozen=True)
class Section:
    """Blocks under a title. A section without blocks is left out by every form."""

    title: str
    blocks: Sequence[Block]
    tone: Tone = "strong"


@dataclass(frozen=True)
class Rows:
    """The same answer as rows of a table: one type, whose fields are the columns with unit and meaning."""

    name: str
    """Of the table, such as ``plans``."""
    title: str
    row_type: type[BaseModel]
    make: Callable[[], Iterable[BaseModel]]
    """Makes the rows; only what writes rows asks for them."""


@dataclass(frozen=True, repr=False)
class Grounds:
    """What an answer rests on: what was asked, what was filled in, and the data."""

    catalogue: Catalogue
    inputs: Mapping[str, Any]
    """The question as it was asked."""
    settled: Mapping[str, Any]
    """The same with every default filled in."""
    assumed: Sequence[Assumed] = ()
    figures: Sequence[Figure] = ()
    """The figures that the plan rests on, where there is one."""
    assumptions: str | None = None
    rules: str | None = None


@dataclass(frozen=True, repr=False)
class Document:
    """An answer for every form: terminal, JSON, CSV, Markdown, and what comes."""

    question: str
    """Its name in the register (:mod:`optimizer.service.register`)."""
    title: str
    sections: Sequence[Section]
    outputs: Callable[[], BaseModel]
    """Makes the answer as data, whose type is the JSON Schema of the question; only what writes data asks for it."""
    grounds: Grounds
    messages: Sequence[str] = ()
    """What a reader of the data must know."""
    notes: Sequence[str] = ()
    """What is said beside the answer, on stderr: what was assumed."""
    errors: Sequence[str] = ()
    """What is wrong with the input, where there is an answer all the same: said even where nothing else is."""
    rows: Rows | None = None
    verdict: Verdict = "answer"

    def __repr__(self) -> str:
        """Short: the question and the title."""
        return f"<Document {self.question}: {self.title}>"


def left(name: str, *, whole: bool = False, least_width: int = 0) -> Column:
    """A column of words."""
    return Column(name, whole=whole, least_width=least_width)


def right(name: str, *, whole: bool = True) -> Column:
    """A column of numbers."""
    return Column(name, right=True, whole=whole)


def section(title: str, lines: Iterable[str], tone: Tone = "plain") -> Section:
    """Lines under a title."""
    return Section(title, tuple(Line(line, tone) for line in lines))


def grounds_of(setting: Setting, figures: Iterable[Figure] = ()) -> Grounds:
    """What the answer to a case rests on."""
    return Grounds(
        catalogue=setting.catalogue,
        inputs=setting.asked.given(),
        settled=setting.case.given(),
        assumed=setting.assumed,
        figures=tuple(figures),
        assumptions=setting.assumptions.id,
        rules=setting.rules.id,
    )


def assumed_notes(assumed: Iterable[Assumed], leave_out: Iterable[str] = ()) -> tuple[str, ...]:
    """The defaults that were filled in, in one line; none where nothing was."""
    hidden = set(leave_out)
    named = "; ".join(f"{a.field} {a.value}" for a in assumed if a.field not in hidden)
    return (f"Assuming: {named}",) if named else ()
