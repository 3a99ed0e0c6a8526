"""What help says, in the language that is spoken: every paragraph, every line next to an example, every flag."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import click

from optimizer.units.language import ENGLISH, language, mark, say

_AS_WRITTEN = "\b"
"""The line with which click marks a paragraph whose lines stay as they are."""
_BESIDE = re.compile(r"(\s*\S.*?\s{2,})(\S.*)")
"""An example, and what is said next to it."""
_SENTENCE = re.compile(r"\s*[A-Z][a-z]")
"""How a line of such a paragraph begins that is no example."""
_EXTRA = re.compile(r"(?<=\S)  \[[^\]]*\]$")
"""What click adds to the help of an option: its default and its range."""


class HelpFormatter(click.HelpFormatter):
    """Writes help in the language that is spoken."""

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text(text if language() == ENGLISH else translated(text, say))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names, each with its line of help."""
        spoken = rows if language() == ENGLISH else [(name, _line(text)) for name, text in rows]
        super().write_dl(spoken, col_max, col_spacing)


class HelpContext(click.Context):
    """The context of a command whose help is in the language that is spoken."""

    formatter_class = HelpFormatter


class HelpedCommand(click.Command):
    """A command whose help is in the language that is spoken."""

    context_class = HelpContext

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """-h, in English: click makes it once, in the language of that moment; it is translated when shown."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = mark("Show this message and exit.")
        return found


def _line(text: str) -> str:
    extra = _EXTRA.search(text)
    return say(text[: extra.start()]) + extra[0] if extra else say(text)


def translated(text: str, words: Callable[[str], str]) -> str:
    """A text of help, each of its messages in other words."""
    return "\n\n".join(_paragraph(part, words) for part in text.split("\n\n"))


def _paragraph(text: str, words: Callable[[str], str]) -> str:
    if text.startswith(_AS_WRITTEN):
        return "\n".join((_AS_WRITTEN, *_lines(text.split("\n")[1:], words)))
    return words(" ".join(text.split()))


def _lines(lines: Iterable[str], words: Callable[[str], str]) -> Iterator[str]:
    for line in lines:
        if _SENTENCE.match(line):
            yield words(line)
        else:
            beside = _BESIDE.fullmatch(line)
            yield beside[1] + words(beside[2]) if beside else line
