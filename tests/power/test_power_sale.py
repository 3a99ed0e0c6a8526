"""Surplus of sun and wind sold to the grid: what may be sold, at which price, and that a wrong sale is caught."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from worlds import live_catalogue

from optimizer.domain import Case
from optimizer.errors import DataError, InputError, OptimizerError
from optimizer.power import arrays, dispatch, exact, proof
from optimizer.power.bounds import line_of
from optimizer.power.plan import NotFed, PowerPlan, power_plan, power_ready
from optimizer.power.search import Kept
from optimizer.power.site import PowerSite
from optimizer.power.verify import faults

SITE: dict[str, Any] = {"country": "ZA", "max_mw": 1, "deadline_days": 180, "days_of_year": 2}
HOURS = 2 * 24


def _answer(**words: Any) -> PowerPlan:
    found = power_plan(Case(**{**SITE, "outage": "17-21", **words}), live_catalogue().without_cache())
    assert isinstance(found, PowerPlan)
    return found


def test_selling_never_costs_more_and_a_better_price_never_less() -> None:
    """Nobody must sell: each price gives at most the cost of the one below, and none that of a site that cannot."""
    prices = (None, "0.01", "0.03", "0.06", "0.1")
    plans = [_answer(export_usd_per_kwh=price) for price in prices]
    for dearer, cheaper in pairwise(plans):
        assert dearer.floor.usd is not None and cheaper.floor.usd is not None
        assert cheaper.floor.usd <= dearer.cost_usd
    assert not plans[0].flows.sold and plans[-1].flows.sold > plans[1].flows.sold > 0
    assert plans[-1].cost_usd < plans[0].cost_usd


def test_what_is_sold_is_own_surplus_through_the_connection_while_nothing_is_bought() -> None:
    """Each hour by hand; the named term is the energy at its price, and the terms add up."""
    found = _answer(export_usd_per_kwh="0.06", max_mw=2)
    site, sizes, total, unused = found.site, found.fed.dispatch.capacities, Fraction(0), Fraction(0)
    for day, kind in zip(found.fed.dispatch.days, site.days, strict=True):
        for place, hour in enumerate(day):
            own = sizes["pv"] * kind.pv[place]
            assert 0 <= hour.sold <= min(own, 2000) and (not hour.sold or kind.up[place])
            assert not (hour.sold and (hour.imported or hour.generated))
            came = own + hour.imported + hour.generated + hour.discharged
            assert came >= hour.charged + hour.drawn(site.states) + hour.sold
            total += kind.weight * hour.sold
            unused += kind.weight * (came - hour.charged - hour.drawn(site.states) - hour.sold)
    assert found.cost_terms["sold"] == -total * Fraction("0.06") * found.days < 0
    assert sum(found.cost_terms.values()) == found.cost_usd
    energy = found.flows
    assert energy.own_used + energy.sold + energy.spilled == energy.own and energy.spilled == unused


def test_the_connection_limits_what_is_built_to_be_sold() -> None:
    """Above the cost of its energy every further panel pays: what is built follows the connection, not the run."""
    small, large = (_answer(export_usd_per_kwh="0.08", max_mw=mw) for mw in (2, 6))
    assert large.fed.dispatch.capacities["pv"] > 2 * small.fed.dispatch.capacities["pv"]
    assert large.flows.sold > 2 * small.flows.sold
    with pytest.raises(DataError, match="connection"):
        power_plan(Case(**{**SITE, "max_mw": None, "export_usd_per_kwh": "0.08"}), live_catalogue())


@pytest.mark.parametrize(
    "words",
    [
        {"export_usd_per_kwh": "0.16"},
        {"export_usd_per_kwh": "0.1", "electricity_usd_per_kwh": "0.09"},
        {"export_usd_per_kwh": "0.15", "diesel_usd_per_litre": "0.2"},
    ],
)
def test_energy_is_not_bought_to_be_sold(words: dict[str, Any]) -> None:
    """A price of sale above that of grid or fuel would be a trade without an end."""
    with pytest.raises(DataError, match="bought only to sell it"):
        power_plan(Case(**{**SITE, **words}), live_catalogue())


@pytest.mark.parametrize("words", [{"off_grid": True}, {"power": "grid;genset"}, {"power": "pv;battery"}])
def test_a_sale_needs_a_grid_and_something_of_ones_own(words: dict[str, Any]) -> None:
    """Rather than a price that is never paid."""
    with pytest.raises(InputError, match="export_usd_per_kwh"):
        Case(country="ZA", export_usd_per_kwh="0.05", **words)


def test_the_verifier_refuses_a_wrong_sale() -> None:
    """Sold while it is bought, at night, or while the grid is off: each is named."""
    found = _answer(export_usd_per_kwh="0.06")
    _, fleets = power_ready(found.setting.asked, live_catalogue()).fleets(found.site)
    place, dispatch_ = found.fed.choice.option, found.fed.dispatch
    asked = (fleets.fleet_kw(place, found.item.servers), fleets.work_kw(place, found.days), found.days)
    assert faults(found.site, dispatch_, *asked) == []
    noon = max(range(24), key=lambda hour: dispatch_.days[0][hour].sold)
    for hour, change in ((noon, {"imported": Fraction(1)}), (2, {"sold": Fraction(1)}), (18, {"sold": Fraction(1)})):
        day = list(dispatch_.days[0])
        day[hour] = replace(day[hour], **change)
        assert "sale" in faults(found.site, replace(dispatch_, days=(tuple(day), *dispatch_.days[1:])), *asked), hour


def test_a_run_that_earns_more_than_it_costs_is_still_proved() -> None:
    """Costs below 0: a plan, its bound below it, and no difference beyond the gap."""
    found = power_plan(
        Case(**{**SITE, "max_mw": 900, "export_usd_per_kwh": "0.12", "use": "gb300_nvl72"}), live_catalogue()
    )
    assert not isinstance(found, NotFed) and found.cost_usd < 0
    assert found.floor.usd is not None and found.floor.usd <= found.cost_usd
    assert found.days == 180  # every further day earns


SALE: dict[str, Any] = {"export_usd_per_kwh": "0.06", "max_mw": 3}


def _sold_twice(honest: Any) -> Any:
    def wrong(site: PowerSite, found: Any, days: int) -> dict[str, Fraction]:
        terms: dict[str, Fraction] = honest(site, found, days)
        return terms | {"sold": 2 * terms.get("sold", Fraction(0))}

    return wrong


def _unbalanced(honest: Any) -> Any:
    """What is sold is not taken out of the balance."""

    def wrong(site: PowerSite, columns: Any) -> Any:
        rows = honest(site, columns)
        first = columns.flow("sold", 0, 0)
        kept = ~((rows.column >= first) & (rows.column < first + HOURS) & (rows.row <= HOURS))
        return replace(rows, row=rows.row[kept], column=rows.column[kept], value=rows.value[kept])

    return wrong


def _from_anything(honest: Any) -> Any:
    """What is sold need not be of sun and wind: out of the grid or the battery, too."""

    def wrong(site: PowerSite, columns: Any) -> Any:
        rows = honest(site, columns)
        first = 1 + 8 * HOURS
        kept = (rows.row < first) | (rows.row >= first + HOURS)
        return replace(rows, row=rows.row[kept], column=rows.column[kept], value=rows.value[kept])

    return wrong


def _at_half_the_price(honest: Any) -> Any:
    """The proof sees half of what is earned."""
    return property(lambda self: [cost / 2 if cost < 0 else cost for cost in honest.func(self)])


@pytest.mark.parametrize(
    ("where", "name", "wrong"),
    [
        (arrays, "_rows", _unbalanced),
        (proof, "terms_usd", _sold_twice),
        (exact.ExactSupply, "running", _at_half_the_price),
        (dispatch, "_sold", lambda honest: lambda site, at, sizes, surplus: honest(site, at, sizes, surplus) + 1),
    ],
    ids=["sold and used", "sold twice", "half the price in the proof", "more than there is"],
)
def test_a_wrong_sale_is_caught(where: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sold lowers the cost: a slip there would make every plan look cheaper. No answer, rather than that."""
    monkeypatch.setattr(where, name, wrong(vars(where)[name]))
    with pytest.raises(OptimizerError):
        _answer(**SALE)


