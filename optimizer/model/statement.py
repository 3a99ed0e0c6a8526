"""The decision as a mixed-integer linear model, stated in Pyomo.

Sets: options ``o`` with bounds ``least``/``most`` on their servers (the caps, the size bracket and, where one
option works alone, the memory floor, as whole numbers). ``r`` is sustained PFLOP/s of a server, ``W`` the work,
``Tm`` the last day. Variables, all bounded::

    n[o]  integer servers      z[o] binary: option used      T integer days      y = Tm X / W, X the fleet's PFLOP/s

    min   sum_o server[o] n[o] + sum_o server_day[o] u[o] + day T                         (any measure has this form)
    used:      least[o] z[o] <= n[o] <= most[o] z[o]
    choose:    sum_o z[o] <= K
    speed:     y <= sum_o (Tm r[o] / W) n[o]
    finish:    y >= Tm/t - Tm (T - t) / (t (t + 1))      for t = T_min .. Tm - 1, and y >= 1
    lead:      T + lead[o] z[o] <= deadline          (or what is cut off of it by the end of a reservation)
    paid:      p[o] >= what o does of the work,   p[o] >= (M[o] r[o] / W) n[o]
               (a hire that bills M[o] days of every server at least is paid for p[o] W / r[o] server-days)
    ceiling:   a measure <= its bound                    (the budget, energy, emissions; where it is in reach)
    exclude:   sum of d >= 1, where d = 1 only if some n[o], or T, lies on the other side of an excluded plan;
               or sum of z >= 1 over the options next to those that alone can never do

The finish rows are the chords of W/T between whole days: they cut off no whole day and at each of them the
tightest is X >= W/T itself, so that servers x days is exact without products or big-M.

With K = 1 all work is done by the one option: u[o] = (W/r[o]) z[o], and every cap is a bound on n. In a mix
(K > 1) every server holds a part of the model, so all work until the run ends, after ``L`` days (not whole), and
u[o] = n[o] (L - start[o]) with start[o] = 0 but for later phases. ``l`` is L over ``Lm``, the longest that it can be,
and ``lm`` the least of l; ``v[o] = r[o] u[o] / W`` is what an option does of the work. The caps become rows::

    share:     sum_o v[o] = 1,   v[o] <= z[o]                                             (as two inequalities)
    bits:      n[o] = sum_b 2^b c[o,b],   c[o,b] binary                                   (as two inequalities)
    product:   q[o,b] <= c[o,b],   q[o,b] <= l - lm (1 - c[o,b])                          (q = c l, exact)
               q[o,b] >= lm c[o,b],   q[o,b] >= l - (1 - c[o,b])
    work:      v[o] = (r[o] / W) (Lm sum_b 2^b q[o,b] - start[o] n[o])                    (as two inequalities)
    length:    T - 1 <= Lm l <= T
    late:      late >= lead[o] z[o]                                  (the greatest lead time, where a measure has it)
    begun:     T >= (start[o] + 1) z[o],   Lm l >= start[o] z[o]                          (later phases)
    cap:       sum_o use[c,o] n[o] <= bound[c]
    memory:    sum_o memory[o] n[o] >= needed
    connect:   z[o] <= 1 - h (medium voltage),   z[o] <= h (with a substation)
    bracket:   z[o] <= w[b(o)],   sum_b w[b] <= 1,   lo[b] w[b] <= sum_{o in b} devices[o] n[o] <= hi[b] w[b]

Linear and exact: the product of a binary and a bounded length is just what its four rows leave, and servers are whole,
so that n L is a sum of such products; given the servers, ``share`` leaves one L, the one at which the work is done. No
figure is rounded, and the solver chooses the servers alone. The proof needs none of this: there, L is one division
(:mod:`optimizer.exact.shares`).

Several sites share one run (:mod:`optimizer.model.sites`): ``x[s]`` is 1 where site s is used, the rows memory, connect
and bracket are those of each site for itself, and what a site costs is added to the measure.

Every row is scaled by a power of two; no coefficient is left outside 1e-4 .. 1e4 and no bound above 1e5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyomo.core as pyo

from optimizer.model import sites
from optimizer.model.arrays import chords, row_factor
from optimizer.model.measures import LinearMeasure
from optimizer.model.programme import Programme


def build(given: Programme) -> pyo.ConcreteModel:
    """State the model of a programme in Pyomo.

    Raises:
        ScaleError: the figures of a row are too far apart to be scaled safely.
    """
    model = pyo.ConcreteModel()
    table, kept = given.table, given.kept
    work = given.asked.work_pflops_days
    last = given.days_high
    model.n = pyo.Var(kept, domain=pyo.NonNegativeIntegers, bounds=lambda _, o: (0, int(given.most[o])))
    model.z = pyo.Var(kept, domain=pyo.Binary)
    model.T = pyo.Var(domain=pyo.NonNegativeIntegers, bounds=(given.days_low, last))
    fastest = last / given.days_low
    model.y = pyo.Var(bounds=(1.0, fastest))
    add = NamedRows(model)

    for o in kept:
        add("counts", "<=", 0.0, [(model.n[o], 1.0), (model.z[o], -float(given.most[o]))])
        add("counts", ">=", 0.0, [(model.n[o], 1.0), (model.z[o], -float(given.least[o]))])
    add("mix", "<=", float(given.mix), [(model.z[o], 1.0) for o in kept])
    # one server never needs to count for more than the fastest run calls for
    speed = {o: min(last * float(table.pflops[o]) / work, fastest) for o in kept}
    add("speed", "<=", 0.0, [(model.y, 1.0), *((model.n[o], -speed[o]) for o in kept)])
    for slope, right in zip(*map(list, chords(given.days_low, last)), strict=True):
        add("chords", ">=", float(right), [(model.y, 1.0), (model.T, float(slope))])
    waits = [(model.z[o], days) for o, days in given.waits.items()]
    if waits and given.mix == 1:
        add("deadline", "<=", float(given.asked.deadline_days), [(model.T, 1.0), *waits])
    elif waits:
        for z, days in waits:
            add("deadline", "<=", float(given.asked.deadline_days), [(model.T, 1.0), (z, days)])
    worked: Mapping[int, Any] = model.z
    if given.mix > 1:
        sites.add_columns(model, given)
        worked = _mixed(model, given, add, work)
        sites.add_rows(model, given, add)
    _bill(model, given, add, worked)
    _exclude(model, given, add)
    for ceiling in given.ceilings_in_reach:
        what = ceiling.measure
        add("ceilings", "<=", ceiling.bound - what.constant, _terms(model, given, what, worked, work))
    terms, _, model.objective_factor = _scaled(
        _terms(model, given, given.objective, worked, work), 0.0, "the objective"
    )
    if given.cutoff is not None:
        model.cutoff = (given.cutoff - given.objective.constant) * model.objective_factor
    model.objective = pyo.Objective(expr=pyo.quicksum((c * v for v, c in terms)), sense=pyo.minimize)
    return model


def _bill(model: pyo.ConcreteModel, given: Programme, add: NamedRows, worked: Mapping[int, Any]) -> None:
    """What is paid of a hire that bills some days at least: no less than it works, and no less than these days."""
    shares = given.billed
    if not shares:
        return
    model.p = pyo.Var(list(shares), bounds=lambda _, o: (0.0, max(1.0, shares[o] * float(given.most[o]))))
    for o, share in shares.items():
        add("paid", ">=", 0.0, [(model.p[o], 1.0), (worked[o], -1.0)])
        add("paid", ">=", 0.0, [(model.p[o], 1.0), (model.n[o], -share)])


def _exclude(model: pyo.ConcreteModel, given: Programme, add: NamedRows) -> None:
    """One row an excluded plan: at least one of its counts, or its days, or its options, must be other than it is.

    A binary of :func:`_other` at 1 means that a count is below (too much) or above (too little) that of the plan.
    """
    for e, plan in enumerate(given.exclusions):
        if plan.kind == "another":
            others = [(model.z[o], 1.0) for o in given.kept if o not in plan.servers]
            add("exclusions", ">=", 1.0, others) if others else add("exclusions", "<=", 0.0, [(model.y, 1.0)])
            continue
        less, more = plan.kind != "too_little", plan.kind != "too_much"
        ways: list[Any] = []
        for o in given.kept:
            count = plan.servers.get(o, 0)
            ways += _other(model, add, f"e{e}_{o}", model.n[o], count, 0, int(given.most[o]), less=less, more=more)
        if plan.days is not None:
            low, high = given.days_low, given.days_high
            ways += _other(model, add, f"e{e}_T", model.T, plan.days, low, high, less=less, more=more)
        # with no way left to differ there is no plan: y is at least 1
        add("exclusions", ">=", 1.0, [(d, 1.0) for d in ways]) if ways else add(
            "exclusions", "<=", 0.0, [(model.y, 1.0)]
        )


def _other(
    model: pyo.ConcreteModel,
    add: NamedRows,
    name: str,
    of: Any,
    value: int,
    low: int,
    high: int,
    *,
    less: bool,
    more: bool,
) -> list[Any]:
    """Binaries that may be 1 only if an integer variable is below, or above, a value; none where it cannot."""
    found = []
    if less and value > low:
        below = pyo.Var(domain=pyo.Binary)
        model.add_component(f"{name}_below", below)
        add("exclusions", "<=", float(high), [(of, 1.0), (below, float(high - value + 1))])
        found.append(below)
    if more and value < high:
        above = pyo.Var(domain=pyo.Binary)
        model.add_component(f"{name}_above", above)
        add("exclusions", ">=", float(low), [(of, 1.0), (above, -float(value + 1 - low))])
        found.append(above)
    return found


def _terms(
    model: pyo.ConcreteModel, given: Programme, what: LinearMeasure, worked: Mapping[int, Any], work: float
) -> list[tuple[Any, float]]:
    """A measure over the variables: what is paid per server-day is paid for the option's share of the work."""
    table, billed = given.table, {} if what.paid_days is None else given.billed
    terms: list[tuple[Any, float]] = []
    for o in given.kept:
        day_terms = float(what.per_server_day[o]) * work / float(table.pflops[o])
        if o in billed:
            terms.append((model.p[o], day_terms))
            day_terms = 0.0
        if given.mix == 1:
            terms.append((model.z[o], float(what.latest[o]) + day_terms))
        else:
            terms.append((worked[o], day_terms))
        terms.append((model.n[o], float(what.per_server[o])))
    terms.append((model.T, what.per_day))
    if given.mix > 1 and what.latest[list(given.kept)].any():
        terms.append((model.late, 1.0))
    terms += sites.site_terms(model, what)
    return [(variable, coefficient) for variable, coefficient in terms if coefficient]


