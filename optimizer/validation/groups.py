"""Whether runs of one kind lean to one side: the median of ours over published, next to what chance alone would
give."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

from optimizer.catalogue import Catalogue
from optimizer.units.records import dataclass
from optimizer.validation.runs import Compared, architecture_of

NINETY = 1.645
"""Standard deviations of a normal variable on either side of its centre that hold 90 in 100 of it."""
MEDIAN_OVER_MEAN = math.sqrt(math.pi / 2)
"""Standard error of a median over that of a mean, of a normal variable and many values; of one or two they are one."""
FEWEST = 2


@dataclass(frozen=True)
class Group:
    """Single runs of an architecture, or of a generation of accelerators."""

    name: str
    count: int
    median_ratio: float
    """Median of ours over published."""
    chance_low: float
    """Within these, 9 in 10 medians of so many runs lie, if ours lean to neither side."""
    chance_high: float

    @property
    def leans(self) -> bool:
        """Whether the median lies beyond what chance alone would give."""
        return not self.chance_low <= self.median_ratio <= self.chance_high


def groups(compared: Iterable[Compared], catalogue: Catalogue) -> tuple[Group, ...]:
    """The groups of two runs or more, architectures first.

    One run is within the band of a run in 9 of 10 cases, so that the logarithm of its ratio has a standard deviation
    of ``ln(high / low) / (2 x 1.645)``; that of a median of n runs is 1.25 / sqrt(n) times as wide.
    """
    found: dict[str, list[Compared]] = {}
    counted = [one for one in compared if one.counted and one.band is not None]
    for one in counted:
        found.setdefault(architecture_of(one.run), []).append(one)
    for one in counted:
        found.setdefault(catalogue.accelerators[one.run.accelerator or ""].generation.split(" ")[0], []).append(one)
    return tuple(_group(name, some) for name, some in found.items() if len(some) >= FEWEST)


def _group(name: str, some: list[Compared]) -> Group:
    ratios = [one.hours.ratio for one in some if one.hours is not None]
    spread = statistics.fmean(
        math.log(float(one.band.band_high / one.band.band_low)) / (2 * NINETY) for one in some if one.band is not None
    )
    wider = 1.0 if len(some) <= FEWEST else MEDIAN_OVER_MEAN
    half = NINETY * wider * spread / math.sqrt(len(some))
    return Group(name, len(some), statistics.median(ratios), math.exp(-half), math.exp(half))
