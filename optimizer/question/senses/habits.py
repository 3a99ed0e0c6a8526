"""What a word means by the rest of its sentence: typing habits, relative clauses, figures of speech.

:mod:`optimizer.question.senses.context` settles a word by its neighbours alone; here the whole sentence is in sight.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

from optimizer.question.senses.neighbours import next_kinds, token_before
from optimizer.question.senses.nothing_else import nothing_else
from optimizer.question.senses.settling import settle
from optimizer.question.tokens import CHIP, Token
from optimizer.question.vocabulary.word_lists import set_of, word_list

_AMOUNT_UNITS = frozenset({"POWER_UNIT", "TIME_UNIT", "ENERGY_UNIT", "CARBON_UNIT", "MONEY"})
_BESIDE_A_SLASH = frozenset({"COUNTRY", "WORKLOAD", "REGION", "PROC", "OBJ", "ACCEL", "ACCEL_OF", "LIMIT", "WAY"})


def by_sentence(tokens: list[Token]) -> list[Token]:
    """The tokens, each with the kind that it has in the whole sentence; those that change nothing are neutral."""
    first = (
        _because,
        _waits,
        _reasons,
        nothing_else,
        _ones,
        partial(settle, section="counts"),
        _years_of_rules,
        _counts_of_what,
        _tariffs,
        _past,
    )
    for read in (*first, _slashes, partial(settle, section="clauses"), _figures_of_speech):
        tokens = read(tokens)
    return tokens


def _because(tokens: list[Token]) -> list[Token]:
    """ "Les escribo porque en la universidad": it gives a reason and asks for none; "porque no H100" asks."""
    found = list(tokens)
    for place, (before, token) in enumerate(pairwise(tokens), 1):
        tells = before.kind == "NEUTRAL" and before.text.lower().endswith(_OF_THE_FIRST_PERSON)
        asks = {"NEG", "PROC", "RECOMMEND", *CHIP} & {*next_kinds(tokens, place + 1, 1)}
        if token.kind == "WHY" and token.text.lower() == "porque" and tells and not asks:
            found[place] = replace(token, kind="NEUTRAL")
    return found


def _waits(tokens: list[Token]) -> list[Token]:
    """ "¿Conviene esperar seis meses?": that is no deadline, and prices to come are not predicted."""
    found = list(tokens)
    sets_beside = any(token.kind in ("INSTEAD", "VS") for token in tokens)  # "waiting 300 days rather than 150"
    for place, (before, token) in enumerate(pairwise(tokens), 1):
        advised = before.kind in ("SUITS", "WORTH", "BEST") and token.text.lower() in ("esperar", "attendre")
        led = token_before(tokens, place)
        if_so = led is not None and led.kind == "IF" and token.text.lower() in word_list("we_wait")
        waits = advised or ((if_so or token.text.lower() in word_list("waiting")) and not sets_beside)
        if waits and next_kinds(tokens, place + 1) == ["NUM", "TIME_UNIT"]:
            found[place] = replace(token, kind="CANNOT", value="prediction")
    return found


_OF_THE_FIRST_PERSON = ("o", "mos")


def _reasons(tokens: list[Token]) -> list[Token]:
    """ "Why should Kenya rent rather than buy": the country stands before the question, as if said so.

    So do its limits: "why does the plan for Chile with 2 MW not use AMD". In such a question "over" and "against" set
    what is not chosen against what is: "renting over buying".
    """
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind not in ("WHY", "WHY_NOT"):
            continue
        case: list[int] = []
        for at in range(place + 1, len(tokens)):
            after = found[at]
            joins = after.kind in ("AND", "COMMA") and next_kinds(tokens, at + 1) in _AMOUNTS
            amount = after.kind == "NUM" and next_kinds(tokens, at + 1, 1) in _OF_AMOUNTS
            if joins or amount or after.kind in _OF_A_CASE:
                case.append(at)
            elif after.kind in _REASONED:
                _set_against(found, at)
                case += _before_what_is_not_chosen(found, at)
                moved = [found[other] for other in case]
                end = max(at, case[-1] + 1) if case else at
                left = [found[other] for other in range(place, end) if other not in case]
                found[place:end] = [*moved, *left]
                break
            elif after.kind == "CHANGES" and after.text.lower() == "worth buying":
                found[at] = replace(after, kind="PROC", value="buy")
            elif after.kind == "VS" and next_kinds(tokens, at + 1, 1) == ["PROC"] and at == _next(tokens, place, "VS"):
                found[at] = replace(after, kind="NEG")
            elif after.kind not in _IN_A_REASON:
                break
    return found


def _set_against(found: list[Token], place: int) -> None:
    """ "Renting over buying": what follows is not chosen."""
    behind = [at for at in range(place + 1, len(found)) if found[at].kind != "NEUTRAL"][:2]
    over = len(behind) == 2 and found[behind[0]].kind == "MIN" and found[behind[1]].kind in _REASONED
    if over:
        found[behind[0]] = replace(found[behind[0]], kind="INSTEAD")


def _before_what_is_not_chosen(found: list[Token], place: int) -> list[int]:
    """ "Why rent in Mexico and not buy": the place of the country between the two."""
    behind = [at for at in range(place + 1, len(found)) if found[at].kind != "NEUTRAL"][:4]
    kinds = [found[at].kind for at in behind]
    turns = [kind for kind in kinds[1:] if kind not in ("AND", "COMMA")][:2]
    turned = len(turns) == 2 and turns[0] in ("NEG", "INSTEAD", "VS") and turns[1] in _REASONED
    return behind[:1] if kinds[:1] == ["COUNTRY"] and turned else []


def _next(tokens: list[Token], place: int, kind: str) -> int:
    """The place of the next token of a kind."""
    return next(at for at in range(place + 1, len(tokens)) if tokens[at].kind == kind)


_OF_A_CASE = _AMOUNT_UNITS | {"COUNTRY", "WORKLOAD", "LIMIT"}
"""What may stand between "why" and what the reason is asked of."""
_OF_AMOUNTS = [[unit] for unit in sorted(_AMOUNT_UNITS)]
_AMOUNTS = [["NUM", unit] for unit in sorted(_AMOUNT_UNITS)]
_REASONED = CHIP | {"PROC"}
"""What a plan has or has not, of which the reason is asked."""
_IN_A_REASON = set_of("NEUTRAL IS CAN USES RECOMMEND NEG WITH ONLY SUITS BEST WORTH HAVE COMPARATIVE OBJ TO")


def _ones(tokens: list[Token]) -> list[Token]:
    """ "All of the hardware", "one training run or", "own hardware: none": words that count nothing of the plan."""
    found = list(tokens)
    ranked = any(token.kind in ("COMPARATIVE", "OBJ", "LEAST", "SUITS") for token in tokens)
    looked_up = sum(token.kind == "DATA" for token in tokens)
    asks = any(token.kind in _ASKS_A_PRICE for token in tokens)
    for place, token in enumerate(tokens):
        before, after = token_before(tokens, place), next_kinds(tokens, place + 1, 1)
        previous, said = before.kind if before is not None else "", token.text.lower()
        if token.kind == "ONLY" and said in _ALL and after in (["HARDWARE_N"], ["DEVICES"]):
            _all_of_it(found, place)  # "all of the hardware has to be bought"
        elif token.kind == "PER" and asks and previous in ("ACCEL", "COST_N", "PRICE_N", "RENT_N"):
            hour = next((at for at in range(place + 1, len(tokens)) if tokens[at].kind != "NEUTRAL"), place)
            hour = hour if tokens[hour].text.lower() in _HOUR else place
            if tokens[hour].text.lower().endswith(_HOUR):  # what is paid by the hour is the rent
                found[place] = replace(token, kind="NEUTRAL")
                found[hour] = replace(tokens[hour], kind="RENT_N")
        elif token.kind == "NUM" and said == "one" and after == ["OR"] and tokens[place + 1].kind == "NEUTRAL":
            found[place] = replace(token, kind="NEUTRAL")  # "one training run or"
        elif said in _NONE and previous == "STOP" and (named := _heading(tokens, place)):
            for at in (*named, place):  # "own hardware: none"
                found[at] = replace(tokens[at], kind="NEUTRAL")
        elif token.kind == "DATA" and said in ("where does", "where do") and ranked and looked_up == 1:
            found[place] = replace(token, kind="WHICH_COUNTRY")  # "where does it come out cheaper", and no source
    return found


_ALL = frozenset({"all", "todo", "toda", "todos", "todas", "tudo", "tout", "toute", "toutes"})


def _all_of_it(found: list[Token], place: int) -> None:
    """The hardware between "all" and how it is had says nothing more."""
    for at in range(place + 1, len(found)):
        if found[at].kind == "PROC":
            found[place + 1 : at] = [replace(other, kind="NEUTRAL") for other in found[place + 1 : at]]
        if found[at].kind not in ("NEUTRAL", "HARDWARE_N", "DEVICES", "HAVE", "IS", "CAN", "TO"):
            return


_HOUR = ("hour", "hora", "heure")
_ASKS_A_PRICE = frozenset({"PRICE_N", "FIGURE", "RENT_N"})
_NONE = frozenset({"none", "nothing", "ninguno", "ninguna", "nenhum", "nenhuma", "nada", "no", "não"})


def _heading(tokens: list[Token], place: int) -> list[int]:
    """The places of the hardware that stands before a colon: "own hardware:"."""
    found = []
    for at in range(place - 1, -1, -1):
        kind = tokens[at].kind
        if kind in ("HARDWARE_N", "DEVICES", "OWN", "HAVE", "STOP") and (kind != "STOP" or at == place - 1):
            found.append(at)
        elif kind != "NEUTRAL":
            break
    return found if len(found) > 1 else []


def _years_of_rules(tokens: list[Token]) -> list[Token]:
    """ "The diffusion rule of January 2025": the year by which these rules are known, and no date of the plan."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind not in ("RULES", "RULES_PART"):
            continue
        near = [at for at in range(place + 1, len(tokens)) if tokens[at].kind != "NEUTRAL"][:3]
        leads = [at for at in near if tokens[at].kind in ("FROM", "MONTH")]
        year = next((at for at in near if tokens[at].kind == "NUM"), place)
        if near[: len(leads) + 1] == [*leads, year] and f"-{tokens[year].text}-" in f"-{token.value}-":
            for at in (*leads, year):
                found[at] = replace(tokens[at], kind="NEUTRAL")
    return found