def _mixed(model: pyo.ConcreteModel, given: Programme, add: NamedRows, work: float) -> Mapping[int, Any]:
    """What a mix needs beyond K = 1: how long all work, the caps, the memory floor and the size bracket."""
    table, kept, asked = given.table, given.kept, given.asked
    bits = [(o, b) for o in kept for b in range(int(given.most[o]).bit_length())]
    longest, least = given.longest_days, given.least_length
    model.v = pyo.Var(kept, bounds=(0.0, 1.0))
    model.c = pyo.Var(bits, domain=pyo.Binary)
    model.q = pyo.Var(bits, bounds=(0.0, 1.0))
    model.length = pyo.Var(bounds=(least, 1.0))
    leads = {o: float(table.lead_days[o]) for o in kept if table.lead_days[o]}
    if leads:
        model.late = pyo.Var(bounds=(0.0, max(leads.values())))
        for o, days in leads.items():
            add("waits", ">=", 0.0, [(model.late, 1.0), (model.z[o], -days)])
    for sense in (">=", "<="):
        add("work", sense, 1.0, [(model.v[o], 1.0) for o in kept])
    add("length", ">=", 0.0, [(model.T, 1.0), (model.length, -longest)])
    add("length", "<=", 1.0, [(model.T, 1.0), (model.length, -longest)])
    for o in kept:
        mine = range(int(given.most[o]).bit_length())
        start = 0.0 if asked.sites is None else float(asked.sites.start_days[o])
        add("shares", "<=", 0.0, [(model.v[o], 1.0), (model.z[o], -1.0)])
        for sense in (">=", "<="):
            add("bits", sense, 0.0, [(model.n[o], 1.0), *((model.c[o, b], -float(2**b)) for b in mine)])
        share = float(table.pflops[o]) / work
        terms = [(model.v[o], 1.0), *((model.q[o, b], -share * longest * 2**b) for b in mine)]
        if start:
            terms.append((model.n[o], share * start))
            add("phases", ">=", 0.0, [(model.T, 1.0), (model.z[o], -(start + 1.0))])
            add("phases", ">=", 0.0, [(model.length, longest), (model.z[o], -start)])
        for sense in (">=", "<="):
            add("shares", sense, 0.0, terms)
        for b in mine:
            c, q = model.c[o, b], model.q[o, b]
            add("products", "<=", 0.0, [(q, 1.0), (c, -1.0)])
            add("products", ">=", -1.0, [(q, 1.0), (model.length, -1.0), (c, -1.0)])
            if least:
                add("products", "<=", -least, [(q, 1.0), (model.length, -1.0), (c, -least)])
                add("products", ">=", 0.0, [(q, 1.0), (c, -least)])
            else:
                add("products", "<=", 0.0, [(q, 1.0), (model.length, -1.0)])
    for cap in asked.caps:
        largest = sorted((float(cap.per_server[o]) * float(given.most[o]) for o in kept), reverse=True)
        if sum(largest[: given.mix]) > cap.bound:  # a cap that no choice can reach has no row
            add("caps", "<=", *sites.cap_terms(model, given, cap))
    if asked.sites is None:
        add(
            "memory",
            ">=",
            asked.memory_gb,
            [(model.n[o], min(float(table.memory_gb[o]), asked.memory_gb)) for o in kept],
        )
        _brackets(model, given, add)
        _connections(model, given, add)
    share_of: Mapping[int, Any] = model.v
    return share_of


