"""The exact search over every option, count and days at once, with the supply of the site behind it.

1. Every (option, days) at the fewest servers; the least bound is solved: a plan, and a line that bounds all others.
2. What costs as much as the best plan without any supply is dropped; the others get their range of counts, up to where
   that cost reaches it: complete, without an arbitrary limit.
3. The row with the least lower bound is solved next, until none is below the best plan.
4. A row that cannot be fed gives the most work that fleets can do, by another line: see :mod:`optimizer.power.bounds`.

In floats throughout: :mod:`optimizer.power.proof` proves the answer in fractions from the prices found here.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.power.arrays import Floats, Supply, supply_of
from optimizer.power.bounds import Line, Reach, Room, in_use_at_least, line_of, reach_of, room_of
from optimizer.power.columns import FLEET
from optimizer.power.fleets import Fleets, Whole
from optimizer.power.site import PowerSite
from optimizer.solve.highs import Vertex, Warm
from optimizer.units.records import dataclass

EPS = 1e-8
"""How near two costs are before they are distinguished: a share of the cost."""
FIRST_TRIES = 60
FIRST_KW, FIRST_WORK, FIRST_RATE, FIRST_DAYS = 200.0, 0.99, 1.0, 180
"""The first run at a site: a fleet that is at work almost always, as a plan mostly is."""
MOST_RUNS = 800
"""Runs of the supply after which a search gives up: none met needed a tenth of them."""


@dataclass(frozen=True)
class Choice:
    """An option, servers and days."""

    option: int
    servers: int
    days: int


@dataclass(eq=False)
class Kept:
    """The supply of a site with its solver and the lines found so far: kept for the next case at the same site."""

    site: PowerSite
    supply: Supply
    warm: Warm
    lines: list[Line] = field(default_factory=list)
    reaches: list[Reach] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    """Where the fleet never pauses: how large it may be."""
    begun: Any | None = None
    """The basis of one run that is the same whatever the cases: from it begins what must not depend on them."""
    is_begun: bool = False
    proved: dict[str, Any] = field(default_factory=dict)
    """What the proof in fractions has made of them so far."""

    @classmethod
    def of(cls, site: PowerSite, fleet_kw: int) -> Kept:
        """A fresh one."""
        supply = supply_of(site, fleet_kw)
        rows = supply.rows
        return cls(site, supply, Warm(supply.upper, (rows.row, rows.column, rows.value), rows.count))

    def begin(self) -> None:
        """Let the next run begin where it would if nothing had been asked before."""
        if self.is_begun:
            self.warm.begin_from(self.begun)
            return
        self.warm.begin_from(None)
        self.feed(FIRST_KW, FIRST_KW * FIRST_WORK, FIRST_RATE, FIRST_DAYS)
        self.begun, self.is_begun = self.warm.basis(), True

    def grown(self, fleet_kw: float) -> None:
        """Make room for larger fleets; the lines are calculated again for them."""
        if fleet_kw <= self.supply.fleet_kw:
            return
        self.proved.clear()
        self.is_begun = False
        larger = Kept.of(self.site, whole_power_of_two(fleet_kw))
        self.supply, self.warm = larger.supply, larger.warm
        self.lines = [line_of(self.supply, line.days, line.duals) for line in self.lines]
        self.reaches = [reach_of(self.supply, reach.duals) for reach in self.reaches]
        self.rooms = [room_of(self.supply, room.duals) for room in self.rooms]

    def feed(self, fleet_kw: float, work_kw: float, usd_per_kw_day: float, days: int, **more: Floats) -> Vertex | None:
        """The cheapest supply of a fleet; None if HiGHS says that none feeds it. ``more``: other bounds, sides (kW)."""
        supply = self.supply
        lower, upper = np.zeros(supply.columns.count), supply.upper.copy()
        lower[FLEET], upper[FLEET] = min(max(work_kw, fleet_kw * (days - 1) / days), fleet_kw), fleet_kw
        right = more.get("right", supply.right(days, work_kw))
        lower = np.maximum(lower, more["lower"]) if "lower" in more else lower
        upper = np.minimum(upper, more["upper"]) if "upper" in more else upper
        return self.warm.minimise(supply.cost(days, usd_per_kw_day), right, lower, upper)

    def find_room(self, days: int) -> None:
        """How large a fleet may be that is at work in every hour of a run of so many days."""
        supply = self.supply
        cost, nothing = np.zeros(supply.columns.count), np.zeros(supply.columns.count)
        cost[FLEET] = -1.0
        found = self.warm.minimise(cost, supply.right(days, 0.0), nothing, supply.upper)
        if found is not None:
            self.rooms.append(room_of(supply, found.duals))

    def most_work(self, fleet_kw: float, days: int) -> Vertex | None:
        """The most work that a fleet can do."""
        supply = self.supply
        upper = supply.upper.copy()
        upper[FLEET] = fleet_kw
        return self.warm.minimise(-supply.work, supply.right(days, 0.0), np.zeros(supply.columns.count), upper)


@dataclass(frozen=True, eq=False)
class Searched:
    """What a search found: the best choice and its cost, and how much it did."""

    choice: Choice | None
    cost_usd: float
    floor_usd: float
    """No plan costs less, in floats."""
    pairs: int
    rows: int
    runs: int


def whole_power_of_two(value: float) -> int:
    """The next power of two, not below: a count."""
    return 1 << max(0, int(np.ceil(np.log2(max(value, 1.0)))))


class Table:
    """Rows (option, servers, days) with what they cost without supply, and their bound with it."""

    def __init__(self, fleets: Fleets, income: float, option: Whole, servers: Whole, days: Whole) -> None:
        self._fleets = fleets
        self.option, self.servers, self.days = option, servers, days
        self.fleet = servers * fleets.mean_kw[option]
        self.work = fleets.work_kw(option, days)
        self.rate = fleets.kw_day_usd[option]
        self.standing = servers * fleets.server_usd[option] + fleets.staff_usd_per_day * days + fleets.site_setup_usd
        in_use = in_use_at_least(self.fleet, self.work, days.astype(np.float64))
        self.alone = self.standing + self.rate * days * in_use - income * days
        """What a row costs at least, whatever feeds it: before its supply, less what selling may earn."""
        self.floor = self.alone.copy()
        self.solved = np.full(len(option), -np.inf)

    def see_line(self, kept: Kept, line: Line) -> None:
        """Raise the bounds to what a line says."""
        cost = line.floor(kept.site.basis, self.fleet, self.work, self.rate, self.days.astype(np.float64))
        np.maximum(self.floor, self.standing + cost, out=self.floor)

    def see_reach(self, reach: Reach) -> None:
        """Rule out what cannot do its work."""
        self.floor[self.work > reach.most(self.fleet, self.days.astype(np.float64)) * (1 + 1e-9)] = np.inf

    def see_room(self, room: Room) -> None:
        """Rule out what is too large to be at work in every hour."""
        days = self.days.astype(np.float64)
        self.floor[self.fleet * (days - 1) / days > room.most(days) * (1 + 1e-9)] = np.inf

    def see(self, kept: Kept) -> None:
        """All that is kept of the site."""
        for line in kept.lines:
            self.see_line(kept, line)
        for reach in kept.reaches:
            self.see_reach(reach)
        for room in kept.rooms:
            self.see_room(room)

    def only(self, rows: NDArray[np.bool_]) -> None:
        """Leave the others."""
        for name in ("option", "servers", "days", "fleet", "work", "rate", "standing", "alone", "floor", "solved"):
            setattr(self, name, getattr(self, name)[rows])


class Search:
    """One search; its parts share what was found so far."""

    def __init__(self, kept: Kept, fleets: Fleets, below: float = np.inf) -> None:
        self.kept, self.fleets = kept, fleets
        self.best: Choice | None = None
        self.best_usd = below
        self.runs = 0

    def solve(self, table: Table, row: int) -> bool:
        """Feed a row: whether it can be fed. The best plan, the lines and the reaches grow."""
        kept, days = self.kept, int(table.days[row])
        fleet, work, rate = float(table.fleet[row]), float(table.work[row]), float(table.rate[row])
        kept.grown(fleet)
        self.runs += 1
        if not kept.is_begun:
            kept.begin()
        found = kept.feed(fleet, work, rate, days)
        if found is None:
            self.runs += 1
            if not kept.site.pause:
                self._find_room(fleet, days)
            most = kept.most_work(fleet, days)
            if most is not None:
                kept.reaches.append(reach_of(kept.supply, most.duals))
            return False
        kept.lines.append(line_of(kept.supply, days, found.duals))
        option = int(table.option[row])
        mean = self.fleets.mean_kw[option]
        # no more servers than are in use at any time
        servers = max(int(self.fleets.least[option]), int(np.ceil(found.values[FLEET] / mean * (1 - 1e-9))))
        servers = min(servers, int(table.servers[row]))
        usd = float(table.standing[row]) + found.objective
        usd -= (int(table.servers[row]) - servers) * float(self.fleets.server_usd[option])
        table.solved[row] = float(table.standing[row]) + found.objective
        if usd < self.best_usd:
            self.best, self.best_usd = Choice(option, servers, days), usd
        return True

    @property
    def income(self) -> float:
        """USD a day that selling may earn at most."""
        return self.kept.supply.income

    @property
    def nearly_best_usd(self) -> float:
        """The least cost that counts as better than the best: by EPS of it."""
        return self.best_usd - EPS * abs(self.best_usd) if np.isfinite(self.best_usd) else self.best_usd

    def _find_room(self, fleet: float, days: int) -> None:
        """How large a fleet may be that never pauses, where what is known of it does not rule this one out."""
        length = np.array([float(days)])
        if not any(fleet * (days - 1) / days > float(room.most(length)[0]) for room in self.kept.rooms):
            self.kept.find_room(days)

    def run(self) -> Searched:
        """The best choice."""
        pairs = self.pairs()
        if len(pairs.option):
            self._first(pairs)
        rows = self._rows(pairs)
        count = len(rows.option)
        floor = self._settle(rows)
        return Searched(self.best, self.best_usd, floor, len(pairs.option), count, self.runs)

    def pairs(self) -> Table:
        """Every (option, days) at the fewest servers that could do the work at full power in every hour."""
        fleets = self.fleets
        longest = int(fleets.days.max(initial=0))
        if longest < 1:
            nothing = np.zeros(0, dtype=np.int64)
            return Table(fleets, self.income, nothing, nothing, nothing)
        days = np.arange(1, longest + 1)[None, :]
        needed = np.ceil(fleets.work / (fleets.pflops[:, None] * days) * (1 - 1e-12)).astype(np.int64)
        fewest = np.maximum(fleets.least[:, None], needed)
        option, place = np.nonzero((fewest <= fleets.most[:, None]) & (days <= fleets.days[:, None]))
        return Table(fleets, self.income, option, fewest[option, place], place + 1)

    def _reachable(self, pairs: Table) -> Table:
        """The pairs with as many servers as the reaches ask for; those that no count can feed left out."""
        fleets, servers = self.fleets, pairs.servers.astype(np.float64)
        possible = np.ones(len(servers), dtype=bool)
        mean = fleets.mean_kw[pairs.option]
        for reach in self.kept.reaches:
            beyond = pairs.work - reach.constant - reach.limits / pairs.days
            if reach.per_kw > 0:
                servers = np.maximum(servers, np.ceil(beyond / reach.per_kw / mean * (1 - 1e-9)))
            else:
                possible &= beyond <= 1e-9 * pairs.work
        possible &= servers <= fleets.most[pairs.option]
        option, days = pairs.option[possible], pairs.days[possible]
        found = Table(fleets, self.income, option, servers[possible].astype(np.int64), days)
        found.see(self.kept)
        return found

    def _first(self, pairs: Table) -> None:
        """Plans and lines from the cheapest pairs, at the fewest servers that can be fed."""
        refused: set[tuple[int, int, int]] = set()
        self.kept.grown(float(pairs.fleet[int(np.argmin(pairs.floor))]))
        seen = self._reachable(pairs)
        for _ in range(FIRST_TRIES):
            if not len(seen.option):
                return
            row = int(np.argmin(np.maximum(seen.floor, seen.solved)))
            if not max(seen.floor[row], seen.solved[row]) < self.nearly_best_usd:
                return
            if self.solve(seen, row):
                seen.see_line(self.kept, self.kept.lines[-1])
                continue
            here = (int(seen.option[row]), int(seen.servers[row]), int(seen.days[row]))
            if here in refused:  # the line of the reach lies a hair above it
                seen.floor[row] = np.inf
                continue
            refused.add(here)
            seen = self._reachable(pairs)

    def _rows(self, pairs: Table) -> Table:
        """Every count of every pair whose cost without supply is below the best plan."""
        fleets = self.fleets
        pairs = self._reachable(pairs)
        if np.isfinite(self.best_usd):
            pairs.only(pairs.alone < self.best_usd)
        # what a server costs whatever feeds it: its price, and all but the last day of its keep
        server = fleets.server_usd[pairs.option] + pairs.rate * (pairs.days - 1) * fleets.mean_kw[pairs.option]
        most = fleets.most[pairs.option]
        if np.isfinite(self.best_usd):
            left = self.best_usd + (self.income - fleets.staff_usd_per_day) * pairs.days - fleets.site_setup_usd
            by_price = np.floor(left / np.where(server > 0, server, 1.0))
            most = np.where(server > 0, np.minimum(most, np.maximum(pairs.servers, by_price)), most).astype(np.int64)
        # where a server costs nothing by itself, more of them never cost more: only the most matters
        fewest = np.where(server > 0, pairs.servers, most)
        counts = np.maximum(0, most - fewest + 1)
        which = np.repeat(np.arange(len(counts)), counts)
        step = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = Table(fleets, self.income, pairs.option[which], fewest[which] + step, pairs.days[which])
        self.kept.grown(float(rows.fleet.max(initial=0.0)))
        rows.see(self.kept)
        return rows

    def _settle(self, rows: Table) -> float:
        """Solve the row of the least bound until none is below the best plan; the least bound that is left."""
        least = np.inf
        while len(rows.option) and self.runs < MOST_RUNS:
            bound = np.maximum(rows.floor, rows.solved)
            row = int(np.argmin(bound))
            least = float(bound[row])
            if not least < self.nearly_best_usd:
                break
            if self.solve(rows, row):
                rows.see_line(self.kept, self.kept.lines[-1])
                rows.floor[row] = max(rows.floor[row], rows.solved[row])
            else:
                if self.kept.reaches:
                    rows.see_reach(self.kept.reaches[-1])
                for room in self.kept.rooms[-1:]:
                    rows.see_room(room)
                rows.floor[row] = np.inf
            rows.only(rows.floor < self.best_usd)
            least = self.best_usd
        return min(least, self.best_usd)


def search(kept: Kept, fleets: Fleets, below: float = np.inf) -> Searched:
    """The cheapest (option, servers, days) of a case at a site; the lines that bound all others stay in ``kept``.

    Args:
        kept: the supply of the site.
        fleets: the options.
        below: what a plan must cost less than; without one that does, there is no choice.
    """
    return Search(kept, fleets, below).run()


def least_usd(kept: Kept, fleets: Fleets) -> float:
    """What the cheapest pair of option and days costs before it is fed; infinite where none can do the work."""
    pairs = Search(kept, fleets).pairs()
    return float(pairs.floor.min(initial=np.inf))
