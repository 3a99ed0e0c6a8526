"""What a model is built from: the options that are left, their bounds, what is minimised and what is bounded.

Nothing of it is the solver's: a programme is data, and leaving out what cannot matter is arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optimizer.model.limit_rows import BOUND_SLACK, Ceiling, Demand, least_days, server_bounds
from optimizer.model.measures import LinearMeasure, Sites
from optimizer.model.reach import NEAR, Reach, least_days_of_sites
from optimizer.options import OptionTable
from optimizer.options.performance import Column
from optimizer.units import SMALLEST_COEFFICIENT
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False)
class Exclusion:
    """A plan that the solver's tolerance let through, to be cut off with every plan that must fail like it.

    ``too_much``: it breaks a cap, and so does every plan with at least its servers (and at least its days, if they are
    given). ``too_little``: it misses the work or the memory, and so does every plan with at most its servers and days.
    ``another``: no plan of these options alone can do, however many servers and days, so that another must take part.
    ``exactly``: only this very choice is known to fail.
    """

    kind: Literal["too_much", "too_little", "another", "exactly"]
    servers: Mapping[int, int]
    days: int | None


@dataclass(frozen=True, eq=False)
class Programme:
    """What one model is built from: the options that are left, their bounds, and what is asked."""

    table: OptionTable
    asked: Demand
    mix: int
    kept: tuple[int, ...]
    least: NDArray[np.int64]
    most: NDArray[np.int64]
    days_low: int
    days_high: int
    objective: LinearMeasure
    ceilings: tuple[Ceiling, ...] = ()
    """Those of the case first; one that no choice of the options left can pass has no row."""
    exclusions: tuple[Exclusion, ...] = ()
    """Plans that missed a limit slightly, and all that miss it with them (see claims)."""
    cutoff: float | None = None
    """Of the objective: only plans that are not above it are searched for; None for all."""
    reach: Reach = field(default_factory=dict)
    """How fast each site may be, as rows of the model; none are needed."""

    @property
    def longest_days(self) -> float:
        """No run is longer: the last day, or the time of a single server of the slowest option left."""
        among = list(self.kept)
        start = 0.0 if self.asked.sites is None else self.asked.sites.start_days[among]
        alone = (self.asked.work_pflops_days / self.table.pflops[among] + start).max()
        return min(float(self.days_high), float(alone) * (1 + BOUND_SLACK))

    @property
    def least_length(self) -> float:
        """No run is shorter, over :attr:`longest_days`: as whole days, it comes to the fewest; 0 for hardly any."""
        least = (self.days_low - 1) * (1 - BOUND_SLACK) / self.longest_days
        return min(least, 1.0) if least >= SMALLEST_COEFFICIENT else 0.0

    @property
    def waits(self) -> Mapping[int, float]:
        """Of the options left that cannot run for all days up to the deadline, the days that are cut off: those before
        they are there, or those after a reservation ends."""
        last = self.table.last_days(self.asked.deadline_days)
        cut = {o: self.asked.deadline_days - float(last[o]) for o in self.kept}
        return {o: days for o, days in cut.items() if days}

    @property
    def billed(self) -> Mapping[int, float]:
        """Of the options left that bill some days at least: what these days of one server come to, as a share of the
        server-days of the whole work. Only where a measure with a row counts them."""
        rows = (self.objective, *(ceiling.measure for ceiling in self.ceilings_in_reach))
        if all(what.paid_days is None for what in rows):
            return {}
        shares = self.table.paid_days * self.table.pflops / self.asked.work_pflops_days
        return {o: float(shares[o]) for o in self.kept if shares[o] > 0}

    @property
    def ceilings_in_reach(self) -> tuple[Ceiling, ...]:
        """The ceilings that some choice of the options left could pass: only these have a row."""
        return tuple(ceiling for ceiling in self.ceilings if _most_of(self, ceiling.measure) > ceiling.bound)


def programme(
    table: OptionTable,
    asked: Demand,
    mix: int,
    objective: LinearMeasure,
    *,
    ceilings: Iterable[Ceiling] = (),
    prune: bool = True,
) -> Programme | None:
    """Bounds as tight as the case allows; options that cannot take part are left out. None if no option is left.

    Args:
        prune: whether a case that is too slow by its bounds alone is given up here; else the solver decides.
    """
    if not table.options or not asked.compute_allowed:
        return None
    alone = mix == 1
    bounds = server_bounds(table, asked, alone=alone)
    last = table.last_days(asked.deadline_days).astype(np.int64)
    may = (bounds.most >= bounds.least) & (last >= 1)
    most = bounds.most
    if not alone:
        most = _room_in_brackets(table, asked, most)
        may &= most >= bounds.least
    if alone:
        may &= _least_days(asked.work_pflops_days, table.pflops * np.maximum(bounds.most, 1)) <= last
    kept = tuple(np.flatnonzero(may).tolist())
    if not kept:
        return None
    days_low = least_days_of_all(table, asked, most, kept, mix)
    days_high = int(last[may].max())
    if asked.sites is not None and days_low <= days_high < NEAR * days_low:
        days_low = least_days_of_sites(table, asked, asked.sites, most, kept, mix, days_low, days_high)
    if days_low > days_high:
        if prune:
            return None
        days_low = days_high
    return Programme(table, asked, mix, kept, bounds.least, most, days_low, days_high, objective, tuple(ceilings))


def _most_of(given: Programme, what: LinearMeasure) -> float:
    """No plan of the options left comes to more of a measure: as many servers as may be, for as long as may be."""
    among = list(given.kept)
    once = np.sort(what.per_server[among] * given.most[among])[::-1][: given.mix].sum()
    worked = given.asked.work_pflops_days * what.per_server_day[among] / given.table.pflops[among]
    if what.paid_days is not None:
        worked = worked + what.per_server_day[among] * what.paid_days[among] * given.most[among]
    total = what.constant + what.latest[among].max() + once + worked.max() + what.per_day * given.days_high
    if what.site_once is not None and what.site_day is not None:
        total += (what.site_once + what.site_day * given.days_high).sum()
    return float(total)


def _room_in_brackets(table: OptionTable, asked: Demand, most: NDArray[np.int64]) -> NDArray[np.int64]:
    """Servers at most of options in a mix, by what a cap leaves of a size bracket's least devices.

    Where ``n`` servers of ``d`` devices take ``n use`` of a cap that touches every option of the bracket, the rest of
    the bracket's least devices must come from what is left of it: ``min - n d <= (bound - n use) rho``, with ``rho``
    the most devices to a unit of the cap.
    """
    found = most.astype(np.float64)
    groups: dict[tuple[str, str], list[int]] = {}
    for o, option in enumerate(table.options):
        if option.bracket.min_devices > 1:
            groups.setdefault((option.key.site, option.key.bracket), []).append(o)
    for members in groups.values():
        least = float(table.options[members[0]].bracket.min_devices)
        devices = table.devices[members]
        for cap in asked.caps:
            uses = cap.per_server[members]
            if not (uses > 0).all():
                continue
            frugal = float((devices / uses).max())
            short = uses * frugal - devices
            spare = cap.bound * frugal * (1 + BOUND_SLACK) - least
            room = np.divide(spare, short, out=np.full_like(short, np.inf), where=short > BOUND_SLACK * devices)
            room = np.full_like(short, -1.0) if spare < -BOUND_SLACK * least else room * (1 + BOUND_SLACK)
            found[members] = np.minimum(found[members], np.floor(room))
    whole: NDArray[np.int64] = found.astype(np.int64)
    return whole


def least_days_of_all(table: OptionTable, asked: Demand, most: NDArray[np.int64], kept: Sequence[int], mix: int) -> int:
    """No plan of up to ``mix`` options is faster: the fastest fleet the bounds and each single cap allow."""
    among = list(kept)
    fastest = float(np.sort(table.pflops[among] * most[among])[::-1][:mix].sum())
    for cap in asked.caps:
        uses = cap.per_server[among]
        if (uses > 0).all():
            fastest = min(fastest, cap.bound * float((table.pflops[among] / uses).max()))
    if asked.sites is not None:
        fastest = min(fastest, float(site_speeds(table, asked, asked.sites, most, among, mix).sum()))
    return least_days(asked.work_pflops_days, fastest)


def site_speeds(
    table: OptionTable, asked: Demand, sites: Sites, most: NDArray[np.int64], kept: Sequence[int], mix: int
) -> Column:
    """Of every site, a speed that no fleet of up to ``mix`` of its options exceeds, PFLOP/s; 0 without options."""
    speeds = np.zeros(len(sites.setup_usd))
    among = np.array(kept, dtype=np.int64)
    for site in range(len(speeds)):
        here = among[sites.of[among] == site]
        if not here.size:
            continue
        fastest = float(np.sort(table.pflops[here] * most[here])[::-1][:mix].sum())
        for cap in asked.caps:
            uses = cap.per_server[here]
            if (uses > 0).all():
                fastest = min(fastest, cap.bound * float((table.pflops[here] / uses).max()))
        speeds[site] = fastest
    return speeds


def _least_days(work: float, pflops: Column) -> Column:
    """:func:`least_days` of many fleets."""
    days: Column = np.maximum(1.0, np.ceil(work / pflops * (1 - BOUND_SLACK)))
    return days
