"""How fast several sites together can be: an upper bound by site, bracket and kinds, in floating point.

The row "speed" of a statement lets part of a server stand in for a whole one, so that a case is a good deal too slow
before its relaxation shows it, and a solver looks for minutes. Here servers are whole: what each site does with up to
``k`` kinds in one size bracket is a knapsack over each limit that touches all of them, filled by dynamic programming
with uses rounded down. A site whose servers come in phases has one for each phase; a plan combines ``mix`` kinds.

The same in whole numbers, by itself: :mod:`optimizer.exact.reach`, without which no case is given up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from optimizer.model.limit_rows import BOUND_SLACK, Demand
from optimizer.model.measures import Sites
from optimizer.options import OptionTable
from optimizer.options.performance import Column

STEPS = 4000
"""Into which each limit is divided."""
LEAST_RISE = 1e-3
"""Of a line above the speeds: one that rises less is level."""
ROUNDING = 1e-9
"""By which a row of the model is looser than what it represents."""
Reach = Mapping[int, Mapping[float, Column]]
"""By site and by the day on which servers begin, the greatest speed with 0, 1 ... kinds."""
NEAR = 2
"""Only where the deadline is less than so many times the days of a simpler bound is this one calculated."""


def least_days_of_sites(
    table: OptionTable,
    asked: Demand,
    sites: Sites,
    most: NDArray[np.int64],
    kept: Sequence[int],
    mix: int,
    low: int,
    high: int,
) -> int:
    """The fewest days, from ``low`` on, in which the work may be done; ``high + 1`` where it may not by ``high``."""
    phases = list(speeds_of_sites(table, asked, sites, most, kept, mix).values())
    enough = asked.work_pflops_days * (1 - BOUND_SLACK)
    if _most_work(phases, mix, high) < enough:
        return high + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _most_work(phases, mix, middle) >= enough else (middle + 1, high)
    return low


def speeds_of_sites(
    table: OptionTable, asked: Demand, sites: Sites, most: NDArray[np.int64], kept: Sequence[int], mix: int
) -> Reach:
    """Of every site with options left: from each day on which servers may begin there, the greatest speed that it may
    have with 0, 1 ... ``mix`` kinds, PFLOP/s."""
    found = {}
    for site in sorted({int(sites.of[o]) for o in kept}):
        here = [o for o in kept if sites.of[o] == site]
        found[site] = _speeds_of_site(table, asked, most, here, sites, mix)
    return found


def lines_above(speeds: Column) -> list[tuple[float, float]]:
    """Straight lines ``a + b k`` above the speeds of 1, 2 ... kinds, each as ``(a, b)``, shares of the greatest
    speed."""
    points = speeds[1:] / speeds[-1]
    kinds = np.arange(1, len(speeds))
    lines = [(1.0, 0.0)]
    for one in range(len(points)):
        for two in range(one + 1, len(points)):
            rise = float(points[two] - points[one]) / (two - one)
            base = float(points[one]) - rise * float(kinds[one])
            if rise > LEAST_RISE and (base + rise * kinds >= points - BOUND_SLACK).all():
                lines.append((max(base, LEAST_RISE) * (1 + ROUNDING), rise * (1 + ROUNDING)))
    return lines


def _most_work(of_sites: Sequence[Mapping[float, Column]], mix: int, days: int) -> float:
    """The most that the sites do in so many days with ``mix`` kinds over all of them."""
    together = np.zeros(mix + 1)
    for speeds in of_sites:
        starts = [*speeds, float(days)]
        lengths = np.maximum(np.minimum(starts[1:], days) - np.minimum(starts[:-1], days), 0.0)
        alone = lengths @ np.array(list(speeds.values()))
        together = np.array([max(together[k - i] + alone[i] for i in range(k + 1)) for k in range(mix + 1)])
    return float(together[mix])


def _speeds_of_site(
    table: OptionTable, asked: Demand, most: NDArray[np.int64], here: Sequence[int], sites: Sites, mix: int
) -> dict[float, Column]:
    """From each day on which servers may begin at a site, its greatest speed with 0, 1 ... ``mix`` kinds."""
    speeds: dict[float, Column] = {}
    for start in sorted({float(sites.start_days[o]) for o in here}):
        begun = [o for o in here if sites.start_days[o] <= start]
        fastest = np.zeros(mix + 1)
        for bracket in dict.fromkeys(table.options[o].key.bracket for o in begun):
            members = np.array([o for o in begun if table.options[o].key.bracket == bracket], dtype=np.int64)
            fastest = np.maximum(fastest, _speeds_in_bracket(table, asked, most, members, mix))
        speeds[start] = fastest
    return speeds


def _speeds_in_bracket(
    table: OptionTable, asked: Demand, most: NDArray[np.int64], members: NDArray[np.int64], mix: int
) -> Column:
    largest = float(table.options[int(members[0])].bracket.max_devices)
    found = _knapsack(table.devices[members] / largest, table.pflops[members], most[members], mix)
    for cap in asked.caps:
        uses = cap.per_server[members]
        if cap.bound > 0 and (uses > 0).all():
            found = np.minimum(found, _knapsack(uses / cap.bound, table.pflops[members], most[members], mix))
    return found


def _knapsack(shares: Column, speeds: Column, most: NDArray[np.int64], mix: int) -> Column:
    """The greatest speed within one limit, of which a server takes a share, with 0, 1 ... ``mix`` kinds."""
    steps = np.floor(shares * STEPS * (1 - BOUND_SLACK)).astype(np.int64)
    order = np.lexsort((-most, -speeds, steps))
    left: list[int] = []
    for item in order.tolist():  # one that takes more, for no more speed and no more servers, is needless
        if not ((speeds[left] >= speeds[item]) & (most[left] >= most[item])).any():
            left.append(item)
    reached: Column = np.zeros(STEPS + 1)
    by_kinds = [0.0]
    for _ in range(mix):
        fewer, reached = reached, reached.copy()
        for item in left:
            step, servers = int(steps[item]), int(most[item])
            fits = servers if step == 0 else min(servers, STEPS // step)
            for n in range(fits if step == 0 else 1, fits + 1):
                taken = n * step
                np.maximum(reached[taken:], fewer[: STEPS + 1 - taken] + n * speeds[item], out=reached[taken:])
        by_kinds.append(float(reached[-1]))
    return np.array(by_kinds) * (1 + BOUND_SLACK)
