"""What a word means next to its neighbours, where one word has several uses ("may", "have", "our", "a")."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from optimizer.question.senses.asides import without_asides
from optimizer.question.senses.comparisons import limits_compared
from optimizer.question.senses.habits import by_sentence
from optimizer.question.senses.other_times import refuse_other_times
from optimizer.question.senses.settling import settle, settle_one
from optimizer.question.senses.verbs import by_verbs
from optimizer.question.tokens import CHIP, Token, corrected
from optimizer.question.vocabulary.languages import FIRST, Language, languages
from optimizer.question.vocabulary.names import Names
from optimizer.question.vocabulary.phrases import Meaning, Phrases, key_of
from optimizer.question.vocabulary.word_lists import set_of

_BEFORE_A_YEAR = set_of("MONTH QUARTER HALFYEAR BY BEFORE UPTO ENDOF MIDOF STARTOF SEASON")
_BILLIONS = frozenset({"B", "b", "bn", "billion", "billions", "bi"})
_MEASURED = frozenset({"MONEY", "TOKENS", "FLOP", "TPP", "ACCEL", "ACCEL_OF", "DEVICES", "MORE", "H100_EQ", "PERCENT"})
_SHORTEST_MISSPELT = 5
_CORRECTED = set_of(
    "NEUTRAL OBJ TIME_UNIT POWER_UNIT TOKENS PARAMETERS COST_N TIME_N POWER_N ENERGY_N CARBON_N BUDGET_N TARIFF_N "
    "DEVICES HARDWARE_N COUNTRIES_N FIGURE COMPARE EXPLAIN LIMIT SCALE MONTH WHICH_COUNTRY ALTERNATIVES SENSITIVITY "
    "LARGEST CAN FRONTIER OPTIONS BEST PROC"
)
_BETWEEN_NOT_AND_MORE = set_of(
    "CARBON_N ENERGY_N POWER_N TIME_N COST_N BUDGET_N CAPITAL_N PRICE_N HAVE IS CAN WITH OUR WORTH"
)
"""Kinds that may stand between a negation and the "more than" that it turns into a limit."""
PLACES = frozenset({"COUNTRY", "REGION", "ALL_COUNTRIES", "WHICH_COUNTRY", "BEST_PLACE", "COUNTRIES_N", "WHERE_HERE"})
"""Tokens that say where, or ask it."""
_PARTICIPLES = ("ado", "ada", "ados", "adas", "ido", "ida", "idos", "idas")
_TOKENS_OVER_SIZE = 15
"""A model is trained on at least so many times as many tokens as it has parameters."""
_FEWEST_DRAWS = 50
"""From this count on scenarios are drawn: "300 escenarios"; "2 scenarios" are two cases."""
SOFT = set_of("WITH COMMA STOP QMARK AND BUT TO FROM IS CAN HARDWARE_N ORDINAL DEVICES TOTAL RECOMMEND PREFER PER")
"""Kinds that carry no meaning where no rule takes them."""


def settled(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """The tokens for the grammar, and those without a meaning.

    Raises:
        RefusalError: the first word that is not known, "our H100" without a number.
    """
    tokens = settle(_people(_not_more_than(_nothing_owned(limits_compared(_without_brackets(tokens))))), "already")
    tokens = by_sentence(by_verbs(without_asides(refuse_other_times(tokens))))
    kept = [token for token in tokens if token.kind != "NEUTRAL"]
    ignored = [token for token in tokens if token.kind == "NEUTRAL"]
    found: list[Token] = []
    for place, token in enumerate(kept):
        new = _in_place(token, found[-3:], kept[place + 1 : place + 4])
        (ignored if new.kind == "NEUTRAL" else found).append(new)
    return found, sorted(ignored, key=lambda token: token.start)


def _without_brackets(tokens: list[Token]) -> list[Token]:
    """A unit or a currency alone in brackets says again what stands before it: "energy (MWh)"."""
    found = list(tokens)
    for place, token in enumerate(tokens[1:-1], 1):
        alone = tokens[place - 1].text == "(" and tokens[place + 1].text == ")"
        if alone and (token.kind == "MONEY" or token.kind.endswith("_UNIT")):
            for step in (place - 1, place + 1):
                found[step] = replace(tokens[step], kind="NEUTRAL")
            if place < 2 or tokens[place - 2].kind != "NUM":
                found[place] = replace(token, kind="NEUTRAL")
    return found


def _people(tokens: list[Token]) -> list[Token]:
    """ "somos 3 universidades": so many of those who ask, which counts nothing of the plan."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind == "PEOPLE_N":
            found[place] = replace(token, kind="NEUTRAL")
            if place and tokens[place - 1].kind == "NUM":
                found[place - 1] = replace(tokens[place - 1], kind="NEUTRAL")
    return found


