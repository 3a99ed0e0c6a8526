"""A document for a terminal of any width, and for a pipe.

Lines wrap in their place. Tables are as wide as they need in a pipe, and are written entry by entry where a terminal is
too narrow: nothing is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.answers.document import Document, Line, Table, Verbatim
from optimizer.errors import visible
from optimizer.render.text_bars import with_bars

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

_STYLES = {"plain": "", "strong": "bold", "good": "bold green", "bad": "bold red", "quiet": "dim"}
_STEP = 2
"""Blanks by which a level is set in."""


def write_document(document: Document, console: Console, *, full: bool = True) -> None:
    """The title, then every section that has blocks, with one empty line between them.

    Args:
        full: whether to show what a reader who wants the decision alone can do without.
    """
    from rich.text import Text

    begun = bool(document.title)
    if begun:
        console.print(Text(visible(document.title), style="bold"))
    for section in document.sections:
        if not section.blocks or (section.further and not full):
            continue
        if begun:
            console.print("")
        begun = True
        if section.title:
            console.print(Text(visible(section.title), style=_STYLES[section.tone]))
        for place, block in enumerate(section.blocks):
            if isinstance(block, Line):
                if place and not isinstance(section.blocks[place - 1], Line | Verbatim):
                    console.print("")
                _print_line(block, console)
                continue
            if place:
                console.print("")
            if isinstance(block, Verbatim):
                console.out(visible(block.text), highlight=False)
                continue
            table = block if isinstance(block, Table) else with_bars(block, console.width)
            print_table(console, _rich(table), table.headed)


def _print_line(line: Line, console: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    text = Text(visible(line.text), style=_STYLES[line.tone])
    console.print(Padding(text, (0, 0, 0, _STEP * line.level), expand=False) if line.level else text)


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


def print_indented(console: Console, text: str, style: str = "") -> None:
    """Print a line two places in, and so what it wraps into."""
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text(text, style=style), (0, 0, 0, 2), expand=False))
