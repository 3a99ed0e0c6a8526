"""The only importer of highspy: a model in; status, values, bound and gap out. It is never believed alone."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.errors import SolverError
from optimizer.model.arrays import Arrays, Floats
from optimizer.solve.status import Status
from optimizer.units import LARGEST_BOUND, LARGEST_COEFFICIENT, SMALLEST_COEFFICIENT
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from pyomo.core import ConcreteModel

FEASIBILITY_TOLERANCE = 1e-9
TIME_LIMIT_S = 120.0
NO_PROBING = 1 << 15
"""A rule that presolve leaves out. It tries both values of every binary: with hundreds of bits of servers that takes
longer than all the rest (3.2 s of 4.2 s where no mix of 96 options is within a budget)."""
PROBED = 100
"""Integer columns up to which presolve may probe."""


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


VERSION = f"{highspy.HIGHS_VERSION_MAJOR}.{highspy.HIGHS_VERSION_MINOR}.{highspy.HIGHS_VERSION_PATCH}"
"""Of HiGHS, by its own word: the records of installed packages take longer to read than a plan takes to find."""


class _Silent(highspy.Highs):  # type: ignore[misc]  # it has no types
    """HiGHS without a word on stdout, and without callbacks, of which there are none: to enable them takes as long as
    to solve a small model, and 1.16 writes a banner when they are enabled, as it is made."""

    def enableCallbacks(self) -> None:  # noqa: N802
        """Silent before anything else, and nothing besides."""
        _must_be_ok(self.setOptionValue("output_flag", False), "option output_flag")


def _assert_safe(arrays: Arrays) -> None:
    """No coefficient outside 1e-4 .. 1e4 and no bound above 1e5: HiGHS drops or misjudges what lies beyond."""
    sizes = np.abs(np.concatenate([arrays.coefficients, arrays.cost[np.nonzero(arrays.cost)]]))
    if sizes.size and not (sizes.min() >= SMALLEST_COEFFICIENT and sizes.max() <= LARGEST_COEFFICIENT):
        raise SolverError.say(
            "a coefficient is outside the safe range: {sizes:.3g} to {sizes_2:.3g}",
            sizes=sizes.min(),
            sizes_2=sizes.max(),
        )
    bounds = np.abs(np.concatenate([arrays.lower, arrays.upper, arrays.row_lower, arrays.row_upper]))
    finite = bounds[~np.isinf(bounds)]
    if finite.size and not finite.max() <= LARGEST_BOUND:
        raise SolverError.say("a bound is outside the safe range: {finite:.3g}", finite=finite.max())
    if not (np.isfinite(arrays.lower).all() and np.isfinite(arrays.upper).all()):
        raise SolverError.say("a variable has no finite bounds")
    for i in np.flatnonzero(arrays.row_lower == arrays.row_upper):
        kinds = arrays.integer[arrays.columns[arrays.starts[i] : arrays.starts[i + 1]]]
        if kinds.any() and not kinds.all():
            raise SolverError.say("an equality row mixes integer and continuous columns")


def solve(model: Arrays | ConcreteModel, *, second: bool = False, time_limit_s: float = TIME_LIMIT_S) -> Solution:
    """Solve a model to gap 0 with one thread and a fixed seed.

    Args:
        model: its arrays, or its statement in Pyomo.
        second: solve it another way (presolve off, rows permuted, another seed), as a check on the first.
        time_limit_s: wall-clock seconds, after which the status is ``stopped``: the best that was found by
            then, if anything was, and a bound on all.

    Raises:
        SolverError: HiGHS refuses the model, holds other numbers than those that were built, or a coefficient or bound
            is outside the range that is safe.
    """
    if not isinstance(model, Arrays):
        from optimizer.model.standard_form import compile_model

        model = compile_model(model)
    return _solve(model, second, time_limit_s)


def _solve(arrays: Arrays, second: bool, time_limit_s: float) -> Solution:
    _assert_safe(arrays)
    solver = _Silent()
    options: dict[str, Any] = {
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
    if int(arrays.integer.sum()) > PROBED:
        options["presolve_rule_off"] = NO_PROBING
    if arrays.cutoff is not None:
        options["objective_bound"] = arrays.cutoff
        options["mip_allow_restart"] = False  # to begin again at the root pays where good plans are still to be found
    for name, value in options.items():
        _must_be_ok(solver.setOptionValue(name, value), f"option {name}")
    _must_be_ok(solver.passModel(_program(_permuted(arrays) if second else arrays)), "model")
    _nothing_lost(solver, arrays)
    begin = time.perf_counter()
    run = solver.run()
    seconds = time.perf_counter() - begin
    return _solution(solver, arrays, run, seconds)


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The optimum of a small linear programme, with its prices: hints, never proofs."""

    value: float
    shares: Floats
    row_duals: Floats
    reduced: Floats


