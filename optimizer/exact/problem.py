"""A case in exact figures: its options with what they use of every limit, and what is asked of them."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import compress
from typing import TypeVar

from optimizer.case.setting import Setting
from optimizer.catalogue.cache import get_or_make
from optimizer.domain import OptionKey
from optimizer.domain.limits import CONNECTION, DEADLINE, KINDS, TRAINING_FLOP, Aim, Limit, measure_limits
from optimizer.exact.columns import ExactOptions
from optimizer.exact.common_figures import Shared
from optimizer.exact.figures import ZERO, Figures
from optimizer.exact.measures import ExactCap, ExactCeiling, Measure, measure_of
from optimizer.exact.option import EQUIPMENT_RATIOS, exact_options
from optimizer.exact.work import work_pflops_days
from optimizer.units import BYTES_PER_GB, DAYS_PER_YEAR, MAX_DEADLINE_DAYS, fraction
from optimizer.units.records import dataclass

BoundedT = TypeVar("BoundedT", ExactCap, ExactCeiling)


@dataclass(frozen=True, eq=False)
class ExactProblem:
    """A case in exact figures: the options, and what is asked of them."""

    options: ExactOptions
    work_pflops_days: Fraction
    memory_gb: Fraction
    deadline_days: int
    compute_allowed: bool
    ceilings: tuple[ExactCeiling, ...]
    caps: tuple[ExactCap, ...]
    staff_usd_per_day: Fraction
    site_setup_usd: Fraction
    carbon_g_per_kwh: Fraction
    fewest_sites: int = 1
    """How many sites a plan uses at least."""

    _measures: dict[Aim, Measure] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.options, ExactOptions):
            object.__setattr__(self, "options", ExactOptions(self.options))

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Every limit of the case; the cap on training compute only where the run is above it."""
        ceilings, caps = (ceiling.limit for ceiling in self.ceilings), (cap.limit for cap in self.caps)
        return (DEADLINE, *ceilings, *caps, *(() if self.compute_allowed else (TRAINING_FLOP,)))

    def bound(self, limit: Limit) -> Fraction:
        """The bound of one of its limits, but for training compute, in the limit's unit."""
        if limit == DEADLINE:
            return Fraction(self.deadline_days)
        every = [(one.limit, one.bound) for one in self.ceilings] + [(one.limit, one.bound) for one in self.caps]
        return dict(every)[limit]

    def under(self, bounds: Mapping[Limit, Fraction | None]) -> ExactProblem:
        """The same with other bounds of some limits, each in its unit; None lifts a limit."""

        def moved(given: tuple[BoundedT, ...]) -> tuple[BoundedT, ...]:
            held = [
                replace(one, bound=value) for one in given if (value := bounds.get(one.limit, one.bound)) is not None
            ]
            return tuple(held)

        deadline = bounds.get(DEADLINE, Fraction(self.deadline_days))
        return replace(
            self,
            deadline_days=MAX_DEADLINE_DAYS if deadline is None else math.floor(deadline),
            compute_allowed=self.compute_allowed or TRAINING_FLOP in bounds,
            ceilings=moved(self.ceilings),
            caps=moved(self.caps),
        )

    def measure(self, name: Aim) -> Measure:
        """A measure by name: cost, days, finish (days and lead), peak_power, energy, carbon, capital, servers, tpp,
        accelerators; or what a limit bounds, in the limit's unit."""
        if name not in self._measures:
            self._measures[name] = self._measure(name) if isinstance(name, str) else self._bounded(name)
        return self._measures[name]

    def _measure(self, name: str) -> Measure:
        return measure_of(name, self.options, self.staff_usd_per_day, self.site_setup_usd, self.carbon_g_per_kwh)

    def _bounded(self, limit: Limit) -> Measure:
        for ceiling in self.ceilings:
            if ceiling.limit == limit:
                return ceiling.measure
        for cap in self.caps:
            if cap.limit == limit:
                nothing = self.options.nothing
                return Measure(str(limit), limit.unit, ZERO, nothing, cap.uses, nothing, ZERO)
        return self.measure(limit.described.measure).in_unit(limit.unit)


def exact_problem(setting: Setting, keys: Sequence[OptionKey]) -> ExactProblem:
    """The exact figures of a case over the options named by ``keys``, of which many cases share the options."""
    return problem_over(setting, _options(setting, keys if isinstance(keys, tuple) else tuple(keys)))


def staff_usd_per_day(setting: Setting) -> Fraction:
    """What the team of a run is paid a day."""
    return setting.exact("staff_fte") * setting.exact("engineer_usd_per_year") / DAYS_PER_YEAR


def problem_over(setting: Setting, options: ExactOptions) -> ExactProblem:
    """The exact figures of a case over some options."""
    case = setting.case
    assert case.deadline_days is not None  # settled
    of_site, others = _cached_caps(setting, options)
    problem = ExactProblem(
        options=options,
        work_pflops_days=work_pflops_days(setting),
        memory_gb=_memory_bytes(setting) / BYTES_PER_GB,
        deadline_days=case.deadline_days,
        compute_allowed=case.max_training_flop is None or setting.training_flop <= case.max_training_flop,
        ceilings=(),
        caps=(),
        # without an option there is no run that anybody is paid for, nor need it be known what
        staff_usd_per_day=staff_usd_per_day(setting) if options else ZERO,
        site_setup_usd=fraction(case.site_setup_usd or 0),
        carbon_g_per_kwh=fraction(setting.country.grid_carbon_g_per_kwh),
    )
    ceilings, caps = bound_measures(problem, measure_limits(case))
    first = sorted((*caps, *of_site), key=lambda cap: _ORDER[cap.limit.kind])
    return replace(problem, ceilings=ceilings, caps=(*first, *others))


