"""A plan as JSON: its servers, days, named costs, limits and proof."""

from __future__ import annotations

from fractions import Fraction

from pydantic import Field

from optimizer.answers.numbers import rounded, rounded_parts, up
from optimizer.answers.proof_words import ended_words
from optimizer.answers.rule_words import rule_words
from optimizer.domain.base import Frozen
from optimizer.insight import Answer
from optimizer.plans.outcome import LimitUse, Plan, PlanItem
from optimizer.plans.proof import Proof
from optimizer.units import MAX_DEADLINE_DAYS


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


def proof_out(proof: Proof) -> ProofOut:
    """A proof in its JSON form."""
    # the seconds would differ from run to run: the same case gives the same bytes
    return ProofOut(kind=proof.kind, solver=proof.solver, solver_status=ended_words(proof), gap=proof.gap)


def maybe(plan: Plan | None) -> PlanOut | None:
    """A plan in its JSON form, if there is one."""
    return plan_out(plan) if plan else None


def plan_out(plan: Plan, answer: Answer | None = None) -> PlanOut:
    """A plan in its JSON form; with its answer, also what each limit costs."""
    saved = {found.limit.name: found.saving for found in answer.binding} if answer else {}
    terms = rounded_parts(plan.cost_terms, 2)
    return PlanOut(
        items=tuple(map(item_out, plan.items)),
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
        limits=tuple(limit_out(use, saved.get(use.name)) for use in plan.limits),
        proof=proof_out(plan.proof),
    )


def item_out(item: PlanItem) -> ItemOut:
    """A kind of server in its JSON form."""
    return ItemOut(
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
        law=rule_words(item),
    )


def limit_out(use: LimitUse, saved: Fraction | None = None) -> LimitOut:
    """A limit in its JSON form; with what it costs where that is known."""
    return LimitOut(
        name=use.name,
        unit=use.unit,
        used=float(up(use.used, 6)),
        bound=None if use.bound is None else float(use.bound),
        share=None if use.share is None else float(up(use.share, 6)),
        binding=saved is not None,
        saving_without=None if saved is None else float(rounded(saved, 2)),
    )
