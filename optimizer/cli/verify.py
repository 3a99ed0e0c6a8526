"""verify: a plan file is recomputed without a solver."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from optimizer.cli.output import catalogue, data_flags, note

WRONG = 4


@click.command()
@click.argument("plan_file", metavar="PLAN.json")
@data_flags
def verify(plan_file: str, folder: str | None, packs: tuple[str, ...]) -> int:
    """Recompute a plan from its JSON file in exact arithmetic: every limit, every figure. No solver is needed.

    \b
    optimizer ask "cheapest plan under 1 MW in 120 days" --json -o plan.json
    optimizer verify plan.json
    """
    from optimizer.answers.readback import check
    from optimizer.catalogue.tables import decode, read_text

    text = decode(sys.stdin.buffer.read(), "stdin") if plan_file == "-" else read_text(Path(plan_file))
    wrong, warnings = check(text, Path(plan_file).name, catalogue(folder, packs))
    for warning in warnings:
        note(f"Warning: {warning}")
    if wrong:
        for line in wrong:
            note(f"Wrong: {line}")
        return WRONG
    click.echo(
        "The plan stands: every limit holds and every figure of the plan is confirmed in exact arithmetic."
        " What the file tells beside the plan was not checked."
    )
    return 0
