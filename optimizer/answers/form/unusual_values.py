"""Limits that were probably meant in another unit: a line asks, and the answer stands as it was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from optimizer.domain.likely_units import unit_meant
from optimizer.domain.limits import KINDS
from optimizer.units.language import say, unit_words

_NUMBER = re.compile(r"[0-9.]+(?:E[+-]?[0-9]+)?")


def unusual_lines(inputs: Mapping[str, Any]) -> list[str]:
    """A line for each limit among the inputs of an answer, wherever it is in them."""
    lines = list[str]()
    for name, value in inputs.items():
        kind = next((kind for kind in KINDS.values() if kind.field == name and kind.usual), None)
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, Mapping):
                lines += unusual_lines(each)
            elif (
                kind and kind.usual and _NUMBER.fullmatch(str(each)) and (meant := unit_meant(kind, Decimal(str(each))))
            ):
                given, low, high = (
                    say("{value:,f} {limit}", value=Decimal(number), limit=unit_words(kind.unit))
                    for number in (str(each), *kind.usual)
                )
                lines.append(
                    say(
                        "{limit}: {value} is far outside the usual range, {low} to {high}: did you mean {meant}?",
                        limit=kind.word,
                        value=given,
                        low=low,
                        high=high,
                        meant=meant,
                    )
                )
    return list(dict.fromkeys(lines))
