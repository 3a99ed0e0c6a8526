"""One question: ask (a sentence), plan (flags), options (what was considered)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from optimizer.cli.case_flags import case_flags, case_of, checked
from optimizer.cli.output import catalogue, console, destination, note, tell, write_json

if TYPE_CHECKING:
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case

INFEASIBLE = 3
CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def output_flags(command: CommandT) -> CommandT:
    """--json, --csv, -o, --quiet and --data."""
    decorated: Any = command
    for option in (
        click.option("--data", "folder", metavar="DIR", help="A data folder of one's own (or OPTIMIZER_DATA)."),
        click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors."),
        click.option("-o", "--output", metavar="FILE", help="Write to a file; - is stdout."),
        click.option(
            "--csv", "form", flag_value="csv", help="One CSV row, with a metadata file beside it if -o is given."
        ),
        click.option("--json", "form", flag_value="json", help="Everything, as one JSON document."),
    ):
        decorated = option(decorated)
    result: CommandT = decorated
    return result


def today() -> str:
    """Today's date."""
    from datetime import date

    return date.today().isoformat()


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Only say how the question is read, as flags of optimizer plan.")
@output_flags
def ask(
    question: tuple[str, ...], dry_run: bool, form: str | None, output: str | None, quiet: bool, folder: str | None
) -> int:
    """Answer a question in plain English.

    \b
    optimizer ask "cheapest plan under 1 MW in 120 days"
    optimizer ask "fastest way to train Llama 3.1 70B in Mexico under 2 MW and \\$20M, without renting"
    """
    from datetime import date

    from optimizer.question import read

    known = catalogue(folder)
    reading = read(" ".join(question), known, date.today())
    if dry_run:
        click.echo(f"optimizer plan {reading.flags()}".rstrip())
        return 0
    if not quiet:
        note("Read as: " + "; ".join(phrase.value for phrase in reading.phrases))
        if reading.filler:
            note("Not needed: " + ", ".join(reading.filler))
    return _answer(checked(reading.case, known), known, form, output, quiet)


@click.command()
@case_flags
@output_flags
def plan(form: str | None, output: str | None, quiet: bool, folder: str | None, **values: Any) -> int:
    """Find the best plan for a case given in flags.

    \b
    optimizer plan --max-mw 1 --deadline 120d --workload deepseek-v3-10t --country BR
    """
    known = catalogue(folder)
    return _answer(case_of(values, known, today()), known, form, output, quiet)


def _answer(case: Case, known: Catalogue, form: str | None, output: str | None, quiet: bool) -> int:
    from optimizer.insight import answer
    from optimizer.outcome import Plan

    found = answer(case, known)
    if not quiet and found.setting.assumed:
        note("Assuming: " + "; ".join(f"{a.field} {a.value}" for a in found.setting.assumed))
    tell(found, form or "card", output)
    return 0 if isinstance(found.outcome, Plan) else INFEASIBLE


@click.command()
@case_flags
@output_flags
def options(form: str | None, output: str | None, quiet: bool, folder: str | None, **values: Any) -> int:
    """Print every option considered, with its figures, or the reason why it is out.

    The figures are of one server; the last columns are the best plan of that option alone.
    """
    from optimizer.report.considered import COLUMNS, considered, print_considered
    from optimizer.report.tabular import csv_lines

    known = catalogue(folder)
    rows = considered(case_of(values, known, today()), known)
    with destination(output) as stream:
        if form == "json":
            write_json([row.model_dump(mode="json") for row in rows], stream)
        elif form == "csv":
            stream.writelines(csv_lines(rows, COLUMNS))
        else:
            print_considered(rows, console(stream))
    return 0
