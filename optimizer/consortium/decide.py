"""From a consortium to its proven answer: each site by itself, then the sites together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import isfinite

from optimizer.catalogue import Catalogue
from optimizer.consortium.members import Consortium
from optimizer.consortium.plan import Alone, Joint, JointPlan, assemble_joint
from optimizer.consortium.settle import Place, Settled, settle_sites
from optimizer.consortium.solve import Found, JointPrepared, best_of, gap_to, prepare_sites, settle_ties
from optimizer.consortium.verify import verify_joint
from optimizer.domain import Spread
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.errors import StoppedError
from optimizer.exact import ZERO, Used
from optimizer.options import options_table
from optimizer.plans.outcome import Infeasible, Outcome, PlanItem
from optimizer.plans.proof import NO_SOLVER, Ended, EndKind, Proof, ProofKind
from optimizer.plans.verify import violations
from optimizer.solve.claim import Solver, undecided_error
from optimizer.solve.obstacle import obstacle
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units.language import say
from optimizer.units.records import dataclass

Report = Callable[[str], None]


def decide(
    asked: Consortium,
    catalogue: Catalogue,
    *,
    solver: Solver | None = None,
    time_limit_s: float | None = None,
    report: Report | None = None,
) -> Joint:
    """The best plan of a run that several sites share, and what each could do without the others.

    With one figure for the speed that remains, a plan in which fewer sites are used than it allows for is
    never better than that of the group of those sites; so the best plan is that of one site by itself, of the sites of
    one country, or of all.

    Args:
        solver: stands in for :func:`optimizer.solve.highs.solve` in tests.
        time_limit_s: seconds for each run of HiGHS over several sites; a plan that is not proven best by then is
            reported
            with its gap.
        report: is given a line on every step, for progress.

    Raises:
        DataError: the sites or the data cannot be used.
        UndecidedError: the proofs of a plan do not agree.
    """
    ready = settle_sites(asked, catalogue)
    tell = report or (lambda _: None)
    alone = []
    for place in ready.places:
        tell(f"{place.name} by itself")
        one = _alone(ready, place, solver, time_limit_s)
        alone.append(replace(one, breaks=_broken(ready, one)))
    shared, proof = _shared(ready, solver, time_limit_s, tell)
    return Joint(ready, shared, proof, _one_site(ready, alone, solver, time_limit_s), tuple(alone))


def groups(ready: Settled) -> Iterator[tuple[Spread, tuple[Place, ...]]]:
    """The sites of each country that has several, then all of them where they are in several countries."""
    by_country: dict[str, list[Place]] = {}
    for place in ready.places:
        by_country.setdefault(place.setting.country.id, []).append(place)
    for places in by_country.values():
        if len(places) > 1:
            yield "domestic", tuple(places)
    if len(by_country) > 1:
        yield "international", ready.places


def _shared(
    ready: Settled, solver: Solver | None, time_limit_s: float | None, tell: Report
) -> tuple[JointPlan | None, Proof]:
    """The best plan of two sites or more. Where it is the best of several groups, the weakest proof is reported.

    Raises:
        StoppedError: a group's time was over before it had a plan, and no other group has one.
    """
    best: JointPlan | None = None
    proofs: list[Proof] = []
    stopped: list[StoppedError] = []
    for spread, places in groups(ready):
        tell(say("{places} sites together", places=len(places)))
        joint = prepare_sites(ready, places, spread, ready.total)
        try:
            found = best_of(joint, solver, time_limit_s)
        except StoppedError as error:
            stopped.append(error)
            continue
        proofs.append(found.proof)
        if found.choice is None:
            continue
        plan = _confirmed(joint, assemble_joint(joint, *found.choice, found.proof))
        if best is None or _rank(plan) < _rank(best):
            best = plan
    if stopped and best is None:
        raise stopped[0]
    proofs += [gap_to(float(best.objective_value), error.bound) for error in stopped if best is not None]
    none = Proof(ProofKind.AGREED, NO_SOLVER, Ended(EndKind.ONE_SITE), 0.0, 0.0)
    if best is None:
        return None, proofs[0] if proofs else none
    return best, max([best.proof, *proofs], key=lambda proof: (proof.kind == ProofKind.GAP, proof.gap))


@dataclass(frozen=True, eq=False)
class Better:
    """The best of the plans that are looked for."""

    plan: JointPlan | None
    bound: Fraction | None
    """None where it is proven that no other is better; else what one run, which was stopped, says is the least that
    the objective could be."""
    as_good: bool = False
    """Whether there is a plan that comes to just what was known, where only better ones were looked for."""


def better_than(
    ready: Settled, known: Fraction | None = None, time_limit_s: float | None = None, *, equals: bool = False
) -> Better:
    """The best plan of a consortium, of one site or of several.

    Args:
        known: the objective of a plan that is known, in its unit: only better ones are looked for; None for any plan.
        time_limit_s: seconds for each run of HiGHS.
        equals: whether one that is as good as what is known is looked for, too.

    Raises:
        UndecidedError: the proofs of a plan do not agree.
    """
    best, found_so_far = known, list[tuple[Fraction, JointPrepared, Found]]()
    bounds: list[Fraction] = []
    for spread, places in (*((None, (place,)) for place in ready.places), *groups(ready)):
        joint = prepare_sites(ready, places, spread, ready.total)
        try:
            found = best_of(joint, None, time_limit_s, at_most=best, ties=False)
        except StoppedError as error:
            bounds.append(Fraction(error.bound) if isfinite(error.bound) else ZERO)
            continue
        if found.choice is None:
            continue
        best = joint.problem.measure(ready.objective).value(*found.choice)
        found_so_far.append((best, joint, found))
        if found.proof.kind is ProofKind.GAP:
            bounds.append(best * (1 - Fraction(found.proof.gap)))
    bound, best = min(bounds, default=None), min((value for value, _, _ in found_so_far), default=None)
    if best is not None and known is not None and best >= known and not equals:
        return Better(None, bound, as_good=True)
    plans = []
    for joint, found in ((joint, found) for value, joint, found in found_so_far if value == best):
        settled = settle_ties(joint, found, None, time_limit_s)
        assert settled.choice is not None
        plans.append(_confirmed(joint, assemble_joint(joint, *settled.choice, settled.proof)))
    return Better(min(plans, key=_rank, default=None), bound)


def _rank(plan: JointPlan) -> tuple[Fraction, Fraction, int, int]:
    return plan.objective_value, plan.cost_usd, plan.days + plan.lead_days, len(plan.sites)


def _confirmed(joint: JointPrepared, plan: JointPlan) -> JointPlan:
    """The plan, if exact verification from the data finds nothing wrong with it.

    Raises:
        UndecidedError: it does.
    """
    if wrong := verify_joint(plan):
        raise undecided_error(joint, say("the plan fails exact verification: ") + "; ".join(map(str, wrong)))
    return plan


def _alone(ready: Settled, place: Place, solver: Solver | None, time_limit_s: float | None) -> Alone:
    """The whole run at one site, under its own limits."""
    joint = prepare_sites(ready, [place], None)
    if len(place.stages) > 1:
        found = best_of(joint, solver, time_limit_s)
        if found.choice is None:
            return Alone(place, None, _why(joint, place))
        return Alone(place, _confirmed(joint, assemble_joint(joint, *found.choice, found.proof)), None)
    own = prepare(ready.asked.case_of(place.member), ready.catalogue)
    return _as_joint(joint, place, solve_prepared(own, solver=solver))


def _why(joint: JointPrepared, place: Place) -> NoPlan:
    """Why a site has no plan by itself: of a site without an option, what its own table says."""
    if joint.asked.compute_allowed and joint.table.options:
        return NoPlan(Cause.LIMITS, over_limits=True)
    return obstacle(place.setting, options_table(place.setting), compute_allowed=joint.asked.compute_allowed)


def _as_joint(joint: JointPrepared, place: Place, outcome: Outcome) -> Alone:
    """A plan of one site as one of a consortium."""
    if isinstance(outcome, Infeasible):
        return Alone(place, None, outcome.why)
    used = _used(joint, ((item, 0) for item in outcome.items))
    return Alone(place, _confirmed(joint, assemble_joint(joint, used, outcome.days, outcome.proof)), None)


def _used(joint: JointPrepared, items: Iterable[tuple[PlanItem, int]]) -> list[Used]:
    """The servers of a plan of one site, by the options of another problem of that site.

    Args:
        items: each with the day of the run from which on it works.
    """
    (place,) = joint.places
    position = {(option.key, option.start_days): o for o, option in enumerate(joint.problem.options)}
    return [
        (position[replace(item.key, site=place.name), start], item.servers, item.server_days) for item, start in items
    ]


def _under_all(ready: Settled, place: Place, plan: JointPlan) -> tuple[JointPrepared, list[Used]]:
    """A site made ready within the limits on all of them, and its plan as a choice there."""
    joint = prepare_sites(ready, [place], None, ready.total)
    return joint, _used(joint, ((i.item, i.start_days) for site in plan.sites for i in site.items))


def _broken(ready: Settled, one: Alone) -> tuple[Limit, ...]:
    """The limits on all sites together that the plan of one by itself does not satisfy."""
    if one.plan is None:
        return ()
    joint, used = _under_all(ready, one.place, one.plan)
    broken = violations(joint.problem, used, one.plan.days, ready.asked.mix)
    return tuple(limit for limit, _ in broken if isinstance(limit, Limit))


def _one_site(
    ready: Settled, alone: Iterable[Alone], solver: Solver | None, time_limit_s: float | None
) -> JointPlan | None:
    """The best plan of one site for all, within the limits on all.

    A plan that is best under fewer limits and within all of them is best under all; where it is not within them, the
    site is planned again with them.
    """
    best: JointPlan | None = None
    for one in sorted((a for a in alone if a.plan), key=lambda a: _rank(a.plan) if a.plan else ()):
        assert one.plan is not None
        if best is not None and _rank(best) <= _rank(one.plan):
            break  # under more limits it gets no better
        joint, used = _under_all(ready, one.place, one.plan)
        choice, proof = (used, one.plan.days), one.plan.proof
        if one.breaks:
            found = best_of(joint, solver, time_limit_s)
            if found.choice is None:
                continue
            choice, proof = found.choice, found.proof
        plan = _confirmed(joint, assemble_joint(joint, *choice, proof))  # with what it uses of the limits on all
        if best is None or _rank(plan) < _rank(best):
            best = plan
    return best
