"""validate: published figures against ours."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from optimizer.cli.output import catalogue, console, note, write_json

if TYPE_CHECKING:
    from optimizer.domain.evidence import RealRun
    from optimizer.errors import Problem

BAD_DATA = 4
"""Exit status where a row of the user's file cannot be read, or a golden sum lies outside its tolerance."""


@click.command()
@click.option("--runs", "runs_file", metavar="FILE.csv", help="Further runs, in the columns of data/real_runs.csv.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--data", "folder", metavar="DIR", help="A data folder of one's own (or OPTIMIZER_DATA).")
def validate(runs_file: str | None, as_json: bool, folder: str | None) -> int:
    """Hold the tool against the world: published sums, measured throughput and real training runs beside ours.

    With --runs, further runs instead: each with its band, whether it is covered, and the coverage of all. A column
    scope tells a single run from a whole programme, continued training or a distilled model; only single_run counts.

    \b
    optimizer validate
    optimizer validate --runs further_runs.csv
    """
    from optimizer.reference import validation
    from optimizer.validation import load_evidence

    evidence = load_evidence(catalogue(folder))
    further: tuple[RealRun, ...] | None = None
    problems: tuple[Problem, ...] = ()
    if runs_file is not None:
        from optimizer.validation.further import read_runs

        warnings: list[str] = []
        stdin = runs_file == "-"
        content = sys.stdin.buffer.read() if stdin else None
        further, problems = read_runs("stdin" if stdin else runs_file, evidence, warnings, content)
        for warning in warnings:
            note(f"Warning: {warning}")
    found = validation.validate(evidence, further, problems)
    if as_json:
        write_json(validation.document(found), sys.stdout)
    else:
        validation.print_validation(found, console())
    for problem in problems:
        note(f"Error: {problem}")
    return BAD_DATA if problems or not all(item.within for item in found.golden) else 0
