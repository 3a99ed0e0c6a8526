"""What feeds a site: the rows, the search, the proof in fractions, and what must be true of any plan."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from worlds import frozen_catalogue, live_catalogue

from optimizer.case.cooling import cooling_of
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.domain.feed import Feed, hours_between, read_outage
from optimizer.errors import DataError, InputError, SolverError
from optimizer.plans.outcome import Plan
from optimizer.power.arrays import WORK, supply_of
from optimizer.power.columns import Columns
from optimizer.power.costs import cash_usd, flows, terms_usd
from optimizer.power.days import clustered, reduced
from optimizer.power.dispatch import Dispatch
from optimizer.power.exact import exact_supply
from optimizer.power.plan import NotFed, PowerPlan, Ready, power_plan, power_ready, settled
from optimizer.power.search import Kept, search
from optimizer.power.site import ASSETS, PowerSite
from optimizer.power.verify import faults
from optimizer.power.ways import ways_to_feed
from optimizer.service.fields import POWER_FIELDS
from optimizer.solve.planner import plan, prepare
from optimizer.units import fraction

SITE: dict[str, Any] = {"country": "ZA", "max_mw": 1, "deadline_days": 180, "days_of_year": 4}
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


def planned(**words: Any) -> PowerPlan:
    """The plan of a case in South Africa, which must have one."""
    found = power_plan(Case(**{**SITE, **words}), live_catalogue())
    assert isinstance(found, PowerPlan)
    return found


def ready(**words: Any) -> Ready:
    """A case in South Africa made whole."""
    return power_ready(Case(**{**SITE, **words}), live_catalogue())


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


@pytest.mark.parametrize(
    ("text", "hours", "months"),
    [
        ("17-21", (17, 18, 19, 20), tuple(range(1, 13))),
        ("22-2", (22, 23, 0, 1), tuple(range(1, 13))),
        ("17-21@JUN-AUG", (17, 18, 19, 20), (6, 7, 8)),
        ("0-24@nov-feb", tuple(range(24)), (11, 12, 1, 2)),
        ("17:00-21:00@July", (17, 18, 19, 20), (7,)),
    ],
)
def test_outages_are_read(text: str, hours: tuple[int, ...], months: tuple[int, ...]) -> None:
    """Round midnight and round the new year; an hour too many would be paid for."""
    assert read_outage(text) == (hours, months)


@pytest.mark.parametrize("text", ["", "17", "25-26", "17-17", "17-21@XXX", "17-21-23", "a-b"])
def test_what_is_no_outage_is_refused(text: str) -> None:
    """A typing slip must not become a grid that is always there."""
    with pytest.raises(ValueError, match="must be hours of the day"):
        read_outage(text)


def test_hours_between_are_never_none() -> None:
    """From 21 to 17 are twenty hours, not minus four."""
    assert len(hours_between(21, 17)) == 20


def test_the_days_keep_the_yield_of_the_year() -> None:
    """A cluster is the weighted mean of its days: otherwise the sun of a plan is not that of its country."""
    for count in (1, 4, 12, 36):
        site = ready(outage="17-21@JUN-AUG", days_of_year=count).site
        assert sum(day.weight for day in site.days) == 1
        sun = float(sum(day.weight * sum(day.pv) for day in site.days))
        assert sun == pytest.approx(5.0036, rel=2e-3)


def test_days_that_differ_in_their_grid_are_never_one() -> None:
    """An outage of three months lasts a quarter of the year, whatever the clusters."""
    site = ready(outage="17-21@JUN-AUG").site
    assert float(site.outage_hours_a_day) == pytest.approx(4 * 92 / 365.25, abs=1e-3)
    assert {day.up.count(False) for day in site.days} == {0, 4}


def test_the_clusters_are_scipys() -> None:
    """Another library with the same method cuts the same clusters; another merging would be another year."""
    hierarchy = pytest.importorskip("scipy.cluster.hierarchy", reason="scipy is not installed")
    points = np.random.default_rng(1).normal(size=(60, 5)).round(6)
    for count in (1, 6, 59):
        labels = hierarchy.fcluster(hierarchy.linkage(points, "ward"), count, "maxclust")
        assert clustered(points, count) == sorted(np.flatnonzero(labels == label).tolist() for label in set(labels))


def test_of_days_equally_near_their_values_decide_and_not_their_order() -> None:
    """Days on a grid of whole steps: nearly every merge is a tie, and no plan may follow the file's order."""
    chance = np.random.default_rng(2)
    points = chance.integers(0, 3, size=(80, 3)) / 4
    found = [sorted(map(tuple, points[group])) for group in clustered(points, 7)]
    for _ in range(5):
        mixed = chance.permutation(points)
        assert sorted([sorted(map(tuple, mixed[group])) for group in clustered(mixed, 7)]) == sorted(found)


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


