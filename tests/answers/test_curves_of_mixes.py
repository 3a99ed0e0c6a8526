"""The largest training and the trade-off curve over mixes of servers, held against counting."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from commands import Cli, one_message, shown
from counted_cases import question
from drawn import Asked, drawn
from oracle import answer, least

from optimizer.answers.curves.frontier import FrontierRow, document
from optimizer.case.setting import TRILLION
from optimizer.catalogue import Catalogue
from optimizer.insight.curves.frontier import frontier
from optimizer.insight.curves.largest import DIGITS, largest_tokens
from optimizer.solve.planner import prepare

SEEDS = [
    *(11, 17, 19, 20, 28, 44, 45, 48, 55, 58),
    *(pytest.param(seed, marks=pytest.mark.campaign) for seed in range(600, 660)),
]
"""Those in front have several points, mixes among them, or a mix that does more than one kind of server."""


def roomy(seed: int, frozen: Catalogue) -> Asked:
    """The random case of a seed with more time and money: as drawn, most have no plan, or one."""
    asked = drawn(seed, frozen, mix=2)
    case = asked.case.changed(deadline_days=(asked.case.deadline_days or 0) + 4, budget_usd=None)
    return replace(asked, case=case.changed(max_mw=None) if seed % 2 else case)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_most_tokens_of_a_mix(frozen: Catalogue, seed: int) -> None:
    """There is a mix for that many tokens and none for a step more, a step of four digits at most; and no fewer tokens
    than one kind of server can do. Wrong: "for one kind of server only; leave --mix out"."""
    asked = roomy(seed, frozen)
    alone = largest_tokens(asked.case.changed(mix=1), asked.catalogue)
    found = largest_tokens(asked.case, asked.catalogue)
    assert (found.tokens or 0) >= (alone.tokens or 0)
    assert found.step == 10**6 or found.step * 10 ** (DIGITS - 1) <= (found.tokens or 0)
    for tokens, feasible in ((found.tokens, True), ((found.tokens or 0) + found.step, False)):
        if tokens:
            case = asked.case.changed(tokens_t=Decimal(tokens) / TRILLION)
            assert (answer(question(prepare(case, asked.catalogue))) is not None) == feasible


@pytest.mark.parametrize("seed", SEEDS)
def test_no_mix_beats_a_point_in_both_measures(frozen: Catalogue, seed: int) -> None:
    """Of each point the cost is the least within its days, and the days the fewest within its cost; both ends are
    there. Days count from the order where the deadline does."""
    asked = roomy(seed, frozen)
    found = frontier(asked.case, asked.catalogue, "days", "cost", 4)
    counted = question(prepare(asked.case, asked.catalogue))
    assert (found.infeasible is not None) == (answer(counted) is None)
    if found.infeasible:
        return
    assert not found.complete and found.count == len(found.points) <= 4
    assert found.points[0].first == least(counted, "finish") and found.points[-1].second == least(counted, "cost")
    for point in found.points:
        within = replace(counted, deadline_days=int(point.first))
        assert least(within, "cost") == point.second
        budget = replace(counted, ceilings=(*counted.ceilings, ("cost", point.second)))
        assert least(budget, "finish") == point.first


@pytest.mark.parametrize(
    ("question_", "told"),
    [
        (("frontier", "days", "capital"), "one of the two measures must be cost"),
        (("frontier", "cost", "compute"), "optimizer largest takes --mix"),
        (("tipping", "pue", "--from", "1", "--to", "2"), "the best mix may change and change back"),
    ],
)
def test_what_no_mix_can_be_asked(command: Cli, question_: tuple[str, ...], told: str) -> None:
    """Why, and what to ask instead."""
    ran = command(*question_, "--max-mw", "1", "--mix", "2")
    assert ran.status == 2 and told in one_message(ran)


def test_every_server_of_a_mix_is_shown(frozen: Catalogue) -> None:
    """In the table and in the row. Wrong: the first kind alone."""
    asked = roomy(58, frozen)
    told = document(frontier(asked.case, asked.catalogue, "days", "cost", 9))
    assert told.rows is not None
    rows = [row for row in told.rows.make() if isinstance(row, FrontierRow)]
    mixed = [row for row in rows if "+" in (row.composition or "")]
    assert mixed and shown(told, 300).count(" and buy ") + shown(told, 300).count(" and rent ") >= len(mixed)
