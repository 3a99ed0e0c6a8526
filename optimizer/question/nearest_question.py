"""The question that is near one that cannot be read: its place, model and plain limits, as an example of what works.

It is no reading of the sentence, and is only ever offered as an example: what is denied, conditional or not known is
not in it, so where a sentence has such a word near a name, the name is left out as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.question.errors import QuestionError, RefusalError
from optimizer.question.matching import Match, matches
from optimizer.question.number_words import merged
from optimizer.question.senses.context import settled
from optimizer.question.senses.everyday import TURNED, may_turn
from optimizer.question.senses.peoples import settle_peoples
from optimizer.question.tokens import Reader, Token, language_of
from optimizer.question.vocabulary.names import Names
from optimizer.units.language import or_words, say

_SLOTS = ("country", "workload", "power", "duration", "budget")
_NOT_NEAR = frozenset({"cannot_evasion", "cannot_prompt", "empty", "two_countries", "us", "which_currency"})
"""Reasons for which no question near the one asked is offered."""
_FIRST_CASE = frozenset({"pairs", "two_axes", "two_values"})
"""Reasons for which the first of several cases is offered."""


def nearest(error: QuestionError, names: Names) -> Iterator[str]:
    """Questions of the parts that are plain, the fullest first; none where no place and no model is named."""
    if error.reason in _NOT_NEAR:
        return
    try:
        parts = _parts(error.sentence, names, first=error.reason in _FIRST_CASE)
    except RefusalError:
        return
    if not {"country", "workload"} & {name for name, _ in parts}:
        return
    for left_out in ((), ("budget",), ("power", "budget"), ("power", "budget", "duration"), _SLOTS[1:]):
        said = [text for name, text in parts if name not in left_out]
        if said:
            yield say("cheapest plan: {slots}", slots=", ".join(said))


def without_unknown(error: QuestionError, names: Names) -> str:
    """The sentence without its words that are not known; empty where one may turn what stands next to it, or where no
    country is known, as it may be the place.
    """
    language = language_of(error.sentence, names=names)
    read = list(Reader(error.sentence, language, names).tokens())
    placed = any(token.kind in ("COUNTRY", "REGION") for token in read)
    if not placed or "   " in error.sentence:  # a part was taken out, and would not be in what is offered
        return ""
    blank = list(error.sentence)
    for place, token in enumerate(read):
        if token.kind != "UNKNOWN":
            continue
        if may_turn(read, place, language, names):
            return ""
        blank[token.start : token.end] = " " * (token.end - token.start)
    return "".join(blank)


def named(sentence: str, names: Names, slot: str) -> list[str]:
    """What a sentence names plainly for a slot, as it is said; nothing where it cannot be read so far."""
    try:
        return [text for name, text in _parts(sentence, names, first=True) if name == slot]
    except RefusalError:
        return []


def _is_plain(item: Match, read: list[Token]) -> bool:
    """Whether a model or an amount is one of the run: not "opex under $5M", "Deepseek R1", "mix 2, 230 days"."""
    if item.name == "country":
        return True
    beside = (max(token.start, item.start) - min(token.end, item.end) <= _NEXT_TO for token in read if _unread(token))
    numbers, units = item.all("NUM"), item.all("POWER_UNIT", "TIME_UNIT", "MONEY")
    return not any(beside) and len(numbers) <= max(1, len(units))


_NEXT_TO = 1
"""Characters between two words that stand next to each other."""


def _unread(token: Token) -> bool:
    return token.kind in ("UNKNOWN", "CANNOT")


def _parts(sentence: str, names: Names, *, first: bool) -> list[tuple[str, str]]:
    """The slots that are said once and plainly, as they are said; the first of several where that is asked for."""
    language = language_of(sentence, names=names)
    read = list(Reader(sentence, language, names).tokens())
    raw = [token for token in read if not _unread(token)]
    tokens, _ = settled(merged(settle_peoples(raw, names, language.code), language.code))
    found: dict[str, list[str]] = {}
    before = ""
    for item in matches(tokens):
        if isinstance(item, Match) and item.name in _SLOTS and before not in TURNED and _is_plain(item, read):
            same = len({token.value for token in item.all("COUNTRY")}) == 1  # "in Lagos, and Nigeria": the country once
            end = item.tokens[0].end if item.name == "country" and same else item.end
            start = next(token.start for token in item.tokens if token.kind != "IS")
            found.setdefault(item.name, []).append(sentence[start:end].strip(" ,;."))
        before = item.kind if isinstance(item, Token) else ""
    if first and "country" in found:  # of two countries the question is which
        found["country"] = [or_words(list(dict.fromkeys(found["country"])))]
    return [(name, found[name][0]) for name in _SLOTS if len(found.get(name, ())) == 1 or (first and name in found)]
