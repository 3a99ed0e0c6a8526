"""A limit is data: its name, a bound and what one server of each option uses of it, or the measure that it bounds.

A limit on servers is a cap and has one shape, ``sum use[o] n[o] <= bound``: the grid, TPP, supply, hire, licence
quotas, the price of hardware. A limit on what they do, too, is a ceiling, ``measure <= bound``: the budget, energy,
emissions. A limit that is not given has no row. The deadline and the memory floor shape other rows of the model and
are next to them.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from optimizer.case.rents import hire_most
from optimizer.case.setting import Setting
from optimizer.catalogue.cache import get_or_make
from optimizer.domain.limits import CONNECTION, KINDS, Aim, Limit, measure_limits
from optimizer.model.measures import LinearMeasure, Sites, Surroundings, measure
from optimizer.options import OptionTable
from optimizer.options.performance import Column, memory_needed_gb, work_pflops_days
from optimizer.units import KW_PER_MW
from optimizer.units.records import dataclass

BOUND_SLACK = 1e-12
"""Relative slack of a bound on whole servers, so that a limit met exactly is not lost to rounding; what it lets
through slightly is caught by the exact verification."""


@dataclass(frozen=True, eq=False)
class Cap:
    """``sum per_server[o] n[o] <= bound`` over the options, in the limit's unit."""

    limit: Limit | str
    """Which; or, of a row that follows from others, what it is of."""
    bound: float
    per_server: Column
    site: int | None = None
    """The site whose servers alone it counts; None for a limit on all."""


@dataclass(frozen=True, eq=False)
class Ceiling:
    """``measure <= bound``, both in the limit's unit."""

    limit: Limit | str
    """Which; or the name of a measure that must not rise above a value won before."""
    bound: float
    measure: LinearMeasure


@dataclass(frozen=True, eq=False)
class Demand:
    """What a case asks of the options: the work, the memory, the time and the limits."""

    work_pflops_days: float
    memory_gb: float
    deadline_days: int
    training_flop: Decimal
    max_training_flop: Decimal | None
    around: Surroundings
    ceilings: tuple[Ceiling, ...]
    caps: tuple[Cap, ...]

    @property
    def sites(self) -> Sites | None:
        """The sites of a consortium; None where there is one site only."""
        return self.around.sites

    @property
    def compute_allowed(self) -> bool:
        """Whether the training compute itself stays under its cap."""
        return self.max_training_flop is None or self.training_flop <= self.max_training_flop

    def measure(self, table: OptionTable, aim: Aim) -> LinearMeasure:
        """A measure by name, or what a limit bounds, in the limit's unit."""
        if isinstance(aim, str):
            return measure(table, self.around, aim)
        for cap in self.caps:
            if cap.limit == aim:
                zero = np.zeros(len(table.options))
                return LinearMeasure(aim, aim.unit, 0.0, zero, cap.per_server, zero, 0.0)
        return replace(measure(table, self.around, aim.described.measure).in_unit(aim.unit), name=aim)


def demand(setting: Setting, table: OptionTable) -> Demand:
    """The limits of a case over its options."""
    case = setting.case
    assert case.deadline_days is not None  # settled
    around = Surroundings(float(case.site_setup_usd or 0), float(setting.country.grid_carbon_g_per_kwh))
    ceilings, caps = bound_measures(table, around, measure_limits(case))
    return Demand(
        work_pflops_days=work_pflops_days(float(setting.training_flop)),
        memory_gb=memory_needed_gb(
            float(setting.workload.params_total_b),
            setting.number("training_bytes_per_parameter"),
            None if setting.adapter_params_b is None else float(setting.adapter_params_b),
            float(setting.way.frozen_bytes_per_parameter or 0),
        ),
        deadline_days=case.deadline_days,
        training_flop=setting.training_flop,
        max_training_flop=case.max_training_flop,
        around=around,
        ceilings=ceilings,
        caps=tuple(sorted((*caps, *_cached_caps(setting, table)), key=_of_the_whole_first)),
    )


def bound_measures(
    table: OptionTable, around: Surroundings, given: Iterable[tuple[Limit, Decimal]]
) -> tuple[tuple[Ceiling, ...], tuple[Cap, ...]]:
    """Limits on measures of all servers together: caps where the measure counts servers alone, else ceilings.

    Args:
        given: as :func:`optimizer.domain.limits.measure_limits` has them, in the unit of each limit.
    """
    ceilings: list[Ceiling] = []
    caps: list[Cap] = []
    for limit, value in given:
        what = measure(table, around, limit.described.measure).in_unit(limit.unit)
        if what.of_servers:
            caps.append(Cap(limit, float(value), what.per_server))
        else:
            ceilings.append(Ceiling(limit, float(value), what))
    return tuple(ceilings), tuple(caps)


