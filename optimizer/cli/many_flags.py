"""What the commands of many cases share: where rows go, by how many workers, how to go on, what is reported
meanwhile."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from optimizer.cli.flags import (
    OUTPUT,
    FieldOption,
    Number,
    WholeNumber,
    add_options,
    one_form,
    output_option,
    output_options,
)
from optimizer.cli.output import note, target_of
from optimizer.cli.progress import progress_reporter
from optimizer.errors import shown_name
from optimizer.units.language import and_words, say

if TYPE_CHECKING:
    from optimizer.batch.job import Counts, Job
    from optimizer.batch.source import CaseSource
    from optimizer.catalogue import Catalogue
    from optimizer.render.layout import Layout

FAILED_ROWS = 6
FAILED = ("invalid", "undecided", "crashed", "timed_out")
"""The statuses of rows without an answer."""
CommandT = TypeVar("CommandT", bound=Callable[..., Any])


_RUN = "Workers and journal"


def many_flags(command: CommandT) -> CommandT:
    """In which form and where rows go, by how many workers, how to go on after an interruption, and the data."""
    where = "Write to a file, in the format of its name: .csv, .jsonl, .parquet, .xlsx, .json or .md; - is stdout."
    forms = FieldOption(
        ["--format", "rows_form"],
        subject=OUTPUT,
        type=click.Choice(["csv", "jsonl", "parquet", "xlsx"]),
        help="Format of the rows; by default that of the file's name, else CSV.",
    )
    written = output_options(output_option("PLANS", where), forms, has_text=False)
    return add_options(command, [*written, *run_options()])


def run_options() -> Iterator[click.Option]:
    """By how many workers cases are solved, and how to go on after an interruption."""
    yield FieldOption(
        ["--workers"],
        subject=_RUN,
        type=WholeNumber(1, 1024),
        help="Number of processes on this machine; one per core by default.",
    )
    yield FieldOption(
        ["--case-limit", "case_limit_s"],
        subject=_RUN,
        type=Number(min=0, min_open=True),
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help="A case that takes longer is abandoned.",
    )
    yield FieldOption(
        ["--journal"],
        subject=_RUN,
        metavar="FILE",
        help="Where finished cases are stored during the run; OUTPUT.journal by default.",
    )
    yield FieldOption(["--resume"], subject=_RUN, is_flag=True, help="Continue from what an earlier run finished.")
    yield FieldOption(
        ["--restart"], subject=_RUN, is_flag=True, help="Start again and discard what an earlier run finished."
    )
    yield FieldOption(
        ["--retry-failed"],
        subject=_RUN,
        is_flag=True,
        help="With --resume: solve crashed, timed_out and undecided rows again.",
    )
    yield FieldOption(
        ["--scheduler"],
        subject=_RUN,
        metavar="ADDRESS",
        help="Solve on a Dask cluster, such as tcp://host:8786, not on this machine.",
    )


def run_many(
    question: str,
    inputs: Mapping[str, Any],
    source: CaseSource,
    catalogue: Catalogue,
    *,
    output: str | None,
    rows_form: str | None,
    quiet: bool,
    csv_for: str | None,
    columns: str | None,
    reads: Mapping[str, Path],
    **flags: Any,
) -> int:
    """Solve all cases of a source as the flags of :func:`many_flags` say, and tell what became of them.

    Args:
        question: the command.
        inputs: what it was asked, for the answer.
        source: the cases.
        catalogue: the data.
        reads: the files that are read, by what they are.
        flags: the forms that are asked for, and those of :func:`run_options`.

    Returns:
        The exit status: 6 if a row has no answer.
    """
    from optimizer.batch.job import Job

    run = run_of(flags)
    form, answer = _forms(output, rows_form, one_form(flags))
    if form == "json":
        from optimizer.batch.summary import check_count

        check_count(form, source.total)
    layout = _layout(form, csv_for, columns)
    job = Job(output=target_of(output), form=form, question=question, inputs=inputs, layout=layout, reads=reads, **run)
    counts = solve_many(source, catalogue, job, quiet=quiet)
    files = (output if job.has_file else None, counts.metadata.name if counts.metadata else None)
    written = tuple(shown_name(name) for name in files if name)
    if not quiet:
        _report(counts, written)
    if answer:
        from optimizer.batch.summary import write_summary

        write_summary(sys.stdout, answer, job, counts, catalogue, written=written)
    return FAILED_ROWS if any(counts.by_status.get(status) for status in FAILED) else 0


def _report(counts: Counts, written: tuple[str, ...]) -> None:
    """Say which files were written, and what is kept for another run."""
    if written:
        note(say("Written: {written}", written=and_words(written)))
    if counts.journal:
        note(
            say(
                "Stored: {kept}; --resume --retry-failed solves again the cases that crashed or took too long",
                kept=shown_name(counts.journal.name),
            )
        )


def _forms(output: str | None, rows_form: str | None, asked: str | None) -> tuple[str, str | None]:
    """The form of the output, and that of an answer on stdout about rows that go into a file.

    Raises:
        click.UsageError: flags that do not go together.
    """
    from optimizer.batch.forms import OF_ONE_ANSWER, OF_ROWS, form_of
    from optimizer.render.files import form_by_name

    if asked not in OF_ONE_ANSWER:
        if asked and rows_form not in (None, asked):
            one, other = f"--{asked}", f"--format {rows_form}"
            raise click.UsageError(say("{one} and {other} are two forms: give one of them", one=one, other=other))
        return form_of(output, rows_form or asked), None
    if output in (None, "-"):
        if rows_form:
            rule = say("--{form} has the rows in it: leave out --format, or write the rows to a file, -o", form=asked)
            raise click.UsageError(rule)
        return asked, None
    by_name = form_by_name(output, rows_form, (*OF_ROWS, *OF_ONE_ANSWER))
    return (form_of(output, rows_form), asked) if by_name in OF_ROWS else (form_of(output, asked), None)


def run_of(flags: dict[str, Any]) -> dict[str, Any]:
    """Take the flags of :func:`run_options` out of those of a command: how its cases are solved, as a job has it.

    Raises:
        click.UsageError: which do not go together, and why.
    """
    run = {name: flags.pop(name) for name in _OF_A_RUN}
    if not math.isfinite(run["case_limit_s"]):
        raise click.BadParameter(say("must be a number of seconds"), param_hint="'--case-limit'")
    if run["resume"] and run["restart"]:
        raise click.UsageError(say("--resume continues and --restart starts again: give one of them"))
    if run["retry_failed"] and not run["resume"]:
        raise click.UsageError(say("--retry-failed continues from a journal: it needs --resume"))
    run["journal"] = real_place(run["journal"]) if run["journal"] else None
    return run


_OF_A_RUN = ("workers", "case_limit_s", "journal", "resume", "restart", "retry_failed", "scheduler")


def solve_many(source: CaseSource, catalogue: Catalogue, job: Job, *, quiet: bool) -> Counts:
    """Solve all cases of a source and tell what became of them; after an interruption, how to go on."""
    import gc

    from optimizer.batch.engine import solve_all
    from optimizer.batch.job import Counts
    from optimizer.workers import WorkersError

    gc.freeze()  # what is loaded by now stays
    gc.enable()  # main() turns it off for short commands
    if job.resume and job.journal_path is not None and not job.journal_path.exists() and not quiet:
        note(say("No journal {journal_path_name}: started again.", journal_path_name=job.journal_path.name))
    counts = Counts()
    try:
        shows_rows = job.output is None and sys.stdout.isatty()
        with progress_reporter(say("cases"), quiet or shows_rows, lambda: source.total) as report:
            solve_all(
                source,
                catalogue,
                job,
                progress=report or (lambda done: None),
                warn=lambda text: None if quiet else note(f"Warning: {shown_name(text)}"),
                counts=counts,
            )
    except (KeyboardInterrupt, OSError, MemoryError, WorkersError) as error:
        if not isinstance(error, BrokenPipeError):
            note(_how_to_go_on(counts, job))
        raise
    if not quiet:
        note(", ".join(f"{count} {status}" for status, count in sorted(counts.by_status.items())))
    return counts


def _layout(form: str, csv_for: str | None, columns: str | None) -> Layout:
    from optimizer.answers.plan.row import PlanRow
    from optimizer.render.layout import layout_of

    if form == "md":
        columns = columns or "short"
    if csv_for is not None and form != "csv":
        raise click.UsageError(say("--csv-for is for CSV, and the output is {form}: leave it out", form=form))
    row_type: type[PlanRow] = PlanRow
    if columns not in (None, "short", "all"):  # some may be those of a supply
        from optimizer.answers.power.row import PowerRow

        row_type = PowerRow
    return layout_of(csv_for, columns, row_type)


def _how_to_go_on(counts: Counts, job: Job) -> str:
    """What was done before a run stopped, what is kept of it, and how to go on."""
    rows = f"{counts.done:,} row{'' if counts.done == 1 else 's'}"
    if job.journal_path is None and not counts.done:
        return say("Stopped before a first row was written.")
    if job.journal_path is None:
        return say(
            "Stopped after {rows}. Nothing is stored: with -o FILE or --journal FILE a run can be resumed.", rows=rows
        )
    if counts.journal is None or not counts.kept:
        return say("Stopped before a first case was finished: nothing is stored, and nothing was written.")
    cases = f"{counts.kept:,} case{'' if counts.kept == 1 else 's'}"
    return say(
        "Stopped; {cases} finished and stored in {journal_name}: run the same command with --resume to continue.",
        cases=cases,
        journal_name=shown_name(counts.journal.name),
    )


def real_place(path: str) -> Path:
    """A file's place with the links to its folder followed, but not a link of its own name."""
    place = Path(path).absolute()
    return place.parent.resolve() / place.name
