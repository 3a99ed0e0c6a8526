"""Numbers of a sentence: digits by the habit of the language, number words, scales -> one token for each number."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from optimizer.domain.quantity_text import ambiguity
from optimizer.question.errors import RefusalError
from optimizer.question.tokens import Token
from optimizer.units import DAYS_PER_YEAR, parse_decimal
from optimizer.units.quantities import UNITS

_GROUPED_BY = {
    ",": re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"),
    ".": re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?"),
}
_ONE_GROUP = re.compile(r"([1-9][0-9]{0,2})[.,]([0-9]{3})")
_MAX_LENGTH = 40
_MAX_SCALES = 2
_BIG_UNITS = frozenset({"MW", "mw", "GW", "gw", "megawatt", "megawatts", "gigawatt", "gigawatts", "GWh", "TWh"})
"""Units of which a thousand and more is never a limit of a site: a number with one group is uncertain before them."""
ENGLISH = "en"
_OF_MEXICO = "es-MX"
"""Spanish where thousands are also set apart by a comma."""
_POINT = frozenset({"MX", "GT", "HN", "SV", "NI", "PA", "DO", "PR"})
"""Countries of Spanish where a decimal has a point, and thousands a comma."""
_LISTING = frozenset({"INSTEAD", "COMMA", "AND", "OR", "VS", "SLASH", "TO", "RANGE", "UPTO", "ONE"})
"""What stands between the numbers of a list or a range."""
_COUNTED = frozenset({"SCALE", "POWER_UNIT", "TIME_UNIT", "ENERGY_UNIT", "MONEY"})
"""What a number counts, behind "and a half"."""
_QUARTERS = 4 * UNITS["quarter"].factor
_FAR_APART = 100
"""No list has numbers so many times apart."""


def merged(tokens: list[Token], language: str) -> list[Token]:
    """The tokens, with every number and its scale as one.

    Raises:
        RefusalError: a number that is none, that has two readings, or that is not above zero.
    """
    found: list[Token] = []
    tokens = _spaced(tokens) if language != ENGLISH else tokens
    tokens = _without_hyphens(tokens)
    if language == "es" and {token.value for token in tokens if token.kind == "COUNTRY"} & _POINT:
        language = _OF_MEXICO
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "HALF" and not token.value and _is_year(_next(tokens, place + 1)):
            found.append(replace(token, kind="MIDOF"))
            place += 1
        elif token.text.lower() == "dez" and _is_year(_next(tokens, place + 1, "SLASH")):
            found.append(replace(token, kind="MONTH", value="12"))  # "dez/2027", in Portuguese also ten
            place += 1
        elif token.kind in ("NUMBER", "NUM", "HALF"):
            number, place = _number(tokens, place, language)
            found.append(number)
        elif token.kind == "ONE" and _begins_amount(tokens, place):
            number, place = _number(
                [*tokens[:place], replace(token, kind="NUM", value="1"), *tokens[place + 1 :]], place, language
            )
            found.append(number)
        elif token.kind == "SCALE" and _counts_one(tokens, place):
            one = replace(token, kind="NUM", value="1", end=token.start, text="")
            number, after = _number([*tokens[:place], one, *tokens[place:]], place, language)
            found.append(replace(number, text=number.text.strip()))
            place = after - 1
        else:
            found.append(token)
            place += 1
    return _with_scales(_and_a_half(found))


def _counts_one(tokens: list[Token], place: int) -> bool:
    """ "mil doscientos kW": a scale without a number before it is one of it."""
    before = tokens[place - 1].kind if place else ""
    after = tokens[place + 1].kind if place + 1 < len(tokens) else ""
    counted = after in ("NUM", "DRAWS", "TOKENS", "PARAMETERS", "MONEY", "DEVICES", "ACCEL") or after.endswith("_UNIT")
    return counted and before not in ("NUM", "NUMBER", "SCALE", "HALF", "HUNDRED")


_OF_A_NUMBER = frozenset({"NUM", "HUNDRED", "SCALE", "ONE", "HALF"})


def _without_hyphens(tokens: list[Token]) -> list[Token]:
    """The words of one number without the hyphens between them: "twenty-eight"."""
    return [
        token
        for place, token in enumerate(tokens)
        if token.text != "-"
        or token.kind != "NEUTRAL"
        or not all(near and near[0].kind in _OF_A_NUMBER for near in (tokens[place - 1 : place], tokens[place + 1 :]))
    ]


def _spaced(tokens: list[Token]) -> list[Token]:
    """Thousands set apart by a space: "1 000 milliards", "2 500 kW"."""
    found: list[Token] = []
    for token in tokens:
        before = found[-1] if found else None
        if (
            before is not None
            and before.kind == token.kind == "NUMBER"
            and token.start == before.end + 1
            and re.fullmatch("[1-9][0-9]{0,2}(?:[0-9]{3})*", before.text)
            and re.fullmatch("[0-9]{3}", token.text)
        ):
            found[-1] = replace(before, text=before.text + token.text, end=token.end)
        else:
            found.append(token)
    return found


def _and_a_half(tokens: list[Token]) -> list[Token]:
    """ "Two and a half megawatts", "3 and a half million": one number, with the scale behind the half."""
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        after = [other for other in tokens[place + 1 : place + 5] if other.kind not in ("NEUTRAL", "ONE")]
        half = after[1] if len(after) > 1 and after[0].kind == "AND" and after[1].kind == "NUM" else None
        half = half if half is not None and half.number and not half.value else None
        counted = found[-1].number if found and found[-1].kind == "NUM" and token.kind.endswith("_UNIT") else None
        alone = token.kind == "TIME_UNIT" and (not found or found[-1].kind not in ("NUM", "RANGE"))
        if (counted or alone) and half is not None and not (after[2:] and after[2].kind.endswith("_UNIT")):
            if counted:
                found[-1] = replace(found[-1], number=counted + Fraction(1, 2))  # "a year and a half"
            else:
                found.append(replace(half, number=Fraction(3, 2), start=token.start, end=token.end))  # "año y medio"
            found.append(replace(token, end=half.end, text=f"{token.text} {after[0].text} {half.text}"))
            place = tokens.index(half) + 1
        elif token.kind == "NUM" and token.number and half is not None and half.number and not token.scale:
            text = f"{token.text} {after[0].text} {half.text}"
            number = (2 * token.number + 1) * half.number
            found.append(replace(token, number=number, scale=half.scale, end=half.end, text=text))
            place = tokens.index(half) + 1
        else:
            found.append(token)
            place += 1
    return found


def _is_year(token: Token | None) -> bool:
    """Whether a number is a year of this century: "mitad de 2028" is the middle of it."""
    return token is not None and token.kind == "NUMBER" and re.fullmatch("20[0-9]{2}", token.text) is not None


def _with_scales(tokens: list[Token]) -> list[Token]:
    """Numbers of a list or a range whose scale is said once, behind the last: "5 to 10 million" is 5 million to 10.

    Raises:
        RefusalError: both readings are far apart: "500 or 1 million".
    """
    found = list(tokens)
    for place, token in enumerate(found):
        if token.kind != "NUM" or not token.scale or not token.number:
            continue
        for earlier in _before_in_list(found, place):
            alone, factor = found[earlier], UNITS[token.scale].factor
            assert alone.number is not None
            if not 1 < _FAR_APART * alone.number * factor / token.number < _FAR_APART**2:
                said = f"{alone.text}|{alone.text} {token.text.split()[-1]}"
                raise RefusalError("two_readings", alone, said=said)
            found[earlier] = replace(alone, number=alone.number * factor, scale=token.scale)
    return found


def _before_in_list(tokens: list[Token], last: int) -> list[int]:
    """The places of the numbers before the last of a list or a range, none of which has a scale or a unit."""
    places, joins, place = list[int](), set[str](), last
    while True:
        step = place - 1
        while step >= 0 and tokens[step].kind in ("MONEY", "NEUTRAL"):
            step -= 1
        joined = set[str]()
        while step >= 0 and tokens[step].kind in (*_LISTING, "NEUTRAL"):
            joined.add(tokens[step].kind)
            step -= 1
        number = tokens[step] if step >= 0 else None
        if number is None or number.kind != "NUM" or number.scale or not joined & _LISTING or not number.number:
            break
        if number.number >= UNITS["thousand"].factor:
            break
        joins |= joined & _LISTING
        places.append(step)
        place = step
    led = {token.kind for token in tokens[max(0, place - 2) : place]}
    listed = (
        joins - {"COMMA", "AND"}
        or joins == {"COMMA", "AND"}
        or (joins == {"AND"} and ("BETWEEN" in led or any(token.kind == "COMPARE" for token in tokens)))
    )
    return places if listed else []


def _begins_amount(tokens: list[Token], place: int) -> bool:
    """Whether an article counts one: "a year", "a hundred million"; not "a half"."""
    after = _next(tokens, place + 1)
    return after is not None and after.kind in ("TIME_UNIT", "POWER_UNIT", "SCALE", "HUNDRED")


def _next(tokens: list[Token], place: int, *passed: str) -> Token | None:
    """The next token that is not neutral, nor of one of the kinds that are passed over."""
    while place < len(tokens) and tokens[place].kind in ("NEUTRAL", *passed):
        place += 1
    return tokens[place] if place < len(tokens) else None


def _number(tokens: list[Token], place: int, language: str) -> tuple[Token, int]:
    """The number that begins at a place, and the place after it."""
    first = tokens[place]
    last = place + 1
    if first.kind == "NUMBER":
        value = Fraction(_digits(tokens, place, language))
    elif first.kind == "HALF":
        value = Fraction(first.value or "1/2")  # "three quarters of a megawatt"
    else:
        value, last = _words(tokens, place)
    if first.kind == "HALF" and last < len(tokens) and tokens[last].kind == "ONE":
        last += 1  # "half a megawatt"
    if first.kind == "HALF" and first.value and last < len(tokens) and tokens[last].value in ("year", "years"):
        value *= _QUARTERS / DAYS_PER_YEAR  # "a quarter of a year" is a quarter, of 90 days
    if _and_half(tokens, last) and last + 2 < len(tokens) and tokens[last + 2].kind in _COUNTED:
        value, last = value + Fraction(1, 2), last + 2  # "dos y medio millones"
    scales: list[Token] = []
    while last < len(tokens) and len(scales) < _MAX_SCALES and tokens[last].kind in ("SCALE", "HUNDRED"):
        scale = tokens[last]
        value *= UNITS[scale.value].factor if scale.kind == "SCALE" else 100
        scales.append(scale)
        last += 1
        if last + 1 < len(tokens) and tokens[last].kind == "NUM" and tokens[last + 1].kind == "SCALE":
            break
    if scales and scales[-1].kind == "SCALE" and UNITS[scales[-1].value].factor == 1000:
        value, last = _rest(tokens, last, value)
    if scales and scales[-1].kind == "SCALE" and _and_half(tokens, last):
        value, last = value + UNITS[scales[-1].value].factor / 2, last + 2  # "un millón y medio"
    end = tokens[last - 1].end
    written = scales[-1].value if scales else ""
    text = " ".join(token.text for token in tokens[place:last])
    return replace(first, kind="NUM", number=value, scale=written, end=end, text=text), last


def _and_half(tokens: list[Token], place: int) -> bool:
    """Whether "and a half" stands here."""
    return [token.kind for token in tokens[place : place + 2]] == ["AND", "HALF"] and not tokens[place + 1].value


def _rest(tokens: list[Token], place: int, value: Fraction) -> tuple[Fraction, int]:
    """ "two thousand five hundred", "dos mil quinientos": what goes on below a thousand, in words."""
    if place < len(tokens) and tokens[place].kind == "NUM":
        more, last = _words(tokens, place)
        after = tokens[last] if last < len(tokens) else None
        if more < 1000 and (after is None or after.kind != "SCALE"):
            return value + more, last
    return value, place


def _words(tokens: list[Token], place: int) -> tuple[Fraction, int]:
    """A number in words below a thousand: each smaller than the one before, "and" between them."""
    value = Fraction(tokens[place].value)
    smallest = value
    last = place + 1
    while last < len(tokens):
        step = last + 1 if tokens[last].kind == "AND" else last
        if step >= len(tokens):
            break
        token = tokens[step]
        if token.kind == "HUNDRED" and step == last and value < 10:
            value, smallest = value * 100, Fraction(100)
        elif token.kind == "NUM" and Fraction(token.value) < smallest and smallest >= 20 and smallest % 10 == 0:
            if Fraction(token.value) >= 10 and smallest < 100:
                break
            smallest = Fraction(token.value)
            value += smallest
        else:
            break
        last = step + 1
    return value, last


def _digits(tokens: list[Token], place: int, language: str) -> Decimal:
    """A number in digits, exactly.

    Raises:
        RefusalError: it is none here, or has two readings.
    """
    token = tokens[place]
    text = token.text.replace("\u00a0", "").replace("\u202f", "").replace("\u2009", "")
    if len(text) > _MAX_LENGTH:
        raise RefusalError("long_number", token)
    digits, marker, exponent = text.lower().partition("e")
    if marker and len(exponent.lstrip("+-")) > 2:
        raise RefusalError("exponent", token)
    before, after = tokens[place - 1] if place else None, tokens[place + 1] if place + 1 < len(tokens) else None
    if (
        before is not None
        and before.kind == "NUMBER"
        and re.fullmatch("[0-9]{3}", digits)
        and token.start <= before.end + 1
    ):
        raise RefusalError("space_in_number", before, token, said=f"{before.text}{token.text}")
    behind = tokens[place + 2] if place + 2 < len(tokens) else None
    plain = _plain(token, digits, language, after, behind) if not marker else digits
    try:
        return parse_decimal(plain + marker + exponent)
    except ValueError as error:
        raise RefusalError("number", token) from error


def _plain(token: Token, digits: str, language: str, after: Token | None, behind: Token | None) -> str:
    """Digits with a point for decimals and no groups, by the habit of the language.

    Raises:
        RefusalError: two readings, or none.
    """
    thousands, decimal = (",", ".") if language == ENGLISH else (".", ",")
    if one := _ONE_GROUP.fullmatch(digits):
        if (text := _megawatts(digits, language, after)) is not None:
            return text
        unit = after.value if after is not None and after.kind.endswith("_UNIT") else ""
        scaled = after is not None and after.kind == "SCALE" and not _of_thousands(one[2], language, behind)
        by_habit = digits[len(one[1])] == thousands or language == _OF_MEXICO
        if unit in _BIG_UNITS or scaled or not (by_habit or (language != ENGLISH and unit in ("kW", "kw", "KW"))):
            raise RefusalError("two_readings", token, said=f"{_decimal_form(*one.groups())}|{one[1]}{one[2]}")
        return one[1] + one[2]
    for group, pattern in _GROUPED_BY.items():
        if pattern.fullmatch(digits) and digits.count(group) > (0 if group == thousands else 1):
            return digits.replace(group, "").replace(",", ".")
    if digits.count(",") + digits.count(".") > 1:
        raise RefusalError("number", token)
    if "," in digits and language == ENGLISH:
        raise RefusalError("decimal_comma", token, said=digits.replace(",", "."))
    return digits.replace(",", ".") if decimal == "," or "," in digits else digits


def _of_thousands(group: str, language: str, behind: Token | None) -> bool:
    """Whether thousands of millions are meant: "9.000 millones de pesos", of a currency of which a million is little.

    Nobody writes 9 million as 9.000 millones; 2.5 million Chilean pesos train nothing, nor is a model of 1.5 million
    parameters planned.
    """
    if behind is not None and behind.kind in ("PARAMETERS", "TOKENS"):
        return language != ENGLISH and (group == "000" or behind.kind == "PARAMETERS")
    if language in (ENGLISH, _OF_MEXICO) or behind is None or behind.kind != "MONEY":
        return False
    return behind.value in _SMALL_MONEY.split() or (group == "000" and behind.value not in ("USD", "EUR"))


_SMALL_MONEY = (
    "AOA ARS CDF CLP COP CRC GNF HUF IDR IQD IRR JPY KHR KRW KZT LAK LBP MGA MMK MNT NGN PYG RWF TZS UGX UZS VND XAF"
    " XOF ?peso"
)
"""Currencies of which one US dollar buys more than a hundred, and the pesos of those who write thousands so."""


def _megawatts(digits: str, language: str, after: Token | None) -> str | None:
    """Megawatts with three decimals, as a flag has them: a site of 1.125 MW is no gigawatt; None where that is open."""
    if after is None or after.kind != "POWER_UNIT" or UNITS[after.value].factor != 1:
        return None
    text = digits.replace(",", ".")
    return text if ("." in digits or language != ENGLISH) and ambiguity("max_mw", text) is None else None


def _decimal_form(whole: str, part: str) -> str:
    """The decimal reading, written so that it has one reading only: 1.5 for 1.500, 26.9750 for 26.975."""
    part = part.rstrip("0")
    return f"{whole}.{part}0" if len(part) == 3 else f"{whole}.{part}" if part else whole
