"""A sentence -> a case: "cheapest plan under 1 MW in 120 days"."""

from optimizer.ask.errors import QuestionError
from optimizer.ask.read import Phrase, Reading, read

__all__ = ["Phrase", "QuestionError", "Reading", "read"]
