"""Sentences that several reports share."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from optimizer.answers.form.numbers import DECIMALS, megawatts, musd, up, up_to_read, usd
from optimizer.answers.words.place_words import country_words, in_country, of_country
from optimizer.answers.words.proof_words import ended_words
from optimizer.answers.words.reason_words import change_words
from optimizer.answers.words.rule_words import rule_words
from optimizer.answers.words.terms_words import verb_words
from optimizer.case.setting import Figure, Setting
from optimizer.domain import ComputeThreshold, Policy
from optimizer.domain.base import is_old
from optimizer.domain.limits import DEADLINE, Limit
from optimizer.domain.reasons import Need
from optimizer.insight.real_runs import Experience
from optimizer.plans.outcome import Fleet, Infeasible, Plan, PlanItem
from optimizer.plans.proof import NO_SOLVER, ProofKind
from optimizer.plans.verify import Rule
from optimizer.units.language import Messages, and_words, messages_of, say, say_many, unit_words
from optimizer.version import __version__

if TYPE_CHECKING:
    from optimizer.insight.limits.concessions import Part  # which only a case without a plan loads
    from optimizer.insight.limits.pairs import Joint

OBJECTIVES = messages_of(__file__, "objectives")
TERMS = messages_of(__file__, "terms")
BASES = messages_of(__file__, "bases")


BASIS = Messages({"upfront": "upfront", "amortised": "amortised", "rental": "rental"})
"""Names of the bases, in front of the word."""
PROCUREMENT = Messages({"buy": "buy", "rent": "rent", "own": "own"})
"""How servers are had."""


def model_words(setting: Setting) -> str:
    """The model that is trained, where its tokens are what is searched for."""
    workload = setting.workload
    if setting.case.workload is not None:
        return say(workload.name)
    return say(
        "own workload: {params_active_b}B active of {params_total_b}B parameters",
        params_active_b=workload.params_active_b,
        params_total_b=workload.params_total_b,
    )


def days(count: int) -> str:
    """ "1 day", "105 days"."""
    return say_many("{count:,} day", "{count:,} days", count)


def longest_run_words(count: int) -> str:
    """That a question without a deadline was given the longest usual run."""
    return say("No deadline was given: {days} at most, the longest usual run in the data.", days=days(count))


def accelerators_words(count: int) -> str:
    """ "1 accelerator", "1,024 accelerators"."""
    return say_many("{count:,} accelerator", "{count:,} accelerators", count)


def servers_words(count: int, machine: int = 0) -> str:
    """ "1 server", "41 servers"; of a machine smaller than the usual server "1 server of 4"."""
    if machine:
        return say("1 server of {machine:,}", machine=machine)
    return say_many("{count:,} server", "{count:,} servers", count)


def item_words(plan: Fleet, item: PlanItem) -> str:
    """ "rent 360 GB200 (5 servers) in FP8"."""
    chip = plan.setting.catalogue.accelerators[item.key.accelerator]
    servers = servers_words(item.servers, item.key.machine)
    return say(
        "{verbs} {accelerators:,} {chip_name} ({servers}) in {precision}",
        verbs=verb_words(item.key),
        accelerators=item.accelerators,
        chip_name=chip.name,
        servers=servers,
        precision=item.key.precision.upper(),
    )


def plan_words(plan: Plan) -> str:
    """A plan in one clause: what, how long, how much, how many MW."""
    what = and_words(item_words(plan, item) for item in plan.items)
    text = say(
        "{what} for {days}: {cost_usd}, {peak_mw} MW",
        what=what,
        days=days(plan.days),
        cost_usd=musd(plan.cost_usd),
        peak_mw=megawatts(plan.peak_mw),
    )
    if plan.setting.case.basis == "amortised" and plan.capital_usd:
        text += say(" (hardware worth {capital_usd} must be paid first)", capital_usd=musd(plan.capital_usd))
    return text


def part_words(given: Part) -> str:
    """ "the grid limit: 0.797 MW instead of 0.5 MW"."""
    return change_words(Need(given.limit, Fraction(given.needed), given.asked))


def joint_words(joint: Joint) -> str:
    """ "the deadline: 387 days instead of 30 days and the budget: $25,883,692 instead of $2,000,000"."""
    return and_words(map(part_words, joint.parts))


def law_words(plan: Fleet, item: PlanItem) -> str:
    """Which export rule lets an accelerator in, and what it takes."""
    policies = {
        Policy.FREE: say("no licence"),
        Policy.EXCEPTION: say("licence exception"),
        Policy.APPROVAL: say("licence required, presumption of approval"),
    }
    chip = plan.setting.catalogue.accelerators[item.key.accelerator]
    kind = say("not controlled") if item.chip_class == "none" else item.chip_class
    if item.key.procurement != "buy":
        here = say("rented locally") if item.key.procurement == "rent" else say("already owned")
        where = say("{chip_name} {in_country}", chip_name=chip.name, in_country=in_country(plan.setting.country))
        return say(
            "{where}: {kind}; {rule} ({here}: no import licence needed)",
            where=where,
            kind=kind,
            rule=rule_words(item),
            here=here,
        )
    policy = policies.get(item.policy, item.policy)
    return say(
        "{chip_name} to {country}: {kind}, {policy}; {rule}",
        chip_name=chip.name,
        country=country_words(plan.setting.country),
        kind=kind,
        policy=policy,
        rule=rule_words(item),
    )


def substation_words(plan: Fleet) -> list[str]:
    """That no substation is counted, where servers at the site might need one and no limit is known to tell."""
    country = plan.setting.country
    at_site = any(item.key.procurement in ("buy", "own") for item in plan.items)
    if not at_site or country.medium_voltage_limit_mw is not None:
        return []
    return [
        say(
            "the medium-voltage limit {of_country} is not known: no substation is included, whatever the peak",
            of_country=of_country(country),
        )
    ]


def experience_words(reported: Experience) -> str:
    """How many times the plan's server-hours real runs took, on what, and what the slow end would mean."""
    low, high = (say("{times:.2f}", times=float(times)) for times in (reported.low, reported.high))
    here = "" if reported.seen_here else say("; at most one was on this hardware")
    late = (
        say("; at the slow end {slow_days}: after the deadline", slow_days=days(reported.slow_days))
        if reported.too_late
        else ""
    )
    of_way = say("; all trained from scratch, none by {way}", way=say(reported.way)) if reported.way else ""
    return say(
        "in 9 of 10 published runs on {seen_on}, the actual server-hours were {low} to {high} "
        "times this estimate{of_way}{here}{late}: see optimizer validate",
        seen_on=say(reported.seen_on),
        low=low,
        high=high,
        of_way=of_way,
        here=here,
        late=late,
    )


