"""(b) Our way to the optimum against Pyomo's stock interfaces to HiGHS, from the same statement in Pyomo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import pyomo.environ as pyo
from pyomo.contrib.appsi.solvers import Highs as Appsi
from pyomo.contrib.solver.common.factory import SolverFactory as Factory

from optimizer.catalogue import Catalogue

from . import cases, ours
from .measuring import Scale, Section, Target, clocked, in_turn, spread, table
from .ours import Prepared

OURS = "ours: search, narrowing, arrays, HiGHS, exact check"
PROVED = "ours: the proved plan (assembled and verified too)"
APPSI = "stock appsi_highs: build and solve"
CONTRIB = "stock contrib.solver highs: build and solve"
AGREE = 1e-6
TARGET = 4.0
TOLERANCE = 1e-9
HIGHS_OPTIONS = {
    "threads": 1,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": TOLERANCE,
    "primal_feasibility_tolerance": TOLERANCE,
}


def appsi(built: pyo.ConcreteModel) -> float:
    """Solve with ``appsi_highs``; the model's objective."""
    solver = Appsi()
    solver.highs_options = dict(HIGHS_OPTIONS)
    solver.config.stream_solver = False
    return float(solver.solve(built).best_feasible_objective)


def contrib(built: pyo.ConcreteModel) -> float:
    """Solve with the ``highs`` of ``pyomo.contrib.solver``; the model's objective."""
    found = Factory("highs").solve(built, solver_options=dict(HIGHS_OPTIONS))
    return float(found.incumbent_objective)


@dataclass(frozen=True)
class Compared:
    """Seconds by way, a value a case."""

    seconds: dict[str, list[float]]

    def ratio(self, stock: str, own: str = OURS) -> float:
        """How many times as long the stock way takes: median of the cases' ratios."""
        return median(s / o for s, o in zip(self.seconds[stock], self.seconds[own], strict=True))


def compare(ready: list[Prepared], rounds: int) -> Compared:
    """Time every way on every case.

    Raises:
        AssertionError: a way finds another optimum than the exhaustive search.
    """
    seconds: dict[str, list[float]] = {OURS: [], PROVED: [], APPSI: [], CONTRIB: []}
    for each in ready:
        best = ours.by_counting(each)
        assert best is not None

        def right(value: float, way: str, best: float = float(best.value)) -> None:
            assert abs(value / best - 1) <= AGREE, f"{way}: {value} where the optimum is {best}"

        def own(each: Prepared = each, right: Callable[..., None] = right) -> float:
            took, value = clocked(lambda: ours.route(each))
            right(value, OURS)
            return took

        def proved(each: Prepared = each, right: Callable[..., None] = right) -> float:
            took, outcome = clocked(lambda: ours.answer_prepared(each))
            right(float(outcome.objective_value), PROVED)
            return took

        def stock(
            solve: Callable[[Any], float], way: str, each: Prepared = each, right: Callable[..., None] = right
        ) -> float:
            given = ours.programme_of(each)
            assert given is not None

            def built_and_solved() -> tuple[Any, float]:
                built = ours.in_pyomo(given)
                return built, solve(built)

            took, (built, objective) = clocked(built_and_solved)
            right(ours.value_of(given, built, objective), way)
            return took

        calls = {
            OURS: own,
            APPSI: lambda stock=stock: stock(appsi, APPSI),
            PROVED: proved,
            CONTRIB: lambda stock=stock: stock(contrib, CONTRIB),
        }
        for way, took in in_turn(calls, rounds).items():
            seconds[way].append(took)
    return Compared(seconds)


def section(catalogue: Catalogue, scale: Scale) -> Section:
    """The table and the ratios."""
    ready = cases.solved_by_highs(cases.mixed(400), catalogue, scale.cases)
    found = compare(ready, scale.rounds)
    rows = [
        (way, *spread(values), f"{found.ratio(way):.2f}", f"{found.ratio(way, PROVED):.2f}")
        for way, values in found.seconds.items()
    ]
    made = table(
        f"{len(ready)} cases of the shipped catalogue, ms; all found the optimum of the exhaustive search",
        ("way", "median", "least", "most", "x ours", "x proved"),
        rows,
    )
    return Section(
        "stock: ours against Pyomo's stock interfaces to HiGHS (gap 0, one thread, the same statement)",
        [made],
        [],
        [
            Target(f"{stock} / {own}", found.ratio(stock, own), TARGET)
            for own in (OURS, PROVED)
            for stock in (APPSI, CONTRIB)
        ],
    )
