"""Which rows a batch writes: those of plans, or those of plans with what feeds their site."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, create_model

from optimizer.answers.plan.row import COLUMNS, PlanRow
from optimizer.catalogue.tables import Line
from optimizer.domain import Case
from optimizer.domain.case import FEED_FIELDS
from optimizer.errors import Problem
from optimizer.render.layout import Layout

_OF_PLANS = frozenset(COLUMNS)
_OF_FEED = frozenset(FEED_FIELDS)


def row_type_of(columns: Collection[str]) -> type[PlanRow]:
    """The type of rows that has these columns."""
    if _OF_PLANS.issuperset(columns):
        return PlanRow
    from optimizer.answers.power.row import PowerRow

    return PowerRow


def widened(row: PlanRow, columns: Collection[str]) -> PlanRow:
    """The row with all of these columns: the row of a case without flags of Power has nothing in those of a supply."""
    wanted = row_type_of(columns)
    return row if isinstance(row, wanted) else wanted.model_construct(**row.__dict__)


def with_supply(layout: Layout, first: Line | Problem | None) -> Layout:
    """The layout with the columns of a supply, where the cases have flags of Power and the columns were not chosen."""
    if layout.columns or not isinstance(first, Line) or _OF_FEED.isdisjoint(first.cells):
        return layout
    from optimizer.answers.power.row import PowerRow

    return replace(layout, columns=tuple(PowerRow.model_fields))


def widest(rows: Iterable[PlanRow]) -> tuple[type[PlanRow], list[PlanRow]]:
    """Rows with the columns of all of them, and their type."""
    found = list(rows)
    columns = {name for row_type in {type(row) for row in found} for name in row_type.model_fields}
    return row_type_of(columns), [widened(row, columns) for row in found]


def case_columns() -> type[BaseModel]:
    """The columns of a file of cases: what is asked, and what feeds the site."""
    from optimizer.domain.feed import Feed

    fields = Case.model_fields | {name: Feed.model_fields[name] for name in FEED_FIELDS}
    named: Any = {name: (info.annotation, info) for name, info in fields.items()}
    made: type[BaseModel] = create_model("CaseColumns", **named)
    return made
