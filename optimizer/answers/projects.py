"""National projects beside ours: what was published, the same work by our figures, and today's plan in the country."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from pydantic import ConfigDict, RootModel

from optimizer.answers.document import Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.answers.numbers import about_usd, musd, up
from optimizer.answers.reason_words import reason_words
from optimizer.answers.shapes import Shape, cell, entry
from optimizer.answers.words import item_words, plan_words
from optimizer.catalogue import Catalogue
from optimizer.insight.projects import Beside
from optimizer.units.language import say


class ProjectBesideRow(Shape):
    """A national project: published, by our figures on the same hardware, and planned in its country today."""

    id: str = entry("name of the project in the data")
    name: str = entry("the project")
    country: str = entry("ISO 3166-1 alpha-2 code of the country whose limits its case takes")
    kind: str = entry("model or compute")
    accelerator: str = cell("accelerator as published")
    published_hours: float | None = cell("accelerator-hours as published", "h")
    our_hours: float | None = cell("accelerator-hours of the same work on the same accelerator by our figures", "h")
    our_hours_low: float | None = cell("low end of the band of a run", "h")
    our_hours_high: float | None = cell("high end of the band of a run", "h")
    hours_ratio: float | None = cell("ours over published", "ratio")
    within_band: bool | None = cell("whether the published hours lie within the band of a run")
    published_days: float | None = cell("days as published", "days")
    our_days: float | None = cell("days of the same work on the same machines by our figures", "days")
    days_ratio: float | None = cell("ours over published", "ratio")
    published_cost_usd: float | None = cell("money as published", "USD")
    cost_covers: str = entry("what that money is for")
    status: str = entry("plan, infeasible, undecided, or no case where too little is published")
    plan: str = entry("today's cheapest plan in its country in as many days, in words, or why there is none")
    plan_days: int | None = cell("days of that plan", "days")
    plan_hours: float | None = cell("accelerator-hours of that plan", "h")
    plan_cost_usd: float | None = cell("cost of that plan", "USD")
    cost_ratio: float | None = cell("cost of that plan over the published money, of a model", "ratio")
    parts: str = entry("why ours parts from what was published")
    source: str = entry("where the figures of the project come from")
    as_of: str = entry("the date for which they are valid")
    verification: str = entry("how far they were checked")


class ProjectsOut(RootModel[tuple[ProjectBesideRow, ...]]):
    """The projects, in the order of the data."""

    model_config = ConfigDict(frozen=True)


def document(found: Sequence[Beside], catalogue: Catalogue, names: Sequence[str]) -> Document:
    """The tables of hours and days, of plans and money, of machines; why they part; what is no case."""
    rows = [row_of(item) for item in found]
    asked = {"names": list(names)} if names else {}
    return Document(
        question="data projects",
        title=say("National projects beside ours"),
        sections=list(_sections(found, catalogue)),
        outputs=partial(ProjectsOut, tuple(rows)),
        grounds=Grounds(catalogue, asked, asked),
        rows=Rows("projects", "National projects beside ours", ProjectBesideRow, partial(iter, rows)),
    )


def _sections(found: Sequence[Beside], catalogue: Catalogue) -> Iterator[Section]:
    runs = [item for item in found if item.hours is not None]
    planned = [item for item in found if item.plan is not None]
    models = [item for item in planned if item.project.kind == "model"]
    machines = [item for item in planned if item.project.kind == "compute"]
    if runs:
        title = say("Published hours and days, and ours for the same work on the same hardware")
        yield Section(title, [_hours(runs), *map(Line, _run_lines(runs))])
    if models:
        title = say("Models: the cheapest plan in the country today, in as many days (a year if not published)")
        yield Section(title, [_models(models, catalogue)])
    if machines:
        title = say("Machines: what the default model would take there, within the published power and money")
        yield Section(title, [_machines(machines, catalogue)])
    yield Section(say("Why they part"), list(map(Line, filter(None, map(_parts_line, found)))))
    refused = [item for item in found if item.today is not None and item.plan is None]
    yield Section(
        say("No plan today"),
        [Line(say("{project_id}: {item}", project_id=item.project.id, item=_why(item))) for item in refused],
    )
    without = ", ".join(item.project.id for item in found if item.today is None)
    yield Section(say("No case, as too little is published"), [Line(without)] if without else [])


def _run_lines(runs: Sequence[Beside]) -> Iterator[str]:
    inside = sum(bool(item.run and item.run.covered) for item in runs)
    yield say("{inside} of {runs} published runs lie within the band of a run.", inside=inside, runs=len(runs))
    yield say(
        "Runs from scratch on A100 and Hopper are among those from which our figures come, so that they are no test of"
        " them; continued pre-training and Blackwell are."
    )


def _parts_line(item: Beside) -> str:
    """What the run reached of what a plan takes, and what is known of why; nothing where neither is known."""
    told = []
    if item.hours is not None and item.run is not None:
        ratio = item.hours.ratio
        told.append(
            say("the run was {ratio:.2f} times as efficient as a plan takes, within the band of a run", ratio=ratio)
            if item.run.covered
            else say(
                "the run was {ratio:.2f} times as efficient as a plan takes, outside the band of a run", ratio=ratio
            )
        )
    if item.project.parts:
        told.append(item.project.parts)
    return say("{project_id}: {told}.", project_id=item.project.id, told=". ".join(told)) if told else ""


def _hours(items: Sequence[Beside]) -> Table:
    columns = [
        left(say("project")),
        left(say("on")),
        *map(right, (say("publ. kh"), say("ours kh"), "ratio")),
        left(say("in band")),
    ]
    columns += [*map(right, (say("publ. days"), say("ours days"), "ratio"))]
    rows = []
    for item in items:
        assert item.hours is not None and item.run is not None
        days = ("", "", "")
        if item.days is not None:
            days = (
                say("{published:,.0f}", published=item.days.published),
                say("{ours:,.0f}", ours=item.days.ours),
                say("{ratio:.2f}", ratio=item.days.ratio),
            )
        hours = (
            say("{published:,.1f}", published=item.hours.published / 1e3),
            say("{ours:,.1f}", ours=item.hours.ours / 1e3),
            say("{ratio:.2f}", ratio=item.hours.ratio),
        )
        count = "" if item.project.count is None else say("{count:,} ", count=item.project.count)
        on = say("{count}{accelerator}", count=count, accelerator=item.project.accelerator)
        rows.append((item.project.id, on, *hours, "yes" if item.run.covered else "no", *days))
    return Table(columns, rows)


def _models(items: Sequence[Beside], catalogue: Catalogue) -> Table:
    columns = [
        left(say("project")),
        left(say("country")),
        left(say("plan today")),
        *map(right, ("days", "cost", "publ.", "ratio")),
    ]
    rows = []
    for item in items:
        money = item.project.cost_usd
        published = "" if money is None else about_usd(float(money))
        ratio = "" if item.cost_ratio is None else say("{cost_ratio:.3g}", cost_ratio=item.cost_ratio)
        rows.append((*_planned(item, catalogue), published, ratio))
    return Table(columns, rows)


def _machines(items: Sequence[Beside], catalogue: Catalogue) -> Table:
    columns = [
        left(say("project")),
        left(say("country")),
        left(say("plan today")),
        *map(right, ("days", "cost", "budget", say("limit MW"))),
    ]
    rows = []
    for item in items:
        money, power = item.project.cost_usd, item.project.peak_mw
        limits = (
            "" if money is None else about_usd(float(money)),
            "" if power is None else say("{power:f}", power=power),
        )
        rows.append((*_planned(item, catalogue), *limits))
    return Table(columns, rows)


def _planned(item: Beside, catalogue: Catalogue) -> tuple[str, str, str, str, str]:
    project, plan = item.project, item.plan
    assert plan is not None
    words = " and ".join(item_words(plan, one) for one in plan.items)
    return (
        project.id,
        catalogue.countries[project.country].name,
        words,
        say("{days}", days=plan.days),
        musd(plan.cost_usd),
    )


def _why(item: Beside) -> str:
    if item.today is None:
        return say("too little is published for a case")
    return item.today.problem or reason_words(item.today.why)


def row_of(item: Beside) -> ProjectBesideRow:
    """A project as a row."""
    project, plan, hours, days = item.project, item.plan, item.hours, item.days
    status = (
        say("no case")
        if item.today is None
        else "plan"
        if plan
        else "undecided"
        if item.today.problem
        else "infeasible"
    )
    return ProjectBesideRow(
        id=project.id,
        name=project.name,
        country=project.country,
        kind=project.kind,
        accelerator=project.accelerator_published,
        published_hours=None if hours is None else hours.published,
        our_hours=None if hours is None else hours.ours,
        our_hours_low=None if hours is None else hours.low,
        our_hours_high=None if hours is None else hours.high,
        hours_ratio=None if hours is None else hours.ratio,
        within_band=None if item.run is None else item.run.covered,
        published_days=None if days is None else days.published,
        our_days=None if days is None else days.ours,
        days_ratio=None if days is None else days.ratio,
        published_cost_usd=None if project.cost_usd is None else float(project.cost_usd),
        cost_covers=project.cost_covers,
        status=status,
        plan=plan_words(plan) if plan else _why(item),
        plan_days=None if plan is None else plan.days,
        plan_hours=item.plan_hours,
        plan_cost_usd=None if plan is None else float(up(plan.cost_usd, 2)),
        cost_ratio=item.cost_ratio,
        parts=project.parts,
        source=project.source,
        as_of=project.as_of,
        verification=project.verification,
    )
