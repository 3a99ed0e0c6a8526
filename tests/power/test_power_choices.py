"""Further questions to a case that says what feeds its site: explain, alternatives, frontier, tipping, sensitivity."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from commands import Cli
from worlds import LIVE, live_catalogue

from optimizer.domain import Case
from optimizer.power import choices
from optimizer.power.plan import PowerPlan

SITE = {"country": "ZA", "max_mw": 1, "deadline_days": 180, "days_of_year": 1, "outage": "17-21"}
FLAGS = (
    *("--country", "ZA", "--max-mw", "1", "--deadline", "180d", "--days-of-year", "1", "--outage", "17-21"),
    *("--quiet", "--json", "--data", str(LIVE)),
)


def quiet(text: str) -> None:
    """Nobody is told the steps."""


@pytest.mark.parametrize(
    ("text", "less", "more"),
    [
        ("17-21", ("17-20",), "16-21"),
        ("22-2@JUN-AUG", ("22-1@JUN-AUG",), "21-2@JUN-AUG"),
        ("23-24", (), "22-24"),
        ("0-24", ("0-23",), "0-24"),
        ("0-2", ("0-1",), "23-2"),
    ],
)
def test_an_outage_grows_and_shrinks_by_an_hour(text: str, less: tuple[str, ...], more: str) -> None:
    """Round midnight too; an hour lost on the way would be priced as one of grid."""
    assert choices.an_hour_less(text) == less and choices.an_hour_more(text) == more


def test_explain_never_makes_a_wider_limit_dearer(live: Any) -> None:
    """An hour of grid more, a longer deadline: not dearer by more than the gaps; what is taken away: not cheaper."""
    found = choices.explain(Case(**SITE), live, quiet)
    assert found.plan is not None
    names = [item.name for item in found.entries]
    assert {"hour_of_grid", "no_outage", "deadline_days", "max_mw", "without_pv", "without_battery"} <= set(names)
    for item in found.entries:
        more = found.more_usd(item)
        assert item.plan is not None and more is not None, item.name
        room = item.plan.gap_usd + found.plan.gap_usd
        assert more >= -room if item.name.startswith("without") else more <= room, item.name


def test_alternatives_are_other_accelerators_in_the_order_of_their_cost(live: Any) -> None:
    """The same accelerator again, or one that is dearer than asked, would be no alternative."""
    found = choices.alternatives(Case(**SITE), live, Decimal(15), quiet)
    assert found.plan is not None and found.entries
    plans = [found.plan, *(item.plan for item in found.entries)]
    costs = [plan.cost_usd for plan in plans if plan]
    assert costs == sorted(costs) and costs[-1] <= costs[0] * Fraction(115, 100)
    names = [plan.item.key.accelerator for plan in plans if plan]
    assert len(set(names)) == len(names)


def test_a_frontier_falls_from_dear_to_cheap(live: Any) -> None:
    """A harder cap on emissions never costs less: otherwise a point of the curve was no optimum."""
    # with panels this dear the cheapest plan burns diesel: where it is all sun already, no cap on emissions binds
    dear = Case(**{**SITE, "use": "h100", "deadline_days": 340, "max_mw": 2, "pv_usd_per_kwp": 2600})
    found = choices.frontier(dear, live, "carbon", 3, quiet)
    costs = [item.plan.floor.usd for item in found.entries if item.plan]
    assert len(costs) == 3 and costs[0] is not None and costs[2] is not None and costs[0] < costs[2]
    used = [float(item.plan.carbon_kg) / 1000 for item in found.entries if item.plan]
    assert all(t <= float(item.value or 0) for t, item in zip(used, found.entries, strict=True))


def test_tipping_finds_the_price_of_solar_above_which_none_is_built(live: Any) -> None:
    """Below the change there is sun in the plan, above it none, and the two sides lie within the tolerance."""
    case = Case(**{**SITE, "use": "h100", "deadline_days": 340, "max_mw": 2})
    found = choices.tipping(case, live, "pv_cost", Decimal(500), Decimal(5000), Decimal(200), quiet)
    sun = [bool(item.plan and item.plan.fed.dispatch.capacities["pv"]) for item in found.entries]
    assert sun[0] and not sun[-1] and sun == sorted(sun, reverse=True)
    place = sun.index(False)
    before, after = (found.entries[k].value for k in (place - 1, place))
    assert before is not None and after is not None and after - before <= 200


def test_doubts_have_two_ends_each(live: Any) -> None:
    """A doubt with one end would be half a bar."""
    found = choices.sensitivity(Case(**{**SITE, "use": "gaudi3"}), live, quiet)
    names = [item.name for item in found.entries]
    assert names[::2] == names[1::2] and {"pv_usd_per_kwp", "pv_yield", "outage_hours"} <= set(names)
    by_name = dict(zip(names[::2], zip(found.entries[::2], found.entries[1::2], strict=True), strict=True))
    dark, bright = by_name["pv_yield"]
    assert dark.plan and bright.plan and dark.plan.cost_usd > bright.plan.cost_usd


@pytest.mark.parametrize(
    ("arguments", "kind", "count"),
    [
        (("explain",), "explain", 5),
        (("alternatives", "--within", "60"), "alternatives", 1),
        (("frontier", "cost", "days", "--points", "2"), "frontier", 2),
        (("tipping", "outage-hours", "--from", "3", "--to", "4"), "tipping", 2),
    ],
)
def test_the_commands_take_the_flags_of_power(command: Cli, arguments: Any, kind: str, count: int) -> None:
    """Before, each of them refused a case that says what feeds its site."""
    ran = command(*arguments, *FLAGS)
    assert ran.status == 0, ran.err
    outputs = json.loads(ran.out)["outputs"]
    assert outputs["kind"] == kind and len(outputs["entries"]) >= count and outputs["status"] == "plan"


def test_what_does_not_go_with_power_is_said(command: Cli) -> None:
    """A flag that would be read and not used is an error, not a silence."""
    for arguments in (("frontier", "days", "carbon"), ("frontier", "cost", "capital"), ("sensitivity", "--draws", "9")):
        ran = command(*arguments, *FLAGS)
        assert ran.status == 2 and ran.err.startswith("Error"), arguments


def test_a_diesel_price_needs_no_other_word_of_power(live: Any) -> None:
    """The price of diesel is one of what feeds a site: naming it is enough."""
    assert choices.is_of_feeding("diesel", Case(country="NG"))
    assert not choices.is_of_feeding("tariff", Case(country="NG"))
    case = choices.varied(Case(country="NG", max_mw=1), "diesel", Decimal("0.9"))
    assert case.feed is not None and case.feed.diesel_usd_per_litre == Decimal("0.9")


def test_the_hours_without_grid_end_where_they_ended() -> None:
    """Three hours of an outage that ended at 21 are 18 to 21; none is none."""
    case = Case(**SITE)
    three, none = (choices.varied(case, "outage_hours", Decimal(count)) for count in (3, 0))
    assert three.feed.outage == ("18-21",) and none.feed.outage == ()


def test_what_a_plan_is_fed_by_is_its_way() -> None:
    """Two plans with the same accelerator and other sources are two choices."""
    with_sun = choices.solved(Case(**SITE), live_catalogue())[1]
    without = choices.solved(Case(**{**SITE, "power": "grid;battery"}), live_catalogue())[1]
    assert isinstance(with_sun, PowerPlan) and isinstance(without, PowerPlan)
    assert choices.way_of(with_sun) != choices.way_of(without)
    assert "sun" in choices.way_of(with_sun) and "sun" not in choices.way_of(without)
