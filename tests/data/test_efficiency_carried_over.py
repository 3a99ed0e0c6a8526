"""Figures that are carried over: runs to their accelerator, benchmarks to whole runs, one accelerator to another."""

import math
import statistics
from decimal import Decimal
from typing import Any

import pytest
from derivations import best_benchmark, central_share, kept_of, made_equal
from worlds import live_catalogue, live_evidence

from optimizer.validation.evidence import efficiency_of
from optimizer.validation.runs import compare, is_near
from optimizer.validation.scale import groups, pooled_slope
from optimizer.validation.selector import resolve, select
from optimizer.validation.throughput import planned_tflops

H100, A100 = "h100_sxm5_80", "a100_sxm4_80"


def throughput() -> Any:
    return {row.id: row for row in live_evidence().throughput}


def row_key(row: Any) -> Any:
    return (row.accelerator, row.precision, row.architecture)


def slope() -> Any:
    """Change of ln(speed) for a doubling of the devices."""
    text = live_catalogue().brackets["measured-2026"][0].evidence
    return pooled_slope(groups(select(text, live_evidence()).throughput))


# --- runs to their accelerator ---------------------------------------------------------------------------------------


A100S, HOPPERS = ("a100_sxm4_40", A100, "a800_sxm4_80"), (H100, "h800_sxm5_80", "h200_sxm_141", "gh200")
ANCHORS = [(A100S, A100, "dense", 14, 1e10), (HOPPERS, H100, "dense", 14, 0), (HOPPERS, H100, "moe", 8, 0)]
"""On the A100, which has no line of the model's size, the runs from 10B active parameters on."""


def runs_behind(chips: Any, architecture: Any, least: float) -> Any:
    """Ours over published of single runs, by name: what a plan takes, with both sizes."""
    found = {}
    for one in live_evidence().runs:
        item = compare(one, live_evidence())
        if not item.counted or item.efficiency.architecture != architecture:
            continue
        if one.accelerator in chips and one.params_active >= least:
            found[one.name] = item.hours.ratio
    return found


@pytest.mark.parametrize(
    ("chips", "anchor", "architecture", "count", "least"), ANCHORS, ids=["a100", "hopper", "hopper-moe"]
)
def test_where_runs_are_published_their_geometric_mean_is_taken(
    chips: Any, anchor: Any, architecture: Any, count: Any, least: float
) -> None:
    """Ours over published has the geometric mean 1 over the runs of an anchor: A100 0.339 at any size, Hopper 0.303 at
    57B dense, and 0.224 at 18B of a mixture of experts.

    The figure cannot drift from its runs, and the rows are those that its selector names.
    """
    runs = runs_behind(chips, architecture, least)
    assert len(runs) == count
    assert statistics.geometric_mean(runs.values()) == pytest.approx(1, abs=0.005)
    row = efficiency_of(live_catalogue(), anchor, "bf16", architecture)
    assert {one.name for one in resolve(row, live_evidence()).runs} == set(runs)


@pytest.mark.parametrize(
    ("chips", "anchor", "architecture", "count", "least"), ANCHORS, ids=["a100", "hopper", "hopper-moe"]
)
def test_leaving_one_run_out_moves_the_anchor_little(
    chips: Any, anchor: Any, architecture: Any, count: Any, least: float
) -> None:
    """By 8 % at most: no figure rests on one run."""
    runs = list(runs_behind(chips, architecture, least).values())
    every = statistics.geometric_mean(runs)
    rest = [statistics.geometric_mean(runs[:i] + runs[i + 1 :]) / every for i in range(count)]
    assert 0.92 <= min(rest) <= max(rest) <= 1.08


# --- benchmarks to whole runs ----------------------------------------------------------------------------------------


BENCHMARK_ONLY = ("b200_sxm_180", "b300_sxm_288", "gb200_nvl72", "gb300_nvl72")


@pytest.mark.parametrize("chip", BENCHMARK_ONLY)
def test_a_mixture_of_experts_on_blackwell_is_its_benchmark_times_the_share(chip: Any) -> None:
    """GB200 0.221 x 0.479 / 0.8 = 0.132, rounded down. By pairs with the H100 alone it was 0.178."""
    (used,) = [row for row in live_evidence().shares if row.used]
    row = efficiency_of(live_catalogue(), chip, "fp8", "moe")
    _, best = best_benchmark([t for t in live_evidence().throughput if row_key(t) == row_key(row)], live_evidence())
    whole = best * float(used.share)
    assert float(row.mfu * row.goodput) <= whole < float((row.mfu + Decimal("0.0011")) * row.goodput)
    ends = [best * float(end) / float(row.goodput) for end in (used.share_low, used.share_high)]
    assert [float(row.mfu_low), float(row.mfu_high)] == pytest.approx(ends, abs=0.001)


