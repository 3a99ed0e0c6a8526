"""What an atlas comes to, as an answer: what was written, how many cases have which status, and the ranking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.answers.form.shapes import Shape, entry
from optimizer.answers.words.place_words import country_words
from optimizer.atlas import words
from optimizer.atlas.pages import Atlas, summary_words
from optimizer.atlas.rows import AtlasRow, rows_of
from optimizer.atlas.views import View
from optimizer.atlas.without import links, without_plan
from optimizer.batch.job import Counts
from optimizer.batch.summary import status_table
from optimizer.units.language import say

MOST_RANKED = 20
"""Places of each ranking that are shown; the rows have all."""


class InView(Shape):
    """A row of one of several views."""

    view: str = entry("name of the view in addresses; empty where there is one view")


class RankedCountryRow(AtlasRow, InView):
    """A country in a view of the atlas, with the name of the view."""


class ViewOut(Shape):
    """A question that was put to every country."""

    view: str = entry("its name in addresses; empty where there is one view")
    title: str
    page: str = entry("its page, in the folder")
    csv: str = entry("its rows, in the folder")
    countries: int
    with_plan: int


class AtlasOut(Shape):
    """What was written, and what became of the cases."""

    folder: str
    files: int
    size_bytes: int = entry("of all files", "bytes")
    seconds: float = entry("from the first case to the last page, on the clock", "s")
    cases: int = entry("countries in all views, and each again without each of its limits")
    by_status: dict[str, int] = entry("cases by status: optimizer data show plan")
    views: tuple[ViewOut, ...]


def document(
    atlas: Atlas, folder: str, files: int, size_bytes: int, seconds: float, counts: Counts, inputs: Mapping[str, Any]
) -> Document:
    """The answer.

    Args:
        atlas: what was written.
        folder: its name.
        files: how many.
        size_bytes: of all of them.
        seconds: on the clock, from the first case to the last page.
        counts: what became of the cases.
        inputs: the flags, by field of the case.
    """
    written = say("Written: {name}, {count:,} files, {size:.1f} MB", name=folder, count=files, size=size_bytes / 1e6)
    titles = dict(zip((view.slug for view in atlas.views), _titles(atlas), strict=True))
    views = [Section(titles[view.slug], list(_blocks_of(atlas, view))) for view in atlas.views]
    return Document(
        question="atlas",
        title=say("Atlas in {folder}", folder=folder),
        sections=[Section("", [Line(written), status_table(counts)]), *views],
        outputs=lambda: AtlasOut(
            folder=folder,
            files=files,
            size_bytes=size_bytes,
            seconds=round(seconds, 1),
            cases=counts.done,
            by_status=dict(sorted(counts.by_status.items())),
            views=tuple(_views(atlas, titles)),
        ),
        grounds=Grounds(atlas.catalogue, inputs, inputs),
        rows=Rows("atlas-views", "Countries of all views of an atlas", RankedCountryRow, partial(_rows, atlas)),
    )


def _titles(atlas: Atlas) -> Iterator[str]:
    """The title of each view: what is ranked, and by what it differs from the others."""
    for view, reported in zip(atlas.views, words.differing_words(atlas.views, atlas.catalogue), strict=True):
        yield " · ".join(filter(None, (words.title_words(view), reported)))


def _views(atlas: Atlas, titles: Mapping[str, str]) -> Iterator[ViewOut]:
    for view in atlas.views:
        yield ViewOut(
            view=view.slug,
            title=titles[view.slug],
            page=atlas.page_of(view),
            csv=f"data/{atlas.csv_of(view)}",
            countries=len(view.entries),
            with_plan=len(view.planned),
        )


def _rows(atlas: Atlas) -> Iterator[RankedCountryRow]:
    for view in atlas.views:
        for row in rows_of(view, atlas.catalogue):
            yield RankedCountryRow(view=view.slug, **row.model_dump())


def _blocks_of(atlas: Atlas, view: View) -> Iterator[Line | Table]:
    """What a view comes to, and the first places of its ranking."""
    yield Line(" · ".join(words.question_words(view, atlas.catalogue)))
    yield from map(Line, summary_words(view, atlas.catalogue))
    heads = [right(say("rank")), left(say("country")), left(say("plan"))]
    heads += [right(say("cost")), right(say("days")), right(say("peak MW")), left(say("what binds"))]
    cells = [
        (
            str(found.rank),
            country_words(atlas.catalogue.countries[found.code]),
            words.plan_words(found, atlas.catalogue),
            words.cost_words(found),
            found.row["days"],
            words.mw_words(found),
            words.binding_words(found, view.objective),
        )
        for found in view.planned[:MOST_RANKED]
    ]
    if cells:
        yield Table(heads, cells)
    if len(view.planned) > MOST_RANKED:
        yield Line(say("Shown: the first {top} places.", top=MOST_RANKED))
    if without := without_plan(view, atlas.catalogue):
        yield Table(
            [left(say("countries without a plan")), left(say("reason")), left(say("any one of these is enough"))],
            [
                (
                    ", ".join(one["name"] for one in links(alike.entries, atlas.catalogue)),
                    alike.reason or words.cause_words(alike.cause),
                    "; ".join(alike.needs()),
                )
                for alike in without
            ],
        )