@dataclass(frozen=True, eq=False)
class SitesUsed:
    """Columns more for a relaxation over several sites: how far each is used, from 0 to 1, and idle servers."""

    cost: Floats
    of_row: NDArray[np.int64]
    """Of every row the site that it binds as far as it is used; -1 for one that binds all the same."""
    sign: Floats
    """Of every row 1 for a limit from above, -1 for one from below (negative on both sides)."""
    fewest: int
    most: int
    idle_cost: Floats
    """Of every column of the programme one more, for servers that do no work: its cost,"""
    idle_rows: Floats
    """its part of every row,"""
    idle_upper: Floats
    """and how many there may be."""


def solve_relaxation(cost: Floats, upper: Floats, rows: Floats, sites: SitesUsed | None = None) -> Relaxed | None:
    """Minimise ``cost x`` with ``sum x >= 1``, ``rows x <= 1`` and ``0 <= x <= upper``; None without an optimum.

    Args:
        sites: where given, columns ``s`` more, at most 1 each: the row of a site is ``<= sign s`` rather than 1, and
            between ``fewest`` and ``most`` are used in all.
    """
    count = len(cost)
    matrix = np.vstack([np.ones(count), rows])
    row_upper = np.ones(len(matrix))
    row_lower = np.full(len(matrix), -math.inf)
    row_lower[0], row_upper[0] = 1.0, math.inf
    if sites is not None:
        used = np.zeros((len(matrix), len(sites.cost)))
        bound = np.flatnonzero(sites.of_row >= 0)
        used[bound + 1, sites.of_row[bound]] = -sites.sign[bound]
        row_upper[bound + 1] = 0.0
        idle = np.vstack([np.zeros(count), sites.idle_rows])
        counted = np.concatenate([np.zeros(2 * count), np.ones(len(sites.cost))])
        matrix = np.vstack([np.hstack([matrix, idle, used]), counted])
        row_lower, row_upper = np.append(row_lower, sites.fewest), np.append(row_upper, sites.most)
        cost = np.concatenate([cost, sites.idle_cost, sites.cost])
        upper = np.concatenate([upper, sites.idle_upper, np.ones(len(sites.cost))])
    held, columns = np.nonzero(matrix)
    arrays = Arrays(
        names=tuple(map(str, range(len(cost)))),
        integer=np.zeros(len(cost), dtype=bool),
        lower=np.zeros(len(cost)),
        upper=upper,
        cost=cost,
        row_lower=row_lower,
        row_upper=row_upper,
        starts=np.searchsorted(held, np.arange(len(matrix) + 1)).astype(np.int32),
        columns=columns.astype(np.int32),
        coefficients=matrix[held, columns],
    )
    solver = _Silent()
    _must_be_ok(solver.setOptionValue("threads", 1), "option threads")
    solver.passModel(_program(arrays))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    value = float(solver.getInfo().objective_function_value)
    duals, reduced = np.array(solution.row_dual)[1 : len(rows) + 1], np.array(solution.col_dual)[:count]
    return Relaxed(value, np.array(solution.col_value)[:count], duals, reduced)


