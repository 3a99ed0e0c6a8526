"""Text for a pipe or a file: no colours, and every line laid out as the library for terminals (rich) lays it out.

A pipe has none of what that library is for, and importing it takes longer than finding a plan. What is out of the
ordinary (characters that take two places, words longer than a line, empty lines and tables) is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from optimizer.answers.blocks import Line, Table, Tone
from optimizer.answers.document import Document
from optimizer.errors import visible
from optimizer.render.text import lay_out

_ORDINARY = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2193\u2500-\u259f]*")
"""Characters that take one place each, and never end a line."""
_WORD = re.compile(r" *[^ ]+ *")
_STEP = 2
"""Blanks by which a level is set in."""


class OutOfTheOrdinaryError(Exception):
    """The text is not laid out here."""


def write_document(document: Document, stream: TextIO, width: int, *, full: bool = True) -> None:
    """A document as plain text; nothing is written where it cannot be laid out here.

    Args:
        full: whether to write what a reader who wants the decision alone can do without.

    Raises:
        OutOfTheOrdinaryError: rich is needed.
    """
    page = _Page(width)
    lay_out(document, page, full=full)
    stream.writelines(f"{line.rstrip(' ')}\n" for line in page.lines)


class _Page:
    """Lines and tables, which wrap at a width; a table that is wider is not broken."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []

    def heading(self, text: str, tone: Tone) -> None:
        self.lines += _wrapped(text, self.width)

    def line(self, line: Line) -> None:
        if not line.text.strip():
            raise OutOfTheOrdinaryError(line.text)
        blanks = " " * (_STEP * line.level)
        self.lines += (blanks + part for part in _wrapped(visible(line.text), self.width - len(blanks)))

    def blank(self) -> None:
        self.lines.append("")

    def verbatim(self, text: str) -> None:
        self.lines += text.split("\n")

    def table(self, table: Table) -> None:
        rows: list[Sequence[str]] = [[visible(cell) for cell in row] for row in table.rows]
        if table.headed:
            rows.insert(0, [column.name for column in table.columns])
        if not rows or not table.columns:
            raise OutOfTheOrdinaryError(table.title)
        widths = [column.least_width for column in table.columns]
        for row in rows:
            widths = [max(width, len(_ordinary(cell))) for width, cell in zip(widths, row, strict=True)]
        if table.title:
            self.lines += _wrapped(table.title, sum(widths) + 2 * len(widths))
        rights = [column.right for column in table.columns]
        for row in rows:
            cells: Iterable[str] = (
                cell.rstrip(" ").rjust(width) if right else cell.ljust(width)
                for cell, right, width in zip(row, rights, widths, strict=True)
            )
            self.lines.append(" " + "  ".join(cells))


def _ordinary(text: str) -> str:
    if not _ORDINARY.fullmatch(text):
        raise OutOfTheOrdinaryError(text)
    return text


def _wrapped(text: str, width: int) -> Iterator[str]:
    """The lines that a text takes at a width, broken between words."""
    begin = used = 0
    for word in _WORD.finditer(_ordinary(text)):
        bare = len(word[0].rstrip(" "))
        if bare > width:
            raise OutOfTheOrdinaryError(text)
        if bare > width - used:
            yield text[begin : word.start()]
            begin, used = word.start(), 0
        used += len(word[0])
    yield text[begin:]
