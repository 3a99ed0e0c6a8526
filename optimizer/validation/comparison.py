"""All that is compared with the world, computed at once, with the errors of each kind of comparison."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from optimizer.domain.evidence import RealRun
from optimizer.errors import Problem
from optimizer.units.records import dataclass
from optimizer.validation.evidence import Evidence
from optimizer.validation.golden import Sum, sums
from optimizer.validation.groups import Group, groups
from optimizer.validation.runs import COUNTED, Compared, compare
from optimizer.validation.throughput import Coverage, Speed, coverage, speeds

MEASURES = {"days": "days", "energy": "MWh", "power": "kW", "cost": "USD"}
"""What is compared of a run next to its hours, with its unit."""


@dataclass(frozen=True, eq=False)
class Validation:
    """All that is compared with the world, computed."""

    golden: tuple[Sum, ...]
    speeds: tuple[Speed, ...]
    coverage: tuple[Coverage, ...]
    runs: tuple[Compared, ...]
    further: tuple[Compared, ...] | None
    """Runs of the user's file; None without one."""
    problems: tuple[Problem, ...]
    """Rows of that file that cannot be read."""
    groups: tuple[Group, ...] = ()
    """The single runs of the data by architecture and generation."""
    further_groups: tuple[Group, ...] = ()
    """The same of the user's file."""


@dataclass(frozen=True)
class Errors:
    """How many comparisons there are, mean and maximum of their absolute errors."""

    count: int
    mean_error: float
    max_error: float


def validate(evidence: Evidence, further: Sequence[RealRun] | None, problems: Sequence[Problem] = ()) -> Validation:
    """Hold the catalogue against golden sums, throughput table, real runs and the user's further runs."""
    runs = tuple(compare(run, evidence) for run in evidence.runs)
    of_user = None if further is None else tuple(compare(run, evidence) for run in further)
    return Validation(
        sums(evidence),
        speeds(evidence),
        coverage(evidence),
        runs,
        of_user,
        tuple(problems),
        groups(runs, evidence.catalogue),
        groups(of_user or (), evidence.catalogue),
    )


def errors_of(errors: Iterable[float | None]) -> Errors:
    """The errors that are known, as shares; zeros where there is none."""
    some = [abs(error) for error in errors if error is not None]
    return Errors(len(some), statistics.fmean(some), max(some)) if some else Errors(0, 0.0, 0.0)


def measure_errors(runs: Iterable[Compared], name: str) -> Errors:
    """Ours over published, less one, of one of the measures of the single runs; identities left out."""
    counted = [figure for one in runs if one.run.scope == COUNTED for figure in one.others if figure.name == name]
    return errors_of(figure.ratio - 1 for figure in counted if figure.scored)
