"""The supply of a site as a statement in Pyomo, the rows of :mod:`optimizer.power.arrays` as they are read there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyomo.environ as pyo

from optimizer.domain.feed import HOURS_A_DAY
from optimizer.power.columns import Columns, most_of, sold_bounds
from optimizer.power.fleets import Fleets
from optimizer.power.site import ASSETS, PowerSite
from optimizer.units import DAYS_PER_YEAR, MONTHS_PER_YEAR


def state_supply(site: PowerSite, fleet_kw: int, days: int, work_kw: float, usd_per_kw_day: float) -> pyo.ConcreteModel:
    """The cheapest supply of a fleet of up to ``fleet_kw`` that does ``work_kw`` in the mean over so many days."""
    model = _columns(site, fleet_kw)
    model.work = pyo.Constraint(expr=_work(site, model) >= work_kw)
    _by_hour(site, model)
    _shares(site, model, days)
    model.cost = pyo.Objective(expr=_supply_usd(site, model, days) + usd_per_kw_day * days * model.fleet)
    return model


def state_fleets(site: PowerSite, fleet_kw: int, fleets: Fleets, days: int, among: Sequence[int]) -> pyo.ConcreteModel:
    """Option, servers and supply for a run of so many days, in one mixed-integer model: one option does all the work.

    Args:
        site: what feeds it.
        fleet_kw: the largest fleet.
        fleets: the options.
        days: of the run; options that take longer before they begin are left out.
        among: the options that may be chosen.
    """
    model = _columns(site, fleet_kw)
    model.option = pyo.Set(initialize=[o for o in among if fleets.days[o] >= days], ordered=True)
    mean, most = fleets.mean_kw, {o: int(fleets.most[o]) for o in model.option}
    model.servers = pyo.Var(model.option, bounds=lambda _, o: (0, most[o]), domain=pyo.NonNegativeIntegers)
    model.used = pyo.Var(model.option, domain=pyo.Binary)
    model.part = pyo.Var(model.option, bounds=lambda _, o: (0, most[o] * mean[o]))
    asked = {o: fleets.work * mean[o] / (fleets.pflops[o] * days) for o in model.option}
    model.one = pyo.Constraint(expr=sum(model.used[o] for o in model.option) == 1)
    model.most = pyo.Constraint(model.option, rule=lambda m, o: m.servers[o] <= most[o] * m.used[o])
    model.least = pyo.Constraint(model.option, rule=lambda m, o: m.servers[o] >= int(fleets.least[o]) * m.used[o])
    model.parts = pyo.Constraint(model.option, rule=lambda m, o: m.part[o] <= mean[o] * m.servers[o])
    model.kept = pyo.Constraint(model.option, rule=lambda m, o: m.part[o] >= mean[o] * (days - 1) / days * m.servers[o])
    model.enough = pyo.Constraint(model.option, rule=lambda m, o: m.part[o] >= asked[o] * m.used[o])
    model.whole = pyo.Constraint(expr=model.fleet <= sum(model.part[o] for o in model.option))
    model.work = pyo.Constraint(expr=_work(site, model) >= sum(asked[o] * model.used[o] for o in model.option))
    _by_hour(site, model)
    _shares(site, model, days)
    standing = fleets.staff_usd_per_day * days + fleets.site_setup_usd
    servers = sum(
        fleets.server_usd[o] * model.servers[o] + fleets.kw_day_usd[o] * days * model.part[o] for o in model.option
    )
    model.cost = pyo.Objective(expr=standing + servers + _supply_usd(site, model, days))
    return model


def _columns(site: PowerSite, fleet_kw: int) -> pyo.ConcreteModel:
    """The columns in the order of :class:`optimizer.power.columns.Columns`, each with its bounds."""
    model = pyo.ConcreteModel()
    most = {name: float(value) for name, value in most_of(site, fleet_kw).items()}
    peak, drawn = float(site.peak_ratio), float(site.drawn_ratio)
    model.day, model.hour = pyo.RangeSet(0, len(site.days) - 1), pyo.RangeSet(0, HOURS_A_DAY - 1)
    model.state = pyo.RangeSet(0, len(site.states) - 1)
    model.fleet = pyo.Var(bounds=(0, fleet_kw))
    model.size = pyo.Var(ASSETS, bounds=lambda _, name: (0, most[name]))
    model.midnight = pyo.Var(bounds=(0, most["battery"]))
    upper = {
        "gen": most["genset"] / drawn,
        "chg": most["converter"],
        "dis": most["converter"] / drawn,
        "soc": most["battery"],
        "start": float(fleet_kw),
    }

    sold = sold_bounds(site)

    def of_flow(_: Any, name: str, day: int, hour: int) -> tuple[float, float]:
        if name == "imp":
            return 0, most["grid"] / peak if site.days[day].up[hour] else 0
        if name == "sold":
            return 0, float(sold[day][hour])
        return 0, upper[name]

    model.flow = pyo.Var(Columns.of(site).flows, model.day, model.hour, bounds=of_flow)
    model.at_work = pyo.Var(model.state, model.day, model.hour, bounds=(0, fleet_kw))
    return model


def _working(model: pyo.ConcreteModel, day: int, hour: int) -> Any:
    return sum(model.at_work[j, day, hour] for j in model.state)


def _work(site: PowerSite, model: pyo.ConcreteModel) -> Any:
    """What the fleet does, kW of draw at full speed in the mean."""
    done = sum(
        float(site.days[d].weight) * float(site.states[j][1]) / HOURS_A_DAY * model.at_work[j, d, h]
        for j in model.state
        for d in model.day
        for h in model.hour
    )
    lost = float(site.restart_h) / HOURS_A_DAY
    if not lost:
        return done
    return done - sum(
        float(site.days[d].weight) * lost * model.flow["start", d, h] for d in model.day for h in model.hour
    )


def _drawn(site: PowerSite, model: pyo.ConcreteModel) -> Any:
    """Energy that the fleet draws on a mean day, kWh."""
    return sum(
        float(site.days[d].weight) * float(site.states[j][0]) * model.at_work[j, d, h]
        for j in model.state
        for d in model.day
        for h in model.hour
    )


def _by_hour(site: PowerSite, model: pyo.ConcreteModel) -> None:
    """The rows of every hour."""
    flow, size, at = model.flow, model.size, (model.day, model.hour)
    peak, drawn = float(site.peak_ratio), float(site.drawn_ratio)
    eta_in, eta_out, least = float(site.efficiency_in), float(site.efficiency_out), float(site.least_charge)

    def balance(m: Any, d: int, h: int) -> Any:
        kind = site.days[d]
        came = flow["imp", d, h] + flow["gen", d, h] + flow["dis", d, h] - flow["chg", d, h]
        if site.sells:
            came -= flow["sold", d, h]
        came += float(kind.pv[h]) * (size["pv"] + size["ppa"]) + float(kind.wind[h]) * size["wind"]
        return came - sum(float(site.states[j][0]) * m.at_work[j, d, h] for j in m.state) >= 0

    def store(m: Any, d: int, h: int) -> Any:
        after = flow["soc", d, h] + eta_in * flow["chg", d, h] - flow["dis", d, h] / eta_out
        return after - flow["soc", d, (h + 1) % HOURS_A_DAY] >= 0

    def sold(_: Any, d: int, h: int) -> Any:
        own = float(site.days[d].pv[h]) * size["pv"] + float(site.days[d].wind[h]) * size["wind"]
        return own - flow["sold", d, h] >= 0

    def restart(m: Any, d: int, h: int) -> Any:
        return flow["start", d, h] - _working(m, d, h) + _working(m, d, (h - 1) % HOURS_A_DAY) >= 0

    model.balance = pyo.Constraint(*at, rule=balance)
    model.in_use = pyo.Constraint(*at, rule=lambda m, d, h: m.fleet - _working(m, d, h) >= 0)
    model.store = pyo.Constraint(*at, rule=store)
    model.full = pyo.Constraint(*at, rule=lambda m, d, h: size["battery"] - flow["soc", d, h] >= 0)
    model.empty = pyo.Constraint(*at, rule=lambda m, d, h: flow["soc", d, h] - least * size["battery"] >= 0)
    model.converter = pyo.Constraint(
        *at, rule=lambda m, d, h: size["converter"] - flow["chg", d, h] - drawn * flow["dis", d, h] >= 0
    )
    model.contract = pyo.Constraint(*at, rule=lambda m, d, h: size["grid"] - peak * flow["imp", d, h] >= 0)
    model.genset = pyo.Constraint(*at, rule=lambda m, d, h: size["genset"] - drawn * flow["gen", d, h] >= 0)
    if site.sells:
        model.sold = pyo.Constraint(*at, rule=sold)
    model.begins = pyo.Constraint(model.day, rule=lambda m, d: flow["soc", d, 0] - m.midnight >= 0)
    model.ends = pyo.Constraint(model.day, rule=lambda m, d: m.midnight - flow["soc", d, 0] >= 0)
    if site.restart_h:
        model.restart = pyo.Constraint(*at, rule=restart)
    if not site.pause:
        model.never_off = pyo.Constraint(*at, rule=lambda m, d, h: _working(m, d, h) - m.fleet >= 0)


def _shares(site: PowerSite, model: pyo.ConcreteModel, days: int) -> None:
    """The rows over the whole run."""
    each = [(d, h, float(site.days[d].weight)) for d in model.day for h in model.hour]
    grid_kg, fuel_kg = float(site.carbon_grid_kg_per_kwh), float(site.carbon_fuel_kg_per_kwh)
    emitted = sum(w * (grid_kg * model.flow["imp", d, h] + fuel_kg * model.flow["gen", d, h]) for d, h, w in each)
    if site.min_renewable is not None:
        bought = sum(w * (model.flow["imp", d, h] + model.flow["gen", d, h]) for d, h, w in each)
        model.renewable = pyo.Constraint(expr=(1 - float(site.min_renewable)) * _drawn(site, model) - bought >= 0)
    if site.max_carbon_kg_per_kwh is not None:
        most = float(site.max_carbon_kg_per_kwh)
        model.carbon_per_kwh = pyo.Constraint(expr=most * _drawn(site, model) - emitted >= 0)
    if site.max_carbon_kg is not None:
        model.carbon = pyo.Constraint(expr=-emitted >= -float(site.max_carbon_kg) / days)
    if site.max_energy_kwh is not None:
        model.energy = pyo.Constraint(expr=-_drawn(site, model) >= -float(site.max_energy_kwh) / days)


def _supply_usd(site: PowerSite, model: pyo.ConcreteModel, days: int) -> Any:
    """What the supply costs over the run: capital as it is charged, upkeep, contract, energy, wear, emissions."""
    total: Any = 0
    rate = float(site.cost_of_capital)
    for name in ASSETS:
        asset = site.assets[name]
        once, life = float(asset.capital_usd), float(asset.life_years)
        if site.basis == "share":
            yearly = once / life if rate == 0 else once * rate / (1 - (1 + rate) ** -life)
            once = yearly / DAYS_PER_YEAR * days
        total += (once + float(asset.om_usd_per_year) / DAYS_PER_YEAR * days) * model.size[name]
    demand = float(site.demand_usd_per_kw_month) * MONTHS_PER_YEAR / DAYS_PER_YEAR
    total += demand * days * model.size["grid"]
    carbon = float(site.carbon_usd_per_kg)
    of_fuel = float(site.fuel_usd_per_kwh) + carbon * float(site.carbon_fuel_kg_per_kwh)
    for d in model.day:
        kind = site.days[d]
        often = float(kind.weight) * days
        total += often * float(site.ppa_usd_per_kwh) * sum(map(float, kind.pv)) * model.size["ppa"]
        for h in model.hour:
            price = float(kind.price_usd_per_kwh[h]) + carbon * float(site.carbon_grid_kg_per_kwh)
            total += often * price * model.flow["imp", d, h] + often * of_fuel * model.flow["gen", d, h]
            total += often * float(site.wear_usd_per_kwh) * model.flow["dis", d, h]
            if site.sells:
                total -= often * float(site.sold_usd_per_kwh) * model.flow["sold", d, h]
    return total
