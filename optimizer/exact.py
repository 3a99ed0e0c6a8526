"""The same quantities once more, in exact rational arithmetic and straight from the rows of the data folder.

This is the independent side of every proof: it imports neither the options table nor the model, and
computes one option at a time with ``Fraction``. The verifier and the exhaustive search stand on it; the
model stands on :mod:`optimizer.options`. A slip in one of the two shows as a disagreement.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from optimizer.domain import OptionKey
from optimizer.errors import DataError, Problem
from optimizer.setting import Setting
from optimizer.units import (
    BYTES_PER_GB,
    DAYS_PER_YEAR,
    FLOP_PER_PFLOPS_DAY,
    HOURS_PER_DAY,
    KW_PER_MW,
    MONTHS_PER_YEAR,
    TFLOPS_PER_PFLOPS,
    fraction,
)

ZERO = Fraction(0)
ABROAD = "abroad"
"""The site of the cloud baseline: rented at the world rent, without premium, on nobody's grid at home."""
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, eq=False)
class ExactOption:
    """One option with exact figures of one server; ``*_terms`` are named parts of the cost in USD."""

    key: OptionKey
    devices: int
    pflops: Fraction
    peak_kw: Fraction
    mean_kw: Fraction
    tpp: Fraction
    memory_gb: Fraction
    min_servers: int
    max_servers: int
    lead_days: int
    server_terms: Mapping[str, Fraction]
    server_day_terms: Mapping[str, Fraction]
    capital_usd: Fraction
    """Landed price of one server if it is bought, whatever the costing basis."""

    @cached_property
    def server_usd(self) -> Fraction:
        """Paid per server."""
        return sum(self.server_terms.values(), ZERO)

    @cached_property
    def server_day_usd(self) -> Fraction:
        """Paid per server and day of work."""
        return sum(self.server_day_terms.values(), ZERO)


@dataclass(frozen=True, eq=False)
class ExactCap:
    """``sum uses[o] n[o] <= bound``, exactly."""

    name: str
    unit: str
    bound: Fraction
    uses: tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class Measure:
    """Something a plan has more or less of: linear in servers, server-days and days, and never falling in them."""

    name: str
    unit: str
    constant: Fraction
    latest: tuple[Fraction, ...]
    """Of what is used, the greatest counts, once: lead times."""
    per_server: tuple[Fraction, ...]
    per_server_day: tuple[Fraction, ...]
    per_day: Fraction

    def value(self, used: Iterable[tuple[int, int, Fraction]], days: int) -> Fraction:
        """The measure of a plan: (option, servers, server-days) of every option used, and the days of the run."""
        used = list(used)
        total = self.constant + self.per_day * days + max((self.latest[option] for option, _, _ in used), default=ZERO)
        for option, servers, server_days in used:
            total += self.per_server[option] * servers + self.per_server_day[option] * server_days
        return total


@dataclass(frozen=True, eq=False)
class ExactProblem:
    """A case in exact figures: the options, and what is asked of them."""

    options: tuple[ExactOption, ...]
    work_pflops_days: Fraction
    memory_gb: Fraction
    deadline_days: int
    budget_usd: Fraction | None
    compute_allowed: bool
    caps: tuple[ExactCap, ...]
    staff_usd_per_day: Fraction
    site_setup_usd: Fraction
    carbon_g_per_kwh: Fraction

    _measures: dict[str, Measure] = field(default_factory=dict, init=False, repr=False)

    def measure(self, name: str) -> Measure:
        """A measure by name: cost, days, finish (days and lead), peak_power, energy, carbon, servers, or a cap."""
        if name not in self._measures:
            self._measures[name] = self._measure(name)
        return self._measures[name]

    def _measure(self, name: str) -> Measure:
        zeros = (ZERO,) * len(self.options)
        if name == "cost":
            per_server = tuple(o.server_usd for o in self.options)
            per_server_day = tuple(o.server_day_usd for o in self.options)
            return Measure(name, "USD", self.site_setup_usd, zeros, per_server, per_server_day, self.staff_usd_per_day)
        if name == "days":
            return Measure(name, "days", ZERO, zeros, zeros, zeros, Fraction(1))
        if name == "finish":
            lead_days = tuple(Fraction(o.lead_days) for o in self.options)
            return Measure(name, "days", ZERO, lead_days, zeros, zeros, Fraction(1))
        if name == "servers":
            return Measure(name, "servers", ZERO, zeros, (Fraction(1),) * len(self.options), zeros, ZERO)
        if name == "peak_power":
            return Measure(name, "kW", ZERO, zeros, tuple(o.peak_kw for o in self.options), zeros, ZERO)
        if name in ("energy", "carbon"):
            factor = self.carbon_g_per_kwh if name == "carbon" else Fraction(1)
            worked = tuple(o.mean_kw * HOURS_PER_DAY * factor for o in self.options)
            return Measure(name, "g" if name == "carbon" else "kWh", ZERO, zeros, zeros, worked, ZERO)
        cap = next(cap for cap in self.caps if cap.name == name)
        return Measure(name, cap.unit, ZERO, zeros, cap.uses, zeros, ZERO)