def _nothing_owned(tokens: list[Token]) -> list[Token]:
    """ "no tenemos servidores": nothing is owned, which is so where nothing is said."""
    found = list(tokens)
    for places in _runs(tokens, ("HAVE", "OWN", "NOTHING"), ("HARDWARE_N", "DEVICES", "OWN", "PROC")):
        after = next((token.kind for token in tokens[places[-1] + 1 :] if token.kind != "NEUTRAL"), "")
        last = tokens[places[-1]]
        done = last.kind != "PROC" or key_of(last.text).endswith(_PARTICIPLES)  # "nada comprado"
        owns = any(tokens[place].kind == "HAVE" for place in places) or tokens[places[0] + 1].kind == "OWN"
        if done and owns and after not in CHIP:
            for place in places:
                found[place] = replace(found[place], kind="NEUTRAL")
    return found


def _not_more_than(tokens: list[Token]) -> list[Token]:
    """ "no consuma más de 2 MW", "sin que el gasto supere 5 millones": a negated "more than" is a limit."""
    found = list(tokens)
    for places in _runs(tokens, _BETWEEN_NOT_AND_MORE, ("MIN",)):
        if tokens[places[-1]].value == "more":
            found[places[0]] = replace(tokens[places[0]], kind="NEUTRAL")
            found[places[-1]] = replace(tokens[places[-1]], kind="LIMIT")
    return found


def _runs(tokens: list[Token], between: Collection[str], last: Collection[str]) -> Iterator[list[int]]:
    """The places of each run from a negation, over kinds that may stand between, to one of the last kinds."""
    negated = False
    for start, token in enumerate(tokens):
        if token.kind != "NEG" and not (token.kind == "NOR" and negated):
            continue
        negated = True
        places = [start]
        for place in range(start + 1, len(tokens)):
            kind = tokens[place].kind
            if kind == "NEUTRAL":
                continue
            if kind not in between and kind not in last:
                break
            places.append(place)
            after = next((other.kind for other in tokens[place + 1 :] if other.kind != "NEUTRAL"), "")
            if kind in last and after not in last:
                yield places
                break


def _in_place(token: Token, before: list[Token], after: list[Token]) -> Token:
    """The token with the kind that it has between these neighbours."""
    following = [other.kind for other in after]
    if token.kind == "NUM" and _is_year(token, before, following):
        return replace(token, kind="YEAR")
    if token.kind == "NUM" and token.scale in _BILLIONS and _is_size(token, before, following):
        tokens_of = [other.kind for other in before][-2:] == ["BIG", "SLASH"] and _far_more(token, before[-2])
        return replace(token, kind="TRILLIONS" if tokens_of else "BIG")
    if token.kind == "NUM" and token.scale == "T" and any(other.kind == "BIG" for other in before):
        token = replace(token, kind="TRILLIONS")  # "7B on 2T", "7B/2T"; a unit behind it makes it a number again
    if token.kind == "CASES" and before and before[-1].kind == "NUM" and (before[-1].number or 0) >= _FEWEST_DRAWS:
        return replace(token, kind="DRAWS" if [other.kind for other in before].count("NUM") == 1 else "CASES")
    if token.kind == "NEG" and following[:1] and following[0] in CHIP and _opens_a_question(token, before, after):
        return replace(token, kind="WHY_NOT")  # "couldn't the A100 do it?"
    return settle_one(token, before, after, "in place")


def _far_more(tokens: Token, size: Token) -> bool:
    """ "13B/500B": so many tokens of a model of that size."""
    return (tokens.number or 0) >= _TOKENS_OVER_SIZE * (size.number or 0)


def _opens_a_question(token: Token, before: list[Token], after: list[Token]) -> bool:
    """Whether a negated verb begins a clause, so that it asks for a reason; "don't show TPUs" excludes them."""
    if token.text.lower() == "don't" and after[0].start > token.end + 1:
        return False
    return token.text.lower().endswith("n't") and (not before or before[-1].kind in ("STOP", "COMMA", "QMARK"))


