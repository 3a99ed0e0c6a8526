"""A chart in a terminal: its table, with a bar of blocks in each row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from optimizer.answers.blocks import Table, left

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimizer.answers.charts import Chart, Segment

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
