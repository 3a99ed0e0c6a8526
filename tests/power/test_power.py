"""What feeds a site: the rows, the search, the proof in fractions, and what must be true of any plan."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from fed import SITE, planned, ready
from worlds import frozen_catalogue, live_catalogue

from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.domain.feed import Feed
from optimizer.errors import DataError, InputError, UsageError
from optimizer.power.arrays import WORK, supply_of
from optimizer.power.columns import Columns
from optimizer.power.costs import cash_usd, flows, terms_usd
from optimizer.power.dispatch import Dispatch
from optimizer.power.exact import exact_supply
from optimizer.power.plan import NotFed, PowerPlan, power_plan, power_ready, settled
from optimizer.power.search import Kept, search
from optimizer.power.site import ASSETS
from optimizer.power.verify import faults
from optimizer.power.ways import ways_to_feed
from optimizer.service.fields import POWER_FIELDS
from optimizer.solve.planner import prepare

ALL = {
    "outage": "17-21@JUN-AUG;6-8",
    "min_renewable": "0.3",
    "max_carbon_g_per_kwh": 500,
    "demand_charge_usd": 9,
    "carbon_usd_per_t": 20,
    "ppa_usd_per_kwh": "0.06",
    "no_pause": True,
    "max_carbon_t": 900,
    "max_energy_gwh": 5,
}
"""Words that bring every kind of row in."""


def test_the_fields_of_the_feed_are_those_of_the_case_and_have_flags() -> None:
    """A field that the case does not gather would be refused as unknown; one without a flag could not be said."""
    assert tuple(Feed.model_fields) == FEED_FIELDS
    assert tuple(field.name for field in POWER_FIELDS) == FEED_FIELDS


def test_a_case_gathers_its_feed_and_gives_it_back() -> None:
    """Flat words, the nested form of JSON and a changed copy are the same case; without words nothing is there."""
    case = Case(country="ZA", outage="17-21", min_renewable="0.8")
    assert case.feed == Feed(outage="17-21", min_renewable="0.8")
    assert Case(**case.given()).digest() == case.digest()
    assert case.changed(max_mw=2).feed == case.feed
    assert case.changed(outage="17-20").feed == Feed(outage="17-20", min_renewable="0.8")
    assert Case(country="ZA").feed is None and "feed" not in Case(country="ZA").given()
    assert Case(country="ZA", off_grid=False).digest() == Case(country="ZA").digest()


@pytest.mark.parametrize("words", [{}, ALL, {"off_grid": True, "no_throttle": True, "restart_hours": 0}])
def test_the_arrays_are_the_rows_in_fractions(words: dict[str, Any]) -> None:
    """Two statements, each by hand: a slip in one of them shows as an entry that differs."""
    site = ready(**words).site
    floats, exact = supply_of(site, 512), exact_supply(site, 512)
    stated = {(row, column): value for row, terms in enumerate(exact.rows) for column, value in terms}
    filled = zip(floats.rows.row.tolist(), floats.rows.column.tolist(), floats.rows.value.tolist(), strict=True)
    assert {(row, column): value for row, column, value in filled} == pytest.approx(
        {place: float(value) for place, value in stated.items()}
    )
    assert floats.rows.count == len(exact.rows)
    assert (WORK, floats.rows.carbon, floats.rows.energy) == (exact.work_row, exact.carbon_row, exact.energy_row)
    assert floats.upper == pytest.approx([float(value) for value in exact.upper])
    for days in (1, 90):
        assert floats.cost(days, 0.0) == pytest.approx([float(value) for value in exact.cost(days)])


def test_the_named_terms_add_up_and_the_plan_is_verified() -> None:
    """A cost that is not in a term, or an hour that cannot be carried out, would be a wrong answer."""
    found = planned(outage="17-21", demand_charge_usd=10, carbon_usd_per_t=30)
    assert sum(found.cost_terms.values()) == found.cost_usd == found.fed.cost_usd
    assert {"solar", "battery", "grid_energy", "demand_charge", "carbon_price"} <= set(found.cost_terms)
    assert "energy" not in found.cost_terms
    assert found.floor.usd is not None and found.floor.usd <= found.cost_usd
    assert found.gap_usd / found.cost_usd < Fraction(1, 10_000)


def test_relations() -> None:
    """What gives more room never costs more: an hour of outage less, a lower share, cheaper assets, more days."""
    base = planned(outage="17-21", min_renewable="0.97")
    easier: list[dict[str, Any]] = [
        {"outage": "17-20"},
        {"min_renewable": "0.9"},
        {"pv_usd_per_kwp": 500},
        {"battery_usd_per_kwh": 80},
        {"deadline_days": 190},
        {"restart_hours": "0.2"},
        {"max_mw": 2},
        {"diesel_usd_per_litre": "0.5"},
    ]
    for words in easier:
        other = planned(**{"outage": "17-21", "min_renewable": "0.97", **words})
        assert other.floor.usd is not None and other.floor.usd <= base.cost_usd, words
    for words in ({"pv_max_mw": "0.5"}, {"battery_max_mwh": 1}, {"land_ha": 1}, {"power": "grid;genset"}):
        harder = power_plan(Case(**{**SITE, "outage": "17-21", **words}), live_catalogue())
        easy = planned(outage="17-21")
        assert isinstance(harder, PowerPlan) and easy.floor.usd is not None
        assert harder.cost_usd >= easy.floor.usd, words


def test_permuting_the_days_changes_nothing() -> None:
    """The state of charge at midnight is one for all days, so their order is of no account."""
    case = ready(outage="17-21")
    turned = replace(case.site, days=case.site.days[::-1])
    first, second = settled(case, case.site, "first"), settled(case, turned, "turned")
    assert isinstance(first, PowerPlan) and isinstance(second, PowerPlan)
    assert first.floor.usd is not None
    assert abs(float(first.cost_usd - second.cost_usd)) <= float(first.gap_usd + second.gap_usd) + 1e-3


def test_doubling_load_and_limits_doubles_the_supply() -> None:
    """The rows are homogeneous: nothing in them has a size of its own."""
    site = ready(outage="17-21", pv_max_mw=1).site
    double = replace(
        site,
        assets={
            name: replace(asset, most=None if asset.most is None else 2 * asset.most)
            for name, asset in site.assets.items()
        },
    )
    one = Kept.of(site, 512).feed(400.0, 380.0, 2.0, 100)
    two = Kept.of(double, 1024).feed(800.0, 760.0, 2.0, 100)
    assert one is not None and two is not None
    assert two.objective == pytest.approx(2 * one.objective, rel=1e-9)


def test_a_line_of_one_fleet_holds_for_every_other() -> None:
    """Prices of one run bound all others, on both bases and for any days: that is what makes the search exact."""
    chance = np.random.default_rng(5)
    for basis in ("share", "whole"):
        site = ready(outage="17-21", supply_basis=basis, min_renewable="0.4", max_carbon_t=300).site
        kept = Kept.of(site, 1024)
        found = kept.feed(500.0, 420.0, 3.0, 120)
        assert found is not None
        from optimizer.power.bounds import line_of

        line = line_of(kept.supply, 120, found.duals)
        exact = exact_supply(site, 1024).line(120, line.duals)
        for _ in range(12):
            fleet, rate, days = chance.uniform(300, 900), chance.uniform(0, 9), int(chance.integers(40, 300))
            work = fleet * chance.uniform(0.5, 0.95)
            other = kept.feed(fleet, work, rate, days)
            if other is None:
                continue
            here = [np.array([value]) for value in (fleet, work, rate, float(days))]
            floor = float(line.floor(site.basis, here[0], here[1], here[2], here[3])[0])
            assert floor <= other.objective * (1 + 1e-9)
            proved = exact.floor(site.basis, Fraction(fleet), Fraction(work), Fraction(rate), days)
            assert float(proved) == pytest.approx(floor, rel=1e-6)


@pytest.mark.parametrize(
    ("broken", "change"),
    [
        ("midnight", lambda d: replace(d, midnight_kwh=d.midnight_kwh + 1)),
        ("balance", lambda d: _hour(d, imported=Fraction(0), generated=Fraction(0), discharged=Fraction(0))),
        ("store", lambda d: _hour(d, stored=Fraction(-1))),
        ("converter", lambda d: replace(d, capacities={**d.capacities, "converter": d.capacities["converter"] - 1})),
        ("grid", lambda d: replace(d, capacities={**d.capacities, "grid": Fraction(0)})),
        ("fleet in use", lambda d: replace(d, fleet_kw=d.fleet_kw / 2)),
        ("work", lambda d: _hour(d, at_work=tuple(Fraction(0) for _ in d.days[0][0].at_work))),
        ("most genset", lambda d: replace(d, capacities={**d.capacities, "genset": Fraction(-1)})),
    ],
)
def test_the_verifier_finds_every_broken_rule(broken: str, change: Any) -> None:
    """A plan that breaks a rule by a hair is refused; the verifier names the rule."""
    found = planned(outage="17-21", min_renewable="0.5")
    work = found.fed.dispatch
    exact = power_ready(found.setting.asked, live_catalogue())
    _, fleets = exact.fleets(found.site)
    place, days = found.fed.choice.option, found.days
    asked = (fleets.fleet_kw(place, found.item.servers), fleets.work_kw(place, days), days)
    assert faults(found.site, work, *asked) == []
    assert broken in faults(found.site, change(work), *asked)


def _hour(found: Dispatch, **change: Any) -> Dispatch:
    """The dispatch with one evening hour of the first day changed."""
    day = list(found.days[0])
    day[18] = replace(day[18], **change)
    return replace(found, days=(tuple(day), *found.days[1:]))


def test_pausing_is_proved_impossible_where_it_is() -> None:
    """Ten hours a day without grid in Nigeria: no fleet on 1 MW does the work; HiGHS alone is not believed."""
    words: dict[str, Any] = {"outage": "10-14;18-24", "power": "grid", "days_of_year": 4, "use": "gaudi3"}
    case = Case(country="NG", max_mw=1, deadline_days=180, **words)
    found = power_plan(case, live_catalogue())
    assert isinstance(found, NotFed) and found.floor.usd is None and found.least_usd is None
    assert found.floor.rows > 100


def test_a_budget_below_the_least_cost_is_proved_too_small() -> None:
    """And the plan of that least cost is within its own budget, to the cent above."""
    best = planned(outage="17-21")
    assert best.floor.usd is not None
    found = power_plan(
        Case(**{**SITE, "outage": "17-21", "budget_usd": str(int(best.floor.usd) - 1)}), live_catalogue()
    )
    assert isinstance(found, NotFed) and found.least_usd == best.cost_usd
    planned(outage="17-21", budget_usd=str(int(best.cost_usd) + 1))


@pytest.mark.parametrize(
    "words",
    [{"objective": "days"}, {"mix": 2}, {"basis": "rental"}, {"procurement": "rent"}, {"tariff": "no-such"}],
)
def test_what_does_not_go_with_power_words_is_refused(words: dict[str, Any]) -> None:
    """Rather than left out: a plan that ignores a word answers another question."""
    with pytest.raises(DataError):
        power_plan(Case(**{**SITE, "outage": "17-21", **words}), live_catalogue())


@pytest.mark.parametrize(
    "words",
    [
        {"off_grid": True, "outage": "17-21"},
        {"off_grid": True, "power": "grid"},
        {"power": "wind"},
        {"power": "ppa"},
        {"power": "coal"},
        {"outage": "17-21", "power": "pv;battery"},
        {"min_renewable": "1.2"},
    ],
)
def test_words_that_contradict_one_another_are_refused(words: dict[str, Any]) -> None:
    """At once, with a message, before anything is searched."""
    with pytest.raises(InputError, match=r"off_grid|power|wind|ppa|grid|outage|less than"):
        Case(country="ZA", **words)


def test_no_other_question_leaves_power_words_out() -> None:
    """Whatever asks the planner without taking them up is told so."""
    with pytest.raises(UsageError, match="does not plan the supply of a site"):
        prepare(Case(**SITE, outage="17-21"), live_catalogue())


def test_a_country_without_power_tables_says_so() -> None:
    """A data folder of one's own need not have them: then power words are an error, and nothing else changes."""
    with pytest.raises(DataError, match=r"cannot be read|lacks|no sun"):
        power_plan(Case(**{**SITE, "outage": "17-21", "country": "BR"}), frozen_catalogue())


