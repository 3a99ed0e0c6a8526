"""Constants and conversions: the only place that knows how many seconds a day has.

Everything inside the package is in PFLOP/s, PFLOP/s-days, kW, kWh, days, USD and TPP.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final
from unicodedata import combining, normalize

from optimizer.units.language import say

SECONDS_PER_DAY: Final = 86_400
HOURS_PER_DAY: Final = 24
SECONDS_PER_HOUR: Final = 3600
DAYS_PER_YEAR: Final = 365
DAYS_PER_WEEK: Final = 7
DAYS_PER_MONTH: Final = 30
"""A month in a question is 30 days; the reading says so."""
MONTHS_PER_YEAR: Final = 12
MAX_DEADLINE_DAYS: Final = 10 * DAYS_PER_YEAR
"""The longest deadline that may be asked for."""
FLOP_PER_PFLOP: Final = 10**15
FLOP_PER_PFLOPS_DAY: Final = FLOP_PER_PFLOP * SECONDS_PER_DAY
"""8.64e19 floating-point operations."""
TFLOPS_PER_PFLOPS: Final = 1000
KW_PER_MW: Final = 1000
KWH_PER_MWH: Final = 1000
KWH_PER_GWH: Final = 1_000_000
GRAMS_PER_TONNE: Final = 1_000_000
KG_PER_TONNE: Final = 1000
BYTES_PER_GB: Final = 10**9
USD_PER_MUSD: Final = 1_000_000

_SMALLER: Final = {("MW", "kW"): KW_PER_MW, ("GWh", "kWh"): KWH_PER_GWH, ("tCO2e", "g"): GRAMS_PER_TONNE}

SMALLEST_COEFFICIENT: Final = 1e-4
LARGEST_COEFFICIENT: Final = 1e4
LARGEST_BOUND: Final = 1e5
"""What HiGHS is trusted with: models scaled into this range gave no wrong status in 215,752 trials."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_WHOLE_WITH_POINT = re.compile(r"([+-]?[0-9]{1,18})\.0*")
_SCALED_WHOLE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,2})?)\s*([kKmMbB]|thousand|million|billion)")
_SCALES = {"k": 10**3, "thousand": 10**3, "m": 10**6, "million": 10**6, "b": 10**9, "billion": 10**9}
_YEARS = range(2020, 2100)
"""Years that somebody may mean by a bare number of four digits."""
MAX_NUMBER_LENGTH: Final = 40
_DAYS_IN = {
    **dict.fromkeys(("", "d", "day", "days", "dia", "dias"), 1),
    **dict.fromkeys(("w", "week", "weeks", "semana", "semanas"), DAYS_PER_WEEK),
    **dict.fromkeys(("month", "months", "mes", "meses"), DAYS_PER_MONTH),
    **dict.fromkeys(("y", "year", "years", "ano", "anos"), DAYS_PER_YEAR),
}
"""Words for a time, without accents, in every language in which an answer can be given."""
_IN_WORDS = {
    word: number
    for number, words in (
        *((1, "one a an un uno una um uma"), (2, "two dos dois duas"), (3, "three tres"), (4, "four cuatro quatro")),
        *((5, "five cinco"), (6, "six seis"), (7, "seven siete sete"), (8, "eight ocho oito"), (9, "nine nueve nove")),
        *((10, "ten diez dez"), (11, "eleven once onze"), (12, "twelve doce doze"), (20, "twenty veinte vinte")),
        *((30, "thirty treinta trinta"), (60, "sixty sesenta sessenta"), (90, "ninety noventa")),
        *((100, "hundred cien cem"), (1000, "thousand mil")),
    )
    for word in words.split()
}
"""Numbers that people write in words, without accents."""
_TOKENS_IN = {"m": Decimal("1e-6"), "b": Decimal("1e-3"), "t": Decimal(1)}
_DOLLARS_IN = {
    **dict.fromkeys(("k", "thousand"), 10**3),
    **dict.fromkeys(("m", "mn", "million", "millions", "millon", "millones", "milhao", "milhoes"), 10**6),
    **dict.fromkeys(("b", "bn", "billion", "billions"), 10**9),
}
_DOLLAR = r"(?:US\$|USD|usd|\$|dollars?)?"
_DOLLARS = re.compile(rf"{_DOLLAR}\s*([-+0-9.,]+(?:[eE][-+0-9.,]+)?)\s*([A-Za-z]*?)\s*{_DOLLAR}")
_GROUPS = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3}){2,})(?:,([0-9]+))?|([0-9]{1,3}(?:,[0-9]{3}){2,})(?:\.([0-9]+))?")
"""5.000.000 and 5,000,000: with two marks of thousands or more there is one reading."""


