"""Charts as data: kind, title, unit, and what is drawn; a program that draws them needs nothing else."""

from __future__ import annotations

from typing import Literal

from optimizer.answers.form.charts import Bars, Chart, Curve, Layers, Ranked, Tornado, Waterfall
from optimizer.answers.form.shapes import Shape, entry


class BarOut(Shape):
    """One bar, from zero."""

    name: str
    value: float | None = entry("null where there is no figure")
    words: str


class BarsOut(Shape):
    """Bars next to each other, or ranked, the best first."""

    kind: Literal["bars", "ranked"]
    title: str
    unit: str
    bars: tuple[BarOut, ...]


class WaterfallOut(Shape):
    """Parts that add up to a total."""

    kind: Literal["waterfall"] = "waterfall"
    title: str
    unit: str
    steps: tuple[BarOut, ...]
    total: BarOut


class AxisOfChartOut(Shape):
    """An axis with its name and unit."""

    name: str
    unit: str


class PointOfChartOut(Shape):
    """A point of a curve."""

    x: float
    y: float
    words: str


class CurveOut(Shape):
    """A line through points, by rising x."""

    kind: Literal["curve"] = "curve"
    title: str
    x: AxisOfChartOut
    y: AxisOfChartOut
    points: tuple[PointOfChartOut, ...]


class SpanOut(Shape):
    """One uncertain figure: the outcome at both ends of its range."""

    name: str
    low: float | None = entry("the outcome at the low end of the input; null where there is none")
    high: float | None = entry("the outcome at the high end of the input; null where there is none")
    at_low: str = entry("the low end of the input")
    at_high: str = entry("the high end of the input")


class TornadoOut(Shape):
    """How much each uncertain figure alone changes the outcome, the largest change first."""

    kind: Literal["tornado"] = "tornado"
    title: str
    unit: str
    centre: float
    spans: tuple[SpanOut, ...]


class PlaceOut(Shape):
    """A country on a map."""

    code: str = entry("ISO 3166-1 alpha-2")
    name: str
    value: float | None = entry("null where there is no figure")
    words: str
    group: str = entry("what it has in common with others that have no figure", default="")


class MapOut(Shape):
    """Countries shaded by a figure."""

    kind: Literal["map"] = "map"
    title: str
    unit: str
    places: tuple[PlaceOut, ...]


class LayerOut(Shape):
    """A layer, or the line over all of them: its height at every step."""

    name: str
    values: tuple[float, ...]


class LayersOut(Shape):
    """Heights on top of each other, such as what feeds a load hour by hour."""

    kind: Literal["layers"] = "layers"
    title: str
    x: AxisOfChartOut
    y: AxisOfChartOut
    layers: tuple[LayerOut, ...]
    line: LayerOut


AnyChart = LayersOut | BarsOut | WaterfallOut | CurveOut | TornadoOut | MapOut


def chart_out(chart: Chart) -> AnyChart:
    """A chart in its JSON form."""
    if isinstance(chart, Bars | Ranked):
        kind = "bars" if isinstance(chart, Bars) else "ranked"
        bars = tuple(map(BarOut.model_validate, chart.bars))
        return BarsOut(kind=kind, title=chart.title, unit=chart.unit, bars=bars)
    shapes: dict[type, type[AnyChart]] = {
        **{Waterfall: WaterfallOut, Curve: CurveOut},
        **{Tornado: TornadoOut, Layers: LayersOut},
    }
    return shapes.get(type(chart), MapOut).model_validate(chart)