def test_the_ways_are_in_order() -> None:
    """Free choice is at most what any way costs; a perfect grid alone is today's answer."""
    found = ways_to_feed(Case(**SITE, outage="17-21"), live_catalogue())
    plans = {way.name: way.plan for way in found.ways}
    free = plans["free"]
    assert free is not None and free.floor.usd is not None
    for name in ("pause", "genset", "off_grid", "off_grid_no_fuel", "renewable_80", "renewable_95", "renewable_100"):
        assert plans[name] is not None and plans[name].cost_usd >= free.floor.usd, name
    shares = [plans[name] for name in ("renewable_80", "renewable_95", "renewable_100")]
    costs = [plan.cost_usd for plan in shares if plan]
    assert costs[0] <= costs[1] + 20 and costs[1] <= costs[2] + 20
    full = plans["renewable_100"]
    assert full is not None and flows(full.site, full.fed.dispatch).imported == 0


def test_capital_by_the_day_and_whole_are_both_told() -> None:
    """On the share basis a run pays days over the life with interest; on the other the price itself."""
    found = planned(off_grid=True)
    site, dispatch = found.site, found.fed.dispatch
    whole = replace(site, basis="whole")
    share = terms_usd(site, dispatch, found.days)
    full = terms_usd(whole, dispatch, found.days)
    upkeep = site.assets["pv"].om_usd_per_year / 365 * found.days * dispatch.capacities["pv"]
    assert full["solar"] == dispatch.capacities["pv"] * site.assets["pv"].capital_usd + upkeep
    rate, years = site.cost_of_capital, 25
    recovery = rate / (1 - (1 + rate) ** -years)
    by_hand = dispatch.capacities["pv"] * site.assets["pv"].capital_usd * recovery * found.days / 365 + upkeep
    assert float(share["solar"]) == pytest.approx(float(by_hand), rel=1e-12)
    assert cash_usd(site, dispatch) == cash_usd(whole, dispatch)


