"""The options table: one row a way to get compute, with what the model needs or the reason why not.

An option is (site, accelerator, precision, procurement, licence route, size bracket). Physics, law and
money end here: the model behind it never learns a country's name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from optimizer.case.grades import FIRMEST_FIRST, Grade, grades_of
from optimizer.case.rents import rent_of
from optimizer.case.setting import Setting
from optimizer.catalogue.cache import Names, get_or_make
from optimizer.domain import Accelerator, Connection, Efficiency, OptionKey, Procurement
from optimizer.domain.law import Policy
from optimizer.domain.reasons import Reason, ReasonKind
from optimizer.law.routes import Route, routes
from optimizer.options import performance
from optimizer.options.columns import column, inputs_of, kinds_of, work_out
from optimizer.options.option import Excluded, Hardware, Option
from optimizer.options.performance import Column
from optimizer.options.servers import hardware_of, hired_on, machine_sizes, machines_of, whole_sizes
from optimizer.units import fraction
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False)
class OptionTable:
    """The usable options with their columns (each an array with one value an option), and the excluded ones."""

    options: tuple[Option, ...]
    excluded: tuple[Excluded, ...]
    devices: Column
    pflops: Column
    peak_kw: Column
    mean_kw: Column
    tpp: Column
    memory_gb: Column
    min_servers: Column
    max_servers: Column
    lead_days: Column
    server_usd: Column
    server_day_usd: Column
    capital_usd: Column
    """Landed price of one server if it is bought, whatever the costing basis."""
    acquired: Column
    """Devices that come in with one server: its own, and the spares that are bought with it. Supply, caps and export
    quotas count them all; ``devices`` and ``tpp`` are those at work."""
    paid_days: Column
    """Days of every server that are paid at least, at ``server_day_usd``: the minimum of a hire; 0: there is none."""
    most_days: Column
    """Days after which what is reserved ends, and the run with it; infinite where nothing ends."""
    day_usd: float
    derived: dict[str, Any] = field(default_factory=dict, repr=False)
    """What follows from the options alone, calculated once for all cases that share them (see limits)."""

    @cached_property
    def keys(self) -> tuple[OptionKey, ...]:
        """What names each option."""
        return Names(option.key for option in self.options)

    @cached_property
    def places(self) -> Mapping[OptionKey, int]:
        """Where each option stands."""
        return {key: place for place, key in enumerate(self.keys)}

    def last_days(self, deadline_days: int) -> Column:
        """Of each option, the most whole days of a run on it that ends by the deadline."""
        return np.minimum(deadline_days - self.lead_days, self.most_days)

    @property
    def acquired_tpp(self) -> Column:
        """TPP that comes in with one server, spares included."""
        return self.tpp * self.acquired / self.devices


def options_table(setting: Setting) -> OptionTable:
    """The options of a case; kept by value, since many cases of a batch share them."""
    case = setting.case
    key = (
        "options",
        *(case.country, setting.architecture, case.basis, case.date, case.rules, case.assumptions),
        *(case.pue, case.peak_pue, case.electricity_usd_per_kwh, case.engineer_usd_per_year, case.unreleased),
        *(case.rent_premium, case.assume_hire, case.rent, case.evidence),
        *(case.procurement, case.precision, case.use, case.avoid, tuple(name for name, count in case.owned if count)),
        *(bool(case.owned), tuple(name for name, _ in case.supply)),
        # of the workload only its size counts here; taxes may be those of delivery, not of the case's date
        *(
            setting.workload.params_active_b,
            setting.way.efficiency_factor,
            setting.tax,
            _stays_below(setting),
            case.deadline_from,
        ),
        *(case.utilisation, setting.figures["staff_fte"].value),
        tuple((row.accelerator, row.devices) for row in machines_of(setting)),
    )
    return get_or_make(setting.catalogue.cache, key, lambda: _computed(setting))


def _computed(setting: Setting) -> OptionTable:
    options: list[Option] = []
    excluded: list[Excluded] = []
    for candidate in _candidates(setting):
        (options if isinstance(candidate, Option) else excluded).append(candidate)  # type: ignore[arg-type]
    options.sort(key=lambda option: option.key)
    return columns(setting, tuple(options), tuple(excluded))


def _candidates(setting: Setting) -> Iterator[Option | Excluded]:
    """Every combination that could be meant, each an option or a reason."""
    for accelerator in setting.catalogue.accelerators.values():
        reason = _refusal(setting, accelerator)
        if reason is not None:
            yield Excluded(accelerator.id, "", "", reason)
            continue
        ways_in = routes(accelerator, setting.country.id, setting.catalogue, setting.rules.id, setting.case.date or "")
        if not any(route.usable for route in ways_in):
            yield Excluded(accelerator.id, "", "", _legal_reason(ways_in))
            continue
        usable = tuple(route for route in ways_in if route.usable)
        precisions, missing = _efficiencies(setting, accelerator)
        if missing is not None:
            yield Excluded(accelerator.id, "", "", missing)
            continue
        if unknown := setting.figures.lacks:  # no plan can be calculated: what is missing is all reported with the case
            yield Excluded(
                accelerator.id, "", "", Reason(ReasonKind.NO_FIGURE, country=setting.country, figure=unknown[0])
            )
            continue
        for procurement in setting.case.procurement:
            yield from _procured(setting, accelerator, procurement, precisions, usable)


def _refusal(setting: Setting, accelerator: Accelerator) -> Reason | None:
    """Why an accelerator is out of the question whatever the law, or None."""
    case = setting.case
    if accelerator.id in case.avoid:
        return Reason(ReasonKind.AVOIDED)
    if case.use and accelerator.id not in case.use:
        return Reason(ReasonKind.OTHERS_NAMED)
    if not dict(case.owned).get(accelerator.id) and (early := _not_released(setting, accelerator)) is not None:
        return early
    if hardware_of(setting, accelerator) is None:
        return Reason(ReasonKind.NO_SERVER)
    return None


def _not_released(setting: Setting, accelerator: Accelerator) -> Reason | None:
    """Why an accelerator cannot be had on the date of the case: it is not yet sold. None where it is."""
    if setting.case.unreleased or accelerator.is_sold_on(setting.case.date or ""):
        return None
    return Reason(ReasonKind.NOT_RELEASED, released=accelerator.release_date)


def _legal_reason(ways_in: tuple[Route, ...]) -> Reason:
    """Why none of the routes may be counted on."""
    if not ways_in:
        return Reason(ReasonKind.NO_RULE)
    first = ways_in[0]
    kind = ReasonKind.LICENCE_DENIED if first.policy == Policy.DENIAL else ReasonKind.LICENCE_OPEN
    return Reason(kind, rule=first.rule, meaning=first.meaning, chip_class=first.chip_class)


def _efficiencies(setting: Setting, accelerator: Accelerator) -> tuple[list[Efficiency], Reason | None]:
    """The efficiency rows of the allowed precisions whose peak is known, or why there is none."""
    found = []
    for precision in setting.case.precision:
        row = setting.catalogue.efficiencies.get(
            (setting.assumptions.id, accelerator.id, precision, setting.architecture)
        )
        if row is not None and (row.peak_tflops or accelerator.peak_tflops(precision)) is not None:
            found.append(row)
    if found:
        return found, None
    return [], Reason(
        ReasonKind.NO_EFFICIENCY,
        architecture=setting.architecture,
        precisions=setting.case.precision,
        assumptions=setting.assumptions.id,
    )


def _procured(
    setting: Setting,
    accelerator: Accelerator,
    procurement: Procurement,
    efficiencies: list[Efficiency],
    usable: tuple[Route, ...],
) -> Iterator[Option | Excluded]:
    """The options of one accelerator had in one way."""
    hardware = hardware_of(setting, accelerator)
    assert hardware is not None  # _refusal
    reason = _not_had(setting, accelerator, procurement, hardware)
    sizes = [] if reason is not None else whole_sizes(setting, accelerator, procurement, hardware)
    if reason is None or procurement == "rent":
        sizes += machine_sizes(setting, accelerator, procurement)
    # where whole servers are not for rent, but the run may be in a smaller machine that is, nothing is excluded
    if reason is not None and not sizes and (procurement != "own" or setting.case.owned):
        yield Excluded(accelerator.id, "", procurement, reason)
    if not sizes:
        return
    # what already is in the country waits for no licence of ours; what is hired counts under the quota all the same
    ways_in = usable if procurement == "buy" else tuple(replace(route, lead_days=0) for route in usable)
    ways_in = ways_in[:1] if procurement == "own" else ways_in
    connections = _connections(setting, procurement)
    model_sizes = setting.catalogue.model_sizes[setting.assumptions.id]
    size = performance.model_size_of(model_sizes, accelerator.generation, setting.architecture)
    site = setting.country.id
    for efficiency, route, one, connection in product(efficiencies, ways_in, sizes, connections):
        bracket, server, on = one
        key = OptionKey(
            accelerator.id, efficiency.precision, procurement, route.rule, bracket.bracket, site, connection, on
        )
        if weak := _too_weak(setting, accelerator, efficiency, key, route):
            if (one, connection) == (sizes[0], connections[0]):
                yield Excluded(accelerator.id, efficiency.precision, procurement, weak)
            continue
        yield with_rent(setting, Option(key, accelerator, server, efficiency, bracket, size, route, 0.0))


def with_rent(setting: Setting, option: Option) -> Option:
    """An option with its rent and what its terms commit to; as it is where it is not rented."""
    rent = rent_of(setting, option.key.accelerator, option.key.terms) if option.key.procurement == "rent" else None
    if rent is None:
        return option
    return replace(
        option, rent_usd_per_hour=float(rent.usd_per_hour), least_days=rent.least_days, term_days=rent.term_days
    )


def _too_weak(
    setting: Setting, accelerator: Accelerator, efficiency: Efficiency, key: OptionKey, route: Route
) -> Reason | None:
    """Which figures of an option are of a weaker grade than the case allows; None if none is."""
    if setting.case.evidence in (None, Grade.ESTIMATE):
        return None
    allowed = FIRMEST_FIRST.index(Grade(setting.case.evidence))
    grades = grades_of(setting, accelerator, efficiency, key.procurement, route.policy, key.terms, key.machine)
    weak = tuple(name for name, grade in grades.items() if FIRMEST_FIRST.index(grade) > allowed)
    return Reason(ReasonKind.WEAK_EVIDENCE, weak=weak) if weak else None


def _connections(setting: Setting, procurement: Procurement) -> tuple[Connection, ...]:
    """Within the medium-voltage limit, or above it with a substation; hired servers stand on somebody else's line."""
    limit_mw = setting.country.medium_voltage_limit_mw
    if procurement == "rent" or limit_mw is None or setting.number("substation_usd_per_kw") == 0:
        return ("",)
    return ("mv",) if _stays_below(setting) else ("mv", "hv")


