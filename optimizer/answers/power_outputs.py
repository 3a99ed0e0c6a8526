"""Plans with power words as data."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from optimizer.answers.numbers import round_half_even, round_parts
from optimizer.answers.power_words import outcome_words, power_plan_words, runs_words
from optimizer.answers.shapes import Shape, entry
from optimizer.answers.words import plan_words
from optimizer.power.answer import PowerAnswer, Relief
from optimizer.power.plan import PowerOutcome, PowerPlan
from optimizer.power.site import ASSETS
from optimizer.power.ways import WayName, WaysToFeed
from optimizer.units import KW_PER_MW


class HourOut(Shape):
    """What flows in an hour, kW: exact decimals."""

    imported: str
    generated: str
    charged: str
    discharged: str
    stored_kwh: str = entry("state of charge when the hour begins, kWh; an exact fraction")
    at_work: tuple[str, ...] = entry("the part of the fleet in each power state, kW of draw at full speed")
    sold: str = entry("to the grid, of what sun and wind give", default="0")


class DayOut(Shape):
    """A day type and its hours."""

    weight: str = entry("share of the days of the run")
    months: tuple[int, ...]
    hours: tuple[HourOut, ...]


class PowerPlanOut(Shape):
    """A plan and what feeds it."""

    accelerator: str
    precision: str
    procurement: str
    option: str = entry("the option by its whole name")
    servers: int
    accelerators: int
    days: int
    lead_days: int
    cost_usd: float = entry("total", "USD")
    cost_terms: dict[str, float] = entry("named parts, to the cent; they add up", "USD")
    proof_gap_usd: float = entry("no plan costs less by more than this", "USD")
    supply_usd: float = entry("cost of the supply to this run", "USD")
    supply_cash_usd: float = entry("what must be found to build it, on any basis", "USD")
    supply_usd_per_mwh: float = entry("for a MWh that the servers draw", "USD/MWh")
    supply_basis: str
    capacities_kw: dict[str, float] = entry("what is built, kW (battery: kWh)")
    peak_mw: float = entry("peak of all servers", "MW")
    energy_gwh: float
    carbon_t: float
    renewable_share: float = entry("share of sun and wind in the energy taken")
    grid_share: float = entry("share of it that is imported")
    fuel_share: float
    work_share: float = entry("share of its days for which the fleet works, by its speed")
    diesel_litres: float
    sold_mwh: float = entry("sold to the grid; what it brings is the cost term sold", "MWh", default=0.0)
    words: str


class DispatchOut(Shape):
    """The dispatch in exact figures: with the case and the data, all that a check needs."""

    fleet_kw: str = entry("the part of the fleet that is in use")
    midnight_kwh: str
    capacities: dict[str, str]
    days: tuple[DayOut, ...]


class PowerAnswerOut(Shape):
    """What was found."""

    status: Literal["plan", "infeasible"]
    plan: PowerPlanOut | None
    dispatch: DispatchOut | None
    other_supply_basis: PowerPlanOut | None
    other_hardware_basis: PowerPlanOut | None
    outage_hours_a_day: float
    outages_usd: float | None = entry("what the outages cost this run against a grid that never fails")
    outage_hour_usd: float | None = entry("the same for each hour of outage a day")
    no_sale: PowerPlanOut | None = entry("the best plan where nothing is sold; none where nothing is anyway")
    rented: str | None = entry("the best plan with rented servers, on their owner's supply, in words")
    reliefs: dict[Relief, PowerPlanOut] = entry("what alone would let the site be fed, and the plan then")


class FedSoOut(Shape):
    """A way to feed the site."""

    way: WayName
    status: Literal["plan", "infeasible"]
    words: str
    more_than_today_usd: float | None = entry("against a grid that never fails; below 0: less")
    plan: PowerPlanOut | None


class WaysToFeedOut(Shape):
    """The ways beside each other."""

    ways: tuple[FedSoOut, ...]
    outage_hours_a_day: float
    outage_hour_usd: float | None
    rented: str | None = entry("the best plan with rented servers, on their owner's supply, in words")


def power_plan_out(plan: PowerPlan) -> PowerPlanOut:
    """A plan as data."""
    key, energy, size = plan.item.key, plan.flows, plan.fed.dispatch.capacities
    return PowerPlanOut(
        accelerator=key.accelerator,
        precision=key.precision,
        procurement=key.procurement,
        option=key.name,
        servers=plan.item.servers,
        accelerators=plan.item.accelerators,
        days=plan.days,
        lead_days=plan.lead_days,
        cost_usd=float(sum(round_parts(plan.cost_terms, 2).values())),
        cost_terms={name: float(usd) for name, usd in round_parts(plan.cost_terms, 2).items()},
        proof_gap_usd=near(plan.gap_usd, 6),
        supply_usd=near(plan.fed.supply_usd, 2),
        supply_cash_usd=near(plan.supply_cash_usd, 2),
        supply_usd_per_mwh=near(plan.supply_usd_per_mwh, 3),
        supply_basis=plan.site.basis,
        capacities_kw={name: float(size[name]) for name in ASSETS if size[name]},
        peak_mw=near(plan.peak_kw / KW_PER_MW, 6),
        energy_gwh=near(plan.energy_kwh / 10**6, 6),
        carbon_t=near(plan.carbon_kg / 1000, 3),
        renewable_share=near(energy.own_used / energy.supplied, 6),
        grid_share=near(energy.imported / energy.supplied, 6),
        fuel_share=near(energy.generated / energy.supplied, 6),
        work_share=near(plan.utilisation, 6),
        diesel_litres=near(plan.litres, 1),
        sold_mwh=near(energy.sold * plan.days / KW_PER_MW, 3),
        words=f"{power_plan_words(plan)}; {runs_words(plan)}",
    )


def near(value: Fraction, decimals: int) -> float:
    """A fraction to so many decimals."""
    return float(round_half_even(value, decimals))


def exact_text(value: Fraction) -> str:
    """A fraction as text, whole if it is."""
    return str(value)


def dispatch_out(plan: PowerPlan) -> DispatchOut:
    """A dispatch in exact figures."""
    found = plan.fed.dispatch
    return DispatchOut(
        fleet_kw=exact_text(found.fleet_kw),
        midnight_kwh=exact_text(found.midnight_kwh),
        capacities={name: exact_text(size) for name, size in found.capacities.items()},
        days=tuple(
            DayOut(
                weight=exact_text(kind.weight),
                months=kind.months,
                hours=tuple(
                    HourOut(
                        imported=exact_text(hour.imported),
                        generated=exact_text(hour.generated),
                        charged=exact_text(hour.charged),
                        discharged=exact_text(hour.discharged),
                        stored_kwh=exact_text(hour.stored),
                        at_work=tuple(map(exact_text, hour.at_work)),
                        sold=exact_text(hour.sold),
                    )
                    for hour in day
                ),
            )
            for day, kind in zip(found.days, plan.site.days, strict=True)
        ),
    )


def _maybe(outcome: PowerOutcome | None) -> PowerPlanOut | None:
    return power_plan_out(outcome) if isinstance(outcome, PowerPlan) else None


def answer_out(answer: PowerAnswer) -> PowerAnswerOut:
    """The answer to a case with power words as data."""
    plan = answer.plan
    return PowerAnswerOut(
        status="plan" if plan else "infeasible",
        plan=_maybe(answer.outcome),
        dispatch=dispatch_out(plan) if plan else None,
        other_supply_basis=_maybe(answer.other_supply_basis),
        other_hardware_basis=_maybe(answer.other_hardware_basis),
        outage_hours_a_day=near(answer.ready.site.outage_hours_a_day, 6),
        outages_usd=None if answer.outage_usd is None else near(answer.outage_usd, 2),
        outage_hour_usd=None if answer.outage_hour_usd is None else near(answer.outage_hour_usd, 2),
        no_sale=_maybe(answer.no_sale),
        rented=plan_words(answer.rented) if answer.rented else None,
        reliefs={name: power_plan_out(found) for name, found in answer.reliefs.items()},
    )


def ways_out(found: WaysToFeed) -> WaysToFeedOut:
    """The ways to feed a site as data."""
    today, hour = found.today, found.outage_hour_usd
    return WaysToFeedOut(
        ways=tuple(
            FedSoOut(
                way=way.name,
                status="plan" if way.plan else "infeasible",
                words=outcome_words(way.outcome),
                more_than_today_usd=near(way.plan.cost_usd - today.cost_usd, 2) if way.plan and today else None,
                plan=_maybe(way.outcome),
            )
            for way in found.ways
        ),
        outage_hours_a_day=near(found.ready.site.outage_hours_a_day, 6),
        outage_hour_usd=None if hour is None else near(hour, 2),
        rented=plan_words(found.rented) if found.rented else None,
    )
