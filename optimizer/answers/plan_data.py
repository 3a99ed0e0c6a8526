"""An answer as JSON: one envelope with the inputs, the assumptions, the outputs, messages and provenance.

The types below are the JSON Schema (``optimizer data show schema``). Figures are rounded for reading;
``server_days_exact`` is a fraction as text, so that a plan can be verified again from its file.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from optimizer.answers.limit_words import limit_words, need_in_words
from optimizer.answers.numbers import up
from optimizer.answers.plan_shape import PlanOut, ProofOut, maybe, plan_out, proof_out
from optimizer.answers.reason_words import CAUSES, reason_words
from optimizer.answers.words import experience_words, joint_words, substation_words
from optimizer.case.setting import Figure, Setting
from optimizer.domain.base import Frozen
from optimizer.insight import Answer
from optimizer.insight.limits.concessions import Concession
from optimizer.insight.limits.pairs import Joint
from optimizer.insight.provenance import inputs
from optimizer.insight.real_runs import experience
from optimizer.law.thresholds import passed
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.version import __version__

SCHEMA_VERSION: Literal["1"] = "1"


class AlternativeOut(Frozen):
    """The best plan of another accelerator or way to have it, or why there is none."""

    accelerator: str
    procurement: str
    chosen: bool
    reason: str | None
    days: int | None = None
    accelerators: int | None = None
    cost_usd: float | None = None
    peak_mw: float | None = None


class ConcessionOut(Frozen):
    """The least value of one limit that alone would do."""

    limit: str
    unit: str
    asked: float
    needed: str = Field(description="decimal, rounded up: it suffices")
    words: str
    plan: PlanOut


class PartOut(Frozen):
    """One of several limits that would have to give together."""

    limit: str
    unit: str
    asked: float
    needed: str = Field(description="decimal, rounded up: it suffices")


class JointOut(Frozen):
    """The least relaxation of several limits together: the largest share is least, then the others."""

    parts: tuple[PartOut, ...]
    worst_share: float = Field(description="the largest of needed over asked")
    words: str
    plan: PlanOut


class FigureOut(Frozen):
    """One input with its source."""

    name: str
    value: str
    low: str | None = Field(description="low end of its range; null where the data hold no range")
    high: str | None = Field(description="high end of its range")
    unit: str
    source: str
    as_of: str
    is_estimate: bool


class ThresholdOut(Frozen):
    """A threshold of training compute that the run passes: reported, not enforced."""

    rule: str
    jurisdiction: str
    above_flop: float
    applies_to: str
    status: str
    consequence: str
    source: str


class OutputsOut(Frozen):
    """What was found."""

    status: Literal["plan", "infeasible"]
    cause: str | None
    plan: PlanOut | None
    proof: ProofOut
    runner_up: PlanOut | None
    alternatives: tuple[AlternativeOut, ...]
    bases: dict[str, PlanOut | None] = Field(description="the best plan under each other costing basis")
    assumption_sets: dict[str, PlanOut | None] = Field(description="the best plan under each other assumption set")
    usual_overhead: PlanOut | None
    cloud_abroad: dict[str, Any] | None = Field(description="the same run rented abroad at the world rent")
    concessions: tuple[ConcessionOut, ...]
    least_pair: JointOut | None = Field(None, description="the least pair of limits, where no single one would do")
    training_flop: float = Field(description="training compute of the run")
    thresholds_passed: tuple[ThresholdOut, ...] = Field(
        description="thresholds of training compute that the run passes: reported, not enforced"
    )


class Envelope(Frozen):
    """The whole answer."""

    schema_version: Literal["1"]
    inputs: dict[str, Any] = Field(description="the case as it was asked")
    settled: dict[str, Any] = Field(description="the case with every default filled in")
    assumptions: tuple[dict[str, str], ...] = Field(description="every default: field, value, why")
    outputs: OutputsOut
    messages: tuple[str, ...]
    provenance: dict[str, Any] = Field(description="program, data, solver and every figure that the plan rests on")


def envelope(answer: Answer) -> Envelope:
    """The JSON form of an answer; the same answer gives the same bytes (no clock, no host)."""
    outcome, setting = answer.outcome, answer.setting
    plan = outcome if isinstance(outcome, Plan) else None
    return Envelope(
        schema_version=SCHEMA_VERSION,
        inputs=setting.asked.given(),
        settled=setting.case.given(),
        assumptions=defaults(setting),
        outputs=OutputsOut(
            status="plan" if plan else "infeasible",
            cause=outcome.cause if isinstance(outcome, Infeasible) else None,
            plan=plan_out(plan, answer) if plan else None,
            proof=proof_out(outcome.proof),
            runner_up=maybe(answer.runner_up),
            alternatives=tuple(_alternatives(answer)),
            bases={name: maybe(found) for name, found in answer.bases.items()},
            assumption_sets={name: maybe(found) for name, found in answer.assumption_sets.items()},
            usual_overhead=maybe(answer.usual_overhead),
            cloud_abroad=_cloud(answer),
            concessions=tuple(concessions_out(answer.concessions)),
            least_pair=joint_out(answer.pair) if answer.pair else None,
            training_flop=float(setting.training_flop),
            thresholds_passed=tuple(_thresholds(answer)),
        ),
        messages=tuple(_messages(answer)),
        provenance=provenance(setting, inputs(plan) if plan else ()),
    )


def defaults(setting: Setting) -> tuple[dict[str, str], ...]:
    """Every default that was filled in: field, value, why."""
    return tuple({"field": a.field, "value": a.value, "why": a.why} for a in setting.assumed)


def provenance(setting: Setting, figures: Iterable[Figure]) -> dict[str, Any]:
    """Program, data and the figures that an answer rests on."""
    return {
        "program": {"name": "optimizer", "version": __version__},
        "data": {
            "version": setting.catalogue.version,
            "as_of": setting.catalogue.as_of,
            "sha256": setting.catalogue.digest,
            "citation": setting.catalogue.citation,
            "packs": list(setting.catalogue.packs),
        },
        "assumptions": setting.assumptions.id,
        "rules": setting.rules.id,
        "figures": [_figure(figure).model_dump() for figure in figures],
    }


def _alternatives(answer: Answer) -> Iterable[AlternativeOut]:
    for found in answer.alternatives:
        plan = found.plan
        yield AlternativeOut(
            accelerator=found.accelerator,
            procurement=found.procurement,
            chosen=found.chosen,
            reason=reason_words(found.reason) or None,
            days=plan.days if plan else None,
            accelerators=plan.accelerators if plan else None,
            cost_usd=float(up(plan.cost_usd, 2)) if plan else None,
            peak_mw=float(up(plan.peak_mw, 6)) if plan else None,
        )


def _cloud(answer: Answer) -> dict[str, Any] | None:
    if (run := answer.cloud) is None:
        return None
    return {
        "accelerator": run.accelerator,
        "precision": run.precision,
        "accelerators": run.accelerators,
        "days": run.days,
        "cost_usd": float(up(run.cost_usd, 2)),
    }


def concessions_out(given_up: Iterable[Concession]) -> Iterable[ConcessionOut]:
    """Concessions in their JSON form."""
    for given in given_up:
        needed = need_in_words(given.limit, Fraction(given.needed))
        yield ConcessionOut(
            limit=given.limit,
            unit=given.unit,
            asked=float(given.asked),
            needed=format(given.needed, "f"),
            words=f"{limit_words(given.limit)}: {needed}",
            plan=plan_out(given.plan),
        )


def joint_out(joint: Joint) -> JointOut:
    """Limits that give together, in their JSON form."""
    return JointOut(
        parts=tuple(
            PartOut(limit=p.limit, unit=p.unit, asked=float(p.asked), needed=format(p.needed, "f")) for p in joint.parts
        ),
        worst_share=float(up(joint.worst, 6)),
        words=joint_words(joint),
        plan=plan_out(joint.plan),
    )


def _thresholds(answer: Answer) -> Iterable[ThresholdOut]:
    for row in passed(answer.setting):
        yield ThresholdOut(
            rule=row.rule,
            jurisdiction=row.jurisdiction,
            above_flop=float(row.above_flop),
            applies_to=row.applies_to,
            status=row.status,
            consequence=row.consequence,
            source=row.source,
        )


def _messages(answer: Answer) -> Iterable[str]:
    outcome = answer.outcome
    if isinstance(outcome, Infeasible):
        yield CAUSES[outcome.cause]
    if isinstance(outcome, Plan):
        yield from substation_words(outcome)
        if (told := experience(outcome)) is not None:
            yield experience_words(told)
    estimates = answer.estimates()
    if estimates:
        yield "estimates among the inputs: " + ", ".join(figure.name for figure in estimates)


def _figure(figure: Figure) -> FigureOut:
    return FigureOut(
        name=figure.name,
        value=str(figure.value),
        low=str(figure.range[0]) if figure.range else None,
        high=str(figure.range[1]) if figure.range else None,
        unit=figure.unit,
        source=figure.source,
        as_of=figure.as_of,
        is_estimate=figure.is_estimate,
    )
