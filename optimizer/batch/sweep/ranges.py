"""Numbers and ranges as people type them, in exact decimals: 0.1:1:0.1 is ten values, the last of them 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from optimizer.units import MAX_NUMBER_LENGTH, parse_decimal, read_days, read_usd, two_readings, whole_number
from optimizer.units.language import say
from optimizer.units.records import dataclass

MAX_VALUES = 100_000
"""Values of one axis: they are held, as the cases are not."""
FORM = "low:high:step, such as 0.5:5:0.5"
_LONGEST_PLAIN = 20
_PARTS = 3


@dataclass(frozen=True)
class Range:
    """``low``, ``low + step``, ... up to ``high``, which is one of them where it is hit: integers over 10**exponent."""

    low: int
    high: int
    step: int
    exponent: int

    @property
    def count(self) -> int:
        """How many values there are."""
        return (self.high - self.low) // self.step + 1

    def text(self, index: int) -> str:
        """One value, exactly."""
        return _text(self.low + index * self.step, self.exponent)

    def texts(self) -> Iterator[str]:
        """Every value, exactly."""
        return map(self.text, range(self.count))


Doubt = Callable[[str], str | None]
"""What is wrong with a text that could be read as two numbers; None if nothing."""


def read_number(kind: str, text: str, today: str, doubt: Doubt = two_readings) -> Decimal:
    """A number of a field.

    Args:
        kind: number, whole, share, days or money.
        text: as it was typed.
        today: the day from which a date given as a deadline counts.
        doubt: whether the text has two readings; by default wherever it could be thousands.

    Raises:
        ValueError: with the rule in words.
    """
    if rule := doubt(text):
        raise ValueError(rule)
    if kind == "days":
        return Decimal(read_days(text, today))
    if kind == "money":
        return read_usd(text)
    if kind == "whole":
        return Decimal(whole_number(text))
    return parse_decimal(text)


def read_range(kind: str, text: str, today: str, doubt: Doubt = two_readings) -> Range:
    """A range typed as low:high:step; downwards with a step below zero.

    Args:
        kind: as in :func:`read_number`; days and money carry their units in all parts or in none.
        text: as it was typed.
        today: as in :func:`read_number`; a range of dates is refused.
        doubt: as in :func:`read_number`.

    Raises:
        ValueError: with the rule in words.
    """
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != _PARTS or not all(parts):
        raise ValueError(say("must be {form}", form=FORM))
    if kind == "days" and any(re.fullmatch(r"\d{4}-\d{2}-\d{2}", part) for part in parts):
        raise ValueError(say("must not be a range of dates: give days, or the dates one by one"))
    downwards = parts[2].startswith("-")
    magnitude = parts[2].removeprefix("-").strip()
    numbers = []
    for part in (*parts[:2], magnitude):
        try:
            numbers.append(read_number(kind, part, today, doubt))
        except ValueError as error:
            raise ValueError(say("has {part}, which {error}", part=part, error=error)) from error
    _same_units(kind, (*parts[:2], magnitude), numbers)
    exponent = min(_exponent(number) for number in numbers)
    low, high, step = (_scaled(number, exponent) for number in numbers)
    found = Range(low, high, -step if downwards else step, exponent)
    if step == 0:
        raise ValueError(say("must have a step other than 0"))
    if step < 0:
        raise ValueError(say("must have one sign before its step"))
    if low != high and (high > low) == downwards:
        low_text, high_text, step_text = parts
        turned = f"{low_text}:{high_text}:{magnitude}" if downwards else f"{high_text}:{low_text}:{step_text}"
        raise ValueError(
            say(
                "goes away from its end: write {turned}{value}",
                turned=turned,
                value="" if downwards else say(" or a step of -{magnitude}", magnitude=magnitude),
            )
        )
    if low != high and step > abs(high - low):
        raise ValueError(say("has a step that is longer than the range"))
    if found.count > MAX_VALUES:
        raise ValueError(
            say(
                "has {count:,} values, and an axis takes at most {max_values:,}: take a longer step",
                count=found.count,
                max_values=MAX_VALUES,
            )
        )
    if any(len(found.text(index)) > MAX_NUMBER_LENGTH for index in range(found.count)):
        raise ValueError(
            say("has values of more than {max_number_length} characters", max_number_length=MAX_NUMBER_LENGTH)
        )
    return found


def plain(number: Decimal) -> str:
    """A number without its unit, exactly, in the shortest plain form: 0.5, 120, 1e25."""
    exponent = _exponent(number)
    return _text(_scaled(number, exponent), exponent)


def _same_units(kind: str, parts: tuple[str, ...], numbers: list[Decimal]) -> None:
    """2:10M:1M means two dollars to us and two million to its author.

    Raises:
        ValueError: some parts have a unit and some have none.
    """
    if kind not in ("days", "money"):
        return
    if len({part[-1].isalpha() for part, number in zip(parts, numbers, strict=True) if number}) > 1:
        raise ValueError(say("must have the unit in each of its parts, or in none"))


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # parse_decimal lets no NaN in
    return exponent


def _scaled(number: Decimal, exponent: int) -> int:
    sign, digits, own = number.as_tuple()
    assert isinstance(own, int)
    magnitude = int("".join(map(str, digits)) + "0" * (own - exponent))
    return -magnitude if sign else magnitude


def _text(value: int, exponent: int) -> str:
    if value == 0:
        return "0"
    sign, digits = "-" if value < 0 else "", str(abs(value))
    stripped = digits.rstrip("0")
    exponent += len(digits) - len(stripped)
    if exponent >= 0:
        text = stripped + "0" * exponent
    else:
        padded = stripped.rjust(1 - exponent, "0")
        text = f"{padded[:exponent]}.{padded[exponent:]}"
    if len(text) > _LONGEST_PLAIN:
        point = f".{stripped[1:]}" if len(stripped) > 1 else ""
        text = min(text, f"{stripped[0]}{point}e{exponent + len(stripped) - 1}", key=len)
    return sign + text
