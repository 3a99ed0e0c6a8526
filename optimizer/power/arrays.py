"""The supply of a site as arrays: what every row means. A test holds them equal to a statement in Pyomo.

Sets: day types ``d`` with their weight ``w``, hours ``h``, power states ``j`` with their share of power and of speed.
Columns: the fleet in use (kW), capacities ``k``, the state of charge at midnight, and by day and hour import, genset,
charge, discharge, state of charge, what is started again, and the part of the fleet in each power state. All rows are
``>=``, all columns bounded; nothing is whole::

    work         sum w (sum speed work - restart start) / 24  >=  M
    balance      imp + gen + dis - chg - sold + sun (pv + ppa) + wind  >=  sum power work
    in use       fleet >= sum work
    store        soc[h] + in chg - dis / out >= soc[h + 1] ;  least k <= soc <= k ;  soc[0] = midnight
    converter    k >= chg + peak (1 + reserve) dis      contract  k >= peak imp      genset  k >= peak (1 + reserve) gen
    sold         sun pv + wind >= sold                                          (where the site sells)
    restart      start >= sum work[h] - sum work[h - 1]
    never off    sum work >= fleet                                        (where the fleet may not pause)
    renewable    (1 - share) sum w power work >= sum w (imp + gen)
    carbon       most sum w power work >= emitted a day ;  limit / T >= emitted a day ;  energy limit / T >= drawn a day
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.feed import HOURS_A_DAY
from optimizer.power.columns import FLEET, MIDNIGHT, Columns, most_of, sold_bounds
from optimizer.power.site import ASSETS, AssetName, PowerSite
from optimizer.units import DAYS_PER_YEAR, MONTHS_PER_YEAR
from optimizer.units.records import dataclass

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
WORK = 0
"""The row of the work to be done."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows ``A x >= right``; right sides that depend on the work or on the days are set before each run."""

    row: Places
    column: Places
    value: Floats
    count: int
    carbon: int | None
    """The row of the most emissions of a run: its right side is the limit over the days."""
    energy: int | None
    shares: tuple[int, ...] = ()
    """The rows that hold a share of the energy drawn, where it leaves some room: their right side is 0."""

    def transposed(self, duals: Floats, columns: int) -> Floats:
        """``A'y``."""
        found: Floats = np.bincount(self.column, self.value * duals[self.row], columns).astype(np.float64)
        return found

    def times(self, values: Floats) -> Floats:
        """``A x``."""
        found: Floats = np.bincount(self.row, self.value * values[self.column], self.count).astype(np.float64)
        return found


@dataclass(frozen=True, eq=False)
class Supply:
    """The supply of one site for fleets of up to ``fleet_kw``, as floats."""

    site: PowerSite
    fleet_kw: int
    columns: Columns
    rows: Rows
    upper: Floats
    running: Floats
    """Cost of one unit of every column, USD a day; the fleet's own not in it."""
    capital: Floats
    """Price of one unit of every capacity as it is charged: USD, or USD a day where this run pays its share."""

    def cost(self, days: int, fleet_usd_per_kw_day: float) -> Floats:
        """Cost of one unit of every column over a run of so many days."""
        times = days if self.site.basis == "share" else 1
        found = self.running * days + self.capital * times
        found[FLEET] += fleet_usd_per_kw_day * days
        return found

    def right(self, days: int, work_kw: float, hair: float = 0.0) -> Floats:
        """The right sides of all rows; with a hair, that share more is asked than the case asks: rounding takes it."""
        found = np.zeros(self.rows.count)
        found[WORK] = work_kw * (1 + hair)
        for place, bound in ((self.rows.carbon, self.site.max_carbon_kg), (self.rows.energy, self.site.max_energy_kwh)):
            if place is not None and bound is not None:
                found[place] = -float(bound) / days * (1 - hair)
        for place in self.rows.shares:
            found[place] = HOURS_A_DAY * work_kw * hair
        return found

    @cached_property
    def income(self) -> float:
        """USD a day that nobody can earn more than by selling: the bounds of what is sold, at its price."""
        return -float((np.minimum(self.running, 0.0) * self.upper).sum())

    @cached_property
    def work(self) -> Floats:
        """The work row: what a unit of every column does."""
        found = np.zeros(self.columns.count)
        mine = self.rows.row == WORK
        found[self.rows.column[mine]] = self.rows.value[mine]
        return found


def supply_of(site: PowerSite, fleet_kw: int) -> Supply:
    """Fill the arrays."""
    columns = Columns.of(site)
    most = most_of(site, fleet_kw)
    return Supply(
        site=site,
        fleet_kw=fleet_kw,
        columns=columns,
        rows=_rows(site, columns),
        upper=_upper(site, columns, fleet_kw, {name: float(value) for name, value in most.items()}),
        running=_running(site, columns),
        capital=_capital(site, columns),
    )