def _brackets(model: pyo.ConcreteModel, given: Programme, add: NamedRows) -> None:
    """All options of a plan stand in the one size bracket that holds its devices."""
    by_name: dict[str, list[int]] = {}
    for o in given.kept:
        by_name.setdefault(given.table.options[o].key.bracket, []).append(o)
    model.w = pyo.Var(list(by_name), domain=pyo.Binary)
    add("brackets", "<=", 1.0, [(model.w[name], 1.0) for name in by_name])
    for name, members in by_name.items():
        bracket = given.table.options[members[0]].bracket
        devices = [(model.n[o], float(given.table.devices[o])) for o in members]
        add("brackets", ">=", 0.0, [*devices, (model.w[name], -float(bracket.min_devices))])
        add("brackets", "<=", 0.0, [*devices, (model.w[name], -float(bracket.max_devices))])
        for o in members:
            add("brackets", "<=", 0.0, [(model.z[o], 1.0), (model.w[name], -1.0)])


def _connections(model: pyo.ConcreteModel, given: Programme, add: NamedRows) -> None:
    """A site has one connection: what stands within the medium-voltage limit and what pays for a substation exclude."""
    kinds = {o: given.table.options[o].key.connection for o in given.kept}
    if "mv" in kinds.values() and "hv" in kinds.values():
        model.h = pyo.Var(domain=pyo.Binary)
        for o, kind in kinds.items():
            if kind == "mv":
                add("connections", "<=", 1.0, [(model.z[o], 1.0), (model.h, 1.0)])
            elif kind == "hv":
                add("connections", "<=", 0.0, [(model.z[o], 1.0), (model.h, -1.0)])


