"""A plan's file against its question answered again: no better plan, and every other value of the file the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.answers.form.envelope import envelope
from optimizer.answers.plan.answer import document
from optimizer.answers.words.common_words import plan_words
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import SolverError
from optimizer.insight import answer
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.uncertainty.confident import confident_answer
from optimizer.units.language import ENGLISH, say, speaking
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Again:
    """What answering the question again says of a plan."""

    worse: str
    """What is wrong with the plan next to the best one, in words; empty if nothing is."""
    is_better: bool
    """Whether that is that the plan is better than the proven best one: then it breaks a rule."""
    unproved: str
    """Why the best plan could not be proven again; empty if it was."""
    content: Mapping[str, Any]
    """The answer as its file would be; empty if there is none."""


def answered_again(plan: Plan, case: Case, catalogue: Catalogue) -> Again:
    """The question of a plan answered again, with its proof.

    Args:
        plan: as it follows from the file's servers and days.
        case: the inputs of the file.
        catalogue: the data.
    """
    try:
        if case.confidence is None:
            found, robust = answer(case, catalogue), None
        else:
            sure = confident_answer(case, catalogue)
            found, robust = sure.answer, sure.robust
    except SolverError as error:
        return Again("", False, say("the best plan could not be proven again: {error}", error=error), {})
    with speaking(ENGLISH):  # as every answer is written as JSON, whatever language this check is asked for in
        content = envelope(document(found, robust)).model_dump(mode="json")
    best = found.outcome
    is_better = isinstance(best, Plan) and plan.objective_value < best.objective_value
    return Again(_worse(plan, best), is_better, "", content)


def _worse(plan: Plan, best: Plan | Infeasible) -> str:
    if isinstance(best, Infeasible):
        return say("no plan meets all limits of the inputs, and this has been proven")
    if plan.objective_value > best.objective_value:
        return say("is not the best plan: {plan}", plan=plan_words(best))
    if plan.objective_value < best.objective_value:
        return say("is better than the proven best plan, so it breaks a rule")
    return ""


def rest_of(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is in an answer's file next to the plan's own figures: name and value.

    The versions of program and solver are left out: the digest of the file is over them too.
    """
    for name in ("question", "assumptions", "charts", "messages"):
        yield name, content.get(name)
    grounds = content.get("provenance")
    yield "provenance", _without(grounds, ("program",))
    outputs = content.get("outputs")
    if not isinstance(outputs, dict):
        return
    for name, value in outputs.items():
        if name == "plan" and isinstance(value, dict):
            yield "plan.proof", _without(value.get("proof"), _OF_THE_SOLVER)
            yield "plan.limits", _binding(value.get("limits"))
        elif name == "proof":
            yield name, _without(value, _OF_THE_SOLVER)
        else:
            yield name, _without_solvers(value)


_OF_THE_SOLVER = ("solver",)


def _without(value: Any, names: tuple[str, ...]) -> Any:
    return {name: inner for name, inner in value.items() if name not in names} if isinstance(value, dict) else value


def _without_solvers(value: Any) -> Any:
    """A value without the versions of the solver in the proofs of other plans."""
    if isinstance(value, dict):
        return {
            name: _without(inner, _OF_THE_SOLVER) if name == "proof" else _without_solvers(inner)
            for name, inner in value.items()
        }
    return [_without_solvers(inner) for inner in value] if isinstance(value, list) else value


def _binding(limits: Any) -> Any:
    """Of the limits of a plan what only a solver can say: which bind, and what would be saved without."""
    names = ("limit", "binding", "saving_without")
    if not isinstance(limits, list):
        return limits
    return [{name: use.get(name) for name in names} if isinstance(use, dict) else use for use in limits]
