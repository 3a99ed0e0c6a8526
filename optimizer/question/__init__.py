"""A sentence -> the question of the register that it asks, with its case: "cheapest plan under 1 MW in 120 days".

Its parts are imported when they are asked for: a flag with a unit needs none of the reader of sentences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.units.lazy import looked_up

if TYPE_CHECKING:
    from optimizer.question.errors import QuestionError
    from optimizer.question.mending import read
    from optimizer.question.reading import Phrase, Reading
    from optimizer.question.tokens import language_of

__all__ = ["Phrase", "QuestionError", "Reading", "language_of", "read"]

__getattr__ = looked_up(
    __name__, {"errors": "QuestionError", "mending": "read", "reading": "Phrase Reading", "tokens": "language_of"}
)
