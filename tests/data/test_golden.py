"""Published sums that must come out: every row of data/golden_cases.csv, recomputed within its own tolerance.

The sums stand in optimizer/validation/golden.py; here they are held against the table, and against the catalogue.
"""

from __future__ import annotations

from typing import Any

import pytest
from worlds import live_catalogue, live_evidence

from optimizer.domain.chip_class import performance_density
from optimizer.options.performance import work_pflops_days
from optimizer.units import FLOP_PER_PFLOPS_DAY, HOURS_PER_DAY, SECONDS_PER_DAY
from optimizer.validation.golden import FORMULAS, cap_of, sums, training_flop

SECONDS_PER_HOUR = SECONDS_PER_DAY / HOURS_PER_DAY


@pytest.mark.parametrize("item", sums(live_evidence()), ids=lambda item: item.row.id)
def test_a_published_sum_comes_out(item: Any) -> None:
    """Within the tolerance of the row; outside it, a unit (hours, TDP, PUE, 6 or 8 ND) has slipped."""
    assert item.within, (item.ours, item.row.expected)


def test_no_row_is_left_without_a_check() -> None:
    """A row added to the table must get its sum; a sum whose row is gone must go."""
    ids = [row.id for row in live_evidence().golden]
    assert len(ids) == len(set(ids)) == 43
    assert set(ids) == set(FORMULAS)


def test_the_tolerances_are_tight() -> None:
    """A tolerance above 3 % would let a wrong PUE (1.1) or a year of 360 days pass."""
    assert max(float(row.rel_tol) for row in live_evidence().golden) <= 0.03


def test_every_golden_row_names_an_address() -> None:
    """'same' or 'this file' is no source."""
    assert all(row.source_url.startswith("https://") for row in live_evidence().golden)


# --- the same published figures against the catalogue's own rows ----------------------------------------------------


def test_deepseek_v3_is_six_n_d() -> None:
    """6 x 37e9 x 14.8e12 = 3.2856e24 FLOP = 38,027.8 PFLOP/s-days; with 671e9 it would be 5.96e25."""
    flop = training_flop(live_catalogue(), "deepseek-v3")
    assert flop == 6 * 37e9 * 14.8e12 == 3.2856e24
    assert work_pflops_days(flop) == pytest.approx(3.2856e24 / FLOP_PER_PFLOPS_DAY)
    assert work_pflops_days(3.2856e24) == pytest.approx(38_027.78, abs=0.01)


def test_tpp_of_the_catalogue_is_that_of_the_table() -> None:
    """H100: 15,831.2 from 1,978.9 TFLOP/s and 15,832 from the rounded 1,979, within 0.01 %."""
    h100 = live_catalogue().accelerators["h100_sxm5_80"]
    assert float(h100.tpp) == pytest.approx(15_832, rel=1e-4)
    density_of_h100 = performance_density(h100)
    assert density_of_h100 is not None
    assert float(density_of_h100) == pytest.approx(19.4, rel=0.01)


def test_the_caps_of_the_rules_are_those_of_the_table() -> None:
    """Low volume: 26.9e6 TPP, within 1 % of 1,700 H100; national: 790e6, 49,901 of them."""
    low_volume = cap_of(live_catalogue(), "DIFF_LPP")
    assert low_volume == pytest.approx(1700 * 15_832, rel=0.01)
    assert low_volume / float(live_catalogue().accelerators["h100_sxm5_80"].tpp) == pytest.approx(1699, abs=1)
    assert cap_of(live_catalogue(), "DIFF_T2_LICENCE") / 15_832 == pytest.approx(49_901, rel=1e-3)


def test_the_two_granite_runs_agree() -> None:
    """757.0 MWh / 832,102 h and 174.6 / 192,030: one figure of 0.91 kW an H100-hour, 1.30 x 700 W."""
    assert pytest.approx(174_600 / 192_030, rel=1e-3) == 757_000 / 832_102
    assert pytest.approx(1.30, abs=0.005) == 174_600 / 192_030 / 0.7


def test_strong_scaling_of_mt_nlg_falls() -> None:
    """126 to 121 TFLOP/s from 2,240 to 2,800 accelerators: a larger cluster is a little slower each, never faster."""
    assert FORMULAS["MTNLG-2240"](live_catalogue()) > FORMULAS["MTNLG-2800"](live_catalogue())


def test_deepseeks_own_rate_lies_in_the_range_of_the_catalogue() -> None:
    """0.347 of the BF16 peak over the whole run: between low MFU x low goodput and the high MFU of the H800 row."""
    rate = training_flop(live_catalogue(), "deepseek-v3") / (2_664_000 * SECONDS_PER_HOUR) / 1e12
    assert rate == pytest.approx(342.6, abs=0.5)
    row = live_catalogue().efficiencies[("measured-2026", "h800_sxm5_80", "fp8", "moe")]
    peak = float(live_catalogue().accelerators["h800_sxm5_80"].fp8_tflops or 0)
    assert rate / peak == pytest.approx(0.173, abs=0.001)
    assert float(row.mfu_low or 0) * float(row.goodput_low or 0) < rate / peak < float(row.mfu_high or 0)
