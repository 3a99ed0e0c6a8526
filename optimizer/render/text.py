"""A document for a terminal of any width, and for a pipe.

Lines wrap in their place. Tables are as wide as they need in a pipe, and are written entry by entry where a terminal is
too narrow: nothing is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from optimizer.answers.document import Document, Line, Table, Tone, Verbatim
from optimizer.errors import visible
from optimizer.render.text_bars import with_bars

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

_STYLES = {"plain": "", "strong": "bold", "good": "bold green", "bad": "bold red", "quiet": "dim"}
_STEP = 2
"""Blanks by which a level is set in."""


class Page(Protocol):
    """What lines and tables are written on: a terminal, or plain text."""

    width: int

    def heading(self, text: str, tone: Tone) -> None:
        """A title, of the document or of a section."""

    def line(self, line: Line) -> None:
        """A line, set in by its level with all that it wraps into."""

    def blank(self) -> None:
        """An empty line."""

    def verbatim(self, text: str) -> None:
        """A text as it is."""

    def table(self, table: Table) -> None:
        """A table."""


def write_document(document: Document, console: Console, *, full: bool = True) -> None:
    """A document on a terminal of any width.

    Args:
        full: whether to show what a reader who wants the decision alone can do without.
    """
    lay_out(document, _Terminal(console), full=full)


def lay_out(document: Document, page: Page, *, full: bool = True) -> None:
    """The title, then every section that has blocks, with one empty line between them.

    Args:
        full: whether to show what a reader who wants the decision alone can do without.
    """
    begun = bool(document.title)
    if begun:
        page.heading(visible(document.title), "strong")
    for section in document.sections:
        if not section.blocks or (section.further and not full):
            continue
        if begun:
            page.blank()
        begun = True
        if section.title:
            page.heading(visible(section.title), section.tone)
        for place, block in enumerate(section.blocks):
            if isinstance(block, Line):
                if place and not isinstance(section.blocks[place - 1], Line | Verbatim):
                    page.blank()
                page.line(block)
                continue
            if place:
                page.blank()
            if isinstance(block, Verbatim):
                page.verbatim(visible(block.text))
                continue
            page.table(block if isinstance(block, Table) else with_bars(block, page.width))


class _Terminal:
    """A page with colours, as wide as the terminal is."""

    def __init__(self, console: Console) -> None:
        self.width = console.width
        self._console = console

    def heading(self, text: str, tone: Tone) -> None:
        from rich.text import Text

        self._console.print(Text(text, style=_STYLES[tone]))

    def line(self, line: Line) -> None:
        from rich.padding import Padding
        from rich.text import Text

        text = Text(visible(line.text), style=_STYLES[line.tone])
        self._console.print(Padding(text, (0, 0, 0, _STEP * line.level), expand=False) if line.level else text)

    def blank(self) -> None:
        self._console.print("")

    def verbatim(self, text: str) -> None:
        self._console.out(text, highlight=False)

    def table(self, table: Table) -> None:
        print_table(self._console, _rich(table), table.headed)


def _rich(block: Table) -> RichTable:
    from rich.table import Table as RichTable

    table = RichTable(
        box=None,
        pad_edge=True,
        show_header=block.headed,
        title=block.title or None,
        title_justify="left",
        title_style="bold",
    )
    for column in block.columns:
        table.add_column(
            column.name,
            justify="right" if column.right else "left",
            no_wrap=column.whole,
            min_width=column.least_width or None,
        )
    for place, row in enumerate(block.rows):
        table.add_row(*map(visible, row), style="bold" if block.total and place + 1 == len(block.rows) else None)
    return table


def print_table(console: Console, table: RichTable, headed: bool = True) -> None:
    """Print a table; where it is wider than the terminal, print each row as a heading and one line a column."""
    from rich.text import Text

    needed = table.__rich_measure__(console, console.options.update(max_width=10_000)).maximum
    if needed <= console.width:
        console.print(table)
        return
    if not console.is_terminal:
        width, console.width = console.width, needed
        console.print(table)
        console.width = width
        return
    if table.title:
        console.print(Text(str(table.title), style="bold"))
    names = [str(column.header) if headed else "" for column in table.columns]
    for cells in zip(*(list(column.cells) for column in table.columns), strict=True):
        head, *rest = cells
        console.print(Text(f"{names[0]} {head}".strip(), style="bold"))
        for name, cell in zip(names[1:], rest, strict=True):
            if str(cell):
                console.print(Text(f"  {name}: {cell}" if name else f"  {cell}"))
