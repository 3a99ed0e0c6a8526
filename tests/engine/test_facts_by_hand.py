"""Answers worked out by hand, step by step from plain numbers, held against what the package computes.

Nothing here calls the code under test to get an expected value. The inputs are pinned below and checked against the
data folder first, so that a changed figure shows there and a changed formula shows in the sums. Efficiencies change
with every release of benchmarks: those of worlds.PINNED_MFU are put in place of the data's, which
tests/data/test_efficiency.py derives.
"""

from __future__ import annotations

import math

import pytest
from hand import F, row
from worlds import pinned_catalogue

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.planner import plan, prepare


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return pinned_catalogue()


# --- the figures that the sums below rest on ------------------------------------------------------------------------

PINNED_ACCELERATORS = {
    # id: devices a server, server kW, memory GB, bf16, fp8, TPP, unit price, rent
    "h100_sxm5_80": ("8", "10.2", "80", "989.4", "1978.9", "15831.2", "30000", "3.89415"),
    "gb200_nvl72": ("72", "132", "186", "2500", "5000", "40000", "54600", "16"),
}
PINNED_GOODPUTS = {
    # (accelerator, precision), mixture of experts
    **{("h100_sxm5_80", "bf16"): "0.87", ("h100_sxm5_80", "fp8"): "0.9"},
    **{("gb200_nvl72", "fp8"): "0.8", ("b300_sxm_288", "fp8"): "0.83"},
}
PINNED_PARAMETERS = {
    **{"mean_power_ratio": "0.78", "network_power_kw_per_device": "0.075", "server_overhead_ratio": "0.38"},
    **{"storage_ratio": "0.03", "spare_ratio": "0.03", "freight_ratio": "0.02", "maintenance_per_year": "0.05"},
    **{"useful_life_years": "5", "residual_ratio": "0.125", "staff_fte": "25", "training_bytes_per_parameter": "16"},
    **{"buy_lead_days": "90", "rent_lead_days": "14", "hire_max_devices": "1024"},
}


def test_the_pinned_accelerators_are_those_of_the_data(catalogue: Catalogue) -> None:
    """Every sum below starts from these: where the data moved on, this fails first and says which figure."""
    for name, figures in PINNED_ACCELERATORS.items():
        a = catalogue.accelerators[name]
        held = (a.server_devices, a.server_peak_kw, a.memory_gb, a.bf16_tflops, a.fp8_tflops, a.tpp)
        assert tuple(map(str, (*held, a.unit_price_usd, a.rent_usd_per_hour))) == figures, name
    for (name, precision), goodput in PINNED_GOODPUTS.items():
        e = catalogue.efficiencies[("measured-2026", name, precision, "moe")]
        assert str(e.goodput) == goodput
        assert e.peak_tflops is None


def test_the_pinned_parameters_are_those_of_the_data(catalogue: Catalogue) -> None:
    """As above, for planning parameters, size brackets, Brazil, its hire and its taxes."""
    for name, figure in PINNED_PARAMETERS.items():
        assert str(catalogue.parameters[("measured-2026", name)].central) == figure, name
    brackets = [(b.max_devices, str(b.network_ratio), str(b.mfu_factor)) for b in catalogue.brackets["measured-2026"]]
    assert brackets == [(511, "0.15", "1.07"), (4095, "0.33", "0.97"), (16384, "0.33", "0.89")]
    lines = [(b.architectures, str(b.per_doubling)) for b in catalogue.model_sizes["measured-2026"]]
    assert lines == [(("dense",), "1.1"), *((kind, "1") for kind in (("moe",), ("dense",), ("moe",), ("dense", "moe")))]
    brazil = catalogue.countries["BR"]
    assert tuple(map(str, (brazil.electricity_usd_per_kwh, brazil.pue, brazil.colocation_usd_per_kw_month))) == (
        *("0.125", "1.45", "190"),
    )
    assert tuple(map(str, (brazil.engineer_usd_per_year, brazil.cost_of_capital))) == ("67600", "0.0925")
    assert str(catalogue.hire["BR", "h100_sxm5_80"].usd_per_hour) == "11.5584"
    assert str(catalogue.hire["BR", "gb200_nvl72"].usd_per_hour) == "54.08"
    tax = prepare(Case(country="BR"), catalogue).setting.tax
    assert (tax.regime, tax.effective_from) == ("standard", "2027-01-01")  # of the day of delivery
    rates = (tax.duty, tax.excise, tax.contribution, tax.inside_tax, tax.vat)
    assert tuple(map(str, rates)) == ("0.25", "0", "0", "0.17", "0.073")


