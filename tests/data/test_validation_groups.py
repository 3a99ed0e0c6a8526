"""Whether runs lean to one side is told from chance: medians by architecture and generation, with what chance gives."""

from __future__ import annotations

import math
import random
import statistics

import pytest
from worlds import live_evidence

from optimizer.validation.comparison import validate
from optimizer.validation.groups import FEWEST


def test_the_runs_of_the_data_lean_to_neither_side() -> None:
    """Of dense and moe, of Ampere and Hopper. Wrong: a whole family that is planned too dear or too cheap."""
    found = {group.name: group for group in validate(live_evidence(), None).groups}
    assert {"dense", "moe", "Ampere", "Hopper"} <= set(found)
    for group in found.values():
        assert group.count >= FEWEST and not group.leans, group
        assert 0.9 <= group.median_ratio <= 1.1, group


def test_what_chance_gives_is_what_draws_give() -> None:
    """9 in 10 medians of seven draws from the spread of a single run, by simulation. Wrong: a bound that any median
    passes, or that none does."""
    band = live_evidence().bands[0]
    hopper = next(group for group in validate(live_evidence(), None).groups if group.name == "Hopper")
    dice = random.Random(1)
    spread = math.log(float(band.band_high / band.band_low)) / (2 * 1.645)
    medians = sorted(
        statistics.median(dice.lognormvariate(0, spread) for _ in range(hopper.count)) for _ in range(4000)
    )
    assert hopper.chance_low == pytest.approx(medians[200], rel=0.05)
    assert hopper.chance_high == pytest.approx(medians[3800], rel=0.05)
