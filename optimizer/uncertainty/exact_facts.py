"""What each scenario asks of one option, in exact arithmetic: the independent side of a robust plan.

It stands on :mod:`optimizer.exact` alone. Floats only sort out what cannot matter: what lies within ``NEAR`` of a
boundary is settled with the fractions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.case.setting import Setting
from optimizer.domain import OptionKey
from optimizer.exact import ExactOptions, exact_option, problem_over
from optimizer.exact.search import NEAR
from optimizer.uncertainty.fixed_choice import days_of

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Fact:
    """What one scenario asks of one option."""

    least: int
    """Fewest servers by memory, bracket and deadline; one more than ``most`` where there is no number."""
    most: int
    """Most servers by bracket and caps."""
    full_days: Fraction
    """Server-days of the work."""
    work_usd: Fraction
    """Paid whatever the servers: the site, and what is paid for server-days."""
    server_usd: Fraction
    staff_usd_per_day: Fraction
    budget_usd: Fraction | None
    lead_days: int

    def cost_usd(self, servers: int) -> Fraction:
        """What so many servers cost until the work is done."""
        days = days_of(self.full_days, servers)
        return self.work_usd + self.server_usd * servers + self.staff_usd_per_day * days

    def met(self, servers: int) -> bool:
        """Whether so many servers meet every limit."""
        if not self.least <= servers <= self.most:
            return False
        return self.budget_usd is None or self.cost_usd(servers) <= self.budget_usd


def fact(setting: Setting, key: OptionKey) -> Fact:
    """What a case asks of one option.

    Raises:
        DataError: a figure that the option needs is not in the data.
    """
    option = exact_option(setting, key)
    problem = problem_over(setting, ExactOptions([option]))
    full_days = problem.work_pflops_days / option.pflops
    most = option.max_servers
    for cap in problem.caps:
        if cap.uses[0] > 0:
            most = min(most, math.floor(cap.bound / cap.uses[0]))
    left_days = problem.deadline_days - option.lead_days
    least = most + 1
    if left_days >= 1 and problem.compute_allowed:
        memory = math.ceil(problem.memory_gb / option.memory_gb)
        least = max(option.min_servers, memory, math.ceil(full_days / left_days))
    return Fact(
        least=least,
        most=most,
        full_days=full_days,
        work_usd=problem.site_setup_usd + option.server_day_usd * full_days,
        server_usd=option.server_usd,
        staff_usd_per_day=problem.staff_usd_per_day,
        budget_usd=problem.budget_usd,
        lead_days=option.lead_days,
    )


@dataclass(frozen=True, eq=False)
class Facts:
    """What the centre and every scenario ask of one option."""

    key: OptionKey
    central: Fact
    scenarios: tuple[Fact, ...]

    @cached_property
    def counts(self) -> Whole:
        """The numbers of servers that meet the central case: nothing else may be chosen."""
        central = self.central
        numbers = range(central.least, central.most + 1)
        if central.budget_usd is not None:
            return np.array([n for n in numbers if central.met(n)], dtype=np.int64)
        return np.array(numbers, dtype=np.int64)

    @cached_property
    def met(self) -> Whole:
        """Scenarios met by each of :attr:`counts`."""
        least = np.array([fact.least for fact in self.scenarios])[:, None]
        most = np.array([fact.most for fact in self.scenarios])[:, None]
        within = (least <= self.counts) & (self.counts <= most)
        if any(fact.budget_usd is not None for fact in self.scenarios):
            within &= self._affordable(within)
        found: Whole = within.sum(axis=0)
        return found

    def _affordable(self, within: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the cost is within the budget, of those that are within all else."""
        budgets = np.array([math.inf if f.budget_usd is None else float(f.budget_usd) for f in self.scenarios])[:, None]
        costs, unsure = self._costs
        found: NDArray[np.bool_] = costs <= budgets
        near = within & (unsure | (np.abs(costs - budgets) <= NEAR * np.abs(costs)))
        for s, i in np.argwhere(near).tolist():
            found[s, i] = self.scenarios[s].met(int(self.counts[i]))
        return found

    @cached_property
    def _costs(self) -> tuple[Floats, NDArray[np.bool_]]:
        """The cost of each number of servers in each scenario, and where its days are next to another whole day."""

        def column(name: str) -> Floats:
            return np.array([float(getattr(fact, name)) for fact in self.scenarios])[:, None]

        exactly = column("full_days") / self.counts
        unsure: NDArray[np.bool_] = np.abs(exactly - np.rint(exactly)) <= NEAR * np.maximum(exactly, 1.0)
        days = np.maximum(1.0, np.ceil(exactly))
        costs: Floats = column("work_usd") + column("server_usd") * self.counts + column("staff_usd_per_day") * days
        return costs, unsure

    def value(self, aim: str, servers: int) -> Fraction:
        """The exact aim of a number of servers: its central, mean or worst cost, USD."""
        if aim == "central":
            return self.central.cost_usd(servers)
        costs = [fact.cost_usd(servers) for fact in self.scenarios]
        return max(costs) if aim == "worst" else sum(costs, Fraction(0)) / len(costs)

    def least_values(self, aim: str, positions: Whole) -> list[tuple[Fraction, int]]:
        """(exact aim, servers) of some of :attr:`counts`: of those that may be least, and of no others."""
        numbers = self.counts[positions]
        if aim == "central":
            return [(self.central.cost_usd(n), n) for n in numbers.tolist()]
        costs, unsure = self._costs
        costs, unsure = costs[:, positions], unsure[:, positions]
        # a day more or less is the most that an unsure number of days may be wrong by
        staff = np.array([float(fact.staff_usd_per_day) for fact in self.scenarios])[:, None] * unsure
        total = costs.max(axis=0) if aim == "worst" else costs.mean(axis=0)
        error = (staff.max(axis=0) if aim == "worst" else staff.mean(axis=0)) + NEAR * np.abs(total)
        close = total - error <= (total + error).min()
        return [(self.value(aim, n), n) for n in numbers[close].tolist()]


def facts(key: OptionKey, central: Setting, scenarios: Sequence[Setting]) -> Facts:
    """What the centre and every scenario ask of one option."""
    return Facts(key, fact(central, key), tuple(fact(setting, key) for setting in scenarios))
