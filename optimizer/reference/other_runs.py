"""Runs in another way than from scratch, published beside ours: told apart from those that are counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optimizer.validation.runs import Compared

if TYPE_CHECKING:
    from rich.console import Console


def print_other_ways(items: Sequence[Compared], console: Console) -> None:
    """Print the runs that go on from a finished model, as a plan in their way reckons them; nothing if there are none.

    None of them is in the score or in the band.
    """
    from rich.table import Table
    from rich.text import Text

    others = [item for item in items if item.other_way]
    if not others:
        return
    console.print(Text("Other ways than from scratch, by the figures of ways.csv (not counted above)", style="bold"))
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    for name in ("run", "way", "on", "publ. kh", "ours kh", "ratio", "in band"):
        table.add_column(name, justify="right" if name in ("publ. kh", "ours kh", "ratio") else "left")
    for item in others:
        if (hours := item.hours) is not None:
            figures = (f"{hours.published / 1000:,.1f}", f"{hours.ours / 1000:,.1f}", f"{hours.ratio:.2f}")
            within = "yes" if item.covered else "no"
            table.add_row(item.run.name, item.run.scope, item.run.accelerator, *figures, within)
    if table.row_count:
        console.print(table)
    for item in others:
        if item.hours is None:
            published = "" if item.run.gpu_hours is None else f", {item.run.gpu_hours:,f} h published"
            chip = item.run.accelerator or item.run.accelerator_published or "accelerator not stated"
            console.print(Text(f"{item.run.name} ({chip}, {item.run.scope}): {item.why_not}{published}"))
    console.print("")
