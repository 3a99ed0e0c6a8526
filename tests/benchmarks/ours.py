"""The seam: all that the benchmarks know of the package stands here, so that a change there is a change in this file.

A stage is timed where it is called, by a timer put around the function for the time being: what is measured is the
way that a case really takes, not a copy of it.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from optimizer.answers.plan.row import COLUMNS
from optimizer.batch.cases import read_cases
from optimizer.batch.run import run
from optimizer.batch.sweep import Grid, Sweep, read_sweep
from optimizer.batch.sweep.axes import Axis, Value
from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import decide
from optimizer.consortium.members import Consortium as Question
from optimizer.consortium.members import Member
from optimizer.consortium.plan import Joint as Joint
from optimizer.domain import Case
from optimizer.errors import DataError, UsageError
from optimizer.exact.search import Found, search
from optimizer.insight.curves.frontier import frontier
from optimizer.insight.curves.largest import largest_tokens
from optimizer.insight.curves.tipping import tipping
from optimizer.model.filling import fill
from optimizer.model.in_pyomo import build
from optimizer.model.programme import Programme
from optimizer.plans.outcome import Outcome, Plan
from optimizer.question import QuestionError
from optimizer.question import read as read_question
from optimizer.render.csv import csv_lines
from optimizer.solve.claim import Known, Prepared, claim, reduce_programme, state_programme
from optimizer.solve.planner import plan, prepare, solve_prepared

from .linear import Linear

STAGES: Mapping[str, tuple[str, ...]] = {
    "read and type the row": (f"{__name__}:read",),
    "settle: defaults and names": ("optimizer.solve.planner:settle",),
    "options table": ("optimizer.solve.planner:options_table",),
    "demand and caps": ("optimizer.solve.planner:demand",),
    "exact problem": ("optimizer.solve.planner:exact_problem",),
    "exhaustive search": ("optimizer.solve.planner:search", "optimizer.solve.mix:search"),
    "programme: bounds, options left": (
        "optimizer.solve.planner:state_programme",
        "optimizer.solve.mix:state_programme",
    ),
    "scout for a good mix": ("optimizer.solve.scout:scout",),
    "narrow: leave out what cannot matter": (
        "optimizer.solve.planner:reduce_programme",
        "optimizer.solve.mix:reduce_programme",
    ),
    "fill the arrays": ("optimizer.model.filling:fill",),
    "pass arrays to HiGHS, read back": ("optimizer.solve.highs:solve",),
    "inside HiGHS": ("highspy:Highs.run",),
    "claim: exact check of HiGHS's plan": ("optimizer.solve.planner:claim", "optimizer.solve.mix:claim"),
    "a mix: agreement, known plans": ("optimizer.solve.mix:agree_on_mix",),
    "a mix: ties": ("optimizer.solve.mix:first_of_ties",),
    "assemble the plan": ("optimizer.solve.planner:assemble",),
    "verify": ("optimizer.solve.planner:verify",),
    "what an infeasible case needs": ("optimizer.answers.plan.planned_row:needs_if_limits",),
    "estimates and row": (
        "optimizer.answers.plan.planned_row:plan_row",
        "optimizer.answers.plan.planned_row:infeasible_row",
    ),
    "write the row": (f"{__name__}:written",),
}
"""Stage -> ``module:name`` of the functions that do it, where they are looked up when called. Time in one stage that
is called by another counts for the inner one alone; what is left over is reported as ``the rest``."""


def batch_in_process(text: str, catalogue: Catalogue) -> str:
    """The cases file's text to the plans file's text: all that happens to a case, in this process."""
    return written(list(run(read(text), catalogue)))


def read(text: str) -> list[Any]:
    """The rows of a cases file, typed."""
    return list(read_cases(text, "cases.csv"))


def written(rows: list[Any]) -> str:
    """Rows as a plans file."""
    return "".join(csv_lines(rows, COLUMNS))


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
    """The options that are left and their bounds, as the statement in Pyomo takes them; nothing known, no shortcut."""
    return state_programme(ready, ready.setting.case.objective or "cost", mix)


def in_pyomo(given: Programme) -> Any:
    """The programme as a Pyomo model."""
    return build(given)


def value_of(given: Programme, built: Any, objective: float) -> float:
    """The question's objective from that of the Pyomo model."""
    return objective / float(built.objective_factor) + given.objective.constant