@pytest.mark.parametrize(
    ("where", "name", "wrong"),
    [
        (arrays, "_rows", _from_anything),
        (arrays.Supply, "income", lambda _: property(lambda self: 0.0)),
    ],
    ids=["out of the grid", "no income on further days"],
)
def test_a_sale_that_the_search_misreads_is_caught_or_harmless(
    where: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search then looks at wrong rows; the proof bounds them anew, and what is told is within its gap."""
    words = {**SALE, "supply_basis": "whole", "pv_usd_per_kwp": 20}
    honest = _answer(**words)
    assert honest.flows.sold > 0
    monkeypatch.setattr(where, name, wrong(vars(where)[name]))
    try:
        found = _answer(**words)
    except OptimizerError:
        return
    assert abs(found.cost_usd - honest.cost_usd) <= found.gap_usd + honest.gap_usd


def test_a_line_of_a_site_that_sells_holds_on_further_days() -> None:
    """Charged once, cheap panels do not pay in 10 days and earn in 400: a line that stayed as it is would lie above."""
    bound, cost = _line_and_longer_run(income=True)
    assert cost < 0 and bound <= cost
    blind, _ = _line_and_longer_run(income=False)
    assert blind > cost


def _line_and_longer_run(*, income: bool) -> tuple[float, float]:
    """The bound that prices at ten days give on a run of 400, and what that run costs."""
    sale = {"power": "grid;pv", "export_usd_per_kwh": "0.1", "pv_usd_per_kwp": 60, "supply_basis": "whole"}
    site = power_ready(Case(**{**SITE, **sale}), live_catalogue()).site
    kept = Kept.of(site, 1024)
    first, later = kept.feed(1.0, 0.9, 0.0, 10), kept.feed(1.0, 0.9, 0.0, 400)
    assert first is not None and later is not None
    line = line_of(kept.supply, 10, first.duals)
    line = line if income else replace(line, income=0.0)
    here = [np.array([value]) for value in (1.0, 0.9, 0.0, 400.0)]
    return float(line.floor("whole", here[0], here[1], here[2], here[3])[0]), later.objective
