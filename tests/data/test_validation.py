"""Real runs beside the catalogue, and the band that was derived from them."""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from case_files import FURTHER
from derivations import prediction_interval
from worlds import live_evidence

from optimizer.cli import run as command
from optimizer.domain import Case
from optimizer.options.performance import model_factor, model_size_of
from optimizer.reference.validation_outputs import outputs
from optimizer.solve.planner import prepare
from optimizer.units import HOURS_PER_DAY
from optimizer.validation.comparison import validate
from optimizer.validation.further import read_runs
from optimizer.validation.runs import compare, score
from optimizer.validation.scale import size_line
from optimizer.validation.selector import select
from optimizer.validation.throughput import coverage, goodput_of, whole_run_mfu

GB200_FP8_MOE = ("gb200_nvl72", "fp8", "moe")

STUDENT_95 = 1.683
"""Student's t, 41 degrees of freedom, 95 %: a 90 % interval."""


@cache
def compared() -> dict[str, Any]:
    return {run.name: compare(run, live_evidence()) for run in live_evidence().runs}


def counted() -> list[Any]:
    return [item for item in compared().values() if item.counted]


# --- the table -------------------------------------------------------------------------------------------------------


def test_the_82_runs_are_there_with_their_scope() -> None:
    """Runs whose hours cover a programme are told apart by the column."""
    found = {run.name: run.scope for run in live_evidence().runs}
    assert len(found) == 82
    assert found["DBRX"] == found["DeepSeek-V3"] == "whole_programme"
    assert found["Llama 3.2 1B"] == found["Llama 3.2 3B"] == "distilled"
    assert found["Llama-SEA-LION-v3-8B (CPT)"] == found["Meditron-70B (CPT)"] == "continued"
    assert found["Gemma-SEA-LION-v3-9B-IT"] == "finetune"
    assert found["Guanaco-65B"] == "qlora"
    assert found["OpenBA-15B"] == "not_comparable"
    assert Counter(found.values())["single_run"] == 49


def test_a_run_that_is_no_single_run_says_why() -> None:
    """Every row that is left out of the count carries a note; leaving out is by the column alone."""
    for run in live_evidence().runs:
        if run.scope != "single_run":
            assert run.note, run.name


def test_published_names_are_kept() -> None:
    """TPU rows stand without an accelerator of ours, under the name as published."""
    for run in live_evidence().runs:
        assert run.accelerator_published or run.name == "LatamGPT 70B (CPT)"
        others = ("TPU", "Ascend", "one GPU")  # one of 48 GB, whichever
        assert (run.accelerator is None) == run.accelerator_published.startswith(others) or (
            not run.accelerator_published
        )


def test_hours_agree_with_count_and_days() -> None:
    """count x days x 24 within 3 % of the published hours; two exceptions that the sources explain.

    Luminous: "about 12 weeks" on 512. PaLM: 6,144 chips for 1,200 h and 3,072 for 336 h.
    """
    known = {"Luminous-supreme 70B": 1.23, "PaLM-540B": 1.12}
    for run in live_evidence().runs:
        if run.gpu_hours and run.count and run.days:
            ratio = run.count * float(run.days) * HOURS_PER_DAY / float(run.gpu_hours)
            assert ratio == pytest.approx(known.get(run.name, 1), abs=0.03), run.name


# --- the formulas by hand --------------------------------------------------------------------------------------------


def test_hours_by_hand() -> None:
    """LLaMA-65B: 6 x 65.2e9 x 1.4e12 / (312e12 x 0.399 x 0.85 x 0.948) / 3600 = 1,516,595 h; published 1,022,362.

    Without goodput it would be 1,289,106, without the factor of the cluster 1,437,732.
    """
    item = compared()["LLaMA-65B"]
    by_hand = 6 * 65.2e9 * 1.4e12 / (312e12 * 0.399 * 0.85 * 0.948) / 3600
    assert item.hours.ours == pytest.approx(by_hand) == pytest.approx(1_516_595, rel=1e-5)
    assert item.hours.low == pytest.approx(by_hand / 1.6)
    assert item.hours.high == pytest.approx(by_hand / 0.6)
    assert item.hours.ratio == pytest.approx(1.483, abs=0.001)


