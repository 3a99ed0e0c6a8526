"""How sure an answer is: each doubt alone, all of them at random, or the plan that holds all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial

from optimizer.answers.form import charts
from optimizer.answers.form.document import Block, Document, Line, Section, Table, left, of_case, right
from optimizer.answers.form.numbers import musd, usd
from optimizer.answers.sensitivity.rows import rows_of, values_text
from optimizer.answers.sensitivity.shapes import has_plan, outputs
from optimizer.answers.words.common_words import capital, days, plan_words, servers_words
from optimizer.answers.words.input_words import bracket_words, input_words, kind_words
from optimizer.answers.words.limit_words import limit_words
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.proof_words import ended_words
from optimizer.answers.words.reason_words import reason_words
from optimizer.answers.words.rule_words import buyer_section
from optimizer.answers.words.terms_words import verb_words
from optimizer.case.setting import Setting
from optimizer.domain import FROM_SCRATCH, OptionKey
from optimizer.insight.limits.needs import why_with_needs
from optimizer.plans.outcome import Plan
from optimizer.plans.proof import NO_SOLVER, Proof
from optimizer.uncertainty.fixed_choice import Choice, Standing
from optimizer.uncertainty.monte_carlo import PERCENTILES, MonteCarlo, Probability
from optimizer.uncertainty.robust import Held, Robust
from optimizer.uncertainty.tornado import Basis, End, Tornado
from optimizer.uncertainty.uncertain_inputs import RUN
from optimizer.units.language import and_words, local_number, say

MOST_NAMES = 6
"""So many are named; of more, their number is reported."""


def document(found: Tornado | MonteCarlo | Robust) -> Document:
    """The plan of the central values, one of the three answers, and what was assumed."""
    basis = found.basis
    setting = basis.known.setting
    drawn = isinstance(found, MonteCarlo) or (isinstance(found, Robust) and not found.corners)
    reported = tuple(_notes(basis, drawn=drawn))
    best = plan_words(basis.best) if isinstance(basis.best, Plan) else reason_words(why_with_needs(basis.best))
    return Document(
        question="sensitivity",
        title=say(
            "How sure · {country} · {workload_name}",
            country=country_words(setting.country),
            workload_name=say(setting.workload.name),
        ),
        sections=[
            Section("", [Line(capital(best))]),
            _section(found),
            buyer_section([basis.best if isinstance(basis.best, Plan) else None]),
            Section("", [Line(note, "quiet", level=0) for note in reported]),
        ],
        outputs=partial(outputs, found),
        **of_case(setting),
        messages=reported,
        rows=rows_of(found),
        verdict="answer" if has_plan(found) else "infeasible",
    )


def _section(found: Tornado | MonteCarlo | Robust) -> Section:
    if isinstance(found, Tornado):
        return _tornado(found)
    return _monte_carlo(found) if isinstance(found, MonteCarlo) else _robust(found)


def _tornado(found: Tornado) -> Section:
    blocks: list[Block] = [_chart(found)] if found.bars else []
    if found.idle:
        blocks.append(
            Line(
                say("These inputs change nothing within their ranges: {covered}", covered=covered_words(found.idle)),
                level=0,
            )
        )
    title = say("Each input varied alone: the best plan then, and what this plan would cost")
    return Section(title, blocks or [Line(say("no input has a range"))], "plain")


def _chart(found: Tornado) -> Block:
    """What the plan of the central values would cost at both ends of each range; a table alone where there is none."""
    best, table = found.basis.best, _bars(found)
    if not isinstance(best, Plan):
        return table
    spans, catalogue = [], found.basis.known.setting.catalogue
    for bar in found.bars:
        low, high = (None if end.chosen is None else float(end.chosen.cost_usd) for end in bar.ends)
        at_low, at_high = (_values_words(end) for end in bar.ends)
        spans.append(charts.Span(input_words(bar.input.name, catalogue), low, high, at_low, at_high))
    return charts.Tornado(say("What this plan would cost"), "USD", float(best.cost_usd), spans, table)


def _bars(found: Tornado) -> Table:
    """Two rows an input: the low end of its range and the high one."""
    numbers = (say("at"), say("days"), say("cost"), say("swing"))
    rows, catalogue = [], found.basis.known.setting.catalogue
    for bar in found.bars:
        swing = bar.swing_usd(found.basis.best)
        first = (input_words(bar.input.name, catalogue), say("no plan") if swing is None else usd(swing))
        for (name, reported), end in ((first, bar.low), (("", ""), bar.high)):
            rows.append((name, _values_words(end), *_end(found, end), reported, *_standing(end.chosen)))
    names = (
        *(say("input"), say("at"), say("best plan"), say("days")),
        *(say("cost"), say("swing"), say("this plan"), ""),
    )
    return Table([right(name) if name in numbers else left(name, whole=True) for name in names], rows)


def _values_words(end: End) -> str:
    """The values at an end of a range, as the language writes numbers: "0.313 | 0.24", by precision."""
    return local_number(values_text(end.values, " | "))


def _end(found: Tornado, end: End) -> tuple[str, str, str]:
    plan = end.outcome
    if not isinstance(plan, Plan):
        return say("no plan"), "", ""
    setting = found.basis.known.setting
    return (
        say("{kind} x {servers}", kind=_kind_words(setting, plan.items[0].key), servers=plan.servers),
        say("{days:,}", days=plan.days),
        usd(plan.cost_usd),
    )


def _standing(standing: Standing | None) -> tuple[str, str]:
    if standing is None:
        return "", ""
    missed = ", ".join(map(limit_words, standing.missed))
    return usd(standing.cost_usd), say("misses {missed}", missed=missed) if missed else ""


def _monte_carlo(found: MonteCarlo) -> Section:
    basis = found.basis
    names = basis.known.setting.catalogue.accelerators
    shares = [
        (names[name].name + say(" is best") if name else say("no plan"), share) for name, share in found.best.items()
    ]
    if basis.choice is not None:
        shares.append((say("this plan, run until the training is complete, meets every limit"), found.all_met))
        shares += [(say("  {limit}", limit=limit_words(limit)), share) for limit, share in found.met.items()]
    costs = (
        (say("of the best plan, where there is one"), found.least_cost_usd),
        (say("of this plan"), found.chosen_cost_usd),
    )
    return Section(
        say(
            "{draws:,} draws, seed {seed}; the best plan of each one is proven", draws=len(found.draws), seed=found.seed
        ),
        [
            Table(
                [left(""), right("", whole=False), left("")],
                [(name, *_probability(share)) for name, share in shares],
                headed=False,
            ),
            Table(
                [left(say("cost")), *(right(say("P{p}", p=p), whole=False) for p in PERCENTILES)],
                [(name, *map(usd, values)) for name, values in costs if values],
            ),
        ],
        "plain",
    )


def _probability(share: Probability) -> tuple[str, str]:
    error = (
        say("standard error {standard_error}", standard_error=_percent(share.standard_error))
        if 0 < share.count < share.of
        else say("in every draw")
    )
    return _percent(share.share), error if share.count else say("in no draw")


def _robust(found: Robust) -> Section:
    first, *rest = robust_sentences(found)
    blocks: list[Block] = [Line(first, level=0), *map(Line, rest)]
    roles = (
        (say("robust"), found.plan),
        (say("ordinary"), found.ordinary),
        (say("meets limits most often"), found.most),
    )
    if rows := [(name, *_choice_cells(found, held)) for name, held in roles if held is not None]:
        numbers = (
            right(name)
            for name in (say("meets limits in"), say("central cost"), say("days"), say("mean cost"), say("worst cost"))
        )
        blocks.append(Table([left("", whole=True), left(say("plan"), whole=True), *numbers], rows))
    return Section("", blocks)


def _choice_cells(found: Robust, held: Held) -> tuple[str, ...]:
    return (
        _choice_words(found.basis.known.setting, held.choice),
        _percent(held.met.share),
        usd(held.central.cost_usd),
        say("{days:,}", days=held.central.days),
        usd(held.mean_usd),
        usd(held.worst_usd),
    )


def robust_sentences(found: Robust) -> Iterator[str]:
    """What was asked, what it costs, or the most that can be had."""
    share = say("{share:f}", share=found.share * 100).rstrip("0").rstrip(".") if found.share % 1 else "100"
    total = len(found.scenarios)
    where = say("{total:,} draws (seed {seed})", total=total, seed=found.seed)
    if found.corners:
        where = say(
            "the {total:,} combinations of the ends of {corners}", total=total, corners=", ".join(found.corners)
        )
    asked = (
        say("in all of {where}", where=where)
        if found.share == 1
        else say("in {share} % of {where}", share=share, where=where)
    )
    if found.plan is not None:
        yield say(
            "The cheapest plan (lowest {aim} cost) that meets every limit {asked}: {proof}",
            aim=found.aim,
            asked=asked,
            proof=_proved(found.proof),
        )
        if found.ordinary is not None:
            yield _price_words(found.plan, found.ordinary)
    elif found.most is not None:
        best = _percent(found.most.met.share)
        yield say(
            "No plan meets every limit {asked}. This has been proven. Of the plans for the "
            "central case, the best does in {best}",
            asked=asked,
            best=best,
        )
        worst = [
            say("{limit} in {share}", limit=limit_words(name), share=_percent(gone.share))
            for name, gone in found.most.missed.items()
        ]
        if worst:
            yield say("It misses {worst} of the scenarios", worst=and_words(worst))
    else:
        yield say("No plan meets the central case, which a robust plan must also meet. This has been proven")


def _proved(proof: Proof) -> str:
    if proof.solver == NO_SOLVER:
        return say("proven by an exhaustive search alone (HiGHS {ended})", ended=ended_words(proof))
    return say("proven by HiGHS and an exhaustive search")


def _price_words(plan: Held, ordinary: Held) -> str:
    more: Fraction = plan.central.cost_usd - ordinary.central.cost_usd
    if plan.choice == ordinary.choice:
        return say(
            "It is the plan for the central case, which already meets every limit in {share}",
            share=_percent(ordinary.met.share),
        )
    dearer = say("{more:.1f} %", more=float(more / ordinary.central.cost_usd) * 100)
    return say(
        "Robustness costs {more} ({dearer}) in the central case: {days} instead of {days_2}, "
        "and every limit met in {share} rather than {share_2}",
        more=musd(more),
        dearer=dearer,
        days=days(plan.central.days),
        days_2=days(ordinary.central.days),
        share=_percent(plan.met.share),
        share_2=_percent(ordinary.met.share),
    )


def _choice_words(setting: Setting, choice: Choice) -> str:
    """ "rent 360 GB200 NVL72 (5 servers) in FP8"."""
    chip = setting.catalogue.accelerators[choice.key.accelerator]
    replaced = setting.catalogue.overrides.get((setting.assumptions.id, choice.key.accelerator))
    devices = (choice.key.machine or (replaced or chip).server_devices or 0) * choice.servers
    servers = servers_words(choice.servers, choice.key.machine)
    verb = verb_words(choice.key)
    return say(
        "{verb} {devices:,} {chip_name} ({servers}) in {precision}",
        verb=verb,
        devices=devices,
        chip_name=chip.name,
        servers=servers,
        precision=choice.key.precision.upper(),
    )


def _kind_words(setting: Setting, key: OptionKey) -> str:
    """ "rent GB200 NVL72 in FP8"."""
    name = setting.catalogue.accelerators[key.accelerator].name
    return say("{verbs} {name} in {precision}", verbs=verb_words(key), name=name, precision=key.precision.upper())


def _notes(basis: Basis, *, drawn: bool) -> Iterator[str]:
    """What the reader must know to judge the figures.

    Args:
        drawn: whether inputs were drawn at random.
    """
    known = basis.known
    if drawn:
        yield say(
            "Assumed, because the data give three values and no distribution: half of the draws of an "
            "input are below its central value and half above, triangular on each side (in logarithms "
            "where the range is above 0), independent of the other inputs; the precisions of an "
            "accelerator change together"
        )
    if (band := known.band) is not None and known.named(RUN) is not None:
        of_run = known.named(RUN)
        if of_run is not None and of_run.stated:
            yield say("The factor on the efficiency of the whole run changes all accelerators equally")
        else:
            yield say(
                "The efficiency of the whole run changes for all accelerators equally, by {band_low} "
                "to {band_high} times (the band of real runs on {seen_on}{value}{value_2})",
                band_low=band.band_low,
                band_high=band.band_high,
                seen_on=say(band.seen_on),
                value="" if known.setting.way.id == FROM_SCRATCH else say(", all of them from scratch"),
                value_2=say(", with the band as its ends") if drawn else "",
            )
        if known.covered:
            yield say(
                "These ranges are already part of the efficiency band: {covered}", covered=covered_words(known.covered)
            )
    if stated := [given.name for given in known.inputs if given.stated]:
        yield say("Ranges given by the user: {stated}", stated=", ".join(stated))
    if basis.without_range:
        yield say(
            "Fixed, because the data have no range for them (--range gives one): {covered}",
            covered=covered_words(basis.without_range, as_typed=True),
        )


def covered_words(names: Sequence[str], *, as_typed: bool = False) -> str:
    """ "goodput (19 accelerators); MFU (a100_sxm4_80, h100_sxm5_80)".

    Args:
        names: of inputs.
        as_typed: whether to name them as they are typed behind ``--range``.
    """
    kinds: dict[str, list[str]] = {}
    for name in names:
        kind, _, what = name.partition(":")
        kinds.setdefault(kind, []).append(what)
    return "; ".join(
        say("{kind}{what}", kind=kind if as_typed else kind_words(kind), what=_of(what)) for kind, what in kinds.items()
    )


def _of(what: Sequence[str]) -> str:
    if what == [""]:
        return ""
    return say(
        " ({what})",
        what=", ".join(map(bracket_words, what))
        if len(what) <= MOST_NAMES
        else say("{what} accelerators", what=len(what)),
    )


def _percent(share: float) -> str:
    """ "58.4 %"."""
    return say("{share:.1f} %", share=share * 100)