def route(ready: Prepared) -> float:
    """Our way from a case made ready to the value of HiGHS's checked plan, the search for its shortcuts included."""
    objective = ready.setting.case.objective or "cost"
    found = search(ready.problem, objective)
    known = Known(None if found is None else found.value)
    return float(claim(ready, None, reduce_programme(state_programme(ready, objective, 1), known)).value or 0)


def narrowed_programme(ready: Prepared) -> Programme:
    """What HiGHS is really asked: the programme without what the search has made pointless.

    Raises:
        ValueError: nothing is left.
    """
    objective = ready.setting.case.objective or "cost"
    found = search(ready.problem, objective)
    given = reduce_programme(state_programme(ready, objective, 1), Known(None if found is None else found.value))
    if given is None:
        raise ValueError("nothing is left: there is nothing to solve")
    return given


def arrays(given: Programme) -> Linear:
    """The chord model of a programme."""
    found = fill(given)
    return Linear(
        integer=found.integer,
        lower=found.lower,
        upper=found.upper,
        cost=found.cost,
        row_lower=found.row_lower,
        row_upper=found.row_upper,
        starts=found.starts,
        columns=found.columns,
        coefficients=found.coefficients,
        factor=found.objective_factor,
        constant=given.objective.constant,
    )


def curve(case: Case, catalogue: Catalogue, first: str, second: str, most: int) -> int | None:
    """Points told of a proved trade-off curve; None of a question that is refused."""
    try:
        return len(frontier(case, catalogue, first, second, most).points)
    except UsageError:
        return None


def changes(case: Case, catalogue: Catalogue, what: str, start: str, stop: str) -> int | None:
    """Proved stretches of an input; None of a question that is refused."""
    try:
        return len(tipping(case, catalogue, what, Decimal(start), Decimal(stop)).stretches)
    except UsageError:
        return None


def most_tokens(case: Case, catalogue: Catalogue) -> int:
    """1 where the inverse question has an answer."""
    return int(largest_tokens(case, catalogue).plan is not None)


def is_plan(outcome: Outcome) -> bool:
    """Whether there is a plan."""
    return isinstance(outcome, Plan)


TODAY = datetime.date(2026, 11, 22)


def sentence_read(sentence: str, catalogue: Catalogue) -> bool:
    """Whether a question in plain English is understood."""
    try:
        read_question(sentence, catalogue, TODAY).flags()
    except QuestionError:
        return False
    return True


def study_problems(path: Path, catalogue: Catalogue) -> int:
    """How many problems a study file has."""
    try:
        read_sweep(path, {}, catalogue, TODAY.isoformat())
    except DataError as error:
        return len(error.problems)
    return 0


def thousand_million_cases() -> Sweep:
    """A sweep over three axes of a thousand values each."""
    names = ("max_mw", "deadline_days", "budget_usd")
    axes = (Axis(name, tuple(Value(f"{name[0]}{n}", ((name, str(n)),)) for n in range(1, 1001))) for name in names)
    return Sweep([Grid("", tuple(axes))])


BATCH = (sys.executable, "-m", "optimizer", "batch")


def batch_flags() -> str:
    """What ``optimizer batch --help`` says: whether a flag is there yet."""
    return subprocess.run((*BATCH, "--help"), capture_output=True, text=True, check=True).stdout


def consortium(run: Case, sites: Mapping[str, Mapping[str, str]]) -> Question:
    """A run that some sites share, each with fields of a case of its own."""
    return Question(run, tuple(Member(name, Case(**own)) for name, own in sites.items()))


def decided(question: Question, catalogue: Catalogue) -> Joint:
    """The answer to a consortium."""
    return decide(question, catalogue)
