"""The best plan by counting: every option, every number of servers, every number of days, for one or two options.

Written from the meanings alone (what a plan is, what it costs, what each limit says), with nothing taken from the
package but the exact figures of one server of each option. No bound is derived, no monotony is used, no row of the
model is known here: plans are counted out and compared. That is slow, so questions must be small.

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
from operator import mul
from typing import Any

from optimizer.solve.claim import Prepared

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
    first_work, money_work = [line[2] for line in first], [line[2] for line in money]
    ceilings, on_money = [], []
    for measure, bound in asked.ceilings:
        lines, per_day, scale = _as_whole(asked, group, measure, unit)
        ceilings.append((lines, per_day, bound * scale))
        on_money.append(scale if measure == "cost" else 0)
    by_money = first_scale if asked.objective == "cost" else 0
    best: tuple[Any, ...] | None = None
    plan: tuple[Any, int] | None = None
    for counts in _counts(asked, group):
        once, paid = (sum(m[k][0] + m[k][1] * n for k, n in enumerate(counts)) for m in (first, money))
        paces = list(map(mul, speed, counts))
        pace = sum(paces)
        shares = [Fraction(work * own, pace) for own in paces]
        servers = sum(counts)
        held = [sum(m[k][0] + m[k][1] * n for k, n in enumerate(counts)) for m, _, _ in ceilings]
        idle_usd = _billed_beyond_work(ways, counts, shares, unit)
        for days in range(1, last + 1):
            rows = [
                ([m[2] for m in lines], bound - spent - per_day * days - idle_usd * scale)
                for (lines, per_day, bound), spent, scale in zip(ceilings, held, on_money, strict=True)
            ]
            if pace * days < work:
                continue
            usd = paid + money_day * days + sum(map(mul, money_work, shares)) + idle_usd * money_scale
            if any(sum(map(mul, each, shares)) > left for each, left in rows):
                continue
            key = (
                once + first_day * days + sum(map(mul, first_work, shares)) + late * first_scale + idle_usd * by_money,
                usd,
                days + lead,
                servers,
                names,
            )
            if best is None or key < best:
                best, plan = key, (tuple(zip(group, counts, strict=True)), days)
    if best is None or plan is None:
        return None
    worth, usd, finish, servers, _ = best
    return (Fraction(worth) / first_scale, Fraction(usd) / money_scale, finish, servers, names), plan


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
    asked: Question, group: tuple[int, ...], measure: str, unit: int
) -> tuple[list[tuple[int, int, int]], int, int]:
    lines, per_day = _lines(asked, measure)
    # what is paid once is paid once for the plan, not for every kind of server in it
    mine = [
        (once if k == 0 else Fraction(0), each, per_work / unit)
        for k, (once, each, per_work) in enumerate(lines[i] for i in group)
    ]
    scale = _whole([per_day, *(part for line in mine for part in line)])
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


def question(ready: Prepared) -> Question:
    """A prepared case as a question: exact figures of its options; its limits read off the case itself."""
    setting, problem = ready.setting, ready.problem
    case, catalogue = setting.case, setting.catalogue
    brackets = {
        option.key.bracket: catalogue.bracket(setting.assumptions.id, option.key.bracket) for option in problem.options
    }
    ways = tuple(
        Way(
            name=option.key,
            devices=option.devices,
            pflops=option.pflops,
            peak_kw=option.peak_kw,
            kwh_per_day=24 * option.mean_kw,
            tpp=option.tpp,
            memory_gb=option.memory_gb,
            lead_days=option.lead_days if case.deadline_from == "order" else 0,
            fixed_usd=Fraction(case.site_setup_usd or 0),
            server_usd=option.server_usd,
            server_day_usd=option.server_day_usd,
            capital_usd=option.capital_usd,
            billed_days=_billed_days(ready, option.key),
            term_days={"reserved_1y": 365, "reserved_3y": 1095}.get(option.key.terms),
            spare_share=_spare_share(ready, option.key),
            bracket=option.key.bracket,
            smallest=brackets[option.key.bracket].min_devices,
            largest=brackets[option.key.bracket].max_devices,
        )
        for option in problem.options
    )
    flop = Fraction(setting.training_flop)
    held = trained = Fraction(setting.workload.params_total_b)
    if setting.adapter_params_b is not None:
        trained = Fraction(setting.adapter_params_b)
    memory = trained * Fraction(setting.figures["training_bytes_per_parameter"].value)
    if setting.way.frozen_bytes_per_parameter is not None:
        memory += held * Fraction(setting.way.frozen_bytes_per_parameter)
    return Question(
        ways=ways,
        work=flop / (10**15 * 86_400),
        memory_gb=memory,
        deadline_days=case.deadline_days or 0,
        day_usd=Fraction(setting.figures["staff_fte"].value)
        * Fraction(setting.figures["engineer_usd_per_year"].value)
        / 365,
        objective=case.objective or "cost",
        mix=case.mix or 1,
        ceilings=tuple(
            (measure, Fraction(bound) * unit)
            for measure, bound, unit in (
                ("cost", case.budget_usd, 1),
                ("energy", case.max_energy_gwh, 10**6),
                ("carbon", case.max_carbon_t, 10**6),
            )
            if bound is not None
        ),
        caps=tuple(_caps(ready, ways)),
        carbon_g_per_kwh=Fraction(setting.country.grid_carbon_g_per_kwh),
        allowed=case.max_training_flop is None or flop <= Fraction(case.max_training_flop),
    )


def _billed_days(ready: Prepared, key: Any) -> int:
    """Days that the offer of an option bills at least; none where the rent is no offer, or is paid by the term."""
    if key.procurement != "rent" or key.terms.startswith("reserved"):
        return 0
    catalogue, at = ready.setting.catalogue, (key.site, key.accelerator)
    offer = catalogue.committed[(*at, key.terms)] if key.terms else catalogue.hire.get(at)
    return 0 if offer is None else offer.min_days or 0


def _spare_share(ready: Prepared, key: Any) -> Fraction:
    """Spares are bought with what is bought, unless the price covers everything."""
    setting = ready.setting
    row = setting.catalogue.overrides.get((setting.assumptions.id, key.accelerator))
    scope = (row or setting.catalogue.accelerators[key.accelerator]).price_scope
    counted = key.procurement == "buy" and scope != "all_in"
    return Fraction(setting.figures["spare_ratio"].value) if counted else Fraction(0)


def _caps(ready: Prepared, ways: Sequence[Way]) -> Iterator[Cap]:
    """Every limit of the case that is a sum over servers."""
    setting = ready.setting
    case = setting.case

    def over(name: str, bound: Any, use: Callable[[Way], Fraction | int]) -> Cap:
        return Cap(Fraction(bound), tuple(Fraction(use(way)) for way in ways), name)

    if case.max_mw is not None:
        yield over("grid", case.max_mw, lambda w: w.peak_kw / 1000)
    if case.max_tpp is not None:
        yield over("tpp", case.max_tpp, lambda w: w.tpp_comes_in)
    if case.max_accelerators is not None:
        yield over("accelerators", case.max_accelerators, lambda w: w.come_in)
    if case.max_capital_usd is not None:
        yield over("capital", case.max_capital_usd, lambda w: w.capital_usd)
    supply, owned = dict(case.supply), dict(case.owned)
    for name in {way.name.accelerator for way in ways}:
        if name in supply:
            yield over(f"supply:{name}", supply[name], lambda w, a=name: w.come_in if _is(w, a, "buy", "rent") else 0)
        else:
            most = setting.figures["hire_max_devices"].value
            yield over(f"hire:{name}", most, lambda w, a=name: w.devices if _is(w, a, "rent") else 0)
        yield over(f"owned:{name}", owned.get(name, 0), lambda w, a=name: w.devices if _is(w, a, "own") else 0)
    for rule in setting.catalogue.licence_rules:
        if rule.cap_tpp is not None:
            through = rule.rule
            yield over(
                f"law:{through}",
                rule.cap_tpp,
                lambda w, r=through: w.tpp_comes_in if w.name.procurement != "own" and w.name.route == r else 0,
            )


def _is(way: Way, accelerator: str, *procurements: str) -> bool:
    return way.name.accelerator == accelerator and way.name.procurement in procurements
