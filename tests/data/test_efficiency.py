"""The throughput table and what the efficiency rows rest on: integrity, formulas by hand, ratios of the generations."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from derivations import best_benchmark
from worlds import live_catalogue, live_evidence

from optimizer.errors import DataError
from optimizer.validation.evidence import efficiency_of
from optimizer.validation.runs import compare
from optimizer.validation.scale import (
    bracket_of,
    factor,
    groups,
    pooled_slope,
    quartiles,
    reference_devices,
)
from optimizer.validation.selector import clauses, resolve, select
from optimizer.validation.throughput import (
    coverage,
    like_for_like,
    mfu_6nd,
    planned_tflops,
    precision_gain,
    recomputed_tflops,
    speeds,
    spread,
)

HOPPER = ("h100_sxm5_80", "h100_pcie_80", "h100_nvl_94", "h800_sxm5_80", "h200_sxm_141")

H100, A100 = "h100_sxm5_80", "a100_sxm4_80"


@cache
def throughput() -> dict[str, Any]:
    return {row.id: row for row in live_evidence().throughput}


def measured_rows() -> list[Any]:
    return [row for row in live_catalogue().efficiencies.values() if row.assumption_set == "measured-2026"]


# --- the table -------------------------------------------------------------------------------------------------------


def test_the_measurements_are_there_and_told_apart() -> None:
    """216 + 109 + 10 + 3 from four publications; beside them NVIDIA's pages by release, MLPerf, LLM-jp and two runs."""
    found = Counter(row.publication for row in live_evidence().throughput)
    first = ("llm-foundry", "vtrain", "megatron-sc21", "mt-nlg")
    assert [found[name] for name in first] == [216, 109, 10, 3]
    assert sum(found[name] for name in first) == 338
    assert (found["llm-jp"], found["llama-3"], found["nemotron-4"]) == (2, 2, 3)
    assert found["mlperf-training-v5.1"] == 88
    newer = [count for name, count in found.items() if name.startswith("megatron-bridge-26.0") and name[-5:] != "26.02"]
    assert sum(newer) == 200
    others = ("megatron-bridge", "mlperf-training", "llm-jp", "llama-3", "nemotron-4")
    assert all(name in first or name.startswith(others) for name in found)


def test_what_is_no_full_training_has_no_mfu() -> None:
    """LoRA, and hybrid models whose active parameters are not known: 6 x parameters would be no measure of them."""
    rows = [row for row in live_evidence().throughput if row.params_active is None]
    assert len(rows) > 80
    assert all(row.mfu is None and mfu_6nd(row) is None and recomputed_tflops(row) is None for row in rows)
    assert all(row.params_active is None for row in live_evidence().throughput if "LoRA" in row.model)


def test_a_log_that_names_no_precision_is_held_as_an_upper_bound() -> None:
    """MLPerf's Blackwell runs are in FP8 or NVFP4: rows of B200 and B300 say so, and of the racks none is held."""
    unclear = [row for row in live_evidence().throughput if row.is_estimate("precision")]
    assert {row.accelerator for row in unclear} == {"b200_sxm_180", "b300_sxm_288"}
    assert all("upper bound" in row.note for row in unclear)
    racks = [row for row in live_evidence().throughput if row.accelerator in ("gb200_nvl72", "gb300_nvl72")]
    assert not any(row.publication.startswith("mlperf") for row in racks)


def test_the_precision_is_a_precision_and_not_a_batch() -> None:
    """llm-foundry's precision column held 8388608, the batch in tokens: that is the batch column now."""
    row = throughput()["llm-foundry-001"]
    assert (row.precision, row.global_batch_tokens, row.devices, row.seq_len) == ("bf16", 8_388_608, 512, 2048)
    found = Counter((r.accelerator, r.precision) for r in live_evidence().throughput if r.publication == "llm-foundry")
    assert found == {
        (H100, "bf16"): 70,
        (H100, "fp8"): 7,
        (A100, "bf16"): 61,
        ("a100_sxm4_40", "bf16"): 78,
    }


