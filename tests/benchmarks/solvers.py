"""The solvers that PyPI gives, each from the same MPS file: one thread, gap 0, tolerance 1e-9 where there is one.

Time is that of the solver's own solve call; what it takes to read the model is told apart. CP-SAT knows whole numbers
only: its own front end for linear models scales rows and continuous columns to whole ones (see ``CP_SAT_SCALING``); a
wrong optimum that comes of it is counted as one.

Each solver runs in a process of its own: OR-tools brings a HiGHS that does not bear another one in its process, and a
solver that crashes or hangs takes no other with it.
"""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .measuring import clocked, installed

TOLERANCE = 1e-9
GRACE = 4.0
"""A solver that has not come back after this many times its time limit, and ``GRACE_S``, is ended."""
GRACE_S = 20.0
CP_SAT_SCALING = "mip_var_scaling:1e8 mip_wanted_precision:1e-8 mip_max_bound:1e12"
"""Of the scalings tried (defaults; 1e4, 1e6, 1e8 with precisions of 1e-6 to 1e-9) the one with the fewest wrong optima:
by default the continuous column of the chord model is rounded so coarsely that nearly all were 0.3 to 2 % too dear."""
LOST = "crashed or hung"

Solve = Callable[[], None]
Read = Callable[[], tuple[str, float]]
"""The status (``optimal``, ``time limit``, ``too large`` or the solver's own word) and the objective."""


@dataclass(frozen=True)
class Said:
    """What a solver says of a model, and how long it took."""

    status: str
    objective: float
    seconds: float
    reading_s: float


@dataclass(frozen=True)
class Other:
    """A solver by its name, the package that brings it, and how it takes an MPS file."""

    name: str
    package: str
    load: Callable[[Path, float], tuple[Solve, Read]]

    @property
    def there(self) -> bool:
        """Whether its package is installed."""
        return installed(self.package) is not None


class Seat:
    """A process in which one solver sits, warm; ended with the ``with`` block."""

    def __init__(self, other: Other) -> None:
        self.other = other
        self._pool: Any = None

    def __enter__(self) -> Seat:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()
            self._pool = None

    def solve(self, path: Path, time_limit_s: float) -> Said:
        """Read a model and solve it there."""
        if self._pool is None:
            self._pool = multiprocessing.get_context("spawn").Pool(1)
        asked = self._pool.apply_async(_solve, (self.other.name, path, time_limit_s))
        try:
            return asked.get(GRACE * time_limit_s + GRACE_S)
        except multiprocessing.TimeoutError:
            self._end()
            return Said(LOST, math.nan, time_limit_s, math.nan)


def _solve(name: str, path: Path, time_limit_s: float) -> Said:
    (other,) = (each for each in EVERY if each.name == name)
    reading_s, (run, read) = clocked(lambda: other.load(path, time_limit_s))
    seconds, _ = clocked(run)
    status, objective = read()
    return Said(status, objective, seconds, reading_s)


def _highs(path: Path, limit_s: float) -> tuple[Solve, Read]:
    import highspy

    solver = highspy.Highs()
    for name, value in {
        "output_flag": False,
        "threads": 1,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.0,
        "mip_feasibility_tolerance": TOLERANCE,
        "primal_feasibility_tolerance": TOLERANCE,
        "time_limit": limit_s,
    }.items():
        solver.setOptionValue(name, value)
    if solver.readModel(str(path)) == highspy.HighsStatus.kError:
        raise RuntimeError(f"HiGHS cannot read {path}")

    def read() -> tuple[str, float]:
        word = solver.modelStatusToString(solver.getModelStatus())
        known = {"Optimal": "optimal", "Time limit reached": "time limit"}
        return known.get(word, word), solver.getInfo().objective_function_value

    return solver.run, read


def _scip(path: Path, limit_s: float) -> tuple[Solve, Read]:
    import pyscipopt

    model = pyscipopt.Model()
    model.hideOutput()
    model.readProblem(str(path))
    model.setParams({"limits/gap": 0.0, "limits/absgap": 0.0, "limits/time": limit_s, "numerics/feastol": TOLERANCE})

    def read() -> tuple[str, float]:
        word = model.getStatus()
        value = model.getObjVal() if model.getNSols() else math.nan
        return {"timelimit": "time limit"}.get(word, word), value

    return model.optimize, read


