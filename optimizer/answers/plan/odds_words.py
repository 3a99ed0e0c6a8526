"""The doubts about a plan in words: what it is expected to cost, how often it meets every limit, what is surer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from optimizer.answers.form.numbers import about_usd, about_usd_range, musd
from optimizer.answers.words.common_words import days, servers_words
from optimizer.answers.words.limit_words import limit_words
from optimizer.answers.words.terms_words import verb_words
from optimizer.case.setting import Setting
from optimizer.domain.limits import Limit
from optimizer.uncertainty.chance_constrained import Surest
from optimizer.uncertainty.odds import USUAL, Odds, in_hundred
from optimizer.uncertainty.outlook import Outlook
from optimizer.units.language import Messages, and_words, say
from optimizer.units.within import within

if TYPE_CHECKING:
    from optimizer.uncertainty.robust import Held, Robust  # which only --confidence loads

RULES = Messages({"memory": "the memory that the model needs", "bracket": "the size of cluster that the data know"})
"""What a plan keeps besides the limits of its case."""


def odds_line(odds: Odds | None) -> str:
    """ "$8.7M expected (6.3 to 12.0M, P10 to P90) · meets every limit in 46 of 100 draws"."""
    if odds is not None:
        return say(
            "{expected} · meets every limit in {in_hundred} of 100 draws",
            expected=expected_words(odds),
            in_hundred=odds.in_hundred,
        )
    return say("no odds: none of the figures behind this plan has a range")


def expected_words(odds: Odds) -> str:
    """ "$8.7M expected (6.3 to 12.0M, P10 to P90)"."""
    return say(
        "{mean_usd} expected ({p10_usd}, P10 to P90)",
        mean_usd=about_usd(odds.mean_usd),
        p10_usd=about_usd_range(odds.p10_usd, odds.p90_usd),
    )


def surer_words(outlook: Outlook) -> Iterator[str]:
    """What it would take to meet every limit in nine of ten draws, in a line; nothing where the plan does already."""
    of = say("{share:g} of 100 draws", share=float(USUAL * 100))
    if outlook.surer is not None:
        yield say(
            "to meet every limit in {of}: {surest} (--confidence {share})",
            of=of,
            surest=surest_words(outlook.surer),
            share=str(USUAL),
        )
    elif outlook.most is not None:
        best = outlook.most
        (item,) = outlook.plan.items
        if (best.drawn.option.key, best.servers) == (item.key, item.servers):
            yield say("no plan meets every limit in {of}; none does so more often than this one", of=of)
            return
        yield say(
            "no plan meets every limit in {of}; the best one, in {value:.0f}: {surest}",
            of=of,
            value=in_hundred(best.met, best.drawn.sample.count),
            surest=surest_words(best),
        )


def _within_budget(setting: Setting, cost_usd: Fraction) -> Fraction:
    """A cost that is not shown beyond the budget that it is within."""
    budget = setting.case.budget_usd
    return within(cost_usd, None if budget is None else Fraction(budget))


def surest_words(found: Surest) -> str:
    """ "rent 504 GB200 NVL72 for 67 days, $7.7M"."""
    option = found.drawn.option
    what = say(
        "{verbs} {accelerators:,} {accelerator_name}",
        verbs=verb_words(option.key),
        accelerators=found.accelerators,
        accelerator_name=option.accelerator.name,
    )
    cost_usd = musd(_within_budget(found.drawn.ready.setting, found.cost_usd))
    return say("{what} for {days}, {cost_usd}", what=what, days=days(found.days), cost_usd=cost_usd)


def missed_words(odds: Odds) -> str:
    """ "it misses the grid limit in 40 and the deadline in 27 of 100 draws"; empty where it misses nothing."""
    parts = [
        say("{name} in {count}", name=_name(name), count=_hundredth(count, odds.draws))
        for name, count in odds.missed.items()
    ]
    if not parts:
        return ""
    text = and_words([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return say("it misses {text} of 100 draws", text=text)


def missed_limit_words(odds: Odds) -> str:
    """ "the grid limit, missed in 40 of 100 draws": the one that is missed most often."""
    name, count = next(iter(odds.missed.items()))
    return say("{name}, missed in {count} of 100 draws", name=_name(name), count=_hundredth(count, odds.draws))


def sure_words(share: Decimal) -> str:
    """ " that meets every limit in 90 of 100 draws"."""
    return say(" that meets every limit in {share:g} of 100 draws", share=float(share * 100))


def central_plan_lines(found: Robust) -> Iterator[str]:
    """The plan at central values next to one that is sure enough, or next to none that is."""
    if found.plan is None and found.most is not None:
        yield say("the plan that meets every limit most often: {held}", held=central_plan_words(found, found.most))
    if found.ordinary is not None:
        yield say("without --confidence: {held}", held=central_plan_words(found, found.ordinary))


def central_plan_words(found: Robust, held: Held) -> str:
    """ "rent 5 servers of GB200 NVL72 in FP8 for 94 days, $7.9M: every limit met in 48 of 100 draws"."""
    key, servers, setting = held.choice.key, held.choice.servers, found.basis.known.setting
    chip = setting.catalogue.accelerators[key.accelerator]
    counted = servers_words(servers, key.machine)
    return say(
        "{verbs} {counted} of {chip_name} in {precision} for {days}, {cost_usd}: every limit "
        "met in {value:.0f} of 100 draws",
        verbs=verb_words(key),
        counted=counted,
        chip_name=chip.name,
        precision=key.precision.upper(),
        days=days(held.central.days),
        cost_usd=musd(_within_budget(setting, held.central.cost_usd)),
        value=in_hundred(held.met.count, held.met.of, setting.case.confidence or USUAL),
    )


def days_words(odds: Odds) -> str:
    """ "the run takes 73 to 145 days (P10 to P90)"."""
    p10, _, p90 = odds.ranked_days
    if p10 == p90:
        return say("the run takes {p10_days} in nearly all draws", p10_days=days(p10))
    return say("the run takes {p10_days:,} to {p90_days:,} days (P10 to P90)", p10_days=p10, p90_days=p90)


def _name(name: Limit | str) -> str:
    return limit_words(name) if isinstance(name, Limit) else RULES[name]


def _hundredth(count: int, draws: int) -> str:
    share = 100 * count / draws
    return say("{share:.0f}", share=share) if share >= 1 else say("fewer than 1")


def odds_lines(odds: Odds | None) -> Iterator[str]:
    """What the odds rest on: which limits are missed, the days, and how they were found; nothing without odds."""
    if odds is not None:
        yield from filter(None, [missed_words(odds)])
        yield days_words(odds)
        yield odds_note(odds)


def odds_note(odds: Odds) -> str:
    """How the odds were found."""
    return say(
        "{draws:,} random draws (seed {seed}) of every figure that has a range, all at once, half of them below its "
        "central value; the plan stays as it is, and the run goes on until the work is done",
        draws=odds.draws,
        seed=odds.seed,
    )
