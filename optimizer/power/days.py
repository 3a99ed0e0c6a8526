"""Representative days: a year in a few days, each standing for a share of it.

Days that differ in when the grid is there or in its price are never merged: a cluster is split by them, or, where they
differ from day to day, one of its real days represents it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from optimizer.units.records import dataclass

MOST_PARTS = 5
"""Day types that outages and prices may make of one, in the mean, before whole days are taken as they are."""
WEIGHT_PLACES, PROFILE_PLACES, PRICE_PLACES = 6, 4, 6
"""Decimals of a weight, of a capacity factor and of a price: coefficients below 1e-9 would be lost in a solver."""
FEATURE_PLACES = 6
"""Decimals of sun, wind and prices that count when days are compared."""


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
    """The months whose days it represents."""


def decimal_of(value: float | Fraction, places: int) -> Fraction:
    """A value in any unit rounded to so many decimals, exactly."""
    step = Decimal(1).scaleb(-places)
    exact = Decimal(value) if isinstance(value, float) else Decimal(value.numerator) / Decimal(value.denominator)
    return Fraction(exact.quantize(step, ROUND_HALF_EVEN))


def reduced(days: Sequence[Day], count: int) -> tuple[Day, ...]:
    """About ``count`` days: clusters of like sun and wind, each split by when the grid is there and what it costs.

    A cluster is the mean of its days by their weights, so that the yield of the year stays what it was. All parts of a
    cluster have its sun: so an hour of outage less never makes a plan more expensive by a change of the days.
    """
    features = np.array([[*map(float, day.pv), *map(float, day.wind)] for day in days])
    groups = clustered(features, count) if count < len(days) else [[i] for i in range(len(days))]
    clusters = [[days[i] for i in group] for group in groups]
    suns = [_mean(cluster) for cluster in clusters]
    parts = [(place, some) for place, cluster in enumerate(clusters) for some in _alike(cluster)]
    if len(parts) > MOST_PARTS * max(count, 1):  # outages and prices that differ from day to day
        return _medoids(days, count)
    total = sum((day.weight for day in days), Fraction(0))
    weights = [decimal_of(sum((day.weight for day in some), Fraction(0)) / total, WEIGHT_PLACES) for _, some in parts]
    largest = max(range(len(weights)), key=lambda i: weights[i])
    weights[largest] += 1 - sum(weights, Fraction(0))
    return tuple(
        replace(
            suns[place],
            weight=weight,
            price_usd_per_kwh=some[0].price_usd_per_kwh,
            up=some[0].up,
            months=tuple(sorted({month for day in some for month in day.months})),
        )
        for (place, some), weight in zip(parts, weights, strict=True)
    )


def _alike(days: Sequence[Day]) -> list[list[Day]]:
    """The days that have the same grid and the same prices, together."""
    patterns: dict[object, list[Day]] = {}
    for day in days:
        patterns.setdefault((day.up, day.price_usd_per_kwh), []).append(day)
    return list(patterns.values())


def _medoids(days: Sequence[Day], count: int) -> tuple[Day, ...]:
    """``count`` real days, each the nearest to the middle of a cluster of like sun, wind, price and grid; scaled so
    that the sun, the wind and the price of the year are in the mean what they were."""
    features = np.array(
        [
            [*map(float, day.pv), *map(float, day.wind), *map(float, day.price_usd_per_kwh), *map(float, day.up)]
            for day in days
        ]
    )
    groups = clustered(features, count)
    weights = [decimal_of(sum((days[i].weight for i in group), Fraction(0)), WEIGHT_PLACES) for group in groups]
    weights[0] += 1 - sum(weights, Fraction(0))
    found = []
    for group, weight in zip(groups, weights, strict=True):
        away = ((features[group] - features[group].mean(axis=0)) ** 2).sum(axis=1)
        months = tuple(sorted({month for i in group for month in days[i].months}))
        found.append(replace(_mean([days[group[int(np.argmin(away))]]]), weight=weight, months=months))
    kept: dict[str, list[tuple[Fraction, ...]]] = {}
    for name, places in (("pv", PROFILE_PLACES), ("wind", PROFILE_PLACES), ("price_usd_per_kwh", PRICE_PLACES)):
        now, then = _total(found, name), _total(days, name)
        factor = then / now if now else Fraction(1)
        kept[name] = [tuple(decimal_of(value * factor, places) for value in getattr(day, name)) for day in found]
    return tuple(
        replace(day, pv=pv, wind=wind, price_usd_per_kwh=price)
        for day, pv, wind, price in zip(found, *kept.values(), strict=True)
    )


def _total(days: Sequence[Day], name: str) -> Fraction:
    """The mean of a day of the year, by the weights of the days."""
    weights = sum((day.weight for day in days), Fraction(0))
    return sum((day.weight * sum(getattr(day, name), Fraction(0)) for day in days), Fraction(0)) / weights


def clustered(points: NDArray[np.float64], count: int) -> list[list[int]]:
    """Points in ``count`` clusters of least variance (Ward 1963), in order of their first point.

    The merging is fastcluster's (Müllner 2013). Two things make the clusters the same on every machine, and whatever
    the order of the points: the squares of the distances are sums of whole numbers, so exact; and the points are
    sorted by their values first, so that of two pairs equally near the values decide.
    """
    from fastcluster import linkage

    whole = np.rint(points * 10**FEATURE_PLACES).astype(np.int64)
    order = np.lexsort(whole.T[::-1])
    whole = whole[order]
    squares = np.concatenate([((whole[i + 1 :] - point) ** 2).sum(axis=1) for i, point in enumerate(whole)])
    clusters = {place: [int(point)] for place, point in enumerate(order)}
    merges = linkage(np.sqrt(squares), "ward")[: len(order) - count, :2].astype(int).tolist()
    for number, (one, other) in enumerate(merges, len(order)):  # the cluster that a merge makes has the next number
        clusters[number] = clusters.pop(one) + clusters.pop(other)
    return sorted(sorted(cluster) for cluster in clusters.values())


def _mean(group: Sequence[Day]) -> Day:
    """A day with the mean sun and wind of several."""
    share = sum((day.weight for day in group), Fraction(0))

    def mean(name: str) -> tuple[Fraction, ...]:
        columns = zip(*([day.weight * value for value in getattr(day, name)] for day in group), strict=True)
        return tuple(decimal_of(sum(column, Fraction(0)) / share, PROFILE_PLACES) for column in columns)

    return replace(group[0], pv=mean("pv"), wind=mean("wind"))
