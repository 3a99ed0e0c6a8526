"""The reproduction of the source study as data, and every stated figure next to ours as a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator

from optimizer.answers.shapes import CellNear6, Extended, Near2, Near3, Near6, Shape, cell, entry
from optimizer.plans.outcome import Plan
from optimizer.units import USD_PER_MUSD
from optimizer.validation.study import Cell, Reproduction, Stated

UNITS: Mapping[str, str] = {"count": "accelerators", "peak_mw": "MW", "energy_gwh": "GWh", "cost_musd": "1e6 USD"}
"""Quantity of a cell -> its unit."""


_Difference = Annotated[float, BeforeValidator(lambda value: float(value or 0))]


class DivisionOut(Shape):
    """A cell by division, without rounding up: how the study counts."""

    accelerators: Near3 = entry(path="quotient")
    peak_mw: Near6 = entry(path="quotient_mw")
    energy_gwh: Near6 = entry(path="quotient_gwh")
    cost_musd: Near6 = entry(path="quotient_musd")


class StudyPlanOut(Shape):
    """The plan of a cell, of whole accelerators."""

    accelerators: int
    days: int
    peak_mw: Near6
    energy_gwh: Near6
    cost_usd: Near2
    proof: str = entry(path="proof.kind")


class StatedOut(Shape):
    """A stated figure next to ours."""

    quantity: str = entry(path="cell.quantity")
    stated: str = entry(path="cell.stated")
    ours: Near6
    difference: _Difference = entry("ours over the stated figure, less one")
    verdict: str
    stated_by: str = entry(path="cell.origin")
    source: str = entry(path="cell.source")


class CellOut(Shape):
    """One configuration under one assumption set."""

    assumptions: str
    country: str
    accelerator: str
    deadline_days: int
    by_division: DivisionOut
    plan: StudyPlanOut | None
    stated: tuple[StatedOut, ...]


class StudyOut(Shape):
    """All cells, and what they say of the study's conclusion."""

    cells: tuple[CellOut, ...]
    conclusion: tuple[str, ...]


class StudyRow(Shape):
    """A quantity of a cell: ours, and what the study states where it states one."""

    assumptions: str = entry("assumption set: a reading of the study, or the evidence")
    country: str = entry("ISO 3166-1 alpha-2 code of the site")
    accelerator: str = entry("accelerator id")
    precision: str | None = cell("training precision of the plan", path="plan.items.0.key.precision")
    deadline_days: int = entry("limit: days to the end of the run", "days")
    quantity: str = entry("count, peak_mw, energy_gwh or cost_musd")
    unit: str = entry("its unit")
    stated: str | None = cell("as the study states it")
    by_division: CellNear6 = entry("ours without rounding up, as the study divides")
    difference: CellNear6 | None = cell(
        "by_division over the stated figure, less one", "share", path="figure.difference"
    )
    verdict: str | None = cell("met after rounding, label contradicted or not reproducible", path="figure.verdict")
    stated_by: str | None = cell("which part of the study states it, or the reconstruction", path="figure.cell.origin")
    planned: CellNear6 | None = cell("of the plan, which has whole accelerators; empty where there is none")
    proof: str | None = cell("exhaustive: HiGHS and an exact exhaustive search agree", path="plan.proof.kind")
    source: str | None = cell("where the figure is stated", path="figure.cell.source")


def outputs(found: Reproduction, conclusion: Iterable[str]) -> StudyOut:
    """The reproduction as data."""
    cells = (CellOut.model_validate(Extended(one, by_division=one)) for one in (*found.readings, *found.evidence))
    return StudyOut(cells=tuple(cells), conclusion=tuple(conclusion))


def rows(found: Reproduction) -> Iterator[StudyRow]:
    """Every quantity of every cell, once for each figure that is stated of it."""
    for one in (*found.readings, *found.evidence):
        ours = {
            "count": one.quotient,
            "peak_mw": one.quotient_mw,
            "energy_gwh": one.quotient_gwh,
            "cost_musd": one.quotient_musd,
        }
        for quantity, value in ours.items():
            stated = [figure for figure in one.stated if figure.cell.quantity == quantity]
            yield from (_row(one, quantity, value, figure) for figure in stated)
            if not stated:
                yield _row(one, quantity, value, None)


def _row(one: Cell, quantity: str, value: Fraction, figure: Stated | None) -> StudyRow:
    planned = _planned(one.plan, quantity) if one.plan else None
    more = {"quantity": quantity, "unit": UNITS[quantity], "by_division": value, "planned": planned}
    # a cell has an attribute of the name, too: all that is stated of it
    stated = figure.cell.stated if figure else None
    return StudyRow.model_validate(Extended(one, figure=figure, stated=stated, **more))


def _planned(plan: Plan, quantity: str) -> Fraction:
    """A quantity of the plan of a cell."""
    return {
        "count": Fraction(plan.accelerators),
        "peak_mw": plan.peak_mw,
        "energy_gwh": plan.energy_gwh,
        "cost_musd": plan.cost_usd / USD_PER_MUSD,
    }[quantity]
