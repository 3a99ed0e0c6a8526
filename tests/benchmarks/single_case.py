"""One case, timed: from the question to a verified and doubly proven plan, beside the time that HiGHS takes.

Run with ``python tests/benchmarks/single_case.py`` where the package can be imported. Two questions:

* what stands around the solver: wall time of ``plan`` over the seconds inside HiGHS;
* what the formulation is worth: seconds inside HiGHS of the package's model over those of a model that is indexed
  by duration (``n[o,d]``, ``run[d]``), both to gap 0, one thread, the same tolerances, on the same figures.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import highspy
import numpy as np

from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.domain import Case
from optimizer.highs import FEASIBILITY_TOLERANCE
from optimizer.model import Programme, measure, programme
from optimizer.outcome import Plan
from optimizer.planner import plan, prepare

COUNTRIES = ["BR", "MX", "VN", "SA", "KZ", "EG", "AE", "KE", "NG", "ID", "IN", "TR", "CL", "CO", "AR", "ZA"]
DEADLINES = (60, 75, 90, 120, 150, 180, 240, 300, 365)
WORKLOADS = ("deepseek-v3-10t", "deepseek-v3", "apertus-70b", "llama-3.1-8b")
WAYS = ((), ("buy",), ("rent",))
LIMITS: tuple[dict[str, str], ...] = (
    {},
    {"max_mw": "1"},
    {"max_mw": "1.5"},
    {"max_mw": "4"},
    {"budget_usd": "60e6"},
    {"max_mw": "2", "budget_usd": "40e6"},
    {"max_tpp": "26.9e6"},
    {"max_accelerators": "1500"},
    {"supply": "mi355x=64;gb200=144;h100=2000"},
)
WANTED = 48
TIME_LIMIT_S = 120.0
AROUND_TARGET = 2.5
"""Wall time over the time inside HiGHS: no more than this, in the median."""
FORMULATION_TARGET = 0.2
"""Time inside HiGHS over that of the duration-indexed model: no more than this."""
AGREE = 1e-6


@dataclass(frozen=True)
class Timed:
    """A case with what was measured, in seconds."""

    case: Case
    outcome: Plan
    first_s: float
    """Wall time of ``plan`` the first time that the case is asked in the warm process."""
    again_s: float
    """Wall time with the options of its country at hand already, as for the second case of a batch."""
    solver_s: float
    """Inside HiGHS, in the run of ``again_s``."""


@dataclass(frozen=True)
class Indexed:
    """What HiGHS says of the duration-indexed model of a case."""

    status: str
    cost_usd: float
    seconds: float
    columns: int
    rows: int


def mixed_cases(count: int = 400, seed: int = 20261122) -> list[Case]:
    """Cases drawn evenly over countries, limits, deadlines, ways of procurement and workloads; always the same."""
    every = list(itertools.product(COUNTRIES, LIMITS, DEADLINES, WAYS, WORKLOADS))
    random.Random(seed).shuffle(every)
    return [
        Case(country=country, workload=workload, deadline_days=days, procurement=ways, **limits)
        for country, limits, days, ways, workload in every[:count]
    ]


def timed_cases(catalogue: Catalogue, wanted: int = WANTED) -> list[Timed]:
    """The first ``wanted`` cases that need HiGHS and have a plan, each timed twice in a warm process."""
    plan(Case(country="BR", max_mw="1", deadline_days=120), catalogue)
    found: list[Timed] = []
    for case in mixed_cases():
        if len(found) == wanted:
            break
        begin = time.perf_counter()
        outcome = plan(case, catalogue)
        first_s = time.perf_counter() - begin
        if not isinstance(outcome, Plan):
            continue
        begin = time.perf_counter()
        outcome = plan(case, catalogue)
        again_s = time.perf_counter() - begin
        assert isinstance(outcome, Plan)
        found.append(Timed(case, outcome, first_s, again_s, outcome.proof.solver_seconds))
    return found


def the_programme(case: Case, catalogue: Catalogue) -> Programme:
    """The options that are left and their bounds, as the package's own model takes them."""
    ready = prepare(case, catalogue)
    carbon = float(ready.setting.country.grid_carbon_g_per_kwh)
    cost = measure(ready.table, ready.asked, "cost", carbon)
    budget = ready.asked.budget_usd
    given = programme(ready.table, ready.asked, 1, cost, ceilings=[] if budget is None else [(cost, budget)])
    if given is None:
        raise ValueError("no option is left: nothing to compare")
    return given