def test_a_mixture_of_experts_counts_its_active_parameters() -> None:
    """DeepSeek-V3: 6 x 37e9 x 14.8e12 / (1978.9e12 x 0.16 x 0.9 x 0.948 x 1.103) / 3600 = 3.063e6 h; with 671e9 55e6.

    1.103 = 1.099 ^ log2(37 / 18), by which its 37B are above the 18B at which the line is 1."""
    item = compared()["DeepSeek-V3 (pre-training only)"]
    assert item.efficiency.precision == "fp8"
    assert item.efficiency.architecture == "moe"
    per_hour = 1978.9e12 * 0.16 * 0.9 * 0.948 * 1.099 ** math.log2(37 / 18) * 3600
    assert item.hours.ours == pytest.approx(6 * 37e9 * 14.8e12 / per_hour)


def test_a_small_model_on_hopper_takes_the_factor_of_the_data() -> None:
    """SmolLM3-3B on 384: 187,557 h by MFU x goodput x 1.021, over 1.099 ^ log2(3.08 / 57) = 0.672 they are 279,082;
    published 276,480. A100: no factor."""
    item = compared()["SmolLM3-3B"]
    by_hand = 6 * 3.08e9 * 11.2e12 / (989.4e12 * 0.357 * 0.85 * 1.021) / 3600
    assert by_hand == pytest.approx(187_557, rel=1e-4)
    assert item.model_factor == pytest.approx(1.099 ** math.log2(3.08 / 57), rel=1e-11)
    assert item.hours.ours == pytest.approx(by_hand / item.model_factor)
    assert item.cluster_factor == 1.021
    assert (compared()["Pythia-6.9B"].model_factor, compared()["Pythia-6.9B"].cluster_factor) == (1, 1.07)


def test_a_run_is_held_against_the_very_speed_of_a_plan() -> None:
    """Llama 3.1 405B, 16,384 H100 in BF16: devices x days of a plan of that size, to the same hours.

    Where validate and plans took different factors, one of them would not be what is told of the other.
    """
    item = compared()["Llama 3.1 405B"]
    case = Case(country="US", workload="llama-3.1-405b", tokens_t="15.6", use=("h100_sxm5_80",), precision=("bf16",))
    ready = prepare(case.changed(procurement="buy"), live_evidence().catalogue)
    (large,) = [o for o in ready.problem.options if o.key.bracket == "8193-16384" and o.key.connection != "hv"]
    assert float(ready.problem.work_pflops_days / large.pflops) * large.devices * HOURS_PER_DAY == pytest.approx(
        item.hours.ours
    )
    small = compared()["Llama 3.1 8B"]
    ready = prepare(case.changed(workload="llama-3.1-8b", tokens_t="15", procurement="buy"), live_evidence().catalogue)
    (medium,) = [o for o in ready.problem.options if o.key.bracket == "1025-1448" and o.key.connection != "hv"]
    hours = float(ready.problem.work_pflops_days / medium.pflops) * medium.devices * HOURS_PER_DAY
    assert hours * 0.966 == pytest.approx(small.hours.ours)  # its number of devices is not published


def test_days_energy_power_and_cost_by_hand() -> None:
    """DeepSeek-V3: hours / 2,048 / 24 = 62.3 days, x 2 USD = 6.13 MUSD. LLaMA-65B: 0.4 kW x 1.1 = 0.44 kW."""
    v3 = {figure.name: figure for figure in compared()["DeepSeek-V3 (pre-training only)"].others}
    hours = compared()["DeepSeek-V3 (pre-training only)"].hours.ours
    assert v3["days"].ours == pytest.approx(hours / 2048 / 24)
    assert v3["cost"].ours == pytest.approx(hours * 2)
    llama = {figure.name: figure for figure in compared()["LLaMA-65B"].others}
    assert llama["power"].ours == pytest.approx(0.44)
    assert llama["power"].published == pytest.approx(0.4392, abs=1e-4)
    assert llama["energy"].ours == pytest.approx(compared()["LLaMA-65B"].hours.ours * 0.44 / 1000)


def test_power_of_a_device_comes_out() -> None:
    """4 measured runs: mean error 8.7 %, Granite's 0.909 kW an H100-hour against 1.275 x 0.78 = 0.9945 (9 %)."""
    errors = [abs(f.ratio - 1) for item in counted() for f in item.others if f.name == "power" and f.scored]
    assert len(errors) == 4
    assert 0.05 < statistics.fmean(errors) < 0.1
    assert max(errors) < 0.13


def test_rated_power_against_rated_power_is_no_hit() -> None:
    """10 runs publish hours x rated power as energy: scored, they made the mean error of power 2 % instead of 8.7 %."""
    found = [(item.run.energy_basis, f) for item in counted() for f in item.others if f.name == "power"]
    rated = [f for basis, f in found if basis == "gpu_rated"]
    assert len(rated) == 10 and len(found) == 14
    assert not any(f.scored for f in rated)
    assert {f.basis for f in rated} == {"rated: identity"}
    power = outputs(validate(live_evidence(), None)).real_runs.power
    assert power.count == 4
    assert power.mean_error == pytest.approx(0.087, abs=0.001)