@pytest.mark.parametrize("chip", BENCHMARK_ONLY[:2])
def test_sixteen_bits_on_blackwell_likewise(chip: Any) -> None:
    """B200: gpt-oss 120B 0.1866 / 0.884 x 0.479 / 0.83 = 0.122."""
    (used,) = [row for row in live_evidence().shares if row.used]
    row = efficiency_of(live_catalogue(), chip, "bf16", "moe")
    _, best = best_benchmark([t for t in live_evidence().throughput if row_key(t) == row_key(row)], live_evidence())
    assert float(row.mfu * row.goodput) == pytest.approx(best * float(used.share), abs=0.001)


def test_the_shares_are_those_of_their_runs() -> None:
    """Blackwell 0.479 from two runs; beside it A100 0.68 from 14, Hopper 0.71 from 7, its mixtures of experts 1.01.

    The data row cannot drift from its evidence.
    """
    counts = {}
    for row in live_evidence().shares:
        found = kept_of(row, live_evidence())
        counts[row.generations[0], row.architecture] = len(found)
        assert float(row.share) == pytest.approx(central_share(found), abs=6e-4)
        if not row.used:
            ends = min(one.share for one in found), max(one.share for one in found)
            assert (float(row.share_low), float(row.share_high)) == pytest.approx(ends, abs=0.006)
    names = (("Blackwell", "moe"), ("Ampere", "dense"), ("Hopper", "dense"), ("Hopper", "moe"))
    assert [counts[name] for name in names] == [2, 14, 7, 6]


def test_the_ends_of_the_share_that_is_used() -> None:
    """Low: the lower of the two, as far below again; high: what both kept of the best benchmark of their own time."""
    (used,) = [row for row in live_evidence().shares if row.used]
    trinity, solar = kept_of(used, live_evidence())
    assert (trinity.run.name, solar.run.name) == ("Arcee Trinity Large", "Solar Open 100B (Korea)")
    mean = central_share((trinity, solar))
    assert float(used.share_low) == pytest.approx(min(trinity.share, solar.share) ** 2 / mean, abs=0.006)
    rows = throughput()
    then = [
        best_benchmark([rows[f"megatron-bridge-{name}"]], live_evidence())[1] for name in ("26.02-021", "25.11-020")
    ]
    kept = statistics.geometric_mean([trinity.whole / then[0], solar.whole / then[1]])
    assert float(used.share_high) == pytest.approx(kept, abs=0.006)


def test_each_run_on_blackwell_foretells_the_other() -> None:
    """Leave one out: the share of the one foretells the hours of the other within a factor 1.35."""
    (used,) = [row for row in live_evidence().shares if row.used]
    one, other = (item.share for item in kept_of(used, live_evidence()))
    assert is_near(one / other)


@pytest.mark.parametrize("newer", ["gb200_nvl72", "gb300_nvl72"])
def test_a_dense_model_on_a_rack_is_the_median_of_its_pairs(newer: Any) -> None:
    """GB200 2.54 and GB300 3.09 times the H100, from 9 pairs of seven releases, the devices made equal."""
    rows = [r for r in live_evidence().throughput if r.architecture == "dense" and not r.model.endswith("SFT")]
    pairs = made_equal(rows, newer, H100, "fp8", slope(), 1e10)
    assert len(pairs) == 9
    ratio = planned_tflops(live_catalogue(), newer, "fp8", "dense") / planned_tflops(
        live_catalogue(), H100, "fp8", "dense"
    )
    assert ratio == pytest.approx(statistics.median(pairs.values()), rel=3e-3)


def test_a_dense_model_on_the_b200_is_its_pair_of_mlperf() -> None:
    """1.75 times the H200 on Llama 3.1 405B; by an older table over the H100 it was 2.19."""
    rows = [row for row in live_evidence().throughput if row.architecture == "dense"]
    (pair,) = made_equal(rows, "b200_sxm_180", "h200_sxm_141", "fp8", slope(), 1e10).values()
    over, under = (planned_tflops(live_catalogue(), c, "fp8", "dense") for c in ("b200_sxm_180", "h200_sxm_141"))
    assert over / under == pytest.approx(pair, rel=3e-3)
    assert 1.67 <= pair <= 1.77


# --- AMD -------------------------------------------------------------------------------------------------------------


AMD = ("mi300x", "mi325x", "mi350x", "mi355x")
UNSEEN = (*AMD, "mi250x", "gaudi2", "gaudi3", "l40s", "rtx4090", "rtx5090")
"""Nobody is known to have trained a mixture of experts on them."""


def speed(chip: str, precision: Any, shape: str) -> float:
    found = planned_tflops(live_catalogue(), chip, precision, shape)
    assert found is not None
    return found


