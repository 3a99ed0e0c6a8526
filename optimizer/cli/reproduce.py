"""reproduce: the source study, cell by cell."""

from __future__ import annotations

import sys

import click

from optimizer.cli.output import catalogue, console, write_json


@click.command()
@click.argument("study", type=click.Choice(["study-2025"]))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--data", "folder", metavar="DIR", help="A data folder of one's own (or OPTIMIZER_DATA).")
def reproduce(study: str, as_json: bool, folder: str | None) -> None:
    """Solve the cells of the source study and print ours beside the stated figures.

    study-2025: Brazil and Mexico, H100 and A100, 90 and 150 days, under both readings of the published figures and
    under the measured evidence (arXiv 2510.19801).
    """
    from optimizer.reference.study import print_study, study_json
    from optimizer.validation.study import reproduce as solve

    found = solve(catalogue(folder))
    if as_json:
        write_json(study_json(found), sys.stdout)
    else:
        print_study(found, console())
