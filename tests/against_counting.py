"""A plan held against counting (``oracle``): the same verdict and the same figures, exactly."""

from __future__ import annotations

from counted_cases import question
from drawn import Asked
from oracle import Best, Question, answer

from optimizer import Infeasible, Outcome, Plan
from optimizer.solve.planner import plan, prepare, verify


def check(asked: Asked) -> tuple[Question, Best | None, Outcome]:
    """Plan a case and hold the outcome against counting."""
    mix = asked.case.mix or 1
    told = question(prepare(asked.case, asked.catalogue))
    best = answer(told)
    outcome = plan(asked.case, asked.catalogue)
    assert outcome.proof.kind == ("exhaustive" if mix == 1 else "agreed")
    if best is None:
        assert isinstance(outcome, Infeasible), "a plan where counting finds none"
        assert (outcome.cause == "compute_cap") == (not told.allowed)
        return told, best, outcome
    assert isinstance(outcome, Plan), f"no plan where counting finds {best}"
    assert outcome.objective_value == best.value
    assert outcome.cost_usd == best.cost_usd
    assert (outcome.days, outcome.servers) == (best.days, best.servers)
    if mix == 1:
        assert [(item.key, item.servers) for item in outcome.items] == list(best.counts)
    assert verify(outcome) == []
    return told, best, outcome
