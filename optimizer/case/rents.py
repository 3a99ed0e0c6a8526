"""What renting an accelerator costs in the country of a case, and on whose word."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from optimizer.case.setting import Setting
from optimizer.domain import Offer
from optimizer.domain.offers import RESERVED_YEARS
from optimizer.domain.option import machine_devices
from optimizer.units import DAYS_PER_YEAR
from optimizer.units.records import dataclass


class RentBasis(StrEnum):
    """Where a rent comes from."""

    STATED = "stated"
    """The user's own figure."""
    WORLD = "world"
    """The world's median list price with a premium that the user states: no offer in the country."""
    OFFER = "offer"
    """The lowest public offer in the country on the terms of the option."""


@dataclass(frozen=True)
class Rent:
    """The rent of one accelerator, USD per device and hour."""

    usd_per_hour: Decimal
    basis: RentBasis
    offer: Offer | None = None
    """The offer, where the rent is one."""

    @property
    def least_days(self) -> int:
        """Days of every server that are paid at least; 0 where a day is."""
        least = 0 if self.offer is None or self.term_days else self.offer.min_days or 0
        return least if least > 1 else 0

    @property
    def term_days(self) -> int:
        """Days that a reservation is paid for, used or not, and after which it ends; 0 of what is not reserved."""
        return 0 if self.offer is None else RESERVED_YEARS.get(self.offer.terms, 0) * DAYS_PER_YEAR


def hire_most(setting: Setting, accelerator: str) -> int:
    """Most devices of a kind that can be hired in the country at once: what is known to stand there, by its TPP; where
    nothing is known, one figure for all countries."""
    known = setting.catalogue.supply.get(setting.country.id)
    if known is None:
        return int(setting.figures["hire_max_devices"].value)
    return int(known.tpp // setting.catalogue.accelerators[accelerator].tpp)


def terms_of_hire(setting: Setting, accelerator: str) -> tuple[str, ...]:
    """The terms on which an accelerator may be hired in the country: on demand (empty), then every commitment that is
    offered there. A rent that the user states, or a premium, goes before every offer."""
    if accelerator in setting.stated_rents or setting.case.rent_premium is not None:
        return ("",)
    here = (setting.country.id, accelerator)
    offered = (terms for *where, terms in setting.catalogue.committed if tuple(where) == here)
    return ("", *sorted(terms for terms in offered if not machine_devices(terms)))


def rent_of(setting: Setting, accelerator: str, terms: str = "") -> Rent | None:
    """The rent of an accelerator in the country of a case; None where no plan may count on one.

    The user's own figure goes first; then, where the case states a premium, the world's median list price with it
    (where there is an offer in the country, or the case says to do without); else the lowest offer there.

    Args:
        terms: on demand by default; else a commitment, as :func:`terms_of_hire` has it; or ``machine-4``: the lowest
            offer of a machine of so many devices, without which there is none. Its price may be the user's, too.
    """
    offer = setting.catalogue.hire.get((setting.country.id, accelerator))
    if terms:
        offer = setting.catalogue.committed.get((setting.country.id, accelerator, terms))
        if offer is None or not machine_devices(terms):
            return None if offer is None else Rent(offer.usd_per_hour, RentBasis.OFFER, offer)
    stated = setting.stated_rents.get(accelerator)
    if stated is not None:
        return Rent(stated, RentBasis.STATED)
    if setting.case.rent_premium is None:
        return None if offer is None else Rent(offer.usd_per_hour, RentBasis.OFFER, offer)
    world = setting.catalogue.accelerators[accelerator].rent_usd_per_hour
    if world is None or (offer is None and not setting.case.assume_hire):
        return None
    return Rent(world * (1 + setting.case.rent_premium), RentBasis.WORLD)
