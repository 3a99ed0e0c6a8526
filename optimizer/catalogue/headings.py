"""The headings of a table: how they may be written, and which columns it knows."""

from __future__ import annotations

from dataclasses import replace

from pydantic import BaseModel

from optimizer.domain.case_names import LIKELY
from optimizer.domain.row_rules import NO_COLUMN
from optimizer.errors import Problem
from optimizer.units.language import say

MAX_COLUMNS = 200
REMARK = "_"
"""A column of cases that begins so is the user's own: it is passed over."""
_SHOWN = 24
"""Known columns that an error names."""


_NO_WORDS = str.maketrans("-()[]", "     ")


def column_of(cell: str) -> str:
    """A column's name as the tables have it, from a header however it is written: Case_ID, max-mw, "Max (MW)"."""
    return "_".join(cell.strip().lower().translate(_NO_WORDS).split())


def check_header(
    header: tuple[str, ...], row_type: type[BaseModel], name: str, also: tuple[str, ...] = ()
) -> list[Problem]:
    """Missing required columns and unknown ones, with the nearest known name.

    Args:
        header: of the file.
        row_type: its fields are the columns.
        name: of the file.
        also: further columns that are read.
    """
    if len(header) > MAX_COLUMNS:
        return [
            Problem(
                say(
                    "has {header:,} columns, and at most {max_columns} are read",
                    header=len(header),
                    max_columns=MAX_COLUMNS,
                ),
                file=name,
                line=1,
            )
        ]
    fields = row_type.model_fields
    problems = [
        Problem(say("is missing from the header"), file=name, line=1, column=field)
        for field, info in fields.items()
        if info.is_required() and field not in header
    ]
    known = (*fields, *also)
    of_cases = "case_id" in fields
    for cell in header:
        if cell not in known and not (of_cases and cell.startswith(REMARK)):
            from difflib import get_close_matches

            likely = LIKELY.get(cell)
            near = [likely] if likely in known else get_close_matches(cell, known, 1)
            shown = (*known[:_SHOWN], *["..."] * (len(known) > _SHOWN))
            remedy = (
                say("did you mean {near}?", near=near[0])
                if near
                else say("known columns: {fields}", fields=", ".join(shown))
            )
            problem = Problem(say(NO_COLUMN), file=name, line=1, column=cell, remedy=remedy)
            if of_cases and not near:
                own = Problem(say("leave it out, or name it {name} so that it is ignored", name=REMARK + cell))
                problem = replace(problem, remedy=f"{own.rule}; {remedy}")
            problems.append(problem)
    return problems
