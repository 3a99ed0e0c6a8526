"""How a question was read, as data."""

from __future__ import annotations

from optimizer.answers.form.shapes import Shape, entry


class PhraseOut(Shape):
    """A part of the question that was understood."""

    text: str = entry("as written")
    field: str = entry("the field of the case, or what is asked")
    value: str = entry("in words, with the unit")


class ReadingOut(Shape):
    """A question as it was read."""

    question: str = entry("as written")
    language: str = entry("whose words it has: en, es, pt, fr")
    command: str = entry("the command that asks the same; of several plans, one on each line")
    understood: tuple[PhraseOut, ...]
    ignored: tuple[str, ...] = entry("words that change nothing")
    notes: tuple[str, ...] = entry("what was assumed in reading it")
