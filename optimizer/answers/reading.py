"""How a question in plain English was read: as the flags of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from optimizer.answers.document import Document, Grounds, Rows, Section, Verbatim
from optimizer.answers.shapes import Shape, entry
from optimizer.catalogue import Catalogue
from optimizer.question import Reading


class PhraseOut(Shape):
    """A part of the question that was understood."""

    text: str = entry("as written")
    field: str = entry("the field of the case")
    value: str = entry("in words, with the unit")


class ReadingOut(Shape):
    """A question as it was read."""

    command: str = entry("the same as flags of optimizer plan")
    phrases: tuple[PhraseOut, ...]
    not_needed: tuple[str, ...] = entry("words that change nothing")


def document(reading: Reading, catalogue: Catalogue) -> Document:
    """The command that asks the same."""
    command = reading.command(catalogue)
    phrases = tuple(map(PhraseOut.model_validate, reading.phrases))
    return Document(
        question="ask",
        title="",
        sections=[Section("", [Verbatim(command)])],
        outputs=partial(ReadingOut, command=command, phrases=phrases, not_needed=reading.filler),
        grounds=Grounds(catalogue, reading.case.given(), reading.case.given()),
        rows=Rows("phrases", "A question as it was read", PhraseOut, partial(_rows, phrases)),
    )


def _rows(phrases: tuple[PhraseOut, ...]) -> Iterator[PhraseOut]:
    yield from phrases