def _is_size(token: Token, before: list[Token], following: list[str]) -> bool:
    """Whether a number of billions stands alone: "a 70B model"; not "$7B" and "5B tokens"."""
    unit = bool(following) and (following[0].endswith("_UNIT") or following[0] in _MEASURED)
    previous = before[-1].kind if before else ""
    behind_money = previous == "MONEY" and token.start <= before[-1].end + 1
    with_tokens = following[:2] == ["SLASH", "NUM"]
    return not behind_money and (previous not in ("BUDGET_N", "LIMIT") or with_tokens) and not unit


def _is_year(token: Token, before: list[Token], following: list[str]) -> bool:
    """Whether a number of four digits stands where a year would: after a month, a day of it, a quarter, "by"."""
    if len(token.text) != 4 or not token.text.isdigit():
        return False
    kinds = [other.kind for other in before if other.kind not in ("COMMA", "ORDINAL", "NEUTRAL", "SLASH", "IS")]
    led = kinds[-1:] and kinds[-1] in _BEFORE_A_YEAR
    led = led or (kinds[-1:] == ["TIME_N"] and token.text.startswith("20"))  # "deadline=2027"
    unit = following[:1] and (following[0].endswith("_UNIT") or following[0] in ("DEVICES", "ACCEL", "MONEY", "TOKENS"))
    return bool(led or kinds[-2:] == ["MONTH", "NUM"]) and not unit


def spelt(token: Token, language: Language, names: Names) -> Token:
    """A misspelt word that can be read in one way only, and whose reading bars, allows and excludes nothing.

    Two neighbouring letters in the wrong order ("trian"), or one letter wrong, too many or too few in a longer word
    ("cheepest", "mounths"); the first letter stands. A name, and a word that decides, is offered and never assumed.
    """
    word = key_of(token.text)
    if token.kind != "UNKNOWN" or len(word) < _SHORTEST_MISSPELT or not word.isalpha():
        return token
    named = token.start > 0 and token.text[0].isupper() and not token.text.isupper()  # "Martin" is no margin
    found = _read_as(word, (language.phrases, names.phrases))
    if not found and language.code != FIRST:
        found = _read_as(word, (languages()[FIRST].phrases,))
    if len(set(found.values())) != 1:
        return token
    phrase, meaning = next(iter(found.items()))
    if meaning is None or meaning.kind not in _CORRECTED or (named and meaning.kind != "MONTH"):
        return token
    return corrected(token, phrase, meaning.kind, meaning.value)


def _read_as(word: str, sources: tuple[Phrases, ...]) -> dict[str, Meaning | None]:
    """The words that a misspelt one may be, each with its meaning."""
    found = {}
    for source in sources:
        for phrase in source.near(word):
            if swapped(word, phrase) or (len(word) > _SHORTEST_MISSPELT and _one_inside(word, phrase)):
                found[phrase] = source.meaning(phrase)
    return {phrase: meaning for phrase, meaning in found.items() if phrase[0] == word[0]}


def _one_inside(one: str, other: str) -> bool:
    """Whether a letter before the ending differs: another ending is another word ("approve", "approved")."""
    return one_edit(one, other) and one[-2:] == other[-2:]


def swapped(one: str, other: str) -> bool:
    """Whether two words differ by two neighbouring letters in the other order."""
    if len(one) != len(other) or one == other:
        return False
    places = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    first, last = places
    return one[first] == other[last] and one[last] == other[first]


def one_edit(one: str, other: str) -> bool:
    """Whether two words differ by one letter: another one, one more, or one less."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if len(one) == len(other):
        return one[start + 1 :] == other[start + 1 :]
    short, long = sorted((one, other), key=len)
    return short[start:] == long[start + 1 :]


def stands_alone(tokens: list[Token]) -> bool:
    """Whether a question that begins with "and" says all that it needs: what is asked, where, and under which limit."""
    kinds = {token.kind for token in tokens}
    limits = any(kind.endswith("_UNIT") or kind in ("MONEY", "WORKLOAD", "BIG") for kind in kinds)
    return bool(kinds & _ASKING) and bool(kinds & PLACES) and limits


_ASKING = set_of(
    "WHY FIGURE OBJ BEST EXPLAIN ALTERNATIVES LARGEST COMPARE TIPPING SENSITIVITY WAYS LAW OPTIONS DATA WHICH_COUNTRY "
    "SWEEP CONSORTIUM BEST_PLACE"
)
