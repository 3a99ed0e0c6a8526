"""What to look up next: figures that decide most answers; of a country the cells that are missing or estimates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Any, Literal

from pydantic import ConfigDict, RootModel

from optimizer.answers.document import Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.answers.place_words import of_country
from optimizer.answers.shapes import CellDigits, Shape, cell, entry, like
from optimizer.answers.words import date_words
from optimizer.catalogue import Catalogue
from optimizer.catalogue.power_facts import power_facts
from optimizer.catalogue.power_tables import power_tables
from optimizer.domain import COUNTRY_PARAMETERS, TaxRegime
from optimizer.domain.base import Sourced, unit_of
from optimizer.domain.chip_class import in_force
from optimizer.reference.gaps_beside import law_lines, unusual
from optimizer.uncertainty.gaps import Decisive, Gaps, rows_behind
from optimizer.uncertainty.spreads import UncertainInput
from optimizer.units.language import say
from optimizer.units.records import dataclass

SHOWN = 20
"""Figures that a terminal shows; JSON and CSV have all that move anything."""
Grade = Literal["missing", "estimate", "with a source"]
_OF_FIELD = {"import_duty": "duty"}
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
    grade: str = entry("estimate if one of its figures or of its ends is one, else with a source")
    where: str = entry("where it stands: table and column, separated by ;")
    source: str = entry("where its figures come from, separated by |")
    as_of: str = entry("oldest date of them")
    in_cases: str = entry("the cases in which it decides, separated by ;")


class CountryGapRow(Shape):
    """A cell of a country that decides its answers."""

    country: str = entry("ISO 3166-1 alpha-2 code")
    figure: str = entry("column of the figure")
    table: str = entry("table of the data")
    value: CellDigits | None = cell("its value; empty where it is missing")
    unit: str = like(DecisiveRow, "unit")
    low: CellDigits | None = cell("low end of its range; empty where there is none")
    high: CellDigits | None = cell("high end of its range")
    grade: str = entry("missing, estimate or with a source")
    as_of: str = like(Sourced, "as_of")
    source: str = like(Sourced, "source")
    flag: str = entry("the flag that states it; --pack: a country pack")
    decides: int | None = cell("cases of the grid in which it decides the answer", "cases")


class GapsOut(RootModel[tuple[DecisiveRow, ...]]):
    """The figures, the most decisive first."""

    model_config = ConfigDict(frozen=True)


class CountryGapsOut(RootModel[tuple[CountryGapRow, ...]]):
    """The cells, those that decide most first."""

    model_config = ConfigDict(frozen=True)


def document(found: Gaps, catalogue: Catalogue) -> Document:
    """The figures over the whole grid."""
    rows = [_row(item, catalogue) for item in found.figures if item.moved or item.swings]
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
        said.append(say("Not looked at: {cases}", cases=", ".join(found.skipped)))
    return Document(
        question="data gaps",
        title=say("Figures that decide most answers"),
        sections=[
            Section("", [*map(Line, said), _table(rows[:SHOWN])]),
            Section(say("Look up next"), list(map(Line, _next(rows)))),
        ],
        outputs=partial(GapsOut, tuple(rows)),
        grounds=Grounds(catalogue, {}, {}),
        rows=Rows("decisive", "Figures that decide most answers", DecisiveRow, partial(iter, rows)),
    )


def _row(item: Decisive, catalogue: Catalogue) -> DecisiveRow:
    behind = rows_behind(item.given, catalogue)
    sources = dict.fromkeys(part for at, row in behind for part in row.source_of(at.column).split(" | "))
    return DecisiveRow(
        figure=item.name,
        unit=item.given.unit,
        decides=len(item.moved),
        of=item.asked,
        median_swing=round(median(item.swings), 4) if item.swings else None,
        low=_ends(item.given, "low"),
        central=_ends(item.given, "central"),
        high=_ends(item.given, "high"),
        grade=_grade(item.given, [row.is_estimate(at.column) for at, row in behind]),
        where=";".join(dict.fromkeys(at.stands_in for at, _ in behind)),
        source=" | ".join(sources),
        as_of=min((row.date_of(at.column) for at, row in behind), default=""),
        in_cases=";".join(item.moved),
    )


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
    if len(lows) > 1 or len(highs) > 1:
        return say("{count} ranges", count=max(len(lows), len(highs)))
    return say("{low} to {high}", low=row.low, high=row.high)


def _next(rows: Sequence[DecisiveRow]) -> Iterator[str]:
    """What a published figure would settle, in the order in which it pays; nothing that decides nothing."""
    for row in rows:
        told = {"figure": row.figure, "where": row.where, "decides": row.decides, "of": row.of}
        if row.decides and row.grade == "estimate":
            yield say("{figure} ({where}): an estimate that decides {decides} of {of} answers", **told)
        elif row.decides:
            yield say("{figure} ({where}): it has a source, and its range decides {decides} of {of} answers", **told)


def grade_words(grade: str) -> str:
    """A grade in the language that is spoken."""
    return {"missing": say("missing"), "estimate": say("estimate"), "with a source": say("with a source")}[grade]


@dataclass(frozen=True)
class CountryCell:
    """A cell of a country, and the input of the doubts that moves it."""

    row: Sourced
    table: str
    column: str
    input_name: str
    flag: str


def country_document(code: str, found: Gaps, catalogue: Catalogue, flags: Mapping[str, str]) -> Document:
    """The decisive cells of a country: which are missing or estimates, and the flag that states each.

    Args:
        code: of the country.
        found: the grid of that country alone.
        catalogue: the data.
        flags: by field of a case, its flag.
    """
    decides = {item.name: len(item.moved) for item in found.figures}
    decides |= {_OF_FIELD.get(field, field): count for field, count in Counter(f for f, _ in found.lacking).items()}
    rows = [_country_row(code, at, decides) for at in _cells(code, catalogue, flags)]
    rows += [*_hire_rows(code, catalogue, flags, decides), *_system_rows(code, catalogue)]
    order = ("missing", "estimate", "with a source")
    rows.sort(key=lambda row: (-(row.decides or 0), order.index(row.grade), row.figure))
    asked = {"country": code}
    return Document(
        question="data gaps",
        title=say("Figures {of_country} that decide its answers", of_country=of_country(catalogue.countries[code])),
        sections=[
            Section("", [*map(Line, law_lines(code, found, catalogue)), _country_table(rows, catalogue.as_of)]),
            Section(say("Unusual: check before use"), list(map(Line, unusual(code, catalogue)))),
            Section(say("Look up next"), list(map(Line, _country_next(rows, found)))),
        ],
        outputs=partial(CountryGapsOut, tuple(rows)),
        grounds=Grounds(catalogue, asked, asked),
        rows=Rows("country-gaps", "Figures of a country that decide its answers", CountryGapRow, partial(iter, rows)),
    )


def _cells(code: str, catalogue: Catalogue, flags: Mapping[str, str]) -> Iterator[CountryCell]:
    country = catalogue.countries[code]
    for name, column in COUNTRY_PARAMETERS.items():
        yield CountryCell(country, "countries", column, name, flags.get(name, "--pack"))
    yield CountryCell(country, "countries", "grid_carbon_g_per_kwh", "grid_carbon_g_per_kwh", "--pack")
    yield CountryCell(country, "countries", "medium_voltage_limit_mw", "medium_voltage_limit_mw", "--pack")
    for tax in catalogue.tax_regimes:
        if tax.country == code and tax.is_default and _holds(tax, catalogue.as_of):
            for column, field in BY_TAX.items():
                yield CountryCell(tax, "tax_regimes", column, column, flags.get(field, "--pack"))


def _holds(tax: TaxRegime, day: str) -> bool:
    return in_force(tax.effective_from or "", tax.effective_to, day)


def _country_row(code: str, at: CountryCell, decides: Mapping[str, int]) -> CountryGapRow:
    low, high = at.row.range_of(at.column) or (None, None)
    of_figure = {"low": low, "high": high, "decides": decides.get(at.input_name), "flag": at.flag}
    return _cell_row(code, at.table, at.column, at.row, at.column, **of_figure)


def _cell_row(code: str, table: str, figure: str, row: Sourced, column: str, **more: Any) -> CountryGapRow:
    """A figure that is in a column of a row of the data, with its grade, date and source."""
    value = getattr(row, column)
    known = "estimate" if row.is_estimate(column) or row.has_no_source else "with a source"
    found = {
        "value": value,
        "unit": unit_of(type(row).model_fields[column]),
        "grade": "missing" if value is None else known,
        "as_of": "" if value is None else row.date_of(column),
        "source": row.source_of(column),
    }
    return CountryGapRow(country=code, figure=figure, table=table, **{**found, **more})


def _hire_rows(
    code: str, catalogue: Catalogue, flags: Mapping[str, str], decides: Mapping[str, int]
) -> Iterator[CountryGapRow]:
    """The offers to rent, one row each; one row that says so where there is none."""
    offers = [offer for (country, _), offer in catalogue.hire.items() if country == code]
    for offer in offers:
        ends = {"low": offer.usd_low_per_hour, "high": offer.usd_high_per_hour}
        of_figure = {**ends, "decides": decides.get(f"rent:{offer.accelerator}"), "flag": flags["rent"]}
        yield _cell_row(
            code, "offers", f"rent of {offer.accelerator}", offer, "usd_per_hour", unit="USD/h", **of_figure
        )
    if not offers:
        nothing = {"country": code, "table": "offers", "grade": "missing", "as_of": "", "source": ""}
        yield CountryGapRow(**nothing, figure="rent", unit="USD/h", flag=flags["rent"])


def _system_rows(code: str, catalogue: Catalogue) -> Iterator[CountryGapRow]:
    """What only the feeding of a site and the checks of a plan read: the power system, its outages, the sun."""
    for fact in power_facts(catalogue, code):
        flag = _SUPPLY_FLAGS.get(fact.quantity, "")
        yield _cell_row(code, "power_systems", fact.quantity, fact, "value", unit=fact.unit, flag=flag)
    if not (catalogue.folder / "solar_yield.csv").is_file():  # a data folder of your own may have none of them
        return
    survey = power_tables(catalogue).outages.get(code)
    for column in ("firms_with_outages", "sales_lost", "load_shedding_hours"):
        if survey is not None and getattr(survey, column) is not None:
            yield _cell_row(code, "outages", column, survey, column, flag=_SUPPLY_FLAGS.get(column, ""))
    sun = power_tables(catalogue).solar.get(code)
    if sun is not None:
        unit, column = "kWh/kWp a day", "pvout_kwh_per_kwp_day"
        yield _cell_row(code, "solar_yield", column, sun, column, unit=unit, flag=_SUPPLY_FLAGS[column])


_SUPPLY_FLAGS = {
    "pvout_kwh_per_kwp_day": "--pv-yield",
    "load_shedding_hours": "--random-outages",
    "outages_per_month": "--random-outages",
}
"""The flags that state what these tables have."""


def _country_table(rows: Sequence[CountryGapRow], today: str) -> Table:
    columns = [left(say("figure")), right(say("value")), left(say("unit")), left(say("range")), left(say("grade"))]
    columns += [left(say("date")), right(say("decides")), left(say("state it with"))]
    cells = [
        (
            *(row.figure, say("not known") if row.value is None else f"{row.value:f}", row.unit),
            _range(row.low, row.high),
            grade_words(row.grade),
            date_words(row.as_of, today),
            say("no range") if row.decides is None else str(row.decides),
            row.flag,
        )
        for row in rows
    ]
    return Table(columns, cells)


def _range(low: Decimal | None, high: Decimal | None) -> str:
    return "" if low is None or high is None else say("{low} to {high}", low=f"{low:f}", high=f"{high:f}")


def _country_next(rows: Sequence[CountryGapRow], found: Gaps) -> Iterator[str]:
    """What to look up: first what decides, the most decisive first; then, named as such, what does not."""
    of = len(found.cases)
    deciding = [row for row in rows if row.decides and row.grade != "with a source"]
    for row in deciding:
        told = {"figure": row.figure, "decides": row.decides, "of": of, "flag": row.flag}
        if row.grade == "missing":
            yield say("{figure} is not known and decides {decides} of {of} answers: state it with {flag}", **told)
        else:
            yield say("{figure} is an estimate that decides {decides} of {of} answers: state yours with {flag}", **told)
    if not deciding and found.planned:
        yield say("No missing or estimated figure of this country decides any of {of} answers", of=of)
    if idle := [row.figure for row in rows if row.decides == 0 and row.grade == "estimate"]:
        yield say("Estimates that decide none of them, at either end: {figures}", figures=", ".join(idle))
    for row in rows:
        if row.grade == "missing" and not row.decides:
            words = {"figure": row.figure, "flag": row.flag}
            yield say("{figure} is not known: no answer waits for it, though one may change with it ({flag})", **words)
    if found.skipped:
        yield say("Not looked at, as a figure is missing: {cases}", cases=", ".join(found.skipped))
    elif not found.planned:
        yield say("No plan at central values in any of {of} cases: optimizer explain says why", of=len(found.cases))
