"""One question: ask (a sentence), plan (flags), options (what was considered)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from optimizer.cli.flags import case_flags, case_of, checked
from optimizer.cli.output import catalogue, console, data_flags, destination, note, note_assumed, tell, write_json

if TYPE_CHECKING:
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case

INFEASIBLE = 3
CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def output_flags(command: CommandT) -> CommandT:
    """--json, --csv, -o, --quiet, --data and --pack."""
    decorated: Any = data_flags(command)
    for option in (
        click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors."),
        click.option("-o", "--output", metavar="FILE", help="Write to a file; - is stdout."),
        click.option("--csv", "as_csv", is_flag=True, help="One CSV row; with -o, a metadata file beside it."),
        click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON document."),
    ):
        decorated = option(decorated)
    result: CommandT = decorated
    return result


def form_of(as_json: bool, as_csv: bool) -> str:
    """The form of the answer: card, json or csv."""
    if as_json and as_csv:
        raise click.UsageError("--json and --csv are two forms: give one of them")
    return "json" if as_json else "csv" if as_csv else "card"


def today() -> str:
    """Today's date."""
    from datetime import date

    return date.today().isoformat()


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("question", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Only say how the question is read, as flags of optimizer plan.")
@output_flags
def ask(
    question: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    as_csv: bool,
    output: str | None,
    quiet: bool,
    folder: str | None,
    packs: tuple[str, ...],
) -> int:
    """Answer a question in plain English.

    \b
    optimizer ask "cheapest plan under 1 MW in 120 days"
    optimizer ask "largest model under \\$5M and 1 MW in 150 days"
    optimizer ask "fastest way to train Llama 3.1 70B in Mexico under 2 MW and \\$20M, without renting"
    """
    from datetime import date

    from optimizer.question import read

    known = catalogue(folder, packs)
    reading = read(" ".join(question), known, date.today())
    if dry_run:
        click.echo(reading.command(known))
        return 0
    if not quiet:
        note("Read as: " + "; ".join(phrase.value for phrase in reading.phrases))
        if reading.filler:
            note("Not needed: " + ", ".join(reading.filler))
    case, form = checked(reading.case, known), form_of(as_json, as_csv)
    if reading.sought:
        from optimizer.cli.largest import STEP, tell_largest

        per_parameter = reading.per_parameter(known)
        if per_parameter is not None and reading.tokens_per_parameter is None and not quiet:
            note(f"Assuming: {per_parameter} tokens per parameter, the usual count")
        return tell_largest(case, known, per_parameter, STEP, form, output, quiet)
    return _answer(case, known, form, output, quiet)


@click.command()
@case_flags
@output_flags
def plan(
    as_json: bool,
    as_csv: bool,
    output: str | None,
    quiet: bool,
    folder: str | None,
    packs: tuple[str, ...],
    **values: Any,
) -> int:
    """Find the best plan for a case given in flags.

    \b
    optimizer plan --max-mw 1 --deadline 120d --workload deepseek-v3-10t --country BR
    """
    known = catalogue(folder, packs)
    return _answer(case_of(values, known, today()), known, form_of(as_json, as_csv), output, quiet)


def _answer(case: Case, known: Catalogue, form: str, output: str | None, quiet: bool) -> int:
    from optimizer.insight import answer
    from optimizer.plans.outcome import Plan

    found = answer(case, known)
    note_assumed(found.setting.assumed, quiet)
    tell(found, form, output, quiet)
    return 0 if isinstance(found.outcome, Plan) else INFEASIBLE


@click.command()
@case_flags
@output_flags
def options(
    as_json: bool,
    as_csv: bool,
    output: str | None,
    quiet: bool,
    folder: str | None,
    packs: tuple[str, ...],
    **values: Any,
) -> int:
    """Print every option considered, with its figures, or the reason why it is out.

    The figures are of one server; the last columns are the best plan of that option alone.
    """
    from optimizer.answers.options import COLUMNS, considered, print_considered
    from optimizer.render.csv import csv_lines

    form = form_of(as_json, as_csv)
    known = catalogue(folder, packs)
    rows = considered(case_of(values, known, today()), known)
    with destination(output) as stream:
        if form == "json":
            write_json([row.model_dump(mode="json") for row in rows], stream)
        elif form == "csv":
            stream.writelines(csv_lines(rows, COLUMNS))
        else:
            print_considered(rows, console(stream))
    return 0