def _gurobi(path: Path, limit_s: float) -> tuple[Solve, Read]:
    import gurobipy

    settings = {"OutputFlag": 0, "Threads": 1, "MIPGap": 0.0, "MIPGapAbs": 0.0, "TimeLimit": limit_s}
    environment = gurobipy.Env(params={**settings, "FeasibilityTol": TOLERANCE, "IntFeasTol": TOLERANCE})
    model = gurobipy.read(str(path), env=environment)
    said: list[str] = []

    def run() -> None:
        try:
            model.optimize()
        except gurobipy.GurobiError as error:
            if error.errno != gurobipy.GRB.Error.SIZE_LIMIT_EXCEEDED:
                raise
            said.append("too large")

    def read() -> tuple[str, float]:
        known = {gurobipy.GRB.OPTIMAL: "optimal", gurobipy.GRB.TIME_LIMIT: "time limit"}
        word = said[0] if said else known.get(model.Status, f"status {model.Status}")
        value = model.ObjVal if not said and model.SolCount else math.nan
        model.dispose()
        environment.dispose()
        return word, value

    return run, read


def _cp_sat(path: Path, limit_s: float) -> tuple[Solve, Read]:
    from ortools.linear_solver.python import model_builder

    model = model_builder.Model()
    if not model.import_from_mps_file(str(path)):
        raise RuntimeError(f"OR-tools cannot read {path}")
    solver = model_builder.Solver("sat")
    solver.set_time_limit_in_seconds(limit_s)
    solver.set_solver_specific_parameters(f"num_workers:1 relative_gap_limit:0 absolute_gap_limit:0 {CP_SAT_SCALING}")
    said: list[Any] = []

    def read() -> tuple[str, float]:
        found = said[0]
        known = {model_builder.SolveStatus.OPTIMAL: "optimal", model_builder.SolveStatus.FEASIBLE: "time limit"}
        known[model_builder.SolveStatus.NOT_SOLVED] = "time limit"
        has_value = found in (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE)
        return known.get(found, found.name.lower()), solver.objective_value if has_value else math.nan

    return lambda: said.append(solver.solve(model)), read


def _cbc(path: Path, limit_s: float) -> tuple[Solve, Read]:
    import mip

    model = mip.Model(solver_name=mip.CBC)
    model.verbose = 0
    model.read(str(path))
    model.threads = 1
    model.max_mip_gap, model.max_mip_gap_abs = 0.0, 0.0
    model.integer_tol, model.infeas_tol = TOLERANCE, TOLERANCE

    def read() -> tuple[str, float]:
        known = {
            mip.OptimizationStatus.OPTIMAL: "optimal",
            mip.OptimizationStatus.FEASIBLE: "time limit",
            mip.OptimizationStatus.NO_SOLUTION_FOUND: "time limit",
        }
        value = model.objective_value
        return known.get(model.status, model.status.name.lower()), math.nan if value is None else value

    return lambda: model.optimize(max_seconds=limit_s), read


def _glpk(path: Path, limit_s: float) -> tuple[Solve, Read]:
    import swiglpk

    swiglpk.glp_term_out(swiglpk.GLP_OFF)
    model = swiglpk.glp_create_prob()
    if swiglpk.glp_read_mps(model, swiglpk.GLP_MPS_FILE, None, str(path)):
        raise RuntimeError(f"GLPK cannot read {path}")
    settings = swiglpk.glp_iocp()
    swiglpk.glp_init_iocp(settings)
    settings.presolve = swiglpk.GLP_ON
    settings.mip_gap = 0.0
    settings.tol_int = TOLERANCE
    settings.tol_obj = TOLERANCE
    settings.tm_lim = int(1e3 * limit_s)
    said: list[int] = []

    def read() -> tuple[str, float]:
        value, status = swiglpk.glp_mip_obj_val(model), swiglpk.glp_mip_status(model)
        swiglpk.glp_delete_prob(model)
        if said[0] == swiglpk.GLP_ETMLIM:
            return "time limit", value
        if said[0] == 0 and status == swiglpk.GLP_OPT:
            return "optimal", value
        return f"return {said[0]}, status {status}", value

    return lambda: said.append(swiglpk.glp_intopt(model, settings)), read


HIGHS = Other("HiGHS", "highspy", _highs)
OTHERS = (
    Other("Gurobi (size-limited)", "gurobipy", _gurobi),
    Other("SCIP", "pyscipopt", _scip),
    Other("CP-SAT", "ortools", _cp_sat),
    Other("CBC", "mip", _cbc),
    Other("GLPK", "swiglpk", _glpk),
)
EVERY = (HIGHS, *OTHERS)
