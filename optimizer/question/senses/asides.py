"""What is said next to a question: who made a chip, what was suggested before, "or not" behind it, a chip left out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

from optimizer.question.errors import RefusalError
from optimizer.question.senses.neighbours import ENDS, next_kinds, next_places, token_before
from optimizer.question.senses.settling import settle
from optimizer.question.senses.who import who_may
from optimizer.question.tokens import CHIP, Token
from optimizer.question.vocabulary.word_lists import word_list


def without_asides(tokens: list[Token]) -> list[Token]:
    """The tokens, with the meaning that such words have there; those that change nothing are neutral."""
    for read in (
        *(
            who_may,
            _from_china,
            _of_its_country,
            partial(settle, section="asides"),
            _put_aside,
            _left_out,
            _and_why,
            _suggested,
        ),
        *(_or_not, _money_of_hardware, _amount_per_time, _letters_of_names, _within_the_law),
    ):
        tokens = read(tokens)
    return tokens


def _from_china(tokens: list[Token]) -> list[Token]:
    """ "Is the H100 barred from China?": the country, where "chips from China" are those made there."""
    found = list(tokens)
    countries = {token.value for token in tokens if token.kind == "COUNTRY"}
    for place, token in enumerate(tokens):
        before = token_before(tokens, place)
        barred = before is not None and before.kind in _OF_A_PLACE
        if token.kind == "ACCEL_OF" and barred and token.text.lower() in ("from china", "de china", "da china"):
            found[place] = replace(token, kind="COUNTRY", value="CN")
        elif (
            token.kind == "COUNTRY"
            and token.value == "CN"
            and before is not None
            and len(countries) > 1
            and before.kind in ("NEG", "NOTHING")
            and before.text.lower().startswith(("nothing", "nada", "rien"))
        ):
            found[place] = replace(token, kind="ACCEL_OF", value=_MADE_THERE)  # "nothing from China"
    return found


def _of_its_country(tokens: list[Token]) -> list[Token]:
    """ "What would Switzerland's Apertus cost in Morocco": whose model it is, next to the country asked about."""
    found = list(tokens)
    if len({token.value for token in tokens if token.kind == "COUNTRY"}) < len(("its own", "another")):
        return tokens
    for place, token in enumerate(tokens):
        after = next_kinds(tokens, place + 1, 1)
        model = next((at for at in range(place - 1, -1, -1) if tokens[at].kind == "WORKLOAD"), place)
        between = [other for other in tokens[model + 1 : place] if other.text.lower() not in ("el", "la", "o", "a")]
        words = " ".join(other.text.lower() for other in between)
        leads = model < place and (words in _WHOSE or words.startswith(_MADE_IN)) and len(words) < _FEW
        if token.kind == "COUNTRY" and (leads or (token.text.lower().endswith("'s") and after == ["WORKLOAD"])):
            found[place] = replace(token, kind="NEUTRAL")
    return found


_WHOSE = frozenset({"of", "from", "de", "da", "do", "del", "du"})
_MADE_IN = (
    "was trained in",
    "was made in",
    "was built in",
    "fue entrenado en",
    "se entrenó en",
    "foi treinado n",
    "foi feito n",
)
_FEW = 25
"""Letters of what stands between a model and whose it is."""
_OF_A_PLACE = frozenset({"DISCARD", "BANNED", "BANNED_LAW", "LIFTED", "DATA_LIST", "GAPS", "DATA"})
_MADE_THERE = "Huawei"
"""The maker in China of which the data have accelerators."""


def _put_aside(tokens: list[Token]) -> list[Token]:
    """ "Leaving Nvidia out", "dejando a Nvidia fuera": the chips between the verb and its "out" are not to be used."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.text.lower() not in (*_PUTTING, *_PAST) or token.kind not in ("UNKNOWN", "NEUTRAL"):
            continue
        chips = False
        for at in range(place + 1, len(tokens)):
            other, last = tokens[at], at == len(tokens) - 1
            said = other.text.lower()
            if chips and said in _ASIDE and (last or tokens[at + 1].kind in _BEHIND_A_NAME):
                why = next((n for n, one in enumerate(tokens) if one.kind == "WHY"), None)
                found[place] = replace(token, kind="NEG" if why is None else "DISCARD")
                found[at] = replace(other, kind="NEUTRAL")
                if why is not None:  # "you left Nvidia out. Why?"
                    found[why] = replace(tokens[why], kind="NEUTRAL")
                elif token.text.lower() in _PAST:
                    found[place] = token
                break
            chips = chips or other.kind in CHIP
            led = said in _LEADS_TO_A_NAME or (chips and other.kind == "NEUTRAL") or other.kind in ("TO", "DEVICES")
            if other.kind not in CHIP and not led and not (chips and other.kind in ("AND", "COMMA", "OR", "NOR")):
                break
    return found


