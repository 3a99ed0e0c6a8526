"""What a consortium without a plan would need of each limit alone: of a site, of a country, or of all sites together.

The least value of a limit is the least use of it over all plans within the others, of every group of sites that may
share the run and of each site by itself. It is proven as a plan is, by two runs of HiGHS that cannot fail alike, and
the plan that uses no more is verified under the limit moved to that value: there is a plan at the value, and none a
hair below.

Nothing that a site has ever gets less: a limit that is raised from some day on is raised for all later phases too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from optimizer.consortium.decide import groups
from optimizer.consortium.members import Consortium, Member, Phase
from optimizer.consortium.plan import Joint, JointPlan, assemble_joint
from optimizer.consortium.settle import settle_sites
from optimizer.consortium.solve import JointPrepared, best_of, known_plans, prepare_sites
from optimizer.consortium.verify import verify_joint
from optimizer.domain import Case
from optimizer.domain.limits import CONNECTION, DEADLINE, GRID, TRAINING_FLOP, Limit
from optimizer.domain.reasons import Cause, Need, NoPlan
from optimizer.errors import DataError, SolverError
from optimizer.exact import Used
from optimizer.exact.reach import beyond_reach
from optimizer.insight.limits.concessions import Part, largest, suffices
from optimizer.insight.neighbours import MOST_MW
from optimizer.plans.proof import ProofKind
from optimizer.plans.verify import violations
from optimizer.solve.agreement import Choice
from optimizer.solve.claim import undecided_error, without_limit
from optimizer.units import MAX_DEADLINE_DAYS
from optimizer.units.language import say
from optimizer.units.records import dataclass

HIGHER = (Fraction(11, 10), Fraction(3, 2), Fraction(3))
"""Bounds at which a plan is looked for, over the one asked for; then without any."""


@dataclass(frozen=True, eq=False)
class JointConcession(Part):
    """The value of one limit, all others as they are, at which the sites have a plan."""

    plan: JointPlan | None
    """One plan then, verified, which need not be the cheapest; None where no field of a consortium says the limit."""
    is_least: bool
    """Whether it is proven that no lower value is enough; else the time of a run was over."""


@dataclass(frozen=True, eq=False)
class JointConcessions:
    """What a consortium without a plan would need of each limit alone."""

    cause: Cause
    given: tuple[JointConcession, ...] = ()
    """Limits that alone cannot help are left out."""
    undetermined: tuple[Limit, ...] = ()
    """Of these it could not be said whether they alone can help."""

    @property
    def reason(self) -> NoPlan:
        """Why there is no plan, and what alone would mend it."""
        needs = [Need(given.limit, Fraction(given.needed), given.asked) for given in self.given]
        return NoPlan(self.cause, (*needs, *(Need(limit, None) for limit in self.undetermined)))


@dataclass(frozen=True)
class _Moved:
    """A way to ask what a limit must be: the consortium to look at, what of it is lifted, and what is least."""

    asked: Consortium
    lifted: tuple[Limit, ...]
    least: Limit


def joint_concessions(
    found: Joint, *, time_limit_s: float | None = None, report: Callable[[str], None] | None = None
) -> JointConcessions:
    """For each limit of a consortium without a plan, the least value that would do.

    Args:
        time_limit_s: seconds for each run of HiGHS.
        report: is given a line on every step, for progress.
    """
    cause = joint_cause(found)
    if found.best is not None or cause in (Cause.LAW, Cause.DATA):
        return JointConcessions(cause)
    asked = found.settled.asked
    countries_matter = _countries_matter(found)
    given: list[JointConcession] = []
    undetermined: list[Limit] = []
    for limit, bound in _limits(problems_of(found, asked)):
        if limit.described.of_country and not countries_matter:
            continue
        if report is not None:
            report(str(limit))
        try:
            one = _concession(found, limit, bound, time_limit_s)
        except SolverError:
            undetermined.append(limit)
            continue
        if one is not None:
            given.append(one)
    return JointConcessions(cause, tuple(given), tuple(undetermined))


def joint_cause(found: Joint) -> Cause:
    """Why no site can and no group of them: the limits, where one site at least has a server that may be had."""
    causes = [one.cause for one in found.alone]
    if None in causes or Cause.LIMITS in causes:
        return Cause.LIMITS
    first: Cause = next(cause for cause in causes if cause is not None)
    return first


def problems_of(found: Joint, asked: Consortium) -> list[JointPrepared]:
    """Every group of sites that may share the run, and each site by itself, under the limits on all."""
    ready = settle_sites(asked, found.settled.catalogue)
    shared = [prepare_sites(ready, places, spread, ready.total) for spread, places in groups(ready)]
    return [*shared, *(prepare_sites(ready, [place], None, ready.total) for place in ready.places)]


def _limits(problems: Iterable[JointPrepared]) -> Iterator[tuple[Limit, Fraction]]:
    """Every limit that could be raised, once, with its bound; one that a later phase leaves as it is goes by its first
    day."""
    bounds: dict[Limit, Fraction] = {}
    for ready in problems:
        for limit in ready.problem.limits:
            if limit == TRAINING_FLOP:
                bounds.setdefault(limit, Fraction(ready.setting.case.max_training_flop or 0))
            elif limit.kind != CONNECTION.kind:
                bounds.setdefault(limit, ready.problem.bound(limit))
    before: dict[Limit, Fraction] = {}
    for limit, bound in sorted(bounds.items(), key=lambda item: item[0].from_day or 0):
        always = replace(limit, from_day=None)
        if before.get(always) == bound:
            del bounds[limit]
        before[always] = bound
    yield from bounds.items()


def _countries_matter(found: Joint) -> bool:
    """Whether there might be a plan if as much as one likes were for rent and let in everywhere: mostly there is none,
    and no such limit need be looked at by itself."""
    for ready in problems_of(found, found.settled.asked):
        of_country = [limit for limit in ready.problem.limits if limit.described.of_country]
        if not beyond_reach(ready.problem.under(dict.fromkeys(of_country)), found.settled.asked.mix):
            return True
    return False


def _concession(found: Joint, limit: Limit, bound: Fraction, time_limit_s: float | None) -> JointConcession | None:
    """What one limit must be; None where it alone cannot help, or not within what may be asked for."""
    asked = found.settled.asked
    for moved in _ways_to_move(found, limit, bound):
        value, choice, ready, is_least = None, None, None, True
        for problem in problems_of(found, moved.asked):
            if moved.least not in problem.problem.limits:
                continue  # a group without the site has no plan, whatever the site has
            for lifted in moved.lifted:
                problem = replace(problem, **_without(problem, lifted))
            if value is not None and beyond_reach(problem.problem.under({moved.least: value}), asked.mix):
                continue  # no less will do for these
            best = best_of(problem, None, time_limit_s, moved.least)
            is_least &= best.proof.kind is not ProofKind.GAP
            if best.choice is None:
                continue
            reached = problem.problem.measure(moved.least).value(*best.choice)
            if limit == TRAINING_FLOP:
                reached = Fraction(problem.setting.training_flop)
            if value is None or reached < value:
                value, choice, ready = reached, best.choice, problem
        if value is None or choice is None or ready is None:
            continue
        needed = suffices(value, limit.described.whole)
        at = relax_joint(asked, limit, needed)
        if at is None and needed > largest(limit):
            return None  # beyond what may be asked for
        plan = None if at is None else _plan_at(found, at, ready, choice)
        return JointConcession(limit, bound, needed, plan, is_least)
    return None


def _without(ready: JointPrepared, limit: Limit) -> dict[str, Any]:
    """What is asked of some sites with one limit lifted, on both sides."""
    free = without_limit(ready, limit)
    return {"asked": free.asked, "problem": free.problem}


def _ways_to_move(found: Joint, limit: Limit, bound: Fraction) -> Iterator[_Moved]:
    """What is looked at in turn, until something has a plan: the least that it needs of the limit is what is needed.

    A limit is raised step by step before it is lifted: the less there is room for, the sooner a solver is through."""
    asked = found.settled.asked
    if limit == TRAINING_FLOP:
        yield _Moved(asked, (limit,), DEADLINE)
        return
    phases = _from_then_on(found, limit)
    for place, last in enumerate(phases[:-1]):
        # within what a later phase has anyway
        yield _Moved(asked, tuple(phases[: place + 1]), last)
    most = MOST_MW if limit.kind == GRID.kind else MAX_DEADLINE_DAYS if limit == DEADLINE else None
    for times in (None,) if limit.described.of_country else (*HIGHER, None):
        value = most if times is None else suffices(bound * times, limit.described.whole)
        if value is None:
            yield _Moved(asked, tuple(phases), phases[-1])
        elif (raised := relax_joint(asked, limit, Decimal(value))) is not None and (most is None or value <= most):
            yield _Moved(raised, (), phases[-1])


def _from_then_on(found: Joint, limit: Limit) -> list[Limit]:
    """A limit and the same limit in every later phase of its site, by the day."""
    every = {one for ready in problems_of(found, found.settled.asked) for one in ready.problem.limits}
    same = [one for one in every if replace(one, from_day=limit.from_day) == limit]
    later = (one for one in same if (one.from_day or 0) >= (limit.from_day or 0))
    return sorted(later, key=lambda one: one.from_day or 0)


def relax_joint(asked: Consortium, limit: Limit, value: Decimal) -> Consortium | None:
    """The consortium with another value of a limit, in its unit; None where no field says it, or it cannot be asked
    for."""
    kind = limit.described
    if value > largest(limit) or (kind.whole and value < 1):
        return None
    reported = int(value) if kind.whole else value
    if limit.site is None and kind.scope == "case" and kind.field not in type(asked.total).model_fields:
        return replace(asked, run=asked.run.changed(**{kind.field: reported}))
    if limit.site is None:
        field = kind.field
        new: object = reported
        if kind.scope == "accelerator":
            new = tuple({**dict(getattr(asked.total, field)), limit.accelerator: int(value)}.items())
        return replace(asked, total=asked.total.model_copy(update={field: new}))
    members = [m for m in asked.members if limit.site in (m.name, *((_country(asked, m),) if kind.of_country else ()))]
    field = kind.field or ("supply" if limit.kind == "hire" else "")
    if not field or len(members) != 1:
        return None  # a quota is in the data; what is for rent in a country, all its sites share
    (member,) = members
    moved = _site_with(asked, member, limit, field, value)
    return replace(asked, members=tuple(moved if one is member else one for one in asked.members))


def _country(asked: Consortium, member: Member) -> str | None:
    return asked.case_of(member).country


def _site_with(asked: Consortium, member: Member, limit: Limit, field: str, value: Decimal) -> Member:
    """A site with another value of a limit from some day on; no later phase has less."""
    day, accelerator = limit.from_day or 0, limit.accelerator or ""
    by_kind = limit.described.scope == "accelerator"
    own = asked.case_of(member)

    def raised(before: object) -> object:
        if not by_kind:
            return value if before is None else max(Decimal(str(before)), value)
        counts = dict(before)  # type: ignore[call-overload]
        return {**counts, accelerator: max(int(counts.get(accelerator, 0)), int(value))}

    case = member.case
    if not day:
        stated = raised(None if not by_kind else getattr(own, field))
        # what is not said stays so: it is that of the run
        said = {name: getattr(case, name) for name in case.model_fields_set}
        case = Case(**{**said, field: int(value) if limit.described.whole and not by_kind else stated})
    phases = []
    for phase in member.phases:
        stated = getattr(phase, field, None)
        if phase.from_day < day or not stated:
            phases.append(phase)
        else:
            phases.append(Phase(**{**phase.model_dump(), field: raised(stated)}))
    return replace(member, case=case, phases=tuple(phases))


def _plan_at(found: Joint, at: Consortium, lifted: JointPrepared, choice: Choice) -> JointPlan | None:
    """The cheapest plan that is quickly found with the limit at its new value; None where it cannot be asked for.

    Raises:
        UndecidedError: the plan of the least use is none there.
    """
    try:
        problems = problems_of(found, at)
    except DataError:
        return None
    names = tuple(place.name for place in lifted.places)
    (ready,) = (one for one in problems if tuple(place.name for place in one.places) == names)
    known = [_in(ready, lifted, choice)]
    if wrong := violations(ready.problem, *known[0], at.mix):
        names_of = ", ".join(str(name) for name, _ in wrong)
        raise undecided_error(ready, say("the plan fails exact verification: ") + names_of)
    known += known_plans(ready)
    objective = ready.problem.measure(ready.settled.objective)
    best = min(known, key=lambda one: objective.value(*one))
    proof = found.shared_proof
    plan = assemble_joint(ready, *best, proof)
    if faults := verify_joint(plan):
        raise undecided_error(ready, say("the plan fails exact verification: ") + "; ".join(map(str, faults)))
    return plan


def _in(ready: JointPrepared, lifted: JointPrepared, choice: Choice) -> Choice:
    """A choice of servers by the options of another preparation of the same sites, where a site may have no room for a
    substation of its own: what needs none is had without."""
    used, days = choice
    place = {(option.key, option.start_days): o for o, option in enumerate(ready.problem.options)}
    plain = {(replace(key, connection=""), start): o for (key, start), o in place.items()}
    there: list[Used] = []
    for option, servers, worked in used:
        one = lifted.problem.options[option]
        same = plain[replace(one.key, connection=""), one.start_days]
        there.append((place.get((one.key, one.start_days), same), servers, worked))
    return there, days
