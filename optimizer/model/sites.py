"""The rows of several sites that share one run, added to the statement of a mix.

For every site ``s`` with options left: ``x[s]`` binary, whether it is used; ``g[s]`` the days of the run, or 0::

    use:       z[o] <= x[s(o)],   x[s] <= sum_{o at s} z[o],   sum_s x[s] >= fewest
    cap:       sum_{o at s} use[c,o] n[o] <= bound[c] x[s]                       (a cap of one site)
    memory:    sum_{o at s} memory[o] n[o] >= needed x[s]                        (each site holds the whole model;
               with phases the same of the servers that begin first, and so on)
    bracket:   as for one site, with sum_b w[s,b] <= x[s]
    connect:   z[o] <= 1 - h[s] (medium voltage),   z[o] <= h[s] (with a substation)
    reach:     sum_{o at s} r[o] n[o] <= a x[s] + b sum_{o at s} z[o]     (where it is given: no fleet there is faster
               with so many kinds, :mod:`optimizer.model.reach`; of the servers that have begun by each phase)
    staffed:   g[s] >= T - Tm (1 - x[s]),   g[s] >= T_min x[s],   g[s] <= Tm x[s]

A measure that counts sites has ``setup[s] x[s] + day[s] g[s]`` more. Nothing makes g[s] larger than it must be: T where
the site is used, 0 where it is not. Servers that come in a later phase work from their day on, in the row "work" of the
mix: u[o] <= n[o] (T - start[o]).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyomo.core as pyo

from optimizer.model.limit_rows import Cap
from optimizer.model.measures import LinearMeasure
from optimizer.model.programme import Programme
from optimizer.model.reach import lines_above

AddRow = Callable[..., None]


def add_columns(model: pyo.ConcreteModel, given: Programme) -> None:
    """Whether each site is used, and for how many days; nothing where there is one site only."""
    if given.asked.sites is None:
        return
    members = _members(given)
    model.x = pyo.Var(list(members), domain=pyo.Binary)
    staffed = [site for site in members if given.asked.sites.day_usd[site] > 0]
    model.g = pyo.Var(staffed, bounds=(0.0, float(given.days_high)))


def add_rows(model: pyo.ConcreteModel, given: Programme, add: AddRow) -> None:
    """The rows of every site; nothing where there is one site only."""
    sites = given.asked.sites
    if sites is None:
        return
    members, last = _members(given), float(given.days_high)
    add("sites", ">=", float(sites.fewest), [(model.x[site], 1.0) for site in members])
    for site, here in members.items():
        used = model.x[site]
        for o in here:
            add("sites", "<=", 0.0, [(model.z[o], 1.0), (used, -1.0)])
        add("sites", "<=", 0.0, [(used, 1.0), *((model.z[o], -1.0) for o in here)])
        _memory(model, given, add, site, here)
        _brackets(model, given, add, site, here)
        _connections(model, given, add, site, here)
        _reach(model, given, add, site, here)
    for site in model.g:
        add("site_days", "<=", last, [(model.T, 1.0), (model.g[site], -1.0), (model.x[site], last)])
        add("site_days", ">=", 0.0, [(model.g[site], 1.0), (model.x[site], -float(given.days_low))])
        add("site_days", "<=", 0.0, [(model.g[site], 1.0), (model.x[site], -last)])


def _members(given: Programme) -> dict[int, list[int]]:
    """The options that are left of every site."""
    sites = given.asked.sites
    assert sites is not None
    members: dict[int, list[int]] = {}
    for o in given.kept:
        members.setdefault(int(sites.of[o]), []).append(o)
    return members


def _memory(model: pyo.ConcreteModel, given: Programme, add: AddRow, site: int, here: list[int]) -> None:
    """Whatever works at a site from some day on, the servers that are there by then hold the whole model."""
    sites, asked = given.asked.sites, given.asked
    assert sites is not None
    starts = sorted({float(sites.start_days[o]) for o in here})
    begun = model.x[site]
    for start in reversed(starts):
        there = [o for o in here if sites.start_days[o] <= start]
        if start != starts[-1]:
            begun = pyo.Var(domain=pyo.Binary)
            model.add_component(f"x{site}_{start:.0f}", begun)
            for o in there:
                add("memory", "<=", 0.0, [(model.z[o], 1.0), (begun, -1.0)])
        memory = [(model.n[o], min(float(given.table.memory_gb[o]), asked.memory_gb)) for o in there]
        add("memory", ">=", 0.0, [*memory, (begun, -asked.memory_gb)])


def cap_terms(model: pyo.ConcreteModel, given: Programme, cap: Cap) -> tuple[float, list[tuple[Any, float]]]:
    """Bound and terms of a cap, in its unit: one of a single site binds only where the site is used."""
    terms = [(model.n[o], float(cap.per_server[o])) for o in given.kept if cap.per_server[o] > 0]
    if cap.site is None or not terms:
        return cap.bound, terms
    return 0.0, [*terms, (model.x[cap.site], -cap.bound)]


def site_terms(model: pyo.ConcreteModel, what: LinearMeasure) -> list[tuple[Any, float]]:
    """What a measure counts for every site that is used, in the unit of the measure."""
    if what.site_once is None or what.site_day is None:
        return []
    once = [(model.x[site], float(what.site_once[site])) for site in model.x]
    return [*once, *((model.g[site], float(what.site_day[site])) for site in model.g)]


def _brackets(model: pyo.ConcreteModel, given: Programme, add: AddRow, site: int, here: list[int]) -> None:
    """All options of a site stand in the one size bracket that holds its devices."""
    table = given.table
    by_name: dict[str, list[int]] = {}
    for o in here:
        by_name.setdefault(table.options[o].key.bracket, []).append(o)
    w = pyo.Var(list(by_name), domain=pyo.Binary)
    model.add_component(f"w{site}", w)
    add("brackets", "<=", 0.0, [*((w[name], 1.0) for name in by_name), (model.x[site], -1.0)])
    for name, inside in by_name.items():
        bracket = table.options[inside[0]].bracket
        devices = [(model.n[o], float(table.devices[o])) for o in inside]
        add("brackets", ">=", 0.0, [*devices, (w[name], -float(bracket.min_devices))])
        add("brackets", "<=", 0.0, [*devices, (w[name], -float(bracket.max_devices))])
        for o in inside:
            add("brackets", "<=", 0.0, [(model.z[o], 1.0), (w[name], -1.0)])


def _reach(model: pyo.ConcreteModel, given: Programme, add: AddRow, site: int, here: list[int]) -> None:
    """How fast the servers of a site may be, by the kinds that it combines: whole servers in one bracket."""
    sites = given.asked.sites
    assert sites is not None
    for start, speeds in given.reach.get(site, {}).items():
        begun = [o for o in here if sites.start_days[o] <= start]
        for base, rise in lines_above(speeds) if speeds[-1] > 0 else ():
            terms = [(model.n[o], float(given.table.pflops[o] / speeds[-1])) for o in begun]
            terms += [(model.z[o], -rise) for o in begun if rise]
            add("reach", "<=", 0.0, [*terms, (model.x[site], -base)])


def _connections(model: pyo.ConcreteModel, given: Programme, add: AddRow, site: int, here: list[int]) -> None:
    """A site has one connection."""
    kinds = {o: given.table.options[o].key.connection for o in here}
    if not {"mv", "hv"} <= set(kinds.values()):
        return
    substation = pyo.Var(domain=pyo.Binary)
    model.add_component(f"h{site}", substation)
    for o, kind in kinds.items():
        if kind == "mv":
            add("connections", "<=", 1.0, [(model.z[o], 1.0), (substation, 1.0)])
        elif kind == "hv":
            add("connections", "<=", 0.0, [(model.z[o], 1.0), (substation, -1.0)])
