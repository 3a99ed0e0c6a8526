"""Central figures are unbiased: ours over published by architecture and generation, and with each run left out."""

import math
import statistics
from functools import cache
from typing import Any

import pytest
from derivations import kept_of, prediction_interval
from worlds import live_catalogue, live_evidence

from optimizer.options.performance import model_size_of
from optimizer.validation.runs import compare, is_near
from optimizer.validation.scale import size_line

STUDENT_95 = 1.684
"""Student's t, 40 degrees of freedom, 95 %: one run less than the band rests on."""
TRINITY = "Arcee Trinity Large"


@cache
def counted() -> Any:
    found = (compare(run, live_evidence()) for run in live_evidence().runs)
    return [item for item in found if item.counted]


def generation(item: Any) -> Any:
    """Ampere, Hopper or Blackwell, by the die."""
    return live_catalogue().accelerators[item.run.accelerator].generation.split(" ")[0]


def hopper_line(items: Any) -> Any:
    """The line of the model's size through some runs on Hopper."""
    reached: dict[str, list[tuple[float, float]]] = {}
    for item in items:
        size = float(item.run.params_active) / 1e9
        reached.setdefault(item.efficiency.architecture, []).append((size, item.reached))
    return size_line(reached)


def on_line(item: Any, line: Any) -> float:
    """Ours over published of a run, where the line is another one: it begins and ends where that of the data does."""
    row = model_size_of(
        live_catalogue().model_sizes["measured-2026"],
        live_catalogue().accelerators[item.run.accelerator].generation,
        item.efficiency.architecture,
    )
    size = min(max(float(item.run.params_active) / 1e9, float(row.params_from_b)), float(row.params_to_b))
    doublings = math.log2(size / line.at_one_b[item.efficiency.architecture])
    return float(item.reached / math.exp(line.slope * doublings))


def solar_over_trinity() -> Any:
    """Ours over published of the one run on Blackwell where the share is that of the other alone."""
    (used,) = [row for row in live_evidence().shares if row.used]
    trinity, solar = kept_of(used, live_evidence())
    return trinity.share / solar.share


@cache
def left_out() -> Any:
    """Ours over published of each run, with every figure that it entered derived anew from the others."""
    found = {}
    for item in counted():
        if item.run.name == TRINITY:
            found[item.run.name] = solar_over_trinity()
        elif generation(item) == "Hopper":
            others = [one for one in counted() if generation(one) == "Hopper" and one is not item]
            found[item.run.name] = on_line(item, hopper_line(others))
        elif item.run.params_active < 10**10:
            found[item.run.name] = item.hours.ratio  # the anchor of the A100 rests on none of them
        else:
            behind = [one for one in counted() if generation(one) == "Ampere" and one.run.params_active >= 10**10]
            rest = statistics.geometric_mean(one.hours.ratio for one in behind if one is not item)
            every = statistics.geometric_mean(one.hours.ratio for one in behind)
            found[item.run.name] = item.hours.ratio * every / rest
    return found


KINDS = {
    "dense": lambda item: item.efficiency.architecture == "dense",
    "moe": lambda item: item.efficiency.architecture == "moe",
    "Ampere": lambda item: generation(item) == "Ampere",
    "Hopper": lambda item: generation(item) == "Hopper",
}
COUNTS = {"dense": 33, "moe": 9, "Ampere": 19, "Hopper": 22}


@pytest.mark.parametrize("kind", KINDS)
def test_the_median_is_between_nine_tenths_and_eleven(kind: Any) -> None:
    """Dense 1.02, mixtures of experts 0.97, A100 0.93, Hopper 1.02. With a step at 10B in place of the line of the
    model's size dense models were at 0.92, and Hopper in the runs of November at 1.23, now 0.97."""
    ratios = [item.hours.ratio for item in counted() if KINDS[kind](item)]
    assert len(ratios) == COUNTS[kind]
    assert 0.9 <= statistics.median(ratios) <= 1.1


@pytest.mark.parametrize("kind", KINDS)
def test_so_it_is_with_each_run_left_out(kind: Any) -> None:
    """What a further run would see: every anchor, factor and share derived anew without the run itself."""
    ratios = [left_out()[item.run.name] for item in counted() if KINDS[kind](item)]
    assert 0.9 <= statistics.median(ratios) <= 1.1


def test_on_blackwell_both_runs_lie_around_the_share() -> None:
    """Ours over published 0.95 and 1.07, median 1.01; each foretold by the other 0.90 and 1.11."""
    runs = {run.name: compare(run, live_evidence()) for run in live_evidence().runs}
    ratios = [runs[name].hours.ratio for name in (TRINITY, "Solar Open 100B (Korea)")]
    assert 0.9 <= statistics.median(ratios) <= 1.1
    assert all(is_near(ratio) for ratio in (*ratios, left_out()[TRINITY]))


def test_each_run_is_covered_by_the_band_of_the_others() -> None:
    """Leave one out, the anchors too: at least 80 % within the band, half within 1.35."""
    covered = near = 0
    for item in counted():
        rest = [ratio for name, ratio in left_out().items() if name != item.run.name]
        low, high = prediction_interval(rest, STUDENT_95)
        covered += low <= left_out()[item.run.name] <= high
        near += is_near(left_out()[item.run.name])
    assert covered / len(counted()) >= 0.8
    assert near / len(counted()) >= 0.5
