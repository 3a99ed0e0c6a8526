"""A consortium's answer as data and as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from optimizer.answers.consortium.explain_words import worth_words
from optimizer.answers.form.numbers import up
from optimizer.answers.form.shapes import (
    CellNear6,
    CellUp2,
    CellUp6,
    Cents,
    Digits,
    Extended,
    Name,
    Near2,
    Near6,
    Plain,
    Shape,
    Tonnes,
    Up2,
    Up6,
    adding,
    cell,
    entry,
    like,
)
from optimizer.answers.plan.explain import ExcludedOut, UsedOut, name_text
from optimizer.answers.plan.odds_shapes import OddsOut, odds_cells, odds_out
from optimizer.answers.plan.outputs import PartOut
from optimizer.answers.plan.row import PlanRow
from optimizer.answers.plan.shape import ItemOut, LimitOut, ProofOut
from optimizer.answers.words.common_words import part_words
from optimizer.answers.words.reason_words import group_excluded, reason_words
from optimizer.answers.words.rule_words import rule_text
from optimizer.consortium.cost_shares import SHARE_RULES, bills
from optimizer.consortium.members import Consortium
from optimizer.consortium.plan import Joint
from optimizer.domain.limits import DEADLINE
from optimizer.insight.explain_sites import JointExplanation, JointWorth
from optimizer.insight.limits.concessions import Part
from optimizer.insight.limits.of_sites import JointConcession, JointConcessions
from optimizer.uncertainty.odds import Odds

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
    carbon_t: Tonnes


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
    carbon_t: Tonnes
    accelerators: int
    sites: tuple[SiteOut, ...]
    limits: tuple[LimitOut, ...]
    proof: ProofOut


class AloneOut(Shape):
    """The whole run at one site, under its own limits, without those on all sites together."""

    site: str = entry(path="place.name")
    cause: str | None = entry("why there is no plan")
    plan: JointPlanOut | None
    breaks: tuple[Name, ...] = entry("limits on all sites together that the plan does not satisfy", default=())


class BillOut(Shape):
    """What one site pays, by rule."""

    site: str = entry(path="name")
    pays_usd: dict[str, Near2]
    alone_usd: Up2 | None


class JointConcessionOut(PartOut):
    """The value of one limit that alone would do."""

    is_least: bool = entry("whether it is proven that no lower value is enough")
    words: str
    plan: JointPlanOut | None = entry("one plan then; it need not be the cheapest. Null for a limit of the data")
    _added = adding(Part, words=part_words)


class JointWorthOut(Shape):
    """The consortium with one thing changed, solved again."""

    kind: Literal["more", "without", "both", "all", "only"]
    name: Annotated[str, BeforeValidator(name_text)] = entry(
        "the limit (of both: two, with + between them); or the accelerator that alone may be used"
    )
    asked: Plain | None = entry("the current bound")
    value: Digits | None = entry("the bound that was tried, a decimal; null if the limit was removed")
    status: Literal["plan", "infeasible", "not determined"] = entry(
        "not determined: the time was over before there was a plan, or before this was tried", path="state"
    )
    proven: bool = entry("whether it is proven that no plan saves more")
    saving: Near2 | None = entry("reduction of the objective, in USD, days, kW, kWh or g")
    saving_usd: Near2 | None = entry("reduction of the cost")
    most_saving: Near2 | None = entry(
        "if not proven: the saving is at most this, by one run that was stopped", path="most"
    )
    same: bool = entry("whether the plan stays as it is")
    words: str
    plan: JointPlanOut | None
    _added = adding(JointWorth, words=worth_words)


class JointStandingOut(UsedOut):
    """A limit of a site or of all, what the plan uses of it, and the plan without it."""

    without: JointWorthOut


class ExcludedAtOut(ExcludedOut):
    """Accelerators that a site cannot have, for one reason."""

    site: str


class JointExplanationOut(Shape):
    """Why the plan is as it is: its limits, what each is worth, and the accelerators that it does not have."""

    limits: tuple[JointStandingOut, ...] = entry(path="standings")
    binding_pairs: tuple[JointWorthOut, ...] = entry(
        "two limits that bind together: without both, the plan is better than without either alone", path="pairs"
    )
    pairs_not_determined: tuple[Annotated[str, BeforeValidator(name_text)], ...] = entry(path="pairs_open")
    without_limits: JointWorthOut | None = entry(path="together")
    worth: tuple[JointWorthOut, ...] = entry("each limit raised alone")
    only: tuple[JointWorthOut, ...] = entry("each accelerator that is not in the plan, used alone", path="others")
    excluded: tuple[ExcludedAtOut, ...] = entry("accelerators that a site cannot have")


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
    odds: OddsOut | None = entry("of the best plan; null where no figure has a range", default=None)
    cause: str | None = entry("why there is no plan", default=None)
    concessions: tuple[JointConcessionOut, ...] = entry("limits that alone would have to give", default=())
    undetermined: tuple[Name, ...] = entry(
        "limits of which it is not known whether more of each alone is enough", default=()
    )
    explanation: JointExplanationOut | None = entry("why the plan is as it is, if that was asked", default=None)


class JointRow(Shape):
    """One kind of server at one site of the best plan; without a plan a site, and what would be needed."""

    site: str = entry("name of the site", path="at.place.name")
    country: str = entry("country of the site", path="at.place.setting.country.id")
    accelerator: str | None = cell("accelerator id", path="server.item.key.accelerator")
    precision: str | None = cell("training precision", path="server.item.key.precision")
    procurement: str | None = cell("buy, rent or own", path="server.item.key.procurement")
    servers: int | None = cell("servers", "servers", path="server.item.servers")
    accelerators: int | None = cell("accelerators", "accelerators", path="server.item.accelerators")
    start_days: int = entry(
        "days of the run before it starts work; without a plan: before the limits of the site are needed as stated",
        "days",
        path="server.start_days",
    )
    days: int | None = cell("whole days of the run", "days", path="plan.days")
    lead_days: int | None = cell(
        "delivery and licence time before the run, where the deadline counts from the order",
        "days",
        path="plan.lead_days",
    )
    policy: str | None = cell(
        "how the export rules treat it: free, exception, approval (a licence is needed)", path="server.item.policy"
    )
    law: Annotated[str | None, BeforeValidator(lambda item: item and rule_text(item))] = cell(
        "the rule that allows the import", path="server.item"
    )
    site_work_share: CellNear6 | None = cell(
        "share of the run's work that the site does", "share", path="at.work_share"
    )
    site_cost_usd: CellUp2 | None = cell(
        "spent at the site, rounded up; repeated in each of its rows", "USD", path="at.cost_usd"
    )
    site_peak_mw: CellUp6 | None = cell(
        "peak power of the site, rounded up; repeated in each of its rows", "MW", path="at.peak_mw"
    )
    total_cost_usd: CellUp2 | None = cell("cost of the run over all sites, rounded up", "USD", path="plan.cost_usd")
    expected_cost_usd: Decimal | None = like(PlanRow, "expected_cost_usd")
    cost_p10_usd: Decimal | None = like(PlanRow, "cost_p10_usd")
    cost_p50_usd: Decimal | None = like(PlanRow, "cost_p50_usd")
    cost_p90_usd: Decimal | None = like(PlanRow, "cost_p90_usd")
    met_share: Decimal | None = like(PlanRow, "met_share")
    proof: str = entry(
        "agreed: two runs of HiGHS agree; exhaustive; or gap: the remaining gap is in the column gap", path="proof.kind"
    )
    gap: CellUp6 = entry("a better plan may cost less by at most this share", "share")
    status: Literal["plan", "infeasible"] = entry("plan; or infeasible: it is proven that there is none")
    cause: str | None = like(PlanRow, "cause")
    reason: str | None = cell("without a plan: why, and what alone would be enough")
    needed_max_mw: Decimal | None = cell("infeasible: the smallest grid limit of the site that is enough", "MW")
    needed_max_tpp: Decimal | None = cell("infeasible: the smallest TPP cap of the site that is enough", "TPP")
    needed_max_accelerators: int | None = cell(
        "infeasible: the smallest number of accelerators at the site that is enough", "accelerators"
    )
    needed_deadline_days: int | None = like(PlanRow, "needed_deadline_days")
    needed_total_budget_usd: Decimal | None = cell(
        "infeasible: the smallest budget of all sites together that is enough", "USD"
    )
    needed_total_max_energy_gwh: Decimal | None = cell(
        "infeasible: the smallest energy limit on all sites together that is enough", "GWh"
    )
    needed_total_max_carbon_t: Decimal | None = cell(
        "infeasible: the smallest carbon limit on all sites together that is enough", "tCO2e"
    )
    needed_total_max_capital_usd: Decimal | None = cell(
        "infeasible: the smallest limit on bought hardware of all sites together that is enough", "USD"
    )
    needed_total_max_tpp: Decimal | None = cell(
        "infeasible: the smallest TPP cap on all sites together that is enough", "TPP"
    )
    needed_total_max_accelerators: int | None = cell(
        "infeasible: the smallest number of accelerators at all sites together that is enough", "accelerators"
    )


def outputs(
    found: Joint, needs: JointConcessions | None, odds: Odds | None, why: JointExplanation | None = None
) -> ConsortiumOut:
    """The answer as data; ``needs`` where there is no plan, ``why`` where it was asked."""
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
            "odds": odds_out(odds),
            "cause": needs.cause if needs else None,
            "concessions": needs.given if needs else (),
            "undetermined": needs.undetermined if needs else (),
            "explanation": None if why is None else Extended(why, excluded=_excluded(why)),
        }
    )


def _excluded(why: JointExplanation) -> Iterator[Extended]:
    """What each site cannot have, those with the same reason together."""
    for site, out in why.excluded.items():
        yield from (Extended(group, site=site) for group in group_excluded(out))


def rows(found: Joint, needs: JointConcessions | None, odds: Odds | None = None) -> Iterator[JointRow]:
    """One row a kind of server and site of the best plan; without one, what is needed: a row a site, and one for each
    later day from which on a limit of the site is needed."""
    if plan := found.best:
        gap, cells = Fraction(plan.proof.gap), odds_cells(odds)
        for site in plan.sites:
            for joint in site.items:
                of_plan = Extended(plan, plan=plan, at=site, server=joint, gap=gap, status="plan", **cells)
                yield JointRow.model_validate(of_plan)
        return
    given = needs.given if needs else ()
    why = None if needs is None else needs.reason
    shared = {"proof": found.shared_proof, "gap": Fraction(0), "status": "infeasible", "reason": reason_words(why)}
    shared["cause"] = None if why is None else why.cause
    for place in found.settled.places:
        own = [one for one in given if one.limit.site == place.name]
        for day in dict.fromkeys((0, *(one.limit.from_day or 0 for one in own))):
            here = [one for one in given if one.limit.site is None or (one in own and (one.limit.from_day or 0) == day)]
            at, server = Extended(None, place=place), Extended(None, start_days=day)
            yield JointRow.model_validate(Extended(None, at=at, server=server, **shared, **dict(_needed_cells(here))))


def _needed_cells(given: Iterable[JointConcession]) -> Iterator[tuple[str, Decimal]]:
    """The columns of what is needed."""
    for one in given:
        kind = one.limit.described
        if kind.decimals is None:
            continue
        own = one.limit.site or one.limit == DEADLINE
        name = kind.needed_column if own else f"needed_total_{kind.field}"
        yield name, up(Fraction(one.needed), kind.decimals)


def inputs_of(asked: Consortium) -> dict[str, Any]:
    """A consortium as it was asked, from which :func:`optimizer.answers.readback.check.check` asks it again."""
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
