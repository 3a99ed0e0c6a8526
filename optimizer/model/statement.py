"""The decision as a mixed-integer linear model: every row of it, whatever form it is written down in.

:func:`optimizer.model.in_pyomo.build` writes it down in Pyomo: that is what is published, what other solvers are
handed, and what the golden LP files hold. :func:`optimizer.model.filling.fill` fills the arrays that HiGHS takes, as to
build and compile the model in Pyomo takes longer than to solve it. A test compares the two entry by entry.

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
tightest is X >= W/T itself, so that servers x days is exact without products or big-M. (In a mix the rows below are
exact by themselves, and of the finish rows some that are spread evenly suffice.)

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

from collections.abc import Mapping

from optimizer.model import sites
from optimizer.model.arrays import chords, row_factor
from optimizer.model.form import Column, Form, Term
from optimizer.model.measures import LinearMeasure
from optimizer.model.programme import Programme

CHORDS_OF_MIX = 16
"""Finish rows of a mix, at most. There the rows "work" are exact by themselves, and these only tighten the relaxation:
a mix over 1,183 days takes HiGHS 2.1 s without any, 0.6 s with all of them and 0.07 s with sixteen."""


def state(given: Programme, model: Form) -> None:
    """Write the model of a programme down.

    Raises:
        ScaleError: the figures of a row are too far apart to be scaled safely.
    """
    add, table, kept = model.add, given.table, given.kept
    work = given.asked.work_pflops_days
    last = given.days_high
    most = {o: float(given.most[o]) for o in kept}
    fastest = last / given.days_low
    model.n = model.columns("n", most, kind="integer")
    model.z = model.columns("z", dict.fromkeys(kept, 1.0), kind="binary")
    model.T = model.column("T", float(last), lower=float(given.days_low), kind="integer")
    model.y = model.column("y", fastest, lower=1.0)
    for o in kept:
        add("counts", "<=", 0.0, [(model.n[o], 1.0), (model.z[o], -most[o])])
        add("counts", ">=", 0.0, [(model.n[o], 1.0), (model.z[o], -float(given.least[o]))])
    add("mix", "<=", float(given.mix), [(model.z[o], 1.0) for o in kept])
    # one server never needs to count for more than the fastest run calls for
    speed = {o: min(last * float(table.pflops[o]) / work, fastest) for o in kept}
    add("speed", "<=", 0.0, [(model.y, 1.0), *((model.n[o], -speed[o]) for o in kept)])
    finish = chords(given.days_low, last, None if given.mix == 1 else CHORDS_OF_MIX)
    for slope, right in zip(*(values.tolist() for values in finish), strict=True):
        add("chords", ">=", right, [(model.y, 1.0), (model.T, slope)])
    waits = [(model.z[o], days) for o, days in given.waits.items()]
    if waits and given.mix == 1:
        add("deadline", "<=", float(given.asked.deadline_days), [(model.T, 1.0), *waits])
    elif waits:
        for z, days in waits:
            add("deadline", "<=", float(given.asked.deadline_days), [(model.T, 1.0), (z, days)])
    worked: Mapping[int, Column] = model.z
    if given.mix > 1:
        sites.add_columns(model, given)
        worked = _mixed(model, given, work)
        sites.add_rows(model, given)
    _bill(model, given, worked)
    _exclude(model, given)
    for ceiling in given.ceilings_in_reach:
        what = ceiling.measure
        add("ceilings", "<=", ceiling.bound - what.constant, _terms(model, given, what, worked, work))
    terms = _terms(model, given, given.objective, worked, work)
    factor = row_factor([abs(c) for _, c in terms], 0.0, "the objective")
    cutoff = None if given.cutoff is None else (given.cutoff - given.objective.constant) * factor
    model.minimise([(v, c * factor) for v, c in terms], factor, cutoff)


def _bill(model: Form, given: Programme, worked: Mapping[int, Column]) -> None:
    """What is paid of a hire that bills some days at least: no less than it works, and no less than these days."""
    add, shares = model.add, given.billed
    model.p = model.columns("p", {o: max(1.0, share * float(given.most[o])) for o, share in shares.items()})
    for o, share in shares.items():
        add("paid", ">=", 0.0, [(model.p[o], 1.0), (worked[o], -1.0)])
        add("paid", ">=", 0.0, [(model.p[o], 1.0), (model.n[o], -share)])


def _exclude(model: Form, given: Programme) -> None:
    """One row an excluded plan: at least one of its counts, or its days, or its options, must be other than it is.

    A binary of :func:`_other` at 1 means that a count is below (too much) or above (too little) that of the plan.
    """
    add = model.add
    for e, plan in enumerate(given.exclusions):
        if plan.kind == "another":
            others = [(model.z[o], 1.0) for o in given.kept if o not in plan.servers]
            add("exclusions", ">=", 1.0, others) if others else add("exclusions", "<=", 0.0, [(model.y, 1.0)])
            continue
        less, more = plan.kind != "too_little", plan.kind != "too_much"
        ways: list[Column] = []
        for o in given.kept:
            count = plan.servers.get(o, 0)
            ways += _other(model, f"e{e}_{o}", model.n[o], count, 0, int(given.most[o]), less=less, more=more)
        if plan.days is not None:
            low, high = given.days_low, given.days_high
            ways += _other(model, f"e{e}_T", model.T, plan.days, low, high, less=less, more=more)
        # with no way left to differ there is no plan: y is at least 1
        add("exclusions", ">=", 1.0, [(d, 1.0) for d in ways]) if ways else add(
            "exclusions", "<=", 0.0, [(model.y, 1.0)]
        )


def _other(
    model: Form,
    name: str,
    of: Column,
    value: int,
    low: int,
    high: int,
    *,
    less: bool,
    more: bool,
) -> list[Column]:
    """Binaries that may be 1 only if an integer variable is below, or above, a value; none where it cannot."""
    found = []
    if less and value > low:
        below = model.column(f"{name}_below", kind="binary")
        model.add("exclusions", "<=", float(high), [(of, 1.0), (below, float(high - value + 1))])
        found.append(below)
    if more and value < high:
        above = model.column(f"{name}_above", kind="binary")
        model.add("exclusions", ">=", float(low), [(of, 1.0), (above, -float(value + 1 - low))])
        found.append(above)
    return found


def _terms(model: Form, given: Programme, what: LinearMeasure, worked: Mapping[int, Column], work: float) -> list[Term]:
    """A measure over the variables: what is paid per server-day is paid for the option's share of the work."""
    table, billed = given.table, {} if what.paid_days is None else given.billed
    terms: list[Term] = []
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


