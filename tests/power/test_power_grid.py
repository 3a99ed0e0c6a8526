"""A grid that never fails feeds a site as the planner without power words plans it, to the cent."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from fed import SITE, planned, ready
from share import least_of, share_of
from worlds import live_catalogue

from optimizer.answers.power.answer import _figures, _lessons
from optimizer.answers.power.charts import week_chart
from optimizer.case.cooling import cooling_of
from optimizer.domain import Case
from optimizer.errors import DataError, SolverError
from optimizer.plans.outcome import Plan
from optimizer.power.plan import NotFed, PowerPlan, power_plan
from optimizer.power.ways import ways_to_feed
from optimizer.solve.planner import plan
from optimizer.units import fraction


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
    assert perfect_grids(share_of(500)) > least_of(200)


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


def test_a_site_off_the_grid_has_no_hours_of_grid_and_no_tariff() -> None:
    """The week of a plan off the grid said "24 hours of grid" on every day, and its inputs had a tariff."""
    for words, hours in (({"off_grid": True}, "0"), ({"outage": "17-21"}, "20")):
        found = planned(**words)
        assert {row[3] for row in week_chart(found).table.rows} == {hours}
        names = {figure.name for figure in _figures(ready(**words), found)}
        assert ("electricity_usd_per_kwh" in names) is (hours != "0")


def test_pausing_is_dearer_only_where_something_that_is_built_costs_less() -> None:
    """Owned servers cost little to rest: with all of its price charged to a run of ten days, nothing is built, and the
    page still said that idle accelerators cost more."""
    owned = {"owned": "a100=512", "procurement": "own", "params_total_b": 7, "tokens_t": 1, "country": "ZA"}
    case = Case(**owned, outage="17-18", deadline_days=300, days_of_year=1)
    for basis in ("whole", "share"):
        found = ways_to_feed(case.changed(supply_basis=basis), live_catalogue())
        free, pause, lessons = found.way("free"), found.way("pause"), " ".join(_lessons(found))
        assert free is not None and free.plan is not None and pause is not None and pause.plan is not None
        pays = free.plan.cost_usd + free.plan.gap_usd < pause.plan.cost_usd
        assert pays is ("idle accelerators cost more than a supply that never stops" in lessons)
        assert pays is ("nothing that could be built to avoid them" not in lessons)
        assert pays is (basis == "share")
