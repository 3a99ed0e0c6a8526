"""National projects next to ours: the published run on its own hardware, and what its country would do today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.projects import Project
from optimizer.domain.reasons import OptionWhy
from optimizer.insight.candidates import consider
from optimizer.insight.comparison import Candidate, Compared, compare
from optimizer.insight.curves.largest import Largest, largest_model
from optimizer.insight.run_figures import run_figures
from optimizer.law.routes import Route, routes
from optimizer.plans.outcome import Plan
from optimizer.units.records import dataclass
from optimizer.validation.evidence import load_evidence
from optimizer.validation.projects import USUAL_DAYS, cells_of, run_of
from optimizer.validation.runs import Compared as ComparedRun
from optimizer.validation.runs import Figure
from optimizer.validation.runs import compare as compare_run

TOKENS_PER_PARAMETER = Decimal(20)
"""Of the largest model of machines: what a question takes that names a size and no tokens."""
_ROUNDING = 0.05
"""Share by which published hours and days may differ as they were rounded."""
_STEP = 10**8
"""Parameters to which that model is settled."""


@dataclass(frozen=True, eq=False)
class ComparedProject:
    """One project: what was published, our figure of the same work on the same hardware, and today's plan."""

    project: Project
    run: ComparedRun | None
    """The published run compared with the catalogue; None where no hours were published."""
    today: Compared | None
    """Its case planned today; None where too little is published for a case."""
    machines: Largest | None
    """The largest model that a year on just its machines trains; None where their kind or number is not published."""
    lacks: tuple[OptionWhy, ...]
    """Why nothing can be planned on its machines, where not even a small model can."""
    barred: Route | None
    """The rule by which no plan of today may use the accelerator of its run in its country."""

    @property
    def hours(self) -> Figure | None:
        """Accelerator-hours, published and ours on the same hardware."""
        return None if self.run is None else self.run.hours

    @property
    def days(self) -> Figure | None:
        """Days, published and ours on the same machines."""
        return None if self.run is None else next((f for f in self.run.others if f.name == "days"), None)

    @property
    def days_of_hours(self) -> float | None:
        """The days that its published hours are on all its machines, where they are not the published days."""
        if self.hours is None or self.days is None or not self.project.count:
            return None
        days = self.hours.published / self.project.count / 24
        return days if abs(days / self.days.published - 1) > _ROUNDING else None

    @property
    def plan(self) -> Plan | None:
        """What its country would do today."""
        return None if self.today is None else self.today.plan

    @property
    def plan_hours(self) -> float | None:
        """Accelerator-hours of that plan."""
        return None if self.plan is None else float(run_figures(self.plan).accelerator_hours)

    @property
    def cost_ratio(self) -> float | None:
        """Cost of today's plan over the published money of one run; the money of machines is a limit."""
        project = self.project
        if self.plan is None or project.cost_usd is None or project.kind != "model" or "cost_usd" in project.no_limits:
            return None
        return float(self.plan.cost_usd) / float(project.cost_usd)


def compare_projects(
    projects: Sequence[Project], catalogue: Catalogue, done: Callable[[int], None] = lambda number: None
) -> tuple[ComparedProject, ...]:
    """Every project next to ours, in the order given.

    Args:
        projects: rows of ``projects.csv``.
        catalogue: the data.
        done: called with the number of cases planned.

    Raises:
        DataError: the tables of the evidence cannot be read.
    """
    evidence = load_evidence(catalogue)
    cells = {project.id: found for project in projects if (found := cells_of(project)) is not None}
    candidates = [Candidate(name, (name,), Case(**row)) for name, row in cells.items()]
    planned = {row.candidate.case_id: row for row in compare(candidates, ("case_id",), catalogue, done).rows}
    return tuple(
        ComparedProject(
            project,
            None if (run := run_of(project)) is None else compare_run(run, evidence),
            planned.get(project.id),
            machines := _on_its_machines(project, catalogue),
            _lacks(machines, catalogue),
            _barred(project, catalogue),
        )
        for project in projects
    )


def _on_its_machines(project: Project, catalogue: Catalogue) -> Largest | None:
    if project.kind != "compute" or project.accelerator is None or project.count is None:
        return None
    case = Case(
        country=project.country,
        owned=f"{project.accelerator}={project.count}",
        use=(project.accelerator,),
        procurement=("own",),
        deadline_days=USUAL_DAYS,
    )
    return largest_model(case, catalogue, TOKENS_PER_PARAMETER, _STEP)


def _lacks(machines: Largest | None, catalogue: Catalogue) -> tuple[OptionWhy, ...]:
    if machines is None or machines.plan is not None:
        return ()
    owned = machines.setting.case.use
    options = consider(machines.setting.case, catalogue).options
    return tuple(one.reason for one in options if one.reason is not None and one.accelerator in owned)


def _barred(project: Project, catalogue: Catalogue) -> Route | None:
    chip = catalogue.accelerators.get(project.accelerator or "")
    if project.kind != "model" or chip is None:
        return None
    found = routes(chip, project.country, catalogue, catalogue.default_rules, catalogue.as_of)
    return None if any(route.usable for route in found) else next(iter(found), None)
