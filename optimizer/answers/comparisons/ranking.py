"""A table of plans ranked by one column: each row with its place and its difference to the best."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, RootModel

from optimizer.answers.form.charts import Bar, Ranked
from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section, Table, left, right
from optimizer.answers.form.numbers import megawatts, musd, usd
from optimizer.answers.form.shapes import Shape, cell, entry, like
from optimizer.answers.plan.row import MEANINGS, UNANSWERED, PlanRow, used_in
from optimizer.answers.words.reason_words import CAUSES
from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import suggestion
from optimizer.domain.reasons import Cause
from optimizer.errors import UsageError
from optimizer.units.language import Messages, and_words, say

if TYPE_CHECKING:
    import pandas as pd

MEASURES: Mapping[str, str] = {
    "cost": "cost_usd",
    "days": "days",
    "peak_power": "peak_mw",
    "energy": "energy_gwh",
    "carbon": "carbon_t",
}
"""Objective -> the column that it makes least."""


class RankedRow(Shape):
    """A plan with its place."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    rank: int | None = cell("its place, from 1; empty without a plan")
    case_id: str = entry("name of the case")
    country: str | None = cell("ISO 3166-1 alpha-2 code")
    workload: str | None = like(PlanRow, "workload")
    status: str = like(PlanRow, "status")
    cause: str | None = like(PlanRow, "cause")
    composition: str | None = like(PlanRow, "composition")
    days: int | None = like(PlanRow, "days")
    cost_usd: float | None = like(PlanRow, "cost_usd")
    expected_cost_usd: float | None = like(PlanRow, "expected_cost_usd")
    met_share: float | None = like(PlanRow, "met_share")
    peak_mw: float | None = like(PlanRow, "peak_mw")
    max_mw: float | None = like(PlanRow, "max_mw")
    budget_usd: float | None = like(PlanRow, "budget_usd")
    evidence_grade: str | None = like(PlanRow, "evidence_grade")
    measure: float | None = cell("the column that is ranked by", "as that column")
    difference: float | None = cell("how much more than the best of its group", "as the column that is ranked by")
    times_the_best: float | None = cell("how many times the best of its group", "ratio")


class RankingOut(RootModel[tuple[RankedRow, ...]]):
    """The rows, the best first."""

    model_config = ConfigDict(frozen=True)


def ranked(known: pd.DataFrame, by: str | None, within: Sequence[str]) -> pd.DataFrame:
    """A table of plans with ``rank``, ``difference`` and ``times_the_best``, the best first.

    Args:
        known: the table.
        by: the column that is compared; by default that of the objective, which all must share.
        within: columns within whose values plans are ranked apart.

    Raises:
        UsageError: an unknown column, one without numbers, or plans of several objectives without ``by``.
    """

    column = by or _compared(known)
    check_columns(known, (column, *within))
    if not _has_numbers(known[column]):
        raise UsageError.say('the column "{column}" has no numbers: plans cannot be ranked by it', column=column)
    groups = list(within)
    best = known.groupby(groups, dropna=False)[column].transform("min") if groups else known[column].min()
    places = (known.groupby(groups, dropna=False) if groups else known)[column].rank(method="min")
    found = known.copy().assign(  # a copy is in one piece: a row has a hundred columns
        rank=places.astype("Int64"), difference=known[column] - best, times_the_best=known[column] / best
    )
    return found.sort_values([*groups, "rank"], kind="stable", na_position="last").reset_index(drop=True)


def check_columns(known: pd.DataFrame, names: Iterable[str]) -> None:
    """Check that a table has columns of these names.

    Raises:
        UsageError: the first of the names that no column has, with the nearest one.
    """
    for name in names:
        if name not in known.columns:
            near = suggestion(name, dict.fromkeys(map(str, known.columns)))
            raise UsageError.say('there is no column "{name}"; {name_2}', name=name, name_2=near)


def _has_numbers(values: pd.Series[Any]) -> bool:
    """Whether a column has numbers, all of them finite, or nothing at all."""
    import pandas as pd

    if values.isna().all():
        return bool(pd.api.types.is_numeric_dtype(values))
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    return bool(numeric and values.dropna().abs().max() < math.inf)


def _compared(known: pd.DataFrame) -> str:
    objectives = sorted(set(map(str, known["objective"].dropna()))) if "objective" in known.columns else []
    if len(objectives) > 1:
        raise UsageError.say(
            "the plans have several objectives ({objectives}): say by which column to compare",
            objectives=", ".join(objectives),
        )
    return MEASURES.get(str(objectives[0]), "cost_usd") if objectives else "cost_usd"


_TITLES: Mapping[str, str] = Messages(
    {
        "cost_usd": "cost",
        "days": "days",
        "peak_mw": "peak power",
        "energy_gwh": "energy",
        "carbon_t": "emissions",
        "expected_cost_usd": "expected cost",
    }
)


def _title(column: str) -> str:
    """What a column is called; one of the user's own by its name."""
    return _TITLES.get(column, column)


