"""Consortia counted out: every choice of servers at the sites, every number of days, nothing taken from the package but
the exact figures of one server at a site by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from optimizer.catalogue import Catalogue
from optimizer.consortium.members import Consortium
from optimizer.consortium.settle import Settled, settle_sites
from optimizer.exact import ExactOption, exact_problem
from optimizer.options import options_table


@dataclass(frozen=True)
class Kind:
    """One kind of server at one site, from some day of the run on."""

    site: int
    start: int
    option: ExactOption


@dataclass(frozen=True)
class Counted:
    """The best plan by counting."""

    value: Fraction
    cost: Fraction
    days: int
    servers: tuple[tuple[str, str, int, int], ...]
    """Site, accelerator, day of the run from which on, servers."""


def counted(asked: Consortium, catalogue: Catalogue, *, fewest: int = 2, total: bool = True) -> Counted | None:
    """The best plan of up to two kinds of server over at least so many sites; None if there is none."""
    return Counting(settle_sites(asked, catalogue), fewest, total).best()


class Counting:
    """All that is looked up once."""

    def __init__(self, ready: Settled, fewest: int, total: bool) -> None:
        assert ready.asked.mix == 2, "counted out for two kinds"
        self.ready, self.fewest, self.total = ready, fewest, total
        self.kinds: list[Kind] = []
        self.problems = []
        for number, place in enumerate(ready.places):
            keys = [option.key for option in options_table(place.setting).options]
            stages = [exact_problem(stage.setting, keys) for stage in place.stages]
            self.problems.append(stages)
            self.kinds += [
                Kind(number, stage.from_day, option) for stage in place.stages for option in stages[-1].options
            ]
        lead = self.problems[0][0]
        self.work, self.memory, self.deadline = lead.work_pflops_days, lead.memory_gb, lead.deadline_days

    def best(self) -> Counted | None:
        found = [plan for chosen in self._choices() for plan in self._plans(chosen)]
        return min(found, key=lambda plan: (plan.value, plan.cost, plan.days), default=None)

    def _choices(self) -> Iterator[tuple[Kind, ...]]:
        if self.fewest == 1:
            yield from ((kind,) for kind in self.kinds)
        for pair in combinations(self.kinds, 2):
            if len({kind.site for kind in pair}) >= self.fewest:
                yield pair

    def _spread(self, chosen: Sequence[Kind]) -> str:
        # the data's figure for sites of one country holds if all of the plan lie in one
        countries = {self.ready.places[kind.site].setting.country.id for kind in chosen}
        return "domestic" if len(countries) == 1 else "international"

    def _plans(self, chosen: tuple[Kind, ...]) -> Iterator[Counted]:
        several = len({kind.site for kind in chosen}) > 1
        spread = self._spread(chosen)
        left = Fraction(1)
        if several:
            own = self.ready.asked.efficiency
            row = self.ready.catalogue.distribution[self.ready.lead.assumptions.id, spread]
            left = Fraction(row.efficiency if own is None else own)
        most = [self._most(kind) for kind in chosen]
        for servers in product(*(range(1, top + 1) for top in most)):
            if not self._allowed(chosen, servers):
                continue
            for days in range(1, self.deadline + 1):
                plan = self._plan(chosen, servers, days, left, several, spread)
                if plan is not None:
                    yield plan

    def _most(self, kind: Kind) -> int:
        """Servers that a single limit of the site would let in, in its last phase."""
        stage = self.problems[kind.site][-1]
        position = [o.key for o in stage.options].index(kind.option.key)
        tops = [int(cap.bound / cap.uses[position]) for cap in stage.caps if cap.uses[position] > 0]
        return min([kind.option.max_servers, *tops])

    def _allowed(self, chosen: Sequence[Kind], servers: Sequence[int]) -> bool:
        """Caps of every site and phase, of countries and of all; brackets, connections."""
        of_country: dict[tuple[str, str], list[Any]] = {}
        for number, place in enumerate(self.ready.places):
            here = [(kind, n) for kind, n in zip(chosen, servers, strict=True) if kind.site == number]
            if not here:
                continue
            for stage, problem in zip(place.stages, self.problems[number], strict=True):
                position = {option.key: o for o, option in enumerate(problem.options)}
                for cap in problem.caps:
                    use = sum(
                        cap.uses[position[kind.option.key]] * n for kind, n in here if kind.start <= stage.from_day
                    )
                    if cap.limit.kind in ("hire", "law"):
                        if stage is place.stages[-1]:
                            name = (str(cap.limit), place.setting.country.id)
                            held = of_country.setdefault(name, [Fraction(0), cap.bound])
                            held[0] += use
                    elif use > cap.bound:
                        return False
            devices = sum(kind.option.devices * n for kind, n in here)
            if any(not kind.option.min_devices <= devices <= kind.option.max_devices for kind, _ in here):
                return False
            if len({kind.option.key.connection for kind, _ in here} - {""}) > 1:
                return False
            first = min(kind.start for kind, _ in here)
            if sum(kind.option.memory_gb * n for kind, n in here if kind.start == first) < self.memory:
                return False
        if any(use > bound for use, bound in of_country.values()):
            return False
        limits = self.ready.total
        pairs = list(zip(chosen, servers, strict=True))
        if self.total:
            if limits.max_tpp is not None and sum(k.option.tpp * n for k, n in pairs) > limits.max_tpp:
                return False
            hardware = sum(k.option.capital_usd * n for k, n in pairs)
            if limits.max_capital_usd is not None and hardware > limits.max_capital_usd:
                return False
            devices = sum(k.option.acquired * n for k, n in pairs)
            if limits.max_accelerators is not None and devices > limits.max_accelerators:
                return False
            for supplied, most in limits.supply:
                had = [k.option.acquired * n for k, n in pairs if k.option.key.accelerator == supplied]
                if sum(had) > most:
                    return False
        return True

    def _plan(
        self, chosen: Sequence[Kind], servers: Sequence[int], days: int, left: Fraction, several: bool, spread: str
    ) -> Counted | None:
        pairs = list(zip(chosen, servers, strict=True))
        leads = [max(0, kind.option.lead_days - kind.start) for kind in chosen]
        if days + max(leads) > self.deadline:
            return None
        worked = self._worked(pairs, left)
        if worked is None or any(u > n * (days - kind.start) for (kind, n), u in zip(pairs, worked, strict=True)):
            return None
        cost = self._cost(pairs, worked, days, several, spread)
        if self.total:
            total = self.ready.total
            limits = (total.budget_usd, total.max_energy_gwh, total.max_carbon_t)
            for measure, limit, unit in zip(("cost", "energy", "carbon"), limits, (1, 10**6, 10**6), strict=True):
                if limit is not None and self._value(measure, pairs, worked, days, cost) > Fraction(limit) * unit:
                    return None
        value = self._value(self.ready.objective, pairs, worked, days, cost)
        names = tuple((self.ready.places[k.site].name, k.option.key.accelerator, k.start, n) for k, n in pairs)
        return Counted(value, cost, days, names)

    def _worked(self, pairs: list[tuple[Kind, int]], left: Fraction) -> list[Fraction] | None:
        """Server-days of each: all work from their first day to the end of the run; None if some do nothing."""
        speeds = [kind.option.pflops * left * n for kind, n in pairs]
        before = sum((speed * kind.start for speed, (kind, _) in zip(speeds, pairs, strict=True)), Fraction(0))
        end = (self.work + before) / sum(speeds)
        worked = [n * (end - kind.start) for kind, n in pairs]
        return worked if min(worked) > 0 else None

    def _cost(
        self, pairs: list[tuple[Kind, int]], worked: list[Fraction], days: int, several: bool, spread: str
    ) -> Fraction:
        lead = self.ready.lead
        team = lead.exact("staff_fte")
        row = self.ready.catalogue.distribution[lead.assumptions.id, spread]
        posts = min(team, Fraction(row.site_staff_fte)) if several else team
        total = (team - posts) * lead.exact("engineer_usd_per_year") / 365 * days if several else Fraction(0)
        for number in {kind.site for kind, _ in pairs}:
            setting = self.ready.places[number].setting
            total += Fraction(setting.case.site_setup_usd or 0)
            total += posts * setting.exact("engineer_usd_per_year") / 365 * days
        for (kind, n), u in zip(pairs, worked, strict=True):
            total += kind.option.server_usd * n + kind.option.server_day_usd * u
        return total

    def _value(
        self, objective: str, pairs: list[tuple[Kind, int]], worked: list[Fraction], days: int, cost: Fraction
    ) -> Fraction:
        if objective == "cost":
            return cost
        if objective == "days":
            return Fraction(days + max(max(0, kind.option.lead_days - kind.start) for kind, _ in pairs))
        if objective == "peak_power":
            return sum((kind.option.peak_kw * n for kind, n in pairs), Fraction(0))
        kwh = [kind.option.mean_kw * 24 * u for (kind, _), u in zip(pairs, worked, strict=True)]
        if objective == "energy":
            return sum(kwh, Fraction(0))
        grams = [Fraction(self.ready.places[kind.site].setting.country.grid_carbon_g_per_kwh) for kind, _ in pairs]
        return sum((energy * g for energy, g in zip(kwh, grams, strict=True)), Fraction(0))


def figures_counted(plan: Counted | None) -> tuple[Fraction, Fraction] | None:
    return None if plan is None else (plan.value, plan.cost)
