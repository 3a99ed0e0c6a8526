"""The best mix of several options: two HiGHS runs that cannot fail in the same way must agree on it.

They are compared with every plan that is known otherwise, and ties are settled in exact arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from optimizer.domain.limits import Aim
from optimizer.errors import NoVerdictError, ScaleError, SolverError
from optimizer.exact.mixes import TooManyError, search_mixes
from optimizer.exact.search import search
from optimizer.exact.shares import at_work
from optimizer.plans.proof import Ended, EndKind
from optimizer.plans.verify import violations
from optimizer.solve.agreement import TIE_ORDER, Agreed, Choice, Ways, agree, next_claim, rank, settle_claims
from optimizer.solve.claim import (
    Claim,
    Known,
    Prepared,
    Solver,
    claim,
    exact_proposal,
    reduce_programme,
    state_programme,
)

if TYPE_CHECKING:
    from optimizer.model.programme import Programme

LARGEST_TIE = 12
"""Options up to which another mix of exactly the same cost is searched for. Beyond it such a coincidence of different
prices is not looked for; servers that nothing needs, and namesakes, are done without all the same. The cheapest of the
plans of the same days, power, energy or carbon is always sought: there is nearly always more than one."""
CLEAR = 1e-9
"""Relative distance beyond which floats decide that a plan is worse."""
CHECKED = 4
"""How many of the scouted plans are calculated exactly."""


def agree_on_mix(
    ready: Prepared, solver: Solver | None, objective: Aim, mix: int
) -> tuple[Choice | None, Claim, Known]:
    """The best mix, on which two runs agree, or None if they agree that there is none; what the first run said, and
    what was known before.

    Plans known beforehand are a third witness: the best single option, from the exhaustive search, and what scouting
    found. No mix may be worse.

    Raises:
        UndecidedError: the runs, or the plans, do not agree, and there are too many mixes to try them all.
        ScaleError: the same, where the figures are too far apart for a solver.
    """
    from optimizer.model.dominance import drop_dominated

    every = state_programme(ready, objective, mix)
    whole = None if every is None else drop_dominated(every)
    witnesses, known = _witnesses(ready, whole, objective, mix)
    given = reduce_programme(whole, known)
    runs: list[Claim] = []
    try:
        runs += [claim(ready, solver, given, second=second) for second in (False, True)]
        return settle_claims(ready, objective, runs[0], runs[1], witnesses, known), runs[0], known
    except (NoVerdictError, ScaleError) as error:
        try:
            best = _counted(ready, objective, mix, known, error)
        except NoVerdictError:  # too many to try: what is refuted, or said nothing, is asked again without shortcuts
            agreed = _solved_again(ready, solver, whole, objective, runs, witnesses, known, error)
            return agreed.choice, agreed.said, known
        value = None if best is None else ready.problem.measure(objective).value(*best)
        if (best is None and witnesses) or (runs and not any(_says(run, value) for run in runs)):
            raise
        kind = EndKind.SCALE if isinstance(error, ScaleError) else EndKind.NOT_BELIEVED
        used, days = best or ([], 0)
        ended = Ended(kind, str(error))
        return best, Claim(best is not None, tuple(used), days, value, 0.0, ended, 0.0, 0.0, ran=False), known


def _solved_again(
    ready: Prepared,
    solver: Solver | None,
    whole: Programme | None,
    objective: Aim,
    runs: Sequence[Claim],
    witnesses: list[Choice],
    known: Known,
    error: SolverError,
) -> Agreed:
    """What two runs agree on where one of them is asked again, of all options that another does not stand in for.

    Raises:
        UndecidedError: they still do not agree.
    """
    further: list[Ways] = [iter([partial(claim, ready, solver, whole, second=second)]) for second in (False, True)]
    said = [*runs, *(next_claim(ways) for ways in further[len(runs) :])]
    if said[0] is None or said[1] is None:
        raise error
    return agree(ready, objective, said[0], said[1], witnesses, known, (further[0], further[1]))


def _says(run: Claim, value: Fraction | None) -> bool:
    """Whether a run of the solver says the same as the exhaustive search: its value, or that there is none."""
    return not run.feasible if value is None else run.feasible and run.confirms(value)


def _counted(ready: Prepared, objective: Aim, mix: int, known: Known, error: SolverError) -> Choice | None:
    """The best mix by exhaustive search, which needs no solver; None if there is none.

    Raises:
        SolverError: there are too many mixes to try them all: the error that called for it.
    """
    aims: tuple[Aim, ...] = tuple(dict.fromkeys((objective, *TIE_ORDER)))
    try:
        return search_mixes(
            ready.problem, aims, mix, lambda choice: not violations(ready.problem, *choice, mix), known.value
        )
    except TooManyError:
        raise error from None


def _witnesses(ready: Prepared, given: Programme | None, objective: Aim, mix: int) -> tuple[list[Choice], Known]:
    """Plans known beforehand, each within every limit in exact arithmetic, and what they spare the solver."""
    choices: list[Choice] = []
    alone = search(ready.problem, objective)
    if alone is not None:
        choices.append(([(alone.option, alone.servers, alone.server_days)], alone.days))
    if given is None:
        return choices, Known(None)
    from optimizer.solve.scout import scout

    scouted = scout(given, math.inf if alone is None else float(alone.value))
    for plan in scouted.proposals[:CHECKED]:
        used, days, missed = exact_proposal(ready, plan.servers, plan.days, mix)
        if not missed:
            choices.append((used, days))
    measure = ready.problem.measure(objective)
    return choices, Known(min((measure.value(*choice) for choice in choices), default=None), scouted.prices)


def first_of_ties(
    ready: Prepared, solver: Solver | None, objective: Aim, mix: int, best: Choice, known: Known
) -> Choice:
    """Of all plans as good as the best: the cheapest, then shortest, then smallest, then first by name.

    Args:
        known: as :func:`agree_on_mix` gave it, for the prices of the limits.
    """
    return _by_name(
        ready, objective, mix, _merged(ready, objective, mix, _tied(ready, solver, objective, mix, best, known))
    )


def _merged(ready: Prepared, objective: Aim, mix: int, best: Choice) -> Choice:
    """Servers of one kind that come in by several routes all by one of them, where that does as well."""
    options = ready.problem.options
    for into, out in permutations([option for option, _, _ in best[0]], 2):
        servers = {o: count for o, count, _ in best[0]}
        if {into, out} <= set(servers) and replace(options[into].key, route="") == replace(options[out].key, route=""):
            servers[into] += servers.pop(out)
            other = at_work(ready.problem, servers)
            if not violations(ready.problem, *other, mix):
                best = min(best, other, key=lambda choice: rank(ready, objective, choice))
    return best


def _tied(ready: Prepared, solver: Solver | None, objective: Aim, mix: int, best: Choice, known: Known) -> Choice:
    """Break ties: solve again for cost, days and servers with what was won before held fast.

    The solver only proposes: a plan is taken if it ranks better in exact arithmetic, so that neither float error
    nor one run that fails here can make the answer worse.
    """
    aims: tuple[Aim, ...] = (objective,)
    for stage in TIE_ORDER:
        if stage == objective:
            continue
        values = {name: ready.problem.measure(name).value(*best) for name in aims}
        reached = ready.problem.measure(stage).value(*best)
        # days and servers are whole: what is better is better by one at least
        better = reached if stage == "cost" else reached - Fraction(1, 2)
        given = reduce_programme(state_programme(ready, stage, mix, values), replace(known, value=better))
        if given is not None and (stage == "cost" or len(given.kept) <= LARGEST_TIE):
            try:
                runs = [claim(ready, solver, given, second=second) for second in (False, True)]
            except (NoVerdictError, ScaleError) as error:
                return _first_by_counting(ready, objective, mix, best, error)
            proposals = [(list(run.used), run.days) for run in runs if run.feasible]
            best = min([best, *proposals], key=lambda choice: rank(ready, objective, choice))
        aims = (*aims, stage)
    return _trimmed(ready, objective, mix, best)


def _first_by_counting(ready: Prepared, objective: Aim, mix: int, best: Choice, error: SolverError) -> Choice:
    """The first of ties by exhaustive search; where there are too many mixes for it, the best that is known.

    That nothing is better in the objective was proven before, and stays so.
    """
    try:
        value = ready.problem.measure(objective).value(*best)
        found = _counted(ready, objective, mix, Known(value), error)
    except SolverError:
        return _trimmed(ready, objective, mix, best)
    choices = [best] if found is None else [best, found]
    return min(choices, key=lambda choice: rank(ready, objective, choice))


def _trimmed(ready: Prepared, objective: Aim, mix: int, best: Choice) -> Choice:
    """Without servers that nothing needs: where they cost nothing of their own, as in hire, a solver may leave some.

    Of each kind in turn the fewest are kept with which the plan ranks no worse: fewer work the longer.
    """
    problem = ready.problem
    for option in [option for option, _, _ in best[0]]:
        servers = {o: count for o, count, _ in best[0]}
        for fewer in range(servers[option] - 1, -1, -1):
            left = {o: n for o, n in (servers | {option: fewer}).items() if n}
            if not left:
                break
            other = at_work(problem, left)
            if violations(problem, *other, mix) or rank(ready, objective, other) >= rank(ready, objective, best):
                break
            best = other
    return best


def _by_name(ready: Prepared, objective: Aim, mix: int, best: Choice) -> Choice:
    """The last tie-break: where another kind of server would do just as well, the one that comes first by name."""
    options = ready.problem.options
    improved = True
    while improved:
        improved = False
        servers = {option: count for option, count, _ in best[0]}
        for out in sorted(servers, key=lambda o: options[o].tie, reverse=True):
            for put in range(len(options)):
                if put in servers or options[put].tie >= options[out].tie:
                    continue
                changed = {put if o == out else o: n for o, n in servers.items()}
                if _hopeless(ready, objective, changed, best):
                    continue
                other = at_work(ready.problem, changed)
                if violations(ready.problem, *other, mix):
                    continue
                if rank(ready, objective, other) < rank(ready, objective, best):
                    best, improved = other, True
    return best


def _hopeless(ready: Prepared, objective: Aim, servers: Mapping[int, int], best: Choice) -> bool:
    """Whether other servers need more days, or are more expensive whatever each of them does: by a wide margin, which
    spares the exact figures."""
    problem, measure = ready.problem, ready.problem.measure(objective)
    work = float(problem.work_pflops_days)
    options = list(servers)
    speed = problem.options.column("pflops").floats[options]
    counts = np.array(list(servers.values()))
    needed = math.ceil(work / float(speed @ counts) * (1 - CLEAR))
    if needed > best[1]:
        return True
    unit = float((measure.per_server_day.floats[options] / speed).min())
    least = float(measure.constant) + float(measure.per_day) * needed + unit * work
    least += float(measure.per_server.floats[options] @ counts)
    return least > float(measure.value(*best)) * (1 + CLEAR)
