"""Which limits are met in which draws; and in which a float is too near a bound to say."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.limits import Limit
from optimizer.model.limit_rows import BOUND_SLACK
from optimizer.options.performance import Value
from optimizer.uncertainty.distribution import Floats

Met = NDArray[np.bool_]
NEAR = 1e-9
"""Relative distance from a boundary within which a float decides nothing."""


def whole_days(length: Floats) -> Floats:
    """Days, rounded up to whole ones, one at least; a float a hair above a whole number is that number."""
    found: Floats = np.maximum(1.0, np.ceil(length * (1 - BOUND_SLACK)))
    return found


def decided(uses: Iterable[tuple[Limit | str, Value, Value]], count: int) -> tuple[dict[Limit | str, Met], Met]:
    """Whether each limit is met, draw by draw; and in which draws a float cannot say.

    Args:
        uses: every limit, what is used of it, and its bound.
        count: draws.
    """
    near = np.zeros(count, dtype=bool)
    met: dict[Limit | str, Met] = {}
    for name, used, bound in uses:
        here = np.less_equal(used, np.multiply(bound, 1 + BOUND_SLACK))
        if here.ndim:  # what no doubt touches is met as in the central case
            near |= undecided(used, bound)
        else:
            here = np.full(count, here)
        met[name] = met[name] & here if name in met else here
    return met, near


def undecided(used: Value, bound: Value) -> Met:
    """Where an amount is too near its bound for a float, and they are not both whole numbers, which a float holds."""
    close: Met = np.abs(np.subtract(used, bound)) <= NEAR * np.abs(bound)
    if close.any():
        close &= (np.rint(used) != used) | (np.rint(bound) != bound)
    return close
