"""Lines that bound the cost of every supply from below, out of the prices of one.

The fleet's work ``M`` and its size ``N`` (kW) enter the programme only as the right side of the work row and as the
bounds of the fleet's column, ``U <= fleet <= N`` with ``U = max(M, N (T - 1) / T)``. So any prices ``y >= 0`` of the
rows give, for every option, count and days alike (weak duality; nothing is asked of ``y`` but its sign),

    V_T(N, M, f) >= s (a + g M + r / T) + (f T - s p) N   where f T < s p,   else + (f T - s p) U

with ``f`` the cost of the fleet in use (USD per kW and day), ``g`` the price of the work row, ``p`` what the rows
pay for the fleet, ``r`` the prices of the rows whose right side is a limit over T, ``a`` the columns that the prices
overrate, each at its most, and ``s`` what the prices of T0 are multiplied by for T days:

* where this run pays its share of what is built, all costs grow with T: ``s = T / T0`` is exact both ways;
* where it bears the whole price: for T >= T0 the prices stay as they are (running costs are not negative), for T < T0
  they shrink with T (the price of what is built does not).

A site that sells has running costs below 0. Then every day beyond T0 may earn as much as the bounds of what is sold
allow, and that much is taken off the line: it holds for all T, and is sharp where T = T0.
"""

from __future__ import annotations

import numpy as np

from optimizer.domain.feed import SupplyBasis
from optimizer.power.arrays import WORK, Floats, Supply
from optimizer.power.columns import FLEET
from optimizer.units.records import dataclass


def in_use_at_least(fleet_kw: Floats, work_kw: Floats, days: Floats) -> Floats:
    """The least part of a fleet that is in use and paid for: all of it until the last day begins, kW.

    A run of T days ends within the last one; what is left of that day is not paid for, as without flags of Power.
    """
    found: Floats = np.maximum(work_kw, fleet_kw * (days - 1) / days)
    return found


@dataclass(frozen=True, eq=False)
class Line:
    """A bound that holds for every fleet, work and days."""

    days: int
    """T0, of the run whose prices they are."""
    duals: Floats
    constant: float
    work: float
    limits: float
    fleet: float
    income: float
    """USD that a further day may earn at most, by what is sold."""

    def floor(
        self, basis: SupplyBasis, fleet_kw: Floats, work_kw: Floats, usd_per_kw_day: Floats, days: Floats
    ) -> Floats:
        """The least that the supply and the fleet in use can cost, USD, for arrays of fleets."""
        least = in_use_at_least(fleet_kw, work_kw, days)
        scale = days / self.days
        if basis == "whole":
            scale = np.minimum(scale, 1.0)
        slope = usd_per_kw_day * days - scale * self.fleet
        in_use = np.where(slope < 0, slope * fleet_kw, slope * least)
        found: Floats = scale * (self.constant + self.work * work_kw + self.limits / days) + in_use
        if basis == "whole":
            found -= self.income * np.maximum(0.0, days - self.days)
        return found


@dataclass(frozen=True, eq=False)
class Reach:
    """The most work that fleets can do: ``work <= constant + per_kw N + limits / T`` for every fleet of N kW."""

    duals: Floats
    constant: float
    per_kw: float
    limits: float

    def most(self, fleet_kw: Floats, days: Floats) -> Floats:
        """The most work of fleets, kW."""
        found: Floats = self.constant + self.per_kw * fleet_kw + self.limits / days
        return found


@dataclass(frozen=True, eq=False)
class Room:
    """The largest fleet that can be at work in every hour: ``fleet in use <= constant + limits / T``."""

    duals: Floats
    constant: float
    limits: float

    def most(self, days: Floats) -> Floats:
        """The largest fleet in use, kW."""
        found: Floats = self.constant + self.limits / days
        return found


def room_of(supply: Supply, duals: Floats) -> Room:
    """The bound on the fleet that the prices of a run for the largest fleet give; the work row has no price there."""
    prices = np.maximum(duals, 0.0)
    prices[WORK] = 0.0
    paid = supply.rows.transposed(prices, supply.columns.count)
    paid[FLEET] += 1.0
    return Room(prices, float((np.maximum(paid, 0.0) * supply.upper).sum()), -_limits(supply, prices))


def line_of(supply: Supply, days: int, duals: Floats) -> Line:
    """The line that the prices of a run of so many days give."""
    prices = np.maximum(duals, 0.0)
    reduced = supply.cost(days, 0.0) - supply.rows.transposed(prices, supply.columns.count)
    overrated = np.minimum(reduced, 0.0) * supply.upper
    return Line(
        days=days,
        duals=prices,
        constant=float(overrated.sum() - overrated[FLEET]),
        work=float(prices[WORK]),
        limits=_limits(supply, prices),
        fleet=-float(reduced[FLEET]),
        income=supply.income,
    )


def reach_of(supply: Supply, duals: Floats) -> Reach:
    """The bound on the work that the prices of a run for the most work give; the work row itself has no price there."""
    prices = np.maximum(duals, 0.0)
    prices[WORK] = 0.0
    reduced = -supply.work - supply.rows.transposed(prices, supply.columns.count)
    overrated = np.minimum(reduced, 0.0) * supply.upper
    return Reach(
        duals=prices,
        constant=-float(overrated.sum() - overrated[FLEET]),
        per_kw=max(0.0, -float(reduced[FLEET])),
        limits=-_limits(supply, prices),
    )


def _limits(supply: Supply, prices: Floats) -> float:
    """Prices of the limits over the whole run, times the limits: what they give is this over the days."""
    rows, site = supply.rows, supply.site
    total = 0.0
    for place, bound in ((rows.carbon, site.max_carbon_kg), (rows.energy, site.max_energy_kwh)):
        if place is not None and bound is not None:
            total -= float(prices[place]) * float(bound)
    return total
