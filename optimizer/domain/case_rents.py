"""The user's own rents as a field of a case: how they are read."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from optimizer.units import parse_decimal, two_readings
from optimizer.units.language import say

_SEPARATORS = re.compile("[;,]")


def _read_rents(value: Any) -> Any:
    """Read ``gb200=9.5;h100=2:3`` (a CSV cell or a flag) or a mapping as (name, low, high) sorted by name."""
    if value is None:
        return ()
    if isinstance(value, str):
        pairs = [part.partition("=")[::2] for part in _SEPARATORS.split(value) if part.strip()]
        if len({name.strip() for name, _ in pairs}) != len(pairs):
            raise ValueError(say("names the same accelerator twice"))
        value = {name.strip(): price for name, price in pairs}
    if isinstance(value, dict):
        value = [(name, *_ends(price)) for name, price in value.items()]
    if not isinstance(value, list | tuple) or not all(isinstance(p, list | tuple) and len(p) == _RENT for p in value):
        raise ValueError(_RENT_RULE)
    return tuple(sorted(tuple(each) for each in value))


_RENT = 3
_RENT_RULE = "must be accelerator=USD per device and hour, or a range LOW:HIGH, separated by ';': gb200=9.5;h100=2:3"


def _ends(price: Any) -> tuple[Decimal, Decimal]:
    """Low and high of a rent that is stated as one figure or as LOW:HIGH."""
    if isinstance(price, list | tuple):
        price = ":".join(map(str, price))
    low, _, high = str(price).strip().removeprefix("$").partition(":")
    try:
        ends = parse_decimal(low), parse_decimal(high or low)
    except ValueError as error:
        raise ValueError(_RENT_RULE) from error
    for text in filter(None, (low, high)):
        if rule := two_readings(text.strip()):
            raise ValueError(rule)
    if ends[0] > ends[1]:
        raise ValueError(say("must go from a rent to a greater one"))
    return ends


Rents = Annotated[
    tuple[tuple[str, Annotated[Decimal, Field(gt=0, le=10_000)], Annotated[Decimal, Field(gt=0, le=10_000)]], ...],
    BeforeValidator(_read_rents),
]
"""The user's own rents, USD per device and hour, low and high: ``gb200=9.5;h100=2:3`` in a CSV cell."""
