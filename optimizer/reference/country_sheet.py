"""A country's pack for a reader: site and money, connection, currency, import taxes by date, law, hire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from optimizer.answers.words.common_words import accelerators_words, date_words
from optimizer.answers.words.place_words import country_words
from optimizer.catalogue import Catalogue
from optimizer.catalogue.power_facts import power_facts
from optimizer.catalogue.source_licences import licence_of
from optimizer.domain import ANY, Country, Offer, TaxRegime
from optimizer.domain.chip_class import chip_class, in_force
from optimizer.domain.world_facts import PowerFact
from optimizer.law.routes import routes
from optimizer.reference.figure_lines import FigureLine, Sheet, figures, if_estimate, plain
from optimizer.units.language import Messages, or_words, say

_POLICIES: Mapping[str, str] = Messages(
    {
        "free": "free",
        "exception": "exception",
        "approval": "approval",
        "case_by_case": "case_by_case",
        "denial": "denial",
    }
)


def country_sheet(catalogue: Catalogue, key: str) -> Sheet:
    """Everything that the tables say of a country, by section."""
    country = catalogue.countries[key]
    sections: Sheet = {f"{country_words(country)} ({key})": figures(country, catalogue)}
    sections[say("grid connection")] = _connection(catalogue, country)
    if country.currency:
        sections[say("currency")] = _currency(catalogue, country.currency)
    for tax in catalogue.tax_regimes:
        if tax.country == key:
            sections[_tax_title(tax, catalogue.as_of)] = _tax(catalogue, tax)
    sections[say("groups")] = [
        FigureLine(
            name=group.group,
            value=say("from {effective_from}", effective_from=group.effective_from)
            + (say(" to {effective_to}", effective_to=group.effective_to) if group.effective_to else ""),
            meaning=group.note,
        )
        for group in catalogue.country_groups.get(key, ())
    ]
    sections |= _power_system(catalogue, key)
    sections |= _law(catalogue, key)
    sections[say("accelerators available to rent")] = [
        FigureLine(
            name=row.accelerator, value=offer_words(row), meaning=row.source, licence=licence_of(catalogue, row.source)
        )
        for row in catalogue.hire.values()
        if row.country == key
    ]
    return sections


def offer_words(offer: Offer) -> str:
    """An offer: what an accelerator and hour costs, by whom, where, of what date."""
    where = say(", {region}", region=offer.region) if offer.region else ""
    return say(
        "${usd_per_hour:f} per hour, {provider}{where}, {as_of}",
        usd_per_hour=offer.usd_per_hour.normalize(),
        provider=offer.provider,
        where=where,
        as_of=offer.as_of,
    )


def _connection(catalogue: Catalogue, country: Country) -> list[FigureLine]:
    """Up to which load the site stays on medium voltage, and what a substation costs above that."""
    cost = catalogue.parameters[(catalogue.default_assumptions, "substation_usd_per_kw")]
    limit = country.medium_voltage_limit_mw
    known = say("no limit known") if limit is None else say("up to {limit} MW", limit=plain(limit))
    stated = [plain(value) for value in (cost.low, cost.central, cost.high) if value is not None]
    return [
        FigureLine(
            name=say("medium voltage"),
            value=known,
            meaning=country.medium_voltage_note,
            estimate=if_estimate(country.is_estimate("medium_voltage_limit_mw")),
        ),
        FigureLine(
            name=say("substation above it"),
            value=" / ".join(stated),
            meaning=cost.note,
            unit=cost.unit,
            estimate=if_estimate(cost.is_estimate("central")),
        ),
    ]


def _currency(catalogue: Catalogue, code: str) -> list[FigureLine]:
    """The rate with its age: plans are in US dollars throughout."""
    rate = catalogue.exchange[code]
    old = None
    if rate.as_of < catalogue.as_of and rate.units_per_usd != 1:
        age = (date.fromisoformat(catalogue.as_of) - date.fromisoformat(_full(rate.as_of))).days
        old = say(
            "{age} days old on {as_of}, look it up again; plans are in US dollars", age=age, as_of=catalogue.as_of
        )
    value = say("{units_per_usd} per US dollar on {as_of}", units_per_usd=plain(rate.units_per_usd), as_of=rate.as_of)
    source = FigureLine(name=say("source"), value=rate.source, licence=licence_of(catalogue, rate.source))
    note = [FigureLine(name=say("note"), value=rate.note)] * bool(rate.note)
    return [FigureLine(name=code, value=value, meaning=old), source, *note]


def _full(day: str) -> str:
    """A year or a month as its first day."""
    return (day + "-01-01")[: len("2026-01-01")]


def _tax_title(tax: TaxRegime, day: str) -> str:
    first, last = tax.effective_from, tax.effective_to
    span = "".join((say(", from {first}", first=first) if first else "", say(", to {last}", last=last) if last else ""))
    stands = say("in force") if in_force(first or "", last, day) else say("not in force")
    used = say(", default") if tax.is_default else ""
    only = "" if tax.assumption_set == ANY else say(" of {assumption_set}", assumption_set=tax.assumption_set)
    return say(
        "tax regime {regime}{only}{span} ({stands} on {day}{used})",
        regime=tax.regime,
        only=only,
        span=span,
        stands=stands,
        day=day,
        used=used,
    )


def _tax(catalogue: Catalogue, tax: TaxRegime) -> list[FigureLine]:
    """The rates, and the landed factor calculated from them."""
    from optimizer.options.cost import landed_factor

    lines = figures(
        tax, catalogue, ("country", "regime", "assumption_set", "is_default", "effective_from", "effective_to")
    )
    rates = {name: plain(getattr(tax, name)) for name in ("duty", "excise", "contribution", "inside_tax", "vat")}
    lost = plain(1 - tax.vat_recoverable)
    worked = say("not known: give --import-duty")
    if tax.duty is not None:
        worked = say(
            "{tax:.4g} = ((1 + {rates})(1 + {rates_2}) + {rates_3}) / (1 - {rates_4}) x (1 + {rates_5} x {lost})",
            tax=landed_factor(tax),
            rates=rates["duty"],
            rates_2=rates["excise"],
            rates_3=rates["contribution"],
            rates_4=rates["inside_tax"],
            rates_5=rates["vat"],
            lost=lost,
        )
    first = FigureLine(
        name=say("landed cost over CIF"),
        value=worked,
        meaning=say("((1 + duty)(1 + excise) + contribution) / (1 - inside tax) x (1 + VAT x share that is lost)"),
        estimate=if_estimate(bool(tax.estimates)),
    )
    return [first, *lines]


def _power_system(catalogue: Catalogue, key: str) -> Sheet:
    """What the tables say of the country's power system, each figure with its source; nothing where they say nothing.

    Raises:
        DataError: every problem of the table at once.
    """
    lines = [
        FigureLine(
            name=row.quantity,
            value=f"{plain(row.value)} ({_dated(row, catalogue.as_of)})",
            unit=row.unit,
            meaning=f"{row.note} {row.source}".strip(),
            licence=licence_of(catalogue, row.source),
            estimate=if_estimate(row.is_estimate("value")),
        )
        for row in power_facts(catalogue, key)
    ]
    return {say("power system"): lines} if lines else {}


def _dated(row: PowerFact, today: str) -> str:
    """The date of a figure, marked as old where that makes it an estimate: the sun and the wind do not age."""
    return date_words(row.as_of, today) if row.is_estimate("value") else row.as_of


def _law(catalogue: Catalogue, key: str) -> Sheet:
    """By which rules each class of chips comes in on the data's day; the chips of a class under the default set."""
    found: Sheet = {}
    day = catalogue.as_of
    for rules, row in catalogue.rule_sets.items():
        law: dict[str, list[str]] = {}
        for chip in catalogue.accelerators.values():
            ways = routes(chip, key, catalogue, rules, day)
            kind = chip_class(chip, catalogue.chip_classes, day)
            text = or_words(say("{policy} by {rule}", policy=_POLICIES[way.policy], rule=way.rule) for way in ways)
            text = text or say("no rule covers it: not cleared")
            law.setdefault(say("{kind}: {text}", kind=kind, text=text), []).append(chip.id)
        found[say("export control ({rules}, {day})", rules=rules, day=day)] = [
            FigureLine(name=rule, value=", ".join(chips) if row.is_default else accelerators_words(len(chips)))
            for rule, chips in law.items()
        ]
    return found
