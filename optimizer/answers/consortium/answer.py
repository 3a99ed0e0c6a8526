"""A consortium's answer: the plan of one run over its sites, what sharing saves, who pays what, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from optimizer.answers.consortium.outputs import JointRow, inputs_of, outputs, rows
from optimizer.answers.consortium.words import (
    alone_usd_words,
    alone_words,
    concession_lines,
    items_words,
    law,
    limits,
    proofs,
    run_words,
    sharing_lines,
    threshold_lines,
    verdict,
    warning_lines,
)
from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Table, left, right, section
from optimizer.answers.form.numbers import gigawatt_hours, megawatts, musd, tonnes, usd
from optimizer.answers.plan.answer import cost_table
from optimizer.answers.words.figure_words import figure_lines
from optimizer.answers.words.reason_words import undetermined_words
from optimizer.answers.words.shared import BASES, days, stamp
from optimizer.case.setting import Figure
from optimizer.consortium.cost_shares import SHARE_RULES, bills
from optimizer.consortium.plan import Joint, JointPlan, SiteUse
from optimizer.consortium.settle import Settled
from optimizer.domain.reasons import Cause
from optimizer.insight.limits.of_sites import JointConcessions
from optimizer.insight.provenance import inputs
from optimizer.units.language import Messages, say, say_many

_RULE_TITLES = Messages({"host": "own spending", "equal": "equal", "alone": "as cost alone", "agreed": "agreed shares"})
_OF_THE_TEAM = "engineer_usd_per_year"


def document(found: Joint, needs: JointConcessions | None = None) -> Document:
    """The best plan, or that there is none and what would do.

    Args:
        needs: what would do, where there is none.
    """
    settled, plan = found.settled, found.best
    lead, asked = settled.lead, settled.asked
    count = len(found.alone)
    assumed = [say("{field} {a}", field=a.field, a=a.value) for a in lead.assumed if a.field not in ("country", "mix")]
    return Document(
        question="consortium",
        title=say_many(
            "Consortium · {count} site · {workload_name} · {training_flop:.3g} FLOP",
            "Consortium · {count} sites · {workload_name} · {training_flop:.3g} FLOP",
            count,
            workload_name=say(lead.workload.name),
            training_flop=float(lead.training_flop),
        ),
        sections=list(_sections(found, plan) if plan else _sections_without(found, needs)),
        outputs=partial(outputs, found, needs),
        grounds=Grounds(
            catalogue=settled.catalogue,
            inputs=inputs_of(asked),
            settled={place.name: place.setting.case.given() for place in settled.places},
            assumed=lead.assumed,
            figures=_figures(plan) if plan else (),
            assumptions=lead.assumptions.id,
            rules=lead.rules.id,
        ),
        messages=tuple(_messages(found)),
        notes=(say("Assuming: {named}", named="; ".join([*assumed, *_question_words(settled, asked.mix)])),),
        rows=Rows("consortium", "One run over several sites", JointRow, partial(rows, found, needs)),
        verdict="answer" if plan else "infeasible",
    )


def _messages(found: Joint) -> Iterator[str]:
    """What the reader must know: whether sharing pays, what the law asks, and what it rests on."""
    plan = found.best
    yield from verdict(found)
    yield from () if plan is None else (*law(plan), *threshold_lines(plan))
    yield from sharing_lines(found)
    yield from () if plan is None else warning_lines(plan)


def _sections_without(found: Joint, needs: JointConcessions | None) -> Iterator[Section]:
    """Where there is no plan."""
    yield Section("", [Line(say("No plan, neither at one site nor over several. This has been proven."), "bad")])
    if needs is not None and needs.given:
        title = say("Any one of these changes is enough (everything else unchanged)")
        yield section(title, concession_lines(needs))
    if needs is not None and needs.undetermined:
        yield section(say("Not determined"), undetermined_words(needs.undetermined))
    if needs is not None and needs.cause in (Cause.LIMITS, Cause.COMPUTE_CAP) and not needs.given:
        line = say("no single change is enough: at least two limits must change")
        yield section(say("What would be enough"), [] if needs.undetermined else [line])
    yield section(say("Each site alone, without the limits on all sites together"), map(alone_words, found.alone))
    yield section(say("Proof"), [*proofs(found), stamp(found.settled.lead)])


def _sections(found: Joint, plan: JointPlan) -> Iterator[Section]:
    setting = found.settled.lead
    lead = say(", after {lead_days} for delivery and licence", lead_days=days(plan.lead_days)) if plan.lead_days else ""
    basis = BASES[setting.case.basis or "upfront"]
    decision = [
        Line(say("{run}{lead}", run=run_words(plan), lead=lead), "good"),
        Line(say("{cost_usd} in total, {basis}", cost_usd=usd(plan.cost_usd), basis=basis)),
        Line(
            say(
                "peak {peak_mw} MW · {energy_gwh:,} GWh · {carbon_t:,} tCO2e · {accelerators:,} accelerators",
                peak_mw=megawatts(plan.peak_mw),
                energy_gwh=gigawatt_hours(plan.energy_gwh),
                carbon_t=tonnes(plan.carbon_t),
                accelerators=plan.accelerators,
            )
        ),
    ]
    yield Section("", decision)
    yield section(say("Does sharing pay?"), verdict(found))
    yield Section(say("Who does what"), [_sites_table(plan)])
    yield section(say("Each site alone, without sharing"), map(alone_words, found.alone))
    yield Section(say("Who pays what"), [_bills_table(found, plan)])
    yield Section(say("Cost"), [cost_table(plan.cost_terms)])
    yield section(say("Limits"), limits(plan))
    yield section(say("Export control"), law(plan))
    yield section(say("Training compute"), threshold_lines(plan))
    yield section(say("How this was calculated"), [*sharing_lines(found), *warning_lines(plan)])
    yield section(say("Estimates among the inputs"), list(figure_lines(_figures(plan), plan.settled.lead.catalogue)))
    yield section(say("Proof"), [*proofs(found), stamp(setting)])


def _sites_table(plan: JointPlan) -> Table:
    lines = [
        (
            _name(site),
            items_words(plan, site),
            say("{work_share:.1%}", work_share=float(site.work_share)),
            say("{peak_mw}", peak_mw=megawatts(site.peak_mw)),
            usd(site.cost_usd),
        )
        for site in plan.sites
    ]
    if plan.team_usd:
        lead = plan.settled.places[0].name
        lines.append(
            (
                say("team"),
                say("staff not tied to a site, at the wages of {lead}", lead=lead),
                "",
                "",
                usd(plan.team_usd),
            )
        )
    columns = [
        left(say("site"), whole=True),
        left(say("servers")),
        right(say("work")),
        right(say("peak MW")),
        right(say("cost")),
    ]
    return Table(columns, lines)


def _name(site: SiteUse) -> str:
    country = site.place.setting.country
    return (
        site.place.name
        if site.place.name.lower() == country.id.lower()
        else say("{place_name} ({country_id})", place_name=site.place.name, country_id=country.id)
    )


def _bills_table(found: Joint, plan: JointPlan) -> Table:
    made, alone = bills(found, plan), {one.place.name: one for one in found.alone}
    rules = [rule for rule in SHARE_RULES if all(rule in bill.pays_usd for bill in made)]
    columns = [left(say("site"), whole=True), *(right(_RULE_TITLES[rule], whole=False) for rule in rules)]
    lines = []
    for bill in made:
        lines.append((bill.name, *(musd(bill.pays_usd[rule]) for rule in rules), alone_usd_words(alone[bill.name])))
    return Table([*columns, right(say("alone"), whole=False)], lines)


def _figures(plan: JointPlan) -> list[Figure]:
    """The figures behind a plan, each once: where sites do not share one, it bears the name of the site."""
    of_sites = {site.place.name: {figure.name: figure for figure in inputs(plan.fleet_at(site))} for site in plan.sites}
    lead = plan.settled.places[0].name
    if plan.team_usd:  # paid at the wages of the leading site, used or not
        of_sites.setdefault(lead, {})[_OF_THE_TEAM] = plan.settled.lead.figures[_OF_THE_TEAM]
    found: list[Figure] = []
    for name in dict.fromkeys(name for figures in of_sites.values() for name in figures):
        held = {site: figures[name] for site, figures in of_sites.items() if name in figures}
        first, *others = held.values()
        if all(other == first for other in others):
            found.append(first)
        else:
            found += [replace(figure, name=f"{site}: {name}") for site, figure in held.items()]
    return found


def _question_words(settled: Settled, mix: int) -> list[str]:
    return [say("mix {mix}", mix=mix), say("lead {place}", place=settled.places[0].name)]
