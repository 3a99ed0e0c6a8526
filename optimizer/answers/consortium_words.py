"""What is said of a consortium's plans: who does what, whether sharing pays, the law at every site, what is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from optimizer.answers.numbers import musd, share_percent, up
from optimizer.answers.proof_words import TIES_LEFT, ended_words
from optimizer.answers.reason_words import CAUSES
from optimizer.answers.words import (
    buyer_words,
    days,
    experience_words,
    item_words,
    law_words,
    less,
    stock_words,
    substation_words,
    threshold_words,
    unlike_words,
)
from optimizer.consortium.plan import Alone, Joint, JointPlan, SiteUse
from optimizer.domain import Distribution
from optimizer.domain.reasons import Cause
from optimizer.insight.real_runs import experience
from optimizer.law.thresholds import thresholds_passed
from optimizer.plans.outcome import LimitUse
from optimizer.plans.proof import Proof, ProofKind
from optimizer.solve.planner import NO_SOLVER

_EACH = ("owned", "supply", "max_mw", "max_tpp", "max_accelerators", "site_setup_usd")
"""What sites have so much of each; a reader may take it for that of all."""


def run_words(plan: JointPlan) -> str:
    """A plan in one clause."""
    if plan.spread is None:
        return f"{plan.sites[0].place.name} alone for {days(plan.days)}: {items_words(plan, plan.sites[0])}"
    names = ", ".join(site.place.name for site in plan.sites)
    return f"One run over {len(plan.sites)} sites ({names}) for {days(plan.days)}"


def items_words(plan: JointPlan, site: SiteUse) -> str:
    """What servers a site has, and from when."""
    fleet = plan.fleet_at(site)
    return " and ".join(
        item_words(fleet, joint.item) + (f" from day {joint.start_days} on" if joint.start_days else "")
        for joint in site.items
    )


def verdict(found: Joint) -> Iterator[str]:
    """Joint plan, one site for all, each for itself: what sharing saves."""
    shared, one, best = found.shared, found.one_site, found.best
    objective = found.settled.objective
    if shared is None:
        yield "no plan in which two or more sites share the run (proven)"
    if one is None:
        yield "no single site can do it within the limits (proven)"
    elif shared is not None:
        alone = f"{one.sites[0].place.name} alone: {musd(one.cost_usd)}, {days(one.days)}"
        together = f"{run_words(shared)}: {musd(shared.cost_usd)}"
        aim = "" if objective == "cost" else f" (objective: {objective})"
        if best is one:
            left = found.shared_proof.kind == ProofKind.GAP
            no = "not according to the best plan found (see its gap)" if left else "no"
            yield f"{no}{aim}: {alone}; the best shared plan: {together}"
        else:
            saved = one.cost_usd - shared.cost_usd
            more = f"{musd(saved)} less" if saved >= 0 else f"{musd(-saved)} more"
            won = one.objective_value - shared.objective_value
            gain = more if objective == "cost" else f"{less(objective, won)}, for {more}"
            yield f"yes{aim}: the best single site, {alone}; together {gain}"
    cannot = ", ".join(alone.place.name for alone in found.alone if alone.plan is None)
    if best is not None and found.each_usd is not None and len(found.alone) > 1:
        saved = found.each_usd - best.cost_usd
        yield f"if each site trained the model alone: {musd(found.each_usd)}; one shared run saves {musd(saved)}"
    elif best is not None and cannot:
        yield f"none of these could train it alone within its own limits: {cannot}"


def alone_words(alone: Alone) -> str:
    """What a site can do by itself."""
    if alone.plan is None:
        return f"{alone.place.name}: {CAUSES[alone.cause or Cause.LIMITS]} (proven)"
    plan = alone.plan
    return f"{alone.place.name}: {items_words(plan, plan.sites[0])} for {days(plan.days)}: {musd(plan.cost_usd)}"


def limits(plan: JointPlan) -> Iterator[str]:
    """Limits that are no ceiling of the market told elsewhere."""
    for use in plan.limits:
        if use.bound is not None and use.limit.kind not in ("hire", "owned"):
            yield _limit_words(use)


def _limit_words(use: LimitUse) -> str:
    share = "" if use.share is None else f" ({share_percent(use.share)})"
    bound = "" if use.bound is None else f" of {float(use.bound):,.10g}"
    return f"{str(use.limit).replace('@', ' at ')}: {float(up(use.used, 3)):,.10g}{bound} {use.unit}{share}"


def sharing_lines(found: Joint) -> Iterator[str]:
    """What sharing a run is taken to cost, with its source."""
    plan = found.shared
    if plan is None or plan.spread is None:
        return
    settled = found.settled
    row = settled.distribution(plan.spread)
    own = settled.asked.efficiency
    if own is not None:
        yield f"sites that share the run keep {float(own):g} of the speed (given by the user)"
    else:
        left = _ranged(row, "efficiency")
        yield f"sites that share the run keep {left} of the speed ({plan.spread}; {row.source})"
    yield (
        "each site used stores the whole model and exchanges weights every few hundred steps; possible loss of"
        " quality and the cost of the connection between sites are not included"
    )
    posts = min(Fraction(row.site_staff_fte), settled.lead.exact("staff_fte"))
    team, lead = settled.lead.figures["staff_fte"].value, settled.places[0].name
    at_site = _ranged(row, "site_staff_fte", posts)
    yield f"team of {team}: {at_site} at each site used, the rest at the wages of {lead}"
    yield f"at most {settled.asked.mix} kinds of server over all sites (--mix)"
    setups = sum(1 for place in settled.places if place.setting.case.site_setup_usd)
    if setups < len(settled.places):
        yield f"no site set-up cost is included for {len(settled.places) - setups} of the sites (site_setup_usd)"


def _ranged(row: Distribution, name: str, value: Fraction | None = None) -> str:
    told = getattr(row, name) if value is None else value
    span = row.range_of(name)
    words = f"{float(told):g}"
    if span is not None:
        words += f" ({float(span[0]):g} to {float(span[1]):g})"
    return words + (" (estimate)" if row.is_estimate(name) else "")


def law(plan: JointPlan) -> list[str]:
    """Which export rule lets each kind of server in at each site, and what depends on the buyer, each once."""
    told: list[str] = []
    for site in plan.sites:
        fleet = plan.fleet_at(site)
        told += [*(law_words(fleet, item) for item in fleet.items), *buyer_words(fleet)]
    return list(dict.fromkeys(told))


def threshold_lines(plan: JointPlan) -> list[str]:
    """The thresholds of training compute that the run exceeds: they are of the run, whatever its sites."""
    return [threshold_words(threshold) for threshold in thresholds_passed(plan.settled.lead)]


def warning_lines(plan: JointPlan) -> Iterator[str]:
    """What would mislead if it were left out."""
    asked = plan.settled.asked
    each = [name for name in _EACH if getattr(asked.run, name)]
    holders = [m for m in asked.members if not set(each) <= m.case.model_fields_set]
    if each and len(holders) > 1:
        yield f"this limit applies to each site separately, not to all together: {', '.join(each)}"
    taken = [place for place in plan.settled.places if any(a.field == "country" for a in place.setting.assumed)]
    if taken:
        names = ", ".join(place.name for place in taken)
        yield f"no country was given for {names}: {taken[0].setting.country.name} is assumed"
    yield from unlike_words(plan.fleet)
    for site in plan.sites:
        yield from substation_words(plan.fleet_at(site))
    if (runs := experience(plan.fleet)) is not None:
        yield experience_words(runs)
    yield from stock_words(plan.fleet)


def proofs(found: Joint) -> Iterable[str]:
    """Why the plans may be believed."""
    yield f"shared: {_proof_words(found.shared_proof, found.shared is None)}"
    if found.one_site is not None:
        yield f"one site: {_proof_words(found.one_site.proof, False)}"


def _proof_words(proof: Proof, infeasible: bool) -> str:
    what = "infeasible" if infeasible else "optimal"
    exact = "" if infeasible else "; every limit is met exactly, recalculated from the data"
    if proof.kind == ProofKind.GAP:
        left = f"no plan is more than {proof.gap:.2%} better, according to {proof.solver} alone ({ended_words(proof)})"
        return f"the best plan found: {left}{exact}"
    if proof.solver == NO_SOLVER:
        return f"{what}: {ended_words(proof)}{exact}"
    ties = f"; {TIES_LEFT}" if proof.ties_open else ""
    return f"{what}: two different runs of {proof.solver} agree{exact}{ties}"