class NamedRows:
    """Adds rows to a model, each named by its family and scaled by a power of two into the range that the solver is
    trusted with.

    The solver gets the rows in the order in which they are added, whatever their families.
    """

    def __init__(self, model: pyo.ConcreteModel) -> None:
        model.rows = pyo.Constraint(pyo.Any)
        self._rows = model.rows
        self._counts: dict[str, int] = {}

    def __call__(self, family: str, sense: str, bound: float, terms: Iterable[tuple[Any, float]]) -> None:
        """Add a row: ``terms`` <= or >= ``bound``. Its name is that of its family and its number in it, from 1."""
        scaled, right, _ = _scaled(list(terms), bound, "a row")
        body = pyo.quicksum((c * v for v, c in scaled))
        number = self._counts[family] = self._counts.get(family, 0) + 1
        self._rows[f"{family}_{number}"] = body <= right if sense == "<=" else body >= right


def _scaled(terms: list[tuple[Any, float]], bound: float, what: str) -> tuple[list[tuple[Any, float]], float, float]:
    """Terms and bound times the power of two that centres the coefficients around 1, and that factor.

    Raises:
        ScaleError: no factor brings them into the range that is safe.
    """
    factor = row_factor([abs(c) for _, c in terms], bound, what)
    return [(v, c * factor) for v, c in terms], bound * factor, factor
