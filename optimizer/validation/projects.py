"""National projects as cases: read from ``projects.csv``, checked, and each as the case that a planner of today has."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from optimizer.catalogue import Catalogue
from optimizer.catalogue.cache import get_or_make
from optimizer.catalogue.rows import rows_once
from optimizer.catalogue.tables import Line
from optimizer.domain.evidence import RealRun
from optimizer.domain.projects import Project
from optimizer.errors import DataError, Problem
from optimizer.units.language import say

FILE = "projects.csv"
USUAL_DAYS = 365
"""Days of the case of a project that does not publish how long its run took: a year, so that plans can be compared."""
_BILLION, _TRILLION = Decimal(10**9), Decimal(10**12)


def projects_of(catalogue: Catalogue) -> tuple[Project, ...]:
    """The national projects of a data folder; none where it has no such table.

    Raises:
        DataError: every problem of the table at once.
    """
    return get_or_make(catalogue.cache, ("projects",), lambda: _read(catalogue))


def _read(catalogue: Catalogue) -> tuple[Project, ...]:
    rows = rows_once(catalogue.folder / FILE, Project, catalogue.cache)
    if problems := list(_problems(rows, catalogue)):
        raise DataError(problems)
    return tuple(rows)


def _problems(rows: list[Project], catalogue: Catalogue) -> Iterator[Problem]:
    seen: set[str] = set()
    for row in rows:
        found = {
            "id": row.id not in seen or say("appears twice"),
            "country": row.country in catalogue.countries or say("is not a known country"),
            "way": row.way in catalogue.ways or say("is not a known way"),
            "no_limits": {"peak_mw", "cost_usd"}.issuperset(row.no_limits) or say("names no limit of a case"),
            "accelerator": row.accelerator in (None, *catalogue.accelerators) or say("is not a known accelerator"),
            "workload": row.workload in (None, *catalogue.workloads) or say("is not a known workload"),
            "differs": _same(row, catalogue) or say("must say why the figures are not those of the workload"),
        }
        seen.add(row.id)
        for name, is_right in found.items():
            if is_right is not True:
                yield Problem(str(is_right), file=FILE, line=row.line, column=name, value=str(getattr(row, name)))


def _same(row: Project, catalogue: Catalogue) -> bool:
    """Whether its figures are those of its workload, or are said to differ: a model has one size and one training."""
    workload = catalogue.workloads.get(row.workload or "")
    if workload is None or row.differs:
        return True
    mine = (row.params_total_b, row.params_active_b or row.params_total_b, row.tokens_t, row.way)
    return mine == (workload.params_total_b, workload.params_active_b, workload.tokens_t, workload.way)


def deadline_days(project: Project) -> int:
    """Days of its case: those of the published run, else a year."""
    return USUAL_DAYS if project.days is None else math.ceil(project.days)


def cells_of(project: Project) -> dict[str, str] | None:
    """The project as a row of a cases file; None where too little of it is published for a case.

    A model is trained in its country as published (one that is a workload, as that workload), in as many days; its
    money is compared and is no limit. Machines have their published power and money as limits, for the model that a
    case takes by default: where these are for the machines of one site, and not for years of a programme, for several
    sites, or for something else.
    """
    cells = {"case_id": project.id, "country": project.country, "deadline_days": str(deadline_days(project))}
    if project.kind == "model":
        if project.workload is not None and not project.differs:
            return cells | {"workload": project.workload}
        if project.params_total_b is None or project.tokens_t is None:
            return None
        cells |= {"params_total_b": f"{project.params_total_b:f}", "tokens_t": f"{project.tokens_t:f}"}
        if project.params_active_b is not None:
            cells["params_active_b"] = f"{project.params_active_b:f}"
        return cells | {"way": project.way} if project.way != "pretrain" else cells
    limits = {name: value for name, value in limits_of(project).items() if value is not None}
    if not limits:
        return None
    return cells | {"max_mw" if name == "peak_mw" else "budget_usd": f"{value:f}" for name, value in limits.items()}


def limits_of(project: Project) -> dict[str, Decimal | None]:
    """The published power (MW) and money (USD) of machines, each where it is a limit of their case."""
    figures = {"peak_mw": project.peak_mw, "cost_usd": project.cost_usd}
    return {name: None if name in project.no_limits else value for name, value in figures.items()}


def case_lines(catalogue: Catalogue) -> tuple[Line, ...]:
    """Every project that is a case, as a line of a cases file.

    Raises:
        DataError: every problem of the table at once.
    """
    return tuple(
        Line(FILE, project.line or 0, cells)
        for project in projects_of(catalogue)
        if (cells := cells_of(project)) is not None
    )


def run_of(project: Project) -> RealRun | None:
    """What was published of its run, in the form in which real runs are compared; None where nothing was."""
    if project.kind != "model" or (project.gpu_hours is None and (project.count is None or project.days is None)):
        return None
    active = project.params_active_b or project.params_total_b
    return RealRun(
        name=project.name,
        params_total=None if project.params_total_b is None else project.params_total_b * _BILLION,
        params_active=None if active is None else active * _BILLION,
        tokens=None if project.tokens_t is None else project.tokens_t * _TRILLION,
        accelerator=project.accelerator,
        accelerator_published=project.accelerator_published,
        count=project.count,
        days=project.days,
        gpu_hours=project.gpu_hours,
        precision=project.precision,
        scope=project.scope,
        source=project.source,
        as_of=project.as_of,
    )