def test_the_stored_mfu_is_the_formula() -> None:
    """One formula for every row; a wrong peak (BF16's for FP8) would double it."""
    for row in live_evidence().throughput:
        mfu = mfu_6nd(row)
        assert (mfu is None) == (row.mfu is None), row.id
        if mfu is not None:
            assert float(row.mfu) == pytest.approx(mfu, abs=5.1e-5), row.id


def test_mfu_by_hand() -> None:
    """6 x 64.862e9 x 1,007 / 989.4e12 = 0.3961; published 0.4125 counts attention too.

    FP8: 6 x 2.6518e9 x 30,586 / 1,978.9e12 = 0.2459; over the BF16 peak it would be 0.492.
    """
    assert mfu_6nd(throughput()["llm-foundry-001"]) == pytest.approx(6 * 64_862_437_376 * 1007 / 989.4e12)
    assert mfu_6nd(throughput()["llm-foundry-001"]) == pytest.approx(0.3961, abs=1e-4)
    assert mfu_6nd(throughput()["llm-foundry-073"]) == pytest.approx(0.2459, abs=1e-4)


def test_hardware_flop_is_no_mfu() -> None:
    """Megatron's 163 TFLOP/s (52 % of the peak) count the recomputed forward pass: they give no MFU.

    MT-NLG publishes tokens/s: 6 x 530e9 x 29.2 / 312e12 = 0.2976, not 126/312 = 0.404.
    """
    hardware = [row for row in live_evidence().throughput if row.flop_basis == "hardware"]
    assert len(hardware) == 13
    assert all(mfu_6nd(row) is None for row in hardware if row.publication == "megatron-sc21")
    mt_nlg = throughput()["mt-nlg-001"]
    assert mfu_6nd(mt_nlg) == pytest.approx(0.2976, abs=1e-4)
    assert float(mt_nlg.hfu_published) == pytest.approx(0.404)


def test_published_tflops_come_out_with_attention() -> None:
    """(6 x 6.9189e9 + 12 x 32 x 4,096 x 65,536) x 1,956 = 282.8 TFLOP/s, published 282; with 6 N alone 81."""
    (row,) = [r for r in live_evidence().throughput if r.tokens_per_s == 1956 and r.seq_len == 65_536]
    assert recomputed_tflops(row) == pytest.approx(282.8, abs=0.1)
    assert 6 * float(row.params_active) * 1956 / 1e12 == pytest.approx(81.2, abs=0.1)


def test_the_throughput_table_is_recomputed_within_one_percent() -> None:
    """325 rows; published figures are cut to whole TFLOP/s, which alone is 0.8 %."""
    found = speeds(live_evidence())
    assert len(found) == 325
    assert max(abs(item.error) for item in found) < 0.01
    assert sum(abs(item.error) for item in found) / len(found) < 0.002


def test_parameters_fit_the_shape() -> None:
    """12 L d^2 + (vocabulary + sequence) d within 0.1 %: a wrong width would make the attention FLOP wrong."""
    for row in live_evidence().throughput:
        if row.publication == "llm-foundry":
            width = row.model_width
            assert 12 * row.layers * width**2 + (50_368 + row.seq_len) * width == pytest.approx(
                int(row.params_active), rel=1e-3
            ), row.id


# --- what the efficiency rows rest on --------------------------------------------------------------------------------


@pytest.mark.parametrize("row", measured_rows(), ids=lambda r: f"{r.accelerator}-{r.precision}-{r.architecture}")
def test_every_efficiency_rests_on_rows_or_is_an_estimate(row: Any) -> None:
    """A figure without rows behind it must be marked, or it would pass for measured."""
    found = resolve(row, live_evidence())
    if not found.count:
        assert "estimate" in row.evidence_class
        assert row.is_estimate("mfu")
    if row.evidence_class in ("real runs", "real run"):
        assert found.runs


