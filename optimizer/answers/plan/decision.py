"""The decision in at most twelve lines: what to do, for how long, what it costs, how sure that is, what to check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.answers.form.document import Line
from optimizer.answers.form.numbers import gigawatt_hours, megawatts, musd, tonnes, up, usd
from optimizer.answers.plan.odds_words import missed_limit_words, odds_line, surer_words
from optimizer.answers.words.common_words import (
    BASIS,
    accelerators_words,
    amount,
    bound_words,
    capital,
    days,
    item_words,
    less,
    plan_words,
)
from optimizer.answers.words.figure_words import figure_name_words
from optimizer.answers.words.grade_words import firmer_line, grade_lines
from optimizer.answers.words.grid_words import grid_checks
from optimizer.answers.words.limit_words import limit_words
from optimizer.answers.words.mix_words import of_one_kind
from optimizer.answers.words.place_words import in_country
from optimizer.answers.words.reason_words import largest_cluster_words
from optimizer.answers.words.rule_words import buyer_words
from optimizer.answers.words.run_words import DOUBTS, figures_words
from optimizer.answers.words.terms_words import aged_words, dear_words, of_each, rent_words
from optimizer.case.grades import Grade
from optimizer.case.setting import Figure
from optimizer.catalogue import Catalogue
from optimizer.domain.base import is_old
from optimizer.domain.rows import Procurement
from optimizer.insight import Answer
from optimizer.insight.full_answer import smaller_machines, unoffered
from optimizer.insight.neighbours import Cloud
from optimizer.insight.run_figures import run_figures
from optimizer.insight.split import split_of
from optimizer.plans.outcome import Fleet, Plan
from optimizer.uncertainty.outlook import Outlook
from optimizer.units.language import Messages, mark, say

OTHER_WAYS = Messages({"rent": "bought here", "buy": "rented here", "own": "bought here"})
"""How servers are had -> the nearest other way, and its name."""
HERE = Messages(
    {"buy": "bought here", "rent": "rented here", "own": "with what is owned", "": "bought and rented here"}
)
"""How the servers of a plan are had, as a name for it; the last of a mix."""
FULL = mark("Costs, limits, law, odds, assumptions, estimates and proof: --full. Words: optimizer guide words")


def decision_lines(answer: Answer, plan: Plan, outlook: Outlook) -> Iterator[Line]:
    """The decision, the first three lines of which are what and how long, the odds, and the cost at central values."""
    *before, last = [item_words(plan, item) for item in plan.items]
    lead = ""
    if plan.lead_days and all(item.key.procurement == "rent" for item in plan.items):
        lead = say(" after {lead_days} to get them", lead_days=days(plan.lead_days))
    elif plan.lead_days:
        lead = say(" after {lead_days} for delivery and licence", lead_days=days(plan.lead_days))
    for words in before:
        yield Line(capital(words), "good")
    yield Line(say("{last} for {days}{lead}", last=capital(last), days=days(plan.days), lead=lead), "good")
    yield Line(odds_line(outlook.odds), "strong")
    yield Line(
        say(
            "{cost_usd} in total at central values, {basis} basis{first}",
            cost_usd=usd(plan.cost_usd),
            basis=BASIS[plan.setting.case.basis or "upfront"],
            first=_paid_first(plan),
        ),
        "strong",
    )
    yield Line(
        say(
            "peak {peak_mw} MW · {energy_gwh:,} GWh · {carbon_t:,} tCO2e · {fleet} · {tpp:,} TPP",
            peak_mw=megawatts(plan.peak_mw),
            energy_gwh=gigawatt_hours(plan.energy_gwh),
            carbon_t=tonnes(plan.carbon_t),
            fleet=accelerators_words(plan.accelerators),
            tpp=up(plan.tpp, 0),
        )
    )
    yield Line(figures_words(plan, run_figures(plan)))
    yield from map(Line, of_each(plan, rent_words))
    yield from map(Line, grade_lines(plan))
    yield Line(_binding(answer, plan))
    if unlimited := "; ".join(open_limits(plan, dear=plan.setting.case.objective not in (None, "cost"))):
        yield Line(unlimited)
    yield from map(Line, surer_words(outlook))
    yield from map(Line, _other_ways(answer, plan))
    if checks := list(_checks(answer, plan, outlook)):
        yield Line(say("check first: {checks}", checks="; ".join(checks)))
    yield Line(say(FULL), "quiet", of_terminal=True, of_short=True)


def _paid_first(plan: Plan) -> str:
    """The cash that a share of the hardware's life does not show."""
    if plan.setting.case.basis != "amortised" or not plan.capital_usd:
        return ""
    return say(" (hardware worth {capital_usd} must be paid first)", capital_usd=musd(plan.capital_usd))


