"""What hired servers cost, and on what terms, straight from the rows of the data folder."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

from optimizer.case.setting import Setting
from optimizer.domain import Offer, OptionKey
from optimizer.errors import DataError
from optimizer.exact.figures import ZERO
from optimizer.units import DAYS_PER_YEAR, fraction

ABROAD = "abroad"
"""The site of the cloud baseline: rented at the world rent, on nobody's grid at home."""
ValueT = TypeVar("ValueT")


def present(value: ValueT | None, key: OptionKey, name: str) -> ValueT:
    """A figure of an accelerator that an option needs.

    Raises:
        DataError: it is not in the data.
    """
    if value is None:
        raise DataError.at("is needed and not known", file="accelerators.csv", column=name, value=key.accelerator)
    return value


def hourly_usd(setting: Setting, key: OptionKey) -> Fraction:
    """Rent of one device and hour: what the case states for the accelerator, else the world's median with the premium
    of the case, else the cheapest offer in the country on the terms of the option."""
    case, chip = setting.case, setting.catalogue.accelerators[key.accelerator]
    if key.site == ABROAD:
        return fraction(present(chip.rent_usd_per_hour, key, "rent_usd_per_hour"))
    for name, low, high in case.rent:
        if name == key.accelerator:
            return (fraction(low) + fraction(high)) / 2
    if case.rent_premium is not None:
        world = fraction(present(chip.rent_usd_per_hour, key, "rent_usd_per_hour"))
        return world * (1 + fraction(case.rent_premium))
    return fraction(_offer(setting, key).usd_per_hour)


def _offer(setting: Setting, key: OptionKey) -> Offer:
    """The offer that an option is hired under.

    Raises:
        DataError: there is none.
    """
    at = (setting.country.id, key.accelerator)
    held = setting.catalogue.committed.get((*at, key.terms)) if key.terms else setting.catalogue.hire.get(at)
    if held is None:
        raise DataError.at("is needed and not known", file="offers.csv", column="usd_per_hour", value=key.name)
    return held


def reserved_days(key: OptionKey) -> int | None:
    """Days of a reservation of whole years: ``reserved_3y``; None where nothing is reserved."""
    word, _, years = key.terms.partition("_")
    return int(years.removesuffix("y")) * DAYS_PER_YEAR if word == "reserved" else None


def minimum_days(setting: Setting, key: OptionKey) -> int:
    """Days that the provider bills at least, where the price is that of an offer on demand."""
    case = setting.case
    own = case.rent_premium is not None or any(name == key.accelerator for name, _, _ in case.rent)
    if key.procurement != "rent" or key.site == ABROAD or own or reserved_days(key) is not None:
        return 0
    least = _offer(setting, key).min_days or 0
    return least if least > 1 else 0


def rent_terms(
    setting: Setting, key: OptionKey, a_day: Fraction
) -> tuple[Mapping[str, Fraction], Mapping[str, Fraction]]:
    """Cost terms per server, and per server and day, of a hire: with the VAT that does not come back to the buyer."""
    tax, whole = setting.tax, reserved_days(key)
    borne = ZERO if key.site == ABROAD else fraction(tax.vat) - fraction(tax.vat) * fraction(tax.vat_recoverable)
    terms = {"rent": a_day, "duty_and_tax": a_day * borne} if borne else {"rent": a_day}
    return ({}, terms) if whole is None else ({name: usd * whole for name, usd in terms.items()}, {})
