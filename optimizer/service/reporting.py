"""The report to forward: of one case, from flags or a file, or of a file of plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.errors import DataError, InputError, Problem, UsageError, unreadable_words
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import mark, say

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.answers.form.document import Document
    from optimizer.answers.report import Chapter
    from optimizer.catalogue import Catalogue
    from optimizer.domain import Case

TRADES = (("cost", "days"), ("peak_power", "cost"))
"""The trade-offs that a report shows."""
POINTS, NEAR = 20, 10
"""Points of a trade-off, and how near other plans must be, per cent."""


@question(
    "report",
    "Plan",
    Parameter(
        "file",
        "A plans file of batch or sweep, a file with one case, or a plan's JSON.",
        "argument",
        "[FILE]",
        is_table=True,
    ),
    Parameter("by", "For a plans file: the column to rank by; by default that of the objective.", "text", "COLUMN"),
    outputs=("answers.plan.outputs:PlanAnswerOut", "answers.comparisons.ranking:RankingOut"),
    rows=("answers.plan.row:PlanRow", "answers.comparisons.ranking:RankedRow"),
    progress=mark("steps"),
)
def report(asked: Asked) -> Document:
    """Write a report to forward: the decision, and everything that it is based on.

    For one case, in flags or in a file: the plan, its costs, limits and odds, the trade-offs, what changes the cost,
    the alternatives, what was assumed, the source of every figure and the proof. For a plans file of batch or sweep:
    the ranking, a map, which limits bind, and every country. With -o report.html it is one file that you can send by
    mail and print.

    \b
    optimizer report --country MX --max-mw 1 --deadline 120d -o report.html
    optimizer report case.csv -o report.html
    optimizer sweep --country all --max-mw 1 --deadline 120d -o plans.csv
    optimizer report plans.csv -o report.html
    """
    from optimizer.service.plan_files import as_plans, read_table

    name = asked.own["file"]
    if name is None:
        if asked.own["by"] is not None:
            raise UsageError.say("--by ranks the plans of a file: name the file, too")
        return _of_case(asked.case(), asked)
    if given := {field for field, value in asked.fields.items() if value not in (None, False, ())}:
        rule = say("is in the file: give a file or flags")
        raise InputError(Problem(rule, column=field) for field in sorted(given))
    if isinstance(name, str) and Path(name).suffix.lower() == ".json":
        return _of_case(_case_of_json(Path(name), asked), asked)
    table, called = read_table(name)
    if "status" in table.columns or not isinstance(name, str):  # which no case has
        return report_on_plans(as_plans(table, called), called, asked.own["by"], asked.catalogue)
    if asked.own["by"] is not None:
        raise UsageError.say("--by ranks plans, and {name} has cases", name=name)
    return _of_case(_only_case(name), asked)


def _of_case(case: Case, asked: Asked) -> Document:
    """The plan of a case, and what else is known of it."""
    from optimizer.answers.report import document
    from optimizer.service.planning import planned

    plan = planned(case, asked.catalogue, asked)
    notes = []
    central = case.changed(mix=None, confidence=None)
    if (case.mix or 1) > 1 or case.confidence is not None:
        notes.append(say("They are for one kind of server, at the central value of every figure."))
    return document(plan, list(_chapters(central, asked, has_plan=plan.verdict == "answer")), notes)


def _chapters(case: Case, asked: Asked, *, has_plan: bool) -> Iterator[Chapter]:
    from decimal import Decimal

    from optimizer.answers.curves import frontier
    from optimizer.answers.plan import alternatives
    from optimizer.answers.report import Chapter
    from optimizer.answers.sensitivity import answer as sensitivity
    from optimizer.insight.alternatives import what_else
    from optimizer.insight.curves.frontier import frontier as curve
    from optimizer.service.explaining import explain_case
    from optimizer.uncertainty.tornado import tornado

    known = asked.catalogue
    if not has_plan:
        yield Chapter(say("Why there is no plan"), explain_case(case, known), 1, -1)
        return
    for first, second in TRADES:
        words = {"first": frontier.NAMES[first], "second": frontier.NAMES[second]}
        title = say("Trade-off: {first} against {second}", **words)
        yield Chapter(title, frontier.document(curve(case, known, first, second, POINTS)))
    quiet = asked.progress or (lambda done, total: None)
    yield Chapter(say("What changes the cost"), sensitivity.document(tornado(case, known, (), quiet)), 1)
    found = what_else(case, known, within=Decimal(NEAR))
    yield Chapter(say("Alternatives"), alternatives.document(found), 1, -1)


def report_on_plans(table: pd.DataFrame, name: str, by: str | None, catalogue: Catalogue) -> Document:
    """The report of a table of plans.

    Args:
        table: as ``read_plans`` gives it.
        name: of its file.
        by: the column that is ranked by; by default that of the objective.
        catalogue: the data, for names and sources.

    Raises:
        UsageError: a column that is not there, or plans of several objectives without ``by``.
    """
    from optimizer.answers.comparisons.plans_report import document
    from optimizer.render.sources import NamedSources

    named = NamedSources(catalogue)
    for row in table.astype(object).where(table.notna(), None).to_dict("records"):
        named.add({str(column): value for column, value in row.items()})
    lines = [line[:-1] for line in named.lines()]
    return document(table, name, by, lines, catalogue)


def _only_case(name: str) -> Case:
    """The case of a file with one.

    Raises:
        DataError: it cannot be read, has several cases, or its case cannot be read.
    """
    from optimizer.batch.cases import entry_of
    from optimizer.batch.source import open_source

    lines = iter(open_source(name))
    entry, further = entry_of(next(lines)), next(lines, None)
    if further is not None:
        remedy = say("solve it with optimizer batch, then report on the plans")
        raise DataError.at(say("has several cases"), file=Path(name).name, remedy=remedy)
    if entry.case is None:
        raise DataError(entry.problems)
    return entry.case


def _case_of_json(path: Path, asked: Asked) -> Case:
    """The case of an answer that was written with ``--json``.

    Raises:
        DataError: it is no such answer.
    """
    import json

    from optimizer.catalogue.tables import read_text
    from optimizer.service.case_text import read_case

    try:
        found: Any = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise DataError.at(
            say("is not readable JSON: {error}", error=unreadable_words(error)), file=path.name
        ) from error
    inputs = found.get("inputs") if isinstance(found, dict) else None
    if not isinstance(inputs, Mapping):
        raise DataError.at(say("is not an answer that was written with --json"), file=path.name)
    return read_case({str(name): value for name, value in inputs.items()}, asked.catalogue, asked.today)
