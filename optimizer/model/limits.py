"""A limit is data: a name, a unit, a bound and what one server of each option uses of it.

Every cap has one shape, ``sum use[o] n[o] <= bound``: the grid, TPP, supply, hire, licence quotas. A limit
that is not given has no row. The deadline, the budget and the memory floor shape other rows of the
model and stand beside them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from optimizer.case.setting import Setting
from optimizer.options import OptionTable
from optimizer.options.performance import Column, memory_needed_gb, work_pflops_days
from optimizer.units import KW_PER_MW

BOUND_SLACK = 1e-12
"""Relative slack of a bound on whole servers, so that a limit met exactly is not lost to rounding; what it lets
through by a hair is caught by the exact verification."""


@dataclass(frozen=True, eq=False)
class Limit:
    """``sum per_server[o] n[o] <= bound`` over the options."""

    name: str
    unit: str
    bound: float
    per_server: Column
    site: int | None = None
    """The site whose servers alone it counts; None for a limit on all."""


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
class Demand:
    """What a case asks of the options: the work, the memory, the time, the money and the caps."""

    work_pflops_days: float
    memory_gb: float
    deadline_days: int
    budget_usd: float | None
    site_setup_usd: float
    training_flop: Decimal
    max_training_flop: Decimal | None
    caps: tuple[Limit, ...]
    sites: Sites | None = None
    """None where there is one site only: what it costs is then paid whatever the plan."""

    @property
    def compute_allowed(self) -> bool:
        """Whether the training compute itself stays under its cap."""
        return self.max_training_flop is None or self.training_flop <= self.max_training_flop


def demand(setting: Setting, table: OptionTable) -> Demand:
    """The limits of a case over its options."""
    case = setting.case
    assert case.deadline_days is not None  # settled
    return Demand(
        work_pflops_days=work_pflops_days(float(setting.training_flop)),
        memory_gb=memory_needed_gb(
            float(setting.workload.params_total_b),
            setting.number("training_bytes_per_parameter"),
            None if setting.adapter_params_b is None else float(setting.adapter_params_b),
            float(setting.way.frozen_bytes_per_parameter or 0),
        ),
        deadline_days=case.deadline_days,
        budget_usd=None if case.budget_usd is None else float(case.budget_usd),
        site_setup_usd=float(case.site_setup_usd or 0),
        training_flop=setting.training_flop,
        max_training_flop=case.max_training_flop,
        caps=tuple(_caps(setting, table)),
    )


def _caps(setting: Setting, table: OptionTable) -> Iterator[Limit]:
    case = setting.case
    touched = _touched(table)
    if case.max_mw is not None:
        yield Limit("grid", "MW", float(case.max_mw), touched.peak_mw)
    if touched.medium_voltage_mw.any():
        assert setting.country.medium_voltage_limit_mw is not None  # options are made so
        yield Limit("connection", "MW", float(setting.country.medium_voltage_limit_mw), touched.medium_voltage_mw)
    if case.max_tpp is not None:
        yield Limit("tpp", "TPP", float(case.max_tpp), table.tpp)
    if case.max_accelerators is not None:
        yield Limit("accelerators", "accelerators", case.max_accelerators, table.devices)
    supply, owned = dict(case.supply), dict(case.owned)
    hire_max = setting.number("hire_max_devices")
    for accelerator, had in touched.devices.items():
        if accelerator in supply:
            if "acquired" in had:
                yield Limit(f"supply:{accelerator}", "accelerators", supply[accelerator], had["acquired"])
        elif "rented" in had:
            yield Limit(f"hire:{accelerator}", "accelerators", hire_max, had["rented"])
        if "owned" in had:
            yield Limit(f"owned:{accelerator}", "accelerators", owned[accelerator], had["owned"])
    for rule, (cap, through) in touched.through.items():
        yield Limit(f"law:{rule}", "TPP", cap, through)


@dataclass(frozen=True, eq=False)
class _Touched:
    """What one server of each option uses of every cap that there may be."""

    peak_mw: Column
    medium_voltage_mw: Column
    devices: Mapping[str, Mapping[str, Column]]
    """By accelerator and by how it is had: acquired (bought or rented), rented or owned; only what there is."""
    through: Mapping[str, tuple[float, Column]]
    """By export rule with a quota: the quota and the TPP under it, TPP."""


def _touched(table: OptionTable) -> _Touched:
    """Worked out once a table: many cases share it."""
    if "touched" not in table.derived:
        table.derived["touched"] = _worked_out(table)
    found: _Touched = table.derived["touched"]
    return found


def _worked_out(table: OptionTable) -> _Touched:
    peak_mw = table.peak_kw / KW_PER_MW
    keys = [option.key for option in table.options]
    devices: dict[str, dict[str, Column]] = {}
    for accelerator in dict.fromkeys(key.accelerator for key in keys):
        of_it = devices[accelerator] = {}
        for how, ways in (("acquired", ("buy", "rent")), ("rented", ("rent",)), ("owned", ("own",))):
            had = np.array([key.accelerator == accelerator and key.procurement in ways for key in keys])
            if had.any():
                of_it[how] = table.devices * had
    through = {}
    for option in table.options:
        rule, cap = option.route.rule, option.route.cap_tpp
        if option.key.procurement != "own" and cap is not None and rule not in through:
            under = np.array([o.route.rule == rule and o.key.procurement != "own" for o in table.options])
            through[rule] = (float(cap), table.tpp * under)
    return _Touched(peak_mw, peak_mw * np.array([key.connection == "mv" for key in keys]), devices, through)


@dataclass(frozen=True, eq=False)
class Bounds:
    """Whole servers of each option, at least and at most, within the caps; none may be used if ``most`` < ``least``."""

    least: NDArray[np.int64]
    most: NDArray[np.int64]


def server_bounds(table: OptionTable, asked: Demand, *, alone: bool) -> Bounds:
    """The tightest bounds on the servers of each option that the caps imply.

    Args:
        alone: whether one option does all the work, so that the memory floor and the edges of its size
            bracket bind it by itself; in a mix they bind the sum.
    """
    most = np.floor(table.max_servers)
    if asked.caps:
        uses = np.stack([cap.per_server for cap in asked.caps])
        bounds = np.array([float(cap.bound) for cap in asked.caps])[:, None]
        fits = np.divide(bounds, uses, out=np.full_like(uses, np.inf), where=uses > 0)
        most = np.minimum(most, np.floor(fits * (1 + BOUND_SLACK)).min(axis=0))
    least = np.ones_like(most)
    if alone:
        least = np.maximum(table.min_servers, np.ceil(asked.memory_gb / table.memory_gb * (1 - BOUND_SLACK)))
    return Bounds(least.astype(np.int64), most.astype(np.int64))


def least_days(work: float, pflops: float) -> int:
    """Fewest whole days in which a fleet of that speed does the work."""
    return max(1, math.ceil(work / pflops * (1 - BOUND_SLACK)))
