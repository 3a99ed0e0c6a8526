"""What is asked after the answer: why this plan or why none, and what else there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.service.register import Asked, Parameter, question

if TYPE_CHECKING:
    from decimal import Decimal

    from optimizer.answers.document import Document

BASELINES = ("rent-all", "study")
"""Those of insight.alternatives.BASELINES, which is not imported for --help; a test holds them equal."""
MOST_PERCENT = 1000
"""The widest share that may be asked for."""


@question(
    "explain",
    "Why and what else",
    outputs="answers.explain_outputs:ExplainOut",
    rows="answers.explain_outputs:ExplainRow",
)
def explain(asked: Asked) -> Document:
    """Say why a plan is as it is, or why there is none, with every figure solved again.

    Of a plan: which limits bind, what each costs, what more of each is worth, what other rules would change. Where
    there is no plan: what would have to give, one limit or the least pair, and what keeps each accelerator out.

    \b
    optimizer explain --max-mw 1 --deadline 120d --country BR
    """
    from optimizer.answers.explain import document
    from optimizer.insight.explain import explain_planned
    from optimizer.insight.why_not import why_not_planned
    from optimizer.plans.outcome import Plan
    from optimizer.solve.planner import prepare, solve_prepared

    ready = prepare(asked.case(), asked.catalogue)
    outcome = solve_prepared(ready)
    return document(explain_planned(ready, outcome) if isinstance(outcome, Plan) else why_not_planned(ready, outcome))


@question(
    "alternatives",
    "Why and what else",
    Parameter("within", "Show other plans that are this close to the best.", "text", "PERCENT", default="10"),
    Parameter(
        "baseline",
        "Compare with a named plan: everything rented (the default), or the study's choice; give it again for more.",
        "choice",
        choices=BASELINES,
        many=True,
    ),
    outputs="answers.alternatives:ChoicesOut",
    rows="answers.alternatives:ChoiceRow",
)
def alternatives(asked: Asked) -> Document:
    """Tell what else there is: the best plan of every other generation, procurement and costing basis.

    Beside them stand all other kinds of server that come near the best, the best plan of each, its fastest and that
    of its lowest peak, with what they are better at, and a baseline.

    \b
    optimizer alternatives --max-mw 1 --deadline 120d --within 20 --baseline study
    """
    from optimizer.answers.alternatives import document
    from optimizer.insight.alternatives import what_else

    share = _percent(str(asked.own["within"]))
    baselines = tuple(dict.fromkeys(asked.own["baseline"])) or ("rent-all",)
    return document(what_else(asked.case(), asked.catalogue, within=share, baselines=baselines))


def _percent(text: str) -> Decimal:
    """A share in per cent: 10, 12.5, 20%.

    Raises:
        InputError: it is none, or larger than may be asked for.
    """
    import re
    from decimal import Decimal

    from optimizer.errors import InputError, Problem
    from optimizer.units import two_readings

    number = text.strip().removesuffix("%").strip()
    rule = two_readings(number)
    if rule is None and not re.fullmatch(r"\d{1,4}(\.\d{1,6})?", number, re.ASCII):
        rule = f"must be a share in per cent from 0 to {MOST_PERCENT}, such as 10"
    if rule is None and Decimal(number) > MOST_PERCENT:
        rule = f"must be at most {MOST_PERCENT} per cent"
    if rule is not None:
        raise InputError([Problem(rule, column="within", value=text)])
    return Decimal(number)
