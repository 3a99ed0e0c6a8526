"""One case: a question in plain English, a plan, the options considered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.errors import InputError, Problem, UsageError
from optimizer.service.register import Asked, Parameter, question

if TYPE_CHECKING:
    from optimizer.answers.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case

DISPATCH = Parameter(
    "dispatch", "Write every hour of the supply to a CSV file: day, weight, hour and all flows.", metavar="FILE"
)


@question(
    "ask",
    "Plan",
    Parameter("question", "The question.", "argument", "QUESTION", many=True, required=True),
    Parameter("dry_run", "Only show how the question is understood, as flags of optimizer plan.", "switch"),
    outputs=("answers.plan_outputs:PlanAnswerOut", "answers.largest:LargestOut", "answers.reading:ReadingOut"),
    rows=("answers.plan_row:PlanRow", "answers.largest:LargestRow", "answers.reading:PhraseOut"),
    takes_case=False,
)
def ask(asked: Asked) -> Document:
    """Answer a question in plain English.

    \b
    optimizer ask "cheapest plan under 1 MW in 120 days"
    optimizer ask "largest model under \\$5M and 1 MW in 150 days"
    optimizer ask "fastest way to train Llama 3.1 70B in Mexico under 2 MW and \\$20M, without renting"
    """
    from datetime import date

    from optimizer.answers.reading import document as reading_document
    from optimizer.question import read
    from optimizer.service.case_text import check_case

    reading = read(" ".join(asked.own["question"]), asked.catalogue, date.fromisoformat(asked.today))
    if asked.own["dry_run"]:
        return reading_document(reading, asked.catalogue)
    asked.note("Read as: " + "; ".join(phrase.value for phrase in reading.phrases))
    if reading.filler:
        asked.note("Not needed: " + ", ".join(reading.filler))
    case = check_case(reading.case, asked.catalogue)
    if reading.sought:
        from optimizer.service.curves import most

        per_parameter = reading.per_parameter(asked.catalogue)
        if per_parameter is not None and reading.tokens_per_parameter is None:
            asked.note(f"Assuming: {per_parameter} tokens per parameter, the usual count")
        return most(case, asked.catalogue, per_parameter)
    return planned(case, asked.catalogue)


@question(
    "plan",
    "Plan",
    DISPATCH,
    outputs=("answers.plan_outputs:PlanAnswerOut", "answers.power_outputs:PowerAnswerOut"),
    rows=("answers.plan_row:PlanRow", "answers.power_row:PowerRow"),
    takes_power=True,
)
def plan(asked: Asked) -> Document:
    """Find the best plan for a case given in flags.

    With a flag of Power, what feeds the site is part of the plan: grid, solar, battery and genset are sized and run
    hour by hour together with the servers.

    \b
    optimizer plan --max-mw 1 --deadline 120d --workload deepseek-v3-10t --country BR
    optimizer plan --max-mw 1 --deadline 180d --country ZA --outage 17-21
    optimizer plan --deadline 180d --country KE --off-grid --min-renewable 0.9
    """
    case = asked.case()
    if case.feed is None and asked.own["dispatch"] is not None:
        raise UsageError("--dispatch goes with a flag of Power, such as --outage 17-21")
    return planned(case, asked.catalogue, asked)


def planned(case: Case, catalogue: Catalogue, asked: Asked | None = None) -> Document:
    """The answer to a case, with the confidence that it asks for, or with what feeds its site."""
    if case.feed is not None:
        from optimizer.service.powering import fed_plan

        if case.confidence is not None:
            rule = "is worked out for a site fed by its grid alone: leave the flags of Power out"
            raise InputError([Problem(rule, column="confidence", value=f"{case.confidence:f}")])
        return fed_plan(case, catalogue, asked)
    from optimizer.answers.plan import document

    if case.confidence is not None:
        from optimizer.uncertainty.confident import confident_answer

        found = confident_answer(case, catalogue)
        return document(found.answer, found.robust)
    from optimizer.insight import answer

    return document(answer(case, catalogue))


@question(
    "options",
    "Why and what else",
    outputs="answers.options:OptionsOut",
    rows="answers.options:ConsideredRow",
)
def options(asked: Asked) -> Document:
    """Print every option considered, with its figures, or the reason why it is out.

    The figures are of one server; the last columns are the best plan of that option alone.
    """
    from optimizer.answers.options import document
    from optimizer.insight.considered import consider

    return document(consider(asked.case(), asked.catalogue))
