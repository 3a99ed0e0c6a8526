"""Sentences that several reports share."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from optimizer.answers.limit_words import bound_in_words, limit_words, need_in_words
from optimizer.answers.numbers import musd, up, usd
from optimizer.answers.proof_words import ended_words
from optimizer.answers.rule_words import rule_words
from optimizer.case.rents import RentBasis, rent_of
from optimizer.case.setting import Figure, Setting
from optimizer.domain import ComputeThreshold, Policy
from optimizer.insight.limits.concessions import Concession
from optimizer.insight.limits.pairs import Joint
from optimizer.insight.real_runs import Experience
from optimizer.law.routes import buyer_rules
from optimizer.plans.outcome import Fleet, Infeasible, Plan, PlanItem
from optimizer.plans.proof import ProofKind
from optimizer.solve.planner import NO_SOLVER
from optimizer.version import __version__

VERBS = {"buy": "buy", "rent": "rent", "own": "use"}
OBJECTIVES = {
    "cost": "Cheapest plan",
    "days": "Fastest plan",
    "peak_power": "Plan with the lowest peak power",
    "energy": "Plan with the least energy",
    "carbon": "Plan with the least carbon",
}
TERMS = {
    "accelerators": "accelerators",
    "integration": "chassis, network, storage",
    "spares": "spare parts",
    "freight": "freight and insurance",
    "duty_and_tax": "duty and tax",
    "connection": "substation",
    "amortisation": "this run's share of the hardware",
    "rent": "rent (power and hall included)",
    "energy": "electricity",
    "colocation": "colocation",
    "maintenance": "maintenance",
    "staff": "staff",
    "site_setup": "site set-up",
}
BASES = {
    "upfront": "upfront (all hardware charged to this run)",
    "amortised": "amortised (this run's share of the hardware's life)",
    "rental": "rental (rented servers only)",
}


def model_words(setting: Setting) -> str:
    """The model that is trained, where its tokens are what is sought."""
    workload = setting.workload
    if setting.case.workload is not None:
        return workload.name
    return f"own workload: {workload.params_active_b}B active of {workload.params_total_b}B parameters"


def days(count: int) -> str:
    """ "1 day", "105 days"."""
    return f"{count:,} day{'s' * (count != 1)}"


def item_words(plan: Fleet, item: PlanItem) -> str:
    """ "rent 360 GB200 (5 servers) in FP8"."""
    chip = plan.setting.catalogue.accelerators[item.key.accelerator]
    servers = f"{item.servers:,} server{'s' * (item.servers != 1)}"
    return (
        f"{VERBS[item.key.procurement]} {item.accelerators:,} {chip.name} ({servers}) in {item.key.precision.upper()}"
    )


def plan_words(plan: Plan) -> str:
    """A plan in one clause: what, how long, how much, how many MW."""
    what = " and ".join(item_words(plan, item) for item in plan.items)
    told = f"{what} for {days(plan.days)}: {musd(plan.cost_usd)}, {up(plan.peak_mw, 3)} MW"
    if plan.setting.case.basis == "amortised" and plan.capital_usd:
        told += f" (hardware worth {musd(plan.capital_usd)} must be paid first)"
    return told


def concession_words(given: Concession) -> str:
    """ "the grid limit: 0.797 MW instead of 0.5 MW"."""
    needed = need_in_words(given.limit, Fraction(given.needed))
    return f"{limit_words(given.limit)}: {needed} instead of {bound_in_words(given.limit, given.asked)}"


def joint_words(joint: Joint) -> str:
    """ "the deadline: 387 days instead of 30 days and the budget: $25,883,692 instead of $2,000,000"."""
    return " and ".join(
        f"{limit_words(part.limit)}: {need_in_words(part.limit, Fraction(part.needed))} instead of "
        f"{bound_in_words(part.limit, part.asked)}"
        for part in joint.parts
    )


def rent_words(plan: Fleet, item: PlanItem) -> str:
    """Who rents a server out, where, on what terms and at what price; empty for what is not rented."""
    if item.key.procurement != "rent" or (rent := rent_of(plan.setting, item.key.accelerator)) is None:
        return ""
    price = f"${rent.usd_per_hour.normalize():f} per accelerator and hour"
    if rent.basis is RentBasis.STATED:
        return f"at {price}, a price that you gave"
    if rent.offer is None:
        premium = f"{((plan.setting.case.rent_premium or Decimal(0)) * 100).normalize():+f} %"
        return f"at {price}: the world's median list price {premium}, as requested; not an offer in the country"
    where = f"{rent.offer.provider}, {rent.offer.region or plan.setting.country.name}"
    return f"on demand from {where}: {price} (public list of {rent.offer.as_of})"


def law_words(plan: Fleet, item: PlanItem) -> str:
    """Which export rule lets an accelerator in, and what it takes."""
    policies = {
        Policy.FREE: "no licence",
        Policy.EXCEPTION: "licence exception",
        Policy.APPROVAL: "licence required, presumption of approval",
    }
    chip = plan.setting.catalogue.accelerators[item.key.accelerator]
    kind = "not controlled" if item.chip_class == "none" else item.chip_class
    if item.key.procurement != "buy":
        here = "rented locally" if item.key.procurement == "rent" else "already owned"
        where = f"{chip.name} in {plan.setting.country.name}"
        return f"{where}: {kind}; {rule_words(item)} ({here}: no import licence needed)"
    policy = policies.get(item.policy, item.policy)
    return f"{chip.name} to {plan.setting.country.name}: {kind}, {policy}; {rule_words(item)}"


def buyer_words(plan: Fleet) -> list[str]:
    """What depends on the buyer and would mislead if it were left out, of every accelerator that is imported."""
    setting = plan.setting
    found = {
        rule.rule: f"{rule.rule}: {rule.meaning}"
        for item in plan.items
        if item.key.procurement == "buy"
        for rule in buyer_rules(
            setting.catalogue.accelerators[item.key.accelerator],
            setting.country.id,
            setting.catalogue,
            setting.rules.id,
            setting.case.date or "",
        )
        if rule.in_sentence
    }
    return list(found.values())


def substation_words(plan: Fleet) -> list[str]:
    """That no substation is counted, where servers at the site might need one and no limit is known to tell."""
    country = plan.setting.country
    at_site = any(item.key.procurement in ("buy", "own") for item in plan.items)
    if not at_site or country.medium_voltage_limit_mw is not None:
        return []
    return [f"no medium-voltage limit is known for {country.name}: no substation is included, whatever the peak"]


def experience_words(told: Experience) -> str:
    """How many times the plan's server-hours real runs took, on what, and what the slow end would mean."""
    low, high = (f"{float(times):.2f}" for times in (told.low, told.high))
    here = "" if told.seen_here else "; none was on this hardware"
    late = f"; at the slow end {days(told.slow_days)}: after the deadline" if told.too_late else ""
    of_way = f"; all trained from scratch, none by {told.way}" if told.way else ""
    return (
        f"in 7 of 8 published runs on {told.seen_on}, the actual server-hours were {low} to {high} times this estimate"
        f"{of_way}{here}{late}: see optimizer validate"
    )


