"""Many cases as one answer: what became of them, and their rows, or the files in which these are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TextIO

from optimizer.answers.form.document import Document, Grounds, Line, Section, Table, left, right
from optimizer.answers.form.shapes import Shape, entry
from optimizer.batch.forms import MOST_IN_JSON, Named, columns_of, named_line
from optimizer.batch.job import Counts, Job
from optimizer.batch.row_types import row_type_of
from optimizer.catalogue import Catalogue
from optimizer.errors import UsageError
from optimizer.render.csv import cell, fields
from optimizer.render.json import write_document as write_json
from optimizer.render.markdown import write_document as write_markdown
from optimizer.units.language import ENGLISH, Messages, say, speaking

MOST_IN_MARKDOWN = 200
"""Rows that Markdown shows; it says so where there are more."""
MEANINGS: Mapping[str, str] = Messages(
    {
        "plan": "a plan that is proven twice",
        "infeasible": "proven: no plan satisfies all limits",
        "missing": "the data lack a figure that decides",
        "invalid": "the case cannot be read",
        "undecided": "not proven",
        "crashed": "its process ended",
        "timed_out": "took longer than --case-limit",
    }
)
"""Status of a row -> what it says of the case."""


class ColumnOut(Shape):
    """A column of the rows."""

    name: str
    type: str = entry("string, integer, number or boolean")
    description: str
    unit: str = entry("empty where it has none", default="")


class ManyOut(Shape):
    """What became of the cases of a batch or a sweep."""

    cases: int = entry("rows, one for each case")
    by_status: dict[str, int] = entry("number of rows by status")
    written: tuple[str, ...] = entry("the files that have the rows; empty where the rows are here")
    columns: tuple[ColumnOut, ...] = entry("what stands in each row")
    rows: tuple[dict[str, str | int | float | bool | None], ...] | None = entry(
        "by column, in the order of the cases; null where the rows are in a file"
    )


class DocumentSink:
    """Takes rows in, and writes them as one answer when there are no more: as JSON all, as Markdown the first.

    Its memory is bounded: there are at most as many rows as it can hold.
    """

    def __init__(self, stream: TextIO, job: Job, catalogue: Catalogue, counts: Counts) -> None:
        self._stream, self._job, self._catalogue, self._counts = stream, job, catalogue, counts
        self._rows: list[dict[str, Any]] = []

    def write(self, rows: Sequence[Named]) -> None:
        """Keep some more rows.

        Raises:
            UsageError: they are too many for one JSON document.
        """
        is_json = self._job.form == "json"
        for named in rows:
            if not is_json and len(self._rows) == MOST_IN_MARKDOWN:
                return
            check_count(self._job.form, len(self._rows) + 1)
            self._rows.append(json.loads(named_line(*named), parse_float=None if is_json else Decimal))

    def close(self) -> None:
        """Write the answer."""
        write_summary(self._stream, self._job.form, self._job, self._counts, self._catalogue, self._rows)
        self._stream.flush()


def check_count(form: str, count: int | None) -> None:
    """Refuse more rows than one JSON document takes.

    Args:
        form: of the answer.
        count: of the cases; None where it is not known.

    Raises:
        UsageError: there are more.
    """
    if form == "json" and count is not None and count > MOST_IN_JSON:
        rule = say(
            "JSON takes at most {most:,} cases: write the rows to a file, -o plans.csv --json (or --format jsonl)",
            most=MOST_IN_JSON,
        )
        raise UsageError(rule)


def write_summary(
    stream: TextIO,
    form: str,
    job: Job,
    counts: Counts,
    catalogue: Catalogue,
    rows: Sequence[Mapping[str, Any]] | None = None,
    written: tuple[str, ...] = (),
) -> None:
    """Write what became of many cases as JSON, which is English, or as Markdown.

    Args:
        stream: to write to.
        form: json or md.
        job: the question and its columns.
        counts: what became of the cases.
        catalogue: the data.
        rows: by column; None where they are in a file.
        written: the files.
    """
    with speaking(ENGLISH if form == "json" else None):
        answer = _document(job, counts, catalogue, rows, written)
        (write_json if form == "json" else write_markdown)(answer, stream)


def _document(
    job: Job, counts: Counts, catalogue: Catalogue, rows: Sequence[Mapping[str, Any]] | None, written: tuple[str, ...]
) -> Document:
    inputs = dict(job.inputs)
    name = inputs.get("cases") or inputs.get("study") or job.question
    columns = columns_of(job.layout)

    def outputs() -> ManyOut:
        known = {field["name"]: field for field in fields(row_type_of(columns))}
        return ManyOut(
            cases=counts.done,
            by_status=dict(sorted(counts.by_status.items())),
            written=written,
            columns=tuple(ColumnOut(**known[name]) for name in columns),
            rows=None if rows is None else tuple(map(dict, rows)),
        )

    return Document(
        question=job.question,
        title=say("Plans of {name}", name=name),
        sections=[Section("", list(_said(counts, rows, written))), Section(say("Plans"), list(_table(columns, rows)))],
        outputs=outputs,
        grounds=Grounds(catalogue, inputs, inputs),
    )


def status_table(counts: Counts) -> Table:
    """How many cases have which status, and what that means."""
    heads = [left(say("status")), right(say("cases")), left(say("meaning"))]
    return Table(heads, [(name, f"{count:,}", MEANINGS[name]) for name, count in sorted(counts.by_status.items())])


def _said(counts: Counts, rows: Sequence[Any] | None, written: Sequence[str]) -> Iterator[Line | Table]:
    yield status_table(counts)
    if rows is not None and len(rows) < counts.done:
        yield Line(say("Shown: the first {shown:,} of {rows:,} rows.", shown=len(rows), rows=counts.done))
    for name in written:
        yield Line(say("Written: {written}", written=name))


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]] | None) -> Iterator[Table]:
    """The rows as a table, figures to the right."""
    if not rows:
        return
    numbers = {field["name"] for field in fields(row_type_of(columns)) if field["type"] in ("integer", "number")}
    heads = [right(name) if name in numbers else left(name) for name in columns]
    yield Table(heads, [tuple(cell(row.get(name)) for name in columns) for row in rows])
