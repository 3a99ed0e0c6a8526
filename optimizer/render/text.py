"""A document as text, for a terminal of any width and for a pipe.

Lines wrap in their place. Tables are as wide as they need in a pipe, and are written entry by entry where a terminal is
too narrow: nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

from optimizer.answers.form.blocks import Column, Line, Table, Tone, Verbatim
from optimizer.errors import visible
from optimizer.units.language import english_number
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document
from dataclasses import replace
from typing import TYPE_CHECKING

from optimizer.answers.form.blocks import left

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimizer.answers.form.charts import Chart, Segment

WIDEST = 24
"""Characters of the longest bar."""
NARROWEST = 70
"""Width of a terminal below which no bars are drawn: the figures need the place."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
"""Parts of a full block, by eighths."""


def with_bars(chart: Chart, width: int) -> Table:
    """The table of a chart with a bar in each row that has a mark, all on one scale.

    Args:
        width: characters of a line.
    """
    if width < NARROWEST:
        return chart.table
    drawn = _drawn(chart.segments())
    rows = [(*cells, bar) for cells, bar in zip(chart.table.rows, drawn, strict=True)]
    return replace(chart.table, columns=[*chart.table.columns, left("", whole=True)], rows=rows)


def _drawn(segments: Sequence[Segment]) -> list[str]:
    """The bar of every row: blanks up to where it begins, then blocks."""
    ends = [end for segment in segments if segment is not None for end in segment]
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    scale = WIDEST / (high - low) if high > low else 0.0
    return [
        "" if segment is None else _bar((segment[0] - low) * scale, (segment[1] - low) * scale) for segment in segments
    ]


def _bar(start: float, end: float) -> str:
    """Blocks from a place to a place on the line; a mark is at least an eighth of a block wide.

    A bar begins with a whole character, as no character has its right part alone filled.
    """
    blank = min(round(start), WIDEST - 1)
    full, part = divmod(max(1, round((end - blank) * 8)), 8)
    return " " * blank + "█" * full + (_EIGHTHS[part] if part else "")


_BOLD = {"strong": "1", "good": "1", "bad": "1", "quiet": "2"}
_CODES = {"none": {}, "bold": _BOLD, "colour": {**_BOLD, "good": "1;32", "bad": "1;31"}}
"""Styles -> tone -> its code (SGR of ECMA-48): bold, faint, green, red."""
_STEP = 2
"""Blanks by which a level is set in."""
_NARROW = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2193\u2500-\u259f]*")
"""Characters that take one place each: nearly every text has no others."""
_WORD = re.compile(r" *[^ ]+ *")
_NUMBER = re.compile(r"[-+$]*\d[\d,]*(\.\d+)?")


@dataclass(frozen=True)
class Paper:
    """What a text is written on."""

    width: int
    """Characters of a line."""
    styles: Literal["none", "bold", "colour"] = "none"
    breaks_tables: bool = False
    """Whether a table that is wider is written entry by entry; otherwise it keeps its width."""


def text_of(document: Document, paper: Paper, *, full: bool = True) -> str:
    """The title, then every section that has blocks, with one empty line between them.

    Args:
        full: whether to show what a reader who wants the decision alone can do without.
    """
    page = Page(paper)
    if document.title:
        page.heading(document.title)
    for section in document.sections:
        if section.further and not full:
            continue
        blocks = [
            block
            for block in section.blocks
            if not (isinstance(block, Line) and (block.of_page or (full and block.of_short)))
        ]
        if not blocks:
            continue
        if page.begun:
            page.blank()
        if section.title:
            page.heading(section.title, section.tone)
        for place, block in enumerate(blocks):
            if place and not (isinstance(block, Line) and isinstance(blocks[place - 1], Line | Verbatim)):
                page.blank()
            if isinstance(block, Line):
                page.line(block.text, block.tone, block.level)
            elif isinstance(block, Verbatim):
                page.verbatim(block.text)
            else:
                page.table(block if isinstance(block, Table) else with_bars(block, paper.width))
    return page.text


