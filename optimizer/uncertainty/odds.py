"""The odds of a plan: what it costs, and how often it meets every limit, where its figures are doubtful.

The choice stands; every doubtful figure is drawn, all at once, :data:`DRAWS` times with a stated seed, and nothing is
solved anew (:mod:`optimizer.uncertainty.drawn_option`). The same plan has the same odds on every run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from optimizer.catalogue.cache import get_or_make
from optimizer.domain.limits import Limit
from optimizer.plans.outcome import Plan
from optimizer.solve.claim import Prepared
from optimizer.uncertainty.distribution import Floats
from optimizer.uncertainty.drawn_option import DrawnOption, Met, draw_option
from optimizer.uncertainty.sample import Sample
from optimizer.uncertainty.uncertain_inputs import Uncertain, uncertain_inputs
from optimizer.units.records import dataclass

DRAWS = 2000
SEED = 1


@dataclass(frozen=True, eq=False)
class Odds:
    """What becomes of a plan over all draws."""

    draws: int
    seed: int
    met: int
    """Draws in which it meets every limit."""
    mean_usd: float
    """Expected cost."""
    p10_usd: float
    p50_usd: float
    p90_usd: float
    p10_days: int
    p50_days: int
    p90_days: int
    missed: Mapping[Limit | str, int]
    """Draws that miss a limit, by limit; only those that are missed at all, the most often missed first."""
    inputs: tuple[str, ...]
    """The doubts that were drawn, by name."""

    @property
    def share(self) -> float:
        """The share of the draws in which it meets every limit."""
        return self.met / self.draws

    @property
    def in_hundred(self) -> int:
        """The same in a hundred draws, rounded so that only never is 0 and only always is 100."""
        return min(max(round(100 * self.share), int(self.met > 0)), 100 - int(self.met < self.draws))


def odds_of(plan: Plan, ready: Prepared, count: int = DRAWS, seed: int = SEED) -> Odds | None:
    """The odds of a plan; None where no figure of it is doubtful.

    Args:
        ready: the case of the plan, prepared.
        count: draws.
        seed: the same gives the same.

    Raises:
        DataError: a table that the ranges rest on cannot be read.
    """
    if len(plan.items) != 1:
        return _odds_of_mix(plan, ready, count, seed)
    key = plan.items[0].key
    place = next(i for i, option in enumerate(ready.table.options) if option.key == key)
    sample = Sample(_doubts(ready, place), count, seed)
    return odds_with(draw_option(ready, place, sample), plan.servers) if sample.known.inputs else None


def _odds_of_mix(plan: Plan, ready: Prepared, count: int, seed: int) -> Odds | None:
    """The odds of a plan of several kinds of server."""
    from optimizer.uncertainty.drawn_mix import draw_mix  # a plan of one kind needs none of it

    keys = tuple(item.key for item in plan.items)
    sample = Sample(uncertain_inputs(ready.setting, keys), count, seed)
    if not sample.known.inputs:
        return None
    drawn = draw_mix(ready, plan.items, sample)
    each, met = drawn.met()
    return _odds(sample, each, met, drawn.days, drawn.cost_usd)


def _doubts(ready: Prepared, place: int) -> Uncertain:
    """What is uncertain about an option; worked out once for all cases that share the options, size and way."""
    setting = ready.setting
    size = (setting.workload.params_active_b, setting.way.id, setting.asked.adapter_params_b is None)
    key = ready.table.options[place].key
    name = ("doubts", ready.table, place, *size)
    found = get_or_make(setting.catalogue.cache, name, lambda: uncertain_inputs(setting, (key,)))
    return replace(found, setting=setting)


def odds_with(drawn: DrawnOption, servers: int) -> Odds:
    """The odds of so many servers of an option."""
    each, near = drawn.within(servers)
    met, days = drawn.all_met(servers, each, near), drawn.days(servers)
    return _odds(drawn.sample, each, met, days, drawn.usd.of(servers, days))


def _odds(sample: Sample, each: Mapping[Limit | str, Met], met: Met, days: Floats, cost: Floats) -> Odds:
    """What becomes of a plan, from what it costs, how long it takes and which limits it meets in every draw."""
    count = sample.count
    misses = {name: count - int(np.count_nonzero(here)) for name, here in each.items()}
    ranked = sorted((item for item in misses.items() if item[1]), key=lambda item: (-item[1], str(item[0])))
    p10, p50, p90 = percentiles(cost)
    return Odds(
        draws=count,
        seed=sample.seed,
        met=int(np.count_nonzero(met)),
        mean_usd=float(np.mean(cost)),
        p10_usd=p10,
        p50_usd=p50,
        p90_usd=p90,
        **dict(zip(("p10_days", "p50_days", "p90_days"), map(int, percentiles(days)), strict=True)),
        missed=dict(ranked),
        inputs=tuple(given.name for given in sample.known.inputs),
    )


def percentiles(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    """The least values that 10, 50 and 90 in 100 of them do not exceed (nearest rank)."""
    places = [max(0, math.ceil(len(values) * p / 100) - 1) for p in (10, 50, 90)]
    ranked = np.partition(values, places)
    return [float(ranked[place]) for place in places]
