"""Verbs and questions that ask something in one sentence, and in another only lead on to what is asked."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise, takewhile

from optimizer.question.senses.neighbours import next_kinds, next_places, token_before
from optimizer.question.senses.settling import settle
from optimizer.question.tokens import CHIP, Token
from optimizer.question.vocabulary.word_lists import set_of, word_list


def by_verbs(tokens: list[Token]) -> list[Token]:
    """The tokens, each verb with the meaning that it has there."""
    for read in (
        partial(settle, section="verbs"),
        _got_trained,
        _relaxed,
        _beats,
        _shown,
        _and_why_is_that,
        _years,
        _ranked,
        _what_can,
    ):
        tokens = read(tokens)
    return tokens


def _got_trained(tokens: list[Token]) -> list[Token]:
    """ "The cheapest way to get EuroLLM 22B trained in Finland": a plan; without "trained", the ways are compared."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        first = token.text.lower().split(" ")[0]
        trained = any(other.text.lower() in _TRAINED and other.kind == "NEUTRAL" for other in tokens[place + 1 :])
        if token.kind == "WAYS" and token.value == "" and first in _SUPERLATIVES and trained:
            objective = _SUPERLATIVES[first]
            found[place] = replace(token, kind="OBJ" if objective else "NEUTRAL", value=objective)
    return found


_TRAINED = frozenset({"trained", "entrenado", "entrenada", "treinado", "treinada", "entraîné"})
_SUPERLATIVES = {"cheapest": "cost", "fastest": "days", "quickest": "days", "greenest": "carbon", "best": ""}


def _relaxed(tokens: list[Token]) -> list[Token]:
    """ "Which limit should we relax first?": the limit that binds is what is asked for."""
    found = list(tokens)
    asked = False
    for place, token in enumerate(tokens):
        asked = asked or (token.kind == "EXPLAIN" and any(word in token.text.lower() for word in _BOUND))
        if asked and token.kind == "UNKNOWN" and token.text.lower().startswith(_RELAXING):
            found[place] = replace(token, kind="NEUTRAL")
    return found


_BOUND = ("limit", "límite", "limite", "restric", "constraint")
_RELAXING = tuple(word_list("relaxing"))


def _beats(tokens: list[Token]) -> list[Token]:
    """ "Would renting beat buying", "is the H100 better than the A100": the two next to each other.

    "Why does renting beat buying" asks for a reason.
    """
    why = {token.kind for token in tokens} & _ASKS_WHY
    if why - {"WHY", "WORTH"}:
        return tokens
    found = list(tokens)
    for place, token in enumerate(tokens):
        before = token_before(tokens, place)
        behind = [at for at in next_places(tokens, place + 1, 4) if tokens[at].kind not in ("TO", "WITH")][:2]
        kinds = [tokens[at].kind for at in behind]
        if token.text.lower() in _THAN and token.kind in ("NEUTRAL", "VS") and kinds[:1] in _COMPARED:
            measure = _measure_before(tokens, place, kinds[0])
            if measure is not None:  # "la H100 es mejor que la A100"
                found[place] = replace(token, kind="VS")
                if why or tokens[measure].kind == "WORTH":
                    return found
                found[measure] = replace(tokens[measure], kind="NEUTRAL")
                if tokens[measure].kind in ("OBJ", "COMPARATIVE"):
                    found.insert(behind[0] + 1, tokens[measure])
                return found
        if why or before is None or before.kind not in (*CHIP, "PROC", "COUNTRY"):
            continue
        beats = token.text.lower() in _BEATING or token.text.lower().split(" ")[-1] in ("than", "que")
        if token.kind in ("SUITS", "COMPARATIVE") and beats and kinds[:1] == [before.kind]:
            found[place] = replace(token, kind="VS")
        elif token.kind == "COMPARATIVE" and kinds == ["VS", before.kind] and before.kind in CHIP:
            found[place : behind[1] + 1] = [*tokens[place + 1 : behind[1] + 1], token]  # "cheaper than" behind both
    return found


def _measure_before(tokens: list[Token], place: int, kind: str) -> int | None:
    """The place of "better" in "X is better than Y" and "is better X than Y"; None where no X stands there."""
    near = [at for at in range(place - 1, -1, -1) if tokens[at].kind not in ("NEUTRAL", "IS", "WITH", "TO")][:2]
    kinds = [tokens[at].kind for at in near]
    measures = [at for at in near if tokens[at].kind in ("BEST", "OBJ", "COMPARATIVE", "SUITS", "WORTH")]
    return measures[0] if kind in kinds and len(measures) == 1 else None


_THAN = frozenset({"que", "do que", "que a", "que o", "que la", "que el", "que las", "que los", "que las de"})
_COMPARED = (["ACCEL"], ["ACCEL_OF"], ["PROC"], ["COUNTRY"])
_ASKS_WHY = frozenset({"WHY", "WHY_NOT", "TIPPING", "CHANGES", "IN_WHICH", "HOW_CHEAP", "EXPLAIN", "WORTH", "IF"})
_BEATING = frozenset({"beat", "beats", "beating", "outperform", "outperforms", "undercut", "undercuts", "le gana a"})