_PUTTING = word_list("putting_aside")
_PAST = word_list("put_aside")
_ASIDE = frozenset({"out", "out of it", "aside", "fuera", "afuera", "aparte", "de lado", "fora", "de fora", "de côté"})
_BEHIND_A_NAME = frozenset({"COMMA", "STOP", "QMARK", "AND", "BUT", "NEUTRAL", "OBJ", "WITH", "LIMIT", "NUM"})


def _left_out(tokens: list[Token]) -> list[Token]:
    """ "Nvidia excluded, Peru": the chips of a part that says nothing else are not to be used.

    "Is the H100 excluded?" and "why was it left out" ask, and are read as questions.
    """
    found = list(tokens)
    for place, token in enumerate(tokens):
        said = token.text.lower()
        if token.kind not in ("DISCARD", "UNKNOWN", "NEUTRAL", "IS") or said not in (*_LEFT_OUT, "fuera de", "fora de"):
            continue
        follows, before = next_kinds(tokens, place + 1, 1), token_before(tokens, place)
        opens = before is None or before.kind in ("COMMA", "STOP", "AND")
        if said in ("fuera", "fora", "afuera", "fuera de", "fora de") and opens and {*follows} & CHIP:
            found[place] = replace(token, kind="NEG")  # "fuera Nvidia"
            continue
        if follows not in ENDS:
            continue
        start = next((at for at in range(place - 1, -1, -1) if tokens[at].kind in ("COMMA", "STOP")), -1)
        part = [other for other in tokens[start + 1 : place] if other.text.lower() not in _LEADS_TO_A_NAME]
        asks = any(other.kind in ("WHY", "WHY_NOT", "OPTIONS", "WHICH_CHIPS", "ALTERNATIVES") for other in tokens)
        if part and all(other.kind in (*CHIP, "DEVICES", "AND", "WITH") for other in part) and not asks:
            found[place] = replace(token, kind="BANNED")
    return found


_LEFT_OUT = word_list("left_out")
_LEADS_TO_A_NAME = word_list("leads_to_a_name")


def _and_why(tokens: list[Token]) -> list[Token]:
    """ "Which accelerators are ruled out, and why": the list of options says why with each of them."""
    asked = [place for place, token in enumerate(tokens) if token.kind in ("OPTIONS", "WHICH_CHIPS", "KINDS")]
    left_out = [token.kind in ("UNKNOWN", "NEUTRAL") and token.text.lower() in _LEFT_OUT for token in tokens]
    barred = [place for place, token in enumerate(tokens) if token.kind == "DISCARD" or left_out[place]]
    if not asked or not barred or asked[0] > barred[0] or asked[0] + 4 < barred[0]:
        return tokens
    found = list(tokens)
    for place, (before, token) in enumerate(pairwise(tokens), 1):
        ends = next_kinds(tokens, place + 1, 1) in ([], ["QMARK"], ["STOP"], ["COMMA"])
        if token.kind == "WHY" and before.kind in ("AND", "COMMA", "NEUTRAL") and place > barred[0] and ends:
            found[place] = replace(token, kind="NEUTRAL")
            found[asked[0]] = replace(tokens[asked[0]], kind="OPTIONS")
            found[barred[0]] = replace(tokens[barred[0]], kind="NEUTRAL")
    return found


def _suggested(tokens: list[Token]) -> list[Token]:
    """ "You suggest buying. Why shouldn't Poland rent?": what was suggested is no wish, where a reason is asked."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind != "STOP" or "WHY" not in {other.kind for other in tokens[place + 1 : place + 6]}:
            continue
        start = next((at for at in range(place - 1, -1, -1) if tokens[at].kind in ("STOP", "QMARK")), -1)
        part = [other for other in tokens[start + 1 : place] if other.kind != "NEUTRAL"]
        says = any(other.text.lower() in _SAYS for other in tokens[start + 1 : place])
        part = part[1:] if part and part[0].kind == "RECOMMEND" else part if says else []
        tells = bool(part) and all(other.kind in _SUGGESTED for other in part)
        if tells and any(other.kind in ("NEG", "WHY_NOT") for other in tokens[place + 1 :]):
            for at in range(start + 1, place + 1):
                found[at] = replace(tokens[at], kind="NEUTRAL")
    return found


_SAYS = word_list("says")
_SUGGESTED = CHIP | {"PROC", "DEVICES", "HARDWARE_N", "WITH"}


def _or_not(tokens: list[Token]) -> list[Token]:
    """ "Allowed or not": it asks what "allowed?" asks."""
    found = list(tokens)
    for place, token in enumerate(tokens[:-1]):
        negated = next((at for at in range(place + 1, len(tokens)) if tokens[at].kind != "NEUTRAL"), place)
        before = tokens[place - 1] if place else None
        asked = before is not None and (before.kind in _ASKED_OR_NOT or before.text.lower() in _CAN_BE_DONE)
        follows = next_kinds(tokens, negated + 1, 1)
        of_the_law = before is not None and before.kind == "BANNED_LAW" and "SHIP" in next_kinds(tokens, negated + 1)
        ends = of_the_law or follows in (*ENDS, ["QMARK"])
        again = before is not None and [other.text.lower() for other in tokens[negated + 1 : negated + 2]] == [
            before.text.lower()
        ]
        if again and tokens[negated].kind == "NEG" and token.kind == "OR":  # "¿sale o no sale?"
            for at in range(place, negated + 2):
                found[at] = replace(tokens[at], kind="NEUTRAL")
        if token.kind == "OR" and tokens[negated].kind == "NEG" and asked and ends:
            found[place] = replace(token, kind="NEUTRAL")
            found[negated] = replace(tokens[negated], kind="NEUTRAL")
    return found


_ASKED_OR_NOT = frozenset({"BANNED_LAW", "LAW", "ENOUGH", "WORTH"})
_CAN_BE_DONE = word_list("can_be_done")


def _letters_of_names(tokens: list[Token]) -> list[Token]:
    """ "W. Sahara", "Sudán del N.": a letter next to a place is a part of its name, and may make it another place."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        letter = token.kind == "NEUTRAL" and len(token.text) == 1 and token.text.lower() in "nsewo"
        dotted = tokens[place + 1 : place + 2] and tokens[place + 1].text == "."
        behind = tokens[place + 2 : place + 3] if dotted else tokens[place + 1 : place + 2]
        leads = bool(behind) and behind[0].kind in ("COUNTRY", "REGION") and (dotted or token.text.lower() in "nsw")
        named = place > 1 and tokens[place - 2].kind in ("COUNTRY", "REGION")
        follows = named and tokens[place - 1].text.lower() in ("del", "do", "du") and token.text.isupper()
        if letter and (leads or follows):
            found[place] = replace(token, kind="UNKNOWN")
    return found


