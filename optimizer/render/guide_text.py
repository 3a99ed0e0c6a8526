"""The guide on a terminal: the Markdown that it is written in, as text that wraps at the width of the terminal."""

from __future__ import annotations

import re

from optimizer.answers.form.blocks import Column, Table
from optimizer.render.text import Page, Paper, width_of

_BLOCK = re.compile(r"^```[^\n]*\n(?:.*\n)*?```$|^#.*|^(?:\|.*\n?)+|^(?:(?!```|#|\|).+\n?)+", re.MULTILINE)
"""A fence, a heading, a table, or lines up to an empty one: a paragraph or a list."""
_ITEM = re.compile(r"^(?=(?:[-*]|\d+\.) )", re.MULTILINE)
_CELLS = re.compile(r"(?<!\\)\|")
_MARKS = re.compile(r"\*\*(.+?)\*\*|`([^`]+)`|\[([^\]]+)\]\([^)]+\)|\\([|*_<>])")
"""Bold, code, a link, an escaped character: what stands inside is shown."""


def rendered(markdown: str, paper: Paper) -> str:
    """Headings, paragraphs, lists, tables and examples, with an empty line between them."""
    page = Page(paper)
    for block in _BLOCK.findall(markdown):
        if page.begun:
            page.blank()
        if block.startswith("```"):
            page.verbatim("\n".join(f"  {line}".rstrip() for line in block.splitlines()[1:-1]))
        elif block.startswith("#"):
            page.heading(_bare(block.lstrip("# ")))
        elif block.startswith("|"):
            page.table(_table(block, paper))
        else:
            for part in filter(None, _ITEM.split(block)):
                mark, text = part.split(" ", 1) if _ITEM.match(part) else ("", part)
                page.line(_bare(" ".join(text.split())), mark=f"{mark} " if mark else "")
    return page.text


def _bare(text: str) -> str:
    return _MARKS.sub(lambda found: next(filter(None, found.groups())), text)


def _table(block: str, paper: Paper) -> Table:
    """A table; where a word and what it means take more than a line, each under its word, without headings."""
    head, _, *rows = ([_bare(cell.strip()) for cell in _CELLS.split(line)[1:-1]] for line in block.splitlines())
    needed = sum(max(map(width_of, column)) + 2 for column in zip(head, *rows, strict=True))
    return Table([Column(name) for name in head], rows, headed=len(head) > 2 or needed <= paper.width)
