"""A figure that a bound holds: whatever is shown of it, rounded, lies not beyond the bound."""

from __future__ import annotations

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
