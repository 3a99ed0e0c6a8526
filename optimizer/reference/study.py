"""The reproduction of the source study as tables, with the verdicts and what the evidence changes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from optimizer.answers.numbers import musd, rounded
from optimizer.validation.study import (
    ACCELERATORS,
    COUNTRIES,
    DEADLINES_DAYS,
    EVIDENCE,
    READINGS,
    Cell,
    Reproduction,
    Stated,
)

if TYPE_CHECKING:
    from rich.console import Console

_QUANTITIES = {"count": "count", "peak_mw": "MW", "energy_gwh": "GWh", "cost_musd": "M USD"}
_TITLES = {
    "study-2025": "Reading study-2025: the study's spreadsheet",
    "study-2025-as-summarised": "Reading study-2025-as-summarised: the labels of the published summary",
    EVIDENCE: "The same cells under measured-2026: what the evidence says",
}


def print_study(found: Reproduction, console: Console) -> None:
    """Print the cells of both readings, each stated figure with its verdict, the evidence, and the conclusion."""
    from rich.text import Text

    from optimizer.render.text import print_table

    for reading in READINGS:
        cells = [cell for cell in found.readings if cell.assumptions == reading]
        console.print(Text(_TITLES[reading], style="bold"))
        print_table(console, _plans(cells))
        print_table(console, _verdicts(cells))
        console.print("")
    console.print(Text(_TITLES[EVIDENCE], style="bold"))
    print_table(console, _plans(list(found.evidence)))
    console.print("")
    for line in conclusion(found):
        console.print(line)


def _plans(cells: list[Cell]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("country", "accelerator", "precision", "days", "by division", "plan", "MW", "GWh", "M USD"):
        table.add_column(name, justify="left" if name in ("country", "accelerator", "precision") else "right")
    for cell in cells:
        plan = cell.plan
        table.add_row(
            cell.country,
            cell.accelerator,
            cell.plan.items[0].key.precision if cell.plan else "",
            str(cell.deadline_days),
            f"{float(cell.quotient):,.1f}",
            f"{plan.accelerators:,}" if plan else "none",
            f"{float(plan.peak_mw):.3f}" if plan else "",
            f"{float(plan.energy_gwh):.3f}" if plan else "",
            f"{float(plan.cost_usd) / 1e6:.2f}" if plan else "",
        )
    return table


def _verdicts(cells: list[Cell]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    names = ("in", "accelerator", "days", "what", "stated", "by", "ours", "off by", "verdict")
    for name in names:
        table.add_column(
            name, justify="right" if name in ("days", "stated", "ours", "off by") else "left", no_wrap=True
        )
    for cell in cells:
        for stated in cell.stated:
            table.add_row(
                cell.country,
                cell.accelerator,
                str(cell.deadline_days),
                _QUANTITIES[stated.cell.quantity],
                stated.cell.stated,
                stated.cell.origin,
                str(_ours(stated)),
                f"{float(stated.difference or 0):+.1%}",
                stated.verdict,
            )
    return table


def _ours(stated: Stated) -> Any:
    """Our figure with one digit more than the study states."""
    decimals = max(len(str(stated.cell.low).partition(".")[2]), 1)
    return rounded(stated.ours, decimals)


def conclusion(found: Reproduction) -> Iterator[str]:
    """What the readings and the evidence say of the study's conclusion, in figures."""
    ratios = {name: _range(found, name) for name in (*READINGS, EVIDENCE)}
    for name, (low, high) in ratios.items():
        span = f"{float(low):.2f}" if round(low, 2) == round(high, 2) else f"{float(low):.2f} to {float(high):.2f}"
        yield f"{name}: the A100 fleet costs {span} times the H100 fleet"
    study, evidence = ratios[READINGS[0]][1], ratios[EVIDENCE][1]
    yield (
        f"The study finds the newer generation {float(study):.1f} times cheaper, and concludes that hardware efficiency"
        f" decides fiscal viability. With measured efficiency the factor is {float(evidence):.2f} at most, so that a"
        " change of that size in prices or duty would turn it."
    )
    yield (
        f"The same runs cost {_costs(found.evidence)} under {EVIDENCE}, where the study's readings come to"
        f" {_costs(found.readings)}: they take {_speed(found, READINGS[0]):,.0f} TFLOP/s for an H100, the evidence"
        f" {_speed(found, EVIDENCE):,.0f}."
    )
    peaks = [cell.plan.peak_mw for cell in found.readings if cell.plan]
    tpps = [cell.plan.tpp for cell in found.readings if cell.plan]
    yield (
        f"Power and export control do not bind in either reading: at most {float(max(peaks)):.2f} MW and"
        f" {float(max(tpps)) / 1e6:.1f} million TPP."
    )
    missed = sorted({s.cell.stated for c in found.readings for s in c.stated if s.verdict == "not reproducible"})
    if missed:
        yield f"Reproduced by neither reading for a whole run: {' and '.join(missed)} GWh."


def _costs(cells: tuple[Cell, ...]) -> str:
    costs = [cell.plan.cost_usd for cell in cells if cell.plan]
    return f"{musd(min(costs))} to {musd(max(costs))}" if costs else "nothing that could be planned"


def _speed(found: Reproduction, assumptions: str) -> float:
    """Sustained TFLOP/s of one of the newer accelerators under a set."""
    cells = (c for c in (*found.readings, *found.evidence) if c.assumptions == assumptions)
    cell = next(c for c in cells if c.accelerator == ACCELERATORS[0])
    return float(cell.tflops)


def _range(found: Reproduction, assumptions: str) -> tuple[Fraction, Fraction]:
    ratios = [
        ratio
        for country in COUNTRIES
        for days in DEADLINES_DAYS
        if (ratio := found.cost_ratio(assumptions, country, days)) is not None
    ]
    return (min(ratios), max(ratios)) if ratios else (Fraction(0), Fraction(0))


def study_json(found: Reproduction) -> dict[str, Any]:
    """The reproduction as JSON."""
    return {
        "cells": [_cell(cell) for cell in (*found.readings, *found.evidence)],
        "conclusion": list(conclusion(found)),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    plan = cell.plan
    return {
        "assumptions": cell.assumptions,
        "country": cell.country,
        "accelerator": cell.accelerator,
        "deadline_days": cell.deadline_days,
        "by_division": {
            "accelerators": float(rounded(cell.quotient, 3)),
            "peak_mw": float(rounded(cell.quotient_mw, 6)),
            "energy_gwh": float(rounded(cell.quotient_gwh, 6)),
            "cost_musd": float(rounded(cell.quotient_musd, 6)),
        },
        "plan": {
            "accelerators": plan.accelerators,
            "days": plan.days,
            "peak_mw": float(rounded(plan.peak_mw, 6)),
            "energy_gwh": float(rounded(plan.energy_gwh, 6)),
            "cost_usd": float(rounded(plan.cost_usd, 2)),
            "proof": plan.proof.kind,
        }
        if plan
        else None,
        "stated": [
            {
                "quantity": stated.cell.quantity,
                "stated": stated.cell.stated,
                "ours": float(rounded(stated.ours, 6)),
                "difference": float(stated.difference or 0),
                "verdict": stated.verdict,
                "stated_by": stated.cell.origin,
                "source": stated.cell.source,
            }
            for stated in cell.stated
        ],
    }
