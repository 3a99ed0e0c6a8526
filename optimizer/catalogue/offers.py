"""Which of the public offers to rent a plan takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optimizer.domain import ANY, Accelerator, Offer
from optimizer.domain.rows import ON_DEMAND

Lowest = dict[tuple[str, str], Offer]
"""By country and accelerator one offer."""


def lowest_offers(offers: Iterable[Offer], accelerators: Mapping[str, Accelerator]) -> tuple[Lowest, Lowest]:
    """By country and accelerator the lowest on-demand offer of whole servers, and that of smaller machines where a
    country has no other; of equal ones the newest, then by provider and region.

    A list for all regions (country ``*``) is no offer in any country: it shows no sign of stock there. A virtual
    machine of some devices of a server has not the network that one run over many of them needs.
    """
    offered = [offer for offer in offers if offer.terms == ON_DEMAND and offer.country != ANY]
    whole: Lowest = {}
    small: Lowest = {}
    by_name = sorted(offered, key=lambda offer: (offer.provider, offer.region, offer.instance))
    for offer in sorted(by_name, key=lambda offer: offer.as_of, reverse=True):
        least = _least_devices(accelerators.get(offer.accelerator))
        found = whole if offer.devices is None or offer.devices >= least else small
        key = (offer.country, offer.accelerator)
        if key not in found or offer.usd_per_hour < found[key].usd_per_hour:
            found[key] = offer
    return whole, {key: offer for key, offer in small.items() if key not in whole}


def _least_devices(accelerator: Accelerator | None) -> int:
    """Devices of the least machine that stands in the network of a cluster: a tray of a rack, else a whole server."""
    if accelerator is None:
        return 1
    return accelerator.tray_devices or accelerator.server_devices or 1
