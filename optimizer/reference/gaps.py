"""What to look up next: the figures that decide most answers over a grid of cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from statistics import median
from typing import Literal

from pydantic import ConfigDict, RootModel

from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.answers.form.envelope import FigureOut
from optimizer.answers.form.shapes import Shape, cell, entry, like
from optimizer.answers.words.figure_words import in_place_of
from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import licence_of
from optimizer.domain import COUNTRY_PARAMETERS, Country, TaxRegime
from optimizer.domain.base import unit_of
from optimizer.reference.gaps_beside import substitutes
from optimizer.uncertainty.gaps import Decisive, Gaps, rows_behind
from optimizer.uncertainty.spreads import UncertainInput
from optimizer.units.language import local_number, say

SHOWN = 20
"""Figures that a terminal shows; JSON and CSV have all that move anything."""
Grade = Literal["missing", "estimate", "with a source"]
OF_FIELD = {"import_duty": "duty"}
"""Field of a case -> the column that it states, where they differ."""
BY_TAX = {"duty": "import_duty", "vat": "", "vat_recoverable": ""}
"""Columns of a tax regime that decide what a server costs -> the field of a case that states it."""


class DecisiveRow(Shape):
    """A figure, or several that move together, and how often it decides an answer of the grid."""

    figure: str = entry("name of the figure, as sensitivity has it")
    unit: str = entry("its unit")
    decides: int = entry(
        "cases in which another kind of server, or no plan, is the answer at an end of its range", "cases"
    )
    of: int = entry("cases in which it is uncertain", "cases")
    median_swing: float | None = cell(
        "median swing of the cost from end to end, as a share of the central cost", "share"
    )
    low: str = entry("low ends of its range, separated by ;")
    central: str = entry("central values")
    high: str = entry("high ends")
    grade: str = entry("missing, estimate if one of its figures or of its ends is one, or with a source")
    where: str = entry("where it stands: table and column, separated by ;")
    source: str = entry("where its figures come from, separated by |")
    licence: str = like(FigureOut, "licence")
    as_of: str = entry("oldest date of them")
    in_cases: str = entry("the cases in which it decides, separated by ;")
    used_instead: str = entry(
        "what answers use where no figure was published, with the countries, separated by ;; empty where one was"
    )


class GapsOut(RootModel[tuple[DecisiveRow, ...]]):
    """The figures, the most decisive first."""

    model_config = ConfigDict(frozen=True)


def document(found: Gaps, catalogue: Catalogue) -> Document:
    """The figures over the whole grid: those that are missing first, as no answer is given without them."""
    rows = [*_missing_rows(found), *(_row(item, catalogue) for item in found.figures if item.moved or item.swings)]
    countries = ", ".join(dict.fromkeys(case.country or "" for case in found.cases))
    said = [
        say(
            "{cases} cases ({countries}; 1 MW in 120 days, 5 MW in 365 days), each figure alone at both ends of its"
            " range. A figure decides where another kind of server, or no plan, is then the answer.",
            cases=len(found.cases),
            countries=countries,
        )
    ]
    if found.skipped:
        said.append(skipped_words(found))
    return Document(
        question="data gaps",
        title=say("Figures that decide most answers"),
        sections=[
            Section("", [*map(Line, said), _table(rows[:SHOWN])]),
            Section(say("Look up next"), list(map(Line, _next(rows)))),
            Section(say("Used where no figure was published"), list(map(Line, _used(rows)))),
        ],
        outputs=partial(GapsOut, tuple(rows)),
        grounds=Grounds(catalogue, {}, {}),
        rows=Rows("decisive", "Figures that decide most answers", DecisiveRow, partial(iter, rows)),
    )


def skipped_words(found: Gaps) -> str:
    """The cases in which only the missing figure was found."""
    return say(
        "No plan can be made without the missing figure, so no other figure was moved: {cases}",
        cases=", ".join(found.skipped),
    )


def _missing_rows(found: Gaps) -> Iterator[DecisiveRow]:
    """Every figure that is not known and keeps cases from a plan."""
    for lacked in dict.fromkeys(name for name, _ in found.lacking):
        cases = [case for name, case in found.lacking if name == lacked]
        figure = OF_FIELD.get(lacked, lacked)
        table = "tax_regimes" if figure in BY_TAX else "countries"
        column = COUNTRY_PARAMETERS.get(figure, figure)
        codes = dict.fromkeys(case.partition(" ")[0] for case in cases)
        yield DecisiveRow(
            figure=figure,
            unit=unit_of((TaxRegime if figure in BY_TAX else Country).model_fields[column]),
            decides=len(cases),
            of=len(found.cases),
            low="",
            central="",
            high="",
            grade="missing",
            where=f"{table}.{column}",
            source="",
            licence="",
            as_of="",
            in_cases=";".join(cases),
            used_instead=say("{how}: {codes}", how=in_place_of(column), codes=", ".join(codes)),
        )


def _row(item: Decisive, catalogue: Catalogue) -> DecisiveRow:
    behind = rows_behind(item, catalogue)
    parts = dict.fromkeys(part for at in behind for part in at.row.source_of(at.column).split(" | "))
    source = " | ".join(parts)
    return DecisiveRow(
        figure=item.name,
        unit=item.given.unit,
        decides=len(item.moved),
        of=item.asked,
        median_swing=round(median(item.swings), 4) if item.swings else None,
        low=_ends(item.given, "low"),
        central=_ends(item.given, "central"),
        high=_ends(item.given, "high"),
        grade=_grade(item.given, [at.row.is_estimate(at.column) for at in behind]),
        where=";".join(dict.fromkeys(at.where for at in behind)),
        source=source,
        licence=licence_of(catalogue, source),
        as_of=min((at.row.date_of(at.column) for at in behind), default=""),
        in_cases=";".join(item.moved),
        used_instead=substitutes(behind),
    )


def _used(rows: Sequence[DecisiveRow]) -> Iterator[str]:
    """What stands in for figures that nobody published."""
    for row in rows:
        for reported in filter(None, row.used_instead.split(";")):
            yield say("{figure}: {text}", figure=row.figure, text=reported)


def _ends(given: UncertainInput, end: str) -> str:
    return ";".join(dict.fromkeys(f"{getattr(spread, end).normalize():f}" for spread in given.spreads))


def _grade(given: UncertainInput, estimates: Sequence[bool]) -> Grade:
    return "estimate" if given.estimate or any(estimates) else "with a source"


def _table(rows: Sequence[DecisiveRow]) -> Table:
    columns = [
        left(say("figure")),
        right(say("decides")),
        right(say("of")),
        right(say("cost moves")),
        left(say("range")),
    ]
    columns += [left(say("grade")), left(say("is in"))]
    cells = [
        (
            *(row.figure, str(row.decides), str(row.of)),
            "" if row.median_swing is None else say("{share:.0f} %", share=100 * row.median_swing),
            _span(row),
            grade_words(row.grade),
            row.where.partition(";")[0],
        )
        for row in rows
    ]
    return Table(columns, cells)


def _span(row: DecisiveRow) -> str:
    """The range in a few characters; of figures with many ranges, how many."""
    lows, highs = row.low.split(";"), row.high.split(";")
    if row.grade == "missing":
        return say("not known")
    if len(lows) > 1 or len(highs) > 1:
        return say("{count} ranges", count=max(len(lows), len(highs)))
    return say("{low} to {high}", low=local_number(row.low), high=local_number(row.high))


def _next(rows: Sequence[DecisiveRow]) -> Iterator[str]:
    """What a published figure would settle, in the order in which it pays; nothing that decides nothing."""
    for row in rows:
        reported = {"figure": row.figure, "where": row.where, "decides": row.decides, "of": row.of}
        if row.grade == "missing":
            yield say("{figure} ({where}): not known, and {decides} of {of} answers wait for it", **reported)
        elif row.decides and row.grade == "estimate":
            yield say("{figure} ({where}): an estimate that decides {decides} of {of} answers", **reported)
        elif row.decides:
            yield say(
                "{figure} ({where}): it has a source, and its range decides {decides} of {of} answers", **reported
            )


def grade_words(grade: str) -> str:
    """A grade in the language that is spoken."""
    return {"missing": say("missing"), "estimate": say("estimate"), "with a source": say("with a source")}[grade]
