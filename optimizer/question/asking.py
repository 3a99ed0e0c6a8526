"""A question answered from Python: what was read, and the outcome."""

from __future__ import annotations

import datetime
from decimal import Decimal

from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.domain import Case
from optimizer.insight.curves.largest import Largest, largest_model, largest_tokens
from optimizer.plans.outcome import Outcome
from optimizer.plans.viewed import Viewed
from optimizer.question.errors import QuestionError
from optimizer.question.mending import read
from optimizer.question.reading import Reading
from optimizer.solve.planner import plan
from optimizer.units.language import say
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False, repr=False)
class Asked(Viewed):
    """A question, the case it was read as, and the outcome."""

    reading: Reading
    outcome: Outcome
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
    """
    known = catalogue or load_catalogue()
    reading = read(question, known, today or datetime.date.today())
    if reading.command_name == "plan":
        return Asked(reading, plan(reading.case, known))
    if reading.command_name != "largest":
        remedy = say(
            'use optimizer.answer("{command_name}", ...), or the command: {reading}',
            command_name=reading.command_name,
            reading=reading.command(),
        )
        raise QuestionError(say("this asks for no single plan"), question, 0, len(question), remedy)
    per_parameter = reading.own.get("--tokens-per-param")
    if per_parameter is None:
        found = largest_tokens(reading.case, known)
    else:
        found = largest_model(reading.case, known, Decimal(per_parameter))
    return Asked(reading, found.plan or found.beyond, found)
