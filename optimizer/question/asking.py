"""A question answered from Python: what was read, and the outcome."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from optimizer.catalogue import Catalogue
from optimizer.catalogue.data_argument import catalogue_of
from optimizer.domain import Case
from optimizer.errors import InputError, UsageError, described
from optimizer.insight.curves.largest import Largest, largest_model, largest_tokens
from optimizer.plans.notebook_view import Viewed
from optimizer.power.outcome import plan_any
from optimizer.question.errors import QuestionError
from optimizer.question.mending import read
from optimizer.question.power_phrases import take_power_phrases
from optimizer.question.reading import Reading, Taken
from optimizer.question.tokens import language_of
from optimizer.question.vocabulary.names import names_of
from optimizer.units.language import say
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from optimizer.power.outcome import AnyOutcome


@dataclass(frozen=True, eq=False, repr=False)
class Asked(Viewed):
    """A question, the case it was read as, and the outcome."""

    reading: Reading
    outcome: AnyOutcome
    """Of the most training that the limits allow, where that was asked for."""
    largest: Largest | None = None

    def __repr__(self) -> str:
        """Short: the question as it was read, and the outcome."""
        return f"<Asked: {self.reading.command()}: {self.outcome!r}>"

    @property
    def case(self) -> Case:
        """The fields that the question says; the outcome's setting holds them with every default filled in."""
        return self.reading.case


def ask(question: str, catalogue: Catalogue | None = None, today: datetime.date | None = None) -> Asked:
    """Read a question and plan it.

    Args:
        question: such as "cheapest plan under 1 MW in 120 days".
        catalogue: the data; by default those shipped.
        today: the day from which calendar dates count; by default today.

    Raises:
        QuestionError: whatever is not understood; a question that is not for a plan, with the command that answers it.
        DataError: the case or the data cannot be used.
        UndecidedError: the proofs do not agree.
        UsageError: what is not a text, no catalogue or no date.

    Example:
        >>> import optimizer
        >>> asked = optimizer.ask("cheapest plan in Brazil under 1 MW in 150 days")
        >>> asked.case
        Case(country='BR', objective='cost', max_mw='1', deadline_days=150)
    """
    if not isinstance(question, str):
        raise UsageError(say("a question is a text, not {value}", value=described(question)))
    if today is not None and not isinstance(today, datetime.date):
        raise UsageError(say("today is a date, as datetime.date(2026, 11, 22); not {value}", value=described(today)))
    known = catalogue_of(catalogue)
    taken = take_power_phrases(question, language_of(question, names=names_of(known)).code)
    try:
        reading = read(taken.rest, known, today or datetime.date.today())
    except QuestionError as error:
        raise error.of_sentence(question) from error
    if taken.phrases:
        reading = _with_power(reading, question, taken)
    if reading.command_name == "plan":
        return Asked(reading, plan_any(reading.case, known))
    if reading.command_name != "largest":
        remedy = say("write {which}", which=reading.command())
        raise QuestionError(say("this asks for no single plan"), question, 0, len(question), remedy)
    per_parameter = reading.own.get("--tokens-per-param")
    if per_parameter is None:
        found = largest_tokens(reading.case, known)
    else:
        found = largest_model(reading.case, known, Decimal(per_parameter))
    return Asked(reading, found.plan or found.beyond, found)


def _with_power(reading: Reading, question: str, taken: Taken) -> Reading:
    """A reading with what the question says of the feeding of its site.

    Raises:
        QuestionError: what it says does not go together, or needs what a sentence cannot say.
    """
    try:
        case = reading.case.changed(**taken.feed)
    except InputError as error:
        text = "; ".join(problem.rule for problem in error.problems)
        raise QuestionError(text, question, 0, len(question), "") from error
    return reading.fed(question, case, taken)
