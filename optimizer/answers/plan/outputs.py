"""The answer to a case as data: the plan, what is next to it, and what would do where there is none."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from optimizer.answers.form.numbers import up
from optimizer.answers.form.shapes import Digits, Extended, Name, Plain, Shape, Up2, Up6, adding, entry
from optimizer.answers.plan.odds_shapes import OddsOut, SurerOut, odds_out, surer_out
from optimizer.answers.plan.run_shapes import EngineeringOut, engineering_out
from optimizer.answers.plan.shape import (
    LimitOut,
    PlanOut,
    PlanShape,
    ProofOut,
    WhyCell,
    limit_out,
    plan_or_none,
    plan_out,
)
from optimizer.answers.words.common_words import joint_words
from optimizer.answers.words.limit_words import limit_words, need_in_words
from optimizer.insight import Answer
from optimizer.insight.firmness import Firmness, plan_grades
from optimizer.insight.limits.concessions import Concession
from optimizer.insight.limits.pairs import Joint
from optimizer.insight.neighbours import Cloud
from optimizer.law.thresholds import thresholds_passed
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.uncertainty.outlook import Outlook


class AlternativeOut(Shape):
    """The best plan of another accelerator or way to have it, or why there is none."""

    accelerator: str
    procurement: str
    chosen: bool
    reason: WhyCell
    days: int | None = entry(path="plan.days", default=None)
    accelerators: int | None = entry(path="plan.accelerators", default=None)
    cost_usd: Up2 | None = entry(path="plan.cost_usd", default=None)
    peak_mw: Up6 | None = entry(path="plan.peak_mw", default=None)


class PartOut(Shape):
    """One of several limits that would have to give together."""

    limit: Name
    unit: str
    asked: Plain
    needed: Digits = entry("decimal, rounded up, so that it is enough")


def _needed_words(given: Concession) -> str:
    return f"{limit_words(given.limit)}: {need_in_words(given.limit, Fraction(given.needed))}"


class ConcessionOut(PartOut):
    """The least value of one limit that alone would do."""

    words: str
    plan: PlanShape
    _added = adding(Concession, words=_needed_words)


class JointOut(Shape):
    """The least relaxation of several limits together: the largest share is least, then the others."""

    parts: tuple[PartOut, ...]
    worst_share: Up6 = entry("the largest ratio of needed to given", path="worst")
    words: str
    plan: PlanShape
    _added = adding(Joint, words=joint_words)


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
    firmer: PlanOut | None = entry("the best plan of one kind of server on firmer evidence", default=None)


def _cloud(run: Any) -> Any:
    """The same run rented abroad as data."""
    if not isinstance(run, Cloud):
        return run
    shown = {name: getattr(run, name) for name in ("accelerator", "precision", "accelerators", "days")}
    return {**shown, "cost_usd": float(up(run.cost_usd, 2))}


class PlanAnswerOut(Shape):
    """What was found."""

    status: Literal["plan", "infeasible"]
    cause: str | None
    plan: PlanOut | None
    proof: ProofOut = entry(path="outcome.proof")
    odds: OddsOut | None = entry("null of a mix, and where no figure has a range", default=None)
    surer: SurerOut | None = entry(
        "what it takes to meet every limit in 90 of 100 draws; null where the plan does", default=None
    )
    engineering: EngineeringOut | None = entry("hours, speed, efficiency and split of the run", default=None)
    runner_up: PlanShape | None = entry("the best plan of one kind of server without the accelerators of the plan")
    alternatives: tuple[AlternativeOut, ...] = entry("each with one kind of server")
    bases: dict[str, PlanShape | None] = entry("the best plan under each other costing basis")
    assumption_sets: dict[str, PlanShape | None] = entry("the best plan under each other assumption set")
    usual_overhead: PlanShape | None
    cloud_abroad: Annotated[dict[str, Any] | None, BeforeValidator(_cloud)] = entry(
        "the same run rented abroad at world rental prices", path="cloud"
    )
    evidence: EvidenceOut | None = entry("how firm the figures behind the plan are", default=None)
    rent_at_list: PlanShape | None = entry(
        "where no public offer to rent in the country is known: renting at the world's median list prices; not a plan",
        default=None,
    )
    concessions: tuple[ConcessionOut, ...]
    undetermined: tuple[Name, ...] = entry(
        "limits of which it is not known whether more of each alone is enough: two proofs did not agree", default=()
    )
    binding_unused: tuple[LimitOut, ...] = entry(
        "limits of which the plan uses nothing, as too little is available, and which cost something", default=()
    )
    least_pair: JointOut | None = entry(
        "the two limits that need the smallest increase, if no single change is enough", path="pair", default=None
    )
    training_flop: Plain = entry("training compute of the run", path="setting.training_flop")
    thresholds_passed: tuple[ThresholdOut, ...] = entry(
        "thresholds of training compute that the run exceeds: reported, not enforced"
    )


def outputs(answer: Answer, outlook: Outlook | None) -> PlanAnswerOut:
    """The answer as data, with the odds of its plan."""
    outcome = answer.outcome
    plan = outcome if isinstance(outcome, Plan) else None
    beside = Extended(
        answer,
        status="plan" if plan else "infeasible",
        cause=outcome.cause if isinstance(outcome, Infeasible) else None,
        plan=plan_out(plan, answer) if plan else None,
        odds=odds_out(outlook.odds) if outlook else None,
        surer=surer_out(outlook) if outlook else None,
        engineering=engineering_out(plan) if plan else None,
        evidence=_evidence(plan, answer.firmness),
        thresholds_passed=thresholds_passed(answer.setting),
        binding_unused=tuple(
            limit_out(found.limit, found.saving) for found in answer.binding if plan and found.limit not in plan.limits
        ),
    )
    return PlanAnswerOut.model_validate(beside)


def _evidence(plan: Plan | None, found: Firmness | None) -> EvidenceOut | None:
    if plan is None or found is None:
        return None
    return EvidenceOut(
        grade=found.grade,
        **{name: str(grade) for name, grade in plan_grades(plan).items()},
        firmer_grade=found.firmer_grade,
        firmer=plan_or_none(found.firmer),
    )
