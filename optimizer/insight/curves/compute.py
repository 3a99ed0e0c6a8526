"""The most training that each cost (or days, peak, energy, emissions) buys: the compute axis of a trade-off curve.

Sought are the tokens of the case's model, its parameters held, in whole steps. More tokens take no less of any
measure: so many points are reported as are asked for, evenly chosen in compute up to the most that the limits allow (of
cost, energy and emissions there is one at nearly every step). Each is settled by the exhaustive search in exact
arithmetic: the least of the measure for so many tokens, and the most tokens for so much of the measure. It is then
planned again from both sides: the least for the tokens reported is what is reported, and a step more takes more of it
or is not feasible at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from optimizer.case.setting import TRILLION
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import UndecidedError, UsageError
from optimizer.exact import ExactProblem
from optimizer.exact.search import Found, search
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.planner import plan, prepare
from optimizer.units.language import say
from optimizer.units.records import dataclass

STEP = 10**6
"""Tokens to which a point is settled."""
MOST_TOKENS = 10_000 * TRILLION
"""The most that a case can state."""


@dataclass(frozen=True, eq=False)
class Amount:
    """A plan for so many tokens that is the least in a measure, and for as much of it no plan does a step more."""

    tokens: int
    value: Fraction
    """The measure, in its own unit."""
    plan: Plan


def most_for_each(case: Case, catalogue: Catalogue, measure: str, points: int) -> list[Amount] | Infeasible:
    """Points of the curve of compute against a measure, by rising compute; or the proof that there is none.

    Args:
        case: its own count of tokens is not looked at.
        measure: cost, days, peak_power, energy or carbon.
        points: how many at most.

    Raises:
        UsageError: no limit ends the tokens within what a case can state.
        UndecidedError: a point could not be confirmed.
    """

    def of(steps: int) -> Case:
        return case.changed(tokens_t=Decimal(steps * STEP) / TRILLION, objective=measure)

    scaled = _scaled(of(1), catalogue)
    top = last(lambda steps: search(scaled(steps), "cost") is not None, 0, MOST_TOKENS // STEP)
    if top == MOST_TOKENS // STEP:
        raise UsageError.say(
            "more than {most_tokens:,}T tokens: no limit of the case ends it", most_tokens=MOST_TOKENS // TRILLION
        )
    if top == 0:
        outcome = plan(of(1), catalogue)
        if isinstance(outcome, Plan):
            raise UndecidedError(say("a step that the search found infeasible has a plan"), {"case": of(1).given()})
        return outcome
    return list(_amounts(of, catalogue, scaled, measure, top, min(points, top)))


def _amounts(
    of: Callable[[int], Case],
    catalogue: Catalogue,
    scaled: Callable[[int], ExactProblem],
    measure: str,
    top: int,
    points: int,
) -> Iterator[Amount]:
    reached = 0
    for number in range(1, points + 1):
        if (steps := -(-top * number // points)) <= reached:
            continue  # the point before it goes as far
        found = search(scaled(steps), measure)
        assert found is not None  # no more than the most
        reached = _furthest(scaled, measure, found, steps, top)
        made, beyond = plan(of(reached), catalogue), plan(of(reached + 1), catalogue)
        more = isinstance(beyond, Infeasible) or beyond.objective_value > found.value
        if not isinstance(made, Plan) or made.objective_value != found.value or not more:
            reported = {"tokens": reached * STEP, "value": str(found.value), "case": of(reached).given()}
            raise UndecidedError(say("a point of the curve could not be confirmed by both proofs"), reported)
        yield Amount(reached * STEP, found.value, made)


def _furthest(scaled: Callable[[int], ExactProblem], measure: str, found: Found, low: int, high: int) -> int:
    """The most steps from ``low`` on to ``high`` that take no more of a measure than a plan for ``low``."""

    def enough(steps: int) -> bool:
        best = search(scaled(steps), measure)
        return best is not None and best.value <= found.value

    # of cost and energy a step more takes more as a rule
    if low == high or not enough(low + 1):
        return low
    # as far as its servers get in its days, where more of them would take more
    problem = scaled(1)
    fleet = problem.options[found.option].pflops * found.servers * found.days
    sure = min(int(fleet / problem.work_pflops_days), high)
    low = sure if sure > low + 1 and enough(sure) else low + 1
    return low if low == high or not enough(low + 1) else last(enough, low + 1, high)


def last(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The last whole number up to ``high`` for which something holds that holds for ``low`` and ceases once."""
    if holds(high):
        return high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _scaled(one: Case, catalogue: Catalogue) -> Callable[[int], ExactProblem]:
    """The problem of so many steps, from that of one: of all that it holds, only the work grows with the tokens."""
    ready = prepare(one, catalogue)
    flop, most = Fraction(ready.setting.training_flop), ready.setting.case.max_training_flop

    def problem(steps: int) -> ExactProblem:
        allowed = most is None or flop * steps <= Fraction(most)
        work = ready.problem.work_pflops_days * steps
        return replace(ready.problem, work_pflops_days=work, compute_allowed=allowed)

    return problem
