"""The source study beside our own figures: every cell, verdict and conclusion, in every form."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from commands import shown as on_paper

from optimizer.answers.form.numbers import round_half_even
from optimizer.catalogue import Catalogue
from optimizer.reference.study import StudyOut, StudyRow, conclusion
from optimizer.reference.study import document as study_document
from optimizer.validation.study import (
    ACCELERATORS,
    COUNTRIES,
    DEADLINES_DAYS,
    EVIDENCE,
    READINGS,
    Cell,
    Reproduction,
    reproduce,
)

F = Fraction


@pytest.fixture(scope="module")
def study(live: Catalogue) -> Reproduction:
    return reproduce(live)


def cell(study: Reproduction, assumptions: str, country: str, accelerator: str, days: int) -> Cell:
    (found,) = (
        one
        for one in (*study.readings, *study.evidence)
        if (one.assumptions, one.country, one.accelerator, one.deadline_days)
        == (assumptions, country, accelerator, days)
    )
    return found


H100, A100 = ACCELERATORS
SHEET, SUMMARY = READINGS
COUNTS = {
    (SHEET, H100, 90): 349,
    (SHEET, H100, 150): 210,
    (SHEET, A100, 90): 2240,
    (SHEET, A100, 150): 1344,
    (SUMMARY, H100, 90): 585,
    (SUMMARY, H100, 150): 351,
    (SUMMARY, A100, 90): 2248,
    (SUMMARY, A100, 150): 1349,
}


def test_the_study_has_its_eight_cells_under_each_set(study: Reproduction) -> None:
    """Two countries, two accelerators, two deadlines; every one has a plan that was proved twice."""
    grid = {(c, a, d) for c in COUNTRIES for a in ACCELERATORS for d in DEADLINES_DAYS}
    for assumptions in (*READINGS, EVIDENCE):
        cells = [one for one in (*study.readings, *study.evidence) if one.assumptions == assumptions]
        assert {(one.country, one.accelerator, one.deadline_days) for one in cells} == grid and len(cells) == 8
        for one in cells:
            assert one.plan is not None and one.plan.proof.kind == "exhaustive"
            assert one.plan.days <= one.deadline_days
            assert one.plan.items[0].key.accelerator == one.accelerator


@pytest.mark.parametrize(("where", "count"), COUNTS.items(), ids=str)
@pytest.mark.parametrize("country", COUNTRIES)
def test_the_published_counts_come_out(study: Reproduction, where: Any, count: int, country: str) -> None:
    """By division to half an accelerator; the plan has the next whole one, as a fraction of one cannot be bought."""
    assumptions, accelerator, days = where
    found = cell(study, assumptions, country, accelerator, days)
    assert abs(found.quotient - count) <= F(1, 2)
    assert found.plan is not None and found.plan.accelerators == math.ceil(found.quotient)


def test_the_published_power_cost_and_energy_come_out(study: Reproduction) -> None:
    """0.41 MW for the H100 fleet and 1.49 for the A100's; 8 to 14 and 19 to 32 million USD; no 0.3 GWh."""
    for assumptions, days in ((SHEET, 90), (SUMMARY, 150)):
        assert round(float(cell(study, assumptions, "BR", H100, days).quotient_mw), 2) == 0.41
    for assumptions in READINGS:
        assert round(float(cell(study, assumptions, "BR", A100, 90).quotient_mw), 2) == 1.49
    costs = {
        accelerator: [one.quotient_musd for one in study.readings if one.accelerator == accelerator]
        for accelerator in ACCELERATORS
    }
    assert (round(min(costs[H100])), round(max(costs[H100]))) == (8, 14)
    assert (round(min(costs[A100])), round(max(costs[A100]))) == (19, 32)
    assert all(not F("0.25") <= one.quotient_gwh <= F("0.35") for one in study.readings)


def verdicts(study: Reproduction, assumptions: str) -> list[tuple[str, int, str, str, str]]:
    return [
        (one.accelerator, one.deadline_days, stated.cell.quantity, stated.cell.stated, stated.verdict)
        for one in study.readings
        if one.assumptions == assumptions
        for stated in one.stated
    ]


def test_every_verdict(study: Reproduction) -> None:
    """All figures are met after rounding but these: the labels of the summary under the sheet, and 0.3 and 3.3 GWh."""
    for assumptions in READINGS:
        found = verdicts(study, assumptions)
        missed = {row for row in found if row[-1] != "met after rounding"}
        expected = {
            (H100, 150, "energy_gwh", "0.3", "not reproducible"),
            (A100, 90, "energy_gwh", "3.3", "not reproducible"),
        }
        if assumptions == SHEET:
            expected |= {
                (H100, 150, "count", "about 350", "label contradicted"),
                (H100, 150, "peak_mw", "0.41", "label contradicted"),
            }
        assert missed == expected
        assert len(found) - len(missed) >= 32 - 4


