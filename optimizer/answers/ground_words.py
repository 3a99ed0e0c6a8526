"""Why a default was taken, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from optimizer.answers.case_words import setting_words
from optimizer.case.ground import Ground, GroundKind
from optimizer.units.language import say

if TYPE_CHECKING:
    from optimizer.case.setting import Assumed

_WORDS: dict[GroundKind, Callable[[Ground], str]] = {
    GroundKind.DATA: lambda g: say(g.subject),
    GroundKind.DATA_DAY: lambda g: say("the day for which the data are valid"),
    GroundKind.LONGEST_RUN: lambda g: say(
        "no deadline was given: the longest run that the data take as usual; --deadline allows more"
    ),
    GroundKind.WAY_OF_WORKLOAD: lambda g: say("how {subject} is trained", subject=g.subject),
    GroundKind.FORM_OF_FAMILY: lambda g: say("no form was named; other forms: {subject}", subject=g.subject),
    GroundKind.TOKENS_OF_WAY: lambda g: say("the usual number for {subject}{g}", subject=say(g.subject), g=_mark(g)),
    GroundKind.TOKENS_OF_BASE: lambda g: say(
        "the tokens of {subject}, from which the training continues", subject=g.subject
    ),
    GroundKind.TOKENS_PER_PARAMETER: lambda g: say(
        "{per_parameter:f} for each active parameter", per_parameter=g.per_parameter
    ),
}


def ground_words(ground: Ground) -> str:
    """Why a default was taken: "the day for which the data are valid"."""
    return _WORDS[ground.kind](ground)


def assumed_lines(assumed: Iterable[Assumed]) -> Iterator[str]:
    """Every default that was filled in, with the reason: "mix = 1: one kind of server"."""
    for item in assumed:
        field, value = setting_words(item.field, item.value)
        yield f"{field} = {value}: {ground_words(item.why)}"


def ground_text(value: Ground | str | None) -> str:
    """The same for a field of an answer: a text that was read back is left as it is, and no ground is empty."""
    if value is None or isinstance(value, str):
        return value or ""
    return ground_words(value)


def _mark(ground: Ground) -> str:
    return say(" (an estimate: a choice among published runs)") if ground.is_estimate else ""
