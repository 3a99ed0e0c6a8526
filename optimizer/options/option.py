"""An option before its columns are calculated, and one that never enters the model."""

from __future__ import annotations

from optimizer.domain import Accelerator, Efficiency, ModelSize, OptionKey, SizeBracket
from optimizer.domain.reasons import Reason
from optimizer.law.routes import Route
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Hardware:
    """The figures of a server that an assumption set may replace."""

    devices: int
    server_peak_kw: float
    server_electrical_kw: float
    """What the grid must carry; the rated maximum where no other is known."""
    unit_price_usd: float | None
    price_scope: str


@dataclass(frozen=True)
class Option:
    """A row before its columns are computed: the rows of the data folder that it rests on."""

    key: OptionKey
    accelerator: Accelerator
    hardware: Hardware
    efficiency: Efficiency
    bracket: SizeBracket
    model_size: ModelSize
    route: Route
    rent_usd_per_hour: float
    """Of one device, where it is rented."""
    least_days: int = 0
    """Days of every rented server that are paid at least; 0 where a day is."""
    term_days: int = 0
    """Days that a reserved server is paid for, used or not; 0 where none is reserved."""


@dataclass(frozen=True)
class Excluded:
    """An option that never enters the model, and why."""

    accelerator: str
    precision: str
    procurement: str
    reason: Reason
