"""A consortium's answer as data and as rows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from optimizer.answers.plan_shape import ItemOut, LimitOut, ProofOut
from optimizer.answers.rule_words import rule_text
from optimizer.answers.shapes import (
    CellNear6,
    CellUp2,
    CellUp6,
    Cents,
    Near2,
    Near6,
    Plain,
    Shape,
    Up2,
    Up3,
    Up6,
    entry,
)
from optimizer.consortium.cost_shares import SHARE_RULES, bills
from optimizer.consortium.members import Consortium
from optimizer.consortium.plan import Joint, JointItem, JointPlan, SiteUse
from optimizer.units.records import dataclass

_RULE_WORDS = {
    "host": "each site pays what is spent there, and the leading site also pays the team",
    "equal": "all sites pay the same, used or not",
    "alone": "in proportion to what each would pay alone",
    "agreed": "by agreed shares",
}


class JointItemOut(Shape):
    """One kind of server at a site."""

    start_days: int = entry("days of the run before it starts work")
    server: ItemOut = entry(path="item")


class SiteOut(Shape):
    """What one site does, draws and costs."""

    site: str = entry(path="place.name")
    country: str = entry(path="place.setting.country.id")
    items: tuple[JointItemOut, ...]
    accelerators: int
    work_share: Near6 = entry("share of the work of the run")
    cost_usd: Up2
    cost_terms_usd: Cents = entry(path="cost_terms")
    capital_usd: Up2
    peak_mw: Up6 = entry("rounded up to the watt")
    energy_gwh: Up6
    carbon_t: Up3


class JointPlanOut(Shape):
    """A verified plan of one run over one or several sites."""

    spread: Literal["domestic", "international"] | None = entry("null if one site runs alone")
    efficiency: Plain = entry("share of the speed that remains when sites share the run")
    days: int
    lead_days: int
    cost_usd: Up2
    team_usd: Near2 = entry("staff not tied to a site, at the leading site's wages")
    capital_usd: Up2
    peak_mw: Up6
    energy_gwh: Up6
    carbon_t: Up3
    accelerators: int
    sites: tuple[SiteOut, ...]
    limits: tuple[LimitOut, ...]
    proof: ProofOut


class AloneOut(Shape):
    """The whole run at one site, under its own limits."""

    site: str = entry(path="place.name")
    cause: str | None = entry("why there is no plan")
    plan: JointPlanOut | None


class BillOut(Shape):
    """What one site pays, by rule."""

    site: str = entry(path="name")
    pays_usd: dict[str, Near2]
    alone_usd: Up2 | None


class ConsortiumOut(Shape):
    """What was found."""

    status: Literal["plan", "infeasible"]
    best: Literal["shared", "one_site"] | None
    shared: JointPlanOut | None = entry("the best plan in which two or more sites share the run")
    shared_proof: ProofOut
    one_site: JointPlanOut | None = entry("the best plan of one site for all")
    alone: tuple[AloneOut, ...]
    each_usd: Up2 | None = entry("if every site trains the model alone; null if one cannot")
    rules: dict[str, str] = entry("who pays what: the rules")
    bills: tuple[BillOut, ...] = entry("of the best plan")


class JointRow(Shape):
    """One kind of server at one site of the best plan."""

    site: str = entry("name of the site", path="at.place.name")
    country: str = entry("country of the site", path="at.place.setting.country.id")
    accelerator: str = entry("accelerator id", path="server.item.key.accelerator")
    precision: str = entry("training precision", path="server.item.key.precision")
    procurement: str = entry("buy, rent or own", path="server.item.key.procurement")
    servers: int = entry("servers", "servers", path="server.item.servers")
    accelerators: int = entry("accelerators", "accelerators", path="server.item.accelerators")
    start_days: int = entry("days of the run before it starts work", "days", path="server.start_days")
    days: int = entry("whole days of the run", "days", path="plan.days")
    lead_days: int = entry(
        "delivery and licence time before the run, where the deadline counts from the order",
        "days",
        path="plan.lead_days",
    )
    policy: str = entry(
        "how the export rules treat it: free, exception, approval (a licence is needed)", path="server.item.policy"
    )
    law: Annotated[str, BeforeValidator(rule_text)] = entry("the rule that allows the import", path="server.item")
    site_work_share: CellNear6 = entry("share of the run's work that the site does", "share", path="at.work_share")
    site_cost_usd: CellUp2 = entry(
        "spent at the site, rounded up; repeated in each of its rows", "USD", path="at.cost_usd"
    )
    site_peak_mw: CellUp6 = entry(
        "peak power of the site, rounded up; repeated in each of its rows", "MW", path="at.peak_mw"
    )
    total_cost_usd: CellUp2 = entry("cost of the run over all sites, rounded up", "USD", path="plan.cost_usd")
    proof: str = entry(
        "agreed: two runs of HiGHS agree; exhaustive; or gap: the remaining gap is in the column gap",
        path="plan.proof.kind",
    )
    gap: CellUp6 = entry("a better plan may cost less by at most this share", "share")


@dataclass(frozen=True)
class _Placed:
    """A kind of server in its place in a plan: what a row is read from."""

    plan: JointPlan
    at: SiteUse
    server: JointItem

    @property
    def gap(self) -> Fraction:
        """Of the proof of the plan."""
        return Fraction(self.plan.proof.gap)


def outputs(found: Joint) -> ConsortiumOut:
    """The answer as data."""
    plan = found.best
    best: Literal["shared", "one_site"] | None = None
    if plan is not None:
        best = "one_site" if plan.spread is None else "shared"
    return ConsortiumOut.model_validate(
        {
            "status": "plan" if plan else "infeasible",
            "best": best,
            "shared": found.shared,
            "shared_proof": found.shared_proof,
            "one_site": found.one_site,
            "alone": found.alone,
            "each_usd": found.each_usd,
            "rules": {rule: _RULE_WORDS[rule] for rule in SHARE_RULES},
            "bills": bills(found, plan) if plan else (),
        }
    )


def rows(found: Joint) -> Iterator[JointRow]:
    """One row a kind of server and site of the best plan; none where there is no plan."""
    plan = found.best
    for site in plan.sites if plan else ():
        assert plan is not None
        for joint in site.items:
            yield JointRow.model_validate(_Placed(plan, site, joint))


def inputs_of(asked: Consortium) -> dict[str, Any]:
    """A consortium as it was asked, from which :func:`optimizer.answers.readback.check` asks it again."""
    return {
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
    }
