"""Rows of the model that are lost on the way to HiGHS, or in it, never make an answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pyomo.environ as pyo
import pytest
from drawn import drawn
from lying import CHIPS, Solver, asked, kind_of, outcome_with, replace_solver_without, said, worth
from worlds import dec, plain_catalogue

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import SolverError, UndecidedError
from optimizer.model.arrays import Arrays
from optimizer.solve import highs
from optimizer.solve.planner import plan


@pytest.fixture
def small(frozen: Catalogue) -> Catalogue:
    """Three kinds of server; staff 5 a day, delivery 2 days, hire 1 day."""
    return plain_catalogue(frozen, CHIPS, staff_fte=1, engineer_usd_per_year=5 * 365, buy_lead_days=2, rent_lead_days=1)


def without_row(number: str) -> Solver:
    def solver(model: pyo.ConcreteModel, *, second: bool = False) -> highs.Solution:
        if number in model.rows:
            model.rows[number].deactivate()
        return highs.solve(model, second=second)

    return solver


def rows_of(case: Case, catalogue: Catalogue) -> dict[str, str]:
    kinds: dict[str, str] = {}

    def solver(model: pyo.ConcreteModel, *, second: bool = False) -> highs.Solution:
        if not kinds:
            kinds.update({number: kind_of(row) for number, row in model.rows.items()})
        return highs.solve(model, second=second)

    plan(case, catalogue, solver=solver)
    return kinds


SINGLE_CASES: tuple[dict[str, Any], ...] = (
    {},
    {"objective": "days"},
    {"objective": "peak_power"},
    {"objective": "days", "budget_usd": dec(700)},
    # cheap: 240 kWh a unit of work, fast 150, hire 180; at 100 g of carbon
    {"max_energy_gwh": dec("0.010"), "budget_usd": None},
    {"max_carbon_t": dec("1.0"), "budget_usd": None},
    # hire is dear, $459 a day: six of ``cheap`` for ten days, for which delivery just leaves the time; five need eleven
    {"tokens_t": dec("5.5"), "rent": "hire=19.13", "use": ("cheap", "hire")},
)


@pytest.mark.usefixtures("whole_model")
def test_a_dropped_row_of_the_single_model_never_becomes_the_answer(small: Catalogue) -> None:
    """Each row in turn, and all rows of a kind, are lost on the way to HiGHS. Wrong: a plan that they forbid."""
    noticed: dict[str, int] = defaultdict(int)
    for changes in SINGLE_CASES:
        case = asked(1, **changes)
        honest = said(plan(case, small))
        kinds = rows_of(case, small)
        losses = [(kind, without_row(number)) for number, kind in kinds.items()]
        losses += [(kind, replace_solver_without(kind.__eq__)) for kind in sorted(set(kinds.values()))]
        for kind, solver in losses:
            told = outcome_with(case, small, solver)
            assert told in ("undecided", honest), (changes, kind)
            noticed[kind] += told == "undecided"
    assert all(noticed[kind] for kind in ("used", "choose", "speed", "finish", "lead", "ceiling")), dict(noticed)


@pytest.mark.usefixtures("whole_model")
@pytest.mark.parametrize(
    ("seed", "noticed"),
    [
        (11, {"bits", "cap", "lead", "product", "share", "work"}),
        pytest.param(44, {"cap", "product", "share", "work"}, marks=pytest.mark.campaign),  # as 11 and 54
        (28, {"bits", "ceiling", "choose"}),  # the ceiling is one on carbon
        # "choose" is not among them: without it, both runs still say the optimum of the whole model
        (54, {"bracket", "cap", "product", "share", "work"}),
    ],
)
def test_dropped_rows_of_the_mixed_model_never_become_the_answer(
    seed: int, noticed: set[str], frozen: Catalogue
) -> None:
    """All rows of a kind are lost in both runs of every stage, in cases that only a mix can meet.

    Losing rows makes the model too generous: its optimum is then a plan that breaks a rule (which exact
    verification sees), has another value than the solver says, or is as good as the right one. Wrong: any other.
    """
    case = drawn(seed, frozen, mix=2)
    honest = worth(said(plan(case.case, case.catalogue)))
    kinds = set(rows_of(case.case, case.catalogue).values())
    told = {kind: worth(outcome_with(case.case, case.catalogue, replace_solver_without(kind.__eq__))) for kind in kinds}
    assert all(answer in ("undecided", honest) for answer in told.values()), told
    assert noticed <= {kind for kind, answer in told.items() if answer == "undecided"}


@pytest.mark.parametrize("seed", range(6))
def test_nor_do_dropped_rows_of_a_model_that_was_narrowed(seed: int, small: Catalogue, frozen: Catalogue) -> None:
    """The same with the model that the solver is given, in which bounds imply most rows. Wrong: another plan."""
    mixed = drawn(seed, frozen, mix=2)
    for case, catalogue in ((asked(1, **SINGLE_CASES[seed % 5]), small), (mixed.case, mixed.catalogue)):
        honest = worth(said(plan(case, catalogue)))
        for kind in set(rows_of(case, catalogue).values()):
            told = worth(outcome_with(case, catalogue, replace_solver_without(kind.__eq__)))
            assert told in ("undecided", honest), kind


def test_each_dropped_row_of_a_small_mix_never_becomes_the_answer(small: Catalogue) -> None:
    """As for one option: each row of a small mixed model in turn, in both runs. Wrong: a plan that it forbids."""
    case = asked(2, objective="days", deadline_days=7)
    honest = said(plan(case, small))
    told = [outcome_with(case, small, without_row(number)) for number in rows_of(case, small)]
    assert all(answer in ("undecided", honest) for answer in told)
    assert "undecided" in told and honest in told


def test_highs_holding_fewer_rows_is_an_error(monkeypatch: pytest.MonkeyPatch, small: Catalogue) -> None:
    """A row lost between the arrays and HiGHS is an error, not a cheaper plan."""
    honest = highs._program

    def short(arrays: Arrays) -> Any:
        return honest(replace(arrays, row_lower=arrays.row_lower[:-1], row_upper=arrays.row_upper[:-1]))

    monkeypatch.setattr(highs, "_program", short)
    with pytest.raises(SolverError, match=r"HiGHS (has|did not accept the model)"):
        plan(asked(1), small)


def test_no_time_left_is_undecided(small: Catalogue) -> None:
    """A time limit of nothing gives no verdict, hence no plan and no "infeasible"."""

    def hurried(model: pyo.ConcreteModel, *, second: bool = False) -> highs.Solution:
        return highs.solve(model, second=second, time_limit_s=0.0)

    with pytest.raises(UndecidedError):
        plan(asked(2), small, solver=hurried)
