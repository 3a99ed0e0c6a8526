"""One exact figure an option, with its floats next to it: the floats only sort out what cannot matter."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

ZERO = Fraction(0)
EXACT_IN_FLOAT = 2**53
"""Whole numbers up to this are floats without rounding."""


def sum_products(*parts: tuple[Fraction | int, Fraction | int]) -> Fraction:
    """The sum of some products in any unit, exactly: all over one denominator, which is reduced once at the end."""
    above, below = 0, 1
    for one, other in parts:
        if one and other:
            over = one.denominator * other.denominator
            above = above * over + one.numerator * other.numerator * below
            below *= over
    return Fraction(above, below)


class Figures(tuple[Fraction, ...]):
    """A tuple of fractions that keeps their nearest floats once they were asked for."""

    @cached_property
    def floats(self) -> NDArray[np.float64]:
        """The nearest float of every figure."""
        # what float() does, without its detour; most figures of a cap are zero
        values = np.array([0.0 if value is ZERO else value.numerator / value.denominator for value in self])
        values.flags.writeable = False
        return values

    @cached_property
    def whole(self) -> bool:
        """Whether every figure is a whole number that a float holds exactly."""
        return all(value.denominator == 1 and abs(value.numerator) <= EXACT_IN_FLOAT for value in self)

    def over(self, each: int) -> Figures:
        """Every figure over a number, calculated once for each number."""
        known: dict[int, Figures] = self.__dict__.setdefault("_over", {})
        if each not in known:
            known[each] = Figures(value / each if value else ZERO for value in self)
        return known[each]

    @cached_property
    def any(self) -> bool:
        """Whether any figure is other than 0."""
        return any(self)