def figure_words(figure: Figure) -> str:
    """ "25,000 (22,000-30,000) USD": a figure with its range, where the data hold one, and its unit."""
    ends = "" if figure.range is None else say(" ({low:,f}-{high:,f})", low=figure.range[0], high=figure.range[1])
    return say("{figure:,f}{ends} {unit}", figure=figure.value, ends=ends, unit=unit_words(figure.unit)).rstrip()


def date_words(as_of: str, today: str) -> str:
    """ "2019, old": a date, and whether it is of a year more than five before that of the data."""
    return say("{date}, old", date=as_of) if is_old(as_of, today) else as_of


def threshold_words(threshold: ComputeThreshold) -> str:
    """A threshold of training compute that is passed, and what follows from it."""
    return say(
        "above {above_flop:.0e} FLOP ({jurisdiction}, {status}), for {applies_to}: {consequence}",
        above_flop=float(threshold.above_flop),
        jurisdiction=say(threshold.jurisdiction),
        status=say(threshold.status),
        applies_to=say(threshold.applies_to),
        consequence=say(threshold.consequence),
    )


def capital(text: str) -> str:
    """The first letter in upper case."""
    return text[:1].upper() + text[1:]


def heading(setting: Setting) -> str:
    """Country, workload and training compute, with the context where attention is counted."""
    text = say(
        "{country} · {workload_name} · {training_flop:.3g} FLOP",
        country=country_words(setting.country),
        workload_name=say(setting.workload.name),
        training_flop=float(setting.training_flop),
    )
    if (counted := setting.attention) is None:
        return text
    return say("{heading} with attention over {context:,} tokens", heading=text, context=counted.context_tokens)


