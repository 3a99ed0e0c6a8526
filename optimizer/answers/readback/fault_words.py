"""What is wrong with a plan, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from optimizer.answers.words.limit_words import LIMIT_WORDS
from optimizer.domain.limits import KINDS
from optimizer.plans.fault import Fault, FaultKind, Value
from optimizer.units.language import Messages, mark, say

_FIGURES = Messages({"cost_terms": "sum of the cost terms"})
"""Figures that have no name of their own in a plan."""


def fault_words(fault: Fault) -> str:
    """One thing that is wrong with a plan, with the site in front where there are several."""
    words = _words(fault).rstrip()  # a bracket may have no name
    if not fault.site:
        return words
    return (
        say("{site} {words}", site=fault.site, words=words)
        if fault.kind in _OF_A_FIGURE
        else say("{site}: {words}", site=fault.site, words=words)
    )


def _words(fault: Fault) -> str:
    if fault.kind is FaultKind.TERM_WRONG and fault.reported is None:
        return say("cost of {what} is reported wrongly", what=fault.what)
    about: dict[str, object] = {name: getattr(fault, name) for name in _PLACES}
    if fault.kind in _OF_A_LIMIT:
        about["what"] = _limit(str(fault.what))
    if fault.kind in _OF_A_FIGURE:
        what = fault.what if fault.kind is FaultKind.TERM_WRONG else _FIGURES.get(fault.what, fault.what)
        about |= {"what": what, "reported": _shown(fault.reported), "true": _shown(fault.true)}
    return say(_WORDS[fault.kind], **about)


def _limit(name: str) -> str:
    """A limit in words, with its site or accelerator; one that is no limit of a case keeps its name."""
    said = re.split("[@:]", name)[0]
    words = next((LIMIT_WORDS[kind] for kind in KINDS if kind == said), said)
    return words + name[len(said) :].replace("@", ", ")


def _shown(value: Value | None) -> str:
    return repr(float(value)) if isinstance(value, Fraction) else str(value)


_OF_A_LIMIT = (FaultKind.LIMIT_BROKEN, FaultKind.LIMIT_WRONG, FaultKind.LIMIT_MISSING)
_OF_A_FIGURE = (FaultKind.FIGURE_WRONG, FaultKind.TERM_WRONG)
_PLACES = ("what", "reported", "true", "servers", "rule", "country", "date")
"""Of a fault, what its message may name."""
_WORDS: Mapping[FaultKind, str] = {
    FaultKind.LIMIT_BROKEN: mark("breaks a limit: {what}"),
    FaultKind.LIMIT_WRONG: mark("a limit is reported wrongly: {what}"),
    FaultKind.LIMIT_MISSING: mark("a limit is not reported: {what}"),
    FaultKind.FIGURE_WRONG: mark("{what} is reported as {reported} but is {true}"),
    FaultKind.TERM_WRONG: mark("cost of {what} is reported as {reported} but is {true}"),
    FaultKind.SPEED_WRONG: mark("{what}: the speed of its servers is reported wrongly"),
    FaultKind.DEVICES_WRONG: mark("{what}: {servers} servers do not have {reported} accelerators"),
    FaultKind.SPARES_WRONG: mark("{what}: its spare devices are reported wrongly"),
    FaultKind.OUTSIDE_BRACKET: mark("{reported} accelerators are outside the size bracket {what}"),
    FaultKind.NO_RULE: mark("{what}: no rule of {rule} allows the import"),
    FaultKind.RULE_ELSEWHERE: mark("{what}: {rule} does not cover {country} on {date}"),
    FaultKind.RULE_NOT_IN_FORCE: mark("{what}: {rule} was not in force on {date}"),
    FaultKind.RULE_ENDED: mark("{what}: {rule} ended on {date}"),
    FaultKind.NOT_RELEASED: mark("{what}: it is not sold before {true}, and the plan is of {date}"),
    FaultKind.NOT_SOLD_NEW: mark("{what}: new ones were sold until {true}, and the plan is of {date}"),
    FaultKind.ABOVE_THRESHOLDS: mark("{what}: {rule} covers only chips below its thresholds"),
    FaultKind.CLASS_WRONG: mark("{what}: the chip is not in class {reported}"),
    FaultKind.CLASS_NOT_COVERED: mark("{what}: {rule} does not cover the chip's class"),
    FaultKind.POLICY_WRONG: mark("{what}: the policy of {rule} is {true}, not {reported}"),
    FaultKind.WORDS_WRONG: mark("{what}: {rule} says something else in the data"),
    FaultKind.WORK_MISSING: mark("does not complete the training"),
    FaultKind.KINDS: mark("combines {reported} kinds of server"),
    FaultKind.SPREAD: mark("one site alone must have no spread, and several must have one"),
    FaultKind.COUNTRIES: mark("its sites are not in one country"),
    FaultKind.EFFICIENCY_WRONG: mark("the speed that remains when sites share is reported wrongly"),
    FaultKind.NO_PHASE: mark("{what} starts on a day on which none of its phases starts"),
    FaultKind.TOO_MANY_DAYS: mark("{what} works on more days than the run has"),
    FaultKind.IDLE: mark("some of its servers do not work until the end of the run, as all must"),
    FaultKind.TWICE: mark("the same kind of server is listed twice"),
    FaultKind.SEVERAL_BRACKETS: mark("its servers are in several size brackets"),
    FaultKind.SEVERAL_CONNECTIONS: mark("a site has more than one connection"),
    FaultKind.MEMORY: mark("its servers do not have enough memory for the model"),
}
"""Kind of fault -> the message about it."""
