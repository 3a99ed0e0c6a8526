"""What stands before and behind a word of a sentence, where neutral words do not count."""

from __future__ import annotations

from optimizer.question.tokens import Token

ENDS: tuple[list[str], ...] = ([], ["COMMA"], ["STOP"], ["AND"], ["BUT"])
"""The next kind, where a part of the sentence ends."""


def next_kinds(tokens: list[Token], start: int, count: int = 2) -> list[str]:
    """The kinds of the next tokens that are not neutral."""
    return [token.kind for token in tokens[start:] if token.kind != "NEUTRAL"][:count]


def token_before(tokens: list[Token], place: int) -> Token | None:
    """The token before a place that is not neutral."""
    return next((token for token in reversed(tokens[:place]) if token.kind != "NEUTRAL"), None)


def next_places(tokens: list[Token], start: int, count: int) -> list[int]:
    """The places of the next tokens that are not neutral."""
    return [at for at in range(start, len(tokens)) if tokens[at].kind != "NEUTRAL"][:count]
