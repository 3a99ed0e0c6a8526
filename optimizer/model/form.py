"""What a model is written down in: columns, rows and an objective, whatever becomes of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from optimizer.model.arrays import row_factor

Column = Any
"""A variable, as the form has it."""
Term = tuple[Column, float]
Kind = Literal["real", "integer", "binary"]


class Form(ABC):
    """A model as it is written down. Columns and rows keep the order in which they are added."""

    n: Mapping[int, Column]
    z: Mapping[int, Column]
    v: Mapping[int, Column]
    c: Mapping[tuple[int, int], Column]
    q: Mapping[tuple[int, int], Column]
    p: Mapping[int, Column]
    x: Mapping[int, Column]
    g: Mapping[int, Column]
    T: Column
    y: Column
    length: Column
    late: Column

    @abstractmethod
    def columns(
        self, name: str, upper: Mapping[Any, float], *, lower: float = 0.0, kind: Kind = "real"
    ) -> Mapping[Any, Column]:
        """Further variables of one name, one a key, with their bounds, in the unit of the variable."""

    @abstractmethod
    def column(self, name: str, upper: float = 1.0, *, lower: float = 0.0, kind: Kind = "real") -> Column:
        """One further variable, with its bounds, in its unit."""

    def add(self, family: str, sense: str, bound: float, terms: Iterable[Term]) -> None:
        """A row: ``terms`` <= or >= ``bound``, in the unit of the row, then scaled by a power of two into the range
        that the solver is trusted with.

        Raises:
            ScaleError: its figures are too far apart.
        """
        terms = list(terms)
        factor = row_factor([abs(c) for _, c in terms], bound, "a row")
        self.add_scaled(family, sense, bound * factor, [(v, c * factor) for v, c in terms])

    @abstractmethod
    def add_scaled(self, family: str, sense: str, bound: float, terms: list[Term]) -> None:
        """A row that is scaled already, its bound too, in the unit of the row."""

    @abstractmethod
    def minimise(self, terms: list[Term], factor: float, cutoff: float | None) -> None:
        """The objective, scaled by ``factor`` already; only what is not above ``cutoff`` is searched for."""
