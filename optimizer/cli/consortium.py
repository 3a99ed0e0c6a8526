"""consortium: one run that several sites share."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from optimizer.cli.flags import field_flags, stated_case, usage
from optimizer.cli.output import catalogue, console, destination, note, wants_progress, write_json, written
from optimizer.cli.plan import INFEASIBLE, form_of, output_flags, today
from optimizer.errors import DataError, UsageError
from optimizer.units import parse_decimal

TIME_LIMIT_S = 120
_TOTALS = {
    "total.max_tpp": "--total-tpp",
    "total.max_accelerators": "--total-accelerators",
    "total.supply": "--total-supply",
    "efficiency": "--distributed-efficiency",
}
"""Limits on all sites together -> their flags."""


@click.command()
@click.argument("sites", metavar="FILE|COUNTRY[=MW]...", nargs=-1, required=True)
@click.option("--total-tpp", metavar="TPP", help="Cap on the total processing performance of all sites together.")
@click.option("--total-accelerators", metavar="N", help="Most accelerators of any kind at all sites together.")
@click.option("--total-supply", metavar="LIST", help="Most accelerators of a kind to be had by all sites: 'h100=512'.")
@click.option(
    "--distributed-efficiency",
    "efficiency",
    metavar="SHARE",
    help="What is left of the speed where sites share the run.",
)
@click.option(
    "--time-limit",
    "time_limit",
    metavar="S",
    type=click.FloatRange(min=0, min_open=True),
    default=TIME_LIMIT_S,
    show_default=True,
    help="Seconds for each run of HiGHS over several sites; after them the best plan is told with its gap.",
)
@field_flags
@output_flags
def consortium(
    sites: tuple[str, ...],
    total_tpp: str | None,
    total_accelerators: str | None,
    total_supply: str | None,
    efficiency: str | None,
    time_limit: float,
    as_json: bool,
    as_csv: bool,
    output: str | None,
    quiet: bool,
    folder: str | None,
    packs: tuple[str, ...],
    **values: Any,
) -> int:
    """Plan one run that several sites share, in one country or in several.

    Each site has its own grid limit, tariff, taxes, supply and law. Told are the best plan, what one site for all and
    each for itself would cost, what sharing saves, and who pays what. The flags are those of plan: what a site does not
    state for itself is theirs; --budget, --max-energy, --max-carbon and --max-capital are for all
    sites together, --mix for the kinds of server over all of them (4).

    \b
    optimizer consortium BR=0.5 MX=0.5 AR=1 --deadline 180d
    optimizer consortium sites.toml           [run], [total], [[site]] with name, share, country, max_mw, ..., and
                                              [[site.phase]] with from_day, max_mw, supply (see the README)
    optimizer consortium sites.csv --deadline 180d            a row a site: name, share, country, max_mw, ...
    """
    from optimizer.answers.consortium import messages, print_consortium
    from optimizer.answers.consortium_shapes import JointRow, consortium_envelope, consortium_rows
    from optimizer.consortium.decide import decide
    from optimizer.render.csv import csv_lines

    form = form_of(as_json, as_csv)
    known = catalogue(folder, packs)
    asked = _asked(sites, values, known, efficiency, (total_tpp, total_accelerators, total_supply))
    told = (lambda text: note(f"  {text}")) if wants_progress() and not quiet else None
    try:
        found = decide(asked, known, time_limit_s=time_limit, told=told)
    except DataError as error:
        raise error if _is_file(sites) else usage(error) from error
    if not quiet:
        lead = found.settled.places[0]
        filled = "; ".join(f"{a.field} {a.value}" for a in lead.setting.assumed if a.field not in ("country", "mix"))
        note(f"Assuming: {filled}; mix {asked.mix}; lead {lead.name}")
    with destination(output) as stream:
        if form == "json":
            write_json(consortium_envelope(found, messages(found)).model_dump(mode="json"), stream)
        elif form == "csv":
            stream.writelines(csv_lines(consortium_rows(found), tuple(JointRow.model_fields)))
        else:
            print_consortium(found, console(stream))
    written(output, form, known, JointRow, quiet)
    return 0 if found.best is not None else INFEASIBLE


def _is_file(sites: tuple[str, ...]) -> bool:
    return len(sites) == 1 and Path(sites[0]).suffix.lower() in (".toml", ".csv")


def _asked(
    sites: tuple[str, ...],
    values: dict[str, Any],
    known: Any,
    efficiency: str | None,
    limits: tuple[str | None, str | None, str | None],
) -> Any:
    """The consortium that the words, or the file, and the flags make."""
    from optimizer.consortium.members import OF_ALL_SITES
    from optimizer.consortium.read import from_file, from_words

    files = [word for word in sites if _is_file((word,))]
    if files and len(sites) > 1:
        raise UsageError(f'"{files[0]}" is a file of sites and stands alone: write the others into it')
    stated = stated_case(values, known, today())
    given = {name: getattr(stated, name) for name in stated.given()}
    run = {name: value for name, value in given.items() if name not in OF_ALL_SITES}
    names = ("max_tpp", "max_accelerators", "supply")
    total = {name: value for name, value in zip(names, limits, strict=True) if value is not None}
    total |= {name: str(value) for name, value in given.items() if name in OF_ALL_SITES}
    left = None if efficiency is None else _share(efficiency)
    if _is_file(sites):
        return from_file(Path(sites[0]), run, total, left)
    try:
        return from_words(sites, run, total, left)
    except DataError as error:
        raise usage(
            DataError(replace(p, column=_TOTALS.get(p.column or "", p.column)) for p in error.problems)
        ) from error


def _share(text: str) -> Decimal:
    try:
        return parse_decimal(text)
    except ValueError as error:
        raise UsageError(f'--distributed-efficiency "{text}": {error}') from error
