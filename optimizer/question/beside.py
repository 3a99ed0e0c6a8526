"""What a sign or a unit that no rule takes means by what stands on both sides of it."""

from __future__ import annotations

from optimizer.question.matching import Match
from optimizer.question.tokens import Token

BREAKS = frozenset({"STOP", "COMMA", "QMARK"})
"""Kinds that end a part of a sentence."""
UNITS_ALONE = {"TIME_UNIT": "TIME_N", "CARBON_UNIT": "CARBON_N", "ENERGY_UNIT": "ENERGY_N", "POWER_UNIT": "POWER_N"}
UNITS_ALONE["MONEY"] = "COST_N"
"""A unit -> the measure that it names where no number stands there."""


def is_listed(items: list[Match | Token], place: int) -> bool:
    """ "Cost, days, tonnes of CO2?": a unit without a number among what is asked for."""
    near = [*items[max(0, place - 1) : place], *items[place + 1 : place + 2]]
    here = items[place]
    close = all(max(item.start - here.end, here.start - item.end) <= _NEXT_TO for item in near)
    return (
        close
        and len(near) > 1
        and all(isinstance(item, Token) and item.kind in ("COMMA", "AND", "STOP", "QMARK") for item in near)
    )


_NEXT_TO = 1
"""Characters between two signs that stand next to each other."""


def ends_a_limit(items: list[Match | Token], place: int) -> bool:
    """ "1 MW, no more": said behind an amount that is a limit anyway."""
    before = [item for item in items[max(0, place - 2) : place] if isinstance(item, Match) or item.kind not in BREAKS]
    after = items[place + 1] if place + 1 < len(items) else None
    ends = after is None or (isinstance(after, Token) and after.kind in BREAKS)
    return ends and bool(before) and isinstance(before[-1], Match) and before[-1].name in _AMOUNTS


def between_parts(items: list[Match | Token], place: int) -> bool:
    """Whether a stroke stands between two things of a different kind: "Peru / 2 MW / rent only"."""
    near = [item.name if isinstance(item, Match) else item.kind for item in items[max(0, place - 1) : place + 2]]
    return len(near) == len({*near}) == len(("before", "stroke", "after"))


_AMOUNTS = frozenset({"power", "duration", "budget", "energy", "carbon", "devices", "capital"})


def two_amounts(items: list[Match | Token], place: int) -> bool:
    """ "with 1 MW and with 2 MW": two bare values of one limit, which are compared."""
    near = [item for item in items[max(0, place - 1) : place + 3] if isinstance(item, Match)]
    names = [item.name for item in near]
    bare = not any(item.has("LIMIT", "UPTO") for item in near)
    return bare and len(names) >= 2 and names[0] == names[1] and names[0] in ("power", "duration", "budget")


def asks_again(items: list[Match | Token], place: int) -> bool:
    """ "..., and with 2 MW?": a second value, asked about after an "and"."""
    before = [item for item in items[max(0, place - 2) : place] if isinstance(item, Token)]
    after = items[place + 1] if place + 1 < len(items) else None
    asked = isinstance(after, Token) and after.kind == "QMARK"
    return asked and any(token.kind == "AND" for token in before)
