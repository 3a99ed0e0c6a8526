"""Values of the uncertain inputs, drawn: between low and high, with the central value in the middle of the draws.

The shape is an assumption: the data give three values, not a distribution. The central values are medians of the
evidence, so half of the draws are below the central value and half above; on each side they thin out evenly to nothing
at the end of the range (a triangle on each side, Kotz and van Dorp, Beyond Beta, 2004, chapter 1).

Values above 0 are drawn in logarithms: prices, wages, posts and efficiencies are known within a factor, and half as
much and twice as much are equally far. So a product of several keeps its middle where the data put it: with triangles
in the values themselves, each range that reaches further up than down would push the cost above the one that is
reported. A range that begins at 0, as that of a duty, is drawn in its values. The band of whole runs is drawn like all
others, with its middle at 1: a plan's efficiency is that of the middle run (the geometric mean over the runs is within
3 % of it). The band is a prediction interval, beyond which runs may are too; taken as the ends, it makes them a little
more alike than they are.

Inputs are independent of each other. The figures of one input move together: all take the same quantile, each of its
own triangle. The draws of an input depend on its name and the seed alone, so that another country, another limit or one
more input leaves them as they are: two plans are compared under the same doubts.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optimizer.uncertainty.spreads import Scenario, Spread, UncertainInput

Floats = NDArray[np.float64]

HALF = 0.5
DIGITS = 4
"""Significant digits of a drawn value: a draw can be typed in again, and exact arithmetic stays quick."""
MOST_NAMES = 200
"""Inputs whose quantiles are kept: some 16 kB each."""


def draws(inputs: Sequence[UncertainInput], count: int, seed: int) -> list[Scenario]:
    """So many scenarios; the same seed and inputs give the same, and fewer of them are the first of more.

    Args:
        seed: of numpy's default generator, with the name of the input.
    """
    drawn = {given.name: exact_values(given, drawn_values(given, count, seed)) for given in inputs}
    return [{name: values[i] for name, values in drawn.items()} for i in range(count)]


def drawn_values(given: UncertainInput, count: int, seed: int, stream: str = "") -> list[Floats]:
    """Of every figure of an input, so many values: the nearest floats of those of :func:`draws`.

    Args:
        stream: what the draws depend on next to the seed; by default the name of the input.
    """
    quantiles = _quantiles(stream or given.name, count, seed)
    return [_rounded(given, spread, quantiles) for spread in given.spreads]


@lru_cache(MOST_NAMES)
def _quantiles(name: str, count: int, seed: int) -> Floats:
    """The quantiles that an input has in every draw, whatever its range: many countries share its name."""
    found = np.random.default_rng((seed, zlib.crc32(name.encode()))).random(count)
    found.flags.writeable = False
    return found


def exact_values(given: UncertainInput, drawn: Sequence[Floats]) -> list[tuple[Decimal, ...]]:
    """The decimals of the values that were drawn, draw by draw, in the unit of the input."""
    columns = [
        [_exactly(given, spread, value) for value in some.tolist()]
        for spread, some in zip(given.spreads, drawn, strict=True)
    ]
    return list(zip(*columns, strict=True))


def _rounded(given: UncertainInput, spread: Spread, quantiles: Floats) -> Floats:
    """The values at quantiles, rounded to whole numbers or to significant digits, within the range."""
    low, central, high = float(spread.low), float(spread.central), float(spread.high)
    if low > 0:
        values = np.exp(halved(quantiles, *np.log([low, central, high]).tolist()))
    else:
        values = halved(quantiles, low, central, high)
    return np.clip(np.rint(values) if given.whole else _significant(values), low, high)


def _significant(values: Floats) -> Floats:
    """Values rounded to :data:`DIGITS` significant digits: whole numbers over or times a power of ten, both exact."""
    magnitude = np.floor(np.log10(np.abs(values), out=np.zeros_like(values), where=values != 0))
    places = DIGITS - 1 - magnitude
    up, down = 10.0 ** np.maximum(places, 0), 10.0 ** np.maximum(-places, 0)
    rounded: Floats = np.rint(values * up / down) / up * down
    return rounded


def _exactly(given: UncertainInput, spread: Spread, value: float) -> Decimal:
    """The decimal that a drawn float is the nearest of."""
    found = Decimal(round(value)) if given.whole else Decimal(f"{value:.{DIGITS - 1}e}")
    return min(max(found, spread.low), spread.high)


def halved(quantile: Floats, low: float, median: float, high: float) -> Floats:
    """The values below which shares of a distribution lie that falls evenly from its median to both ends."""
    below = low + (median - low) * np.sqrt(2 * np.minimum(quantile, HALF))
    above = high - (high - median) * np.sqrt(2 * (1 - np.maximum(quantile, HALF)))
    found: Floats = np.where(quantile < HALF, below, above)
    return found
