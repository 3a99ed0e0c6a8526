"""What HiGHS says of a case: a claim, checked in exact arithmetic before anybody looks at it.

Where the proposed plan misses a limit slightly (the solver's tolerance), that plan is cut off exactly, together
with those that must fail like it, and the solver is asked again: no limit is ever tightened, so that a plan which
meets a limit exactly is never lost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from optimizer.case.setting import Setting
from optimizer.domain.limits import TRAINING_FLOP, Aim, Limit
from optimizer.errors import NoVerdictError, StoppedError, UndecidedError
from optimizer.exact import ExactCeiling, ExactProblem, Used
from optimizer.exact.reach import beyond_reach
from optimizer.exact.shares import at_work
from optimizer.model.limit_rows import Ceiling, Demand
from optimizer.options import OptionTable
from optimizer.plans.proof import Ended, EndKind
from optimizer.plans.verify import Broken, Rule, violations
from optimizer.solve.status import Status
from optimizer.units.language import say
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from optimizer.model.narrowing import Prices, World
    from optimizer.model.programme import Exclusion, Programme
    from optimizer.solve.highs import Solution

AGREEMENT = 1e-7
"""Relative distance within which a float objective of HiGHS confirms an exact one."""
HAIR = 1e-6
"""A limit missed by less than this share is the solver's tolerance at work; more is a wrong answer."""
WHOLE = 1e-5
"""How far from a whole number an integer of the solver may be."""
ATTEMPTS = 40
LIFTED = 10**15
"""Bound of a cap that is lifted: no plan comes near it, and the model leaves the row out."""
WIDENED = (1.0, 1.03, 1.2, 2.0, 10.0)
"""How far a bound is widened, in turn, where it leaves nothing for the solver to look at."""

Solver = Callable[..., "Solution"]


@dataclass(frozen=True, eq=False, repr=False)
class Prepared:
    """A case made ready: its options in floating point for the model, and in exact figures for the proofs."""

    setting: Setting
    table: OptionTable
    asked: Demand
    problem: ExactProblem

    def __repr__(self) -> str:
        """Short: the case."""
        return f"<Prepared {self.setting!r}>"

    def in_words(self) -> dict[str, Any]:
        """What was asked, for a dossier."""
        return {"case": self.setting.case.given()}


