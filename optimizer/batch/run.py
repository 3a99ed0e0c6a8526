"""Cases in, rows out, order kept; a bad or undecided case is a row like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optimizer.answers.plan.planned_row import row_of as case_row
from optimizer.answers.plan.row import PlanRow, Status, failed_row, refused_row
from optimizer.batch.cases import Entry, readable_part
from optimizer.case.setting import name_problems
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import DataError, Problem, SolverError
from optimizer.plans.outcome import Outcome
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare, solve_prepared


def run(entries: Iterable[Entry], catalogue: Catalogue) -> Iterator[PlanRow]:
    """The row of every entry, in order: plan, infeasible, invalid or undecided. One bad row stops no other."""
    for entry in entries:
        yield row_of(entry, catalogue)


def row_of(entry: Entry, catalogue: Catalogue) -> PlanRow:
    """The row of one entry."""
    if entry.case is None:
        problems = tuple(_all_problems(entry, catalogue))
        return refused_row(entry.case_id, problems, _joined(problems), catalogue, readable_part(entry))
    settled = entry.case
    try:
        if entry.case.feed is not None:
            return _fed_row(entry.case_id, entry.case, catalogue)
        ready = prepare(entry.case, catalogue)
        settled = ready.setting.case
        outcome = _solved(ready)
    except DataError as error:
        placed = [entry.line.placed(it) if entry.line and not it.file else it for it in error.problems]
        return refused_row(entry.case_id, placed, _joined(placed), catalogue, entry.case)
    except SolverError as error:
        return failed_row(entry.case_id, Status.UNDECIDED, str(error), catalogue, settled)
    return case_row(entry.case_id, ready, outcome)


def _solved(ready: Prepared) -> Outcome:
    """The outcome of a case; what draws the figures is read in only where a case asks for a confidence."""
    if ready.setting.case.confidence is None:
        return solve_prepared(ready)
    from optimizer.uncertainty.confident import solve_case

    return solve_case(ready)


def _fed_row(case_id: str, case: Case, catalogue: Catalogue) -> PlanRow:
    """The row of a case that says what feeds its site."""
    from optimizer.answers.power.row import power_row
    from optimizer.insight.limits.of_supply import fed_concessions
    from optimizer.power.plan import NotFed, power_plan

    outcome = power_plan(case, catalogue)
    return power_row(case_id, outcome, fed_concessions(outcome) if isinstance(outcome, NotFed) else ())


def _all_problems(entry: Entry, catalogue: Catalogue) -> list[Problem]:
    """What is wrong with an entry that is not a case, the names that the data do not have among it."""
    if entry.line is None:
        return [*entry.problems]
    reported = {problem.column for problem in entry.problems}
    others = {field: cell for field, cell in entry.line.cells.items() if field not in reported}
    return [*entry.problems, *map(entry.line.placed, name_problems(others, catalogue))]


def _joined(problems: Iterable[object]) -> str:
    return "; ".join(str(problem) for problem in problems)