def _counts_of_what(tokens: list[Token]) -> list[Token]:
    """ "How many schools": a number of things that are no accelerators is not what a plan says."""
    found = list(tokens)
    for place, (token, after) in enumerate(pairwise(tokens)):
        thing = after.kind == "NEUTRAL" and after.text.lower().endswith("s") and after.text.lower() not in _NO_THINGS
        if token.kind == "FIGURE" and token.text.lower() == "how many" and thing:
            found[place + 1] = replace(after, kind="UNKNOWN")
    return found


_NO_THINGS = frozenset({"is", "does", "systems", "runs", "times", "us", "was", "has", "as", "racks", "ones"})


def _tariffs(tokens: list[Token]) -> list[Token]:
    """ "If power in Germany fell to 10 cents": the country stands before the price, as if said so."""
    found = list(tokens)
    for place in range(len(tokens) - 3):
        first, where, leads = tokens[place : place + 3]
        if first.kind in ("POWER_N", "ENERGY_N", "TARIFF_N") and where.kind == "NEUTRAL" and leads.kind == "COUNTRY":
            where, leads = leads, where
        elif leads.kind == "NEUTRAL":
            continue
        priced = first.kind in ("POWER_N", "ENERGY_N", "TARIFF_N") and where.kind == "COUNTRY"
        behind = next_kinds(tokens, place + 2, 6)
        behind = [kind for kind in behind if kind not in (*_COSTS, "COUNTRY")]
        amount = behind[:2] in (["NUM", "CENTS"], ["MONEY", "NUM"])
        doubles = behind[:1] == ["TIMES"]  # "if electricity in Chile doubled"
        if priced and (doubles or (amount and _COSTS & {*next_kinds(tokens, place + 2, 3)})):
            found[place : place + 3] = [where, first, leads]
    return found