@dataclass(frozen=True, eq=False)
class Known:
    """What is known before the solver is asked: a value of the objective that is reached, and prices of the limits."""

    value: Fraction | None
    prices: Mapping[World, tuple[Prices, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """What the solver says of a case: infeasible, or a plan that exact arithmetic found within every limit."""

    feasible: bool
    used: tuple[Used, ...]
    days: int
    value: Fraction | None
    """Exact value of the proposed plan."""
    claimed: float
    """The value that the solver claims for it."""
    ended: Ended
    gap: float
    seconds: float
    ran: bool = True
    """Whether the solver was run at all: where the bounds of the model leave no option, there is nothing to solve."""

    constant: float = 0.0
    """What is spent whatever the plan: no part of what the solver has to get right."""

    def confirms(self, value: Fraction) -> bool:
        """Whether the solver's objective and the exact value of its plan both confirm a value, all in the unit of the
        objective."""
        exact = float(value) - self.constant
        return (
            self.value is not None
            and nearly_equal(self.claimed - self.constant, exact)
            and nearly_equal(float(self.value) - self.constant, exact)
        )


def nearly_equal(one: float, two: float) -> bool:
    """Whether two floats of one unit agree as well as a float objective can."""
    return abs(one - two) <= AGREEMENT * max(abs(one), abs(two))


def claim(ready: Prepared, solver: Solver | None, given: Programme | None, *, second: bool = False) -> Claim:
    """Ask the solver for the plan that is least in the objective of a programme.

    Args:
        solver: stands in for HiGHS in tests; it is given the Pyomo model.
        given: the programme, of :func:`reduce_programme`.
        second: the second of two runs that cannot fail in the same way.

    Raises:
        StoppedError: the solver's time was over.
        NoVerdictError: no verdict, or hair upon hair.
        UndecidedError: a plan that breaks a limit by more than a hair.
        ScaleError: the figures are too far apart for a solver.
        SolverError: HiGHS refuses the model.
    """
    if given is None:
        return Claim(False, (), 0, None, 0.0, Ended(EndKind.NO_OPTION), 0.0, 0.0, ran=False)
    objective, mix = given.objective.name, given.mix
    seconds = 0.0
    for _ in range(ATTEMPTS):
        model, solution = _solved(given, solver, second)
        seconds += solution.seconds
        if solution.status == Status.INFEASIBLE:
            return Claim(False, (), 0, None, 0.0, Ended(EndKind.SOLVER, solution.detail), 0.0, seconds)
        if solution.status == Status.STOPPED:
            bound = solution.bound / float(model.objective_factor) + given.objective.constant
            error = undecided_error(ready, say("HiGHS was stopped at its time limit"))
            raise StoppedError(str(error), error.dossier, bound, _found_by_then(ready, given, model, solution))
        if solution.status != Status.OPTIMAL:
            raise no_verdict_error(ready, say("HiGHS gave no verdict: {detail}", detail=solution.detail))
        if given.cutoff is not None and not solution.gap <= AGREEMENT:
            # what the cutoff prunes can leave HiGHS' bound behind: without one it says how far it came
            given = replace(given, cutoff=None)
            continue
        if not solution.gap <= AGREEMENT:
            raise undecided_error(ready, say("HiGHS left a gap of {gap}", gap=solution.gap))
        servers, days, claimed = _proposed(ready, given, model, solution)
        used, days, missed = exact_proposal(ready, servers, days, mix)
        if not missed:
            value = ready.problem.measure(objective).value(used, days)
            return Claim(
                True,
                tuple(used),
                days,
                value,
                claimed,
                Ended(EndKind.SOLVER, solution.detail),
                solution.gap,
                seconds,
                constant=given.objective.constant,
            )
        if any((share == 0 and name != "together") or share > HAIR for name, share in missed):
            reported = {"solver": {"servers": servers, "days": days}, "missed": [str(name) for name, _ in missed]}
            raise undecided_error(ready, say("HiGHS proposes a plan that exceeds a limit"), **reported)
        passed = [ceiling for ceiling in ready.problem.ceilings if ceiling.limit in dict(missed)]
        if mix > 1 and (limit := _out_of_reach(ready, solver, mix, passed, second=second)):
            return Claim(False, (), 0, None, 0.0, Ended(EndKind.OVER_CEILING, str(limit)), 0.0, seconds)
        cut = _exclusion(ready, servers, days, mix, dict(missed))
        given = replace(given, exclusions=(*given.exclusions, cut))
    raise no_verdict_error(ready, say("HiGHS repeatedly proposes plans that miss a limit very slightly"))


def _found_by_then(ready: Prepared, given: Programme, model: Any, solution: Solution) -> tuple[list[Used], int] | None:
    """The plan that a run which was stopped had found, if exact arithmetic finds it within every limit."""
    if not solution.values:
        return None
    try:
        servers, days, _ = _proposed(ready, given, model, solution)
    except UndecidedError:  # no plan, and none is needed
        return None
    used, days, missed = exact_proposal(ready, servers, days, given.mix)
    return None if missed else (used, days)


def _solved(given: Programme, solver: Solver | None, second: bool) -> tuple[Any, Solution]:
    """The model as it was handed over, and what came back: HiGHS is given the arrays, filled in directly; whatever
    stands in for it, the model in Pyomo."""
    from optimizer.model.filling import fill
    from optimizer.solve import highs

    asked = solver or highs.solve
    if getattr(asked, "func", asked) is highs.solve:  # with a time limit or without
        model: Any = fill(given)
    else:
        from optimizer.model.in_pyomo import build

        model = build(given)
    return model, asked(model, second=True) if second else asked(model)


def _out_of_reach(
    ready: Prepared, solver: Solver | None, mix: int, passed: Sequence[ExactCeiling], *, second: bool
) -> Limit | None:
    """The ceiling, if any, that no mix within all other limits keeps, exactly."""
    for ceiling in passed:
        free = without_limit(ready, ceiling.limit)
        least = claim(free, solver, state_programme(free, ceiling.limit, mix), second=second).value
        if least is None or least > ceiling.bound:
            return ceiling.limit
    return None


def without_limit(ready: Prepared, limit: Limit) -> Prepared:
    """The case with one limit lifted, but for the deadline, on both sides."""
    asked = replace(
        ready.asked,
        max_training_flop=None if limit == TRAINING_FLOP else ready.asked.max_training_flop,
        ceilings=tuple(ceiling for ceiling in ready.asked.ceilings if ceiling.limit != limit),
        caps=tuple(replace(cap, bound=LIFTED) if cap.limit == limit else cap for cap in ready.asked.caps),
    )
    problem = replace(
        ready.problem,
        compute_allowed=ready.problem.compute_allowed or limit == TRAINING_FLOP,
        ceilings=tuple(ceiling for ceiling in ready.problem.ceilings if ceiling.limit != limit),
        caps=tuple(replace(cap, bound=Fraction(LIFTED)) if cap.limit == limit else cap for cap in ready.problem.caps),
    )
    return replace(ready, asked=asked, problem=problem)


def state_programme(
    ready: Prepared, objective: Aim, mix: int, held: Mapping[Aim, Fraction] | None = None
) -> Programme | None:
    """The programme before anything is known; None where no option is left, confirmed in exact arithmetic for a mix.

    Args:
        held: measures that must not rise above a value won before, in their units.
    """
    from optimizer.model.programme import programme

    table, asked = ready.table, ready.asked
    ceilings = [*asked.ceilings]
    for name, value in (held or {}).items():
        ceilings.append(Ceiling(str(name), float(value) * (1 + 1e-9), asked.measure(table, name)))
    what = asked.measure(table, objective)
    given = programme(table, asked, mix, what, ceilings=ceilings)
    if given is None and mix > 1 and not beyond_reach(ready.problem, mix):
        # the bound in floating point is not confirmed: let the solver decide, twice
        return programme(table, asked, mix, what, ceilings=ceilings, prune=False)
    return given


def reduce_programme(given: Programme | None, known: Known) -> Programme | None:
    """A programme without what cannot matter: by its ceilings, and by what is known of its objective.

    Where that leaves nothing, the bounds are widened until something is left: that it does not do either is for the
    solver to say, whose rows hold the ceilings themselves.
    """
    from optimizer.model.narrowing import narrow, narrow_mix

    if given is None:
        return None
    for wider in WIDENED:
        ceilings = tuple(replace(ceiling, bound=ceiling.bound * wider) for ceiling in given.ceilings)
        known_of = [] if known.value is None else [Ceiling("incumbent", float(known.value) * wider, given.objective)]
        loose = [*known_of, *ceilings]
        wide = replace(given, ceilings=ceilings)
        left = narrow(wide, loose) if given.mix == 1 else narrow_mix(wide, loose, known.prices)
        if left is not None:
            return replace(left, ceilings=given.ceilings)
    return given


def _proposed(ready: Prepared, given: Programme, model: Any, solution: Solution) -> tuple[dict[int, int], int, float]:
    """Servers by option, days and the claimed value, out of the solver's values.

    Raises:
        UndecidedError: values that are missing, not finite or not whole.
    """
    values = {o: solution.values.get(f"n[{o}]", math.nan) for o in given.kept}
    length = solution.values.get("T", math.nan)
    for value in (*values.values(), length):
        if not math.isfinite(value) or abs(value - round(value)) > WHOLE:
            raise undecided_error(ready, say("HiGHS gives {value} where a whole number is needed", value=value))
    if not math.isfinite(solution.objective):
        raise undecided_error(ready, say("HiGHS gives {objective} as its objective", objective=solution.objective))
    servers = {o: round(value) for o, value in values.items() if round(value) != 0}
    claimed = solution.objective / float(model.objective_factor) + given.objective.constant
    return servers, round(length), claimed


def exact_proposal(
    ready: Prepared, servers: Mapping[int, int], days: int, mix: int
) -> tuple[list[Used], int, list[Broken]]:
    """What the proposed servers work, the whole days of their run if those proposed suffice, and the limits missed."""
    used, needed = at_work(ready.problem, servers) if servers else ([], days)
    if mix > 1:  # where no day costs anything of its own, a solver may take more than the servers need
        days = min(days, needed)
    return used, days, violations(ready.problem, used, days, mix)


def _exclusion(
    ready: Prepared, servers: Mapping[int, int], days: int, mix: int, missed: Mapping[Limit | Rule, Fraction]
) -> Exclusion:
    """What to cut off: a plan over a cap and all that are larger, one short of the work and all that are smaller."""
    from optimizer.model.programme import Exclusion

    if {"work", "days_worked", "memory"} & set(missed):
        return Exclusion("too_little", servers, days)
    passed = [ceiling for ceiling in ready.problem.ceilings if ceiling.limit in missed]
    if any(_never_within(ready.problem, ceiling, servers) for ceiling in passed):
        return Exclusion("another", servers, None)
    if passed or "together" in missed:
        # more servers can make a mix cheaper to run, so only these very servers are known to be too dear
        return Exclusion("too_much", servers, days) if mix == 1 else Exclusion("exactly", servers, None)
    return Exclusion("too_much", servers, None)


def _never_within(problem: ExactProblem, ceiling: ExactCeiling, options: Iterable[int]) -> bool:
    """Whether no plan of some options alone keeps a ceiling: one server of the least, one day, and the least way to do
    the work come to more."""
    what, among = ceiling.measure, list(options)
    alone = min(what.per_server_day[o] / problem.options[o].pflops for o in among) * problem.work_pflops_days
    least = what.constant + what.per_day + min(what.latest[o] + what.per_server[o] for o in among) + alone
    return least > ceiling.bound


def solver_name() -> str:
    """The solver and its version."""
    from optimizer.solve.highs import VERSION

    return f"HiGHS {VERSION}"


def undecided_error(ready: Prepared, message: str, **reported: Any) -> UndecidedError:
    """Disagreement is never a plan: an error with what is needed to reproduce it."""
    return UndecidedError(message, _dossier(ready, message, reported))


def no_verdict_error(ready: Prepared, message: str, **reported: Any) -> NoVerdictError:
    """The solver alone is at fault: where an exhaustive search can decide, it does."""
    return NoVerdictError(message, _dossier(ready, message, reported))


def _dossier(ready: Prepared, message: str, reported: Mapping[str, Any]) -> Mapping[str, Any]:
    catalogue = ready.setting.catalogue
    return {
        "message": message,
        **ready.in_words(),
        "data_version": catalogue.version,
        "data_digest": catalogue.digest,
        "solver": solver_name(),
        **reported,
    }


def claim_in_words(ready: Prepared, said: Claim) -> Any:
    """A claim as it is in a dossier."""
    if not said.feasible:
        return f"infeasible ({said.ended.detail or said.ended.kind})"
    chosen = {ready.problem.options[option].key.name: servers for option, servers, _ in said.used}
    return {"servers": chosen, "days": said.days, "claimed": said.claimed, "value": float(said.value or 0)}