def _shown(tokens: list[Token]) -> list[Token]:
    """ "TPUs don't show up": what is not in the plan; "don't show TPUs" leaves them out."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        before = token_before(tokens, place)
        shows = [at for at in next_places(list(tokens), place + 1, 1) if tokens[at].kind != "NUM"]
        verb = tokens[place + 1 : place + 2]
        led = before is not None and before.kind in CHIP and bool(verb) and verb[0].kind == "NEUTRAL"
        alone = not shows or tokens[shows[0]].kind not in (*CHIP, "PROC", "WITH")
        if token.kind == "NEG" and led and alone and verb[0].text.lower() in _SHOWING:
            found[place] = replace(token, kind="DISCARD")
    return found


_SHOWING = word_list("shown")


def _and_why_is_that(tokens: list[Token]) -> list[Token]:
    """ "TPUs are not in the plan; why?": the question behind what is reported stands before it, as if said so."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        before = token_before(tokens, place)
        parted = before is not None and before.kind in ("STOP", "COMMA", "AND", "QMARK")
        ends = next_kinds(tokens, place + 1, 1) in ([], ["QMARK"], ["STOP"])
        if token.kind != "WHY" or not parted or not ends:
            continue
        chips = next((at for at in range(place) if tokens[at].kind in CHIP), place)
        behind = [at for at in range(chips + 1, place) if tokens[at].kind not in ("NEUTRAL", "IS", *CHIP)]
        if chips < place and behind and tokens[behind[0]].kind == "DISCARD":
            del found[place]
            found.insert(chips, token)
            return found
    return found


def _years(tokens: list[Token]) -> list[Token]:
    """ "Chile, in 2028, 1 MW": a year, and no first of two limits."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        year = token.kind == "NUM" and token.text.isdigit() and _FIRST_YEAR <= int(token.text) <= _LAST_YEAR
        before, behind = token_before(tokens, place), next_places(tokens, place + 1, 2)
        alone = before is None or before.kind in ("COMMA", "COUNTRY", "STOP", "WORKLOAD")
        parted = [tokens[at].kind for at in behind] == ["COMMA", "NUM"]
        if year and alone and parted and (tokens[behind[1]].number or 0) < _FIRST_YEAR:
            found[place] = replace(token, kind="YEAR")
    return found


_FIRST_YEAR, _LAST_YEAR = 2024, 2045


def _ranked(tokens: list[Token]) -> list[Token]:
    """ "Third cheapest country": a place in a ranking of countries, and no alternative to a plan."""
    found = list(tokens)
    for place, (token, after) in enumerate(pairwise(tokens)):
        if (
            token.kind == "ALTERNATIVES"
            and after.text.lower() in _OF_COUNTRIES
            and after.kind in ("NEUTRAL", "COUNTRIES_N")
        ):
            best = token.text.lower().startswith("top")  # "the top 5 countries" are in the ranking of all
            found[place] = replace(token, kind="WHICH_COUNTRY" if best else "UNKNOWN")
    return found


_OF_COUNTRIES = word_list("of_countries")


def _what_can(tokens: list[Token]) -> list[Token]:
    """ "What can Chile train with 1 MW?", "what can 2 MW in Ghana train?": the largest model, if none is named."""
    if {token.kind for token in tokens} & _NAMED_OR_ASKED:
        return tokens
    found = list(tokens)
    for place, token in enumerate(tokens):
        behind = list(takewhile(lambda other: other.kind in _WHO_TRAINS, tokens[place + 1 : place + 12]))
        words = {other.text.lower() for other in behind}
        can = any(other.kind == "CAN" for other in behind[:6]) or words & {"could", "podría", "poderia"}
        who = any(other.kind in ("COUNTRY", "NUM") for other in behind)
        if token.text.lower() in ("what", "qué", "o que") and can and who and words & _TRAINING:
            found[place] = replace(token, kind="LARGEST", value="parameters")
    return found


_WHO_TRAINS = set_of("NEUTRAL CAN COUNTRY NUM MONEY POWER_UNIT ACCEL DEVICES AND COMMA POWER_N BUDGET_N")
"""What stands behind "what": "can 2 MW in Ghana train"."""
_NAMED_OR_ASKED = set_of(
    "WORKLOAD BIG WAY FIGURE OBJ WHY LARGEST OPTIONS ALTERNATIVES TIPPING LAW EXPLAIN TOKENS COMPARE DATA COST_N LEAST "
    "WHICH_MODEL UNPUBLISHED FLOP PROC"
)
_TRAINING = frozenset({"train", "entrenar", "treinar", "do", "achieve", "hacer", "fazer"})
