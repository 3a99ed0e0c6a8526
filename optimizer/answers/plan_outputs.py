"""The answer to a case as data: the plan, what stands beside it, and what would do where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal

from optimizer.answers.limit_words import limit_words, need_in_words
from optimizer.answers.numbers import up
from optimizer.answers.odds_shapes import OddsOut, SurerOut, odds_out, surer_out
from optimizer.answers.plan_shape import PlanOut, ProofOut, plan_or_none, plan_out, proof_out
from optimizer.answers.reason_words import reason_words
from optimizer.answers.run_shapes import EngineeringOut, engineering_out
from optimizer.answers.shapes import Shape, entry
from optimizer.answers.words import joint_words
from optimizer.insight import Answer
from optimizer.insight.firmness import Firmness, plan_grades
from optimizer.insight.limits.concessions import Concession
from optimizer.insight.limits.pairs import Joint
from optimizer.law.thresholds import thresholds_passed
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.uncertainty.outlook import Outlook


class AlternativeOut(Shape):
    """The best plan of another accelerator or way to have it, or why there is none."""

    accelerator: str
    procurement: str
    chosen: bool
    reason: str | None
    days: int | None = None
    accelerators: int | None = None
    cost_usd: float | None = None
    peak_mw: float | None = None


class ConcessionOut(Shape):
    """The least value of one limit that alone would do."""

    limit: str
    unit: str
    asked: float
    needed: str = entry("decimal, rounded up, so that it is enough")
    words: str
    plan: PlanOut


class PartOut(Shape):
    """One of several limits that would have to give together."""

    limit: str
    unit: str
    asked: float
    needed: str = entry("decimal, rounded up, so that it is enough")


class JointOut(Shape):
    """The least relaxation of several limits together: the largest share is least, then the others."""

    parts: tuple[PartOut, ...]
    worst_share: float = entry("the largest ratio of needed to given")
    words: str
    plan: PlanOut


class ThresholdOut(Shape):
    """A threshold of training compute that the run passes: reported, not enforced."""

    rule: str
    jurisdiction: str
    above_flop: float
    applies_to: str
    status: str
    consequence: str
    source: str


class EvidenceOut(Shape):
    """How firm the figures behind the plan are: listed, derived or estimate."""

    grade: str = entry("the weakest of the following")
    price: str
    efficiency: str
    power: str
    law: str
    firmer_grade: str | None = entry("the weakest grade that the firmer plan rests on", default=None)
    firmer: PlanOut | None = entry("the best plan on firmer evidence", default=None)


class PlanAnswerOut(Shape):
    """What was found."""

    status: Literal["plan", "infeasible"]
    cause: str | None
    plan: PlanOut | None
    proof: ProofOut
    odds: OddsOut | None = entry("null of a mix, and where no figure has a range", default=None)
    surer: SurerOut | None = entry(
        "what it takes to meet every limit in 90 of 100 draws; null where the plan does", default=None
    )
    engineering: EngineeringOut | None = entry("hours, speed, efficiency and split of the run", default=None)
    runner_up: PlanOut | None
    alternatives: tuple[AlternativeOut, ...]
    bases: dict[str, PlanOut | None] = entry("the best plan under each other costing basis")
    assumption_sets: dict[str, PlanOut | None] = entry("the best plan under each other assumption set")
    usual_overhead: PlanOut | None
    cloud_abroad: dict[str, Any] | None = entry("the same run rented abroad at world rental prices")
    evidence: EvidenceOut | None = entry("how firm the figures behind the plan are", default=None)
    rent_at_list: PlanOut | None = entry(
        "where no public offer to rent in the country is known: renting at the world's median list prices; not a plan",
        default=None,
    )
    concessions: tuple[ConcessionOut, ...]
    undetermined: tuple[str, ...] = entry(
        "limits of which it is not known whether more of each alone is enough: two proofs did not agree", default=()
    )
    least_pair: JointOut | None = entry(
        "the two limits that need the smallest increase, if no single change is enough", default=None
    )
    training_flop: float = entry("training compute of the run")
    thresholds_passed: tuple[ThresholdOut, ...] = entry(
        "thresholds of training compute that the run exceeds: reported, not enforced"
    )


def outputs(answer: Answer, outlook: Outlook | None) -> PlanAnswerOut:
    """The answer as data, with the odds of its plan."""
    outcome, setting = answer.outcome, answer.setting
    plan = outcome if isinstance(outcome, Plan) else None
    return PlanAnswerOut(
        status="plan" if plan else "infeasible",
        cause=outcome.cause if isinstance(outcome, Infeasible) else None,
        plan=plan_out(plan, answer) if plan else None,
        proof=proof_out(outcome.proof),
        odds=odds_out(outlook.odds) if outlook else None,
        surer=surer_out(outlook) if outlook else None,
        engineering=engineering_out(plan) if plan else None,
        runner_up=plan_or_none(answer.runner_up),
        alternatives=tuple(_alternatives(answer)),
        bases={name: plan_or_none(found) for name, found in answer.bases.items()},
        assumption_sets={name: plan_or_none(found) for name, found in answer.assumption_sets.items()},
        usual_overhead=plan_or_none(answer.usual_overhead),
        cloud_abroad=_cloud(answer),
        evidence=_evidence(plan, answer.firmness),
        rent_at_list=plan_or_none(answer.rent_at_list),
        concessions=tuple(concessions_out(answer.concessions)),
        undetermined=tuple(map(str, answer.undetermined)),
        least_pair=joint_out(answer.pair) if answer.pair else None,
        training_flop=float(setting.training_flop),
        thresholds_passed=tuple(ThresholdOut.model_validate(row) for row in thresholds_passed(setting)),
    )


def _evidence(plan: Plan | None, found: Firmness | None) -> EvidenceOut | None:
    if plan is None or found is None:
        return None
    return EvidenceOut(
        grade=found.grade,
        **{name: str(grade) for name, grade in plan_grades(plan).items()},
        firmer_grade=found.firmer_grade,
        firmer=plan_or_none(found.firmer),
    )


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
            limit=str(given.limit),
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
            PartOut(limit=str(p.limit), unit=p.unit, asked=float(p.asked), needed=format(p.needed, "f"))
            for p in joint.parts
        ),
        worst_share=float(up(joint.worst, 6)),
        words=joint_words(joint),
        plan=plan_out(joint.plan),
    )
