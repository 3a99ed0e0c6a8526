"""What every answer is made of: a title, sections of lines, tables and charts, its data, its rows, its grounds.

A document knows its question; what writes it down (:mod:`optimizer.render`) knows blocks only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

from pydantic import BaseModel

from optimizer.answers.form.blocks import Column as Column
from optimizer.answers.form.blocks import Line as Line
from optimizer.answers.form.blocks import Table as Table
from optimizer.answers.form.blocks import Tone as Tone
from optimizer.answers.form.blocks import Verbatim as Verbatim
from optimizer.answers.form.blocks import left as left
from optimizer.answers.form.blocks import right as right
from optimizer.answers.form.case_words import setting_words
from optimizer.answers.form.charts import Chart
from optimizer.answers.form.ground_words import assumed_lines
from optimizer.answers.form.unusual_values import unusual_lines
from optimizer.case.ground import GroundKind
from optimizer.case.setting import Assumed, Figure, Setting
from optimizer.catalogue import Catalogue
from optimizer.plans.notebook_view import Viewed
from optimizer.units.language import ENGLISH, language, say, speaking
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from optimizer.answers.form.reading_shape import ReadingOut

Verdict = Literal["answer", "infeasible", "wrong"]
"""``answer``: what was asked was found. ``infeasible``: proven that there is none. ``wrong``: a check failed."""


Block = Line | Table | Verbatim | Chart


@dataclass(frozen=True)
class Section:
    """Blocks under a title. A section without blocks is left out by every form."""

    title: str
    blocks: Sequence[Block]
    tone: Tone = "strong"
    further: bool = False
    """Whether a reader who wants the decision alone can do without it: a terminal shows it where all is asked for."""


class Later(Sequence[Block]):
    """Blocks that are made when a form shows them: plans next to an answer take longer than the answer itself."""

    def __init__(self, make: Callable[[], Iterable[Block]]) -> None:
        self._make, self._language = make, language()

    @cached_property
    def _made(self) -> tuple[Block, ...]:
        with speaking(self._language):
            return tuple(self._make())

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> Block: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Block]: ...

    def __getitem__(self, place: int | slice) -> Block | Sequence[Block]:
        return self._made[place]


@dataclass(frozen=True)
class Rows:
    """The same answer as rows of a table: one type, whose fields are the columns with unit and meaning."""

    name: str
    """Of the table, such as ``plans``."""
    title: str
    types: type[BaseModel] | Callable[[], type[BaseModel]]
    """The type of a row, or what imports it: a text needs none of it."""
    make: Callable[[], Iterable[BaseModel]]
    """Makes the rows; only what writes rows asks for them."""

    @property
    def row_type(self) -> type[BaseModel]:
        """The type of a row."""
        return self.types if isinstance(self.types, type) else self.types()


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
class Document(Viewed):
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
    """What is said next to the answer, on stderr: what was assumed."""
    errors: Sequence[str] = ()
    """What is wrong with the input, where there is an answer all the same: said even where nothing else is."""
    rows: Rows | None = None
    verdict: Verdict = "answer"
    asked: Callable[[], ReadingOut] | None = None
    """Makes how a question in words was read, as data; None of an answer to flags."""
    language: str = field(default_factory=language)
    """In which its sentences are."""

    def spoken_notes(self) -> list[str]:
        """The notes, of defaults in the language that is spoken: an answer that a program reads is in English."""
        assumed = self.grounds.assumed
        with speaking(ENGLISH):
            written = assumed_notes(assumed)
        local = dict(zip(written, assumed_notes(assumed), strict=True))
        return [*(local.get(note, note) for note in self.notes), *unusual_lines(self.grounds.inputs)]

    @property
    def charts(self) -> list[Chart]:
        """Its charts, in their order."""
        blocks = (block for section in self.sections for block in section.blocks)
        return [block for block in blocks if not isinstance(block, Line | Table | Verbatim)]

    def lines(self, *, full: bool = True) -> frozenset[str]:
        """The texts of its lines, in whatever section; those of further ones only where all is asked for."""
        shown = (section for section in self.sections if full or not section.further)
        blocks = (block for section in shown for block in section.blocks)
        return frozenset(block.text for block in blocks if isinstance(block, Line))

    def __repr__(self) -> str:
        """Short: the question and the title."""
        return f"<Document {self.question}: {self.title}>" if self.title else f"<Document {self.question}>"


def with_notes(document: Document) -> Iterator[Section]:
    """The sections for who sees no stderr, as on a page or in a file: with what is said next to a text.

    The defaults, each with its reason, stand in a section of their own where the answer has none.
    """
    yield section(say("Check these values"), unusual_lines(document.grounds.inputs))
    yield from document.sections
    assumed = say("Assumed")
    if any(section.title == assumed for section in document.sections):
        return
    notes = [note for note in document.notes if note not in document.lines()]
    for of_default in assumed_notes(document.grounds.assumed):
        notes = [note.removeprefix(of_default).lstrip("; ") for note in notes]
    further = filter(None, notes)
    yield Section(assumed, tuple(map(Line, [*assumed_lines(document.grounds.assumed), *further])), further=True)


def section(title: str, lines: Iterable[str], tone: Tone = "plain") -> Section:
    """Lines under a title."""
    return Section(title, tuple(Line(line, tone) for line in lines))


def further_section(title: str, lines: Iterable[str]) -> Section:
    """Lines under a title that a reader who wants the decision alone can do without."""
    return replace(section(title, lines), further=True)


class OfCase(TypedDict):
    """The parts of a document that follow from its case."""

    grounds: Grounds
    notes: tuple[str, ...]


def of_case(setting: Setting, figures: Iterable[Figure] = (), *, sought: Collection[str] = ()) -> OfCase:
    """What the answer to a case rests on, and the defaults that were filled in, as they are said next to it."""
    grounds = grounds_of(setting, figures, sought=sought)
    return OfCase(grounds=grounds, notes=assumed_notes(grounds.assumed))


def grounds_of(setting: Setting, figures: Iterable[Figure] = (), *, sought: Collection[str] = ()) -> Grounds:
    """What the answer to a case rests on; what is sought was neither given nor assumed, and represents nothing."""
    return Grounds(
        catalogue=setting.catalogue,
        inputs={name: value for name, value in setting.asked.given().items() if name not in sought},
        settled={name: value for name, value in setting.case.given().items() if name not in sought},
        assumed=[item for item in setting.assumed if item.field not in sought],
        figures=tuple(figures),
        assumptions=setting.assumptions.id,
        rules=setting.rules.id,
    )


def assumed_words(assumed: Iterable[Assumed]) -> Iterator[str]:
    """Each default that was filled in, with its field."""
    between = " " if language() == ENGLISH else ": "
    return (between.join(setting_words(each.field, each.value)) for each in assumed)


def assumed_notes(assumed: Iterable[Assumed]) -> tuple[str, ...]:
    """The defaults that were filled in, in one line; none where nothing was. And names that can mean something else."""
    items = list(assumed)
    doubtful = [item for item in items if item.why.kind is GroundKind.ALSO_ELSEWHERE]
    named = "; ".join(assumed_words(a for a in items if a not in doubtful))
    return (*((say("Assuming: {named}", named=named),) if named else ()), *assumed_lines(doubtful))
