"""The best plan of one run over several sites, proven as a mix of one site is: two HiGHS runs that cannot fail alike.

What is scouted first makes the model small: linear relaxations price the limits, and the model with its days held fast,
which is quick, gives plans that are known. Each counts only once exact arithmetic finds it within every limit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from optimizer.consortium.as_exact import JointProblem, exact_joint
from optimizer.consortium.as_table import join_tables
from optimizer.consortium.members import Total
from optimizer.consortium.settle import Place, Settled
from optimizer.domain import Spread
from optimizer.domain.limits import Aim, Limit
from optimizer.errors import StoppedError, UndecidedError
from optimizer.exact.reach import beyond_reach
from optimizer.model.limit_rows import Ceiling
from optimizer.options import options_table
from optimizer.plans.proof import NO_SOLVER, Ended, EndKind, Proof, ProofKind
from optimizer.solve.agreement import Choice, Ways, agree, next_claim
from optimizer.solve.claim import (
    AGREEMENT,
    Known,
    Prepared,
    Solver,
    claim,
    nearly_equal,
    reduce_programme,
    solver_name,
    state_programme,
    undecided_error,
)
from optimizer.solve.mix import first_of_ties
from optimizer.units.language import say
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from optimizer.model.programme import Programme
    from optimizer.solve.claim import Claim
    from optimizer.solve.scout import Relaxation

NEAR_DAYS = 1
"""How many days more and fewer than the most promising are looked at beforehand: whole servers fit some better."""
CHEAPEST = 6
"""Options of every site that are looked at beforehand, besides those that the relaxations use."""
MOST_DAYS = 30
"""Days up to which the second run takes each by itself."""
HAIR_BELOW = Fraction(1, 10**10)
"""How far below a value of a limit no plan is to be, as a share."""
CUTOFF = 1e-6
"""How far above a plan that is known the solver is still to look, as a share."""


@dataclass(frozen=True, eq=False)
class JointPrepared(Prepared):
    """Some sites of a consortium made ready."""

    settled: Settled
    places: tuple[Place, ...]
    spread: Spread | None
    """None for one site by itself."""
    total: Total
    """The limits on the sites together."""
    efficiency: Fraction
    """What is left of the speed."""
    problem: JointProblem

    def in_words(self) -> dict[str, Any]:
        """What was asked, for a dossier."""
        asked = self.settled.asked
        return {
            "run": asked.run.given(),
            "total": asked.total.model_dump(mode="json", exclude_none=True),
            "sites": {place.name: place.member.case.given() for place in self.places},
        }


def prepare_sites(
    settled: Settled, places: Sequence[Place], spread: Spread | None, total: Total | None = None
) -> JointPrepared:
    """Some sites made ready to share the run, or one by itself (``spread`` None), within limits on all of them."""
    total = total or Total()
    row = settled.distribution(spread or "domestic")
    efficiency = settled.efficiency(spread) if spread else Fraction(1)
    fewest = 2 if spread else 1
    table, asked = join_tables(settled, places, total, float(efficiency), row, fewest)
    keys = [[option.key for option in options_table(place.setting).options] for place in places]
    problem = exact_joint(settled, places, keys, total, efficiency, row, fewest)
    return JointPrepared(settled.lead, table, asked, problem, settled, tuple(places), spread, total, efficiency)


@dataclass(frozen=True, eq=False)
class Found:
    """What came out: the best plan, or None where it is proven that there is none, and why that may be believed."""

    choice: Choice | None
    proof: Proof
    known: Known | None = None
    """What was known before, of a plan of which it is open whether another is as good (:func:`settle_ties`)."""


def best_of(
    ready: JointPrepared,
    solver: Solver | None = None,
    time_limit_s: float | None = None,
    least: Limit | None = None,
    at_most: Fraction | None = None,
    *,
    ties: bool = True,
) -> Found:
    """The best plan of some sites.

    Args:
        ties: whether the first of all that are as good is looked for.
        at_most: the objective of the plans that are looked for; those that are clearly worse are none.
        least: of which a plan is to use as little as any, whatever else it costs; None for the objective of the run.
        time_limit_s: seconds for each run of HiGHS. Where they do not suffice, the best plan that is known is reported
            with
            the gap that is left.

    Raises:
        UndecidedError: the runs, or the plans, do not agree; or the time was over before there was a plan.
    """
    from optimizer.model.dominance import drop_dominated
    from optimizer.model.reach import speeds_of_sites
    from optimizer.solve import highs

    stands_in = solver
    if time_limit_s is not None:
        solver = partial(solver or highs.solve, time_limit_s=time_limit_s)
    mix = ready.settled.asked.mix
    objective: Aim = ready.settled.objective if least is None else least
    stated_whole = state_programme(ready, objective, mix)
    whole = None if stated_whole is None else drop_dominated(stated_whole)
    if whole is not None and least is not None and whole.asked.sites is not None:
        # what a limit must be is decided by how fast sites can be, and little by what their servers cost
        reach = speeds_of_sites(whole.table, whole.asked, whole.asked.sites, whole.most, whole.kept, mix)
        whole = replace(whole, reach=reach)
    known, choices = _scouted(ready, whole, objective, solver, at_most)
    if least is not None and (found := _by_bounds(ready, least, mix, choices)) is not None:
        return found
    firsts, seconds = _ways(ready, solver, _within_known(whole, known), whole, known)
    try:
        first = next_claim(firsts)
    except StoppedError as error:
        choices += _by_then(error)
        if not choices:
            raise
        return _stopped(ready, objective, choices, error.bound)
    assert first is not None  # there is one way at least
    choices += [(list(first.used), first.days)] if first.feasible else []
    if least is not None and (found := _by_bounds(ready, least, mix, choices)) is not None:
        return found
    if first.value is not None and (known.value is None or first.value < known.value):
        # a plan like any that is known: the second run has to show that none is better, and in less room
        known = replace(known, value=first.value)
        seconds = _ways(ready, solver, _within_known(whole, known), whole, known)[1]
    try:
        second = next_claim(seconds)
    except StoppedError as error:
        choices += _by_then(error)
        if not choices:
            raise
        # of the second run, which may have been of some days only, nothing is taken: the first has its bound on all
        reached = first.claimed if first.feasible else math.inf
        if not nearly_equal(reached, float(min(ready.problem.measure(objective).value(*choice) for choice in choices))):
            raise undecided_error(ready, say("a plan that is known is better than HiGHS's mix")) from error
        return _stopped(ready, objective, choices, reached)
    assert second is not None
    if not choices:
        known = replace(known, value=None)  # what is looked for is no plan that is known
    try:
        agreed = agree(ready, objective, first, second, choices, known, (firsts, seconds))
    except StoppedError as error:  # of a run that was asked again, of all days
        choices += _by_then(error)
        return _stopped(ready, objective, choices, error.bound)
    best, first = agreed.choice, agreed.said
    name = solver_name() if first.ran else NO_SOLVER
    proof = Proof(ProofKind.AGREED, name, first.ended, first.gap, first.seconds)
    if best is None or least is not None:
        return Found(best, proof)
    found = Found(best, proof, known)
    return settle_ties(ready, found, stands_in, time_limit_s) if ties else found


def settle_ties(
    ready: JointPrepared, found: Found, solver: Solver | None = None, time_limit_s: float | None = None
) -> Found:
    """Of all plans that are as good, the first: the cheapest, the shortest, the smallest.

    Args:
        time_limit_s: seconds for each run of HiGHS.
    """
    if found.choice is None or found.known is None:
        return found
    from optimizer.solve import highs

    if time_limit_s is not None:
        solver = partial(solver or highs.solve, time_limit_s=time_limit_s)
    asked = ready.settled
    try:
        first = first_of_ties(ready, solver, asked.objective, asked.asked.mix, found.choice, found.known)
    except StoppedError:  # which of equals is reported does not touch the proof that nothing is better
        return Found(found.choice, replace(found.proof, ties_open=True))
    return Found(first, found.proof)


def _within_known(whole: Programme | None, known: Known) -> Programme | None:
    """A programme without what cannot be better than the best plan that is known."""
    given = reduce_programme(whole, known)
    return given if given is None or known.value is None else replace(given, cutoff=float(known.value) * (1 + CUTOFF))


def _by_bounds(ready: JointPrepared, least: Limit, mix: int, choices: list[Choice]) -> Found | None:
    """The plan of the least use of a limit that is known, where exact bounds on the speed of the sites show that there
    is none within less; None where they do not decide."""
    measure = ready.problem.measure(least)
    if not choices:
        return None
    best = min(choices, key=lambda choice: measure.value(*choice))
    value = measure.value(*best)
    below = value - 1 if least.described.whole else value * (1 - HAIR_BELOW)
    if below <= 0 or not beyond_reach(ready.problem.under({least: below}), mix):
        return None
    return Found(best, Proof(ProofKind.EXHAUSTIVE, NO_SOLVER, Ended(EndKind.SEARCH_ALONE), 0.0, 0.0))


def known_plans(ready: JointPrepared) -> list[Choice]:
    """Plans within every limit that are quickly found, and good ones mostly: that none is better is not looked at."""
    stated = state_programme(ready, ready.settled.objective, ready.settled.asked.mix)
    return _scouted(ready, stated, ready.settled.objective, None)[1]


def _ways(
    ready: JointPrepared, solver: Solver | None, given: Programme | None, whole: Programme | None, known: Known
) -> tuple[Ways, Ways]:
    """How the first run is asked, and the second; then without what is known, and at last without any shortcut."""
    firsts = [partial(claim, ready, solver, given)]
    seconds = [partial(_second, ready, solver, given, known)]
    if given is not None:
        plainer = [replace(given, cutoff=None), *([] if whole is None else [whole])]
        firsts += [partial(claim, ready, solver, plain) for plain in plainer]
        seconds += [partial(claim, ready, solver, plain, second=True) for plain in plainer]
    return iter(firsts), iter(seconds)


def _by_then(error: StoppedError) -> list[Choice]:
    """The plan that a run which was stopped had found, if any."""
    return [] if error.choice is None else [error.choice]


def _stopped(ready: JointPrepared, objective: Aim, choices: list[Choice], bound: float) -> Found:
    """The best plan that is known, with the gap to the bound that the solver left."""
    measure = ready.problem.measure(objective)
    best = min(choices, key=lambda choice: measure.value(*choice))
    return Found(best, gap_to(float(measure.value(*best)), bound))


def gap_to(value: float, bound: float) -> Proof:
    """What is proven of a value where the solver was stopped with a bound: no more than the gap between them, in the
    unit of both."""
    gap = (value - bound) / value if value and math.isfinite(bound) else 1.0
    left = gap if gap > AGREEMENT else 0.0
    return Proof(ProofKind.GAP, solver_name(), Ended(EndKind.STOPPED), left, 0.0)


def _second(ready: JointPrepared, solver: Solver | None, given: Programme | None, known: Known) -> Claim:
    """The second run: where few days are left, each by itself, in a model without their bits and chords."""
    if given is None or known.value is None or given.days_high - given.days_low >= MOST_DAYS:
        return claim(ready, solver, given, second=True)
    from optimizer.model.narrowing import narrow_mix

    bounds = [*given.ceilings, Ceiling("incumbent", float(known.value), given.objective)]
    found: list[Claim] = []
    for days in range(given.days_low, given.days_high + 1):
        left = narrow_mix(replace(given, days_low=days, days_high=days), bounds, known.prices)
        if left is not None:
            found.append(claim(ready, solver, left, second=True))
    if not found:  # not even the plan that is known: the first run, or the plan, must be wrong
        return claim(ready, solver, None, second=True)
    seconds = sum(said.seconds for said in found)
    feasible = [said for said in found if said.feasible]
    best = min(feasible or found, key=lambda said: said.claimed)
    return replace(best, seconds=seconds)


def _scouted(
    ready: JointPrepared,
    whole: Programme | None,
    objective: Aim,
    solver: Solver | None,
    at_most: Fraction | None = None,
) -> tuple[Known, list[Choice]]:
    """Plans known beforehand, and prices of the limits."""
    if whole is None:
        return Known(None), []
    from optimizer.solve.scout import relaxations

    found = relaxations(whole)
    # the prices of what promises most come first: they leave out most days at once
    promising = sorted(found.values(), key=lambda relaxed: relaxed.value)
    known = Known(at_most, {("", ""): tuple(relaxed.prices for relaxed in promising)})
    choices: list[Choice] = []
    if not found:
        return known, choices
    measure = ready.problem.measure(objective)
    likely = _likely(whole, found)
    spans = [(days, days) for days in _promising(whole, found)]
    for low, high in (*spans, (whole.days_low, whole.days_high)):
        at = _within_known(replace(likely, days_low=low, days_high=high), known)
        if at is not None and low < high and at.days_high - at.days_low <= 2 * NEAR_DAYS:
            break  # these very days were looked at
        try:
            said = claim(ready, solver, at)
        except StoppedError as error:
            found_now = _by_then(error)
        except UndecidedError:
            continue  # a plan less is known: the proof does not rest on these runs
        else:
            found_now = [(list(said.used), said.days)] if said.feasible else []
        if found_now:
            choices += found_now
            known = replace(known, value=min(measure.value(*choice) for choice in choices))
    return known, choices


def _promising(whole: Programme, found: Mapping[int, Relaxation]) -> list[int]:
    """The days whose relaxation is best, and their neighbours."""
    best = min(found, key=lambda day: found[day].value)
    near = [best + step for step in sorted(range(-NEAR_DAYS, NEAR_DAYS + 1), key=abs)]
    return [day for day in near if whole.days_low <= day <= whole.days_high]


def _likely(whole: Programme, found: Mapping[int, Relaxation]) -> Programme:
    """What the relaxations use, and of every site the options that are cheapest for their speed."""
    sites, what, speed = whole.asked.sites, whole.objective, whole.table.pflops
    assert sites is not None
    days = min(found, key=lambda day: found[day].value)
    open_days = np.maximum(days - sites.start_days, 1)
    unit = (what.per_server / open_days + what.per_server_day) / speed
    kept = {o for relaxed in found.values() for o in np.flatnonzero(relaxed.servers > 0).tolist()}
    for site in range(len(sites.setup_usd)):
        here = [o for o in whole.kept if sites.of[o] == site]
        kept |= set(sorted(here, key=lambda o: float(unit[o]))[:CHEAPEST])
    return replace(whole, kept=tuple(sorted(kept & set(whole.kept))))
