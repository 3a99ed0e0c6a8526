"""Values of the uncertain inputs, drawn: triangular between low, central (the mode) and high.

The shape is an assumption: the data give three values, not a distribution, and a triangle is the plainest that has its
ends and its peak there. The factor on the efficiency of whole runs is drawn in logarithms (log-triangular): its band is
a geometric mean times and over a factor, so that twice as fast and half as fast are equally far. The band is a
prediction interval, beyond which runs may lie too; taken as the ends, it makes them a little more alike than they are.

Inputs are independent of each other. The figures of one input move together: all take the same quantile, each of its
own triangle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from optimizer.uncertainty.uncertain_inputs import Scenario, Spread, UncertainInput

DIGITS = 4
"""Significant digits of a drawn value: a draw can be typed in again, and exact arithmetic stays quick."""


def draws(inputs: Sequence[UncertainInput], count: int, seed: int) -> list[Scenario]:
    """So many scenarios; the same seed and inputs give the same, and fewer of them are the first of more.

    Args:
        inputs: in a fixed order; one more of them gives other draws.
        seed: of numpy's default generator.
    """
    quantiles = np.random.default_rng(seed).random((count, len(inputs)))
    return [
        {given.name: at_quantile(given, float(q)) for given, q in zip(inputs, row, strict=True)} for row in quantiles
    ]


def at_quantile(given: UncertainInput, quantile: float) -> tuple[Decimal, ...]:
    """The values of an input at a quantile, of at most :data:`DIGITS` significant digits."""
    return tuple(_value(spread, quantile, log=given.log, whole=given.whole) for spread in given.spreads)


def _value(spread: Spread, quantile: float, *, log: bool, whole: bool) -> Decimal:
    ends = (float(spread.low), float(spread.central), float(spread.high))
    value = math.exp(triangular(quantile, *map(math.log, ends))) if log else triangular(quantile, *ends)
    rounded = Decimal(round(value)) if whole else Decimal(f"{value:.{DIGITS - 1}e}")
    return min(max(rounded, spread.low), spread.high)


def triangular(quantile: float, low: float, mode: float, high: float) -> float:
    """The value below which a share of a triangular distribution lies (the inverse of its distribution function).

    Kotz and van Dorp, Beyond Beta (2004), section 1.3.
    """
    if low == high:
        return low
    if quantile * (high - low) < mode - low:
        return low + math.sqrt(quantile * (high - low) * (mode - low))
    return high - math.sqrt((1 - quantile) * (high - low) * (high - mode))
