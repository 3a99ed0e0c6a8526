"""Curves: what more of one thing buys of another, the most that limits allow, and where the choice changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.service.register import Asked, Parameter, question
from optimizer.service.sought import refuse_sought

if TYPE_CHECKING:
    from optimizer.answers.document import Document


@question(
    "frontier",
    "Trade-offs and doubt",
    Parameter("first", "One measure.", "argument", "X", required=True),
    Parameter("second", "The other measure.", "argument", "Y", required=True),
    Parameter(
        "points",
        "Points told at most, evenly chosen; the number of all is told too.",
        "whole",
        "N",
        default=30,
        least=2,
        most=10_000,
    ),
    outputs="answers.frontier:FrontierOut",
    rows="answers.frontier:FrontierRow",
)
def frontier(asked: Asked) -> Document:
    """Print the exact trade-off between two measures: every plan that none beats in both.

    X and Y are two of cost, budget, days, peak_power, energy, carbon and compute (the tokens of the workload, its
    parameters held); the flags are those of plan. For one kind of server.

    \b
    optimizer frontier cost days --country MX --max-mw 2
    optimizer frontier cost compute --budget 20M --max-mw 2
    """
    from optimizer.answers.frontier import document
    from optimizer.insight.curves.frontier import frontier as curve

    first, second = asked.own["first"], asked.own["second"]
    case = asked.case(**refuse_sought(asked) if "compute" in (first, second) else {})
    return document(curve(case, asked.catalogue, first, second, asked.own["points"]))
