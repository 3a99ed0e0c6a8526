"""The source study, cell by cell: what it states next to what this package computes, and the verdict.

Malagon, Ulloa Ruiz, Sandoval Plaza et al., arXiv 2510.19801. Two readings of its published figures are held as
assumption sets; the cells stand in ``data/study_cells.csv``. Every cell is solved like any case: the plan has
whole accelerators, while the study divides and rounds, so its quotient is next to the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from optimizer.catalogue import Catalogue
from optimizer.catalogue.rows import sound_rows
from optimizer.domain import Case
from optimizer.domain.evidence import StudyCell
from optimizer.exact import ExactOption
from optimizer.plans.outcome import Plan
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units import HOURS_PER_DAY, KW_PER_MW, KWH_PER_GWH, TFLOPS_PER_PFLOPS, USD_PER_MUSD
from optimizer.units.records import dataclass

WORKLOAD = "deepseek-v3-study"
"""The study's stated training compute, 3.0e24 FLOP."""
ACCELERATORS = ("h100_sxm5_80", "a100_sxm4_80")
"""The newer and the older generation of the study."""
COUNTRIES = ("BR", "MX")
DEADLINES_DAYS = (90, 150)
READINGS = ("study-2025", "study-2025-as-summarised")
EVIDENCE = "measured-2026"
PLENTY = 1_000_000
"""Accelerators of a kind: more than any cell of the study buys."""

Verdict = Literal["met after rounding", "label contradicted", "not reproducible"]


@dataclass(frozen=True)
class Stated:
    """One stated figure and ours."""

    cell: StudyCell
    ours: Fraction
    verdict: Verdict

    @property
    def difference(self) -> Fraction | None:
        """Our figure over the stated one, minus 1: an error as a share."""
        middle = (Fraction(self.cell.low) + Fraction(self.cell.high)) / 2
        return self.ours / middle - 1 if middle else None


@dataclass(frozen=True, eq=False)
class Cell:
    """One configuration solved: country, accelerator, days, under one assumption set."""

    assumptions: str
    country: str
    accelerator: str
    deadline_days: int
    tflops: Fraction
    """Sustained TFLOP/s of one accelerator."""
    quotient: Fraction
    """Accelerators by division, without rounding up: how the study counts."""
    quotient_mw: Fraction
    quotient_gwh: Fraction
    quotient_musd: Fraction
    plan: Plan | None
    stated: tuple[Stated, ...]


@dataclass(frozen=True, eq=False)
class Reproduction:
    """All cells under both readings, and under the evidence."""

    readings: tuple[Cell, ...]
    evidence: tuple[Cell, ...]

    def cost_ratio(self, assumptions: str, country: str, deadline_days: int) -> Fraction | None:
        """Cost of the older generation over that of the newer one, both as planned; None if one has no plan."""
        cells = {
            cell.accelerator: cell.plan
            for cell in (*self.readings, *self.evidence)
            if (cell.assumptions, cell.country, cell.deadline_days) == (assumptions, country, deadline_days)
        }
        newer, older = cells[ACCELERATORS[0]], cells[ACCELERATORS[1]]
        return older.cost_usd / newer.cost_usd if newer and older else None


def reproduce(catalogue: Catalogue) -> Reproduction:
    """Solve the eight cells under both readings and under the evidence.

    Raises:
        DataError: the cells cannot be read.
        UndecidedError: a cell's proofs do not agree.
    """
    stated = sound_rows(catalogue.folder / "study_cells.csv", StudyCell)
    grid = [(c, a, d) for a in ACCELERATORS for d in DEADLINES_DAYS for c in COUNTRIES]
    return Reproduction(
        readings=tuple(_cell(catalogue, reading, *where, stated) for reading in READINGS for where in grid),
        evidence=tuple(_cell(catalogue, EVIDENCE, *where, ()) for where in grid),
    )


def _cell(
    catalogue: Catalogue, assumptions: str, country: str, accelerator: str, days: int, stated: Sequence[StudyCell]
) -> Cell:
    case = Case(
        workload=WORKLOAD,
        assumptions=assumptions,
        country=country,
        use=(accelerator,),
        procurement=("buy",),
        deadline_days=days,
        # the study buys an accelerator that is no longer sold new: as if somebody still had them
        supply={accelerator: PLENTY} if assumptions == EVIDENCE else {},
    )
    ready = prepare(case, catalogue)
    outcome = solve_prepared(ready)
    plan = outcome if isinstance(outcome, Plan) else None
    option = next(o for o in ready.problem.options if plan is None or o.key == plan.items[0].key)
    work = ready.problem.work_pflops_days
    quotient = work / option.pflops / days * option.devices
    ours = _quotient_figures(option, work, quotient, ready.problem.staff_usd_per_day * days)
    mine = [
        cell
        for cell in stated
        if (cell.reading, cell.country, cell.accelerator, cell.deadline_days)
        == (assumptions, country, accelerator, days)
    ]
    return Cell(
        assumptions=assumptions,
        country=country,
        accelerator=accelerator,
        deadline_days=days,
        tflops=option.pflops / option.devices * TFLOPS_PER_PFLOPS,
        quotient=quotient,
        quotient_mw=ours["peak_mw"],
        quotient_gwh=ours["energy_gwh"],
        quotient_musd=ours["cost_musd"],
        plan=plan,
        stated=tuple(_judged(cell, ours[cell.quantity]) for cell in mine),
    )


def _quotient_figures(
    option: ExactOption, work: Fraction, quotient: Fraction, staff_usd: Fraction
) -> dict[str, Fraction]:
    """Count, MW, GWh and million USD at the fractional count, as the study divides."""
    servers, server_days = quotient / option.devices, work / option.pflops
    cost = option.server_usd * servers + option.server_day_usd * server_days + staff_usd
    return {
        "count": quotient,
        "peak_mw": option.peak_kw * servers / KW_PER_MW,
        "energy_gwh": option.mean_kw * HOURS_PER_DAY * server_days / KWH_PER_GWH,
        "cost_musd": cost / USD_PER_MUSD,
    }


def _judged(cell: StudyCell, ours: Fraction) -> Stated:
    if Fraction(cell.low) <= ours <= Fraction(cell.high):
        return Stated(cell, ours, "met after rounding")
    return Stated(cell, ours, "label contradicted" if cell.claim == "label" else "not reproducible")
