"""A prepared case with one of its limits lifted, on both sides of the proof."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from optimizer.exact import ExactCap
from optimizer.model.limits import Limit
from optimizer.solve.claim import Prepared

LIFTED = 10**15
"""Bound of a cap that is lifted: no plan comes near it, and the model leaves the row out."""


def without(ready: Prepared, name: str) -> Prepared:
    """The case with one limit lifted, on the float side and on the exact side."""

    def limit(cap: Limit) -> Limit:
        return replace(cap, bound=float(LIFTED)) if cap.name == name else cap

    def exact(cap: ExactCap) -> ExactCap:
        return replace(cap, bound=Fraction(LIFTED)) if cap.name == name else cap

    asked = replace(ready.asked, caps=tuple(map(limit, ready.asked.caps)))
    problem = replace(ready.problem, caps=tuple(map(exact, ready.problem.caps)))
    if name == "budget":
        asked, problem = replace(asked, budget_usd=None), replace(problem, budget_usd=None)
    if name == "training_flop":
        problem = replace(problem, compute_allowed=True)
    return Prepared(ready.setting, ready.table, asked, problem)
