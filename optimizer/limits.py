"""A limit is data: a name, a unit, a bound and what one server of each option uses of it.

Every cap has one shape, ``sum use[o] n[o] <= bound``: the grid, TPP, supply, hire, licence quotas. A limit
that is not given has no row. The deadline, the budget and the memory floor shape other rows of the
model and stand beside them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from optimizer.options import OptionTable
from optimizer.options.performance import Column, memory_needed_gb, work_pflops_days
from optimizer.setting import Setting
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
            float(setting.workload.params_total_b), setting.number("training_bytes_per_parameter")
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
    if case.max_mw is not None:
        yield Limit("grid", "MW", float(case.max_mw), table.peak_kw / KW_PER_MW)
    stepped = np.array([option.key.connection == "mv" for option in table.options])
    if stepped.any():
        assert setting.country.medium_voltage_limit_mw is not None  # options are made so
        bound = float(setting.country.medium_voltage_limit_mw)
        yield Limit("connection", "MW", bound, table.peak_kw / KW_PER_MW * stepped)
    if case.max_tpp is not None:
        yield Limit("tpp", "TPP", float(case.max_tpp), table.tpp)
    if case.max_accelerators is not None:
        yield Limit("accelerators", "accelerators", case.max_accelerators, table.devices)
    supply, owned = dict(case.supply), dict(case.owned)
    hire_max = setting.number("hire_max_devices")
    accelerators = dict.fromkeys(option.key.accelerator for option in table.options)
    for accelerator in accelerators:
        mine = np.array([option.key.accelerator == accelerator for option in table.options])
        had = {way: mine & _has(table, way) for way in ("buy", "rent", "own")}
        if accelerator in supply:
            acquired = had["buy"] | had["rent"]
            if acquired.any():
                yield Limit(f"supply:{accelerator}", "accelerators", supply[accelerator], table.devices * acquired)
        elif had["rent"].any():
            yield Limit(f"hire:{accelerator}", "accelerators", hire_max, table.devices * had["rent"])
        if had["own"].any():
            yield Limit(f"owned:{accelerator}", "accelerators", owned[accelerator], table.devices * had["own"])
    capped = {
        option.route.rule: option.route.cap_tpp
        for option in table.options
        if option.key.procurement != "own" and option.route.cap_tpp is not None
    }
    for rule, cap in capped.items():
        through = np.array([o.route.rule == rule and o.key.procurement != "own" for o in table.options])
        yield Limit(f"law:{rule}", "TPP", float(cap), table.tpp * through)


def _has(table: OptionTable, procurement: str) -> NDArray[np.bool_]:
    return np.array([option.key.procurement == procurement for option in table.options])


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
    for cap in asked.caps:
        with np.errstate(divide="ignore", invalid="ignore"):
            most = np.minimum(
                most, np.where(cap.per_server > 0, np.floor(cap.bound / cap.per_server * (1 + BOUND_SLACK)), most)
            )
    least = np.ones_like(most)
    if alone:
        least = np.maximum(table.min_servers, np.ceil(asked.memory_gb / table.memory_gb * (1 - BOUND_SLACK)))
    return Bounds(least.astype(np.int64), most.astype(np.int64))


def least_days(work: float, pflops: float) -> int:
    """Fewest whole days in which a fleet of that speed does the work."""
    return max(1, math.ceil(work / pflops * (1 - BOUND_SLACK)))
