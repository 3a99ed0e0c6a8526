"""Values of a question's own parameters, as people type them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from optimizer.errors import InputError
from optimizer.service.register import Parameter
from optimizer.units import parse_decimal, whole_number
from optimizer.units.language import or_words, say

ValueT = TypeVar("ValueT")
_YES, _NO = ("1", "yes", "true", "on"), ("0", "no", "false", "off")
"""A switch as people type it."""


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


def read_parameter(parameter: Parameter, value: Any) -> Any:
    """The value of a parameter of a question, one of several where it may be repeated.

    Args:
        parameter: its kind, its choices and its bounds.
        value: as somebody types it, or what that means: a number, True.

    Raises:
        ValueError: with the rule in words.
    """
    if parameter.kind == "switch":
        return _switched(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(say("must be a number") if parameter.kind in ("whole", "number") else say("must be a text"))
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if parameter.kind not in ("whole", "number"):
        if parameter.choices and text not in parameter.choices:
            raise ValueError(say("must be {choices}", choices=or_words(parameter.choices)))
        return text
    number = whole_number(text) if parameter.kind == "whole" else float(parse_decimal(text))
    least, most = parameter.least, parameter.most
    if (rule := bounds_rule(number, least, most, least_is_open=parameter.least_is_open)) is not None:
        raise ValueError(rule)
    return number


def _switched(value: object) -> bool:
    said = str(value).lower()
    if said not in (*_YES, *_NO):
        raise ValueError(say("must be yes or no (1 or 0)"))
    return said in _YES


def bounds_rule(value: float, least: float | None, most: float | None, *, least_is_open: bool = False) -> str | None:
    """What is wrong with a number that must be within bounds; None if nothing.

    Args:
        value: a number in any unit.
        least: in the unit of the value.
        most: in the unit of the value.
        least_is_open: whether the least value itself is out of bounds.
    """
    if least is not None and (value < least or (least_is_open and value == least)):
        if least_is_open:
            return say("must be above {least:g}", least=least)
    elif most is None or value <= most:
        return None
    if most is None:
        return say("must be at least {least:g}", least=least or 0)
    return say("must be from {least:g} to {most:g}", least=least or 0, most=most)
