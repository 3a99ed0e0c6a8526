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
    reading_lines,
    run_words,
    sharing_lines,
    threshold_lines,
    verdict,
    warning_lines,
)
from optimizer.answers.form.document import (
    Document,
    Grounds,
    Line,
    Rows,
    Section,
    Table,
    assumed_words,
    left,
    right,
    section,
)
from optimizer.answers.form.numbers import gigawatt_hours, megawatts, musd, tonnes, usd
from optimizer.answers.plan.answer import cost_table
from optimizer.answers.plan.decision import FULL, estimate_checks, order_checks
from optimizer.answers.plan.odds_words import missed_limit_words, odds_line, odds_lines
from optimizer.answers.words.common_words import BASES, capital, days, stamp
from optimizer.answers.words.figure_words import figure_lines
from optimizer.answers.words.grid_words import site_checks
from optimizer.answers.words.reason_words import undetermined_words
from optimizer.answers.words.rule_words import buyer_words
from optimizer.case.setting import Figure
from optimizer.consortium.cost_shares import SHARE_RULES, bills
from optimizer.consortium.plan import Joint, JointPlan, SiteUse
from optimizer.consortium.settle import Settled
from optimizer.domain.reasons import Cause
from optimizer.insight.limits.of_sites import JointConcessions
from optimizer.insight.provenance import inputs
from optimizer.uncertainty.drawn_consortium import odds_over_sites
from optimizer.uncertainty.odds import Odds
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
    odds = None if plan is None else odds_over_sites(plan)
    count = len(found.alone)
    assumed = list(assumed_words(a for a in lead.assumed if a.field not in ("country", "mix")))
    return Document(
        question="consortium",
        title=say_many(
            "Consortium · {count} site · {workload_name} · {training_flop:.3g} FLOP",
            "Consortium · {count} sites · {workload_name} · {training_flop:.3g} FLOP",
            count,
            workload_name=say(lead.workload.name),
            training_flop=float(lead.training_flop),
        ),
        sections=list(_sections(found, plan, odds) if plan else _sections_without(found, needs)),
        outputs=partial(outputs, found, needs, odds),
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
        rows=Rows("consortium", "One run over several sites", JointRow, partial(rows, found, needs, odds)),
        verdict="answer" if plan else "infeasible",
    )


def _messages(found: Joint) -> Iterator[str]:
    """What the reader must know: whether sharing pays, what the law asks, and what it rests on."""
    plan = found.best
    yield from verdict(found)
    yield from () if plan is None else (*law(plan), *threshold_lines(plan))
    yield from sharing_lines(found)
    yield from () if plan is None else (*reading_lines(plan), *warning_lines(plan))


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


def _sections(found: Joint, plan: JointPlan, odds: Odds | None) -> Iterator[Section]:
    yield Section("", list(plan_lines(plan, odds)))
    yield section(say("Does sharing pay?"), verdict(found))
    yield Section(say("Who does what"), [_sites_table(plan)])
    yield Section(say("Who pays what"), [_bills_table(found, plan)])
    yield section(say("Limits"), limits(plan))
    last = [*map(Line, reading_lines(plan))]
    last += [Line(say("check first: {checks}", checks="; ".join(checks)))] if (checks := _checks(plan, odds)) else []
    yield Section("", [*last, Line(say(FULL), "quiet", of_terminal=True, of_short=True)])
    yield from (replace(part, further=True) for part in _further_sections(found, plan, odds))


def plan_lines(plan: JointPlan, odds: Odds | None) -> Iterator[Line]:
    """What to do and for how long, the odds, and what it comes to."""
    lead = say(", after {lead_days} for delivery and licence", lead_days=days(plan.lead_days)) if plan.lead_days else ""
    run = run_words(plan) if plan.spread is None else capital(run_words(plan))  # the name of a site stays as it is
    yield Line(say("{run}{lead}", run=run, lead=lead), "good")
    yield Line(odds_line(odds), "strong")
    basis = BASES[plan.settled.lead.case.basis or "upfront"]
    yield Line(
        say("{cost_usd} in total at central values, {basis}", cost_usd=usd(plan.cost_usd), basis=basis), "strong"
    )
    yield Line(
        say(
            "peak {peak_mw} MW · {energy_gwh:,} GWh · {carbon_t:,} tCO2e · {accelerators:,} accelerators",
            peak_mw=megawatts(plan.peak_mw),
            energy_gwh=gigawatt_hours(plan.energy_gwh),
            carbon_t=tonnes(plan.carbon_t),
            accelerators=plan.accelerators,
        )
    )


def _checks(plan: JointPlan, odds: Odds | None) -> list[str]:
    """What the plan rests on and is least sure: the limit missed most often, estimates, licences, the grids."""
    found = [missed_limit_words(odds)] if odds is not None and odds.missed else []
    found += estimate_checks(plan.fleet, [figure for figure in _figures(plan) if figure.is_estimate])
    for site in plan.sites:
        setting = site.place.setting
        found += (words.rstrip(".") for words in buyer_words(plan.fleet_at(site)))
        found += order_checks(plan.fleet_at(site))
        found += site_checks(setting.country, setting.catalogue, site.peak_mw)
    return list(dict.fromkeys(found))


def _further_sections(found: Joint, plan: JointPlan, odds: Odds | None) -> Iterator[Section]:
    """What is behind the decision."""
    yield section(say("Each site alone, without sharing"), map(alone_words, found.alone))
    yield Section(say("Cost"), [cost_table(plan.cost_terms)])
    yield section(say("Export control"), law(plan))
    yield section(say("Training compute"), threshold_lines(plan))
    yield section(say("Odds"), odds_lines(odds))
    yield section(say("How this was calculated"), [*sharing_lines(found), *warning_lines(plan)])
    yield section(say("Estimates among the inputs"), list(figure_lines(_figures(plan), plan.settled.lead.catalogue)))
    yield section(say("Proof"), [*proofs(found), stamp(found.settled.lead)])


def _sites_table(plan: JointPlan) -> Table:
    lines: list[tuple[str, ...]] = []
    for site in plan.sites:
        figures = (
            say("{work_share:.1%}", work_share=float(site.work_share)),
            say("{peak_mw}", peak_mw=megawatts(site.peak_mw)),
            usd(site.cost_usd),
        )
        for place, words in enumerate(items_words(plan, site)):  # the figures are of the site, and stand there once
            lines.append((_name(site), words, *figures) if not place else ("", words, "", "", ""))
    if plan.team_usd:
        lead = plan.settled.places[0].name
        staff = say("staff not tied to a site, at the wages of {lead}", lead=lead)
        lines.append((say("team"), staff, "", "", usd(plan.team_usd)))
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