def solve_indexed(given: Programme, time_limit_s: float = TIME_LIMIT_S) -> Indexed:
    """The same programme with the duration as an index, built directly for HiGHS.

    Columns: n[o,d] integer servers of option o in a run of d days, z[o] option used, run[d] length of the run::

        min   sum (server[o] n[o,d]) + sum (latest[o] + server_day[o] W / r[o]) z[o] + sum (day d) run[d]
              sum_d run[d] = 1,  sum_o z[o] = 1
              n[o,d] <= most[o] run[d]                            for every o, d
              least[o] z[o] <= sum_d n[o,d] <= most[o] z[o]       for every o
              sum_o (r[o] d / W) n[o,d] >= run[d]                 for every d
              sum_d d run[d] + lead[o] z[o] <= deadline           where an option has a lead time
              cost <= budget                                      where there is one

    Money is counted in multiples of the dearest server, so that all coefficients stay within 1e-4 to 1e4.
    """
    table, kept = given.table, given.kept
    days = range(given.days_low, given.days_high + 1)
    options, lengths = len(kept), len(days)
    work = given.asked.work_pflops_days
    what = given.objective
    infinity = highspy.kHighsInf
    first_z, first_run = options * lengths, options * lengths + options
    columns = first_run + lengths

    cost = np.zeros(columns)
    upper = np.ones(columns)
    for i, o in enumerate(kept):
        span = slice(i * lengths, (i + 1) * lengths)
        cost[span] = what.per_server[o]
        upper[span] = float(given.most[o])
        cost[first_z + i] = what.latest[o] + what.per_server_day[o] * work / table.pflops[o]
    cost[first_run:] = [what.per_day * d for d in days]
    unit = 2.0 ** round(math.log2(max(cost.max(), 1.0)) / 2 + math.log2(max(cost[cost > 0].min(), 1.0)) / 2)

    rows: list[tuple[float, float, list[int], list[float]]] = []
    rows.append((1.0, 1.0, [first_run + k for k in range(lengths)], [1.0] * lengths))
    rows.append((1.0, 1.0, [first_z + i for i in range(options)], [1.0] * options))
    for i, o in enumerate(kept):
        most, least = float(given.most[o]), float(given.least[o])
        mine = list(range(i * lengths, (i + 1) * lengths))
        rows += [(-infinity, 0.0, [j, first_run + k], [1.0, -most]) for k, j in enumerate(mine)]
        rows.append((-infinity, 0.0, [*mine, first_z + i], [*([1.0] * lengths), -most]))
        rows.append((0.0, infinity, [*mine, first_z + i], [*([1.0] * lengths), -least]))
        if table.lead_days[o]:
            lead = float(table.lead_days[o])
            late = [first_run + k for k in range(lengths)]
            rows.append((-infinity, float(given.asked.deadline_days), [*late, first_z + i], [*map(float, days), lead]))
    for k, d in enumerate(days):
        # one server never needs to count for more than the whole work
        speed = [min(float(table.pflops[o]) * d / work, 1.0) for o in kept]
        rows.append((0.0, infinity, [*(i * lengths + k for i in range(options)), first_run + k], [*speed, -1.0]))
    for _, bound in given.ceilings:
        used = np.flatnonzero(cost)
        rows.append((-infinity, bound / unit, used.tolist(), (cost[used] / unit).tolist()))

    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = columns, len(rows)
    program.col_cost_ = cost / unit
    program.col_lower_, program.col_upper_ = np.zeros(columns), upper
    program.row_lower_ = np.array([row[0] for row in rows])
    program.row_upper_ = np.array([row[1] for row in rows])
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = columns, len(rows)
    matrix.start_ = np.array([0, *np.cumsum([len(row[2]) for row in rows])], dtype=np.int32)
    matrix.index_ = np.array([j for row in rows for j in row[2]], dtype=np.int32)
    matrix.value_ = np.array([value for row in rows for value in row[3]])
    program.integrality_ = [highspy.HighsVarType.kInteger] * columns

    solver = highspy.Highs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.0),
        ("mip_feasibility_tolerance", FEASIBILITY_TOLERANCE),
        ("primal_feasibility_tolerance", FEASIBILITY_TOLERANCE),
        ("mip_heuristic_run_feasibility_jump", False),
        ("time_limit", time_limit_s),
    ):
        solver.setOptionValue(name, value)
    if solver.passModel(program) != highspy.HighsStatus.kOk:
        raise RuntimeError("HiGHS did not take the duration-indexed model as it was built")
    begin = time.perf_counter()
    solver.run()
    seconds = time.perf_counter() - begin
    status = solver.modelStatusToString(solver.getModelStatus())
    return Indexed(status, solver.getInfo().objective_function_value * unit, seconds, columns, len(rows))


