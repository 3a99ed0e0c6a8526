"""The live catalogue, table by table: ranges, dates, sources and estimates that the row types alone cannot know.

What loading refuses, TPP, prices without a source, order of low, central and high and the named accelerators are in
tests/data/test_catalogue.py; classes in tests/law/test_law.py; bounds of the schema in tests/data/test_datapackage.py.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from optimizer.catalogue import Catalogue
from optimizer.catalogue.load import TABLES
from optimizer.catalogue.rows import read_rows
from optimizer.domain import ANY, COUNTRY_PARAMETERS, ESTIMATE_SOURCE

ADDRESS = re.compile(r"https?://[^\s|]+")


@pytest.fixture(scope="module")
def tables(live: Catalogue) -> dict[str, Any]:
    """Every table that an answer may depend on, typed."""
    problems: list[Any] = []
    found = {name: read_rows(live.folder / f"{name}.csv", row_type, problems) for name, row_type in TABLES.items()}
    assert not problems
    return found


def everything(tables: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, row) for name, rows in tables.items() for row in rows]


# --- sources, dates, estimates --------------------------------------------------------------------------------------


def test_every_source_is_an_address_or_said_to_be_none(tables: dict[str, Any]) -> None:
    """'planning estimate', 'by definition' or addresses: a name alone cannot be looked up."""
    for name, row in everything(tables):
        for source in row.addresses():
            known = source in (ESTIMATE_SOURCE, "by definition") or ADDRESS.fullmatch(source)
            assert known, (name, source)


def test_price_and_rent_sources_are_addresses_too(live: Catalogue) -> None:
    """As above, for the two figures with a source of their own."""
    for chip in live.accelerators.values():
        for source in filter(None, (*chip.price_source.split(" | "), *chip.rent_source.split(" | "))):
            assert source == ESTIMATE_SOURCE or ADDRESS.fullmatch(source), (chip.id, source)


def test_no_source_is_of_this_machine(live: Catalogue) -> None:
    """A path or a local address in the data would mean nothing to a reader."""
    for path in [*live.folder.glob("*.csv"), *live.folder.glob("*.toml"), *live.folder.glob("*.json")]:
        text = path.read_text(encoding="utf-8")
        for word in ("localhost", "127.0.0.1", "file://", "/home/"):
            assert word not in text, (path.name, word)


def test_no_figure_is_of_the_future(tables: dict[str, Any], live: Catalogue) -> None:
    """Nothing holds for a day after the day for which the data are valid."""
    for name, row in everything(tables):
        assert row.as_of[:10] <= live.as_of[: len(row.as_of)], (name, row.as_of)


def test_estimates_are_figures_that_are_there(tables: dict[str, Any]) -> None:
    """A flag on an empty cell flags nothing; an empty parameter stands for each country's own figure."""
    for name, row in everything(tables):
        for column in row.estimates:
            if name == "parameters" and row.parameter in COUNTRY_PARAMETERS:
                continue
            assert getattr(row, column) is not None, (name, column, row)


def test_what_is_verified_as_an_estimate_is_flagged(tables: dict[str, Any]) -> None:
    """A row whose verification says 'estimate' names the figure: an answer lists it by that flag alone."""
    for name, row in everything(tables):
        if "estimate" in row.verification:
            assert row.estimates, (name, row)


def test_planning_figures_of_countries_are_flagged(live: Catalogue) -> None:
    """No source was found for any PUE or wage, and of colocation prices for two: each of the others is an estimate and
    says so."""
    own = {("SG", "colocation_usd_per_kw_month"), ("US", "colocation_usd_per_kw_month")}
    for country in live.countries.values():
        for column in ("pue", "colocation_usd_per_kw_month", "engineer_usd_per_year"):
            if (country.id, column) in own:
                assert not country.is_estimate(column)
                continue
            assert country.is_estimate(column) or getattr(country, column) is None, (country.id, column)
    unknown = [country.id for country in live.countries.values() if country.engineer_usd_per_year is None]
    assert sorted(unknown) == ["KP", "VA"]


