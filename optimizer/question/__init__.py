"""A sentence -> the question of the register that it asks, with its case: "cheapest plan under 1 MW in 120 days"."""

from optimizer.question.errors import QuestionError
from optimizer.question.mending import read
from optimizer.question.reading import Phrase, Reading
from optimizer.question.tokens import language_of

__all__ = ["Phrase", "QuestionError", "Reading", "language_of", "read"]
