"""Which rows a figure rests on, as data: the ``evidence`` column of efficiency.csv and of the tables of size.

    throughput: accelerator=h100_sxm5_80 precision=bf16 devices>=128; runs: accelerator=gh200 scope=single_run

Clauses are separated by ``;``. Each names a table and conditions that all must hold: ``column=value`` (several values:
``a|b``), ``column>=number``, ``<=``, ``>``, ``<``. A cell that is empty meets no condition. Tables:

    throughput   data/throughput.csv: steady state
    runs         data/real_runs.csv: whole runs
    goodput      data/real_runs.csv: runs that publish both hours and the MFU of their steady state
    efficiency   other rows of data/efficiency.csv, from which the figure is derived
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, cast

from optimizer.domain import Efficiency
from optimizer.domain.base import Sourced
from optimizer.domain.evidence import RealRun, Throughput
from optimizer.errors import DataError
from optimizer.units import parse_decimal
from optimizer.units.language import say
from optimizer.units.records import dataclass
from optimizer.validation.evidence import Evidence

Table = Literal["throughput", "runs", "goodput", "efficiency"]
_CONDITION = re.compile(r"([a-z0-9_]+)(>=|<=|=|>|<)(\S+)")
_ORDER: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_TYPES: Mapping[str, type[Sourced]] = {
    "throughput": Throughput,
    "runs": RealRun,
    "goodput": RealRun,
    "efficiency": Efficiency,
}


@dataclass(frozen=True)
class Condition:
    """One condition on a cell."""

    column: str
    sign: str
    values: tuple[str, ...]

    def matches(self, row: Sourced) -> bool:
        """Whether the row's cell meets it; an empty cell does not."""
        cell = getattr(row, self.column)
        if cell is None or cell == "":
            return False
        if self.sign == "=":
            return str(cell) in self.values
        return _ORDER[self.sign](Decimal(cell), parse_decimal(self.values[0]))


@dataclass(frozen=True)
class Clause:
    """A table and the conditions on its rows."""

    table: Table
    conditions: tuple[Condition, ...]


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a selector.

    Raises:
        DataError: no such table or column, or an unreadable condition.
    """
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        table, colon, rest = part.partition(":")
        if not colon or table not in _TYPES:
            raise _wrong(part, say("must begin with one of {types} and a colon", types=", ".join(_TYPES)))
        conditions = []
        for word in rest.split():
            match = _CONDITION.fullmatch(word)
            if match is None:
                raise _wrong(word, say("must be a condition such as accelerator=h100_sxm5_80 or devices>=128"))
            column, sign, value = match.groups()
            if column not in _TYPES[table].model_fields:
                raise _wrong(word, say("names no column of {table}", table=table))
            if sign != "=":
                try:
                    parse_decimal(value)
                except ValueError as error:
                    raise _wrong(word, str(error)) from error
            conditions.append(Condition(column, sign, tuple(value.split("|"))))
        found.append(Clause(cast(Table, table), tuple(conditions)))
    return tuple(found)


def _wrong(value: str, rule: str) -> DataError:
    return DataError.at(rule, file="efficiency.csv", column="evidence", value=value)


@dataclass(frozen=True)
class Resolved:
    """The rows that an efficiency row rests on, by kind."""

    throughput: tuple[Throughput, ...]
    runs: tuple[RealRun, ...]
    goodput: tuple[RealRun, ...]
    efficiency: tuple[Efficiency, ...]

    @property
    def count(self) -> int:
        """How many rows, those for the goodput alone not counted."""
        return len(self.throughput) + len(self.runs) + len(self.efficiency)


def resolve(row: Efficiency, evidence: Evidence) -> Resolved:
    """The very rows that an efficiency row rests on, each once, in the order of their tables.

    Raises:
        DataError: an unreadable selector, or a clause that finds no row.
    """
    rows = evidence.catalogue.efficiencies.values()
    others = [other for other in rows if other.assumption_set == row.assumption_set and other != row]
    return select(row.evidence, evidence, others)


def select(text: str, evidence: Evidence, efficiency: Sequence[Efficiency] = ()) -> Resolved:
    """The rows that a selector names, each once, in the order of their tables.

    Raises:
        DataError: an unreadable selector, or a clause that finds no row.
    """
    tables: dict[str, Sequence[Any]] = {
        "throughput": evidence.throughput,
        "runs": evidence.runs,
        "goodput": evidence.runs,
        "efficiency": efficiency,
    }
    found: dict[str, dict[int, Any]] = {name: {} for name in tables}
    for clause in clauses(text):
        hits = [row for row in tables[clause.table] if all(condition.matches(row) for condition in clause.conditions)]
        if not hits:
            shown = " ".join(f"{c.column}{c.sign}{'|'.join(c.values)}" for c in clause.conditions)
            raise _wrong(f"{clause.table}: {shown}", say("finds no row"))
        found[clause.table].update({id(hit): hit for hit in hits})
    kept = {name: tuple(other for other in rows if id(other) in found[name]) for name, rows in tables.items()}
    return Resolved(kept["throughput"], kept["runs"], kept["goodput"], kept["efficiency"])