def _binding(answer: Answer, plan: Plan) -> str:
    """What keeps the plan from being better."""
    objective = plan.setting.case.objective or "cost"
    parts = [
        say(
            "{limit}, {unit} of {unit_2} (without it {objective})",
            limit=limit_words(found.limit.limit),
            unit=amount(found.limit.unit, found.limit.used),
            unit_2=bound_words(plan.setting, found.limit.limit, found.limit.unit, found.limit.bound),
            objective=less(objective, found.saving),
        )
        for found in answer.binding
        if found.limit.bound is not None
    ]
    if plan.largest_cluster is not None:
        parts.append(largest_cluster_words(plan.largest_cluster))
    return say("binding: {parts}", parts="; ".join(parts)) if parts else say("binding: no limit")


def open_limits(plan: Plan, *, dear: bool) -> Iterator[str]:
    """What nobody limited: the peak, and the cost where the plan is not the cheapest."""
    if plan.setting.case.max_mw is None:
        yield say("no grid limit was given: this peak is what the site must supply")
    if dear and plan.setting.case.budget_usd is None:
        yield say("no budget was given: this cost is what must be paid")


def _other_ways(answer: Answer, plan: Plan) -> Iterator[str]:
    """The nearest other ways: on firmer figures where the plan rests on an estimate, abroad, and in the country bought
    where the plan rents, or rented where it buys."""
    firmer = None
    if answer.firmness is not None and answer.firmness.grade is Grade.ESTIMATE:
        firmer = answer.firmness.firmer
        yield firmer_line(plan, answer.firmness)
    if answer.cloud is not None:
        yield abroad_words(answer.cloud, answer.setting.catalogue)
    mine = {item.key.procurement for item in plan.items}
    way = next(iter(mine)) if len(mine) == 1 else "rent"
    others = [found for found in answer.alternatives if found.procurement not in mine]
    best = next((found.plan for found in others if found.plan is not None), None)
    yield from _of_own(answer, plan, best)
    if best is not None and firmer is not None and _fleet(best) == _fleet(firmer):
        return  # reported already
    if best is not None:
        had = {item.key.procurement for item in best.items}
        name = HERE[next(iter(had)) if len(had) == 1 else ""]
        yield of_one_kind(plan.setting.case, say("{other_ways}: {plan}", other_ways=name, plan=plan_words(best)))
    elif unoffered(answer.ready) and (small := smaller_machines(answer.ready)) is not None:
        yield say(
            "{other_ways}: only smaller machines are offered {in_country} ({provider}, {devices} of a server), too"
            " small for a cluster (yours: --rent)",
            other_ways=OTHER_WAYS[way],
            in_country=in_country(plan.setting.country),
            provider=small.provider,
            devices=small.devices,
        )
    elif unoffered(answer.ready):
        yield say(
            "rented here: no public offer to rent {in_country} is known (yours: --rent)",
            in_country=in_country(plan.setting.country),
        )
    elif others and not _is_excluded("buy" if way in ("rent", "own") else "rent", plan):
        words = say("{other_ways}: no plan within the limits", other_ways=OTHER_WAYS[way])
        yield of_one_kind(plan.setting.case, words)


