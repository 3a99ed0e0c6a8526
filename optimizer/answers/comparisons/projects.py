"""National projects next to ours: what was published, the same work by our figures, and today's plan in the country."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Literal

from pydantic import ConfigDict, RootModel

from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.answers.form.envelope import FigureOut
from optimizer.answers.form.numbers import about_usd, musd
from optimizer.answers.form.shapes import Extended, Shape, Up2, cell, entry, like
from optimizer.answers.plan.row import PlanRow
from optimizer.answers.words.common_words import item_words, plan_words
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.reason_words import reason_words, several_words
from optimizer.answers.words.rule_words import buyer_section, buyer_words
from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import licence_of
from optimizer.domain.projects import Project
from optimizer.insight.projects import ComparedProject
from optimizer.units.language import and_words, local_number, say
from optimizer.validation.projects import deadline_days, limits_of
from optimizer.validation.runs import Figure


class ProjectBesideRow(Shape):
    """A national project: published, by our figures on the same hardware, and planned in its country today."""

    id: str = like(Project, "id", path="project.id")
    name: str = like(Project, "name", path="project.name")
    country: str = like(Project, "country", path="project.country")
    kind: str = like(Project, "kind", path="project.kind")
    accelerator: str | None = like(Project, "accelerator_published", path="project.accelerator_published")
    published_hours: float | None = cell("accelerator-hours as published", "h", path="hours.published")
    our_hours: float | None = cell(
        "accelerator-hours of the same work on the same accelerator by our figures", "h", path="hours.ours"
    )
    our_hours_low: float | None = cell("low end of the band of a run", "h", path="hours.low")
    our_hours_high: float | None = cell("high end of the band of a run", "h", path="hours.high")
    hours_ratio: float | None = cell("ours over published", "ratio", path="hours.ratio")
    within_band: bool | None = cell("whether the published hours are within the band of a run", path="run.covered")
    published_days: float | None = cell("days as published", "days", path="days.published")
    our_days: float | None = cell("days of the same work on the same machines by our figures", "days", path="days.ours")
    days_ratio: float | None = cell("ours over published", "ratio", path="days.ratio")
    published_cost_usd: float | None = like(Project, "cost_usd", path="project.cost_usd")
    cost_covers: str | None = like(Project, "cost_covers", path="project.cost_covers")
    status: Literal["plan", "infeasible", "undecided", "no case"] = entry(
        "plan, infeasible, undecided, or no case where too little is published"
    )
    plan: str = entry(
        "today's cheapest plan in its country in as many days, in words, or why there is none", path="words"
    )
    plan_days: int | None = cell("days of that plan", "days", path="plan.days")
    plan_hours: float | None = cell("accelerator-hours of that plan", "h")
    plan_cost_usd: Up2 | None = cell("cost of that plan", "USD", path="plan.cost_usd")
    cost_ratio: float | None = cell("cost of that plan over the published money, where it is that of one run", "ratio")
    depends_on_buyer: str | None = like(PlanRow, "depends_on_buyer")
    machines: str = entry(
        "of machines: the largest dense model that a year on just these trains, on 20 tokens per parameter, in words, "
        "or why there is none"
    )
    machines_params_b: float | None = cell("parameters of that model", "1e9")
    machines_tokens_t: float | None = cell("its tokens", "1e12")
    machines_cost_usd: Up2 | None = cell("what that year costs, the machines not counted", "USD", path="machines_cost")
    why: str = entry("why ours and the published figures differ, as far as known")
    workload: str | None = like(Project, "workload", path="project.workload")
    differs: str | None = like(Project, "differs", path="project.differs")
    parts: str | None = like(Project, "parts", path="project.parts")
    source: str = like(Project, "source", path="project.source")
    licence: str = like(FigureOut, "licence")
    as_of: str = like(Project, "as_of", path="project.as_of")
    verification: str | None = like(Project, "verification", path="project.verification")


class ProjectsOut(RootModel[tuple[ProjectBesideRow, ...]]):
    """The projects, in the order of the data."""

    model_config = ConfigDict(frozen=True)


def document(found: Sequence[ComparedProject], catalogue: Catalogue, names: Sequence[str]) -> Document:
    """The tables of hours and days, of plans and money, of machines; why they part; what is not a case."""
    rows = [row_of(item, catalogue) for item in found]
    asked = {"names": list(names)} if names else {}
    return Document(
        question="data projects",
        title=say("National projects and our figures"),
        sections=list(_sections(found, catalogue)),
        outputs=partial(ProjectsOut, tuple(rows)),
        grounds=Grounds(catalogue, asked, asked),
        rows=Rows("projects", "National projects and our figures", ProjectBesideRow, partial(iter, rows)),
    )


def _sections(found: Sequence[ComparedProject], catalogue: Catalogue) -> Iterator[Section]:
    runs = [item for item in found if item.hours is not None]
    planned = [item for item in found if item.plan is not None]
    models = [item for item in planned if item.project.kind == "model"]
    machines = [item for item in planned if item.project.kind == "compute"]
    if runs:
        title = say("Published hours and days, and ours for the same work on the same hardware")
        yield Section(title, [_hours(runs), *map(Line, _run_lines(runs))])
    if models:
        title = say("Models: the cheapest plan in the country today, in as many days (a year if not published)")
        yield Section(title, [_plans(models, catalogue, (say("publ."), say("ratio")), _of_a_model)])
    if machines:
        title = say(
            "Machines: the cheapest plan there today for {workload}, within the published power and money",
            workload=and_words(dict.fromkeys(say(i.plan.setting.workload.name) for i in machines if i.plan)),
        )
        plans = {_planned(item, catalogue)[2:4] for item in machines}
        one = len(plans) == 1 < len(machines)
        heads = (say("budget"), say("limit MW"))
        table = _plans(machines, catalogue, heads, _of_machines, without_plans=one)
        same = [Line(say("Each of them: {plan} for {days} days.", plan=plan, days=days)) for plan, days in plans if one]
        yield Section(
            title, [*same, table, Line(_one_model_words(machines[0].project, deadline_days(machines[0].project)))]
        )
    yield buyer_section(item.plan for item in planned)
    title = say("Machines: the largest model that a year on just these trains, on 20 tokens per parameter")
    yield Section(title, list(map(Line, _machine_lines(found))))
    yield Section(
        say("Published, and not compared: not for one run, or not for machines at one site"),
        list(map(Line, map(_published_line, _without_limit(found)))),
    )
    whys = [say("{project_id}: {text}.", project_id=i.project.id, text=why) for i in found if (why := _why_parts(i))]
    yield Section(say("Why they differ"), list(map(Line, whys)))
    refused = [item for item in found if item.today is not None and item.plan is None]
    yield Section(
        say("No plan today"),
        [Line(say("{project_id}: {item}", project_id=item.project.id, item=_why(item))) for item in refused],
    )
    without = ", ".join(item.project.id for item in found if item.today is None)
    yield Section(say("No case, as too little is published"), [Line(without)] if without else [])


def _one_model_words(project: Project, days: int) -> str:
    """What the table of machines does not show, and the command that does."""
    limits = zip(("--max-mw", "--budget"), limits_of(project).values(), strict=True)
    flags = [f"{flag} {value:f}" for flag, value in limits if value is not None]
    command = " ".join(("optimizer largest", "--country", project.country, *flags, "--deadline", f"{days}d"))
    return say(
        "The published power and money are limits of one and the same model, in at most {days} days: where it needs "
        "less than the limits, the plans are alike and say nothing about the size of the machines. What a site could "
        "train with all of it: {command}",
        days=days,
        command=command,
    )


def _run_lines(runs: Sequence[ComparedProject]) -> Iterator[str]:
    inside = sum(bool(item.run and item.run.covered) for item in runs)
    yield say("{inside} of {runs} published runs are within the band of a run.", inside=inside, runs=len(runs))
    yield say(
        "Our figures come partly from the runs from scratch on A100 and Hopper, so these runs do not test "
        "them. Continued pre-training and the runs on Blackwell do."
    )


def _machine_lines(found: Sequence[ComparedProject]) -> Iterator[str]:
    """Each project with machines of a known kind and number; the others together."""
    for item in found:
        if item.machines is not None:
            yield say("{project_id}: {text}", project_id=item.project.id, text=_machine_words(item))
    if others := [item.project.id for item in found if item.project.kind == "compute" and item.machines is None]:
        yield say("{why}: {projects}", why=_not_published(), projects=", ".join(others))


def _not_published() -> str:
    """Why machines have no plan of their own size."""
    return say("the kind of its accelerators, or their number, is not published")


def _machine_words(item: ComparedProject) -> str:
    """What a year on just the machines of a project trains, or why nothing; empty of a model."""
    if item.machines is None:
        return _not_published() if item.project.kind == "compute" else ""
    made = item.machines.plan
    count = say("{count:,} {accelerator}", count=item.project.count, accelerator=item.project.accelerator_published)
    if made is None or item.machines.parameters is None or item.machines.tokens is None:
        return say(
            "{machines}: {why}", machines=count, why=several_words(item.lacks) or reason_words(item.machines.beyond.why)
        )
    used = sum(one.accelerators for one in made.items)
    text = say(
        "{machines}: {params:g}B parameters on {tokens:.3g}T tokens in {days} days, {cost} without the machines",
        machines=count,
        params=float(item.machines.parameters / 10**9),
        tokens=item.machines.tokens / 10**12,
        days=made.days,
        cost=musd(made.cost_usd),
    )
    if used == item.project.count:
        return text
    return say("{text}; {used:,} of them, as the speed of a larger run is not known", text=text, used=used)


def _why_parts(item: ComparedProject) -> str:
    """What the run reached of what a plan takes, what the law bars, and what is known of why; empty where nothing."""
    reported = []
    if item.hours is not None and item.run is not None:
        ratio = item.hours.ratio
        reported.append(
            say("the run was {ratio:.2f} times as efficient as a plan assumes, within the band of a run", ratio=ratio)
            if item.run.covered
            else say(
                "the run was {ratio:.2f} times as efficient as a plan assumes, outside the band of a run", ratio=ratio
            )
        )
    if (days := item.days_of_hours) is not None and item.days is not None:
        reported.append(
            say(
                "The published hours and days do not agree, so their ratios differ: the hours are {days:.0f} days of "
                "all {count:,} accelerators, and {published:.0f} days were published",
                days=days,
                count=item.project.count,
                published=item.days.published,
            )
        )
    if item.barred is not None:
        reported.append(
            say(
                "No plan of today may use its {accelerator} there: {rule}: {meaning}",
                accelerator=item.project.accelerator_published,
                rule=item.barred.rule,
                meaning=say(item.barred.meaning).rstrip("."),
            )
        )
    reported += [say(text) for text in (item.project.differs, item.project.parts) if text]
    return ". ".join(reported)


def _hours(items: Sequence[ComparedProject]) -> Table:
    columns = [left(say("project")), left(say("on"))]
    columns += map(right, (say("publ. kh"), say("ours kh"), say("ratio")))
    columns.append(left(say("in band")))
    columns += map(right, (say("publ. days"), say("ours days"), say("ratio")))
    rows = []
    for item in items:
        assert item.run is not None
        count = "" if item.project.count is None else say("{count:,} ", count=item.project.count)
        on = say("{count}{accelerator}", count=count, accelerator=item.project.accelerator)
        band = say("yes") if item.run.covered else say("no")
        hours, days = (item.project.is_estimate(name) for name in ("gpu_hours", "days"))
        reported = (*_figures(item.hours, hours, 1000, 1), band, *_figures(item.days, days))
        rows.append((item.project.id, on, *reported))
    return Table(columns, rows)


def _figures(found: Figure | None, is_estimate: bool, per: int = 1, decimals: int = 0) -> tuple[str, str, str]:
    """Published, with a mark where it is an estimate, ours and their ratio; empty where nothing was published."""
    if found is None:
        return "", "", ""
    published, ours = (local_number(f"{value / per:,.{decimals}f}") for value in (found.published, found.ours))
    return published + say(" (estimate)") * is_estimate, ours, say("{ratio:.2f}", ratio=found.ratio)


def _plans(
    items: Sequence[ComparedProject],
    catalogue: Catalogue,
    heads: tuple[str, str],
    last: Callable[[ComparedProject], tuple[str, str]],
    *,
    without_plans: bool = False,
) -> Table:
    """The projects with what their country would do today, and two columns more.

    Args:
        items: with a plan each.
        catalogue: the data, for names.
        heads: of the two columns.
        last: the two cells of a project.
        without_plans: whether the plans are all one, and the table leaves them out.
    """
    columns = [left(say("project")), left(say("country")), left(say("plan today"))]
    columns += map(right, (say("days"), say("cost"), *heads))
    cells: list[tuple[str, ...]] = [(*_planned(item, catalogue), *last(item)) for item in items]
    shown = [i for i in range(len(columns)) if not (without_plans and i in (2, 3))]
    return Table([columns[i] for i in shown], [tuple(row[i] for i in shown) for row in cells])


def _money(item: ComparedProject) -> str:
    return "" if item.project.cost_usd is None else about_usd(float(item.project.cost_usd))


def _of_a_model(item: ComparedProject) -> tuple[str, str]:
    return _money(item), "" if item.cost_ratio is None else say("{cost_ratio:.3g}", cost_ratio=item.cost_ratio)


def _of_machines(item: ComparedProject) -> tuple[str, str]:
    limits = limits_of(item.project)
    power, money = limits["peak_mw"], limits["cost_usd"]
    return "" if money is None else _money(item), "" if power is None else say("{power:,f}", power=power)


def _without_limit(found: Sequence[ComparedProject]) -> Iterator[ComparedProject]:
    """Projects of which a published figure is not compared."""
    return (item for item in found if item.project.no_limits)


def _published_line(item: ComparedProject) -> str:
    """What was published and is not compared: the money, the power, and what each is for."""
    project, reported = item.project, []
    if "cost_usd" in project.no_limits:
        reported.append(say("{money}: {covers}", money=_money(item), covers=say(project.cost_covers)))
    if "peak_mw" in project.no_limits:
        reported.append(say("{power:f} MW: {covers}", power=project.peak_mw, covers=say(project.power_covers)))
    return say("{project_id}: {text}", project_id=project.id, text="; ".join(reported))


def _planned(item: ComparedProject, catalogue: Catalogue) -> tuple[str, str, str, str, str]:
    project, plan = item.project, item.plan
    assert plan is not None
    words = and_words(item_words(plan, one) for one in plan.items)
    country = country_words(catalogue.countries[project.country])
    return project.id, country, words, say("{days}", days=plan.days), musd(plan.cost_usd)


def _why(item: ComparedProject) -> str:
    if item.today is None:
        return say("too little is published for a case")
    return item.today.problem or reason_words(item.today.why)


def row_of(item: ComparedProject, catalogue: Catalogue) -> ProjectBesideRow:
    """A project as a row."""
    words = plan_words(item.plan) if item.plan else _why(item)
    most = item.machines if item.machines and item.machines.plan else None
    return ProjectBesideRow.model_validate(
        Extended(
            item,
            status=_status(item),
            words=words,
            depends_on_buyer=("; ".join(buyer_words(item.plan)) or None) if item.plan else None,
            machines=_machine_words(item),
            machines_params_b=most and most.parameters and float(most.parameters / 10**9),
            machines_tokens_t=most and most.tokens and most.tokens / 10**12,
            machines_cost=most and most.plan and most.plan.cost_usd,
            why=_why_parts(item),
            licence=licence_of(catalogue, item.project.source),
        )
    )


def _status(item: ComparedProject) -> Literal["plan", "infeasible", "undecided", "no case"]:
    if item.today is None:
        return "no case"
    if item.plan is not None:
        return "plan"
    return "undecided" if item.today.problem else "infeasible"
