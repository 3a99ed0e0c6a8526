"""The best plan by counting: every option, every number of servers, every number of days, for one or two options.

Written from the meanings alone (what a plan is, what it costs, what each limit says); nothing of the package is used.
No bound is derived, no monotony is used, no row of the model is known here: plans are counted out and compared. That
is slow, so questions must be small. ``counted_cases`` makes a question of a case.

What is counted out for two options: every pair, every ``n1, n2 >= 1``, every day count. All servers work to the end of
the run, so each does the work in proportion to its speed.

All arithmetic is on whole numbers (fractions brought to a common denominator), hence exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from operator import ge, mul
from typing import Any

MOST_SERVERS = 200
"""Above this a question is not small: counting would take minutes."""


@dataclass(frozen=True)
class Way:
    """One server of one option, in exact figures."""

    name: Any
    """Decides last between equal plans."""
    devices: int
    pflops: Fraction
    peak_kw: Fraction
    kwh_per_day: Fraction
    tpp: Fraction
    memory_gb: Fraction
    lead_days: int
    fixed_usd: Fraction
    server_usd: Fraction
    server_day_usd: Fraction
    capital_usd: Fraction = Fraction(0)
    billed_days: int = 0
    """Days of every server that a hire bills at least."""
    term_days: int | None = None
    """Days after which a reservation ends; None of what is none."""
    spare_share: Fraction = Fraction(0)
    """Spare devices that are bought with a server, as a share of its own."""
    bracket: Any = None
    smallest: int = 1
    """Devices of the smallest and the largest cluster for which the figures hold."""
    largest: int = 10**9

    @property
    def come_in(self) -> Fraction:
        """Devices that come in with a server."""
        return self.devices * (1 + self.spare_share)

    @property
    def tpp_comes_in(self) -> Fraction:
        """TPP that comes in with a server."""
        return self.tpp * (1 + self.spare_share)


@dataclass(frozen=True)
class Cap:
    """``sum uses[i] n[i] <= bound``."""

    bound: Fraction
    uses: tuple[Fraction, ...]
    name: str = ""
    """What it is of, as an answer names the limit."""


@dataclass(frozen=True)
class Question:
    """What is asked: the least ``objective``, then cost, then days, then servers, then names."""

    ways: tuple[Way, ...]
    work: Fraction
    memory_gb: Fraction
    deadline_days: int
    day_usd: Fraction
    objective: str = "cost"
    mix: int = 1
    ceilings: tuple[tuple[str, Fraction], ...] = ()
    """Measures with the most that a plan may come to, each in the measure's own unit: USD, kWh, g."""
    caps: tuple[Cap, ...] = ()
    carbon_g_per_kwh: Fraction = Fraction(0)
    allowed: bool = True


@dataclass(frozen=True)
class Best:
    """The best plan: what it is worth, and what it is."""

    value: Fraction
    cost_usd: Fraction
    days: int
    servers: int
    counts: tuple[tuple[Any, int], ...]


Line = tuple[Fraction, Fraction, Fraction]
"""Of one option: once, per server, per PFLOP/s-day of its work."""


def answer(asked: Question) -> Best | None:
    """Count out every plan and keep the best; None if there is no plan."""
    if not asked.allowed:
        return None
    found = [best for group in _groups(asked) if (best := _best_of(asked, group)) is not None]
    if not found:
        return None
    key, plan = min(found, key=lambda item: item[0])
    return Best(key[0], key[1], plan[1], key[3], tuple((asked.ways[i].name, n) for i, n in plan[0]))


def least(asked: Question, measure: str) -> Fraction | None:
    """The least value of a measure (cost, days, finish, peak_power, energy, carbon, capital, tpp, devices) over all."""
    best = answer(replace(asked, objective=measure))
    return None if best is None else best.value


def _groups(asked: Question) -> Iterator[tuple[int, ...]]:
    assert asked.mix in (1, 2, 3), "only mixes of up to three are counted out"
    for size in range(1, asked.mix + 1):
        yield from combinations(range(len(asked.ways)), size)


