"""What to look up next of one country: the cells that are missing or estimates, and the flags that state them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from pydantic import ConfigDict, RootModel

from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.answers.form.shapes import CellDigits, Shape, cell, entry, like
from optimizer.answers.words.common_words import date_words
from optimizer.answers.words.figure_words import in_place_of, substitute_words
from optimizer.answers.words.place_words import of_country
from optimizer.case.cooling import hall_in
from optimizer.catalogue import Catalogue
from optimizer.catalogue.power_facts import power_facts
from optimizer.catalogue.power_tables import power_tables
from optimizer.catalogue.source_licences import licence_of
from optimizer.domain import COUNTRY_PARAMETERS
from optimizer.domain.base import Sourced, unit_of
from optimizer.reference.gaps import BY_TAX, OF_FIELD, DecisiveRow, grade_words, skipped_words
from optimizer.reference.gaps_beside import law_lines, unusual
from optimizer.uncertainty.gaps import Gaps, default_taxes
from optimizer.uncertainty.spreads import Spread
from optimizer.units.language import local_number, say, unit_words
from optimizer.units.records import dataclass


class CountryGapRow(Shape):
    """A cell of a country that decides its answers."""

    country: str = entry("ISO 3166-1 alpha-2 code")
    figure: str = entry("column of the figure; pue:liquid: of halls with liquid cooling, where accelerators need them")
    table: str = entry("table of the data")
    value: CellDigits | None = cell("its value; empty where it is missing")
    unit: str = like(DecisiveRow, "unit")
    low: CellDigits | None = cell("low end of its range; empty where there is none")
    high: CellDigits | None = cell("high end of its range")
    grade: str = entry("missing, estimate or with a source")
    as_of: str = like(Sourced, "as_of")
    source: str = like(Sourced, "source")
    licence: str = like(DecisiveRow, "licence")
    flag: str = entry("the flag that states it; --pack: a country pack")
    decides: int | None = cell("cases of the grid in which it decides the answer", "cases")
    used_instead: str = entry("what an answer uses where no figure of the country was published; empty where one was")


class CountryGapsOut(RootModel[tuple[CountryGapRow, ...]]):
    """The cells, those that decide most first."""

    model_config = ConfigDict(frozen=True)


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
    decides |= {OF_FIELD.get(field, field): count for field, count in Counter(f for f, _ in found.lacking).items()}
    moved = {item.name: item.given.spreads for item in found.figures}
    rows = [_country_row(catalogue, code, at, decides, moved) for at in _cells(code, catalogue, flags)]
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
            Section(say("Used where no figure was published"), list(map(Line, _country_used(rows)))),
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
    for way in dict.fromkeys(row.cooling for row in catalogue.cooling.values()):
        if (hall := hall_in(code, way, catalogue)) is not None:
            yield CountryCell(hall, "cooling", "pue", f"pue:{way}", flags.get("pue", "--pack"))
    for tax in default_taxes(code, catalogue):
        for column, field in BY_TAX.items():
            yield CountryCell(tax, "tax_regimes", column, column, flags.get(field, "--pack"))


def _country_used(rows: Sequence[CountryGapRow]) -> Iterator[str]:
    """What stands in for each figure that nobody published of the country, or that it stays without."""
    for how in dict.fromkeys(row.used_instead for row in rows if row.used_instead):
        figures = ", ".join(row.figure for row in rows if row.used_instead == how)
        yield say("{figures}: {how}", figures=figures, how=how)


def _country_row(
    catalogue: Catalogue, code: str, at: CountryCell, decides: Mapping[str, int], moved: Mapping[str, Sequence[Spread]]
) -> CountryGapRow:
    """A figure of the country; its range is that of its row, else the usual one over which it was moved."""
    low, high = at.row.range_of(at.column) or (None, None)
    if low is None and len(moved.get(at.input_name, ())) == 1:
        low, high = moved[at.input_name][0].low, moved[at.input_name][0].high
    of_figure = {"low": low, "high": high, "decides": decides.get(at.input_name), "flag": at.flag}
    figure = at.input_name if at.table == "cooling" else at.column  # next to the pue of halls that are cooled by air
    return _cell_row(catalogue, code, at.table, figure, at.row, at.column, **of_figure)


def _cell_row(
    catalogue: Catalogue, code: str, table: str, figure: str, row: Sourced, column: str, **more: Any
) -> CountryGapRow:
    """A figure that is in a column of a row of the data, with its grade, date and source."""
    value = getattr(row, column)
    source = "" if value is None else row.source_of(column)
    known = "estimate" if row.is_estimate(column) or row.has_no_source else "with a source"
    found = {
        "value": value,
        "unit": unit_of(type(row).model_fields[column]),
        "grade": "missing" if value is None else known,
        "as_of": "" if value is None else row.date_of(column),
        "source": source,
        "licence": licence_of(catalogue, source),
        "used_instead": in_place_of(column) if value is None else substitute_words(row, column),
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
            catalogue, code, "offers", f"rent of {offer.accelerator}", offer, "usd_per_hour", unit="USD/h", **of_figure
        )
    if not offers:
        nothing = {"country": code, "table": "offers", "grade": "missing", "as_of": "", "source": "", "licence": ""}
        yield CountryGapRow(
            **nothing, unit="USD/h", figure="rent", flag=flags["rent"], used_instead=in_place_of("rent")
        )


def _system_rows(code: str, catalogue: Catalogue) -> Iterator[CountryGapRow]:
    """What only the feeding of a site and the checks of a plan read: the power system, its outages, the sun."""
    for fact in power_facts(catalogue, code):
        flag = _SUPPLY_FLAGS.get(fact.quantity, "")
        yield _cell_row(catalogue, code, "power_systems", fact.quantity, fact, "value", unit=fact.unit, flag=flag)
    if not (catalogue.folder / "solar_yield.csv").is_file():  # a data folder of your own may have none of them
        return
    survey = power_tables(catalogue).outages.get(code)
    for column in ("firms_with_outages", "sales_lost", "load_shedding_hours"):
        if survey is not None and getattr(survey, column) is not None:
            yield _cell_row(catalogue, code, "outages", column, survey, column, flag=_SUPPLY_FLAGS.get(column, ""))
    sun = power_tables(catalogue).solar.get(code)
    if sun is not None:
        unit, column = "kWh/kWp a day", "pvout_kwh_per_kwp_day"
        yield _cell_row(catalogue, code, "solar_yield", column, sun, column, unit=unit, flag=_SUPPLY_FLAGS[column])


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
            *(
                row.figure,
                say("not known") if row.value is None else local_number(f"{row.value:f}"),
                unit_words(row.unit),
            ),
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
    return (
        ""
        if low is None or high is None
        else say("{low} to {high}", low=local_number(f"{low:f}"), high=local_number(f"{high:f}"))
    )


def _country_next(rows: Sequence[CountryGapRow], found: Gaps) -> Iterator[str]:
    """What to look up: first what decides, the most decisive first; then, named as such, what does not."""
    of = len(found.cases)
    deciding = [row for row in rows if row.decides and row.grade != "with a source"]
    for row in deciding:
        reported = {"figure": row.figure, "decides": row.decides, "of": of, "flag": row.flag}
        if row.grade == "missing":
            yield say("{figure} is not known and decides {decides} of {of} answers: state it with {flag}", **reported)
        else:
            yield say(
                "{figure} is an estimate that decides {decides} of {of} answers: state yours with {flag}", **reported
            )
    if not deciding and found.planned:
        yield say("No missing or estimated figure of this country decides any of {of} answers", of=of)
    if idle := [row.figure for row in rows if row.decides == 0 and row.grade == "estimate"]:
        yield say("Estimates that decide none of them, at either end: {figures}", figures=", ".join(idle))
    for row in rows:
        if row.grade == "missing" and not row.decides:
            words = {"figure": row.figure, "flag": row.flag}
            yield say("{figure} is not known: no answer waits for it, though one may change with it ({flag})", **words)
    if found.skipped:
        yield skipped_words(found)
    elif not found.planned:
        yield say("No plan at central values in any of {of} cases: optimizer explain says why", of=len(found.cases))
