"""A question answered from Python: what was read, and the outcome."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.domain import Case
from optimizer.insight.curves.largest import Largest, largest_model, largest_tokens
from optimizer.plans.outcome import Outcome
from optimizer.question.read import Reading, read
from optimizer.solve.planner import plan


@dataclass(frozen=True, eq=False)
class Asked:
    """A question, the case it was read as, and the outcome."""

    reading: Reading
    outcome: Outcome
    """Of the most training that the limits allow, where that was asked for."""
    largest: Largest | None = None

    @property
    def case(self) -> Case:
        """The fields that the question says; the outcome's setting holds them with every default filled in."""
        return self.reading.case


def ask(question: str, catalogue: Catalogue | None = None, today: datetime.date | None = None) -> Asked:
    """Read a question in plain English and plan it.

    Args:
        question: such as "cheapest plan under 1 MW in 120 days".
        catalogue: the data; by default those shipped.
        today: the day from which calendar dates count; by default today.

    Raises:
        QuestionError: whatever is not understood.
        DataError: the case or the data cannot be used.
        UndecidedError: the proofs do not agree.
    """
    known = catalogue or load_catalogue()
    reading = read(question, known, today or datetime.date.today())
    if reading.sought is None:
        return Asked(reading, plan(reading.case, known))
    per_parameter = reading.per_parameter(known)
    found = largest_model(reading.case, known, per_parameter) if per_parameter else largest_tokens(reading.case, known)
    return Asked(reading, found.plan or found.beyond, found)
