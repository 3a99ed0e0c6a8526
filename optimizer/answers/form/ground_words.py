"""Why a default was taken, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from optimizer.answers.form.case_words import setting_words
from optimizer.case.ground import Ground, GroundKind
from optimizer.units.language import mark, say

if TYPE_CHECKING:
    from optimizer.case.setting import Assumed

_WORDS: Mapping[GroundKind, str] = {
    GroundKind.DATA_DAY: mark("the day for which the data are valid"),
    GroundKind.LONGEST_RUN: mark("no deadline was given: the longest usual run in the data; --deadline allows more"),
    GroundKind.WAY_OF_WORKLOAD: mark("how {subject} is trained"),
    GroundKind.FORM_OF_FAMILY: mark("no form was named; other forms: {subject}"),
    GroundKind.ALSO_ELSEWHERE: mark(
        '"{subject}" was read as this country; another place, or a part of it, has the name'
    ),
    GroundKind.TOKENS_OF_WAY: mark("the usual number for {subject}{g}"),
    GroundKind.TOKENS_OF_BASE: mark("the tokens of {subject}, from which the training continues"),
    GroundKind.TOKENS_PER_PARAMETER: mark("{per_parameter:f} for each active parameter"),
}


def ground_words(ground: Ground) -> str:
    """Why a default was taken: "the day for which the data are valid"."""
    if ground.kind is GroundKind.DATA:
        return say(ground.subject)
    subject = say(ground.subject) if ground.kind is GroundKind.TOKENS_OF_WAY else ground.subject
    return say(_WORDS[ground.kind], subject=subject, g=_mark(ground), per_parameter=ground.per_parameter)


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
