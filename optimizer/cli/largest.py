"""largest: the most training that the limits of a case allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.flags import case_flags, case_of
from optimizer.cli.output import catalogue, console, destination, note_assumed, write_json, written
from optimizer.cli.plan import INFEASIBLE, form_of, output_flags, today
from optimizer.errors import UsageError
from optimizer.units import parse_decimal, two_readings

if TYPE_CHECKING:
    from decimal import Decimal

    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case

_MODEL = ("workload", "params_total_b", "params_active_b", "architecture")
STEP = 10**6
"""Tokens or parameters to which an answer is settled."""
_STATED = "1"
"""Stands for the tokens that an own workload must state, where they are what is sought."""


@click.command()
@click.option(
    "--tokens-per-param",
    metavar="N",
    help="Seek the parameters of a dense model at N tokens each, such as 20; without it, the tokens of the workload.",
)
@click.option(
    "--step",
    type=click.IntRange(1, 10**12),
    default=STEP,
    show_default=True,
    metavar="N",
    help="Tokens or parameters to which the answer is settled.",
)
@case_flags
@output_flags
def largest(
    tokens_per_param: str | None,
    step: int,
    as_json: bool,
    as_csv: bool,
    output: str | None,
    quiet: bool,
    folder: str | None,
    packs: tuple[str, ...],
    **values: Any,
) -> int:
    """Find the most training that the budget, the power, the deadline and the other limits allow.

    The flags are those of plan; what is sought is the tokens, or with --tokens-per-param the size of a dense model.
    For one kind of server.

    \b
    optimizer largest --budget 5M --max-mw 1 --deadline 150d --tokens-per-param 20
    """
    form = form_of(as_json, as_csv)
    known = catalogue(folder, packs)
    per_parameter = None if tokens_per_param is None else _ratio(tokens_per_param)
    tokens_sought(values, *(_MODEL if per_parameter else ()))
    return tell_largest(case_of(values, known, today()), known, per_parameter, step, form, output, quiet)


def tokens_sought(values: dict[str, Any], *others: str) -> None:
    """Refuse what is sought where it is given; an own workload must state its tokens, and something stands for them.

    Raises:
        UsageError: with the flags.
    """
    given = [name for name in ("tokens_t", *others) if values.get(name) is not None]
    if given:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise UsageError(f"{named}: what is sought cannot be given; leave it out, or use optimizer plan")
    if values.get("params_total_b") or values.get("params_active_b"):
        values["tokens_t"] = _STATED


def _ratio(text: str) -> Decimal:
    if rule := two_readings(text):
        raise UsageError(f'--tokens-per-param "{text}": {rule}')
    try:
        value = parse_decimal(text)
    except ValueError as error:
        raise UsageError(f'--tokens-per-param "{text}": {error}') from error
    if value <= 0:
        raise UsageError(f'--tokens-per-param "{text}": must be above 0')
    return value


def tell_largest(
    case: Case,
    known: Catalogue,
    per_parameter: Decimal | None,
    step: int,
    form: str,
    output: str | None,
    quiet: bool,
) -> int:
    """Answer and write it."""
    from optimizer.answers.largest import ROW_COLUMNS, LargestRow, largest_envelope, largest_rows, print_largest
    from optimizer.insight.curves.largest import largest_model, largest_tokens
    from optimizer.render.csv import csv_lines

    found = (
        largest_tokens(case, known, step) if per_parameter is None else largest_model(case, known, per_parameter, step)
    )
    beside = {"tokens_t"} if per_parameter is None else {"tokens_t", "workload"}  # what is sought was not assumed
    assumed = [a for a in found.setting.assumed if a.field not in beside]
    note_assumed(assumed, quiet)
    with destination(output) as stream:
        if form == "json":
            write_json(largest_envelope(found).model_dump(mode="json"), stream)
        elif form == "csv":
            stream.writelines(csv_lines(largest_rows(found), ROW_COLUMNS))
        else:
            print_largest(found, console(stream))
    written(output, form, known, LargestRow, quiet)
    return 0 if found.plan else INFEASIBLE