def _permuted(arrays: Arrays) -> Arrays:
    """The same model with its rows in another order."""
    order = list(range(len(arrays.row_lower)))
    random.Random(20261122).shuffle(order)
    spans = [np.arange(arrays.starts[i], arrays.starts[i + 1]) for i in order]
    picked = np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)
    return replace(
        arrays,
        row_lower=arrays.row_lower[order],
        row_upper=arrays.row_upper[order],
        starts=np.cumsum([0, *(len(span) for span in spans)]).astype(np.int32),
        columns=arrays.columns[picked],
        coefficients=arrays.coefficients[picked],
    )


def _program(arrays: Arrays) -> Any:
    """The arrays as HiGHS takes them."""
    program = highspy.HighsLp()
    columns, rows = len(arrays.names), len(arrays.row_lower)
    program.num_col_, program.num_row_ = columns, rows
    program.col_cost_ = arrays.cost
    program.col_lower_, program.col_upper_ = arrays.lower, arrays.upper
    program.row_lower_, program.row_upper_ = arrays.row_lower, arrays.row_upper
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = columns, rows
    matrix.start_, matrix.index_, matrix.value_ = arrays.starts, arrays.columns, arrays.coefficients
    kinds = highspy.HighsVarType
    program.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in arrays.integer.tolist()]
    return program


def _must_be_ok(status: Any, what: str) -> None:
    if status != highspy.HighsStatus.kOk:
        raise SolverError.say("HiGHS did not accept the {what} as it was built: {status}", what=what, status=status)


def _nothing_lost(solver: Any, arrays: Arrays) -> None:
    """Rows, columns and non-zeros that HiGHS holds are those that were built."""
    held = (solver.getNumRow(), solver.getNumCol(), solver.getNumNz())
    built = (len(arrays.row_lower), len(arrays.names), len(arrays.coefficients))
    if held != built:
        raise SolverError.say(
            "HiGHS has {held} rows, columns and non-zeros but {built} were built", held=held, built=built
        )


def _solution(solver: Any, arrays: Arrays, run: Any, seconds: float) -> Solution:
    """Sort HiGHS's verdict into optimal, infeasible and everything else."""
    verdict = solver.getModelStatus()
    detail = solver.modelStatusToString(verdict)
    info = solver.getInfo()
    statuses = highspy.HighsModelStatus
    if run == highspy.HighsStatus.kOk and verdict == statuses.kOptimal:
        column_values = solver.getSolution().col_value
        if len(column_values) == len(arrays.names) and all(map(math.isfinite, column_values)):
            # of two equal floats a few units in the last place may be left in one run and none in the next: no gap
            gap = 0.0 if not arrays.integer.any() else round(float(info.mip_gap), 14)
            values = dict(zip(arrays.names, column_values, strict=True))
            bound = float(info.mip_dual_bound)
            return Solution(Status.OPTIMAL, detail, values, float(info.objective_function_value), bound, gap, seconds)
        detail += " without values"
    elif run == highspy.HighsStatus.kOk and verdict == statuses.kInfeasible:
        return Solution(Status.INFEASIBLE, detail, {}, math.nan, math.inf, math.nan, seconds)
    elif verdict == statuses.kTimeLimit:
        held = int(info.primal_solution_status) == int(highspy.SolutionStatus.kSolutionStatusFeasible)
        values = dict(zip(arrays.names, solver.getSolution().col_value, strict=True)) if held else {}
        reached = float(info.objective_function_value) if held else math.nan
        return Solution(Status.STOPPED, detail, values, reached, float(info.mip_dual_bound), math.inf, seconds)
    return Solution(Status.UNDECIDED, detail, {}, math.nan, -math.inf, math.inf, seconds)


@dataclass(frozen=True, eq=False)
class Vertex:
    """The optimum of a linear programme that is kept: values, prices of the rows, and the objective; never a proof."""

    values: Floats
    duals: Floats
    objective: float


_VERDICTS = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)


