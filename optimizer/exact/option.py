"""One server of an option in exact figures, straight from the rows of the data folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from operator import attrgetter

from optimizer.case.cooling import cooling_of
from optimizer.case.setting import Setting
from optimizer.domain import OptionKey, Policy, SizeBracket
from optimizer.exact.common_figures import Equipment, Money, Rates, Server, Shared
from optimizer.exact.figures import ZERO
from optimizer.exact.hire import hourly_usd, minimum_days, present, rent_terms, reserved_days
from optimizer.exact.speed import speed_of
from optimizer.units import DAYS_PER_YEAR, HOURS_PER_DAY, MONTHS_PER_YEAR, fraction
from optimizer.units.records import dataclass

_PRICED = attrgetter(*(each.name for each in fields(OptionKey) if each.name not in ("precision", "route", "bracket")))
"""What names an option but its precision, route and size bracket: of these only the machine and the network that the
bracket represents have a price."""


EQUIPMENT_RATIOS = ("server_overhead_ratio", "storage_ratio", "spare_ratio", "freight_ratio")
"""The planning parameters that the price of a server before duty and taxes depends on."""


@dataclass(frozen=True, eq=False)
class ExactOption:
    """One option with exact figures of one server."""

    key: OptionKey
    devices: int
    pflops: Fraction
    peak_kw: Fraction
    mean_kw: Fraction
    tpp: Fraction
    memory_gb: Fraction
    min_servers: int
    max_servers: int
    min_devices: int
    """Devices of the smallest and the largest cluster of its size bracket."""
    max_devices: int
    lead_days: int
    money: Money
    """What one server costs."""
    spares: Fraction = ZERO
    """Spare devices that are bought with one server: supply, caps and export quotas count them, too."""
    start_days: int = 0
    """Days of the run that are over when its servers begin; only where delivery comes by phases."""

    least_days: int = 0
    """Days of every server that are paid at least, at what a day costs: the minimum of a hire."""
    most_days: int | None = None
    """Whole days after which what is reserved ends, and the run with it; None where nothing ends."""

    route_wait: tuple[int, int] = (0, 0)
    """Days that the licence of its route takes, and how uncertain it is: free, an exception, presumed to be granted."""

    @cached_property
    def tie(self) -> tuple[object, ...]:
        """What decides last between equal plans: by name, but of several routes the one of least wait, then doubt."""
        key = self.key
        named = (key.route, key.bracket, key.site, key.connection, key.terms)
        return (key.accelerator, key.precision, key.procurement, *self.route_wait, *named)

    @cached_property
    def acquired(self) -> Fraction:
        """Devices that come in with one server: its own and the spares."""
        return self.devices + self.spares

    @cached_property
    def acquired_tpp(self) -> Fraction:
        """TPP that comes in with one server."""
        return self.tpp / self.devices * self.acquired

    def in_bracket(self, key: OptionKey, bracket: SizeBracket, pflops: Fraction, money: Money) -> ExactOption:
        """The same server in a cluster of another size: its speed differs, and what its network costs.

        What is summed up already is taken over: it is the longest part of an option's making.
        """
        _ = self.acquired, self.acquired_tpp
        other = object.__new__(ExactOption)
        other.__dict__.update(self.__dict__, key=key, pflops=pflops, money=money, **_bounds(bracket, self.devices))
        other.__dict__.pop("tie", None)
        return other

    def paid_server_days(self, servers: int, server_days: Fraction) -> Fraction:
        """Server-days that are paid where some servers work so many."""
        return max(server_days, Fraction(self.least_days * servers))

    @property
    def server_usd(self) -> Fraction:
        """Paid per server."""
        return self.money.server_usd

    @property
    def server_day_usd(self) -> Fraction:
        """Paid per server and day of work."""
        return self.money.server_day_usd

    @property
    def server_terms(self) -> Mapping[str, Fraction]:
        """Named parts of what is paid per server, USD."""
        return self.money.server_terms

    @property
    def server_day_terms(self) -> Mapping[str, Fraction]:
        """Named parts of what is paid per server and day of work, USD."""
        return self.money.server_day_terms

    @property
    def capital_usd(self) -> Fraction:
        """Landed price of one server if it is bought, whatever the costing basis."""
        return self.money.capital_usd


def _bounds(bracket: SizeBracket, devices: int) -> dict[str, int]:
    """The sizes of a cluster in a bracket, in servers and in devices."""
    return {
        "min_servers": max(1, -(-bracket.min_devices // devices)),
        "max_servers": bracket.max_devices // devices,
        "min_devices": bracket.min_devices,
        "max_devices": bracket.max_devices,
    }


def exact_options(setting: Setting, keys: Iterable[OptionKey], shared: Shared) -> Iterator[ExactOption]:
    """One server of each option; of those that differ in their size bracket alone, all but the first are copies."""
    made: dict[tuple[object, ...], ExactOption] = {}
    for key in keys:
        bracket = setting.catalogue.bracket(setting.assumptions.id, key.bracket)
        rest = (*_PRICED(key), key.precision, key.route, key.machine)
        if (first := made.get(rest)) is None:
            first = made[rest] = exact_option(setting, key, shared)
            yield first
        else:
            money = _paid(setting, key, bracket, shared)
            yield first.in_bracket(key, bracket, speed_of(setting, key, bracket, first.devices, shared), money)


def _paid(setting: Setting, key: OptionKey, bracket: SizeBracket, shared: Shared) -> Money:
    """What one server costs in a cluster of a bracket's size."""
    priced = (*_PRICED(key), key.machine, bracket.network_ratio)
    if priced not in shared.money:
        if key.site not in shared.rates:
            shared.rates[key.site] = _rates(setting)
        server = shared.servers[key.site, key.accelerator, key.machine]
        shared.money[priced] = (
            _hired(setting, key, server)
            if key.procurement == "rent"
            else _money(setting, key, server, _bought(setting, key, bracket, server, shared), shared.rates[key.site])
        )
    return shared.money[priced]


