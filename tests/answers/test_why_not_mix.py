"""The least pair of limits of a mix of two kinds, against counting: at its values, short of them, and no other less."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import cache
from itertools import combinations
from typing import Any

import oracle
import pytest
from commands import shown
from counted_cases import question
from worlds import frozen_catalogue, limit_named

from optimizer import Case, Infeasible, Plan, verify
from optimizer.answers.plan.explain import document
from optimizer.catalogue import Catalogue
from optimizer.insight.limits import pairs_of_mix as mixpairs
from optimizer.insight.limits.concessions import relax
from optimizer.insight.limits.needs import bound_of
from optimizer.insight.limits.pairs import pair_limits
from optimizer.insight.why_not import WhyNot, why_not
from optimizer.solve.planner import prepare

CLEAR = Fraction(1, 10**4)
MIXED: dict[str, dict[str, Any]] = {
    "money and power": {"country": "MX", "deadline_days": 20, "budget_usd": "129000", "max_mw": "0.011"},
    "devices and TPP": {"country": "DE", "deadline_days": 8, "max_tpp": "125000", "max_accelerators": 6},
    "money and time": {"country": "MX", "deadline_days": 16, "budget_usd": "79000", "max_tpp": "58000"},
    "as one kind has it": {"country": "MX", "deadline_days": 27, "budget_usd": "128000", "max_accelerators": 5},
    "money and TPP": {"country": "MX", "deadline_days": 17, "budget_usd": "189000", "max_tpp": "24000"},
}


def case_of(name: str) -> Case:
    return Case(**{"workload": "dense-small", "mix": 2, **MIXED[name]})


@cache
def found_of(name: str, kinds: int = 2) -> WhyNot:
    """What is in the way of a case, worked out once."""
    found = why_not(case_of(name).changed(mix=kinds), frozen_catalogue())
    assert isinstance(found, WhyNot)
    return found


def feasible(case: Case, catalogue: Catalogue, values: Mapping[str, Decimal]) -> bool:
    """Whether there is a mix of two within these values, every one counted out."""
    for name, value in values.items():
        other = relax(case, limit_named(name), value)
        assert other is not None
        case = other
    return oracle.answer(question(prepare(case, catalogue))) is not None


def short(name: str, value: Fraction) -> Decimal:
    """Clearly below: a whole thing, or a share of 1e-4 and what is rounded off."""
    if name.partition(":")[0] in ("deadline", "accelerators", "supply", "hire"):
        return Decimal(math.ceil(value) - 1)
    less = value * (1 - 2 * CLEAR)
    return Context(prec=6, rounding=ROUND_FLOOR).divide(Decimal(less.numerator), Decimal(less.denominator))


@pytest.mark.parametrize("name", MIXED)
def test_the_pair_is_the_least_that_counting_finds(frozen: Catalogue, name: str) -> None:
    """At its values there is a mix; with either alone short there is none; and no pair, itself or another, does with
    both limits short of its larger share."""
    case, found = case_of(name), found_of(name)
    assert found.concessions == ()
    (pair,) = found.pairs
    needed = {str(part.limit): part.needed for part in pair.parts}
    assert verify(pair.plan) == [] and feasible(case, frozen, needed)
    for limit, value in needed.items():
        assert not feasible(case, frozen, {**needed, limit: short(limit, Fraction(value))}), limit
    ready = prepare(case, frozen)
    for two in combinations(map(str, pair_limits(ready)), 2):
        below = {limit: short(limit, pair.worst * bound_of(ready, limit_named(limit))) for limit in two}
        assert not feasible(case, frozen, below), two


def test_a_mix_needs_no_more_than_one_kind() -> None:
    """Somewhere it needs less: else nothing would be proved by a mix."""
    shares = []
    for name in MIXED:
        mix, one = (found_of(name, kinds) for kinds in (2, 1))
        shares.append((mix.pairs[0].worst, one.pairs[0].worst))
    assert all(mix <= one * (1 + CLEAR) for mix, one in shares), shares
    assert any(mix < one * (1 - CLEAR) for mix, one in shares), shares


def test_a_wrong_value_is_not_told(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that stops above the least: a plan is found short of it, so that nothing is said of several limits."""
    true = mixpairs._Pair.least

    def spoilt(self: Any, enough: Any, best: Any) -> Any:
        found = true(self, enough, best)
        if found is None:
            return None
        values = {name: value * Fraction(3, 2) for name, value in found.values.items()}
        return mixpairs.Needs(found.worst * Fraction(3, 2), found.others, values)

    monkeypatch.setattr(mixpairs._Pair, "least", spoilt)
    found = why_not(case_of("money and power"), frozen)
    assert isinstance(found, WhyNot)
    assert not found.pairs and found.together is None and not found.several_determined


def test_what_is_told(frozen: Catalogue) -> None:
    """One pair, called the least; a deadline from the order is no part of it."""
    found = why_not(case_of("money and power"), frozen)
    assert isinstance(found, WhyNot)
    assert "No single change is enough; this pair is enough, with the smallest increase" in shown(document(found), 300)
    late = why_not(case_of("money and power").changed(deadline_from="order", deadline_days=85), frozen)
    assert isinstance(late, WhyNot) and isinstance(late.outcome, Infeasible)
    assert all(part.limit.kind != "deadline" for pair in late.pairs for part in pair.parts)
    assert all(isinstance(pair.plan, Plan) for pair in late.pairs)
