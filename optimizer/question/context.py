"""What a word means next to its neighbours, where one word has several uses ("may", "have", "our", "a")."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from optimizer.question.asides import without_asides
from optimizer.question.compared import limits_compared
from optimizer.question.errors import RefusalError
from optimizer.question.habits import by_sentence
from optimizer.question.languages import FIRST, Language, languages
from optimizer.question.names import Names
from optimizer.question.other_times import refuse_other_times
from optimizer.question.phrases import Meaning, Phrases, key_of
from optimizer.question.tokens import CHIP, Token, corrected
from optimizer.question.verbs import by_verbs
from optimizer.question.word_lists import set_of

_BESIDE_A_MONTH = ("NUM", "BY", "BEFORE", "ENDOF", "MIDOF", "STARTOF", "UPTO")
_BEFORE_A_YEAR = set_of("MONTH QUARTER HALFYEAR BY BEFORE UPTO ENDOF MIDOF STARTOF SEASON")
_BILLIONS = frozenset({"B", "b", "bn", "billion", "billions", "bi"})
_MEASURED = frozenset({"MONEY", "TOKENS", "FLOP", "TPP", "ACCEL", "ACCEL_OF", "DEVICES", "MORE", "H100_EQ", "PERCENT"})
_VARIED = frozenset({"BUDGET_N", "TARIFF_N", "TIME_N", "DUTY_N", "PUE", "PRICE_N", "POWER_N", "RENT_N", "CARBON_N"})
"""Measures that may be varied: "en qué presupuesto cambia la elección"."""
_AFTER_ALREADY = frozenset({"HAVE", "OWN", "OUR", "POWER_N", "BUDGET_N", "IN_COUNTRY", "AVAILABLE"})
"""What "already" says again: what one has."""
_BY_ITSELF = frozenset({"solo", "sola", "seul", "seule"})
"""Forms of "only" that also mean "by itself": "entrenar solo o con otros"."""
_EVERYTHING = frozenset({"todo", "todos", "tudo", "toda", "todas"})
_OF_WHAT = frozenset({"WITH", "PROC", "OWN", "PRECISION", "DEVICES", "HARDWARE_N", "ACCEL", "ACCEL_OF", "NEG", "NUM"})
"""What "everything" makes the only thing: "todo con A100", "todo alquilado"."""
_ENDS_A_PART = (["OR"], ["VS"], ["COMMA"], ["QMARK"], ["STOP"], ["SHARE_MACHINE"])
_HAD = frozenset({"PROC", "OWN", "PRECISION", "DEVICES", "HARDWARE_N", "COUNTRY", "MONEY"})
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
_HAD_BY_A_SITE = frozenset({"POWER_UNIT", "TIME_UNIT", "MONEY"})
_PARTICIPLES = ("ado", "ada", "ados", "adas", "ido", "ida", "idos", "idas")
_FEWEST_DRAWS = 50
"""From this count on scenarios are drawn: "300 escenarios"; "2 scenarios" are two cases."""
_FOR_THE = frozenset({"para el", "pour le"})
_DATED = frozenset({"NUM", "DATE", "MONTH", "QUARTER", "HALFYEAR", "YEAR", "NEXTYEAR", "NEXTMONTH", "ENDOF", "MIDOF"})
_LED_BY = frozenset({"COUNTRY", "REGION", "WORKLOAD", *CHIP, "CONSORTIUM", "SHARE_MACHINE", "PROC", "WAY"})
"""What "by" only leads to, as in "by sharing one run"."""
_MORE_OF = (["TIME_N"], ["POWER_N"], ["BUDGET_N"])
_DURING = frozenset({"over"})
_SLOTS = frozenset({"POWER_UNIT", "COUNTRY", "WORKLOAD", "MONEY", "ACCEL", "DEVICES", "COMMA"})
"""What stands before a time that the run has, and not before one that it takes."""
_IN_EACH = frozenset({"each country", "in each country", "each nation", "every country"})
SOFT = set_of("WITH COMMA STOP QMARK AND BUT TO FROM IS CAN HARDWARE_N ORDINAL DEVICES TOTAL RECOMMEND PREFER PER")
"""Kinds that carry no meaning where no rule takes them."""


def settled(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """The tokens for the grammar, and those without a meaning.

    Raises:
        RefusalError: the first word that is not known, "our H100" without a number.
    """
    tokens = _already(_people(_not_more_than(_nothing_owned(limits_compared(_without_brackets(tokens))))))
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


def _already(tokens: list[Token]) -> list[Token]:
    """ "ya tenemos 64 A100": it says again what "have" says; elsewhere it decides, and is not known."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind == "ALREADY":
            before = next((other.kind for other in reversed(tokens[:place]) if other.kind != "NEUTRAL"), "")
            after = next((other.kind for other in tokens[place + 1 :] if other.kind != "NEUTRAL"), "")
            led = {before, after} & _AFTER_ALREADY
            found[place] = replace(token, kind="NEUTRAL" if led else "UNKNOWN")
    return found


