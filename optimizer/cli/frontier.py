"""frontier: the exact trade-off between two measures of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.flags import case_flags, case_of
from optimizer.cli.largest import tokens_sought
from optimizer.cli.output import catalogue, console, destination, note_assumed, write_json, written
from optimizer.cli.plan import INFEASIBLE, form_of, output_flags, today

if TYPE_CHECKING:
    from optimizer.catalogue import Catalogue


@click.command()
@click.argument("first", metavar="X")
@click.argument("second", metavar="Y")
@click.option(
    "--points",
    type=click.IntRange(2, 10_000),
    default=30,
    show_default=True,
    metavar="N",
    help="Points told at most, evenly chosen; the number of all is told too.",
)
@case_flags
@output_flags
def frontier(
    first: str,
    second: str,
    points: int,
    as_json: bool,
    as_csv: bool,
    output: str | None,
    quiet: bool,
    folder: str | None,
    packs: tuple[str, ...],
    **values: Any,
) -> int:
    """Print the exact trade-off between two measures: every plan that none beats in both.

    X and Y are two of cost, budget, days, peak_power, energy, carbon, capital (hardware bought) and compute (the tokens
    of the workload, its parameters held); the flags are those of plan. For one kind of server.

    \b
    optimizer frontier cost days --country MX --max-mw 2
    optimizer frontier cost compute --budget 20M --max-mw 2
    """
    from optimizer.answers.frontier import ROW_COLUMNS, FrontierRow, frontier_envelope, frontier_rows, print_frontier
    from optimizer.insight.curves.frontier import frontier as curve
    from optimizer.render.csv import csv_lines

    if "compute" in (first, second):
        tokens_sought(values)
    form = form_of(as_json, as_csv)
    known: Catalogue = catalogue(folder, packs)
    found = curve(case_of(values, known, today()), known, first, second, points)
    note_assumed(found.setting.assumed, quiet)
    with destination(output) as stream:
        if form == "json":
            write_json(frontier_envelope(found).model_dump(mode="json"), stream)
        elif form == "csv":
            stream.writelines(csv_lines(frontier_rows(found), ROW_COLUMNS))
        else:
            print_frontier(found, console(stream))
    written(output, form, known, FrontierRow, quiet)
    return INFEASIBLE if found.infeasible else 0
