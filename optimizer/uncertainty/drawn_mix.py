"""A mix of several kinds of server in many draws at once: what it costs and uses in each, vectorised over the draws.

The choice stands: so many servers of each kind. All of them work until the run ends, after ``L`` days, the length at
which they have done the work: with ``F`` the server-days that each kind alone would need, ``1 / L = sum n / F``, and a
kind does ``n L / F`` of the work. What each kind comes to is that of :mod:`optimizer.uncertainty.drawn_option`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from optimizer.domain.limits import DEADLINE, Limit
from optimizer.exact import ExactOptions, exact_option, problem_over
from optimizer.exact.shares import at_work
from optimizer.options.performance import Value
from optimizer.plans.outcome import PlanItem
from optimizer.plans.verify import violations
from optimizer.solve.claim import Prepared
from optimizer.uncertainty.amounts import Amount
from optimizer.uncertainty.distribution import Floats
from optimizer.uncertainty.drawn_option import DrawnOption, draw_option
from optimizer.uncertainty.fixed_choice import scenario_setting
from optimizer.uncertainty.limits_met import Met, decided, whole_days
from optimizer.uncertainty.sample import Sample
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False)
class DrawnMix:
    """Servers of several kinds in every draw of a sample."""

    drawn: tuple[DrawnOption, ...]
    """Of each kind, its figures in every draw."""
    servers: tuple[int, ...]
    sample: Sample

    @cached_property
    def length(self) -> Floats:
        """Days, not whole, until the work is done."""
        pace = sum(n / one.full_days for one, n in zip(self.drawn, self.servers, strict=True))
        found: Floats = 1 / np.asarray(pace)
        return found

    @cached_property
    def days(self) -> Floats:
        """Whole days until the work is done."""
        return whole_days(self.length)

    @cached_property
    def cost_usd(self) -> Floats:
        """What the mix costs until the work is done."""
        once = float(self.drawn[0].ready.setting.case.site_setup_usd or 0)
        return self._sum([one.usd for one in self.drawn], once)

    def _sum(self, amounts: Sequence[Amount], constant: float) -> Floats:
        """What all kinds come to of a measure.

        Args:
            amounts: of each kind, as if it did all the work.
            constant: what each of them counts that the site has once.
        """
        total: Value = constant + np.multiply(amounts[0].per_day, self.days)
        for amount, one, n in zip(amounts, self.drawn, self.servers, strict=True):
            total = total + amount.of_share(n, n * self.length / one.full_days, constant)
        return np.broadcast_to(np.asarray(total, dtype=np.float64), self.sample.count)

    def _uses(self) -> Iterator[tuple[Limit | str, Value, Value]]:
        """Every limit, what the mix comes to of it, and its bound."""
        yield DEADLINE, self.length, np.min([one.left_days for one in self.drawn], axis=0)
        held = sum(n / one.memory_servers for one, n in zip(self.drawn, self.servers, strict=True))
        yield "memory", 1.0, held
        by_limit: dict[Limit, list[tuple[int, Amount, Value]]] = {}
        for place, one in enumerate(self.drawn):
            for limit, amount, bound in one.bounded:
                by_limit.setdefault(limit, []).append((place, amount, bound))
        once = float(self.drawn[0].ready.setting.case.site_setup_usd or 0)
        for limit, parts in by_limit.items():
            if all(amount.is_of_servers for _, amount, _ in parts):
                yield limit, sum(amount.per_server * self.servers[place] for place, amount, _ in parts), parts[0][2]
            else:
                constant = once if limit.described.measure == "cost" else 0.0
                yield limit, self._sum([amount for _, amount, _ in parts], constant), parts[0][2]

    def met(self) -> tuple[dict[Limit | str, Met], Met]:
        """Whether the mix meets each limit, and all of them, draw by draw: exactly where a float cannot say."""
        each, near = decided(self._uses(), self.sample.count)
        found: Met = np.logical_and.reduce(list(each.values()))
        for draw in np.flatnonzero(near).tolist():
            found[draw] = self.exactly(draw)
        return each, found

    def exactly(self, draw: int) -> bool:
        """Whether the mix meets every limit in one draw, in exact arithmetic from the raw data."""
        setting = scenario_setting(self.sample.known, self.sample.scenario(draw))
        options = ExactOptions(exact_option(setting, one.option.key) for one in self.drawn)
        problem = problem_over(setting, options)
        used, days = at_work(problem, dict(enumerate(self.servers)))
        return not violations(problem, used, days, len(used))


def draw_mix(ready: Prepared, items: Sequence[PlanItem], sample: Sample) -> DrawnMix:
    """The servers of a plan in every draw of a sample.

    Args:
        ready: the case at its central values.
        sample: of what is uncertain about all of them.
    """
    drawn = tuple(draw_option(ready, ready.table.places[item.key], sample) for item in items)
    return DrawnMix(drawn, tuple(item.servers for item in items), sample)
