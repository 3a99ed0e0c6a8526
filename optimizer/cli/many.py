"""Many cases: batch."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.output import catalogue, data_flags, destination, note, wants_progress

if TYPE_CHECKING:
    from optimizer.report.row import PlanRow

FAILED_ROWS = 6


@click.command()
@click.argument("cases", metavar="CASES.csv")
@click.option(
    "-o", "--output", metavar="PLANS.csv", help="Write to a file, with a metadata file beside it; - is stdout."
)
@click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors.")
@data_flags
def batch(cases: str, output: str | None, quiet: bool, folder: str | None, packs: tuple[str, ...]) -> int:
    """Solve every row of a cases file: one row out for each, whatever becomes of it.

    The columns of CASES.csv are the fields of a case (optimizer data show case): case_id, country, workload,
    max_mw, deadline_days, budget_usd, ...; an empty cell takes the default. - reads from stdin.

    A row that cannot be read stops no other: it comes out with status invalid and the reason. The exit status is
    6 if there was any such row, else 0, also where cases are proved infeasible.
    """
    import gc

    from optimizer.batch import read_cases, run
    from optimizer.report.tabular import csv_lines, write_metadata
    from optimizer.tables import decode, read_text

    if output not in (None, "-") and cases != "-" and Path(output or "").resolve() == Path(cases).resolve():
        raise click.BadParameter("is the cases file itself", param_hint="--output")
    gc.enable()  # main() turns it off for short commands
    warnings: list[str] = []
    text = decode(sys.stdin.buffer.read(), "stdin", warnings) if cases == "-" else read_text(Path(cases), warnings)
    for warning in warnings:
        note(f"Warning: {warning}")
    name = "stdin" if cases == "-" else Path(cases).name
    known = catalogue(folder, packs)
    entries = list(read_cases(text, name))
    counts: dict[str, int] = {}

    def counted(rows: Iterable[PlanRow]) -> Iterator[PlanRow]:
        for row in rows:
            counts[row.status] = counts.get(row.status, 0) + 1
            yield row

    with destination(output) as stream:
        rows = counted(run(entries, known))
        stream.writelines(csv_lines(_with_progress(rows, len(entries), quiet)))
    if not quiet:
        note(", ".join(f"{count} {status}" for status, count in sorted(counts.items())))
    if output not in (None, "-"):
        beside = write_metadata(Path(output or ""), known)
        if not quiet:
            note(f"Written: {output} and {beside.name}")
    return FAILED_ROWS if counts.get("invalid") or counts.get("undecided") else 0


def _with_progress(rows: Iterable[PlanRow], total: int, quiet: bool) -> Iterator[PlanRow]:
    """The rows, with a progress bar, rate and time left on a terminal."""
    if quiet or not wants_progress():
        yield from rows
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar: Any = Progress(
        TextColumn("cases"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar or nullcontext():
        yield from bar.track(rows, total=total)