def test_a_perfect_grid_alone_gives_todays_plan_to_the_cent() -> None:
    """Servers, days and cost are those of the planner without power words, on both bases."""
    found = [
        _perfect_grid(country, basis, 1, 180) for basis in ("upfront", "amortised") for country in ("ZA", "BR", "IN")
    ]
    assert sum(found) >= 3


def _perfect_grid(country: str, basis: str, max_mw: Any, deadline: int, catalogue: Any = None, **words: Any) -> bool:
    catalogue = catalogue or live_catalogue()
    case = Case(
        country=country,
        basis=basis,
        max_mw=max_mw,
        deadline_days=deadline,
        procurement="buy;own",
        power="grid",
        no_throttle=True,
        **words,
    )
    mine, todays = power_plan(case, catalogue), plan(case.changed(feed=None), catalogue)
    if not isinstance(todays, Plan):
        assert isinstance(mine, NotFed) or mine.peak_kw > Fraction(str(max_mw)) * 1000
        return False
    assert isinstance(mine, PowerPlan)
    if mine.peak_kw > Fraction(str(max_mw)) * 1000:  # more servers than the grid carries at once: some rest in turn
        assert mine.floor.usd is not None and mine.floor.usd <= todays.cost_usd
        return False
    assert round(mine.cost_usd, 2) == round(todays.cost_usd, 2)
    assert (mine.days, mine.item.servers, mine.item.key) == (todays.days, todays.servers, todays.items[0].key)
    assert mine.peak_kw == todays.peak_kw
    # the contract is what the servers in use draw at their peak, in whole kW
    drawn = mine.fed.dispatch.fleet_kw * mine.peak_kw / (mine.item.servers * mine.item_kw)
    assert 0 <= mine.fed.dispatch.capacities["grid"] - drawn < 1
    return True


def test_the_grid_of_a_perfect_site_is_that_of_the_planner_whatever_the_cooling_and_the_hottest_hours() -> None:
    """A GB300 rack: 155 kW for the grid, 142 for energy; --peak-pue for the grid alone. At one ratio for all servers
    the fed plan would take the same servers for smaller, and fill a contract that the planner finds too small."""
    for words in ({}, {"peak_pue": "1.9"}, {"peak_pue": "1.9", "use": "gb300_nvl72"}, {"use": "h200_141;gb300_nvl72"}):
        assert _perfect_grid("IN", "upfront", 2, 180, **words)
    rack, hot = _fed_by_grid(use="gb300_nvl72"), _fed_by_grid(use="gb300_nvl72", peak_pue="1.9")
    chip, setting = live_catalogue().accelerators["gb300_nvl72"], rack.setting
    network = setting.exact("network_power_kw_per_device") * fraction(chip.server_devices or 0)
    rated, electrical = (fraction(kw or 0) + network for kw in (chip.server_peak_kw, chip.server_electrical_kw))
    cooling = cooling_of(setting, "gb300_nvl72")
    assert cooling is not None
    liquid = fraction(cooling.pue)
    assert electrical > rated and rack.site.peak_ratio == electrical / rated / setting.exact("mean_power_ratio")
    assert hot.site.peak_ratio / rack.site.peak_ratio == Fraction("1.9") / liquid
    assert hot.energy_kwh == rack.energy_kwh
    assert hot.fed.dispatch.capacities["grid"] > rack.fed.dispatch.capacities["grid"]


def _fed_by_grid(**words: Any) -> PowerPlan:
    case = Case(country="IN", max_mw=3, deadline_days=180, power="grid", no_throttle=True, **words)
    found = power_plan(case, live_catalogue())
    assert isinstance(found, PowerPlan)
    return found