def _mixed(model: Form, given: Programme, work: float) -> Mapping[int, Column]:
    """What a mix needs beyond K = 1: how long all work, the caps, the memory floor and the size bracket."""
    table, kept, asked = given.table, given.kept, given.asked
    add, most = model.add, {o: float(given.most[o]) for o in kept}
    bits = {(o, b): 1.0 for o in kept for b in range(int(given.most[o]).bit_length())}
    longest, least = given.longest_days, given.least_length
    model.v = model.columns("v", dict.fromkeys(kept, 1.0))
    model.c = model.columns("c", bits, kind="binary")
    model.q = model.columns("q", bits)
    model.length = model.column("length", lower=least)
    leads = {o: float(table.lead_days[o]) for o in kept if table.lead_days[o]}
    if leads:
        model.late = model.column("late", max(leads.values()))
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
        largest = sorted((float(cap.per_server[o]) * most[o] for o in kept), reverse=True)
        if sum(largest[: given.mix]) > cap.bound:  # a cap that no choice can reach has no row
            add("caps", "<=", *sites.cap_terms(model, given, cap))
    if asked.sites is None:
        add(
            "memory",
            ">=",
            asked.memory_gb,
            [(model.n[o], min(float(table.memory_gb[o]), asked.memory_gb)) for o in kept],
        )
        sites.add_brackets(model, given, kept)
        sites.add_connections(model, given, kept)
    return model.v
