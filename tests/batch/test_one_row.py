"""One case, one row: by ``plan --csv``, in a batch and in a sweep the same cells come out."""

from __future__ import annotations

import csv
import io

import pytest
from commands import Cli

from optimizer.answers.plan.planned_row import row_of
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.planner import plan, prepare, solve_prepared
from optimizer.units.language import LANGUAGES, speaking

pytestmark = pytest.mark.usefixtures("inline")

CASES = (
    {"max_mw": "0.6", "deadline_days": "90"},
    {"max_mw": "0.5", "deadline_days": "60"},
    {"max_mw": "0.3", "deadline_days": "60", "mix": "2"},
    {"country": "MX", "max_mw": "0.5", "deadline_days": "60", "budget_usd": "20000000", "mix": "2"},
    {"country": "MX", "max_mw": "0.1", "deadline_days": "20", "budget_usd": "1000000"},
    {"max_mw": "0.5", "deadline_days": "60", "deadline_from": "order", "mix": "2"},
)
FLAGS = {"deadline_days": "--deadline", "budget_usd": "--budget"}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_plan_batch_and_sweep_write_the_same_row(command: Cli, case: dict[str, str]) -> None:
    """There were two builders: of a mix in Brazil ``needed_deadline_days`` was 339 by one and 387 by the other."""
    flags = [word for name, cell in case.items() for word in (FLAGS.get(name, f"--{name.replace('_', '-')}"), cell)]
    cases = f"case_id,{','.join(case)}\n1,{','.join(case.values())}\n"
    alone = _row(command("plan", *flags, "--csv").out)
    batch = _row(command("batch", "-", "--workers", "1", stdin=cases.encode()).out)
    sweep = _row(command("sweep", *flags, "--workers", "1", "-y").out)
    assert alone == batch
    assert alone | {"case_id": ""} == sweep | {"case_id": ""}


@pytest.mark.parametrize(
    "case",
    [
        {"country": "BR", "evidence": "listed", "deadline_days": 300},
        {"country": "BR", "max_mw": "0.1", "deadline_days": 30},
        {"country": "RU", "deadline_days": 300},
    ],
    ids=str,
)
def test_a_row_says_the_same_in_every_language(case: dict[str, str], live: Catalogue) -> None:
    """Every cell but the reason in words. Whole runs were once known by their English name: in Spanish nothing was
    listed, and this first case had no plan."""
    found = {}
    for code in LANGUAGES:
        with speaking(code):
            ready = prepare(Case(**case), live.without_cache())
            row = row_of("1", ready, solve_prepared(ready))
        found[code] = row.model_dump(exclude={"reason"})
        assert found[code] == found["en"]
    expected = {"BR": None if "evidence" in case else "limits", "RU": "law"}
    assert row.cause == expected[case["country"]]


def _row(text: str) -> dict[str, str]:
    (found,) = csv.DictReader(io.StringIO(text))
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_needed_does_and_a_little_less_does_not(case: dict[str, str], frozen: Catalogue) -> None:
    """The deadline and the grid limit in the row, each alone: told for one kind of server, a mix needed less."""
    asked = Case(**case)
    ready = prepare(asked, frozen)
    outcome = solve_prepared(ready)
    row = row_of("1", ready, outcome)
    if isinstance(outcome, Plan):
        assert row.needed_deadline_days is None
        return
    if (days := row.needed_deadline_days) is not None:
        assert isinstance(plan(asked.changed(deadline_days=days), frozen), Plan)
        assert isinstance(plan(asked.changed(deadline_days=days - 1), frozen), Infeasible)
    if (mw := row.needed_max_mw) is not None:
        assert isinstance(plan(asked.changed(max_mw=mw), frozen), Plan)
        assert isinstance(plan(asked.changed(max_mw=mw - type(mw)("0.000001")), frozen), Infeasible)