_LAST_YEAR = frozenset({"last year", "el año pasado", "año pasado", "ano passado", "o ano passado", "del año pasado"})
_OF_A_YEAR = frozenset({"PRICE_N", "TARIFF_N", "RENT_N", "COST_N", "RULES_N", "DUTY_N", "DATA"})
_COSTS = frozenset({"IS", "COST_N"})


def _past(tokens: list[Token]) -> list[Token]:
    """ "Two weeks ago", "in the past year": a time that bounds nothing; "the prices of last year" are other data."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        before = token_before(tokens, place)
        past = token.kind == "PAST" or token.text.lower() in _LAST_YEAR
        if past and before is not None and before.kind in _OF_A_YEAR:
            found[place] = replace(token, kind="UNKNOWN")
        elif token.kind in ("AGO", "PAST"):
            near = range(place - 2, place) if token.kind == "AGO" else range(place + 1, place + 3)
            for other in (place, *near):
                if 0 <= other < len(found) and found[other].kind in ("AGO", "PAST", "NUM", "TIME_UNIT"):
                    found[other] = replace(found[other], kind="NEUTRAL")
    return found


def _slashes(tokens: list[Token]) -> list[Token]:
    """ "Llama 2 70B / Ghana / 1.5 MW": a slash between two different things only sets them apart."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        before, after = token_before(tokens, place), next_kinds(tokens, place + 1, 3)
        if token.kind != "SLASH" or before is None or not after or before.kind == after[0]:
            continue
        named = after[0] in _BESIDE_A_SLASH or before.kind in _BESIDE_A_SLASH
        other_unit = before.kind in _AMOUNT_UNITS and after[0] == "NUM" and before.kind not in after
        if (named and not {before.kind, after[0]} <= CHIP) or other_unit:
            found[place] = replace(token, kind="STOP")
    return found


def _figures_of_speech(tokens: list[Token]) -> list[Token]:
    """ "With those": what is owned, where something is; else the words only point back."""
    owns = False
    found = []
    for token in tokens:
        owns = owns or token.kind in ("OWN", "HAVE")
        if token.kind == "POINTS_BACK":
            token = replace(token, kind="THOSE" if owns else "NEUTRAL")
        found.append(token)
    return found
