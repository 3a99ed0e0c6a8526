"""The page of a country: its plan in figures, what binds it, why it has none, and what it rests on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from optimizer.answers.none_words import stated_flags
from optimizer.answers.numbers import gigawatt_hours, round_parts, tonnes, usd
from optimizer.answers.row_words import none_of
from optimizer.answers.words import TERMS, date_words, days
from optimizer.case.taxes import customs_day, tax_on
from optimizer.catalogue import Catalogue
from optimizer.domain import COUNTRY_PARAMETERS, Case, TaxRegime
from optimizer.domain.base import Sourced, unit_of
from optimizer.domain.reasons import Cause
from optimizer.service.fields import FLAG_OF
from optimizer.solve.obstacle import usual_figures
from optimizer.units.language import local_number, say
from optimizer.web.atlas import words
from optimizer.web.atlas.views import Entry, View
from optimizer.web.atlas.without import enough_words, meaning_words


def country_parts(entry: Entry, view: View, catalogue: Catalogue) -> Mapping[str, Any]:
    """An answer for a country, in parts."""
    planned = entry.measure is not None
    country, tax, day = catalogue.countries[entry.code], _tax(entry, view, catalogue), catalogue.as_of
    sources = list(dict.fromkeys((*country.addresses(), *(tax.addresses() if tax else ()))))
    return {
        "planned": planned,
        "plan": words.plan_words(entry, catalogue) if planned else words.reason_words(entry, catalogue),
        "facts": list(_facts(entry, view, catalogue)) if planned else list(_enough(entry)),
        "costs": list(_costs(entry)) if planned else [],
        "undecided": "" if planned or entry.cause else entry.row["reason"],
        "means": "" if planned else meaning_words(entry, catalogue),
        "figures": [*_figures(country, words.FIGURES, sources, day), *(_tax_figures(tax, sources, day) if tax else ())],
        "sources": sources,
        "sources_words": say("Sources, {day}:", day=country.as_of),
        "command": shlex.join(["optimizer", "plan", *_flags(entry, view)]),
        "example": _example(entry, view, catalogue),
    }


def _example(entry: Entry, view: View, catalogue: Catalogue) -> str:
    """The command with every figure stated that is not known; empty where something else decides, or no flag does."""
    fields = [why.remedy for why in none_of(entry.row, None, catalogue).figures] if entry.cause is Cause.DATA else []
    if not fields or not {"import_duty", *COUNTRY_PARAMETERS}.issuperset(fields) or not set(fields) <= FLAG_OF.keys():
        return ""
    usual = usual_figures(catalogue)
    stated = stated_flags({name: usual[name] for name in fields})
    return shlex.join(["optimizer", "plan", *_flags(entry, view), *stated])


def _facts(entry: Entry, view: View, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    yield say("days"), days(int(entry.number("days") or 0))
    yield say("cost at central values"), words.cost_words(entry)
    if told := words.odds_words(entry):
        yield say("expected cost (P10 to P90)"), told
    if told := words.met_words(entry):
        yield say("draws in which every limit is met"), told
    yield say("peak power"), f"{words.mw_words(entry)} MW"
    energy, carbon = map(entry.used, ("energy_gwh", "carbon_t"))
    yield say("energy"), say("{value:,} GWh", value=gigawatt_hours(energy))
    yield say("emissions"), say("{value:,} tCO2e", value=tonnes(carbon))
    yield say("binding limits"), words.binding_words(entry, view.objective) or say("none")
    if provider := entry.row["rent_provider"]:
        yield say("rented from"), f"{provider}, {entry.row['rent_region']} ({entry.row['rent_as_of']})"
    yield say("export rule"), words.rule_words(entry.row["export_rule"], catalogue)
    if buyer := words.buyer_words(entry, catalogue):
        yield say("depends on the buyer"), " ".join(buyer)
    if checks := words.grid_words(entry, catalogue):
        yield say("check first"), "; ".join(checks)
    grade = entry.row["evidence_grade"]
    yield say("weakest evidence"), say(words.GRADES[grade]) if grade in words.GRADES else grade
    yield say("proof"), words.PROOFS[entry.row["proof"]]


def _enough(entry: Entry) -> Iterator[tuple[str, str]]:
    if told := words.need_words(entry):
        yield enough_words(entry.cause), told


def _costs(entry: Entry) -> Iterator[tuple[str, str]]:
    """The parts of the cost that are not nothing."""
    numbers = {term: entry.number(f"cost_{term}_usd") for term in TERMS}
    parts = {term: Fraction(str(number)) for term, number in numbers.items() if number}
    for term, value in round_parts(parts, 0).items():
        yield TERMS[term], usd(Fraction(value))


def _tax(entry: Entry, view: View, catalogue: Catalogue) -> TaxRegime | None:
    """The import taxes of the country on the day of delivery, as the buyer bears them; None where there are none."""
    settled = next((found.row for found in view.entries if found.row["date"]), entry.row)
    duty = view.cells.get("import_duty")
    case = Case(
        country=entry.code,
        date=settled["date"] or catalogue.as_of,
        assumptions=settled["assumptions"] or None,
        buyer=view.cells.get("buyer") or None,
        import_duty=Decimal(duty) if duty else None,
    )
    lead = catalogue.parameters.get((case.assumptions or "", "buy_lead_days"))
    day = customs_day(case, int(lead.central or 0) if lead else 0)
    return tax_on(case, view.cells.get("tax_regime") or None, day, catalogue, [])


def _tax_figures(tax: TaxRegime, addresses: Sequence[str], today: str) -> Iterator[Mapping[str, Any]]:
    """The import duty and the VAT, and what else the customs take where there is any."""
    names = {column: name for column, name in words.TAXES.items() if column in ("duty", "vat") or getattr(tax, column)}
    yield from _figures(tax, names, addresses, today)


def _figures(
    row: Sourced, names: Mapping[str, str], addresses: Sequence[str], today: str
) -> Iterator[Mapping[str, Any]]:
    """The figures that decide, each with its grade, its date, and the places of its sources in the list of them."""
    for column, name in names.items():
        value = getattr(row, column)
        span, number = row.range_of(column), partial(_number_words, unit_of(type(row).model_fields[column]))
        sources = row.source_of(column).split(" | ")
        yield {
            "name": say(name),
            "value": say("not known") if value is None else _value_words(row, column, value),
            "range": "" if span is None else say("{low} to {high}", low=number(span[0]), high=number(span[1])),
            "grade": "" if value is None else say("estimate") if row.is_estimate(column) else say("with a source"),
            "as_of": "" if value is None else date_words(row.date_of(column), today),
            "sources": [] if value is None else [addresses.index(each) + 1 for each in sources if each in addresses],
        }


def _value_words(row: Sourced, column: str, value: Decimal) -> str:
    """A figure with its unit."""
    unit = unit_of(type(row).model_fields[column])
    number = _number_words(unit, value)
    if column == "vat" and value and isinstance(row, TaxRegime):
        if row.vat_recoverable == 1:
            return say("{percent}, refunded to this buyer", percent=number)
        return say("{percent}, not refunded in full to this buyer", percent=number)
    if unit == "1/year":
        return say("{percent} a year", percent=number)
    return number if unit in ("share", "ratio") else f"{number} {words.UNIT_WORDS.get(unit, unit)}"


def _number_words(unit: str, value: Decimal) -> str:
    """A number; a share, a year's too, in per cent."""
    if unit == "1/year":
        return local_number(f"{100 * value:.2f} %")
    if unit == "share":
        return local_number(f"{(100 * value).normalize():,f} %")
    return local_number(f"{value:,f}")


def _flags(entry: Entry, view: View) -> Iterator[str]:
    """The flags of the command that solves the same case alone."""
    yield from ("--country", entry.code)
    for column, cell in view.cells.items():
        if cell and column in FLAG_OF:
            yield from (FLAG_OF[column],) if column == "assume_hire" else (FLAG_OF[column], cell)