def _hired(setting: Setting, key: OptionKey, one: Server) -> Money:
    """What one hired server costs, a day of work."""
    return Money(*rent_terms(setting, key, one.devices * HOURS_PER_DAY * hourly_usd(setting, key)), ZERO)


def _bought(setting: Setting, key: OptionKey, bracket: SizeBracket, one: Server, shared: Shared) -> Equipment:
    """One server as it is delivered, in a cluster of a bracket's size."""
    name = (key.accelerator, key.machine, bracket.network_ratio)
    if name not in shared.equipment:
        shared.equipment[name] = _equipment(setting, key, one.devices, fraction(bracket.network_ratio))
    return shared.equipment[name]


def exact_option(setting: Setting, key: OptionKey, shared: Shared | None = None) -> ExactOption:
    """One server of an option in exact figures; the formulas and their sources stand in :mod:`optimizer.options`.

    Args:
        shared: kept for other options of the same setting, or of one whose prices, taxes, costing basis and power are
            the same.

    Raises:
        DataError: a figure that the option needs is not in the data.
    """
    catalogue = setting.catalogue
    chip = catalogue.accelerators[key.accelerator]
    replaced = catalogue.overrides.get((setting.assumptions.id, key.accelerator))
    bracket = catalogue.bracket(setting.assumptions.id, key.bracket)
    shared = Shared() if shared is None else shared
    at_site = (key.site, key.accelerator, key.machine)
    if at_site not in shared.servers:
        shared.servers[at_site] = _server(setting, key)
    server = shared.servers[at_site]
    return ExactOption(
        key=key,
        devices=server.devices,
        pflops=speed_of(setting, key, bracket, server.devices, shared),
        peak_kw=server.peak_kw,
        mean_kw=server.mean_kw,
        tpp=server.tpp,
        memory_gb=server.memory_gb,
        **_bounds(bracket, server.devices),
        lead_days=_lead_days(setting, key) if setting.case.deadline_from == "order" else 0,
        money=_paid(setting, key, bracket, shared),
        least_days=minimum_days(setting, key),
        most_days=reserved_days(key),
        spares=_spares(setting, key, replaced.price_scope if replaced else chip.price_scope, server.devices),
        route_wait=_route_wait(setting, key),
    )


