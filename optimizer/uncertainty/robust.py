"""The cheapest choice that holds in a stated share of scenarios: one kind of server, and how many, for all of them.

The choice is made here and now; days follow in each scenario, as the run goes on until the work is done. A scenario is
met if memory, the deadline and every limit hold there. The central case must be met too, so that robustness
never costs less than nothing. Cheapest is meant of the central cost, or of the mean or the worst over all scenarios,
met or not; then come the fewest days in the central case, the fewest servers and the name.

Proved twice: the MILP of :mod:`optimizer.model.robust` in HiGHS, from the options table, and an exhaustive search in
exact arithmetic over every kind of server and every number of them, from the raw data
(:mod:`optimizer.uncertainty.exact_facts`). The search leaves out only what cannot win: a kind of which no number meets
the central case, and, where the central cost is the aim, one whose least is above that of a plan that was found.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Literal

from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue
from optimizer.domain import Case, OptionKey
from optimizer.domain.limits import Limit
from optimizer.errors import DataError, ScaleError, UndecidedError, UsageError
from optimizer.exact import Shared
from optimizer.options import options_table
from optimizer.plans.outcome import Infeasible
from optimizer.plans.proof import NO_SOLVER, Ended, EndKind, Proof, ProofKind
from optimizer.plans.verify import Rule
from optimizer.solve.claim import Solver, nearly_equal, solver_name
from optimizer.solve.status import Status
from optimizer.uncertainty.distribution import draws
from optimizer.uncertainty.exact_facts import Facts, fact, facts
from optimizer.uncertainty.fixed_choice import Choice, Standing, scenario_setting, standing
from optimizer.uncertainty.monte_carlo import Probability, check_draws
from optimizer.uncertainty.ranges import name_of
from optimizer.uncertainty.spreads import Scenario
from optimizer.uncertainty.table_facts import affordable, demand_of, ladders
from optimizer.uncertainty.tornado import Basis, basis
from optimizer.uncertainty.uncertain_inputs import Uncertain
from optimizer.units.language import say
from optimizer.units.records import dataclass

Aim = Literal["central", "mean", "worst"]
AIMS: tuple[Aim, ...] = ("central", "mean", "worst")
MOST_CORNERS = 4096
MOST_SCENARIOS = 10_000
"""Draws of a robust plan: all of them are held at once, some 0.1 MB each."""


@dataclass(frozen=True)
class Held:
    """A choice over all scenarios."""

    choice: Choice
    met: Probability
    """Scenarios in which it meets every limit."""
    central: Standing
    mean_usd: Fraction
    worst_usd: Fraction
    missed: dict[Limit | Rule, Probability]
    """By limit, the scenarios that miss it."""


@dataclass(frozen=True, eq=False)
class Robust:
    """The robust plan next to the ordinary one."""

    basis: Basis
    scenarios: tuple[Scenario, ...]
    seed: int | None
    """Of the draws; None where the scenarios are corners."""
    corners: tuple[str, ...]
    """The inputs whose ends are combined; none where the scenarios are drawn."""
    share: Decimal
    aim: Aim
    plan: Held | None
    """The cheapest plan that holds in the share asked for; None where none does."""
    ordinary: Held | None
    """The best plan of the central case, which knows of no doubt; None where there is none."""
    most: Held | None
    """Where none holds in that share: the plan that holds in the most scenarios, the cheapest of these."""
    proof: Proof


def robust(
    case: Case,
    catalogue: Catalogue,
    *,
    count: int = 1000,
    seed: int = 1,
    corners: Sequence[str] = (),
    share: Decimal | None = None,
    aim: Aim = "central",
    ranges: Iterable[str] = (),
    solver: Solver | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Robust:
    """The cheapest choice that holds in a share of random draws, or at every combination of the ends of some ranges.

    Args:
        count: draws; without meaning where there are corners.
        corners: names of inputs whose low and high ends are combined; the other inputs stay central. Each limit
            depends on each input in one direction only, so that what holds at all corners holds in between; but for
            the time of delivery, which with ``deadline_from`` order decides which day's taxes are paid.
        share: of the scenarios that must be met, above 0; 0.9 of draws and all corners by default.
        aim: the cost that is least: central, mean or worst.
        ranges: ranges of the user's own.
        solver: stands in for :func:`optimizer.solve.highs.solve` in tests.
        progress: called with the scenarios made ready and their number.

    Raises:
        UsageError: a mix, an aim, share, input or number of draws that is none.
        DataError: the case or the data cannot be used.
        SolverError: the two proofs do not agree.
    """
    wanted = share if share is not None else Decimal(1) if corners else Decimal("0.9")
    if not 0 < wanted <= 1:
        raise UsageError.say("--share {wanted}: must be above 0 and at most 1", wanted=wanted)
    if aim not in AIMS:
        raise UsageError.say('--aim "{aim}": must be one of {aims}', aim=aim, aims=", ".join(AIMS))
    if not corners:
        check_draws(count, seed, MOST_SCENARIOS)
    found = basis(case, catalogue, ranges)
    if found.known.setting.case.objective != "cost":
        raise UsageError.say(
            "--objective: a robust plan is always the cheapest one; leave --objective out, or give cost"
        )
    names = _named(found.known, corners)
    scenarios = _corners(found.known, names) if names else draws(found.known.inputs, count, seed)
    settings = []
    for scenario in scenarios:
        settings.append(scenario_setting(found.known, scenario))
        progress(len(settings), len(scenarios))
    needed = math.ceil(wanted * len(settings))
    sought = _Sought(found, settings, needed, aim)
    plan, ordinary, most, proof = sought.proved(solver)
    return Robust(found, tuple(scenarios), None if names else seed, names, wanted, aim, plan, ordinary, most, proof)


def _named(known: Uncertain, corners: Sequence[str]) -> tuple[str, ...]:
    """The names of the inputs whose ends are combined.

    Raises:
        UsageError: one is no uncertain input, or they make too many combinations.
    """
    try:
        names = tuple(dict.fromkeys(name_of(known.setting, text) for text in corners))
    except DataError as error:
        raise UsageError.say("--corners: {error}", error=error) from error
    if wrong := [name for name in names if known.named(name) is None]:
        have = ", ".join(given.name for given in known.inputs)
        raise UsageError.say(
            "--corners: {wrong}: no range is known; give one with --range, or name one of {have}",
            wrong=", ".join(wrong),
            have=have,
        )
    if 2 ** len(names) > MOST_CORNERS:
        raise UsageError.say(
            "--corners: {names} inputs make {value:,} combinations; at most {most_corners:,}",
            names=len(names),
            value=2 ** len(names),
            most_corners=MOST_CORNERS,
        )
    return names


def _corners(known: Uncertain, names: Sequence[str]) -> list[Scenario]:
    inputs = [given for name in names if (given := known.named(name)) is not None]
    ends = [((given.name, given.low), (given.name, given.high)) for given in inputs]
    return [dict(corner) for corner in product(*ends)]


@dataclass(frozen=True, eq=False)
class _Best:
    """A choice that the exhaustive search found."""

    facts: Facts
    servers: int
    met: int
    value: Fraction

    @property
    def choice(self) -> Choice:
        return Choice(self.facts.key, self.servers)

    def rank(self) -> tuple[Fraction, int, int, OptionKey]:
        days = math.ceil(self.facts.central.full_days / self.servers)
        return self.value, max(1, days), self.servers, self.facts.key


@dataclass(frozen=True, eq=False)
class _Sought:
    """A robust plan that is being looked for."""

    basis: Basis
    settings: Sequence[Setting]
    needed: int
    aim: Aim
    known: dict[OptionKey, Facts] = field(default_factory=dict)
    """What was found out of a kind of server: the search, the greatest share and the check ask for the same."""

    def facts(self, key: OptionKey, count: int | None = None) -> Facts:
        """What the centre and every scenario, or at least so many of the first ones, ask of a kind of server."""
        count = len(self.settings) if count is None else count
        if key not in self.known:
            self.known[key] = facts(key, self.basis.known.setting, self._scenarios[:count])
        elif (there := len(self.known[key].scenarios)) < count:
            self.known[key] = self.known[key].further(self._scenarios[there:count])
        return self.known[key]

    def _may_suffice(self, key: OptionKey) -> bool:
        """Whether some number of servers may hold in the share: none does that has missed too many of the first
        scenarios already."""
        total = len(self.settings)
        for count in (total // 8, total // 4, total // 2):
            found = self.facts(key, count)
            if (len(found.scenarios) - found.met > total - self.needed).all():
                return False
        return True

    @cached_property
    def _scenarios(self) -> list[tuple[Setting, Shared]]:
        """Every scenario, with what its options have in common."""
        return [(setting, Shared()) for setting in self.settings]

    def proved(self, solver: Solver | None) -> tuple[Held | None, Held | None, Held | None, Proof]:
        """The plan, the ordinary one, where there is none the one of the greatest share, and the proof."""
        ordinary = None if self.basis.choice is None else self.verdict(self.basis.choice)
        if isinstance(self.basis.best, Infeasible):
            return None, None, None, self.basis.best.proof
        best, every = self._searched()
        if best is not None:
            proof = self._confirmed(best, every, solver)
            return self._checked(best), ordinary, None, proof
        most = self._most(every)
        proof = self._confirmed(most, every, solver, only_share=True)
        return None, ordinary, self._checked(most), proof

    def _searched(self) -> tuple[_Best | None, list[OptionKey]]:
        """The cheapest choice that holds in the share, and every kind of server that meets the central case."""
        setting = self.basis.known.setting
        keys = [option.key for option in options_table(setting).options]
        shared = Shared()
        firsts = {key: Facts(key, fact(setting, key, shared), ()) for key in keys}
        usable = {key: facts_of for key, facts_of in firsts.items() if facts_of.counts.size}
        least = {key: facts_of.least_usd for key, facts_of in usable.items()}
        best: _Best | None = None
        for key in sorted(usable, key=lambda key: (least[key], key)):
            if best is not None and self.aim == "central" and least[key] > best.value:
                break
            if not self._may_suffice(key):
                continue
            found = self.facts(key)
            enough = (found.met >= self.needed).nonzero()[0]
            if enough.size:
                values = found.least_values(self.aim, enough)
                met = dict(zip(found.counts.tolist(), found.met.tolist(), strict=True))
                here = [_Best(found, n, met[n], value) for value, n in values]
                best = min([*here, *([best] if best else [])], key=_Best.rank)
        return best, sorted(usable)

    def _most(self, keys: Iterable[OptionKey]) -> _Best:
        """The choice that holds in the most scenarios, the cheapest of these."""
        best: _Best | None = None
        for key in keys:
            found = self.facts(key)
            top = int(found.met.max())
            if best is not None and top < best.met:
                continue
            values = found.least_values(self.aim, (found.met == top).nonzero()[0])
            here = [_Best(found, n, top, value) for value, n in values]
            equal = [best] if best is not None and best.met == top else []
            best = min([*here, *equal], key=_Best.rank)
        assert best is not None  # the central case has a plan
        return best

    def _confirmed(
        self, best: _Best, keys: Sequence[OptionKey], solver: Solver | None, *, only_share: bool = False
    ) -> Proof:
        """HiGHS on the MILP must find the same value, or the same greatest share.

        Raises:
            UndecidedError: it does not.
        """
        from optimizer.model import robust as model
        from optimizer.solve import highs

        known = None if only_share else float(best.value)
        setting = self.basis.known.setting
        table = options_table(setting)
        places = [table.places[key] for key in keys]
        central = demand_of(setting, table, places)
        if known is not None and self.aim == "central":  # of these alone need the scenarios be calculated
            near = affordable(central, known)
            keys, places = [keys[o] for o in near], [places[o] for o in near]
            central = demand_of(setting, table, places)
        rows = [demand_of(setting, table, places) for setting in self.settings]
        left = ladders(central, rows, range(len(keys)), None if only_share else self.aim, known)
        if not left:
            raise self._undecided(say("the model has no choice where the exhaustive search found one"), best)
        try:
            built = model.build(left, None if only_share else self.needed)
        except ScaleError as error:
            return Proof(ProofKind.EXHAUSTIVE, NO_SOLVER, Ended(EndKind.SCALE, str(error)), 0.0, 0.0)
        said = (solver or highs.solve)(built)
        if said.status != Status.OPTIMAL or not said.gap <= 0:
            raise self._undecided(
                say("HiGHS gave no verdict on the robust plan: {detail}, gap {gap}", detail=said.detail, gap=said.gap),
                best,
            )
        claimed = said.objective / float(built.objective_factor)
        picked = model.read_choice(left, said.values)
        if picked is None:
            raise self._undecided(say("HiGHS gives a choice that is not whole"), best)
        key, servers = keys[picked[0]], left[picked[0]].servers[picked[1]]
        proposed = self.facts(key)
        met = sum(1 for one in proposed.scenarios if one.met(servers))
        if only_share:
            agreed = round(-claimed) == best.met == met
        else:
            value = proposed.value(self.aim, servers)
            claimed += model.constant_usd(left)
            agreed = (
                met >= self.needed
                and nearly_equal(claimed, float(best.value))
                and nearly_equal(float(value), float(best.value))
            )
        if not agreed or not proposed.central.met(servers):
            reported = {"option": key.name, "servers": servers, "met": met, "claimed": claimed}
            raise self._undecided(
                say("HiGHS and the exhaustive search do not agree on the robust plan"), best, highs=reported
            )
        ended = Ended(EndKind.SOLVER, said.detail)
        return Proof(ProofKind.EXHAUSTIVE, solver_name(), ended, said.gap, said.seconds)

    def _checked(self, best: _Best) -> Held:
        """The choice over all scenarios by the verifier, which must count as the search did.

        Raises:
            UndecidedError: it does not.
        """
        held = self.verdict(best.choice)
        if held.met.count != best.met or not held.central.met:
            raise self._undecided(say("the verifier does not agree with the search on the number of scenarios"), best)
        return held

    def verdict(self, choice: Choice) -> Held:
        """What becomes of a choice in every scenario, by the verifier's own rules."""
        standings = [standing(setting, choice) for setting in self.settings]
        missed = Counter(name for one in standings for name in one.missed)
        total = len(standings)
        return Held(
            choice,
            Probability(sum(1 for one in standings if one.met), total),
            standing(self.basis.known.setting, choice),
            sum((one.cost_usd for one in standings), Fraction(0)) / total,
            max(one.cost_usd for one in standings),
            {name: Probability(n, total) for name, n in sorted(missed.items(), key=lambda item: str(item[0]))},
        )

    def _undecided(self, message: str, best: _Best, **reported: object) -> UndecidedError:
        setting = self.basis.known.setting
        dossier = {
            "message": message,
            "case": setting.case.given(),
            "data_version": setting.catalogue.version,
            "data_digest": setting.catalogue.digest,
            "solver": solver_name(),
            "needed": self.needed,
            "aim": self.aim,
            "search": {
                "option": best.facts.key.name,
                "servers": best.servers,
                "met": best.met,
                "usd": float(best.value),
            },
            **reported,
        }
        return UndecidedError(message, dossier)