def how_many(small: str, large: str) -> int:
    """How many of a small unit make one of a larger one: 1000 kW a MW; 1 where they are the same.

    Raises:
        KeyError: the two do not measure the same, or nobody has written how many.
    """
    return 1 if small == large else _SMALLER[large, small]


def whole_number(text: str) -> int:
    """Read a whole number: plain digits, or as a table program writes one, 150.0 or 150.00.

    Raises:
        ValueError: with the rule in words. "1.024" is no whole number, though some write 1024 so.
    """
    cleaned = text.strip()
    if _WHOLE.fullmatch(cleaned):
        return int(cleaned)
    if rule := two_readings(cleaned):
        if cleaned.endswith(".000"):
            raise ValueError(rule)
        raise ValueError(say("must be a whole number; write {value} if that is meant", value=cleaned.replace(".", "")))
    if found := _WHOLE_WITH_POINT.fullmatch(cleaned):
        return int(found[1])
    if _NUMBER.fullmatch(cleaned) and "e" in cleaned.lower():
        value = parse_decimal(cleaned)
        if value == value.to_integral_value():  # of a number beyond 28 digits there is no remainder
            return int(value)
    if (scaled := _SCALED_WHOLE.fullmatch(cleaned)) is not None:
        value = parse_decimal(scaled[1]) * _SCALES[scaled[2].lower()]
        if value == value.to_integral_value():
            raise ValueError(say("must be a whole number; write {value} if that is meant", value=f"{value:.0f}"))
    if (found := re.fullmatch(r"([0-9]{1,18})[.,][0-9]+", cleaned)) is not None:
        raise ValueError(say("must be a whole number, such as {value}", value=int(found[1]) + 1))
    raise ValueError(say("must be a whole number such as 120"))


def two_readings(text: str) -> str | None:
    """What is wrong with a number typed by a person that could be a decimal or a thousands group; None if nothing.

    "1.500" is 1.5 to some and 1500 to others; "0.125" and "1.25" have one reading.
    """
    cleaned = text.strip()
    if re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", cleaned):
        value = cleaned.replace(".", "")
        return say("could be {decimal} or {value}; write one of them", decimal=_as_decimal(cleaned), value=value)
    return None


def one_reading(digits: str) -> str:
    """A number that no person typed, so that its point is a decimal point, in digits that nobody reads otherwise."""
    return _as_decimal(digits) if two_readings(digits) else digits


def _as_decimal(digits: str) -> str:
    """Three digits behind a point as two or four: nobody takes them for thousands."""
    return digits.rstrip("0").rstrip(".") if digits.endswith("0") else f"{digits}0"


def names_in(text: str) -> tuple[str, ...]:
    """The names in a text that has blanks between them: a long list of them is read easier so."""
    return tuple(text.split())


def thousands_reading(text: str) -> int:
    """A number with one group of three digits behind its point, read as thousands: "1.500" as 1500."""
    return int(text.strip().replace(".", ""))


_GROUPED = re.compile(r"(?<![0-9.,])([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)(?![0-9.,])")
"""1.234,5: with both signs there is one reading."""
_COMMA = re.compile(r"(?<![0-9.,])([0-9]+),([0-9]+)(?![0-9.,])")


def pointed(text: str) -> str:
    """A number with a decimal comma as one with a point: "0,5" is "0.5", "1.234,5" is "1234.5"."""
    if "," not in text:
        return text
    whole = _GROUPED.sub(lambda found: f"{found[1].replace('.', '')}.{found[2]}", text)
    return _COMMA.sub(r"\1.\2", whole)


def parse_decimal(text: str) -> Decimal:
    """Read a plain decimal number: ASCII digits, a point, at most a two-digit exponent.

    Python's own ``Decimal`` also takes "1_000", "nan" and digits of other scripts, and a huge
    exponent makes exact arithmetic hang, so none of these is let in.

    Raises:
        ValueError: with the rule in words.
    """
    cleaned = text.strip()
    if len(cleaned) > MAX_NUMBER_LENGTH:
        raise ValueError(
            say("must be a number of at most {max_number_length} characters", max_number_length=MAX_NUMBER_LENGTH)
        )
    if not cleaned.isascii() or not _NUMBER.fullmatch(cleaned):
        if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", cleaned):
            plain = cleaned.replace(",", "")
            if cleaned.count(",") == 1 and "." not in cleaned:
                raise ValueError(
                    say("could be {value} or {plain}; write one of them", value=cleaned.replace(",", "."), plain=plain)
                )
            raise ValueError(say("must be a number without thousands separators; write {plain}", plain=plain))
        if re.fullmatch(r"[+-]?\d+,\d+", cleaned):
            raise ValueError(say("must have a decimal point; write {value}", value=cleaned.replace(",", ".")))
        if re.match(r"[+-]?\d[\d.]*\s*([%$A-DF-Za-df-z]|[eE](?![+-]?\d))", cleaned):
            raise ValueError(say("must be a number without a unit, such as 12, 0.5 or 1e6"))
        raise ValueError(say("must be a number such as 12, 0.5 or 1e6"))
    return Decimal(cleaned)


