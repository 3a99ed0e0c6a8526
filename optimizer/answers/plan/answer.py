"""The answer to a case: the decision first, then costs, limits, what is next to it, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from optimizer.answers.form.blocks import Line, Table, left, right
from optimizer.answers.form.charts import Bar, Waterfall
from optimizer.answers.form.document import Document, Later, Rows, Section, further_section, of_case, section
from optimizer.answers.form.ground_words import assumed_lines
from optimizer.answers.form.numbers import musd, round_parts, share_percent
from optimizer.answers.plan.decision import decision_lines
from optimizer.answers.plan.odds_words import central_plan_lines, odds_lines, sure_words
from optimizer.answers.words.common_words import (
    BASES,
    OBJECTIVES,
    TERMS,
    amount,
    bound_words,
    capital,
    days,
    distance,
    experience_words,
    heading,
    joint_words,
    law_words,
    less,
    part_words,
    plan_words,
    proof_words,
    stamp,
    stock_words,
    substation_words,
    threshold_words,
)
from optimizer.answers.words.figure_words import figure_lines
from optimizer.answers.words.floor_words import memory_words, owned_words, uncounted_words
from optimizer.answers.words.grade_words import firmer_line
from optimizer.answers.words.limit_words import limit_words
from optimizer.answers.words.mix_words import of_one_kind, unlike_words
from optimizer.answers.words.none_words import none_lines
from optimizer.answers.words.out_words import out_lines, out_name
from optimizer.answers.words.place_words import in_country
from optimizer.answers.words.reason_words import deciding_words, no_plan_words, undetermined_words
from optimizer.answers.words.rule_words import buyer_words
from optimizer.answers.words.run_words import split_words
from optimizer.answers.words.terms_words import regime_words, spare_words, vat_words
from optimizer.domain.reasons import Cause, Reason
from optimizer.insight import Answer
from optimizer.insight.full_answer import smaller_machines, unoffered
from optimizer.insight.neighbours import Alternative
from optimizer.insight.provenance import inputs
from optimizer.insight.real_runs import experience
from optimizer.insight.split import split_of
from optimizer.law.thresholds import thresholds_passed
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.obstacle import barred
from optimizer.uncertainty.outlook import Outlook, outlook_of
from optimizer.units.language import say

if TYPE_CHECKING:
    from optimizer.answers.plan.outputs import PlanAnswerOut
    from optimizer.answers.plan.row import PlanRow
    from optimizer.uncertainty.robust import Robust  # which only --confidence loads


def document(answer: Answer, robust: Robust | None = None) -> Document:
    """The plan, or why there is none and what would do.

    Args:
        robust: what it rests on, where the case asks for a confidence.
    """
    outcome, setting = answer.outcome, answer.setting
    outlook = outlook_of(outcome, answer.ready) if isinstance(outcome, Plan) else None
    if isinstance(outcome, Plan) and outlook is not None:
        kind = OBJECTIVES[setting.case.objective or "cost"]
        title = say(
            "{kind}{sure} · {setting}",
            kind=kind,
            sure=sure_words(robust.share) if robust else "",
            setting=heading(setting),
        )
        sections, figures = list(_plan_sections(answer, outcome, outlook, robust)), inputs(outcome)
    elif isinstance(outcome, Infeasible):
        title, figures = say("No plan · {setting}", setting=heading(setting)), []
        sections = list(_infeasible_sections(answer, outcome, robust))
    return Document(
        question="plan",
        title=title,
        sections=sections,
        outputs=partial(_outputs, answer, outlook),
        **of_case(setting, figures),
        messages=tuple(_messages(answer)),
        rows=Rows("plans", "Training plans", _row_type, partial(_rows, answer)),
        verdict="answer" if isinstance(outcome, Plan) else "infeasible",
    )


def _outputs(answer: Answer, outlook: Outlook | None) -> PlanAnswerOut:
    from optimizer.answers.plan.outputs import outputs  # a text needs none of it

    return outputs(answer, outlook)


def _row_type() -> type[PlanRow]:
    from optimizer.answers.plan.row import PlanRow

    return PlanRow


def _rows(answer: Answer) -> Iterator[PlanRow]:
    from optimizer.answers.plan.planned_row import row_of

    yield row_of(answer.setting.asked.case_id or "1", answer.ready, answer.outcome)


def _plan_sections(answer: Answer, plan: Plan, outlook: Outlook, robust: Robust | None) -> Iterator[Section]:
    yield Section("", tuple(decision_lines(answer, plan, outlook)))
    yield from (replace(part, further=True) for part in _further_sections(answer, plan, outlook, robust))


def _further_sections(answer: Answer, plan: Plan, outlook: Outlook, robust: Robust | None) -> Iterator[Section]:
    """What is behind the decision."""
    yield Section(say("Cost"), [cost_chart(plan.cost_terms)])
    yield Section(say("Limits"), [_limits(answer, plan), *map(Line, spare_words(plan))])
    needs = [memory_words(plan), uncounted_words(plan.setting)]
    yield section(say("What the model needs, and what is not counted"), needs)
    if (split := split_of(plan)) is not None:
        lines = split_words(split, experts=answer.setting.architecture == "moe")
        yield section(say("Splitting the model"), lines)
    yield section(say("Export control"), [*(law_words(plan, item) for item in plan.items), *buyer_words(plan)])
    yield section(say("Training compute"), map(threshold_words, thresholds_passed(answer.setting)))
    yield section(say("Odds"), odds_lines(outlook.odds))
    yield Section(say("For comparison"), Later(lambda: map(Line, _comparisons(answer, plan, robust))))
    yield section(say("Assumed"), assumed_lines(answer.setting.assumed))
    yield section(say("Estimates among the inputs"), figure_lines(answer.estimates(), answer.setting.catalogue))
    yield section(say("Proof"), [proof_words(plan), stamp(answer.setting)])


def cost_chart(cost_terms: Mapping[str, Fraction]) -> Waterfall:
    """The named parts of a cost in USD, one after the other, and their sum."""
    steps = [Bar(TERMS[name], float(part)) for name, part in cost_terms.items()]
    total = Bar(say("total"), float(sum(cost_terms.values())))
    return Waterfall(say("Cost by part"), "USD", steps, total, cost_table(cost_terms))


def cost_table(cost_terms: Mapping[str, Fraction], words: Mapping[str, str] = TERMS) -> Table:
    """The named parts of a cost, their shares and their sum; ``words`` has their names."""
    parts = round_parts(cost_terms, 0)
    total = sum(parts.values()) or 1
    rows = [
        (words[name], say("{part:,}", part=part), say("{value:.1f} %", value=100 * float(part) / float(total)))
        for name, part in parts.items()
    ]
    columns = [left(say("term")), right("USD"), right(say("share"))]
    return Table(
        columns, [*rows, (say("total"), say("{total:,}", total=total), say("{value:.1f} %", value=100.0))], total=True
    )


def _limits(answer: Answer, plan: Plan) -> Table:
    saved = {found.limit.limit: found.saving for found in answer.binding}
    objective = plan.setting.case.objective or "cost"
    rows = []
    for use in answer.limits:
        words = (
            say("binding: without it {objective}", objective=less(objective, saved[use.limit]))
            if use.limit in saved
            else ""
        )
        bound = "" if use.bound is None else bound_words(plan.setting, use.limit, use.unit, use.bound)
        share = "" if use.share is None else share_percent(use.share)
        rows.append((limit_words(use.limit), amount(use.unit, use.used), bound, share, words))
    columns = [left(say("limit"), least_width=8), right(say("used")), right(say("of")), right(say("share")), left("")]
    return Table(columns, rows)


def _comparisons(answer: Answer, plan: Plan, robust: Robust | None) -> Iterator[str]:
    case = plan.setting.case
    if robust is not None:
        yield from central_plan_lines(robust)
    elif answer.runner_up is not None:
        other = answer.runner_up
        words = say("next best generation: {plan} ({plan_2})", plan=plan_words(other), plan_2=distance(plan, other))
        yield of_one_kind(case, words)
    else:
        yield of_one_kind(case, say("next best generation: no other satisfies the limits"))
    for basis, found in answer.bases.items():
        yield say("{bases}: {plan}", bases=BASES[basis], plan=plan_words(found) if found else say("no plan"))
    if answer.firmness is not None and (firmer := firmer_line(plan, answer.firmness)):
        yield firmer
    yield from _unoffered(answer)
    yield from _cloud(answer)
    for name, found in answer.assumption_sets.items():
        yield say(
            "under {name} (other assumptions, not current offers): {plan}",
            name=name,
            plan=plan_words(found) if found else say("no plan within the limits"),
        )
    if robust is None and (case.overhead or 1) < plan.setting.figures["usual_overhead"].value:
        usual = plan.setting.figures["usual_overhead"].value
        found = answer.usual_overhead
        text = plan_words(found) if found else say("no plan within the limits")
        yield say(
            "with the usual experiments and restarts (x{usual} compute, estimate): {text}", usual=usual, text=text
        )
    if case.basis == "upfront" and any(item.key.procurement == "buy" for item in plan.items):
        yield say(
            "longer looks cheaper because this run pays for all the hardware; on the amortised "
            "basis the number of days hardly matters"
        )
    if barred := _barred_words(answer):
        yield barred
    yield from unlike_words(plan)
    yield from _coming_taxes(plan)
    yield from vat_words(plan)
    yield from regime_words(plan)
    yield from owned_words(plan.setting)
    yield from substation_words(plan)
    if (runs := experience(plan)) is not None:
        yield experience_words(runs)
    yield from stock_words(plan)


def _coming_taxes(plan: Plan) -> Iterator[str]:
    """Taxes are those of one day; where others begin between the case's date and the end, a purchase may meet them."""
    setting = plan.setting
    if not any(item.key.procurement == "buy" for item in plan.items):
        return
    today = date.fromisoformat(setting.case.date or setting.catalogue.as_of)
    ends = today.toordinal() + (setting.case.deadline_days or 0) + plan.lead_days
    last = date.fromordinal(min(ends, date.max.toordinal())).isoformat()
    reported = setting.customs_day
    for row in setting.catalogue.tax_regimes:
        begins = row.effective_from or ""
        if row.country != setting.country.id or not row.is_default or not today.isoformat() < begins <= last:
            continue
        if reported >= begins:
            yield say(
                "import taxes are those in force on the day of delivery, {text}: new ones apply from {begins}",
                text=reported,
                begins=begins,
            )
        else:
            yield say(
                "import taxes are those in force on {text}; others apply from {begins}: try {flag}",
                text=reported,
                begins=begins,
                flag=f"--date {begins}",
            )


