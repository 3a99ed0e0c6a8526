"""The reproduction of the source study as tables, with the verdicts and what the evidence changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator

from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.answers.form.numbers import musd, round_half_even
from optimizer.answers.form.shapes import CellNear6, Extended, Near2, Near3, Near6, Shape, cell, entry
from optimizer.catalogue import Catalogue
from optimizer.plans.outcome import Plan
from optimizer.units import USD_PER_MUSD
from optimizer.units.language import Messages, and_words, say
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


_QUANTITIES = Messages({"count": "count", "peak_mw": "MW", "energy_gwh": "GWh", "cost_musd": "M USD"})
_TITLES = Messages(
    {
        "study-2025": "Reading study-2025: the study's spreadsheet",
        "study-2025-as-summarised": "Reading study-2025-as-summarised: the labels of the published summary",
        EVIDENCE: "The same cells under measured-2026: what the evidence says",
    }
)


def document(found: Reproduction, catalogue: Catalogue) -> Document:
    """The cells of both readings, each stated figure with its verdict, the evidence, and the conclusion."""
    said = tuple(conclusion(found))
    asked = {"study": READINGS[0]}
    sections = [
        Section(_TITLES[reading], [_plans(cells), _verdicts(cells)])
        for reading in READINGS
        if (cells := [cell for cell in found.readings if cell.assumptions == reading])
    ]
    sections.append(Section(_TITLES[EVIDENCE], [_plans(found.evidence)]))
    sections.append(Section("", [Line(line, level=0) for line in said]))
    return Document(
        question="reproduce",
        title="",
        sections=sections,
        outputs=partial(outputs, found, said),
        grounds=Grounds(catalogue, asked, asked),
        rows=Rows("study", "The source study, cell by cell", StudyRow, partial(rows, found)),
    )


def _plans(cells: Iterable[Cell]) -> Table:
    figures = (
        right(name, whole=False) for name in (say("days"), say("by division"), say("plan"), "MW", "GWh", "M USD")
    )
    columns = [left(say("country")), left(say("accelerator")), left(say("precision")), *figures]
    return Table(columns, [_plan_cells(cell) for cell in cells])


def _plan_cells(cell: Cell) -> tuple[str, ...]:
    plan = cell.plan
    return (
        cell.country,
        cell.accelerator,
        plan.items[0].key.precision if plan else "",
        str(cell.deadline_days),
        say("{quotient:,.1f}", quotient=float(cell.quotient)),
        say("{accelerators:,}", accelerators=plan.accelerators) if plan else say("none"),
        say("{peak_mw:.3f}", peak_mw=float(plan.peak_mw)) if plan else "",
        say("{energy_gwh:.3f}", energy_gwh=float(plan.energy_gwh)) if plan else "",
        say("{cost_usd:.2f}", cost_usd=float(plan.cost_usd) / 1e6) if plan else "",
    )


def _verdicts(cells: Iterable[Cell]) -> Table:
    rows = [
        (
            cell.country,
            cell.accelerator,
            str(cell.deadline_days),
            _QUANTITIES[stated.cell.quantity],
            stated.cell.stated,
            stated.cell.origin,
            str(_ours(stated)),
            say("{difference:+.1%}", difference=float(stated.difference or 0)),
            stated.verdict,
        )
        for cell in cells
        for stated in cell.stated
    ]
    names = (
        *(say("in"), say("accelerator"), say("days"), say("what"), say("stated")),
        *(say("by"), say("ours"), say("off by"), say("verdict")),
    )
    numbers = (say("days"), say("stated"), say("ours"), say("off by"))
    return Table([right(name) if name in numbers else left(name, whole=True) for name in names], rows)


def _ours(stated: Stated) -> Decimal:
    """Our figure with one digit more than the study states."""
    decimals = max(len(str(stated.cell.low).partition(".")[2]), 1)
    return round_half_even(stated.ours, decimals)


def conclusion(found: Reproduction) -> Iterator[str]:
    """What the readings and the evidence say of the study's conclusion, in figures."""
    ratios = {name: _range(found, name) for name in (*READINGS, EVIDENCE)}
    for name, (low, high) in ratios.items():
        span = (
            say("{low:.2f}", low=float(low))
            if round(low, 2) == round(high, 2)
            else say("{low:.2f} to {high:.2f}", low=float(low), high=float(high))
        )
        yield say("{name}: the A100 fleet costs {span} times the H100 fleet", name=name, span=span)
    study, evidence = ratios[READINGS[0]][1], ratios[EVIDENCE][1]
    yield say(
        "The study finds the newer generation {study:.1f} times cheaper, and concludes that hardware efficiency "
        "decides fiscal viability. With measured efficiency the factor is {evidence:.2f} at most, so that a change of "
        "that size in prices or duty would turn it.",
        study=float(study),
        evidence=float(evidence),
    )
    yield say(
        "The same runs cost {evidence} under {evidence_2}, where the study's readings come to {readings}: they take "
        "{found:,.0f} TFLOP/s for an H100, the evidence {found_2:,.0f}.",
        evidence=_costs(found.evidence),
        evidence_2=EVIDENCE,
        readings=_costs(found.readings),
        found=_speed(found, READINGS[0]),
        found_2=_speed(found, EVIDENCE),
    )
    peaks = [cell.plan.peak_mw for cell in found.readings if cell.plan]
    tpps = [cell.plan.tpp for cell in found.readings if cell.plan]
    yield say(
        "Power and export control do not bind in either reading: at most {peaks:.2f} MW and {tpps:.1f} million TPP.",
        peaks=float(max(peaks)),
        tpps=float(max(tpps)) / 1e6,
    )
    missed = sorted({s.cell.stated for c in found.readings for s in c.stated if s.verdict == "not reproducible"})
    if missed:
        yield say("Reproduced by neither reading for a whole run: {missed} GWh.", missed=and_words(missed))


def _costs(cells: tuple[Cell, ...]) -> str:
    costs = [cell.plan.cost_usd for cell in cells if cell.plan]
    return (
        say("{costs} to {costs_2}", costs=musd(min(costs)), costs_2=musd(max(costs)))
        if costs
        else say("no possible plan")
    )


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
