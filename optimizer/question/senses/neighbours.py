"""What stands before and behind a word of a sentence, where neutral words do not count."""

from __future__ import annotations

from optimizer.question.tokens import Token

ENDS: tuple[list[str], ...] = ([], ["COMMA"], ["STOP"], ["AND"], ["BUT"])
"""The next kind, where a part of the sentence ends."""


def next_kinds(tokens: list[Token], start: int, count: int = 2) -> list[str]:
    """The kinds of the next tokens that are not neutral."""
    return [tokens[at].kind for at in next_places(tokens, start, count)]


def token_before(tokens: list[Token], place: int) -> Token | None:
    """The token before a place that is not neutral."""
    for at in range(place - 1, -1, -1):
        if tokens[at].kind != "NEUTRAL":
            return tokens[at]
    return None


def next_places(tokens: list[Token], start: int, count: int) -> list[int]:
    """The places of the next tokens that are not neutral."""
    found: list[int] = []
    for at in range(start, len(tokens)):
        if tokens[at].kind != "NEUTRAL":
            found.append(at)
            if len(found) == count:
                break
    return found
