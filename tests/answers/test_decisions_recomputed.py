"""What the decisions tell is recomputed: every plan by the exact verifier, every worth and concession by counting.

Random small questions on the fictitious catalogue; the seeds of the campaign are others than those of the suite.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import oracle
import pytest
from counted_cases import question

from optimizer import Case, Plan, verify
from optimizer.answers.curves.frontier import document as frontier_document
from optimizer.answers.curves.largest import document as largest_document
from optimizer.answers.curves.tipping import document as tipping_document
from optimizer.answers.form.envelope import envelope
from optimizer.answers.plan.alternatives import document as alternatives_document
from optimizer.answers.plan.explain import document as explain_document
from optimizer.answers.plan.shape import plan_out
from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import Limit
from optimizer.insight.alternatives import what_else
from optimizer.insight.curves.frontier import frontier
from optimizer.insight.curves.largest import largest_tokens
from optimizer.insight.curves.tipping import tipping
from optimizer.insight.explain import Explanation, explain_planned
from optimizer.insight.limits.concessions import relax, short_of
from optimizer.insight.limits.relaxations import move_limit
from optimizer.insight.why_not import WhyNot, why_not_planned
from optimizer.solve.planner import prepare, solve_prepared

SUITE, CAMPAIGN = range(10), range(100, 200)
SEEDS = [*SUITE, *(pytest.param(seed, marks=pytest.mark.campaign) for seed in CAMPAIGN)]


def drawn(seed: int, *, tight: bool = False) -> Case:
    """A small question; a tight one has limits that few plans meet."""
    draw = random.Random(seed)
    given: dict[str, Any] = {
        "workload": "dense-small",
        "country": draw.choice(("BR", "MX", "VN", "DE")),
        "deadline_days": draw.randint(3, 12) if tight else draw.randint(12, 80),
        "basis": draw.choice(("upfront", "upfront", "amortised")),
    }
    limits: dict[str, Any] = {
        "max_mw": Decimal(draw.randint(12, 40) if tight else draw.randint(30, 150)) / 1000,
        "budget_usd": Decimal(draw.randint(20, 200)) * (1_000 if tight else 20_000),
        "max_accelerators": draw.randint(4, 16) if tight else draw.randint(16, 64),
        "max_tpp": Decimal(draw.randint(40, 300)) * (1_000 if tight else 5_000),
    }
    for name in draw.sample(sorted(limits), 2):
        given[name] = limits[name]
    given.setdefault("max_accelerators", 96)  # what is counted must be few
    return Case(**given)


def plans_in(found: Any) -> Iterator[Plan]:
    """Every plan that an answer holds, wherever."""
    if isinstance(found, Plan):
        yield found
    elif isinstance(found, Setting | Catalogue):
        return
    elif dataclasses.is_dataclass(found) and not isinstance(found, type):
        for field in dataclasses.fields(found):
            yield from plans_in(getattr(found, field.name))
    elif isinstance(found, tuple | list):
        for each in found:
            yield from plans_in(each)


def plans_of(document: Any) -> Iterator[Mapping[str, Any]]:
    """Every plan that a JSON document tells, wherever."""
    if isinstance(document, dict):
        if {"items", "cost_terms_usd"} <= set(document):
            yield document
        for each in document.values():
            yield from plans_of(each)
    elif isinstance(document, list):
        for each in document:
            yield from plans_of(each)


def why(case: Case, catalogue: Catalogue) -> Explanation | WhyNot:
    ready = prepare(case, catalogue)
    outcome = solve_prepared(ready)
    return explain_planned(ready, outcome) if isinstance(outcome, Plan) else why_not_planned(ready, outcome)


ASKED: dict[str, tuple[Callable[[Case, Catalogue], Any], Callable[[Any], Any]]] = {
    "explain": (why, explain_document),
    "alternatives": (lambda case, known: what_else(case, known, within=Decimal(100)), alternatives_document),
    "frontier": (lambda case, known: frontier(case, known, "cost", "days", 8), frontier_document),
    "frontier of compute": (lambda case, known: frontier(case, known, "compute", "cost", 4), frontier_document),
    "largest": (largest_tokens, largest_document),
    "tipping a price": (
        lambda case, known: tipping(case, known, "price:h100", Decimal(10), Decimal(90_000)),
        tipping_document,
    ),
    "tipping the tariff": (
        lambda case, known: tipping(case, known, "tariff", Decimal(0), Decimal(2)),
        tipping_document,
    ),
    "tipping the deadline": (
        lambda case, known: tipping(case.changed(deadline_days=None), known, "deadline", Decimal(1), Decimal(99)),
        tipping_document,
    ),
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_plan_told_is_recomputed(frozen: Catalogue, name: str, seed: int) -> None:
    """What stands in the document are plans of the answer, each confirmed by the verifier from the data alone."""
    ask, document = ASKED[name]
    found = ask(drawn(seed, tight=seed % 3 == 0), frozen)
    plans = list(plans_in(found))
    assert [wrong for plan in plans for wrong in verify(plan)] == []
    confirmed = [json.loads(plan_out(plan).model_dump_json()) for plan in plans]
    shown = list(plans_of(json.loads(envelope(document(found)).model_dump_json())["outputs"]))
    assert all(plan in confirmed for plan in shown) and bool(shown) == bool(plans)


def test_the_walk_finds_plans(frozen: Catalogue) -> None:
    """Else the test above would prove nothing; and a plan that is not of the answer would be noticed."""
    counts = [len(list(plans_in(ask(drawn(1), frozen)))) for ask, _ in ASKED.values()]
    assert sum(counts) > 40 and all(counts), counts
    found = why(drawn(1), frozen)
    (first, *_) = plans_in(found)
    assert verify(dataclasses.replace(first, cost_usd=first.cost_usd + 1)) != []
    spoilt = {**json.loads(plan_out(first).model_dump_json()), "cost_usd": 1.0}
    assert spoilt not in [json.loads(plan_out(plan).model_dump_json()) for plan in plans_in(found)]


def cost_of(case: Case, catalogue: Catalogue) -> Fraction | None:
    best = oracle.answer(question(prepare(case, catalogue)))
    return None if best is None else best.value


@pytest.mark.parametrize("seed", SEEDS)
def test_what_more_of_a_limit_is_worth(frozen: Catalogue, seed: int) -> None:
    """Each row of the table in money is the difference of two optima that were counted out."""
    case = drawn(seed)
    found = why(case, frozen)
    base = cost_of(case, frozen)
    assert isinstance(found, Explanation) == (base is not None)
    if not isinstance(found, Explanation) or base is None:
        return
    for row in found.worth:
        changed, known = move_limit(found.setting.case, frozen, row.name, row.value)
        assert row.saving == base - (cost_of(changed, known) or 0), row.name
    outputs: Any = explain_document(found).outputs()
    for row, out in zip(found.worth, outputs.worth, strict=True):
        assert row.saving is not None and out.saving_usd == pytest.approx(float(row.saving), abs=0.006)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_named_does_make_it_feasible_and_a_hair_less_does_not(frozen: Catalogue, seed: int) -> None:
    """Every concession, and every part of every pair, on a question without a plan: counted out on both sides."""
    case = drawn(seed, tight=True)
    found = why(case, frozen)
    if isinstance(found, Explanation):
        return
    settled = found.setting.case
    for given in found.concessions:
        whole = given.limit.described.whole
        assert cost_of(_relaxed(settled, given.limit, given.needed), frozen) is not None
        assert cost_of(_relaxed(settled, given.limit, short_of(given.needed, whole)), frozen) is None
    for pair in found.pairs:
        needed = {part.limit: part.needed for part in pair.parts}
        assert cost_of(_all_of(settled, needed), frozen) is not None
        for limit, value in needed.items():
            short = short_of(value, limit.described.whole)
            assert cost_of(_all_of(settled, {**needed, limit: short}), frozen) is None, (limit, needed)


def _relaxed(case: Case, limit: Limit, value: Decimal) -> Case:
    changed = relax(case, limit, value)
    assert changed is not None
    return changed


def _all_of(case: Case, values: Mapping[Limit, Decimal]) -> Case:
    for limit, value in values.items():
        case = _relaxed(case, limit, value)
    return case


def test_the_tight_questions_are_worth_asking(frozen: Catalogue) -> None:
    """Among those of the suite are some without a plan, with single limits that would do, and with pairs only."""
    answers = [why(drawn(seed, tight=True), frozen) for seed in SUITE]
    infeasible = [found for found in answers if isinstance(found, WhyNot)]
    assert sum(bool(found.concessions) for found in infeasible) >= 2
    assert sum(bool(found.pairs) for found in infeasible) >= 2
    loose = [found for seed in SUITE if isinstance(found := why(drawn(seed), frozen), Explanation)]
    assert sum(any((row.saving or 0) > 0 for row in found.worth) for found in loose) >= 3