def _stays_below(setting: Setting) -> bool:
    """Whether the grid limit of the case itself keeps the site on medium voltage."""
    limit_mw, max_mw = setting.country.medium_voltage_limit_mw, setting.case.max_mw
    return limit_mw is not None and max_mw is not None and max_mw <= limit_mw


def _not_had(setting: Setting, accelerator: Accelerator, procurement: Procurement, hardware: Hardware) -> Reason | None:
    """The reason why an accelerator cannot be obtained in this way; None if it can."""
    if setting.case.basis == "rental" and procurement != "rent":
        return Reason(ReasonKind.RENTED_ONLY)
    if procurement != "own" and (early := _not_released(setting, accelerator)) is not None:
        return early
    if procurement == "buy":
        return _cannot_buy(setting, accelerator, hardware)
    if procurement == "rent":
        return _cannot_rent(setting, accelerator)
    if not dict(setting.case.owned).get(accelerator.id):
        return Reason(ReasonKind.NONE_OWNED)
    return Reason(ReasonKind.NO_MAINTENANCE) if hardware.unit_price_usd is None else None


def would_be_option(setting: Setting, accelerator: Accelerator) -> bool:
    """Whether an accelerator would be an option if the law let it in: the case allows it and it has all its figures.

    A duty that is not known counts for nothing here: it can be stated, and the law would still be the obstacle.
    """
    hardware = hardware_of(setting, accelerator)
    if _refusal(setting, accelerator) is not None or hardware is None or not _efficiencies(setting, accelerator)[0]:
        return False
    reasons = (_not_had(setting, accelerator, way, hardware) for way in setting.case.procurement)
    return any(reason is None or reason.kind is ReasonKind.NO_IMPORT_DUTY for reason in reasons)


