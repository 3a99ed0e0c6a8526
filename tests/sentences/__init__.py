"""Questions as people ask them, with the reading that is right: ``python -m tests.sentences`` scores the reader.

``shown.jsonl`` holds sentences that were written without sight of the grammar, each with its command and flags;
``own.tsv`` those of this project, each with the command that it is.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from optimizer.catalogue import Catalogue, load_catalogue
from optimizer.question import QuestionError, read

from .judge import verdict_of

HERE = Path(__file__).parent
TODAY = datetime.date(2026, 11, 29)
"""The day from which the sentences count."""
Verdict = Literal["right", "wrong", "refused"]


@dataclass(frozen=True)
class Scored:
    """A sentence and how it was read."""

    language: str
    kind: str
    sentence: str
    verdict: Verdict
    said: str
    """The command, or the message."""


@cache
def catalogue() -> Catalogue:
    """The shipped data."""
    return load_catalogue()


def command_of(sentence: str) -> tuple[str, QuestionError | None]:
    """The command that a sentence is read as, or the error."""
    try:
        return read(sentence, catalogue(), TODAY).command(), None
    except QuestionError as error:
        return "", error


def shown() -> list[dict[str, Any]]:
    """The sentences with their expected readings."""
    return [json.loads(line) for line in (HERE / "shown.jsonl").read_text(encoding="utf-8").splitlines()]


def own() -> list[tuple[str, str, str]]:
    """The project's own sentences: language, sentence, command or "refused"."""
    lines = (HERE / "own.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(language, sentence, command) for language, sentence, command in rows]


def shown_scores() -> Iterator[Scored]:
    """Every sentence shown to the reader's makers, with its verdict."""
    for row in shown():
        command, error = command_of(row["text"])
        verdict = verdict_of(row, command, error, catalogue(), TODAY)
        yield Scored(row["lang"], row["kind"], row["text"], verdict, command or str(error))


def own_scores() -> Iterator[Scored]:
    """Every sentence of the project's own, with its verdict."""
    for language, sentence, expected in own():
        command, error = command_of(sentence)
        got = " && ".join(command.splitlines()) if error is None else "refused"
        verdict = "right" if got == expected else "refused" if got == "refused" else "wrong"
        yield Scored(language, "own", sentence, verdict, command or str(error))
