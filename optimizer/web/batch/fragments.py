"""A file of cases as a part of the page: how far it is, then what each row came to, and its downloads."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from optimizer.answers.comparisons.ranking import composition_words
from optimizer.answers.form.document import Line, Section, Table, left, right
from optimizer.answers.form.numbers import megawatts, usd
from optimizer.answers.plan.row import PlanRow, Status, used_in
from optimizer.answers.words.place_words import country_words
from optimizer.catalogue import Catalogue
from optimizer.units.language import Messages, say, say_many

if TYPE_CHECKING:
    from optimizer.web.batch.batches import Batch

FILES: Mapping[str, tuple[str, str]] = {
    "report.html": ("whole_report", "text/html; charset=utf-8"),
    "plans.xlsx": ("workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "plans.csv": ("CSV", "text/csv; charset=utf-8"),
    "plans.jsonl": ("JSON", "application/jsonl"),
}
"""Name of a download -> what it is called on the page, and its type."""
EXAMPLE = ("case_id", "country", "workload", "max_mw", "deadline_days", "budget_usd")
"""Columns of the example: those that most files have."""
_RESULTS: Mapping[str, str] = Messages(
    {
        Status.PLAN: "plan",
        Status.INFEASIBLE: "no plan",
        Status.INVALID: "cannot be read",
        Status.UNDECIDED: "undecided",
        Status.CRASHED: "a bug in the program",
        Status.TIMED_OUT: "took too long",
    }
)


def progress_words(batch: Batch) -> str:
    """How far a file is, in a line."""
    if batch.ended is not None and len(batch.rows) == batch.total:
        return say("All {total} rows are done.", total=batch.total)
    words = [say("{done} of {total} rows are done.", done=len(batch.rows), total=batch.total)]
    if (seconds := batch.seconds_left) is not None:
        words.append(say("About {seconds} s are left.", seconds=max(1, round(seconds))))
    return " ".join(words)


def sections(batch: Batch, catalogue: Catalogue) -> Iterator[Section]:
    """What the rows came to: how many have a plan, then each."""
    said = [
        say_many("{count} row: {result}", "{count} rows: {result}", count, result=_RESULTS[status])
        for status, count in batch.counts.items()
    ]
    yield Section("", [*map(Line, said), *(Line(warning, "bad") for warning in batch.sent.warnings)])
    heads = [left(say("case")), left(say("country")), left(say("result"))]
    heads += [right(say("days")), right(say("cost")), right("MW")]
    pairs = zip(batch.rows, batch.reasons, strict=True)
    yield Section(say("Every row"), [Table(heads, [_cells(row, reason, catalogue) for row, reason in pairs])])


def _cells(row: PlanRow, reason: str, catalogue: Catalogue) -> tuple[str, ...]:
    country = catalogue.countries.get(row.country or "")
    name = row.country or "" if country is None else country_words(country)
    if row.status == Status.PLAN:
        words = composition_words(row.composition or "", catalogue)
    else:
        words = f"{_RESULTS[row.status]}: {reason}"
    return (
        *(row.case_id, name, words),
        "" if row.days is None else say("{days:,}", days=row.days),
        "" if (cost := used_in(vars(row), "cost_usd")) is None else usd(cost),
        "" if (peak := used_in(vars(row), "peak_mw")) is None else say("{mw:,}", mw=megawatts(peak)),
    )


def written(batch: Batch, name: str, catalogue: Catalogue) -> bytes:
    """The plans of a file as one of the downloads.

    Raises:
        UsageError: a report of plans that are not ranked by one thing.
    """
    writers: Mapping[str, Callable[[Batch, Catalogue], bytes]] = {
        "report.html": _report,
        "plans.xlsx": partial(_sunk, form="xlsx"),
        "plans.csv": _csv,
        "plans.jsonl": partial(_sunk, form="jsonl"),
    }
    return writers[name](batch, catalogue)


def _csv(batch: Batch, catalogue: Catalogue) -> bytes:
    from optimizer.batch.row_types import widest
    from optimizer.render.csv import csv_lines

    row_type, rows = widest(batch.rows)
    return "".join(csv_lines(rows, row_type.model_fields)).encode()


def _sunk(batch: Batch, catalogue: Catalogue, form: str) -> bytes:
    """As ``optimizer batch`` writes it; a workbook, which people open, in the short view."""
    from dataclasses import replace

    from optimizer.answers.plan.row import SHORT
    from optimizer.batch.forms import sink, tail
    from optimizer.batch.row_types import widest
    from optimizer.render.layout import PLAIN

    row_type, rows = widest(batch.rows)
    columns = (SHORT if form == "xlsx" else ()) if row_type is PlanRow else tuple(row_type.model_fields)
    layout = replace(PLAIN, columns=columns)
    binary = io.BytesIO()
    stream = io.TextIOWrapper(binary, encoding="utf-8", newline="", write_through=True)
    target = sink(stream, form, catalogue, layout)
    target.write([(row.case_id, tail(row, form, layout)) for row in rows])
    target.close()
    return binary.getvalue()


def _report(batch: Batch, catalogue: Catalogue) -> bytes:
    import pandas as pd

    from optimizer.render.html import page
    from optimizer.service.plan_files import as_plans
    from optimizer.service.reporting import report_on_plans

    rows = pd.read_csv(io.BytesIO(_csv(batch, catalogue)), keep_default_na=False, na_values=[""])
    table = as_plans(rows, batch.sent.name)
    return page(report_on_plans(table, batch.sent.name, None, catalogue)).encode()


def example_rows(catalogue: Catalogue) -> Iterable[tuple[str | int | float | None, ...]]:
    """The heading and some rows that show how cells may be written, with a unit or without."""
    workload = catalogue.defaults["workload"].value
    first, second, third = list(catalogue.countries)[:3]
    return (
        EXAMPLE,
        ("first", first, workload, 1, 150, None),
        ("second", second, workload, "2 MW", "5 months", "$50M"),
        ("third", third, workload, 1.5, 365, 40_000_000),
    )


def example(catalogue: Catalogue, form: str) -> bytes:
    """The example as a file: csv or xlsx."""
    rows = example_rows(catalogue)
    if form == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        return text.getvalue().encode()
    from optimizer.render.sheets import open_book

    binary = io.BytesIO()
    book = open_book(binary, say("Cases"), catalogue)
    sheet = book.add_worksheet("cases")
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(EXAMPLE) - 1, 18)
    book.close()
    return binary.getvalue()
