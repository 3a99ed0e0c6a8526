"""The only importer of highspy: a Pyomo model in; status, values, bound and gap out. It is never believed alone."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import highspy
import numpy as np
import pyomo.core as pyo
from pyomo.repn.linear import LinearRepnVisitor

from optimizer.errors import SolverError
from optimizer.units import LARGEST_BOUND, LARGEST_COEFFICIENT, SMALLEST_COEFFICIENT

Status = Literal["optimal", "infeasible", "undecided"]

FEASIBILITY_TOLERANCE = 1e-9
TIME_LIMIT_S = 120.0


@dataclass(frozen=True)
class Solution:
    """What HiGHS says: a status that is a claim, values by variable name, the objective, its bound and gap."""

    status: Status
    detail: str
    """HiGHS's own word for the status."""
    values: Mapping[str, float]
    objective: float
    bound: float
    gap: float
    seconds: float
    """Time inside HiGHS."""


@dataclass(frozen=True, eq=False)
class Arrays:
    """A model as columns, rows and non-zeros, minimising."""

    names: tuple[str, ...]
    integer: tuple[bool, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    cost: tuple[float, ...]
    row_lower: tuple[float, ...]
    row_upper: tuple[float, ...]
    starts: tuple[int, ...]
    columns: tuple[int, ...]
    coefficients: tuple[float, ...]


def compile_model(model: pyo.ConcreteModel) -> Arrays:
    """The columns, rows and non-zeros of a linear Pyomo model.

    Raises:
        SolverError: the model is not linear, or a coefficient or bound lies outside the range that is safe.
    """
    variables = list(model.component_data_objects(pyo.Var, active=True))
    position = {id(variable): i for i, variable in enumerate(variables)}
    visitor = LinearRepnVisitor({})
    row_lower, row_upper, starts = [], [], [0]
    columns: list[int] = []
    coefficients: list[float] = []
    for row in model.component_data_objects(pyo.Constraint, active=True):
        lower, body, upper = row.to_bounded_expression(evaluate_bounds=True)
        form = visitor.walk_expression(body)
        if form.nonlinear is not None:
            raise SolverError(f"row {row.name} is not linear")
        for key, coefficient in form.linear.items():
            columns.append(position[key])
            coefficients.append(coefficient)
        starts.append(len(columns))
        row_lower.append(-math.inf if lower is None else lower - form.constant)
        row_upper.append(math.inf if upper is None else upper - form.constant)
    (objective,) = model.component_data_objects(pyo.Objective, active=True)
    form = visitor.walk_expression(objective.expr)
    cost = [0.0] * len(variables)
    for key, coefficient in form.linear.items():
        cost[position[key]] = coefficient
    arrays = Arrays(
        names=tuple(variable.name for variable in variables),
        integer=tuple(not variable.is_continuous() for variable in variables),
        lower=tuple(float(variable.lb) for variable in variables),
        upper=tuple(float(variable.ub) for variable in variables),
        cost=tuple(cost),
        row_lower=tuple(row_lower),
        row_upper=tuple(row_upper),
        starts=tuple(starts),
        columns=tuple(columns),
        coefficients=tuple(coefficients),
    )
    _assert_safe(arrays)
    return arrays


def _assert_safe(arrays: Arrays) -> None:
    """No coefficient outside 1e-4 .. 1e4 and no bound above 1e5: HiGHS drops or misjudges what lies beyond."""
    sizes = np.abs(np.array(arrays.coefficients + tuple(c for c in arrays.cost if c)))
    if sizes.size and not (sizes.min() >= SMALLEST_COEFFICIENT and sizes.max() <= LARGEST_COEFFICIENT):
        raise SolverError(f"a coefficient lies outside the safe range: {sizes.min():.3g} to {sizes.max():.3g}")
    bounds = np.abs(np.array(arrays.lower + arrays.upper + arrays.row_lower + arrays.row_upper))
    finite = bounds[~np.isinf(bounds)]
    if finite.size and not finite.max() <= LARGEST_BOUND:
        raise SolverError(f"a bound lies outside the safe range: {finite.max():.3g}")
    if not all(map(math.isfinite, arrays.lower + arrays.upper)):
        raise SolverError("a variable has no finite bounds")
    for i, (low, high) in enumerate(zip(arrays.row_lower, arrays.row_upper, strict=True)):
        kinds = {arrays.integer[c] for c in arrays.columns[arrays.starts[i] : arrays.starts[i + 1]]}
        if low == high and len(kinds) > 1:
            raise SolverError("an equality row mixes integer and continuous columns")


def solve(model: pyo.ConcreteModel, *, second: bool = False, time_limit_s: float = TIME_LIMIT_S) -> Solution:
    """Solve a model to gap 0 with one thread and a fixed seed.

    Args:
        second: solve it another way (presolve off, rows permuted, another seed), as a check on the first.
        time_limit_s: wall-clock seconds, after which the status is ``undecided``.

    Raises:
        SolverError: HiGHS refuses the model, or holds other numbers than those that were built.
    """
    return solve_arrays(compile_model(model), second=second, time_limit_s=time_limit_s)


def solve_arrays(arrays: Arrays, *, second: bool = False, time_limit_s: float = TIME_LIMIT_S) -> Solution:
    """As :func:`solve`, from arrays."""
    solver = highspy.Highs()
    options: dict[str, Any] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 1 if second else 0,
        "presolve": "off" if second else "choose",
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.0,
        "mip_feasibility_tolerance": FEASIBILITY_TOLERANCE,
        "primal_feasibility_tolerance": FEASIBILITY_TOLERANCE,
        "mip_heuristic_run_feasibility_jump": False,
        "time_limit": time_limit_s,
    }
    for name, value in options.items():
        _must_be_ok(solver.setOptionValue(name, value), f"option {name}")
    order = list(range(len(arrays.row_lower)))
    if second:
        random.Random(20261122).shuffle(order)
    _must_be_ok(solver.passModel(_program(arrays, order)), "model")
    _nothing_lost(solver, arrays)
    begin = time.perf_counter()
    run = solver.run()
    seconds = time.perf_counter() - begin
    return _solution(solver, arrays, run, seconds)


