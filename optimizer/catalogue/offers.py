"""Which of the public offers to rent a plan takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from optimizer.domain import ANY, Accelerator, Machine, Offer
from optimizer.domain.offers import ON_DEMAND, RESERVED_YEARS
from optimizer.domain.option import MACHINE

Lowest = dict[tuple[str, str], Offer]
"""By country and accelerator one offer."""
Committed = dict[tuple[str, str, str], Offer]
"""By country, accelerator and commitment one offer."""


def lowest_offers(offers: Iterable[Offer], accelerators: Mapping[str, Accelerator]) -> tuple[Lowest, Lowest]:
    """By country and accelerator the lowest on-demand offer of whole servers, and that of smaller machines where a
    country has no other; of equal ones the newest, then by provider and region.

    A list for all regions (country ``*``) is no offer in any country: it shows no sign of stock there. A virtual
    machine of some devices of a server has not the network that one run over many of them needs, nor have whole servers
    that stand alone. One that bills some
    days at least counts only where there is none that does not: else it is next to it (:func:`committed_offers`).
    """
    offered = [offer for offer in offers if offer.terms == ON_DEMAND and offer.country != ANY]
    whole: Lowest = {}
    small: Lowest = {}
    for offer in _newest_first(offered):
        found = whole if _is_whole(offer, accelerators) else small
        key = (offer.country, offer.accelerator)
        if key not in found or _rank(offer) < _rank(found[key]):
            found[key] = offer
    return whole, {key: offer for key, offer in small.items() if key not in whole}


def committed_offers(
    offers: Iterable[Offer], accelerators: Mapping[str, Accelerator], lowest: Mapping[tuple[str, str], Offer]
) -> Committed:
    """The lowest offer of whole servers by country, accelerator and commitment: reservations, and on-demand offers that
    bill some days at least and cost less than the lowest one.

    Args:
        lowest: as :func:`lowest_offers` has it.
    """
    found: Committed = {}
    for offer in _newest_first(offer for offer in offers if offer.country != ANY and offer.commitment):
        key = (offer.country, offer.accelerator, offer.commitment)
        if offer.terms not in (ON_DEMAND, *RESERVED_YEARS) or not _is_whole(offer, accelerators):
            continue
        beside = lowest.get(key[:2])
        if offer.terms == ON_DEMAND and (beside is None or beside.usd_per_hour <= offer.usd_per_hour):
            continue
        if key not in found or offer.usd_per_hour < found[key].usd_per_hour:
            found[key] = offer
    return found


def machine_offers(offers: Iterable[Offer], machines: Mapping[tuple[str, int], Machine]) -> Committed:
    """The lowest on-demand offer of each machine smaller than a server that the data know, by the name of its size
    bracket. One that bills some days at least is left: the work of such a machine is short."""
    found: Committed = {}
    for offer in _newest_first(offers):
        if offer.terms != ON_DEMAND or offer.commitment or (offer.accelerator, offer.devices) not in machines:
            continue
        key = (offer.country, offer.accelerator, f"{MACHINE}{offer.devices}")
        if offer.country != ANY and (key not in found or offer.usd_per_hour < found[key].usd_per_hour):
            found[key] = offer
    return found


def _newest_first(offers: Iterable[Offer]) -> list[Offer]:
    by_name = sorted(offers, key=lambda offer: (offer.provider, offer.region, offer.instance))
    return sorted(by_name, key=lambda offer: offer.as_of, reverse=True)


def _rank(offer: Offer) -> tuple[bool, Decimal]:
    """Without a minimum of days first, then the lower price."""
    return bool(offer.commitment), offer.usd_per_hour


def _is_whole(offer: Offer, accelerators: Mapping[str, Accelerator]) -> bool:
    if offer.alone:
        return False
    return offer.devices is None or offer.devices >= _least_devices(accelerators.get(offer.accelerator))


def _least_devices(accelerator: Accelerator | None) -> int:
    """Devices of the least machine that is in the network of a cluster: a tray of a rack, else a whole server."""
    if accelerator is None:
        return 1
    return accelerator.tray_devices or accelerator.server_devices or 1
