"""Rounding for readers: named costs still add up after rounding, and nothing over a limit is shown as within it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction


def round_half_even(value: Fraction, decimals: int) -> Decimal:
    """A fraction to so many decimals, half to even."""
    scale = 10**decimals
    return Decimal(round(value * scale)).scaleb(-decimals)


def round_parts(parts: Mapping[str, Fraction], decimals: int) -> dict[str, Decimal]:
    """Parts rounded so that they add up to the total, rounded up: as a budget, the total told does suffice.

    The largest remainders get the last units.
    """
    scale = 10**decimals
    floors = {name: math.floor(value * scale) for name, value in parts.items()}
    left = math.ceil(sum(parts.values(), Fraction(0)) * scale) - sum(floors.values())
    by_remainder = sorted(parts, key=lambda name: (floors[name] - parts[name] * scale, name))
    for name in by_remainder[:left]:
        floors[name] += 1
    return {name: Decimal(floors[name]).scaleb(-decimals) for name in parts}


def usd(value: Fraction) -> str:
    """Whole dollars, rounded up, with separators: $8,809,657."""
    whole = math.ceil(value)
    return f"-${-whole:,}" if whole < 0 else f"${whole:,}"


def musd(value: Fraction) -> str:
    """Millions of dollars: $8.81M; below a million, whole dollars."""
    return f"${float(value) / 1e6:,.2f}M" if abs(value) >= 10**6 else usd(value)


def up(value: Fraction, decimals: int) -> Decimal:
    """Rounded up: the least figure of so many decimals that suffices."""
    scale = 10**decimals
    return Decimal(-(-value.numerator * scale // value.denominator)).scaleb(-decimals)


def share_percent(value: Fraction) -> str:
    """A share of a limit in per cent, rounded up to a tenth, so that 100.0 % is never short of the truth."""
    return f"{up(value * 100, 1)} %"
