"""What makes two cases the same: a key over the typed cells, made without building the case."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from optimizer.batch.cases import TEXT, without_remarks
from optimizer.batch.cells import read_cell
from optimizer.catalogue.tables import MAX_FILE_BYTES, Line, read_bytes
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.domain.quantity_text import ambiguity
from optimizer.errors import DataError, Problem

KEY_BYTES = 16
"""128 bits: among 1e9 cases, two unlike ones have one key with a chance of 1e-21."""
MARK = "\ue000"
"""Stands in a row for the line number, so that an invalid case, too, can be reported twice after it was read once."""
_CELLS_KEPT = 4096
_LONGEST_NAME: int = next(
    rule.max_length for rule in Case.model_fields["case_id"].metadata if hasattr(rule, "max_length")
)
_DEFAULT = ""


@cache
def _adapters() -> Mapping[str, TypeAdapter[Any]]:
    config = ConfigDict(
        str_strip_whitespace=Case.model_config["str_strip_whitespace"], allow_inf_nan=Case.model_config["allow_inf_nan"]
    )
    made: dict[str, TypeAdapter[Any]] = {}
    for name, info in Case.model_fields.items():
        annotation: Any = info.rebuild_annotation()
        made[name] = TypeAdapter(annotation, config=config)
    return made


@cache
def _of_feed() -> Mapping[str, tuple[TypeAdapter[Any], Any]]:
    """The fields that say what feeds the site, each with its default."""
    from optimizer.domain.feed import Feed

    found: dict[str, tuple[TypeAdapter[Any], Any]] = {}
    for name, info in Feed.model_fields.items():
        annotation: Any = info.rebuild_annotation()
        found[name] = TypeAdapter(annotation), info.default
    return found


@lru_cache(maxsize=_CELLS_KEPT)
def canonical(column: str, cell: str, comma: bool = False) -> str | None:
    """What a cell means, as JSON of its typed value; "" for a default; None for a cell that cannot be typed.

    Cells repeat from case to case, so that most are looked up.
    """
    if not cell.strip():
        return _DEFAULT
    if column in FEED_FIELDS:
        return _canonical_feed(column, cell, comma)
    adapter = _adapters().get(column)
    try:
        cell = cell if column in TEXT else read_cell(column, cell, comma)
    except ValueError:
        return None
    if adapter is None or MARK in cell or (column not in TEXT and ambiguity(column, cell)):
        return None
    try:
        value = adapter.validate_python(cell)
    except ValidationError:
        return None
    if value == Case.model_fields[column].default:
        return _DEFAULT
    return adapter.dump_json(value).decode()


def _canonical_feed(column: str, cell: str, comma: bool) -> str | None:
    adapter, default = _of_feed()[column]
    try:
        value = adapter.validate_python(read_cell(column, cell, comma))
    except ValueError:  # which those of pydantic are, too
        return None
    if value == default:
        return _DEFAULT
    reported = adapter.dump_json(value).decode()
    if column != "hours_file":
        return reported
    try:  # what is in the file counts, not what it is called
        return f"{reported} {hashlib.sha256(read_bytes(Path(cell), MAX_FILE_BYTES)).hexdigest()}"
    except DataError:
        return None


def key_of(line: Line | Problem, fingerprint: bytes) -> bytes:
    """The key of a case: the same for all lines that mean the same but for their ``case_id``.

    A line that cannot be typed has a key of its own place: what is reported of it names its line and its cells.

    Args:
        line: the cells, as text.
        fingerprint: of everything else that a row depends on: data, program, solver.
    """
    digest = hashlib.blake2b(fingerprint, digest_size=KEY_BYTES)
    if isinstance(line, Problem):
        digest.update(f"problem {line.line} {line}".encode())
        return digest.digest()
    if line.faults:
        digest.update(f"line {line.number} {line.faults!r} {sorted(line.cells.items())!r}".encode())
        return digest.digest()
    parts = []
    for column, cell in without_remarks(line).items():
        named = column == "case_id"
        if named and len(cell) <= _LONGEST_NAME and MARK not in cell:
            continue  # a name like any other: it means nothing
        # names of cases do not repeat: they would push everything else out of what is kept
        meant = canonical.__wrapped__(column, cell) if named else canonical(column, cell, line.comma)
        if meant is None:
            digest.update(f"line {line.number} {sorted(line.cells.items())!r}".encode())
            return digest.digest()
        if meant and column != "case_id":
            parts.append(f"{column}={meant}")
    parts.sort()
    digest.update("\n".join(parts).encode())
    return digest.digest()
