"""The page of a country: its plan in figures, what binds it, why it has none, and what it rests on."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from optimizer.answers.comparisons.row_words import none_of
from optimizer.answers.form.numbers import gigawatt_hours, round_parts, tonnes, usd
from optimizer.answers.words.common_words import TERMS, date_words, days
from optimizer.answers.words.figure_words import in_place_of, licence_words, source_words, substitute_words
from optimizer.answers.words.none_words import stated_flags
from optimizer.answers.words.terms_words import offer_words
from optimizer.atlas import words
from optimizer.atlas.views import Entry, View
from optimizer.atlas.without import enough_words, meaning_words
from optimizer.batch.sweep.axes import as_flags
from optimizer.case.cooling import hall_in
from optimizer.case.grades import Grade
from optimizer.case.taxes import customs_day, tax_on
from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import licence_of
from optimizer.domain import COUNTRY_PARAMETERS, Case, Cooling, Offer, TaxRegime
from optimizer.domain.base import Sourced, unit_of
from optimizer.domain.reasons import Cause
from optimizer.insight.site_grid import grid_doubts
from optimizer.solve.obstacle import usual_figures
from optimizer.units.language import local_number, say
from optimizer.units.records import dataclass


def country_parts(entry: Entry, view: View, catalogue: Catalogue) -> Mapping[str, Any]:
    """An answer for a country, in parts."""
    planned = entry.measure is not None
    country, day, figures = catalogue.countries[entry.code], catalogue.as_of, figures_of(entry, view, catalogue)
    rows = {id(figure.row): figure.row for figure in figures}.values()
    sources = list(dict.fromkeys(address for row in rows for address in row.addresses()))
    return {
        "planned": planned,
        "plan": words.plan_words(entry, catalogue) if planned else words.reason_words(entry, catalogue),
        "facts": list(_facts(entry, view, catalogue)) if planned else list(_enough(entry)),
        "costs": list(_costs(entry)) if planned else [],
        "fault": words.fault_words(entry, view, catalogue),
        "undecided": "" if planned or entry.cause else entry.row["reason"],
        "means": "" if planned else meaning_words(entry, catalogue),
        "figures": [_cells(figure, planned, sources, day) for figure in figures],
        "sources": [(source, licence_words(licence_of(catalogue, source))) for source in sources],
        "sources_words": say("Sources, {day}:", day=country.as_of),
        "command": _command(entry, view),
        "example": _example(entry, view, catalogue),
    }


def _example(entry: Entry, view: View, catalogue: Catalogue) -> str:
    """The command with every figure stated that is not known; empty where something else decides, or no flag does."""
    fields = [why.remedy for why in none_of(entry.row, None, catalogue).figures] if entry.cause is Cause.DATA else []
    own = {"import_duty", *COUNTRY_PARAMETERS} & Case.model_fields.keys()
    if not fields or not own.issuperset(fields):
        return ""
    usual = usual_figures(catalogue)
    stated = stated_flags({name: usual[name] for name in fields})
    return f"{_command(entry, view)} {shlex.join(stated)}"


def _facts(entry: Entry, view: View, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    yield say("days"), days(int(entry.number("days") or 0))
    yield say("cost at central values"), words.cost_words(entry)
    if entry.is_fed:
        yield say("fed by"), words.fed_by_words(entry)
        yield say("supply of the site"), words.supply_cost_words(entry)
        yield say("cash needed to build the supply"), words.money(entry.number("supply_cash_usd"))
    if text := words.odds_words(entry):
        yield say("expected cost (P10 to P90)"), text
    if text := words.met_words(entry):
        yield say("draws in which every limit is met"), text
    yield say("peak power"), f"{words.mw_words(entry)} MW"
    energy, carbon = map(entry.used, ("energy_gwh", "carbon_t"))
    yield say("energy"), say("{value:,} GWh", value=gigawatt_hours(energy))
    yield say("emissions"), say("{value:,} tCO2e", value=tonnes(carbon))
    yield say("binding limits"), words.binding_words(entry, view.objective) or say("none")
    for offer in _offers(entry, catalogue):
        yield say("rented"), offer_words(offer, catalogue.countries[entry.code])
    yield say("export rule"), words.rule_words(entry.row["export_rule"], catalogue)
    if buyer := words.buyer_words(entry, catalogue):
        yield say("depends on the buyer"), " ".join(buyer)
    if checks := words.grid_words(entry, catalogue):
        yield say("check first"), "; ".join(checks)
    if grade := entry.row["evidence_grade"]:
        yield say(words.EVIDENCE), say(words.GRADES[grade])
    used, guessed = _guessed(entry, view, catalogue)
    yield say("figures of the country in this plan"), say("{count} of {all} are estimates", count=guessed, all=used)
    yield say("proof"), words.proof_words(entry)


def _enough(entry: Entry) -> Iterator[tuple[str, str]]:
    if text := words.need_words(entry):
        yield enough_words(entry.cause), text


def _costs(entry: Entry) -> Iterator[tuple[str, str]]:
    """The parts of the cost that are not nothing."""
    numbers = {term: entry.number(f"cost_{term}_usd") for term in TERMS}
    parts = {term: Fraction(str(number)) for term, number in numbers.items() if number}
    for term, value in round_parts(parts, 0).items():
        yield say("supply of the site") if term == "energy" and entry.is_fed else TERMS[term], usd(Fraction(value))


def _tax(entry: Entry, view: View, catalogue: Catalogue) -> TaxRegime | None:
    """The import taxes of the country on the day of delivery, as the buyer bears them; None where there are none."""
    settled = view.settled
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


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure on the page of a country."""

    name: str
    row: Sourced
    column: str
    enters: bool
    """Whether the plan rests on it: a rent has power and hall in it, a liquid-cooled rack a PUE of its own."""

    @property
    def value(self) -> Decimal | None:
        """The figure in the unit of its column; None where it is not known."""
        found: Decimal | None = getattr(self.row, self.column)
        return found


