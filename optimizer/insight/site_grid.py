"""What is known of the grid of a country that a plan without a supply of its own takes never to fail."""

from __future__ import annotations

from fractions import Fraction

from optimizer.catalogue import Catalogue
from optimizer.catalogue.power_facts import power_facts
from optimizer.domain.world_facts import PowerFact
from optimizer.units import fraction
from optimizer.units.records import dataclass

OFTEN_A_MONTH = 2
"""Outages a month above which an answer names them."""
LARGE_SHARE = Fraction(1, 100)
"""Share of a country's mean generation from which a site is no small customer: its operator must be asked."""
_MWH_A_TWH, _HOURS_A_YEAR = 10**6, 8760


@dataclass(frozen=True)
class GridDoubts:
    """Why the grid of a country should be looked at before a plan is believed."""

    outages: PowerFact | None
    """Outages in a typical month as firms report them, where they are more than :data:`OFTEN_A_MONTH`."""
    generation: PowerFact | None
    """TWh a year, where the peak of the site is a large share of its mean."""
    share: Fraction
    """Peak of the site over the mean generation; 0 where it is not known."""


def grid_doubts(catalogue: Catalogue, country: str, peak_mw: Fraction) -> GridDoubts:
    """What speaks against taking the grid for granted.

    Args:
        catalogue: the data.
        country: ISO 3166-1 alpha-2 code.
        peak_mw: of the site.

    Raises:
        DataError: the table of power systems cannot be read.
    """
    facts = {fact.quantity: fact for fact in power_facts(catalogue, country)}
    outages, generation = facts.get("outages_per_month"), facts.get("generation")
    mean_mw = fraction(generation.value) * _MWH_A_TWH / _HOURS_A_YEAR if generation else Fraction(0)
    share = peak_mw / mean_mw if mean_mw else Fraction(0)
    return GridDoubts(
        outages if outages and outages.value > OFTEN_A_MONTH else None,
        generation if share >= LARGE_SHARE else None,
        share,
    )
