"""A grid of cases: sweep."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from optimizer.cli.flags import FORM_FLAGS, GroupedCommand, WordedArgument, add_options, axis_options, axis_texts, usage
from optimizer.cli.many_flags import many_flags, run_many
from optimizer.cli.output import catalogue, check_output, destination, note, read_files
from optimizer.errors import shown_name
from optimizer.service.fields import FLAG_OF
from optimizer.units.language import say

if TYPE_CHECKING:
    from optimizer.batch.sweep import Grid, Sweep

CommandT = TypeVar("CommandT", bound=Callable[..., Any])
SHOWN_FIRST, SHOWN_LAST = 3, 2
"""Cases of a grid that --dry-run prints."""


def axis_flags(command: CommandT) -> CommandT:
    """A flag for every field of a case, each of which may take several values."""
    return add_options(command, axis_options())


@click.command(cls=GroupedCommand)
@click.argument(
    "study", metavar="[STUDY.toml]", required=False, cls=WordedArgument, words="A study file: optimizer guide sweep."
)
@click.option("--dry-run", is_flag=True, help="Only show how many cases there are, and the first and last of them.")
@click.option("--cases", "as_cases", is_flag=True, help="Write the cases as CSV (to -o, or stdout); solve none.")
@click.option("-y", "--yes", is_flag=True, help="Continue with more than 10,000,000 cases, or if none seems usable.")
@axis_flags
@many_flags
def sweep(
    study: str | None,
    dry_run: bool,
    as_cases: bool,
    yes: bool,
    folder: str | None,
    packs: tuple[str, ...],
    **flags: Any,
) -> int:
    """Solve every combination of some values: one row of output for each, in a fixed order.

    \b
    Every flag of a case takes several values:
      --country BR,MX,IN          a list; a value with a comma goes in double quotes
      --max-mw 0.5:5:0.5          a range, exact; both ends included if a step reaches them
      --max-mw 0.5:2:0.5,5,none   both; none means no limit (limits, --supply, --owned, --avoid)
      --deadline 60d:360d:30d     units in all parts or in none; --budget 5M:50M:5M likewise
      --country Mercosur          every country of a region (optimizer data show regions)
      --country all               every row of the table; for --objective, every word
      --use 'h100;h200,a100'      ";" is inside one value: two cases, with h100 and h200, with a100

    Each flag with several values is an axis. The axes have the order of the flags below, whatever the order in which
    you type them; the last axis changes fastest. The name of a case has its values on these axes:
    BR_0.5MW_60d_enforced-2026. As for plan, a deadline that is a date counts from the order.

    STUDY.toml says the same in a file (TOML only, not YAML); flags override it:

    \b
    [defaults]                            # fields of every case (optimizer data show case)
    workload = "llama-3.1-70b"
    [axes]                                # fields with several values: an array, or text as above
    country = ["BR", "MX"]
    max_mw = "0.5:2:0.5"
    [[scenario]]                          # each changes what all share; its cases are NAME_...
    name = "today"
    [[scenario]]
    name = "diffusion"
    rules = "diffusion-2025"              # fields of its own
    axes = { deadline_days = [90, 180] }  # axes of its own
    without = ["max_mw"]                  # what it leaves out

    Exit status, journal and --resume are those of batch.

    \b
    optimizer sweep --country BR,MX,IN --max-mw 0.5:5:0.5 --deadline 60:360:30 -o plans.parquet
    optimizer sweep study.toml --rules all --dry-run
    """
    from optimizer.answers.form.ground_words import assumed_lines
    from optimizer.batch.sweep import read_sweep, unusable
    from optimizer.batch.sweep.grid import MAX_CASES
    from optimizer.errors import DataError, UsageError

    given = axis_texts(flags)
    if study is None and not given:
        raise click.UsageError(
            say("nothing to sweep: give a flag several values, such as --country BR,MX, or a study file")
        )
    output = flags["output"]
    reads = read_files(folder, packs, output, {"the study file": study})
    check_output(output, reads)
    known = catalogue(folder, packs)
    try:
        found = read_sweep(Path(study) if study is not None else None, given, known, date.today().isoformat())
    except DataError as error:
        if all(problem.file for problem in error.problems):
            raise
        raise usage(error, FLAG_OF) from error
    problems = unusable(found, known)
    asked = flags["rows_form"] or next((form for form in FORM_FLAGS if flags[f"as_{form}"]), None)
    if dry_run and asked:
        raise click.UsageError(say("--dry-run prints text: leave out --{form}", form=asked))
    if not flags["quiet"]:
        for line in assumed_lines(item for grid in found.grids for item in grid.assumed):
            note(line)
    if dry_run:
        _describe(found)
        for problem in problems:
            note(f"Warning: {problem}")
        return 0
    if found.total > MAX_CASES and not yes:
        raise UsageError.say(
            "{total:,} cases are more than {max_cases:,}: give --yes to continue, or --dry-run to look",
            total=found.total,
            max_cases=MAX_CASES,
        )
    if problems and not yes:
        remedy = say("give --yes to write rows that say so")
        raise usage(DataError(replace(problem, remedy=remedy) for problem in problems), FLAG_OF)
    if as_cases:
        return _write_cases(found, output, asked, flags["quiet"])
    inputs = {**({"study": study} if study else {}), **{name: list(texts) for name, texts in given.items()}}
    return run_many("sweep", inputs, found, known, reads=reads, **flags)


def _describe(found: Sweep) -> None:
    """The number of cases on the first line, then every grid with its axes and some of its cases."""
    from optimizer.batch.sweep.axes import as_flags

    click.echo(_counted(found.total))
    first = 0
    for grid in found.grids:
        if grid.scenario:
            click.echo(f"\n{grid.scenario}: {_counted(grid.total)}")
        for axis in grid.varying:
            words = [value.word for value in axis.values]
            shown = words if len(words) <= SHOWN_FIRST + SHOWN_LAST else [*words[:SHOWN_FIRST], "...", words[-1]]
            click.echo(f"  {FLAG_OF[axis.field]}: {len(words):,} ({', '.join(shown)})")
        for index in _shown(grid):
            cells = {} if index is None else found.line(first + index).cells
            click.echo(f"  {shlex.join(['optimizer', 'plan', *as_flags(cells)])}" if cells else "  ...")
        first += grid.total


def _counted(total: int) -> str:
    return f"{total:,} case{'' if total == 1 else 's'}"


def _shown(grid: Grid) -> Iterator[int | None]:
    """The first and last cases of a grid, None for what is between."""
    if grid.total <= SHOWN_FIRST + SHOWN_LAST:
        yield from range(grid.total)
        return
    yield from range(SHOWN_FIRST)
    yield None
    yield from range(grid.total - SHOWN_LAST, grid.total)


def _write_cases(found: Sweep, output: str | None, form: str | None, quiet: bool) -> int:
    from optimizer.render.csv import csv_line
    from optimizer.render.files import form_by_name

    if form not in (None, "csv"):
        raise click.UsageError(say("--cases writes CSV"))
    form_by_name(output, form, ("csv",))
    header = found.header
    with destination(output) as stream:
        stream.write(csv_line(header))
        for line in found:
            stream.write(csv_line([line.cells.get(column, "") for column in header]))
    if not quiet and output not in (None, "-"):
        note(f"Written: {shown_name(output)}, {_counted(found.total)}")
    return 0
