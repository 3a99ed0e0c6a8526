"""A measure that is compared with an amount: "emissions lower than 250 t", "menos energía que 2 GWh".

Without an amount such words are an objective ("lower emissions"); with one they are a limit, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from optimizer.question.errors import RefusalError
from optimizer.question.senses.neighbours import next_places, token_before
from optimizer.question.tokens import Token
from optimizer.question.vocabulary.phrases import key_of
from optimizer.question.vocabulary.word_lists import set_of, word_list

_MEASURE_OF: Mapping[str, str] = {
    **{"cost": "COST_N", "days": "TIME_N", "carbon": "CARBON_N", "energy": "ENERGY_N", "peak_power": "POWER_N"},
}
"""Value of an objective -> the measure that is to be least."""
_UNITS_OF: Mapping[str, frozenset[str]] = {
    **{
        "COST_N": set_of("MONEY"),
        "BUDGET_N": set_of("MONEY"),
        "CAPITAL_N": set_of("MONEY"),
        "PRICE_N": set_of("MONEY"),
    },
    **{"TIME_N": set_of("TIME_UNIT"), "CARBON_N": set_of("CARBON_UNIT"), "ENERGY_N": set_of("ENERGY_UNIT")},
    "POWER_N": set_of("POWER_UNIT"),
}
"""Measure -> what it is measured in."""
_ALL_UNITS = frozenset().union(*_UNITS_OF.values())
_COMPARING = set_of("OBJ LEAST COMPARATIVE UNKNOWN NEUTRAL WORSE")
_TURNS = set_of("TIPPING CHANGES")


def limits_compared(tokens: list[Token]) -> list[Token]:
    """The tokens, in which a comparison with an amount is a measure and a limit, and no objective."""
    found = list(tokens)
    for settle in (_compared, _spent, _bought, _varied, _same_money):
        found = settle(found)
    return found


def _compared(tokens: list[Token]) -> list[Token]:
    """ "emissões menores que 350 toneladas", "less energy than 2 GWh", "cheaper than $20M"."""
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        limit = _limit_at(tokens, place)
        found += [tokens[place]] if limit is None else limit[0]
        place = place + 1 if limit is None else limit[1]
    return found


def _limit_at(tokens: list[Token], place: int) -> tuple[list[Token], int] | None:
    """The measure and the limit that begin here, and the place behind them; None where no amount is compared."""
    token = tokens[place]
    words = key_of(token.text).split()
    lesser = [word for word in words if word in word_list("lesser")]
    if token.kind not in _COMPARING or not (lesser or (token.value in ("cost", "days") and token.kind != "NEUTRAL")):
        return None
    end = place + 1
    nouns: list[Token] = []
    while end < len(tokens) and (noun := _noun_at(tokens, end)) is not None:
        nouns.append(noun)
        end += 1
    if end >= len(tokens):
        return None
    than = key_of(tokens[end].text)
    if tokens[end].kind == "NEUTRAL" and than in word_list("than"):
        _refuse_a_name(tokens, place, end + 1)
    unit = _unit_of_amount(tokens, end + 1)
    if unit is None or than not in word_list("than") | word_list("than_or_at"):
        return None
    if token.kind in ("OBJ", "COMPARATIVE") and not nouns and token.value in _MEASURE_OF:
        nouns = [replace(token, kind=_MEASURE_OF[token.value], value="")]
    if unit == "ENERGY_UNIT" and {*words} & word_list("spent"):  # "que gaste menos de 2 GWh"
        nouns = [replace(token, kind="ENERGY_N", value="")]
    measure = nouns[-1] if nouns else token_before(tokens, place)
    fits = measure is not None and unit in _UNITS_OF.get(measure.kind, _ALL_UNITS)
    several = any(one.kind == unit for one in tokens[:place])  # "100 days dearer than 300 days"
    allows = any(key_of(one.text) in word_list("allows") for one in tokens[end:])  # "the least that 1 MW allows"
    known = measure is not None and measure.kind in _UNITS_OF and not several and not allows
    if not fits and known and measure is not None and _compares(token, than, nouns, measure):
        of_unit = next(one for one in tokens[end + 1 :] if one.kind == unit)
        raise RefusalError("does_not_measure", measure, of_unit, said=f"{of_unit.text}|{measure.text}")
    last = bool(words) and words[-1] in lesser and len(nouns) <= 1
    if not fits and not (last and than in word_list("than")):
        return None  # "the fastest that 20 million can buy", "the lowest cost in 150 days"
    if than in word_list("than_or_at") and not last:
        return None
    return [*nouns, replace(tokens[end], kind="LIMIT", value="")], end + 1


def _refuse_a_name(tokens: list[Token], place: int, start: int) -> None:
    """Refuse "más barato que comprar" where nothing is said that would be cheaper: it is no plan that buys.

    Raises:
        RefusalError: a name or a way to have servers stands alone behind the comparison.
    """
    places = [at for at in range(start, len(tokens)) if key_of(tokens[at].text) not in word_list("before_a_name")]
    behind = tokens[places[0]] if places else None
    if behind is None or any(one.kind == behind.kind for one in tokens[:place]):
        return
    if behind.kind in ("ACCEL", "COUNTRY") or (behind.kind == "PROC" and behind.text.endswith("r")):
        raise RefusalError("compared_with", tokens[place], behind, said=behind.text)


def _compares(token: Token, than: str, nouns: list[Token], measure: Token) -> bool:
    """Whether a measure is compared with an amount that is none of it: "lower cost than 2 GWh"; not what is spent."""
    by_name = bool(nouns) and key_of(measure.text) not in word_list("spent")
    return than in word_list("than") and (by_name or token.kind in ("OBJ", "COMPARATIVE"))


def _noun_at(tokens: list[Token], place: int) -> Token | None:
    """The measure here, or the "of" within one: "less energy than", "menos gasto de energía que", "fewer days than"."""
    token = tokens[place]
    behind = tokens[place + 1].kind if place + 1 < len(tokens) else ""
    if token.kind in _UNITS_OF or (token.kind == "NEUTRAL" and behind in _UNITS_OF):
        return token
    if token.kind == "OF_HARDWARE":
        return replace(token, kind="CAPITAL_N", value="")
    days = token.kind == "TIME_UNIT" and tokens[place - 1].kind != "NUM"
    return replace(token, kind="TIME_N", value="") if days else None


def _unit_of_amount(tokens: list[Token], start: int) -> str | None:
    """The kind of the unit of the amount that begins here; None where none does."""
    places = next_places(tokens, start, 3)
    kinds = [tokens[place].kind for place in places]
    if kinds[:1] == ["MONEY"] and kinds[1:2] == ["NUM"]:
        return "MONEY"
    return kinds[1] if kinds[:1] == ["NUM"] and kinds[1:2] and kinds[1] in _ALL_UNITS else None


def _spent(tokens: list[Token]) -> list[Token]:
    """ "spend less than 2 GWh", "gasto de energía menor a 2 GWh": what is spent is energy, and no money."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind != "COST_N" or key_of(token.text) not in word_list("spent"):
            continue
        places = [at for at in range(place + 1, len(tokens)) if tokens[at].kind not in _BEFORE_AN_AMOUNT]
        if places and tokens[places[0]].kind == "NUM" and _unit_of_amount(tokens, places[0]) == "ENERGY_UNIT":
            found[place] = replace(token, kind="ENERGY_N", value="")
    return found