# --- work -----------------------------------------------------------------------------------------------------------


def test_training_compute_of_the_study_benchmark(catalogue: Catalogue) -> None:
    """6 x 37e9 active x 10e12 tokens = 2.22e24 FLOP = 25,694.44 PFLOP/s-days; with all 671e9 it would be 4.03e25."""
    ready = prepare(Case(), catalogue)
    assert ready.setting.training_flop == 6 * 37 * 10**9 * 10 * 10**12 == 2_220_000 * 10**18
    by_hand = F(222 * 10**22, 10**15 * 86_400)
    assert by_hand == F(925_000, 36)
    assert round(float(by_hand), 2) == 25_694.44
    assert ready.problem.work_pflops_days == by_hand
    assert ready.asked.work_pflops_days == pytest.approx(25_694.4444, abs=1e-3)


def test_overhead_multiplies_the_work(catalogue: Catalogue) -> None:
    """1.3 for experiments: 2.886e24 FLOP; by default nothing is added, as published GPU-hours count it."""
    assert prepare(Case(overhead="1.3"), catalogue).setting.training_flop == 2_886_000 * 10**18


def test_stated_compute_goes_before_six_n_d(catalogue: Catalogue) -> None:
    """Llama 3.1 405B states 3.8e25; 6 N D would give 3.79e25. With other tokens 6 N D it is: 6 x 405e9 x 1e12."""
    assert prepare(Case(workload="llama-3.1-405b"), catalogue).setting.training_flop == 38 * 10**24
    changed = prepare(Case(workload="llama-3.1-405b", tokens_t="1"), catalogue).setting.training_flop
    assert changed == 6 * 405 * 10**9 * 10**12


# --- one H100 server ------------------------------------------------------------------------------------------------


def test_sustained_speed_of_an_h100_server(catalogue: Catalogue) -> None:
    """FP8 8 x 1978.9 x 0.15 x 1.07 x 0.9 = 2,286.8 TFLOP/s; the FP8 peak with the BF16 share would give 4,126.

    From 512 devices on the factor is 0.97, so 2,073.1: a plan of 64 servers is slower than one of 63 by 7.9 %.
    """
    exact, table = row(catalogue, "h100_sxm5_80")
    by_hand = 8 * F("1978.9") * F("0.15") * F("1.07") * F("0.9") / 1000
    assert exact.pflops == by_hand == F("2.28681684")
    assert table["pflops"] == pytest.approx(2.28681684, rel=1e-12)
    exact, table = row(catalogue, "h100_sxm5_80", bracket="medium")
    assert exact.pflops == by_hand * F("0.97") / F("1.07") == F("2.07309564")
    assert table["pflops"] == pytest.approx(2.07309564, rel=1e-12)
    exact, table = row(catalogue, "h100_sxm5_80", precision="bf16")
    assert exact.pflops == 8 * F("989.4") * F("0.28") * F("1.07") * F("0.87") / 1000 == F("2.0631127104")
    assert table["pflops"] == pytest.approx(2.0631127104, rel=1e-12)


