"""A document as one HTML file: offline, readable without scripts, accessible, made to be printed and forwarded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from optimizer.answers.form.charts import Curve, WorldMap
from optimizer.answers.form.document import Block, Document, Line, Section, Table, Verbatim, left, right, with_notes
from optimizer.answers.words.figure_words import figure_name_words, licence_words, source_words
from optimizer.catalogue.source_licences import licence_of
from optimizer.errors import UsageError
from optimizer.render.credits import credits_of, stamp_of
from optimizer.units.language import Messages, say, unit_words

if TYPE_CHECKING:
    from jinja2 import Environment

    from optimizer.answers.form.charts import Chart

WORDS = Messages({"answer": "The answer", "contents": "Contents", "table_below": "The table below has the figures."})
_ADDRESS = re.compile(r"https?://[^\s|]+")


def write_document(document: Document, stream: TextIO) -> None:
    """The whole document as one file.

    Raises:
        UsageError: what draws or fills the page is not installed.
    """
    stream.write(page(document))


def page(document: Document) -> str:
    """The text of the file.

    Raises:
        UsageError: what draws or fills the page is not installed.
    """
    environment = environment_of()
    sections = [*with_notes(document), *_grounds(document)]
    parts = [part for number, section in enumerate(sections, 1) if (part := _part(number, section))]
    catalogue = document.grounds.catalogue
    text: str = environment.get_template("report.html.jinja").render(
        lang=document.language,
        title=document.title or document.question,
        words=WORDS,
        parts=parts,
        after_first="",
        contents=[part for part in parts if part["title"]],
        stamp=stamp_of(catalogue),
        attribution=credits_of(catalogue),
    )
    return text


def fragment(document: Document, after_first: str = "") -> str:
    """The sections of a document as a part of a page that has its own head; what can be done without is folded.

    Args:
        document: the answer.
        after_first: a part of the page, in HTML, that follows the decision.

    Raises:
        UsageError: what draws or fills the page is not installed.
    """
    sections = [*with_notes(document), *_grounds(document)]
    return sections_as_html(sections, document.title or document.question, folded=True, after_first=after_first)


def sections_as_html(sections: Sequence[Section], title: str, *, folded: bool = False, after_first: str = "") -> str:
    """Sections as a part of a page, under a title.

    Args:
        sections: in their order.
        title: above them; empty for none.
        folded: whether to fold what a reader who wants the decision alone can do without, but for pictures.
        after_first: HTML that follows the first section.

    Raises:
        UsageError: what draws or fills the page is not installed.
    """
    parts = [part for number, section in enumerate(sections, 1) if (part := _part(number, section, folded=folded))]
    text: str = (
        environment_of()
        .get_template("parts.html.jinja")
        .render(parts=parts, words=WORDS, title=title, after_first=_markup(after_first))
    )
    return text


@cache
def environment_of(*further: Path) -> Environment:
    """The templates of this folder and of further ones, with every text escaped.

    Raises:
        UsageError: jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise UsageError.say("a report needs jinja2 and matplotlib: pip install 'optimizer[report]'") from error
    made = Environment(
        loader=FileSystemLoader([Path(__file__).parent, *further]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["table"] = lambda table: _markup(made.get_template("table.html.jinja").render(table=table))
    return made


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)


def _part(number: int, section: Section, *, folded: bool = False) -> Mapping[str, Any] | None:
    """A section as the template has it; None without blocks."""
    blocks = list(_blocks(section))
    folded = folded and section.further and all(block["kind"] != "chart" for block in blocks)
    return {"id": f"part-{number}", "title": section.title, "blocks": blocks, "folded": folded} if blocks else None


def _blocks(section: Section) -> Iterator[Mapping[str, Any]]:
    lines: list[Line] = []
    for block in section.blocks:
        if isinstance(block, Line):
            if not block.of_terminal:
                lines.append(block)
            continue
        if lines:
            yield _lines(lines, section)
            lines = []
        yield _block(block)
    if lines:
        yield _lines(lines, section)


def _lines(lines: Sequence[Line], section: Section) -> Mapping[str, Any]:
    return {"kind": "lines", "listed": bool(section.title) and len(lines) > 1, "lines": list(lines)}


def _block(block: Block) -> Mapping[str, Any]:
    if isinstance(block, Verbatim):
        return {"kind": "verbatim", "text": block.text}
    if isinstance(block, Table):
        return {"kind": "table", "table": _table(block)}
    assert not isinstance(block, Line)
    if isinstance(block, Curve) and len(block.points) < CURVE_POINTS:
        return {"kind": "table", "table": _table(block.table)}
    legend = legend_of(block) if isinstance(block, WorldMap) else []
    return {"kind": "chart", "title": block.title, "svg": _svg(block), "legend": legend, "table": _table(block.table)}


def legend_of(chart: WorldMap) -> list[Mapping[str, Any]]:
    """What the fills of a map mean."""
    from optimizer.render.world_map import keys, swatch

    return [{"swatch": _markup(swatch(chart, key)), "words": key.words, "count": key.count} for key in keys(chart)]


CURVE_POINTS = 2
"""A curve of fewer points is no picture."""


def _svg(chart: Chart) -> Any:
    from optimizer.render.svg import svg_of

    return _markup(svg_of(chart))


def _table(table: Table) -> Mapping[str, Any]:
    return {
        "caption": table.title,
        "name": table.title or ", ".join(column.name for column in table.columns if column.name),
        "headed": table.headed,
        "columns": table.columns,
        "rows": [[_cell(text) for text in row] for row in table.rows],
        "total": table.total,
    }


def _cell(text: str) -> Mapping[str, Any]:
    """A cell; an address in it is a link, several stand below each other."""
    parts = text.split(" | ")
    links = parts if all(map(_ADDRESS.fullmatch, parts)) else []
    size = "short" if len(text) <= SHORT else "long" if len(text) > LONG else "mid"
    return {"text": text, "links": links, "size": size}


SHORT, LONG = 16, 40
"""A cell of so few characters is never broken; one of more needs width, and one of more than so many needs more."""


def _grounds(document: Document) -> Iterator[Section]:
    """Every figure that the answer rests on, with its range, source and date."""
    figures = document.grounds.figures
    if not figures:
        return
    rows = []
    for figure in figures:
        low, high = figure.range or ("", "")
        mark = say("estimate") if figure.is_estimate else ""
        span = say("{low:,f}–{high:,f}", low=low, high=high) if figure.range else ""
        name, value = figure_name_words(figure.name, document.grounds.catalogue), say("{value:,f}", value=figure.value)
        source, licence = (
            source_words(figure.source),
            licence_words(licence_of(document.grounds.catalogue, figure.source)),
        )
        rows.append((name, value, span, unit_words(figure.unit), mark, figure.as_of, source, licence))
    names = [
        left(say("figure")),
        right(say("value")),
        right(say("range")),
        left(say("unit")),
        left(say("grade")),
        left(say("date")),
        left(say("source")),
        left(say("licence")),
    ]
    yield Section(say("Figures and their sources"), [Table(names, rows)], further=True)
