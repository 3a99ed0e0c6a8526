"""A plan with flags of Power, and the ways to feed a site, as documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from urllib.parse import urlsplit

from optimizer.answers.form.document import (
    Document,
    Line,
    Rows,
    Section,
    Table,
    further_section,
    left,
    of_case,
    right,
    section,
)
from optimizer.answers.form.ground_words import assumed_lines
from optimizer.answers.form.numbers import gigawatt_hours, megawatts, musd, tonnes, usd
from optimizer.answers.plan.answer import cost_table
from optimizer.answers.plan.decision import estimate_checks, order_checks
from optimizer.answers.power.charts import bases_table, ways_chart, week_chart, week_words
from optimizer.answers.power.limits import limit_lines
from optimizer.answers.power.outputs import answer_out, ways_out
from optimizer.answers.power.row import PowerRow, power_row
from optimizer.answers.power.words import (
    NOT_FED,
    RELIEFS,
    SUPPLY_BASES,
    SUPPLY_TERMS_IN_WORDS,
    WAYS,
    assumptions,
    built_words,
    cash_words,
    fed_words,
    hour_words,
    limits_of_model,
    no_plan_proof,
    not_fed_words,
    outage_words,
    outcome_words,
    percent,
    power_plan_words,
    proof_in_words,
    rented_words,
    runs_words,
    sale_words,
    scenario_words,
    searched,
    supply_time_words,
    supply_words,
)
from optimizer.answers.words.common_words import (
    BASES,
    BASIS,
    TERMS,
    capital,
    days,
    figure_words,
    heading,
    item_words,
    law_words,
    part_words,
    stamp,
    threshold_words,
)
from optimizer.answers.words.figure_words import figure_lines, figure_name_words, source_words
from optimizer.answers.words.reason_words import verdict_words
from optimizer.answers.words.rule_words import buyer_section, buyer_words
from optimizer.answers.words.terms_words import spare_words, vat_words
from optimizer.case.setting import Figure
from optimizer.domain.limits import DEADLINE
from optimizer.insight.limits.of_supply import FedConcession
from optimizer.insight.provenance import inputs
from optimizer.law.thresholds import thresholds_passed
from optimizer.power.answer import PowerAnswer
from optimizer.power.plan import NotFed, PowerOutcome, PowerPlan, Ready
from optimizer.power.ways import WaysToFeed
from optimizer.units.language import say


def document(answer: PowerAnswer, needs: Sequence[FedConcession] = ()) -> Document:
    """The plan and what feeds it, or why there is none and what would do.

    Args:
        needs: of an answer without a plan, what each limit alone would have to be.
    """
    setting, plan = answer.ready.setting, answer.plan
    title = (
        say("Cheapest plan · {setting}", setting=heading(setting))
        if plan
        else say("No plan · {setting}", setting=heading(setting))
    )
    outcome = answer.outcome
    sections = list(_plan_sections(answer, plan) if plan else _no_plan_sections(answer, outcome, needs))  # type: ignore[arg-type]
    reported = setting.asked.case_id or "1", outcome, needs
    return Document(
        question="plan",
        title=title,
        sections=sections,
        outputs=partial(answer_out, answer, needs),
        **of_case(setting, _figures(answer.ready, plan)),
        messages=tuple(_messages(plan, outcome)),
        rows=Rows("plans", "Training plans and what feeds them", PowerRow, lambda: [power_row(*reported)]),
        verdict="answer" if plan else "infeasible",
    )


def _plan_sections(answer: PowerAnswer, plan: PowerPlan) -> Iterator[Section]:
    yield Section("", [*_decision(plan), *_before_order(answer, plan)])
    yield from (replace(part, further=True) for part in _further_sections(answer, plan))


def _further_sections(answer: PowerAnswer, plan: PowerPlan) -> Iterator[Section]:
    """What is behind the decision."""
    yield Section(say("Cost"), [cost_table(plan.cost_terms, {**TERMS, **SUPPLY_TERMS_IN_WORDS})])
    yield Section(say("Costing bases"), [bases_table(answer, plan)])
    yield Section(say("One week of the run"), [week_chart(plan), *map(Line, week_words(plan))])
    columns = [left(say("limit")), *map(right, (say("used"), say("of"), say("share")))]
    yield Section(say("Limits"), [Table(columns, list(limit_lines(plan))), *map(Line, spare_words(plan))])
    yield section(say("Export control"), [law_words(plan, plan.item), *buyer_words(plan)])
    yield section(say("Training compute"), map(threshold_words, thresholds_passed(plan.setting)))
    yield section(say("For comparison"), _comparisons(answer, plan))
    yield section(say("Assumed"), [*assumed_lines(plan.setting.assumed), *assumptions(plan)])
    yield section(say("Prices used for the supply of the site"), _counted_with(answer.ready))
    yield section(say("Estimates among the inputs"), _estimates(answer.ready, plan))
    yield section(say("What this plan does not include"), limits_of_model(plan))
    yield section(say("Proof"), [proof_in_words(plan), stamp(plan.setting)])


def _decision(plan: PowerPlan) -> Iterator[Line]:
    lead = say(" after {lead_days} for delivery and licence", lead_days=days(plan.lead_days)) if plan.lead_days else ""
    what = capital(item_words(plan, plan.item))
    yield Line(say("{last} for {days}{lead}", last=what, days=days(plan.days), lead=lead), "good")
    yield Line(say("fed by: {plan}", plan=fed_words(plan.fed.dispatch.capacities)), "good")
    yield Line(
        say(
            "{cost_usd} in total, {basis} basis",
            cost_usd=usd(plan.cost_usd),
            basis=BASIS[plan.setting.case.basis or "upfront"],
        ),
        "strong",
    )
    yield from (Line(reported, "strong") for reported in cash_words(plan))
    yield Line(say("no odds: they are not calculated where a supply is planned; the same question without it has them"))
    supply = plan.fed.supply_usd, plan.supply_usd_per_mwh, plan.supply_cash_usd
    yield Line(supply_words(plan.site.basis, *supply))
    yield Line(runs_words(plan))
    yield from map(Line, sale_words(plan))
    yield Line(
        say(
            "peak of the servers {peak_mw} MW · {energy_gwh:,} GWh · {carbon_t:,} tCO2e · "
            "{accelerators:,} accelerators",
            peak_mw=megawatts(plan.peak_mw),
            energy_gwh=gigawatt_hours(plan.energy_gwh),
            carbon_t=tonnes(plan.carbon_t),
            accelerators=plan.item.accelerators,
        )
    )


def _before_order(answer: PowerAnswer, plan: PowerPlan) -> Iterator[Line]:
    """What the limits leave, what to check, and where the rest is."""
    used = (
        say("{limit}, {used} of {bound}", limit=name, used=reported, bound=bound)
        for name, reported, bound, _ in limit_lines(plan, of_case=True)
    )
    yield Line(say("limits: {limits}", limits="; ".join(used)))
    guesses = [figure for figure in _figures(answer.ready, plan) if figure.is_estimate]
    checks = [words.rstrip(".") for words in buyer_words(plan)]
    checks += [*estimate_checks(plan, guesses), *order_checks(plan), *scenario_words(plan)]
    if plan.supply_cash_usd:
        checks.append(supply_time_words())
    if checks:
        yield Line(say("check first: {checks}", checks="; ".join(checks)))
    yield _hint(say("Costs, limits, law, week, assumptions, estimates and proof: --full. Words: optimizer guide words"))


def _hint(words: str) -> Line:
    """Where the rest is, for who sees the short answer alone."""
    return Line(words, "quiet", of_terminal=True, of_short=True)


def _comparisons(answer: PowerAnswer, plan: PowerPlan) -> Iterator[str]:
    yield from outage_words(answer)
    if answer.other_supply_basis is not None:
        other = "whole" if plan.site.basis == "share" else "share"
        yield say(
            "if {supply_bases}: {outcome}",
            supply_bases=SUPPLY_BASES[other],
            outcome=outcome_words(answer.other_supply_basis),
        )
    if answer.other_hardware_basis is not None:
        basis = "amortised" if plan.setting.case.basis == "upfront" else "upfront"
        yield say("{bases}: {outcome}", bases=BASES[basis], outcome=outcome_words(answer.other_hardware_basis))
    if answer.no_sale is not None:
        yield say("if nothing is sold: {outcome}", outcome=outcome_words(answer.no_sale))
    if answer.rented is not None:
        yield rented_words(answer.rented, plan.cost_usd)
    yield from vat_words(plan)


def _figures(ready: Ready, plan: PowerPlan | None) -> list[Figure]:
    """What a plan rests on; the tariff only where there is a grid to take from."""
    no_grid = () if ready.site.assets["grid"].allowed else ("electricity_usd_per_kwh",)
    of_plan = (figure for figure in (inputs(plan) if plan else ()) if figure.name not in no_grid)
    return [*of_plan, *ready.site.figures]


def _estimates(ready: Ready, plan: PowerPlan | None) -> Iterator[str]:
    return figure_lines(_figures(ready, plan), ready.setting.catalogue)


_WHENCE = re.compile(r"[,;|] *(?:CC[ -]BY|https?:|read from)")
"""Where the name of a source ends, and its licence or its addresses begin."""


def _counted_with(ready: Ready) -> Iterator[str]:
    """Prices and the sun, each with its date and where it is from."""
    for figure in ready.site.figures:
        if not figure.value or not ("USD" in figure.unit or figure.name == "solar yield"):
            continue
        host = urlsplit(figure.source.partition(" | ")[0]).hostname
        where = host.removeprefix("www.") if host else _WHENCE.split(source_words(figure.source))[0]
        yield say(
            "{figure_name} = {figure} ({where})",
            figure_name=figure_name_words(figure.name, ready.setting.catalogue),
            figure=figure_words(figure),
            where=", ".join(filter(None, (figure.as_of, where))),
        )


def _no_plan_sections(answer: PowerAnswer, outcome: NotFed, needs: Sequence[FedConcession]) -> Iterator[Section]:
    yield Section("", [Line(verdict_words(outcome.why, capital(not_fed_words(outcome))), "bad")])
    lines = [
        say("{concession} → {plan}", concession=part_words(given), plan=power_plan_words(given.plan)) for given in needs
    ]
    known = {given.limit for given in needs}
    lines += [
        say("{reliefs} → {power_plan}", reliefs=RELIEFS[name], power_plan=power_plan_words(plan))
        for name, plan in answer.reliefs.items()
        if name != "longer" or DEADLINE not in known
    ]
    yield section(say("Any one of these changes is enough (everything else unchanged)"), lines)
    if not lines and outcome.least_usd is None and outcome.why.over_limits:
        yield section(say("What would be enough"), [say("no single change is enough: at least two limits must change")])
    yield further_section(say("Assumed"), assumed_lines(answer.ready.setting.assumed))
    yield further_section(say("Proof"), [no_plan_proof(outcome), stamp(outcome.setting)])


def _messages(plan: PowerPlan | None, outcome: PowerOutcome | None) -> Iterable[str]:
    if plan is None:
        return [not_fed_words(outcome) if isinstance(outcome, NotFed) else say(NOT_FED)]
    return [*sale_words(plan), *limits_of_model(plan)]


def ways_document(found: WaysToFeed) -> Document:
    """The ways to feed a site next to each other."""
    setting = found.ready.setting
    free = found.way("free")
    plan = free.plan if free else None
    case_id = setting.asked.case_id or "1"
    return Document(
        question="power",
        title=say("Ways to feed the site · {setting}", setting=heading(setting)),
        sections=list(_ways_sections(found, plan)),
        outputs=partial(ways_out, found),
        **of_case(setting, _figures(found.ready, plan)),
        messages=tuple(_messages(plan, free.outcome if free else None)),
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
    not_fed = [way.outcome for way in found.ways if isinstance(way.outcome, NotFed)]
    if len(not_fed) == len(found.ways):
        yield section(say("Why there is no plan"), dict.fromkeys(map(capital, map(not_fed_words, not_fed))))
    if sum(1 for way in found.ways if way.plan) > 1:
        yield Section(say("What a megawatt-hour costs"), [ways_chart(found)])
    hint = say("What is built, assumptions, prices, estimates and proof: --full. Words: optimizer guide words")
    yield Section(say("How to read this table"), [*map(Line, _lessons(found)), _hint(hint)])
    yield further_section(say("What is built, and how the site runs"), _ways_lines(found))
    if plan is not None:
        yield further_section(say("Assumed"), [*assumed_lines(plan.setting.assumed), *assumptions(plan)])
        yield further_section(say("Prices used for the supply of the site"), _counted_with(found.ready))
        yield further_section(say("Estimates among the inputs"), _estimates(found.ready, plan))
        yield further_section(say("What these plans do not include"), limits_of_model(plan))
    yield buyer_section(way.plan for way in found.ways)
    for part in searched([way.plan for way in found.ways], found.ready.setting):
        yield replace(part, further=True)


def _ways_table(found: WaysToFeed) -> Table:
    today = found.today
    columns = [
        left(say("how the site is fed")),
        left(say("plan")),
        *map(right, (say("total"), say("against"), "USD/MWh", say("cash"), say("sun"))),
    ]
    rows = []
    for way in found.ways:
        if (plan := way.plan) is None:
            unknown = isinstance(way.outcome, NotFed) and way.outcome.why.lacks_figures
            none = say("no answer") if unknown else say("no plan (proven)")
            rows.append((WAYS[way.name], none, "", "", "", "", ""))
            continue
        chip = plan.setting.catalogue.accelerators[plan.item.key.accelerator].name
        more = "" if today is None or way.name == "perfect_grid" else signed_words(plan.cost_usd - today.cost_usd)
        energy = plan.flows
        own = energy.own_used / energy.supplied
        words = say("{accelerators:,} {chip}, {days} d", accelerators=plan.item.accelerators, chip=chip, days=plan.days)
        cash = musd(plan.supply_cash_usd) if plan.supply_cash_usd else "0"
        price = say("{supply_usd_per_mwh:.0f}", supply_usd_per_mwh=float(plan.supply_usd_per_mwh))
        rows.append((WAYS[way.name], words, musd(plan.cost_usd), more, price, cash, percent(own)))
    return Table(columns, rows)


def signed_words(more: Fraction) -> str:
    """What a way costs more in USD, with its sign."""
    return say("+{more}", more=musd(more)) if more >= 0 else say("-{more}", more=musd(-more))


def _ways_lines(found: WaysToFeed) -> Iterator[str]:
    for way in found.ways:
        if way.plan is not None and way.name not in ("perfect_grid", "pause"):
            yield say(
                "{ways}: {built}; {runs}", ways=WAYS[way.name], built=built_words(way.plan), runs=runs_words(way.plan)
            )


def _lessons(found: WaysToFeed) -> Iterator[str]:
    """What the table says, in sentences."""
    today, pause, free, whole = (found.way(name) for name in ("perfect_grid", "pause", "free", "whole"))
    if today and today.plan and free and free.plan:
        plan = free.plan
        share = float(plan.fed.supply_usd / plan.cost_usd) * 100
        yield say("with free choice, supply is {share:.1f} % of the cost of the run", share=share)
        if pause and pause.plan:
            lost = pause.plan.cost_usd - today.plan.cost_usd
            part = float(lost / today.plan.cost_usd) * 100
            text = say("waiting until each outage ends costs {lost}, {part:.0f} %", lost=usd(lost), part=part)
            if pause.plan.cost_usd > plan.cost_usd + plan.gap_usd:
                yield say("{text}: idle accelerators cost more than a supply that never stops", text=text)
            else:
                yield say("{text}: nothing that could be built to avoid them costs less", text=text)
        elif pause:
            yield say("waiting until each outage ends is not possible: no fleet on this grid finishes the work in time")
    if (hour := found.outage_hour_usd) is not None:
        yield say("with free choice, {hour}", hour=hour_words(hour))
    if whole and whole.plan and free and free.plan:
        yield say(
            "the costing basis decides: if {supply_bases}, the best plan builds {built} instead of {built_2}",
            supply_bases=SUPPLY_BASES["whole"],
            built=built_words(whole.plan),
            built_2=built_words(free.plan),
        )
    shares = [way.plan for name in ("renewable_95", "renewable_100") if (way := found.way(name)) and way.plan]
    if len(shares) > 1:
        more = shares[1].supply_usd_per_mwh - shares[0].supply_usd_per_mwh
        yield say("the last 5 % are expensive: going from 95 % to 100 % renewable adds {more} per MWh", more=usd(more))
    costs = [way.plan.cost_usd for way in found.ways if way.plan]
    if found.rented is not None:
        yield rented_words(found.rented, min(costs, default=None))
