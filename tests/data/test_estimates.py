"""The estimates among the inputs of a plan: named where the plan rests on them, and nowhere else, with their range."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from compared import told_as_data, told_on_card

from optimizer import Case, Plan
from optimizer.answers.words.common_words import figure_words
from optimizer.answers.words.figure_words import figure_lines
from optimizer.case.setting import Figure
from optimizer.catalogue import Catalogue
from optimizer.insight import answer
from optimizer.insight.provenance import inputs
from optimizer.solve.planner import plan, prepare
from optimizer.uncertainty.uncertain_inputs import uncertain_inputs

# -- estimates ---------------------------------------------------------------------------------------------------------

RENTED = {"use": ("h100",), "procurement": ("rent",), "deadline_days": 90, "max_mw": "0.6"}
BOUGHT = {"use": ("h100",), "procurement": ("buy",), "deadline_days": 90}
TOUCHED: dict[tuple[str, Any, str], tuple[bool, bool]] = {
    # table, key, column: whether a plan that rents H100 in Brazil rests on it, and one that buys them
    ("countries", "BR", "pue"): (True, True),
    ("countries", "BR", "engineer_usd_per_year"): (True, True),
    ("countries", "BR", "grid_carbon_g_per_kwh"): (True, True),
    ("countries", "BR", "electricity_usd_per_kwh"): (False, True),
    ("countries", "BR", "colocation_usd_per_kw_month"): (False, True),
    ("countries", "MX", "pue"): (False, False),
    ("parameters", ("measured", "staff_fte"), "central"): (True, True),
    ("parameters", ("measured", "staff_fte"), "low"): (False, False),
    ("parameters", ("measured", "mean_power_ratio"), "central"): (True, True),
    ("parameters", ("measured", "network_power_kw_per_device"), "central"): (True, True),
    ("parameters", ("measured", "hire_max_devices"), "central"): (True, False),
    ("parameters", ("measured", "server_overhead_ratio"), "central"): (False, True),
    ("parameters", ("measured", "storage_ratio"), "central"): (False, True),
    ("parameters", ("measured", "spare_ratio"), "central"): (False, True),
    ("parameters", ("measured", "freight_ratio"), "central"): (False, True),
    ("parameters", ("measured", "maintenance_per_year"), "central"): (False, True),
    ("parameters", ("measured", "useful_life_years"), "central"): (False, False),
    ("parameters", ("measured", "buy_lead_days"), "central"): (False, False),
    ("parameters", ("study-2025", "staff_fte"), "central"): (False, False),
    ("accelerators", "h100", "unit_price_usd"): (False, True),
    ("accelerators", "h100", "rent_usd_per_hour"): (False, False),
    ("accelerators", "h100", "server_peak_kw"): (True, True),
    ("accelerators", "h100", "fp8_tflops"): (True, True),
    ("accelerators", "h100", "bf16_tflops"): (False, False),
    ("accelerators", "a100", "server_peak_kw"): (False, False),
    ("efficiencies", ("measured", "h100", "fp8", "moe"), "mfu"): (True, True),
    ("efficiencies", ("measured", "h100", "fp8", "moe"), "goodput"): (True, True),
    ("efficiencies", ("measured", "h100", "fp8", "dense"), "mfu"): (False, False),
    ("efficiencies", ("study-2025", "h100", "bf16", "moe"), "mfu"): (False, False),
    ("hire", ("BR", "h100"), "usd_per_hour"): (True, False),
    ("hire", ("BR", "a100"), "usd_per_hour"): (False, False),
    ("workloads", "moe-10k", "tokens_t"): (True, True),
    ("workloads", "moe-10k", "params_active_b"): (True, True),
    ("workloads", "moe-10k", "params_total_b"): (True, True),
    ("workloads", "dense-small", "tokens_t"): (False, False),
    ("brackets", "small", "mfu_factor"): (True, True),
    ("brackets", "small", "network_ratio"): (False, True),
    ("brackets", "large", "mfu_factor"): (False, False),
    ("model_sizes", "*", "per_doubling"): (True, True),
    ("model_sizes", "Ada", "per_doubling"): (False, False),
    ("tax_regimes", ("BR", "standard"), "duty"): (False, True),
    ("tax_regimes", ("BR", "standard"), "inside_tax"): (False, True),
    ("tax_regimes", ("BR", "redata"), "excise"): (False, False),
}


def flagged(catalogue: Catalogue, table: str, key: Any, column: str) -> Catalogue:
    """The catalogue with one more figure marked as an estimate."""

    def mark(row: Any) -> Any:
        return row.model_copy(update={"estimates": (*row.estimates, column)})

    rows = getattr(catalogue, table)
    if table == "tax_regimes":
        changed: Any = tuple(mark(row) if (row.country, row.regime) == key else row for row in rows)
    elif table == "model_sizes":
        (any_size,) = rows["measured"]
        ada = any_size.model_copy(update={"generations": ("Ada",)})
        measured = tuple(mark(row) if row.generations == (key,) else row for row in (ada, any_size))
        changed = {**rows, "measured": measured}
    elif table == "brackets":
        measured = tuple(mark(row) if row.bracket == key else row for row in rows["measured"])
        changed = {**rows, "measured": measured}
    else:
        changed = {**rows, key: mark(rows[key])}
    return replace(catalogue, **{table: changed}, cache={})


def estimates(case: dict[str, Any], catalogue: Catalogue) -> list[str]:
    told = answer(Case(**case), catalogue)
    assert isinstance(told.outcome, Plan)
    (item,) = told.outcome.items
    assert (item.key.bracket, item.key.precision) == ("small", "fp8")
    return [figure.name for figure in told.estimates()]


@pytest.mark.parametrize("what", TOUCHED, ids=lambda what: f"{what[0]} {what[1]} {what[2]}")
def test_an_estimate_is_named_where_the_plan_rests_on_it_and_nowhere_else(frozen: Catalogue, what: Any) -> None:
    """The fictitious catalogue has no estimate: with just one figure marked, it is named if it enters, else nothing.

    An estimate that is not named passes for knowledge; one that does not enter frightens without need.
    """
    catalogue = flagged(frozen, *what)
    for case, touched in zip((RENTED, BOUGHT), TOUCHED[what], strict=True):
        assert len(estimates(case, catalogue)) == touched, case


def test_without_estimates_none_is_named(frozen: Catalogue) -> None:
    """The yardstick of the test above."""
    assert estimates(RENTED, frozen) == estimates(BOUGHT, frozen) == []


@pytest.mark.parametrize(
    ("changes", "parameter", "named"),
    [
        ({"basis": "amortised"}, "useful_life_years", True),
        ({"basis": "amortised"}, "residual_ratio", True),
        ({"deadline_from": "order", "deadline_days": 150}, "buy_lead_days", True),
        ({"deadline_days": None}, "max_run_days", True),
        ({}, "max_run_days", False),
        ({"pue": "1.5"}, "pue", False),
    ],
)
def test_an_estimate_counts_only_where_the_case_uses_it(
    frozen: Catalogue, changes: dict[str, Any], parameter: str, named: bool
) -> None:
    """A life of four years matters under the amortised basis, the longest run where no deadline is given."""
    catalogue = flagged(frozen, "parameters", ("measured", parameter), "central")
    assert bool(estimates({**BOUGHT, **changes}, catalogue)) == named


def test_estimates_of_the_shipped_data_are_named(live: Catalogue) -> None:
    """Every figure in ``provenance`` that is marked stands in the card and in the message, and no other does."""
    told = answer(Case(max_mw=1, deadline_days=150), live)
    data = told_as_data(told)
    marked = [figure["name"] for figure in data.provenance["figures"] if figure["is_estimate"]]
    assert marked == [figure.name for figure in told.estimates()]
    assert "pue" in marked and "staff_fte" in marked
    card = told_on_card(told)
    section = card.partition("Estimates among the inputs")[2].partition("\n\n")[0]
    assert [line.split(" = ")[0].strip() for line in section.strip().splitlines()] == marked
    assert all(any(name in message for message in data.messages) for name in marked)


def test_no_refund_of_no_vat_is_an_estimate(live: Catalogue) -> None:
    """Brunei has no VAT: what share of it is refunded decides nothing, and nobody need ask."""
    told = answer(Case(country="BN", use="h100_sxm5_80", procurement="buy", deadline_days=120), live)
    assert told.ready.setting.tax.vat == 0 and told.ready.setting.tax.is_estimate("vat_recoverable")
    assert not [figure.name for figure in told.estimates() if "vat_recoverable" in figure.name]


def test_the_range_of_an_estimate_is_told(live: Catalogue) -> None:
    """MFU 0.178 (0.1-0.24), a price 45,000 with both its ends: a bare central value passes for known.

    The ends are those of the figure's own columns: a goodput of 0.7 to 0.9 beside an MFU would be of another.
    """
    told = answer(Case(country="BR", use="gb200_nvl72", procurement="buy", deadline_days=120), live)
    figured = {figure["name"]: figure for figure in told_as_data(told).provenance["figures"]}
    efficiency = live.efficiencies[("measured-2026", "gb200_nvl72", "fp8", "moe")]
    chip = live.accelerators["gb200_nvl72"]
    country, staff = live.countries["BR"], live.parameters[("measured-2026", "staff_fte")]
    for name, low, high in (
        ("gb200_nvl72 fp8 MFU (moe)", efficiency.mfu_low, efficiency.mfu_high),
        ("gb200_nvl72 fp8 goodput", efficiency.goodput_low, efficiency.goodput_high),
        ("gb200_nvl72 price", chip.unit_price_low_usd, chip.unit_price_high_usd),
        ("electricity_usd_per_kwh", country.electricity_low_usd_per_kwh, country.electricity_high_usd_per_kwh),
        ("staff_fte", staff.low, staff.high),
    ):
        assert (figured[name]["low"], figured[name]["high"]) == (str(low), str(high)), name
        assert None not in (low, high)
    assert (figured["pue"]["low"], figured["pue"]["high"]) == (None, None)
    card = " ".join(told_on_card(told).split())
    ends = f"({efficiency.goodput_low}-{efficiency.goodput_high}) share"
    assert f"gb200_nvl72 fp8 goodput = {efficiency.goodput} {ends}" in card
    # an end alone is no range
    assert staff.model_copy(update={"high": None}).range_of("central") is None
    price = Figure("price", Decimal(45000), "USD", "", "", True, (Decimal(22000), Decimal("60000.5")))
    assert figure_words(price) == "45,000 (22,000-60,000.5) USD"


def test_an_answer_says_of_what_a_figure_is_that_is_not_the_countrys_own(live: Catalogue) -> None:
    """One broker's mean of sixteen cities stood as the price of a hall in Togo and in Morocco, with nothing said; that
    Armenia's tariff is a survey's was in ``data gaps`` alone. Singapore's price of a hall is its own."""
    for code, is_own in (("TG", False), ("MA", False), ("BR", False), ("SG", True), ("US", True)):
        case = Case(country=code, use=("h100",), procurement=("buy",))
        lines = list(figure_lines(inputs(_plan(case, live)), live))
        halls = [line for line in lines if line.startswith("colocation_usd_per_kw_month")]
        assert ["not this country's own" in line for line in halls] == ([] if is_own else [True]), code
    lines = list(figure_lines(inputs(_plan(Case(country="AM", use=("h100",), procurement=("buy",)), live)), live))
    assert any(line.startswith("electricity_usd_per_kwh") and "a survey of 2019" in line for line in lines)


