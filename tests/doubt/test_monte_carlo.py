"""Random draws: each the plan that planning without shortcuts finds, the same by any workers, probabilities by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from share import share_of

from optimizer import Case, Plan, plan
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import DEADLINE, Limit
from optimizer.errors import SolverError, UndecidedError, UsageError
from optimizer.options import options_table
from optimizer.uncertainty import monte_carlo as room
from optimizer.uncertainty import screening as quick
from optimizer.uncertainty.distribution import draws
from optimizer.uncertainty.fixed_choice import in_scenario, scenario_setting
from optimizer.uncertainty.monte_carlo import Probability, monte_carlo, percentiles
from optimizer.uncertainty.processes import map_items
from optimizer.uncertainty.screening import plan_from_table
from optimizer.uncertainty.tornado import basis

TWO: dict[str, Any] = {"workload": "dense-small", "use": ("a100", "h100"), "procurement": ("buy",)}
CASES: dict[str, dict[str, Any]] = {
    "limits": {"max_mw": "1", "deadline_days": 150},
    "budget": {"budget_usd": "9e6", "deadline_days": 200},
    "order": {"deadline_from": "order", "deadline_days": 250, "max_mw": "3"},
    "amortised": {"basis": "amortised", "deadline_days": 100},
    "days": {"objective": "days", "budget_usd": "2e7", "max_mw": "2"},
    "energy": {"objective": "energy", "max_mw": "2", "deadline_days": 200},
    "carbon": {"objective": "carbon", "country": "MX", "budget_usd": "3e7"},
    "peak": {"objective": "peak_power", "deadline_days": 250},
    "amortised with owned": {"basis": "amortised", "owned": (("a100_sxm4_80", 256),), "max_mw": "1.5"},
    "owned": {"owned": (("h100_sxm5_80", 512),), "deadline_days": 365},
    "supply": {"supply": (("gb200_nvl72", 144),), "max_accelerators": 2000, "country": "MX"},
    "small": {"workload": "llama-3.1-8b", "deadline_days": 60},
    "lora": {"workload": "llama-3.1-70b", "way": "lora", "max_mw": "0.2"},
    "qlora, amortised": {"workload": "llama-3.1-70b", "way": "qlora", "basis": "amortised", "utilisation": "0.7"},
    "none": {"max_mw": "0.05", "deadline_days": 30},
}


def same(one: object, two: object) -> bool:
    """Two outcomes: both no plan for one reason, or the same servers, days and exact cost."""
    if isinstance(one, Plan) and isinstance(two, Plan):
        return (one.items, one.days, one.cost_usd, one.limits) == (two.items, two.days, two.cost_usd, two.limits)
    return type(one) is type(two) and one.cause == two.cause  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", CASES)
def test_a_draw_planned_quickly_is_planned_right(live: Catalogue, name: str) -> None:
    """With nothing left out the plan is the same, in every draw, or one that should have won was left out."""
    found = basis(Case(**CASES[name]), live, ["pue=1.2:1.8"])
    table = options_table(found.known.setting)
    for draw in draws(found.known.inputs, 3, 3):
        assert same(
            plan_from_table(scenario_setting(found.known, draw), table), plan(*in_scenario(found.known, draw, ""))
        ), draw


@pytest.mark.campaign
@pytest.mark.parametrize("name", CASES)
def test_many_draws_planned_quickly_are_planned_right(live: Catalogue, name: str) -> None:
    """The same of 150 draws a case, with wider ranges."""
    found = basis(Case(**CASES[name]), live, ["pue=1.05:2.5", "run=0.3:1.6", "hire_max_devices=64:8192"])
    table = options_table(found.known.setting)
    for draw in draws(found.known.inputs, share_of(150), 8):
        assert same(
            plan_from_table(scenario_setting(found.known, draw), table), plan(*in_scenario(found.known, draw, ""))
        ), draw


@pytest.mark.parametrize("liar", ["by_table", "by_data"])
def test_one_bound_alone_leaves_nothing_out(live: Catalogue, monkeypatch: pytest.MonkeyPatch, liar: str) -> None:
    """A bound that says of every option that it cannot be used: the other contradicts, and the plan stays."""
    found = basis(Case(max_mw=2, deadline_days=150), live)
    setting, table = found.known.setting, options_table(found.known.setting)
    monkeypatch.setattr(quick, liar, lambda *given: np.full(len(table.options), math.inf))
    assert same(plan_from_table(setting, table), found.best)


def test_two_wrong_bounds_would_be_seen(live: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """If both leave out the best plan, the test above fails: it does not pass by itself."""
    found = basis(Case(max_mw=2, deadline_days=150), live)
    setting, table = found.known.setting, options_table(found.known.setting)
    for name in ("by_table", "by_data"):
        monkeypatch.setattr(quick, name, lambda *given: np.full(len(table.options), math.inf))
    assert not same(plan_from_table(setting, table), found.best)


def test_probabilities_by_hand(frozen: Catalogue) -> None:
    """One A100 server takes 100 of 100 days: it is in time if the run is no slower than planned, in half of all draws
    whatever the ends of the range, as the plan is the middle run."""
    case = Case(**TWO, max_accelerators=9, deadline_days=100)
    found = monte_carlo(case, frozen, 150, 5, ["run=0.5:1.25"])
    true = 0.5
    in_time = found.met[DEADLINE]
    assert abs(in_time.share - true) < 4 * math.sqrt(true * (1 - true) / 150)
    assert in_time == found.all_met
    assert set(map(str, found.met)) == {"deadline", "accelerators"} and found.met[Limit("accelerators")].share == 1
    for draw in found.draws:
        assert draw.chosen is not None
        assert draw.chosen.met == (draw.values["run"][0] >= 1)
        assert draw.chosen.days == math.ceil(100 / Fraction(draw.values["run"][0]))
    # the A100 is best wherever it is in time, but for a price that hardly any draw has
    assert sum(share.count for share in found.best.values()) == 150
    assert found.best["a100"].share == pytest.approx(in_time.share, abs=0.01)


def test_costs_and_shares_are_those_of_the_draws(frozen: Catalogue) -> None:
    """The least cost is never above that of the chosen plan where that meets all; percentiles in their order."""
    found = monte_carlo(Case(**TWO, deadline_days=60), frozen, 80, 2, ["run=0.5:2", "staff_fte=5:20"])
    for draw in found.draws:
        assert draw.chosen is not None
        if draw.chosen.met:
            assert draw.cost_usd is not None and draw.cost_usd <= draw.chosen.cost_usd
    assert list(found.least_cost_usd) == sorted(found.least_cost_usd)
    assert found.least_cost_usd[1] in {draw.cost_usd for draw in found.draws}


def test_percentiles_and_standard_errors_by_hand() -> None:
    """Of 1 to 10 the nearest ranks are 1, 5 and 9; of 30 in 100 the standard error is sqrt(0.21 / 100)."""
    assert percentiles([Fraction(n) for n in range(10, 0, -1)]) == (1, 5, 9)
    assert percentiles([Fraction(3)]) == (3, 3, 3) and percentiles([]) == ()
    assert Probability(30, 100).standard_error == pytest.approx(math.sqrt(0.0021))


def test_the_same_by_any_number_of_workers(frozen: Catalogue) -> None:
    """One process and two give the same draws in the same order; fewer draws are the first of them."""
    case = Case(**TWO, max_accelerators=36, deadline_days=60)
    one, two = (monte_carlo(case, frozen, 60, 1, ["run=0.5:2"], workers) for workers in (1, 2))
    assert one.draws == two.draws
    assert monte_carlo(case, frozen, 30, 1, ["run=0.5:2"]).draws == one.draws[:30]
    assert monte_carlo(case, frozen, 30, 2, ["run=0.5:2"]).draws != one.draws[:30]


def test_without_a_central_plan_there_is_none_to_judge(frozen: Catalogue) -> None:
    """Draws have plans all the same."""
    case = Case(**{**TWO, "use": ("a100",)}, max_accelerators=9, deadline_days=99)
    found = monte_carlo(case, frozen, 60, 1, ["run=0.5:2"])
    assert found.basis.choice is None and found.chosen_cost_usd == ()
    assert 0 < found.best["a100"].count < 60 and found.best[None].count == 60 - found.best["a100"].count


def test_a_draw_that_cannot_be_proved_stops_all(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left out of a probability; the dossier has the values of the draw."""

    def undecided(*given: object) -> Plan:
        raise UndecidedError("no", {"message": "no"})

    monkeypatch.setattr(room, "plan_from_table", undecided)
    with pytest.raises(UndecidedError) as raised:
        monte_carlo(Case(**TWO), frozen, 3, 9)
    assert raised.value.dossier["draw"] == 1 and raised.value.dossier["seed"] == 9
    assert set(raised.value.dossier["values"]) == {"price:a100", "price:h100"}


def _fails(setup: object, item: int) -> int:
    if item == 150:
        raise UndecidedError("no", {"item": item})
    return item


def _ends(setup: object, item: int) -> int:
    import os

    if item == 150:
        os._exit(9)
    return item


def test_an_error_in_a_child_comes_home() -> None:
    """As what it was, with its dossier; and a child that ends is no draw left out."""
    with pytest.raises(UndecidedError) as raised:
        map_items(_fails, None, list(range(200)), 2, lambda done, total: None)
    assert raised.value.dossier == {"item": 150}
    with pytest.raises(SolverError, match="a worker was lost"):
        map_items(_ends, None, list(range(200)), 2, lambda done, total: None)


@pytest.mark.parametrize(("count", "seed"), [(0, 1), (100_001, 1), (10, -1)])
def test_a_number_of_draws_that_is_none(frozen: Catalogue, count: int, seed: int) -> None:
    """Refused before anything is planned."""
    with pytest.raises(UsageError):
        monte_carlo(Case(**TWO), frozen, count, seed)
