"""All inputs at once, drawn at random: how often each accelerator is best, what the run costs, what the plan risks.

Every draw is planned and proven like any case. Next to its best plan is the plan chosen at the central values: the
same kind of server and number, which runs until the work is done, and may miss the deadline or a limit on the way.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.domain import Case, OptionKey
from optimizer.domain.limits import Limit
from optimizer.errors import UndecidedError, UsageError
from optimizer.options import OptionTable, options_table
from optimizer.plans.outcome import Plan
from optimizer.plans.verify import Rule
from optimizer.uncertainty.distribution import draws
from optimizer.uncertainty.fixed_choice import Choice, Standing, in_scenario, standing
from optimizer.uncertainty.processes import map_items
from optimizer.uncertainty.screening import plan_from_table
from optimizer.uncertainty.spreads import Scenario
from optimizer.uncertainty.tornado import Basis, basis
from optimizer.uncertainty.uncertain_inputs import Uncertain
from optimizer.units.records import dataclass

MOST_DRAWS = 100_000
PERCENTILES = (10, 50, 90)


@dataclass(frozen=True)
class Probability:
    """A share of the draws, and how far it may be from the true one by chance."""

    count: int
    of: int

    @property
    def share(self) -> float:
        """The share of the draws."""
        return self.count / self.of

    @property
    def standard_error(self) -> float:
        """Of the share p: sqrt(p (1 - p) / draws); 0 says only that all draws were alike."""
        return math.sqrt(self.share * (1 - self.share) / self.of)


@dataclass(frozen=True)
class Draw:
    """One draw: its values, its best plan, and what becomes of the chosen one."""

    number: int
    values: Scenario
    key: OptionKey | None
    """The kind of server that is best; None where there is no plan."""
    servers: int | None
    days: int | None
    cost_usd: Fraction | None
    chosen: Standing | None


@dataclass(frozen=True, eq=False)
class MonteCarlo:
    """The draws, and what they say."""

    basis: Basis
    seed: int
    draws: tuple[Draw, ...]

    @cached_property
    def best(self) -> dict[str | None, Probability]:
        """The probability of each accelerator of being best, the likeliest first; None: that there is no plan."""
        counts = Counter(draw.key.accelerator if draw.key else None for draw in self.draws)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))
        return {name: Probability(count, len(self.draws)) for name, count in ranked}

    @cached_property
    def least_cost_usd(self) -> tuple[Fraction, ...]:
        """The cost of the best plan at :data:`PERCENTILES`, over the draws that have one."""
        return percentiles([draw.cost_usd for draw in self.draws if draw.cost_usd is not None])

    @cached_property
    def chosen_cost_usd(self) -> tuple[Fraction, ...]:
        """The cost of the chosen plan at :data:`PERCENTILES`, over all draws: until its work is done."""
        return percentiles([draw.chosen.cost_usd for draw in self.draws if draw.chosen is not None])

    @cached_property
    def met(self) -> dict[Limit | Rule, Probability]:
        """The probability that the chosen plan meets each limit that it touches, or misses in some draw."""
        missed = Counter(name for draw in self.draws if draw.chosen for name in draw.chosen.missed)
        touched = [use.limit for use in self.basis.best.limits] if isinstance(self.basis.best, Plan) else []
        names = dict.fromkeys([*touched, *sorted(missed, key=str)])
        return {name: Probability(len(self.draws) - missed[name], len(self.draws)) for name in names}

    @cached_property
    def all_met(self) -> Probability:
        """The probability that the chosen plan meets every limit."""
        return Probability(sum(1 for draw in self.draws if draw.chosen and draw.chosen.met), len(self.draws))


def percentiles(values: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The least of the values that so many per cent of them do not exceed (nearest rank); nothing out of nothing."""
    ranked = sorted(values)
    return tuple(ranked[max(0, math.ceil(len(ranked) * p / 100) - 1)] for p in PERCENTILES) if ranked else ()


@dataclass(frozen=True, eq=False)
class _Setup:
    known: Uncertain
    table: OptionTable
    choice: Choice | None
    seed: int


def monte_carlo(
    case: Case,
    catalogue: Catalogue,
    count: int = 1000,
    seed: int = 1,
    ranges: Iterable[str] = (),
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> MonteCarlo:
    """Plan a case under so many random draws of its uncertain inputs.

    Args:
        count: draws.
        seed: the same seed gives the same draws, with any number of workers.
        ranges: ranges of the user's own.
        workers: child processes.
        progress: called with the draws done and their number.

    Raises:
        UsageError: a mix, too many draws, or ranges that cannot be used.
        DataError: the case or the data cannot be used.
        SolverError: the two proofs of a draw do not agree, or a worker was lost.
    """
    check_draws(count, seed)
    found = basis(case, catalogue, ranges)
    scenarios = list(enumerate(draws(found.known.inputs, count, seed), 1))
    setup = _Setup(without_cache(found.known), options_table(found.known.setting), found.choice, seed)
    return MonteCarlo(found, seed, tuple(map_items(_drawn, setup, scenarios, workers, progress)))


def check_draws(count: int, seed: int, most: int = MOST_DRAWS) -> None:
    """Refuse a number of draws, or a seed, that is none.

    Raises:
        UsageError: it is.
    """
    if not 1 <= count <= most:
        raise UsageError.say("--draws {count}: must be 1 to {most:,}", count=count, most=most)
    if seed < 0:
        raise UsageError.say("--seed {seed}: must be 0 or more", seed=seed)


def without_cache(known: Uncertain) -> Uncertain:
    """What is uncertain, with nothing kept of any case: small enough to travel to another process."""
    setting = known.setting
    return replace(known, setting=replace(setting, catalogue=setting.catalogue.without_cache()))


def _drawn(setup: _Setup, numbered: tuple[int, Scenario]) -> Draw:
    number, values = numbered
    setting = settle(*in_scenario(setup.known, values, f"draw {number} of seed {setup.seed}"))
    try:
        outcome = plan_from_table(setting, setup.table)
    except UndecidedError as error:
        reported = {name: [f"{value:f}" for value in some] for name, some in values.items()}
        raise UndecidedError(
            str(error), {**error.dossier, "draw": number, "seed": setup.seed, "values": reported}
        ) from error
    chosen = None if setup.choice is None else standing(setting, setup.choice)
    if not isinstance(outcome, Plan):
        return Draw(number, values, None, None, None, None, chosen)
    return Draw(number, values, outcome.items[0].key, outcome.servers, outcome.days, outcome.cost_usd, chosen)
