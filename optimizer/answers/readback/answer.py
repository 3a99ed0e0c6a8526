"""A plan file that was checked: that its plans stand, or what is wrong, and everything that was compared."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Literal

from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.answers.form.shapes import Shape, cell, entry
from optimizer.answers.readback.check import BEST, REST, SETTLED, WHOLE, Check, Checked
from optimizer.catalogue import Catalogue
from optimizer.units.language import mark, say

STANDS = mark(
    "The plan is confirmed: every limit is met and every figure of the plan was recalculated in exact arithmetic."
)
PROVED = mark("No plan is better: this was proven again.")
SAME = mark("Every other value of the file is the same as in the answer to its question now.")
UNCHANGED = mark("The file was not changed after it was written.")
LEFT = mark("The rest of the file was not checked.")
MOST_VALUES = 5
"""Values that are not those of the answer now, of which each has a line; JSON and CSV have all."""


class CheckOut(Shape):
    """One thing that was checked."""

    part: str = entry("which plan of the answer; settled: the case with all defaults filled in")
    check: str = entry("what was checked; of a value its place in the plan, such as items.0.servers", path="name")
    reported: str | None = cell("the value in the file; empty if no single value was checked")
    recomputed: str | None = cell("the same, from the data and from the servers and days of the file")
    wrong: str = entry("what is wrong; empty if nothing is")


class VerifyOut(Shape):
    """What was found."""

    status: Literal["right", "wrong"]
    question: str = entry("whose answer the file holds: plan or consortium")
    wrong: tuple[str, ...] = entry("all that is wrong, in words")
    checks: tuple[CheckOut, ...]


def document(checked: Checked, catalogue: Catalogue) -> Document:
    """That the plans of a file stand, or what is wrong with them."""
    asked = {"plan_file": checked.file}
    lines = [Line(words, "bad", level=0) for words in _wrong(checked)]
    return Document(
        question="verify",
        title="",
        sections=[Section("", lines or _verified(checked)), Section("", [_table(checked)])],
        outputs=partial(_outputs, checked),
        grounds=Grounds(catalogue, asked, asked),
        messages=checked.warnings,
        notes=tuple(say("Warning: {words}", words=words) for words in checked.warnings),
        rows=Rows("checks", "Checks of a plan file", CheckOut, partial(_rows, checked)),
        verdict="wrong" if lines else "answer",
    )


def _wrong(checked: Checked) -> Iterator[str]:
    """What is wrong: first what is no value, which mostly is why the values differ; of many of these the first."""
    causes = [check.wrong for check in checked.checks if check.wrong and check.part != REST]
    values = [check.wrong for check in checked.checks if check.wrong and check.part == REST]
    shown = values if len(values) <= MOST_VALUES else values[: MOST_VALUES - 1]
    yield from (say("Wrong: {words}", words=words) for words in dict.fromkeys((*causes, *shown)))
    if left := len(values) - len(shown):
        yield say("Wrong: {count} more values are not those that follow from the inputs; --json lists them", count=left)


def _verified(checked: Checked) -> list[Line]:
    """That the plans stand, and what was checked next to them."""
    parts = {check.part for check in checked.checks}
    names = {check.name for check in checked.checks}
    said = [
        say(STANDS),
        *[say(PROVED)] * (BEST in names),
        *[say(SAME)] * (REST in parts),
        *[say(UNCHANGED)] * (WHOLE in parts),
    ]
    return [Line(words, level=0) for words in (said if {REST, WHOLE} & parts else [*said, say(LEFT)])]


def _outputs(checked: Checked) -> VerifyOut:
    return VerifyOut.model_validate(
        {
            "status": "wrong" if checked.wrong else "right",
            "question": checked.question,
            "wrong": checked.wrong,
            "checks": checked.checks,
        }
    )


def _rows(checked: Checked) -> Iterator[CheckOut]:
    yield from map(CheckOut.model_validate, checked.checks)


def _table(checked: Checked) -> Table:
    """How much was checked, and how much of it is wrong, by part and kind."""
    groups: dict[str, list[Check]] = {}
    for check in checked.checks:
        groups.setdefault(_group(check), []).append(check)
    lines = [(name, str(len(found)), str(sum(bool(check.wrong) for check in found))) for name, found in groups.items()]
    return Table([left(say("checked")), right(say("checks")), right(say("wrong"))], lines)


def _group(check: Check) -> str:
    if check.part == SETTLED:
        return say("the completed {check_name}, from the inputs", check_name=check.name)
    if check.part in (WHOLE, REST):
        return check.part
    return say("{part}: {check_name}", part=check.part, check_name=check.name if check.reported is None else "values")
