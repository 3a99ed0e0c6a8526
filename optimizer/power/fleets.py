"""Which fleets may be had: options with their counts and days, once as floats and once in fractions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from optimizer.case.setting import Setting
from optimizer.domain.limits import BUDGET, GRID, Limit
from optimizer.exact import ZERO, ExactOption, ExactProblem
from optimizer.options import OptionTable
from optimizer.power.arrays import Floats
from optimizer.solve.claim import Prepared
from optimizer.units import FLOP_PER_PFLOPS_DAY
from optimizer.units.records import dataclass

Whole = NDArray[np.int64]
LIFTED = (GRID, BUDGET, Limit("energy"), Limit("carbon"))
"""Limits that bind the supply, not the servers: the site's programme has them, or the whole cost is held to them."""
ENERGY = "energy"
"""The cost term that the supply takes the place of."""


@dataclass(frozen=True, eq=False)
class Fleets:
    """Every option that a site may be filled with, as floats."""

    pflops: Floats
    mean_kw: Floats
    server_usd: Floats
    kw_day_usd: Floats
    """Paid per kW of fleet in use and day: all but energy."""
    peak_ratio: Floats
    """What the grid must carry over the mean draw: electrical peak x PUE of the hottest hours over the mean."""
    least: Whole
    most: Whole
    days: Whole
    """The longest run of each option."""
    work: float
    """PFLOP/s-days, those included that random outages cost."""
    staff_usd_per_day: float
    site_setup_usd: float

    def work_kw(self, option: Whole, days: Whole) -> Floats:
        """The part of a fleet that must be at work in the mean, kW."""
        found: Floats = self.work * self.mean_kw[option] / (self.pflops[option] * days)
        return found

    def only(self, places: Sequence[int]) -> Fleets:
        """The same where no server may be had of the options that are not named."""
        most = np.zeros_like(self.most)
        most[list(places)] = self.most[list(places)]
        return replace(self, most=most)


@dataclass(frozen=True, eq=False)
class ExactFleets:
    """The same in fractions, from the exact side of the proof."""

    problem: ExactProblem
    work: Fraction
    places: tuple[int, ...]
    """The options that may be had."""

    def only(self, places: tuple[int, ...]) -> ExactFleets:
        """The same with the options that are named, and no others."""
        return replace(self, places=places)

    def peak_ratio(self, place: int) -> Fraction:
        """What the grid must carry of an option over its mean draw."""
        option = self.option(place)
        return option.peak_kw / option.mean_kw

    def by_peak(self) -> Mapping[Fraction, tuple[int, ...]]:
        """The options by what the grid must carry over their mean draw: each kind sizes its supply by a ratio."""
        found: dict[Fraction, tuple[int, ...]] = {}
        for place in self.places:
            ratio = self.peak_ratio(place)
            found[ratio] = (*found.get(ratio, ()), place)
        return found

    def option(self, place: int) -> ExactOption:
        """One of the options."""
        return self.problem.options[place]

    def kw_day_usd(self, place: int) -> Fraction:
        """Paid per kW of fleet in use and day: all but energy."""
        option = self.option(place)
        paid = sum((usd for name, usd in option.server_day_terms.items() if name != ENERGY), ZERO)
        return paid / option.mean_kw

    def fleet_kw(self, place: int, servers: int) -> Fraction:
        """Mean draw of so many servers at full speed."""
        return servers * self.option(place).mean_kw

    def work_kw(self, place: int, days: int) -> Fraction:
        """The part of a fleet that must be at work in the mean, kW."""
        option = self.option(place)
        return self.work * option.mean_kw / (option.pflops * days)

    def standing_usd(self, place: int, servers: int, days: int) -> Fraction:
        """What servers, team and site set-up cost, whatever feeds them."""
        once = servers * self.option(place).server_usd + self.problem.site_setup_usd
        return once + self.problem.staff_usd_per_day * days


def fleets_of(
    ready: Prepared, availability: Fraction, lifted: tuple[Limit, ...] = LIFTED
) -> tuple[Fleets, ExactFleets]:
    """The fleets of a case, on both sides of the proof.

    Args:
        ready: the case as it was prepared with electricity at no price: the supply has its own.
        availability: the share of the work that random outages leave.
        lifted: the limits that bind the supply, not the servers.
    """
    problem = ready.problem.under(dict.fromkeys(lifted))
    work = problem.work_pflops_days / availability
    floats = _floats(ready.setting, ready.table, problem, float(availability))
    return floats, ExactFleets(problem, work, tuple(range(len(problem.options))))


def _floats(setting: Setting, table: OptionTable, problem: ExactProblem, availability: float) -> Fleets:
    count = len(table.options)
    bounds = [servers_of(problem, place) for place in range(count)]
    longest = [problem.deadline_days - option.lead_days for option in problem.options]
    return Fleets(
        pflops=table.pflops,
        mean_kw=table.mean_kw,
        server_usd=table.server_usd,
        kw_day_usd=table.server_day_usd / table.mean_kw,
        peak_ratio=table.peak_kw / table.mean_kw,
        least=np.array([low for low, _ in bounds], dtype=np.int64).reshape(count),
        most=np.array([high for _, high in bounds], dtype=np.int64).reshape(count),
        days=np.array(longest, dtype=np.int64).reshape(count),
        work=float(setting.training_flop) / FLOP_PER_PFLOPS_DAY / availability,
        staff_usd_per_day=table.day_usd,
        site_setup_usd=float(setting.case.site_setup_usd or 0),
    )


def servers_of(problem: ExactProblem, place: int) -> tuple[int, int]:
    """The fewest and the most servers of an option alone: memory, its size bracket, and every limit on servers."""
    option = problem.options[place]
    low = max(option.min_servers, math.ceil(problem.memory_gb / option.memory_gb))
    high = option.max_servers if problem.compute_allowed else 0
    for cap in problem.caps:
        if cap.uses[place] > 0:
            high = min(high, math.floor(cap.bound / cap.uses[place]))
    return low, high
