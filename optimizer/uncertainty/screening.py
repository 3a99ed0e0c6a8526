"""A draw planned quickly: options that cannot matter in it are left out, for two reasons that share nothing.

A draw changes figures, not which options there are: the table keeps its options and works out their columns again. Most
of them cannot be the best: they cannot finish within the limits, or are worse than a plan that is known, at the very
best. That is said of each by the columns of the table, and once more by a rougher bound from the raw data; only what
both leave out is left out, and both bounds keep a wide margin for rounding. The rest is planned and proven as always.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from optimizer.case.cooling import cooling_of
from optimizer.case.rents import hire_most
from optimizer.case.setting import Setting
from optimizer.domain import OptionKey
from optimizer.domain.offers import RESERVED_YEARS
from optimizer.exact import exact_problem
from optimizer.exact.search import search
from optimizer.model.limit_rows import Demand, demand, server_bounds
from optimizer.options import OptionTable
from optimizer.options.performance import model_factor, model_size_of
from optimizer.options.recalculation import recompute, select_rows
from optimizer.plans.outcome import Outcome
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import solve_prepared
from optimizer.units import DAYS_PER_YEAR, FLOP_PER_PFLOPS_DAY, HOURS_PER_DAY, KW_PER_MW, TFLOPS_PER_PFLOPS

Floats = NDArray[np.float64]
MARGIN = 1e-6
"""What a bound must be missed by to count: far above the error of floats, far below what matters."""
LIKELY = 4
"""Options of least bound that are planned first, for a cost that others must come under."""


def plan_from_table(setting: Setting, table: OptionTable) -> Outcome:
    """The proven best plan of a case whose figures alone differ from those behind a table.

    Raises:
        SolverError: the two proofs do not agree.
    """
    whole = recompute(table, setting)
    wanted = demand(setting, whole)
    keys = [option.key for option in whole.options]
    objective = setting.case.objective or "cost"
    of_table = by_table(whole, wanted, setting)
    likely = sorted(np.argsort(of_table, kind="stable")[:LIKELY].tolist())
    first = search(exact_problem(setting, [keys[i] for i in likely]), objective)
    reached = math.inf if first is None else float(first.value) * (1 + MARGIN)
    of_data = np.array(list(by_data(setting, keys)))
    out = np.isinf(of_table) & np.isinf(of_data) | (of_table > reached) & (of_data > reached)
    out[likely] = False
    places = np.flatnonzero(~out).tolist()
    left = select_rows(whole, places)
    problem = exact_problem(setting, [keys[i] for i in places])
    return solve_prepared(Prepared(setting, left, demand(setting, left), problem))


def by_table(table: OptionTable, wanted: Demand, setting: Setting) -> Floats:
    """The least objective of each option, in its own unit, by the columns of the table; infinite where it cannot be
    used."""
    bounds = server_bounds(table, wanted, alone=True)
    left_days = table.last_days(wanted.deadline_days)
    full_days = wanted.work_pflops_days / table.pflops
    servers = np.maximum(bounds.least, full_days / np.maximum(left_days, 1.0) * (1 - MARGIN))
    may = (left_days >= 1) & (servers <= bounds.most) & wanted.compute_allowed
    days = np.maximum(1.0, full_days / np.maximum(bounds.most, 1))
    what = wanted.measure(table, setting.case.objective or "cost")
    least = what.constant + what.latest + what.per_server * servers + what.per_server_day * full_days
    found: Floats = np.where(may, (least + what.per_day * days) * (1 - MARGIN), math.inf)
    return found


def by_data(setting: Setting, keys: Sequence[OptionKey]) -> Iterator[float]:
    """The same from the rows of the data, and rougher: of what is bought only the accelerators count, of what is hired
    only the rent; of the limits only the grid, the bracket, the accelerators for rent and the deadline."""
    case, catalogue = setting.case, setting.catalogue
    kw_per_device = setting.number("network_power_kw_per_device")
    work = float(setting.training_flop) / FLOP_PER_PFLOPS_DAY
    for key in keys:
        chip = catalogue.accelerators[key.accelerator]
        replaced = catalogue.overrides.get((setting.assumptions.id, key.accelerator))
        devices = float(key.machine or (replaced or chip).server_devices or 1)
        bracket = catalogue.bracket(setting.assumptions.id, key.bracket)
        full_days = work / _pflops(setting, key, devices, bracket.mfu_factor)
        hall = cooling_of(setting, key.accelerator)
        pue = min([setting.number("pue"), *([float(hall.pue)] if hall else [])])
        server = catalogue.machines[key.accelerator, key.machine] if key.machine else replaced or chip
        kw = (float(server.server_peak_kw or 0) + kw_per_device * devices) * pue
        most = bracket.max_devices / devices
        if case.max_mw is not None:
            most = min(most, float(case.max_mw) * KW_PER_MW / kw)
        if key.procurement == "rent" and key.accelerator not in setting.supplied:
            most = min(most, hire_most(setting, key.accelerator) / devices)
        least = max(bracket.min_devices / devices, full_days / (case.deadline_days or math.inf), 1.0)
        most, least = math.floor(most * (1 + MARGIN)), math.ceil(least * (1 - MARGIN))
        if most < least:
            yield math.inf
        elif case.objective == "days":
            yield full_days / most * (1 - MARGIN)
        elif case.objective == "peak_power":
            yield least * kw * (1 - MARGIN)
        elif case.objective in ("energy", "carbon"):
            grams = float(setting.country.grid_carbon_g_per_kwh) if case.objective == "carbon" else 1.0
            yield kw * setting.number("mean_power_ratio") * HOURS_PER_DAY * full_days * grams * (1 - MARGIN)
        else:
            yield _least_usd(setting, key, devices, least, full_days) * (1 - MARGIN)


def _least_usd(setting: Setting, key: OptionKey, devices: float, least: int, full_days: float) -> float:
    """Rent alone, or the landed price of the accelerators alone: all of it, or what it loses over its life (a level
    payment that repays the price less the salvage value is at least its straight-line loss)."""
    case, catalogue = setting.case, setting.catalogue
    chip = catalogue.accelerators[key.accelerator]
    if key.procurement == "rent":
        if key.terms and not key.machine:  # the whole term of every server, or so much as it works
            offer = catalogue.committed.get((key.site, key.accelerator, key.terms))
            a_day = 0.0 if offer is None else devices * HOURS_PER_DAY * float(offer.usd_per_hour)
            years = RESERVED_YEARS.get(key.terms, 0)
            return a_day * (least * years * DAYS_PER_YEAR if years else full_days)
        at = (key.site, key.accelerator)
        offer = catalogue.committed.get((*at, key.terms)) if key.terms else catalogue.hire.get(at)
        hourly = 0.0 if offer is None else float(offer.usd_per_hour)
        if case.rent_premium is not None:
            hourly = float(chip.rent_usd_per_hour or 0) * (1 + float(case.rent_premium))
        hourly = float(setting.stated_rents.get(key.accelerator, hourly))
        return devices * HOURS_PER_DAY * hourly * full_days
    if key.procurement == "own":
        return 0.0
    replaced = catalogue.overrides.get((setting.assumptions.id, key.accelerator))
    price = devices * float((replaced or chip).unit_price_usd or 0)
    tax = setting.tax
    landed = (1 + float(tax.duty or 0) + float(tax.excise)) / (1 - float(tax.inside_tax))
    if case.basis == "upfront":
        return least * price * landed
    lost = max(0.0, landed - setting.number("residual_ratio")) / setting.number("useful_life_years") / DAYS_PER_YEAR
    return price * lost * full_days


def _pflops(setting: Setting, key: OptionKey, devices: float, bracket_factor: Decimal) -> float:
    """Sustained PFLOP/s of a server, from the rows."""
    catalogue = setting.catalogue
    chip = catalogue.accelerators[key.accelerator]
    row = catalogue.efficiencies[setting.assumptions.id, key.accelerator, key.precision, setting.architecture]
    size = model_size_of(catalogue.model_sizes[setting.assumptions.id], chip.generation, setting.architecture)
    of_model = float(model_factor(size, setting.workload.params_active_b))
    share = float(row.mfu * row.goodput * bracket_factor * setting.way.efficiency_factor) * of_model
    return devices * float(row.peak_tflops or chip.peak_tflops(key.precision) or 0) * share / TFLOPS_PER_PFLOPS