class Warm:
    """A linear programme ``A x >= right`` that is kept: costs, right sides and bounds change, its rows do not."""

    def __init__(
        self,
        upper: Floats,
        rows: tuple[NDArray[np.int64], NDArray[np.int64], Floats],
        count: int,
        *,
        interior: bool = False,
    ) -> None:
        """Hand the rows to HiGHS.

        Args:
            upper: the greatest value of every column; the least is 0.
            rows: row, column and value of every non-zero.
            count: how many rows there are.
            interior: begin with the interior point method: for a programme of a whole year, solved once.

        Raises:
            SolverError: HiGHS refuses them, or holds others than those that were built.
        """
        row, column, value = rows
        order = np.lexsort((column, row))
        self._columns, self._rows = len(upper), count
        arrays = Arrays(
            names=tuple(map(str, range(len(upper)))),
            integer=np.zeros(len(upper), dtype=bool),
            lower=np.zeros(len(upper)),
            upper=upper,
            cost=np.zeros(len(upper)),
            row_lower=np.zeros(count),
            row_upper=np.full(count, math.inf),
            starts=np.searchsorted(row[order], np.arange(count + 1)).astype(np.int32),
            columns=column[order].astype(np.int32),
            coefficients=value[order],
        )
        self._solver = _Silent()
        options: dict[str, Any] = {
            "threads": 1,
            "random_seed": 0,
            "primal_feasibility_tolerance": FEASIBILITY_TOLERANCE,
            "dual_feasibility_tolerance": FEASIBILITY_TOLERANCE,
        }
        self._method = "ipm" if interior else "choose"
        options["solver"] = self._method
        for name, option in options.items():
            _must_be_ok(self._solver.setOptionValue(name, option), f"option {name}")
        _must_be_ok(self._solver.passModel(_program(arrays)), "model")
        _nothing_lost(self._solver, arrays)
        self._right = np.zeros(count)
        self._all_columns = np.arange(len(upper), dtype=np.int32)

    def basis(self) -> Any | None:
        """The basis of the last run, from which another may begin; None where it left none."""
        found = self._solver.getBasis()
        return found if found.valid else None

    def begin_from(self, basis: Any | None) -> None:
        """Begin the next run from a basis, or from nothing, so that its vertex is not one of what was asked before."""
        _must_be_ok(self._solver.clearSolver(), "forgetting")
        if basis is not None:
            _must_be_ok(self._solver.setBasis(basis), "basis")

    def minimise(self, cost: Floats, right: Floats, lower: Floats, upper: Floats) -> Vertex | None:
        """The least ``cost x``, in its unit, within bounds on the columns; None where HiGHS says that nothing is
        feasible.

        Raises:
            SolverError: HiGHS gives no verdict.
        """
        solver = self._solver
        _must_be_ok(solver.changeColsCost(self._columns, self._all_columns, cost), "cost")
        _must_be_ok(solver.changeColsBounds(self._columns, self._all_columns, lower, upper), "bounds")
        for place in np.flatnonzero(right != self._right).tolist():
            _must_be_ok(solver.changeRowBounds(place, float(right[place]), math.inf), "right side")
        self._right = right.copy()
        solver.run()
        if solver.getModelStatus() not in _VERDICTS:  # a warm start may end without one, where a cold one has it
            self._run_anew()
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None
        found, value = solver.getSolution(), float(solver.getInfo().objective_function_value)
        return Vertex(np.array(found.col_value), np.array(found.row_dual), value)

    def _run_anew(self) -> None:
        """Run once more from nothing, by the simplex method and then by the interior point method.

        Raises:
            SolverError: neither gives a verdict.
        """
        solver = self._solver
        for method in ("simplex", "ipm"):
            self.begin_from(None)
            _must_be_ok(solver.setOptionValue("solver", method), "option solver")
            solver.run()
            _must_be_ok(solver.setOptionValue("solver", self._method), "option solver")
            if (verdict := solver.getModelStatus()) in _VERDICTS:
                return
        raise SolverError.say(
            "HiGHS gives no verdict on the supply of a site: {verdict}", verdict=solver.modelStatusToString(verdict)
        )
