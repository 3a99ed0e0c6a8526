"""Charts as blocks of a document: what is drawn, as data, with the table that says the same in figures.

What draws them (:mod:`optimizer.render`) knows the kinds below and never a question. Every chart carries a table: it is
the text alternative, what Markdown shows, and what a terminal prints with a bar in each row.
"""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.answers.form.blocks import Table
from optimizer.units.records import dataclass

Segment = tuple[float, float] | None
"""From where to where a row of the table is drawn, in the chart's unit; None for a row without a mark."""


@dataclass(frozen=True)
class Bar:
    """One bar: a length from zero. ``value`` is None where there is no figure; ``words`` say why, or add to it."""

    name: str
    value: float | None
    words: str = ""


def _from_zero(marks: Sequence[Bar | Place]) -> list[Segment]:
    """Of rows that are drawn from zero to their figure."""
    return [None if mark.value is None else (0.0, mark.value) for mark in marks]


@dataclass(frozen=True)
class _OfBars:
    """Bars, and their table."""

    title: str
    unit: str
    bars: Sequence[Bar]
    table: Table
    """One row a bar."""

    def segments(self) -> list[Segment]:
        """Where each row of the table is drawn."""
        return _from_zero(self.bars)


class Bars(_OfBars):
    """Bars next to each other, in the order given: amounts of one kind."""


class Ranked(_OfBars):
    """Bars in the order of a ranking, the best first; those without a figure come last."""


@dataclass(frozen=True)
class Waterfall:
    """Parts that add up to a total: each begins where the one before ends, and the total comes last."""

    title: str
    unit: str
    steps: Sequence[Bar]
    total: Bar
    table: Table
    """One row a step, then the total."""

    def segments(self) -> list[Segment]:
        """Where each row of the table is drawn."""
        found: list[Segment] = []
        reached = 0.0
        for step in self.steps:
            found.append((reached, reached + (step.value or 0.0)))
            reached += step.value or 0.0
        return [*found, (0.0, self.total.value or 0.0)]


@dataclass(frozen=True)
class Axis:
    """An axis with its name and unit."""

    name: str
    unit: str


@dataclass(frozen=True)
class Point:
    """A point of a curve; ``words`` say what stands there, such as the plan."""

    x: float
    y: float
    words: str = ""


@dataclass(frozen=True)
class Curve:
    """A line through points, in the order of x."""

    title: str
    x: Axis
    y: Axis
    points: Sequence[Point]
    table: Table
    """One row a point."""

    def segments(self) -> list[Segment]:
        """Where each row of the table is drawn: the height of its point."""
        return [(0.0, point.y) for point in self.points]


@dataclass(frozen=True)
class Span:
    """One doubt of a tornado: what the outcome is at both ends of its range; None where there is no outcome."""

    name: str
    low: float | None
    """The outcome at the low end of the input."""
    high: float | None
    """The outcome at the high end of the input."""
    at_low: str = ""
    """The low end of the input, in words."""
    at_high: str = ""
    """The high end of the input, in words."""


@dataclass(frozen=True)
class Tornado:
    """How far each doubt alone moves an outcome from its centre, the widest first."""

    title: str
    unit: str
    centre: float
    spans: Sequence[Span]
    table: Table
    """Two rows a span: its low end, then its high end."""

    def segments(self) -> list[Segment]:
        """Where each row of the table is drawn: from the centre to the outcome."""
        ends = [end for span in self.spans for end in (span.low, span.high)]
        return [None if end is None else (min(self.centre, end), max(self.centre, end)) for end in ends]


@dataclass(frozen=True)
class Place:
    """A country on a map; ``value`` is None where there is no figure, and ``words`` say why."""

    code: str
    """ISO 3166-1 alpha-2."""
    name: str
    value: float | None
    words: str = ""
    group: str = ""
    """What it has in common with others that have no figure: the legend of the map has a line for each group."""


@dataclass(frozen=True)
class WorldMap:
    """Countries shaded by a figure."""

    title: str
    unit: str
    places: Sequence[Place]
    table: Table
    """One row a place."""
    groups: Sequence[str] = ()
    """What places without a figure may have in common: each looks the same on every map that names the same ones."""

    def segments(self) -> list[Segment]:
        """Where each row of the table is drawn."""
        return _from_zero(self.places)


@dataclass(frozen=True)
class Layer:
    """One of the layers: a name, and its height at every step."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True)
class Layers:
    """Heights on top of each other over the steps of an axis, and a line over them: what feeds a load hour by hour."""

    title: str
    x: Axis
    y: Axis
    layers: Sequence[Layer]
    line: Layer
    table: Table
    """One row for every so many steps, such as a day."""
    marks: Sequence[float]
    """Of every row of the table, the length of its bar in a terminal."""

    def segments(self) -> list[Segment]:
        """Where each row of the table is drawn."""
        return [(0.0, mark) for mark in self.marks]


Chart = Layers | Bars | Ranked | Waterfall | Curve | Tornado | WorldMap
