"""The same run in other months and years, a fleet that never pauses, and what feeds a site as charts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from optimizer.answers.form.charts import Bars, Layers
from optimizer.answers.form.document import Line
from optimizer.answers.power.answer import ways_document
from optimizer.answers.power.charts import week_chart
from optimizer.answers.power.choices import doubt_document
from optimizer.domain import Case
from optimizer.power.answer import power_answer
from optimizer.power.costs import flows
from optimizer.power.exact import charged_usd, exact_supply
from optimizer.power.plan import PowerPlan, power_plan, power_ready
from optimizer.power.scenarios import dark_years, months, work_share
from optimizer.power.search import Kept
from optimizer.power.site import ASSETS
from optimizer.power.ways import ways_to_feed

SITE: dict[str, Any] = {"country": "ZA", "max_mw": 1, "deadline_days": 180, "days_of_year": 2, "outage": "17-21"}


def quiet(text: str) -> None:
    """Nobody is told the steps."""


@pytest.mark.parametrize(
    "words",
    [
        {"power": "grid;battery"},
        {"outage": "6-8;17-21@JUN-AUG", "min_renewable": 1},
        {"power": "grid;battery", "supply_basis": "whole"},
        {"power": "grid;battery", "basis": "amortised", "no_throttle": True},
    ],
)
def test_a_fleet_that_never_pauses_is_planned(words: dict[str, Any], live: Any) -> None:
    """Rounding took it below what is in use at least, and the answer was 'undecided' where there is a plan."""
    found = power_plan(Case(**{**SITE, "days_of_year": 4, "no_pause": True, **words}), live)
    assert isinstance(found, PowerPlan)
    working = {hour.working for day in found.fed.dispatch.days for hour in day}
    assert working == {found.fed.dispatch.fleet_kw}


def test_a_fleet_that_never_pauses_has_a_bound_of_its_own(live: Any) -> None:
    """The largest that a contract and a battery keep at work: the bound in fractions is what the solver reaches."""
    ready = power_ready(Case(**{**SITE, "no_pause": True, "no_throttle": True, "power": "grid;battery"}), live)
    kept = Kept.of(ready.site, 2048)
    kept.find_room(100)
    (room,) = kept.rooms
    exact = exact_supply(ready.site, 2048).room(room.duals)
    assert float(exact.most(100)) == pytest.approx(float(room.most(np.array([100.0]))[0]), rel=1e-9)
    largest = float(exact.most(100))
    assert kept.feed(largest * 0.999, largest * 0.5, 0.0, 100) is not None
    assert kept.feed(largest * 100 / 99 * 1.001, largest * 0.5, 0.0, 100) is None


@pytest.mark.parametrize(("country", "strict", "patient"), [("MX", 177.2, 159), ("ZA", 111.7, 102)])
def test_what_a_little_patience_is_worth_at_100_per_cent(
    country: str, strict: float, patient: float, live: Any
) -> None:
    """A load that may leave 0.2 % of its work costs what the design of this chapter says; one that never stops more.

    Were sun, days, cost of capital or a price another, the patient load would not come out.
    """
    site = power_ready(Case(country=country, max_mw=5), live).site
    site = replace(site.always_on, basis="share", min_renewable=Fraction(1))
    never = Kept.of(replace(site, states=site.states[:1]), 1024).feed(1000.0, 1000.0, 0.0, 365)
    throttled = (site.states[0], (Fraction(4, 5), Fraction(9, 10)))
    kept = Kept.of(replace(site, states=throttled), 1024)
    leaves = kept.feed(1000.0, 998.0, 0.0, 365)
    assert never is not None and leaves is not None
    assert never.objective / 8760 == pytest.approx(strict, abs=0.06)
    columns = kept.supply.columns
    drawn = sum(
        float(day.weight) * float(power) * leaves.values[columns.at_work(state, place, hour)]
        for place, day in enumerate(kept.site.days)
        for state, (power, _) in enumerate(throttled)
        for hour in range(24)
    )
    assert leaves.objective / 365 / drawn * 1000 == pytest.approx(patient, abs=0.5)


def test_the_dearest_month_is_one_of_twelve(live: Any) -> None:
    """A short run in the dark months costs more than one in the bright ones, and each is proved by itself."""
    case = Case(**{**SITE, "deadline_days": 150, "days_of_year": 1, "power": "pv;battery", "outage": ""})
    found = months(case, live, quiet)
    plans = [item.plan for item in found.entries]
    assert len(plans) == 12 and all(plans)
    suns = [sum(day.weight * sum(day.pv) for day in plan.site.days) for plan in plans if plan]
    costs = [plan.cost_usd for plan in plans if plan]
    assert costs.index(max(costs)) == suns.index(min(suns))


def test_the_plan_of_the_hardest_year_holds_in_all_others(live: Any) -> None:
    """It costs no less than that of any other scenario, and does its whole work in each of them."""
    found = dark_years(Case(**SITE, use="gb300_nvl72"), live, quiet)
    assert [item.name for item in found.choices.entries] == ["mean_year", "dark_year", "longer_outages", "both"]
    robust = found.robust
    assert robust is not None
    for item in found.choices.entries:
        assert item.plan is not None
        assert item.plan.cost_usd <= robust.cost_usd + robust.gap_usd + item.plan.gap_usd, item.name
        assert work_share(robust, item.plan.site) >= 1 - 1e-6, item.name
    assert found.work_shares[0] >= 1 - 1e-6


def test_a_plan_without_room_does_less_in_a_dark_year(live: Any) -> None:
    """Sun and battery alone, sized for a mean year: in a dark one a part of the work is left. Were it 1, none would."""
    found = dark_years(Case(**{**SITE, "outage": "", "power": "pv;battery"}), live, quiet)
    mean, dark = found.work_shares
    assert mean >= 1 - 1e-6 and 0.8 < dark < 0.9999
    # a plan that holds in all of them is the cheapest that does: a dearer one must not be called so
    for shares, holds in ((found.work_shares, False), ((1.0, 1.0), True)):
        parts = doubt_document(replace(found, work_shares=shares)).sections
        told = " ".join(line.text for part in parts for line in part.blocks if isinstance(line, Line))
        assert ("finishes its work in all of them" in told) is holds
        assert ("cheapest plan that works in all of them" in told) is not holds


def test_a_week_of_it_adds_up(live: Any) -> None:
    """What is taken of all sources, less what charges the battery, is what the servers draw, in every hour."""
    answer = power_answer(Case(**SITE), live)
    assert answer.plan is not None
    chart = week_chart(answer.plan)
    assert isinstance(chart, Layers) and len(chart.table.rows) == len(chart.marks) == 2
    assert len(chart.line.values) == 2 * 24 and all(len(layer.values) == 2 * 24 for layer in chart.layers)
    charged = [float(hour.charged) for day in answer.plan.fed.dispatch.days for hour in day]
    days = sorted(range(2), key=lambda day: (answer.plan.site.days[day].months, day))
    charged = [charged[24 * day + hour] for day in days for hour in range(24)]
    for step, drawn in enumerate(chart.line.values):
        taken = sum(layer.values[step] for layer in chart.layers)
        assert taken - charged[step] == pytest.approx(drawn, abs=1e-6), step
    weights = [float(answer.plan.site.days[day].weight) for day in days]
    mean = sum(mark * weight for mark, weight in zip(chart.marks, weights, strict=True))
    assert mean == pytest.approx(float(flows(answer.plan.site, answer.plan.fed.dispatch).drawn), rel=1e-9)


def test_the_costing_bases_stand_beside_each_other(live: Any) -> None:
    """Both bases of the supply, both of the servers, and the cash in each row."""
    from optimizer.answers.power.answer import document

    told = document(power_answer(Case(**SITE), live))
    (bases,) = (part for part in told.sections if part.title == "Costing bases")
    table = bases.blocks[0]
    assert len(table.rows) == 3 and all(cell.startswith("$") for row in table.rows for cell in row[2:])
    assert any(isinstance(chart, Layers) for chart in told.charts)
    (assumed,) = (part for part in told.sections if part.title == "Assumed")
    assert not any("(" in line.text and "kind=" in line.text for line in assumed.blocks if isinstance(line, Line))


def test_the_ways_have_bars_of_their_price(live: Any) -> None:
    """A bar for every way with a plan, as long as what its megawatt-hour costs."""
    found = ways_to_feed(Case(**{**SITE, "days_of_year": 1}), live)
    (bars,) = (chart for chart in ways_document(found).charts if isinstance(chart, Bars))
    plans = [way.plan for way in found.ways if way.plan]
    assert [bar.value for bar in bars.bars] == [float(plan.supply_usd_per_mwh) for plan in plans]
    assert Fraction(0) < plans[0].supply_usd_per_mwh


def test_the_ways_have_rented_servers_beside_them(live: Any) -> None:
    """They run on their owner's supply; where they are cheaper, the ways alone would mislead."""
    words: dict[str, Any] = {"country": "ID", "max_mw": 1, "deadline_days": 300, "params_total_b": 8, "tokens_t": 1}
    found = ways_to_feed(Case(**words, days_of_year=1), live)
    assert found.rented is not None
    told = [str(block) for part in ways_document(found).sections for block in part.blocks]
    costs = [way.plan.cost_usd for way in found.ways if way.plan]
    (line,) = (text for text in told if "rented servers instead" in text)
    assert ("that is cheaper" in line) == (found.rented.cost_usd < min(costs))


def test_the_cash_is_the_cost_with_the_whole_price_of_the_supply(live: Any) -> None:
    """A budget sees the panels' price, not this run's share of their life: said on the card, and by hand here."""
    answer = power_answer(Case(**SITE), live)
    plan = answer.plan
    assert plan is not None
    site, sizes = plan.site, plan.fed.dispatch.capacities
    charged = sum(sizes[name] * charged_usd(site, name) * plan.days for name in ASSETS)
    assert plan.cash_usd == plan.cost_usd - charged + plan.supply_cash_usd
