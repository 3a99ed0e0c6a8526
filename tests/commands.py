"""What the tests of the command line share: running a command, in process or in one of its own, and its traces."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from worlds import FROZEN

from optimizer.answers.form.document import Document
from optimizer.answers.form.envelope import Envelope, schema_of
from optimizer.answers.form.shapes import Shape
from optimizer.render.text import Paper, text_of
from optimizer.service.register import REGISTER

ESCAPE = "\x1b"
EASY = ["--max-mw", "0.6", "--deadline", "90d"]
"""A case with a plan: 248 H100, rented for 85 days."""
TIGHT = ["--max-mw", "0.5", "--deadline", "60d"]
"""A case without one; 0.504 MW or 63 days would do."""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str


Cli = Callable[..., Ran]


@cache
def validator(name: str) -> Any:
    """By the schema of a question, as the command prints it: one that nobody here wrote. Made once in a process."""
    jsonschema = pytest.importorskip("jsonschema", reason="it comes with frictionless, of the test extra")
    schema = json.loads(json.dumps(schema_of(REGISTER[name].outputs_types())))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def started(*arguments: str, cwd: Path, **changes: Any) -> subprocess.CompletedProcess[bytes]:
    """The same in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "optimizer", *arguments],
        capture_output=True,
        cwd=cwd,
        env=process_environment(**changes),
        timeout=120,
    )


def loaded_by(*arguments: str, cwd: Path) -> set[str]:
    """The modules that a command loads, in a process of its own; it must succeed."""
    code = (
        "import json, sys\n"
        "from optimizer.cli import run\n"
        f"status = run({arguments!r})\n"
        "print(json.dumps([status, sorted(sys.modules)]), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, timeout=60)
    status, loaded = json.loads(done.stderr)
    assert status == 0
    return set(loaded)


def process_environment(**changes: str) -> dict[str, str]:
    return {**os.environ, "OPTIMIZER_DATA": str(FROZEN), **changes}


def files(folder: Path) -> set[str]:
    """Every file in a folder, hidden ones too."""
    return {path.name for path in folder.iterdir()}


def one_message(ran: Ran) -> str:
    """The error of a command that wrote no data and no traceback."""
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert ran.err.count("Error: ") == 1, ran.err
    return ran.err


def pointed_at(ran: Ran, words: str) -> str:
    """Of a question that is refused in these words: the question, from the first place that is marked to the last."""
    text = one_message(ran)
    assert ran.status == 2 and words in text
    shown, marks = text.splitlines()[1:3]
    return shown[marks.index("^") : marks.rindex("^") + 1]


ShapeT = TypeVar("ShapeT", bound=Shape)
FoundT = TypeVar("FoundT")


def first_found(find: Callable[..., FoundT]) -> Callable[..., FoundT]:
    """In place of what takes long, for a test of the forms of one answer: what it found first, whatever is asked."""
    found: list[FoundT] = []

    def again(*given: Any, **more: Any) -> FoundT:
        if not found:
            found.append(find(*given, **more))
        return found[0]

    return again


def read_back(text: str, outputs: type[ShapeT]) -> Envelope[ShapeT]:
    """The JSON document of an answer: an error where it holds more, less or other than its shape.

    By the names of its fields alone, not by those of the attributes that they were read from.
    """
    form: Any = Envelope
    found: Envelope[ShapeT] = form[outputs].model_validate_json(text, by_alias=False, by_name=True)
    return found


def shown(document: Document, width: int = 200) -> str:
    """A document as text, on paper of that width."""
    return text_of(document, Paper(width))
