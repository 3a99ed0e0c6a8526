"""Which of the public offers to rent a plan takes."""

from __future__ import annotations

from collections.abc import Iterable

from optimizer.domain import ANY, Offer
from optimizer.domain.rows import ON_DEMAND


def lowest_offers(offers: Iterable[Offer]) -> dict[tuple[str, str], Offer]:
    """By country and accelerator the lowest on-demand offer; of equal ones the newest, then by provider and region.

    A list for all regions (country ``*``) is no offer in any country: it shows no sign of stock there.
    """
    found: dict[tuple[str, str], Offer] = {}
    by_name = sorted(offers, key=lambda offer: (offer.provider, offer.region, offer.instance))
    for offer in sorted(by_name, key=lambda offer: offer.as_of, reverse=True):
        key = (offer.country, offer.accelerator)
        if offer.terms != ON_DEMAND or offer.country == ANY:
            continue
        if key not in found or offer.usd_per_hour < found[key].usd_per_hour:
            found[key] = offer
    return found
