"""The amortised basis by hand: what a run pays of a substation, of its own servers, and of servers without a price.

Of figures given outright: no interest, no salvage value, 4 years of 365 days, so that a thing of 1,460 USD costs 1 USD
on every day of work.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from worlds import dec, plain_case, plain_catalogue

from optimizer import Infeasible, Plan
from optimizer.catalogue import Catalogue
from optimizer.domain.reasons import Reason, ReasonKind
from optimizer.plans.verify import verify
from optimizer.solve.planner import plan, prepare


def catalogue_of(frozen: Catalogue, chips: dict[str, dict[str, Any]], limit_mw: str | None = None) -> Catalogue:
    """Servers that need nothing but themselves; a substation costs 146 USD a kW above ``limit_mw``."""
    made = plain_catalogue(
        frozen, chips, substation_usd_per_kw=146, useful_life_years=4, electricity_usd_per_kwh="0.1", utilisation=1
    )
    country = made.countries["BR"].model_copy(
        update={"medium_voltage_limit_mw": None if limit_mw is None else dec(limit_mw), "cost_of_capital": None}
    )
    return replace(made, countries={**made.countries, "BR": country}, cache={})


def planned(catalogue: Catalogue, **fields: Any) -> Plan:
    """The plan of 10 PFLOP/s-days in 10 days, for which one server of 1 PFLOP/s is let in."""
    outcome = plan(plain_case(10, deadline_days=10, max_accelerators=1, **fields), catalogue)
    assert isinstance(outcome, Plan) and (outcome.servers, outcome.days) == (1, 10)
    assert verify(outcome) == []
    return outcome


@pytest.mark.parametrize(("basis", "connection_usd"), [("upfront", 73_000), ("amortised", 500)])
def test_a_run_pays_its_share_of_a_substation(frozen: Catalogue, basis: str, connection_usd: int) -> None:
    """A server of 500 kW above a limit of 0.3 MW: 500 x 146 = 73,000 USD, all of it under ``upfront``. Under
    ``amortised`` 73,000 / 1,460 = 50 USD a day, and 10 days of work pay 500. Wrong: the whole of it, or nothing."""
    catalogue = catalogue_of(frozen, {"a": {"kw": 500, "usd": 1460, "pflops": 1}}, limit_mw="0.3")
    outcome = planned(catalogue, basis=basis, procurement="buy")
    assert outcome.items[0].key.connection == "hv"
    assert outcome.cost_terms["connection"] == connection_usd


def test_a_server_that_is_paid_back_by_the_day(frozen: Catalogue) -> None:
    """The measure of the others: 1,460 USD over 1,460 days and 10 of them, and 10 x 24 kWh at 0.1 USD: 10 + 24 USD."""
    outcome = planned(catalogue_of(frozen, {"a": {"usd": 1460}}), basis="amortised", procurement="buy")
    assert outcome.cost_terms == {"amortisation": 10, "energy": 24} and outcome.cost_usd == 34


@pytest.mark.parametrize("basis", ["upfront", "amortised"])
@pytest.mark.parametrize("usd", [1460, 1_460_000])
def test_a_server_of_ones_own_costs_its_running_alone(frozen: Catalogue, basis: str, usd: int) -> None:
    """It was paid before: 24 USD of energy, on either basis and at any price. Wrong: 34 USD under ``amortised``, as for
    one that is bought."""
    outcome = planned(catalogue_of(frozen, {"a": {"usd": usd}}), basis=basis, owned={"a": 1}, procurement="own")
    assert outcome.cost_terms == {"energy": 24} and outcome.cost_usd == 24


def test_a_substation_for_servers_of_ones_own_is_paid(frozen: Catalogue) -> None:
    """The servers are there, the line is not: 500 USD of it in 10 days, and 10 x 500 x 24 kWh at 0.1 USD = 12,000."""
    catalogue = catalogue_of(frozen, {"a": {"kw": 500, "usd": 1460}}, limit_mw="0.3")
    outcome = planned(catalogue, basis="amortised", owned={"a": 1}, procurement="own")
    assert outcome.cost_terms == {"connection": Fraction(500), "energy": 12_000}


@pytest.mark.parametrize("basis", ["upfront", "amortised"])
def test_a_server_of_ones_own_without_a_price_is_left_out_with_the_reason(frozen: Catalogue, basis: str) -> None:
    """Its support is a share of its price, which is not known: not an option, and the reason is told. Wrong: a plan in
    which its support costs nothing."""
    catalogue = catalogue_of(frozen, {"a": {"pflops": 1}})
    case = plain_case(10, deadline_days=10, basis=basis, owned={"a": 1})
    table = prepare(case, catalogue).table
    assert not table.options
    found = {(one.accelerator, one.procurement): one.reason for one in table.excluded}
    assert found["a", "own"] == Reason(ReasonKind.NO_MAINTENANCE)
    assert isinstance(plan(case, catalogue), Infeasible)
