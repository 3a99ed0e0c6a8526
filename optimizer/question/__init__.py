"""A sentence -> the question of the register that it asks, with its case: "cheapest plan under 1 MW in 120 days".

Its parts are imported when they are asked for: a flag with a unit needs none of the reader of sentences.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.question.errors import QuestionError
    from optimizer.question.mending import read
    from optimizer.question.reading import Phrase, Reading
    from optimizer.question.tokens import language_of

_WHERE = {
    "Phrase": "reading",
    "QuestionError": "errors",
    "Reading": "reading",
    "language_of": "tokens",
    "read": "mending",
}

__all__ = ["Phrase", "QuestionError", "Reading", "language_of", "read"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
