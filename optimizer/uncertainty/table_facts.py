"""What each scenario asks of every option, in floating point from the options table: the side of the model.

:mod:`optimizer.uncertainty.exact_facts` works out the same from the raw data, and shares nothing with this.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from optimizer.case.setting import Setting
from optimizer.model.ladders import Group, Ladder
from optimizer.model.limit_rows import BOUND_SLACK, Demand, demand, server_bounds
from optimizer.model.measures import LinearMeasure
from optimizer.options import OptionTable
from optimizer.options.recalculation import recompute
from optimizer.uncertainty.limits_met import whole_days
from optimizer.units.records import dataclass

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Met = NDArray[np.bool_]

WIDER = 1e-6
"""How far above the value that was found a level may cost and still be left in the model."""
NO_STEP = 1e-9
"""Costs that differ by less than this share are the same but for rounding."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What one scenario asks of each option."""

    table: OptionTable
    wanted: Demand
    least: Whole
    most: Whole
    full_days: Floats

    def cost_usd(self, option: int, servers: Whole) -> Floats:
        """What so many servers of an option cost until the work is done."""
        return self._amount(self.wanted.measure(self.table, "cost"), option, servers)

    def _amount(self, what: LinearMeasure, option: int, servers: Whole) -> Floats:
        """What so many servers of an option come to of a measure until the work is done."""
        days = whole_days(self.full_days[option] / servers)
        billed: Floats = np.full(len(servers), self.full_days[option])
        if what.paid_days is not None:
            billed = np.maximum(billed, what.paid_days[option] * servers)
        once = what.constant + what.latest[option] + what.per_server_day[option] * billed
        amounts: Floats = once + what.per_server[option] * servers + what.per_day * days
        return amounts

    def met(self, option: int, servers: Whole) -> Met:
        """Whether so many servers of an option meet every limit."""
        within: Met = (self.least[option] <= servers) & (servers <= self.most[option])
        for ceiling in self.wanted.ceilings if within.any() else ():
            within &= self._amount(ceiling.measure, option, servers) <= ceiling.bound * (1 + BOUND_SLACK)
        return within


def demand_of(setting: Setting, known: OptionTable, places: Sequence[int]) -> Asked:
    """What a case asks of some options, in their order.

    Args:
        known: the options of the central case, from which this one differs in figures only.
        places: of the options in it.
    """
    table = recompute(known, setting, places)
    wanted = demand(setting, table)
    bounds = server_bounds(table, wanted, alone=True)
    left_days = table.last_days(wanted.deadline_days)
    full_days = wanted.work_pflops_days / table.pflops
    in_time = np.ceil(full_days / np.maximum(left_days, 1.0) * (1 - BOUND_SLACK)).astype(np.int64)
    may = (left_days >= 1) & wanted.compute_allowed
    least = np.where(may, np.maximum(bounds.least, in_time), bounds.most + 1)
    return Asked(table, wanted, least, bounds.most, full_days)


def affordable(central: Asked, known_usd: float) -> list[int]:
    """The options of which some number of servers costs no more, in the central case, than a plan that is known.

    Of the others :func:`ladders` leaves no level where the central cost is the aim.
    """
    found = []
    for o in range(len(central.most)):
        counts = np.arange(central.least[o], central.most[o] + 1)
        if counts.size and (central.cost_usd(o, counts) <= known_usd * (1 + WIDER)).any():
            found.append(o)
    return found


def ladders(
    central: Asked, scenarios: Sequence[Asked], options: Collection[int], aim: str | None, known_usd: float | None
) -> dict[int, Ladder]:
    """The ladders of some options, without the levels that cost more than a plan that is known.

    Args:
        aim: what a level costs: central, mean or worst; None where only the share counts.
        known_usd: the aim of that plan.
    """
    found = {}
    for o in options:
        counts = np.arange(central.least[o], central.most[o] + 1)
        counts = counts[central.met(o, counts)] if counts.size else counts
        if not counts.size:
            continue
        met = np.stack([scenario.met(o, counts) for scenario in scenarios])
        costs = np.zeros(len(counts)) if aim is None else _aims(central, scenarios, o, counts, aim)
        keep = _cheapest_of_each_stretch(met, costs)
        if known_usd is not None:
            keep = keep[costs[keep] <= known_usd * (1 + WIDER)]
        if keep.size:
            servers, usd = tuple(counts[keep].tolist()), tuple(_stepped(costs[keep]))
            found[o] = Ladder(servers, usd, tuple(_groups(met[:, keep])))
    return found


def _aims(central: Asked, scenarios: Sequence[Asked], option: int, counts: Whole, aim: str) -> Floats:
    if aim == "central":
        return central.cost_usd(option, counts)
    costs = np.stack([scenario.cost_usd(option, counts) for scenario in scenarios])
    found: Floats = costs.max(axis=0) if aim == "worst" else costs.mean(axis=0)
    return found


def _cheapest_of_each_stretch(met: Met, costs: Floats) -> Whole:
    """The cheapest (then the fewest) of each run of numbers that meet the same scenarios."""
    changes = np.flatnonzero((met[:, 1:] != met[:, :-1]).any(axis=0)) + 1
    edges = [0, *changes.tolist(), met.shape[1]]
    return np.array([low + int(np.argmin(costs[low:high])) for low, high in pairwise(edges)])


def _stepped(costs: Floats) -> Iterator[float]:
    """Costs without steps that are rounding alone."""
    before = -math.inf
    for cost in costs.tolist():
        before = before if abs(cost - before) <= NO_STEP * abs(cost) else cost
        yield before


def _groups(met: Met) -> Iterator[Group]:
    """Runs of levels on which scenarios are met, with the number of scenarios of each."""
    padded = np.zeros((met.shape[0], met.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = met
    steps = np.diff(padded, axis=1)
    begins, ends = np.argwhere(steps == 1), np.argwhere(steps == -1)  # row by row, so that they go in pairs
    pairs = zip(begins.tolist(), ends.tolist(), strict=True)
    weights = Counter((first, end - 1) for (_, first), (_, end) in pairs)
    for (first, last), count in sorted(weights.items()):
        yield Group(first, last, count)
