"""A document as one JSON document."""

from __future__ import annotations

import json
from typing import Any, TextIO

from optimizer.answers.form.document import Document
from optimizer.answers.form.envelope import envelope
from optimizer.errors import escaped


def write_json(content: Any, stream: TextIO) -> None:
    """Indented JSON with a final newline; what commands a terminal is escaped, also where JSON need not."""
    for part in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(content):
        stream.write(part if part.isprintable() else escaped(part))
    stream.write("\n")


def write_document(document: Document, stream: TextIO) -> None:
    """The answer in its envelope."""
    write_json(envelope(document).model_dump(mode="json"), stream)
