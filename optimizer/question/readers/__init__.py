"""Runs of words -> facts: a reader for every rule of the grammar, by subject."""

from optimizer.question.readers import calendar, hardware, limits, model, place, question_kind, ranges

__all__ = ["calendar", "hardware", "limits", "model", "place", "question_kind", "ranges"]
