"""What a plan has more or less of, over the columns of an options table: what a model minimises or bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.limits import Aim
from optimizer.options import OptionTable
from optimizer.options.performance import Column
from optimizer.units import HOURS_PER_DAY, how_many
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False)
class Sites:
    """Several sites that share one run: where each option stands, and what it costs to use a site at all.

    Each site that is used holds the whole model, so the memory floor is that of every site for itself; and each has a
    size bracket and a connection of its own.
    """

    of: NDArray[np.int64]
    """The site of every option."""
    start_days: Column
    """Of every option, the days of the run that are over when its servers begin: delivery by phases."""
    setup_usd: Column
    """Of every site, paid once if it is used."""
    day_usd: Column
    """Of every site, paid for each day of the run if it is used."""
    fewest: int = 1
    """How many sites a plan uses at least."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What the cost and the emissions of a plan depend on next to its servers."""

    site_setup_usd: float
    """Paid whatever the plan."""
    carbon_g_per_kwh: float | Column
    """Of the site's grid, or of that of every option."""
    sites: Sites | None = None
    """None where there is one site only: what it costs is then paid whatever the plan."""


@dataclass(frozen=True, eq=False)
class LinearMeasure:
    """Something to minimise or to bound: linear in use, servers, server-days and days.

    But for what a hire bills at least: there, the greater of the server-days and ``paid_days`` of each server counts.
    """

    name: Aim
    """By which :meth:`optimizer.exact.ExactProblem.measure` knows the same."""
    unit: str
    constant: float
    """Paid or spent whatever the plan is; it is no part of the model, and added to its optimum."""
    latest: Column
    """Once, the greatest of the options that are used: lead times."""
    per_server: Column
    per_server_day: Column
    per_day: float
    paid_days: Column | None = None
    """Of every option, days of each server that are paid at least at ``per_server_day``; None where nothing is."""
    site_once: Column | None = None
    """Of every site, once if it is used; None for a measure that counts no sites."""
    site_day: Column | None = None
    """Of every site, for each day of the run if it is used."""

    @property
    def of_servers(self) -> bool:
        """Whether it counts servers and nothing else, whatever they do."""
        counted = bool(self.constant or self.per_day) or self.site_once is not None
        return not (counted or self.latest.any() or self.per_server_day.any())

    def plus(self, times: float, other: LinearMeasure) -> LinearMeasure:
        """The sum of this and so many times another; its name and unit mean no more than that.

        What a hire bills at least is left out of it, so that it is a lower bound of the sum.
        """

        def both(one: Column | None, two: Column | None) -> Column | None:
            if one is None or two is None:
                return one if two is None else times * two
            return one + times * two

        return replace(
            self,
            constant=self.constant + times * other.constant,
            latest=self.latest + times * other.latest,
            per_server=self.per_server + times * other.per_server,
            per_server_day=self.per_server_day + times * other.per_server_day,
            per_day=self.per_day + times * other.per_day,
            paid_days=None,
            site_once=both(self.site_once, other.site_once),
            site_day=both(self.site_day, other.site_day),
        )

    def in_unit(self, unit: str) -> LinearMeasure:
        """The same in another unit; of a measure that counts no sites."""
        each = how_many(self.unit, unit)
        if each == 1:
            return self
        return replace(
            self,
            unit=unit,
            constant=self.constant / each,
            latest=self.latest / each,
            per_server=self.per_server / each,
            per_server_day=self.per_server_day / each,
            per_day=self.per_day / each,
        )


def measure(table: OptionTable, around: Surroundings, name: str) -> LinearMeasure:
    """A measure by name, as in :meth:`optimizer.exact.ExactProblem.measure`."""
    zero = np.zeros(len(table.options))
    if name == "cost":
        minimum = table.paid_days if table.paid_days.any() else None
        paid = LinearMeasure(
            name, "USD", around.site_setup_usd, zero, table.server_usd, table.server_day_usd, table.day_usd, minimum
        )
        sites = around.sites
        return paid if sites is None else replace(paid, constant=0.0, site_once=sites.setup_usd, site_day=sites.day_usd)
    if name in ("days", "finish"):  # lead times count where the deadline counts from the order: else they are 0
        return LinearMeasure(name, "days", 0.0, table.lead_days, zero, zero, 1.0)
    if name == "energy":
        return LinearMeasure(name, "kWh", 0.0, zero, zero, table.mean_kw * HOURS_PER_DAY, 0.0)
    if name == "carbon":
        grams = table.mean_kw * HOURS_PER_DAY * around.carbon_g_per_kwh
        return LinearMeasure(name, "g", 0.0, zero, zero, grams, 0.0)
    unit, per_server = {
        "servers": ("servers", zero + 1.0),
        "accelerators": ("accelerators", table.acquired),
        "peak_power": ("kW", table.peak_kw),
        "tpp": ("TPP", table.acquired_tpp),
        "capital": ("USD", table.capital_usd),
    }[name]
    return LinearMeasure(name, unit, 0.0, zero, per_server, zero, 0.0)
