"""A question that cannot be read, with a caret under the word that is the obstacle."""

from __future__ import annotations

import unicodedata
from typing import Protocol

from optimizer.errors import UsageError


class QuestionError(UsageError):
    """The question cannot be read.

    ``position`` and ``end`` are the offsets of the word in ``sentence``; ``remedy`` says what would mend it.
    """

    reason: str = ""
    """The name of the reason, where it has one."""
    said: str = ""
    """What its words need, as a refusal has it."""

    def __init__(self, message: str, sentence: str, position: int, end: int, remedy: str = "") -> None:
        super().__init__(message, sentence, position, end, remedy)
        self.message = message
        self.sentence = sentence
        self.position = position
        self.end = max(end, position + 1)
        self.remedy = remedy

    def with_example(self, example: str) -> QuestionError:
        """The same with another last line of its remedy."""
        kept = self.remedy.splitlines()[:-1]
        better = QuestionError(self.message, self.sentence, self.position, self.end, "\n".join([*kept, example]))
        better.reason, better.said = self.reason, self.said
        return better

    def of_sentence(self, sentence: str) -> QuestionError:
        """The same, pointing into the sentence as it was asked, where only a part of it was left to be read."""
        if len(sentence) < self.position:
            return self
        whole = QuestionError(self.message, sentence, self.position, self.end, self.remedy)
        whole.reason, whole.said = self.reason, self.said
        return whole

    def __str__(self) -> str:
        lines = [_printable(self.message)]
        if self.sentence.strip():
            shown = _printable(self.sentence)
            carets = "^" * max(1, _columns(shown[self.position : self.end]))
            lines += ["  " + shown, "  " + " " * _columns(shown[: self.position]) + carets]
        if self.remedy:
            lines.append(self.remedy)
        return "\n".join(lines)


class Placed(Protocol):
    """Something that is in a sentence."""

    @property
    def start(self) -> int:
        """Where it begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...


class RefusalError(Exception):
    """A part of a sentence cannot be read, for a reason by name; the words for it are made in one place."""

    def __init__(self, reason: str, first: Placed, last: Placed | None = None, *, said: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.start = first.start
        self.end = (last or first).end
        self.said = said
        """What the words of the reason need: readings separated by "|", a name."""


def _printable(text: str) -> str:
    """A text that cannot steer the terminal, of the same length."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)


def _columns(text: str) -> int:
    """Columns that a text takes on a terminal: two for a wide character, none for a combining one."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
