"""sensitivity: what is uncertain, what it does to the answer, and what holds all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.flags import case_flags, case_of
from optimizer.cli.output import (
    catalogue,
    console,
    destination,
    note,
    note_assumed,
    wants_progress,
    write_json,
    written,
)
from optimizer.cli.plan import INFEASIBLE, form_of, output_flags, today

if TYPE_CHECKING:
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case
    from optimizer.uncertainty.monte_carlo import MonteCarlo
    from optimizer.uncertainty.robust import Robust
    from optimizer.uncertainty.tornado import Tornado

DRAWS = 1000


@click.command()
@click.option("--draws", type=int, metavar="N", help=f"Draw all inputs N times at random ({DRAWS} with --robust).")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the draws: the same gives the same.")
@click.option(
    "--range",
    "ranges",
    metavar="INPUT=LOW:HIGH",
    multiple=True,
    help="A range of one's own: pue=1.3:1.6, rent:h100=2:4, mfu:h100=0.8:1.2 (times its MFU); may be repeated.",
)
@click.option("--robust", is_flag=True, help="The cheapest plan that holds in a share of the draws.")
@click.option("--corners", metavar="LIST", help="That holds at every combination of the ends: 'run;staff_fte'.")
@click.option("--share", metavar="SHARE", help="Of the scenarios that must be met: 0.9 of draws, 1 of corners.")
@click.option(
    "--aim", type=click.Choice(["central", "mean", "worst"]), help="Which cost of the robust plan is least: central."
)
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes for --draws; one a core by default.")
@case_flags
@output_flags
def sensitivity(
    draws: int | None,
    seed: int,
    ranges: tuple[str, ...],
    robust: bool,
    corners: str | None,
    share: str | None,
    aim: str | None,
    workers: int | None,
    as_json: bool,
    as_csv: bool,
    output: str | None,
    quiet: bool,
    folder: str | None,
    packs: tuple[str, ...],
    **values: Any,
) -> int:
    """Say how sure the answer is, given the ranges that the data hold of their figures.

    By default one input at a time at both ends of its range; with --draws all at once, at random; with --robust or
    --corners the cheapest plan that holds all the same. The flags are those of plan. For one kind of server.

    \b
    optimizer sensitivity --max-mw 1 --deadline 120d --range pue=1.3:1.6
    optimizer sensitivity --max-mw 1 --deadline 120d --draws 1000 --seed 1 --csv -o draws.csv
    optimizer sensitivity --max-mw 2 --deadline 200d --corners "run;mfu:gb200_nvl72"
    """
    import gc
    import os

    gc.enable()  # main() turns it off for short commands
    sought = robust or corners is not None
    _check(draws, share, aim, corners, sought=sought)
    form = form_of(as_json, as_csv)
    known = catalogue(folder, packs)
    case = case_of(values, known, today())
    found: Tornado | MonteCarlo | Robust
    with _told("scenarios" if sought else "inputs" if draws is None else "draws", quiet) as progress:
        if sought:
            found = _robust(case, known, draws, seed, corners, share, aim, ranges, progress)
        elif draws is not None:
            from optimizer.uncertainty.monte_carlo import monte_carlo

            found = monte_carlo(case, known, draws, seed, ranges, workers or os.cpu_count() or 1, progress)
        else:
            from optimizer.uncertainty.tornado import tornado

            found = tornado(case, known, ranges, progress)
    return _tell(found, form, output, known, quiet)


def _check(draws: int | None, share: str | None, aim: str | None, corners: str | None, *, sought: bool) -> None:
    """Refuse flags that would be read and not used."""
    if not sought and (share is not None or aim is not None):
        raise click.UsageError("--share and --aim are of the robust plan: they need --robust or --corners")
    if corners is not None and draws is not None:
        raise click.UsageError("--corners combines the ends of ranges, and draws nothing: leave --draws out")


def _robust(
    case: Case,
    known: Catalogue,
    draws: int | None,
    seed: int,
    corners: str | None,
    share: str | None,
    aim: Any,
    ranges: tuple[str, ...],
    progress: Callable[[int, int], None],
) -> Robust:
    from optimizer.uncertainty.robust import robust

    names = [part.strip() for part in (corners or "").split(";") if part.strip()]
    if corners is not None and not names:
        raise click.UsageError("--corners: name inputs, separated by ';', such as 'run;staff_fte'")
    return robust(
        case,
        known,
        count=DRAWS if draws is None else draws,
        seed=seed,
        corners=names,
        share=None if share is None else _share(share),
        aim=aim or "central",
        ranges=ranges,
        progress=progress,
    )


def _share(text: str) -> Decimal:
    from optimizer.errors import UsageError
    from optimizer.units import parse_decimal

    try:
        return parse_decimal(text)
    except ValueError as error:
        raise UsageError(f'--share "{text}": {error}') from error


def _tell(found: Tornado | MonteCarlo | Robust, form: str, output: str | None, known: Catalogue, quiet: bool) -> int:
    from optimizer.answers import sensitivity_rows as rows
    from optimizer.answers.sensitivity import print_sensitivity
    from optimizer.answers.sensitivity_shapes import sensitivity_envelope
    from optimizer.plans.outcome import Plan
    from optimizer.render.csv import csv_lines
    from optimizer.uncertainty.monte_carlo import MonteCarlo
    from optimizer.uncertainty.tornado import Tornado

    note_assumed(found.basis.known.setting.assumed, quiet)
    lines: Iterator[str]
    row_type: Any
    if isinstance(found, Tornado):
        row_type, lines = rows.TornadoRow, csv_lines(rows.tornado_rows(found), rows.TORNADO_COLUMNS)
    elif isinstance(found, MonteCarlo):
        row_type, lines = rows.DrawRow, csv_lines(rows.draw_rows(found), rows.DRAW_COLUMNS)
    else:
        row_type, lines = rows.RobustRow, csv_lines(rows.robust_rows(found), rows.ROBUST_COLUMNS)
    with destination(output) as stream:
        if form == "json":
            write_json(sensitivity_envelope(found).model_dump(mode="json"), stream)
        elif form == "csv":
            stream.writelines(lines)
        else:
            print_sensitivity(found, console(stream))
    written(output, form, known, row_type, quiet)
    planned = isinstance(found.basis.best, Plan) if isinstance(found, Tornado | MonteCarlo) else found.plan is not None
    return 0 if planned else INFEASIBLE


@contextmanager
def _told(what: str, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """What to call with the number done and of all: a bar on a terminal, else a line now and then, or nothing."""
    if quiet:
        yield lambda done, total: None
    elif wants_progress():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:
        yield _Lines(what)


class _Lines:
    """A plain line every few seconds."""

    def __init__(self, what: str) -> None:
        import time

        self._what, self._clock = what, time.monotonic
        self._at = self._clock()

    def __call__(self, done: int, total: int) -> None:
        from optimizer.cli.many_flags import LINE_EVERY_S

        if self._clock() - self._at >= LINE_EVERY_S:
            note(f"{done:,} of {total:,} {self._what}")
            self._at = self._clock()