def test_a_carbon_intensity_within_its_own_rounding_is_drawn(live: Catalogue) -> None:
    """The Central African Republic's 24.4 g had its range, 23.4 to 28.3, in a note: no draw moved it, so a carbon limit
    was met or missed for sure. What is as far off as its rounding has that as its range."""
    ranges = {code: row.range_of("grid_carbon_g_per_kwh") for code, row in live.countries.items()}
    assert (
        ranges["CF"] == (Decimal("23.4"), Decimal("28.3"))
        and live.countries["CF"].date_of("grid_carbon_low_g_per_kwh") == "2022"
    )
    ready = prepare(Case(country="CF", use=("rtx5090",), procurement=("buy",)), live)
    keys = tuple(option.key for option in ready.table.options)
    (drawn,) = (one for one in uncertain_inputs(ready.setting, keys).inputs if one.name == "grid_carbon")
    assert (*drawn.low, *drawn.high) == ranges["CF"]
    noted = {code for code, row in live.countries.items() if "rounds emissions to 0.01 Mt" in row.note}
    assert {code for code, ends in ranges.items() if ends} == noted and len(noted) > 5
    for code in noted:
        low, high = ranges[code] or (Decimal(0), Decimal(0))
        assert Decimal(0) <= low < live.countries[code].grid_carbon_g_per_kwh < high


def _plan(case: Case, catalogue: Catalogue) -> Plan:
    found = plan(case, catalogue)
    assert isinstance(found, Plan)
    return found