def _program(arrays: Arrays, order: list[int]) -> Any:
    """The arrays as HiGHS takes them, rows in the given order."""
    program = highspy.HighsLp()
    program.num_col_ = len(arrays.names)
    program.num_row_ = len(order)
    program.col_cost_ = np.array(arrays.cost)
    program.col_lower_ = np.array(arrays.lower)
    program.col_upper_ = np.array(arrays.upper)
    program.row_lower_ = np.array([arrays.row_lower[i] for i in order])
    program.row_upper_ = np.array([arrays.row_upper[i] for i in order])
    spans = [range(arrays.starts[i], arrays.starts[i + 1]) for i in order]
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = len(arrays.names), len(order)
    matrix.start_ = np.array([0, *np.cumsum([len(span) for span in spans])], dtype=np.int32)
    matrix.index_ = np.array([arrays.columns[k] for span in spans for k in span], dtype=np.int32)
    matrix.value_ = np.array([arrays.coefficients[k] for span in spans for k in span])
    kinds = highspy.HighsVarType
    program.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in arrays.integer]
    return program


def _must_be_ok(status: Any, what: str) -> None:
    if status != highspy.HighsStatus.kOk:
        raise SolverError(f"HiGHS did not take the {what} as it was built: {status}")


def _nothing_lost(solver: Any, arrays: Arrays) -> None:
    """Rows, columns and non-zeros that HiGHS holds are those that were built."""
    held = (solver.getNumRow(), solver.getNumCol(), solver.getNumNz())
    built = (len(arrays.row_lower), len(arrays.names), len(arrays.coefficients))
    if held != built:
        raise SolverError(f"HiGHS holds {held} rows, columns and non-zeros where {built} were built")


def _solution(solver: Any, arrays: Arrays, run: Any, seconds: float) -> Solution:
    """Sort HiGHS's verdict into optimal, infeasible and everything else."""
    verdict = solver.getModelStatus()
    detail = solver.modelStatusToString(verdict)
    info = solver.getInfo()
    statuses = highspy.HighsModelStatus
    if run == highspy.HighsStatus.kOk and verdict == statuses.kOptimal:
        column_values = solver.getSolution().col_value
        if len(column_values) == len(arrays.names) and all(map(math.isfinite, column_values)):
            gap = 0.0 if not any(arrays.integer) else float(info.mip_gap)
            values = dict(zip(arrays.names, column_values, strict=True))
            bound = float(info.mip_dual_bound)
            return Solution("optimal", detail, values, float(info.objective_function_value), bound, gap, seconds)
        detail += " without values"
    elif run == highspy.HighsStatus.kOk and verdict == statuses.kInfeasible:
        return Solution("infeasible", detail, {}, math.nan, math.inf, math.nan, seconds)
    return Solution("undecided", detail, {}, math.nan, -math.inf, math.inf, seconds)
