"""The most compute for each cost, days, peak, energy and emissions: against counting, a step further too."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import oracle
import pytest
from commands import Cli, read_back
from counted_cases import question

from optimizer import Case, Plan, verify
from optimizer.answers.curves.frontier import FrontierOut
from optimizer.case.setting import TRILLION
from optimizer.catalogue import Catalogue
from optimizer.errors import UndecidedError, UsageError
from optimizer.exact.search import search
from optimizer.insight.curves import compute as room
from optimizer.insight.curves.axes import AXES
from optimizer.insight.curves.compute import STEP
from optimizer.insight.curves.frontier import frontier
from optimizer.insight.curves.largest import largest_tokens
from optimizer.solve.planner import prepare

MEASURES = ("cost", "days", "peak_power", "energy", "carbon")
SMALL: dict[str, dict[str, Any]] = {
    "few servers": {"max_accelerators": 32, "deadline_days": 20},
    "little power": {"max_mw": "0.05", "deadline_days": 40, "country": "MX"},
    "little money": {"budget_usd": "4e5", "deadline_days": 40, "country": "DE", "max_accelerators": 48},
    "from the order": {"deadline_from": "order", "max_accelerators": 24, "deadline_days": 90},
    "amortised": {"basis": "amortised", "max_accelerators": 24, "deadline_days": 30},
    "a cap on compute": {"max_training_flop": "9e21", "max_accelerators": 32, "deadline_days": 60},
}


def small(name: str, **changes: Any) -> Case:
    return Case(**{"workload": "dense-small", **SMALL[name], **changes})


def counted(name: str, catalogue: Catalogue, measure: str, tokens: int) -> Fraction | None:
    """The least of a measure for so many tokens, every plan counted out."""
    case = small(name, tokens_t=Decimal(tokens) / TRILLION, objective=measure)
    best = oracle.answer(question(prepare(case, catalogue)))
    return None if best is None else best.value


@pytest.mark.parametrize("most", [4, pytest.param(12, marks=pytest.mark.campaign)])
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("measure", MEASURES)
def test_every_point_is_the_most_for_as_much(frozen: Catalogue, name: str, measure: str, most: int) -> None:
    """The least for its tokens is what is told, and a step more takes more or cannot be: both counted out."""
    found = frontier(small(name), frozen, "compute", measure, most=most)
    assert 1 <= len(found.points) == found.count <= most
    for point in found.points:
        tokens, value = int(point.first * TRILLION), point.second * AXES[measure].per_unit
        assert counted(name, frozen, measure, tokens) == value
        beyond = counted(name, frozen, measure, tokens + STEP)
        assert beyond is None or beyond > value
        assert verify(point.plan) == [] and point.plan.proof.kind == "exhaustive"
    assert counted(name, frozen, measure, int(found.points[-1].first * TRILLION) + STEP) is None


@pytest.mark.parametrize("measure", MEASURES)
def test_the_curve_ends_where_the_inverse_question_does(frozen: Catalogue, measure: str) -> None:
    """Its last point is the largest training within the limits; both axes rise."""
    found = frontier(small("few servers"), frozen, measure, "compute", most=5)
    assert found.points[-1].second * TRILLION == largest_tokens(small("few servers"), frozen).tokens
    for one, other in pairwise(found.points):
        assert one.first < other.first and one.second < other.second


def test_by_hand(frozen: Catalogue) -> None:
    """One bought A100 server of 1 PFLOP/s for up to 100 days: 100 PFLOP/s-days are 8.64e21 FLOP.

    Of a dense model of 7.2e9 parameters that is 0.2 T tokens; the least cost of the half, 50 days of work and staff, is
    226,957.50 + 50 x 55.44 + 50 x 1,000 = 279,729.50.
    """
    case = Case(
        params_total_b="7.2",
        tokens_t="1",
        use=("a100",),
        procurement=("buy",),
        max_accelerators=9,
        deadline_days=100,
    )
    found = frontier(case, frozen, "compute", "cost", most=2)
    assert [(p.first, p.second) for p in found.points] == [
        (Fraction(1, 10), Fraction("279729.5")),
        (Fraction(1, 5), Fraction("332501.5")),
    ]
    days = frontier(case, frozen, "days", "compute", most=100)
    assert [p.first for p in days.points] == list(range(1, 101))
    assert [p.second for p in days.points] == [Fraction(day, 500) for day in range(1, 101)]


@pytest.mark.parametrize("spoil", ["value", "short"])
def test_a_wrong_point_is_not_told(frozen: Catalogue, monkeypatch: pytest.MonkeyPatch, spoil: str) -> None:
    """A search that overlooks the best option, and a point that does not go as far as it could."""
    if spoil == "value":
        monkeypatch.setattr(room, "search", lambda problem, name: search(problem, name, among=[0]))
    else:
        monkeypatch.setattr(room, "_furthest", lambda scaled, measure, found, low, high: low)
    with pytest.raises(UndecidedError):
        frontier(small("few servers"), frozen, "compute", "days", most=7)


def test_no_plan_and_no_end(frozen: Catalogue, command: Cli) -> None:
    """Not one step: proved infeasible, status 3. A mix is refused."""
    ran = command("frontier", "compute", "cost", "--workload", "dense-small", "--max-mw", "0.001", "-q")
    assert ran.status == 3 and "No plan satisfies all limits" in ran.out
    with pytest.raises(UsageError):
        frontier(Case(mix=2), frozen, "compute", "cost")


def test_table_csv_and_json_tell_the_same(command: Cli) -> None:
    """The same points, with the parameters that are held and, in the columns, tokens and FLOP."""
    flags = ("--params-total-b", "7.2", "--max-mw", "0.05", "--deadline", "30d", "--points", "4", "-q")
    card, table, document = (
        command("frontier", "compute", "cost", *flags, *form) for form in ((), ("--csv",), ("--json",))
    )
    rows = list(csv.DictReader(io.StringIO(table.out)))
    outputs = read_back(document.out, FrontierOut).outputs
    assert outputs.step_tokens == STEP and len(outputs.points) == len(rows) == 4
    for row, point in zip(rows, outputs.points, strict=True):
        assert Fraction(row["tokens_t"]) == Fraction(point.first_exact)
        assert f"{float(row['tokens_t']):,.6f}" in card.out
        flop = 6 * Fraction("7.2e9") * Fraction(row["tokens_t"]) * TRILLION
        assert Fraction(row["training_flop"]) == flop
    assert "7.2B total parameters" in card.out and "tokens (" not in card.out.splitlines()[0]


@pytest.mark.parametrize("measure", ["cost", "days"])
def test_the_shipped_data_give_thirty_points(live: Catalogue, measure: str) -> None:
    """Solved and proved; what is kept of earlier cases is left out. Fewer points: a part of the curve is lost."""
    known = live.without_cache()
    found = frontier(Case(country="BR", max_mw=2, deadline_days=100), known, "compute", measure)
    assert len(found.points) == 30 and all(isinstance(point.plan, Plan) for point in found.points)
