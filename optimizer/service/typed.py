"""Values of a question's own parameters, as people type them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from optimizer.errors import InputError
from optimizer.units import parse_decimal, two_readings
from optimizer.units.language import say

ValueT = TypeVar("ValueT")


def parse_value(parameter: str, text: str, read: Callable[[str], ValueT]) -> ValueT:
    """The value of a parameter.

    Args:
        parameter: its name.
        text: as typed.
        read: raises ValueError, with the rule in words, where the text is no such value.

    Raises:
        InputError: the text cannot be read, by the name of the parameter.
    """
    try:
        return read(text)
    except ValueError as error:
        raise InputError.at(str(error), column=parameter, value=text) from error


def share_of(text: str) -> Decimal:
    """A share, as such or in per cent: 0.9, 90 %.

    Raises:
        ValueError: it is no number, or one with two readings.
    """
    number, sign, rest = text.strip().partition("%")
    if rest:
        raise ValueError(say("must be a share such as 0.9 or 90 %"))
    if sign and (rule := two_readings(number.strip())):
        raise ValueError(rule)
    return parse_decimal(number) / (100 if sign else 1)