def test_the_catalogue_is_scored_against_the_measured_medians(capsys: pytest.CaptureFixture[str]) -> None:
    """23 rows: GB200 in FP8 MoE 0.131 over a median of 0.169 is -22 %: whole runs keep less than a benchmark shows."""
    (row,) = [c for c in coverage(live_evidence()) if (c.accelerator, c.precision, c.architecture) == GB200_FP8_MOE]
    assert row.error == pytest.approx(row.planned[1] / row.measured.median - 1)
    assert row.error == pytest.approx(-0.224, abs=0.01)
    assert command(["validate"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"central over measured median: 23 compared: mean error \d+\.\d+%, maximum \d+\.\d+%", printed)
    assert "FLOP count of a token" in printed
    assert printed.count("rated: identity") == 10


def test_goodput_by_hand() -> None:
    """Llama 3.1 405B: 0.345 whole over 0.40 steady = 0.863."""
    (run,) = [r for r in live_evidence().runs if r.name == "Llama 3.1 405B"]
    assert whole_run_mfu(run, 989.4) == pytest.approx(0.345, abs=0.001)
    assert goodput_of(run, 989.4) == pytest.approx(0.863, abs=0.001)


# --- what must be shown ----------------------------------------------------------------------------------------------


def test_the_band_covers_the_single_runs() -> None:
    """At least 80 % covered (reached: 39 of 42), half within 1.35 (71 %), bands at most 3 (2.67).

    Out are YaLM-100B, SEA-LION v1 3B and, by a hair, Llama 3.1 8B (0.60).
    """
    found = score(compared().values())
    assert found.count == 42
    assert found.covered >= 0.8
    assert found.near >= 0.5
    assert found.widest <= 3
    assert {item.run.name for item in counted() if not item.covered} == {"YaLM-100B", "SEA-LION v1 3B", "Llama 3.1 8B"}


def test_the_product_of_lows_and_highs_would_be_no_better() -> None:
    """Low MFU x low goodput to high x high is the wrong band on Hopper's small models: it misses three of nine, and the
    band one (Llama 3.1 8B)."""
    small = [i for i in counted() if i.run.params_active < 10**10 and i.efficiency.accelerator == "h100_sxm5_80"]
    missed = 0
    for item in small:
        row = item.efficiency
        whole = float(row.mfu * row.goodput) * item.reached * item.cluster_factor
        missed += not float(row.mfu_low * row.goodput_low) <= whole <= float(row.mfu_high * row.goodput_high)
    assert len(small) == 9
    assert missed > sum(not item.covered for item in small) == 1


def test_the_band_is_the_prediction_interval_of_the_runs() -> None:
    """0.601 to 1.591 from 42 runs, rounded outward to 0.6 and 1.6: the data row cannot drift from its evidence."""
    low, high = prediction_interval([item.hours.ratio for item in counted()], STUDENT_95)
    for band in live_evidence().bands:
        assert float(band.band_low) == pytest.approx(math.floor(low * 100) / 100)
        assert float(band.band_high) == pytest.approx(math.ceil(high * 100) / 100)


def test_the_line_of_the_models_size_is_that_of_the_runs() -> None:
    """22 single runs on Hopper: 10 % for a doubling, 5 to 15 % in 9 of 10 such sets; 14 dense ones cross 1 at 57B, 8
    mixtures of experts at 18B. On the A100 1 %, with an error of 5 %: no line.

    The rows cannot drift from their evidence, and none of them is a step.
    """
    dense, moe, like_dense, like_moe, level = live_evidence().catalogue.model_sizes["measured-2026"]
    runs = select(dense.evidence, live_evidence()).runs
    hopper = [item for item in counted() if "Hopper" in generation_of(item)]
    assert {run.name for run in runs} == {item.run.name for item in hopper}
    line = size_line(points(hopper))
    assert (len(points(hopper)["dense"]), len(points(hopper)["moe"])) == (14, 8)
    doubt = 1.729 * line.error  # Student's t, 19 degrees of freedom, 95 % on one side
    ends = [math.exp(line.slope + one) for one in (-doubt, 0, doubt)]
    for row in (dense, moe):
        told = (row.per_doubling_low, row.per_doubling, row.per_doubling_high)
        assert [float(value) for value in told if value is not None] == pytest.approx(ends, abs=0.0006)
        assert float(row.params_at_one_b) == pytest.approx(line.at_one_b[row.architectures[0]], abs=0.5)
        seen = [size for name in row.architectures for size, _ in points(hopper)[name]]
        assert (float(row.params_from_b), float(row.params_to_b)) == (min(seen), max(seen))
    a100 = size_line(points(item for item in counted() if "Ampere" in generation_of(item)))
    assert abs(a100.slope) < a100.error and level.per_doubling == 1
    for row in (like_dense, like_moe):
        assert row.per_doubling == dense.per_doubling and row.per_doubling_low == 1 and row.is_estimate("per_doubling")
    # the runs behind the share of Blackwell's benchmarks, 12B and 13B: nothing is gained beyond them
    assert like_moe.params_to_b == like_moe.params_at_one_b == Decimal("12.5")


def generation_of(item: Any) -> str:
    return str(live_evidence().catalogue.accelerators[item.run.accelerator].generation)


def points(items: Iterable[Any]) -> dict[str, list[tuple[float, float]]]:
    """Active parameters (1e9) and what was reached, by architecture."""
    found: dict[str, list[tuple[float, float]]] = {}
    for item in items:
        found.setdefault(item.efficiency.architecture, []).append((float(item.run.params_active) / 1e9, item.reached))
    return found


def test_a_line_through_points_by_hand() -> None:
    """8B at 0.5 and 32B at 2, a doubling each: slope ln 2, and 1 at 16B. Dense and mixtures have heights of their own:
    two at a quarter of that, on the same line, are at 1 at 64B. With one height for both the slope would be less."""
    line = size_line({"dense": [(8, 0.5), (32, 2)], "moe": [(8, 0.125), (32, 0.5)]})
    assert line.slope == pytest.approx(math.log(2))
    assert line.error == pytest.approx(0, abs=1e-12)
    assert line.at_one_b == pytest.approx({"dense": 16, "moe": 64})


def test_the_band_names_the_hardware_of_its_runs() -> None:
    """A plan on other hardware says that one run at most was there: a generation joins with its second run, and of a
    die that is seen any name. Wrong: one run on Blackwell, and its whole doubt would count as measured."""
    chips = live_evidence().catalogue.accelerators
    times = Counter(chips[item.run.accelerator].generation for item in counted())
    dies = {name for name, count in times.items() if count > 1}
    for band in live_evidence().bands:
        seen = set(band.seen_generations)
        assert dies <= seen <= set(times)
        assert {name.split(" (")[0] for name in seen} == {name.split(" (")[0] for name in dies}


def test_small_models_cost_something_on_every_generation_after_the_a100() -> None:
    """Without a factor for AMD and Gaudi, 7B was half as fast again there as on Hopper, on no evidence."""
    catalogue = live_evidence().catalogue
    older = {"Volta", "Ampere", "Ampere (China SKU)"}
    for generation in {chip.generation for chip in catalogue.accelerators.values()} - older:
        row = model_size_of(catalogue.model_sizes["measured-2026"], generation, "dense")
        sizes = [model_factor(row, Decimal(active_b)) for active_b in ("3", "8", "9.9", "10.1", "57", "70")]
        assert sizes == sorted(sizes) and sizes[4] == 1, generation
        assert sizes[3] / sizes[2] < 1.003, "no step at 10B"


# --- on runs that were not used --------------------------------------------------------------------------------------


@pytest.mark.parametrize("half", [0, 1])
def test_the_band_of_one_half_covers_the_other(half: int) -> None:
    """Every second run: the band of one half covers at least 80 % of the other."""
    ratios = [item.hours.ratio for item in counted()]
    known, held_out = ratios[half::2], ratios[1 - half :: 2]
    low, high = prediction_interval(known, 1.725)  # Student's t, 20 degrees of freedom, 95 %
    assert sum(low <= ratio <= high for ratio in held_out) / len(held_out) >= 0.8


def test_runs_that_were_not_used_are_covered(tmp_path: Path) -> None:
    """All six in the band, at least half within 1.35; their hours are published in the golden sums or by the makers."""
    path = tmp_path / "further.csv"
    path.write_text(FURTHER, encoding="utf-8")
    runs, problems = read_runs(str(path), live_evidence(), [])
    assert not problems
    assert not {run.name for run in runs} & set(compared())
    found = score(compare(run, live_evidence()) for run in runs)
    assert found.count == 6
    assert found.covered >= 0.8
    assert found.near >= 0.5
