"""How firm the figures of a plan are, what `--evidence` leaves, and the firmer plan beside the answer."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from commands import Cli

from optimizer import Infeasible, Plan
from optimizer.answers.words.reason_words import reason_words
from optimizer.case.grades import FIRMEST_FIRST, Grade, weakest
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.reasons import ReasonKind
from optimizer.insight.firmness import plan_grades
from optimizer.insight.full_answer import answer
from optimizer.solve.planner import plan, prepare


def test_an_option_bears_its_weakest_grade() -> None:
    """Listed, derived and an estimate together are an estimate. Wrong: the firmest, or the last."""
    grades = {"price": Grade.LISTED, "efficiency": Grade.DERIVED, "power": Grade.LISTED}
    assert weakest(grades) is Grade.DERIVED
    assert weakest({**grades, "power": Grade.ESTIMATE}) is Grade.ESTIMATE


def test_the_grades_of_known_options(live: Catalogue) -> None:
    """An H100 rented at an offer, measured in runs and rated by its maker is listed; bought, its price is derived; at
    the world's list price the rent is derived too, and from one list alone (GH200) an estimate; a Gaudi 3 has no
    measurement."""
    listed = plan(Case(country="BR", use="h100_sxm5_80", procurement="rent", deadline_days=300), live)
    bought = plan(Case(country="BR", use="h100_sxm5_80", procurement="buy", deadline_days=300), live)
    world = plan(Case(country="BR", use="h100_sxm5_80", procurement="rent", rent_premium=0, deadline_days=300), live)
    gaudi = plan(Case(country="BR", use="gaudi3", deadline_days=300), live)
    one_list = Case(country="BR", use="gh200", procurement="rent", rent_premium=0, assume_hire=True, deadline_days=300)
    alone = plan(one_list, live)
    assert isinstance(alone, Plan) and plan_grades(alone)["price"] is Grade.ESTIMATE
    assert isinstance(listed, Plan) and isinstance(bought, Plan) and isinstance(world, Plan) and isinstance(gaudi, Plan)
    assert set(plan_grades(listed).values()) == {Grade.LISTED}
    assert plan_grades(bought)["price"] is Grade.DERIVED and plan_grades(world)["price"] is Grade.DERIVED
    assert plan_grades(gaudi)["efficiency"] is Grade.ESTIMATE


@pytest.mark.parametrize("country", ["BR", "IN", "DE"])
def test_firmer_evidence_never_costs_less(live: Catalogue, country: str) -> None:
    """It leaves fewer options; and no plan rests on a figure weaker than allowed."""
    costs = []
    for grade in reversed(FIRMEST_FIRST):
        found = plan(Case(country=country, deadline_days=300, evidence=grade), live)
        if isinstance(found, Infeasible):
            break
        assert FIRMEST_FIRST.index(weakest(plan_grades(found))) <= FIRMEST_FIRST.index(grade)
        costs.append(found.cost_usd)
    assert len(costs) >= 2 and costs == sorted(costs)
    assert costs[0] == plan(Case(country=country, deadline_days=300), live).cost_usd


def test_what_is_left_out_has_its_reason(live: Catalogue) -> None:
    """In words: which figure is too weak."""
    table = prepare(Case(country="BR", evidence="derived"), live).table
    weak = [one for one in table.excluded if one.reason.kind is ReasonKind.WEAK_EVIDENCE]
    (gaudi,) = {one.reason for one in weak if one.accelerator == "gaudi3"}
    assert "efficiency" in gaudi.weak and "too weak" in reason_words(gaudi)
    assert not any(option.key.accelerator == "gaudi3" for option in table.options)


def test_the_firmer_plan_stands_beside_the_answer(live: Catalogue, command: Cli) -> None:
    """One grade firmer or more, never cheaper, and in JSON with its grade."""
    found = answer(Case(country="BR", deadline_days=300), live)
    assert isinstance(found.outcome, Plan) and found.firmness is not None
    firmer = found.firmness.firmer
    assert firmer is not None and firmer.cost_usd >= found.outcome.cost_usd
    assert FIRMEST_FIRST.index(weakest(plan_grades(firmer))) < FIRMEST_FIRST.index(found.firmness.grade)
    told = json.loads(command("plan", "--workload", "moe-10k", "--json", "-q").out)["outputs"]["evidence"]
    grades = [told[name] for name in ("price", "efficiency", "power", "law")]
    assert told["grade"] == max(grades, key=[str(grade) for grade in FIRMEST_FIRST].index)


def test_what_has_a_price_can_be_bought(live: Catalogue) -> None:
    """GB300 and MI350X had none and were never planned; their ranges hold the central price."""
    options = {option.key.accelerator for option in prepare(Case(country="BR"), live).table.options}
    for name in ("gb300_nvl72", "mi350x", "mi355x", "mi325x", "b300_sxm_288"):
        chip = live.accelerators[name]
        assert chip.unit_price_usd is not None and name in options
        assert Decimal(0) < (chip.unit_price_low_usd or 0) <= chip.unit_price_usd <= (chip.unit_price_high_usd or 0)


def test_runs_alone_are_listed_and_mixtures_derived(live: Catalogue) -> None:
    """A benchmark that is carried over is no run; nothing measured is an estimate, whatever the words beside it."""
    for row in live.efficiencies.values():
        assert bool(row.measured_in) == any(word in row.evidence_class for word in ("run", "benchmark"))
        if row.measured_in == ("runs",):
            assert row.evidence_class[:8] == "real run"
        elif "runs" in row.measured_in:
            assert "run" in row.evidence_class and "benchmark" in row.evidence_class
