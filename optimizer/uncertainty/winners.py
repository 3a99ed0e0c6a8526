"""Which of several plans costs least where the figures are uncertain: in every draw, one of them does.

The choice is in each, as for the odds of one plan: nothing is solved again, and each run goes on until its work is
done. What is uncertain about the hardware and the run takes one value for all plans in a draw. What is uncertain about
a place (electricity, wages, colocation, duty, offers there) is drawn for each country by itself: that one grid charges
more than its central tariff says nothing about the next.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizer.plans.outcome import Plan
from optimizer.solve.claim import Prepared
from optimizer.uncertainty.distribution import Floats
from optimizer.uncertainty.drawn_mix import draw_mix
from optimizer.uncertainty.odds import DRAWS, SEED
from optimizer.uncertainty.sample import Sample
from optimizer.uncertainty.uncertain_inputs import uncertain_inputs

EQUAL = 1e-9
"""Relative difference of two costs up to which they are one."""


def cheapest_counts(plans: Sequence[tuple[Plan, Prepared]], count: int = DRAWS) -> list[int]:
    """In how many draws each plan costs least; those that cost the same in a draw all count in it.

    Args:
        plans: each with the case that it answers, prepared.
        count: draws.

    Raises:
        DataError: a table that the ranges rest on cannot be read.
    """
    if not plans:
        return []
    costs = np.stack([_cost_usd(plan, ready, count) for plan, ready in plans])
    least = costs.min(axis=0)
    return [int(np.count_nonzero(cost <= least * (1 + EQUAL))) for cost in costs]


def _cost_usd(plan: Plan, ready: Prepared, count: int) -> Floats:
    """What a plan costs in every draw; the doubts of its place are its own."""
    keys = tuple(item.key for item in plan.items)
    sample = Sample(uncertain_inputs(ready.setting, keys), count, SEED, place=ready.setting.country.id)
    return draw_mix(ready, plan.items, sample).cost_usd