def figure_words(figure: Figure) -> str:
    """ "25,000 (22,000-30,000) USD": a figure with its range, where the data hold one, and its unit."""
    ends = "" if figure.range is None else " ({:,f}-{:,f})".format(*figure.range)
    return f"{figure.value:,f}{ends} {figure.unit}".rstrip()


def threshold_words(threshold: ComputeThreshold) -> str:
    """A threshold of training compute that is passed, and what follows from it."""
    return (
        f"above {float(threshold.above_flop):.0e} FLOP ({threshold.jurisdiction}, {threshold.status}), for "
        f"{threshold.applies_to}: {threshold.consequence}"
    )


def capital(text: str) -> str:
    """The first letter in upper case."""
    return text[:1].upper() + text[1:]


def heading(setting: Setting) -> str:
    """Country, workload and training compute, with the context where attention is counted."""
    told = f"{setting.country.name} · {setting.workload.name} · {float(setting.training_flop):.3g} FLOP"
    counted = setting.attention
    return told if counted is None else f"{told} with attention over {counted.context_tokens:,} tokens"


def less(objective: str, saving: Fraction) -> str:
    """A fall of the objective in its own unit: "$1,200 less", "3 days less"."""
    if objective == "cost":
        return f"{usd(saving)} less"
    if objective == "days":
        return f"{saving} days less"
    factor, unit = {"peak_power": (1000, "MW"), "energy": (10**6, "GWh"), "carbon": (10**6, "tCO2e")}[objective]
    return f"{float(saving / factor):,.3g} {unit} less"


_DECIMALS = {"MW": 3, "GWh": 3, "tCO2e": 1}
"""Decimals of an amount by its unit; of the others none."""


def amount(unit: str, value: Fraction) -> str:
    """A use or a bound in its unit, rounded up so that a use over its bound never looks within it."""
    if unit == "USD":
        return usd(Fraction(up(value, 0)))
    return f"{up(value, _DECIMALS.get(unit, 0)):,} {unit}"


def distance(plan: Plan, other: Plan) -> str:
    """How far another plan is from the best, in the objective's own unit."""
    objective = plan.setting.case.objective or "cost"
    more = other.objective_value - plan.objective_value
    if more == 0:
        return "just as good"
    times = f"{float(other.objective_value / plan.objective_value):.2f} times" if plan.objective_value else ""
    if objective == "cost":
        return f"{musd(more)} more, {times}"
    return f"{less(objective, more).removesuffix(' less')} more, {times}"


def proof_words(outcome: Plan | Infeasible) -> str:
    """Why an answer may be believed, in one line."""
    proof = outcome.proof
    if isinstance(outcome, Plan):
        what, exact = "optimal", f"gap {proof.gap:g}; every limit is met exactly, recalculated from the data"
    else:
        what, exact = "infeasible", "nothing is rounded in the search"
    if proof.solver == NO_SOLVER:
        return f"{what}: an exhaustive search in exact arithmetic (HiGHS {ended_words(proof)}); {exact}"
    if proof.kind == ProofKind.EXHAUSTIVE:
        both = f"{proof.solver} ({ended_words(proof)}) and an exhaustive search in exact arithmetic agree"
        return f"{what}: {both}; {exact}"
    return f"{what}: two runs of {proof.solver} (presolve on; off, with the rows permuted) agree; {exact}"


def stamp(setting: Setting) -> str:
    """Program, data, assumptions and rules, in one line."""
    catalogue = setting.catalogue
    packs = "".join(f" with {name}" for name in catalogue.packs)
    return (
        f"optimizer {__version__}, data {catalogue.version}{packs} ({catalogue.digest[:12]}),"
        f" assumptions {setting.assumptions.id}, rules {setting.rules.id} on {setting.case.date}"
    )


def unlike_words(plan: Fleet) -> list[str]:
    """That unlike accelerators are taken to share a run without loss, where a plan has such."""
    if len({item.key.accelerator for item in plan.items}) < 2:
        return []
    return ["we assume no loss from mixing accelerator types; in practice the faster ones wait for the slowest"]


def stock_words(plan: Fleet) -> list[str]:
    """That a rent in a list is no stock, where a plan rents."""
    if all(item.key.procurement != "rent" for item in plan.items):
        return []
    return ["a listed price does not guarantee availability: request a quote for this number of accelerators and days"]