def test_the_two_sides_must_agree_on_the_peak_of_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong peak on the exact side alone would size a genset too small in search and proof alike: no answer then."""
    from optimizer.power.fleets import ExactFleets

    honest = ExactFleets.peak_ratio
    monkeypatch.setattr(ExactFleets, "peak_ratio", lambda self, place: honest(self, place) * Fraction(142, 155))
    with pytest.raises(SolverError, match="peak"):
        power_plan(Case(**SITE, power="grid;genset", outage="17-21"), live_catalogue().without_cache())


@pytest.mark.campaign
def test_a_perfect_grid_alone_gives_todays_plan_on_500_cases() -> None:
    """The same over random countries, grid limits, deadlines, bases, cooling and hottest hours."""
    assert perfect_grids(500) > 200


def perfect_grids(count: int) -> int:
    """How many of so many random cases have a plan that both sides can give; they are the same to the cent."""
    chance, catalogue = random.Random(13), live_catalogue()
    countries = sorted(catalogue.countries)
    plans = 0
    for _ in range(count):
        basis, deadline = chance.choice(("upfront", "amortised")), chance.randint(30, 365)
        max_mw = Fraction(chance.randint(2, 60), 10)
        country = chance.choice(countries)
        words: dict[str, Any] = {}
        if chance.random() < 0.5:
            words["use"] = chance.choice(("gb300_nvl72", "gb200_nvl72", "h100_sxm5_80;gb300_nvl72"))
        if chance.random() < 0.5:
            words["peak_pue"] = str(chance.randint(105, 220) / 100)
        try:
            plans += _perfect_grid(country, basis, str(float(max_mw)), deadline, catalogue, **words)
        except DataError:
            continue
    return plans


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
    with pytest.raises(ValueError, match=r"off_grid|power|wind|ppa|grid|outage|less than"):
        Case(country="ZA", **words)


def test_no_other_question_leaves_power_words_out() -> None:
    """Whatever asks the planner without taking them up is told so."""
    with pytest.raises(DataError, match="feeds the site"):
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


def test_random_outages_cost_work() -> None:
    """200 hours a year and 50 restarts of half an hour leave 97.43 % of the work."""
    site: PowerSite = ready(random_outages="200,50").site
    assert float(site.availability) == pytest.approx(1 - (200 + 50 * 0.5) / 8760, abs=1e-9)


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


def test_reduced_days_of_a_whole_year_are_themselves() -> None:
    """As many days as there are: nothing is merged."""
    site = ready(days_of_year=36).site
    assert len(site.days) == 36 == len(reduced(site.days, 36))


def _own_year(tmp_path: Any, header: str, row: Any) -> str:
    path = tmp_path / "year.csv"
    path.write_text("\n".join([header, *(row(hour) for hour in range(8760))]) + "\n", encoding="utf-8")
    return str(path)


def test_a_year_of_ones_own_takes_the_place_of_the_data(tmp_path: Any) -> None:
    """Sun, price and grid of the file are those of the plan, and no day is lost on the way."""

    def row(hour: int) -> str:
        day, clock = divmod(hour, 24)
        sun = 0.5 if 8 <= clock < 16 else 0
        return f"{sun},{0.2 if day < 100 else 0.1},{int(clock not in (17, 18))}"

    site = ready(hours_file=_own_year(tmp_path, "pv,price_usd_per_kwh,grid", row)).site
    assert float(sum(day.weight * sum(day.pv) for day in site.days)) == pytest.approx(4.0, rel=1e-9)
    assert site.outage_hours_a_day == 2
    dear = sum(day.weight for day in site.days if day.price_usd_per_kwh[0] == Fraction(1, 5))
    assert float(dear) == pytest.approx(100 / 365, abs=1e-5)
    found = planned(hours_file=_own_year(tmp_path, "pv,price_usd_per_kwh,grid", row))
    assert found.cost_usd > 0


def test_a_year_whose_days_all_differ_is_clustered_into_real_days(tmp_path: Any) -> None:
    """Outages that no two days share: as many days as asked for, each one of the year, and their weights add up."""
    chance = random.Random(3)
    up = [int(chance.random() > 0.1) for _ in range(8760)]
    site = ready(hours_file=_own_year(tmp_path, "hour,grid", lambda hour: f"{hour},{up[hour]}"), days_of_year=8).site
    assert len(site.days) == 8 and sum(day.weight for day in site.days) == 1
    real = {tuple(map(bool, up[24 * day : 24 * day + 24])) for day in range(365)}
    assert all(day.up in real for day in site.days)


@pytest.mark.parametrize(
    ("header", "row", "rule"),
    [
        ("sun", lambda hour: "0", "no column"),
        ("pv", lambda hour: "2", "from 0 to 1"),
        ("grid", lambda hour: "0.5", "0 or 1"),
        ("pv", lambda hour: "x", "number"),
    ],
)
def test_a_wrong_year_is_refused_with_its_place(tmp_path: Any, header: str, row: Any, rule: str) -> None:
    """Not read as far as it goes: a plan on half a year would be a plan on another site."""
    with pytest.raises(DataError, match=rule):
        ready(hours_file=_own_year(tmp_path, header, row))


def test_half_a_year_is_refused(tmp_path: Any) -> None:
    """8,760 rows, no fewer."""
    path = tmp_path / "half.csv"
    path.write_text("pv\n" + "0\n" * 4380, encoding="utf-8")
    with pytest.raises(DataError, match="4,380 rows"):
        ready(hours_file=str(path))