@dataclass(frozen=True)
class Report:
    """Everything measured, and the ratios."""

    timed: Sequence[Timed]
    indexed: Sequence[Indexed]

    @property
    def around_first(self) -> float:
        """Median of wall over HiGHS, cases asked for the first time."""
        return median(t.first_s / t.solver_s for t in self.timed)

    @property
    def around_again(self) -> float:
        """Median of wall over HiGHS, options at hand."""
        return median(t.again_s / t.solver_s for t in self.timed)

    @property
    def formulation(self) -> float:
        """Median seconds inside HiGHS, ours over duration-indexed (which counts at its time limit, if it hit that)."""
        return median(t.solver_s for t in self.timed) / median(i.seconds for i in self.indexed)

    @property
    def formulation_by_case(self) -> float:
        """Median over the cases of the ratio."""
        return median(t.solver_s / i.seconds for t, i in zip(self.timed, self.indexed, strict=True))

    @property
    def disagreements(self) -> list[str]:
        """Cases in which the duration-indexed model, solved to the end, has another optimum than the plan."""
        return [
            f"{t.case.given()}: {float(t.outcome.cost_usd):.2f} and {i.cost_usd:.2f} ({i.status})"
            for t, i in zip(self.timed, self.indexed, strict=True)
            if i.status != "Time limit reached"
            and (i.status != "Optimal" or abs(i.cost_usd / float(t.outcome.cost_usd) - 1) > AGREE)
        ]

    def lines(self, *, every_case: bool = False) -> list[str]:
        """The table."""
        told = []
        if every_case:
            told.append(f"{'case':<64} {'wall ms':>8} {'HiGHS ms':>9} {'indexed ms':>11}")
            for t, i in zip(self.timed, self.indexed, strict=True):
                asked = " ".join(f"{k}={v}" for k, v in t.case.given().items())
                told.append(
                    f"{asked[:64]:<64} {1e3 * t.again_s:>8.1f} {1e3 * t.solver_s:>9.2f} {1e3 * i.seconds:>11.1f}"
                )
            told.append("")
        ours = [t.solver_s for t in self.timed]
        theirs = [i.seconds for i in self.indexed]
        late = sum(i.status == "Time limit reached" for i in self.indexed)
        told += [
            f"{len(self.timed)} cases, each solved, verified exactly and proved twice",
            f"{'':<52} {'median':>10} {'worst':>10}",
            _line("wall time of plan(), asked for the first time", [t.first_s for t in self.timed]),
            _line("wall time of plan(), options of the country at hand", [t.again_s for t in self.timed]),
            _line("inside HiGHS, chord model", ours),
            _line("inside HiGHS, duration-indexed model", theirs),
            f"{'size of the duration-indexed model, columns x rows':<52} "
            f"{median(i.columns for i in self.indexed):>10.0f} x {median(i.rows for i in self.indexed):.0f}",
            f"{'wall / HiGHS, first time (median of ratios)':<52} {self.around_first:>10.2f}",
            f"{'wall / HiGHS, options at hand (median of ratios)':<52} {self.around_again:>10.2f}"
            f"   target <= {AROUND_TARGET}",
            f"{'chord / duration-indexed (ratio of medians)':<52} {self.formulation:>10.3f}"
            f"   target <= {FORMULATION_TARGET}",
            f"{'chord / duration-indexed (median of ratios)':<52} {self.formulation_by_case:>10.3f}",
            f"objectives that differ: {len(self.disagreements)}; duration-indexed runs out of time: {late}",
        ]
        return told + self.disagreements


def _line(name: str, seconds: Sequence[float]) -> str:
    return f"{name:<52} {1e3 * median(seconds):>7.1f} ms {1e3 * max(seconds):>7.1f} ms"


def run(wanted: int = WANTED, time_limit_s: float = TIME_LIMIT_S) -> Report:
    """Measure everything."""
    catalogue = load_catalogue()
    timed = timed_cases(catalogue, wanted)
    indexed = [solve_indexed(the_programme(t.case, catalogue), time_limit_s) for t in timed]
    return Report(timed, indexed)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=WANTED)
    parser.add_argument("--time-limit", type=float, default=TIME_LIMIT_S, help="seconds for a duration-indexed model")
    given = parser.parse_args()
    print("\n".join(run(given.cases, given.time_limit).lines(every_case=True)))


if __name__ == "__main__":
    main()
