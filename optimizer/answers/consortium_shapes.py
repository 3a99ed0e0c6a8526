"""A consortium's answer as JSON and as rows of CSV (``optimizer data show schema consortium``)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from optimizer.answers.consortium_basis import joint_figures
from optimizer.answers.decisions import column
from optimizer.answers.numbers import rounded, rounded_parts, up
from optimizer.answers.document import grounds_of
from optimizer.answers.envelope import SCHEMA_VERSION, provenance
from optimizer.answers.plan_shape import ItemOut, LimitOut, ProofOut, limit_out, proof_out
from optimizer.consortium.cost_shares import RULES, bills
from optimizer.consortium.plan import Joint, JointPlan, SiteUse
from optimizer.domain.base import Frozen


class JointItemOut(Frozen):
    """One kind of server at a site."""

    start_days: int = Field(description="days of the run that are over when it begins to work")
    server: ItemOut


class SiteOut(Frozen):
    """What one site does, draws and costs."""

    site: str
    country: str
    items: tuple[JointItemOut, ...]
    accelerators: int
    work_share: float = Field(description="of the work of the run")
    cost_usd: float
    cost_terms_usd: dict[str, float]
    capital_usd: float
    peak_mw: float = Field(description="rounded up to the watt")
    energy_gwh: float
    carbon_t: float


class JointPlanOut(Frozen):
    """A verified plan of one run over one or several sites."""

    spread: Literal["domestic", "international"] | None = Field(description="null where one site does it by itself")
    efficiency: float = Field(description="what sharing leaves of the speed")
    days: int
    lead_days: int
    cost_usd: float
    team_usd: float = Field(description="posts of the team at no particular site, at the leading site's wages")
    capital_usd: float
    peak_mw: float
    energy_gwh: float
    carbon_t: float
    accelerators: int
    sites: tuple[SiteOut, ...]
    limits: tuple[LimitOut, ...]
    proof: ProofOut


class AloneOut(Frozen):
    """The whole run at one site, under its own limits."""

    site: str
    cause: str | None = Field(description="why there is no plan")
    plan: JointPlanOut | None


class BillOut(Frozen):
    """What one site pays, by rule."""

    site: str
    pays_usd: dict[str, float]
    alone_usd: float | None


class JointOut(Frozen):
    """What was found."""

    status: Literal["plan", "infeasible"]
    best: Literal["shared", "one_site"] | None
    shared: JointPlanOut | None = Field(description="the best plan in which two sites or more share the run")
    shared_proof: ProofOut
    one_site: JointPlanOut | None = Field(description="the best plan of one site for all")
    alone: tuple[AloneOut, ...]
    each_usd: float | None = Field(description="if every site trains the model by itself; null where one cannot")
    rules: dict[str, str] = Field(description="who pays what: the rules")
    bills: tuple[BillOut, ...] = Field(description="of the best plan")


class ConsortiumEnvelope(Frozen):
    """The whole answer."""

    schema_version: Literal["2"]
    inputs: dict[str, Any] = Field(description="run, total and sites as they were asked")
    settled: dict[str, Any] = Field(description="each site with every default filled in")
    assumptions: tuple[dict[str, str], ...] = Field(description="every default of the leading site")
    outputs: JointOut
    messages: tuple[str, ...]
    provenance: dict[str, Any] = Field(description="program and data")


class JointRow(Frozen):
    """One kind of server at one site of the best plan, as a row of CSV."""

    site: str = column("name of the site")
    country: str = column("country of the site")
    accelerator: str = column("accelerator id")
    precision: str = column("training precision")
    procurement: str = column("buy, rent or own")
    servers: int = column("servers", "servers")
    accelerators: int = column("accelerators", "accelerators")
    start_days: int = column("days of the run that are over when it begins to work", "days")
    days: int = column("whole days of the run", "days")
    lead_days: int = column(
        "delivery and licence time before the run, where the deadline counts from the order", "days"
    )
    policy: str = column("how the export rules treat it: free, exception, approval (a licence is needed)")
    law: str = column("the rule that lets it in")
    site_work_share: Decimal = column("of the run's work that the site does", "share")
    site_cost_usd: Decimal = column("spent at the site, rounded up; repeated in each of its rows", "USD")
    site_peak_mw: Decimal = column("peak power of the site, rounded up; repeated in each of its rows", "MW")
    total_cost_usd: Decimal = column("cost of the run over all sites, rounded up", "USD")
    proof: str = column("agreed: two runs of HiGHS agree; exhaustive; or gap: what is left is in gap")
    gap: Decimal = column("share by which a better plan may cost less", "share")


def consortium_envelope(found: Joint, messages: tuple[str, ...]) -> ConsortiumEnvelope:
    """The JSON form; the same question gives the same bytes."""
    settled, asked = found.settled, found.settled.asked
    plan = found.best
    best: Literal["shared", "one_site"] | None = None
    if plan is not None:
        best = "one_site" if plan.spread is None else "shared"
    return ConsortiumEnvelope(
        schema_version=SCHEMA_VERSION,
        inputs={
            "run": asked.run.given(),
            "total": asked.total.model_dump(mode="json", exclude_defaults=True),
            "efficiency": None if asked.efficiency is None else str(asked.efficiency),
            "sites": [
                {
                    "name": member.name,
                    "share": None if member.share is None else str(member.share),
                    **member.case.given(),
                    "phases": [phase.model_dump(mode="json", exclude_defaults=True) for phase in member.phases],
                }
                for member in asked.members
            ],
        },
        settled={place.name: place.setting.case.given() for place in settled.places},
        assumptions=tuple({"field": a.field, "value": a.value, "why": a.why} for a in settled.lead.assumed),
        outputs=JointOut(
            status="plan" if plan else "infeasible",
            best=best,
            shared=_maybe(found.shared),
            shared_proof=proof_out(found.shared_proof),
            one_site=_maybe(found.one_site),
            alone=tuple(AloneOut(site=one.place.name, cause=one.cause, plan=_maybe(one.plan)) for one in found.alone),
            each_usd=_usd(found.each_usd),
            rules=dict(RULES),
            bills=tuple(
                BillOut(
                    site=bill.name,
                    pays_usd={rule: float(rounded(usd, 2)) for rule, usd in bill.pays_usd.items()},
                    alone_usd=_usd(bill.alone_usd),
                )
                for bill in (bills(found, plan) if plan else ())
            ),
        ),
        messages=messages,
        provenance=provenance(grounds_of(settled.lead, joint_figures(plan) if plan else ())),
    )


def _usd(value: Fraction | None) -> float | None:
    return None if value is None else float(rounded(value, 2))


def _maybe(plan: JointPlan | None) -> JointPlanOut | None:
    return None if plan is None else joint_plan_out(plan)


def joint_plan_out(plan: JointPlan) -> JointPlanOut:
    """A plan in its JSON form."""
    return JointPlanOut(
        spread=plan.spread,
        efficiency=float(plan.efficiency),
        days=plan.days,
        lead_days=plan.lead_days,
        cost_usd=float(up(plan.cost_usd, 2)),
        team_usd=float(rounded(plan.team_usd, 2)),
        capital_usd=float(rounded(plan.capital_usd, 2)),
        peak_mw=float(up(plan.peak_mw, 6)),
        energy_gwh=float(rounded(plan.energy_gwh, 6)),
        carbon_t=float(rounded(plan.carbon_t, 3)),
        accelerators=plan.accelerators,
        sites=tuple(map(_site, plan.sites)),
        limits=tuple(map(limit_out, plan.limits)),
        proof=proof_out(plan.proof),
    )


def _site(site: SiteUse) -> SiteOut:
    terms = rounded_parts(site.cost_terms, 2)
    return SiteOut(
        site=site.place.name,
        country=site.place.setting.country.id,
        items=tuple(JointItemOut(start_days=j.start_days, server=ItemOut.model_validate(j.item)) for j in site.items),
        accelerators=site.accelerators,
        work_share=float(rounded(site.work_share, 6)),
        cost_usd=float(sum(terms.values())),
        cost_terms_usd={name: float(part) for name, part in terms.items()},
        capital_usd=float(rounded(site.capital_usd, 2)),
        peak_mw=float(up(site.peak_mw, 6)),
        energy_gwh=float(rounded(site.energy_gwh, 6)),
        carbon_t=float(rounded(site.carbon_t, 3)),
    )


def consortium_rows(found: Joint) -> Iterator[JointRow]:
    """One row a kind of server and site of the best plan; none where there is no plan."""
    plan = found.best
    for site in plan.sites if plan else ():
        assert plan is not None
        for joint in site.items:
            yield JointRow(
                site=site.place.name,
                country=site.place.setting.country.id,
                accelerator=joint.item.key.accelerator,
                precision=joint.item.key.precision,
                procurement=joint.item.key.procurement,
                servers=joint.item.servers,
                accelerators=joint.item.accelerators,
                start_days=joint.start_days,
                days=plan.days,
                lead_days=plan.lead_days,
                policy=joint.item.policy,
                law=joint.item.law,
                site_work_share=rounded(site.work_share, 6),
                site_cost_usd=up(site.cost_usd, 2),
                site_peak_mw=up(site.peak_mw, 6),
                total_cost_usd=up(plan.cost_usd, 2),
                proof=plan.proof.kind,
                gap=up(Fraction(plan.proof.gap), 6),
            )