def _cannot_buy(setting: Setting, accelerator: Accelerator, hardware: Hardware) -> Reason | None:
    """Why an accelerator cannot be bought. A set of assumptions with a price of its own says that it can, and so does a
    case that says how many there are."""
    priced = (setting.assumptions.id, accelerator.id) in setting.catalogue.overrides
    if not (priced or accelerator.id in setting.supplied or accelerator.is_sold_new_on(setting.case.date or "")):
        return Reason(ReasonKind.NOT_SOLD_NEW, sold_new_until=accelerator.sold_new_until or "")
    if hardware.unit_price_usd is None:
        return Reason(ReasonKind.NO_PURCHASE_PRICE)
    if setting.tax.duty is None:
        return Reason(ReasonKind.NO_IMPORT_DUTY, country=setting.country)
    return None


def _cannot_rent(setting: Setting, accelerator: Accelerator) -> Reason | None:
    """Why an accelerator cannot be rented in the country, on any terms."""
    if hired_on(setting, accelerator.id):
        return None
    world = accelerator.rent_usd_per_hour
    if setting.case.assume_hire and world is None:
        return Reason(ReasonKind.NO_RENT)
    small = setting.catalogue.small_machines.get((setting.country.id, accelerator.id))
    if small is not None:
        return Reason(
            ReasonKind.SMALL_MACHINES,
            country=setting.country,
            world_usd_per_hour=world,
            provider=small.provider,
            devices=small.devices or 0,
        )
    return Reason(ReasonKind.NO_OFFER, country=setting.country, world_usd_per_hour=world)


