"""A case with a confidence: the cheapest plan that meets every limit in that share of the draws, in every command."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from commands import Cli
from worlds import LIVE

from optimizer import Case, Plan
from optimizer.answers.plan.planned_row import row_of
from optimizer.catalogue import Catalogue
from optimizer.domain.reasons import Cause
from optimizer.errors import DataError
from optimizer.insight.limits.concessions import Concession, relax
from optimizer.plans.outcome import Infeasible
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.uncertainty.confident import confident_answer, solve_case
from optimizer.uncertainty.odds import odds_of
from optimizer.uncertainty.outlook import outlook_of

pytestmark = pytest.mark.usefixtures("few_draws")
DRAWS = 60
SURE = {"country": "MX", "max_mw": "2", "deadline_days": 240, "use": ("gaudi3", "gb200_nvl72")}
"""The cheapest plan at central values is not sure enough, and another is."""
UNSURE = {"country": "BR", "max_mw": "1", "deadline_days": 150, "use": ("gb200_nvl72",), "procurement": ("rent",)}
"""No number of servers is sure enough."""


def test_the_plan_is_as_sure_as_is_asked(live: Catalogue) -> None:
    """It meets every limit in 54 of 60 draws at least, costs more than the plan at central values, which does not,
    and is the plan that the line of the answer without --confidence names."""
    plain_ready, ready = prepare(Case(**SURE), live), prepare(Case(**SURE, confidence="0.9"), live)
    plain, sure = solve_prepared(plain_ready), solve_case(ready)
    assert isinstance(plain, Plan) and isinstance(sure, Plan)
    odds, before = odds_of(sure, ready), odds_of(plain, plain_ready)
    assert odds is not None and before is not None
    assert odds.met >= 54 > before.met
    assert sure.cost_usd > plain.cost_usd
    named = outlook_of(plain, plain_ready).surer
    assert named is not None and (named.drawn.option.key, named.servers) == (sure.items[0].key, sure.servers)
    assert (named.cost_usd, named.met) == (sure.cost_usd, odds.met)


def test_less_confidence_never_costs_more(live: Catalogue) -> None:
    """Whatever is sure enough for 0.9 is so for 0.5; and a plan that is sure by itself stays the plan."""
    costs = []
    for share in ("0.9", "0.5", "0.05"):
        found = solve_case(prepare(Case(**SURE, confidence=share), live))
        assert isinstance(found, Plan)
        costs.append(found.cost_usd)
    assert costs == sorted(costs, reverse=True)
    plain = solve_prepared(prepare(Case(**SURE), live))
    assert isinstance(plain, Plan) and costs[-1] == plain.cost_usd


def test_that_none_is_sure_enough_is_proven_and_said(live: Catalogue) -> None:
    """The cause is the confidence, not the limits: there is a plan without it, and the one that holds most is named."""
    assert isinstance(solve_case(prepare(Case(**UNSURE), live)), Plan)
    answer = confident_answer(Case(**UNSURE, confidence="0.9"), live)
    outcome = answer.answer.outcome
    assert isinstance(outcome, Infeasible) and outcome.cause is Cause.CONFIDENCE
    assert answer.robust.most is not None and answer.robust.most.met.share < 0.9


def test_a_case_without_any_plan_says_so(live: Catalogue) -> None:
    """The limits are the cause where no plan meets them at central values either."""
    outcome = solve_case(prepare(Case(country="BR", max_mw="0.01", deadline_days=5, confidence="0.9"), live))
    assert isinstance(outcome, Infeasible) and outcome.cause is Cause.LIMITS


def test_a_mix_and_other_objectives_are_refused_together(live: Catalogue) -> None:
    """Both reasons at once, each with its remedy; a silent plan at central values would be taken for a sure one."""
    with pytest.raises(DataError, match="leave --mix out") as raised:
        solve_case(prepare(Case(**SURE, confidence="0.9", mix=2, objective="days"), live))
    assert len(raised.value.problems) == 2


@pytest.mark.parametrize("command_name", ["explain", "alternatives", "options", "largest", "frontier"])
def test_what_knows_no_draws_refuses_a_confidence(command: Cli, command_name: str) -> None:
    """These plan at central values: with --confidence they would answer another question than is asked."""
    axes = ("peak_power", "cost") if command_name == "frontier" else ()
    ran = command(command_name, *axes, "--max-mw", "0.6", "--deadline", "90d", "--confidence", "0.9")
    assert ran.status != 0 and "confidence" in ran.err and "Traceback" not in ran.err


@pytest.mark.usefixtures("inline")
def test_batch_and_plan_have_the_same_row(command: Cli, tmp_path: Path) -> None:
    """A column of the cases file and a flag are the same question: same row, and the share that was asked is in it."""
    cases = tmp_path / "cases.csv"
    cases.write_text("case_id,country,max_mw,deadline_days,use,confidence\n1,MX,2,240,gaudi3;gb200_nvl72,0.9\n")
    batch = command("batch", str(cases), "-q", "--workers", "1", "--data", str(LIVE))
    flags = ("--country", "MX", "--max-mw", "2", "--deadline", "240", "--use", "gaudi3;gb200_nvl72")
    asked = ("plan", *flags, "--confidence", "90%", "-q", "--data", str(LIVE))
    (one,) = csv.DictReader(io.StringIO(batch.out))
    (two,) = csv.DictReader(io.StringIO(command(*asked, "--csv").out))
    assert float(one["confidence"]) == float(two["confidence"]) == 0.9 <= float(one["met_share"])
    shared = set(one) - {"confidence", "met_share", "expected_cost_usd"} - {n for n in one if n.startswith("cost_p")}
    assert {name: one[name] for name in shared} == {name: two[name] for name in shared}
    told = json.loads(command(*asked, "--json").out)
    assert told["settled"]["confidence"] == "0.9" and told["outputs"]["odds"]["share"] >= 0.9
    assert "meets every limit in 90 of 100 draws" in command(*asked).out


NEAR = {**SURE, "confidence": "0.9"}
LEAST = {
    **{"max_mw": "0.4", "deadline_days": 40, "budget_usd": "2000000", "max_energy_gwh": "0.8", "max_carbon_t": "300"},
    **{"max_capital_usd": "2000000", "max_tpp": "1000000", "max_accelerators": 64, "max_training_flop": "1e20"},
    "supply": {"gb200_nvl72": 72, "gaudi3": 8},
}
"""Of each limit a value at which alone it leaves no plan that is sure enough."""


@pytest.mark.parametrize("field", LEAST)
def test_what_a_sure_plan_needs_of_each_limit(live: Catalogue, field: str) -> None:
    """The value that is named has a plan by both proofs, a unit of its last decimal less has none, and the row has the
    same value. Wrong: "at least two limits must change", which was said of all of them; and the value that the central
    figures need, at which no plan is sure enough."""
    case = Case(**{**NEAR, field: LEAST[field]})
    answer = confident_answer(case, live).answer
    assert isinstance(answer.outcome, Infeasible)
    needs = [given for given in answer.concessions if given.limit.described.field == field]
    assert needs
    for given in needs:
        kind = given.limit.described
        unit = Decimal(1).scaleb(0 if kind.whole else -(kind.decimals or 0))
        assert isinstance(solve_case(prepare(_at(case, given, given.needed), live)), Plan)
        if field == "max_training_flop":
            unit = given.needed / 10**6
        assert isinstance(solve_case(prepare(_at(case, given, given.needed - unit), live)), Infeasible)
        ready = prepare(case, live)
        if kind.needed_column:
            row = row_of("1", ready, answer.outcome)
            assert getattr(row, kind.needed_column) == given.needed


def _at(case: Case, given: Concession, value: Decimal) -> Case:
    found = relax(case, given.limit, value)
    assert found is not None
    return found


def test_what_binds_a_sure_plan_by_its_absence(live: Catalogue) -> None:
    """Without the limit another plan is as sure and cheaper by what is said; wrong: "binding: no limit"."""
    ready = confident_answer(Case(**SURE, confidence="0.9"), live).answer
    assert isinstance(ready.outcome, Plan)
    saved = {found.limit.limit.kind: found.saving for found in ready.binding}
    for field, kind in (("deadline_days", "deadline"), ("max_mw", "grid")):
        without = Case(**{**SURE, "confidence": "0.9", field: 3650 if field == "deadline_days" else None})
        other = solve_case(prepare(without, live))
        assert isinstance(other, Plan)
        assert saved.get(kind, 0) == ready.outcome.cost_usd - other.cost_usd
    assert saved


def test_where_no_single_change_is_enough_the_least_pair_is_named(frozen: Catalogue) -> None:
    """Too little power and too little money for nine of ten draws: at the two values there is a plan; with either of
    them a unit of its last decimal less, or with both 1e-3 below the larger share, there is none."""
    case = Case(country="BR", max_mw="0.05", budget_usd="1e5", deadline_days=60, confidence="0.9")
    answer = confident_answer(case, frozen).answer
    assert answer.concessions == () and answer.pair is not None
    pair = {part.limit.described.field: part for part in answer.pair.parts}
    values = {field: part.needed for field, part in pair.items()}
    assert len(values) == 2 and all(part.needed > part.asked for part in pair.values())

    def is_sure(changed: dict[str, Decimal]) -> bool:
        told = {name: int(value) if name == "deadline_days" else value for name, value in changed.items()}
        return isinstance(confident_answer(case.changed(**told), frozen).answer.outcome, Plan)

    assert is_sure(values)
    for field, part in pair.items():
        places = 0 if part.limit.described.whole else part.limit.described.decimals or 0
        assert not is_sure({**values, field: part.needed - Decimal(1).scaleb(-places)}), field
    nearer = answer.pair.worst * Fraction(999, 1000)
    scaled = {field: Decimal(float(part.asked * nearer)).quantize(Decimal("0.000001")) for field, part in pair.items()}
    assert not is_sure(scaled)
