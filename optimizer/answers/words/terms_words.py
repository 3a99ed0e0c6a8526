"""On what terms servers are had, in words: what is counted with them, what holds for them alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from optimizer.answers.form.numbers import share_percent
from optimizer.answers.words.place_words import country_words
from optimizer.case.rents import Rent, RentBasis, rent_of
from optimizer.domain import Country, Offer, OptionKey
from optimizer.domain.offers import RESERVED_YEARS
from optimizer.plans.outcome import Fleet, Plan, PlanItem
from optimizer.units.language import Messages, say, say_many

if TYPE_CHECKING:
    from optimizer.power.plan import PowerPlan  # which only flags of Power load

_VERBS = Messages({"buy": "buy", "rent": "rent", "own": "use", "reserve": "reserve"})


def verb_words(key: OptionKey) -> str:
    """ "buy", "rent", "reserve" or "use"."""
    return _VERBS["reserve" if key.terms in RESERVED_YEARS else key.procurement]


DEAR = Fraction(2)
"""Times the world's median list price above which a rent is named as dear."""


def of_each(plan: Plan, words: Callable[[Plan, PlanItem], str]) -> Iterator[str]:
    """Words on every kind of server of a plan, with its name where there are several; nothing where they are empty."""
    for item in plan.items:
        if (text := words(plan, item)) and len(plan.items) > 1:
            name = plan.setting.catalogue.accelerators[item.key.accelerator].name
            yield say("{name}: {text}", name=name, text=text)
        elif text:
            yield text


def dear_words(plan: Plan, item: PlanItem) -> str:
    """That the rent of an offer is far above the world's median list price; empty where it is not."""
    if item.key.procurement != "rent" or (rent := _rent(plan, item)) is None or rent.basis is RentBasis.STATED:
        return ""
    world = plan.setting.catalogue.accelerators[item.key.accelerator].rent_usd_per_hour
    if rent.offer is None or world is None or Fraction(rent.usd_per_hour) <= DEAR * Fraction(world):
        return ""
    return say(
        "the rent, {times:.1f} times the world's median list price of ${world:.2f}",
        times=float(Fraction(rent.usd_per_hour) / Fraction(world)),
        world=float(world),
    )


def aged_words(plan: Fleet, item: PlanItem) -> str:
    """That the list of an offer is more than a year older than the day of the case; empty where it is not, or where its
    date says too little."""
    rent = _rent(plan, item) if item.key.procurement == "rent" else None
    if rent is None or rent.offer is None:
        return ""
    day, as_of = plan.setting.case.date or plan.setting.catalogue.as_of, rent.offer.as_of
    if as_of >= f"{int(day[:4]) - 1}{day[4:]}"[: len(as_of)]:
        return ""
    reported = {"provider": rent.offer.provider, "as_of": as_of}
    return say("a price of today: the list of {provider} is of {as_of}, more than a year old", **reported)


def rent_words(plan: Fleet, item: PlanItem) -> str:
    """Who rents a server out, where, on what terms and at what price; empty for what is not rented."""
    if item.key.procurement != "rent" or (rent := _rent(plan, item)) is None:
        return ""
    price = _price_words(rent.usd_per_hour)
    if rent.basis is RentBasis.STATED:
        return say("at {price}, a price that you gave", price=price)
    if rent.offer is None:
        premium = say(
            "{rent_premium:+f} %", rent_premium=((plan.setting.case.rent_premium or Decimal(0)) * 100).normalize()
        )
        return say(
            "at {price}: the world's median list price {premium}, as requested; not an offer in the country",
            price=price,
            premium=premium,
        )
    return offer_words(rent.offer, plan.setting.country)


def offer_words(offer: Offer, country: Country) -> str:
    """A public offer: on what terms, from whom, where, at what price, on the list of which date."""
    where = say("{provider}, {region}", provider=offer.provider, region=offer.region or country_words(country))
    reported = {"where": where, "price": _price_words(offer.usd_per_hour), "as_of": offer.as_of}
    if years := RESERVED_YEARS.get(offer.terms):
        return say_many(
            "reserved for {count} year from {where}: {price} (public list of {as_of}); paid for the whole term",
            "reserved for {count} years from {where}: {price} (public list of {as_of}); paid for the whole term",
            years,
            **reported,
        )
    if least_days := Rent(offer.usd_per_hour, RentBasis.OFFER, offer).least_days:
        return say(
            "on demand from {where}: {price} (public list of {as_of}); {least_days} days are billed at least",
            least_days=least_days,
            **reported,
        )
    return say("on demand from {where}: {price} (public list of {as_of})", **reported)


def _price_words(usd_per_hour: Decimal) -> str:
    return say("${usd_per_hour:f} per accelerator and hour", usd_per_hour=usd_per_hour.normalize())


def _rent(plan: Fleet, item: PlanItem) -> Rent | None:
    return rent_of(plan.setting, item.key.accelerator, item.key.terms)


def spare_words(plan: Plan | PowerPlan) -> list[str]:
    """That a limit on devices or their performance counts the spares, too, where there is one."""
    counted = [use.limit for use in plan.limits if use.limit.kind in ("tpp", "accelerators", "supply", "law")]
    spares = sum(item.spares for item in plan.items)
    if not counted or not spares:
        return []
    return [
        say_many(
            "limits on accelerators and on TPP count the one spare bought with these servers, too",
            "limits on accelerators and on TPP count the {count:,} spares bought with these servers, too",
            ceil(spares),
        )
    ]


def vat_words(plan: Fleet) -> list[str]:
    """Who bears the VAT on the hardware or the rent, where a public buyer and a company bear it differently."""
    tax = plan.setting.tax
    ways = {item.key.procurement for item in plan.items}
    if not tax.vat or not ways & {"buy", "rent"}:
        return []
    rate = share_percent(Fraction(tax.vat))
    if "buy" not in ways:
        return _vat_on_rent(plan, rate)
    if plan.setting.case.buyer == "public":
        refunded = share_percent(Fraction(tax.vat_recoverable))
        text = say(
            "public buyer: of the VAT of {rate} on hardware and rent, {refunded} is refunded; VAT on power "
            "and services is not counted",
            rate=rate,
            refunded=refunded,
        )
    else:
        text = say(
            "the VAT of {rate} on the hardware is counted as for a company; a ministry or a public "
            "university usually pays it: --buyer public",
            rate=rate,
        )
    return [text]


def _vat_on_rent(plan: Fleet, rate: str) -> list[str]:
    """The same of servers that are rented alone."""
    if plan.setting.case.buyer == "public":
        refunded = share_percent(Fraction(plan.setting.tax.vat_recoverable))
        return [
            say(
                "public buyer: of the VAT of {rate} on the rent, {refunded} is refunded; VAT on power and "
                "services is not counted",
                rate=rate,
                refunded=refunded,
            )
        ]
    return [
        say(
            "the VAT of {rate} on the rent is counted as for a company; a ministry or a public university "
            "usually pays it: --buyer public",
            rate=rate,
        )
    ]


def regime_words(plan: Fleet) -> list[str]:
    """What a tax regime asks for that the case names, in the words of the data."""
    tax = plan.setting.tax
    if tax.is_default or not tax.note or all(item.key.procurement != "buy" for item in plan.items):
        return []
    return [say("tax regime {regime}: {note}", regime=tax.regime, note=tax.note)]