_BEFORE_AN_AMOUNT = set_of("NEUTRAL ENERGY_N LIMIT UPTO IS WITH APPROX")


def _bought(tokens: list[Token]) -> list[Token]:
    """ "Servers bought for at most $10M", "hasta 10 millones de dólares en equipo comprado": the limit is on what is
    bought, and says nothing against what is rented."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind == "HARDWARE_N" and place and tokens[place - 1].text.endswith(" de"):
            found[place] = replace(token, kind="OF_HARDWARE", value="")  # "30 millones de hardware"
        if token.kind != "PROC" or token.value != "buy" or not {*key_of(token.text).split()} & word_list("bought"):
            continue
        behind = next_places(tokens, place + 1, 2)
        before = next((at for at in range(place - 1, -1, -1) if tokens[at].kind != "NEUTRAL"), place)
        if [tokens[at].kind for at in behind[1:]] == ["PROC"]:  # "servers bought or rented"
            continue
        for named in (*behind[:1], before):
            start, last = min(named, place), max(named, place)
            on = tokens[start].kind == "OF_HARDWARE"
            if not on and start and key_of(tokens[start - 1].text) in word_list("spent_on"):
                on, start = True, start - 1
            amount = [token.kind for token in tokens[max(0, start - 3) : start] if token.kind not in _LEADS]
            if tokens[named].kind in _BOUGHT and (
                _limited(tokens, last + 1, token_before(tokens, start))
                or (on and sorted(amount[-2:]) == ["MONEY", "NUM"])
            ):
                found[named] = replace(tokens[named], kind="CAPITAL_N", value="")
                found[place] = replace(token, kind="NEUTRAL", value="")
                if tokens[start].kind == "WITH":
                    found[start] = replace(tokens[start], kind="NEUTRAL", value="")  # "$10M on bought GPUs"
                break
    return found


_BOUGHT = set_of("HARDWARE_N DEVICES OF_HARDWARE")
_LEADS = set_of("LIMIT UPTO")


def _limited(tokens: list[Token], start: int, before: Token | None) -> bool:
    """Whether a limit in money begins here, or one that began before what is bought ends here."""
    places = [at for at in range(start, len(tokens)) if tokens[at].kind not in _BEFORE_MONEY]
    leads = 0
    while leads < len(places) and tokens[places[leads]].kind in ("LIMIT", "UPTO"):
        leads += 1
    behind = [tokens[place].kind for place in places[leads + 2 : leads + 3]]
    limited = leads > 0 or behind == ["LIMIT"] or (before is not None and before.kind == "LIMIT")
    return limited and leads < len(places) and _unit_of_amount(tokens, places[leads]) == "MONEY"


_BEFORE_MONEY = set_of("NEUTRAL PER WITH IS WORTH")
_BEGINS_A_LIMIT = set_of("NUM MONEY LIMIT UPTO")


def _varied(tokens: list[Token]) -> list[Token]:
    """ "Qué límite de carbono cambia el plan", "tipping point of max_mw": the limit is what is varied."""
    kinds = {token.kind for token in tokens}
    found = list(tokens)
    for place, token in enumerate(tokens):
        if not kinds & _TURNS:
            break
        before, behind = token_before(tokens, place), next_places(tokens, place + 1, 2)
        after = [tokens[at].kind for at in behind]
        words = key_of(token.text).split()
        of_measure = bool(after) and after[0] in _UNITS_OF and not {*after[1:]} & _BEGINS_A_LIMIT
        named = before is not None and before.kind in _UNITS_OF and after[:1] == ["CHANGES"]
        if token.kind == "EXPLAIN" and of_measure and words[-1] in word_list("limit_words"):
            found[place] = replace(token, kind="TIPPING", value="")
        elif (token.kind == "LIMIT" and (of_measure or named)) or (
            token.kind == "MIN" and before is not None and before.kind == "TIPPING"
        ):
            found[place] = replace(token, kind="NEUTRAL", value="")
    return found


def _same_money(tokens: list[Token]) -> list[Token]:
    """ "10 million dollars, of which 3 million for hardware": the second amount is in the currency of the first."""
    money = {token.value: token for token in tokens if token.kind == "MONEY"}
    found: list[Token] = []
    for place, token in enumerate(tokens):
        found.append(token)
        behind = [tokens[at].kind for at in next_places(tokens, place + 1, 1)]
        alone = place == 0 or tokens[place - 1].kind != "MONEY"
        if len(money) == 1 and token.kind == "NUM" and token.scale and alone and behind == ["OF_HARDWARE"]:
            found.append(replace(next(iter(money.values())), start=token.end, end=token.end))
    return found


def masses_of_carbon(tokens: list[Token]) -> list[Token]:
    """ "CO2 below 250 t", "300 t of carbon", "250,000 kg CO2": next to the gas a unit of mass is one of emissions."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        unit = _MASSES.get(token.text)
        if unit is None or token.kind not in ("SCALE", "UNKNOWN") or not place or not _is_number(tokens[place - 1]):
            continue
        behind = next_places(tokens, place + 1, 1)
        if behind and tokens[behind[0]].kind in ("TOKENS", "PARAMETERS"):
            continue  # "10 t tokens" are trillions
        if (behind and tokens[behind[0]].kind == "CARBON_N") or _of_the_gas(tokens, place) or token.text == "kt":
            found[place] = replace(token, kind="CARBON_UNIT", value=unit)
    return found


_MASSES: Mapping[str, str] = {"t": "tonnes", "kt": "ktCO2", "kg": "kgCO2"}
"""Symbol of a mass -> the unit of emissions."""


def _is_number(token: Token) -> bool:
    return token.kind in ("NUMBER", "NUM", "SCALE")


def _of_the_gas(tokens: list[Token], place: int) -> bool:
    """Whether the gas is named before the amount whose unit stands here, with nothing but a limit between."""
    for token in reversed(tokens[:place]):
        if token.kind == "CARBON_N" or token.value == "carbon":
            return True
        if not (_is_number(token) or token.kind in _BETWEEN):
            return False
    return False


_BETWEEN = set_of(
    "NEUTRAL LIMIT UPTO IS WITH APPROX LEAST VS UNKNOWN FROM BETWEEN TO AND OR COMMA RANGE ONE COUNTRY CARBON_UNIT"
)
