"""Reasons as fields of shapes: read off as values, told in words."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from optimizer.answers.words.reason_words import reason_words
from optimizer.domain.reasons import CaseWhy, OptionWhy

_WORDS = BeforeValidator(lambda why: reason_words(why) if isinstance(why, OptionWhy | CaseWhy | None) else why)

Why = Annotated[str, _WORDS]
"""Why there is no plan; empty where there is one."""
WhyCell = Annotated[str | None, BeforeValidator(lambda why: why or None), _WORDS]
"""The same; None where there is one."""
