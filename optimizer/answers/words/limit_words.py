"""Limits in words: how they are called, what would be needed of them, and what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

from optimizer.domain.limits import KindName, Limit
from optimizer.plans.verify import Rule
from optimizer.units.language import local_number, messages_of, say, unit_words

LIMIT_WORDS: Mapping[KindName, str] = messages_of(__file__, "limit_words")
"""How a limit is called in a sentence, by its kind."""
_DECIMALS: Mapping[str, int] = {"days": 0, "GWh": 3, "tCO2e": 1, "MW": 3, "TPP": 0, "accelerators": 0}
"""To how many decimals a need is rounded up, by unit; small ones to nine."""
_SMALL = Fraction(1, 100)


def limit_words(limit: Limit | Rule) -> str:
    """A limit in words: "accelerators for rent (h100) in BR"; of a rule its name."""
    if not isinstance(limit, Limit):
        return say("the term of the reservation") if limit == "term" else limit
    reported, what = LIMIT_WORDS[limit.kind], limit.accelerator or limit.rule
    if what:
        reported = say("{limit_words} ({what})", limit_words=reported, what=what)
    if limit.site:
        reported = in_place(reported, limit)
    return say("{limit} from day {day} on", limit=reported, day=limit.from_day) if limit.from_day else reported


def in_place(text: str, limit: Limit) -> str:
    """A limit in words with the site whose limit it is, or the country in which it holds."""
    if limit.described.of_country:
        return say("{limit} in {site}", limit=text, site=limit.site or "")
    return say("{limit} of {site}", limit=text, site=limit.site or "")


def need_in_words(limit: Limit, value: Fraction) -> str:
    """ "1.27 MW", "143 days", "$12,400,000": rounded up, so that the figure reported does suffice."""
    if limit.unit == "USD":
        return say("${value}", value=_up(value, 0))
    if limit.unit == "FLOP":
        return say(
            "{numerator:.4g} FLOP",
            numerator=Context(prec=4, rounding=ROUND_CEILING).divide(value.numerator, value.denominator),
        )
    decimals = _DECIMALS[limit.unit]
    return say(
        "{value} {limit}",
        value=_up(value, decimals if not decimals or value >= _SMALL else 9),
        limit=_unit(limit, value),
    )


def bound_in_words(limit: Limit, value: Fraction) -> str:
    """A limit as it was asked, in its own unit, to its last digit."""
    return value_in_words(limit, Decimal(value.numerator) / Decimal(value.denominator))


def value_in_words(limit: Limit, value: Decimal) -> str:
    """A value of a limit in its unit, with the digits that it has."""
    if limit.unit == "USD":
        return say("${value:,f}", value=value)
    if limit.unit == "FLOP":
        return say("{value:e} FLOP", value=value.normalize())
    return say("{value:,f} {limit}", value=value, limit=_unit(limit, value))


def _unit(limit: Limit, value: Fraction | Decimal) -> str:
    return say("day") if limit.unit == "days" and value == 1 else unit_words(limit.unit)


def _up(value: Fraction, digits: int) -> str:
    """A number rounded up to so many decimals, with thousands separators and no idle zeros."""
    scale = 10**digits
    whole = -(-value.numerator * scale // value.denominator)
    if whole % scale == 0:
        return say("{whole:,}", whole=whole // scale)
    text = f"{whole // scale:,}.{whole % scale:0{digits}d}"
    return local_number(text if digits <= 3 else text.rstrip("0"))