def _server(setting: Setting, key: OptionKey) -> Server:
    """One server of an accelerator at a site, or the machine smaller than it that the key names.

    Raises:
        DataError: how many devices it has, or its power, is not in the data.
    """
    chip = setting.catalogue.accelerators[key.accelerator]
    if key.machine:
        devices, rated_kw = (
            key.machine,
            fraction(setting.catalogue.machines[key.accelerator, key.machine].server_peak_kw),
        )
    else:
        held = setting.catalogue.overrides.get((setting.assumptions.id, key.accelerator)) or chip
        devices = present(held.server_devices, key, "server_devices")
        rated_kw = fraction(present(held.server_peak_kw, key, "server_peak_kw"))
    it_kw = rated_kw + setting.exact("network_power_kw_per_device") * devices
    return Server(
        devices=devices,
        it_kw=it_kw,
        peak_kw=_grid_kw(setting, key, it_kw, rated_kw),
        mean_kw=it_kw * _pue(setting, key) * setting.exact("mean_power_ratio"),
        tpp=fraction(chip.tpp) * devices,
        memory_gb=fraction(chip.memory_gb) * devices,
    )


def _pue(setting: Setting, key: OptionKey) -> Fraction:
    """PUE of the year of an option's hall: the lower of the country's and that of its cooling, unless one is stated."""
    row = cooling_of(setting, key.accelerator)
    return setting.exact("pue") if row is None else min(fraction(row.pue), setting.exact("pue"))


def _grid_kw(setting: Setting, key: OptionKey, it_kw: Fraction, rated_kw: Fraction) -> Fraction:
    """What the grid must carry for one server: its electrical peak instead of the rated maximum, in the hottest hours.

    The case's own peak PUE counts where it is above that of the year.
    """
    chip = setting.catalogue.accelerators[key.accelerator]
    above_kw = ZERO
    if not key.machine and (setting.assumptions.id, key.accelerator) not in setting.catalogue.overrides:
        above_kw = max(ZERO, fraction(chip.server_electrical_kw or 0) - rated_kw)
    pue, own = _pue(setting, key), setting.case.peak_pue
    return (it_kw + above_kw) * (pue if own is None else max(fraction(own), pue))


def _spares(setting: Setting, key: OptionKey, scope: str, devices: int) -> Fraction:
    """Spare devices of one server that is bought; a price that covers everything has its spares in it, uncounted."""
    return devices * setting.exact("spare_ratio") if key.procurement == "buy" and scope != "all_in" else ZERO


def _lead_days(setting: Setting, key: OptionKey) -> int:
    if key.procurement == "buy":
        rule = next(rule for rule in setting.catalogue.licence_rules if rule.rule == key.route)
        return rule.lead_days + int(setting.exact("buy_lead_days"))
    return int(setting.exact("rent_lead_days")) if key.procurement == "rent" else 0


def _route_wait(setting: Setting, key: OptionKey) -> tuple[int, int]:
    """Days of the licence of an option's route, and its policy by doubt; nothing without a rule."""
    rule = next((rule for rule in setting.catalogue.licence_rules if rule.rule == key.route), None)
    return (0, 0) if rule is None else (rule.lead_days, list(Policy).index(rule.policy))


def _rates(setting: Setting) -> Rates:
    """What all servers of a case pay alike."""
    exact, tax = setting.exact, setting.tax
    lost_vat = fraction(tax.vat) * (1 - fraction(tax.vat_recoverable))
    return Rates(
        energy_usd_per_kw_day=exact("mean_power_ratio") * HOURS_PER_DAY * exact("electricity_usd_per_kwh"),
        colocation_usd_per_it_kw_day=exact("colocation_usd_per_kw_month") * MONTHS_PER_YEAR / DAYS_PER_YEAR,
        maintenance_per_day=exact("maintenance_per_year") / DAYS_PER_YEAR,
        tax_ratio=_tax_ratio(tax.duty or Decimal(0), tax.excise, tax.contribution, tax.inside_tax, lost_vat),
    )


