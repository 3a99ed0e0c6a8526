"""A model as arrays, and those of a single-option model filled in directly: what a batch hands to HiGHS.

The model is stated in :mod:`optimizer.model`, in Pyomo; building and compiling that statement takes longer than
solving it. :func:`fill` writes down the same rows without Pyomo. It is no second statement: a test compares the two
entry by entry, names, order and scaling included (``tests/test_fast_path.py``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import ScaleError
from optimizer.programme import LinearMeasure, Programme
from optimizer.units import LARGEST_BOUND, LARGEST_COEFFICIENT, SMALLEST_COEFFICIENT

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Arrays:
    """A model as columns, rows and non-zeros, minimising."""

    names: tuple[str, ...]
    integer: NDArray[np.bool_]
    lower: Floats
    upper: Floats
    cost: Floats
    row_lower: Floats
    row_upper: Floats
    starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    coefficients: Floats
    objective_factor: float = 1.0
    """The objective is the measure times this power of two."""


def row_factor(sizes: list[float], bound: float, what: str) -> float:
    """The power of two that centres the coefficients of a row around 1 and keeps its bound in range.

    Args:
        sizes: the absolute coefficients.
        bound: the right-hand side.
        what: the row in words, for the message.

    Raises:
        ScaleError: no factor brings all coefficients into 1e-4 .. 1e4 and the bound under 1e5.
    """
    if not sizes:
        return 1.0
    smallest, largest = min(sizes), max(sizes)
    factor = 2.0 ** -(math.frexp(smallest * largest)[1] // 2)
    while abs(bound) * factor > LARGEST_BOUND and smallest * factor / 2 >= SMALLEST_COEFFICIENT:
        factor /= 2
    if (
        smallest * factor < SMALLEST_COEFFICIENT
        or largest * factor > LARGEST_COEFFICIENT
        or abs(bound) * factor > LARGEST_BOUND
    ):
        raise ScaleError(
            f"the figures of {what} lie too far apart to be solved safely "
            f"({smallest:.3g} to {largest:.3g}, bound {bound:.3g})"
        )
    return factor


def chords(low: int, last: int) -> tuple[Floats, Floats]:
    """Slope and right-hand side of the finish rows ``y + slope T >= right`` for t = low .. last - 1.

    The chord of Tm / T between t and t + 1, Tm = ``last``.
    """
    t = np.arange(low, last, dtype=np.float64)
    slope = last / (t * (t + 1))
    return slope, last / t + slope * t


def measure_terms(given: Programme, what: LinearMeasure) -> list[tuple[str, int, float]]:
    """A measure over the variables of a single-option model: (z, n or T; option; coefficient), zeros left out.

    What is paid per server-day is paid for all the work, once.
    """
    table, work = given.table, given.asked.work_pflops_days
    terms = []
    for o in given.kept:
        day_terms = float(what.per_server_day[o]) * work / float(table.pflops[o])
        terms += [("z", o, float(what.latest[o]) + day_terms), ("n", o, float(what.per_server[o]))]
    terms.append(("T", 0, what.per_day))
    return [term for term in terms if term[2]]


def fill(given: Programme) -> Arrays:
    """The arrays of a single-option model without exclusions, as :func:`optimizer.model.build` states it.

    Columns: n of every option kept, z of each, T, y.

    Raises:
        ScaleError: the figures of a row lie too far apart to be scaled safely.
    """
    assert given.mix == 1 and not given.exclusions
    table, kept, last = given.table, given.kept, given.days_high
    count = len(kept)
    place = {o: i for i, o in enumerate(kept)}
    position = {"n": 0, "z": count, "T": 2 * count, "y": 2 * count + 1}
    rows = _Rows()
    for o in kept:
        n, z = place[o], count + place[o]
        rows.add("<=", 0.0, [n, z], [1.0, -float(given.most[o])])
        rows.add(">=", 0.0, [n, z], [1.0, -float(given.least[o])])
    rows.add("<=", float(given.mix), list(range(count, 2 * count)), [1.0] * count)
    fastest = last / given.days_low
    work = given.asked.work_pflops_days
    speed = [-min(last * float(table.pflops[o]) / work, fastest) for o in kept]
    rows.add("<=", 0.0, [position["y"], *range(count)], [1.0, *speed])
    slopes, rights = chords(given.days_low, last)
    rows.add_pairs(position["y"], position["T"], slopes, rights)
    waits = [o for o in kept if table.lead_days[o]]
    if waits:
        terms = [count + place[o] for o in waits]
        rows.add("<=", float(given.asked.deadline_days), [position["T"], *terms], [1.0, *table.lead_days[waits]])

    def placed(what: LinearMeasure) -> tuple[list[int], list[float]]:
        terms = measure_terms(given, what)
        return [position[kind] + place.get(o, 0) * (kind != "T") for kind, o, _ in terms], [c for _, _, c in terms]

    for bounded, bound in given.ceilings:
        rows.add("<=", bound - bounded.constant, *placed(bounded))
    columns, coefficients = placed(given.objective)
    factor = row_factor([abs(c) for c in coefficients], 0.0, "the objective")
    cost = np.zeros(2 * count + 2)
    cost[columns] = np.array(coefficients) * factor
    lower, upper = np.zeros(2 * count + 2), np.ones(2 * count + 2)
    upper[:count] = given.most[list(kept)]
    lower[-2:], upper[-2:] = (given.days_low, 1.0), (last, fastest)
    integer = np.ones(2 * count + 2, dtype=bool)
    integer[-1] = False
    names = (*(f"n[{o}]" for o in kept), *(f"z[{o}]" for o in kept), "T", "y")
    return Arrays(names, integer, lower, upper, cost, *rows.arrays(), objective_factor=factor)


class _Rows:
    """Collects rows, each scaled by a power of two."""

    def __init__(self) -> None:
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._lengths: list[int] = []
        self._columns: list[int] = []
        self._coefficients: list[float] = []

    def add(self, sense: str, bound: float, columns: list[int], coefficients: list[float]) -> None:
        factor = row_factor([abs(c) for c in coefficients], bound, "a row")
        self._lower.append(-math.inf if sense == "<=" else bound * factor)
        self._upper.append(bound * factor if sense == "<=" else math.inf)
        self._lengths.append(len(columns))
        self._columns += columns
        self._coefficients += [c * factor for c in coefficients]

    def add_pairs(self, one: int, other: int, slopes: Floats, rights: Floats) -> None:
        """Rows ``one + slope other >= right``."""
        for slope, right in zip(slopes.tolist(), rights.tolist(), strict=True):
            self.add(">=", right, [one, other], [1.0, slope])

    def arrays(self) -> tuple[Floats, Floats, NDArray[np.int32], NDArray[np.int32], Floats]:
        starts = np.concatenate([[0], np.cumsum(self._lengths)]).astype(np.int32)
        return (
            np.array(self._lower),
            np.array(self._upper),
            starts,
            np.array(self._columns, dtype=np.int32),
            np.array(self._coefficients),
        )
