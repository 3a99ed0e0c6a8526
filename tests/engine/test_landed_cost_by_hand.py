"""The landed cost of a server by hand: duties, taxes and network, in Brazil and Mexico, on the day of delivery."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hand import F, row
from worlds import pinned_catalogue

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.options.cost import landed_factor
from optimizer.solve.planner import prepare


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return pinned_catalogue()


def h100_server_usd() -> tuple[Fraction, Fraction, Fraction]:
    """Price of one H100 server before freight and tax, by its parts, in a cluster of under 512."""
    accelerators = F(8 * 30_000)
    integration = accelerators * (F("0.38") + F("0.15") + F("0.03"))  # chassis, network, storage
    spares = (accelerators + integration) * F("0.03")
    assert (accelerators, integration, spares) == (240_000, 134_400, 11_232)
    return accelerators, integration, spares


def test_landed_cost_in_brazil(catalogue: Catalogue) -> None:
    """Delivered in 2026: ((1.25 x 1.0975) + 0.1175) / 0.83 = 1.7944: 705,829 USD a server. Adding the rates up would
    give 1.635."""
    accelerators, integration, spares = h100_server_usd()
    equipment = accelerators + integration + spares
    assert equipment == 385_632
    freight = equipment * F("0.02")
    cif = equipment + freight
    assert cif == F("393344.64")
    duty = cif * F("0.25")  # II on CIF
    excise = (cif + duty) * F("0.0975")  # IPI on CIF and II
    contributions = cif * F("0.1175")  # PIS/COFINS-import on CIF
    before_icms = cif + duty + excise + contributions
    icms = before_icms / (1 - F("0.17")) - before_icms  # ICMS lies inside its own base
    landed = before_icms + icms
    factor = landed / cif
    assert round(float(factor), 4) == 1.7944
    assert round(float(landed)) == 705_829

    exact, table = row(catalogue, "h100_sxm5_80", date="2026-09-01")
    assert exact.server_terms == {
        "accelerators": accelerators,
        "integration": integration,
        "spares": spares,
        "freight": freight,
        "duty_and_tax": duty + excise + contributions + icms,
    }
    assert exact.server_usd == exact.capital_usd == landed
    assert table["server_usd"] == pytest.approx(float(landed), rel=1e-12)
    setting = prepare(Case(country="BR", date="2026-09-01"), catalogue).setting
    assert landed_factor(setting.tax) == pytest.approx(float(factor), rel=1e-14)


@pytest.mark.parametrize(
    ("regime", "date", "factor"),
    [
        ("ex-tarifario", "2026-03-01", "1.4639"),  # (1.0975 + 0.1175) / 0.83; the list had lapsed by July
        ("redata", "2026-11-22", "1.2248"),  # 1 / 0.83 + 0.02 for research; 1.2289 if it were taxed by ICMS
        ("redata", "2027-01-01", "1.2248"),
        ("standard", "2026-10-02", "1.7944"),  # (1.25 x 1.0975 + 0.1175) / 0.83
        ("standard", "2027-01-01", "1.506"),  # 1.25 / 0.83: CBS is credited
    ],
)
def test_landed_cost_under_brazils_other_regimes(catalogue: Catalogue, regime: str, date: str, factor: str) -> None:
    """Without II (1.46), without II, IPI and PIS/COFINS (1.22), after the reform (1.51): none is the 1.79 of 2026."""
    setting = prepare(Case(country="BR", tax_regime=regime, date=date), catalogue).setting
    assert round(landed_factor(setting.tax), 4) == float(factor)
    exact, _ = row(catalogue, "h100_sxm5_80", tax_regime=regime, date=date)
    assert round(float(exact.capital_usd / F("393344.64")), 4) == float(factor)


@pytest.mark.parametrize(
    ("asked", "day", "factor"),
    [
        ({}, "2027-02-20", "1.506"),
        ({"deadline_from": "order"}, "2027-02-20", "1.506"),
        ({"deadline_from": "order", "date": "2026-10-02"}, "2026-12-31", "1.7944"),
        ({"deadline_from": "order", "date": "2026-10-03"}, "2027-01-01", "1.506"),
        ({"deadline_from": "order", "tax_regime": "redata", "date": "2026-07-01"}, "2026-09-29", "1.2248"),
    ],
)
def test_import_taxes_are_those_of_the_day_of_delivery(
    catalogue: Catalogue, asked: dict[str, Any] | dict[str, str], day: str, factor: str
) -> None:
    """Ordered on 2026-11-22, servers arrive 90 days later, when Brazil's new taxes hold: 1.51 and not 1.79.

    So they do where the deadline counts from training. REDATA begins on 2026-09-15: an order of July meets it.
    """
    setting = prepare(Case(country="BR", **asked), catalogue).setting
    assert setting.customs_day == day
    assert round(landed_factor(setting.tax), 4) == float(factor)
    exact, table = row(catalogue, "h100_sxm5_80", **asked)
    assert round(float(exact.capital_usd / F("393344.64")), 4) == float(factor)
    assert table["server_usd"] == pytest.approx(float(exact.capital_usd), rel=1e-12)


def test_a_day_of_delivery_after_the_end_of_the_calendar(catalogue: Catalogue) -> None:
    """A date has an end: the tax of 9999-12-31, no traceback."""
    case = Case(country="MX", date="9999-12-30", deadline_from="order", use="h100", procurement="buy")
    assert prepare(case, catalogue).setting.customs_day == "9999-12-31"


def test_landed_cost_in_mexico(catalogue: Catalogue) -> None:
    """No duty and VAT that comes back: factor 1.0, 393,344.64 USD; VAT counted as a cost would make it 1.16."""
    setting = prepare(Case(country="MX"), catalogue).setting
    assert landed_factor(setting.tax) == 1.0
    exact, table = row(catalogue, "h100_sxm5_80", country="MX")
    assert exact.server_usd == F("393344.64")
    assert table["server_usd"] == pytest.approx(393_344.64, rel=1e-12)


def test_vat_that_comes_back_in_part(catalogue: Catalogue) -> None:
    """Nigeria: 5 % duty, 7.5 % VAT of which half is lost: 1.05 x 1.0375 = 1.089375. Ghana, where the levies come back
    with the VAT since 2026: 1.05."""
    assert landed_factor(prepare(Case(country="NG"), catalogue).setting.tax) == pytest.approx(1.089375, rel=1e-14)
    assert landed_factor(prepare(Case(country="GH"), catalogue).setting.tax) == pytest.approx(1.05, rel=1e-14)


def test_a_larger_cluster_pays_for_its_network(catalogue: Catalogue) -> None:
    """From 512 devices on the network is 0.33 instead of 0.15: 240,000 x 1.74 x 1.03 x 1.02 x 1.5060 = 660,739."""
    by_hand = 240_000 * F("1.74") * F("1.03") * F("1.02") * F("1.25") / F("0.83")
    exact, table = row(catalogue, "h100_sxm5_80", bracket="medium")
    assert exact.server_usd == by_hand
    assert round(float(by_hand)) == 660_739
    assert (exact.min_servers, exact.max_servers) == (64, 511)
    assert table["server_usd"] == pytest.approx(float(by_hand), rel=1e-12)
