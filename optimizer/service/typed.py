"""Values of a question's own parameters, as people type them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from optimizer.errors import InputError

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
