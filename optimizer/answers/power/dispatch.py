"""The hours of what feeds a plan, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from optimizer.answers.form.shapes import CellNear3, CellNear6, Extended, Shape, entry
from optimizer.power.plan import PowerPlan


class HourRow(Shape):
    """An hour of a day type: mean power in the hour, kW."""

    day: int = entry("number of the day type, from 1")
    weight: CellNear6 = entry("share of the days of the run", "share")
    months: str = entry("the months whose days it stands for, joined by ;")
    hour: int = entry("hour of the day: 0 is from 0:00 to 1:00", "h")
    grid: int = entry("1 where the grid is there")
    price_usd_per_kwh: CellNear6 = entry("price of the grid", "USD/kWh")
    own_kw: CellNear3 = entry("what sun and wind could give", "kW")
    imported_kw: CellNear3 = entry("from the grid", "kW", path="imported")
    generated_kw: CellNear3 = entry("from the genset", "kW", path="generated")
    charged_kw: CellNear3 = entry("into the battery", "kW", path="charged")
    discharged_kw: CellNear3 = entry("from the battery", "kW", path="discharged")
    stored_kwh: CellNear3 = entry("in the battery when the hour begins", "kWh", path="stored")
    sold_kw: CellNear3 = entry("to the grid", "kW", path="sold")
    drawn_kw: CellNear3 = entry("by the servers", "kW")
    spilled_kw: CellNear3 = entry("taken by nobody", "kW")
    working_share: CellNear6 = entry("part of the fleet in use that is at work", "share")
    speed: CellNear6 = entry("its mean speed over full speed", "share")


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
            derived = Extended(
                hour,
                day=number,
                weight=kind.weight,
                months=";".join(map(str, kind.months)),
                hour=place,
                grid=int(kind.up[place]),
                price_usd_per_kwh=kind.price_usd_per_kwh[place],
                own_kw=own,
                drawn_kw=drawn,
                spilled_kw=came - hour.charged - drawn - hour.sold,
                working_share=hour.working / found.fleet_kw,
                speed=speed / hour.working if hour.working else Fraction(0),
            )
            yield HourRow.model_validate(derived)
