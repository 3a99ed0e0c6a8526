"""The seam: all that the benchmarks know of the package stands here, so that a change there is a change in this file.

A stage is timed where it is called, by a timer put around the function for the time being: what is measured is the
way that a case really takes, not a copy of it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from optimizer import highs, model
from optimizer.batch.cases import read_cases
from optimizer.batch.run import run
from optimizer.catalogue import Catalogue
from optimizer.claims import Prepared, claim
from optimizer.domain import Case
from optimizer.model import Programme
from optimizer.outcome import Outcome, Plan
from optimizer.planner import plan, prepare, solve_prepared
from optimizer.report.tabular import csv_lines
from optimizer.search import Found, search

from .linear import Linear

STAGES: Mapping[str, tuple[str, ...]] = {
    "read and type the row": (f"{__name__}:read",),
    "settle: defaults and names": ("optimizer.planner:settle",),
    "options table": ("optimizer.planner:options_table",),
    "demand and caps": ("optimizer.planner:demand",),
    "exact problem": ("optimizer.planner:exact_problem",),
    "exhaustive search": ("optimizer.planner:search",),
    "programme: bounds, options left": ("optimizer.model:programme",),
    "build the Pyomo model": ("optimizer.model:build",),
    "compile it to arrays": ("optimizer.highs:compile_model",),
    "pass arrays to HiGHS, read back": ("optimizer.highs:solve_arrays",),
    "inside HiGHS": ("highspy:Highs.run",),
    "claim: exact check of HiGHS's plan": ("optimizer.planner:claim",),
    "assemble the plan": ("optimizer.planner:assemble",),
    "verify": ("optimizer.planner:verify",),
    "what an infeasible case needs": ("optimizer.batch.run:needs",),
    "estimates and row": (
        "optimizer.batch.run:inputs",
        "optimizer.batch.run:plan_row",
        "optimizer.batch.run:infeasible_row",
    ),
    "write the row": (f"{__name__}:written",),
}
"""Stage -> ``module:name`` of the functions that do it, where they are looked up when called. Time in one stage that
is called by another counts for the inner one alone; what is left over is told as ``the rest``."""


def batch_in_process(text: str, catalogue: Catalogue) -> str:
    """The cases file's text to the plans file's text: all that happens to a case, in this process."""
    return written(list(run(read(text), catalogue)))


def read(text: str) -> list[Any]:
    """The rows of a cases file, typed."""
    return list(read_cases(text, "cases.csv"))


def written(rows: list[Any]) -> str:
    """Rows as a plans file."""
    return "".join(csv_lines(rows))


def prepared(case: Case, catalogue: Catalogue) -> Prepared:
    """A case made ready."""
    return prepare(case, catalogue)


def answer(case: Case, catalogue: Catalogue) -> Outcome:
    """The proved outcome of a case."""
    return plan(case, catalogue)


def answer_prepared(ready: Prepared) -> Outcome:
    """As :func:`answer`, from a case made ready."""
    return solve_prepared(ready)


def seconds_in_highs(outcome: Outcome) -> float:
    """Time inside HiGHS of a case, in all its runs that the proof counts."""
    return outcome.proof.solver_seconds


def by_counting(ready: Prepared) -> Found | None:
    """The exhaustive search in exact arithmetic, for one option."""
    return search(ready.problem, ready.setting.case.objective or "cost")


def programme_of(ready: Prepared, mix: int = 1) -> Programme | None:
    """The options that are left and their bounds, as the statement in Pyomo takes them; least cost."""
    carbon = float(ready.setting.country.grid_carbon_g_per_kwh)
    cost = model.measure(ready.table, ready.asked, "cost", carbon)
    budget = ready.asked.budget_usd
    return model.programme(ready.table, ready.asked, mix, cost, ceilings=[] if budget is None else [(cost, budget)])


def stated(given: Programme) -> Any:
    """The programme as a Pyomo model."""
    return model.build(given)


def value_of(given: Programme, built: Any, objective: float) -> float:
    """The question's objective from that of the Pyomo model."""
    return objective / float(built.objective_factor) + given.objective.constant


def route(ready: Prepared) -> tuple[float, float]:
    """Our way from a case made ready to HiGHS's checked plan: value, and seconds inside HiGHS."""
    said = claim(ready, highs.solve, ready.setting.case.objective or "cost", 1)
    return float(said.value or 0), said.seconds


def arrays(given: Programme) -> Linear:
    """The plain chord model of a programme: every option, every chord, no shortcut."""
    built = model.build(given)
    found = highs.compile_model(built)
    return Linear(
        integer=np.array(found.integer),
        lower=np.array(found.lower),
        upper=np.array(found.upper),
        cost=np.array(found.cost),
        row_lower=np.array(found.row_lower),
        row_upper=np.array(found.row_upper),
        starts=np.array(found.starts, dtype=np.int32),
        columns=np.array(found.columns, dtype=np.int32),
        coefficients=np.array(found.coefficients),
        factor=float(built.objective_factor),
        constant=given.objective.constant,
    )


def is_plan(outcome: Outcome) -> bool:
    """Whether there is a plan."""
    return isinstance(outcome, Plan)


BATCH = (sys.executable, "-m", "optimizer", "batch")


def batch_flags() -> str:
    """What ``optimizer batch --help`` says: whether a flag is there yet."""
    return subprocess.run((*BATCH, "--help"), capture_output=True, text=True, check=True).stdout
