"""Charts as SVG, drawn by matplotlib but for maps: the same chart gives the same bytes, and letters stay letters."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from optimizer.answers.form.charts import Axis, Bar, Bars, Chart, Curve, Layers, Ranked, Tornado, Waterfall, WorldMap
from optimizer.errors import UsageError
from optimizer.render.world_map import map_svg
from optimizer.units.language import ENGLISH, language, local_number, unit_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, GREY, ORANGE = "#1f4e79", "#5f6b76", "#b3541e"
"""Colours with a contrast of at least 4.5 to 1 on white, that readers who do not tell red from green tell apart."""
WIDTH_INCHES = 8.0
_ROW_INCHES, _HEAD_INCHES = 0.34, 1.1
_MOST_ROWS = 40
"""Bars of one chart: the table has the rest."""
_MOST_LETTERS = 38
_SALT = "optimizer"


def svg_of(chart: Chart) -> str:
    """A chart as the text of an ``<svg>`` element.

    Raises:
        UsageError: matplotlib is not installed.
    """
    if isinstance(chart, WorldMap):
        return map_svg(chart)
    figure = figure_of(chart)
    buffer = io.StringIO()
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": _SALT}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    # a page that holds several charts needs no heading of a file in each, and sizes them itself
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    head, rest = text[: text.index(">")], text[text.index(">") :]
    return re.sub(r' (width|height)="[^"]*"', "", head) + rest


def figure_of(chart: Chart) -> Figure:
    """A chart as a figure of matplotlib.

    Raises:
        UsageError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError.say("charts need matplotlib: pip install 'optimizer[report]'") from error
    rows = _rows(chart)
    height = 4.2 if isinstance(chart, Curve | Layers) else _HEAD_INCHES + _ROW_INCHES * max(rows, 2)
    figure = Figure(figsize=(WIDTH_INCHES, height))
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    if isinstance(chart, Curve):
        _curve(axes, chart)
    elif isinstance(chart, Layers):
        _layers(axes, chart)
    elif isinstance(chart, Tornado):
        _tornado(axes, chart)
    elif isinstance(chart, Waterfall):
        _waterfall(axes, chart)
    elif isinstance(chart, WorldMap):
        _bars(axes, [Bar(place.name, place.value, place.words) for place in chart.places], chart.unit)
    else:
        _bars(axes, chart.bars, chart.unit)
    _margins(figure, axes, height)
    return figure


_LETTER_INCHES, _FOOT_INCHES, _EDGE_INCHES = 0.085, 0.55, 0.12


def _margins(figure: Figure, axes: Axes, height: float) -> None:
    """Room for the names next to the chart, estimated: to measure them would draw the chart twice."""
    longest = max((len(label.get_text()) for label in axes.get_yticklabels()), default=0)
    room = min(0.5, (0.25 + _LETTER_INCHES * max(longest, _FEWEST_LETTERS)) / WIDTH_INCHES)
    figure.subplots_adjust(left=room, right=0.97, top=1 - _EDGE_INCHES / height, bottom=_FOOT_INCHES / height)


_FEWEST_LETTERS = 8
"""As many as the numbers of an axis have, with its name."""


def _rows(chart: Chart) -> int:
    if isinstance(chart, Tornado):
        return min(len(chart.spans), _MOST_ROWS)
    if isinstance(chart, Waterfall):
        return len(chart.steps) + 1
    if isinstance(chart, Bars | Ranked):
        return min(len(chart.bars), _MOST_ROWS)
    return min(len(chart.places), _MOST_ROWS) if isinstance(chart, WorldMap) else 0


def _short(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"


def _scale(axes: Axes, unit: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(5))
    _numbers(axes.xaxis, unit)
    axes.set_xlabel(unit, color=GREY)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def _numbers(axis: Any, unit: str) -> None:
    """The numbers of an axis by the habit of the language: dollars in k and M, everything else in full."""
    from matplotlib.ticker import EngFormatter, FuncFormatter

    if unit == "USD":
        dollars = EngFormatter(sep="")
        axis.set_major_formatter(FuncFormatter(lambda value, place: local_number(dollars(value))))
    elif language() != ENGLISH:
        axis.set_major_formatter(FuncFormatter(lambda value, place: local_number(f"{value:,.6g}")))


def _names(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [_short(name) for name in names])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)


def _bars(axes: Axes, bars: Sequence[Bar], unit: str) -> None:
    shown = [bar for bar in bars if bar.value is not None][:_MOST_ROWS]
    axes.barh(range(len(shown)), [bar.value or 0.0 for bar in shown], color=BLUE, height=0.62)
    _names(axes, [bar.name for bar in shown])
    _scale(axes, unit)


def _waterfall(axes: Axes, chart: Waterfall) -> None:
    steps = [*chart.steps, chart.total]
    ends = [segment or (0.0, 0.0) for segment in chart.segments()]
    lengths = [end - start for start, end in ends]
    colours = [*([BLUE] * len(chart.steps)), GREY]
    axes.barh(range(len(steps)), lengths, left=[start for start, _ in ends], color=colours, height=0.62)
    _names(axes, [step.name for step in steps])
    _scale(axes, chart.unit)


def _tornado(axes: Axes, chart: Tornado) -> None:
    spans = chart.spans[:_MOST_ROWS]
    for place, span in enumerate(spans):
        for end, colour in ((span.low, BLUE), (span.high, ORANGE)):
            if end is not None:
                axes.barh(place, end - chart.centre, left=chart.centre, color=colour, height=0.62)
    axes.axvline(chart.centre, color=GREY, linewidth=1)
    _names(axes, [span.name for span in spans])
    _scale(axes, chart.unit)


_LAYER_COLOURS = ("#c98a1b", "#5f6b76", "#b3541e", "#1f4e79", "#8aa5bf", "#7a5c8e")
"""Of the layers, from the lowest: distinguished in grey, too."""


def _layers(axes: Axes, chart: Layers) -> None:
    steps = range(len(chart.line.values))
    heights = [list(layer.values) for layer in chart.layers]
    names = [layer.name for layer in chart.layers]
    axes.stackplot(steps, heights, labels=names, colors=_LAYER_COLOURS[: len(names)], step="post", linewidth=0)
    axes.plot(
        steps, list(chart.line.values), color="black", linewidth=1.2, drawstyle="steps-post", label=chart.line.name
    )
    axes.set_xlim(0, max(1, len(steps) - 1))
    axes.set_xlabel(_with_unit(chart.x), color=GREY)
    axes.set_ylabel(_with_unit(chart.y), color=GREY)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncol=3, frameon=False)


def _with_unit(axis: Axis) -> str:
    unit = unit_words(axis.unit)
    return axis.name if not unit or set(unit.split()) <= set(axis.name.split()) else f"{axis.name}, {unit}"


def _curve(axes: Axes, chart: Curve) -> None:
    xs, ys = [point.x for point in chart.points], [point.y for point in chart.points]
    # between two points there is no plan: a step, not a slope
    axes.plot(xs, ys, color=BLUE, marker="o", markersize=4, linewidth=1.4, drawstyle="steps-post")
    _scale(axes, chart.x.unit)
    axes.set_xlabel(_with_unit(chart.x), color=GREY)
    axes.set_ylabel(_with_unit(chart.y), color=GREY)
    _numbers(axes.yaxis, chart.y.unit)
