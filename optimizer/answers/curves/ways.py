"""Other ways to the same model next to each other, then other ways to come by the machine."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from optimizer.answers.curves.ways_outputs import WayRow, WaysOut, plan_clause, rows
from optimizer.answers.form.document import Document, Line, Rows, Section, Table, left, of_case, right, section
from optimizer.answers.form.ground_words import ground_words
from optimizer.answers.form.numbers import megawatts, musd, share_percent, up, usd
from optimizer.answers.words.common_words import capital, days, figure_words, law_words, stamp
from optimizer.answers.words.figure_words import figure_lines
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.rule_words import buyer_words
from optimizer.case.setting import Figure
from optimizer.case.training import tokens_in_words
from optimizer.insight.provenance import inputs
from optimizer.insight.shared_machines import Machine, Shared
from optimizer.insight.ways import Evidence, OneWay, Ways
from optimizer.plans.outcome import Plan
from optimizer.units.language import Messages, mark, say, say_many

UNEQUAL = mark(
    "The ways do not give the same capability; what each provides and lacks is listed below, with its source."
)
_NAMES = Messages(
    {
        "owned": "owned servers only",
        "owned_and_more": "owned servers and more",
        "without_owned": "without the owned servers",
        "own_upfront": "own machine, bought for this run (upfront)",
        "own_amortised": "own machine, by the day of work",
        "shared": "shared machine, by the day of work",
    }
)


def document(found: Ways) -> Document:
    """The ways next to each other, what each gives and rests on, then the machines."""
    setting = found.setting
    model = say("{params_total_b:f}B parameters", params_total_b=setting.workload.params_total_b)
    if setting.workload.params_active_b != setting.workload.params_total_b:
        model += say(", {params_active_b:f}B active", params_active_b=setting.workload.params_active_b)
    base = setting.catalogue.workloads.get(setting.workload.id)
    return Document(
        question="ways",
        title=say(
            "Ways to one model · {country} · {base_name}, {model}",
            country=country_words(setting.country),
            base_name=base.name if base else say("own"),
            model=model,
        ),
        sections=list(_sections(found)),
        outputs=partial(WaysOut.model_validate, found),
        **of_case(setting, _figures(found).values()),
        messages=(say(UNEQUAL), *_law(found)),
        rows=Rows("ways", "Ways to one model", WayRow, partial(rows, found)),
        verdict="answer" if any(one.plan for one in found.ways) else "infeasible",
    )


def _sections(found: Ways) -> Iterator[Section]:
    setting = found.setting
    yield Section("", [_table(found)])
    yield Section("", [Line(say(UNEQUAL), level=0)])
    for one in found.ways:
        yield section(capital(say(one.way.name)), _lines(one))
    yield section(say("With the owned hardware"), _machine_lines(found.owned))
    if found.shared is not None:
        yield section(say("A machine shared in {host}", host=found.shared.host), _shared_lines(found.shared))
    yield section(say("Export control"), _law(found))
    estimates = list(figure_lines(_figures(found).values(), setting.catalogue))
    yield section(say("Estimates among the inputs"), ["; ".join(estimates)] if estimates else [])
    terms = say(
        "the same country, limits, day ({date}), {basis} basis and assumptions for all",
        date=setting.case.date,
        basis=setting.case.basis,
    )
    yield section(say("Equal terms"), [terms, say("each plan was planned separately and proven"), stamp(setting)])


def _table(found: Ways) -> Table:
    lines = []
    for one in found.ways:
        setting, plan = one.setting, one.plan
        if setting is None or one.memory_gb is None:
            lines.append((say(one.way.name), "", "", "", say("no plan"), "", ""))
            continue
        asked = (
            tokens_in_words(setting.workload.tokens_t) if setting.workload.tokens_t else "",
            say("{training_flop:.3g}", training_flop=float(setting.training_flop)),
            say("{memory_gb:,}", memory_gb=up(one.memory_gb, 0)),
        )
        reported = (
            (musd(plan.cost_usd), str(plan.days), say("{peak_mw}", peak_mw=megawatts(plan.peak_mw)))
            if plan
            else (say("no plan"), "", "")
        )
        lines.append((say(one.way.name), *asked, *reported))
    return Table(
        [
            left(say("way")),
            *map(right, (say("tokens"), "FLOP", say("memory GB"), say("cost"), say("days"), say("peak MW"))),
        ],
        lines,
    )


def _plans(found: Ways) -> list[Plan]:
    """Every plan that is reported."""
    machines = (*found.owned, *(found.shared.machines if found.shared else ()))
    plans = [*(one.plan for one in found.ways), *(machine.plan for machine in machines)]
    return [plan for plan in plans if plan is not None]


def _law(found: Ways) -> list[str]:
    """Which export rules let in what the plans use, and what depends on the buyer, each once."""
    plans = _plans(found)
    reported = [law_words(plan, item) for plan in plans for item in plan.items]
    return list(dict.fromkeys([*reported, *(words for plan in plans for words in buyer_words(plan))]))


def _figures(found: Ways) -> dict[str, Figure]:
    """Every figure that a plan reported rests on, once; one that differs with the country or the way names that."""
    figures: dict[str, Figure] = {}
    for plan in _plans(found):
        for figure in inputs(plan):
            known = figures.setdefault(figure.name, figure)
            if (known.value, known.source) != (figure.value, figure.source):
                name = say(
                    "{figure_name} ({country}, {way_id})",
                    figure_name=figure.name,
                    country=country_words(plan.setting.country),
                    way_id=plan.setting.way.id,
                )
                figures[name] = replace(figure, name=name)
    return figures


def _lines(one: OneWay) -> Iterator[str]:
    """A way in a few lines: its plan, tokens, evidence, and what it is good for."""
    yield capital(plan_clause(one))
    if (plan := one.plan) is not None and (staff := plan.cost_terms.get("staff", Fraction(0))) * 3 > plan.cost_usd:
        posts = plan.setting.figures["staff_fte"]
        yield say(
            "{staff} of this is the team: {figure}{estimate}",
            staff=usd(staff),
            figure=figure_words(posts),
            estimate=say(" (estimate)") * posts.is_estimate,
        )
    if one.tokens_assumed is not None:
        yield say("tokens: {ground}; {one}", ground=ground_words(one.tokens_assumed), one=_flag(one))
    yield say("evidence: {evidence}", evidence=_evidence_words(one))
    yield say("sources: {source}", source=one.way.source)
    yield say("gives: {gives}", gives=say(one.way.gives))
    lacks, source = say(one.way.lacks), one.way.capability_source
    yield say("lacks: {lacks} ({capability_source})", lacks=lacks, capability_source=source)


def _flag(one: OneWay) -> str:
    """The flag by which the command takes other tokens."""
    flags = {"pretrain": "--scratch-tokens", "continued": "--continued-tokens", "finetune": "--finetune-tokens"}
    return say("{way_id} changes this", way_id=flags.get(one.way.id, "--lora-tokens"))


def _evidence_words(one: OneWay) -> str:
    """What the efficiency of a way, and its count of tokens, rest on."""
    way = one.way
    parts = [_runs_words(one.evidence)]
    if way.efficiency_factor != 1 or way.is_estimate("efficiency_factor"):
        factor = Figure("", way.efficiency_factor, "", way.source, way.as_of, True, way.range_of("efficiency_factor"))
        mark = say(" (estimate)") if way.is_estimate("efficiency_factor") else ""
        parts.append(say("efficiency {figure} of that of pre-training{mark}", figure=figure_words(factor), mark=mark))
    low, high = way.usual_tokens_low_b, way.usual_tokens_high_b
    if low is not None and high is not None:
        parts.append(say("published on {low:f}B to {high:f}B tokens", low=low, high=high))
    return "; ".join(parts)


def _runs_words(evidence: Evidence) -> str:
    ratios = evidence.ratios
    if not ratios:
        hours = [
            say("{run_name} {gpu_hours:,.0f} h", run_name=i.run.name, gpu_hours=i.run.gpu_hours)
            for i in evidence.runs
            if i.run.gpu_hours is not None
        ]
        return say("no published run has both hours and tokens") + (
            say(" ({hours})", hours=", ".join(hours)) if hours else ""
        )
    span = say(
        "{ratios:.2f} to {ratios_2:.2f} times, median {ratios_3:.2f}",
        ratios=ratios[0],
        ratios_2=ratios[-1],
        ratios_3=statistics.median(ratios),
    )
    count = say_many("{count} published run", "{count} published runs", len(ratios))
    return say(
        "{count}; hours estimated by a plan over published hours: {span} (optimizer validate)", count=count, span=span
    )


def _machine_lines(machines: Sequence[Machine]) -> Iterator[str]:
    """One line a machine."""
    for machine in machines:
        yield say("{names}: {machine}", names=_NAMES[machine.name], machine=plan_clause(machine))


def _shared_lines(shared: Shared) -> Iterator[str]:
    """The machines, and what sharing means for a member."""
    yield from _machine_lines(shared.machines)
    mark = say(", an estimate") if shared.utilisation.is_estimate else ""
    yield say(
        "by the day of work: a machine works on {utilisation} of its days{mark}, which also "
        "pay for the idle days; --utilisation changes this",
        utilisation=say("{share:f} %", share=(shared.utilisation.value * 100).normalize()),
        mark=mark,
    )
    limit = say("without a limit") if shared.max_mw is None else say("up to {max_mw:f} MW", max_mw=shared.max_mw)
    yield say(
        "the shared machine uses the grid of {host}, {limit}; --shared-max-mw changes this",
        host=shared.host,
        limit=limit,
    )
    if shared.members > 1:
        yield say(
            "{members} members take turns: each has {days_each} of the deadline",
            members=shared.members,
            days_each=days(shared.days_each),
        )
    if (share := shared.life_share) is not None and (each := shared.capital_each_usd) is not None:
        yield say(
            "this run takes {share} of the days that the shared machine works in its life, such "
            "runs of all members {share_2}: other work must fill the rest, or each day costs more",
            share=share_percent(share),
            share_2=share_percent(share * shared.members),
        )
        yield say("its price, {each} per member, must be paid first", each=musd(each))
    if (saving := shared.saving_usd) is not None:
        words = say("{saving} less", saving=usd(saving)) if saving >= 0 else say("{saving} more", saving=usd(-saving))
        yield say(
            "the shared machine costs this run {words} than a machine of your own, by the day of work", words=words
        )