def less(objective: str, saving: Fraction) -> str:
    """A fall of the objective in its own unit: "$1,200 less", "3 days less"."""
    return say("{difference} less", difference=_difference(objective, saving))


def more(objective: str, rise: Fraction) -> str:
    """A rise of the objective in its own unit: "$1,200 more", "3 days more"."""
    return say("{difference} more", difference=_difference(objective, rise))


def _difference(objective: str, difference: Fraction) -> str:
    if objective == "cost":
        return usd(difference)
    if objective == "days":
        return days(int(difference))
    factor, unit = {"peak_power": (1000, "MW"), "energy": (10**6, "GWh"), "carbon": (10**6, "tCO2e")}[objective]
    return say("{difference:,.3g} {unit}", difference=float(difference / factor), unit=unit)


def amount(unit: str, value: Fraction) -> str:
    """A use or a bound in its unit, rounded up so that a use over its bound never looks within it."""
    if unit == "USD":
        return usd(Fraction(up(value, 0)))
    reported = up_to_read(value, DECIMALS[unit]) if unit in DECIMALS else up(value, 0)
    if unit in _COUNTED:
        return _COUNTED[unit](int(reported))
    return say("{value:,} {unit}", value=reported, unit=unit_words(unit))


_COUNTED = {"days": days, "accelerators": accelerators_words}
"""What is counted in whole ones, of which there may be one."""


def bound_words(setting: Setting, limit: Limit | Rule, unit: str, bound: Fraction) -> str:
    """A bound in its unit, and whether it was given: "365 days, as none was given"."""
    text = amount(unit, bound)
    if limit == DEADLINE and setting.asked.deadline_days is None:
        return say("{text}, as none was given", text=text)
    return text


def distance(plan: Plan, other: Plan) -> str:
    """How far another plan is from the best, in the objective's own unit."""
    objective = plan.setting.case.objective or "cost"
    rise = other.objective_value - plan.objective_value
    if rise == 0:
        return say("just as good")
    times = (
        say("{objective_value:.2f} times", objective_value=float(other.objective_value / plan.objective_value))
        if plan.objective_value
        else ""
    )
    if objective == "cost":
        return say("{difference} more, {times}", difference=musd(rise), times=times)
    return say("{difference} more, {times}", difference=_difference(objective, rise), times=times)


def proof_words(outcome: Plan | Infeasible) -> str:
    """Why an answer may be believed, in one line."""
    proof = outcome.proof
    if isinstance(outcome, Plan):
        what, exact = (
            say("optimal"),
            say("gap {gap:g}; every limit is met exactly, recalculated from the data", gap=proof.gap),
        )
    else:
        what, exact = say("infeasible"), say("nothing is rounded in the search")
    if proof.solver == NO_SOLVER:
        return say(
            "{what}: an exhaustive search in exact arithmetic (HiGHS {ended}); {exact}",
            what=what,
            ended=ended_words(proof),
            exact=exact,
        )
    if proof.kind == ProofKind.EXHAUSTIVE:
        both = say(
            "{solver} ({ended}) and an exhaustive search in exact arithmetic agree",
            solver=proof.solver,
            ended=ended_words(proof),
        )
        return say("{what}: {both}; {exact}", what=what, both=both, exact=exact)
    return say(
        "{what}: two runs of {solver} (presolve on; off, with the rows permuted) agree; {exact}",
        what=what,
        solver=proof.solver,
        exact=exact,
    )


def stamp(setting: Setting) -> str:
    """Program, data, assumptions and rules, in one line."""
    catalogue = setting.catalogue
    packs = "".join(say(" with {name}", name=name) for name in catalogue.packs)
    return say(
        "optimizer {version}, data {version_2}{packs} ({digest}), assumptions "
        "{assumptions_id}, rules {rules_id} on {date}",
        version=__version__,
        version_2=catalogue.version,
        packs=packs,
        digest=catalogue.digest[:12],
        assumptions_id=setting.assumptions.id,
        rules_id=setting.rules.id,
        date=setting.case.date,
    )


def stock_words(plan: Fleet) -> list[str]:
    """That a rent in a list is no stock, where a plan rents."""
    if all(item.key.procurement != "rent" for item in plan.items):
        return []
    return [
        say("a listed price does not guarantee availability: request a quote for this number of accelerators and days")
    ]
