"""A model as arrays: columns, rows and non-zeros, each row scaled into the range that the solver is trusted with."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from optimizer.errors import ScaleError
from optimizer.units import LARGEST_BOUND, LARGEST_COEFFICIENT, SMALLEST_COEFFICIENT
from optimizer.units.records import dataclass

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
    cutoff: float | None = None
    """Of the objective: only what is not above it is searched for."""


def row_factor(sizes: list[float], bound: float, what: str) -> float:
    """The factor, a power of two, that centres the coefficients of a row around 1 and has its bound in range.

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
            f"the figures of {what} are too far apart to be solved safely "
            f"({smallest:.3g} to {largest:.3g}, bound {bound:.3g})"
        )
    return factor


def chords(low: int, last: int, most: int | None = None) -> tuple[Floats, Floats]:
    """Slope (a day) and right-hand side of the finish rows ``y + slope T >= right`` for t = low .. last - 1 days.

    The chord of Tm / T between t and t + 1, Tm = ``last``.

    Args:
        most: how many of them, spread evenly in their logarithm; None for all.
    """
    t = np.arange(low, last, dtype=np.float64)
    if most is not None and len(t) > most:
        t = np.unique(np.round(np.geomspace(low, last - 1, most)))
    slope = last / (t * (t + 1))
    return slope, last / t + slope * t