def _lines(asked: Question, measure: str) -> tuple[list[Line], Fraction]:
    """A measure as a straight line for each option, and its part per day of the run."""
    zero, one = Fraction(0), Fraction(1)
    table: dict[str, Callable[[Way], Line]] = {
        "cost": lambda w: (w.fixed_usd, w.server_usd, w.server_day_usd / w.pflops),
        "days": lambda w: (zero, zero, zero),
        "finish": lambda w: (zero, zero, zero),
        "peak_power": lambda w: (zero, w.peak_kw, zero),
        "energy": lambda w: (zero, zero, w.kwh_per_day / w.pflops),
        "carbon": lambda w: (zero, zero, w.kwh_per_day / w.pflops * asked.carbon_g_per_kwh),
        "capital": lambda w: (zero, w.capital_usd, zero),
        "tpp": lambda w: (zero, w.tpp_comes_in, zero),
        "devices": lambda w: (zero, w.come_in, zero),
    }
    per_day = {"cost": asked.day_usd, "days": one, "finish": one}.get(measure, zero)
    return [table[measure](way) for way in asked.ways], per_day


def _whole(values: Iterable[Fraction]) -> int:
    """A number by which all of them become whole."""
    return math.lcm(*(value.denominator for value in values))


def all_whole(values: Sequence[Fraction]) -> list[int]:
    """Values times the number by which all of them become whole."""
    scale = _whole(values)
    return [int(value * scale) for value in values]


