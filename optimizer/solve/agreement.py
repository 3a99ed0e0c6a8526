"""Two runs that cannot fail in the same way must agree. A run that exact arithmetic refutes is no witness: it is asked
again, another way, and the one that takes its place must agree with the other.

A run is refuted by a plan that is within every limit in exact arithmetic, and that is better than all the run says
there is. That plan stands, whoever found it; that none is better still takes two runs that are not refuted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from optimizer.domain.limits import Aim
from optimizer.errors import NoVerdictError
from optimizer.exact import Used
from optimizer.plans.proof import EndKind
from optimizer.solve.claim import (
    Claim,
    Known,
    Prepared,
    claim_in_words,
    nearly_equal,
    no_verdict_error,
    undecided_error,
)
from optimizer.units.language import say
from optimizer.units.records import dataclass

TIE_ORDER = ("cost", "days", "servers")
Choice = tuple[list[Used], int]
"""What is used, and the days of the run."""
Ways = Iterator[Callable[[], Claim]]
"""Ways to ask the same of a solver, one after the other."""


@dataclass(frozen=True, eq=False)
class Agreed:
    """What two runs agree on: the best plan, or None for none; and what the first of the two said."""

    choice: Choice | None
    said: Claim


def next_claim(ways: Ways) -> Claim | None:
    """What the next way that leads to a verdict says; None where none is left.

    Raises:
        NoVerdictError: there were ways left, and none leads to a verdict.
    """
    failed: NoVerdictError | None = None
    for ask in ways:
        try:
            return ask()
        except NoVerdictError as error:
            failed = error
    if failed is not None:
        raise failed
    return None


def agree(
    ready: Prepared,
    objective: Aim,
    first: Claim,
    second: Claim,
    witnesses: list[Choice],
    known: Known,
    further: tuple[Ways, Ways],
) -> Agreed:
    """What two runs agree on, neither of them refuted.

    Args:
        first: what the first run says.
        second: what the second says, which cannot fail in the same way.
        witnesses: plans within every limit, in exact arithmetic; those of the runs are added.
        known: the best value that was known before.
        further: other ways to ask the first, and the second.

    Raises:
        UndecidedError: they do not agree, and there is no other way to ask the one that is wrong.
    """
    measure, runs, again = ready.problem.measure(objective), [first, second], False
    while True:
        for run in runs:
            if run.feasible and (list(run.used), run.days) not in witnesses:
                witnesses.append((list(run.used), run.days))
        best = min((measure.value(*choice) for choice in witnesses), default=None)
        fresh = {
            place: said
            for place, run in enumerate(runs)
            if _is_refuted(run, best) and (said := next_claim(further[place])) is not None
        }
        if not fresh:
            break
        runs, again = [fresh.get(place, run) for place, run in enumerate(runs)], True
    choice = settle_claims(ready, objective, runs[0], runs[1], witnesses, known)
    said = runs[0]
    return Agreed(choice, replace(said, ended=replace(said.ended, kind=EndKind.ASKED_AGAIN)) if again else said)


def _is_refuted(run: Claim, best: Fraction | None) -> bool:
    """Whether a plan of this value shows that a run is wrong: it says that there is none, or that all cost more."""
    if best is None:
        return False
    return not run.feasible or (run.value is not None and run.value > best and not run.confirms(best))


def settle_claims(
    ready: Prepared, objective: Aim, first: Claim, second: Claim, witnesses: list[Choice], known: Known
) -> Choice | None:
    """The plan on which two runs agree, or None if they agree that there is none.

    Args:
        first: what the first run says.
        second: what the second says, which cannot fail in the same way.
        witnesses: plans within every limit, in exact arithmetic.
        known: the best value among them.

    Raises:
        UndecidedError: the runs, or the plans, do not agree.
    """
    reported = {"first": claim_in_words(ready, first), "second": claim_in_words(ready, second)}
    apart = first.feasible and not nearly_equal(first.claimed - first.constant, second.claimed - second.constant)
    if first.feasible != second.feasible or apart:
        raise no_verdict_error(ready, say("two runs of HiGHS do not agree"), **reported)
    if not first.feasible:
        if witnesses:
            raise undecided_error(ready, say("HiGHS finds no mix where a plan is known"), **reported)
        return None
    if (
        first.value is None
        or second.value is None
        or not (first.confirms(first.value) and first.confirms(second.value))
    ):
        raise undecided_error(ready, say("HiGHS's objective is not that of its plan"), **reported)
    if known.value is not None and known.value < first.value and not first.confirms(known.value):
        raise undecided_error(ready, say("a plan that is known is better than HiGHS's mix"), **reported)
    choices = [*witnesses, *((list(said.used), said.days) for said in (first, second))]
    return min(choices, key=lambda choice: rank(ready, objective, choice))


def rank(ready: Prepared, objective: Aim, choice: Choice) -> tuple[Any, ...]:
    """What decides between two plans, in order: the objective, cost, days, servers, names."""
    used, days = choice
    values = tuple(ready.problem.measure(name).value(used, days) for name in dict.fromkeys((objective, *TIE_ORDER)))
    return (*values, len(used), sorted(ready.problem.options[option].tie for option, _, _ in used))
