"""How far real runs lay from the hours that a plan calculates with: its efficiency data compared with published
runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue
from optimizer.catalogue.rows import rows_once
from optimizer.domain import ANY, FROM_SCRATCH
from optimizer.plans.outcome import Fleet
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from optimizer.domain.tendencies import RunBand


@dataclass(frozen=True)
class Experience:
    """Hours of whole real runs over those of a plan: least and most of the band."""

    low: Fraction
    high: Fraction
    seen_on: str
    """The hardware of the runs, in words."""
    seen_here: bool
    """Whether they were on the generations of the plan, all of them."""
    slow_days: int
    """Days of the plan times the most, whole days."""
    way: str
    """The way to train, where it is another than from scratch, in which all of those runs were; else empty."""
    too_late: bool
    """Whether that many days and the lead time pass the deadline that was asked for."""


def experience(plan: Fleet) -> Experience | None:
    """What runs of this size on these generations took; None under assumptions that do not claim to be measured.

    Hours are the inverse of efficiency: 1 / band_high, 1 / band_low.

    Raises:
        DataError: run_bands.csv cannot be read.
    """
    setting = plan.setting
    if not setting.assumptions.is_default:
        return None
    found = []
    for item in plan.items:
        generation = setting.catalogue.accelerators[item.key.accelerator].generation
        if (row := band_of(setting, generation)) is not None:
            found.append(_experience(plan, row, generation))
    most = max(found, key=lambda reported: reported.high, default=None)
    return most and replace(most, seen_here=all(reported.seen_here for reported in found))


def band_of(setting: Setting, generation: str) -> RunBand | None:
    """The row of run_bands.csv that speaks of a model of this size on a generation; None if none does.

    Raises:
        DataError: run_bands.csv cannot be read.
    """
    active_b = setting.workload.params_active_b
    for row in _bands(setting.catalogue):
        within = row.params_from_b <= active_b and (row.params_below_b is None or active_b < row.params_below_b)
        if within and (ANY in row.generations or generation in row.generations):
            return row
    return None


def _experience(plan: Fleet, row: RunBand, generation: str) -> Experience:
    deadline = plan.setting.asked.deadline_days
    most = 1 / Fraction(row.band_low)
    slow_days = math.ceil(plan.days * most)
    return Experience(
        low=1 / Fraction(row.band_high),
        high=most,
        seen_on=row.seen_on,
        seen_here=generation in row.seen_generations,
        slow_days=slow_days,
        way="" if plan.setting.way.id == FROM_SCRATCH else plan.setting.way.name,
        too_late=deadline is not None and slow_days + plan.lead_days > deadline,
    )


def _bands(catalogue: Catalogue) -> Sequence[RunBand]:
    """The rows of run_bands.csv, read once; a data folder of your own may do without."""
    from optimizer.domain.tendencies import RunBand  # where a plan was found

    return rows_once(catalogue.folder / "run_bands.csv", RunBand, catalogue.cache)
