"""The arrays of a programme, filled in directly: what HiGHS is handed.

The model is stated in :mod:`optimizer.model.statement`, in Pyomo; building and compiling that statement takes longer
than solving it. :func:`fill` writes down the same rows without Pyomo. It is no second statement: a test compares the
two entry by entry, names, order and scaling included (``tests/engine/test_fast_path.py``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.model.arrays import Arrays, Rows, chords, row_factor
from optimizer.model.measures import LinearMeasure
from optimizer.model.programme import Programme

Term = tuple[int, float]
"""Column and coefficient."""


def fill(given: Programme) -> Arrays:
    """The arrays of a programme of one site without exclusions, as :func:`optimizer.model.statement.build` states it.

    Raises:
        ScaleError: the figures of a row are too far apart to be scaled safely.
    """
    assert not given.exclusions and given.asked.sites is None
    return _Filling(given).arrays()


class _Filling:
    """Columns: n and z of every option kept, T, y; in a mix also v of every option, c and q of every bit of its
    servers, the length, late, w of every size bracket, h; then p of those that bill some days at least."""

    def __init__(self, given: Programme) -> None:
        self.given = given
        self.rows = Rows()
        count = len(given.kept)
        self.place = {o: i for i, o in enumerate(given.kept)}
        self.T, self.y = 2 * count, 2 * count + 1
        self.names = [f"n[{o}]" for o in given.kept] + [f"z[{o}]" for o in given.kept] + ["T", "y"]
        self.integer = [True] * (2 * count + 1) + [False]
        self.lower = [0.0] * (2 * count) + [float(given.days_low), 1.0]
        self.fastest = given.days_high / given.days_low
        most = [float(given.most[o]) for o in given.kept]
        self.upper = [*most, *([1.0] * count), float(given.days_high), self.fastest]
        self.p: dict[int, int] = {}

    def arrays(self) -> Arrays:
        """All rows in the order of the statement, then the objective."""
        given = self.given
        self._single()
        if given.mix > 1:
            self._mixed()
        self._bill()
        for ceiling in given.ceilings_in_reach:
            self._add("<=", ceiling.bound - ceiling.measure.constant, list(self._measure(ceiling.measure)))
        terms = list(self._measure(given.objective))
        factor = row_factor([abs(c) for _, c in terms], 0.0, "the objective")
        cost = np.zeros(len(self.names))
        for column, coefficient in terms:
            cost[column] = coefficient * factor
        return Arrays(
            tuple(self.names),
            np.array(self.integer),
            np.array(self.lower),
            np.array(self.upper),
            cost,
            *self.rows.finished(),
            objective_factor=factor,
        )

    def _n(self, o: int) -> int:
        return self.place[o]

    def _z(self, o: int) -> int:
        return len(self.place) + self.place[o]

    def _add(self, sense: str, bound: float, terms: list[Term]) -> None:
        self.rows.add(sense, bound, [column for column, _ in terms], [coefficient for _, coefficient in terms])

    def _columns(self, names: list[str], upper: list[float], *, integer: bool) -> int:
        """Further columns from 0 up; the position of the first."""
        first = len(self.names)
        self.names += names
        self.integer += [integer] * len(names)
        self.lower += [0.0] * len(names)
        self.upper += upper
        return first

    def _measure(self, what: LinearMeasure) -> Iterator[Term]:
        given, table, work = self.given, self.given.table, self.given.asked.work_pflops_days
        for o in given.kept:
            day_terms = float(what.per_server_day[o]) * work / float(table.pflops[o])
            if what.paid_days is not None and o in self.p:
                if day_terms:
                    yield self.p[o], day_terms
                day_terms = 0.0
            worked = float(what.latest[o]) + day_terms if given.mix == 1 else day_terms
            if worked:
                yield (self._z(o) if given.mix == 1 else self.v + self.place[o], worked)
            if each := float(what.per_server[o]):
                yield self._n(o), each
        if what.per_day:
            yield self.T, what.per_day
        if given.mix > 1 and what.latest[list(given.kept)].any():
            yield self.late, 1.0

    def _single(self) -> None:
        given, table, last = self.given, self.given.table, self.given.days_high
        for o in given.kept:
            self._add("<=", 0.0, [(self._n(o), 1.0), (self._z(o), -float(given.most[o]))])
            self._add(">=", 0.0, [(self._n(o), 1.0), (self._z(o), -float(given.least[o]))])
        self._add("<=", float(given.mix), [(self._z(o), 1.0) for o in given.kept])
        work = given.asked.work_pflops_days
        speeds = [(self._n(o), -min(last * float(table.pflops[o]) / work, self.fastest)) for o in given.kept]
        self._add("<=", 0.0, [(self.y, 1.0), *speeds])
        for slope, right in zip(*(values.tolist() for values in chords(given.days_low, last)), strict=True):
            self._add(">=", right, [(self.y, 1.0), (self.T, slope)])
        waits = [(self._z(o), days) for o, days in given.waits.items()]
        deadline = float(given.asked.deadline_days)
        for several in [waits] if waits and given.mix == 1 else [[wait] for wait in waits]:
            self._add("<=", deadline, [(self.T, 1.0), *several])

    def _bill(self) -> None:
        given, shares = self.given, self.given.billed
        upper = [max(1.0, share * float(given.most[o])) for o, share in shares.items()]
        first = self._columns([f"p[{o}]" for o in shares], upper, integer=False)
        self.p = {o: first + i for i, o in enumerate(shares)}
        for o, share in shares.items():
            worked = self._z(o) if given.mix == 1 else self.v + self.place[o]
            self._add(">=", 0.0, [(self.p[o], 1.0), (worked, -1.0)])
            self._add(">=", 0.0, [(self.p[o], 1.0), (self._n(o), -share)])

    def _mixed(self) -> None:
        given, table, asked, kept = self.given, self.given.table, self.given.asked, self.given.kept
        most = {o: float(given.most[o]) for o in kept}
        bits = {o: range(int(given.most[o]).bit_length()) for o in kept}
        longest, least = given.longest_days, given.least_length
        names = [f"[{o},{b}]" for o in kept for b in bits[o]]
        self.v = self._columns([f"v[{o}]" for o in kept], [1.0] * len(kept), integer=False)
        c = self._columns([f"c{name}" for name in names], [1.0] * len(names), integer=True)
        q = self._columns([f"q{name}" for name in names], [1.0] * len(names), integer=False)
        length = self._columns(["length"], [1.0], integer=False)
        self.lower[length] = least
        leads = {o: float(table.lead_days[o]) for o in kept if table.lead_days[o]}
        if leads:
            self.late = self._columns(["late"], [max(leads.values())], integer=False)
            for o, days in leads.items():
                self._add(">=", 0.0, [(self.late, 1.0), (self._z(o), -days)])
        for sense in (">=", "<="):
            self._add(sense, 1.0, [(self.v + self.place[o], 1.0) for o in kept])
        self._add(">=", 0.0, [(self.T, 1.0), (length, -longest)])
        self._add("<=", 1.0, [(self.T, 1.0), (length, -longest)])
        begin = 0
        for o in kept:
            v, mine = self.v + self.place[o], range(begin, begin + len(bits[o]))
            begin = mine.stop
            self._add("<=", 0.0, [(v, 1.0), (self._z(o), -1.0)])
            for sense in (">=", "<="):
                self._add(sense, 0.0, [(self._n(o), 1.0), *((c + i, -float(2**b)) for b, i in enumerate(mine))])
            share = float(table.pflops[o]) / asked.work_pflops_days
            for sense in (">=", "<="):
                self._add(sense, 0.0, [(v, 1.0), *((q + i, -share * longest * 2**b) for b, i in enumerate(mine))])
            for i in mine:
                self._product(q + i, c + i, length, least)
        for cap in asked.caps:
            largest = sorted((float(cap.per_server[o]) * most[o] for o in kept), reverse=True)
            if sum(largest[: given.mix]) > cap.bound:
                self._add("<=", cap.bound, [(self._n(o), float(u)) for o in kept if (u := cap.per_server[o]) > 0])
        memory = [(self._n(o), min(float(table.memory_gb[o]), asked.memory_gb)) for o in kept]
        self._add(">=", asked.memory_gb, memory)
        self._brackets()
        self._connections()

    def _product(self, q: int, c: int, length: int, least: float) -> None:
        self._add("<=", 0.0, [(q, 1.0), (c, -1.0)])
        self._add(">=", -1.0, [(q, 1.0), (length, -1.0), (c, -1.0)])
        if least:
            self._add("<=", -least, [(q, 1.0), (length, -1.0), (c, -least)])
            self._add(">=", 0.0, [(q, 1.0), (c, -least)])
        else:
            self._add("<=", 0.0, [(q, 1.0), (length, -1.0)])

    def _brackets(self) -> None:
        table = self.given.table
        members: dict[str, list[int]] = {}
        for o in self.given.kept:
            members.setdefault(table.options[o].key.bracket, []).append(o)
        w = self._columns([f"w[{name}]" for name in members], [1.0] * len(members), integer=True)
        self._add("<=", 1.0, [(w + i, 1.0) for i in range(len(members))])
        for i, inside in enumerate(members.values()):
            bracket = table.options[inside[0]].bracket
            devices = [(self._n(o), float(table.devices[o])) for o in inside]
            self._add(">=", 0.0, [*devices, (w + i, -float(bracket.min_devices))])
            self._add("<=", 0.0, [*devices, (w + i, -float(bracket.max_devices))])
            for o in inside:
                self._add("<=", 0.0, [(self._z(o), 1.0), (w + i, -1.0)])

    def _connections(self) -> None:
        kinds = {o: self.given.table.options[o].key.connection for o in self.given.kept}
        if not {"mv", "hv"} <= set(kinds.values()):
            return
        h = self._columns(["h"], [1.0], integer=True)
        for o, kind in kinds.items():
            if kind == "mv":
                self._add("<=", 1.0, [(self._z(o), 1.0), (h, 1.0)])
            elif kind == "hv":
                self._add("<=", 0.0, [(self._z(o), 1.0), (h, -1.0)])
