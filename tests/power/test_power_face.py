"""From Python: a case that says what feeds its site is planned like any other, shown, compared and verified."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

import optimizer
from optimizer import Case, NotFed, Plan, PowerPlan, UsageError
from optimizer.catalogue import Catalogue
from optimizer.question import QuestionError

FED: dict[str, Any] = {"country": "ZA", "max_mw": "1", "deadline": "180d", "days_of_year": "2"}


@pytest.fixture(scope="module")
def plan(live: Catalogue) -> PowerPlan:
    """A plan with a sale."""
    found = optimizer.plan(catalogue=live, **FED, outage="17-21", export_price="0.04")
    assert isinstance(found, PowerPlan)
    return found


def test_a_fed_case_has_a_plan(plan: PowerPlan, live: Catalogue) -> None:
    """It was refused: "says what feeds the site". The plan is that of the command, with its table and its card."""
    row = plan.to_frame().iloc[0]
    assert row["pv_mw"] > 1 and row["sold_mwh"] > 0 and row["days"] == plan.days
    assert plan.to_dict()["accelerator"] == plan.item.key.accelerator
    many = list(optimizer.plan_many([Case(country="ZA", max_mw=1, deadline_days=180), plan.setting.asked], live))
    assert isinstance(many[0], Plan) and isinstance(many[1], PowerPlan)
    assert len(optimizer.frame(many)) == 2


def test_a_fed_case_without_a_plan_is_an_answer(live: Catalogue) -> None:
    """As ``Infeasible`` is for the others."""
    words = {"country": "NG", "outage": "10-14;18-24", "power": "grid", "use": "gaudi3", "days_of_year": 4}
    found = optimizer.plan(catalogue=live, max_mw=1, deadline="180d", **words)
    assert isinstance(found, NotFed) and found.to_dict()["status"] == "infeasible"


def test_a_fed_plan_is_verified(plan: PowerPlan) -> None:
    """Every hour and every term anew: a changed hour, a cheaper term or a server less is found."""
    assert optimizer.verify(plan) == []
    day = list(plan.fed.dispatch.days[0])
    day[18] = replace(day[18], discharged=Fraction(0))
    changed = replace(plan.fed.dispatch, days=(tuple(day), *plan.fed.dispatch.days[1:]))
    dark = replace(plan, fed=replace(plan.fed, dispatch=changed))
    cheap = replace(plan, cost_terms={**plan.cost_terms, "sold": 2 * plan.cost_terms["sold"]})
    fewer = replace(plan, item=replace(plan.item, servers=1))
    assert "balance" in {fault.what for fault in optimizer.verify(dark)}
    assert [fault.what for fault in optimizer.verify(cheap)] == ["sold"]
    assert optimizer.verify(fewer)


def test_a_question_on_power_is_answered_from_python(live: Catalogue) -> None:
    """As by the command; what a sentence cannot say is an error that points at it."""
    asked = optimizer.ask("cheapest plan in South Africa under 1 MW in 180 days, 2 hours of load shedding a day", live)
    assert isinstance(asked.outcome, PowerPlan) and asked.outcome.feed.outage == ("19-21",)
    assert "--outage 19-21" in asked.reading.command()
    with pytest.raises(QuestionError, match="profile by the hour"):
        optimizer.ask("cheapest plan in Chile under 1 MW with wind", live)


def test_a_solver_of_ones_own_is_refused_for_a_fed_case(live: Catalogue) -> None:
    """Rather than left out in silence."""
    with pytest.raises(UsageError, match="solver"):
        optimizer.plan(Case(country="ZA", off_grid=True), live, solver=lambda *_: None)
