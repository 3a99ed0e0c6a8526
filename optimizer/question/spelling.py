"""Ways of writing that are one in meaning, as the one that the reader knows, with every character in its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimizer.question.tokens import Token

_POWERS = re.compile(r"(?:(\d(?:\.\d+)?) ?[x×*·] ?)?\b10\^(\d{1,2})\b")
"""A power of ten: "10^25", "3x10^24"."""
_BY_THE_CLOCK = re.compile(r"\b(?:by|before|at) \d{1,2}(?::\d\d)? ?[ap]\.?m\b\.?")
"""When an answer is wanted: "a number by 5pm"."""
_MEMORY = re.compile(r"(?<=\d)( ?(?:de|of|with|con|com) )(\d{2,3}) ?(?:gigas?|gigabytes?|gb)\b", re.IGNORECASE)
"""The memory behind a chip: "A100 de 40 gigas"."""
_ACTIVE = re.compile(r"A(\d+(?:\.\d+)?)B")
"""Active parameters behind the total: "235B-A22B"."""


def normalised(sentence: str) -> str:
    """The sentence as it is read."""
    sentence = unicodedata.normalize("NFC", sentence).replace("\u2082", "2")
    sentence = _POWERS.sub(lambda power: f"{power[1] or 1}e{power[2]}".ljust(len(power[0])), sentence)
    sentence = _MEMORY.sub(lambda memory: f" {memory[2]}GB".ljust(len(memory[0])), sentence)
    return _BY_THE_CLOCK.sub(lambda hour: " " * len(hour[0]), sentence)


def active_sizes(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens, with "A22B" as 22 billion active parameters."""
    for token in tokens:
        active = _ACTIVE.fullmatch(token.text) if token.kind == "UNKNOWN" else None
        if active is None:
            yield token
            continue
        middle = token.end - 1
        number = replace(token, kind="NUMBER", value=active[1], text=active[1], start=token.start + 1, end=middle)
        yield from (number, replace(token, kind="SCALE", value="B", text="B", start=middle))
        yield replace(token, kind="ACTIVE", value="", text="", start=token.end)
