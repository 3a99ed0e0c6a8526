"""Numbers and units of a question, exactly: a short table of symbols with factors as fractions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction

from optimizer.units import (
    DAYS_PER_MONTH,
    DAYS_PER_WEEK,
    DAYS_PER_YEAR,
    HOURS_PER_DAY,
    KG_PER_TONNE,
    KW_PER_MW,
    KWH_PER_GWH,
    KWH_PER_MWH,
)
from optimizer.units.language import local_number, mark, messages_of, say
from optimizer.units.records import dataclass

_MAX_PLAIN_DIGITS = 15


@dataclass(frozen=True)
class Unit:
    """A unit: the terminal of the grammar, its factor to the unit of the case, and what is reported of it."""

    terminal: str
    factor: Fraction = Fraction(1)
    definition: str = ""


def _units() -> Iterable[tuple[str, Unit]]:
    """Symbols and words, separated by "|", in MW, GWh, tCO2e, days, USD, TPP, FLOP, 1e12 tokens, 1e9 parameters."""
    yield "MW|megawatt|megawatts", Unit("POWER_UNIT")
    yield "mw", Unit("POWER_UNIT", definition=mark("mw read as MW, megawatts"))
    yield "kW|kw|KW|kilowatt|kilowatts", Unit("POWER_UNIT", Fraction(1, KW_PER_MW))
    yield "GW|gw|gigawatt|gigawatts", Unit("POWER_UNIT", Fraction(1000))
    yield "W|watt|watts", Unit("POWER_UNIT", Fraction(1, KW_PER_MW * 1000))
    yield "TWh|terawatt hour|terawatt hours", Unit("ENERGY_UNIT", Fraction(1000))
    yield "GWh|gwh|GWH|gigawatt hour|gigawatt hours", Unit("ENERGY_UNIT")
    yield "MWh|megawatt hour|megawatt hours", Unit("ENERGY_UNIT", Fraction(KWH_PER_MWH, KWH_PER_GWH))
    yield "kWh|kwh|KWH|kilowatt hour|kilowatt hours", Unit("ENERGY_UNIT", Fraction(1, KWH_PER_GWH))
    yield _of_gas("kt", "kilotonne", "kilotonnes"), Unit("CARBON_UNIT", Fraction(1000))
    yield _of_gas("kg", "kilogram", "kilograms"), Unit("CARBON_UNIT", Fraction(1, KG_PER_TONNE))
    yield _of_gas("t", "tonne", "tonnes", "metric ton", "metric tons", "metric tonnes"), Unit("CARBON_UNIT")
    yield _of_gas("", "ton", "tons"), Unit("CARBON_UNIT", definition=mark("ton read as tonne, 1,000 kg"))
    yield "hour|hours", Unit("TIME_UNIT", Fraction(1, HOURS_PER_DAY))
    yield "d|day|days", Unit("TIME_UNIT")
    yield "week|weeks|wk|wks", Unit("TIME_UNIT", Fraction(DAYS_PER_WEEK))
    yield "month|months", Unit("TIME_UNIT", Fraction(DAYS_PER_MONTH), mark("month = 30 days"))
    yield "year|years|yr|yrs", Unit("TIME_UNIT", Fraction(DAYS_PER_YEAR), mark("year = 365 days"))
    yield "$|US$|USD|dollar|dollars|US dollar|US dollars", Unit("DOLLAR")
    yield "TPP", Unit("TPP")
    yield "FLOP|FLOPs|flop|flops|floating point operations", Unit("FLOP")
    yield "token|tokens", Unit("TOKENS", Fraction(1, 10**12))
    yield "parameter|parameters|params|param", Unit("PARAMETERS", Fraction(1, 10**9))
    yield "quarters|quarter", Unit("TIME_UNIT", Fraction(90), mark("quarter = 90 days"))
    yield "semesters|semester", Unit("TIME_UNIT", Fraction(180), mark("semester = 180 days"))
    yield "lakh|lakhs", Unit("SCALE", Fraction(10**5))
    yield "crore|crores", Unit("SCALE", Fraction(10**7))
    yield "k|K|thousand", Unit("SCALE", Fraction(10**3))
    yield "M|mn|mln|million|millions", Unit("SCALE", Fraction(10**6))
    yield "m", Unit("SCALE", Fraction(10**6))
    yield "B|b|bn|billion|billions", Unit("SCALE", Fraction(10**9))
    yield "T|t|tn|trillion|trillions", Unit("SCALE", Fraction(10**12))


def _of_gas(symbol: str, *words: str) -> str:
    """A unit of mass with and without the gas: tCO2e, t CO2, tonnes, tonnes of CO2e; of a symbol not alone."""
    gases = ("CO2e", "CO2", "CO2eq", "CO2 equivalent")
    with_gas = [f"{word}{between}{gas}" for gas in gases for word in words for between in (" ", " of ")]
    if symbol:
        with_gas += [f"{symbol}{between}{gas}" for gas in gases for between in ("", " ", " of ")]
    return "|".join([*words, *with_gas])


UNITS: Mapping[str, Unit] = {symbol: unit for symbols, unit in _units() for symbol in symbols.split("|")}
"""Symbol as it is written, or word in lower case -> unit."""

_SHORT = 3
"""Symbols shorter than this are units only after a number, and only as they are written (MW, not Mw)."""

WRONG_UNITS: Mapping[str, str] = messages_of(__file__, "wrong_units")
"""Units that are often meant for another one, or cannot be a limit."""


def symbol_of(word: str) -> str | None:
    """The key of UNITS for a word after a number: symbols as written, words of three letters in any case."""
    if word in UNITS:
        return word
    if len(word) >= _SHORT and word not in WRONG_UNITS:
        return next((form for form in (word.lower(), word.upper()) if form in UNITS), None)
    return None


def unit_words() -> dict[str, tuple[str, str]]:
    """The units that are words also away from a number, in lower case: phrase -> (terminal, key of UNITS)."""
    return {
        symbol.lower(): (unit.terminal, symbol)
        for symbol, unit in UNITS.items()
        if (len(symbol) >= _SHORT or symbol == "$") and unit.terminal != "SCALE"
    }


def unit_remedy(word: str) -> str:
    """What an unknown unit could have been."""
    from difflib import get_close_matches

    if word in WRONG_UNITS:
        return WRONG_UNITS[word]
    candidates = [symbol for symbol in UNITS if len(symbol) > 1]
    near = get_close_matches(word, candidates, 1, 0.7) or get_close_matches(word.lower(), candidates, 1, 0.75)
    if near:
        return say("did you mean {near}?", near=near[0])
    return say(
        "known units: MW, kW, GW, GWh, tCO2e, days, weeks, months, years, USD, TPP, H100e, FLOP, tokens, parameters"
    )


def exact_decimal(value: Fraction) -> Decimal:
    """A fraction as the decimal that is equal to it: 250 kW is exactly 0.25 MW.

    Integers of more than 15 digits are written with an exponent, as the flag 1e25 would be.

    Raises:
        ValueError: it has no finite decimal form.
    """
    with localcontext() as context:
        context.prec = 400
        context.Emax, context.Emin = 9999, -9999
        context.traps[Inexact] = True
        try:
            result = Decimal(value.numerator) / Decimal(value.denominator)
        except Inexact as error:
            raise ValueError(say("has no finite decimal form")) from error
        if result == result.to_integral_value() and result.adjusted() >= _MAX_PLAIN_DIGITS:
            result = result.normalize()
    return result


def shown(value: Decimal | int) -> str:
    """A number for a reader, without its unit: 5,000,000; 0.25; 1e+25."""
    text = f"{value:,}" if isinstance(value, int) or value.adjusted() < _MAX_PLAIN_DIGITS else str(value).lower()
    return text.replace("e+", "e")


def shown_here(value: Decimal | int) -> str:
    """A number for a reader, without its unit, by the habit of the language that is spoken."""
    return local_number(shown(value))
