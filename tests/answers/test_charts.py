"""Charts as blocks: what is drawn is what the table says, in a terminal, in Markdown and in JSON."""

from __future__ import annotations

import io
import json

import pytest

from optimizer.answers.form.chart_shapes import chart_out
from optimizer.answers.form.charts import (
    Axis,
    Bar,
    Bars,
    Chart,
    Curve,
    Place,
    Point,
    Ranked,
    Span,
    Tornado,
    Waterfall,
    WorldMap,
)
from optimizer.answers.form.document import Document, Grounds, Section, Table, left, right
from optimizer.catalogue import load_catalogue
from optimizer.render import json as as_json
from optimizer.render import markdown, text
from optimizer.render.text import WIDEST, with_bars

TWO = Table([left("what"), right("USD")], [("one", "30"), ("two", "10")])
THREE = Table([left("what"), right("USD")], [("one", "30"), ("two", "10"), ("total", "40")], total=True)
CHARTS: list[Chart] = [
    Bars("Bars", "USD", [Bar("one", 30.0), Bar("two", 10.0)], TWO),
    Ranked("Ranked", "USD", [Bar("one", 30.0), Bar("two", None, "no plan")], TWO),
    Waterfall("Fall", "USD", [Bar("one", 30.0), Bar("two", 10.0)], Bar("total", 40.0), THREE),
    Curve("Curve", Axis("days", "days"), Axis("cost", "USD"), [Point(1, 30.0), Point(2, 10.0, "buy")], TWO),
    Tornado("Tornado", "USD", 20.0, [Span("pue", 30.0, 10.0, "1.2", "1.6")], TWO),
    WorldMap("Map", "USD", [Place("BR", "Brazil", 30.0), Place("MX", "Mexico", 10.0)], TWO),
]
"""One of every kind."""


def _document(chart: Chart) -> Document:
    return Document(
        "plan", "A title", [Section("Part", [chart])], lambda: TWO_AS_DATA, Grounds(load_catalogue(), {}, {})
    )


TWO_AS_DATA = chart_out(CHARTS[0])


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: type(chart).__name__)
def test_every_row_of_the_table_has_its_bar(chart: Chart) -> None:
    """A terminal prints each row with its bar. A bar missing, or longer for the smaller figure, would mislead."""
    drawn = [row[-1] for row in with_bars(chart, 100).rows]
    assert len(drawn) == len(chart.table.rows)
    for segment, bar in zip(chart.segments(), drawn, strict=True):
        assert bool(bar.strip()) == (segment is not None)
        assert len(bar) <= WIDEST


def test_bars_are_as_long_as_their_figures() -> None:
    """30 is drawn three times as long as 10, and the whole width is the largest; else the eye reads a wrong ratio."""
    longest, shortest = (row[-1] for row in with_bars(CHARTS[0], 100).rows)
    assert longest == "█" * WIDEST
    assert shortest == "█" * (WIDEST // 3)


def test_a_waterfall_goes_on_where_the_part_before_ends() -> None:
    """The second part begins at three quarters of the total; from zero it would look like a part of the first."""
    first, second, total = (row[-1] for row in with_bars(CHARTS[2], 100).rows)
    assert first == "█" * 18
    assert second == " " * 18 + "█" * 6
    assert total == "█" * WIDEST


def test_a_tornado_goes_to_both_sides_of_its_centre() -> None:
    """Dearer lies right of the centre, cheaper left; on one side the two ends would look alike."""
    dearer, cheaper = (row[-1] for row in with_bars(CHARTS[4], 100).rows)
    assert dearer == " " * 12 + "█" * 12
    assert cheaper == "█" * 12


def test_a_narrow_terminal_has_the_figures_alone() -> None:
    """At 60 characters the bars would push the figures out."""
    assert with_bars(CHARTS[0], 60) is TWO


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: type(chart).__name__)
def test_every_form_knows_every_kind(chart: Chart) -> None:
    """Text and Markdown show the figures, JSON the kind and what is drawn; a form without a kind would fail here."""
    document = _document(chart)
    assert "30" in text.text_of(document, text.Paper(100))
    stream = io.StringIO()
    markdown.write_document(document, stream)
    assert f"**{chart.title}**" in stream.getvalue()
    assert "| one | 30 |" in stream.getvalue()
    stream = io.StringIO()
    as_json.write_document(document, stream)
    (found,) = json.loads(stream.getvalue())["charts"]
    assert found["title"] == chart.title
    assert found["kind"] in ("bars", "ranked", "waterfall", "curve", "tornado", "map")


def test_an_answer_without_charts_has_no_such_key() -> None:
    """Readers of the JSON of other questions find what they found before."""
    bare = Document("plan", "", [Section("", [TWO])], lambda: TWO_AS_DATA, Grounds(load_catalogue(), {}, {}))
    stream = io.StringIO()
    as_json.write_document(bare, stream)
    assert "charts" not in json.loads(stream.getvalue())