def _unoffered(answer: Answer) -> Iterator[str]:
    """Where no public offer to rent is known: so, and what renting would come to if there were one at list price."""
    if not unoffered(answer.ready):
        return
    where, small = in_country(answer.setting.country), smaller_machines(answer.ready)
    text = (
        say("no public offer to rent {in_country} is known, so no plan relies on renting there", in_country=where)
        if small is None
        else say(
            "only smaller machines are offered to rent {in_country} ({provider}, {devices} of a server), so no plan"
            " relies on renting there",
            in_country=where,
            provider=small.provider,
            devices=small.devices,
        )
    )
    if (found := answer.rent_at_list) is not None:
        text += say("; at the world's median list prices it would be: {plan}", plan=plan_words(found))
    yield say("{text}; give a price that you were offered with --rent", text=text)


def _cloud(answer: Answer) -> Iterator[str]:
    if (run := answer.cloud) is not None:
        name = answer.setting.catalogue.accelerators[run.accelerator].name
        yield say(
            "the same run in a cloud abroad, at world rental prices, outside this site's limits, the team paid as "
            "at home: {cost_usd} ({accelerators:,} {name} for {days})",
            cost_usd=musd(run.cost_usd),
            accelerators=run.accelerators,
            name=name,
            days=days(run.days),
        )


