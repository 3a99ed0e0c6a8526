"""A plan with power words, and the ways to feed a site, as documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial

from optimizer.answers.document import (
    Document,
    Grounds,
    Line,
    Rows,
    Section,
    Table,
    assumed_notes,
    grounds_of,
    left,
    right,
    section,
)
from optimizer.answers.numbers import musd, round_parts, up, usd
from optimizer.answers.power_outputs import PowerAnswerOut, WaysToFeedOut, answer_out, ways_out
from optimizer.answers.power_row import PowerRow, power_row
from optimizer.answers.power_words import (
    RELIEFS,
    SUPPLY_BASES,
    SUPPLY_TERMS_IN_WORDS,
    WAYS,
    assumptions,
    built_words,
    hour_words,
    limit_lines,
    limits_of_model,
    outage_words,
    outcome_words,
    percent,
    power_plan_words,
    proof_in_words,
    runs_words,
)
from optimizer.answers.words import (
    BASES,
    TERMS,
    buyer_words,
    capital,
    days,
    figure_words,
    heading,
    item_words,
    law_words,
    plan_words,
    stamp,
    threshold_words,
)
from optimizer.case.setting import Figure
from optimizer.insight.provenance import inputs
from optimizer.law.thresholds import thresholds_passed
from optimizer.power.answer import PowerAnswer
from optimizer.power.plan import NotFed, PowerPlan, Ready
from optimizer.power.ways import WaysToFeed
from optimizer.units import KW_PER_MW

NOT_FED = "nothing that may be built feeds a fleet that does the work within the limits"


def document(answer: PowerAnswer) -> Document:
    """The plan and what feeds it, or why there is none and what would do."""
    setting, plan = answer.ready.setting, answer.plan
    title = f"Cheapest plan · {heading(setting)}" if plan else f"No plan · {heading(setting)}"
    outcome = answer.outcome
    sections = list(_plan_sections(answer, plan) if plan else _no_plan_sections(answer, outcome))  # type: ignore[arg-type]
    case_id = setting.asked.case_id or "1"
    return Document(
        question="plan",
        title=title,
        sections=sections,
        outputs=partial(_answer_data, answer),
        grounds=_grounds(answer.ready, plan),
        messages=tuple(_messages(plan)),
        notes=assumed_notes(setting.assumed),
        rows=Rows("plans", "Training plans and what feeds them", PowerRow, lambda: [power_row(case_id, outcome)]),
        verdict="answer" if plan else "infeasible",
    )


def _answer_data(answer: PowerAnswer) -> PowerAnswerOut:
    return answer_out(answer)


def _ways_data(found: WaysToFeed) -> WaysToFeedOut:
    return ways_out(found)


def _grounds(ready: Ready, plan: PowerPlan | None) -> Grounds:
    figures = [*(inputs(plan) if plan else ()), *ready.site.figures]
    return grounds_of(ready.setting, figures)


def _plan_sections(answer: PowerAnswer, plan: PowerPlan) -> Iterator[Section]:
    yield Section("", tuple(_decision(plan)))
    yield Section("Cost", [_costs(plan)])
    rows = list(limit_lines(plan))
    yield Section("Limits", [Table([left("limit"), right("used"), right("of"), right("share")], rows)])
    yield section("Export control", [law_words(plan, plan.item), *buyer_words(plan)])
    yield section("Training compute", map(threshold_words, thresholds_passed(plan.setting)))
    yield section("Beside it", _beside(answer, plan))
    yield section("Assumed", [*_case_assumed(plan), *assumptions(plan)])
    yield section("Estimates among the inputs", _estimates(answer.ready, plan))
    yield section("What this plan does not know", limits_of_model(plan))
    yield section("Proof", [proof_in_words(plan), stamp(plan.setting)])


def _decision(plan: PowerPlan) -> Iterator[Line]:
    yield Line(capital(item_words(plan, plan.item)), "good")
    lead = f" after {days(plan.lead_days)} of delivery and licence" if plan.lead_days else ""
    yield Line(f"for {days(plan.days)}{lead}", "good")
    yield Line(f"fed by: {_fed_by(plan)}", "good")
    yield Line(f"{usd(plan.cost_usd)} in all, {plan.setting.case.basis} basis", "strong")
    yield Line(
        f"supply {musd(plan.fed.supply_usd)}, {usd(plan.supply_usd_per_mwh)} a MWh drawn; to build it "
        f"{musd(plan.supply_cash_usd)} must be found"
    )
    yield Line(runs_words(plan))
    yield Line(
        f"peak of the servers {up(plan.peak_kw / KW_PER_MW, 3)} MW · {float(plan.energy_kwh) / 1e6:.3g} GWh · "
        f"{float(plan.carbon_kg) / 1000:,.0f} tCO2e · {plan.item.accelerators:,} accelerators"
    )


def _fed_by(plan: PowerPlan) -> str:
    contract = plan.fed.dispatch.capacities["grid"]
    built = built_words(plan)
    if not contract:
        return built
    grid = f"grid {up(contract / KW_PER_MW, 2)} MW"
    return grid if built == "nothing" else f"{grid}, {built}"


def _costs(plan: PowerPlan) -> Table:
    words = TERMS | SUPPLY_TERMS_IN_WORDS
    parts = round_parts(plan.cost_terms, 0)
    total = sum(parts.values()) or 1
    rows = [(words[name], f"{part:,}", f"{100 * float(part) / float(total):.1f} %") for name, part in parts.items()]
    columns = [left("term"), right("USD"), right("share")]
    return Table(columns, [*rows, ("total", f"{total:,}", "100.0 %")], total=True)


def _beside(answer: PowerAnswer, plan: PowerPlan) -> Iterator[str]:
    yield from outage_words(answer)
    if answer.other_supply_basis is not None:
        other = "whole" if plan.site.basis == "share" else "share"
        yield f"if {SUPPLY_BASES[other]}: {outcome_words(answer.other_supply_basis)}"
    if answer.other_hardware_basis is not None:
        basis = "amortised" if plan.setting.case.basis == "upfront" else "upfront"
        yield f"{BASES[basis]}: {outcome_words(answer.other_hardware_basis)}"
    if answer.rented is not None:
        yield f"rented servers instead, on their owner's supply, outages or not: {plan_words(answer.rented)}"


def _case_assumed(plan: PowerPlan) -> Iterator[str]:
    for assumed in plan.setting.assumed:
        yield f"{assumed.field} = {assumed.value}: {assumed.why}"


def _figures(ready: Ready, plan: PowerPlan | None) -> list[Figure]:
    return [*(inputs(plan) if plan else ()), *ready.site.figures]


def _estimates(ready: Ready, plan: PowerPlan | None) -> Iterator[str]:
    for figure in _figures(ready, plan):
        if figure.is_estimate:
            yield f"{figure.name} = {figure_words(figure)}"


def _no_plan_sections(answer: PowerAnswer, outcome: NotFed) -> Iterator[Section]:
    if outcome.least_usd is not None:
        told = f"the best plan costs {usd(outcome.least_usd)}, more than the budget"
    else:
        told = NOT_FED
    yield Section("", [Line(f"{capital(told)}: proved.", "bad")])
    lines = [f"{RELIEFS[name]} → {power_plan_words(plan)}" for name, plan in answer.reliefs.items()]
    yield section("Any one of these alone would do (all else as asked)", lines)
    if not lines and outcome.least_usd is None:
        yield section("What would do", ["no single change that was tried: a larger grid limit, or another model"])
    yield section("Assumed", [f"{a.field} = {a.value}: {a.why}" for a in answer.ready.setting.assumed])
    count = f"{outcome.floor.rows:,} pairs of accelerator and days"
    proof = f"no fleet does the work, whatever its size: proved in fractions over {count}"
    yield section("Proof", [proof if outcome.least_usd is None else "exhaustive, in fractions", stamp(outcome.setting)])


def _messages(plan: PowerPlan | None) -> Iterable[str]:
    if plan is None:
        return [NOT_FED]
    return list(limits_of_model(plan))


def ways_document(found: WaysToFeed) -> Document:
    """The ways to feed a site beside each other."""
    setting = found.ready.setting
    free = found.way("free")
    plan = free.plan if free else None
    case_id = setting.asked.case_id or "1"
    return Document(
        question="power",
        title=f"Ways to feed the site · {heading(setting)}",
        sections=list(_ways_sections(found, plan)),
        outputs=partial(_ways_data, found),
        grounds=_grounds(found.ready, plan),
        messages=tuple(_messages(plan)),
        notes=assumed_notes(setting.assumed),
        rows=Rows(
            "ways-to-feed",
            "Ways to feed a site",
            PowerRow,
            lambda: [power_row(f"{case_id} {way.name}", way.outcome) for way in found.ways],
        ),
        verdict="answer" if any(way.plan for way in found.ways) else "infeasible",
    )


def _ways_sections(found: WaysToFeed, plan: PowerPlan | None) -> Iterator[Section]:
    yield Section("", [_ways_table(found)])
    yield section("What is built, and what runs", _ways_lines(found))
    yield section("Read it so", _lessons(found))
    if plan is not None:
        yield section("Assumed", [*_case_assumed(plan), *assumptions(plan)])
        yield section("Estimates among the inputs", _estimates(found.ready, plan))
        yield section("What these plans do not know", limits_of_model(plan))
    proofs = [way.plan.gap_usd for way in found.ways if way.plan]
    if proofs:
        told = (
            f"each way was searched and proved by itself, in fractions; each is within {usd(max(proofs))} of the least"
        )
        yield section("Proof", [told, stamp(found.ready.setting)])


def _ways_table(found: WaysToFeed) -> Table:
    today = found.today
    columns = [left("how the site is fed"), left("plan"), *map(right, ("total", "against", "USD/MWh", "cash", "sun"))]
    rows = []
    for way in found.ways:
        if (plan := way.plan) is None:
            rows.append((WAYS[way.name], "no plan: proved", "", "", "", "", ""))
            continue
        chip = plan.setting.catalogue.accelerators[plan.item.key.accelerator].name
        more = "" if today is None or way.name == "perfect_grid" else signed_words(plan.cost_usd - today.cost_usd)
        energy = plan.flows
        own = energy.own_used / energy.supplied
        words = f"{plan.item.accelerators:,} {chip}, {plan.days} d"
        cash = musd(plan.supply_cash_usd) if plan.supply_cash_usd else "0"
        price = f"{float(plan.supply_usd_per_mwh):.0f}"
        rows.append((WAYS[way.name], words, musd3(plan), more, price, cash, percent(own)))
    return Table(columns, rows)


def musd3(plan: PowerPlan) -> str:
    """A cost in millions of dollars with three decimals."""
    return f"${float(plan.cost_usd) / 1e6:,.3f}M"


def signed_words(more: Fraction) -> str:
    """What a way costs more, with its sign."""
    return f"+{musd(more)}" if more >= 0 else f"-{musd(-more)}"


def _ways_lines(found: WaysToFeed) -> Iterator[str]:
    for way in found.ways:
        if way.plan is not None and way.name not in ("perfect_grid", "pause"):
            yield f"{WAYS[way.name]}: {built_words(way.plan)}; {runs_words(way.plan)}"


def _lessons(found: WaysToFeed) -> Iterator[str]:
    """What the table says, in sentences."""
    today, pause, free, whole = (found.way(name) for name in ("perfect_grid", "pause", "free", "whole"))
    if today and today.plan and free and free.plan:
        plan = free.plan
        share = float(plan.fed.supply_usd / plan.cost_usd) * 100
        yield f"supply is {share:.1f} % of the cost of the run"
        if pause and pause.plan:
            lost = pause.plan.cost_usd - today.plan.cost_usd
            part = float(lost / today.plan.cost_usd) * 100
            told = f"sitting the outages out costs {usd(lost)}, {part:.0f} %"
            yield f"{told}: idle accelerators cost more than what feeds them"
        elif pause:
            yield "sitting the outages out is no way: no fleet on this grid does the work in time"
    if (hour := found.outage_hour_usd) is not None:
        yield f"with free choice, {hour_words(hour)}"
    if whole and whole.plan and free and free.plan:
        yield (
            f"the costing basis decides: if {SUPPLY_BASES['whole']}, {built_words(whole.plan)} is built rather than "
            f"{built_words(free.plan)}"
        )
    shares = [way.plan for name in ("renewable_95", "renewable_100") if (way := found.way(name)) and way.plan]
    if len(shares) > 1:
        more = shares[1].supply_usd_per_mwh - shares[0].supply_usd_per_mwh
        yield f"the last per cents cost: from 95 % to 100 % renewable adds {usd(more)} a MWh"
