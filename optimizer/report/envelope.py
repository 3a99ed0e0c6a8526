"""An answer as JSON: one envelope with the inputs, the assumptions, the outputs, messages and provenance.

The types below are the JSON Schema (``optimizer data show schema``). Figures are rounded for reading;
``server_days_exact`` is a fraction as text, so that a plan can be verified again from its file.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from optimizer import __version__
from optimizer.domain.base import Frozen
from optimizer.insight import Answer
from optimizer.insight.bands import experience
from optimizer.insight.beside import limit_words, need_in_words
from optimizer.insight.inputs import inputs
from optimizer.insight.needs import CAUSES
from optimizer.insight.thresholds import passed
from optimizer.outcome import Infeasible, Plan, Proof
from optimizer.report.numbers import rounded, rounded_parts, up
from optimizer.report.words import experience_words
from optimizer.setting import Figure, Setting
from optimizer.units import MAX_DEADLINE_DAYS

SCHEMA_VERSION: Literal["1"] = "1"


class ItemOut(Frozen):
    """One kind of server in a plan."""

    site: str = Field(description="country of the site")
    accelerator: str
    precision: str
    procurement: str
    route: str = Field(description="export rule that lets it in")
    bracket: str = Field(description="size bracket of the cluster")
    connection: str = Field(description="mv: within the medium-voltage limit; hv: with a substation; empty: neither")
    servers: int = Field(ge=1, le=10_000_000)
    accelerators: int = Field(ge=1, le=10_000_000)
    server_days: float = Field(description="days of work of its servers")
    server_days_exact: str = Field(description="the same as an exact fraction, from which a plan is verified")
    pflops: float = Field(description="sustained PFLOP/s of its servers")
    chip_class: str
    policy: str
    law: str


class LimitOut(Frozen):
    """A limit and what the plan uses of it."""

    name: str
    unit: str
    used: float
    bound: float | None
    share: float | None = Field(description="used over bound, rounded up")
    binding: bool = Field(description="whether the plan would be better without it")
    saving_without: float | None = Field(description="fall of the objective without it, in the objective's unit")


class ProofOut(Frozen):
    """Why the answer may be believed."""

    kind: str
    solver: str
    solver_status: str
    gap: float
    solver_seconds: float | None = None


class PlanOut(Frozen):
    """A verified plan."""

    items: tuple[ItemOut, ...] = Field(min_length=1, max_length=8)
    days: int = Field(ge=1, le=MAX_DEADLINE_DAYS)
    lead_days: int
    servers: int
    accelerators: int
    cost_usd: float
    cost_terms_usd: dict[str, float] = Field(description="named costs; they add up to cost_usd to the cent")
    capital_usd: float
    peak_mw: float = Field(description="rounded up to the watt")
    energy_gwh: float
    carbon_t: float
    tpp: float
    limits: tuple[LimitOut, ...]
    proof: ProofOut


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


class FigureOut(Frozen):
    """One input with its source."""

    name: str
    value: str
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
        assumptions=tuple({"field": a.field, "value": a.value, "why": a.why} for a in setting.assumed),
        outputs=OutputsOut(
            status="plan" if plan else "infeasible",
            cause=outcome.cause if isinstance(outcome, Infeasible) else None,
            plan=plan_out(plan, answer) if plan else None,
            proof=_proof(outcome.proof),
            runner_up=_maybe(answer.runner_up),
            alternatives=tuple(_alternatives(answer)),
            bases={name: _maybe(found) for name, found in answer.bases.items()},
            assumption_sets={name: _maybe(found) for name, found in answer.assumption_sets.items()},
            usual_overhead=_maybe(answer.usual_overhead),
            cloud_abroad=_cloud(answer),
            concessions=tuple(_concessions(answer)),
            training_flop=float(setting.training_flop),
            thresholds_passed=tuple(_thresholds(answer)),
        ),
        messages=tuple(_messages(answer)),
        provenance=provenance(setting, inputs(plan) if plan else []),
    )


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


def _proof(proof: Proof) -> ProofOut:
    # the seconds would differ from run to run: the same case gives the same bytes
    return ProofOut(kind=proof.kind, solver=proof.solver, solver_status=proof.solver_status, gap=proof.gap)


def _maybe(plan: Plan | None) -> PlanOut | None:
    return plan_out(plan) if plan else None


def plan_out(plan: Plan, answer: Answer | None = None) -> PlanOut:
    """A plan in its JSON form; with its answer, also what each limit costs."""
    saved = {found.limit.name: found.saving for found in answer.binding} if answer else {}
    terms = rounded_parts(plan.cost_terms, 2)
    return PlanOut(
        items=tuple(
            ItemOut(
                site=item.key.site,
                accelerator=item.key.accelerator,
                precision=item.key.precision,
                procurement=item.key.procurement,
                route=item.key.route,
                bracket=item.key.bracket,
                connection=item.key.connection,
                servers=item.servers,
                accelerators=item.accelerators,
                server_days=float(rounded(item.server_days, 6)),
                server_days_exact=str(item.server_days),
                pflops=float(rounded(item.pflops, 6)),
                chip_class=item.chip_class,
                policy=item.policy,
                law=item.law,
            )
            for item in plan.items
        ),
        days=plan.days,
        lead_days=plan.lead_days,
        servers=plan.servers,
        accelerators=plan.accelerators,
        cost_usd=float(sum(terms.values())),
        cost_terms_usd={name: float(part) for name, part in terms.items()},
        capital_usd=float(rounded(plan.capital_usd, 2)),
        peak_mw=float(up(plan.peak_mw, 6)),
        energy_gwh=float(rounded(plan.energy_gwh, 6)),
        carbon_t=float(rounded(plan.carbon_t, 3)),
        tpp=float(rounded(plan.tpp, 1)),
        limits=tuple(
            LimitOut(
                name=use.name,
                unit=use.unit,
                used=float(up(use.used, 6)),
                bound=None if use.bound is None else float(use.bound),
                share=None if use.share is None else float(up(use.share, 6)),
                binding=use.name in saved,
                saving_without=float(rounded(saved[use.name], 2)) if use.name in saved else None,
            )
            for use in plan.limits
        ),
        proof=_proof(plan.proof),
    )


def _alternatives(answer: Answer) -> Iterable[AlternativeOut]:
    for found in answer.alternatives:
        plan = found.plan
        yield AlternativeOut(
            accelerator=found.accelerator,
            procurement=found.procurement,
            chosen=found.chosen,
            reason=found.reason or None,
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


def _concessions(answer: Answer) -> Iterable[ConcessionOut]:
    for given in answer.concessions:
        needed = need_in_words(given.limit, Fraction(given.needed))
        yield ConcessionOut(
            limit=given.limit,
            unit=given.unit,
            asked=float(given.asked),
            needed=format(given.needed, "f"),
            words=f"{limit_words(given.limit)}: {needed}",
            plan=plan_out(given.plan),
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
    if isinstance(outcome, Plan) and (told := experience(outcome)) is not None:
        yield experience_words(told)
    estimates = answer.estimates()
    if estimates:
        yield "estimates among the inputs: " + ", ".join(figure.name for figure in estimates)


def _figure(figure: Figure) -> FigureOut:
    return FigureOut(
        name=figure.name,
        value=str(figure.value),
        unit=figure.unit,
        source=figure.source,
        as_of=figure.as_of,
        is_estimate=figure.is_estimate,
    )