class Page:
    """Lines and tables, one below the other. No line ends in blanks."""

    def __init__(self, paper: Paper) -> None:
        self._paper, self._codes = paper, _CODES[paper.styles]
        self._lines: list[str] = []

    @property
    def begun(self) -> bool:
        """Whether there is anything on it."""
        return bool(self._lines)

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(f"{line}\n" for line in self._lines)

    def heading(self, text: str, tone: Tone = "strong") -> None:
        """A title, of the document or of a section."""
        self._write(_wrapped(visible(text), self._paper.width), tone)

    def line(self, text: str, tone: Tone = "plain", level: int = 0, mark: str = "") -> None:
        """A sentence, set in by its level with all that it wraps into; a mark stands before its first line."""
        first = " " * (_STEP * level) + mark
        lines = _wrapped(visible(text), self._paper.width - len(first))
        self._write((" " * len(first) + line if place else first + line for place, line in enumerate(lines)), tone)

    def blank(self) -> None:
        """An empty line."""
        self._lines.append("")

    def verbatim(self, text: str) -> None:
        """A text as it is."""
        self._lines += visible(text).split("\n")

    def table(self, table: Table) -> None:
        """Its title, its headings and its rows."""
        rows: list[Sequence[str]] = [[visible(cell) for cell in row] for row in table.rows]
        heads = [visible(column.name) if table.headed else "" for column in table.columns]
        rows = _aligned(table.columns, rows)
        if table.headed:
            rows.insert(0, heads)
        widths = [column.least_width for column in table.columns]
        for row in rows:
            widths = [max(width, *map(width_of, cell.split("\n"))) for width, cell in zip(widths, row, strict=True)]
        if table.title:
            self.heading(table.title)
        if self._paper.breaks_tables and sum(widths) + 2 * len(widths) > self._paper.width:
            self._entries(heads, rows[table.headed :])
            return
        last = len(rows) - 1 if table.total else None
        rights = [column.right for column in table.columns]
        for place, row in enumerate(rows):
            strong = place == last or (table.headed and not place)
            self._write(_row_lines(row, widths, rights), "strong" if strong else "plain")

    def _entries(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Each row as a heading and one line a column that has something."""
        for row in rows:
            self.heading(f"{heads[0]} {row[0]}".strip())
            for head, cell in zip(heads[1:], row[1:], strict=True):
                if cell:
                    self.line(f"{head}: {cell}" if head else cell, level=1)

    def _write(self, lines: Iterable[str], tone: Tone) -> None:
        code = self._codes.get(tone)
        for line in lines:
            bare = line.rstrip(" ")
            self._lines.append(f"\x1b[{code}m{bare}\x1b[0m" if code and bare else bare)


def _row_lines(row: Sequence[str], widths: Sequence[int], rights: Sequence[bool]) -> Iterator[str]:
    """The lines of a row: one, but where a cell has several."""
    for parts in zip_longest(*(cell.split("\n") for cell in row), fillvalue=""):
        cells = map(_filled, parts, widths, rights)
        yield " " + "  ".join(cells)


def _filled(text: str, width: int, right: bool) -> str:
    text = text if right else text.rstrip(" ")
    blanks = " " * (width - width_of(text))
    return blanks + text if right else text + blanks


def _aligned(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The cells of a table, with blanks after the numbers of a column that have fewer decimals than others of it."""
    reported = [list(row) for row in rows]
    for place, column in enumerate(columns):
        numbers = [row for row in reported if column.right and _NUMBER.fullmatch(english_number(row[place]))]
        ends = [len(english_number(row[place]).partition(".")[2]) for row in numbers]
        for row, decimals in zip(numbers, ends, strict=True):
            row[place] += " " * (max(ends) + bool(max(ends)) - decimals - bool(decimals))
    return list(reported)


def width_of(text: str) -> int:
    """Places that a text takes on a terminal: two for most characters of East Asia, none for a combining one."""
    return len(text) if _NARROW.fullmatch(text) else sum(map(_places, text))


def _places(character: str) -> int:
    from unicodedata import category, east_asian_width

    if category(character) in ("Mn", "Me", "Cc", "Cf"):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1


def _wrapped(text: str, width: int) -> Iterator[str]:
    """The lines that a text takes at a width, broken between words; in a word only where it is longer than a line."""
    for line in text.split("\n"):
        begin = used = 0
        for word in _WORD.finditer(line):
            bare = word[0].rstrip(" ")
            if width_of(bare) <= width - used:
                used += width_of(word[0])
                continue
            if word.start() > begin:
                yield line[begin : word.start()]
            begin = word.start()
            while width_of(bare) > width:
                fits = min(width, len(bare))
                while fits > 1 and width_of(bare[:fits]) > width:
                    fits -= 1
                yield bare[:fits]
                begin, bare = begin + fits, bare[fits:]
            used = width_of(line[begin : word.end()])
        yield line[begin:]
