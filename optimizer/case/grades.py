"""How firm the figures are on which an option rests: listed, derived or an estimate.

listed    published and dated for that very thing: an offer in the country, whole runs on the accelerator, a rated power
derived   published elsewhere and carried over by a stated rule: a street price plus import taxes, a benchmark
estimate  a planning value

An option bears the weakest grade of its price, its efficiency, its power and the law that lets it in. Figures that all
options share (PUE, tariff, wages) are not in it: they do not decide which is best, and the answer names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from optimizer.case.rents import RentBasis, rent_of
from optimizer.case.setting import Setting
from optimizer.domain import Accelerator, Efficiency, Procurement
from optimizer.domain.law import Policy


class Grade(StrEnum):
    """How firm a figure is."""

    LISTED = "listed"
    DERIVED = "derived"
    ESTIMATE = "estimate"


FIRMEST_FIRST: tuple[Grade, ...] = (Grade.LISTED, Grade.DERIVED, Grade.ESTIMATE)


def weakest(grades: Mapping[str, Grade]) -> Grade:
    """The weakest of some grades."""
    return max(grades.values(), key=FIRMEST_FIRST.index)


def grades_of(
    setting: Setting,
    accelerator: Accelerator,
    efficiency: Efficiency,
    procurement: Procurement,
    policy: Policy,
    terms: str = "",
    machine: int = 0,
) -> dict[str, Grade]:
    """The grades of an option by what decides it: price, efficiency, power and law.

    Args:
        machine: devices of the machine smaller than a server that the option is; 0 of whole servers.
    """
    return {
        "price": _price(setting, accelerator, procurement, terms),
        "efficiency": _efficiency(efficiency),
        "power": _power(setting, accelerator, machine),
        "law": Grade.LISTED if policy in (Policy.FREE, Policy.EXCEPTION) else Grade.DERIVED,
    }


def _price(setting: Setting, accelerator: Accelerator, procurement: Procurement, terms: str) -> Grade:
    """Of a rent: an offer in the country, or the user's own, is listed, but for one whose price had to be guessed (no
    currency); the world's list price is derived, from one list alone an estimate. A purchase is a price published
    elsewhere plus taxes by rule, so derived at best. What is owned is paid."""
    if procurement == "own":
        return Grade.LISTED
    if procurement == "rent":
        rent = rent_of(setting, accelerator.id, terms)
        if rent is None or rent.basis is RentBasis.WORLD:
            return Grade.ESTIMATE if accelerator.is_estimate("rent_usd_per_hour") else Grade.DERIVED
        return Grade.ESTIMATE if rent.offer is not None and rent.offer.is_estimate("usd_per_hour") else Grade.LISTED
    replaced = setting.catalogue.overrides.get((setting.assumptions.id, accelerator.id))
    return Grade.ESTIMATE if (replaced or accelerator).is_estimate("unit_price_usd") else Grade.DERIVED


def _efficiency(row: Efficiency) -> Grade:
    """Whole runs on the accelerator are listed; benchmarks, and what is carried over from runs, are derived."""
    if row.measured_in == ("runs",) and not row.is_estimate("mfu"):
        return Grade.LISTED
    return Grade.DERIVED if row.measured_in else Grade.ESTIMATE


def _power(setting: Setting, accelerator: Accelerator, machine: int) -> Grade:
    if machine:
        row = setting.catalogue.machines[accelerator.id, machine]
        return Grade.ESTIMATE if row.is_estimate("server_peak_kw") else Grade.LISTED
    replaced = setting.catalogue.overrides.get((setting.assumptions.id, accelerator.id))
    return Grade.ESTIMATE if (replaced or accelerator).is_estimate("server_peak_kw") else Grade.LISTED
