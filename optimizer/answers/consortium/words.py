"""What is said of a consortium's plans: who does what, whether sharing pays, the law at every site, what is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from optimizer.answers.form.numbers import musd, share_percent
from optimizer.answers.words.common_words import (
    amount,
    days,
    experience_words,
    item_words,
    law_words,
    less,
    part_words,
    stock_words,
    substation_words,
    threshold_words,
)
from optimizer.answers.words.limit_words import LIMIT_WORDS, limit_words
from optimizer.answers.words.mix_words import unlike_words
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.proof_words import TIES_LEFT, ended_words
from optimizer.answers.words.reason_words import no_plan_words
from optimizer.answers.words.rule_words import buyer_words
from optimizer.consortium.plan import Alone, Joint, JointPlan, SiteUse
from optimizer.domain import Distribution
from optimizer.domain.limits import KINDS
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.insight.limits.of_sites import JointConcessions
from optimizer.insight.real_runs import experience
from optimizer.law.thresholds import thresholds_passed
from optimizer.plans.outcome import LimitUse
from optimizer.plans.proof import NO_SOLVER, EndKind, Proof, ProofKind
from optimizer.units.language import Messages, and_words, say

_SPREADS = Messages({"domestic": "within one country", "international": "across countries"})
_EACH = ("owned", "supply", "max_mw", "max_tpp", "max_accelerators", "site_setup_usd")
"""What sites have so much of each; a reader may take it for that of all."""


def run_words(plan: JointPlan) -> str:
    """A plan in one clause."""
    if plan.spread is None:
        return say(
            "{place_name} alone for {days}: {items}",
            place_name=plan.sites[0].place.name,
            days=days(plan.days),
            items=and_words(items_words(plan, plan.sites[0])),
        )
    names = ", ".join(site.place.name for site in plan.sites)
    return say(
        "one run over {sites} sites ({names}) for {days}", sites=len(plan.sites), names=names, days=days(plan.days)
    )


def items_words(plan: JointPlan, site: SiteUse) -> Iterator[str]:
    """What servers a site has, kind by kind, and from when."""
    fleet = plan.fleet_at(site)
    for joint in site.items:
        start = say(" from day {start_days} on", start_days=joint.start_days) if joint.start_days else ""
        yield item_words(fleet, joint.item) + start


def verdict(found: Joint) -> Iterator[str]:
    """Joint plan, one site for all, each for itself: what sharing saves."""
    shared, one, best = found.shared, found.one_site, found.best
    objective = found.settled.objective
    if shared is None:
        yield say("no plan in which two or more sites share the run (proven)")
    if one is None:
        yield say("no single site can do it within the limits (proven)")
    elif shared is not None:
        alone = say(
            "{place_name} alone: {cost_usd}, {days}",
            place_name=one.sites[0].place.name,
            cost_usd=musd(one.cost_usd),
            days=days(one.days),
        )
        together = say("{run}: {cost_usd}", run=run_words(shared), cost_usd=musd(shared.cost_usd))
        aim = "" if objective == "cost" else say(" (objective: {objective})", objective=objective)
        if best is one:
            left = found.shared_proof.kind == ProofKind.GAP
            no = say("not according to the best plan found (see its gap)") if left else say("no")
            yield say(
                "{no}{aim}: {alone}; the best shared plan: {together}", no=no, aim=aim, alone=alone, together=together
            )
        else:
            saved = one.cost_usd - shared.cost_usd
            more = say("{saved} less", saved=musd(saved)) if saved >= 0 else say("{saved} more", saved=musd(-saved))
            won = one.objective_value - shared.objective_value
            gain = (
                more
                if objective == "cost"
                else say("{objective}, for {more}", objective=less(objective, won), more=more)
            )
            yield say("yes{aim}: the best single site, {alone}; together {gain}", aim=aim, alone=alone, gain=gain)
    cannot = ", ".join(alone.place.name for alone in found.alone if alone.plan is None)
    if best is not None and found.each_usd is not None and len(found.alone) > 1:
        saved = found.each_usd - best.cost_usd
        yield say(
            "if each site trained the model alone: {each_usd}; one run for all saves {saved}{breaks}",
            each_usd=musd(found.each_usd),
            saved=musd(saved),
            breaks=_left_out(found),
        )
    elif best is not None and cannot:
        yield say("alone, within its own limits, no plan at: {cannot}", cannot=cannot)


def alone_usd_words(alone: Alone) -> str:
    """What a site pays by itself, and whether that is more than the sites together may use."""
    if alone.plan is None:
        return say("cannot")
    text = musd(alone.plan.cost_usd)
    return say("{usd}, over a limit on all sites together", usd=text) if alone.breaks else text


def _left_out(found: Joint) -> str:
    """That what each site does alone is held to its own limits only, where all sites together have some."""
    total = [LIMIT_WORDS[kind.name] for kind in KINDS.values() if getattr(found.settled.total, kind.field, None)]
    return say(" (each without the limits on all sites together: {limits})", limits=and_words(total)) if total else ""


def alone_words(alone: Alone) -> str:
    """What a site can do by itself."""
    if alone.plan is None:
        text = no_plan_words(alone.why or NoPlan(Cause.LIMITS))
        if alone.why is not None and alone.why.lacks_figures:
            return say("{place_name}: {causes}", place_name=alone.place.name, causes=text)
        return say("{place_name}: {causes} (proven)", place_name=alone.place.name, causes=text)
    plan = alone.plan
    text = say(
        "{place_name}: {items} for {days}: {cost_usd}",
        place_name=alone.place.name,
        items=and_words(items_words(plan, plan.sites[0])),
        days=days(plan.days),
        cost_usd=musd(plan.cost_usd),
    )
    if not alone.breaks:
        return text
    limits_broken = and_words(map(limit_words, alone.breaks))
    return say(
        "{text}; this does not satisfy the limits on all sites together: {limits}", text=text, limits=limits_broken
    )


def limits(plan: JointPlan) -> Iterator[str]:
    """Limits that are no ceiling of the market, which are reported elsewhere."""
    for use in plan.limits:
        if use.bound is not None and use.limit.kind not in ("hire", "owned"):
            yield _limit_words(use)


def _limit_words(use: LimitUse) -> str:
    share = "" if use.share is None else say(" ({share})", share=share_percent(use.share))
    bound = "" if use.bound is None else say(" of {bound}", bound=amount(use.unit, use.bound))
    return say(
        "{limit}: {used}{bound}{share}",
        limit=limit_words(use.limit),
        used=amount(use.unit, use.used),
        bound=bound,
        share=share,
    )


def concession_lines(found: JointConcessions) -> Iterator[str]:
    """Each limit that alone would have to give, with what it needs and one plan then."""
    for given in found.given:
        text = part_words(given)
        if not given.is_least:
            text = say("{needed} (no more is needed; whether less is enough was not found in time)", needed=text)
        if given.plan is not None:
            # what is needed stands in front of it, rounded up: its bound, of a hair less than a dollar, is in no answer
            plan = say("{run}: {cost_usd}", run=run_words(given.plan), cost_usd=musd(+given.plan.cost_usd))
            text = say("{needed} → for example: {plan}", needed=text, plan=plan)
        yield text


def sharing_lines(found: Joint) -> Iterator[str]:
    """What sharing a run is taken to cost, with its source."""
    plan = found.shared
    if plan is None or plan.spread is None:
        return
    settled = found.settled
    row = settled.distribution(plan.spread)
    own = settled.asked.efficiency
    if own is not None:
        yield say("sites that share the run have {own:g} of the speed (given by the user)", own=float(own))
    else:
        left = _ranged(row, "efficiency")
        yield say(
            "sites that share the run have {left} of the speed ({spread}; {source})",
            left=left,
            spread=_SPREADS[plan.spread],
            source=row.source,
        )
    yield say(
        "each site used stores the whole model and exchanges weights every few hundred steps; possible loss of quality "
        "and the cost of the connection between sites are not included"
    )
    posts = min(Fraction(row.site_staff_fte), settled.lead.exact("staff_fte"))
    team, lead = settled.lead.exact("staff_fte"), settled.places[0].name
    at_site = _ranged(row, "site_staff_fte", posts)
    yield say(
        "team of a shared run: {rest:g} posts at the wages of {lead}, used or not, and {at_site} more at each site "
        "used; a run at one site has {team:g}, at its own wages",
        rest=float(team - posts),
        at_site=at_site,
        lead=lead,
        team=float(team),
    )
    yield say(
        "at most {mix} kinds of server, at all sites together and for one site alone (--mix)", mix=settled.asked.mix
    )
    setups = sum(1 for place in settled.places if place.setting.case.site_setup_usd)
    if setups < len(settled.places):
        yield say(
            "no site set-up cost is included for {places} of the sites (site_setup_usd)",
            places=len(settled.places) - setups,
        )


def _ranged(row: Distribution, name: str, value: Fraction | None = None) -> str:
    reported = getattr(row, name) if value is None else value
    span = row.range_of(name)
    words = say("{text:g}", text=float(reported))
    if span is not None:
        words += say(" ({span:g} to {span_2:g})", span=float(span[0]), span_2=float(span[1]))
    return words + (say(" (estimate)") if row.is_estimate(name) else "")


def law(plan: JointPlan) -> list[str]:
    """Which export rule lets each kind of server in at each site, and what depends on the buyer, each once."""
    reported: list[str] = []
    for site in plan.sites:
        fleet = plan.fleet_at(site)
        reported += [*(law_words(fleet, item) for item in fleet.items), *buyer_words(fleet)]
    return list(dict.fromkeys(reported))


def threshold_lines(plan: JointPlan) -> list[str]:
    """The thresholds of training compute that the run exceeds: they are of the run, whatever its sites."""
    return [threshold_words(threshold) for threshold in thresholds_passed(plan.settled.lead)]


def reading_lines(plan: JointPlan) -> Iterator[str]:
    """What a reader may take for something else: a limit of each site for that of all, a country that nobody named."""
    asked = plan.settled.asked
    each = [name for name in _EACH if getattr(asked.run, name)]
    holders = [m for m in asked.members if not set(each) <= m.case.model_fields_set]
    if each and len(holders) > 1:
        yield say("this limit applies to each site separately, not to all together: {each}", each=", ".join(each))
    taken = [place for place in plan.settled.places if place.setting.asked.country is None]
    if taken:
        names = ", ".join(place.name for place in taken)
        yield say(
            "no country was given for {names}: {country} is assumed",
            names=names,
            country=country_words(taken[0].setting.country),
        )


def warning_lines(plan: JointPlan) -> Iterator[str]:
    """What would mislead if it were left out."""
    yield from unlike_words(plan.fleet, fewest=2)
    for site in plan.sites:
        yield from substation_words(plan.fleet_at(site))
    if (runs := experience(plan.fleet)) is not None:
        yield experience_words(runs)
    yield from stock_words(plan.fleet)


def proofs(found: Joint) -> Iterable[str]:
    """Why the plans may be believed."""
    yield say("shared: {proof}", proof=_proof_words(found.shared_proof, found.shared is None))
    if found.one_site is not None:
        yield say("one site: {proof}", proof=_proof_words(found.one_site.proof, False))


def _proof_words(proof: Proof, infeasible: bool) -> str:
    what = say("infeasible") if infeasible else say("optimal")
    exact = "" if infeasible else say("; every limit is met exactly, recalculated from the data")
    if proof.kind == ProofKind.GAP:
        left = say(
            "no plan is more than {gap:.2%} better, according to {solver} alone ({ended})",
            gap=proof.gap,
            solver=proof.solver,
            ended=ended_words(proof),
        )
        return say("the best plan found: {left}{exact}", left=left, exact=exact)
    if proof.ended.kind == EndKind.NO_OPTION:
        return say("{what}, proven (HiGHS {ended})", what=what, ended=ended_words(proof))
    if proof.solver == NO_SOLVER:
        return say("{what}: {ended}{exact}", what=what, ended=ended_words(proof), exact=exact)
    ties = say("; {ties_left}", ties_left=say(TIES_LEFT)) if proof.ties_open else ""
    return say(
        "{what}: two different runs of {solver} agree{exact}{ties}",
        what=what,
        solver=proof.solver,
        exact=exact,
        ties=ties,
    )