class _Hours:
    """The places of the columns by hour, each an array over all hours of all days."""

    def __init__(self, columns: Columns) -> None:
        days, hours = np.meshgrid(np.arange(columns.days), np.arange(HOURS_A_DAY), indexing="ij")
        steps = (days * HOURS_A_DAY + hours).ravel()
        self.steps = steps
        self.before = (days * HOURS_A_DAY + (hours - 1) % HOURS_A_DAY).ravel()
        self.after = (days * HOURS_A_DAY + (hours + 1) % HOURS_A_DAY).ravel()
        self.imp, self.gen, self.chg, self.dis, self.soc, self.start = (
            columns.flow(name, 0, 0) + steps for name in ("imp", "gen", "chg", "dis", "soc", "start")
        )
        self.sold = columns.flow("sold", 0, 0) + steps if columns.sells else None
        self.work = [columns.at_work(state, 0, 0) + steps for state in range(columns.states)]


class _Filling:
    """Rows as they are added."""

    def __init__(self) -> None:
        self.rows: list[Places] = []
        self.columns: list[Places] = []
        self.values: list[Floats] = []
        self.count = 0

    def add(self, count: int, *terms: tuple[Places | int, Floats | float]) -> int:
        """So many rows at once: each term has a column and a value for every row, or one for all."""
        first, places = self.count, np.arange(self.count, self.count + count)
        for column, value in terms:
            self.rows.append(places)
            self.columns.append(np.broadcast_to(np.asarray(column, dtype=np.int64), (count,)))
            self.values.append(np.broadcast_to(np.asarray(value, dtype=np.float64), (count,)))
        self.count += count
        return first

    def add_one(self, *terms: tuple[Places, Floats]) -> int:
        """One row over many columns."""
        for column, value in terms:
            self.rows.append(np.full(len(column), self.count))
            self.columns.append(column)
            self.values.append(value)
        self.count += 1
        return self.count - 1

    def made(self, carbon: int | None, energy: int | None, shares: list[int]) -> Rows:
        """The rows without their zeros."""
        row, column = np.concatenate(self.rows), np.concatenate(self.columns)
        value = np.concatenate(self.values).astype(np.float64)
        held = value != 0
        return Rows(row[held], column[held], value[held], self.count, carbon, energy, tuple(shares))


def _rows(site: PowerSite, columns: Columns) -> Rows:
    at, filling = _Hours(columns), _Filling()
    weight = np.repeat([float(day.weight) for day in site.days], HOURS_A_DAY)
    sun, wind = (
        np.array([[float(v) for v in getattr(day, name)] for day in site.days]).ravel() for name in ("pv", "wind")
    )
    powers = [float(power) for power, _ in site.states]
    count = len(at.steps)
    drawn, peak = float(site.drawn_ratio), float(site.peak_ratio)
    cap = columns.capacity
    work = [
        (place, weight * float(speed) / HOURS_A_DAY) for place, (_, speed) in zip(at.work, site.states, strict=True)
    ]
    restarts = [(at.start, -weight * float(site.restart_h) / HOURS_A_DAY)] if site.restart_h else []
    filling.add_one(*work, *restarts)
    load = [(place, -power) for place, power in zip(at.work, powers, strict=True)]
    feeding: list[tuple[Places | int, Floats | float]] = [(at.imp, 1.0), (at.gen, 1.0), (at.dis, 1.0), (at.chg, -1.0)]
    if at.sold is not None:
        feeding.append((at.sold, -1.0))
    filling.add(count, *feeding, (cap("pv"), sun), (cap("wind"), wind), (cap("ppa"), sun), *load)
    filling.add(count, (FLEET, 1.0), *((place, -1.0) for place in at.work))
    eta_in, eta_out = float(site.efficiency_in), 1 / float(site.efficiency_out)
    later = columns.flow("soc", 0, 0) + at.after
    filling.add(count, (at.soc, 1.0), (at.chg, eta_in), (at.dis, -eta_out), (later, -1.0))
    filling.add(count, (cap("battery"), 1.0), (at.soc, -1.0))
    filling.add(count, (at.soc, 1.0), (cap("battery"), -float(site.least_charge)))
    filling.add(count, (cap("converter"), 1.0), (at.chg, -1.0), (at.dis, -drawn))
    filling.add(count, (cap("grid"), 1.0), (at.imp, -peak))
    filling.add(count, (cap("genset"), 1.0), (at.gen, -drawn))
    if at.sold is not None:
        filling.add(count, (cap("pv"), sun), (cap("wind"), wind), (at.sold, -1.0))
    first = columns.flow("soc", 0, 0) + np.arange(columns.days) * HOURS_A_DAY
    filling.add(columns.days, (first, 1.0), (MIDNIGHT, -1.0))
    filling.add(columns.days, (MIDNIGHT, 1.0), (first, -1.0))
    if site.restart_h:
        now = [(place, -1.0) for place in at.work]
        past = [(place[at.before], 1.0) for place in at.work]
        filling.add(count, (at.start, 1.0), *now, *past)
    if not site.pause:
        filling.add(count, *((place, 1.0) for place in at.work), (FLEET, -1.0))
    used = [(place, weight * power) for place, power in zip(at.work, powers, strict=True)]
    shares = []
    if site.min_renewable is not None:
        share = 1 - float(site.min_renewable)
        shares += [filling.count] * (share > 0)
        filling.add_one(*((place, share * value) for place, value in used), (at.imp, -weight), (at.gen, -weight))
    grid_kg, fuel_kg = float(site.carbon_grid_kg_per_kwh), float(site.carbon_fuel_kg_per_kwh)
    emitted = [(at.imp, -weight * grid_kg), (at.gen, -weight * fuel_kg)]
    if site.max_carbon_kg_per_kwh is not None:
        most = float(site.max_carbon_kg_per_kwh)
        shares += [filling.count] * (most > 0)
        filling.add_one(*((place, most * value) for place, value in used), *emitted)
    carbon = None if site.max_carbon_kg is None else filling.add_one(*emitted)
    energy = None
    if site.max_energy_kwh is not None:
        energy = filling.add_one(*((place, -value) for place, value in used))
    return filling.made(carbon, energy, shares)


