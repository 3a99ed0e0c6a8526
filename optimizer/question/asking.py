"""A question answered from Python: what was read, and the outcome."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.domain import Case
from optimizer.outcome import Outcome
from optimizer.planner import plan
from optimizer.question.read import Reading, read


@dataclass(frozen=True, eq=False)
class Asked:
    """A question, the case it was read as, and the outcome."""

    reading: Reading
    outcome: Outcome

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
    return Asked(reading, plan(reading.case, known))
