"""A fixed load over the hours of a year in their order, and the cheapest supply of it: what other programs size.

The rows are those of :mod:`optimizer.power.arrays` (balance, store, converter, contract), with the hours in their order
in place of day types, and with what those programs have and a plan has not: a peak for each period that a demand
charge counts, energy fed in against energy drawn over the year, a price for energy not served.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.solve.highs import Warm
from optimizer.units.records import dataclass

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Own:
    """Sun or wind: the present worth of a kW of it, and what a kW gives in every hour."""

    usd_per_kw: float
    output: Floats


@dataclass(frozen=True, eq=False)
class Store:
    """A battery: the present worth of its kW and kWh, its efficiency each way, and its charge."""

    usd_per_kw: float
    usd_per_kwh: float
    efficiency: float
    least: float
    at_first: float


@dataclass(frozen=True, eq=False)
class Year:
    """A load and what may feed it; all USD are present worths."""

    load: Floats
    price: Floats
    """Of the grid, USD/kWh."""
    own: Mapping[str, Own] = field(default_factory=dict)
    store: Store | None = None
    peaks: tuple[tuple[Places, float], ...] = ()
    """Hours over which a peak is charged, with the price of a kW of it."""
    up: NDArray[np.bool_] | None = None
    """The hours with a grid; None for all."""
    fuel_usd_per_kwh: float | None = None
    """Of a genset that costs nothing by itself; None without one."""
    unserved_usd_per_kwh: float | None = None
    """Price of load that is not served; None where all must be."""
    unserved_most: float | None = None
    """Most energy that may go unserved, kWh; None without a limit."""
    netted: bool = False
    """Whether energy may be fed in at the price of the grid, as much as is drawn over the year."""


@dataclass(frozen=True, eq=False)
class Sized:
    """What was found."""

    usd: float
    own_kw: Mapping[str, float]
    store_kw: float
    store_kwh: float
    imported: Floats
    peaks: Floats
    generated: Floats
    unserved: Floats


class _Programme:
    """Columns and rows as they are added; all rows are ``>=``."""

    def __init__(self) -> None:
        self.cost: list[Floats] = []
        self.upper: list[Floats] = []
        self.columns = 0
        self.parts: list[tuple[Places, Places, Floats]] = []
        self.right: list[Floats] = []
        self.rows = 0

    def add(self, cost: Floats | float, count: int = 1, upper: Floats | float = np.inf) -> Places:
        """So many columns; their places."""
        self.cost.append(np.broadcast_to(np.asarray(cost, dtype=np.float64), (count,)))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), (count,)))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def row(self, count: int, right: Floats | float, *terms: tuple[Places, Floats | float]) -> None:
        """So many rows at once; each term has a column and a value for every row, or one for all."""
        places = np.arange(self.rows, self.rows + count)
        for column, value in terms:
            self.parts.append(
                (places, np.broadcast_to(column, (count,)), np.broadcast_to(np.asarray(value, dtype=float), (count,)))
            )
        self.right.append(np.broadcast_to(np.asarray(right, dtype=np.float64), (count,)))
        self.rows += count

    def total(self, right: float, *terms: tuple[Places, Floats | float]) -> None:
        """One row over many columns."""
        for column, value in terms:
            values = np.broadcast_to(np.asarray(value, dtype=np.float64), column.shape)
            self.parts.append((np.full(len(column), self.rows), column, values))
        self.right.append(np.array([right]))
        self.rows += 1

    def solve(self) -> tuple[float, Floats]:
        """The least cost and the values of the columns.

        Raises:
            SolverError: HiGHS gives none.
        """
        row, column, value = (np.concatenate([part[k] for part in self.parts]) for k in range(3))
        there = value != 0
        upper, right = np.concatenate(self.upper), np.concatenate(self.right)
        solver = Warm(upper, (row[there], column[there], value[there]), self.rows, interior=True)
        found = solver.minimise(np.concatenate(self.cost), right, np.zeros(self.columns), upper)
        if found is None:
            raise SolverError.say("HiGHS says that the load of a reference case cannot be fed")
        return found.objective, found.values


def size(year: Year) -> Sized:
    """The cheapest supply of a load over a year.

    Raises:
        SolverError: HiGHS finds none.
    """
    made, hours = _Programme(), len(year.load)
    own = {name: made.add(source.usd_per_kw) for name, source in year.own.items()}
    most = np.where(year.up, np.inf, 0.0) if year.up is not None else np.full(hours, np.inf)
    if year.netted:  # nothing is drawn to be fed in again at a better hour
        most = np.minimum(most, year.load)
    imported = made.add(year.price, hours, most)
    peaks = made.add(np.array([usd for _, usd in year.peaks]), len(year.peaks))
    feeding: list[tuple[Places, Floats | float]] = [(imported, 1.0)]
    feeding += [(own[name], source.output) for name, source in year.own.items()]
    generated = lost = np.zeros(0, dtype=np.int64)
    if year.fuel_usd_per_kwh is not None:
        generated = made.add(year.fuel_usd_per_kwh, hours)
        feeding.append((generated, 1.0))
    if year.unserved_usd_per_kwh is not None:
        lost = made.add(year.unserved_usd_per_kwh, hours, year.load)
        feeding.append((lost, 1.0))
        if year.unserved_most is not None:
            made.total(-year.unserved_most, (lost, -1.0))
    if year.netted:
        fed_in = made.add(-year.price, hours)
        feeding.append((fed_in, -1.0))
        made.row(hours, 0.0, *((own[name], source.output) for name, source in year.own.items()), (fed_in, -1.0))
        made.total(0.0, (imported, 1.0), (fed_in, -1.0))
    kw = kwh = None
    if year.store is not None:
        kw, kwh, flows = _stored(made, year.store, hours)
        feeding += flows
    made.row(hours, year.load, *feeding)
    for place, (counted, _) in zip(peaks, year.peaks, strict=True):
        made.row(len(counted), 0.0, (np.array([place]), 1.0), (imported[counted], -1.0))
    usd, values = made.solve()
    return Sized(
        usd=usd,
        own_kw={name: float(values[place][0]) for name, place in own.items()},
        store_kw=float(values[kw][0]) if kw is not None else 0.0,
        store_kwh=float(values[kwh][0]) if kwh is not None else 0.0,
        imported=values[imported],
        peaks=values[peaks],
        generated=values[generated],
        unserved=values[lost],
    )


def _stored(made: _Programme, store: Store, hours: int) -> tuple[Places, Places, list[tuple[Places, Floats | float]]]:
    """The rows of a battery: its kW, its kWh, and its part of the balance. The charge is that after each hour."""
    kw, kwh = made.add(store.usd_per_kw), made.add(store.usd_per_kwh)
    charged, discharged, charge = made.add(0.0, hours), made.add(0.0, hours), made.add(0.0, hours)
    gained = ((charged, store.efficiency), (discharged, -1 / store.efficiency), (charge, -1.0))
    first, later = slice(0, 1), slice(1, None)
    made.row(1, 0.0, (kwh, store.at_first), *((place[first], value) for place, value in gained))
    made.row(hours - 1, 0.0, (charge[:-1], 1.0), *((place[later], value) for place, value in gained))
    made.row(hours, 0.0, (kwh, 1.0), (charge, -1.0))
    made.row(hours, 0.0, (charge, 1.0), (kwh, -store.least))
    made.row(hours, 0.0, (kw, 1.0), (charged, -1.0), (discharged, -1.0))
    return kw, kwh, [(discharged, 1.0), (charged, -1.0)]
