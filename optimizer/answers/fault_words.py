"""What is wrong with a plan, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from optimizer.plans.fault import Fault, FaultKind, Value

_FIGURES = {"cost_terms": "sum of the cost terms"}
"""Figures that have no name of their own in a plan."""


def fault_words(fault: Fault) -> str:
    """One thing that is wrong with a plan, with the site in front where there are several."""
    words = _WORDS[fault.kind](fault)
    if not fault.site:
        return words
    return f"{fault.site} {words}" if fault.kind in _OF_A_FIGURE else f"{fault.site}: {words}"


def _shown(value: Value | None) -> str:
    return repr(float(value)) if isinstance(value, Fraction) else str(value)


def _figure(fault: Fault) -> str:
    return f"{_FIGURES.get(fault.what, fault.what)} is reported as {_shown(fault.told)} but is {_shown(fault.true)}"


def _term(fault: Fault) -> str:
    if fault.told is None:
        return f"cost of {fault.what} is reported wrongly"
    return f"cost of {fault.what} is reported as {_shown(fault.told)} but is {_shown(fault.true)}"


def _bracket(fault: Fault) -> str:
    return f"{fault.told} accelerators are outside the size bracket {fault.what}".rstrip()


_OF_A_FIGURE = (FaultKind.FIGURE_WRONG, FaultKind.TERM_WRONG)
_WORDS: Mapping[FaultKind, Callable[[Fault], str]] = {
    FaultKind.LIMIT_BROKEN: lambda f: f"breaks the limit {f.what}",
    FaultKind.LIMIT_WRONG: lambda f: f"the limit {f.what} is reported wrongly",
    FaultKind.LIMIT_MISSING: lambda f: f"the limit {f.what} is not reported",
    FaultKind.FIGURE_WRONG: _figure,
    FaultKind.TERM_WRONG: _term,
    FaultKind.SPEED_WRONG: lambda f: f"{f.what}: the speed of its servers is reported wrongly",
    FaultKind.DEVICES_WRONG: lambda f: f"{f.what}: {f.servers} servers do not have {f.told} accelerators",
    FaultKind.SPARES_WRONG: lambda f: f"{f.what}: its spare devices are reported wrongly",
    FaultKind.OUTSIDE_BRACKET: _bracket,
    FaultKind.NO_RULE: lambda f: f"{f.what}: no rule of {f.rule} allows the import",
    FaultKind.RULE_ELSEWHERE: lambda f: f"{f.what}: {f.rule} does not cover {f.country} on {f.date}",
    FaultKind.RULE_NOT_IN_FORCE: lambda f: f"{f.what}: {f.rule} was not in force on {f.date}",
    FaultKind.RULE_ENDED: lambda f: f"{f.what}: {f.rule} ended on {f.date}",
    FaultKind.NOT_RELEASED: lambda f: f"{f.what}: it is not sold before {f.true}, and the plan is of {f.date}",
    FaultKind.ABOVE_THRESHOLDS: lambda f: f"{f.what}: {f.rule} covers only chips below its thresholds",
    FaultKind.CLASS_WRONG: lambda f: f"{f.what}: the chip is not in class {f.told}",
    FaultKind.CLASS_NOT_COVERED: lambda f: f"{f.what}: {f.rule} does not cover the chip's class",
    FaultKind.POLICY_WRONG: lambda f: f"{f.what}: the policy of {f.rule} is {f.true}, not {f.told}",
    FaultKind.WORDS_WRONG: lambda f: f"{f.what}: {f.rule} says something else in the data",
    FaultKind.WORK_MISSING: lambda f: "does not complete the training",
    FaultKind.KINDS: lambda f: f"combines {f.told} kinds of server",
    FaultKind.SPREAD: lambda f: "one site alone must have no spread, and several must have one",
    FaultKind.COUNTRIES: lambda f: "its sites are not in one country",
    FaultKind.EFFICIENCY_WRONG: lambda f: "the speed that remains when sites share is reported wrongly",
    FaultKind.NO_PHASE: lambda f: f"{f.what} starts on a day on which none of its phases starts",
    FaultKind.TOO_MANY_DAYS: lambda f: f"{f.what} works on more days than the run has",
    FaultKind.IDLE: lambda f: "some of its servers do not work until the end of the run, as all must",
    FaultKind.TWICE: lambda f: "the same kind of server is listed twice",
    FaultKind.SEVERAL_BRACKETS: lambda f: "its servers are in several size brackets",
    FaultKind.SEVERAL_CONNECTIONS: lambda f: "a site has more than one connection",
    FaultKind.MEMORY: lambda f: "its servers do not have enough memory for the model",
}
