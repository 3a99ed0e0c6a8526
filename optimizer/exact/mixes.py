"""Exhaustive search over mixes of one site: a third way, where no solver gives a verdict that can be believed.

Whole servers settle everything (:mod:`optimizer.exact.shares`), so what is tried is whole servers, kind by kind, for
every whole number of days ``T``. A run that takes ``T`` days is longer than ``T - 1``, so that a server of an option
adds at least ``A + d (T - 1)`` to a measure, ``A`` being its part per server and ``d`` per day; and to do the work in
``T`` days, the speed that is still missing takes at least what the cheapest option for its speed would add. What then
passes a bound is not tried further: the ceilings of the case are bounds, and so is a value that is known to be reached.
No more is assumed.

Floating point only sorts out what cannot matter. Whatever comes within :data:`NEAR` of a bound or of the best is worked
out in exact arithmetic, by the rules of the verifier.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.limits import Aim
from optimizer.exact.measures import Measure, Used
from optimizer.exact.problem import ExactProblem
from optimizer.exact.shares import at_work
from optimizer.units.records import dataclass

NEAR = 1e-10
"""Relative distance within which a float comparison decides nothing; float error here is below 1e-13."""
TRIED_FIRST = 20
"""Of the choices of the same options, how many are compared with the limits at once, least first."""
MOST_TRIED = 15_000_000
"""Choices of servers beyond which the search gives up: some ten seconds."""
MOST_KINDS = 50_000
"""Choices of kinds beyond which it gives up: some fifty seconds."""
MOST_EXACT = 20_000
"""Choices that are calculated exactly, beyond which it gives up."""

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Choice = tuple[list[Used], int]
Within = Callable[[Choice], bool]
"""Whether a choice is within every limit and rule, exactly."""


class TooManyError(Exception):
    """There are too many choices to try them all."""


@dataclass(frozen=True, eq=False)
class _Bound:
    """A measure that must not pass a bound, over some options, but for what it counts whatever the servers do."""

    per_server: Floats
    per_day: Floats
    """Per server and day."""
    room: Floats
    """By days: what the bound leaves for the servers, with room for the error of floats."""

    def each(self, days: Whole) -> Floats:
        """What one server adds at least, by days and options."""
        least: Floats = self.per_server + self.per_day * (days[:, None] - 1.0)
        return least

    def slack(self, days: Whole, speed: Floats, work: float, shortest: float) -> tuple[Floats, Floats]:
        """By days: what the room leaves above the cheapest way to do the work; and what one server of each option adds
        to that at least.

        With ``v`` the least that a unit of work comes to, ``A / T + d`` for the speed, servers that work ``L`` days
        come to ``v W + sum n (A + (d - v r) L)``: straight lines in L, none below 0 between the shortest run and T.
        """
        unit = ((self.per_server / days[:, None] + self.per_day) / speed).min(axis=1)
        slope = self.per_day - unit[:, None] * speed
        low = np.maximum(days - 1.0, np.minimum(shortest, days))[:, None]
        adds: Floats = self.per_server + np.minimum(slope * low, slope * days[:, None])
        left: Floats = self.room - unit * work
        return left + NEAR * np.abs(self.room), np.maximum(adds, 0.0)


def search_mixes(
    problem: ExactProblem, aims: Sequence[Aim], mix: int, within: Within, known: Fraction | None = None
) -> Choice | None:
    """The mix of up to ``mix`` options that is least in the first of some measures, then in the next; None if there is
    none. Names decide last.

    Args:
        problem: the case in exact figures, of one site.
        within: settles in exact arithmetic whether a choice may be.
        known: a value of the first measure, in its unit, that is reached, if one is known: only what is no worse is
            sought.

    Raises:
        TooManyError: there are too many choices to try them all.
    """
    if any(option.start_days for option in problem.options) or problem.fewest_sites > 1:
        raise TooManyError("several sites")
    if not problem.compute_allowed or not problem.options:
        return None
    measures = [problem.measure(aim) for aim in aims]
    search = _Search(problem, mix, measures, within)
    search.best = known
    groups = list(search.groups())
    for size in range(1, mix + 1):  # the fewest kinds first: what they reach spares most of the others
        for group in groups:
            search.try_all(group, size)
    return search.least()


class _Search:
    """What is looked up once, and what has come within reach so far."""

    def __init__(self, problem: ExactProblem, mix: int, measures: Sequence[Measure], within: Within) -> None:
        self.problem, self.mix, self.measures, self.within = problem, mix, measures, within
        options = problem.options
        self.work, self.memory = float(problem.work_pflops_days), float(problem.memory_gb)
        self.speed = options.column("pflops").floats
        self.held = options.column("memory_gb").floats
        self.devices = options.column("devices").floats
        ends = [math.inf if option.most_days is None else option.most_days for option in options]
        self.last = np.minimum(problem.deadline_days - options.column("lead_days").floats, ends)
        self.uses = np.array([cap.uses.floats for cap in problem.caps]).reshape(-1, len(options))
        self.bounds = np.array([_loose(float(cap.bound)) for cap in problem.caps])
        self.most = self._most()
        self.best: Fraction | None = None
        self.days = np.arange(1, max(1, int(self.last.max())) + 1)
        self.rooms = [self._room(ceiling.measure, ceiling.bound) for ceiling in problem.ceilings]
        self._reached: tuple[Fraction | None, Floats] = (None, np.full(len(self.days), np.inf))
        self.tried = self.kinds = 0
        self.close: list[tuple[float, dict[int, int]]] = []

    def _most(self) -> Floats:
        """Servers of each option within every cap taken alone."""
        most = self.problem.options.column("max_servers").floats.copy()
        with np.errstate(divide="ignore", invalid="ignore"):
            fits = np.where(self.uses > 0, self.bounds[:, None] / self.uses, np.inf)
        return np.minimum(most, np.floor(fits.min(axis=0))) if len(fits) else most

    def groups(self) -> Iterator[list[int]]:
        """Options that may stand together: in one size bracket, with one connection at most."""
        keys = [option.key for option in self.problem.options]
        connections = sorted({key.connection for key in keys} - {""}) or [""]
        for bracket in dict.fromkeys(key.bracket for key in keys):
            for connection in connections:
                here = [
                    i
                    for i, key in enumerate(keys)
                    if key.bracket == bracket and key.connection in ("", connection) and self.most[i] >= 1
                ]
                if here:
                    yield here

    def _room(self, measure: Measure, bound: Fraction) -> Floats:
        """By days, what a bound leaves for the servers: exact, then with room for the error of floats."""
        left = [float(bound - measure.constant - measure.per_day * day) for day in self.days.tolist()]
        return np.array([_loose(value) for value in left])

    def measured(self, group: Sequence[int]) -> list[_Bound]:
        """The ceilings of the case, and what is minimised, which must not pass the best so far."""
        among = list(group)
        if self.best is not None and self.best != self._reached[0]:
            self._reached = (self.best, self._room(self.measures[0], self.best))
        given = [(c.measure, room) for c, room in zip(self.problem.ceilings, self.rooms, strict=True)]
        given.append((self.measures[0], self._reached[1]))
        return [
            _Bound(measure.per_server.floats[among], measure.per_server_day.floats[among], room)
            for measure, room in given
        ]

    def try_all(self, group: list[int], size: int) -> None:
        """Every mix of so many options of a group.

        Raises:
            TooManyError: there are too many.
        """
        alive = self._alone(group)
        left = [option for option, stays in zip(group, alive, strict=True) if stays]
        self.kinds += math.comb(len(left), size)
        if self.kinds > MOST_KINDS:
            raise TooManyError("too many kinds")
        for some in combinations(left, size):
            self._try(list(some))

    def _alone(self, group: list[int]) -> NDArray[np.bool_]:
        """The options of which one server, with the cheapest of the group for the rest, is within every bound."""
        days, speed = self.days, self.speed[group]
        stays = np.array(self.last[group][None, :] >= days[:, None])
        rest = np.maximum(0.0, self.work - speed * days[:, None]) / days[:, None]
        for bound in self.measured(group):
            each = bound.each(days)
            value: Floats = each + _cheapest(each, speed)[:, None] * rest
            stays = stays & np.array(value <= bound.room[:, None])
        found: NDArray[np.bool_] = np.array(stays.any(axis=0))
        return found

    def _try(self, some: list[int]) -> None:
        """Every number of servers of all of some options, and of no other."""
        days, speed, bounds = self.days, self.speed[some], self.measured(some)
        # what counts towards a bound: what a server adds at least, what is still missing at its cheapest, the room
        rows = [(each := bound.each(days), _cheapest(each, speed), bound.room) for bound in bounds]
        shortest = self.work / float(self.most[some] @ speed)
        for bound in bounds:
            left, adds = bound.slack(days, speed, self.work, shortest)
            rows.append((adds, np.zeros(len(days)), left))
        open_days = np.array(days <= self.last[some].min())
        for each, cheapest, room in rows:
            open_days &= np.array(np.maximum(cheapest * self.work / days, each.sum(axis=1)) <= room)
        at = np.flatnonzero(open_days)
        counts = np.zeros((len(at), len(some)), dtype=np.int64)
        for place in range(len(some)):
            at, counts = self._further(some, place, at, counts, rows)
            if not at.size:
                return
        self._settle(some, at, counts, bounds)

    def _further(
        self, some: list[int], place: int, at: Whole, counts: Whole, rows: Sequence[tuple[Floats, Floats, Floats]]
    ) -> tuple[Whole, Whole]:
        """Fleets of the first options with every number of servers of one more that may be."""
        option, days = some[place], self.days[at]
        done = counts @ self.speed[some]
        highest = np.full(len(at), self.most[option])
        lowest = np.ones(len(at))
        for use, bound in zip(self.uses, self.bounds, strict=True):
            if use[option] > 0:
                highest = np.minimum(highest, np.floor((bound - counts @ use[some]) / use[option]))
        for each, _, room in rows:
            left = room[at] - (counts * each[at]).sum(axis=1)
            mine = each[at, place]
            fits = np.divide(left, mine, out=np.full(len(at), np.inf), where=mine > 0)
            highest = np.minimum(highest, np.floor(fits))
        # with a speed of more the run would be over on the day before
        fastest = np.divide(_loose(self.work), days - 1.0, out=np.full(len(at), np.inf), where=days > 1)
        highest = np.minimum(highest, np.floor((fastest - done) / self.speed[option]))
        if place == len(some) - 1:
            short = self.work * (1 - NEAR) / days - done
            lowest = np.maximum(lowest, np.ceil(short / self.speed[option]))
        row, number = _spans(lowest, np.maximum(highest, lowest - 1))
        self.tried += len(row)
        if self.tried > MOST_TRIED:
            raise TooManyError("too many choices")
        at, counts = at[row], counts[row].copy()
        counts[:, place] = number
        stays = np.ones(len(at), dtype=bool)
        rest = np.maximum(0.0, self.work / self.days[at] - counts @ self.speed[some])
        for each, cheapest, room in rows:
            stays &= (counts * each[at]).sum(axis=1) + cheapest[at] * rest <= room[at]
        return at[stays], counts[stays]

    def _settle(self, some: list[int], at: Whole, counts: Whole, bounds: Sequence[_Bound]) -> None:
        """Keep what may be within every limit, and is no worse than the best that surely is."""
        days = self.days[at]
        lengths = self.work / (counts @ self.speed[some])
        stays = counts @ self.held[some] >= self.memory * (1 - NEAR)
        bracket = self.problem.options[some[0]]
        had = counts @ self.devices[some]
        stays &= (had >= bracket.min_devices) & (had <= bracket.max_devices)
        for use, bound in zip(self.uses, self.bounds, strict=True):
            stays &= counts @ use[some] <= bound
        for bounded in bounds:
            stays &= counts @ bounded.per_server + (counts @ bounded.per_day) * lengths <= bounded.room[at]
        if not stays.any():
            return
        counts, lengths, days = counts[stays], lengths[stays], days[stays]
        what = self.measures[0]
        fixed = float(what.constant) + float(what.per_day) * days
        worth = fixed + counts @ bounds[-1].per_server + (counts @ bounds[-1].per_day) * lengths
        order = np.argsort(worth, kind="stable").tolist()
        for row in order[:TRIED_FIRST]:
            choice = at_work(self.problem, dict(zip(some, counts[row].tolist(), strict=True)))
            value = what.value(*choice)
            if self.best is not None and value >= self.best:
                break
            if self.within(choice):
                self.best = value
                break
        most = math.inf if self.best is None else _loose(float(self.best))
        for row in order:
            if worth[row] > most:
                break
            self.close.append((float(worth[row]), dict(zip(some, counts[row].tolist(), strict=True))))
        if len(self.close) > MOST_EXACT:
            self.close = [item for item in self.close if item[0] <= most]
            if len(self.close) > MOST_EXACT:
                raise TooManyError("too many choices of the same worth")

    def least(self) -> Choice | None:
        """The best of what is left, in exact arithmetic."""
        found: tuple[tuple[object, ...], Choice] | None = None
        for worth, servers in sorted(self.close, key=lambda item: item[0]):
            if found is not None and worth > _loose(float(found[0][0])):  # type: ignore[arg-type]
                break
            choice = at_work(self.problem, servers)
            if not self.within(choice):
                continue
            names = sorted(self.problem.options[option].tie for option in servers)
            rank = (*(measure.value(*choice) for measure in self.measures), names)
            if found is None or rank < found[0]:
                found = (rank, choice)
        return None if found is None else found[1]


def _cheapest(each: Floats, speed: Floats) -> Floats:
    """By days, the least of some options for their speed."""
    found: Floats = (each / speed).min(axis=1)
    return found


def _loose(bound: float) -> float:
    """A bound with room for the error of floats."""
    return bound + abs(bound) * NEAR


def _spans(low: Floats, high: Floats) -> tuple[Whole, Whole]:
    """The whole numbers from low to high of every row, one after the other, and the row of each."""
    counts = np.maximum(0.0, high - low + 1).astype(np.int64)
    row = np.repeat(np.arange(len(low)), counts)
    starts = np.cumsum(counts) - counts
    return row, np.arange(int(counts.sum())) - starts[row] + low[row].astype(np.int64)
