"""A document as Markdown: headings, lists, tables with pipes (CommonMark with the tables of GitHub)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import TextIO

from optimizer.answers.form.document import Block, Document, Line, Table, Verbatim, with_notes
from optimizer.errors import visible

_SPECIAL = re.compile(r"([\\`*\[\]<>|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[#+-](?= ))")
"""What would be read as a mark: an underscore inside a word is none, nor is a number sign inside a line."""


def write_document(document: Document, stream: TextIO) -> None:
    """The title, then every section that has blocks."""
    gap = ""  # an empty line between parts, none before the first
    for part in _parts(document):
        stream.write(gap + part)
        gap = "\n"


def _parts(document: Document) -> Iterator[str]:
    """Title, headings, lists, tables and paragraphs, each with its last line ended."""
    if document.title:
        yield f"# {_escaped(document.title)}\n"
    for section in with_notes(document):
        if not section.blocks:
            continue
        if section.title:
            yield f"## {_escaped(section.title)}\n"
        listed = bool(section.title)
        shown = [block for block in section.blocks if not (isinstance(block, Line) and block.of_terminal)]
        for is_list, blocks in groupby(shown, key=lambda block: listed and isinstance(block, Line)):
            lines = ["".join(f"{line}\n" for line in _lines(block, listed=listed)) for block in blocks]
            yield from ["".join(lines)] if is_list else lines


def _lines(block: Block, *, listed: bool) -> Iterator[str]:
    if isinstance(block, Table):
        yield from _table(block)
        return
    if isinstance(block, Verbatim):
        yield block.text if block.language == "markdown" else f"```{block.language}\n{block.text}\n```"
        return
    if not isinstance(block, Line):  # a chart: its table says the same
        yield from _table(replace(block.table, title=block.table.title or block.title))
        return
    text = _escaped(block.text)
    if block.tone in ("strong", "good", "bad"):
        text = f"**{text}**"
    yield f"{'  ' * max(block.level - 1, 0)}- {text}" if listed else text


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"**{_escaped(table.title)}**"
        yield ""
    yield _row([column.name if table.headed else "" for column in table.columns])
    yield "|" + "|".join(" ---: " if column.right else " --- " for column in table.columns) + "|"
    for row in table.rows:
        yield _row(row)


def _row(cells: object) -> str:
    assert isinstance(cells, list | tuple)
    return "| " + " | ".join(_escaped(cell.strip()) for cell in cells) + " |"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", visible(text))