def _best_of(asked: Question, group: tuple[int, ...]) -> tuple[tuple[Any, ...], tuple[Any, int]] | None:
    """The best plan that uses all of these options and no other."""
    ways = [asked.ways[i] for i in group]
    if len({way.bracket for way in ways}) > 1:
        return None
    last = asked.deadline_days - max(way.lead_days for way in ways)
    last = min([last, *(way.term_days for way in ways if way.term_days is not None)])
    lead = max(way.lead_days for way in ways)
    late = lead if asked.objective in ("days", "finish") else 0
    names = sorted(way.name for way in ways)
    # work and speeds as whole numbers of the same unit
    unit = _whole([asked.work, *(way.pflops for way in ways)])
    work, *speed = all_whole([asked.work, *(way.pflops for way in ways)])
    # both measures as whole numbers; the part for the work is per whole unit of work
    first, first_day, first_scale = _as_whole(asked, group, asked.objective, unit)
    money, money_day, money_scale = _as_whole(asked, group, "cost", unit)
    by_money = first_scale if asked.objective == "cost" else 0
    ceilings = []
    for measure, bound in asked.ceilings:
        lines, per_day, scale = _as_whole(asked, group, measure, unit, bound)
        ceilings.append((lines, per_day, int(bound * scale), scale if measure == "cost" else 0))
    best: tuple[Any, ...] | None = None
    plan: tuple[Any, int] | None = None
    for counts in _counts(asked, group):
        paces = list(map(mul, speed, counts))
        pace = sum(paces)
        idle_usd = _billed_beyond_work(ways, counts, [Fraction(work * own, pace) for own in paces], unit)
        # what each option works is a part of ``pace``: with this factor all of a plan is in whole numbers
        factor = math.lcm(pace, idle_usd.denominator)
        shares = [work * own * (factor // pace) for own in paces]
        idle = int(idle_usd * factor)
        worth, usd = (
            _stands(lines, counts, shares, factor) + idle * scale
            for lines, scale in ((first, by_money), (money, money_scale))
        )
        left = [bound * factor - _stands(lines, counts, shares, factor) - idle * by for lines, _, bound, by in ceilings]
        day_by_day = [per_day * factor for _, per_day, _, _ in ceilings]
        kept = [
            (worth + first_day * factor * days, usd + money_day * factor * days, days)
            for days in range(1, last + 1)
            if pace * days >= work and all(map(ge, left, [per_day * days for per_day in day_by_day]))
        ]
        if not kept:
            continue
        least_worth, least_usd, days = min(kept)
        key = (
            Fraction(least_worth, factor) + late * first_scale,
            Fraction(least_usd, factor),
            days + lead,
            sum(counts),
            names,
        )
        if best is None or key < best:
            best, plan = key, (tuple(zip(group, counts, strict=True)), days)
    if best is None or plan is None:
        return None
    value, cost, finish, servers, _ = best
    return (value / first_scale, cost / money_scale, finish, servers, names), plan


def _stands(lines: Sequence[tuple[int, int, int]], counts: Sequence[int], shares: Sequence[int], factor: int) -> int:
    """What does not change with the days: what is once, for each server, and for the work of each; times the factor."""
    return sum(
        (once + each * n) * factor + per_work * share
        for (once, each, per_work), n, share in zip(lines, counts, shares, strict=True)
    )


def _billed_beyond_work(ways: Sequence[Way], counts: Sequence[int], shares: Sequence[Fraction], unit: int) -> Fraction:
    """What hires come to for days that they bill and nobody works, USD."""
    total = Fraction(0)
    for way, count, share in zip(ways, counts, shares, strict=True):
        worked = share / unit / way.pflops
        total += way.server_day_usd * max(Fraction(0), way.billed_days * count - worked)
    return total


@dataclass(frozen=True)
class Whole:
    """A measure of plans of one option in whole numbers: ``scale`` times what it is."""

    fixed: tuple[int, ...]
    """Of every option: what is once, and what is for the work."""
    each: tuple[int, ...]
    per_day: int
    scale: int

    def of(self, option: int, count: int, days: int) -> int:
        """Of so many servers of one option for so many days."""
        return self.fixed[option] + self.each[option] * count + self.per_day * days


def in_whole(asked: Question, measure: str) -> Whole:
    """A measure of plans of one option that do all the work."""
    lines, per_day = _lines(asked, measure)
    late = [way.lead_days if measure in ("days", "finish") else 0 for way in asked.ways]
    fixed = [once + per_work * asked.work + lead for (once, _, per_work), lead in zip(lines, late, strict=True)]
    scale = _whole([per_day, *fixed, *(each for _, each, _ in lines)])
    each = tuple(int(each * scale) for _, each, _ in lines)
    return Whole(tuple(int(value * scale) for value in fixed), each, int(per_day * scale), scale)


def _as_whole(
    asked: Question, group: tuple[int, ...], measure: str, unit: int, *more: Fraction
) -> tuple[list[tuple[int, int, int]], int, int]:
    """A measure in whole numbers, its part per day, and its factor, by which ``more`` is whole as well."""
    lines, per_day = _lines(asked, measure)
    # what is paid once is paid once for the plan, not for every kind of server in it
    mine = [
        (once if k == 0 else Fraction(0), each, per_work / unit)
        for k, (once, each, per_work) in enumerate(lines[i] for i in group)
    ]
    scale = _whole([per_day, *more, *(part for line in mine for part in line)])
    return [(int(a * scale), int(b * scale), int(c * scale)) for a, b, c in mine], int(per_day * scale), scale


def _counts(asked: Question, group: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every way to choose servers of these options within the caps, the size bracket and the memory floor."""
    ways = [asked.ways[i] for i in group]
    devices = [way.devices for way in ways]
    # bounds and uses as whole numbers: at most, and at least
    most = [(ways[0].largest, devices), *(_in_whole(cap.bound, [cap.uses[i] for i in group]) for cap in asked.caps)]
    least = [(ways[0].smallest, devices), _in_whole(asked.memory_gb, [way.memory_gb for way in ways])]

    def inside(counts: Sequence[int]) -> bool:
        return all(sum(map(mul, uses, counts)) <= bound for bound, uses in most)

    def extend(chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(chosen) == len(group):
            if all(sum(map(mul, uses, chosen)) >= bound for bound, uses in least):
                yield chosen
            return
        rest = (0,) * (len(group) - len(chosen) - 1)
        count = 1
        # no cap is eased by one server more, so the first count outside ends the counting
        while inside((*chosen, count, *rest)):
            assert count <= MOST_SERVERS, "the question is too large to be counted out"
            yield from extend((*chosen, count))
            count += 1

    return extend(())


def _in_whole(bound: Fraction, uses: Sequence[Fraction]) -> tuple[int, list[int]]:
    """A bound and what counts towards it, both times the number by which all of them become whole."""
    limit, *parts = all_whole([bound, *uses])
    return limit, parts
