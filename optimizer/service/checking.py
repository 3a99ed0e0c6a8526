"""Checks: a plan file is recomputed without a solver."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from optimizer.service.register import Asked, Parameter, question

if TYPE_CHECKING:
    from optimizer.answers.document import Document


@question(
    "verify",
    "Data and checks",
    Parameter("plan_file", "A plan written with --json; - is stdin.", "argument", "PLAN.json", required=True),
    outputs="answers.verify:VerifyOut",
    rows="answers.verify:CheckOut",
    takes_case=False,
)
def verify(asked: Asked) -> Document:
    """Recompute a plan from its JSON file in exact arithmetic: every limit, every figure. No solver is needed.

    \b
    optimizer ask "cheapest plan under 1 MW in 120 days" --json -o plan.json
    optimizer verify plan.json
    """
    from optimizer.answers.readback import check
    from optimizer.answers.verify import document
    from optimizer.catalogue.tables import decode, read_text

    path = Path(asked.own["plan_file"])
    text = decode(sys.stdin.buffer.read(), "stdin") if str(path) == "-" else read_text(path)
    return document(check(text, path.name, asked.catalogue), asked.catalogue)
