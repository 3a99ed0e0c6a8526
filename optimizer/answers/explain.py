"""Why a plan is as it is, or why there is none, as JSON: the envelope of an answer with other outputs.

The types below are its JSON Schema (``optimizer data show schema explain``).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from optimizer.answers.decisions import DecisionEnvelope, envelope_fields
from optimizer.answers.explanation import fault_words
from optimizer.answers.numbers import rounded, up
from optimizer.answers.plan_outputs import ConcessionOut, JointOut, concessions_out, joint_out
from optimizer.answers.plan_shape import PlanOut, ProofOut, maybe, plan_out, proof_out
from optimizer.answers.worth import row_words
from optimizer.domain import Case
from optimizer.domain.base import Frozen
from optimizer.insight.explain import Explanation, Standing, Worth
from optimizer.insight.limits.needs import CAUSES
from optimizer.insight.provenance import inputs
from optimizer.insight.why_not import WhyNot


class WorthOut(Frozen):
    """The case with one thing changed, solved again."""

    kind: Literal["more", "without", "all", "licence", "rules"]
    name: str = Field(description="the limit, the export rule or the rule set")
    asked: float | None = Field(description="the bound as it is")
    value: str | None = Field(description="the bound that was tried, a decimal; null where it was lifted")
    status: Literal["plan", "infeasible", "not asked"]
    why: str = Field(description="why the case cannot be asked so")
    saving: float | None = Field(description="fall of the objective, in USD, days, kW, kWh or g")
    saving_usd: float | None = Field(description="fall of the cost")
    same: bool = Field(description="whether the very same plan comes out")
    words: str
    plan: PlanOut | None


class StandingOut(Frozen):
    """A limit, what the plan uses of it, and the plan without it."""

    limit: str
    unit: str
    used: float
    bound: float
    binds: bool
    without: WorthOut


class ExcludedOut(Frozen):
    """Accelerators that are out for one reason."""

    by: Literal["law", "case", "data", "limits"]
    reason: str
    who: tuple[str, ...]


class ExplainOut(Frozen):
    """Why: of a plan the limits and what they are worth; of an infeasible case what would have to give."""

    status: Literal["plan", "infeasible"]
    cause: str | None
    fault: str | None = Field(description="what is in the way, in words")
    plan: PlanOut | None
    proof: ProofOut
    limits: tuple[StandingOut, ...]
    without_limits: WorthOut | None
    worth: tuple[WorthOut, ...] = Field(description="more of each limit, alone")
    licences: tuple[WorthOut, ...]
    rules: tuple[WorthOut, ...] = Field(description="every other rule set")
    concessions: tuple[ConcessionOut, ...]
    pairs: tuple[JointOut, ...] = Field(description="where no single limit would do; least pair first")
    together: JointOut | None = Field(description="where no pair would do")
    excluded: tuple[ExcludedOut, ...]


class ExplainEnvelope(DecisionEnvelope):
    """The whole answer."""

    outputs: ExplainOut


def explain_envelope(found: Explanation | WhyNot) -> ExplainEnvelope:
    """The JSON form of an explanation; the same case gives the same bytes."""
    setting = found.setting
    plan = found.outcome if isinstance(found, Explanation) else None
    messages = () if isinstance(found, Explanation) else (CAUSES[found.outcome.cause],)
    return ExplainEnvelope(
        outputs=_explained(found) if isinstance(found, Explanation) else _not_planned(found),
        **envelope_fields(setting, messages, inputs(plan) if plan else ()),
    )


def _explained(found: Explanation) -> ExplainOut:
    case = found.setting.case
    return ExplainOut(
        status="plan",
        cause=None,
        fault=None,
        plan=plan_out(found.outcome),
        proof=proof_out(found.outcome.proof),
        limits=tuple(_standing(standing, case) for standing in found.standings),
        without_limits=_worth(found.together, case) if found.together else None,
        worth=tuple(_worth(row, case) for row in found.worth),
        licences=tuple(_worth(row, case) for row in found.licences),
        rules=tuple(_worth(row, case) for row in found.rules),
        concessions=(),
        pairs=(),
        together=None,
        excluded=(),
    )


def _not_planned(found: WhyNot) -> ExplainOut:
    case = found.setting.case
    return ExplainOut(
        status="infeasible",
        cause=found.outcome.cause,
        fault=fault_words(found),
        plan=None,
        proof=proof_out(found.outcome.proof),
        limits=(),
        without_limits=None,
        worth=(),
        licences=(),
        rules=tuple(_worth(row, case) for row in found.rules),
        concessions=tuple(concessions_out(found.concessions)),
        pairs=tuple(joint_out(pair) for pair in found.pairs),
        together=joint_out(found.together) if found.together else None,
        excluded=tuple(ExcludedOut(by=g.by, reason=g.reason, who=g.who) for g in found.excluded),
    )


def _standing(standing: Standing, case: Case) -> StandingOut:
    use = standing.use
    assert use.bound is not None
    return StandingOut(
        limit=use.name,
        unit=use.unit,
        used=float(up(use.used, 6)),
        bound=float(use.bound),
        binds=standing.binds,
        without=_worth(standing.without, case),
    )


def _worth(row: Worth, case: Case) -> WorthOut:
    return WorthOut(
        kind=row.kind,
        name=row.name,
        asked=None if row.asked is None else float(row.asked),
        value=None if row.value is None else format(row.value, "f"),
        status="plan" if row.plan else "infeasible" if row.outcome else "not asked",
        why=row.why,
        saving=None if row.saving is None else float(rounded(row.saving, 2)),
        saving_usd=None if row.saving_usd is None else float(rounded(row.saving_usd, 2)),
        same=row.same,
        words=row_words(row, case),
        plan=maybe(row.plan),
    )
