"""Many cases: batch."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import click

from optimizer.cli.flags import GroupedCommand, WordedArgument
from optimizer.cli.many_flags import many_flags, run_many
from optimizer.cli.output import catalogue, check_output, note, read_files
from optimizer.errors import DataError, system_words
from optimizer.units.language import say


@click.command(cls=GroupedCommand)
@click.argument(
    "cases",
    metavar="CASES",
    cls=WordedArgument,
    words="The file of cases; - is stdin; projects: the national projects of the data.",
)
@click.option(
    "--from",
    "kind",
    type=click.Choice(["csv", "jsonl", "parquet", "xlsx"]),
    help="Format of CASES; by default that of its name, or on stdin that of its first character.",
)
@many_flags
def batch(cases: str, kind: str | None, folder: str | None, packs: tuple[str, ...], **flags: Any) -> int:
    """Solve every row of a cases file: one row of output for each, in order, whatever its result.

    The columns of CASES (CSV, JSON Lines, Parquet or a workbook, .xlsx) are the fields of a case (optimizer data show
    case): case_id, country, workload, max_mw, deadline_days, budget_usd, ...; an empty cell takes the default. A cell
    may have its unit (1 MW, 4 months, $5M, 16%); where ";" separates the cells, 0,5 is one half. The name - means
    stdin.

    A row that cannot be read does not stop the others: its output row has status invalid and the reason. The exit
    status is 6 if there was any such row, or one that is undecided, crashed or timed_out; otherwise 0, also if cases
    are proven infeasible. Finished cases are stored in PLANS.journal until PLANS is complete: --resume continues from
    there.

    \b
    optimizer batch cases.csv -o plans.csv
    optimizer batch cases.xlsx -o plans.xlsx --columns short
    optimizer batch projects -o plans.csv     national projects (optimizer guide projects)
    generate | optimizer batch - --from jsonl --format jsonl | use
    """
    from optimizer.batch.project_cases import NAME, ProjectCases
    from optimizer.batch.source import open_source

    if cases == NAME and kind is None and not Path(cases).exists():
        reads = read_files(folder, packs, flags["output"], {})
        check_output(flags["output"], reads)
        known = catalogue(folder, packs)
        return run_many("batch", {"cases": cases}, ProjectCases(known), known, reads=reads, **flags)
    if not Path(cases).suffix and cases != "-" and not Path(cases).exists():
        rule = say("cannot be read: {strerror}", strerror=system_words(FileNotFoundError(errno.ENOENT, "")))
        raise DataError.at(rule, file=cases, remedy=say("national projects are optimizer batch projects"))
    reads = read_files(folder, packs, flags["output"], {"the cases file": cases})
    check_output(flags["output"], reads)
    source = open_source(cases, kind, lambda text: note(say("Warning: {words}", words=text)))
    return run_many("batch", {"cases": source.name}, source, catalogue(folder, packs), reads=reads, **flags)