def test_the_bands_are_in_order() -> None:
    for row in measured_rows():
        assert row.mfu_low <= row.mfu <= row.mfu_high, row
        assert row.goodput_low <= row.goodput <= row.goodput_high, row


def test_a_selector_finds_the_very_rows() -> None:
    """18 rows of llm-foundry and 5 of runs at 128 devices and more, all on the H100 in BF16."""
    row = live_catalogue().efficiencies[("measured-2026", H100, "bf16", "dense")]
    found = resolve(row, live_evidence())
    runs = [*(f"llama-3-{n:03d}" for n in (1, 2)), *(f"nemotron-4-{n:03d}" for n in (1, 2, 3))]
    assert [item.id for item in found.throughput] == [*(f"llm-foundry-{n:03d}" for n in range(1, 19)), *runs]
    assert all(item.devices >= 128 for item in found.throughput)
    assert {run.scope for run in found.runs} == {"single_run"}
    assert "Llama 3.1 405B" in {run.name for run in found.runs}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("accelerator=x", "must begin with one of throughput, runs, goodput, efficiency and a colon"),
        ("throughput: speed=1", "names no column of throughput"),
        ("throughput: devices>=many", "must be a number"),
        ("throughput: devices", "must be a condition"),
    ],
)
def test_an_unreadable_selector_is_told(text: str, rule: str) -> None:
    with pytest.raises(DataError, match=rule):
        clauses(text)


def test_a_selector_that_finds_nothing_is_told() -> None:
    """Evidence that is gone must not turn into a figure without evidence."""
    row = live_catalogue().efficiencies[("measured-2026", H100, "bf16", "dense")]
    with pytest.raises(DataError, match="finds no row"):
        resolve(row.model_copy(update={"evidence": "throughput: devices>=100000"}), live_evidence())


# --- the ratios ------------------------------------------------------------------------------------------------------


def test_the_measured_ratio_of_h100_to_a100() -> None:
    """40 pairs (39 with equal devices) span 1.81 to 2.84; median 2.17, far below the 3.17 of the peaks."""
    pairs = like_for_like(live_evidence().throughput, H100, A100, "bf16")
    assert (round(min(pairs), 2), round(max(pairs), 2)) == (1.81, 2.84)
    assert spread(pairs).median == pytest.approx(2.17, abs=0.02)


@pytest.mark.parametrize("goodput", [False, True], ids=["steady", "with goodput"])
def test_h100_over_a100_lies_within_the_measured(goodput: Any) -> None:
    """Whole runs put it at 2.84, within the like-for-like pairs (1.81 to 2.84), at their upper end.

    The ratio of the peaks alone, 3.17, would be outside. Runs on Hopper are newer: their software is, too.
    """
    upper = planned_tflops(live_catalogue(), H100, "bf16", "dense", goodput)
    lower = planned_tflops(live_catalogue(), A100, "bf16", "dense", goodput)
    assert 1.81 <= upper / lower <= 2.84
    assert not 1.81 <= 989.4 / 312 <= 2.84


@pytest.mark.parametrize("accelerator", HOPPER)
@pytest.mark.parametrize("architecture", ["dense", "moe"])
@pytest.mark.parametrize("goodput", [False, True], ids=["steady", "with goodput"])
def test_fp8_over_bf16_on_hopper(accelerator: Any, architecture: Any, goodput: Any) -> None:
    """1.0 to 1.4: dense 0.23 x 1978.9 / (0.357 x 989.4) = 1.29; the doubled peak with one MFU would be 2."""
    over = planned_tflops(live_catalogue(), accelerator, "fp8", architecture, goodput)
    under = planned_tflops(live_catalogue(), accelerator, "bf16", architecture, goodput)
    assert 1.0 <= over / under <= 1.4


