"""One case: a question in plain English, a plan, the options considered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from optimizer.errors import InputError, UsageError
from optimizer.service.fields import FLAG_OF
from optimizer.service.register import REGISTER, Asked, Parameter, Question, question
from optimizer.units.language import say, speaking

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case
    from optimizer.question import Reading
    from optimizer.question.conversation import Conversation
    from optimizer.question.reading import Taken


DISPATCH = Parameter(
    "dispatch",
    "Write every hour of the supply to a CSV file: day, weight, hour and all flows.",
    metavar="FILE",
    is_written=True,
)


@question(
    "ask",
    "Plan",
    Parameter("question", "The question, in plain language.", "argument", "[QUESTION]", many=True),
    Parameter("dry_run", "Only show how the question is understood, as a command with flags.", "switch"),
    Parameter(
        "interactive",
        "Ask several questions, one per line. A line may change the question before it: and in Chile? The "
        "word exit ends it.",
        "switch",
        short="-i",
    ),
    outputs="answers.form.reading_shape:ReadingOut",
    rows=(
        *("answers.plan.row:PlanRow", "answers.power.row:PowerRow"),
        *("answers.curves.largest:LargestRow", "answers.form.reading_shape:PhraseOut"),
    ),
    takes_case=False,
    passes_on=True,
)
def ask(asked: Asked) -> Document:
    """Answer a question in plain English, Spanish or Portuguese.

    \b
    optimizer ask "cheapest plan under 1 MW in 120 days"
    optimizer ask "cheapest plan in South Africa under 1 MW with 4 hours of load shedding a day, at least 80% renewable"
    optimizer ask "Brazil or Mexico, which is cheaper under 1 MW?"
    optimizer ask "¿cuánto cuesta entrenar Llama 3.1 70B en México con 2 MW?"
    optimizer ask "why not A100 in Brazil under 1 MW in 150 days?"
    optimizer ask -i "cheapest plan in Mexico under 1 MW in 120 days"
    """
    return next_answer(conversation_of(asked), " ".join(asked.own["question"]), asked)


def conversation_of(asked: Asked) -> Conversation:
    """A conversation that has not begun."""
    from datetime import date

    from optimizer.question.conversation import Conversation

    return Conversation(asked.catalogue, date.fromisoformat(asked.today))


def next_answer(conversation: Conversation, sentence: str, asked: Asked) -> Document:
    """The answer to a sentence, as a question of its own or as a change of the one before.

    Raises:
        UsageError, DataError, SolverError: it cannot be read or answered; the question before stays.
    """
    from optimizer.answers.reading import document as reading_document
    from optimizer.question import QuestionError, language_of
    from optimizer.question.power_phrases import take_power_phrases
    from optimizer.question.vocabulary.names import names_of

    spoken = language_of(sentence, conversation.language, names_of(conversation.catalogue)).code
    with speaking(None, fallback=spoken):
        taken = take_power_phrases(sentence, spoken)
        conversation.language = spoken
        try:
            reading = conversation.read(taken.rest)
        except QuestionError as error:
            raise error.of_sentence(sentence) from error
        if taken.phrases:
            reading = _with_power(reading, sentence, taken, asked)
        if asked.own["dry_run"]:
            return reading_document(reading, asked.catalogue)
        return answer_reading(reading, asked)


def _with_power(reading: Reading, sentence: str, taken: Taken, asked: Asked) -> Reading:
    """A reading with what the question says of the feeding of its site."""
    from optimizer.service.case_text import parse_case

    of_case = {name: getattr(reading.case, name) for name in reading.case.model_fields_set}
    case = parse_case({**of_case, **taken.feed}, asked.catalogue, asked.today)
    return reading.fed(sentence, case, taken)


def answer_reading(reading: Reading, asked: Asked) -> Document:
    """The answer to a question as it was read, with how it was read."""
    from optimizer.answers.reading import read_as, with_reading

    asked.note(read_as(reading))
    entry = REGISTER[reading.command_name]
    if reading.sets_beside:
        return with_reading(_with_and_without(reading, asked), reading)
    document = entry.answer(replace(asked, own=_own(entry, reading), fields=_fields(reading)))
    if reading.beside is not None:
        from optimizer.answers.reading import with_condition
        from optimizer.insight.comparison import Candidate, compare

        under = Candidate("under", (say("with the condition"),), reading.case)
        without = Candidate("without", (say("without it"),), reading.beside)
        document = with_condition(document, compare([under, without], ("case",), asked.catalogue))
    return with_reading(document, reading)


def _own(entry: Question, reading: Reading) -> dict[str, Any]:
    """The parameters of the question next to its case."""
    own: dict[str, Any] = {
        parameter.name: () if parameter.many else parameter.default for parameter in entry.parameters
    }
    arguments = list(reading.arguments)
    for parameter in entry.parameters:
        if parameter.kind == "argument" and arguments:
            own[parameter.name] = tuple(arguments) if parameter.many else arguments.pop(0)
        elif parameter.as_flag in reading.own:
            value = reading.own[parameter.as_flag]
            own[parameter.name] = value if parameter.kind in ("whole", "switch") else str(value)
        elif parameter.kind == "switch":
            own[parameter.name] = False
    return own


def _fields(reading: Reading) -> dict[str, Any]:
    """The fields of the case, several values of one as text."""
    fields = {name: getattr(reading.case, name) for name in reading.case.given()}
    if reading.command_name == "largest":
        fields.pop("tokens_t", None)  # which are searched for
    if reading.axes:
        from optimizer.question.reading import flag_value

        fields = {field: flag_value(field, value) for field, value in fields.items()}
        for name, values in reading.axes.items():
            fields[name] = ",".join(flag_value(name, value, reading.families) for value in values)
    return fields


def _with_and_without(reading: Reading, asked: Asked) -> Document:
    """ "with and without REDATA": the case as it is next to the case with it."""
    from optimizer.answers.comparisons.comparison import document
    from optimizer.insight.comparison import Candidate, compare
    from optimizer.question.reading import flag_value

    ((name, values),) = reading.axes.items()
    candidates = []
    for value, case in zip(values, reading.cases(), strict=True):
        words = say("as it is") if value is None else f"{FLAG_OF[name]} {flag_value(name, value)}"
        candidates.append(Candidate(words, (words,), case))
    given = {name: [None if value is None else flag_value(name, value) for value in values]}
    return document(compare(candidates, ("case",), asked.catalogue), given)


@question(
    "plan",
    "Plan",
    DISPATCH,
    outputs=("answers.plan.outputs:PlanAnswerOut", "answers.power.outputs:PowerAnswerOut"),
    rows=("answers.plan.row:PlanRow", "answers.power.row:PowerRow"),
    takes_power=True,
)
def plan(asked: Asked) -> Document:
    """Find the best plan for a case given in flags.

    With a flag of Power, the plan includes the supply of the site: grid, solar, battery and genset are sized and run
    hour by hour, together with the servers.

    \b
    optimizer plan --max-mw 1 --deadline 120d --workload deepseek-v3-10t --country BR
    optimizer plan --max-mw 1 --deadline 180d --country ZA --outage 17-21
    optimizer plan --deadline 180d --country KE --off-grid --min-renewable 0.9
    """
    case = asked.case()
    if case.feed is None and asked.own["dispatch"] is not None:
        raise UsageError.say("--dispatch needs a flag of Power, such as --outage 17-21")
    return planned(case, asked.catalogue, asked)


def planned(case: Case, catalogue: Catalogue, asked: Asked | None = None) -> Document:
    """The answer to a case, with the confidence that it asks for, or with what feeds its site.

    Raises:
        InputError: a confidence is asked for a site with its own supply.
    """
    if case.feed is not None:
        from optimizer.service.powering import fed_plan

        if case.confidence is not None:
            rule = say("is calculated only for a site supplied by its grid: leave out the flags of Power")
            raise InputError.at(rule, column="confidence", value=f"{case.confidence:f}")
        return fed_plan(case, catalogue, asked)
    from optimizer.answers.plan.answer import document

    if case.confidence is not None:
        from optimizer.uncertainty.confident import confident_answer

        found = confident_answer(case, catalogue)
        return document(found.answer, found.robust)
    from optimizer.insight import answer

    return document(answer(case, catalogue))


@question(
    "options", "Why and what else", outputs="answers.plan.options:OptionsOut", rows="answers.plan.options:ConsideredRow"
)
def options(asked: Asked) -> Document:
    """Print every option considered, with its figures, or the reason why it is excluded.

    The figures are for one server. The last columns show the best plan with that option alone.
    """
    from optimizer.answers.plan.options import document
    from optimizer.insight.candidates import consider

    return document(consider(asked.case(), asked.catalogue))
