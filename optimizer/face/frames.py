"""Tables as pandas has them: numbers as numbers, missing as missing; and what is ranked and counted in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any, overload

from pydantic import BaseModel

from optimizer.answers.comparisons.ranking import check_columns, ranked
from optimizer.answers.form.document import Document
from optimizer.answers.plan.planned_row import row_of
from optimizer.answers.plan.row import PlanRow
from optimizer.catalogue import Catalogue
from optimizer.catalogue.data_argument import catalogue_of
from optimizer.catalogue.load import TABLES
from optimizer.catalogue.rows import read_rows
from optimizer.catalogue.tables import suggestion
from optimizer.domain import Case
from optimizer.domain.base import WithSubstitutes
from optimizer.errors import DataError, InputError, Problem, UsageError, described
from optimizer.face.asking import answer
from optimizer.face.remedies import as_written
from optimizer.face.values import by_field
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.question.asking import Asked
from optimizer.reference.row_types import row_types
from optimizer.render.csv import frictionless_type
from optimizer.solve.planner import prepare
from optimizer.units.language import say

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.power.outcome import AnyOutcome

DTYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean", "string": "string"}
"""Type of a column in the schema of its rows -> in a table of pandas: each has a value for what is missing."""


def frame(
    what: str | Document | AnyOutcome | Asked | Iterable[AnyOutcome | Asked | PlanRow],
    catalogue: Catalogue | None = None,
    **values: Any,
) -> pd.DataFrame:
    """Answers as a table.

    Args:
        what: outcomes (one row each, with the columns of the plan CSV), an answer, or the name of a question, whose
            rows they are: ``frame("frontier", first="cost", second="days", country="MX", max_mw=2)``.
        catalogue: the data, where a question is named.
        values: fields of the case and parameters of the question.

    Raises:
        UsageError: no such question.
        InputError: values that cannot be read.

    Example:
        >>> import optimizer
        >>> curve = optimizer.frame("frontier", first="cost", second="days", country="MX", max_mw=2, points=3)
        >>> bool(curve["cost_usd"].is_monotonic_increasing), str(curve["days"].dtype)
        (True, 'Int64')
    """
    if isinstance(what, str):
        what = answer(what, catalogue=catalogue, **values)
    elif values:
        raise InputError(Problem(say("needs the name of a question"), column=name) for name in values)
    catalogue_of(catalogue)
    if isinstance(what, Document):
        if what.rows is None:
            raise UsageError(say("{what} has no rows", what=what.question))
        return frame_of(what.rows.row_type, what.rows.make())
    from optimizer.batch.row_types import widest

    outcomes = what if isinstance(what, Iterable) and not isinstance(what, _NO_LISTS) else [what]
    return frame_of(*widest(map(_plan_row, outcomes, count())))


_NO_LISTS = (bytes, Mapping, BaseModel)


def _plan_row(outcome: Any, position: int) -> PlanRow:
    from optimizer.power.plan import NotFed, PowerPlan

    if isinstance(outcome, Asked):
        outcome = outcome.outcome
    if isinstance(outcome, PlanRow):
        return outcome
    if not isinstance(outcome, Plan | Infeasible | PowerPlan | NotFed):
        raise UsageError(
            say(
                "a table is made of outcomes, an answer or the name of a question, not of {value}",
                value=described(outcome),
            )
        )
    asked = outcome.setting.asked
    name = asked.case_id or str(position)
    if isinstance(outcome, Plan | Infeasible):
        return row_of(name, prepare(asked, outcome.setting.catalogue), outcome)
    from optimizer.answers.power.row import power_row

    return power_row(name, outcome)


def frame_of(row_type: type[BaseModel], rows: Iterable[BaseModel]) -> pd.DataFrame:
    """Rows of a type as a table: a column for every field, in their order, with the type that the schema gives it."""
    import pandas as pd

    read = list(rows)
    columns = {}
    for name, info in row_type.model_fields.items():
        dtype = DTYPES[frictionless_type(info.annotation)]
        columns[name] = pd.array([_cell(getattr(row, name), dtype) for row in read], dtype=dtype)
    return pd.DataFrame(columns)


def floats(known: pd.DataFrame) -> pd.DataFrame:
    """The same table with every number a float, so that all of pandas and matplotlib takes it; missing is NaN."""
    import pandas as pd

    numeric = [str(name) for name in known.columns if pd.api.types.is_numeric_dtype(known[name])]
    flags = [name for name in numeric if pd.api.types.is_bool_dtype(known[name])]
    return known.astype({name: "float64" for name in numeric if name not in flags})


def _cell(value: Any, dtype: str) -> Any:
    """A value as a column of that type has it: None of what is missing, an empty text too."""
    if dtype == "string":
        text = ";".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
        return text or None
    return float(value) if isinstance(value, Decimal) else value


def table(name: str, catalogue: Catalogue | None = None) -> pd.DataFrame:
    """A table of the data: ``table("accelerators")``; its columns are described by ``optimizer data dictionary``.

    Args:
        name: of the table; ``optimizer data list tables`` lists them.
        catalogue: the data; by default those shipped with the package.

    Raises:
        UsageError: no such table.
        DataError: the data folder does not have it.

    Example:
        >>> import optimizer
        >>> bool((optimizer.table("accelerators").set_index("id")["memory_gb"] > 0).any())  # GB
        True
    """
    known, kinds = catalogue_of(catalogue), row_types()
    if not isinstance(name, str) or name not in kinds:
        written = described(name)
        raise UsageError(say('there is no table "{name}"; {name_2}', name=written, name_2=suggestion(written, kinds)))
    found = frame_of(kinds[name], known.rows(name) if name in TABLES else _rows_read(known, name, kinds[name]))
    # what identifies a row first, where it comes from last
    return found[sorted(found.columns, key=lambda column: column in WithSubstitutes.model_fields)]


def _rows_read(catalogue: Catalogue, name: str, kind: type[BaseModel]) -> list[BaseModel]:
    """The rows of a table on which no plan depends, or that only a site with a supply of its own needs."""
    problems: list[Problem] = []
    rows = read_rows(catalogue.folder / f"{name}.csv", kind, problems)
    if problems:
        raise DataError(problems)
    return rows


@overload
def compare(
    plans: pd.DataFrame | Iterable[AnyOutcome], by: str | None = ..., within: str | Iterable[str] = ...
) -> pd.DataFrame: ...
@overload
def compare(
    plans: Case | Mapping[str, Any] | None = ..., *, catalogue: Catalogue | None = ..., **axes: Any
) -> Document: ...
def compare(
    plans: Any = None,
    by: str | None = None,
    within: str | Iterable[str] = (),
    *,
    catalogue: Catalogue | None = None,
    **axes: Any,
) -> pd.DataFrame | Document:
    """Cases side by side, ranked: ``optimizer.compare(country=["BR", "MX"])``, the answer of ``optimizer compare``.

    Plans that are there already are ranked, too: each with its place, its difference to the best, and how many times
    the best it is. ``optimizer.rank(plans)`` is the answer of ``optimizer rank`` for them.

    Args:
        plans: outcomes, or a table of plans (of :func:`frame`, or of a plans file that was read); or a case, whose
            fields hold where the axes say nothing.
        by: the column that is compared; by default that of the objective, which all must share.
        within: columns within whose values plans are ranked apart, such as ``["country"]``.
        catalogue: the data; by default those shipped with the package.
        axes: by field or flag of the case: one value, a list of them, or a text as ``compare`` takes it.

    Returns:
        The answer; of plans the table, best first, with ``rank``, ``difference`` (in the unit of the column) and
        ``times_the_best``; rows without a plan come last and have none of them.

    Raises:
        UsageError: nothing to compare, an unknown column, or plans of several objectives without ``by``.
        InputError: values that cannot be read, or plans and axes.

    Example:
        >>> import optimizer
        >>> optimizer.compare(country=["BR", "MX"], max_mw=1, deadline="150d").to_frame()["rank"].tolist()
        [1.0, 2.0]
        >>> plans = optimizer.sweep(country=["BR", "MX"], max_mw=1, deadline="150d")
        >>> ranked = optimizer.compare(plans, by="cost_usd")
        >>> ranked["rank"].tolist(), float(ranked["difference"][0])  # places, and USD more than the best
        ([1, 2], 0.0)
    """
    if plans is None or isinstance(plans, Case | Mapping):
        of_plans = {name: value for name, value in (("by", by), ("within", within)) if value not in (None, ())}
        return answer("compare", plans, catalogue, **of_plans, **axes)
    if axes:
        rule = say("is not said of plans that are there: give plans or what to plan")
        raise InputError(Problem(rule, column=name) for name in axes)
    if by is not None and not isinstance(by, str):
        raise UsageError(say("a column is named by a text, not by {value}", value=described(by)))
    return ranked(_table_of(plans), by, _columns(within))


def _table_of(plans: Any) -> pd.DataFrame:
    return plans if hasattr(plans, "columns") else frame(plans)


def _columns(names: Any) -> list[str]:
    """Names of columns: a list of them, or one.

    Raises:
        UsageError: what is no name.
    """
    found = [names] if isinstance(names, str) or not isinstance(names, Iterable) else list(names)
    if wrong := [name for name in found if not isinstance(name, str)]:
        raise UsageError(say("a column is named by a text, not by {value}", value=described(wrong[0])))
    return found


def summarise(plans: pd.DataFrame | Iterable[AnyOutcome], within: str | Iterable[str] = ("country",)) -> pd.DataFrame:
    """How many cases of each group have a plan, and the least, median and greatest cost of these plans.

    Args:
        plans: outcomes, or a table of plans.
        within: the columns whose values make the groups; none of them for one group.

    Returns:
        A row a group: ``cases``, ``plans``, and the costs in USD.

    Raises:
        UsageError: an unknown column.

    Example:
        >>> import optimizer
        >>> plans = optimizer.sweep(country="BR", max_mw=["1 kW", "1 MW"], deadline="150d")
        >>> optimizer.summarise(plans)[["country", "cases", "plans"]].values.tolist()
        [['BR', 2, 1]]
    """
    known, columns = _table_of(plans), _columns(within)
    check_columns(known, (*columns, "status", "cost_usd"))
    groups = known.groupby(columns or (lambda _: 0), dropna=False)
    counted = groups.agg(
        cases=("status", "size"),
        plans=("cost_usd", "count"),
        least_cost_usd=("cost_usd", "min"),
        median_cost_usd=("cost_usd", "median"),
        greatest_cost_usd=("cost_usd", "max"),
    )
    return counted.reset_index(drop=not columns)


def sweep(catalogue: Catalogue | None = None, **axes: Any) -> pd.DataFrame:
    """Every combination of some values, planned, with numbers as floats: ``optimizer.sweep(max_mw=[1, 2])``.

    Args and errors are those of :func:`plan_grid`.

    Example:
        >>> import optimizer
        >>> optimizer.sweep(country="BR", max_mw="0.5:1:0.5", deadline="150d")["max_mw"].tolist()  # MW
        [0.5, 1.0]
    """
    return floats(plan_grid(catalogue, **axes))


def plan_grid(catalogue: Catalogue | None = None, **axes: Any) -> pd.DataFrame:
    """Every combination of some values, planned, as a table of plans: what ``optimizer sweep`` writes.

    Args:
        catalogue: the data; by default those shipped with the package.
        axes: by field or flag of the case: one value, a list of them, or a text as ``sweep`` takes it
            (``"0.5:2:0.5"``, ``"BR,MX"``, ``"all"``).

    Raises:
        DataError: axes that cannot be read, all at once.
        UndecidedError: the proofs of a case do not agree.

    Example:
        >>> import optimizer
        >>> optimizer.plan_grid(country="BR", max_mw=[1, None], deadline="150d")["case_id"].tolist()
        ['1MW', 'no-max-mw']
    """
    from datetime import date

    from optimizer.batch.cases import entry_of
    from optimizer.batch.row_types import widest
    from optimizer.batch.run import row_of as row_of_entry
    from optimizer.batch.sweep.reading import read_sweep

    known = catalogue_of(catalogue)
    with as_written(axes):
        texts = {field: list(_axis(value)) for field, value in by_field(axes).items()}
        sweep = read_sweep(None, texts, known, date.today().isoformat())
    return frame_of(*widest(row_of_entry(entry_of(line), known) for line in sweep))


def _axis(value: Any) -> Iterator[str]:
    """The values of an axis as texts: "none" is no limit."""
    for each in value if isinstance(value, tuple) else (value,):
        yield "none" if each is None else f"{each:f}" if isinstance(each, Decimal) else str(each)
