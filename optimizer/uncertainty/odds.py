"""The odds of a plan: what it costs, and how often it meets every limit, where its figures are uncertain.

The choice stands; every uncertain figure is drawn, all at once, :data:`DRAWS` times with a stated seed, and nothing is
solved again (:mod:`optimizer.uncertainty.drawn_option`). The same plan has the same odds on every run.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from decimal import Decimal
from functools import cached_property

import numpy as np

from optimizer.catalogue.cache import get_or_make
from optimizer.domain.limits import Limit
from optimizer.plans.outcome import Plan
from optimizer.solve.claim import Prepared
from optimizer.uncertainty.distribution import Floats
from optimizer.uncertainty.drawn_option import MOST_DRAWN, DrawnOption, draw_option
from optimizer.uncertainty.limits_met import Met
from optimizer.uncertainty.sample import Sample
from optimizer.uncertainty.uncertain_inputs import Uncertain, uncertain_inputs
from optimizer.units.records import dataclass

DRAWS = 2000
SEED = 1
USUAL = Decimal("0.9")
"""The share of the draws that a surer plan meets every limit in."""


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
    days: Floats
    """Whole days until the work is done, in every draw."""
    each: Mapping[Limit | str, Met]
    """Whether it meets a limit, draw by draw."""
    known: Uncertain
    """The doubts that were drawn."""

    @cached_property
    def ranked_days(self) -> tuple[int, int, int]:
        """P10, P50 and P90 of the days. A row of a batch has none: they are calculated where they are asked for."""
        p10, p50, p90 = map(int, percentiles(self.days))
        return p10, p50, p90

    @cached_property
    def missed(self) -> Mapping[Limit | str, int]:
        """Draws that miss a limit, by limit; only those that are missed at all, the most often missed first."""
        misses = {name: self.draws - int(np.count_nonzero(here)) for name, here in self.each.items()}
        return dict(sorted((item for item in misses.items() if item[1]), key=lambda item: (-item[1], str(item[0]))))

    @property
    def inputs(self) -> tuple[str, ...]:
        """The doubts that were drawn, by name."""
        return tuple(given.name for given in self.known.inputs)

    @property
    def share(self) -> float:
        """The share of the draws in which it meets every limit."""
        return self.met / self.draws

    @property
    def in_hundred(self) -> int:
        """The same as a number of 100 draws."""
        return in_hundred(self.met, self.draws)


def in_hundred(count: int, draws: int, aim: Decimal = USUAL) -> int:
    """So many draws as a number of a hundred, rounded so that only never is 0, only always is 100, and what is short of
    the aim is never shown as it: 1,795 of 2,000 are 89, as a plan that meets 90 is another one."""
    near = min(max(round(100 * count / draws), int(count > 0)), 100 - int(count < draws))
    return near - (count < aim * draws <= Decimal(near * draws) / 100)


def odds_of(plan: Plan, ready: Prepared, count: int = DRAWS, seed: int = SEED) -> Odds | None:
    """The odds of a plan; None where no figure of it is uncertain.

    Args:
        ready: the case of the plan, prepared.
        count: draws.
        seed: the same gives the same.

    Raises:
        DataError: a table that the ranges rest on cannot be read.
    """
    if len(plan.items) != 1:
        return _odds_of_mix(plan, ready, count, seed)
    place = ready.table.places[plan.items[0].key]
    sample = _sample(ready, place, count, seed)
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
    return summed_up(sample, each, met, drawn.days, drawn.cost_usd)


def _sample(ready: Prepared, place: int, count: int, seed: int) -> Sample:
    """Draws of what is uncertain about an option; made once for all cases that share the options, size and way, and
    leave the same figures open, and for all clusters and precisions of a kind of server."""
    setting, key = ready.setting, ready.table.options[place].key
    size = (setting.workload.params_active_b, setting.way.id, setting.asked.adapter_params_b is None)
    name = (ready.table, key.accelerator, key.procurement, key.terms, *size, setting.left_open, count, seed)

    def made() -> Sample:
        return Sample(uncertain_inputs(setting, (key,)), count, seed)

    cache: dict[Hashable, Sample] = get_or_make(setting.catalogue.cache, "samples", dict)
    return get_or_make(cache, name, made, MOST_DRAWN).about(setting)


def odds_with(drawn: DrawnOption, servers: int) -> Odds:
    """The odds of so many servers of an option."""
    days = drawn.days(servers)
    each, near = drawn.within(servers, days)
    return summed_up(drawn.sample, each, drawn.all_met(servers, each, near), days, drawn.cost_usd(servers, days))


def summed_up(sample: Sample, each: Mapping[Limit | str, Met], met: Met, days: Floats, cost: Floats) -> Odds:
    """What becomes of a plan, from what it costs, how long it takes and which limits it meets in every draw."""
    p10, p50, p90 = percentiles(cost)
    return Odds(
        draws=sample.count,
        seed=sample.seed,
        met=int(np.count_nonzero(met)),
        mean_usd=float(cost.mean()),
        p10_usd=p10,
        p50_usd=p50,
        p90_usd=p90,
        days=days,
        each=each,
        known=sample.known,
    )


def percentiles(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    """The least values that 10, 50 and 90 in 100 of them do not exceed (nearest rank), in their unit."""
    places = [max(0, math.ceil(len(values) * p / 100) - 1) for p in (10, 50, 90)]
    ranked = np.partition(values, places)
    return [float(ranked[place]) for place in places]
