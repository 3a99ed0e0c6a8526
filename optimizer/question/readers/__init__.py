"""Runs of words -> facts: a reader for every rule of the grammar, by subject."""

from optimizer.question.readers import asked, calendar, hardware, limits, model, place, ranges

__all__ = ["asked", "calendar", "hardware", "limits", "model", "place", "ranges"]
