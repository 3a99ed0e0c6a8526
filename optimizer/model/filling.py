"""The arrays of a model, filled in directly: what HiGHS is handed.

Building and compiling the model in Pyomo takes longer than solving it. A test compares the two entry by entry, names,
order and scaling included (``tests/engine/test_fast_path.py``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from optimizer.model.arrays import Arrays
from optimizer.model.form import Form, Kind, Term
from optimizer.model.programme import Programme
from optimizer.model.statement import state


def fill(given: Programme) -> Arrays:
    """The arrays of the model of a programme.

    Raises:
        ScaleError: the figures of a row are too far apart to be scaled safely.
    """
    form = _AsArrays()
    state(given, form)
    return form.arrays()


class _AsArrays(Form):
    """A column is its position."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._integer: list[bool] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._row_lower: list[float] = []
        self._row_upper: list[float] = []
        self._starts = [0]
        self._at: list[int] = []
        self._coefficients: list[float] = []
        self._objective: tuple[list[Term], float, float | None] = ([], 1.0, None)

    def columns(
        self, name: str, upper: Mapping[Any, float], *, lower: float = 0.0, kind: Kind = "real"
    ) -> Mapping[Any, int]:
        first, count = len(self._names), len(upper)
        self._names += [
            f"{name}[{','.join(map(str, key))}]" if isinstance(key, tuple) else f"{name}[{key}]" for key in upper
        ]
        self._integer += [kind != "real"] * count
        self._lower += [lower] * count
        self._upper += upper.values()
        return dict(zip(upper, range(first, first + count), strict=True))

    def column(self, name: str, upper: float = 1.0, *, lower: float = 0.0, kind: Kind = "real") -> int:
        self._names.append(name)
        self._integer.append(kind != "real")
        self._lower.append(lower)
        self._upper.append(upper)
        return len(self._names) - 1

    def add_scaled(self, family: str, sense: str, bound: float, terms: list[Term]) -> None:
        self._row_lower.append(-math.inf if sense == "<=" else bound)
        self._row_upper.append(bound if sense == "<=" else math.inf)
        for column, coefficient in terms:
            self._at.append(column)
            self._coefficients.append(coefficient)
        self._starts.append(len(self._at))

    def minimise(self, terms: list[Term], factor: float, cutoff: float | None) -> None:
        self._objective = terms, factor, cutoff

    def arrays(self) -> Arrays:
        """All of it as arrays."""
        terms, factor, cutoff = self._objective
        cost = np.zeros(len(self._names))
        for column, coefficient in terms:
            cost[column] = coefficient
        return Arrays(
            tuple(self._names),
            np.array(self._integer),
            np.array(self._lower),
            np.array(self._upper),
            cost,
            np.array(self._row_lower),
            np.array(self._row_upper),
            np.array(self._starts, dtype=np.int32),
            np.array(self._at, dtype=np.int32),
            np.array(self._coefficients),
            objective_factor=factor,
            cutoff=cutoff,
        )