def bound_measures(
    problem: ExactProblem, given: Iterable[tuple[Limit, Decimal]]
) -> tuple[tuple[ExactCeiling, ...], tuple[ExactCap, ...]]:
    """Limits on measures of all servers together: caps where the measure counts servers alone, else ceilings.

    Args:
        given: as :func:`optimizer.domain.limits.measure_limits` has them, in the unit of each limit.
    """
    ceilings: list[ExactCeiling] = []
    caps: list[ExactCap] = []
    for limit, value in given:
        what = problem.measure(limit)
        if what.of_servers:
            caps.append(ExactCap(limit, fraction(value), what.per_server))
        else:
            ceilings.append(ExactCeiling(limit, fraction(value), what))
    return tuple(ceilings), tuple(caps)


def _cached_caps(setting: Setting, options: ExactOptions) -> tuple[list[ExactCap], list[ExactCap]]:
    """The limits of the site, and all others as they come; made once for all cases that share the options."""
    kept: dict[Hashable, tuple[list[ExactCap], list[ExactCap]]] = options.__dict__.setdefault("_caps", {})

    def made() -> tuple[list[ExactCap], list[ExactCap]]:
        caps = list(_caps(setting, options))
        of_site = [cap.limit.described.scope in ("case", "site") for cap in caps]
        others = [not there for there in of_site]
        return list(compress(caps, of_site)), list(compress(caps, others))

    name = (setting.country.id, setting.case.supply, setting.case.owned)
    return get_or_make(kept, name, made, MOST_KEPT)


MOST_KEPT = 8
"""Supplies, and machines owned, for which the caps of some options are kept."""
_ORDER = {name: place for place, name in enumerate(KINDS)}


def _memory_bytes(setting: Setting) -> Fraction:
    """Bytes of the model's state: trained parameters with gradients and optimiser, frozen ones as they are stored."""
    held = fraction(setting.workload.params_total_b) * 10**9
    trained, frozen = held, Fraction(0)
    if setting.adapter_params_b is not None:
        trained, frozen = fraction(setting.adapter_params_b) * 10**9, held
    state = trained * setting.exact("training_bytes_per_parameter")
    stored = setting.way.frozen_bytes_per_parameter
    return state if stored is None else state + frozen * fraction(stored)


def _options(setting: Setting, keys: tuple[OptionKey, ...]) -> ExactOptions:
    """The exact options, kept by value: they depend on the case only through its assumptions, never its limits."""
    case, cache = setting.case, setting.catalogue.cache
    # what a server costs knows neither the export rules nor the model that is trained
    priced = (
        *(case.basis, case.assumptions, setting.tax, case.pue, case.peak_pue),
        *(case.electricity_usd_per_kwh, case.rent_premium),
        case.rent,
        case.utilisation,
    )
    speed = (setting.architecture, setting.workload.params_active_b, setting.way.efficiency_factor)
    name = ("exact", keys, *speed, case.deadline_from, *priced)
    delivered = (setting.exact(ratio) for ratio in EQUIPMENT_RATIOS)

    def made() -> ExactOptions:
        shared = replace(
            get_or_make(cache, ("money", *priced), Shared),
            equipment=get_or_make(cache, ("equipment", case.assumptions, *delivered), dict),
            pflops=get_or_make(cache, ("speed", case.assumptions, *speed), dict),
        )
        return ExactOptions(exact_options(setting, keys, shared))

    return get_or_make(cache, name, made)


def _caps_of_families(setting: Setting, options: ExactOptions) -> Iterator[ExactCap]:
    """The supply of a family of accelerators: one count of all its forms."""
    for family, count in setting.case.supply:
        if family in setting.catalogue.accelerators:
            continue
        columns = [
            acquired for name, acquired, _, _ in options.devices_had if name in setting.catalogue.forms_of(family)
        ]
        total = Figures(sum((column[place] for column in columns), ZERO) for place in range(len(options)))
        if total.any:
            yield ExactCap(Limit("supply", family), Fraction(count), total)


def _for_hire(setting: Setting, accelerator: str) -> Fraction:
    """Whole devices of a kind for rent in the country at once, by the performance that is known to stand there."""
    row = setting.catalogue.supply.get(setting.country.id)
    if row is None:
        return setting.exact("hire_max_devices")
    return Fraction(math.floor(fraction(row.tpp) / fraction(setting.catalogue.accelerators[accelerator].tpp)))


def _caps(setting: Setting, options: ExactOptions) -> Iterator[ExactCap]:
    """Every limit on some of the servers, from the case and the data: nothing of :mod:`optimizer.model.limit_rows`."""
    case = setting.case
    if setting.country.medium_voltage_limit_mw is not None and options.medium_voltage_mw.any:
        yield ExactCap(CONNECTION, fraction(setting.country.medium_voltage_limit_mw), options.medium_voltage_mw)
    supply, owned = dict(case.supply), dict(case.owned)
    for name, acquired, rented, mine in options.devices_had:
        if name in supply and acquired.any:
            yield ExactCap(Limit("supply", name), Fraction(supply[name]), acquired)
        elif name not in setting.supplied and rented.any:
            yield ExactCap(Limit("hire", name), _for_hire(setting, name), rented)
        if mine.any:
            yield ExactCap(Limit("owned", name), Fraction(owned.get(name, 0)), mine)
    yield from _caps_of_families(setting, options)
    for rule in setting.catalogue.licence_rules:
        if rule.cap_tpp is not None and (through := options.tpp_through(rule.rule)).any:
            yield ExactCap(Limit("law", rule=rule.rule), fraction(rule.cap_tpp), through)
