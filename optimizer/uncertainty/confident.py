"""The plan of a case, with the confidence that it asks for: the cheapest that meets every limit in a share of draws.

The draws are those of the odds (:mod:`optimizer.uncertainty.odds`), and the plan is proved as the robust plan is.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.errors import DataError, Problem
from optimizer.insight import Answer
from optimizer.insight.neighbours import cloud
from optimizer.plans.outcome import Infeasible, Outcome, assemble
from optimizer.solve.claim import Prepared
from optimizer.solve.obstacle import barring
from optimizer.solve.planner import laws, prepare, solve_prepared
from optimizer.uncertainty.odds import DRAWS, SEED
from optimizer.uncertainty.robust import Robust, robust
from optimizer.units.language import say
from optimizer.units.records import dataclass


def solve_case(ready: Prepared) -> Outcome:
    """The proved best plan of a case, or the proof that there is none; with the confidence that the case asks for.

    Raises:
        DataError: the confidence is asked of what has none: a mix, or another objective than cost.
        SolverError: the two proofs do not agree.
    """
    if ready.setting.case.confidence is None:
        return solve_prepared(ready)
    return as_outcome(ready, confident(ready))


def confident(ready: Prepared) -> Robust:
    """The cheapest choice that meets every limit in the share of the draws that a case asks for.

    Raises:
        DataError: the confidence is asked of what has none: a mix, or another objective than cost.
        SolverError: the two proofs do not agree.
    """
    case, share = ready.setting.case, ready.setting.case.confidence
    assert share is not None  # asked only then
    problems = []
    if (case.mix or 1) > 1:
        problems.append(
            Problem(say("is for plans of one kind of server: leave mix out"), column="confidence", value=f"{share:f}")
        )
    if case.objective not in (None, "cost"):
        rule = say("finds the cheapest plan that is sure enough: leave out objective, or give cost")
        problems.append(Problem(rule, column="confidence", value=f"{share:f}"))
    if problems:
        raise DataError(problems)
    plain = ready.setting.asked.changed(confidence=None)
    return robust(plain, ready.setting.catalogue, count=DRAWS, seed=SEED, share=share)


@dataclass(frozen=True, eq=False)
class Confident:
    """The answer to a case that asks for a confidence, and the robust plan that it rests on."""

    answer: Answer
    robust: Robust


def confident_answer(case: Case, catalogue: Catalogue) -> Confident:
    """Plan a case with the confidence that it asks for.

    What other answers have beside their plan is left out, as it is found at central values.

    Raises:
        DataError: the case or the data cannot be used, or the confidence is asked of what has none.
        SolverError: the two proofs do not agree.
    """
    ready = prepare(case, catalogue)
    found = confident(ready)
    answer = Answer(
        ready=ready,
        outcome=as_outcome(ready, found),
        alternatives=(),
        runner_up=None,
        cloud=cloud(ready),
        binding=(),
        concessions=(),
        at_central=False,
    )
    return Confident(answer, found)


def _too_unsure(ready: Prepared) -> NoPlan:
    return NoPlan(Cause.CONFIDENCE, barring=barring(ready.setting, ready.table))


def as_outcome(ready: Prepared, found: Robust) -> Outcome:
    """A robust plan as the outcome of a case."""
    if isinstance(found.basis.best, Infeasible):
        return replace(found.basis.best, setting=ready.setting)
    if found.plan is None:
        return Infeasible(ready.setting, partial(_too_unsure, ready), found.proof)
    choice, days = found.plan.choice, found.plan.central.days
    place = ready.table.places[choice.key]
    worked = ready.problem.work_pflops_days / ready.problem.options[place].pflops
    used = [(place, choice.servers, worked)]
    return assemble(ready.setting, ready.problem, used, days, found.proof, laws(ready.table))
