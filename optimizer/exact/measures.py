"""What a plan has more or less of, and the limits on it, in exact figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from optimizer.domain.limits import Limit
from optimizer.exact.columns import ExactOptions
from optimizer.exact.figures import ZERO, Figures, sum_products
from optimizer.units import how_many
from optimizer.units.records import dataclass

Used = tuple[int, int, Fraction]
"""(index of the option, servers, server-days worked)."""


@dataclass(frozen=True)
class Site:
    """One of several sites: what using it costs."""

    name: str
    setup_usd: Fraction
    staff_usd_per_day: Fraction
    carbon_g_per_kwh: Fraction


@dataclass(frozen=True, eq=False)
class Measure:
    """Something a plan has more or less of: linear in servers, server-days and days, and never falling in them.

    But for what a hire bills at least: there, the greater of the server-days and their minimum counts.
    """

    name: str
    unit: str
    constant: Fraction
    latest: Figures
    """Of what is used, the greatest counts, once: lead times."""
    per_server: Figures
    per_server_day: Figures
    per_day: Fraction
    paid_days: Figures | None = None
    """Of every option, days of each server that are paid at least at ``per_server_day``; None where nothing is."""
    sites: tuple[Site, ...] = ()
    """The site of every option, where using one costs something of its own."""

    def value(self, used: Iterable[Used], days: int) -> Fraction:
        """The measure of a plan: (option, servers, server-days) of every option used, and the days of the run."""
        used = list(used)
        parts: list[tuple[Fraction | int, Fraction | int]] = [(self.constant, 1), (self.per_day, days)]
        latest = ZERO
        for option, servers, server_days in used:
            paid = server_days if self.paid_days is None else max(server_days, self.paid_days[option] * servers)
            parts += ((self.per_server[option], servers), (self.per_server_day[option], paid))
            latest = max(latest, self.latest[option])
        parts.append((latest, 1))
        for site in {self.sites[option] for option, _, _ in used} if self.sites else ():
            parts += ((site.setup_usd, 1), (site.staff_usd_per_day, days))
        return sum_products(*parts)

    @cached_property
    def is_whole(self) -> bool:
        """Whether it is a whole number that a float holds without rounding, of whatever servers and days."""
        rates = (self.constant, self.per_day)
        return (
            all(rate.denominator == 1 for rate in rates)
            and self.latest.whole
            and self.per_server.whole
            and not (self.per_server_day.any or self.sites)
        )

    @property
    def of_servers(self) -> bool:
        """Whether it counts servers and nothing else, whatever they do."""
        others = (self.latest, self.per_server_day)
        return not (self.constant or self.per_day or self.sites or any(figures.any for figures in others))

    def in_unit(self, unit: str) -> Measure:
        """The same in another unit."""
        each = how_many(self.unit, unit)
        if each == 1:
            return self

        return replace(
            self,
            unit=unit,
            constant=self.constant / each,
            latest=self.latest.over(each),
            per_server=self.per_server.over(each),
            per_server_day=self.per_server_day.over(each),
            per_day=self.per_day / each,
        )


@dataclass(frozen=True, eq=False)
class ExactCap:
    """``sum uses[o] n[o] <= bound``, exactly: a limit on the servers, whatever they do."""

    limit: Limit
    bound: Fraction
    uses: Figures

    def __post_init__(self) -> None:
        if not isinstance(self.uses, Figures):
            object.__setattr__(self, "uses", Figures(self.uses))

    def used(self, used: Iterable[Used]) -> Fraction:
        """What some servers use of the limit, in its unit."""
        return sum_products(*((self.uses[option], servers) for option, servers, _ in used))


@dataclass(frozen=True, eq=False)
class ExactCeiling:
    """``measure <= bound``, exactly: a limit on what servers do, too. Both are in the limit's unit."""

    limit: Limit
    bound: Fraction
    measure: Measure


def measure_of(
    name: str, options: ExactOptions, staff_usd_per_day: Fraction, site_setup_usd: Fraction, carbon_g_per_kwh: Fraction
) -> Measure:
    """A measure by name over some options, with its unit: USD, days, kW, kWh or g."""
    zeros = options.nothing
    if name == "cost":
        per_server, per_server_day = options.column("server_usd"), options.column("server_day_usd")
        minimum = options.column("least_days")
        paid = minimum if minimum.any else None
        return Measure(name, "USD", site_setup_usd, zeros, per_server, per_server_day, staff_usd_per_day, paid)
    if name in ("days", "finish"):  # lead times count where the deadline counts from the order: else they are 0
        return Measure(name, "days", ZERO, options.column("lead_days"), zeros, zeros, Fraction(1))
    if name == "energy":
        return Measure(name, "kWh", ZERO, zeros, zeros, options.kwh_per_day, ZERO)
    if name == "carbon":
        return Measure(name, "g", ZERO, zeros, zeros, options.grams_per_day(carbon_g_per_kwh), ZERO)
    unit, per_server = {
        "servers": ("servers", options.one_each),
        "accelerators": ("accelerators", options.column("acquired")),
        "peak_power": ("kW", options.column("peak_kw")),
        "tpp": ("TPP", options.column("acquired_tpp")),
        "capital": ("USD", options.column("capital_usd")),
    }[name]
    return Measure(name, unit, ZERO, zeros, per_server, zeros, ZERO)