def is_day(text: str) -> bool:
    """Whether a text is written as a day of the calendar, YYYY-MM-DD."""
    return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()))


def read_days(text: str, today: str) -> int:
    """Days of a deadline typed by a person: 120, 120d, 17w, "4 months", "1 año", or a date counted from today.

    Raises:
        ValueError: with the rule in words.
    """
    cleaned = text.strip().lower()
    if is_day(cleaned):
        try:
            days = (datetime.date.fromisoformat(cleaned) - datetime.date.fromisoformat(today)).days
        except ValueError as error:
            raise ValueError(say("is not a date of the calendar")) from error
        if days < 1:
            raise ValueError(say("must be after today, {today}", today=today))
        return days
    found = re.fullmatch(r"([0-9]{1,6})(?:\.0*(?![0-9]))?\s*([a-z]*)", _without_accents(cleaned))
    if not found or found[2] not in _DAYS_IN:
        raise ValueError(say("must be a time such as 120d, 17w, 4 months, 1 year or 2027-03-31"))
    if not found[2]:
        refuse_year(int(found[1]))
    return int(found[1]) * _DAYS_IN[found[2]]


def digits_remedy(text: str) -> str | None:
    """What to write for a number in words and its unit: "write 6 months" for "six months"; None of another text."""
    first, _, rest = text.strip().partition(" ")
    number = _IN_WORDS.get(_without_accents(first.lower()))
    return None if number is None else say("write {number}", number=f"{number} {rest.strip()}".strip())


def could_be_year(days: Decimal | float) -> bool:
    """Whether somebody may mean a year by a number of days without a unit."""
    return days in _YEARS


def refuse_year(days: Decimal | float) -> None:
    """Refuse a number of days without a unit that somebody may mean as a year.

    Raises:
        ValueError: with the rule in words.
    """
    if could_be_year(days):
        raise ValueError(
            say("could be the year {found} or {found} days; write {found}-12-31 or {found}d", found=str(int(days)))
        )


def read_usd(text: str) -> Decimal:
    """Dollars typed by a person: 5000000, 5M, 2.5B, $5M, US$ 5 million, 5M USD, 5.000.000, 5 millones.

    Raises:
        ValueError: with the rule in words.
    """
    text = _without_accents(text)
    found = _DOLLARS.fullmatch(text.strip()) if len(text) <= 2 * MAX_NUMBER_LENGTH else None
    if found is None or (found[2] and found[2].lower() not in _DOLLARS_IN):
        if re.fullmatch(r"[-+0-9.,eE\s]*", text):
            return parse_decimal(text)
        raise ValueError(say("must be an amount in US dollars, such as 5000000, 5M or $5M"))
    scale = _DOLLARS_IN.get(found[2].lower(), 1)
    if scale > 1 and (rule := two_readings(found[1])):
        raise ValueError(rule)
    return parse_decimal(_ungrouped(found[1])) * scale


def _ungrouped(number: str) -> str:
    found = _GROUPS.fullmatch(number)
    if found is None:
        return number
    whole, decimals = found[1] or found[3], found[2] or found[4]
    return whole.replace(".", "").replace(",", "") + (f".{decimals}" if decimals else "")


def _without_accents(text: str) -> str:
    return text if text.isascii() else "".join(c for c in normalize("NFD", text) if not combining(c))


def read_tokens(text: str) -> Decimal:
    """Tokens typed by a person, in 1e12: 300B, 15T, 16M.

    Raises:
        ValueError: with the rule in words.
    """
    cleaned = text.strip()
    scale = _TOKENS_IN.get(cleaned[-1:].lower())
    if scale is None:
        raise ValueError(say("must be a count of tokens with its unit, such as 300B, 15T or 16M"))
    if rule := two_readings(cleaned[:-1]):
        raise ValueError(rule)
    value = parse_decimal(cleaned[:-1]) * scale
    if value <= 0:
        raise ValueError(say("must be above 0"))
    return value


@lru_cache(maxsize=4096)
def fraction(value: Decimal | int) -> Fraction:
    """The exact rational value of a decimal input, in its unit."""
    return Fraction(value)