def _of_the_whole_first(cap: Cap) -> int:
    """Limits of the whole case, and of its site, in their order; then all others as they come."""
    assert isinstance(cap.limit, Limit)
    return _ORDER[cap.limit.kind] if cap.limit.described.scope in ("case", "site") else len(_ORDER)


_ORDER = {name: place for place, name in enumerate(KINDS)}


def _cached_caps(setting: Setting, table: OptionTable) -> tuple[Cap, ...]:
    """The limits on some of the servers; made once for all cases that share the options."""
    kept: dict[Hashable, tuple[Cap, ...]] = table.derived.setdefault("caps", {})
    name = (setting.country.id, setting.case.supply, setting.case.owned)
    return get_or_make(kept, name, lambda: tuple(_caps(setting, table)), MOST_KEPT)


MOST_KEPT = 8
"""Supplies, and machines owned, for which the caps of some options are kept."""


def _caps(setting: Setting, table: OptionTable) -> Iterator[Cap]:
    """Every limit on some of the servers, from the case and the data."""
    case = setting.case
    touched = _touched(table)
    if touched.medium_voltage_mw.any():
        assert setting.country.medium_voltage_limit_mw is not None  # options are made so
        yield Cap(CONNECTION, float(setting.country.medium_voltage_limit_mw), touched.medium_voltage_mw)
    supply, owned = dict(case.supply), dict(case.owned)
    for accelerator, had in touched.devices.items():
        if accelerator in supply:
            if "acquired" in had:
                yield Cap(Limit("supply", accelerator), supply[accelerator], had["acquired"])
        elif "rented" in had and accelerator not in setting.supplied:
            yield Cap(Limit("hire", accelerator), hire_most(setting, accelerator), had["rented"])
        if "owned" in had:
            yield Cap(Limit("owned", accelerator), owned[accelerator], had["owned"])
    for family, count in supply.items():  # one limit on all its forms together
        forms = [touched.devices[form] for form in setting.catalogue.forms_of(family) if form in touched.devices]
        if family not in touched.devices and (had_of := [had["acquired"] for had in forms if "acquired" in had]):
            yield Cap(Limit("supply", family), count, np.sum(had_of, axis=0))
    for rule, (cap, through) in touched.through.items():
        yield Cap(Limit("law", rule=rule), cap, through)


@dataclass(frozen=True, eq=False)
class _Touched:
    """What one server of each option uses of every cap that there may be."""

    medium_voltage_mw: Column
    devices: Mapping[str, Mapping[str, Column]]
    """By accelerator and by how it is had: acquired (bought or rented), rented or owned; only what there is."""
    through: Mapping[str, tuple[float, Column]]
    """By export rule with a quota: the quota and the TPP under it, TPP."""


def _touched(table: OptionTable) -> _Touched:
    """Calculated once a table: many cases share it."""
    if "touched" not in table.derived:
        table.derived["touched"] = _worked_out(table)
    found: _Touched = table.derived["touched"]
    return found


def _worked_out(table: OptionTable) -> _Touched:
    peak_mw = table.peak_kw / KW_PER_MW
    keys = [option.key for option in table.options]
    places: dict[str, dict[str, list[int]]] = {}
    for place, key in enumerate(keys):
        of_it = places.setdefault(key.accelerator, {})
        for how in _HAD[key.procurement]:
            of_it.setdefault(how, []).append(place)
    devices = {
        accelerator: {how: _only(table.acquired, places_had) for how, places_had in of_it.items()}
        for accelerator, of_it in places.items()
    }
    through = {}
    for option in table.options:
        rule, cap = option.route.rule, option.route.cap_tpp
        if option.key.procurement != "own" and cap is not None and rule not in through:
            under = np.array([o.route.rule == rule and o.key.procurement != "own" for o in table.options])
            through[rule] = (float(cap), table.acquired_tpp * under)
    return _Touched(peak_mw * np.array([key.connection == "mv" for key in keys]), devices, through)


_HAD: Mapping[str, tuple[str, ...]] = {"buy": ("acquired",), "rent": ("acquired", "rented"), "own": ("owned",)}
"""What the devices of an option count as, by how they are procured; what is bought counts with its spares."""


def _only(column: Column, places: list[int]) -> Column:
    """The values of some options, and 0 for the others."""
    found = np.zeros_like(column)
    found[places] = column[places]
    return found


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
