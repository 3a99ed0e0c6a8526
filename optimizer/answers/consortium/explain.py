"""Why the plan of several sites is as it is: what binds, at which site or for all, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from pydantic import BeforeValidator

from optimizer.answers.consortium.answer import document as plan_document
from optimizer.answers.consortium.answer import plan_lines
from optimizer.answers.consortium.explain_words import (
    leads_to,
    saving_words,
    standing_words,
    worth_words,
)
from optimizer.answers.consortium.outputs import outputs
from optimizer.answers.consortium.words import proofs
from optimizer.answers.form.document import Document, Line, Rows, Section, Table, section
from optimizer.answers.form.shapes import CellNear2, CellPlain, CellUp2, Extended, Name, Shape, cell, entry
from optimizer.answers.plan.explain import changed_limits, worth_table
from optimizer.answers.plan.explain_words import name_words, nothing_binds
from optimizer.answers.words.common_words import stamp
from optimizer.answers.words.limit_words import LIMIT_WORDS, value_in_words
from optimizer.answers.words.out_words import out_lines, out_name
from optimizer.answers.words.reason_words import group_excluded
from optimizer.consortium.plan import Joint
from optimizer.domain.limits import Limit
from optimizer.insight.explain_sites import JointExplanation, JointWorth
from optimizer.uncertainty.drawn_consortium import odds_over_sites
from optimizer.uncertainty.odds import Odds
from optimizer.units.language import and_words, say, say_many


class JointWorthRow(Shape):
    """One changed consortium, or an accelerator that a site cannot have."""

    kind: Literal["without", "both", "all", "more", "only", "excluded"] = entry(
        "of a changed consortium: a limit removed, two of them removed that bind together, all of them removed, a limit"
        " raised, one accelerator alone; or an accelerator that a site cannot have"
    )
    group: int | None = cell("number of the two limits that bind together: they are removed together")
    site: str | None = cell("the site that cannot have the accelerator")
    name: Name = entry("the limit (empty: all of them), or the accelerator")
    unit: str | None = cell("of the limit")
    asked: CellPlain | None = cell("the current bound", "as in the column unit")
    value: CellPlain | None = cell("the bound that was tried, empty if the limit was removed", "as in the column unit")
    status: Literal["plan", "infeasible", "not determined"] | None = cell(
        "not determined: the time was over before there was a plan, or before this was tried", path="state"
    )
    proven: bool | None = cell("whether it is proven that no plan saves more")
    saving: CellNear2 | None = cell("reduction of the objective", "USD, days, kW, kWh or g, as the objective")
    saving_usd: CellNear2 | None = cell("reduction of the cost", "USD")
    most_saving: CellNear2 | None = cell(
        "if not proven: the saving is at most this", "USD, days, kW, kWh or g, as the objective", path="most"
    )
    same: bool | None = cell("whether the plan stays as it is")
    cost_usd: CellUp2 | None = cell("total cost of the run, rounded up", "USD", path="plan.cost_usd")
    days: int | None = cell("whole days of the run", "days", path="plan.days")
    accelerators: int | None = cell("accelerators at all sites", "accelerators", path="plan.accelerators")
    sites: Annotated[str | None, BeforeValidator(lambda sites: sites and "+".join(s.place.name for s in sites))] = cell(
        "the sites that the plan uses, joined by +", path="plan.sites"
    )
    out_by: Literal["law", "case", "data", "limits"] | None = cell(
        "what excludes an accelerator: the law, the request, a price or figure missing in the data, a limit"
    )
    reason: str | None = cell("why an accelerator is excluded")


def rows(why: JointExplanation) -> Iterator[JointWorthRow]:
    """Every changed consortium, then what each site cannot have."""
    yield from (_row(row, **more) for row, more in changed_limits(why.standings, why.worth, why.pairs))
    for row in (*((why.together,) if why.together else ()), *why.others):
        yield _row(row)
    for site, excluded in why.excluded.items():
        for out in group_excluded(excluded):
            for who in out.who:
                yield JointWorthRow(kind="excluded", site=site, name=who, out_by=out.by, reason=out.reason)


def _row(row: JointWorth, **more: object) -> JointWorthRow:
    return JointWorthRow.model_validate(Extended(row, **more))


def document(found: Joint, why: JointExplanation) -> Document:
    """What binds, and what each limit costs, next to the plan."""
    planned, odds = plan_document(found), odds_over_sites(why.best)
    count = len(found.alone)
    title = say_many(
        "Why this plan · {count} site · {workload_name} · {training_flop:.3g} FLOP",
        "Why this plan · {count} sites · {workload_name} · {training_flop:.3g} FLOP",
        count,
        workload_name=say(found.settled.lead.workload.name),
        training_flop=float(found.settled.lead.training_flop),
    )
    return replace(
        planned,
        title=title,
        sections=list(_sections(found, why, odds)),
        outputs=partial(outputs, found, None, odds, why),
        rows=Rows("consortium-explain", "Why this plan of several sites", JointWorthRow, partial(rows, why)),
    )


def _sections(found: Joint, why: JointExplanation, odds: Odds | None) -> Iterator[Section]:
    yield Section("", list(plan_lines(why.best, odds)))
    binding = [standing_words(one) for one in why.standings if one.binds]
    if not binding and all(one.without.proven for one in why.standings):
        binding = [nothing_binds(why)]
    yield section(say("Binding limits"), binding)
    slack = [one for one in why.standings if one.use.used and not one.binds and one.without.proven]
    yield section(say("Limits that do not bind"), map(standing_words, slack))
    yield section(say("Not determined"), _open(why))
    title = say("Pairs of limits that bind together: without both, the plan is better than without either alone")
    yield section(title, map(worth_words, why.pairs))
    if why.together is not None:
        yield section(say("What all limits together cost"), [worth_words(why.together)])
    yield Section(say("What raising each limit alone would save"), [*_worth(why)])
    yield section(say("Accelerators that are not in the plan, each alone"), _others(why))
    for site, excluded in why.excluded.items():
        out = out_lines((out_name(one.accelerator, one.procurement), one.reason) for one in excluded)
        yield section(say("Excluded or not available: {site}", site=site), out)
    each = say("each line is a new plan, proven like the first; no shadow prices are used")
    yield section(say("Proof"), [*proofs(found), each, stamp(found.settled.lead)])


def _open(why: JointExplanation) -> Iterator[str]:
    """What the time did not suffice for."""
    for one in why.standings:
        if not one.binds and not one.without.proven:
            yield standing_words(one)
    if why.pairs_open:
        pairs = "; ".join(and_words(map(name_words, pair)) for pair in why.pairs_open)
        yield say("whether these pairs of limits bind together was not determined in time: {pairs}", pairs=pairs)


def _worth(why: JointExplanation) -> Iterator[Table | Line]:
    """What each raised limit saves; of a site that the plan does not use, and would not use, in one line."""
    used = {name for site in why.best.sites for name in (site.place.name, site.place.setting.case.country)}
    limits = {id(row): row.name for row in why.worth if isinstance(row.name, Limit)}
    idle = {key: limit.site for key, limit in limits.items() if limit.site and limit.site not in used}
    shown = [row for row in why.worth if not (row.same and id(row) in idle)]
    yield worth_table(shown, saving_words, leads_to)
    for kind in dict.fromkeys(limits[id(row)].kind for row in shown if id(row) in limits):
        if len(steps := [value_in_words(Limit(kind), step) for step in Limit(kind).described.steps]) == 2:
            yield Line(
                say(
                    "{limit} is raised in two ways: by {one}, and by {other}",
                    limit=LIMIT_WORDS[kind],
                    one=steps[0],
                    other=steps[1],
                )
            )
    if names := dict.fromkeys(idle[id(row)] for row in why.worth if row.same and id(row) in idle):
        sites = ", ".join(filter(None, names))
        yield Line(say("raising a limit of a site that the plan does not use changes nothing: {sites}", sites=sites))


def _others(why: JointExplanation) -> Iterator[str]:
    """What each accelerator alone would cost; those without a plan in one line."""
    yield from (worth_words(row) for row in why.others if row.state != "infeasible")
    if none := [str(row.name) for row in why.others if row.state == "infeasible"]:
        yield say("no plan with one of these alone (proven): {names}", names=", ".join(none))
