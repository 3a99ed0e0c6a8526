"""The reproduction of the source study as tables, with the verdicts and what the evidence changes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from optimizer.report.numbers import musd, rounded
from optimizer.study import COUNTRIES, DEADLINES_DAYS, EVIDENCE, READINGS, Cell, Reproduction, Stated

if TYPE_CHECKING:
    from rich.console import Console

_QUANTITIES = {"count": "accelerators", "peak_mw": "MW", "energy_gwh": "GWh", "cost_musd": "M USD"}
_TITLES = {
    "study-2025": "Reading study-2025: the study's spreadsheet",
    "study-2025-as-summarised": "Reading study-2025-as-summarised: the labels of the published summary",
    EVIDENCE: "The same cells under measured-2026: what the evidence says",
}


def print_study(found: Reproduction, console: Console) -> None:
    """Print the cells of both readings, each stated figure with its verdict, the evidence, and the conclusion."""
    from rich.text import Text

    for reading in READINGS:
        cells = [cell for cell in found.readings if cell.assumptions == reading]
        console.print(Text(_TITLES[reading], style="bold"))
        console.print(_plans(cells))
        console.print(_verdicts(cells))
        console.print("")
    console.print(Text(_TITLES[EVIDENCE], style="bold"))
    console.print(_plans(list(found.evidence)))
    console.print("")
    for line in conclusion(found):
        console.print(line)


def _plans(cells: list[Cell]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("country", "accelerator", "days", "by division", "plan", "MW", "GWh", "M USD"):
        table.add_column(name, justify="left" if name in ("country", "accelerator") else "right")
    for cell in cells:
        plan = cell.plan
        table.add_row(
            cell.country,
            cell.accelerator,
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
    for name in ("country", "accelerator", "days", "quantity", "stated", "ours", "difference", "verdict"):
        table.add_column(name, justify="right" if name in ("days", "stated", "ours", "difference") else "left")
    for cell in cells:
        for stated in cell.stated:
            table.add_row(
                cell.country,
                cell.accelerator,
                str(cell.deadline_days),
                _QUANTITIES[stated.cell.quantity],
                stated.cell.stated,
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
    cells = [cell for cell in found.evidence if cell.plan]
    dearest = max((cell.plan.cost_usd for cell in cells if cell.plan), default=Fraction(0))
    cheapest = min((cell.plan.cost_usd for cell in cells if cell.plan), default=Fraction(0))
    yield (
        f"The study finds the newer generation {float(study):.1f} times cheaper, and concludes that hardware efficiency"
        f" decides fiscal viability. With measured efficiency the factor is {float(evidence):.2f} at most: a close call"
        " that prices and duty can turn."
    )
    yield (
        f"The same runs cost {musd(cheapest)} to {musd(dearest)} under measured-2026, where the study states 8 to 32"
        " million: its 1,104 TFLOP/s an H100 is about three times what runs have sustained."
    )
    yield (
        "0.3 GWh is reproduced by neither reading for a whole run; it would be 210 H100 x 700 W x 90 days, a mix of two"
        " of the study's rows."
    )


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
                "source": stated.cell.source,
            }
            for stated in cell.stated
        ],
    }
