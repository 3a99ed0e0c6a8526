"""tipping: at which values of an input or a limit the choice changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from optimizer.cli.flags import case_flags, case_of
from optimizer.cli.output import catalogue, console, destination, note_assumed, write_json, written
from optimizer.cli.plan import INFEASIBLE, form_of, output_flags, today
from optimizer.errors import UsageError
from optimizer.units import parse_decimal, read_days, read_usd, two_readings


@click.command()
@click.argument("what", metavar="INPUT")
@click.option("--from", "start", metavar="VALUE", required=True, help="Least value of the range.")
@click.option("--to", "stop", metavar="VALUE", required=True, help="Greatest value of the range.")
@click.option(
    "--tolerance",
    metavar="VALUE",
    help="How far apart the two sides of a change may lie; every input has its own by default.",
)
@case_flags
@output_flags
def tipping(
    what: str,
    start: str,
    stop: str,
    tolerance: str | None,
    as_json: bool,
    as_csv: bool,
    output: str | None,
    quiet: bool,
    folder: str | None,
    packs: tuple[str, ...],
    **values: Any,
) -> int:
    """Find all values of an input or a limit at which the choice changes, each proved on both sides.

    INPUT is of any accelerator price:h100 (USD for one), rent:h100 (USD an hour), mfu:h100 (times its MFU) or
    ratio:h100/a100 (times the sustained speed of one A100); or what touches all: tariff (USD/kWh), duty (a share) or
    pue; or a limit: max_mw, deadline (days), budget (USD), max_tpp or max_accelerators. The flags are those of plan.
    For one kind of server.

    \b
    optimizer tipping price:h100 --from 10000 --to 100000 --use "h100_sxm5_80;a100_sxm4_80"
    optimizer tipping deadline --from 30d --to 365d --max-mw 1
    """
    from optimizer.answers.tipping import (
        ROW_COLUMNS,
        TippingRow,
        not_offered_words,
        print_tipping,
        status_of,
        tipping_envelope,
        tipping_rows,
    )
    from optimizer.insight.curves.tipping import tipping as found_between
    from optimizer.insight.curves.tipping_of_one import NotOfferedError
    from optimizer.render.csv import csv_lines

    form = form_of(as_json, as_csv)
    known = catalogue(folder, packs)
    kind = what.partition(":")[0]
    least, most = _value(kind, "--from", start), _value(kind, "--to", stop)
    within = None if tolerance is None else _value(kind, "--tolerance", tolerance)
    try:
        found = found_between(case_of(values, known, today()), known, what, least, most, within)
    except NotOfferedError as error:
        raise UsageError(not_offered_words(error)) from error
    note_assumed(found.setting.assumed, quiet)
    with destination(output) as stream:
        if form == "json":
            write_json(tipping_envelope(found).model_dump(mode="json"), stream)
        elif form == "csv":
            stream.writelines(csv_lines(tipping_rows(found), ROW_COLUMNS))
        else:
            print_tipping(found, console(stream))
    written(output, form, known, TippingRow, quiet)
    return INFEASIBLE if status_of(found) == "infeasible" else 0


def _value(kind: str, flag: str, text: str) -> Decimal:
    """A number; of money with $ and M if need be, of a deadline with a unit."""
    if rule := two_readings(text):
        raise UsageError(f'{flag} "{text}": {rule}')
    try:
        if kind == "deadline":
            return Decimal(read_days(text, today()))
        return read_usd(text) if kind in ("price", "rent", "budget") else parse_decimal(text)
    except ValueError as error:
        raise UsageError(f'{flag} "{text}": {error}') from error
