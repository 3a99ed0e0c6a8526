"""What a server costs: once if it is bought, and for every day it works."""

from __future__ import annotations

import numpy as np

from optimizer.domain import TaxRegime
from optimizer.options.performance import Column, Value
from optimizer.units import DAYS_PER_YEAR, HOURS_PER_DAY, MONTHS_PER_YEAR


def equipment_usd(devices: Column, unit_price_usd: Value, integration_ratio: Value, spare_ratio: Value) -> Column:
    """Price of one server before freight and tax, USD.

    devices x unit price x (1 + chassis, network and storage over accelerator cost) x (1 + spares).
    """
    return devices * unit_price_usd * (1 + integration_ratio) * (1 + spare_ratio)


def landed_factor(tax: TaxRegime, duty: Value | None = None) -> Value:
    """Landed cost over CIF value under a tax regime, or under another rate of its duty.

    ((1 + duty)(1 + excise) + contribution) / (1 - inside tax) x (1 + VAT that does not come back). For Brazil:
    II, IPI, PIS/COFINS-import and ICMS, which is part of its own base (Lei Complementar 87/1996, art. 13).
    """
    rate = float(tax.duty or 0) if duty is None else duty
    inner = (1 + rate) * (1 + float(tax.excise)) + float(tax.contribution)
    return inner / (1 - float(tax.inside_tax)) * (1 + float(tax.vat) * (1 - float(tax.vat_recoverable)))


def amortisation_usd_per_day(
    landed_usd: Column,
    equipment: Column,
    residual_ratio: Value,
    cost_of_capital: Value,
    useful_life_years: Value,
    utilisation: Value = 1.0,
) -> Column:
    """This run's share of owning a server, USD per day of work.

    Capital recovery with salvage: (P - S) CRF(i, n) + S i per year, CRF = i (1 + i)^n / ((1 + i)^n - 1), or 1 / n
    where i is 0 (standard engineering economics, as in NREL's SAM); P the landed price, S the residual share of
    the price before freight and tax. It assumes that other work fills the rest of the server's life, but for the days
    on which it stands idle: of each year it works ``utilisation``, and those days bear the whole.
    """
    salvage = residual_ratio * equipment
    rate = np.where(np.equal(cost_of_capital, 0), 1.0, cost_of_capital)  # 1 stands where it does not count
    growth = (1 + rate) ** useful_life_years
    recovery = np.where(np.equal(cost_of_capital, 0), 1 / np.asarray(useful_life_years), rate * growth / (growth - 1))
    daily: Column = ((landed_usd - salvage) * recovery + salvage * cost_of_capital) / DAYS_PER_YEAR / utilisation
    return daily


def maintenance_usd_per_day(equipment: Column, rate_per_year: Value) -> Column:
    """Vendor support, USD per server and day of work: a yearly share of the price before tax."""
    return equipment * rate_per_year / DAYS_PER_YEAR


def energy_usd_per_day(mean_kw: Column, usd_per_kwh: Value) -> Column:
    """Electricity of one server, USD per day of work."""
    return mean_kw * HOURS_PER_DAY * usd_per_kwh


def colocation_usd_per_day(it_kw: Column, usd_per_kw_month: Value) -> Column:
    """Colocation of one server, USD per day of work: by rated IT power."""
    return it_kw * usd_per_kw_month * MONTHS_PER_YEAR / DAYS_PER_YEAR


def rent_usd_per_day(devices: Column, usd_per_hour: Value) -> Column:
    """Rent of one server, USD per day of work; power, hall and support are in it."""
    return devices * HOURS_PER_DAY * usd_per_hour


def lost_vat_ratio(tax: TaxRegime) -> float:
    """VAT on a service that does not come back, over its price: of what is rented, borne by a public buyer mostly."""
    return float(tax.vat) * (1 - float(tax.vat_recoverable))


def reservation_usd(rent: Column, term_days: Column) -> Column:
    """Rent of one reserved server for its whole term, USD: it is paid whether or not the server works."""
    return rent * term_days


def staff_usd_per_day(staff_fte: Value, engineer_usd_per_year: Value) -> Value:
    """The team, USD per day of the run."""
    return staff_fte * engineer_usd_per_year / DAYS_PER_YEAR


def mask_values(values: Value, mask: Column) -> Column:
    """``values`` where ``mask`` holds, else 0."""
    return np.where(mask != 0, values, 0.0)
