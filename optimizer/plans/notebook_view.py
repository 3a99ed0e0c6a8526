"""Results that a notebook shows: short in a line, a card in a cell, a table, a picture.

What draws and tabulates them stands above this floor and is named by it: a result alone knows no renderer.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from optimizer.errors import UsageError
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Needed:
    """A limit and its least value at which there would be a plan, all others as they are."""

    limit: str
    """The field of the case: ``max_mw``; of one accelerator with its name: ``supply:h100``."""
    value: Decimal
    unit: str


class Viewer(Protocol):
    """What shows results."""

    def html(self, result: Any) -> str | None:
        """A card; None where what draws it is not installed."""

    def as_dict(self, result: Any) -> dict[str, Any]:
        """The figures as plain Python values."""

    def as_frame(self, result: Any) -> pd.DataFrame:
        """The rows, numbers as floats."""

    def figure(self, result: Any, chart: int) -> Figure:
        """One of its charts."""

    def needs(self, result: Any) -> tuple[Needed, ...]:
        """Of a case without a plan, the limits that would be enough."""


class _Named:
    """The viewer that was named, made when a result is first shown."""

    make: Callable[[], Viewer] | None = None


def name_viewer(make: Callable[[], Viewer]) -> None:
    """Say what shows results; it is made when it is first needed."""
    _Named.make = make


def _viewer() -> Viewer:
    if _Named.make is None:
        raise UsageError.say("import optimizer first: it has what shows a result")
    return _Named.make()


class Viewed:
    """A result that can be looked at in a notebook."""

    def _repr_html_(self) -> str | None:
        """What a notebook shows of it."""
        return _viewer().html(self)

    def to_dict(self) -> dict[str, Any]:
        """Its figures as plain Python values, as JSON has them."""
        return _viewer().as_dict(self)

    def to_frame(self) -> pd.DataFrame:
        """Its rows as a pandas DataFrame, numbers as floats.

        Raises:
            UsageError: it has no rows.
        """
        return _viewer().as_frame(self)

    def plot(self, chart: int = 0) -> Figure:
        """One of its charts, drawn by matplotlib.

        Args:
            chart: its place among the charts, from 0.

        Raises:
            UsageError: it has no such chart, or matplotlib is not installed.
        """
        return _viewer().figure(self, chart)


class NoPlanViewed(Viewed):
    """A case without a plan."""

    @property
    def needs(self) -> tuple[Needed, ...]:
        """What each limit alone would have to be, as numbers; none where no single limit would be enough."""
        return _viewer().needs(self)
