"""A figure that a bound holds: whatever is shown of it, rounded, lies not beyond the bound."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any


class Within(Fraction):
    """What a plan uses of something, exactly, and the bound with which a reader compares it.

    It calculates as any fraction does, and what is calculated with it is a plain one. Only rounding for a reader
    (:mod:`optimizer.answers.form.numbers`) looks at the bound.
    """

    bound: Fraction

    def __new__(cls, value: Fraction, bound: Fraction) -> Within:
        """The value, which is at most the bound."""
        made = super().__new__(cls, value)
        made.bound = bound
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return within, (Fraction(self), self.bound)

    def __copy__(self) -> Within:
        return self

    def __deepcopy__(self, memo: Any) -> Within:
        return self


def within(value: Fraction, bound: Fraction | None) -> Fraction:
    """A value and the bound that holds it, both in one unit; the value alone where there is no bound, or where it lies
    beyond."""
    return value if bound is None or value > bound else Within(value, bound)


def in_larger_unit(value: Fraction, factor: int) -> Fraction:
    """A value in a unit that is so many times as large, its bound too."""
    return within(value / factor, value.bound / factor if isinstance(value, Within) else None)


def up(value: Fraction, decimals: int) -> Decimal:
    """Rounded up, in any unit: the least figure of so many decimals that suffices; of more where beyond its bound."""
    reported = ceiling(value, decimals)
    return read_back(reported) if is_within(reported, value) else finer(value, decimals)


def read_back(reported: Decimal) -> Decimal:
    """A figure, in any unit, without idle zeros where three decimals could be thousands.

    2.150 MW is refused in a flag, 2.15 is read. Tonnes have no third decimal at all: 174.586 t could be 174,586 t.
    """
    idle = reported.as_tuple().exponent == -3 and reported % _HUNDREDTH == 0 and 1 <= abs(reported) < _THOUSAND
    return Decimal(format(reported.normalize(), "f")) if idle else reported


_HUNDREDTH, _THOUSAND = Decimal("0.01"), 1000


def ceiling(value: Fraction, decimals: int) -> Decimal:
    """The least figure of so many decimals that is not below a value, in any unit."""
    return Decimal(-(-value.numerator * 10**decimals // value.denominator)).scaleb(-decimals)


def is_within(reported: Decimal | Fraction | int, value: Fraction) -> bool:
    """Whether what is shown of a value lies not beyond the bound that holds it, all in one unit."""
    return not isinstance(value, Within) or reported <= value.bound


def finer(value: Fraction, decimals: int) -> Decimal:
    """The value, in any unit, rounded up to as many more decimals as its bound needs, which itself has a few only."""
    assert isinstance(value, Within)
    for more in range(decimals + 1, decimals + _MOST_MORE):
        if more == 3:
            continue  # 174.586 could be thousands
        if (reported := ceiling(value, more)) <= value.bound:
            return reported
    return Decimal(value.bound.numerator) / Decimal(value.bound.denominator)


_MOST_MORE = 6
"""More decimals than that are no help: then what is shown is the bound itself, of which the plan lacks a hair."""