def test_a_small_model_runs_less_well_on_hopper(catalogue: Catalogue) -> None:
    """H100 in BF16: 8 x 989.4 x 0.335 x 1.07 x 0.85 / 1000 = 2.412 for 40B, over 1.1 for each halving: 1.993 for 10B.

    One line: 9.9B and 10.1B differ by 0.3 %, where they once did by 30 %. It ends at 2.5B and 405B. On the A100 the
    size makes nothing of it.
    """
    dense = 8 * F("989.4") * F("0.335") * F("1.07") * F("0.85") / 1000
    speeds = {}
    for size in ("1", "2.5", "9.9", "10", "10.1", "20", "40", "80", "405", "500"):
        own = {"params_total_b": size, "params_active_b": size, "tokens_t": "1"}
        exact, table = row(catalogue, "h100_sxm5_80", precision="bf16", **own)
        speeds[size] = float(exact.pflops / dense)
        assert table["pflops"] == pytest.approx(float(exact.pflops), rel=1e-12)
    by_hand = {"2.5": 1.1**-4, "10": 1.1**-2, "20": 1 / 1.1, "40": 1, "80": 1.1, "405": 1.1 ** math.log2(405 / 40)}
    assert {size: speeds[size] for size in by_hand} == pytest.approx(by_hand, rel=1e-11)
    assert (speeds["1"], speeds["500"]) == (speeds["2.5"], speeds["405"])
    assert speeds["10.1"] / speeds["9.9"] == pytest.approx(1.0028, abs=1e-4)
    supply = {"a100_sxm4_80": 10**6}  # no longer sold new: the case says that there are some
    exact, table = row(catalogue, "a100_sxm4_80", precision="bf16", workload="llama-3.1-8b", supply=supply)
    assert exact.pflops == 8 * 312 * F("0.435") * F("1.07") * F("0.85") / 1000
    assert table["pflops"] == pytest.approx(float(exact.pflops), rel=1e-12)


def test_power_of_an_h100_server(catalogue: Catalogue) -> None:
    """Peak (10.2 + 8 x 0.075) x 1.45 = 15.66 kW, mean 0.78 of it = 12.2148; without PUE it would be 10.8."""
    exact, table = row(catalogue, "h100_sxm5_80")
    it_kw = F("10.2") + 8 * F("0.075")
    assert it_kw == F("10.8")
    assert exact.peak_kw == it_kw * F("1.45") == F("15.66")
    assert exact.mean_kw == F("15.66") * F("0.78") == F("12.2148")
    assert table["peak_kw"] == pytest.approx(15.66, rel=1e-12)
    assert table["mean_kw"] == pytest.approx(12.2148, rel=1e-12)


def test_power_of_a_gb300_rack_in_brazil(catalogue: Catalogue) -> None:
    """Peak (155 electrical + 72 x 0.075) x 1.25 = 200.5 kW; mean (142 + 5.4) x 1.25 x 0.78 = 143.715.

    Liquid cooling in a hot country has a PUE of 1.25; at the country's 1.45, that of air, the mean would be 166.7, and
    the peak of a rack at its rated 142 kW 184.25, which a grid limit must not rest on. A PUE that the case states
    holds for it, too.
    """
    exact, table = row(catalogue, "gb300_nvl72")
    assert exact.peak_kw == (155 + 72 * F("0.075")) * F("1.25") == F("200.5")
    assert exact.mean_kw == (142 + 72 * F("0.075")) * F("1.25") * F("0.78") == F("143.715")
    assert table["peak_kw"] == pytest.approx(200.5, rel=1e-12)
    assert table["mean_kw"] == pytest.approx(143.715, rel=1e-12)
    exact, table = row(catalogue, "gb300_nvl72", pue="1.6")
    assert exact.peak_kw == F("160.4") * F("1.6")
    assert table["mean_kw"] == pytest.approx(147.4 * 1.6 * 0.78, rel=1e-12)