def abroad_words(run: Cloud, catalogue: Catalogue) -> str:
    """The same run in a cloud abroad, in a line."""
    return say(
        "abroad: rent {accelerators:,} {name} for {days}: {cost_usd} (world price; this site's limits do not apply)",
        accelerators=run.accelerators,
        name=catalogue.accelerators[run.accelerator].name,
        days=days(run.days),
        cost_usd=musd(run.cost_usd),
    )


def _of_own(answer: Answer, plan: Plan, reported: Plan | None) -> Iterator[str]:
    """What the owned servers come to, where the plan uses none of them and no other line says it."""
    case = plan.setting.case
    owns = any(count for _, count in case.owned) and "own" in case.procurement and case.basis != "rental"
    if not owns or any(item.key.procurement == "own" for item in plan.items):
        return
    alone = next((one.plan for one in answer.alternatives if one.procurement == "own" and one.plan is not None), None)
    if alone is None:
        yield of_one_kind(case, say("{other_ways}: no plan within the limits", other_ways=HERE["own"]))
    elif alone is not reported:
        yield of_one_kind(case, say("{other_ways}: {plan}", other_ways=HERE["own"], plan=plan_words(alone)))


def _fleet(plan: Plan) -> tuple[object, ...]:
    """What makes two plans the same."""
    return (plan.days, *((item.key, item.servers) for item in plan.items))


def _is_excluded(procurement: Procurement, plan: Plan) -> bool:
    """Whether the case itself does not ask for servers that are had so."""
    case = plan.setting.case
    return procurement not in case.procurement or (case.basis == "rental" and procurement != "rent")


def _checks(answer: Answer, plan: Plan, outlook: Outlook) -> Iterator[str]:
    """What the plan rests on and is least sure: the limit missed most often, estimates, stock, licence, the split."""
    yield from (words.rstrip(".") for words in buyer_words(plan))
    if outlook.odds is not None and outlook.odds.missed:
        yield missed_limit_words(outlook.odds)
    yield from estimate_checks(plan, answer.estimates())
    if rented := sum(item.accelerators for item in plan.items if item.key.procurement == "rent"):
        yield say("a quote for {fleet} for {days}", fleet=accelerators_words(rented), days=days(plan.days))
    yield from of_each(plan, aged_words)
    yield from of_each(plan, dear_words)
    yield from order_checks(plan)
    yield from grid_checks(plan)
    if (split := split_of(plan)) is not None:
        yield from (DOUBTS[doubt] for doubt in split.doubts)


def estimate_checks(plan: Fleet, estimates: Sequence[Figure]) -> Iterator[str]:
    """The estimates that a plan rests on most, and those that are old."""
    catalogue = plan.setting.catalogue
    hardware = (figure.name for figure in estimates if figure.name.startswith(_of_hardware(plan)))
    guesses = [figure_name_words(name, catalogue) for name in hardware]
    if guesses:
        yield say("estimated: {guesses}", guesses=", ".join(guesses[:MOST_ESTIMATES]))
    old = [figure for figure in estimates if is_old(figure.as_of, catalogue.as_of)]
    if old:
        names = (figure_name_words(figure.name, catalogue) for figure in old)
        dated = (say("{name} ({date})", name=name, date=figure.as_of) for name, figure in zip(names, old, strict=True))
        yield say("old figures: {figures}", figures=", ".join(dated))


def order_checks(plan: Fleet) -> Iterator[str]:
    """What an order of the servers waits for."""
    if any(item.policy == "approval" and item.key.procurement == "buy" for item in plan.items):
        yield say("the export licence")
    for chip in (plan.setting.catalogue.accelerators[item.key.accelerator] for item in plan.items):
        if not chip.is_sold_on(plan.setting.case.date or ""):
            yield say("{name} is not sold before {day}", name=chip.name, day=chip.release_date)


MOST_ESTIMATES = 3
"""Estimates that are named: the others stand in the full answer."""


def _of_hardware(plan: Fleet) -> tuple[str, ...]:
    return tuple(item.key.accelerator for item in plan.items)
