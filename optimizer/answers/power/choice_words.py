"""Sentences of further questions to a case that says what feeds its site: what is changed, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from optimizer.answers.form.numbers import usd
from optimizer.answers.power.words import hour_words, outcome_words, power_plan_words, sources_words
from optimizer.power.choices import Choices, Entry, Kind, way_of
from optimizer.units.language import Messages, messages_of, say

TITLES: Messages[Kind] = messages_of(__file__, "titles")
NAMES: Messages[str] = messages_of(__file__, "names")
SUBJECTS: Messages[str] = messages_of(__file__, "subjects")
UNITS = Messages({"carbon": "tCO2e", "renewable": "", "peak_power": "MW", "days": "d"})


def name_words(found: Choices, item: Entry) -> str:
    """What is changed, in words."""
    if found.kind == "alternatives":
        return found.ready.setting.catalogue.accelerators[item.name].name
    reported = NAMES[item.name]
    shown = "" if item.value is None else say("{item:f}", item=item.value.normalize())
    return reported.replace("{value}", shown) if item.name != "hour_of_grid" else reported


def lines_of(found: Choices) -> Iterator[str]:
    """The answer in words."""
    if found.kind != "tipping":
        yield outcome_words(found.best)
    if found.kind == "explain":
        yield from _hour_lines(found)
    if found.kind == "months":
        yield from _month_lines(found)
    if found.kind == "tipping":
        yield from _change_lines(found)
    if found.kind == "alternatives" and not found.entries:
        yield say("no other accelerator comes within {within} % of it", within=f"{found.tolerance:f}")


def _hour_lines(found: Choices) -> Iterator[str]:
    """What an hour of grid more a day is worth."""
    for item in found.entries:
        if item.name == "hour_of_grid" and (more := found.more_usd(item)) is not None:
            worth = max(Fraction(0), -more)
            yield (
                say("one more hour of grid a day is worth {worth} to this run", worth=usd(worth))
                if worth >= 1
                else (hour_words(Fraction(0)))
            )


def _month_lines(found: Choices) -> Iterator[str]:
    """The most expensive and the cheapest start."""
    costs = [(item.plan.cost_usd, item) for item in found.entries if item.plan]
    if len(costs) > 1:
        (low, cheap), (high, dear) = min(costs, key=_first), max(costs, key=_first)
        yield say(
            "most expensive {dear}: {high}; cheapest {cheap}: {low}; difference {between}",
            dear=name_words(found, dear),
            high=usd(high),
            cheap=name_words(found, cheap),
            low=usd(low),
            between=usd(high - low),
        )


def _first(pair: tuple[Fraction, Entry]) -> Fraction:
    return pair[0]


def _change_lines(found: Choices) -> Iterator[str]:
    """Every change of the choice, with the plans on both sides."""
    changes = 0
    for low, high in pairwise(found.entries):
        if way_of(low.outcome) != way_of(high.outcome):
            changes += 1
            yield say(
                "between {low} and {high}: from {before} to {after}",
                low=name_words(found, low),
                high=name_words(found, high),
                before=short_words(low),
                after=short_words(high),
            )
    if not changes:
        yield say(
            "the accelerator and the kind of supply are the same at all {count} values calculated: {plan}",
            count=len(found.entries),
            plan=short_words(found.entries[0]),
        )
    yield say("a change that is reversed between two of these values is not seen")


def short_words(item: Entry) -> str:
    """A plan in a clause: servers, cost, what is built and what feeds it most."""
    if item.plan is None:
        return say("no plan")
    return say("{power_plan}; {value}", power_plan=power_plan_words(item.plan), value=sources_words(item.plan))
