"""How a question was read: as the command that would be typed, and what is next to an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Verbatim
from optimizer.catalogue import Catalogue
from optimizer.units.language import say

if TYPE_CHECKING:
    from pydantic import BaseModel

    from optimizer.answers.form.reading_shape import PhraseOut, ReadingOut
    from optimizer.insight.comparison import Comparison
    from optimizer.question import Reading


def document(reading: Reading, catalogue: Catalogue) -> Document:
    """The command that asks the same."""
    given = reading.case.given()
    lines = (
        [Line(say("# without the condition: {reading}", reading=reading.beside_command()), "quiet", level=0)]
        if reading.beside
        else []
    )
    return Document(
        question="ask",
        title="",
        sections=[Section("", [Verbatim(reading.command()), *lines])],
        outputs=partial(_out, reading),
        grounds=Grounds(catalogue, given, given),
        notes=reading.notes,
        rows=Rows("phrases", "A question as it was read", _row_type, partial(_rows, reading)),
    )


def with_reading(answer: Document, reading: Reading) -> Document:
    """An answer with what was assumed for it, the command that gives it, and the words that changed nothing."""
    assumed = tuple(say("Assuming: {named}", named=text) for text in reading.notes)
    lines = [Line(read_as(reading), "quiet", of_page=True)]
    lines += [Line(command, "quiet") for command in reading.command().splitlines()]
    if reading.ignored:
        lines.append(Line(say("Words that change nothing: {ignored}", ignored=", ".join(reading.ignored)), "quiet"))
    first, *rest = answer.sections
    read = Section(say("How the question was read"), lines)
    sections = [replace(first, blocks=(*first.blocks, *map(Line, assumed))), *rest, read]
    return replace(answer, sections=sections, notes=(*assumed, *answer.notes), asked=partial(_out, reading))


def read_as(reading: Reading) -> str:
    """What was understood, phrase by phrase."""
    return say("Read as: {phrases}", phrases="; ".join(phrase.value for phrase in reading.phrases))


def with_condition(answer: Document, found: Comparison) -> Document:
    """A plan under a condition, next to the plan without it."""
    from optimizer.answers.comparisons.comparison import document as comparison_document

    first, *rest = answer.sections
    blocks = [block for section in comparison_document(found).sections for block in section.blocks]
    return replace(answer, sections=[first, Section(say("With and without the condition"), blocks), *rest])


def _out(reading: Reading) -> ReadingOut:
    from optimizer.answers.form.reading_shape import PhraseOut, ReadingOut  # a text needs none of it

    return ReadingOut(
        question=reading.question,
        language=reading.language,
        command=reading.command(),
        understood=tuple(map(PhraseOut.model_validate, reading.phrases)),
        ignored=reading.ignored,
        notes=reading.notes,
    )


def _row_type() -> type[PhraseOut]:
    from optimizer.answers.form.reading_shape import PhraseOut

    return PhraseOut


def _rows(reading: Reading) -> Iterator[BaseModel]:
    yield from map(_row_type().model_validate, reading.phrases)
