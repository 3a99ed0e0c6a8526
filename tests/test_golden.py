"""Published sums that must come out: every row of data/golden_cases.csv, recomputed within its own tolerance.

A row whose sum is one of the package's own formulas calls the package; the others are small published sums that
guard the figures used elsewhere (tokens, speed ratios, intensities).
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from optimizer.catalogue import Catalogue, data_folder, load_catalogue
from optimizer.domain import Case
from optimizer.options import power
from optimizer.options.export_control import performance_density
from optimizer.options.performance import sustained_pflops, work_pflops_days
from optimizer.setting import settle
from optimizer.units import FLOP_PER_PFLOPS_DAY, HOURS_PER_DAY, KWH_PER_MWH, SECONDS_PER_DAY

SECONDS_PER_HOUR = SECONDS_PER_DAY / HOURS_PER_DAY


@cache
def the_catalogue() -> Catalogue:
    return load_catalogue()


def training_flop(workload: str) -> float:
    """What the package takes as the compute of a workload."""
    return float(settle(Case(workload=workload), the_catalogue()).training_flop)


def accelerator_hours(workload: str, tflops: float) -> float:
    """Hours of one accelerator at a sustained speed: the package's work over the package's speed."""
    one = np.array([1.0])
    pflops = sustained_pflops(one, one * tflops, one, one, one)[0]
    return work_pflops_days(training_flop(workload)) / pflops * HOURS_PER_DAY


def energy_mwh(hours: float, device_kw: float, pue: float) -> float:
    """MWh of accelerator-hours at rated power: the package's facility power of a one-device server, run throughout."""
    one = np.array([1.0])
    peak = power.peak_kw(one * device_kw, one, 0.0, pue)
    return float(power.mean_kw(peak, 1.0)[0]) * hours / KWH_PER_MWH


def density(tpp: float, die_mm2: float) -> float:
    """The package's performance density of a chip with these figures."""
    chip = the_catalogue().accelerators["h100_sxm5_80"]
    found = performance_density(chip.model_copy(update={"tpp": tpp, "die_area_mm2": die_mm2}))
    assert found is not None
    return float(found)


def cap_of(rule: str) -> float:
    """The cap of a licence rule, TPP."""
    (found,) = [r for r in the_catalogue().licence_rules if r.rule == rule]
    assert found.cap_tpp is not None
    return float(found.cap_tpp)


RECOMPUTED: dict[str, Callable[[], float]] = {
    # compute, hours and days
    "DSV3-hours": lambda: accelerator_hours("deepseek-v3", 0.3464 * 989),
    "DSV3-days": lambda: 2_664_000 / 2048 / HOURS_PER_DAY,
    "DSV3-3.7d": lambda: 180_000 / 2048 / HOURS_PER_DAY,
    "MEG-175B": lambda: 8 * 300e9 * 175e9 / (1024 * 140e12) / SECONDS_PER_DAY,
    "MTNLG-2240": lambda: 8 * 530e9 * 1920 * 2048 / (60.1 * 2240) / 1e12,
    "MTNLG-2800": lambda: 8 * 530e9 * 1920 * 2048 / (50.2 * 2800) / 1e12,
    "GPT3-hours": lambda: accelerator_hours("gpt-3-175b", 24.6),
    "SEALION70-tok": lambda: (47_684 - 9000) * 512 * 8192,
    # energy
    "LLAMA1-7B-MWh": lambda: energy_mwh(82_432, 0.4, 1.1),
    "LLAMA1-13B-MWh": lambda: energy_mwh(135_168, 0.4, 1.1),
    "LLAMA1-33B-MWh": lambda: energy_mwh(530_432, 0.4, 1.1),
    "LLAMA1-65B-MWh": lambda: energy_mwh(1_022_362, 0.4, 1.1),
    "LLAMA1-OPT-175B-MWh": lambda: energy_mwh(809_472, 0.4, 1.1),
    "LLAMA1-BLOOM-175B-MWh": lambda: energy_mwh(1_082_880, 0.4, 1.1),
    "BLOOM-MWh": lambda: energy_mwh(1_082_990, 0.4, 1.0),
    "GRANITE-kW": lambda: 174.6 * KWH_PER_MWH / 192_030,
    "APERTUS-kW": lambda: 5e6 / 6e6,
    # carbon
    "LLAMA2-7B-t": lambda: energy_mwh(184_320, 0.4, 1.0) * 0.4235,
    "LLAMA2-13B-t": lambda: energy_mwh(368_640, 0.4, 1.0) * 0.4235,
    "LLAMA2-70B-t": lambda: energy_mwh(1_720_320, 0.4, 1.0) * 0.4235,
    "LLAMA31-70B-t": lambda: energy_mwh(7.0e6, 0.7, 1.0) * 0.4137,
    "LLAMA31-405B-t": lambda: energy_mwh(3.084e7, 0.7, 1.0) * 0.4137,
    # export control
    "TPP-A100": lambda: float(the_catalogue().accelerators["a100_sxm4_80"].tpp),
    "TPP-H100": lambda: 1979 * 8,
    "TPP-V100": lambda: float(the_catalogue().accelerators["v100_sxm2_32"].tpp),
    "TPP-H20": lambda: float(the_catalogue().accelerators["h20_96"].tpp),
    "TPP-L40": lambda: 362 * 8,
    "PD-H100": lambda: density(15_832, 814),
    "PD-L4": lambda: density(1936, 294),
    "LPP-1700": lambda: 1700 * 15_832,
    "CAP-50k": lambda: cap_of("DIFF_T2_LICENCE") / 15_832,
    # ratios
    "H100/A100-7b": lambda: 10_643 / 4641,
    "FP8-LLMJP": lambda: 549 / 400,
    "SMOLLM3-over": lambda: (276_480 + 161_280) / 276_480,
    "MLPERF-scale": lambda: 10.94 * 3584 / (3.4 * 11_616),
}

