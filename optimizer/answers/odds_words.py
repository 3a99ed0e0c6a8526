"""The doubts about a plan in words: what it is expected to cost, how often it meets every limit, what is surer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from optimizer.answers.limit_words import limit_words
from optimizer.answers.numbers import about_usd, about_usd_range
from optimizer.answers.words import VERBS, days
from optimizer.domain.limits import Limit
from optimizer.uncertainty.odds import Odds
from optimizer.uncertainty.outlook import Outlook
from optimizer.uncertainty.robust import Held, Robust
from optimizer.uncertainty.surest import Surest

RULES = {"memory": "the memory that the model needs", "bracket": "the size of cluster that the data know"}
"""What a plan keeps beside the limits of its case."""


def odds_line(outlook: Outlook) -> str:
    """ "$8.7M expected (6.3 to 12.0M, P10 to P90) · meets every limit in 46 of 100 draws"."""
    odds = outlook.odds
    if odds is not None:
        return f"{expected_words(odds)} · meets every limit in {odds.in_hundred} of 100 draws"
    if len(outlook.plan.items) > 1:
        return "no odds: they are calculated for plans with one kind of server"
    return "no odds: none of the figures behind this plan has a range"


def expected_words(odds: Odds) -> str:
    """ "$8.7M expected (6.3 to 12.0M, P10 to P90)"."""
    return f"{about_usd(odds.mean_usd)} expected ({about_usd_range(odds.p10_usd, odds.p90_usd)}, P10 to P90)"


def surer_words(outlook: Outlook) -> Iterator[str]:
    """What it would take to meet every limit in nine of ten draws, in a line; nothing where the plan does already."""
    of = f"{float(outlook.share * 100):g} of 100 draws"
    if outlook.surer is not None:
        yield f"to meet every limit in {of}: {surest_words(outlook.surer)} (--confidence {outlook.share})"
    elif outlook.most is not None:
        best = outlook.most
        yield f"in {of}: no plan meets every limit; the best, in {100 * best.share:.0f}: {surest_words(best)}"


def surest_words(found: Surest) -> str:
    """ "rent 504 GB200 NVL72 for 67 days, $7.7M"."""
    option = found.drawn.option
    what = f"{VERBS[option.key.procurement]} {found.accelerators:,} {option.accelerator.name}"
    return f"{what} for {days(found.days)}, {about_usd(float(found.cost_usd))}"


def missed_words(odds: Odds) -> str:
    """ "it misses the grid limit in 40 and the deadline in 27 of 100 draws"; empty where it misses nothing."""
    parts = [f"{_name(name)} in {_hundredth(count, odds.draws)}" for name, count in odds.missed.items()]
    if not parts:
        return ""
    told = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return f"it misses {told} of 100 draws"


def missed_limit_words(odds: Odds) -> str:
    """ "the grid limit, missed in 40 of 100 draws": the one that is missed most often."""
    name, count = next(iter(odds.missed.items()))
    return f"{_name(name)}, missed in {_hundredth(count, odds.draws)} of 100 draws"


def sure_words(share: Decimal) -> str:
    """ " that meets every limit in 90 of 100 draws"."""
    return f" that meets every limit in {float(share * 100):g} of 100 draws"


def held_lines(found: Robust) -> Iterator[str]:
    """The plan at central values beside one that is sure enough, or beside none that is."""
    if found.plan is None and found.most is not None:
        yield f"the plan that meets every limit most often: {held_words(found, found.most)}"
    if found.ordinary is not None:
        yield f"without --confidence: {held_words(found, found.ordinary)}"


def held_words(found: Robust, held: Held) -> str:
    """ "rent 5 servers of GB200 NVL72 in FP8 for 94 days, $7.9M: every limit met in 48 of 100 draws"."""
    key, servers, setting = held.choice.key, held.choice.servers, found.basis.known.setting
    chip = setting.catalogue.accelerators[key.accelerator]
    counted = f"{servers:,} server{'s' * (servers != 1)}"
    return (
        f"{VERBS[key.procurement]} {counted} of {chip.name} in {key.precision.upper()} for {days(held.central.days)},"
        f" {about_usd(float(held.central.cost_usd))}: every limit met in {100 * held.met.share:.0f} of 100 draws"
    )


def days_words(odds: Odds) -> str:
    """ "the run takes 73 to 145 days (P10 to P90)"."""
    if odds.p10_days == odds.p90_days:
        return f"the run takes {days(odds.p10_days)} in nearly all draws"
    return f"the run takes {odds.p10_days:,} to {odds.p90_days:,} days (P10 to P90)"


def _name(name: Limit | str) -> str:
    return limit_words(name) if isinstance(name, Limit) else RULES[name]


def _hundredth(count: int, draws: int) -> str:
    share = 100 * count / draws
    return f"{share:.0f}" if share >= 1 else "fewer than 1"


def odds_note(odds: Odds) -> str:
    """How the odds were found."""
    return (
        f"{odds.draws:,} random draws (seed {odds.seed}) of every figure that has a range, all at once, half of them"
        " below its central value; the plan stays as it is, and the run goes on until the work is done"
    )