@pytest.mark.parametrize("chip", UNSEEN)
@pytest.mark.parametrize("precision", ["bf16", "fp8"])
def test_what_nobody_has_run_takes_the_lower_ratio_that_runs_have_shown(chip: str, precision: str) -> None:
    """Mixtures of experts over dense models: Hopper 0.72 and 0.74, the B200 0.53 in FP8 and 0.45 in BF16. By Hopper's
    the accelerators without a measurement won most cases, on the softest figures of all."""
    row = efficiency_of(live_catalogue(), chip, precision, "moe")
    if row is None:
        return
    shown = [speed(one, p, "moe") / speed(one, p, "dense") for one in ("b200_sxm_180", H100) for p in ("bf16", "fp8")]
    assert speed(chip, precision, "moe") / speed(chip, precision, "dense") == pytest.approx(min(shown), rel=2e-3)
    assert row.is_estimate("mfu")


def test_an_efficiency_without_any_measurement_is_no_kinder_than_the_measured() -> None:
    """Gaudi 3: the lowest share of the peak among AMD's four; a card on PCIe: 0.8 of what the SXM reaches."""
    known = live_catalogue()
    shares = [row.mfu for chip in AMD if (row := efficiency_of(known, chip, "bf16", "dense"))]
    gaudi = efficiency_of(known, "gaudi3", "bf16", "dense")
    assert gaudi is not None and float(gaudi.mfu) == pytest.approx(float(min(shares)), abs=5e-4)
    for card, base in (("h100_pcie_80", H100), ("h100_nvl_94", H100), ("a100_pcie_80", A100)):
        for key, row in known.efficiencies.items():
            if key[:2] == ("measured-2026", card):
                whole = known.efficiencies["measured-2026", base, key[2], key[3]]
                assert float(row.mfu) == pytest.approx(0.8 * float(whole.mfu), abs=1e-4)
                assert row.is_estimate("mfu")


@pytest.mark.parametrize("accelerator", AMD)
@pytest.mark.parametrize("architecture", ["dense", "moe"])
def test_fp8_over_bf16_on_amd(accelerator: Any, architecture: Any) -> None:
    """1.29 in dense models, as on Hopper; 1.0 to 1.4 in mixtures of experts."""
    over, under = (planned_tflops(live_catalogue(), accelerator, p, architecture) for p in ("fp8", "bf16"))
    assert 1.0 <= over / under <= 1.4
    assert architecture == "moe" or over / under == pytest.approx(1.29, rel=5e-3)


def mlperf(accelerator: Any, model: Any) -> Any:
    """Median speed of the systems with 8 devices in MLPerf Training v5.1."""
    rows = [r for r in live_evidence().throughput if (r.publication, r.model) == ("mlperf-training-v5.1", model)]
    return statistics.median(float(r.tokens_per_s) for r in rows if (r.accelerator, r.devices) == (accelerator, 8))


def test_amd_stands_among_itself_as_measured() -> None:
    """MLPerf v5.1: MI325X over MI300X 1.35, MI350X 2.33, MI355X 2.81. The MI325X was planned as the MI300X."""
    base = planned_tflops(live_catalogue(), "mi300x", "fp8", "dense")
    for chip in ("mi325x", "mi350x", "mi355x"):
        measured = mlperf(chip, "LLAMA2_70B LoRA") / mlperf("mi300x", "LLAMA2_70B LoRA")
        assert planned_tflops(live_catalogue(), chip, "fp8", "dense") / base == pytest.approx(measured, rel=3e-3)


def test_the_level_of_amd_is_half_way_between_its_two_measurements() -> None:
    """LoRA says 2.31 times the H200 for the MI355X, pre-training of an 8B model 0.86 times the B200: both met half way.

    By LoRA alone the MI355X would be the fastest single device of all, on the table that flatters it most.
    """
    shifts = []
    for chip in ("mi350x", "mi355x"):
        lora = mlperf(chip, "LLAMA2_70B LoRA") / mlperf("h200_sxm_141", "LLAMA2_70B LoRA")
        by_lora = lora * planned_tflops(live_catalogue(), "h200_sxm_141", "fp8", "dense")
        small = mlperf(chip, "LLAMA3.1_8B") / mlperf("b200_sxm_180", "LLAMA3.1_8B")
        by_small = small * planned_tflops(live_catalogue(), "b200_sxm_180", "fp8", "dense")
        assert by_small < planned_tflops(live_catalogue(), chip, "fp8", "dense") < by_lora
        shifts.append(math.sqrt(by_small / by_lora))
        ours = planned_tflops(live_catalogue(), chip, "fp8", "dense")
        assert ours == pytest.approx(math.sqrt(by_small * by_lora), rel=5e-3)
    assert shifts[0] == pytest.approx(shifts[1], rel=0.01)