def test_memory_and_tpp_of_an_h100_server(catalogue: Catalogue) -> None:
    """8 x 80 = 640 GB; 8 x 15,831.2 = 126,649.6 TPP."""
    exact, table = row(catalogue, "h100_sxm5_80")
    assert (exact.memory_gb, exact.tpp) == (640, F("126649.6"))
    assert (table["memory_gb"], table["tpp"]) == (640, pytest.approx(126_649.6))


def test_running_cost_of_an_h100_server(catalogue: Catalogue) -> None:
    """A day: energy 36.64, hall 67.46, support 52.83 USD; energy by peak instead of mean power would be 46.98."""
    energy = F("12.2148") * 24 * F("0.125")
    hall = F("10.8") * 190 * 12 / 365  # by rated IT power
    support = 385_632 * F("0.05") / 365
    assert (round(float(energy), 4), round(float(hall), 2), round(float(support), 2)) == (36.6444, 67.46, 52.83)
    exact, table = row(catalogue, "h100_sxm5_80")
    assert exact.server_day_terms == {"energy": energy, "colocation": hall, "maintenance": support}
    assert table["server_day_usd"] == pytest.approx(float(energy + hall + support), rel=1e-12)


def test_rent_of_an_h100_server(catalogue: Catalogue) -> None:
    """8 x 24 x 11.5584 = 2,219.2128 USD a day by the offer in Brazil, all in; by the world's median 747.68."""
    exact, table = row(catalogue, "h100_sxm5_80", procurement="rent")
    assert exact.server_day_terms == {"rent": F("2219.2128")}
    assert (exact.server_usd, exact.capital_usd) == (0, 0)
    assert table["server_day_usd"] == pytest.approx(2219.2128, rel=1e-12)
    assert table["server_usd"] == 0


def test_a_premium_of_the_case_goes_over_the_world_rent(catalogue: Catalogue) -> None:
    """8 x 24 x 3.89415 x 1.25 = 934.596; on top of the offer in Brazil it would be 2,774.02."""
    exact, _ = row(catalogue, "h100_sxm5_80", procurement="rent", rent_premium="0.25")
    assert exact.server_day_usd == F("934.596")


def test_a_rent_of_the_users_own_goes_before_the_offer(catalogue: Catalogue) -> None:
    """8 x 24 x 5 = 960 USD a day; a range stands for its middle."""
    for rent in ("h100=5", "h100=4:6"):
        exact, table = row(catalogue, "h100_sxm5_80", procurement="rent", rent=rent)
        assert exact.server_day_usd == 960 and table["server_day_usd"] == pytest.approx(960, rel=1e-12)


def test_owned_servers_cost_their_running_only(catalogue: Catalogue) -> None:
    """Neither price nor tax: energy, hall and support, 156.93 USD a day."""
    exact, table = row(catalogue, "h100_sxm5_80", procurement="own", owned="h100=64")
    assert set(exact.server_day_terms) == {"energy", "colocation", "maintenance"}
    assert (exact.server_usd, exact.capital_usd, table["server_usd"]) == (0, 0, 0)
    assert round(table["server_day_usd"], 2) == 156.93


def test_amortisation_of_an_h100_server(catalogue: Catalogue) -> None:
    """Five level yearly payments at 9.25 % repay 592,387 less a salvage of 48,204: 145,273 a year, 398.01 a day.

    Straight line without interest would be 298.18 a day; salvage on the landed price instead of the equipment's
    would repay less.
    """
    landed = F("393344.64") * F("1.25") / F("0.83")
    salvage = 385_632 * F("0.125")
    assert salvage == 48_204
    growth = [F("1.0925") ** year for year in range(6)]
    worth_of_one_a_year = sum(1 / growth[year] for year in range(1, 6))
    yearly = (landed - salvage / growth[5]) / worth_of_one_a_year
    # the definition: what is paid and what is left over, discounted, is worth the price
    assert sum(yearly / growth[year] for year in range(1, 6)) + salvage / growth[5] == landed
    # the same by the capital recovery formula of the textbooks
    recovery = F("0.0925") * growth[5] / (growth[5] - 1)
    assert (landed - salvage) * recovery + salvage * F("0.0925") == yearly
    per_day = yearly / 365
    assert round(float(per_day), 2) == 398.01

    exact, table = row(catalogue, "h100_sxm5_80", basis="amortised")
    assert exact.server_day_terms["amortisation"] == per_day
    assert exact.server_usd == 0
    assert exact.capital_usd == landed
    running = float(exact.server_day_usd - per_day)
    assert table["server_usd"] == 0
    assert table["server_day_usd"] == pytest.approx(running + float(per_day), rel=1e-12)


