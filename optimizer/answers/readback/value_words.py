"""A value of an answer's JSON in words, as the card writes it: with its unit, and no brackets."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from optimizer.units.language import local_number, say, say_many, unit_words

_UNITS = {"_mw": "MW", "_gwh": "GWh", "_t": "tCO2e", "days": "days"}
"""How the name of a figure ends -> its unit."""
_MOST_LETTERS = 120
"""Of a text: a message may be a list of thirty inputs."""
_MOST = 5
"""Values of a part with several that are named; the file has the rest."""


def value_words(place: str, value: Any) -> str:
    """A value: "$36,877,337.52", "0.802 MW"; of a part with several, its first ones by name.

    Args:
        place: where it stands, as ``plan.cost_terms_usd.rent``.
        value: as JSON has it.
    """
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return say_many("{count} entry", "{count} entries", len(value))
    if isinstance(value, dict | list):
        leaves = list(_leaves("", place, value))
        more = say(" and {count:,} more", count=len(leaves) - _MOST) if len(leaves) > _MOST else ""
        return ", ".join(leaves[:_MOST]) + more if leaves else say("nothing")
    if value is None:
        return say("nothing")
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, str):
        return textwrap.shorten(value, _MOST_LETTERS, placeholder=" ...") if len(value) > _MOST_LETTERS else value
    number = Decimal(str(value))
    digits = f"{number.to_integral_value() if number == number.to_integral_value() else number:,f}"
    if any(part.endswith("_usd") for part in place.split(".")):
        return say("${value}", value=local_number(digits))
    unit = next((unit for end, unit in _UNITS.items() if place.endswith(end)), "")
    return say("{value} {unit}", value=local_number(digits), unit=unit_words(unit)) if unit else local_number(digits)


def difference_words(place: str, reported: Any, found: Any) -> str:
    """That a value is another one, is missing, or should not be there; of a list, how many entries it has."""
    one, other = value_words(place, reported), value_words(place, found)
    if reported in _NOTHING:
        return say("{place} is missing, and should be {found}", place=place, found=other)
    if found in _NOTHING:
        return say("{place} should not be there; it is {text}", place=place, text=one)
    if isinstance(reported, list) and isinstance(found, list):
        return say("{place} should be {found}, and is {text}", place=place, found=other, text=one)
    return say("{place} is reported as {text} but is {found}", place=place, text=one, found=other)


_NOTHING: tuple[Any, ...] = (None, [], {}, "")


def _leaves(name: str, place: str, value: Any) -> Iterator[str]:
    """The values inside a part, each with its name."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            word = str(key).replace("_", " ") if isinstance(value, dict) else name
            yield from _leaves(word, f"{place}.{key}", inner)
        return
    words = value_words(place, value or None if isinstance(value, dict | list) else value)
    yield f"{name} {words}".strip()
