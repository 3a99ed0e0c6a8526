"""The page of a country: its plan in figures, what binds it, why it has none, and what it rests on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from optimizer.answers.numbers import round_parts, tonnes, up_to_digits, usd
from optimizer.answers.words import TERMS, days
from optimizer.catalogue import Catalogue
from optimizer.domain import Country
from optimizer.domain.base import unit_of
from optimizer.service.fields import FLAG_OF
from optimizer.units.language import say
from optimizer.web.atlas import words
from optimizer.web.atlas.views import Entry, View


def country_parts(entry: Entry, view: View, catalogue: Catalogue) -> Mapping[str, Any]:
    """An answer for a country, in parts."""
    planned = entry.measure is not None
    return {
        "planned": planned,
        "plan": words.plan_words(entry, catalogue) if planned else words.cause_words(entry.cause),
        "facts": list(_facts(entry, view, catalogue)) if planned else list(_enough(entry)),
        "costs": list(_costs(entry)) if planned else [],
        "reason": words.reason_words(entry, catalogue),
        "undecided": "" if planned or entry.cause else entry.row["reason"],
        "figures": list(_figures(catalogue.countries[entry.code])),
        "sources": catalogue.countries[entry.code].addresses(),
        "sources_words": say("Sources, {day}:", day=catalogue.countries[entry.code].as_of),
        "command": shlex.join(["optimizer", "plan", *_flags(entry, view)]),
    }


def _facts(entry: Entry, view: View, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    yield say("days"), days(int(entry.number("days") or 0))
    yield say("cost at central values"), words.money(entry.number("cost_usd"))
    if told := words.odds_words(entry):
        yield say("expected cost (P10 to P90)"), told
    if told := words.met_words(entry):
        yield say("draws in which every limit holds"), told
    yield say("peak power"), f"{words.mw_words(entry)} MW"
    energy, carbon = (Fraction(entry.row[name] or 0) for name in ("energy_gwh", "carbon_t"))
    yield say("energy"), say("{value:,} GWh", value=up_to_digits(energy, 3))
    yield say("emissions"), say("{value:,} tCO2e", value=tonnes(carbon))
    yield say("binding limits"), words.binding_words(entry, view.objective) or say("none")
    if provider := entry.row["rent_provider"]:
        yield say("rented from"), f"{provider}, {entry.row['rent_region']} ({entry.row['rent_as_of']})"
    yield say("export rule"), entry.row["export_rule"]
    if checks := words.grid_words(entry, catalogue):
        yield say("check first"), "; ".join(checks)
    grade = entry.row["evidence_grade"]
    yield say("weakest evidence"), say(words.GRADES[grade]) if grade in words.GRADES else grade
    yield say("proof"), words.PROOFS[entry.row["proof"]]


def _enough(entry: Entry) -> Iterator[tuple[str, str]]:
    if told := words.need_words(entry):
        yield say("any one of these is enough"), told


def _costs(entry: Entry) -> Iterator[tuple[str, str]]:
    """The parts of the cost that are not nothing."""
    numbers = {term: entry.number(f"cost_{term}_usd") for term in TERMS}
    parts = {term: Fraction(str(number)) for term, number in numbers.items() if number}
    for term, value in round_parts(parts, 0).items():
        yield TERMS[term], usd(Fraction(value))


def _figures(country: Country) -> Iterator[Mapping[str, Any]]:
    """The figures that decide, each with its grade, its date, and the places of its sources in the list of them."""
    addresses = country.addresses()
    for column, name in words.FIGURES.items():
        value = getattr(country, column)
        span = country.range_of(column)
        sources = country.source_of(column).split(" | ")
        yield {
            "name": say(name),
            "value": say("not known") if value is None else _value_words(country, column),
            "range": "" if span is None else say("{low:f} to {high:f}", low=span[0], high=span[1]),
            "grade": "" if value is None else say("estimate") if country.is_estimate(column) else say("with a source"),
            "as_of": "" if value is None else country.date_of(column),
            "sources": [] if value is None else [addresses.index(each) + 1 for each in sources if each in addresses],
        }


def _value_words(country: Country, column: str) -> str:
    """A figure with its unit; a share a year in per cent, a ratio as it is."""
    value, unit = getattr(country, column), unit_of(type(country).model_fields[column])
    if unit == "1/year":
        return say("{value:.2f} % a year", value=100 * value)
    if unit == "ratio":
        return say("{value:,f}", value=value)
    return say("{value:,f} {unit}", value=value, unit=words.UNIT_WORDS.get(unit, unit))


def _flags(entry: Entry, view: View) -> Iterator[str]:
    """The flags of the command that solves the same case alone."""
    yield from ("--country", entry.code)
    for column, cell in view.cells.items():
        if cell and column in FLAG_OF:
            yield from (FLAG_OF[column],) if column == "assume_hire" else (FLAG_OF[column], cell)