def _barred_words(answer: Answer) -> str:
    """That the law bars most accelerators, where something else decides as well; empty where it does not."""
    found = barred(answer.setting, answer.ready.table)
    if found is None or not found.most:
        return ""
    return say(
        "The export rules exclude {count} of {all} accelerators: {rule}.",
        count=found.count,
        all=found.of,
        rule=deciding_words(found.rule),
    )


def _place_of(first: Reason | None, out: Alternative) -> tuple[bool, bool]:
    """The reason that decides comes first, then what the reader can mend."""
    why = out.reason if isinstance(out.reason, Reason) else None
    return why is None or first is None or why.kind is not first.kind, why is None or not why.remedy


def _infeasible_sections(answer: Answer, outcome: Infeasible, robust: Robust | None) -> Iterator[Section]:
    yield Section("", [*none_lines(outcome), *(Line(capital(words)) for words in owned_words(answer.setting))])
    if answer.concessions:
        lines = [
            say("{concession} → {plan}", concession=part_words(given), plan=plan_words(given.plan))
            for given in answer.concessions
        ]
        spares = [words for given in answer.concessions for words in spare_words(given.plan)]
        yield section(say("Any one of these changes is enough (everything else unchanged)"), [*lines, *spares[:1]])
        yield section(say("Not determined"), undetermined_words(answer.undetermined))
    elif outcome.why.over_limits:
        lines = [say("no single change is enough: at least two limits must change")]
        if outcome.why.beyond_any_deadline:
            lines = [say("no change of the limits is enough: the training must be smaller")]
        if answer.undetermined:
            lines = undetermined_words(answer.undetermined)
        if answer.pair is not None:
            lines.append(
                say(
                    "the two limits that need the smallest increase: {joint} → {plan}",
                    joint=joint_words(answer.pair),
                    plan=plan_words(answer.pair.plan),
                )
            )
        if robust is None:  # which explain knows nothing of
            lines.append(say("for more, run optimizer explain"))
        yield section(say("What would be enough"), lines)
    if robust is not None and outcome.cause is Cause.CONFIDENCE:
        yield section(say("What comes closest"), central_plan_lines(robust))
    if not outcome.why.over_limits:
        reported = sorted(answer.alternatives, key=partial(_place_of, next(iter(outcome.why.figures), outcome.why.law)))
        out = out_lines((out_name(a.accelerator, a.procurement), a.reason) for a in reported)
        yield section(say("Considered but not possible, and why"), out)
    beside = [
        say("{bases}: {plan}", bases=BASES[basis], plan=plan_words(found))
        for basis, found in answer.bases.items()
        if found
    ]
    beside += [
        say("under {name} (other assumptions, not current offers): {plan}", name=name, plan=plan_words(found))
        for name, found in answer.assumption_sets.items()
        if found
    ]
    # whom the law bars from the chips it bars, as a rule, from their use abroad
    elsewhere = () if outcome.why.law else (*_unoffered(answer), *_cloud(answer))
    yield section(say("For comparison"), [*beside, *elsewhere])
    yield further_section(say("Training compute"), map(threshold_words, thresholds_passed(answer.setting)))
    yield further_section(say("Assumed"), assumed_lines(answer.setting.assumed))
    yield further_section(say("Proof"), [proof_words(outcome), stamp(answer.setting)])


def _messages(answer: Answer) -> Iterable[str]:
    outcome = answer.outcome
    yield from owned_words(answer.setting)
    if isinstance(outcome, Infeasible):
        yield no_plan_words(outcome.why)
    else:
        yield from substation_words(outcome)
        if (reported := experience(outcome)) is not None:
            yield experience_words(reported)
    estimates = answer.estimates()
    if estimates:
        yield say("estimates among the inputs: ") + ", ".join(figure.name for figure in estimates)
