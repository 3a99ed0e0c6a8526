"""``python -m tests.benchmarks [SECTION ...]``: measure and print; every section by default."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from optimizer.catalogue import Catalogue, load_catalogue

from . import (
    batches,
    consortia,
    decisions,
    draws,
    evidence,
    formulations,
    growth,
    odds,
    page,
    power,
    stages,
    startup,
    stock,
    waiting,
)
from .measuring import FULL, QUICK, WIDTH, Scale, Section, machine

SECTIONS: Mapping[str, Callable[[Catalogue, Scale], Section]] = {
    "startup": startup.section,
    "stages": stages.section,
    "stock": stock.section,
    "formulations": formulations.section,
    "search": formulations.searching,
    "growth": growth.section,
    "decisions": decisions.section,
    "batches": batches.sizes,
    "workers": batches.workers,
    "draws": draws.section,
    "odds": odds.section,
    "evidence": evidence.section,
    "consortia": consortia.section,
    "waits": waiting.section,
    "page": page.section,
    "power": power.section,
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(SECTIONS)), metavar="[SECTION ...]")
@click.option("--quick", is_flag=True, help="Few cases: a minute or two in all.")
@click.option("--cases", type=click.IntRange(min=2), help="Cases of a section.")
@click.option("--rounds", type=click.IntRange(min=1), help="Times that each pair is measured, in turn.")
@click.option("--time-limit", type=float, help="Seconds for one solve of another solver.")
@click.option("--largest-batch", type=int, help="Cases of the largest batch.")
@click.option("--batch-limit", type=float, help="Seconds beyond which a batch is not begun.")
@click.option(
    "--beside",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another checkout: its start-up, in the same run.",
)
def main(
    names: tuple[str, ...],
    quick: bool,
    cases: int | None,
    rounds: int | None,
    time_limit: float | None,
    largest_batch: int | None,
    batch_limit: float | None,
    beside: Path | None,
) -> None:
    """Measure and print the sections named (all by default): startup, stages, stock, formulations, search, growth,
    decisions, batches, workers, draws, odds, evidence, consortia, waits, page, power."""
    changes = {
        "cases": cases,
        "rounds": rounds,
        "time_limit_s": time_limit,
        "largest_batch": largest_batch,
        "batch_limit_s": batch_limit,
        "beside": beside,
    }
    scale = replace(QUICK if quick else FULL, **{name: value for name, value in changes.items() if value is not None})
    console = Console(width=WIDTH)
    for line in machine():
        console.print(line, highlight=False)
    catalogue = load_catalogue()
    told, failed = [], []
    for name in names or SECTIONS:
        try:
            section = SECTIONS[name](catalogue, scale)
        except Exception:  # the other sections are worth having all the same
            traceback.print_exc()
            failed.append(name)
            continue
        section.show(console)
        told.append(section)
    console.rule("targets")
    for section in told:
        for target in section.targets:
            console.print(target.line(), highlight=False, markup=False, soft_wrap=True)
    if failed:
        console.print(f"FAILED: {', '.join(failed)} (see stderr)")
        raise SystemExit(1)


if __name__ == "__main__":
    main()