def _equipment(setting: Setting, key: OptionKey, devices: int, network_ratio: Fraction) -> Equipment:
    """What one server costs before duty and taxes, by the figures of the set of assumptions alone."""
    exact = setting.exact
    chip = setting.catalogue.accelerators[key.accelerator]
    replaced = setting.catalogue.overrides.get((setting.assumptions.id, key.accelerator))
    unit_price = replaced.unit_price_usd if replaced else chip.unit_price_usd
    chips_usd = devices * fraction(present(unit_price, key, "unit_price_usd"))
    scope = replaced.price_scope if replaced else chip.price_scope
    if scope == "all_in":
        return Equipment(chips_usd, ZERO, ZERO, ZERO)
    chassis = exact("server_overhead_ratio") if scope == "device" else ZERO
    integration_usd = chips_usd * (chassis + network_ratio + exact("storage_ratio"))
    before_spares_usd = chips_usd + integration_usd
    spares_usd = before_spares_usd * exact("spare_ratio")
    return Equipment(chips_usd, integration_usd, spares_usd, (before_spares_usd + spares_usd) * exact("freight_ratio"))


def _money(setting: Setting, key: OptionKey, one: Server, bought: Equipment, rates: Rates) -> Money:
    """Named cost terms of one server, per server and per day of work, and its landed price."""
    it_kw, peak_kw, equipment_usd = one.it_kw, one.peak_kw, bought.equipment_usd
    exact = setting.exact
    server_day = {
        "energy": it_kw * _pue(setting, key) * rates.energy_usd_per_kw_day,
        "colocation": it_kw * rates.colocation_usd_per_it_kw_day,
        "maintenance": equipment_usd * rates.maintenance_per_day,
    }
    amortised = setting.case.basis == "amortised"
    if amortised:  # the hall and the support of idle days are paid by those of work
        server_day |= {name: server_day[name] / exact("utilisation") for name in ("colocation", "maintenance")}
    server: dict[str, Fraction] = {}
    if key.connection == "hv":
        substation_usd = peak_kw * exact("substation_usd_per_kw")
        if amortised:
            server_day["connection"] = _amortisation_usd_per_day(setting, substation_usd, ZERO)
        else:
            server["connection"] = substation_usd
    if key.procurement == "own":
        return Money(server, server_day, ZERO)
    cif_usd = equipment_usd + bought.freight_usd
    tax_usd = cif_usd * rates.tax_ratio
    landed_usd = cif_usd + tax_usd
    if amortised:
        server_day["amortisation"] = _amortisation_usd_per_day(setting, landed_usd, equipment_usd)
        return Money(server, server_day, landed_usd)
    server |= {
        "accelerators": bought.chips_usd,
        "integration": bought.integration_usd,
        "spares": bought.spares_usd,
        "freight": bought.freight_usd,
        "duty_and_tax": tax_usd,
    }
    return Money(server, server_day, landed_usd)


@lru_cache(1024)
def _tax_ratio(duty: Decimal, excise: Decimal, contribution: Decimal, inside: Decimal, lost_vat: Fraction) -> Fraction:
    """Duty and taxes over the CIF value, tax by tax in the order in which customs works them out."""
    duty_usd = fraction(duty)  # of a CIF value of one dollar
    excise_usd = (1 + duty_usd) * fraction(excise)
    contribution_usd = fraction(contribution)
    before_inside = 1 + duty_usd + excise_usd + contribution_usd
    rate = fraction(inside)
    inside_usd = before_inside * rate / (1 - rate)
    lost_vat_usd = (before_inside + inside_usd) * lost_vat
    return duty_usd + excise_usd + contribution_usd + inside_usd + lost_vat_usd


def _amortisation_usd_per_day(setting: Setting, landed_usd: Fraction, equipment_usd: Fraction) -> Fraction:
    """Level yearly payment that repays the landed price at the cost of capital, less the salvage value, per day of
    work: a year has 365 days, of which the server works the share of its utilisation."""
    rate, years = setting.exact("cost_of_capital"), int(setting.exact("useful_life_years"))
    salvage_usd = equipment_usd * setting.exact("residual_ratio")
    # present value of the salvage, and of a payment of 1 at the end of each year
    discount = Fraction(1) / (1 + rate) ** years
    annuity = Fraction(years) if rate == 0 else (1 - discount) / rate
    return (landed_usd - salvage_usd * discount) / annuity / (DAYS_PER_YEAR * setting.exact("utilisation"))
