"""What is asked after the answer: alternatives (what else)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.explain import document_flags, say_defaults, say_written
from optimizer.cli.flags import case_flags, case_of
from optimizer.cli.output import catalogue, console, destination, write_json
from optimizer.cli.plan import INFEASIBLE, today
from optimizer.errors import UsageError
from optimizer.units import two_readings

if TYPE_CHECKING:
    from decimal import Decimal

NAMES = ("rent-all", "study")
"""Those of insight.whatelse.BASELINES, which is not imported for --help; a test holds them equal."""
MOST = 1000
"""The widest share that may be asked for, per cent."""


@click.command()
@case_flags
@click.option("--within", metavar="PERCENT", default="10", help="Tell other plans that come this near the best; 10.")
@click.option(
    "--baseline",
    "baselines",
    type=click.Choice(NAMES),
    multiple=True,
    help="Set a named plan beside it: everything rented (the default), or the study's choice; may be repeated.",
)
@document_flags
def alternatives(
    within: str,
    baselines: tuple[Any, ...],
    as_json: bool,
    output: str | None,
    quiet: bool,
    folder: str | None,
    packs: tuple[str, ...],
    **values: Any,
) -> int:
    """Tell what else there is: the best plan of every other generation, procurement and costing basis.

    Beside them stand all other kinds of server that come near the best, the best plan of each, its fastest and that
    of its lowest peak, with what they are better at, and a baseline.

    \b
    optimizer alternatives --max-mw 1 --deadline 120d --within 20 --baseline study
    """
    from optimizer.answers.alternatives import choices_envelope, print_choices
    from optimizer.insight.alternatives import what_else
    from optimizer.plans.outcome import Plan

    share = _percent(within)
    known = catalogue(folder, packs)
    case = case_of(values, known, today())
    found = what_else(case, known, within=share, baselines=tuple(dict.fromkeys(baselines)) or ("rent-all",))
    say_defaults(found.setting, quiet)
    with destination(output) as stream:
        if as_json:
            write_json(choices_envelope(found).model_dump(mode="json"), stream)
        else:
            print_choices(found, console(stream))
    say_written(output, quiet)
    return 0 if isinstance(found.outcome, Plan) else INFEASIBLE


def _percent(text: str) -> Decimal:
    """A share in per cent: 10, 12.5, 20%."""
    import re
    from decimal import Decimal

    number = text.strip().removesuffix("%").strip()
    rule = two_readings(number)
    if rule is None and not re.fullmatch(r"\d{1,4}(\.\d{1,6})?", number, re.ASCII):
        rule = f"must be a share in per cent from 0 to {MOST}, such as 10"
    if rule is None and Decimal(number) > MOST:
        rule = f"must be at most {MOST} per cent"
    if rule is not None:
        raise UsageError(f'--within "{text}" {rule}')
    return Decimal(number)