NOT_RECOMPUTED: dict[str, str] = {}
"""Rows that cannot be recomputed, and why: none today. Such a row is skipped visibly."""


@dataclass(frozen=True)
class Golden:
    """A row of the table."""

    id: str
    expected: float
    rel_tol: float


def golden_rows() -> list[Golden]:
    with (data_folder() / "golden_cases.csv").open(encoding="utf-8", newline="") as file:
        return [Golden(r["id"], float(r["expected"]), float(r["rel_tol"])) for r in csv.DictReader(file)]


@pytest.mark.parametrize("row", golden_rows(), ids=lambda row: row.id)
def test_a_published_sum_comes_out(row):
    """Within the tolerance of the row; outside it, a unit (hours, TDP, PUE, 6 or 8 ND) has slipped."""
    if row.id in NOT_RECOMPUTED:
        pytest.skip(NOT_RECOMPUTED[row.id])
    found = RECOMPUTED[row.id]()
    assert abs(found - row.expected) <= row.rel_tol * abs(row.expected), (found, row.expected)


def test_no_row_is_left_without_a_check():
    """A row added to the table must get its sum here; a sum whose row is gone must go."""
    ids = [row.id for row in golden_rows()]
    assert len(ids) == len(set(ids)) == 35
    assert set(ids) == set(RECOMPUTED) | set(NOT_RECOMPUTED)
    assert not set(RECOMPUTED) & set(NOT_RECOMPUTED)


def test_the_tolerances_are_tight():
    """A tolerance above 3 % would let a wrong PUE (1.1) or a year of 360 days pass."""
    assert max(row.rel_tol for row in golden_rows()) <= 0.03


# --- the same published figures against the catalogue's own rows ----------------------------------------------------


def test_deepseek_v3_is_six_n_d():
    """6 x 37e9 x 14.8e12 = 3.2856e24 FLOP = 38,027.8 PFLOP/s-days; with 671e9 it would be 5.96e25."""
    assert training_flop("deepseek-v3") == 6 * 37e9 * 14.8e12 == 3.2856e24
    assert work_pflops_days(training_flop("deepseek-v3")) == pytest.approx(3.2856e24 / FLOP_PER_PFLOPS_DAY)
    assert work_pflops_days(3.2856e24) == pytest.approx(38_027.78, abs=0.01)


def test_tpp_of_the_catalogue_is_that_of_the_table():
    """H100: 15,831.2 from 1,978.9 TFLOP/s and 15,832 from the rounded 1,979, within 0.01 %."""
    h100 = the_catalogue().accelerators["h100_sxm5_80"]
    assert float(h100.tpp) == pytest.approx(15_832, rel=1e-4)
    density_of_h100 = performance_density(h100)
    assert density_of_h100 is not None
    assert float(density_of_h100) == pytest.approx(19.4, rel=0.01)


def test_the_caps_of_the_rules_are_those_of_the_table():
    """Low volume: 26.9e6 TPP, within 1 % of 1,700 H100; national: 790e6, 49,901 of them."""
    assert cap_of("DIFF_LPP") == pytest.approx(1700 * 15_832, rel=0.01)
    assert cap_of("DIFF_LPP") / float(the_catalogue().accelerators["h100_sxm5_80"].tpp) == pytest.approx(1699, abs=1)
    assert cap_of("DIFF_T2_LICENCE") / 15_832 == pytest.approx(49_901, rel=1e-3)


def test_the_two_granite_runs_agree():
    """757.0 MWh / 832,102 h and 174.6 / 192,030: one figure of 0.91 kW an H100-hour, 1.30 x 700 W."""
    assert pytest.approx(174_600 / 192_030, rel=1e-3) == 757_000 / 832_102
    assert pytest.approx(1.30, abs=0.005) == 174_600 / 192_030 / 0.7


def test_strong_scaling_of_mt_nlg_falls():
    """126 to 121 TFLOP/s from 2,240 to 2,800 accelerators: a larger cluster is a little slower each, never faster."""
    assert RECOMPUTED["MTNLG-2240"]() > RECOMPUTED["MTNLG-2800"]()


def test_deepseeks_own_rate_lies_in_the_range_of_the_catalogue():
    """0.347 of the BF16 peak over the whole run: between low MFU x low goodput and the high MFU of the H800 row."""
    rate = training_flop("deepseek-v3") / (2_664_000 * SECONDS_PER_HOUR) / 1e12
    assert rate == pytest.approx(342.6, abs=0.5)
    row = the_catalogue().efficiencies[("measured-2026", "h800_sxm5_80", "fp8", "moe")]
    peak = float(the_catalogue().accelerators["h800_sxm5_80"].fp8_tflops or 0)
    assert rate / peak == pytest.approx(0.173, abs=0.001)
    assert float(row.mfu_low or 0) * float(row.goodput_low or 0) < rate / peak < float(row.mfu_high or 0)