def figures_of(entry: Entry, view: View, catalogue: Catalogue) -> list[Figure]:
    """The figures that decide in a country: those of its plan's rents and halls, its own, and its import taxes."""
    country, ways = catalogue.countries[entry.code], {way for *_, way in entry.parts}
    is_own, is_sited = _not_stated(entry, view, catalogue), bool(ways - {"rent"})
    halls = [_hall(entry.code, chip, catalogue) if is_own("pue") else None for _, chip, _, _ in entry.parts]
    enters = {
        "pue": None in halls,
        "electricity_usd_per_kwh": is_sited and entry.has_grid,
        "colocation_usd_per_kw_month": is_sited,
        "medium_voltage_limit_mw": is_sited,
        "cost_of_capital": "buy" in ways and entry.row["basis"] == "amortised",
    }
    found = [Figure(say("rent of an accelerator"), row, "usd_per_hour", True) for row in _offers(entry, catalogue)]
    for column, name in words.FIGURES.items():
        found.append(Figure(say(name), country, column, is_own(column) and enters.get(column, True)))
        if column == "pue":
            cooled = {id(hall): hall for hall in halls if hall is not None}.values()
            name = say("power usage effectiveness, liquid cooling")
            found += [Figure(name, hall, column, True) for hall in cooled]
    if tax := _tax(entry, view, catalogue):
        taxes = (column for column in words.TAXES if column in ("duty", "vat") or getattr(tax, column))
        found += [Figure(say(words.TAXES[column]), tax, column, "buy" in ways) for column in taxes]
    return found


def _not_stated(entry: Entry, view: View, catalogue: Catalogue) -> Callable[[str], bool]:
    """Whether a figure of the country is its own: neither the case nor its assumptions state another."""
    stated = {COUNTRY_PARAMETERS.get(field) for field, cell in view.cells.items() if cell}
    for field, column in COUNTRY_PARAMETERS.items():
        assumed = catalogue.parameters.get((entry.row["assumptions"], field))
        if assumed is not None and assumed.central is not None:
            stated.add(column)
    return lambda column: column not in stated


