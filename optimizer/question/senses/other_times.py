"""Numbers that are no limit of a run: working days, hours or racks of accelerators, depreciation, an unknown unit."""

from __future__ import annotations

from dataclasses import replace

from optimizer.question.errors import RefusalError
from optimizer.question.senses.neighbours import next_places
from optimizer.question.tokens import Token
from optimizer.question.vocabulary.word_lists import word_list

_CHIP = frozenset({"ACCEL", "ACCEL_OF", "DEVICES"})


def refuse_other_times(tokens: list[Token]) -> list[Token]:
    """The tokens; a neutral word that a number belongs to is unknown.

    Raises:
        RefusalError: at a time that is none of the run, or at a count of servers.
    """
    _check_servers(tokens)
    for place, token in enumerate(tokens):
        if token.kind != "TIME_UNIT" or not place:
            continue
        counted = [other for other in tokens[max(0, place - 3) : place] if other.kind != "NEUTRAL"][-1:]
        if not counted or counted[0].kind != "NUM":
            continue
        behind = tokens[place + 1 : place + 3]
        of_chips = [other for other in behind if other.kind != "NEUTRAL"][:1]
        worked = [*tokens[place - 1 : place], *behind[:1]]
        if token.value == "hours" and of_chips and of_chips[0].kind in _CHIP:  # "10,000 hours of H100"
            raise _refused(counted[0], of_chips[0], tokens)
        if any(other.text.lower() in _WORKING for other in worked):  # "120 business days"
            raise _refused(counted[0], max(token, *worked, key=lambda other: other.end), tokens)
        at = tokens.index(counted[0])
        led = [other for other in tokens[max(0, at - 2) : at] if other.kind not in ("NEUTRAL", "LIMIT", "MIN")]
        kept = [other for other in tokens[max(0, at - 3) : at] if other.text.lower() in _KEPT]
        if kept:  # "bought and kept for 4 years"
            raise _refused(kept[0], token, tokens)
        if led[-1:] and led[-1].kind == "BASIS" and led[-1].value == "amortised":  # "amortised over 4 years"
            raise _refused(led[-1], token, tokens)
    return _units(tokens)


def _check_servers(tokens: list[Token]) -> None:
    """Refuse "10 DGX H100" and "2 racks of GB300": so many servers or racks are more accelerators.

    Raises:
        RefusalError: at the word for the servers.
    """
    for place, token in enumerate(tokens):
        if token.kind != "NUM":
            continue
        near = next_places(tokens, place + 1, 1)
        words = tokens[place + 1 : near[0] + 2] if near and tokens[near[0]].kind in ("ACCEL", "ACCEL_OF") else []
        for word in words:
            if word.text.lower().split(" ")[0] in _SERVERS:
                raise RefusalError("wrong_unit", word, said=f"{word.text}|nodes")


_SERVERS = word_list("servers")


def _refused(first: Token, last: Token, tokens: list[Token]) -> RefusalError:
    said = " ".join(token.text for token in tokens if first.start <= token.start <= last.start)
    return RefusalError("left", first, last, said=said)


_WORKING = word_list("working_days")
_KEPT = word_list("kept_for")


def _units(tokens: list[Token]) -> list[Token]:
    """ "1 UF, 1 MW": the word behind the first number is its unit, and no list of megawatts begins there."""
    found = list(tokens)
    for place, token in enumerate(tokens[:-1]):
        word = tokens[place + 1]
        alone = word.kind == "NEUTRAL" and word.text.isalpha() and token.end < word.start <= token.end + 1
        kinds = [tokens[at].kind for at in next_places(tokens, place + 1, 2)]
        if token.kind == "NUM" and not token.scale and alone and kinds == ["COMMA", "NUM"]:
            found[place + 1] = replace(word, kind="UNKNOWN")
    return found
