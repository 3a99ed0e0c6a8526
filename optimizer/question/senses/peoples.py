"""Words for a people, of which one may be the country, its language, or the makers of chips."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from optimizer.catalogue.names import bare_name
from optimizer.catalogue.unknown_names import AMERICAN_STATES, states
from optimizer.question.errors import RefusalError
from optimizer.question.tokens import Token
from optimizer.question.vocabulary.languages import places
from optimizer.question.vocabulary.names import Names
from optimizer.question.vocabulary.phrases import Meaning, key_of
from optimizer.question.vocabulary.word_lists import word_list

_OF_MODELS = tuple(word_list("of_models"))
_ORGANISATIONS = tuple(word_list("organisations"))
_RARELY_A_COUNTRY = word_list("rarely_a_country")
_ASKED_IN = tuple(word_list("asked_in"))
_SPOKEN = ("speak", "language", "lingua", "idioma", "langue", "hablan", "falan", "parlant")
_TONGUES = ("lengua", "lingua", "idioma", "habla")
_PLANS = frozenset({"plan", "plans", "plano", "planos", "planes"})
_ARTICLES = frozenset({"el", "o", "le", "al", "ao"})
_NUMBERS = frozenset({"NUM", "NUMBER", "SCALE"})
_INTO = frozenset({"in", "en", "em", "of", "de", "do"})


def settle_seats(tokens: list[Token], names: Names) -> list[Token]:
    """ "We at UNAM": an institution gives its country where the sentence names no other place."""
    found = list(tokens)
    if any(one.kind == "SEAT" for one in tokens):  # "LUMI: a Nordic model"
        of_model = [one.kind == "REGION" and key_of(after.text).startswith("model") for one, after in pairwise(tokens)]
        found = [
            replace(one, kind="NEUTRAL") if so else one for one, so in zip(tokens, [*of_model, False], strict=True)
        ]
    places = ("COUNTRY", "REGION", "ALL_COUNTRIES", "SEVERAL")
    kinds = {token.kind for token in found}
    placed = not kinds.isdisjoint(places) and "CONSORTIUM" not in kinds  # of which each is a site
    kept = "NEUTRAL" if placed else "COUNTRY"
    return [
        replace(one, kind=kept, corrected="" if placed else names.name_of(one.value)) if one.kind == "SEAT" else one
        for one in found
    ]


def settle_peoples(raw: list[Token], names: Names, language: str) -> list[Token]:
    """Words for a people: next to chips their makers, next to tokens or a model a language, elsewhere the country."""
    raw = [_state_or_country(token, raw, names, language) for token in raw]
    raw = [_without_its_city(raw, place, names) for place in range(len(raw))]
    elsewhere = any(token.kind in ("COUNTRY", "REGION") for token in raw)
    found: list[Token] = []
    for place, token in enumerate(raw):
        if token.kind == "NEG" and token.text.lower() == "no" and _written_so(raw[place + 1 : place + 2], names):
            token = replace(token, kind="NEUTRAL")  # "with 2 MW no Brasil"
        elif token.kind == "UNKNOWN" and place and _is_a_person(raw[place - 1], token):
            token = replace(token, kind="NEUTRAL")
        if token.kind in ("LANG", "ACCEL_OF"):
            behind = [other for other in raw[place + 1 : place + 6] if other.kind not in _NUMBERS]
            near = [*raw[max(0, place - 1) : place], *behind[:2]]  # "a Spanish 7B model"
            near = [other for other in near if other.kind not in ("DATA", "DATA_LIST")]
            led = place > 0 and (raw[place - 1].text.lower() in _INTO or _named(raw, place))
            around = [*raw[max(0, place - 2) : place], *behind[:2]]  # "universidad pública inglesa"
            of_people = any(_is_of_people(other) for other in (behind[:2] if led else around))
            joined = place > 1 and raw[place - 1].kind in ("AND", "COMMA") and raw[place - 2].kind == "LANG"
            if token.kind == "LANG" and joined and found[place - 2].kind == "NEUTRAL":
                token = replace(token, kind="NEUTRAL")  # "in Spanish and Portuguese"
            else:
                led = led and not of_people  # "a team of Spanish researchers"
                token = _people(token, near, names, language, led=led, elsewhere=elsewhere, of_people=of_people)
        elif token.kind == "COUNTRY" and place and key_of(raw[place - 1].text).startswith(_TONGUES):
            token = replace(token, kind="NEUTRAL", corrected="")  # "un modelo de lengua inglesa"
        found.append(token)
    return found


def _state_or_country(token: Token, raw: list[Token], names: Names, language: str) -> Token:
    """The code of a country that is also one of a state, in the language of that state.

    Raises:
        RefusalError: "no RS" could be Serbia or Rio Grande do Sul.
    """
    states = {"pt": _BRAZILIAN_STATES, "en": AMERICAN_STATES}.get(language)
    if token.kind not in ("COUNTRY", "UNKNOWN") or states is None or not states.fullmatch(token.text):
        return token
    if language == "pt" and token.kind == "UNKNOWN":
        return replace(token, kind="COUNTRY", value="BR", corrected=names.name_of("BR"))
    others = [one for one in raw if one.kind == "COUNTRY" and one is not token]
    if language == "pt" and any(one.value == "BR" and len(one.text) > len("BR") for one in others):
        return replace(token, kind="NEUTRAL")  # "no Brasil, RS"
    if language == "pt" and not others:
        raise RefusalError("state_code", token, said=f"{token.text}|{token.value}")
    said = language == "en" and token.kind == "COUNTRY"
    return replace(token, corrected=names.name_of(token.value)) if said else token


_BRAZILIAN_STATES = re.compile("A[CLMP]|BA|CE|DF|ES|GO|M[AGST]|P[ABEIR]|R[JNORS]|S[CEP]|TO")
"""Codes of states, of which some are those of countries: asked back in Portuguese; others are said in English."""


def _without_its_city(raw: list[Token], place: int, names: Names) -> Token:
    """A place next to its country counts no more: "Santiago, Cuba", "Georgia, USA", "Córdoba in Argentina".

    Raises:
        RefusalError: a city or a province of several countries, and none of them is said.
    """
    token = raw[place]
    if token.kind in ("COUNTRY", "SEVERAL") and _is_in_a_state(raw, place):
        return replace(token, kind="NEUTRAL", corrected="")
    if token.kind == "UNKNOWN" and place > 1 and token.text == raw[place - 2].value and raw[place - 2].corrected:
        return replace(token, kind="NEUTRAL")  # "Bogotá, CO"
    may_be_state = token.value == "GE" or AMERICAN_STATES.fullmatch(token.text)
    if place > 1 and may_be_state and token.value != "US" and _is_in_a_state(raw, place - 2):
        return replace(token, kind="COUNTRY", value="US", corrected=names.name_of("US"))
    known = token.value.split()
    near = ([one for one in side if not _lies_between(one)][:1] for side in (raw[:place][::-1], raw[place + 1 :]))
    if token.kind == "COUNTRY" and any(one.value.startswith(f"{token.value}-") for side in near for one in side):
        return replace(token, kind="NEUTRAL", corrected="")  # "Crimea, Ukraine"
    if token.kind == "SEVERAL":
        if not any(other.kind == "COUNTRY" and other.value in known for other in raw):
            raise RefusalError("shared_place", token, said="|".join((token.text, *known)))
        return replace(token, kind="NEUTRAL")
    if token.kind != "COUNTRY" or not token.corrected:
        return token
    before, after = ([one for one in side if one.kind != "COMMA"][:1] for side in (raw[:place][::-1], raw[place + 1 :]))
    beside = [one.value for one in (*before, *after) if one.kind == "COUNTRY"]
    if token.value in _ALSO_IN:
        return replace(token, kind="NEUTRAL", corrected="") if _ALSO_IN[token.value] in beside else token
    if names.phrases.meaning(key_of(token.text)) is not None:
        return token  # "Korea, Japan" are two countries
    kinds = [one.kind for one in raw[place + 1 : place + 4]]
    address = kinds[:2] == ["COMMA", "COUNTRY"] and not raw[place + 2].corrected and kinds[2:] not in (["AND"], ["OR"])
    alone = sum(one.kind == "COUNTRY" for one in raw) == len(("city", "country"))
    return replace(token, kind="NEUTRAL", corrected="") if address and alone else token


def _is_in_a_state(raw: list[Token], place: int) -> bool:
    """ "Paris, Texas", "Athens, Georgia", "Paris, TX": a state behind a comma, and no list that ends in "and".

    Raises:
        RefusalError: "Paris, TN" could be a city in Tennessee, or two countries.
    """
    city, comma, state, *behind = [*raw[place : place + 4], *[None] * 3][:4]
    if city is None or comma is None or state is None or comma.kind != "COMMA":
        return False
    listed = any(one is not None and one.kind in ("AND", "OR") for one in behind)
    is_place = city.kind == "SEVERAL" or (city.kind == "COUNTRY" and bool(city.corrected))
    at_home = {state.value, state.text} & {*city.value.split()} or _is_brazilian(state, city)
    if is_place and AMERICAN_STATES.fullmatch(state.text) and not listed and not at_home:
        if state.kind == "COUNTRY" and "US" not in city.value.split():
            raise RefusalError("state_of_two", state, said=f"{state.text}|{state.value}")
        return True
    of_georgia = state.value == "GE" and is_place
    is_state = of_georgia or (state.kind == "COUNTRY" and states().get(bare_name(state.text)) == state.value)
    return is_state and city.value != state.value and not listed


def _lies_between(token: Token) -> bool:
    """A comma, or a word such as "in", between a place and its country."""
    return token.kind == "COMMA" or token.text.lower() in _INTO


def _is_brazilian(state: Token, city: Token) -> bool:
    """ "Belém, PA"."""
    return "BR" in city.value.split() and _BRAZILIAN_STATES.fullmatch(state.text) is not None


_ALSO_IN = {"GE": "US", "GD": "ES"}
"""Country -> where its name is also that of a state or a city."""


def _is_a_person(before: Token, token: Token) -> bool:
    """ "Dear Ms Okafor", "Dra. Pérez": a name behind a title."""
    return before.text.lower().rstrip(".") in _TITLES and token.text[0].isupper() and token.text.isalpha()


_TITLES = word_list("titles")


def _named(raw: list[Token], place: int) -> bool:
    """ "The Spanish of Colombia", "para el español": an article, or the country where it is spoken, next to a word."""
    behind = raw[place + 1 : place + 3]
    of_a_country = len(behind) == 2 and behind[0].text.lower() in _OF and behind[1].kind == "COUNTRY"
    article = raw[place - 1].text.lower() in _ARTICLES
    return of_a_country or (article and any(token.kind == "COUNTRY" for token in raw[place + 1 :]))


_OF = frozenset({"of", "de", "del", "do", "da", "du", "in", "en", "em", "spoken"})


def _written_so(after: list[Token], names: Names) -> bool:
    """Whether a country follows as Portuguese writes it and English does not: there "no" is "in"."""
    return bool(after) and after[0].kind == "COUNTRY" and names.native.get("pt", {}).get(key_of(after[0].text), False)


def _is_of_people(token: Token) -> bool:
    """A lab, a ministry, and others that a country has: in a text of several words, one of them."""
    return any(word.startswith(_ORGANISATIONS) for word in key_of(token.text).split())


def _people(
    token: Token, near: list[Token], names: Names, language: str, *, led: bool, elsewhere: bool, of_people: bool
) -> Token:
    """A word for a people between its neighbours.

    Args:
        token: the word.
        near: the words next to it.
        names: of the catalogue.
        language: of the sentence.
        led: whether "in" or "of" is before it.
        elsewhere: whether the sentence names a country.
        of_people: whether it is of a lab, a ministry or others that a country has.

    Raises:
        RefusalError: "in Portuguese" could be the language or the country, and "an Arabic lab" is of no known country.
    """
    name = key_of(token.text)
    known = next((meaning for end, meaning in names.at(name, 0) if end == len(name)), None)
    if name in _RARELY_A_COUNTRY and not of_people:
        known = None
    if token.kind == "ACCEL_OF":
        of_chips = any(other.kind in ("DEVICES", "ACCEL", "HARDWARE_N", "NEG") for other in near)
        if not of_chips and any(key_of(other.text).startswith(_SPOKEN) for other in near):
            return replace(token, kind="NEUTRAL")  # "for Chinese speakers"
        is_country = known is not None and known.kind == "COUNTRY" and not of_chips
    else:
        spoken = any(key_of(other.text).startswith(_SPOKEN) for other in near)
        is_language = spoken or any(word in key_of(other.text) for other in near for word in _OF_MODELS)
        is_language = is_language or (led and elsewhere)
        if name in _RARELY_A_COUNTRY:
            if is_language or any(key_of(other.text).startswith(_ASKED_IN) for other in near):
                return replace(token, kind="NEUTRAL")
            if known is None and not led and any(other.kind == "NEUTRAL" for other in near):
                raise RefusalError("language", token, said=token.text)  # "an English hospital"
        of_a_plan = not led and any(key_of(other.text) in _PLANS for other in near)
        if known is None and not (is_language or elsewhere) and (language == "fr" or of_a_plan or of_people):
            raise RefusalError("language", token, said=token.text)  # "an English plan": for England, or in English
        if led and not is_language and known is not None:
            raise RefusalError("language", token, said=token.text)
        is_country = not is_language and known is not None and known.kind == "COUNTRY"
    if is_country and known is not None:
        said = places().meaning(name) == Meaning("CITY", known.value)
        return replace(token, kind="COUNTRY", value=known.value, corrected=names.name_of(known.value) if said else "")
    return token if token.kind == "ACCEL_OF" else replace(token, kind="NEUTRAL")
