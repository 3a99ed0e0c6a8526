"""What is usual: the band of whole runs, the range of a figure, how a model is split. A plan is read next to these.

Apart from the evidence that they were made of (:mod:`optimizer.domain.evidence`), which no plan reads.
"""

from __future__ import annotations

from optimizer.domain.base import Names, Number, Sourced, column


class RunBand(Sourced):
    """How far whole runs lie from what a plan takes, by generation and model size.

    Whole-run efficiency, central = MFU x goodput x the factors of size_brackets.csv and model_sizes.csv; low and high
    = central x band_low, x band_high. The first row that fits applies.
    """

    generations: Names = column("generations of accelerators.csv, or * for any")
    params_from_b: Number = column("active parameters from", "1e9", ge=0)
    params_below_b: Number | None = column("active parameters below; empty: no limit", "1e9", None, gt=0)
    band_low: Number = column("low over central efficiency", "ratio", gt=0, le=1)
    band_high: Number = column("high over central efficiency", "ratio", ge=1)
    seen_generations: Names = column("generations that the runs behind the band were on; of others none is published")
    seen_on: str = column("the hardware of those runs, in words")


class UsualRange(Sourced):
    """The range of a figure over its central value, for rows that have no range of their own."""

    of_table: str = column("table of the figure")
    of_column: str = column("column of the figure")
    low_factor: Number = column("low over central", "ratio", gt=0, le=1)
    high_factor: Number = column("high over central", "ratio", ge=1)
    least: Number | None = column("the least that the figure may be", default=None)
    meaning: str = column("what it is")


class ParallelRule(Sourced):
    """How a model is usually split over accelerators: a check of plausibility, on which no plan depends."""

    rule: str = column("name of the rule")
    unit: str = column("unit")
    low: Number = column("low value", gt=0)
    central: Number = column("usual value", gt=0)
    high: Number = column("high value", gt=0)
    meaning: str = column("what it is")