def document(
    known: pd.DataFrame, name: str, by: str | None, within: Sequence[str], top: int | None, catalogue: Catalogue
) -> Document:
    """The ranking of a file of plans.

    Args:
        known: the table of plans.
        name: of its file.
        by: the column that is ranked by; by default that of the objective.
        within: columns within whose values plans are ranked apart.
        top: the places shown in each group; all by default.
        catalogue: the data, for the names of countries.

    Raises:
        UsageError: as :func:`ranked`.
    """
    column = by or _compared(known)
    table = ranked(known, by, within)
    planned = table[table["rank"].notna()]
    shown = planned if top is None else planned[planned["rank"] <= top]
    without = len(table) - len(planned)
    rows = [_row(record, column) for record in _records(shown if top is not None else table)]
    said = [
        say(
            "{planned:,} of {table:,} cases have a plan; ranked by {column}",
            planned=len(planned),
            table=len(table),
            column=_title(column),
        )
    ]
    if within:
        said[0] += say(", within each {within}", within=", ".join(within))
    if top is not None and len(shown) < len(planned):
        said.append(say("Shown: the first {top} places.", top=top))
    if without:
        said.append(say("{without:,} cases without a plan are not ranked.", without=without))
        said += [say("{count:,} of them: {cause}.", count=count, cause=words) for words, count in causes_in(known)]
    asked = {"file": name, "by": column, "within": list(within), **({} if top is None else {"top": top})}
    return Document(
        question="rank",
        title=say("Ranking of {name} by {column}", name=name, column=_title(column)),
        sections=[
            Section("", [Line(say("{value}.", value=text.rstrip("."))) for text in said]),
            Section("", [chart(rows, column, catalogue)]),
        ],
        outputs=lambda: RankingOut(tuple(rows)),
        grounds=Grounds(catalogue, asked, asked),
        messages=tuple(said),
        rows=Rows("ranking", "Plans ranked", RankedRow, partial(iter, rows)),
        verdict="answer" if len(planned) else "infeasible" if (known["status"] == "infeasible").all() else "wrong",
    )


def causes_in(known: pd.DataFrame) -> list[tuple[str, int]]:
    """Why cases of a table have no plan, in words, with how many, the most frequent first; then what is no answer.

    Of a file that an earlier version wrote, without the column, only the latter.
    """
    found = known["cause"].dropna().value_counts() if "cause" in known.columns else {}
    causes = [(CAUSES[Cause(cause)], int(count)) for cause, count in found.items() if cause in tuple(Cause)]
    others = known["status"].value_counts()
    return causes + [(MEANINGS[status], int(others[status])) for status in UNANSWERED if status in others]


def _records(table: pd.DataFrame) -> Iterable[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return ({str(key): value for key, value in record.items()} for record in plain.to_dict("records"))


def _row(record: dict[str, Any], column: str) -> RankedRow:
    found = {name: record.get(name) for name in RankedRow.model_fields} | {"measure": record[column]}
    for name in ("difference", "times_the_best"):  # what binary fractions add to a subtraction of decimals is no figure
        found[name] = None if record[name] is None else round(float(record[name]), 6)
    return RankedRow.model_validate(found | {name: found[name] or "" for name in ("case_id", "status")})


def _more(row: RankedRow, column: str) -> str:
    """The difference to the best, money rounded up as everywhere."""
    if not row.difference or row.measure is None:
        return ""
    if not column.endswith("_usd"):
        return say("+{difference:,.6g}", difference=row.difference)
    return say("+{amount}", amount=usd(Fraction(f"{row.difference:.2f}")))  # files have cents


UNITS: Mapping[str, str] = {"usd": "USD", "mw": "MW", "gwh": "GWh", "t": "tCO2e"}
"""Units as they are written, by the end of a column's name."""


def unit_of_column(column: str) -> str:
    """The unit in which a column is, by its name."""
    unit = column.rpartition("_")[2]
    return UNITS.get(unit, unit)


def chart(
    rows: Sequence[RankedRow],
    column: str,
    catalogue: Catalogue,
    case: Callable[[RankedRow], str] = lambda row: row.case_id,
) -> Ranked:
    """The ranking as bars, with its table.

    Args:
        rows: of all cases, the best first.
        column: that is ranked by.
        catalogue: the data, for the names of accelerators.
        case: what a case is called.
    """
    planned = [row for row in rows if row.rank is not None]
    columns = [
        right(say("rank")),
        left(say("case")),
        left(say("plan")),
        right(say("days")),
        right(say("cost")),
        right(say("expected")),
        right(say("meets all limits")),
        right("MW"),
        right(say("difference")),
    ]
    cells = [
        (
            *(str(row.rank), case(row), composition_words(row.composition or "", catalogue)),
            "" if row.days is None else str(row.days),
            "" if (cost := used_in(vars(row), "cost_usd")) is None else usd(cost),
            "" if row.expected_cost_usd is None else musd(Fraction(str(row.expected_cost_usd))),
            "" if row.met_share is None else say("{value:.0f} %", value=100 * row.met_share),
            "" if (peak := used_in(vars(row), "peak_mw")) is None else say("{peak_mw:,}", peak_mw=megawatts(peak)),
            _more(row, column),
        )
        for row in planned
    ]
    bars = [Bar(case(row), row.measure) for row in planned]
    return Ranked(say("Plans by {column}", column=_title(column)), unit_of_column(column), bars, Table(columns, cells))


def composition_words(composition: str, catalogue: Catalogue) -> str:
    """What a plan consists of, as the column ``composition`` has it, with plain names: "buy 288 GB200 NVL72 in FP8"."""
    parts = []
    for part in filter(None, composition.split("+")):
        found = _PART.fullmatch(part)
        if found is None:
            return composition
        chip = catalogue.accelerators.get(found["name"])
        parts.append(
            say(
                "{how} {count:,} {name} in {precision}",
                how=say(found["how"]),
                count=int(found["count"]),
                name=found["name"] if chip is None else chip.name,
                precision=found["precision"].upper(),
            )
        )
    return and_words(parts)


_PART = re.compile(r"(?P<count>[0-9]+)x(?P<name>[^/]+)/(?P<precision>[^/]+)/(?P<how>buy|rent|own)")