def test_the_measured_gain_of_fp8_on_hopper() -> None:
    """0.997 at 32,768 tokens to 1.37 in LLM-jp's production: nowhere near the doubled peak."""
    gains = precision_gain(live_evidence().throughput, H100, "fp8", "bf16")
    assert min(gains) == pytest.approx(0.997, abs=0.001)
    assert max(gains) == pytest.approx(1.3725)
    planned, over = (planned_tflops(live_catalogue(), H100, precision, "dense") for precision in ("fp8", "bf16"))
    # half way between the median of the pairs, 1.21, and the one production run
    assert planned / over == pytest.approx(math.sqrt(spread(gains).median * 1.3725), rel=0.01)


def ceiling(row: Any) -> Any:
    """The best benchmark of an accelerator, precision and architecture on 6ND; None where none is held."""
    found = best_benchmark([t for t in live_evidence().throughput if row_key(t) == row_key(row)], live_evidence())
    return None if found is None else found[1]


def row_key(row: Any) -> tuple[str, str, str]:
    return (row.accelerator, row.precision, row.architecture)


@pytest.mark.parametrize("row", measured_rows(), ids=lambda r: "-".join(row_key(r)))
def test_without_a_published_run_no_figure_is_above_its_best_benchmark(row: Any) -> None:
    """A benchmark is no floor for a whole run. GB200 in FP8 MoE was 0.200 with a best benchmark of 0.178."""
    generation = live_catalogue().accelerators[row.accelerator].generation
    ran = {live_catalogue().accelerators[run.accelerator].generation for run in live_evidence().runs if run.accelerator}
    best = ceiling(row)
    if generation not in ran - {"Blackwell", "Blackwell Ultra"} and best is not None:
        assert float(row.mfu) <= best


def test_the_ceiling_of_a_small_model_is_over_its_factor() -> None:
    """B200 in BF16 MoE: gpt-oss 120B (5.1B active) 0.1866 / 1.1 ^ log2(5.1 / 12.5) = 0.2111."""
    known, factor_of_size = live_catalogue(), 1.1 ** math.log2(5.1 / 12.5)
    found = ceiling(efficiency_of(known, "b200_sxm_180", "bf16", "moe"))
    assert found == pytest.approx(0.1866 / factor_of_size, rel=2e-3)
    assert ceiling(efficiency_of(known, "gb200_nvl72", "fp8", "moe")) == pytest.approx(0.2206, rel=1e-3)
    assert ceiling(efficiency_of(known, "mi300x", "fp8", "moe")) is None


@pytest.mark.parametrize("accelerator", ["gb200_nvl72", "gb300_nvl72"])
def test_fp8_over_bf16_on_racks_of_blackwell(accelerator: Any) -> None:
    """GB200 1.28 and GB300 1.13, as measured on DeepSeek-V3 in one table."""
    over, under = (planned_tflops(live_catalogue(), accelerator, precision, "moe") for precision in ("fp8", "bf16"))
    assert 1.0 <= over / under <= 1.4


def test_size_of_cluster_costs_a_few_percent() -> None:
    """Same model on 4 times the devices (128 to 512): 5 to 10 % slower a device on H100, for every model."""
    rows = [r for r in live_evidence().throughput if r.publication == "llm-foundry" and r.precision == "bf16"]
    speed = {(r.model, r.devices): float(r.tokens_per_s) for r in rows if r.accelerator == H100 and r.seq_len == 2048}
    loss = {m: speed[(m, 512)] / speed[(m, 128)] for m in ("70b", "30b", "13b", "7b", "3b", "1b")}
    assert 0.90 <= min(loss.values()) <= max(loss.values()) <= 0.98, loss


def cluster_groups() -> Any:
    return groups(select(live_catalogue().brackets["measured-2026"][0].evidence, live_evidence()).throughput)


