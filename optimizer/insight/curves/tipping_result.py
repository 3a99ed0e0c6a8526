"""What a search for the changes of a choice gives: stretches of an input, in each of which one choice is best."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from optimizer.case.setting import Setting
from optimizer.domain.limits import Limit
from optimizer.errors import UndecidedError, UsageError
from optimizer.plans.outcome import Outcome, Plan
from optimizer.units.language import say
from optimizer.units.records import dataclass

FINEST = 12
"""Decimals of a tolerance below which two changes are not distinguished."""

Choice = tuple[str, str] | None
"""Accelerator and how it is had (empty where that is not a part of the choice); None where there is no plan."""


@dataclass(frozen=True)
class Input:
    """An input or a limit whose changes of the choice are searched for."""

    kind: str
    unit: str
    tolerance: Decimal
    """How far apart the two sides of a change lie by default."""
    by_way: bool = True
    """Whether buying and renting the same accelerator are two choices."""
    field: str = ""
    """The field of the case that gives it; empty for an input of one accelerator."""
    limit: Limit | None = None
    """The limit that it is; None for an input of the prices, the efficiencies or the site."""
    whole: bool = False
    """Whether its values are whole numbers."""


@dataclass(frozen=True, eq=False)
class Side:
    """A value of the input and the proven answer there."""

    value: Decimal
    outcome: Outcome


@dataclass(frozen=True, eq=False)
class Stretch:
    """Values of the input from ``first`` to ``last`` over which one choice is best, planned at both ends."""

    choice: Choice
    first: Side
    last: Side

    @property
    def accelerator(self) -> str | None:
        """The accelerator chosen; None where there is no plan."""
        return self.choice[0] if self.choice else None

    @property
    def procurement(self) -> str | None:
        """How it is had; None where that is not a part of the choice."""
        return self.choice[1] or None if self.choice else None


@dataclass(frozen=True, eq=False)
class Tipping:
    """All changes of the choice within a range, as the stretches between them, by rising value."""

    setting: Setting
    input: Input
    accelerator: str | None
    """The accelerator whose input it is; None of what touches all."""
    rival: str | None
    """Of a ratio, the accelerator that it is measured by."""
    held: Decimal | None
    """The value in the data; of an MFU 1, as it is searched for in times its own; of a ratio to the tolerance. None of
    a limit."""
    tolerance: Decimal
    """How far apart two neighbouring stretches lie; finer than asked for where changes follow closer."""
    stretches: tuple[Stretch, ...]

    @property
    def tips(self) -> bool:
        """Whether the choice changes within the range."""
        return len(self.stretches) > 1

    @property
    def status(self) -> Literal["tips", "unchanged", "infeasible"]:
        """Whether the choice changes, or there is no plan in all of the range."""
        if self.tips:
            return "tips"
        return "unchanged" if self.stretches[0].choice else "infeasible"


def choice_of(outcome: Outcome, given: Input) -> Choice:
    """What is chosen: the accelerator, and where it counts how it is had."""
    if not isinstance(outcome, Plan):
        return None
    key = outcome.items[0].key
    return key.accelerator, key.procurement if given.by_way else ""


def check_range(start: Decimal, stop: Decimal, tolerance: Decimal) -> None:
    """Refuse an empty range and a tolerance that is none, all in the unit of the input.

    Raises:
        UsageError: either.
    """
    if not start < stop:
        raise UsageError.say(
            "{start} to {stop}: the range must go from a value to a greater one", start=start, stop=stop
        )
    if tolerance <= 0:
        raise UsageError.say("the tolerance must be above 0")


def make_stretches(
    planned: Callable[[Decimal], Outcome],
    given: Input,
    choices: Sequence[Choice],
    changes: Sequence[Fraction],
    start: Decimal,
    stop: Decimal,
    tolerance: Decimal,
) -> tuple[Decimal, tuple[Stretch, ...]]:
    """The stretches between exact changes, each planned at both of its ends; and the tolerance that it took.

    Args:
        planned: plans the case at a value of the input.
        choices: what is best before, between and behind the changes.
        changes: exact values, in the unit of the input, at which the choice changes, rising, strictly within the range.

    Raises:
        UndecidedError: a plan at an end of a stretch is not what was found there.
    """
    sides: dict[Decimal, Side] = {}

    def side(value: Decimal) -> Side:
        if value not in sides:
            sides[value] = Side(value, planned(value))
        return sides[value]

    def around(at: int, within: Decimal) -> tuple[Decimal, Decimal]:
        change = changes[at]
        above = start + math.ceil((change - Fraction(start)) / Fraction(within)) * within
        if above != change:
            return max(above - within, start), min(above, stop)
        # of what is equal there, any may come first; and a plan may be left just there
        chosen = choice_of(side(above).outcome, given)
        below = above if chosen == choices[at] else above - within
        return max(below, start), min(above if chosen == choices[at + 1] else above + within, stop)

    while True:
        pairs = [around(at, tolerance) for at in range(len(changes))]
        if all(left[1] <= right[0] for left, right in pairwise(pairs)):
            break
        tolerance /= 10
        if tolerance < Decimal(1).scaleb(-FINEST):
            raise UndecidedError(say("two changes of the choice are too close to be separated"), {"at": list(changes)})
    firsts, lasts = [start, *(above for _, above in pairs)], [*(below for below, _ in pairs), stop]
    found = tuple(
        Stretch(choice, side(first), side(last)) for choice, first, last in zip(choices, firsts, lasts, strict=True)
    )
    for stretch in found:
        for end in (stretch.first, stretch.last):
            if choice_of(end.outcome, given) != stretch.choice:
                reported = {"value": str(end.value), "case": end.outcome.setting.asked.given()}
                raise UndecidedError(say("a side of a change of the choice could not be confirmed"), reported)
    return tolerance, found


def merge_parts(parts: Sequence[tuple[Fraction, Choice]]) -> tuple[list[Choice], list[Fraction]]:
    """Parts by the value at which each begins, in the unit of the input, as choices and the changes between those that
    differ."""
    choices: list[Choice] = []
    changes: list[Fraction] = []
    for begins, choice in parts:
        if not choices or choice != choices[-1]:
            if choices:
                changes.append(begins)
            choices.append(choice)
    return choices, changes
