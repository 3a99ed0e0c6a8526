"""Rounding for readers: named costs still add up after rounding, and nothing over a limit is shown as within it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from optimizer.units.language import Messages, local_number, say
from optimizer.units.within import finer, is_within, read_back
from optimizer.units.within import up as up


def round_half_even(value: Fraction, decimals: int) -> Decimal:
    """A fraction in any unit to so many decimals, half to even."""
    scale = 10**decimals
    reported = Decimal(round(value * scale)).scaleb(-decimals)
    return read_back(reported) if is_within(reported, value) else finer(value, decimals)


def round_parts(parts: Mapping[str, Fraction], decimals: int) -> dict[str, Decimal]:
    """Parts rounded so that they add up to the total, rounded up: as a budget, the total reported does suffice.

    The largest remainders get the last units.
    """
    over = math.lcm(*(value.denominator for value in parts.values()))  # whole numbers: fractions are slow
    scaled = {name: value.numerator * (over // value.denominator) * 10**decimals for name, value in parts.items()}
    floors = {name: above // over for name, above in scaled.items()}
    left = -(-sum(scaled.values()) // over) - sum(floors.values())
    by_remainder = sorted(parts, key=lambda name: (floors[name] * over - scaled[name], name))
    for name in by_remainder[:left]:
        floors[name] += 1
    return {name: Decimal(floors[name]).scaleb(-decimals) for name in parts}


def usd(value: Fraction) -> str:
    """Whole dollars, rounded up, with separators: $8,809,657."""
    whole = math.ceil(value)
    if not is_within(whole, value):
        return say("${amount:,}", amount=finer(value, 0))
    return say("-${amount:,}", amount=-whole) if whole < 0 else say("${amount:,}", amount=whole)


def musd(value: Fraction) -> str:
    """Millions of dollars: $8.81M; below a million, or where two decimals would be beyond a budget, whole dollars."""
    if abs(value) < _MILLION or not is_within(Fraction(f"{float(value) / _MILLION:.2f}") * _MILLION, value):
        return usd(value)
    return say("${amount:,.2f}M", amount=float(value) / _MILLION)


def about_usd(value: float) -> str:
    """Dollars to the two or three digits that are known: $8.7M, $12.0M, $124M, $870,000."""
    amount, scale = _about(value)
    return _DOLLARS[scale].format(local_number(amount))


def about_usd_range(low: float, high: float) -> str:
    """ "6.3 to 12.0M", or with units at both where they differ: "870,000 to 1.2M"."""
    (first, its_scale), (second, scale) = _about(low), _about(high)
    if its_scale == scale:
        its_scale = 1
    return say(
        "{low} to {high}",
        low=_AMOUNTS[its_scale].format(local_number(first)),
        high=_AMOUNTS[scale].format(local_number(second)),
    )


_MILLION, _BILLION = 10**6, 10**9
_DOLLARS: Mapping[int, str] = Messages({1: "${}", _MILLION: "${}M", _BILLION: "${}B"})
"""Dollars, millions and billions of them."""
_AMOUNTS: Mapping[int, str] = Messages({1: "{}", _MILLION: "{}M", _BILLION: "{}B"})
"""The same without the currency."""


def _about(value: float) -> tuple[str, int]:
    """A figure to the digits that are known, and what it counts: ones, millions or billions."""
    for scale in (_BILLION, _MILLION):
        if abs(value) >= scale * _NEARLY:
            reported = value / scale
            return (f"{reported:.0f}" if abs(reported) >= _NO_DECIMALS else f"{reported:.1f}"), scale
    digits = 1 - math.floor(math.log10(abs(value))) if value else 0
    return f"{round(value, digits):,.0f}", 1


_NEARLY = 0.995
"""From here on a figure of two digits is that of the next unit."""
_NO_DECIMALS = 99.95
"""From here on three digits have no decimals."""


def up_to_digits(value: Fraction, digits: int) -> Decimal:
    """Rounded up to so many digits, in any unit, 1.9344 to 1.94: as a limit, the figure that is shown does suffice."""
    if value <= 0:
        return Decimal(0)
    decimals = max(0, digits - 1 - math.floor(math.log10(value)))
    return Decimal(format(up(value, decimals).normalize(), "f"))


def up_to_read(value: Fraction, decimals: int) -> Decimal:
    """Rounded up to so many decimals, but what is small to three digits: 0.00118 MW is no 0.002 MW."""
    if 0 < value * 10 ** (decimals + 1) < 1000:
        return up_to_digits(value, 3)
    return up(value, decimals)


def megawatts(value: Fraction) -> Decimal:
    """MW rounded up: three decimals, below 0.1 MW three digits."""
    return up_to_read(value, 3)


def tonnes(value: Fraction) -> Decimal:
    """Tonnes of CO2e, as among the limits: one figure in every place of an answer."""
    return up_to_read(value, DECIMALS["tCO2e"])


def gigawatt_hours(value: Fraction) -> Decimal:
    """Energy in GWh, as among the limits."""
    return up_to_read(value, DECIMALS["GWh"])


DECIMALS = {"MW": 3, "GWh": 3, "tCO2e": 1}
"""Decimals of an amount by its unit; of the others none."""


def share_percent(value: Fraction) -> str:
    """A share of a limit in per cent, rounded up to a tenth, so that 100.0 % is never short of the truth."""
    return say("{share} %", share=up(value * 100, 1))
