"""National projects next to ours: the published run on its own hardware, and what its country would do today."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.projects import Project
from optimizer.insight.comparison import Candidate, Compared, compare
from optimizer.insight.run_figures import run_figures
from optimizer.plans.outcome import Plan
from optimizer.units.records import dataclass
from optimizer.validation.evidence import load_evidence
from optimizer.validation.projects import cells_of, run_of
from optimizer.validation.runs import Compared as ComparedRun
from optimizer.validation.runs import Figure
from optimizer.validation.runs import compare as compare_run


@dataclass(frozen=True, eq=False)
class Beside:
    """One project: what was published, our figure of the same work on the same hardware, and today's plan."""

    project: Project
    run: ComparedRun | None
    """The published run compared with the catalogue; None where no hours were published."""
    today: Compared | None
    """Its case planned today; None where too little is published for a case."""

    @property
    def hours(self) -> Figure | None:
        """Accelerator-hours, published and ours on the same hardware."""
        return None if self.run is None else self.run.hours

    @property
    def days(self) -> Figure | None:
        """Days, published and ours on the same machines."""
        return None if self.run is None else next((f for f in self.run.others if f.name == "days"), None)

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
        """Cost of today's plan over the published money; of a model alone, as the money of machines is a limit."""
        if self.plan is None or self.project.cost_usd is None or self.project.kind != "model":
            return None
        return float(self.plan.cost_usd) / float(self.project.cost_usd)


def beside(
    projects: Sequence[Project], catalogue: Catalogue, done: Callable[[int], None] = lambda number: None
) -> tuple[Beside, ...]:
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
        Beside(
            project, None if (run := run_of(project)) is None else compare_run(run, evidence), planned.get(project.id)
        )
        for project in projects
    )