def exact_problem(setting: Setting, keys: Sequence[OptionKey]) -> ExactProblem:
    """The exact figures of a case over the options named by ``keys``."""
    options = tuple(_cached_option(setting, key) for key in keys)
    case, exact = setting.case, setting.exact
    assert case.deadline_days is not None  # settled
    return ExactProblem(
        options=options,
        work_pflops_days=fraction(setting.training_flop) / FLOP_PER_PFLOPS_DAY,
        memory_gb=fraction(setting.workload.params_total_b)
        * 10**9
        * exact("training_bytes_per_parameter")
        / BYTES_PER_GB,
        deadline_days=case.deadline_days,
        budget_usd=None if case.budget_usd is None else fraction(case.budget_usd),
        compute_allowed=case.max_training_flop is None or setting.training_flop <= case.max_training_flop,
        caps=tuple(_caps(setting, options)),
        staff_usd_per_day=exact("staff_fte") * exact("engineer_usd_per_year") / DAYS_PER_YEAR,
        site_setup_usd=fraction(case.site_setup_usd or 0),
        carbon_g_per_kwh=fraction(setting.country.grid_carbon_g_per_kwh),
    )


def _cached_option(setting: Setting, key: OptionKey) -> ExactOption:
    """An exact option, kept by value: it depends on the case only through its assumptions, never its limits."""
    case = setting.case
    name = (
        "exact",
        key,
        *(
            setting.architecture,
            setting.workload.params_active_b,
            case.basis,
            case.assumptions,
            case.tax_regime,
            case.import_duty,
            case.pue,
        ),
        *(case.electricity_usd_per_kwh, case.rent_premium, case.deadline_from, setting.tax.effective_from),
    )
    cache = setting.catalogue.cache
    if name not in cache:
        cache[name] = exact_option(setting, key)
    found: ExactOption = cache[name]
    return found


def exact_option(setting: Setting, key: OptionKey) -> ExactOption:
    """One server of an option in exact figures; the formulas and their sources stand in :mod:`optimizer.options`.

    Raises:
        DataError: a figure that the option needs is not in the data.
    """
    catalogue, exact = setting.catalogue, setting.exact
    chip = catalogue.accelerators[key.accelerator]
    replaced = catalogue.overrides.get((setting.assumptions.id, key.accelerator))
    devices = replaced.server_devices if replaced else _present(chip.server_devices, key, "server_devices")
    rated_kw = fraction(replaced.server_peak_kw if replaced else _present(chip.server_peak_kw, key, "server_peak_kw"))
    efficiency = catalogue.efficiencies[(setting.assumptions.id, key.accelerator, key.precision, setting.architecture)]
    peak_tflops = fraction(
        efficiency.peak_tflops or _present(chip.peak_tflops(key.precision), key, f"{key.precision}_tflops")
    )
    bracket = next(b for b in catalogue.brackets[setting.assumptions.id] if b.bracket == key.bracket)
    size_factor = _model_size_factor(setting, chip.generation)
    it_kw = rated_kw + exact("network_power_kw_per_device") * devices
    peak_kw = it_kw * exact("pue")
    mean_kw = peak_kw * exact("mean_power_ratio")
    server, server_day, capital = _money(setting, key, devices, it_kw, fraction(bracket.network_ratio))
    return ExactOption(
        key=key,
        devices=devices,
        pflops=devices
        * peak_tflops
        * fraction(efficiency.mfu)
        * fraction(bracket.mfu_factor)
        * fraction(efficiency.goodput)
        * size_factor
        / TFLOPS_PER_PFLOPS,
        peak_kw=peak_kw,
        mean_kw=mean_kw,
        tpp=fraction(chip.tpp) * devices,
        memory_gb=fraction(chip.memory_gb) * devices,
        min_servers=max(1, math.ceil(Fraction(bracket.min_devices, devices))),
        max_servers=bracket.max_devices // devices,
        lead_days=_lead_days(setting, key) if setting.case.deadline_from == "order" else 0,
        server_terms=server,
        server_day_terms=server_day,
        capital_usd=capital,
    )


