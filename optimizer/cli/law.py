"""law: what the export rules say of an accelerator and a country."""

from __future__ import annotations

import sys

import click

from optimizer.cli.output import catalogue, console, data_flags, write_json


@click.command()
@click.argument("accelerator")
@click.argument("country")
@click.option("--date", metavar="DAY", help="The day whose law holds, YYYY-MM-DD; that of the data by default.")
@click.option("--rules", metavar="ID", help="Export rule set (optimizer data list rules).")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@data_flags
def law(
    accelerator: str,
    country: str,
    date: str | None,
    rules: str | None,
    as_json: bool,
    folder: str | None,
    packs: tuple[str, ...],
) -> None:
    """Say what the export rules ask for: class, licence, time, caps, with the rule and its source.

    \b
    optimizer law h100 VN
    optimizer law h100 AE --date 2024-06-01
    optimizer law "rtx 4090" CN --rules diffusion-2025

    COUNTRY is one of the country table, or China.
    """
    from optimizer.reference.law import law_answer, print_law

    found = law_answer(catalogue(folder, packs), accelerator, country, date, rules)
    if as_json:
        write_json(found.model_dump(mode="json"), sys.stdout)
    else:
        print_law(found, console())