def _nothing_owned(tokens: list[Token]) -> list[Token]:
    """ "no tenemos servidores": nothing is owned, which is so where nothing is said."""
    found = list(tokens)
    for places in _runs(tokens, ("HAVE", "OWN", "NOTHING"), ("HARDWARE_N", "DEVICES", "OWN", "PROC")):
        after = next((token.kind for token in tokens[places[-1] + 1 :] if token.kind != "NEUTRAL"), "")
        last = tokens[places[-1]]
        done = last.kind != "PROC" or key_of(last.text).endswith(_PARTICIPLES)  # "nada comprado"
        if done and any(tokens[place].kind == "HAVE" for place in places) and after not in CHIP:
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
    previous = before[-1].kind if before else ""
    counted = following[:1] == ["NUM"] and any(kind in CHIP for kind in following[1:3])
    if token.kind == "MAY":
        amount = len(following) > 1 and following[1].endswith("_UNIT")  # "it may take two years"
        beside = previous in _BESIDE_A_MONTH or (following[:1] == ["NUM"] and not amount)
        return replace(token, kind="MONTH", value="5") if beside else replace(token, kind="CAN")
    if token.kind == "NUM" and _is_year(token, before, following):
        return replace(token, kind="YEAR")
    if token.kind == "NUM" and token.scale in _BILLIONS and _is_size(token, before, following):
        return replace(token, kind="BIG")
    if token.kind == "NOR" and any(other.kind == "LIMIT" for other in before) and following[:1] in (["NUM"], ["MONEY"]):
        return replace(token, kind="LIMIT")  # "sin superar los 10 millones ni los 300 días"
    if token.kind == "MIN" and following[:2] == ["NUM", "TO"]:
        return replace(token, kind="FROM")  # "se o prazo passar de 6 para 12 meses"
    if token.kind == "UTIL_N" and key_of(token.text).startswith("uso") and following[:1] != ["NUM"]:
        return replace(token, kind="NEUTRAL")
    if token.kind == "PERIOD_END" and following[:1] and following[0] in ("NUM", "NEXTYEAR"):
        return replace(token, kind="ENDOF")  # "a fin de año 2027"
    if token.kind == "EACH" and previous == "TIME_UNIT":
        return replace(token, kind="NEUTRAL")  # "140 days each"
    if token.kind == "SHIP" and previous == "POWER_UNIT":
        return replace(token, kind="NEUTRAL")  # "a 60 kW supply"
    if token.kind == "ENDOF" and following[:1] and following[0] in ("BEFORE", "BY", "UPTO", "LIMIT"):
        return replace(token, kind="NEUTRAL")  # "terminar antes de junio de 2027"
    if token.kind == "NOTHING":
        excludes = following[:1] and following[0] in _OF_WHAT and following[0] != "NUM"
        return replace(token, kind="NEG" if excludes else "NEUTRAL")  # "nada de Nvidia", "sin comprar nada"
    if token.kind == "MIN" and token.value == "more" and previous.endswith("_UNIT") and following[:1] in _MORE_OF:
        return replace(token, kind="MORE")  # "un mes más de plazo"
    of_money = "MONEY" in [other.kind for other in before[-2:]]
    if token.kind == "ONLY" and token.text.lower() == "all" and of_money and following[:1] in ([], *_ENDS_A_PART):
        return replace(token, kind="NEUTRAL")  # "$10M in all"
    if token.kind == "ONLY" and following[:1] == ["WAY"]:
        return replace(token, kind="NEUTRAL")  # "o solo LoRA"
    if token.kind == "IN_WHICH":
        return replace(token, kind="TIPPING" if following[:1] and following[0] in _VARIED else "NEUTRAL")
    if token.kind == "DRAWS" and previous != "NUM":
        return replace(token, kind="NEUTRAL")  # "muestra el costo"
    if token.kind == "ONLY" and key_of(token.text) in _EVERYTHING and following[:1] and following[0] not in _OF_WHAT:
        return replace(token, kind="NEUTRAL")  # "debería estar todo listo"
    if token.kind == "ONLY" and key_of(token.text) in _BY_ITSELF and following[:1] in ([], *_ENDS_A_PART):
        return replace(token, kind="ALONE" if previous not in CHIP and previous not in _HAD else "ONLY")
    if token.kind == "BY" and token.text.lower() in _FOR_THE and not _DATED & {*following[:1]}:
        return replace(token, kind="NEUTRAL")  # "modelos para el quechua"
    if token.kind == "BY" and following[:1] and following[0] in _LED_BY:
        return replace(token, kind="NEUTRAL")  # "pour le Maroc", "para el Perú"
    if token.kind == "ONE":
        between = previous == "NUM" and following[:1] == ["NUM"]  # "2 a 3 MW" is a range in any language
        return replace(token, kind="TO" if between else "NEUTRAL")
    if token.kind == "RANGE" and previous.endswith("_UNIT") and following[1:2] and following[1] != previous:
        return replace(token, kind="STOP")  # "120 days - 2 MW" are two limits
    if token.kind in ("TO", "FROM"):
        # "1 to 2 MW", "from 30 to 300 days"; elsewhere these only lead on
        is_range = following[:1] == ["NUM"] and (token.kind == "FROM" or previous == "NUM" or _is_amount(before))
        return token if is_range else replace(token, kind="NEUTRAL")
    if token.kind == "APPROX" and following[:1] not in (["NUM"], ["MONEY"]):
        return replace(token, kind="NEUTRAL")
    if token.kind == "HAVE":
        named = len(before) > 1 and before[-2].kind == "NUM" and previous in (*CHIP, "DEVICES")
        return replace(token, kind="OWN" if counted or (named and following[:1] != ["OWN"]) else "NEUTRAL")
    if token.kind == "OWN" and following[:1] == ["NUM"] and following[1:2] and following[1] in _HAD_BY_A_SITE:
        return replace(token, kind="NEUTRAL")  # "its own 2 MW site", "y que tenemos un año de plazo"
    if token.kind == "PROC" and [other.kind for other in before] == ["OWN", "NUM", "ACCEL"] and _is_bought(token):
        return replace(token, kind="NEUTRAL")  # "tenemos 64 H100 compradas"
    if token.kind == "CASES" and previous == "NUM" and (before[-1].number or 0) >= _FEWEST_DRAWS:
        return replace(token, kind="DRAWS" if [other.kind for other in before].count("NUM") == 1 else "CASES")
    if token.kind == "MIN" and token.text.lower() in _DURING and previous in _SLOTS and following[1:2] == ["TIME_UNIT"]:
        return replace(token, kind="LIMIT")  # "with 1 MW over a year"
    if token.kind == "NEG" and following[:1] and following[0] in CHIP and _opens_a_question(token, before, after):
        return replace(token, kind="WHY_NOT")  # "couldn't the A100 do it?"
    if token.kind == "WHY_NOT":
        asks = not {*CHIP, "PROC", "DEVICES"}.isdisjoint(following[:2])
        return replace(token, kind="NEG" if previous == "WHY" else "WHY_NOT" if asks else "CAN")
    if token.kind == "ALL_COUNTRIES" and previous == "POWER_UNIT" and token.text.lower() in _IN_EACH:
        return replace(token, kind="EACH")
    counted_next = [kind for kind in following if kind != "ONE"][:2]
    if token.kind == "BUDGET_N" and counted_next in (["NUM", "PARAMETERS"], ["NUM", "TOKENS"]):
        return replace(token, kind="NEUTRAL")  # "the budget for a model of 3 billion parameters"
    if token.kind == "OUR":
        if len(before) > 1 and before[-2].kind == "NUM" and previous in (*CHIP, "DEVICES"):
            return replace(token, kind="OWN")  # "64 A100 nuestras"
        if counted:
            return replace(token, kind="OWN")
        if following[:1] and following[0] in (*CHIP, "HARDWARE_N", "DEVICES"):
            raise RefusalError("how_many_owned", token, after[0])
        return replace(token, kind="NEUTRAL")
    if token.kind == "OWN" and following[:1] and following[0] in CHIP and previous != "NUM":
        raise RefusalError("how_many_owned", token, after[0])
    if token.kind == "ORDINAL" and previous != "NUM":
        return replace(token, kind="UNKNOWN")
    return token


def _is_bought(token: Token) -> bool:
    """Whether a word says of servers that they are bought already."""
    return token.value == "buy" and key_of(token.text).endswith(_PARTICIPLES)


def _is_amount(before: list[Token]) -> bool:
    """Whether a number and its unit stand before: "1 MW to 2 MW"; not "the kWh at 5 cents"."""
    return len(before) > 1 and before[-1].kind.endswith("_UNIT") and before[-2].kind == "NUM"


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
    return not behind_money and previous not in ("BUDGET_N", "LIMIT") and not unit


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