def columns(setting: Setting, options: tuple[Option, ...], excluded: tuple[Excluded, ...]) -> OptionTable:
    """Every column, vectorised over the options."""
    kinds, inputs = kinds_of(options), inputs_of(setting, options)
    figures = work_out(setting, kinds, inputs)
    devices = inputs.devices
    return OptionTable(
        options=options,
        excluded=excluded,
        devices=devices,
        pflops=figures.pflops,
        peak_kw=figures.peak_kw,
        mean_kw=figures.mean_kw,
        tpp=devices * column(float(o.accelerator.tpp) for o in options),
        memory_gb=devices * column(float(o.accelerator.memory_gb) for o in options),
        min_servers=np.maximum(1.0, np.ceil(column(float(o.bracket.min_devices) for o in options) / devices)),
        max_servers=np.floor(column(float(o.bracket.max_devices) for o in options) / devices),
        lead_days=column(float(_lead_days(setting, o)) for o in options),
        server_usd=figures.server_usd,
        server_day_usd=figures.server_day_usd,
        capital_usd=figures.capital_usd,
        acquired=figures.acquired,
        paid_days=column(float(o.least_days) for o in options),
        most_days=column(float(o.term_days or math.inf) for o in options),
        day_usd=float(figures.day_usd),
    )


def _lead_days(setting: Setting, option: Option) -> int:
    """What is bought needs its licence, then delivery; hire takes its own time; what is owned, none.

    They count only where the deadline runs from the order.
    """
    if setting.case.deadline_from != "order":
        return 0
    if option.key.procurement == "buy":
        return option.route.lead_days + int(fraction(setting.figures["buy_lead_days"].value))
    if option.key.procurement == "rent":
        return int(fraction(setting.figures["rent_lead_days"].value))
    return 0
