"""What a person reads is in plain English: usual words, which a reader with another first language knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from messages import messages

from optimizer.answers.form.envelope import schema_of
from optimizer.service.register import REGISTER

ROOT = Path(__file__).parents[2]
OLD = {
    "reported, in the data": r"told|reckon\w*|so told",
    "requested": r"as asked|asked: |is asked for|asked about",
    "stored, contains": r"held|holds (?!for )no|holds (?:a|an|what|files|anything|rows) ",
    "next to, for comparison": r"beside",
    "expensive": r"dear|dearer|dearest",
    "searched for": r"sought",
    "again": r"anew",
    "if": r"lest|whence|hence|thereof|whereof|hitherto|nay",
    "must": r"shall|ought",
    "is not a": r"(?<!there )is no (?:answer|case|column|field|file|folder|journal|JSON|known|member|number|option"
    r"|part|plan|project|question|readable|table|test|text|workbook|way)\b",
    "available": r"to be had|can be had|for hire",
    "the obstacle": r"in the way\b(?! (?:to|of))",
    "slightly": r"by a hair",
    "needs, works with": r"goes (?:not )?with|go not with|does not go with|power words",
    "refunded": r"comes? back to|VAT comes back",
    "pays": r"bears its|bears the",
    "excludes": r"bars (?:it|most|the|what)|barred by",
    "represents, is": r"stands? (?:for|in|at|beside|behind)",
    "calculated": r"worked out|work out",
    "proven": r"proved",
    "percent": r"per cents",
    "uncertain": r"doubtful|(?:one|each|this|these|the) doubts?",
    "corrected": r"mended",
    "is": r"(?:lie|lies) (?:in|within|below|above|between|too|outside|anywhere|beside)",
    "your own": r"one's own",
    "everything else": r"all else",
    "lowest, minimum, maximum": r"(?:least|most) (?:share|load|solar|storage|cost(?!ly| by))\b(?! in| in)",
}
"""What to write instead -> words that must not come back, whole words alone."""
PATTERNS = {use: re.compile(rf"(?<![\w'-])(?:{old})(?![\w-])", re.IGNORECASE) for use, old in OLD.items()}
TYPED = re.compile(r"`[^`]*`|\"[^\"]*\"|--[a-z-]+")
"""What is typed or quoted, and no words of ours."""


def of_the_program() -> Iterator[tuple[str, str]]:
    """Every message, its places left out."""
    for message in messages().values():
        for text in filter(None, (message.one, message.several)):
            yield message.where[0], "".join(literal for literal, *_ in Formatter().parse(text))


def of_the_documents() -> Iterator[tuple[str, str]]:
    """Every paragraph of README, CONTRIBUTING and the guide; no example and no output."""
    for path in (
        ROOT / "README.md",
        ROOT / ".github/CONTRIBUTING.md",
        *sorted((ROOT / "optimizer/guide").glob("*.md")),
    ):
        text = re.sub(r"^ *```.*?^ *```$", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        for part in re.split(r"\n\s*\n|\n(?=- |\||\d\. )", text):
            yield path.name, " ".join(TYPED.sub("", part).split())


def of_the_schemas() -> Iterator[tuple[str, str]]:
    """Every description of a field in the JSON of a command."""
    for name, question in REGISTER.items():
        if question.outputs:
            yield from ((name, text) for text in _descriptions(schema_of(question.outputs_types())))


def _descriptions(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("description"), str):
            yield part["description"]
        for inner in part.values():
            yield from _descriptions(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _descriptions(inner)


def old_words(texts: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """Where an old or rare word stands, and what to write instead."""
    found: dict[str, list[str]] = {}
    for where, text in texts:
        for use, pattern in PATTERNS.items():
            if (old := pattern.search(text)) is not None:
                found.setdefault(where, []).append(f'"{old[0]}" (write: {use}): {text[:160]}')
    return found


@pytest.mark.parametrize("texts", [of_the_program, of_the_documents, of_the_schemas])
def test_no_old_word_comes_back(texts: Any) -> None:
    """In messages, help, documents and schemas: "all else as asked" and "no plan: proved" were read by ministries whose
    first language is another one."""
    assert old_words(texts()) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Any one of these alone would do (all else as asked)",
        "no plan: proved",
        "Beside it",
        "dearest month",
        "is no answer of this program",
        "that no other plan is better: sought again",
    ],
)
def test_an_old_word_is_noticed(text: str) -> None:
    """These were once printed. A search that does not find them would find nothing."""
    assert old_words(iter([("x", text)]))
