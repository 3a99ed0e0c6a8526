"""What is asked after the answer: why this plan or why none, and what else there is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from optimizer.errors import InputError
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import and_words, say

if TYPE_CHECKING:
    from decimal import Decimal

    from optimizer.answers.form.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case

BASELINES = ("rent-all", "study")
"""Those of insight.alternatives.BASELINES, which is not imported for --help; a test holds them equal."""
PROCUREMENTS = ("buy", "rent", "own")
MOST_PERCENT = 1000
"""The widest share that may be asked for."""


@question(
    "explain",
    "Why and what else",
    outputs=("answers.plan.explain:ExplainOut", "answers.power.choices:PowerChoicesOut"),
    rows=("answers.plan.explain:ExplainRow", "answers.power.choices:PowerChoiceRow"),
    takes_power=True,
)
def explain(asked: Asked) -> Document:
    """Say why a plan is as it is, or why there is none, with every figure solved again.

    For a plan: which limits are binding, what each costs, what raising each would save, what other export rules would
    change. If there is no plan: which changes are enough, one limit or two, and what excludes each accelerator.

    \b
    optimizer explain --max-mw 1 --deadline 120d --country BR
    """
    case = asked.case()
    if case.feed is not None:
        from optimizer.service.powering import choices

        return choices("explain", case, asked)
    return explain_case(case, asked.catalogue)


def explain_case(case: Case, catalogue: Catalogue) -> Document:
    """Why the plan of a case is as it is, or why there is none."""
    from optimizer.answers.plan.explain import document
    from optimizer.insight.explain import explain_planned
    from optimizer.insight.why_not import why_not_planned
    from optimizer.plans.outcome import Plan
    from optimizer.solve.planner import prepare, solve_prepared

    ready = prepare(case, catalogue)
    outcome = solve_prepared(ready)
    return document(explain_planned(ready, outcome) if isinstance(outcome, Plan) else why_not_planned(ready, outcome))


@question(
    "alternatives",
    "Why and what else",
    Parameter("within", "Show other plans that are this close to the best.", "text", "PERCENT", default="10"),
    Parameter(
        "baseline",
        "Compare with a named plan: everything rented, or the study's choice; give it again for both.",
        "choice",
        choices=BASELINES,
        many=True,
    ),
    outputs=("answers.plan.alternatives:ChoicesOut", "answers.power.choices:PowerChoicesOut"),
    rows=("answers.plan.alternatives:ChoiceRow", "answers.power.choices:PowerChoiceRow"),
    takes_power=True,
)
def alternatives(asked: Asked) -> Document:
    """List the alternatives: the best plan of every other generation, procurement and costing basis.

    It also lists all other kinds of server that come close to the best (the best plan of each, the fastest, and the
    one with the lowest peak), what they are better at, and a baseline.

    \b
    optimizer alternatives --max-mw 1 --deadline 120d --within 20 --baseline study
    """
    from optimizer.answers.plan.alternatives import document
    from optimizer.insight.alternatives import what_else

    share = _percent(str(asked.own["within"]))
    baselines = tuple(dict.fromkeys(asked.own["baseline"]))
    case = asked.case()
    if case.feed is not None:
        from optimizer.service.powering import choices

        return choices("alternatives", case, asked, within=share)
    return document(what_else(case, asked.catalogue, within=share, baselines=baselines))


def _percent(text: str) -> Decimal:
    """A share in per cent: 10, 12.5, 20%.

    Raises:
        InputError: it is none, or larger than may be asked for.
    """
    import re
    from decimal import Decimal

    from optimizer.errors import InputError
    from optimizer.units import two_readings

    number = text.strip().removesuffix("%").strip()
    rule = two_readings(number)
    if rule is None and not re.fullmatch(r"\d{1,4}(\.\d{1,6})?", number, re.ASCII):
        rule = say("must be a share in per cent from 0 to {most_percent}, such as 10", most_percent=MOST_PERCENT)
    if rule is None and Decimal(number) > MOST_PERCENT:
        rule = say("must be at most {most_percent} per cent", most_percent=MOST_PERCENT)
    if rule is not None:
        raise InputError.at(rule, column="within", value=text)
    return Decimal(number)


@question(
    "why-not",
    "Why and what else",
    Parameter(
        "subject", "The accelerator, or the way to get servers.", "argument", "ACCELERATOR|buy|rent|own", required=True
    ),
    outputs=("answers.comparisons.comparison:ComparisonOut", "answers.plan.explain:ExplainOut"),
    rows=("answers.comparisons.comparison:ComparisonRow", "answers.plan.explain:ExplainRow"),
)
def why_not(asked: Asked) -> Document:
    """Say why an accelerator, or a way to get servers, is not in the plan.

    It compares the best plan with the best plan that has nothing else. If there is no such plan, it says what would
    have to change.

    \b
    optimizer why-not a100 --country BR --max-mw 1 --deadline 150d
    optimizer why-not buy --country MX --max-mw 1 --deadline 120d
    """
    from optimizer.answers.comparisons.comparison import document
    from optimizer.answers.words.common_words import PROCUREMENT
    from optimizer.insight.comparison import Candidate, compare
    from optimizer.plans.outcome import Infeasible

    subject = asked.own["subject"].strip()
    field = "procurement" if subject.lower() in PROCUREMENTS else "use"
    try:
        only = asked.case(**{field: subject})
    except InputError as error:
        from optimizer.domain.likely_words import likely_word

        way = likely_word(subject, PROCUREMENTS, is_list=True)
        raise InputError(
            replace(problem, column="subject", remedy=way or problem.remedy) if problem.column == field else problem
            for problem in error.problems
        ) from error
    if field == "use":
        from optimizer.question.vocabulary.names import names_of

        subject = and_words(names_of(asked.catalogue).chip_words(only.use))
    else:
        subject = PROCUREMENT[subject.lower()]
    best = asked.case()
    candidates = [
        Candidate("best", (say("best plan"),), best),
        Candidate("only", (say("only {subject}", subject=subject),), only),
    ]
    found = compare(candidates, ("case",), asked.catalogue)
    with_it = next(row for row in found.rows if row.candidate.case is only)
    if not isinstance(with_it.outcome, Infeasible):
        why = document(found)
        title, settled = why.title, best.given()
    else:
        why = explain_case(only, asked.catalogue)
        settled = dict(why.grounds.settled)
        title = say(
            "With {subject} alone: {title}{title_2}",
            subject=subject,
            title=why.title[:1].lower(),
            title_2=why.title[1:],
        )
    grounds = replace(why.grounds, inputs=best.given(), settled=settled)
    assert why.rows is not None
    rows = replace(why.rows, name="why-not", title="Why it is not in the plan: the plan, and the one with it")
    return replace(why, question="why-not", title=title, grounds=grounds, rows=rows)
