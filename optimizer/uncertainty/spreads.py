"""One doubt: figures that move together, each within its own range."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from optimizer.case.what_if import Cell
from optimizer.units.records import dataclass

OF_PLACE = ("countries", "case", "supply", "hire", "committed")
"""Tables whose rows speak of one country; the case's own cell is its import duty or its own offer."""


@dataclass(frozen=True)
class Spread:
    """The range of one figure, and where it stands."""

    cells: tuple[Cell, ...]
    low: Decimal
    central: Decimal
    high: Decimal


@dataclass(frozen=True)
class UncertainInput:
    """One doubt: figures that move together, each within its own range."""

    name: str
    unit: str
    spreads: tuple[Spread, ...]
    factor: bool = False
    """Whether its values multiply what the cells hold."""
    whole: bool = False
    stated: bool = False
    """Whether the user gave the range."""
    estimate: bool = False
    """Whether the data call an end of the range an estimate."""

    @property
    def of_place(self) -> bool:
        """Whether it is about one country (its electricity, wages, duty, offers) rather than the hardware or run."""
        return any(cell.table in OF_PLACE for spread in self.spreads for cell in spread.cells)

    @property
    def low(self) -> tuple[Decimal, ...]:
        """The low end of every range, each in the unit of its column."""
        return tuple(spread.low for spread in self.spreads)

    @property
    def central(self) -> tuple[Decimal, ...]:
        """The centre of every range, each in the unit of its column."""
        return tuple(spread.central for spread in self.spreads)

    @property
    def high(self) -> tuple[Decimal, ...]:
        """The high end of every range, each in the unit of its column."""
        return tuple(spread.high for spread in self.spreads)


Scenario = Mapping[str, tuple[Decimal, ...]]
"""Name of an input -> the value of each of its figures; an input that is not named stays central."""