def test_amortisation_without_interest_is_a_straight_line(catalogue: Catalogue) -> None:
    """The study's set has cost of capital 0, four years and no salvage: 40,000 / 4 / 365 = 27.397 USD a day."""
    exact, table = row(catalogue, "h100_sxm5_80", basis="amortised", bracket="any", assumptions="study-2025")
    assert exact.server_day_terms["amortisation"] == F(40_000, 4 * 365)
    assert table["server_day_usd"] == pytest.approx(40_000 / 1460, rel=1e-12)


def test_staff_by_the_day(catalogue: Catalogue) -> None:
    """25 x 67,600 / 365 = 4,630.14 USD a day of the run, not of work: five racks or one, it is the same team."""
    ready = prepare(Case(country="BR"), catalogue)
    assert ready.problem.staff_usd_per_day == F(25 * 67_600, 365)
    assert ready.table.day_usd == pytest.approx(4630.137, abs=1e-3)


def test_memory_floor(catalogue: Catalogue) -> None:
    """671e9 x 16 B = 10,736 GB: 134.2, so 135 H100, in servers of eight 17; with 37e9 active it would be 8."""
    ready = prepare(Case(country="BR"), catalogue)
    assert ready.problem.memory_gb == 671 * 16 == 10_736
    assert ready.asked.memory_gb == pytest.approx(10_736)
    assert -(-10_736 // 80) == 135
    slow = plan(
        Case(country="BR", use="h100_sxm5_80", tokens_t="0.01", procurement="buy", deadline_days=365), catalogue
    )
    assert isinstance(slow, Plan)
    assert (slow.servers, slow.accelerators) == (17, 136)
    assert isinstance(
        plan(Case(country="BR", use="h100_sxm5_80", tokens_t="0.01", max_accelerators=135), catalogue), Infeasible
    )
    assert isinstance(
        plan(Case(country="BR", use="h100_sxm5_80", tokens_t="0.01", max_accelerators=136), catalogue), Plan
    )


# --- the study's own reckoning, with whole accelerators -------------------------------------------------------------


@pytest.mark.parametrize(
    ("accelerator", "days", "count", "cost_musd"),
    [("h100", 90, 350, 14.0), ("h100", 150, 210, 8.4), ("a100", 90, 2241, 32.0463), ("a100", 150, 1345, 19.2335)],
)
def test_whole_accelerators_of_the_studys_spreadsheet(
    catalogue: Catalogue, accelerator: str, days: int, count: int, cost_musd: float
) -> None:
    """3e24 / (days x 86,400 x peak x 0.552), rounded up: 349.46 H100 are 350; rounded to 349 the work is missed."""
    case = Case(
        country="MX", workload="deepseek-v3-study", assumptions="study-2025", use=accelerator, deadline_days=days
    )
    found = plan(case, catalogue)
    assert isinstance(found, Plan)
    peak = {"h100": 2000, "a100": 312}[accelerator]
    exact_count = F(3 * 10**24) / (days * 86_400 * peak * 10**12 * F("0.552"))
    assert found.accelerators == -(-exact_count // 1) == count
    assert float(found.cost_usd) / 1e6 == pytest.approx(cost_musd, abs=1e-9)
