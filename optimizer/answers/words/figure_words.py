"""The figures behind an answer in words: "mi350x fp8 MFU (dense) = 0.15 share", in the language that is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from optimizer.answers.words.common_words import date_words, figure_words
from optimizer.answers.words.input_words import kind_words
from optimizer.answers.words.place_words import country_words
from optimizer.case.setting import Figure
from optimizer.catalogue import Catalogue
from optimizer.domain import BY_USER, ESTIMATE_SOURCE
from optimizer.domain.base import Sourced, WithSubstitutes
from optimizer.units.language import ENGLISH, Messages, language, messages_of, say

_STEMS = messages_of(__file__, "stems")
"""What a figure is -> the same; what it is of stands before it, or behind it in brackets."""
_DETAILS = messages_of(__file__, "details")
_SIGNS = ("MFU", "PUE", "TPP", "goodput")
"""Figures whose names are the same in every language."""
_ANY_STEM = "|".join(map(re.escape, sorted((*_STEMS, *_SIGNS), key=len, reverse=True)))
_NAME = re.compile(
    rf"(?:(?P<what>.+?) )?(?P<stem>{_ANY_STEM})"
    r"(?P<size> \d+)?(?: in (?P<where>[^:(]+?))?(?P<rest>(?: \(.+\))?(?:: .+)?)"
)
_DETAIL = re.compile(rf"\b(?:{'|'.join(_DETAILS)})\b")

SUBSTITUTES = messages_of(__file__, "substitutes")
"""How a figure was made that stands in for one that nobody published."""
_MISSING = messages_of(__file__, "missing")


def in_place_of(column: str) -> str:
    """What an answer does where a figure is missing."""
    return _MISSING[column] if column in _MISSING else say("nothing, so there is no plan")


def substitute_words(row: Sourced, column: str) -> str:
    """How the figure of a row was made that stands in for one that nobody published; empty of a published one."""
    how = row.substitute_of(column) if isinstance(row, WithSubstitutes) else None
    return "" if how is None else SUBSTITUTES[how]


def figure_lines(figures: Iterable[Figure], catalogue: Catalogue) -> Iterator[str]:
    """A line for each figure that is an estimate: its name, value, range, unit and date."""
    for figure in figures:
        if figure.is_estimate:
            name = figure_name_words(figure.name, catalogue)
            date = date_words(figure.as_of, catalogue.as_of)
            line = say("{figure_name} = {figure}, {date}", figure_name=name, figure=figure_words(figure), date=date)
            how = figure.substitute and SUBSTITUTES[figure.substitute]
            yield say("{figure}: {how}", figure=line, how=how) if how else line


def figure_name_words(name: str, catalogue: Catalogue) -> str:
    """The name of a figure in the language that is spoken; in English ids, such as ``pue``, as they are."""
    found = None if language() == ENGLISH else _NAME.fullmatch(name)
    if found is None:
        return name if language() == ENGLISH else kind_words(name)
    what, where = (_of_what(found[group] or "", catalogue) for group in ("what", "where"))
    stem = _STEMS.get(found["stem"], found["stem"])
    rest = _DETAIL.sub(lambda detail: _DETAILS[detail[0]], found["rest"] or "")
    said = f"{stem}{found['size'] or ''}"
    if what:
        said = say("{what}: {figure}", what=what, figure=said)
    return (say("{figure}, {where}", figure=said, where=where) if where else said) + rest


_SOURCES = Messages({ESTIMATE_SOURCE: "planning estimate", BY_USER: "given by the user"})
"""Sources that are no place where a reader could look."""


def source_words(source: str) -> str:
    """Where a figure is from: an address as it is; an estimate in the language that is spoken."""
    return _SOURCES.get(source, source)


def licence_words(licence: str) -> str:
    """The licences of a source, or of some columns each: what is no name of a licence, in the language spoken."""
    parts = (part.rpartition(": ") for part in licence.split(" | "))
    return " | ".join(f"{columns}{colon}{say(own)}" for columns, colon, own in parts)


def _of_what(name: str, catalogue: Catalogue) -> str:
    """A country by its name, an asset by its word; an accelerator or a workload by its id."""
    country = catalogue.known("country", name) if name[:1].isupper() else None
    return country_words(catalogue.countries[country]) if country else _DETAILS.get(name, name)
