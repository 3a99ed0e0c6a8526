"""What the options of a case have in common in exact figures, calculated once: fractions are slow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from optimizer.exact.figures import ZERO
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Rates:
    """What all servers of a case pay alike, multiplied out once: fractions are slow."""

    energy_usd_per_kw_day: Fraction
    """Over the rated power with the overhead of the hall."""
    colocation_usd_per_it_kw_day: Fraction
    maintenance_per_day: Fraction
    """Over the price of the equipment."""
    tax_ratio: Fraction
    """Duty and taxes over the CIF value."""


@dataclass(frozen=True)
class Server:
    """One server of an accelerator at a site, whatever it does there and however it was come by."""

    devices: int
    it_kw: Fraction
    """Rated, IT side."""
    peak_kw: Fraction
    mean_kw: Fraction
    tpp: Fraction
    memory_gb: Fraction


@dataclass(frozen=True, eq=False)
class Money:
    """What one server costs; its sums are taken over by every option of the same terms."""

    server_terms: Mapping[str, Fraction]
    """Named parts, USD."""
    server_day_terms: Mapping[str, Fraction]
    capital_usd: Fraction
    """Landed price."""

    @cached_property
    def server_usd(self) -> Fraction:
        """Paid per server."""
        return sum(self.server_terms.values(), ZERO)

    @cached_property
    def server_day_usd(self) -> Fraction:
        """Paid per server and day of work."""
        return sum(self.server_day_terms.values(), ZERO)


@dataclass(frozen=True)
class Equipment:
    """One server as it is delivered, before duty and taxes: the same in every country."""

    chips_usd: Fraction
    integration_usd: Fraction
    spares_usd: Fraction
    freight_usd: Fraction

    @cached_property
    def equipment_usd(self) -> Fraction:
        """All but its freight."""
        return self.chips_usd + self.integration_usd + self.spares_usd


@dataclass(frozen=True)
class Shared:
    """What options have in common, calculated once for settings of the same prices, taxes, basis and power."""

    servers: dict[tuple[str, str, int], Server] = field(default_factory=dict)
    """By site, accelerator and machine."""
    money: dict[tuple[object, ...], Money] = field(default_factory=dict)
    """By what names an option but its precision, route and bracket, and by the cost of the network."""
    rates: dict[str, Rates] = field(default_factory=dict)
    """By country."""
    equipment: dict[tuple[str, int, Decimal], Equipment] = field(default_factory=dict)
    """By accelerator, machine and the cost of the network."""
    pflops: dict[tuple[str, int, str, Decimal], Fraction] = field(default_factory=dict)
    """Of a server, by accelerator, machine, precision and the factor of the size of the cluster (0: a factor of 1), for
    one model that is trained in one way."""
