"""A sentence -> a case: "cheapest plan under 1 MW in 120 days"."""

from optimizer.question.errors import QuestionError
from optimizer.question.read import Phrase, Reading, read

__all__ = ["Phrase", "QuestionError", "Reading", "read"]
