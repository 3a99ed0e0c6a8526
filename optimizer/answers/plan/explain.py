"""Why a plan is as it is: what binds and what it is worth; or why there is none, and what would have to give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator

from optimizer.answers.form.document import Document, Line, Rows, Section, Table, left, of_case, right, section
from optimizer.answers.form.shapes import (
    CellNear2,
    CellPlain,
    Digits,
    Extended,
    Name,
    Near2,
    Plain,
    Shape,
    Up6,
    cell,
    entry,
)
from optimizer.answers.plan.explain_words import (
    change_words,
    cost_words,
    fault_words,
    leads_to,
    nothing_binds,
    nothing_less,
    raised_words,
    row_words,
    saving_words,
    standing_words,
)
from optimizer.answers.plan.odds_shapes import OddsOut, odds_out
from optimizer.answers.plan.odds_words import odds_line, surer_words
from optimizer.answers.plan.outputs import ConcessionOut, JointOut
from optimizer.answers.plan.shape import PlanCells, PlanShape, ProofOut, Why
from optimizer.answers.words.common_words import capital, heading, part_words, plan_words, proof_words, stamp
from optimizer.answers.words.floor_words import memory_words, owned_words, uncounted_words
from optimizer.answers.words.none_words import none_lines
from optimizer.answers.words.out_words import out_lines, out_name
from optimizer.answers.words.reason_words import (
    UNDETERMINED,
    group_excluded,
    no_plan_words,
    reason_words,
    undetermined_words,
)
from optimizer.answers.words.rule_words import buyer_section
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import By
from optimizer.insight.explain import Explanation, Worth
from optimizer.insight.explain_sites import JointWorth
from optimizer.insight.limits.concessions import Part
from optimizer.insight.provenance import inputs
from optimizer.insight.why_not import WhyNot
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.uncertainty.outlook import outlook_of
from optimizer.units.language import Messages, say

Status = Literal["plan", "infeasible", "not asked"]
WorthT = TypeVar("WorthT", Worth, JointWorth)


def name_text(name: object) -> object:
    """Two limits as one text."""
    return " + ".join(map(str, name)) if isinstance(name, tuple) else str(name)


class WorthOut(Shape):
    """The case with one thing changed, solved again."""

    kind: Literal["more", "without", "both", "all", "licence", "rules"]
    name: Annotated[str, BeforeValidator(name_text)] = entry(
        "the limit (of both: two, with + between them), the export rule or the rule set"
    )
    asked: Plain | None = entry("the current bound")
    value: Digits | None = entry("the bound that was tried, a decimal; null if the limit was removed")
    status: Status
    why: Why = entry("why this cannot be planned")
    saving: Near2 | None = entry("reduction of the objective, in USD, days, kW, kWh or g")
    saving_usd: Near2 | None = entry("reduction of the cost")
    same: bool = entry("whether the result is the same plan")
    words: str
    plan: PlanShape | None


def _spoken(row: object) -> object:
    """A changed case with what its shape tells next to its own attributes."""
    return Extended(row, status=status_of(row), words=row_words(row)) if isinstance(row, Worth) else row


def status_of(row: Worth) -> Status:
    """Whether a changed case has a plan, has none, or cannot be asked so."""
    return "plan" if row.plan else "infeasible" if row.outcome else "not asked"


WorthShape = Annotated[WorthOut, BeforeValidator(_spoken)]
"""A changed case as a field of another shape."""


class UsedOut(Shape):
    """A limit, and what the plan uses of it."""

    limit: Name = entry(path="use.limit")
    unit: str = entry(path="use.unit")
    used: Up6 = entry(path="use.used")
    bound: Plain = entry(path="use.bound")
    binds: bool


class StandingOut(UsedOut):
    """A limit, what the plan uses of it, and the plan without it."""

    without: WorthShape


class ExcludedOut(Shape):
    """Accelerators that are out for one reason."""

    by: Literal["law", "case", "data", "limits"]
    reason: str
    who: tuple[str, ...]


class ExplainOut(Shape):
    """Why: of a plan the limits and what they are worth; of an infeasible case what would have to give."""

    status: Literal["plan", "infeasible"]
    cause: str | None = entry(default=None)
    fault: str | None = entry("the obstacle, in words", default=None)
    plan: PlanShape | None = None
    proof: ProofOut = entry(path="outcome.proof")
    odds: OddsOut | None = entry("of the plan", default=None)
    limits: tuple[StandingOut, ...] = entry(path="standings", default=())
    binding_pairs: tuple[WorthShape, ...] = entry(
        "two limits that bind together: without both, the plan is better than without either alone", default=()
    )
    without_limits: WorthShape | None = None
    worth: tuple[WorthShape, ...] = entry("each limit raised alone", default=())
    licences: tuple[WorthShape, ...] = ()
    rules: tuple[WorthShape, ...] = entry("every other rule set")
    concessions: tuple[ConcessionOut, ...] = ()
    undetermined: tuple[Name, ...] = entry(
        "limits of which it is not known whether more of each alone is enough: two proofs did not agree", default=()
    )
    pairs: tuple[JointOut, ...] = entry("if no single limit is enough; smallest pair first", default=())
    together: JointOut | None = entry("if no pair is enough", default=None)
    excluded: tuple[ExcludedOut, ...] = ()


def outputs(found: Explanation | WhyNot) -> ExplainOut:
    """The explanation as data."""
    if isinstance(found, Explanation):
        odds = odds_out(outlook_of(found.outcome).odds)
        read = Extended(
            found,
            **{"status": "plan", "plan": found.outcome, "odds": odds, "binding_pairs": found.pairs, "pairs": ()},
            without_limits=found.together,
            together=None,
        )
    else:
        read = Extended(
            found,
            status="infeasible",
            cause=found.outcome.cause,
            fault=fault_words(found),
            excluded=group_excluded(found.excluded),
        )
    return ExplainOut.model_validate(read)


class _Changed(Shape):
    """What a row is about, and what came of it."""

    kind: Literal[
        "more", "without", "both", "all", "licence", "rules", "concession", "pair", "together", "excluded"
    ] = entry(
        "of a changed case: a limit raised, a limit removed, two of them removed that bind together, all of them"
        " removed, a licence refused, other rules;"
        " without a plan: a limit whose change alone is enough, one of a pair that is enough, one of all that"
        " together are enough, or an accelerator that is excluded"
    )
    group: int | None = cell(
        "number of the change that is enough, or of the two limits that bind together: the limits of one pair have"
        " the same number and change together"
    )
    name: Name = entry(
        "the limit (empty: all of them), the export rule (empty: every licence), the rule set, or the accelerator"
        " with its procurement"
    )
    unit: str | None = cell("of the limit")
    asked: CellPlain | None = cell("the current bound", "as in the column unit")
    value: CellPlain | None = cell(
        "the bound that was tried, empty if the limit was removed; of a change that gives a plan, the smallest that"
        " is enough",
        "as in the column unit",
    )
    status: Status | None = cell("plan, infeasible, or not asked: this cannot be planned")
    saving: CellNear2 | None = cell("reduction of the objective", "USD, days, kW, kWh or g, as the objective")
    saving_usd: CellNear2 | None = cell("reduction of the cost", "USD")
    same: bool | None = cell("whether the result is the same plan")
    out_by: Literal["law", "case", "data", "limits"] | None = cell(
        "what excludes an accelerator: the law, the request, a price or figure missing in the data, a limit"
    )
    reason: str | None = cell("why there is no plan, why this cannot be planned, or why an accelerator is excluded")


class ExplainRow(PlanCells, _Changed):
    """One changed case; where there is no plan, also one limit that would have to give, or one accelerator left out."""


def rows(found: Explanation | WhyNot) -> Iterator[ExplainRow]:
    """Every changed case; or what would have to give, the other rule sets, and what is out."""
    return _of_plan(found) if isinstance(found, Explanation) else _of_no_plan(found)


def _of_plan(found: Explanation) -> Iterator[ExplainRow]:
    yield from (_changed(row, **more) for row, more in changed_limits(found.standings, found.worth, found.pairs))
    for row in (*((found.together,) if found.together else ()), *found.licences, *found.rules):
        yield _changed(row)


def changed_limits(
    standings: Iterable[Any], worth: Iterable[WorthT], pairs: Iterable[WorthT]
) -> Iterator[tuple[WorthT, dict[str, Any]]]:
    """Every case in which a limit is changed, with its unit; that without two limits once for each of them."""
    for row in (*(standing.without for standing in standings), *worth):
        yield row, {"unit": row.name.unit if isinstance(row.name, Limit) else None}
    bounds = {standing.use.limit: standing.use.bound for standing in standings}
    for group, row in enumerate(pairs, 1):
        for limit in row.name if isinstance(row.name, tuple) else ():
            yield row, {"unit": limit.unit, "name": limit, "asked": bounds[limit], "group": group}


def _of_no_plan(found: WhyNot) -> Iterator[ExplainRow]:
    for group, given in enumerate(found.concessions, 1):
        yield _giving("concession", group, given, given.plan)
    joints = [*(("pair", pair) for pair in found.pairs), *([("together", found.together)] if found.together else [])]
    for group, (kind, joint) in enumerate(joints, 1):
        for part in joint.parts:
            yield _giving(kind, group, part, joint.plan)
    for row in found.rules:
        yield _changed(row)
    for out in group_excluded(found.excluded):
        for who in out.who:
            yield ExplainRow(kind="excluded", name=who, out_by=out.by, reason=out.reason)


def _changed(row: Worth, unit: str | None = None, **more: object) -> ExplainRow:
    why = no_plan_words(row.outcome.why) if isinstance(row.outcome, Infeasible) else reason_words(row.why) or None
    return ExplainRow.model_validate(Extended(row, unit=unit, status=status_of(row), reason=why, **more))


def _giving(kind: str, group: int, part: Part, plan: Plan) -> ExplainRow:
    """A limit that would have to give, alone or with the others of its group."""
    reported = Extended(part, kind=kind, group=group, name=str(part.limit), value=part.needed, status="plan", plan=plan)
    return ExplainRow.model_validate(reported)


OUT_BY: Mapping[By, str] = Messages(
    {
        By.LAW: "Excluded by the export rules",
        By.CASE: "Excluded by the request",
        By.DATA: "Not available, or data missing",
        By.LIMITS: "Allowed and available, but over the limits",
    }
)


def document(found: Explanation | WhyNot) -> Document:
    """What binds and what each limit costs; or what is in the way and what would do."""
    setting = found.setting
    if isinstance(found, Explanation):
        why, sections, figures = say("this plan"), list(_plan(found)), inputs(found.outcome)
    else:
        why, sections, figures = say("there is no plan"), list(_no_plan(found)), []
    return Document(
        question="explain",
        title=say("Why {why} · {setting}", why=why, setting=heading(setting)),
        sections=sections,
        outputs=partial(outputs, found),
        **of_case(setting, figures),
        messages=() if isinstance(found, Explanation) else (no_plan_words(found.outcome.why),),
        rows=Rows("explain", "Why this plan, or why there is none", ExplainRow, partial(rows, found)),
        verdict="answer" if isinstance(found, Explanation) else "infeasible",
    )


def _plan(found: Explanation) -> Iterator[Section]:
    outlook = outlook_of(found.outcome)
    head = [Line(capital(plan_words(found.outcome)), "good"), Line(odds_line(outlook.odds), "strong")]
    yield Section("", [*head, *map(Line, surer_words(outlook))])
    binding = [standing_words(one) for one in found.standings if one.binds]
    yield section(say("Binding limits"), binding or [nothing_binds(found)])
    yield section(say("Limits that do not bind"), [standing_words(one) for one in found.standings if not one.binds])
    needs = [memory_words(found.outcome), uncounted_words(found.setting), *owned_words(found.setting)]
    yield section(say("What the model needs, and what is not counted"), needs)
    title = say("Pairs of limits that bind together: without both, the plan is better than without either alone")
    yield section(title, map(row_words, found.pairs))
    if found.together is not None:
        yield section(say("What all limits together cost"), [row_words(found.together)])
    yield Section(say("What raising each limit alone would save"), [worth_table(found.worth, saving_words, leads_to)])
    yield section(say("Licences"), map(row_words, found.licences))
    yield buyer_section([found.outcome])
    yield section(say("Under other export rules"), map(row_words, found.rules))
    each = say("each line is a new plan, proven like the first; no shadow prices are used")
    yield section(say("Proof"), [proof_words(found.outcome), each, stamp(found.setting)])


def worth_table(worth: Iterable[WorthT], saving: Callable[[WorthT], str], leads: Callable[[WorthT], str]) -> Table:
    """Every limit raised alone: what that saves, and where it leads."""
    cells = [(change_words(row), saving(row), cost_words(row), "" if row.same else leads(row)) for row in worth]
    columns = [left(say("limit raised to")), left(say("saves"), whole=True), right(say("cost")), left(say("leads to"))]
    return Table(columns, cells)


def _no_plan(found: WhyNot) -> Iterator[Section]:
    outcome = found.outcome
    mixed = (found.setting.case.mix or 1) > 1
    owned = [Line(capital(words)) for words in owned_words(found.setting)]
    yield Section("", [*none_lines(outcome), Line(say("{fault}.", fault=capital(fault_words(found)))), *owned])
    lines = [
        say("{concession} → {plan}", concession=part_words(given), plan=plan_words(given.plan))
        for given in found.concessions
    ]
    yield section(say("Any one of these changes is enough (everything else unchanged)"), lines)
    yield section(say("Not determined"), undetermined_words(found.undetermined))
    which = say("any of these pairs is enough, smallest increase first")
    if mixed or len(found.pairs) == 1:
        which = say("this pair is enough, with the smallest increase")
    yield section(say("No single change is enough; {which}", which=which), map(raised_words, found.pairs))
    if found.together is not None:
        title = say("No two changes are enough; these together are, with the largest increase as small as possible")
        yield section(title, [raised_words(found.together)])
    elif not found.several_determined:
        yield section(say("What several changes would do"), [say(UNDETERMINED)])
    elif outcome.why.over_limits and not (found.concessions or found.pairs or found.undetermined):
        yield section(say("What would be enough"), [nothing_less(found)])
    yield section(say("Under other export rules"), map(row_words, found.rules))
    for by, title in OUT_BY.items():
        out = out_lines(
            (out_name(one.accelerator, one.procurement), one.reason) for one in found.excluded if one.by is by
        )
        yield section(title, out)
    yield section(say("Proof"), [proof_words(outcome), stamp(found.setting)])
