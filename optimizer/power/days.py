"""Representative days: a year in a few days, each standing for a share of it.

Days that differ in when the grid is there or in its price are never merged, unless there are more such patterns than
days asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

WEIGHT_PLACES, PROFILE_PLACES = 6, 4
"""Decimals of a weight and of a capacity factor: coefficients below 1e-9 would be lost in a solver."""


@dataclass(frozen=True)
class Day:
    """A day type: its share of all days, and what its hours bring."""

    weight: Fraction
    pv: tuple[Fraction, ...]
    """Output of 1 kWp of solar, hour by hour, kW."""
    wind: tuple[Fraction, ...]
    """Output of 1 kW of wind, kW."""
    price_usd_per_kwh: tuple[Fraction, ...]
    up: tuple[bool, ...]
    """Whether the grid is there."""
    months: tuple[int, ...] = ()
    """The months whose days it stands for."""


def decimal_of(value: float | Fraction, places: int) -> Fraction:
    """A value rounded to so many decimals, exactly."""
    step = Decimal(1).scaleb(-places)
    exact = Decimal(value) if isinstance(value, float) else Decimal(value.numerator) / Decimal(value.denominator)
    return Fraction(exact.quantize(step, ROUND_HALF_EVEN))


def reduced(days: Sequence[Day], count: int) -> tuple[Day, ...]:
    """At most ``count`` days, or one for each pattern of outages and prices where there are more of these.

    Ward's hierarchical clustering on the hours of sun and wind (Ward 1963; as scipy's ``linkage(..., "ward")``); a
    cluster is the mean of its days by their weights, so that the yield of the year stays what it was.
    """
    patterns: dict[object, int] = {}
    kinds = [patterns.setdefault((day.up, day.price_usd_per_kwh), len(patterns)) for day in days]
    if count >= len(days):
        return _whole([[day] for day in days])
    features = np.array([[*map(float, day.pv), *map(float, day.wind)] for day in days])
    groups = ward(features, np.array(kinds), max(count, len(patterns)))
    return _whole([[days[i] for i in group] for group in groups])


def ward(points: NDArray[np.float64], kinds: NDArray[np.intp], count: int) -> list[list[int]]:
    """Points in ``count`` clusters of least variance (Ward), none of which mixes two kinds; in order of their first point.

    The distances are those of Lance and Williams's formula; of two equal ones the first pair is merged.
    """
    total = len(points)
    members: list[list[int]] = [[i] for i in range(total)]
    sizes = np.ones(total)
    squares = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    squares[kinds[:, None] != kinds[None, :]] = np.inf
    np.fill_diagonal(squares, np.inf)
    alive = total
    while alive > count:
        i, j = divmod(int(np.argmin(squares)), total)
        if not np.isfinite(squares[i, j]):
            break
        i, j = min(i, j), max(i, j)
        both = sizes[i] + sizes[j] + sizes
        merged = ((sizes[i] + sizes) * squares[i] + (sizes[j] + sizes) * squares[j] - sizes * squares[i, j]) / both
        squares[i, :] = squares[:, i] = merged
        squares[i, i] = np.inf
        squares[j, :] = squares[:, j] = np.inf
        sizes[i] += sizes[j]
        members[i] += members[j]
        members[j] = []
        alive -= 1
    return sorted((sorted(group) for group in members if group), key=lambda group: group[0])


def _whole(groups: Sequence[Sequence[Day]]) -> tuple[Day, ...]:
    """One day a group, its figures rounded to the decimals of the model, the weights adding up to 1."""
    total = sum((day.weight for group in groups for day in group), Fraction(0))
    weights = [decimal_of(sum((day.weight for day in group), Fraction(0)) / total, WEIGHT_PLACES) for group in groups]
    largest = max(range(len(weights)), key=lambda i: weights[i])
    weights[largest] += 1 - sum(weights, Fraction(0))
    return tuple(_mean(group, weight) for group, weight in zip(groups, weights, strict=True))


def _mean(group: Sequence[Day], weight: Fraction) -> Day:
    share = sum((day.weight for day in group), Fraction(0))

    def mean(name: str, places: int) -> tuple[Fraction, ...]:
        columns = zip(*((day.weight * value for value in getattr(day, name)) for day in group), strict=True)
        return tuple(decimal_of(sum(column, Fraction(0)) / share, places) for column in columns)

    return Day(
        weight=weight,
        pv=mean("pv", PROFILE_PLACES),
        wind=mean("wind", PROFILE_PLACES),
        price_usd_per_kwh=group[0].price_usd_per_kwh,
        up=group[0].up,
        months=tuple(sorted({month for day in group for month in day.months})),
    )
