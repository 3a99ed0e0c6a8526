"""A small case, what is said of it, and solvers that leave out rows of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn
from worlds import dec, plain_case

from optimizer import Outcome, Plan
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import SolverError
from optimizer.plans.proof import EndKind
from optimizer.solve import highs
from optimizer.solve.planner import plan

Solver = Callable[..., highs.Solution]


CHIPS = {
    "cheap": {"pflops": 1, "kw": 10, "tpp": 1000, "usd": 100},
    "fast": {"pflops": 4, "kw": 25, "tpp": 9000, "usd": 450},
    "hire": {"pflops": 2, "kw": 15, "tpp": 3000, "usd_per_day": 9},
}


LIMITS: dict[str, Any] = {
    "deadline_days": 12,
    "deadline_from": "order",
    "max_mw": dec("0.12"),
    "max_tpp": dec(30_000),
    "max_accelerators": 11,
    "supply": {"cheap": 6, "hire": 4},
    "budget_usd": dec(1500),
}


def asked(mix: int, **changes: Any) -> Case:
    return plain_case(60, mix=mix, **LIMITS).changed(**changes)


def said(outcome: Outcome) -> Any:
    """An outcome without the solver's own words."""
    if not isinstance(outcome, Plan):
        return ("infeasible", outcome.cause)
    items = [(item.key, item.servers, item.server_days) for item in outcome.items]
    return (items, outcome.days, outcome.objective_value, outcome.cost_usd, dict(outcome.cost_terms))


def outcome_with(case: Case, catalogue: Catalogue, solver: Solver) -> Any:
    """What the planner says with a liar for a solver: the outcome, or ``undecided``; this too where it noticed the lie
    and an exhaustive search decided without the solver, as it does with an honest one."""
    try:
        outcome = plan(case, catalogue, solver=solver)
    except SolverError:
        return "undecided"
    if outcome.proof.ended.kind != EndKind.NOT_BELIEVED:
        return said(outcome)
    assert worth(said(outcome)) == worth(said(plan(case, catalogue)))
    return "undecided"


def kind_of(row: Any) -> str:
    """Which rule of the model a row states, from the variables in it; a ceiling on what the work takes counts as many
    kinds of server as "choose" and "share" do, but not each as one."""
    names = {variable.name.split("[")[0] for variable in pyo.expr.identify_variables(row.body)}
    alike = {float(part) for part in generate_standard_repn(row.body).linear_coefs}
    if names in ({"z"}, {"v"}) and alike != {1.0}:
        return "ceiling"
    known = {
        frozenset("nz"): "used",
        frozenset("z"): "choose",
        frozenset("yn"): "speed",
        frozenset("yT"): "finish",
        frozenset("Tz"): "lead",
        frozenset("v"): "share",
        frozenset("vz"): "share",
        frozenset("nc"): "bits",
        frozenset("qc"): "product",
        frozenset(("q", "length")): "product",
        frozenset(("q", "c", "length")): "product",
        frozenset("vq"): "work",
        frozenset(("T", "length")): "length",
        frozenset("n"): "cap",
        frozenset("w"): "bracket",
        frozenset("nw"): "bracket",
        frozenset("zw"): "bracket",
    }
    return known.get(frozenset(names), "ceiling")


def replace_solver_without(lost: Callable[[str], bool]) -> Solver:
    """HiGHS on a model from which the rows of some kinds were dropped, in both runs."""

    def solver(model: pyo.ConcreteModel, *, second: bool = False) -> highs.Solution:
        for row in model.rows.values():
            if lost(kind_of(row)):
                row.deactivate()
        return highs.solve(model, second=second)

    return solver


def worth(told: Any) -> Any:
    """What a plan is worth, whichever of equal plans it is."""
    if told == "undecided" or told[0] == "infeasible":
        return told
    items, days, value, cost_usd, _ = told
    return (sum(servers for _, servers, _ in items), days, value, cost_usd)
