"""What would have to give where there is no plan: each value is the least that would do, and none is left out."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from compared import same, solved, told_as_data, told_on_card, without

from optimizer import Case, Infeasible, Plan, plan
from optimizer.catalogue import Catalogue
from optimizer.insight import answer
from optimizer.insight.limits.needs import needs
from optimizer.solve.planner import prepare

IN_VAIN: dict[str, dict[str, Any]] = {
    "power": {"max_mw": "0.5", "deadline_days": 60},
    "money": {"budget_usd": "1.2e6", "deadline_days": 90},
    "TPP": {"max_tpp": "2e6", "deadline_days": 60},
    "devices": {"max_accelerators": 64, "deadline_days": 60},
    "supply": {"use": ("b200",), "supply": {"b200": 64}, "deadline_days": 60},
    "hire": {"procurement": ("rent",), "use": ("h100",), "deadline_days": 40},
    "owned": {"procurement": ("own",), "owned": {"a100": 64}, "deadline_days": 10, "workload": "dense-small"},
    "from the order": {"deadline_from": "order", "deadline_days": 70, "max_mw": "0.6", "country": "MX"},
    "quota": {"rules": "diffusion-2025", "procurement": ("buy",), "use": ("h100",), "deadline_days": 30},
    "several": {"max_mw": "0.4", "budget_usd": "1.8e6", "deadline_days": 110, "max_accelerators": 240},
    "compute": {"max_training_flop": "1e23", "deadline_days": 90},
    "a mix short of power": {"mix": 2, "workload": "dense-small", "max_mw": "0.07", "deadline_days": 3},
    "a mix short of money": {"mix": 2, "workload": "dense-small", "budget_usd": "12000", "deadline_days": 10},
    "a mix short of supply": {
        "mix": 2,
        "workload": "dense-small",
        "supply": {"h100": 9, "b200": 9},
        "deadline_days": 5,
        "use": ("h100", "b200"),
    },
    "a mix from the order": {
        "mix": 2,
        "workload": "dense-small",
        "deadline_from": "order",
        "deadline_days": 33,
        "max_mw": "0.06",
        "country": "MX",
    },
}


# -- what would have to give -------------------------------------------------------------------------------------------


def given(case: Case, limit: str, value: Decimal) -> Case:
    """The case with another value of one limit."""
    kind, _, accelerator = limit.partition(":")
    fields = {
        "deadline": "deadline_days",
        "budget": "budget_usd",
        "grid": "max_mw",
        "tpp": "max_tpp",
        "accelerators": "max_accelerators",
        "training_flop": "max_training_flop",
    }
    if kind in fields:
        return case.changed(**{fields[kind]: int(value) if kind in ("deadline", "accelerators") else value})
    field = "owned" if kind == "owned" else "supply"
    return case.changed(**{field: {**dict(getattr(case, field)), accelerator: int(value)}})


WHOLE = ("deadline", "accelerators", "supply", "hire", "owned")

HAIR = Decimal("1e-9")


@pytest.mark.parametrize("name", IN_VAIN)
def test_each_concession_is_the_least_that_would_do(frozen: Catalogue, name: str) -> None:
    """Planned at the value (a plan, the one told) and a hair, a day or a piece below it (proved infeasible)."""
    case = Case(**IN_VAIN[name])
    told = answer(case, frozen)
    assert isinstance(told.outcome, Infeasible)
    assert told.concessions and told.outcome.cause in ("limits", "compute_cap")
    assert told.runner_up is None and told.binding == ()
    for found in told.concessions:
        reached = plan(given(case, str(found.limit), found.needed), frozen)
        assert isinstance(reached, Plan)
        assert (reached.items, reached.days) == (found.plan.items, found.plan.days)
        lower = found.needed - 1 if found.limit.kind in WHOLE else found.needed * (1 - HAIR)
        assert found.needed > found.asked
        if lower >= 1 or found.limit.kind not in WHOLE:
            assert isinstance(plan(given(case, str(found.limit), lower), frozen), Infeasible), found.limit


@pytest.mark.parametrize("name", IN_VAIN)
def test_no_concession_is_left_out(frozen: Catalogue, name: str) -> None:
    """A limit that is not among them does not help alone: lifted altogether, the case stays infeasible."""
    case = Case(**IN_VAIN[name])
    told = {str(found.limit) for found in answer(case, frozen).concessions}
    asked = {
        "deadline": True,
        "budget": case.budget_usd,
        "grid": case.max_mw,
        "tpp": case.max_tpp,
        "accelerators": case.max_accelerators,
    }
    limits = [limit for limit, value in asked.items() if value is not None]
    limits += [f"supply:{chip}" for chip, _ in case.supply] + [f"owned:{chip}" for chip, _ in case.owned]
    for limit in limits:
        lifted = without(case, limit)
        assert lifted is not None
        if limit == "deadline" and case.mix:
            lifted = case.changed(deadline_days=400)  # quicker, and long enough where there is any plan
        if limit not in told:
            assert isinstance(plan(lifted, frozen), Infeasible), limit


def test_the_expected_concessions_by_hand(frozen: Catalogue) -> None:
    """60 days: 21 B200 servers of 8 PFLOP/s do 10,000 PFLOP/s-days in 60 days, at 24 kW each 0.504 MW.

    0.5 MW: 20 of them need 62.5 days, so 63.
    """
    told = answer(Case(max_mw="0.5", deadline_days=60), frozen)
    assert {(str(found.limit), found.needed) for found in told.concessions} == {
        ("deadline", Decimal(63)),
        ("grid", Decimal("0.504")),
    }


def test_a_mix_concedes_no_more_than_one_kind_alone(frozen: Catalogue) -> None:
    """A mix may combine: what it needs of a limit is at most what the best single kind needs."""
    case = Case(**IN_VAIN["a mix short of supply"])
    alone = {str(limit): value for limit, value in needs(prepare(case.changed(mix=1), frozen)).items()}
    told = {str(found.limit): found.needed for found in answer(case, frozen).concessions}
    assert told.keys() >= alone.keys()
    assert all(told[name] <= math.ceil(value) for name, value in alone.items())
    assert any(told[name] < value for name, value in alone.items()), "the mix helps nowhere: the case proves nothing"


def test_where_no_single_limit_helps_it_is_said(frozen: Catalogue) -> None:
    """Short of power and of money at once: no concession in any form, and the sentence that says so."""
    case = Case(max_mw="0.5", deadline_days=60, budget_usd="1e6")
    told = answer(case, frozen)
    assert isinstance(told.outcome, Infeasible)
    assert told.concessions == ()
    assert "no single change is enough" in told_on_card(told)
    assert "would do (all else" not in told_on_card(told)
    assert told_as_data(told).outputs.concessions == ()
    assert isinstance(plan(case.changed(max_mw="0.6", budget_usd="3e7"), frozen), Plan)


def test_a_deadline_beyond_what_a_case_may_ask_is_not_offered(frozen: Catalogue) -> None:
    """16 A100 take 50,000 days for the large model: more of them would do, such a deadline cannot be asked."""
    told = answer(Case(use=("a100",), max_accelerators=16, workload="dense-100k"), frozen)
    assert isinstance(told.outcome, Infeasible)
    assert [str(found.limit) for found in told.concessions] == ["accelerators"]


@pytest.mark.parametrize("mix", [1, 2])
def test_law_is_told_as_law(frozen: Catalogue, mix: int) -> None:
    """H100 to China: presumption of denial, whatever the money or the power; no concession is offered."""
    told = answer(Case(country="CN", use=("h100", "b200"), mix=mix), frozen)
    assert isinstance(told.outcome, Infeasible) and told.outcome.cause == "law"
    assert told.concessions == ()
    card = told_on_card(told)
    assert "The export rules exclude the accelerators that a plan would need: LIC_D5: " in card
    assert "h100, b200: export control: 3A090.a, presumption of denial (LIC_D5" in card
    assert told_as_data(told).outputs.cause == "law"


def test_a_missing_price_is_not_told_as_law(frozen: Catalogue) -> None:
    """No GH200 has a price: the data lack a figure, the law allows it."""
    told = answer(Case(use=("gh200",)), frozen)
    assert isinstance(told.outcome, Infeasible) and told.outcome.cause == "data"
    assert told.concessions == ()
    assert "gh200 buy: no purchase price known" in told_on_card(told)


def test_what_is_beside_an_infeasible_case_is_planned_too(frozen: Catalogue) -> None:
    """The bases and sets under which the same question has a plan."""
    case = Case(**IN_VAIN["power"])
    told = answer(case, frozen)
    for basis, found in told.bases.items():
        changes = {"procurement": ("rent",)} if basis == "rental" else {}
        same(found, solved(case.changed(basis=basis, **changes), frozen))
    for assumptions, found in told.assumption_sets.items():
        same(found, solved(case.changed(assumptions=assumptions), frozen))
    assert any(told.assumption_sets.values())
