"""What is searched for cannot be given: the tokens, or the size, of the largest training."""

from __future__ import annotations

from optimizer.errors import InputError, Problem
from optimizer.service.register import Asked
from optimizer.units.language import say

STAND_IN = "1"
"""Represents the tokens that an own workload must state, where they are what is searched for."""


def refuse_unknowns(asked: Asked, *others: str) -> dict[str, str]:
    """The fields to change where the tokens are searched for: an own workload must state some.

    Args:
        asked: the question.
        others: further fields that are searched for.

    Raises:
        InputError: what is searched for is given.
    """
    given = [name for name in ("tokens_t", *others) if asked.fields.get(name) is not None]
    if given:
        rule = say("is the quantity that is searched for, so it cannot be given; leave it out, or use optimizer plan")
        raise InputError(Problem(rule, column=name) for name in given)
    own = asked.fields.get("params_total_b") or asked.fields.get("params_active_b")
    return {"tokens_t": STAND_IN} if own else {}