def _model_size_factor(setting: Setting, generation: str) -> Fraction:
    """What a model of this size reaches of MFU x goodput; a row of the generation itself goes before one for any."""
    active = fraction(setting.workload.params_active_b)
    found: dict[str, Fraction] = {}
    for row in setting.catalogue.model_sizes[setting.assumptions.id]:
        if active >= row.params_from_b and not (row.params_below_b is not None and active >= row.params_below_b):
            found |= dict.fromkeys(row.generations, fraction(row.efficiency_factor))
    return found[generation] if generation in found else found["*"]


def _present(value: ValueT | None, key: OptionKey, name: str) -> ValueT:
    if value is None:
        raise DataError(
            [Problem("is needed and not known", file="accelerators.csv", column=name, value=key.accelerator)]
        )
    return value


def _lead_days(setting: Setting, key: OptionKey) -> int:
    if key.procurement == "buy":
        rule = next(rule for rule in setting.catalogue.licence_rules if rule.rule == key.route)
        return rule.lead_days + int(setting.exact("buy_lead_days"))
    return int(setting.exact("rent_lead_days")) if key.procurement == "rent" else 0


def _money(
    setting: Setting, key: OptionKey, devices: int, it_kw: Fraction, network_ratio: Fraction
) -> tuple[dict[str, Fraction], dict[str, Fraction], Fraction]:
    """Named cost terms of one server, per server and per day of work, and its landed price."""
    exact = setting.exact
    chip = setting.catalogue.accelerators[key.accelerator]
    if key.procurement == "rent":
        hourly = fraction(_present(chip.rent_usd_per_hour, key, "rent_usd_per_hour"))
        return {}, {"rent": devices * HOURS_PER_DAY * hourly * (1 + _premium(setting, key))}, ZERO
    replaced = setting.catalogue.overrides.get((setting.assumptions.id, key.accelerator))
    unit_price = replaced.unit_price_usd if replaced else chip.unit_price_usd
    chips_usd = devices * fraction(_present(unit_price, key, "unit_price_usd"))
    scope = replaced.price_scope if replaced else chip.price_scope
    integration_usd = spares_usd = freight_usd = ZERO
    if scope != "all_in":
        chassis = exact("server_overhead_ratio") if scope == "device" else ZERO
        integration_usd = chips_usd * (chassis + network_ratio + exact("storage_ratio"))
        spares_usd = (chips_usd + integration_usd) * exact("spare_ratio")
        freight_usd = (chips_usd + integration_usd + spares_usd) * exact("freight_ratio")
    equipment_usd = chips_usd + integration_usd + spares_usd
    server_day = {
        "energy": it_kw * exact("pue") * exact("mean_power_ratio") * HOURS_PER_DAY * exact("electricity_usd_per_kwh"),
        "colocation": it_kw * exact("colocation_usd_per_kw_month") * MONTHS_PER_YEAR / DAYS_PER_YEAR,
        "maintenance": equipment_usd * exact("maintenance_per_year") / DAYS_PER_YEAR,
    }
    amortised = setting.case.basis == "amortised"
    server: dict[str, Fraction] = {}
    if key.connection == "hv":
        substation_usd = it_kw * exact("pue") * exact("substation_usd_per_kw")
        if amortised:
            server_day["connection"] = _amortisation_usd_per_day(setting, substation_usd, ZERO)
        else:
            server["connection"] = substation_usd
    if key.procurement == "own":
        return server, server_day, ZERO
    cif_usd = equipment_usd + freight_usd
    tax_usd = _tax_usd(setting, cif_usd)
    landed_usd = cif_usd + tax_usd
    if amortised:
        server_day["amortisation"] = _amortisation_usd_per_day(setting, landed_usd, equipment_usd)
        return server, server_day, landed_usd
    server |= {
        "accelerators": chips_usd,
        "integration": integration_usd,
        "spares": spares_usd,
        "freight": freight_usd,
        "duty_and_tax": tax_usd,
    }
    return server, server_day, landed_usd