def test_days_of_a_licence_are_flagged(live: Catalogue) -> None:
    """No statistic was found: 30, 120 and 180 days are estimates; the 25 days of notice are the rule's own."""
    for rule in live.licence_rules:
        assert rule.is_estimate("lead_days") == (rule.lead_days not in (0, 25)), rule.rule


# --- ranges ---------------------------------------------------------------------------------------------------------

RANGES: dict[str, dict[str, tuple[float, float]]] = {
    # table: {column: (least, most)}: wide, to catch a slip of a unit or a factor of ten, not to judge a figure
    "accelerators": {
        **{"memory_gb": (16, 512), "memory_bandwidth_gb_per_s": (300, 16_000), "tdp_w": (100, 3000)},
        **{"interconnect_gb_per_s": (30, 4000), "bf16_tflops": (100, 5000), "fp8_tflops": (200, 10_000)},
        **{"tpp": (1000, 100_000), "die_area_mm2": (200, 3000), "server_devices": (1, 144)},
        **{"unit_price_usd": (1000, 100_000), "rent_usd_per_hour": (0.1, 20)},
    },
    "countries": {
        **{"electricity_usd_per_kwh": (0.005, 0.7), "grid_carbon_g_per_kwh": (0, 1400), "pue": (1.05, 2)},
        **{"colocation_usd_per_kw_month": (50, 600), "engineer_usd_per_year": (15_000, 400_000)},
        **{"cost_of_capital": (0.02, 0.4), "medium_voltage_limit_mw": (0.5, 50)},
    },
    "tax_regimes": {
        **{"duty": (0, 0.5), "excise": (0, 0.3), "contribution": (0, 0.3), "inside_tax": (0, 0.3)},
        **{"vat": (0, 0.3), "vat_recoverable": (0, 1)},
    },
    "efficiency": {"mfu": (0.05, 0.7), "goodput": (0.5, 1)},
    "offers": {"usd_per_hour": (0.1, 60)},
    "workloads": {"params_total_b": (0.1, 3000), "params_active_b": (0.1, 600), "tokens_t": (0.00001, 50)},
    "licence_rules": {"lead_days": (0, 365), "cap_tpp": (1e6, 1e11)},
    "compute_thresholds": {"above_flop": (1e22, 1e28)},
}


@pytest.mark.parametrize("table", RANGES)
def test_figures_lie_within_reason(tables: dict[str, Any], table: str) -> None:
    """kW for W, MW for kW, cents for dollars, per cent for a share: each would fall out of its range."""
    for column, (least, most) in RANGES[table].items():
        values = [(row, getattr(row, column)) for row in tables[table] if getattr(row, column) is not None]
        assert values, column
        for row, value in values:
            assert least <= value <= most, (table, column, value, row)


def test_a_server_draws_more_than_its_devices_and_not_three_times_as_much(live: Catalogue) -> None:
    """Rated server power over the devices' own: 1.0 to 3; the racks of 72 draw 1.5."""
    for chip in live.accelerators.values():
        if chip.server_devices and chip.server_peak_kw:
            ratio = float(chip.server_peak_kw) * 1000 / (chip.server_devices * float(chip.tdp_w))
            assert 1 <= ratio <= 3, (chip.id, ratio)


def test_a_price_buys_months_of_rent(live: Catalogue) -> None:
    """Price over a year of the lowest list rent: 0.4 to 6. Beyond, one is of another thing (a server, a month).

    A consumer card is sold bare and rented with its server: from 0.3."""
    for chip in live.accelerators.values():
        if chip.unit_price_usd and chip.rent_usd_per_hour:
            one_list = chip.is_estimate("rent_low_usd_per_hour")
            rent = chip.rent_usd_per_hour if one_list else chip.rent_low_usd_per_hour or chip.rent_usd_per_hour
            years = float(chip.unit_price_usd) / (float(rent) * 24 * 365)
            assert (0.3 if "consumer" in chip.generation else 0.4) <= years <= 6, (chip.id, years)


