"""Plans with flags of Power as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator

from optimizer.answers.form.shapes import (
    Cents,
    Exact,
    Extended,
    Found,
    Near1,
    Near2,
    Near3,
    Near6,
    Shape,
    Up2,
    adding,
    entry,
)
from optimizer.answers.plan.outputs import PartOut
from optimizer.answers.plan.shape import UseOut
from optimizer.answers.power.words import outcome_words, power_plan_words, runs_words
from optimizer.answers.words.common_words import part_words, plan_words
from optimizer.insight.limits.concessions import Part
from optimizer.insight.limits.of_supply import FedConcession
from optimizer.plans.outcome import Plan
from optimizer.power.answer import PowerAnswer, Relief
from optimizer.power.plan import NotFed, PowerPlan
from optimizer.power.site import ASSETS
from optimizer.power.ways import WayName, WaysToFeed
from optimizer.units import KW_PER_MW


class HourOut(Shape):
    """What flows in an hour, kW: exact decimals."""

    imported: Exact
    generated: Exact
    charged: Exact
    discharged: Exact
    stored_kwh: Exact = entry("state of charge when the hour begins, kWh; an exact fraction", path="stored")
    at_work: tuple[Exact, ...] = entry("the part of the fleet in each power state, kW of draw at full speed")
    sold: Exact = entry("to the grid, of what sun and wind give", default="0")


class DayOut(Shape):
    """A day type and its hours."""

    weight: Exact = entry("share of the days of the run")
    months: tuple[int, ...]
    hours: tuple[HourOut, ...]


class PowerPlanOut(Shape):
    """A plan and what feeds it."""

    accelerator: str = entry(path="item.key.accelerator")
    precision: str = entry(path="item.key.precision")
    procurement: str = entry(path="item.key.procurement")
    option: str = entry("the option by its whole name", path="item.key.name")
    servers: int = entry(path="item.servers")
    accelerators: int = entry(path="item.accelerators")
    days: int
    lead_days: int
    cost_usd: Up2 = entry("total", "USD")
    cost_terms: Cents = entry("named parts, to the cent; they add up", "USD")
    proof_gap_usd: Near6 = entry("no plan costs less by more than this", "USD", path="gap_usd")
    supply_usd: Near2 = entry("cost of the supply to this run", "USD", path="fed.supply_usd")
    supply_cash_usd: Near2 = entry("what must be found to build it, on any basis", "USD")
    supply_usd_per_mwh: Near3 = entry("for a MWh that the servers draw", "USD/MWh")
    supply_basis: str = entry(path="site.basis")
    capacities_kw: dict[str, float] = entry("what is built, kW (battery: kWh)")
    peak_mw: Near6 = entry("peak of all servers", "MW")
    energy_gwh: Near6
    carbon_t: Near3
    renewable_share: Near6 = entry("share of sun and wind in the energy taken")
    grid_share: Near6 = entry("share of it that is imported")
    fuel_share: Near6
    work_share: Near6 = entry("share of its days for which the fleet works, by its speed", path="utilisation")
    diesel_litres: Near1 = entry(path="litres")
    sold_mwh: Near3 = entry("sold to the grid; what it brings is the cost term sold", "MWh", default=0.0)
    limits: tuple[UseOut, ...] = entry(
        "every limit of the case and what the plan uses of it; of the grid its contract, where the site has one",
        default=(),
    )
    words: str

    _added = adding(
        PowerPlan,
        capacities_kw=lambda plan: {name: float(kw) for name in ASSETS if (kw := plan.fed.dispatch.capacities[name])},
        renewable_share=lambda plan: plan.flows.own_used / plan.flows.supplied,
        grid_share=lambda plan: plan.flows.imported / plan.flows.supplied,
        fuel_share=lambda plan: plan.flows.generated / plan.flows.supplied,
        sold_mwh=lambda plan: plan.flows.sold * plan.days / KW_PER_MW,
        words=lambda plan: f"{power_plan_words(plan)}; {runs_words(plan)}",
    )


PowerPlanIfAny = Annotated[PowerPlanOut | None, BeforeValidator(lambda it: None if isinstance(it, NotFed) else it)]
"""The plan of an outcome as a field of another shape; null where it is proven that there is none."""
OutcomeWords = Annotated[str, BeforeValidator(lambda it: it if isinstance(it, str) else outcome_words(it))]
"""An outcome in words."""
_Rented = Annotated[str | None, BeforeValidator(lambda it: plan_words(it) if isinstance(it, Plan) else it)]


class DispatchOut(Shape):
    """The dispatch in exact figures: with the case and the data, all that a check needs."""

    fleet_kw: Exact = entry("the part of the fleet that is in use")
    midnight_kwh: Exact
    capacities: dict[str, Exact]
    days: tuple[DayOut, ...]


class FedConcessionOut(PartOut):
    """The value of one limit that alone would do; hardly less would."""

    words: str
    plan: PowerPlanOut
    _added = adding(Part, words=part_words)


class PowerAnswerOut(Shape):
    """What was found."""

    status: Found = entry(path="plan")
    plan: PowerPlanOut | None
    dispatch: DispatchOut | None
    other_supply_basis: PowerPlanIfAny
    other_hardware_basis: PowerPlanIfAny
    outage_hours_a_day: Near6 = entry(path="ready.site.outage_hours_a_day")
    outages_usd: Near2 | None = entry(
        "what the outages cost this run against a grid that never fails", path="outage_usd"
    )
    outage_hour_usd: Near2 | None = entry("the same for each hour of outage a day")
    no_sale: PowerPlanIfAny = entry("the best plan where nothing is sold; none where nothing is anyway")
    rented: _Rented = entry("the best plan with rented servers, on their owner's supply, in words")
    reliefs: dict[Relief, PowerPlanOut] = entry("what alone would let the site be fed, and the plan then")
    concessions: tuple[FedConcessionOut, ...] = entry(
        "what each limit alone would have to be, to 0.1 %, and the plan then", default=()
    )


class FedSoOut(Shape):
    """A way to feed the site."""

    way: WayName = entry(path="name")
    status: Found = entry(path="plan")
    words: OutcomeWords = entry(path="outcome")
    more_than_today_usd: Near2 | None = entry("against a grid that never fails; below 0: less")
    plan: PowerPlanOut | None


class WaysToFeedOut(Shape):
    """The ways, next to each other."""

    ways: tuple[FedSoOut, ...]
    outage_hours_a_day: Near6 = entry(path="ready.site.outage_hours_a_day")
    outage_hour_usd: Near2 | None
    rented: _Rented = entry("the best plan with rented servers, on their owner's supply, in words")


def answer_out(answer: PowerAnswer, needs: Sequence[FedConcession] = ()) -> PowerAnswerOut:
    """The answer to a case with flags of Power as data; ``needs`` where there is no plan."""
    dispatch = _dispatch_out(answer.plan) if answer.plan else None
    return PowerAnswerOut.model_validate(Extended(answer, dispatch=dispatch, concessions=tuple(needs)))


def _dispatch_out(plan: PowerPlan) -> DispatchOut:
    """A dispatch in exact figures."""
    found = plan.fed.dispatch
    days = tuple(Extended(kind, hours=day) for day, kind in zip(found.days, plan.site.days, strict=True))
    return DispatchOut.model_validate(Extended(found, days=days))


def ways_out(found: WaysToFeed) -> WaysToFeedOut:
    """The ways to feed a site as data."""
    today = found.today
    ways = tuple(
        Extended(way, more_than_today_usd=way.plan.cost_usd - today.cost_usd if way.plan and today else None)
        for way in found.ways
    )
    return WaysToFeedOut.model_validate(Extended(found, ways=ways))
