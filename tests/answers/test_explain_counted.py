"""Every number that says why a plan is as it is, or why there is none, held against counting.

What each limit, each pair and all of them cost, what more of each is worth, which pairs bind together; what would have
to give, alone and in pairs. The limits are moved in the question that is counted out.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from counted_cases import question
from drawn import drawn
from oracle import Best, Question, answer

from optimizer.catalogue import Catalogue
from optimizer.domain.limits import CONNECTION, DEADLINE, TRAINING_FLOP, Limit
from optimizer.insight.explain import Explanation, Worth, explain
from optimizer.insight.limits import relaxations as limits_moved
from optimizer.insight.limits.concessions import short_of
from optimizer.insight.why_not import WhyNot
from optimizer.insight.why_not import why_not as answer_of
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare

LONGEST_DAYS = 48
"""The longest deadline here: of 3,650 days each would be counted."""
CEILINGS = {"budget": ("cost", 1), "energy": ("energy", 10**6), "carbon": ("carbon", 10**6)}
"""Limit -> the measure that is counted, and how many of its units make one of the limit."""


def moved(asked: Question, limit: Limit, value: Any) -> Question:
    """The question with one limit at another value; None lifts it. Hire without a name is that of every kind."""
    bound = None if value is None else Fraction(value)
    if limit.kind == "deadline":
        return replace(asked, deadline_days=LONGEST_DAYS if bound is None else int(bound))
    if limit == TRAINING_FLOP:
        return replace(asked, allowed=bound is None or asked.work * 10**15 * 86_400 <= bound)
    if limit.kind in CEILINGS:
        measure, unit = CEILINGS[limit.kind]
        others = tuple(one for one in asked.ceilings if one[0] != measure)
        return replace(asked, ceilings=others if bound is None else (*others, (measure, bound * unit)))
    of_it = [
        cap for cap in asked.caps if cap.name == str(limit) or (limit == Limit("hire") and cap.name[:5] == "hire:")
    ]
    others_held = tuple(cap for cap in asked.caps if cap not in of_it)
    return replace(asked, caps=(*others_held, *(replace(cap, bound=bound) for cap in of_it if bound is not None)))


def counted(asked: Question, row: Worth) -> Question:
    """The question that a row answers."""
    assert isinstance(row.name, Limit)
    return moved(asked, row.name, row.value)


def agrees(row: Worth, start: Best, asked: Question) -> None:
    """The saving of a row is what counting finds, of the objective and of the cost."""
    found = answer(asked)
    assert found is not None
    saved = (start.value - found.value, start.cost_usd - found.cost_usd)
    assert (row.saving, row.saving_usd) == saved, (row.kind, row.name, row.value)


FURTHER = (*range(430, 460), *range(500, 600))
SEEDS = [*range(400, 430), *(pytest.param(seed, marks=pytest.mark.campaign) for seed in FURTHER)]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_worth_is_what_counting_finds(frozen: Catalogue, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every random case with a plan; of every pair that is not named, too."""
    monkeypatch.setattr(limits_moved, "MAX_DEADLINE_DAYS", LONGEST_DAYS)
    one = drawn(seed, frozen, mix=1)
    found = explain(one.case, one.catalogue)
    if not isinstance(found, Explanation):
        return
    asked = question(prepare(one.case, one.catalogue))
    start = answer(asked)
    assert start is not None and start.value == found.outcome.objective_value
    lifted = asked
    alone = {}
    for standing in found.standings:
        agrees(standing.without, start, counted(asked, standing.without))
        limit = standing.use.limit
        alone[limit] = standing.without.saving or Fraction(0)
        assert standing.binds == (alone[limit] > 0)
        lifted = moved(lifted, limit, None)
    if found.together is not None:
        agrees(found.together, start, lifted)
    for row in found.worth:
        agrees(row, start, counted(asked, row))
    told = {row.name: row.saving for row in found.pairs}
    for two in combinations(alone, 2):
        both = answer(moved(moved(asked, two[0], None), two[1], None))
        assert both is not None
        saved = start.value - both.value
        assert told.get(two) == (saved if saved > max(alone[limit] for limit in two) else None)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_need_is_what_counting_finds(frozen: Catalogue, seed: int) -> None:
    """Of every random case without a plan: at the value a plan, a hair or a piece less none; of what is not named, none
    however much there were. A pair is enough at its two values, and with either a hair less it is not."""
    one = drawn(seed, frozen, mix=1)
    found = answer_of(one.case, one.catalogue)
    if not isinstance(found, WhyNot) or not found.outcome.why.over_limits:
        return
    ready = prepare(one.case, one.catalogue)
    asked = question(ready)
    assert answer(asked) is None
    for given in found.concessions:
        assert answer(moved(asked, given.limit, given.needed)) is not None
        assert answer(moved(asked, given.limit, short_of(given.needed, given.limit.described.whole))) is None
    named = {given.limit for given in found.concessions}
    for limit in set(movable_in_case(ready)) - named:
        assert answer(moved(asked, limit, most(limit))) is None, limit
    for pair in found.pairs:
        first, second = ({part.limit: part.needed for part in pair.parts}).items()
        assert answer(moved(moved(asked, *first), *second)) is not None
        for (limit, value), other in ((first, second), (second, first)):
            short = short_of(value, limit.described.whole)
            assert answer(moved(moved(asked, limit, short), *other)) is None, (limit, short)
    if not named:
        told = [{part.limit for part in pair.parts} for pair in found.pairs]
        for two in combinations(movable_in_case(ready), 2):
            lifted = moved(moved(asked, two[0], most(two[0])), two[1], most(two[1]))
            assert (answer(lifted) is not None) == (set(two) in told), two


def most(limit: Limit) -> int | None:
    """The deadline alone has a longest value."""
    return LONGEST_DAYS if limit == DEADLINE else None


def movable_in_case(ready: Prepared) -> list[Limit]:
    """The limits that a field of the case gives, but for the compute, where they are above 0."""
    limits = [
        limit for limit in ready.problem.limits if limit not in (TRAINING_FLOP, CONNECTION) and limit.kind != "law"
    ]
    return [limit for limit in limits if ready.problem.bound(limit) > 0]