def test_prices_have_a_date_of_the_last_years(live: Catalogue) -> None:
    """A price is dated by its row: none is older than three years, none is 0."""
    for chip in live.accelerators.values():
        if chip.unit_price_usd is not None or chip.rent_usd_per_hour is not None:
            assert int(chip.as_of[:4]) >= int(live.as_of[:4]) - 3, chip.id
            assert chip.unit_price_usd != 0 and chip.rent_usd_per_hour != 0


def test_the_training_compute_of_a_workload_is_that_of_its_shape(live: Catalogue) -> None:
    """Where both are stated: within a factor of 1.6 of 6 x active parameters x tokens."""
    for row in live.workloads.values():
        if row.training_flop is not None and row.tokens_t is not None:
            shape = 6 * float(row.params_active_b) * 1e9 * float(row.tokens_t) * 1e12
            assert 1 / 1.6 <= float(row.training_flop) / shape <= 1.6, row.id
        assert row.params_active_b <= row.params_total_b, row.id
        assert (row.params_active_b < row.params_total_b) <= (row.architecture == "moe"), row.id


# --- codes and dates ------------------------------------------------------------------------------------------------


def test_codes_of_countries(live: Catalogue) -> None:
    """Two and three letters, each once; the first letters alike but for three that the standard has so."""
    iso3 = [country.iso3 for country in live.countries.values()]
    assert len(set(iso3)) == len(iso3)
    unlike = {country.id for country in live.countries.values() if country.id[0] != country.iso3[0]}
    assert unlike == {"KM", "KP", "RS"}


def test_no_currency_without_a_rate(live: Catalogue) -> None:
    """And no rate is held that no country has, the dollar included; a country whose rate is not known names none."""
    used = {country.currency for country in live.countries.values() if country.currency}
    assert used == set(live.exchange)
    assert live.exchange["USD"].units_per_usd == 1
    assert all(row.as_of == "2026-07-14" for row in live.exchange.values() if row.currency != "USD")


def test_pegged_currencies_stand_at_their_peg(live: Catalogue) -> None:
    """Dirham 3.6725, riyal 3.75, dinar 0.709 per dollar: a rate the other way round would be 0.27."""
    for code, peg in (("AED", 3.6725), ("SAR", 3.75), ("JOD", 0.709)):
        assert float(live.exchange[code].units_per_usd) == pytest.approx(peg, rel=0.002)


def test_dates_run_forwards(tables: dict[str, Any]) -> None:
    """No rule, group or regime ends before it begins."""
    for name, row in everything(tables):
        if getattr(row, "effective_to", None) is not None and row.effective_from is not None:
            assert date.fromisoformat(row.effective_from) <= date.fromisoformat(row.effective_to), (name, row)


def test_a_country_is_in_a_group_once_on_a_day(live: Catalogue) -> None:
    """Two rows of one membership that overlap: a later end of one would change nothing."""
    for rows in live.country_groups.values():
        for group in {row.group for row in rows}:
            spans = sorted((r.effective_from, r.effective_to or "9999-12-31") for r in rows if r.group == group)
            assert all(before[1] < after[0] for before, after in pairwise(spans)), (rows[0].country, group)


def test_every_country_stands_somewhere_under_every_rule_set_on_every_day(live: Catalogue) -> None:
    """A group or a tier, on the first day of the rules as on the data's own."""
    for country in live.every_country:
        for day in ("2023-11-17", live.as_of):
            groups = {
                row.group
                for row in live.country_groups[country]
                if row.effective_from <= day <= (row.effective_to or day)
            }
            assert groups & {"A:5", "A:6", "B", "US", "D:1", "D:5", "E:1", "E:2", "MO"}, (country, day)
            assert "US" in groups or len(groups & {"AIA", "T2", "T3"}) == 1, (country, day)


