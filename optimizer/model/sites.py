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

from collections.abc import Sequence

from optimizer.model.form import Form, Term
from optimizer.model.limit_rows import Cap
from optimizer.model.measures import LinearMeasure
from optimizer.model.programme import Programme
from optimizer.model.reach import lines_above


def add_columns(model: Form, given: Programme) -> None:
    """Whether each site is used, and for how many days; nothing where there is one site only."""
    if given.asked.sites is None:
        return
    members = _members(given)
    model.x = model.columns("x", dict.fromkeys(members, 1.0), kind="binary")
    staffed = [site for site in members if given.asked.sites.day_usd[site] > 0]
    model.g = model.columns("g", dict.fromkeys(staffed, float(given.days_high)))


def add_rows(model: Form, given: Programme) -> None:
    """The rows of every site; nothing where there is one site only."""
    sites = given.asked.sites
    if sites is None:
        return
    add, members, last = model.add, _members(given), float(given.days_high)
    add("sites", ">=", float(sites.fewest), [(model.x[site], 1.0) for site in members])
    for site, here in members.items():
        used = model.x[site]
        for o in here:
            add("sites", "<=", 0.0, [(model.z[o], 1.0), (used, -1.0)])
        add("sites", "<=", 0.0, [(used, 1.0), *((model.z[o], -1.0) for o in here)])
        _memory(model, given, site, here)
        add_brackets(model, given, here, site)
        add_connections(model, given, here, site)
        _reach(model, given, site, here)
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


def _memory(model: Form, given: Programme, site: int, here: list[int]) -> None:
    """Whatever works at a site from some day on, the servers that are there by then hold the whole model."""
    sites, asked = given.asked.sites, given.asked
    assert sites is not None
    starts = sorted({float(sites.start_days[o]) for o in here})
    begun = model.x[site]
    for start in reversed(starts):
        there = [o for o in here if sites.start_days[o] <= start]
        if start != starts[-1]:
            begun = model.column(f"x{site}_{start:.0f}", kind="binary")
            for o in there:
                model.add("memory", "<=", 0.0, [(model.z[o], 1.0), (begun, -1.0)])
        memory = [(model.n[o], min(float(given.table.memory_gb[o]), asked.memory_gb)) for o in there]
        model.add("memory", ">=", 0.0, [*memory, (begun, -asked.memory_gb)])


def cap_terms(model: Form, given: Programme, cap: Cap) -> tuple[float, list[Term]]:
    """Bound and terms of a cap, in its unit: one of a single site binds only where the site is used."""
    terms = [(model.n[o], float(cap.per_server[o])) for o in given.kept if cap.per_server[o] > 0]
    if cap.site is None or not terms:
        return cap.bound, terms
    return 0.0, [*terms, (model.x[cap.site], -cap.bound)]


def site_terms(model: Form, what: LinearMeasure) -> list[Term]:
    """What a measure counts for every site that is used, in the unit of the measure."""
    if what.site_once is None or what.site_day is None:
        return []
    once = [(model.x[site], float(what.site_once[site])) for site in model.x]
    return [*once, *((model.g[site], float(what.site_day[site])) for site in model.g)]


def add_brackets(model: Form, given: Programme, here: Sequence[int], site: int | None = None) -> None:
    """All options of a site stand in the one size bracket that holds its devices."""
    table, by_name = given.table, dict[str, list[int]]()
    for o in here:
        by_name.setdefault(table.options[o].key.bracket, []).append(o)
    name = "w" if site is None else f"w{site}"
    w = model.columns(name, dict.fromkeys(by_name, 1.0), kind="binary")
    one: list[Term] = [(w[bracket], 1.0) for bracket in by_name]
    if site is None:
        model.add("brackets", "<=", 1.0, one)
    else:
        model.add("brackets", "<=", 0.0, [*one, (model.x[site], -1.0)])
    for used, inside in zip(w.values(), by_name.values(), strict=True):
        bracket = table.options[inside[0]].bracket
        devices = [(model.n[o], float(table.devices[o])) for o in inside]
        model.add("brackets", ">=", 0.0, [*devices, (used, -float(bracket.min_devices))])
        model.add("brackets", "<=", 0.0, [*devices, (used, -float(bracket.max_devices))])
        for o in inside:
            model.add("brackets", "<=", 0.0, [(model.z[o], 1.0), (used, -1.0)])


def add_connections(model: Form, given: Programme, here: Sequence[int], site: int | None = None) -> None:
    """A site has one connection: what stands within the medium-voltage limit and what pays for a substation exclude."""
    kinds = {o: given.table.options[o].key.connection for o in here}
    if not {"mv", "hv"} <= set(kinds.values()):
        return
    substation = model.column("h" if site is None else f"h{site}", kind="binary")
    for o, kind in kinds.items():
        if kind == "mv":
            model.add("connections", "<=", 1.0, [(model.z[o], 1.0), (substation, 1.0)])
        elif kind == "hv":
            model.add("connections", "<=", 0.0, [(model.z[o], 1.0), (substation, -1.0)])


def _reach(model: Form, given: Programme, site: int, here: list[int]) -> None:
    """How fast the servers of a site may be, by the kinds that it combines: whole servers in one bracket."""
    sites = given.asked.sites
    assert sites is not None
    for start, speeds in given.reach.get(site, {}).items():
        begun = [o for o in here if sites.start_days[o] <= start]
        for base, rise in lines_above(speeds) if speeds[-1] > 0 else ():
            terms = [(model.n[o], float(given.table.pflops[o] / speeds[-1])) for o in begun]
            terms += [(model.z[o], -rise) for o in begun if rise]
            model.add("reach", "<=", 0.0, [*terms, (model.x[site], -base)])