def test_the_slope_of_one_group_by_hand() -> None:
    """70B on H100: ln(1007 / 1058) over two doublings is -0.0247 a doubling; one doubling less would be -0.0494."""
    (found,) = [group for group in cluster_groups() if group.name.startswith("llm-foundry 70b")]
    assert [row.devices for row in found.rows] == [128, 256, 512]
    assert found.slope == pytest.approx(math.log(1007 / 1058) / 2)


def test_groups_differ_in_the_number_of_devices_alone() -> None:
    """Nine groups; a group of two models or two precisions would take their difference for a loss of scale."""
    found = cluster_groups()
    assert len(found) == 9
    for group in found:
        alike = {(r.publication, r.accelerator, r.model, r.precision, r.seq_len) for r in group.rows}
        assert len(alike) == 1
        assert min(row.devices for row in group.rows) >= 128


def test_below_128_devices_nothing_is_lost() -> None:
    """The reason why the first bracket begins there: pooled +0.1 % a doubling from 8 to 128 devices."""
    rows = [r for r in live_evidence().throughput if r.publication == "llm-foundry" and r.seq_len == 2048]
    assert abs(pooled_slope(groups(r for r in rows if r.devices <= 128))) < 0.005


def test_the_factors_of_the_brackets_follow_from_the_measurements() -> None:
    """exp(-0.0371 x doublings from 636 devices): 1.07 at 181, 0.97 at 1,218, 0.86 at 11,586, rounded; quartiles beside.

    The data row cannot drift from its evidence.
    """
    found, rows = cluster_groups(), live_catalogue().brackets["measured-2026"]
    slope = pooled_slope(found)
    assert slope == pytest.approx(-0.0371, abs=5e-5)
    counts = [run.count for run in live_evidence().runs if run.count and compare(run, live_evidence()).counted]
    reference = reference_devices(rows, counts)
    assert (len(counts), round(reference)) == (28, 636)
    strong, weak = quartiles(found)
    for row in rows:
        ends = sorted(factor(one, row, reference) for one in (strong, weak))
        told = [float(value) for value in (row.mfu_factor_low, row.mfu_factor, row.mfu_factor_high)]
        assert told == pytest.approx([ends[0], factor(slope, row, reference), ends[1]], abs=0.0006), row.bracket


def test_no_bracket_is_a_cliff() -> None:
    """From one bracket to the next a server is slower by 1.8 to 3.7 % and its network dearer by 4 points at most: 513
    devices beside 511 were slower by 9 %, and their network cost 18 points more."""
    rows = live_catalogue().brackets["measured-2026"]
    steps = [float(after.mfu_factor / before.mfu_factor) for before, after in pairwise(rows)]
    assert 0.962 <= min(steps) <= max(steps) <= 0.983
    network = [after.network_ratio - before.network_ratio for before, after in pairwise(rows)]
    assert 0 <= min(network) <= max(network) <= Decimal("0.04")


def test_no_loss_of_scale_is_counted_twice() -> None:
    """Over the runs that MFU x goodput rest on, the factors have the geometric mean 1: 1.00, not 0.93 or 1.07."""
    rows = live_catalogue().brackets["measured-2026"]
    counts = [run.count for run in live_evidence().runs if run.count and compare(run, live_evidence()).counted]
    logs = [math.log(float(bracket_of(rows, count).mfu_factor)) for count in counts]
    assert math.exp(sum(logs) / len(logs)) == pytest.approx(1, abs=0.005)


def test_the_bands_hold_most_tuned_measurements() -> None:
    """H100 BF16 85 %, A100-40 84 %; vTrain's deliberately untuned set-ups 18 %: a band is no benchmark."""
    found = {(c.accelerator, c.precision, c.architecture): c.covered for c in coverage(live_evidence())}
    assert found[(H100, "bf16", "dense")] >= 0.8
    assert found[("a100_sxm4_40", "bf16", "dense")] >= 0.8