def test_a_second_case_at_the_same_site_uses_the_first() -> None:
    """The rows and lines of a site are kept; the plans are those of a fresh search."""
    catalogue = live_catalogue().without_cache()
    words = {**SITE, "off_grid": True}
    power_plan(Case(**words), catalogue)
    again = power_plan(Case(**{**words, "deadline_days": 150}), catalogue)
    alone = power_plan(Case(**{**words, "deadline_days": 150}), live_catalogue().without_cache())
    assert isinstance(again, PowerPlan) and isinstance(alone, PowerPlan)
    assert abs(float(again.cost_usd - alone.cost_usd)) < float(alone.gap_usd) + 1
    assert (again.days, again.item.servers) == (alone.days, alone.item.servers)


def test_columns_have_one_place_each() -> None:
    """Two columns in one place would be one decision."""
    columns = Columns(3, 2)
    places = [columns.capacity(name) for name in ASSETS]
    places += [columns.flow(name, d, h) for name in ("imp", "soc", "start") for d in range(3) for h in range(24)]
    places += [columns.at_work(j, d, h) for j in range(2) for d in range(3) for h in range(24)]
    assert len(set(places)) == len(places) and max(places) == columns.count - 1 == len(columns.names()) - 1


def test_the_search_alone_finds_what_is_proved() -> None:
    """The floor of the search in floats and that of the proof in fractions are one."""
    case = ready(outage="17-21")
    floats, _ = case.fleets(case.site)
    found = search(Kept.of(case.site, 256), floats)
    plan_ = settled(case, case.site, "fresh")
    assert isinstance(plan_, PowerPlan) and plan_.floor.usd is not None
    assert found.cost_usd == pytest.approx(float(plan_.floor.usd), rel=1e-7)


def test_flags_read_as_a_case() -> None:
    """From the command line: words of power go the same way as all others, and what is wrong names its flag."""
    from optimizer.service.case_text import read_case

    case = read_case({"country": "ZA", "outage": "17-21", "max_mw": "1"}, live_catalogue(), "2026-11-22")
    assert case.feed is not None and case.feed.outage == ("17-21",)
    with pytest.raises(InputError) as error:
        read_case({"country": "ZA", "min_renewable": "7"}, live_catalogue(), "2026-11-22")
    assert error.value.problems[0].column == "min_renewable"