def test_a_verdict_follows_from_the_figures(study: Reproduction) -> None:
    """Met if and only if our quotient rounds to the stated figure; the difference is ours over it, less one."""
    for one in study.readings:
        ours = {
            "count": one.quotient,
            "peak_mw": one.quotient_mw,
            "energy_gwh": one.quotient_gwh,
            "cost_musd": one.quotient_musd,
        }
        for stated in one.stated:
            assert stated.ours == ours[stated.cell.quantity]
            assert (stated.verdict == "met after rounding") == (
                F(stated.cell.low) <= stated.ours <= F(stated.cell.high)
            )
            if re.fullmatch(r"(about )?[\d.]+", stated.cell.stated):
                figure = F(stated.cell.stated.removeprefix("about "))
                assert stated.difference is not None
                assert abs(stated.difference - (stated.ours / figure - 1)) < F(1, 1000)


def test_the_printed_study_tells_every_verdict(study: Reproduction, live: Catalogue) -> None:
    """One line for each stated figure, with ours and the verdict; the tables of all three sets; the conclusion."""
    told = on_paper(study_document(study, live), 140)
    for assumptions in READINGS:
        assert f"Reading {assumptions}" in told
    lines = [line.split() for line in told.splitlines()]
    for verdict in ("met after rounding", "label contradicted", "not reproducible"):
        wanted = sum(row[-1] == verdict for name in READINGS for row in verdicts(study, name))
        assert sum(line[-len(verdict.split()) :] == verdict.split() for line in lines) == wanted > 0
    flat = " ".join(told.split())
    assert all(sentence in flat for sentence in conclusion(study))


def test_the_conclusion_is_what_the_cells_say(study: Reproduction) -> None:
    """Every figure in it worked out again from the plans: ratios of cost, and what the same runs cost."""
    told = " ".join(conclusion(study))
    ratios: dict[str, list[float]] = {}
    for assumptions in (*READINGS, EVIDENCE):
        for country in COUNTRIES:
            for days in DEADLINES_DAYS:
                newer, older = (cell(study, assumptions, country, chip, days).plan for chip in (H100, A100))
                assert newer is not None and older is not None
                ratios.setdefault(assumptions, []).append(float(older.cost_usd / newer.cost_usd))
        low, high = min(ratios[assumptions]), max(ratios[assumptions])
        span = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}"
        assert f"{assumptions}: the A100 fleet costs {span} times the H100 fleet" in told
    assert f"{max(ratios[SHEET]):.1f} times cheaper" in told
    assert f"factor is {max(ratios[EVIDENCE]):.2f} at most" in told
    costs = [float(one.plan.cost_usd) / 1e6 for one in study.evidence if one.plan]
    assert f"${min(costs):.2f}M to ${max(costs):.2f}M under {EVIDENCE}" in told


def test_the_mix_of_rows_behind_the_stated_energy() -> None:
    """0.3 GWh is 210 x 700 W x 90 days, as the last line says: the count of one row, the days of another."""
    assert round(210 * 0.7 * 90 * 24 / 1e6, 1) == 0.3


def test_the_claims_about_the_studys_speed(study: Reproduction, live: Catalogue) -> None:
    """1,104 TFLOP/s an H100 in the sheet, 3.6 times the 304 that the evidence holds for runs on H100."""
    found = cell(study, SHEET, "BR", H100, 90)
    assert found.plan is not None
    (item,) = found.plan.items
    assert round(float(item.pflops / item.accelerators) * 1000) == 1104
    evidence = cell(study, EVIDENCE, "BR", H100, 90).plan
    assert evidence is not None
    speed = float(evidence.items[0].pflops / evidence.accelerators) * 1000
    assert speed == pytest.approx(1978.9 * 0.16 * 0.9 * 0.966 * 1.1 ** math.log2(37 / 18), rel=1e-3)
    assert 3.5 <= 1104 / speed <= 4.5
    assert "1,104 TFLOP/s" in " ".join(conclusion(study))


def test_the_study_as_json(study: Reproduction, live: Catalogue) -> None:
    """All 24 cells with the same figures and verdicts."""
    told = study_document(study, live).outputs()
    assert isinstance(told, StudyOut)
    assert len(told.cells) == 24 and told.conclusion == tuple(conclusion(study))
    for one, written in zip((*study.readings, *study.evidence), told.cells, strict=True):
        assert one.plan is not None and written.plan is not None
        assert written.plan.accelerators == one.plan.accelerators
        assert Decimal(str(written.plan.cost_usd)) == round_half_even(one.plan.cost_usd, 2)
        assert [entry.verdict for entry in written.stated] == [stated.verdict for stated in one.stated]


def test_the_study_as_rows(study: Reproduction, live: Catalogue) -> None:
    """Each quantity of each cell, once for each stated figure: 100 stated ones, and 4 x 8 under the evidence.

    A figure without its verdict, or a planned figure that is that of the division, would say more than is known.
    """
    rows = study_document(study, live).rows
    assert rows is not None
    found = [row for row in rows.make() if isinstance(row, StudyRow)]
    stated = [row for row in found if row.stated is not None]
    assert (len(stated), len(found)) == (100, 132)
    assert all(row.verdict and row.stated_by and row.source for row in stated)
    assert {row.assumptions for row in found if row.stated is None} == {EVIDENCE}
    for row in found:
        plan = cell(study, row.assumptions, row.country, row.accelerator, row.deadline_days).plan
        assert plan is not None
        if row.quantity == "count":
            assert row.planned == plan.accelerators and row.by_division <= row.planned
        if row.quantity == "cost_musd":
            assert row.planned == round_half_even(plan.cost_usd / 10**6, 6)
