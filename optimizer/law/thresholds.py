"""The thresholds of training compute that a run passes: reported, never enforced."""

from __future__ import annotations

from optimizer.case.setting import Setting
from optimizer.domain import ComputeThreshold


def thresholds_passed(setting: Setting) -> tuple[ComputeThreshold, ...]:
    """The thresholds standing on the day of the case that its training compute exceeds, least first.

    A case that wants one enforced states it as its own limit (``max_training_flop``).
    """
    date = setting.case.date or ""
    return tuple(
        row
        for row in setting.catalogue.thresholds
        if setting.training_flop > row.above_flop
        and row.effective_from <= date
        and (row.effective_to is None or date <= row.effective_to)
    )
