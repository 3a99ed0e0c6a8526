"""Why a plan is as it is, or why there is none, as data and as rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator

from optimizer.answers.explain_words import fault_words, row_words
from optimizer.answers.odds_shapes import OddsOut, odds_out
from optimizer.answers.plan_outputs import ConcessionOut, JointOut
from optimizer.answers.plan_shape import PlanCells, PlanShape, ProofOut
from optimizer.answers.reason_shapes import Why
from optimizer.answers.reason_words import group_excluded, no_plan_words, reason_words
from optimizer.answers.shapes import CellNear2, CellPlain, Digits, Extended, Name, Near2, Plain, Shape, Up6, cell, entry
from optimizer.domain.limits import Limit
from optimizer.insight.explain import Explanation, Worth
from optimizer.insight.limits.concessions import Part
from optimizer.insight.why_not import WhyNot
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.uncertainty.outlook import outlook_of

Status = Literal["plan", "infeasible", "not asked"]


class WorthOut(Shape):
    """The case with one thing changed, solved again."""

    kind: Literal["more", "without", "all", "licence", "rules"]
    name: Name = entry("the limit, the export rule or the rule set")
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


class StandingOut(Shape):
    """A limit, what the plan uses of it, and the plan without it."""

    limit: Name = entry(path="use.limit")
    unit: str = entry(path="use.unit")
    used: Up6 = entry(path="use.used")
    bound: Plain = entry(path="use.bound")
    binds: bool
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
            found, status="plan", plan=found.outcome, odds=odds, without_limits=found.together, together=None
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

    kind: Literal["more", "without", "all", "licence", "rules", "concession", "pair", "together", "excluded"] = entry(
        "of a changed case: a limit raised, a limit removed, all of them removed, a licence refused, other rules;"
        " without a plan: a limit whose change alone is enough, one of a pair that is enough, one of all that"
        " together are enough, or an accelerator that is excluded"
    )
    group: int | None = cell(
        "number of the change that is enough: the limits of one pair have the same number and change together"
    )
    name: Name = entry(
        "the limit (empty: all of them), the export rule (empty: every licence), the rule set, or the accelerator"
        " with its procurement"
    )
    unit: str | None = cell("of the limit")
    asked: CellPlain | None = cell("the current bound, in that unit")
    value: CellPlain | None = cell(
        "the bound that was tried, empty if the limit was removed; of a change that gives a plan, the smallest that"
        " is enough"
    )
    status: Status | None = cell("plan, infeasible, or not asked: this cannot be planned")
    saving: CellNear2 | None = cell("reduction of the objective, in USD, days, kW, kWh or g")
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
    for row in (*(standing.without for standing in found.standings), *found.worth):
        yield _changed(row, row.name.unit if isinstance(row.name, Limit) else None)
    for row in (*((found.together,) if found.together else ()), *found.licences, *found.rules):
        yield _changed(row)


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


def _changed(row: Worth, unit: str | None = None) -> ExplainRow:
    why = no_plan_words(row.outcome.why) if isinstance(row.outcome, Infeasible) else reason_words(row.why) or None
    return ExplainRow.model_validate(Extended(row, unit=unit, status=status_of(row), reason=why))


def _giving(kind: str, group: int, part: Part, plan: Plan) -> ExplainRow:
    """A limit that would have to give, alone or with the others of its group."""
    told = Extended(part, kind=kind, group=group, name=str(part.limit), value=part.needed, status="plan", plan=plan)
    return ExplainRow.model_validate(told)
