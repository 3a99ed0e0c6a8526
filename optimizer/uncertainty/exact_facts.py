"""What each scenario asks of one option, in exact arithmetic: the independent side of a robust plan.

It stands on :mod:`optimizer.exact` alone. Floats only sort out what cannot matter: what is within ``NEAR`` of a
boundary is settled with the fractions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.case.setting import Setting
from optimizer.domain import OptionKey
from optimizer.domain.limits import Limit
from optimizer.exact import ExactOptions, Measure, Shared, exact_option, problem_over
from optimizer.exact.search import NEAR
from optimizer.uncertainty.fixed_choice import days_of
from optimizer.units.records import dataclass

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Amount:
    """What servers come to until the work is done, of some measure: it depends on their number and on the days."""

    once: Fraction
    """Whatever their number: of the site, and of all server-days."""
    per_server: Fraction
    per_day: Fraction
    worked: Fraction = Fraction(0)
    """Of the server-days, where a hire bills some days at least."""
    minimum: Fraction = Fraction(0)
    """What these days of one server come to: the greater of both counts."""

    def of(self, servers: int, days: int) -> Fraction:
        """What so many servers come to in so many days."""
        billed = max(self.worked, self.minimum * servers)
        return self.once + billed + self.per_server * servers + self.per_day * days


@dataclass(frozen=True)
class Fact:
    """What one scenario asks of one option."""

    least: int
    """Fewest servers by memory, bracket and deadline; one more than ``most`` where there is no number."""
    most: int
    """Most servers by bracket and caps."""
    full_days: Fraction
    """Server-days of the work."""
    usd: Amount
    ceilings: Mapping[Limit, tuple[Amount, Fraction]]
    """Limits on what servers do, too, each with its bound."""
    lead_days: int

    def days(self, servers: int) -> int:
        """Whole days until so many servers have done the work."""
        return days_of(self.full_days, servers)

    def cost_usd(self, servers: int) -> Fraction:
        """What so many servers cost until the work is done."""
        return self.usd.of(servers, self.days(servers))

    def met(self, servers: int) -> bool:
        """Whether so many servers meet every limit."""
        if not self.least <= servers <= self.most:
            return False
        days = days_of(self.full_days, servers)
        return all(amount.of(servers, days) <= bound for amount, bound in self.ceilings.values())


def fact(setting: Setting, key: OptionKey, shared: Shared | None = None) -> Fact:
    """What a case asks of one option.

    Args:
        shared: kept for other options of the same setting.

    Raises:
        DataError: a figure that the option needs is not in the data.
    """
    option = exact_option(setting, key, shared)
    problem = problem_over(setting, ExactOptions([option]))
    full_days = problem.work_pflops_days / option.pflops
    most = option.max_servers
    for cap in problem.caps:
        if cap.uses[0] > 0:
            most = min(most, math.floor(cap.bound / cap.uses[0]))
    left_days = problem.deadline_days - option.lead_days
    if option.most_days is not None:
        left_days = min(left_days, option.most_days)
    least = most + 1
    if left_days >= 1 and problem.compute_allowed:
        memory = math.ceil(problem.memory_gb / option.memory_gb)
        least = max(option.min_servers, memory, math.ceil(full_days / left_days))

    def amount(what: Measure) -> Amount:
        once, worked = what.constant + what.latest[0], what.per_server_day[0] * full_days
        if what.paid_days is None:
            return Amount(once + worked, what.per_server[0], what.per_day)
        minimum = what.per_server_day[0] * what.paid_days[0]
        return Amount(once, what.per_server[0], what.per_day, worked, minimum)

    return Fact(
        least=least,
        most=most,
        full_days=full_days,
        usd=amount(problem.measure("cost")),
        ceilings={ceiling.limit: (amount(ceiling.measure), ceiling.bound) for ceiling in problem.ceilings},
        lead_days=option.lead_days,
    )


@dataclass(frozen=True, eq=False)
class Facts:
    """What the centre and every scenario ask of one option."""

    key: OptionKey
    central: Fact
    scenarios: tuple[Fact, ...]

    def further(self, scenarios: Sequence[tuple[Setting, Shared]]) -> Facts:
        """The same with more scenarios."""
        more = (fact(setting, self.key, shared) for setting, shared in scenarios)
        found = Facts(self.key, self.central, (*self.scenarios, *more))
        found.__dict__["counts"] = self.counts
        return found

    @cached_property
    def counts(self) -> Whole:
        """The numbers of servers that meet the central case: nothing else may be chosen."""
        central = self.central
        numbers = range(central.least, central.most + 1)
        if central.ceilings:
            return np.array([n for n in numbers if central.met(n)], dtype=np.int64)
        return np.array(numbers, dtype=np.int64)

    @cached_property
    def met(self) -> Whole:
        """Scenarios met by each of :attr:`counts`."""
        least = np.array([fact.least for fact in self.scenarios])[:, None]
        most = np.array([fact.most for fact in self.scenarios])[:, None]
        within = (least <= self.counts) & (self.counts <= most)
        for limit in dict.fromkeys(limit for fact in self.scenarios for limit in fact.ceilings):
            within &= self._keeping(limit, within)
        found: Whole = within.sum(axis=0)
        return found

    def _keeping(self, limit: Limit, within: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a limit on what servers do is kept, of those that are within others."""
        free = (Amount(Fraction(0), Fraction(0), Fraction(0)), None)
        asked = [fact.ceilings.get(limit, free) for fact in self.scenarios]
        bounds = np.array([math.inf if bound is None else float(bound) for _, bound in asked])[:, None]
        amounts = self._amounts([amount for amount, _ in asked])
        found: NDArray[np.bool_] = amounts <= bounds
        near = within & (self._days[1] | (np.abs(amounts - bounds) <= NEAR * np.abs(amounts)))
        for s, i in np.argwhere(near).tolist():
            found[s, i] = self.scenarios[s].met(int(self.counts[i]))
        return found

    @cached_property
    def _days(self) -> tuple[Floats, NDArray[np.bool_]]:
        """The days of each number of servers in each scenario, and where they are next to another whole day."""
        exactly = np.array([float(fact.full_days) for fact in self.scenarios])[:, None] / self.counts
        unsure: NDArray[np.bool_] = np.abs(exactly - np.rint(exactly)) <= NEAR * np.maximum(exactly, 1.0)
        return np.maximum(1.0, np.ceil(exactly)), unsure

    def _amounts(self, of: Sequence[Amount]) -> Floats:
        """What each number of servers comes to in each scenario."""
        parts = [[float(a.once), float(a.per_server), float(a.per_day), float(a.worked), float(a.minimum)] for a in of]
        once, per_server, per_day, worked, minimum = np.array(parts).T[:, :, None]
        billed = np.maximum(worked, minimum * self.counts)
        amounts: Floats = once + billed + per_server * self.counts + per_day * self._days[0]
        return amounts

    @cached_property
    def _costs(self) -> Floats:
        """The cost of each number of servers in each scenario."""
        return self._amounts([fact.usd for fact in self.scenarios])

    def value(self, aim: str, servers: int) -> Fraction:
        """The exact aim of a number of servers: its central, mean or worst cost, USD."""
        if aim == "central":
            return self.central.cost_usd(servers)
        costs = [fact.cost_usd(servers) for fact in self.scenarios]
        return max(costs) if aim == "worst" else sum(costs, Fraction(0)) / len(costs)

    @cached_property
    def _central_alone(self) -> Facts:
        """The same with the central case as the only scenario."""
        found = Facts(self.key, self.central, (self.central,))
        found.__dict__["counts"] = self.counts
        return found

    @property
    def least_usd(self) -> Fraction:
        """The least central cost of all numbers of servers, USD."""
        return min(self.least_values("central", np.arange(self.counts.size)))[0]

    def least_values(self, aim: str, positions: Whole) -> list[tuple[Fraction, int]]:
        """(exact aim in USD, servers) of some of :attr:`counts`: of those that may be least, and of no others."""
        if aim == "central":
            return self._central_alone.least_values("worst", positions)
        numbers = self.counts[positions]
        costs, unsure = self._costs[:, positions], self._days[1][:, positions]
        # a day more or less is the most that an unsure number of days may be wrong by
        staff = np.array([float(fact.usd.per_day) for fact in self.scenarios])[:, None] * unsure
        total = costs.max(axis=0) if aim == "worst" else costs.mean(axis=0)
        error = (staff.max(axis=0) if aim == "worst" else staff.mean(axis=0)) + NEAR * np.abs(total)
        close = total - error <= (total + error).min()
        return [(self.value(aim, n), n) for n in numbers[close].tolist()]


def facts(key: OptionKey, central: Setting, scenarios: Sequence[tuple[Setting, Shared]]) -> Facts:
    """What the centre and every scenario ask of one option.

    Args:
        scenarios: each with what is kept for its other options.
    """
    return Facts(key, fact(central, key), tuple(fact(setting, key, shared) for setting, shared in scenarios))