def _within_the_law(tokens: list[Token]) -> list[Token]:
    """ "Sin violar las normas de EE. UU.": of a chip that is sent the law is asked; a plan keeps to it anyway."""
    found = list(tokens)
    kinds = {token.kind for token in tokens}
    asks = bool(kinds & CHIP) and bool(kinds & {"SHIP", "BANNED_LAW", "LAW"})
    for place, token in enumerate(tokens):
        before, at = token_before(tokens, place), next_places(tokens, place + 1, 2)
        breaks = token.kind in ("UNKNOWN", "NEUTRAL") and token.text.lower() in _BREAKING
        if breaks and before is not None and before.kind == "NEG" and at and tokens[at[0]].kind == "RULES_N":
            found[tokens.index(before)] = replace(before, kind="NEUTRAL")
            found[place] = replace(token, kind="NEUTRAL")
            found[at[0]] = replace(tokens[at[0]], kind="LAW" if asks else "NEUTRAL")
            if len(at) > 1 and tokens[at[1]].value == "US" and at[1] <= at[0] + 3:
                found[at[1]] = replace(tokens[at[1]], kind="NEUTRAL")
    return found


_BREAKING = word_list("breaking_a_rule")


def _money_of_hardware(tokens: list[Token]) -> list[Token]:
    """ "$10M hardware", "$10M worth of GPUs", "hardware for less than $10M": what it may cost, not the run."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        before = place - 1
        while before >= 0 and tokens[before].kind == "NEUTRAL" and tokens[before].text.lower() in _MADE_UP_OF:
            before -= 1
        is_worth = before < place - 1
        after_money = before >= 1 and {tokens[before].kind, tokens[before - 1].kind} == {"MONEY", "NUM"}
        behind = [other.kind for other in tokens[place + 1 : place + 4]]
        before_money = behind[:1] == ["LIMIT"] and set(behind[1:]) == {"MONEY", "NUM"}
        if (token.kind == "HARDWARE_N" and (after_money or before_money)) or (
            token.kind == "DEVICES" and after_money and is_worth
        ):
            found[place] = replace(token, kind="OF_HARDWARE" if after_money else "CAPITAL_N", value="")
    return found


_MADE_UP_OF = frozenset({"in", "of", "for", "worth of", "en", "de", "em", "para", "en valor de", "no valor de"})


def _amount_per_time(tokens: list[Token]) -> list[Token]:
    """ "$2m a year for three years" is no budget of two millions, "2 GWh a year" no limit of a run: the sum is left to
    who asks.

    Raises:
        RefusalError: at the amount.
    """
    for place, token in enumerate(tokens[:-2]):
        per, unit = tokens[place + 1], tokens[place + 2]
        money = token.kind == "MONEY" or (token.kind == "NUM" and place and tokens[place - 1].kind == "MONEY")
        rate = unit.kind == "TIME_UNIT" and unit.value != "hours" and per.text.lower() in _PER_TIME
        if rate and per.kind in ("NUM", "ONE", "PER", "EACH", "NEUTRAL", "TO"):
            if money:
                raise RefusalError("money_per_time", token, unit)
            if token.kind in ("ENERGY_UNIT", "CARBON_UNIT"):
                raise RefusalError("amount_per_time", token, unit)
    return tokens


_PER_TIME = frozenset({"a", "an", "per", "each", "every", "al", "por", "cada", "ao", "par", "/", "a cada"})
