"""Lines that wrap in their place, and tables that lose nothing.

Tables are as wide as they need in a pipe, and told entry by entry where a terminal is too narrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def print_indented(console: Console, text: str, style: str = "") -> None:
    """Print a line two places in, and so what it wraps into."""
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text(text, style=style), (0, 0, 0, 2), expand=False))


def print_table(console: Console, table: Table) -> None:
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
    names = [str(column.header) for column in table.columns]
    for cells in zip(*(list(column.cells) for column in table.columns), strict=True):
        head, *rest = cells
        console.print(Text(f"{names[0]} {head}".strip(), style="bold"))
        for name, cell in zip(names[1:], rest, strict=True):
            if str(cell):
                console.print(Text(f"  {name}: {cell}" if name else f"  {cell}"))
