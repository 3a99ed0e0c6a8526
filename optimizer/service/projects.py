"""National projects: what each would cost and take today, next to what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.errors import UsageError
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import mark

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document


@question(
    "data projects",
    "Data and checks",
    Parameter("names", "Projects (optimizer data list projects); all by default.", "argument", "[PROJECT]", many=True),
    outputs="answers.comparisons.projects:ProjectsOut",
    rows="answers.comparisons.projects:ProjectBesideRow",
    takes_case=False,
    progress=mark("projects"),
)
def projects(asked: Asked) -> Document:
    """Compare national projects with our figures, and with today's plan in the same country.

    \b
    optimizer data projects
    optimizer data projects apertus-70b bloom-176b
    optimizer data projects --csv -o projects.csv

    Published hours and days of a run are shown next to ours for the same work on the same hardware. Then follows the
    cheapest plan that the country could make today, with its own tariff, taxes and law, in as many days. optimizer
    batch projects solves the same cases and writes every column of a plan."""
    from optimizer.answers.comparisons.projects import document
    from optimizer.catalogue.tables import suggestion
    from optimizer.insight.projects import compare_projects
    from optimizer.validation.projects import cells_of, projects_of

    known = {project.id: project for project in projects_of(asked.catalogue)}
    names = [name.strip().lower() for name in asked.own["names"] or ()]
    for name in names:
        if name not in known:
            raise UsageError.say(
                '"{name}" is not a project of the data; {name_2}',
                name=name,
                name_2=suggestion(name, dict.fromkeys(known)),
            )
    chosen = [known[name] for name in dict.fromkeys(names)] or list(known.values())
    total, tell = sum(cells_of(project) is not None for project in chosen), asked.progress
    done = (lambda number: tell(number, total)) if tell is not None else (lambda number: None)
    return document(compare_projects(chosen, asked.catalogue, done), asked.catalogue, names)
