"""Further runs from a file: the columns of real_runs.csv, with some forgiveness for tables as they are published.

An accelerator may be an id, a name, an alias or a published name that real_runs.csv knows ("A100 SXM 80GB").
``source_url`` counts as ``source``; a source or a date that is missing is filled in; further columns of published
tables that are derived (``DERIVED``) are passed over. A row with a problem stops no other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from optimizer.catalogue.headings import check_header
from optimizer.catalogue.rows import made_of, parse_row
from optimizer.catalogue.tables import Line, decode, read_lines, read_text, suggestion
from optimizer.domain.evidence import RealRun
from optimizer.errors import DataError, Problem
from optimizer.units.language import say
from optimizer.validation.evidence import Evidence

SYNONYMS: Mapping[str, str] = {"source_url": "source"}
DERIVED = ("mfu_as_listed", "mfu_whole_run_16bit")
"""Columns that are computed from others, on mixed bases: not read."""
_FILLED = ("source", "as_of")
_NEEDED = ("accelerator", "params_active", "tokens", "precision")
_TRADE = re.compile(r"\b(nvidia|amd|intel|google|aws|tensor core|gpus?|[hd]gx)\b")
_MEMORY = re.compile(r"\b(\d+ ?gi?b?|hbm\w*)\b")


def read_runs(
    path: str, evidence: Evidence, warnings: list[str], content: bytes | None = None
) -> tuple[tuple[RealRun, ...], tuple[Problem, ...]]:
    """The runs of a file, and what is wrong with the rows that cannot be read.

    Args:
        path: the file; only its name is reported where ``content`` is given.
        evidence: what accelerators are known by.
        warnings: gets a line for an encoding that had to be guessed.
        content: bytes that were read already (stdin).

    Raises:
        DataError: the file or its header cannot be read, or it holds no row.
    """
    name = Path(path).name
    text = read_text(Path(path), warnings) if content is None else decode(content, name, warnings)
    header, lines = read_lines(text, name)
    columns = tuple(SYNONYMS.get(cell, cell) for cell in header if cell not in DERIVED)
    if "scope" not in columns and warnings is not None:
        warnings.append(
            say(
                "{name}: no column scope: every row is treated as a single run, also programmes and distillation",
                name=name,
            )
        )
    wrong = check_header((*columns, *(f for f in _FILLED if f not in columns)), RealRun, name)
    wrong += [
        Problem(say("is missing from the header"), file=name, line=1, column=c) for c in _NEEDED if c not in columns
    ]
    wrong += [
        Problem(say("is another name of a column that is also there"), file=name, line=1, column=cell)
        for cell in header
        if cell in SYNONYMS and SYNONYMS[cell] in header
    ]
    if wrong:
        raise DataError(wrong)
    problems: list[Problem] = []
    published = _published_names(evidence)
    runs = tuple(made_of(lines, lambda line: _run(line, evidence, published), problems))
    if not runs and not problems:
        raise DataError.at(say("has no run"), file=name, line=1)
    return runs, tuple(problems)


def _run(line: Line, evidence: Evidence, published: Mapping[str, str | None]) -> RealRun:
    """One typed run; its problems, those of the accelerator included, all at once."""
    cells = {SYNONYMS.get(cell, cell): value for cell, value in line.cells.items() if cell not in DERIVED}
    if not cells.get("source", "").strip():
        cells["source"] = say("{file}, line {number}", file=line.file, number=line.number)
    if not cells.get("as_of", "").strip():
        cells["as_of"] = evidence.catalogue.as_of
    for name in ("architecture", "scope", "energy_basis"):
        if name in cells:
            cells[name] = cells[name].lower()
    given = cells.get("accelerator", "").strip()
    problems: list[Problem] = []
    if given:
        try:
            cells["accelerator"] = _accelerator(given, evidence, published) or ""
            if not cells.get("accelerator_published", "").strip():
                cells["accelerator_published"] = given
        except DataError as error:
            problems += [replace(p, file=line.file, line=line.number) for p in error.problems]
    try:
        run = parse_row(line._replace(cells=cells), RealRun)
    except DataError as error:
        raise DataError([*problems, *error.problems]) from error
    problems += _inconsistent(run, line)
    if problems:
        raise DataError(problems)
    return run


def _inconsistent(run: RealRun, line: Line) -> list[Problem]:
    found = []
    if run.params_total is not None and run.params_active is not None and run.params_active > run.params_total:
        found.append(("params_active", say("must not be more than params_total")))
    if run.params_active is not None and run.params_active < 10**5:
        found.append(("params_active", say("must be a number of parameters such as 7e9, not of billions")))
    if run.tokens is not None and run.tokens < 10**6:
        found.append(("tokens", say("must be a number of tokens such as 1.5e13, not of trillions")))
    return [
        Problem(rule, file=line.file, line=line.number, column=column, value=line.cells.get(column))
        for column, rule in found
    ]


def _published_names(evidence: Evidence) -> dict[str, str | None]:
    """Published name in lower case -> accelerator id, None where the catalogue has no such accelerator."""
    names: dict[str, str | None] = {}
    for run in evidence.runs:
        if run.accelerator_published:
            names.setdefault(run.accelerator_published.lower(), run.accelerator)
    for row in evidence.throughput:
        names.setdefault(row.accelerator_published.lower(), row.accelerator)
    return names


def _accelerator(given: str, evidence: Evidence, published: Mapping[str, str | None]) -> str | None:
    """The id of an accelerator as a table may name it; None where it is known not to be in the catalogue.

    Raises:
        DataError: a name that is not known, with the nearest known ones.
    """
    vocabulary = evidence.catalogue.vocabulary("accelerator")
    lower = given.lower()
    if lower in published and lower not in vocabulary:
        return published[lower]
    plain = " ".join(re.sub(r"[-_/(),]", " ", lower).split())
    named = " ".join(_TRADE.sub(" ", plain).split())
    bare = " ".join(_MEMORY.sub(" ", named).split())
    for name in (lower, plain, named, bare):
        if name in vocabulary:
            return vocabulary[name]
    remedy = suggestion(given, vocabulary) + say(
        " Leave it empty, with accelerator_published, where the catalogue has none"
    )
    raise DataError.at(say("is not a known accelerator"), column="accelerator", value=given, remedy=remedy)
