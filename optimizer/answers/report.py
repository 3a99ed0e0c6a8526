"""The report of one case: the decision and all that is behind it, in one document to forward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from optimizer.answers.form.document import Document, Line, Section
from optimizer.units.language import say
from optimizer.units.records import dataclass

GROUND_SECTIONS = 3
"""The last sections of a plan's answer say what it rests on: assumptions, estimates, proof. They end a report too."""


@dataclass(frozen=True)
class Chapter:
    """Another answer to the same case, as a part of its report."""

    title: str
    """Of its sections that have none."""
    document: Document
    first: int = 0
    """Its sections before this one are left out: the plan itself is at the head of the report."""
    last: int | None = None


def document(plan: Document, chapters: Iterable[Chapter], notes: Iterable[str]) -> Document:
    """The answer to a case with further answers between its figures and its grounds.

    Args:
        plan: the answer of ``plan``.
        chapters: what else is known of the case.
        notes: what a reader must know of the chapters.
    """
    middle = [section for chapter in chapters for section in _sections(chapter)]
    said = [Section(say("About the parts that follow"), [Line(text) for text in notes], further=True)]
    head, grounds = plan.sections[:-GROUND_SECTIONS], plan.sections[-GROUND_SECTIONS:]
    return replace(plan, question="report", sections=[*head, *(said if said[0].blocks else ()), *middle, *grounds])


def _sections(chapter: Chapter) -> Iterator[Section]:
    """The sections of a chapter; what has no title belongs to what stands before it, or under the chapter's."""
    parts: list[Section] = []
    for section in chapter.document.sections[chapter.first : chapter.last]:
        if section.title:
            parts.append(replace(section, further=True))
        elif parts:
            parts[-1] = replace(parts[-1], blocks=[*parts[-1].blocks, *section.blocks])
        else:
            parts.append(replace(section, title=chapter.title, further=True))
    yield from parts
