"""The cheapest choice that meets every limit in a share of the draws, found over all draws at once.

Every kind of server and every number of them is looked at: of a number, :meth:`DrawnOption.most_met` bounds from above
in how many draws it can meet every limit, and only where that is enough the draws themselves are counted, the cheapest
first. The central case must be met too. :mod:`optimizer.uncertainty.robust` proves the same choice in another way.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from optimizer.domain import OptionKey
from optimizer.model.limit_rows import server_bounds
from optimizer.model.measures import LinearMeasure
from optimizer.solve.claim import Prepared
from optimizer.uncertainty.drawn_option import DrawnOption, draw_option
from optimizer.uncertainty.exact_facts import Fact, fact
from optimizer.uncertainty.sample import Sample
from optimizer.units.records import dataclass

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Surest:
    """A choice, and in how many draws it meets every limit."""

    drawn: DrawnOption
    servers: int
    met: int
    central: Fact

    @property
    def days(self) -> int:
        """Whole days of training in the central case."""
        return self.central.days(self.servers)

    @property
    def accelerators(self) -> int:
        """Devices in its servers."""
        return self.servers * self.drawn.option.hardware.devices

    @property
    def share(self) -> float:
        """The share of the draws in which it meets every limit."""
        return self.met / self.drawn.sample.count

    @property
    def cost_usd(self) -> Fraction:
        """What it costs in the central case."""
        return self.central.cost_usd(self.servers)

    @property
    def rank(self) -> tuple[Fraction, int, int, OptionKey]:
        """Cheapest in the central case (USD), then shortest (days), then fewest servers, then by name."""
        return self.cost_usd, self.days, self.servers, self.drawn.option.key


def surest(ready: Prepared, sample: Sample, needed: int) -> Surest | None:
    """The cheapest choice that meets every limit in so many draws and in the central case; None if there is none."""
    best: Surest | None = None
    for place, counts, costs in _usable(ready):
        if best is not None and costs.min() > float(best.rank[0]) * (1 + _CLOSE):
            break
        for found in _enough(ready, sample, place, counts, costs, needed):
            best = found if best is None or found.rank < best.rank else best
    return best


def most_often(ready: Prepared, sample: Sample) -> Surest | None:
    """The choice that meets every limit in the most draws, the cheapest of these; None where the case has no plan."""
    best: Surest | None = None
    for place, counts, costs in _usable(ready):
        central = fact(ready.setting, ready.table.options[place].key)
        drawn = draw_option(ready, place, sample)
        at_most = drawn.most_met(counts)
        for i in np.lexsort((costs, -at_most)).tolist():
            if best is not None and at_most[i] < best.met:
                break
            servers = int(counts[i])
            if not central.met(servers):
                continue
            found = Surest(drawn, servers, int(np.count_nonzero(drawn.met(servers))), central)
            if best is None or (-found.met, found.rank) < (-best.met, best.rank):
                best = found
    return best


_CLOSE = 1e-9
"""Costs that differ by less than this share are compared exactly."""


def _usable(ready: Prepared) -> Iterator[tuple[int, Whole, NDArray[np.float64]]]:
    """Options with the numbers of servers that meet the central case but for rounding, and what these cost there: the
    option with the cheapest first."""
    table, asked = ready.table, ready.asked
    if not asked.compute_allowed:
        return
    bounds = server_bounds(table, asked, alone=True)
    measures = [asked.measure(table, "cost"), *(ceiling.measure for ceiling in asked.ceilings)]
    last = table.last_days(asked.deadline_days)
    found = []
    for place in range(len(table.options)):
        full_days, left = asked.work_pflops_days / table.pflops[place], last[place]
        if left < 1:
            continue
        least = max(int(bounds.least[place]), int(np.ceil(full_days / left * (1 - _CLOSE))))
        counts = np.arange(least, int(bounds.most[place]) + 1)
        if not counts.size:
            continue
        days = np.maximum(1.0, np.ceil(full_days / counts * (1 - _CLOSE)))
        costs, *used = (_come_to(what, place, counts, days, full_days) for what in measures)
        may = np.ones(counts.size, dtype=bool)
        for amount, ceiling in zip(used, asked.ceilings, strict=True):
            may &= amount <= ceiling.bound * (1 + _CLOSE)
        if may.any():
            found.append((place, counts[may], costs[may]))
    yield from sorted(found, key=lambda one: (one[2].min(), one[0]))


def _come_to(
    what: LinearMeasure, place: int, counts: Whole, days: NDArray[np.float64], full_days: float
) -> NDArray[np.float64]:
    """What some numbers of servers of an option come to, of a measure."""
    billed = full_days if what.paid_days is None else np.maximum(full_days, what.paid_days[place] * counts)
    worked: NDArray[np.float64] = what.per_server_day[place] * billed + what.per_server[place] * counts
    whole: NDArray[np.float64] = worked + what.constant + what.latest[place] + what.per_day * days
    return whole


def _enough(
    ready: Prepared, sample: Sample, place: int, counts: Whole, costs: NDArray[np.float64], needed: int
) -> Iterator[Surest]:
    """The cheapest number of servers of an option that is enough, and those that cost as much but for rounding."""
    drawn = draw_option(ready, place, sample)
    may = np.flatnonzero(drawn.most_met(counts) >= needed)
    if not may.size:
        return
    central = fact(ready.setting, drawn.option.key)
    reached = np.inf
    for i in may[np.argsort(costs[may], kind="stable")].tolist():
        if costs[i] > reached * (1 + _CLOSE):
            return
        servers = int(counts[i])
        if central.met(servers) and (met := int(np.count_nonzero(drawn.met(servers)))) >= needed:
            reached = min(reached, costs[i])
            yield Surest(drawn, servers, met, central)
