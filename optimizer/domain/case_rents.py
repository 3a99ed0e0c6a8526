"""The user's own rents as a field of a case: how they are read."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from optimizer.domain.field_units import factor_of, parted
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
    low, _, high = str(price).partition(":")
    ends = _usd_an_hour(low), _usd_an_hour(high or low)
    if ends[0] > ends[1]:
        raise ValueError(say("must go from a rent to a greater one"))
    return ends


def _usd_an_hour(text: str) -> Decimal:
    """A rent, with its unit or without: 9.5, $9.5, 9.5 USD/h."""
    number, unit = parted(text) or (text.strip(), "")
    if rule := two_readings(number):
        raise ValueError(rule)
    if unit:
        factor_of("rent", unit)  # every unit of a rent is that of the field
    try:
        return parse_decimal(number)
    except ValueError as error:
        raise ValueError(_RENT_RULE) from error


Rents = Annotated[
    tuple[tuple[str, Annotated[Decimal, Field(gt=0, le=10_000)], Annotated[Decimal, Field(gt=0, le=10_000)]], ...],
    BeforeValidator(_read_rents),
]
"""The user's own rents, USD per device and hour, low and high: ``gb200=9.5;h100=2:3`` in a CSV cell."""
