"""Checks: a plan file is recomputed without a solver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.errors import DataError
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import say

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document

MOST_BYTES = 32 * 2**20
"""A plan's file is a hundred times smaller."""


@question(
    "verify",
    "Data and checks",
    Parameter("plan_file", "A plan written with --json; - is stdin.", "argument", "PLAN.json", required=True),
    outputs="answers.readback.answer:VerifyOut",
    rows="answers.readback.answer:CheckOut",
    takes_case=False,
)
def verify(asked: Asked) -> Document:
    """Recompute a plan from its JSON file in exact arithmetic, and answer its question again: no plan must be better.

    \b
    optimizer ask "cheapest plan under 1 MW in 120 days" --json -o plan.json
    optimizer verify plan.json
    """
    from optimizer.answers.readback.answer import document
    from optimizer.answers.readback.check import check
    from optimizer.catalogue.tables import decode, read_input

    raw, name = read_input(asked.own["plan_file"], MOST_BYTES)
    remedy = say("give a plan that was written with --json")
    if not raw.strip():
        raise DataError.at(say("is empty"), file=name, remedy=remedy)
    return document(check(decode(raw, name, remedy=remedy), name, asked.catalogue), asked.catalogue)
