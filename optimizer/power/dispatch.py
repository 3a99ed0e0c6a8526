"""A dispatch in exact figures: every hour again, so that the plan can be carried out and checked without a tolerance.

Capacities are whole kW and kWh. Discharge is rounded down, the state of charge follows and is held within the store;
what the balance then lacks is imported, else generated, else that hour is throttled slightly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.feed import HOURS_A_DAY
from optimizer.power.columns import MIDNIGHT, Columns
from optimizer.power.site import ASSETS, ZERO, AssetName, PowerSite
from optimizer.units.records import dataclass

Floats = NDArray[np.float64]
STEP = 10**9
"""Flows are whole multiples of 1 / STEP kW, but for what is imported: it is what is lacking."""
NOTHING = 1e-6
"""A capacity or a flow below it is one of rounding, kW."""


@dataclass(frozen=True)
class Hour:
    """What flows in an hour, kW; the state of charge is that at its beginning, kWh."""

    imported: Fraction
    generated: Fraction
    charged: Fraction
    discharged: Fraction
    stored: Fraction
    at_work: tuple[Fraction, ...]
    """The part of the fleet in each power state, kW of draw at full speed."""
    sold: Fraction = ZERO
    """To the grid: of what sun and wind give, never in an hour with import."""

    @property
    def working(self) -> Fraction:
        """The part of the fleet that is at work, kW."""
        return sum(self.at_work, ZERO)

    def drawn(self, states: tuple[tuple[Fraction, Fraction], ...]) -> Fraction:
        """The power that the fleet uses, kW."""
        return sum((power * part for (power, _), part in zip(states, self.at_work, strict=True)), ZERO)


@dataclass(frozen=True, eq=False)
class Dispatch:
    """What is built, what part of the fleet is in use, and every hour of every day type."""

    capacities: Mapping[AssetName, Fraction]
    fleet_kw: Fraction
    """The part of the fleet that is in use at any time, and paid for."""
    midnight_kwh: Fraction
    days: tuple[tuple[Hour, ...], ...]


def whole_capacities(site: PowerSite, columns: Columns, values: Floats) -> dict[AssetName, Fraction]:
    """The capacities found, rounded up to whole kW and kWh; a limit that is no whole number is not passed."""
    found: dict[AssetName, Fraction] = {}
    for name in ASSETS:
        value = float(values[columns.capacity(name)])
        most = site.assets[name].most
        rounded = Fraction(0 if value < NOTHING else math.ceil(value - NOTHING))
        found[name] = rounded if most is None else min(rounded, most)
    return found


def dispatched(
    site: PowerSite,
    columns: Columns,
    values: Floats,
    capacities: Mapping[AssetName, Fraction],
    fleet_kw: Fraction,
    least_kw: Fraction,
) -> Dispatch | None:
    """An exact dispatch next to the values of a solver; None where an hour cannot be fed.

    Args:
        site: the site.
        columns: the places of the values.
        values: what the solver found with these capacities.
        capacities: what is built.
        fleet_kw: the whole fleet, which is never exceeded.
        least_kw: what of it is paid for at least.
    """
    usable = capacities["battery"]
    least = site.least_charge * usable
    midnight = min(max(_down(values[MIDNIGHT]), _up(least)), usable)
    days = []
    for day in range(columns.days):
        hours = _stored(site, columns, values, day, capacities, midnight)
        if hours is None:
            return None
        fed = []
        for place, hour in enumerate(hours):
            found = _fed(site, columns, values, (day, place), capacities, _within(hour, fleet_kw))
            if found is None:
                return None
            fed.append(found)
        days.append(tuple(fed))
    if not site.pause:
        level = min(hour.working for day in days for hour in day)
        days = [
            tuple(_levelled(site, i, j, hour, level, capacities) for j, hour in enumerate(day))
            for i, day in enumerate(days)
        ]
        return Dispatch(capacities, level, midnight, tuple(days))
    in_use = max((least_kw, *(hour.working for day in days for hour in day)))
    return Dispatch(capacities, in_use, midnight, tuple(days))


def _down(value: float) -> Fraction:
    return Fraction(math.floor(float(value) * STEP), STEP) if value > 0 else ZERO


def _up(value: float | Fraction) -> Fraction:
    return Fraction(math.ceil(value * STEP), STEP) if value > 0 else ZERO


def _within(hour: Hour, fleet_kw: Fraction) -> Hour:
    """An hour whose work does not exceed the fleet."""
    over = hour.working - fleet_kw
    if over <= 0:
        return hour
    parts = list(hour.at_work)
    for place, part in enumerate(parts):
        taken = min(part, over)
        parts[place], over = part - taken, over - taken
    return replace(hour, at_work=tuple(parts))


def _stored(
    site: PowerSite,
    columns: Columns,
    values: Floats,
    day: int,
    capacities: Mapping[AssetName, Fraction],
    midnight: Fraction,
) -> list[Hour] | None:
    """The hours of a day with charge, discharge and state of charge within the store and the converter."""
    most, least = capacities["battery"], site.least_charge * capacities["battery"]
    converter, drawn = capacities["converter"], site.drawn_ratio
    state, hours = midnight, []
    for place in range(HOURS_A_DAY):
        charged = min(_down(values[columns.flow("chg", day, place)]), converter)
        discharged = _down(values[columns.flow("dis", day, place)])
        discharged = min(discharged, _floor((converter - charged) / drawn))
        discharged = min(
            discharged, max(ZERO, _floor((state + site.efficiency_in * charged - least) * site.efficiency_out))
        )
        after = state + site.efficiency_in * charged - discharged / site.efficiency_out
        if after > most:
            charged = max(ZERO, charged - _up((after - most) / site.efficiency_in))
            after = min(most, state + site.efficiency_in * charged - discharged / site.efficiency_out)
        parts = tuple(
            _up(value) if (value := float(values[columns.at_work(j, day, place)])) > NOTHING / 1000 else ZERO
            for j in range(columns.states)
        )
        hours.append(Hour(ZERO, ZERO, charged, discharged, state, parts))
        state = after
    return _back_at_midnight(site, hours, state, midnight)


def _back_at_midnight(site: PowerSite, hours: list[Hour], state: Fraction, midnight: Fraction) -> list[Hour] | None:
    """The same hours with the last discharges shaved, so that the day ends at least where it began."""
    place = HOURS_A_DAY - 1
    while state < midnight and place >= 0:
        hour = hours[place]
        if hour.discharged > 0:
            shaved = min(hour.discharged, _up((midnight - state) * site.efficiency_out))
            hours[place] = replace(hour, discharged=hour.discharged - shaved)
            gained = shaved / site.efficiency_out
            hours[place + 1 :] = [replace(later, stored=later.stored + gained) for later in hours[place + 1 :]]
            state += gained
        place -= 1
    return hours if state >= midnight else None


def _floor(value: Fraction) -> Fraction:
    return Fraction(math.floor(value * STEP), STEP)


def _own(site: PowerSite, day: int, hour: int, capacities: Mapping[AssetName, Fraction]) -> Fraction:
    """What sun and wind give, kW."""
    kind = site.days[day]
    return (capacities["pv"] + capacities["ppa"]) * kind.pv[hour] + capacities["wind"] * kind.wind[hour]


def _fed(
    site: PowerSite,
    columns: Columns,
    values: Floats,
    at: tuple[int, int],
    capacities: Mapping[AssetName, Fraction],
    hour: Hour,
) -> Hour | None:
    """An hour with what it imports and generates; throttled slightly where that is not enough."""
    grid = capacities["grid"] / site.peak_ratio if site.days[at[0]].up[at[1]] else ZERO
    engine = _floor(capacities["genset"] / site.drawn_ratio)
    need = hour.drawn(site.states) + hour.charged - hour.discharged - _own(site, *at, capacities)
    over = need - grid - engine
    parts = list(hour.at_work)
    for place in reversed(range(len(parts))):
        if over > 0 and parts[place] > 0:
            power = site.states[place][0]
            taken = min(parts[place], _up(over / power))
            parts[place] -= taken
            over -= taken * power
    hour = replace(hour, at_work=tuple(parts))
    if over > 0:  # the store would charge more than there is
        return None
    need = hour.drawn(site.states) + hour.charged - hour.discharged - _own(site, *at, capacities)
    if site.sells and need < 0:
        return replace(hour, sold=_sold(site, at, capacities, min(_down(values[columns.flow("sold", *at)]), -need)))
    need = max(ZERO, need)
    generated = min(_down(values[columns.flow("gen", *at)]), engine, need)
    imported = min(need - generated, grid)
    return replace(hour, imported=imported, generated=need - imported)


def _sold(
    site: PowerSite, at: tuple[int, int], capacities: Mapping[AssetName, Fraction], surplus: Fraction
) -> Fraction:
    """What of a surplus may be sold: what sun and wind give, over the connection, while the grid is there."""
    kind = site.days[at[0]]
    own = capacities["pv"] * kind.pv[at[1]] + capacities["wind"] * kind.wind[at[1]]
    connection = site.assets["grid"].most if kind.up[at[1]] else ZERO
    return min(surplus, own) if connection is None else min(surplus, own, connection)


def _levelled(
    site: PowerSite, day: int, place: int, hour: Hour, level: Fraction, capacities: Mapping[AssetName, Fraction]
) -> Hour:
    """An hour at exactly the level of work of all others: it draws less, so it needs less."""
    hour = _within(hour, level)
    need = hour.drawn(site.states) + hour.charged - hour.discharged - _own(site, day, place, capacities)
    need = max(ZERO, need)
    generated = min(hour.generated, need)
    return replace(hour, imported=min(hour.imported, need - generated), generated=generated)