def _upper(site: PowerSite, columns: Columns, fleet_kw: int, most: dict[AssetName, float]) -> Floats:
    """The most of every column."""
    at, found = _Hours(columns), np.zeros(columns.count)
    up = np.array([[float(there) for there in day.up] for day in site.days]).ravel()
    found[FLEET] = fleet_kw
    for name in ASSETS:
        found[columns.capacity(name)] = most[name]
    found[MIDNIGHT] = found[at.soc] = most["battery"]
    found[at.imp] = up * most["grid"] / float(site.peak_ratio)
    found[at.gen] = most["genset"] / float(site.drawn_ratio)
    found[at.chg] = most["converter"]
    found[at.dis] = most["converter"] / float(site.drawn_ratio)
    for place in (at.start, *at.work):
        found[place] = fleet_kw
    if at.sold is not None:
        found[at.sold] = np.array([[float(most) for most in day] for day in sold_bounds(site)]).ravel()
    return found


def _running(site: PowerSite, columns: Columns) -> Floats:
    """USD a day of one unit of every column, capital and fleet not in it."""
    at, found = _Hours(columns), np.zeros(columns.count)
    weight = np.repeat([float(day.weight) for day in site.days], HOURS_A_DAY)
    price = np.array([[float(v) for v in day.price_usd_per_kwh] for day in site.days]).ravel()
    carbon = float(site.carbon_usd_per_kg)
    for name in ASSETS:
        found[columns.capacity(name)] = float(site.assets[name].om_usd_per_year) / DAYS_PER_YEAR
    found[columns.capacity("grid")] += float(site.demand_usd_per_kw_month) * MONTHS_PER_YEAR / DAYS_PER_YEAR
    sun = np.array([[float(v) for v in day.pv] for day in site.days]).ravel()
    found[columns.capacity("ppa")] += float(site.ppa_usd_per_kwh) * float((weight * sun).sum())
    found[at.imp] = weight * (price + carbon * float(site.carbon_grid_kg_per_kwh))
    found[at.gen] = weight * (float(site.fuel_usd_per_kwh) + carbon * float(site.carbon_fuel_kg_per_kwh))
    found[at.dis] = weight * float(site.wear_usd_per_kwh)
    if at.sold is not None:
        found[at.sold] = -weight * float(site.sold_usd_per_kwh)
    return found


def _capital(site: PowerSite, columns: Columns) -> Floats:
    """What one unit of every capacity is charged with: its price, or this run's share of it a day."""
    found = np.zeros(columns.count)
    for name in ASSETS:
        asset = site.assets[name]
        price, life = float(asset.capital_usd), float(asset.life_years)
        if site.basis == "share":
            price *= recovery(float(site.cost_of_capital), life) / DAYS_PER_YEAR
        found[columns.capacity(name)] = price
    return found


def recovery(rate: float, years: float) -> float:
    """Capital recovery factor: the level yearly payment that repays 1 over so many years, ``i / (1 - (1 + i)^-n)``."""
    return 1 / years if rate == 0 else rate / (1 - (1 + rate) ** -years)