def _premium(setting: Setting, key: OptionKey) -> Fraction:
    """The premium of hire in the country: the case's own, that of the accelerator, or that of any."""
    if key.site == ABROAD:
        return ZERO
    if setting.case.rent_premium is not None:
        return fraction(setting.case.rent_premium)
    hire = setting.catalogue.hire
    row = hire.get((key.site, key.accelerator)) or hire.get((key.site, "*"))
    if row is None or row.premium is None:
        raise DataError([Problem("is needed and not known", file="hire.csv", column="premium", value=key.name)])
    return fraction(row.premium)


def _tax_usd(setting: Setting, cif_usd: Fraction) -> Fraction:
    """Duty and taxes on a CIF value, tax by tax in the order in which customs works them out."""
    tax = setting.tax
    duty_usd = cif_usd * fraction(tax.duty if tax.duty is not None else 0)
    excise_usd = (cif_usd + duty_usd) * fraction(tax.excise)
    contribution_usd = cif_usd * fraction(tax.contribution)
    before_inside = cif_usd + duty_usd + excise_usd + contribution_usd
    rate = fraction(tax.inside_tax)
    inside_usd = before_inside * rate / (1 - rate)
    lost_vat_usd = (before_inside + inside_usd) * fraction(tax.vat) * (1 - fraction(tax.vat_recoverable))
    return duty_usd + excise_usd + contribution_usd + inside_usd + lost_vat_usd


def _amortisation_usd_per_day(setting: Setting, landed_usd: Fraction, equipment_usd: Fraction) -> Fraction:
    """Level yearly payment that repays the landed price at the cost of capital, less the salvage value, per day."""
    rate, years = setting.exact("cost_of_capital"), int(setting.exact("useful_life_years"))
    salvage_usd = equipment_usd * setting.exact("residual_ratio")
    # present value of the salvage, and of a payment of 1 at the end of each year
    discount = Fraction(1) / (1 + rate) ** years
    annuity = Fraction(years) if rate == 0 else (1 - discount) / rate
    return (landed_usd - salvage_usd * discount) / annuity / DAYS_PER_YEAR


def _caps(setting: Setting, options: Sequence[ExactOption]) -> list[ExactCap]:
    """Every cap of the case, from its own fields: independent of :mod:`optimizer.limits`."""
    case = setting.case
    caps = []

    def cap(name: str, unit: str, bound: Fraction, use: dict[int, Fraction]) -> None:
        caps.append(ExactCap(name, unit, bound, tuple(use.get(i, ZERO) for i in range(len(options)))))

    everything = dict(enumerate(options))
    if case.max_mw is not None:
        cap("grid", "MW", fraction(case.max_mw), {i: o.peak_kw / KW_PER_MW for i, o in everything.items()})
    within = {i: o.peak_kw / KW_PER_MW for i, o in everything.items() if o.key.connection == "mv"}
    if within and setting.country.medium_voltage_limit_mw is not None:
        cap("connection", "MW", fraction(setting.country.medium_voltage_limit_mw), within)
    if case.max_tpp is not None:
        cap("tpp", "TPP", fraction(case.max_tpp), {i: o.tpp for i, o in everything.items()})
    if case.max_accelerators is not None:
        bound = Fraction(case.max_accelerators)
        cap("accelerators", "accelerators", bound, {i: Fraction(o.devices) for i, o in everything.items()})
    supply, owned = dict(case.supply), dict(case.owned)
    for name in dict.fromkeys(o.key.accelerator for o in options):
        by_way: dict[str, dict[int, Fraction]] = {"buy": {}, "rent": {}, "own": {}}
        for i, o in everything.items():
            if o.key.accelerator == name:
                by_way[o.key.procurement][i] = Fraction(o.devices)
        acquired = by_way["buy"] | by_way["rent"]
        if name in supply and acquired:
            cap(f"supply:{name}", "accelerators", Fraction(supply[name]), acquired)
        elif name not in supply and by_way["rent"]:
            cap(f"hire:{name}", "accelerators", setting.exact("hire_max_devices"), by_way["rent"])
        if by_way["own"]:
            cap(f"owned:{name}", "accelerators", Fraction(owned.get(name, 0)), by_way["own"])
    for rule in setting.catalogue.licence_rules:
        through = {i: o.tpp for i, o in everything.items() if o.key.procurement != "own" and o.key.route == rule.rule}
        if rule.cap_tpp is not None and through:
            cap(f"law:{rule.rule}", "TPP", fraction(rule.cap_tpp), through)
    return caps
