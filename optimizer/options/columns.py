"""The columns of an options table: the figures they are calculated from, and the formulas over them, vectorised.

The figures are arrays with one value an option. Where one option is looked at in many draws of its uncertain figures
(:mod:`optimizer.uncertainty.drawn_options`), the same formulas take one value a draw.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from optimizer.case.cooling import cooling_of
from optimizer.case.setting import Setting
from optimizer.domain import PARAMETERS
from optimizer.options import cost, performance, power
from optimizer.options.option import Option
from optimizer.options.performance import Column, Value
from optimizer.units.records import dataclass


def column(values: Iterable[float]) -> Column:
    """Values of one unit as an array."""
    return np.array(list(values), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Kinds:
    """What each option is, as 1.0 or 0.0."""

    bought: Column
    rented: Column
    all_in: Column
    """Whether its price covers network, storage, spares and freight."""
    of_device: Column
    """Whether its price is that of a device without its server."""
    high_voltage: Column
    """Whether its site has a substation."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """The figures of one server that the columns are calculated from; whatever is uncertain may be one value a draw."""

    devices: Column
    server_peak_kw: Value
    server_electrical_kw: Value
    """What the grid must carry; the rated maximum where no other is known."""
    liquid_pue: Value
    """Of a hall with liquid cooling; infinite where the server has none."""
    unit_price_usd: Value
    """0 where it is not known: then the option is rented."""
    rent_usd_per_hour: Value
    """0 where it is not rented."""
    term_days: Column
    """Days that a reservation is paid for; 0 where it is none."""
    network_ratio: Value
    peak_tflops: Value
    mfu: Value
    mfu_factor: Value
    goodput: Value
    model_factor: Value
    way_factor: Value
    landed_factor: Value
    """Landed cost over CIF value."""
    rent_tax_ratio: Value
    """VAT on the rent that does not come back, over the rent."""
    parameters: Mapping[str, Value]
    """Every planning parameter by name."""


@dataclass(frozen=True, eq=False)
class WorkedOut:
    """What the formulas make of the inputs: of one server, but for ``day_usd``, which is of the team."""

    pflops: Column
    peak_kw: Column
    mean_kw: Column
    server_usd: Column
    server_day_usd: Column
    capital_usd: Column
    acquired: Column
    """Devices that come in with a server: its own, and the spares that are bought with it."""
    day_usd: Value


def kinds_of(options: Sequence[Option]) -> Kinds:
    """What each option is."""
    return Kinds(
        bought=column(float(o.key.procurement == "buy") for o in options),
        rented=column(float(o.key.procurement == "rent") for o in options),
        all_in=column(float(o.hardware.price_scope == "all_in") for o in options),
        of_device=column(float(o.hardware.price_scope == "device") for o in options),
        high_voltage=column(float(o.key.connection == "hv") for o in options),
    )


def inputs_of(setting: Setting, options: Sequence[Option]) -> Inputs:
    """The figures of each option at their central values."""
    sizes = {id(o.model_size): o.model_size for o in options}  # few, and their powers take long
    active_b = setting.workload.params_active_b
    factors = {at: float(performance.model_factor(size, active_b)) for at, size in sizes.items()}
    return Inputs(
        devices=column(float(o.hardware.devices) for o in options),
        server_peak_kw=column(o.hardware.server_peak_kw for o in options),
        server_electrical_kw=column(o.hardware.server_electrical_kw for o in options),
        liquid_pue=column(_liquid_pue(setting, o) for o in options),
        unit_price_usd=column(o.hardware.unit_price_usd or 0.0 for o in options),
        rent_usd_per_hour=column(o.rent_usd_per_hour for o in options),
        term_days=column(float(o.term_days) for o in options),
        network_ratio=column(float(o.bracket.network_ratio) for o in options),
        peak_tflops=column(
            float(o.efficiency.peak_tflops or o.accelerator.peak_tflops(o.efficiency.precision) or 0) for o in options
        ),
        mfu=column(float(o.efficiency.mfu) for o in options),
        mfu_factor=column(float(o.bracket.mfu_factor) for o in options),
        goodput=column(float(o.efficiency.goodput) for o in options),
        model_factor=column(factors[id(o.model_size)] for o in options),
        way_factor=float(setting.way.efficiency_factor),
        landed_factor=cost.landed_factor(setting.tax),
        rent_tax_ratio=cost.lost_vat_ratio(setting.tax),
        parameters=_parameters(setting, options),
    )


def _liquid_pue(setting: Setting, option: Option) -> float:
    """PUE of the hall of an option that is cooled by liquid, or infinite."""
    row = cooling_of(setting, option.key.accelerator)
    return math.inf if row is None else float(row.pue)


def _parameters(setting: Setting, options: Sequence[Option]) -> dict[str, float]:
    """Every parameter; where there is no option nothing depends on those that are not known.

    Raises:
        DataError: one is not known.
    """
    if not options:
        return dict.fromkeys(PARAMETERS, 0.0) | {name: float(figure.value) for name, figure in setting.figures.items()}
    return {name: float(setting.figures[name].value) for name in PARAMETERS}


def work_out(setting: Setting, kinds: Kinds, inputs: Inputs) -> WorkedOut:
    """The columns of options, from figures that may be drawn.

    Args:
        setting: for the costing basis; its figures are not read.
        kinds: of the options.
        inputs: of the options.
    """
    number, devices = inputs.parameters, inputs.devices
    it = power.it_kw(inputs.server_peak_kw, devices, number["network_power_kw_per_device"])
    pue = power.hall_pue(number["pue"], inputs.liquid_pue)
    hottest = np.maximum(pue, float(setting.case.peak_pue or 0))
    electrical = np.maximum(inputs.server_electrical_kw, inputs.server_peak_kw)
    peak = power.peak_kw(electrical, devices, number["network_power_kw_per_device"], hottest)
    mean = power.mean_kw(it * pue, number["mean_power_ratio"])
    overhead = cost.mask_values(number["server_overhead_ratio"], kinds.of_device)
    integration = cost.mask_values(overhead + inputs.network_ratio + number["storage_ratio"], 1 - kinds.all_in)
    spares = cost.mask_values(number["spare_ratio"], 1 - kinds.all_in)
    freight = cost.mask_values(number["freight_ratio"], 1 - kinds.all_in)
    equipment = cost.equipment_usd(devices, inputs.unit_price_usd, integration, spares)
    landed = equipment * (1 + freight) * inputs.landed_factor
    substation = cost.mask_values(peak * number["substation_usd_per_kw"], kinds.high_voltage)
    amortised = setting.case.basis == "amortised"
    idle = number["utilisation"] if amortised else 1.0  # days of work bear the hall and the support of idle ones
    rent = cost.rent_usd_per_day(devices, inputs.rent_usd_per_hour) * (1 + inputs.rent_tax_ratio)
    by_term = cost.reservation_usd(rent, inputs.term_days)
    server_day = cost.mask_values(rent, kinds.rented * (inputs.term_days == 0)) + cost.mask_values(
        cost.energy_usd_per_day(mean, number["electricity_usd_per_kwh"])
        + cost.colocation_usd_per_day(it, number["colocation_usd_per_kw_month"]) / idle
        + cost.maintenance_usd_per_day(equipment, number["maintenance_per_year"]) / idle,
        1 - kinds.rented,
    )
    if amortised:
        terms = (number["residual_ratio"], number["cost_of_capital"], number["useful_life_years"], idle)
        server_day += cost.mask_values(cost.amortisation_usd_per_day(landed, equipment, *terms), kinds.bought)
        # a substation keeps no residual value and is repaid over the same years
        server_day += cost.amortisation_usd_per_day(substation, np.zeros_like(substation), *terms)
    return WorkedOut(
        pflops=performance.sustained_pflops(
            devices,
            inputs.peak_tflops,
            inputs.mfu,
            inputs.mfu_factor,
            inputs.goodput,
            inputs.model_factor,
            inputs.way_factor,
        ),
        peak_kw=peak,
        mean_kw=mean,
        server_usd=by_term + (0.0 * landed if amortised else cost.mask_values(landed, kinds.bought) + substation),
        server_day_usd=server_day,
        capital_usd=cost.mask_values(landed, kinds.bought),
        acquired=devices * (1 + cost.mask_values(spares, kinds.bought)),
        day_usd=cost.staff_usd_per_day(number["staff_fte"], number["engineer_usd_per_year"]),
    )
