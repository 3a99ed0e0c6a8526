"""Every figure that a plan rests on, with its unit, source and date, and whether it is an estimate."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from optimizer.case.cooling import cooling_of
from optimizer.case.rents import rent_of
from optimizer.case.setting import BILLION, TRILLION, Figure, Setting
from optimizer.domain import BY_USER, FROM_SCRATCH, OptionKey, Sourced
from optimizer.domain.base import WithSubstitutes
from optimizer.options.performance import model_size_of
from optimizer.plans.outcome import Fleet, PlanItem
from optimizer.units import names_in

_ALWAYS = names_in(
    "pue mean_power_ratio network_power_kw_per_device staff_fte engineer_usd_per_year training_bytes_per_parameter"
)
_NOT_RENTED = ("electricity_usd_per_kwh", "colocation_usd_per_kw_month", "maintenance_per_year")
_BOUGHT = ("storage_ratio", "spare_ratio", "freight_ratio")
_AMORTISED = ("useful_life_years", "residual_ratio", "cost_of_capital", "utilisation")


def inputs(plan: Fleet) -> list[Figure]:
    """The figures behind a plan, each once, in the order in which they enter."""
    found = {entering.name: entering for entering in _entering(plan)}
    return [_figure(*one) if isinstance(one, _Named) else one for one in found.values()]


def estimates(plan: Fleet) -> tuple[str, ...]:
    """The names of those that are estimates: all that a row of a batch has of them."""
    found = {one.name: one for one in _entering(plan)}
    return tuple(name for name, one in found.items() if one.is_estimate)


class _Named(NamedTuple):
    """A figure that enters: its name, where it stands, and its source where the row has several."""

    name: str
    row: Sourced
    column: str
    source: str = ""

    @property
    def is_estimate(self) -> bool:
        return self.row.is_estimate(self.column)


def _entering(plan: Fleet) -> Iterator[Figure | _Named]:
    """The figures behind a plan, in the order in which they enter; of one name the last counts."""
    for item in plan.items:
        yield from _of_item(plan, item)
    yield from _of_site(plan)


def _of_item(plan: Fleet, item: PlanItem) -> Iterator[Figure | _Named]:
    setting, key = plan.setting, item.key
    catalogue, chip = setting.catalogue, setting.catalogue.accelerators[key.accelerator]
    replaced = catalogue.overrides.get((setting.assumptions.id, key.accelerator))
    hardware: Sourced = replaced or chip
    efficiency = catalogue.efficiencies[(setting.assumptions.id, key.accelerator, key.precision, setting.architecture)]
    yield _Named(f"{key.accelerator} {key.precision} MFU ({setting.architecture})", efficiency, "mfu")
    yield _Named(f"{key.accelerator} {key.precision} goodput", efficiency, "goodput")
    if efficiency.peak_tflops is not None:
        yield _Named(f"{key.accelerator} {key.precision} peak", efficiency, "peak_tflops")
    else:
        yield _Named(f"{key.accelerator} {key.precision} peak", chip, f"{key.precision}_tflops")
    bracket = catalogue.bracket(setting.assumptions.id, key.bracket)
    yield _Named(f"factor of the size of the cluster ({key.bracket})", bracket, "mfu_factor")
    size = model_size_of(catalogue.model_sizes[setting.assumptions.id], chip.generation, setting.architecture)
    yield _Named(f"gain of a doubling of the model's size ({chip.generation})", size, "per_doubling")
    if key.machine:
        machine = catalogue.machines[key.accelerator, key.machine]
        yield _Named(f"{key.accelerator} power of a machine of {key.machine}", machine, "server_peak_kw")
    else:
        yield _Named(f"{key.accelerator} server power", hardware, "server_peak_kw")
    if replaced is None and chip.server_electrical_kw is not None and not key.machine:
        yield _Named(f"{key.accelerator} electrical peak", chip, "server_electrical_kw")
    if (hall := cooling_of(setting, key.accelerator)) is not None:
        yield _Named(f"{key.accelerator} PUE ({hall.cooling} cooling, {hall.climate} climate)", hall, "pue")
    yield _Named(f"{key.accelerator} memory", chip, "memory_gb")
    yield _Named(f"{key.accelerator} TPP", chip, "tpp")
    if key.procurement == "rent":
        yield from _rent(setting, key)
        if key.accelerator not in setting.supplied:
            known = setting.catalogue.supply.get(setting.country.id)
            name = f"performance for hire in {setting.country.name}"
            yield setting.figures["hire_max_devices"] if known is None else _Named(name, known, "tpp")
        return
    if key.connection:
        yield _Named(f"{setting.country.name} medium-voltage limit", setting.country, "medium_voltage_limit_mw")
    if key.connection == "hv":
        yield setting.figures["substation_usd_per_kw"]
    yield _Named(f"{key.accelerator} price", hardware, "unit_price_usd", "" if replaced else chip.price_source)
    yield from (setting.figures[name] for name in _NOT_RENTED)
    if key.procurement != "buy":
        return
    scope = replaced.price_scope if replaced else chip.price_scope
    if scope != "all_in":
        yield from (setting.figures[name] for name in _BOUGHT)
        yield _Named(f"network cost ({key.bracket} cluster)", bracket, "network_ratio")
    if scope == "device":
        yield setting.figures["server_overhead_ratio"]
    for name in ("duty", "excise", "contribution", "inside_tax", "vat", "vat_recoverable"):
        # an estimate of nothing is a guess like any other: whether servers are free of duty decides what they cost
        if name == "vat_recoverable" and not (setting.tax.vat or setting.tax.is_estimate("vat")):
            continue  # of no VAT, nothing can be refunded
        if getattr(setting.tax, name) or setting.tax.is_estimate(name):
            yield _Named(f"{setting.country.name} {name} ({setting.tax.regime})", setting.tax, name)
    if setting.case.basis == "amortised":
        yield from (setting.figures[name] for name in _AMORTISED)


def _of_site(plan: Fleet) -> Iterator[Figure | _Named]:
    setting = plan.setting
    yield from (setting.figures[name] for name in _ALWAYS)
    yield _Named(f"{setting.country.name} grid carbon", setting.country, "grid_carbon_g_per_kwh")
    workload = setting.workload
    yield _Named(f"{workload.id} active parameters", workload, "params_active_b")
    yield _Named(f"{workload.id} total parameters", workload, "params_total_b")
    if setting.attention is not None:
        for column, value in (("layers", setting.case.layers), ("attention_width", setting.case.attention_width)):
            if value is None:
                yield _Named(f"{workload.id} {column.replace('_', ' ')}", workload, column, workload.attention_source)
    if setting.asked.deadline_days is None:
        yield setting.figures["max_run_days"]
    yield from _of_way(setting)
    if setting.case.deadline_from == "order":
        for item in plan.items:
            if item.key.procurement == "buy":
                rule = next(r for r in setting.catalogue.licence_rules if r.rule == item.key.route)
                yield _Named(f"licence time ({rule.rule})", rule, "lead_days")
                yield setting.figures["buy_lead_days"]
            elif item.key.procurement == "rent":
                yield setting.figures["rent_lead_days"]


def _of_way(setting: Setting) -> Iterator[Figure | _Named]:
    """The tokens, and what the way to train asks of compute and memory where it is not from scratch."""
    workload, way = setting.workload, setting.way
    if way.id != FROM_SCRATCH:
        yield _Named(f"FLOP per trained parameter and token ({way.id})", way, "flop_per_trained_parameter")
        yield _Named(f"factor of the way to train ({way.id})", way, "efficiency_factor")
    if way.is_adapter:
        yield _Named(f"FLOP per frozen parameter and token ({way.id})", way, "flop_per_frozen_parameter")
        yield _Named(f"memory of a frozen parameter ({way.id})", way, "frozen_bytes_per_parameter")
        if setting.case.adapter_params_b is None:
            yield _Named(f"adapter over the model ({way.id})", way, "adapter_share")
    if (
        setting.asked.tokens_t is None
        and way.usual_tokens_b is not None
        and workload.tokens_t == (way.usual_tokens_b * BILLION / TRILLION)
    ):
        yield _Named(f"usual tokens ({way.id})", way, "usual_tokens_b")
    elif workload.tokens_t is not None:
        yield _Named(f"{workload.id} tokens", workload, "tokens_t")


def _rent(setting: Setting, key: OptionKey) -> Iterator[Figure | _Named]:
    """The rent of an accelerator: the user's own, the world's with the user's premium, or an offer."""
    accelerator, day = key.accelerator, setting.case.date or ""
    name = f"{accelerator} rent in {setting.country.name}"
    for stated, low, high in setting.case.rent:
        if stated == accelerator:
            ends = None if low == high else (low, high)
            yield Figure(name, setting.stated_rents[accelerator], "USD/h", BY_USER, day, False, ends)
            return
    chip = setting.catalogue.accelerators[accelerator]
    if setting.case.rent_premium is not None:
        yield _Named(f"{accelerator} world rent", chip, "rent_usd_per_hour", chip.rent_source)
        yield Figure(f"rent premium in {setting.country.name}", setting.case.rent_premium, "ratio", BY_USER, day, False)
        return
    rent = rent_of(setting, accelerator, key.terms)
    assert rent is not None and rent.offer is not None  # it is an option
    yield _Named(f"{name} ({key.terms})" if key.terms else name, rent.offer, "usd_per_hour")
    if rent.least_days:
        yield _Named(f"{name}: days billed at least", rent.offer, "min_days")


def _figure(name: str, row: Sourced, column: str, source: str) -> Figure:
    extra = type(row).model_fields[column].json_schema_extra
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    value = getattr(row, column)
    return Figure(
        name,
        value if isinstance(value, Decimal) else Decimal(value),
        unit,
        source or row.source_of(column),
        row.date_of(column),
        row.is_estimate(column),
        row.range_of(column),
        row.substitute_of(column) if isinstance(row, WithSubstitutes) else None,
    )
