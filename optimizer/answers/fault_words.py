"""What is wrong with a plan, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from optimizer.plans.fault import Fault, FaultKind, Value
from optimizer.units.language import Messages, say

_FIGURES = Messages({"cost_terms": "sum of the cost terms"})
"""Figures that have no name of their own in a plan."""


def fault_words(fault: Fault) -> str:
    """One thing that is wrong with a plan, with the site in front where there are several."""
    words = _WORDS[fault.kind](fault)
    if not fault.site:
        return words
    return (
        say("{site} {words}", site=fault.site, words=words)
        if fault.kind in _OF_A_FIGURE
        else say("{site}: {words}", site=fault.site, words=words)
    )


def _shown(value: Value | None) -> str:
    return repr(float(value)) if isinstance(value, Fraction) else str(value)


def _figure(fault: Fault) -> str:
    return say(
        "{what} is reported as {told} but is {true}",
        what=_FIGURES.get(fault.what, fault.what),
        told=_shown(fault.told),
        true=_shown(fault.true),
    )


def _term(fault: Fault) -> str:
    if fault.told is None:
        return say("cost of {what} is reported wrongly", what=fault.what)
    return say(
        "cost of {what} is reported as {told} but is {true}",
        what=fault.what,
        told=_shown(fault.told),
        true=_shown(fault.true),
    )


def _bracket(fault: Fault) -> str:
    return say("{told} accelerators are outside the size bracket {what}", told=fault.told, what=fault.what).rstrip()


_OF_A_FIGURE = (FaultKind.FIGURE_WRONG, FaultKind.TERM_WRONG)
_WORDS: Mapping[FaultKind, Callable[[Fault], str]] = {
    FaultKind.LIMIT_BROKEN: lambda f: say("breaks the limit {what}", what=f.what),
    FaultKind.LIMIT_WRONG: lambda f: say("the limit {what} is reported wrongly", what=f.what),
    FaultKind.LIMIT_MISSING: lambda f: say("the limit {what} is not reported", what=f.what),
    FaultKind.FIGURE_WRONG: _figure,
    FaultKind.TERM_WRONG: _term,
    FaultKind.SPEED_WRONG: lambda f: say("{what}: the speed of its servers is reported wrongly", what=f.what),
    FaultKind.DEVICES_WRONG: lambda f: say(
        "{what}: {servers} servers do not have {told} accelerators", what=f.what, servers=f.servers, told=f.told
    ),
    FaultKind.SPARES_WRONG: lambda f: say("{what}: its spare devices are reported wrongly", what=f.what),
    FaultKind.OUTSIDE_BRACKET: _bracket,
    FaultKind.NO_RULE: lambda f: say("{what}: no rule of {rule} allows the import", what=f.what, rule=f.rule),
    FaultKind.RULE_ELSEWHERE: lambda f: say(
        "{what}: {rule} does not cover {country} on {date}", what=f.what, rule=f.rule, country=f.country, date=f.date
    ),
    FaultKind.RULE_NOT_IN_FORCE: lambda f: say(
        "{what}: {rule} was not in force on {date}", what=f.what, rule=f.rule, date=f.date
    ),
    FaultKind.RULE_ENDED: lambda f: say("{what}: {rule} ended on {date}", what=f.what, rule=f.rule, date=f.date),
    FaultKind.NOT_RELEASED: lambda f: say(
        "{what}: it is not sold before {true}, and the plan is of {date}", what=f.what, true=f.true, date=f.date
    ),
    FaultKind.NOT_SOLD_NEW: lambda f: say(
        "{what}: new ones were sold until {true}, and the plan is of {date}", what=f.what, true=f.true, date=f.date
    ),
    FaultKind.ABOVE_THRESHOLDS: lambda f: say(
        "{what}: {rule} covers only chips below its thresholds", what=f.what, rule=f.rule
    ),
    FaultKind.CLASS_WRONG: lambda f: say("{what}: the chip is not in class {told}", what=f.what, told=f.told),
    FaultKind.CLASS_NOT_COVERED: lambda f: say(
        "{what}: {rule} does not cover the chip's class", what=f.what, rule=f.rule
    ),
    FaultKind.POLICY_WRONG: lambda f: say(
        "{what}: the policy of {rule} is {true}, not {told}", what=f.what, rule=f.rule, true=f.true, told=f.told
    ),
    FaultKind.WORDS_WRONG: lambda f: say("{what}: {rule} says something else in the data", what=f.what, rule=f.rule),
    FaultKind.WORK_MISSING: lambda f: say("does not complete the training"),
    FaultKind.KINDS: lambda f: say("combines {told} kinds of server", told=f.told),
    FaultKind.SPREAD: lambda f: say("one site alone must have no spread, and several must have one"),
    FaultKind.COUNTRIES: lambda f: say("its sites are not in one country"),
    FaultKind.EFFICIENCY_WRONG: lambda f: say("the speed that remains when sites share is reported wrongly"),
    FaultKind.NO_PHASE: lambda f: say("{what} starts on a day on which none of its phases starts", what=f.what),
    FaultKind.TOO_MANY_DAYS: lambda f: say("{what} works on more days than the run has", what=f.what),
    FaultKind.IDLE: lambda f: say("some of its servers do not work until the end of the run, as all must"),
    FaultKind.TWICE: lambda f: say("the same kind of server is listed twice"),
    FaultKind.SEVERAL_BRACKETS: lambda f: say("its servers are in several size brackets"),
    FaultKind.SEVERAL_CONNECTIONS: lambda f: say("a site has more than one connection"),
    FaultKind.MEMORY: lambda f: say("its servers do not have enough memory for the model"),
}
