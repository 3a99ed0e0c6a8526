"""Which source is that of which figure: who follows a link finds that figure there, and no other one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from worlds import live_catalogue

from optimizer.catalogue import Catalogue
from optimizer.domain import Case, Country, TaxRegime
from optimizer.domain.base import ESTIMATE_SOURCE
from optimizer.insight.provenance import inputs
from optimizer.plans.outcome import Plan
from optimizer.solve.planner import plan

PUBLISHERS = {
    "grid_carbon_g_per_kwh": "carbon-intensity|co2.js",
    "cost_of_capital": "RiskPremium|ctryprem",
    "colocation_usd_per_kw_month": "cbre",
    "engineer_usd_per_year": "alaries|gdp.csv|gdppercapita",
}
"""Words of which one stands in every address of a figure."""


@pytest.mark.parametrize("column", PUBLISHERS)
def test_a_figure_of_a_country_has_the_addresses_of_its_publisher_alone(live: Catalogue, column: str) -> None:
    """Wrong: the wage of Brazil with links to a tariff, a carbon chart and a table of VAT, as before."""
    for row in live.countries.values():
        if getattr(row, column) is None:
            continue
        source = row.source_of(column)
        if source == ESTIMATE_SOURCE:
            assert row.is_estimate(column), (row.id, column)
        else:
            words = PUBLISHERS[column].split("|")
            assert all(any(word in one for word in words) for one in source.split(" | ")), (row.id, source)


def test_tariff_duty_and_vat_have_sources_of_their_own(live: Catalogue) -> None:
    """A tariff is in no table of carbon; a VAT in no list of the WTO; a figure that is no estimate has an address."""
    for row in live.countries.values():
        tariff = row.source_of("electricity_usd_per_kwh")
        assert not any(word in tariff for word in ("carbon", "ctryprem", "RiskPremium", "cbre", "vat", "wto.org")), (
            row.id
        )
        assert "https://" in tariff or row.is_estimate("electricity_usd_per_kwh"), row.id
    for tax in live.tax_regimes:
        if tax.vat is not None:
            assert "wto.org" not in tax.source_of("vat"), tax.country
        if tax.duty is not None:
            assert "value-added-tax" not in tax.source_of("duty"), tax.country
            assert "://" in tax.source_of("duty") or tax.is_estimate("duty"), tax.country


def test_no_part_of_a_source_names_a_column_that_is_none(live: Catalogue) -> None:
    """A misspelt column would make an address the source of every figure of its row."""
    for row in (*live.countries.values(), *live.tax_regimes):
        assert not any(": " in address for address in row.addresses()), row.source


def test_every_figure_behind_a_plan_has_its_own_source_and_date(live: Catalogue) -> None:
    """As a plan's figures are told in every form: the wage has that of the survey, PUE none but our estimate."""
    found = plan(Case(country="BR", max_mw=Decimal(1), deadline_days=150), live)
    assert isinstance(found, Plan)
    figures = {figure.name: figure for figure in inputs(found)}
    assert figures["pue"].source == ESTIMATE_SOURCE
    assert figures["colocation_usd_per_kw_month"].source.startswith("https://dataxconnect.com/")
    assert figures["colocation_usd_per_kw_month"].as_of == "2025-03"
    assert "carbon-intensity" in figures["Brazil grid carbon"].source
    assert figures["Brazil grid carbon"].as_of == "2024"
    assert "plasticodeengenharia" in figures["electricity_usd_per_kwh"].source


def _country(source: str, **columns: object) -> Country:
    given = live_catalogue().countries["BR"].model_dump() | {"source": source} | columns
    return Country.model_validate(given)


def test_the_parts_of_a_source() -> None:
    """Own parts first, then those for all figures; an estimate that has neither is a planning estimate."""
    row = _country("pue: https://a.example (2023-05) | grid_carbon_g_per_kwh, cost_of_capital: https://b.example")
    assert not row.is_estimate("grid_carbon_year")
    assert (row.source_of("pue"), row.date_of("pue")) == ("https://a.example", "2023-05")
    assert (row.source_of("cost_of_capital"), row.date_of("cost_of_capital")) == ("https://b.example", row.as_of)
    assert row.source_of("engineer_usd_per_year") == ESTIMATE_SOURCE  # an estimate of ours
    assert row.source_of("grid_carbon_year") == "https://a.example | https://b.example"  # none is left out
    other = _country("pue: https://a.example | https://c.example")
    assert other.source_of("cost_of_capital") == "https://c.example"
    assert other.addresses() == ("https://a.example", "https://c.example")


@pytest.mark.parametrize("text", ["letter of the ministry: page 3", "https://x.example/a:b (2024)", "minister: letter"])
def test_a_colon_in_a_text_is_no_column(text: str) -> None:
    """Whoever writes a pack writes sources as people do."""
    assert _country(text).source_of("pue") == text
    assert _country(text).addresses() == (text,)


def test_a_pack_is_the_source_of_what_it_states_alone() -> None:
    """The tariff of a pack is the user's; the carbon beside it still comes from its publisher, the old tariff's not."""
    row = live_catalogue().countries["BR"]
    assert "plastico" not in row.source_without({"electricity_usd_per_kwh"})
    assert "(2024)" in row.source_without({"electricity_usd_per_kwh"})
    row = _country("pue, cost_of_capital: https://a.example (2024) | https://c.example")
    assert row.source_without({"pue"}) == "cost_of_capital: https://a.example (2024) | https://c.example"


def test_a_regimes_own_parts() -> None:
    """VAT and duty of one regime from two publishers."""
    tax = next(row for row in live_catalogue().tax_regimes if row.country == "AE")
    assert isinstance(tax, TaxRegime)
    assert "value-added-tax" in tax.source_of("vat") and "wto.org" in tax.source_of("duty")