def test_statuses_are_of_few_kinds(live: Catalogue) -> None:
    """The code asks how a status begins: 'in force' and its like on the one hand, scenarios on the other."""
    begins = ("in force", "de facto", "guidance in force", "not enforced", "withdrawn", "hypothetical")
    assert all(rule.status.startswith(begins) for rule in live.licence_rules)
    enforced = [rule for rule in live.licence_rules if "enforced-2026" in rule.rule_sets]
    assert all(rule.status.startswith(("in force", "de facto", "guidance in force")) for rule in enforced)
    scenario = [rule for rule in live.licence_rules if rule.status.startswith(("not enforced", "withdrawn"))]
    assert scenario and not any("enforced-2026" in rule.rule_sets for rule in scenario)


def test_the_law_is_told_in_sentences(live: Catalogue) -> None:
    """An answer prints them: a capital, a full stop, no abbreviation of the files'."""
    rules: tuple[Any, ...] = (*live.licence_rules, *live.buyer_rules)
    told = [rule.meaning for rule in rules]
    told += [row.consequence for row in live.thresholds]
    for sentence in told:
        assert sentence[0].isupper() and sentence.endswith("."), sentence


def test_names_are_unique_across_kinds(live: Catalogue) -> None:
    """`data show NAME` looks through accelerators, countries and workloads: one name must not mean two things."""
    kinds = ("accelerator", "country", "workload", "rules", "assumptions")
    for i, kind in enumerate(kinds):
        for other in kinds[:i]:
            assert not set(live.vocabulary(kind)) & set(live.vocabulary(other)), (kind, other)


def test_a_plan_rents_at_the_lowest_on_demand_offer(live: Catalogue) -> None:
    """By hand over the rows: neither a reservation, a minimum of days, a marketplace, a list for all regions, a machine
    smaller than a server (of a rack: than its trays of 4) nor servers that stand alone are taken for an offer."""
    for (country, accelerator), row in live.hire.items():
        server = 4 if accelerator.endswith("nvl72") else live.accelerators[accelerator].server_devices or 1
        there = [
            offer.usd_per_hour
            for offer in live.offers
            if (offer.country, offer.accelerator, offer.terms) == (country, accelerator, "on_demand")
            and (offer.devices is None or offer.devices >= server)
            and offer.min_days is None
            and not offer.alone
        ]
        assert country != ANY and row.usd_per_hour == min(there), (country, accelerator)


def test_the_world_rent_is_the_median_of_the_lists(live: Catalogue) -> None:
    """Over providers, of the lowest on-demand price of each; low and high are its ends. One list alone says nothing of
    a range: it is an estimate, as wide as the middle one of those with three lists or more."""
    lists: dict[str, dict[str, Any]] = {}
    for offer in live.offers:
        if offer.terms == "on_demand":
            lists.setdefault(offer.accelerator, {}).setdefault(offer.provider, []).append(offer.usd_per_hour)
    lows = {name: sorted(map(min, by_provider.values())) for name, by_provider in lists.items()}
    many = [some for some in lows.values() if len(some) >= 3]
    low_ratio, high_ratio = (median(some[end] / median(some) for some in many) for end in (0, -1))
    assert len(many) > 8 and low_ratio < 1 < high_ratio
    alone = set()
    for name, some in lows.items():
        chip = live.accelerators[name]
        told = (chip.rent_low_usd_per_hour, chip.rent_usd_per_hour, chip.rent_high_usd_per_hour)
        if len(some) > 1:
            assert told == (some[0], median(some), some[-1]), name
            continue
        alone.add(name)
        ends = [float(some[0] * ratio) for ratio in (low_ratio, 1, high_ratio)]
        assert [float(value) for value in told] == pytest.approx(ends, abs=0.011), name
        assert chip.is_estimate("rent_usd_per_hour"), name
    assert {"gh200", "mi355x"} <= alone


def test_the_range_of_an_offer_holds_it(live: Catalogue) -> None:
    """Low, central and high in order; of the lowest offer in each country both ends are given."""
    for row in live.hire.values():
        assert row.usd_low_per_hour <= row.usd_per_hour <= row.usd_high_per_hour, (row.country, row.accelerator)
