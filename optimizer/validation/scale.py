"""How efficiency falls with the size of the cluster, and how it depends on the size of the model: the derivations.

Size of the cluster (size_brackets.csv). Measurements of the same publication, accelerator, model, precision and
sequence that differ in the number of devices form a group. Within the groups, the logarithm of the speed is fitted
by one straight line over the binary logarithm of the devices, each group with its own height (a pooled regression):

    slope = sum (x - x_group)(y - y_group) / sum (x - x_group)^2,    x = log2(devices), y = ln(speed)

Groups begin at 128 devices: below, the measured pairs show no loss. A bracket represents its middle, the geometric
mean of its ends (of 128 and its end for the first), and its factor is

    factor = exp(slope x (log2(middle) - log2(reference)))

The reference is where the factor is 1. MFU x goodput are anchored on whole runs of many sizes, which have their loss
of scale in them already; so that it is not counted twice, the reference is the size at which the factors of the
brackets of those very runs have the geometric mean 1.

From 256 devices on the brackets are half doublings (``data/make/sizes.py``), so that the speed of a server falls by
less than 3 % from one to the next.

Size of the model (model_sizes.csv): what single runs reached of MFU x goodput x the factor of the cluster's size. Their
logarithm is fitted by one straight line over the binary logarithm of the active parameters, dense models and mixtures
of experts each with their own height. Central is its slope, low and high the ends of its 90 % interval, and the factor
is 1 where the line crosses what a plan takes for MFU x goodput.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence

from optimizer.domain import SizeBracket
from optimizer.domain.evidence import Throughput
from optimizer.units.records import dataclass

FIRST_LOSS_DEVICES = 128
"""The smallest cluster of the groups: from here on the measurements lose speed."""


@dataclass(frozen=True)
class Group:
    """Measurements that differ in the number of devices alone."""

    name: str
    rows: tuple[Throughput, ...]
    slope: float
    """Change of ln(speed) for a doubling of the devices."""


def groups(rows: Iterable[Throughput]) -> tuple[Group, ...]:
    """The groups among some measurements, in the order of the table: at least two different numbers of devices."""
    by_key: dict[tuple[object, ...], list[Throughput]] = {}
    for row in rows:
        if row.devices is not None and (row.tokens_per_s or row.tflops) is not None:
            key = (row.publication, row.accelerator, row.model, row.precision, row.seq_len)
            by_key.setdefault(key, []).append(row)
    found = []
    for (publication, accelerator, model, precision, _), some in by_key.items():
        if len({row.devices for row in some}) > 1:
            some.sort(key=lambda row: row.devices or 0)
            name = f"{publication} {model}, {accelerator} {precision}"
            found.append(Group(name, tuple(some), _slope([_points(some)])))
    return tuple(found)


def _points(rows: Sequence[Throughput]) -> list[tuple[float, float]]:
    return [(math.log2(row.devices or 1), math.log(float(row.tokens_per_s or row.tflops or 1))) for row in rows]


def _slope(clusters: Sequence[Sequence[tuple[float, float]]]) -> float:
    """The common slope of several clusters of points, each with its own height."""
    above = below = 0.0
    for points in clusters:
        x_mean = statistics.fmean(x for x, _ in points)
        y_mean = statistics.fmean(y for _, y in points)
        above += sum((x - x_mean) * (y - y_mean) for x, y in points)
        below += sum((x - x_mean) ** 2 for x, _ in points)
    return above / below


def pooled_slope(found: Sequence[Group]) -> float:
    """Change of ln(speed) for a doubling of the devices, over all groups."""
    return _slope([_points(group.rows) for group in found])


@dataclass(frozen=True)
class SizeLine:
    """How the efficiency of whole runs grows with the active parameters of the model."""

    slope: float
    """Change of ln(efficiency) for a doubling of the parameters."""
    error: float
    """Standard error of the slope."""
    at_one_b: Mapping[str, float]
    """By architecture: active parameters (1e9) where the line is at what a plan takes for MFU x goodput."""


def size_line(reached: Mapping[str, Sequence[tuple[float, float]]]) -> SizeLine:
    """The line through runs: of each architecture, active parameters (1e9) and what was reached of a plan's MFU x
    goodput x the factor of the cluster."""
    clusters = {name: [(math.log2(b), math.log(share)) for b, share in some] for name, some in reached.items()}
    slope = _slope(list(clusters.values()))
    means = {
        name: (statistics.fmean(x for x, _ in points), statistics.fmean(y for _, y in points))
        for name, points in clusters.items()
    }
    left = spread = 0.0
    for name, points in clusters.items():
        x_mean, y_mean = means[name]
        left += sum((y - y_mean - slope * (x - x_mean)) ** 2 for x, y in points)
        spread += sum((x - x_mean) ** 2 for x, _ in points)
    free = sum(map(len, clusters.values())) - len(clusters) - 1
    at_one = {name: 2 ** (x_mean - y_mean / slope) for name, (x_mean, y_mean) in means.items()}
    return SizeLine(slope, math.sqrt(left / free / spread), at_one)


def middle_devices(bracket: SizeBracket) -> float:
    """The size that a bracket represents, in devices: the geometric mean of its ends, from 128 devices on."""
    return math.sqrt(max(bracket.min_devices, FIRST_LOSS_DEVICES) * bracket.max_devices)


def bracket_of(brackets: Iterable[SizeBracket], devices: int) -> SizeBracket | None:
    """The bracket that holds for a cluster; None where it is larger than all."""
    return next((row for row in brackets if row.min_devices <= devices <= row.max_devices), None)


def reference_devices(brackets: Sequence[SizeBracket], counts: Iterable[int]) -> float:
    """The size, in devices, at which the factors of the brackets of these clusters have the geometric mean 1."""
    held = (bracket_of(brackets, count) for count in counts)
    return 2 ** statistics.fmean(math.log2(middle_devices(row)) for row in held if row is not None)


def factor(slope: float, bracket: SizeBracket, reference: float) -> float:
    """What MFU is multiplied by in a bracket: exp(slope x doublings from the reference to the bracket's middle)."""
    return math.exp(slope * math.log2(middle_devices(bracket) / reference))


def quartiles(found: Sequence[Group]) -> tuple[float, float]:
    """Lower and upper quartile of the slopes of the groups, in ln(speed) a doubling: the strong loss first."""
    low, _, high = statistics.quantiles([group.slope for group in found], n=4)
    return low, high
