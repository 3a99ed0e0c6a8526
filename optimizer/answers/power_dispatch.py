"""The hours of what feeds a plan, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from optimizer.answers.numbers import round_half_even
from optimizer.answers.shapes import Shape, entry
from optimizer.power.plan import PowerPlan


class HourRow(Shape):
    """An hour of a day type: mean power in the hour, kW."""

    day: int = entry("number of the day type, from 1")
    weight: Decimal = entry("share of the days of the run", "share")
    months: str = entry("the months whose days it stands for, joined by ;")
    hour: int = entry("hour of the day: 0 is from 0:00 to 1:00", "h")
    grid: int = entry("1 where the grid is there")
    price_usd_per_kwh: Decimal = entry("price of the grid", "USD/kWh")
    own_kw: Decimal = entry("what sun and wind could give", "kW")
    imported_kw: Decimal = entry("from the grid", "kW")
    generated_kw: Decimal = entry("from the genset", "kW")
    charged_kw: Decimal = entry("into the battery", "kW")
    discharged_kw: Decimal = entry("out of the battery", "kW")
    stored_kwh: Decimal = entry("in the battery when the hour begins", "kWh")
    sold_kw: Decimal = entry("to the grid", "kW")
    drawn_kw: Decimal = entry("by the servers", "kW")
    spilled_kw: Decimal = entry("taken by nobody", "kW")
    working_share: Decimal = entry("part of the fleet in use that is at work", "share")
    speed: Decimal = entry("its mean speed over full speed", "share")


def hour_rows(plan: PowerPlan) -> Iterator[HourRow]:
    """Every hour of every day type."""
    site, found = plan.site, plan.fed.dispatch
    sun, wind = found.capacities["pv"] + found.capacities["ppa"], found.capacities["wind"]
    for number, (day, kind) in enumerate(zip(found.days, site.days, strict=True), 1):
        for place, hour in enumerate(day):
            own = sun * kind.pv[place] + wind * kind.wind[place]
            drawn = hour.drawn(site.states)
            speed = sum((rate * part for (_, rate), part in zip(site.states, hour.at_work, strict=True)), Fraction(0))
            came = own + hour.imported + hour.generated + hour.discharged
            yield HourRow(
                day=number,
                weight=round_half_even(kind.weight, 6),
                months=";".join(map(str, kind.months)),
                hour=place,
                grid=int(kind.up[place]),
                price_usd_per_kwh=round_half_even(kind.price_usd_per_kwh[place], 6),
                own_kw=round_half_even(own, 3),
                imported_kw=round_half_even(hour.imported, 3),
                generated_kw=round_half_even(hour.generated, 3),
                charged_kw=round_half_even(hour.charged, 3),
                discharged_kw=round_half_even(hour.discharged, 3),
                stored_kwh=round_half_even(hour.stored, 3),
                sold_kw=round_half_even(hour.sold, 3),
                drawn_kw=round_half_even(drawn, 3),
                spilled_kw=round_half_even(came - hour.charged - drawn - hour.sold, 3),
                working_share=round_half_even(hour.working / found.fleet_kw, 6),
                speed=round_half_even(speed / hour.working if hour.working else Fraction(0), 6),
            )