def _hall(code: str, chip: str, catalogue: Catalogue) -> Cooling | None:
    """The row of the hall of an accelerator, where its PUE is below that of the country."""
    hall, own = hall_in(code, catalogue.accelerators[chip].cooling, catalogue), catalogue.countries[code].pue
    return hall if hall is not None and (own is None or hall.pue < own) else None


def _offers(entry: Entry, catalogue: Catalogue) -> list[Offer]:
    """The public offers that a plan rents at."""
    who, terms = entry.row["rent_provider"].split("+"), entry.row["rent_terms"].split("+")
    rented = {(entry.code, chip) for _, chip, _, way in entry.parts if way == "rent"}
    known = [*catalogue.hire.values(), *catalogue.committed.values()]
    here = (offer for offer in known if (offer.country, offer.accelerator) in rented)
    return [offer for offer in here if offer.provider in who and offer.terms in terms]


def doubt_words(entry: Entry, view: View, catalogue: Catalogue) -> str:
    """What a reader should know before a plan is chosen: what its rent rests on, weak evidence, guesses, its grid."""
    country, grade = catalogue.countries[entry.code], entry.row["evidence_grade"]
    reported = [text.rstrip(".") for text in words.buyer_words(entry, catalogue)]
    reported += [offer_words(offer, country) for offer in _offers(entry, catalogue)]
    if grade in words.GRADES and grade != Grade.LISTED:  # the firmest grade is no warning
        reported.append(say("{what}: {figure}", what=say(words.EVIDENCE), figure=say(words.GRADES[grade])))
    used, guessed = _guessed(entry, view, catalogue)
    if guessed:
        reported.append(
            say("{count} of {all} figures of the country in this plan are estimates", count=guessed, all=used)
        )
    outages = grid_doubts(catalogue, entry.code, Fraction(0)).outages
    if outages is not None and entry.has_grid:
        count = local_number(str(outages.value))
        year = date_words(outages.as_of, catalogue.as_of)
        reported.append(say("{count} outages a month, as firms report ({year})", count=count, year=year))
    return "; ".join(reported)


def _guessed(entry: Entry, view: View, catalogue: Catalogue) -> tuple[int, int]:
    """How many figures of the country its plan uses, and how many of them are estimates."""
    used = [figure for figure in figures_of(entry, view, catalogue) if figure.enters and figure.value is not None]
    return len(used), sum(figure.row.is_estimate(figure.column) for figure in used)


def _cells(figure: Figure, planned: bool, addresses: Sequence[str], today: str) -> Mapping[str, Any]:
    """A figure with its grade, its date, and the places of its sources in the list of them."""
    row, column, value = figure.row, figure.column, figure.value
    number = partial(_number_words, unit_of(type(row).model_fields[column]))
    span = row.range_of(column)
    if isinstance(row, Offer) and row.usd_low_per_hour is not None and row.usd_high_per_hour is not None:
        span = (row.usd_low_per_hour, row.usd_high_per_hour)
    sources = row.source_of(column).split(" | ")
    numbers = [] if value is None else [addresses.index(each) + 1 for each in sources if each in addresses]
    instead = in_place_of(column) if value is None else substitute_words(row, column)
    return {
        "name": figure.name,
        "enters": "" if not planned or value is None else say("yes") if figure.enters else say("no"),
        "value": say("not known") if value is None else _value_words(row, column, value),
        "range": "" if span is None else say("{low} to {high}", low=number(span[0]), high=number(span[1])),
        "grade": "" if value is None else say("estimate") if row.is_estimate(column) else say("with a source"),
        "as_of": "" if value is None else date_words(row.date_of(column), today),
        "instead": say("used instead: {how}", how=instead)
        if instead
        else ""
        if numbers
        else "; ".join(map(source_words, sources)),
        "sources": numbers,
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


def _command(entry: Entry, view: View) -> str:
    """The command that solves the same case alone."""
    return shlex.join(["optimizer", "plan", *as_flags({"country": entry.code, **view.cells})])
