"""The rows of the data folder: hardware, efficiency, countries, workloads and assumptions.

A model's fields are the columns of its CSV file, with unit, bounds and meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from optimizer.domain.base import (
    CODE_2,
    CODE_3,
    AsOf,
    Day,
    Flag,
    Names,
    Number,
    Sourced,
    Whole,
    WithSubstitutes,
    column,
    read_list,
)
from optimizer.units.language import say

Precision = Literal["fp16", "bf16", "fp8", "nvfp4"]
PRECISION_BITS: Mapping[Precision, int] = {"fp16": 16, "bf16": 16, "fp8": 8, "nvfp4": 4}
"""Bits of an operand: what the TPP multiplies a dense peak by."""
Architecture = Literal["dense", "moe"]
Procurement = Literal["buy", "rent", "own"]
Spread = Literal["domestic", "international"]
PriceScope = Literal["device", "server", "all_in"]
Cooled = Literal["air", "liquid"]
Measured = Annotated[tuple[Literal["runs", "benchmarks"], ...], BeforeValidator(read_list)]
"""What a figure was measured in, in whole runs or in benchmarks, separated by ";" in a CSV cell."""


class Accelerator(Sourced):
    """One accelerator (a device) and the server it comes in."""

    id: str = column("name used everywhere in this package", pattern=r"^[a-z0-9_]+$")
    name: str = column("name in the trade")
    vendor: str = column("maker")
    generation: str = column("architecture generation of the maker")
    aliases: Names = column("other names a question may use", default=())
    release_date: AsOf = column("first shipped or announced")
    sold_new_until: AsOf | None = column(
        "when the last new ones were sold: used ones are no offer for a cluster; empty: they still are", default=None
    )
    memory_gb: Number = column("memory of one device", "GB", gt=0)
    memory_bandwidth_gb_per_s: Number | None = column("memory bandwidth of one device", "GB/s", None, gt=0)
    interconnect_gb_per_s: Number | None = column("bidirectional device-to-device bandwidth", "GB/s", None, gt=0)
    fp16_tflops: Number | None = column("dense peak in training with 16-bit floats and no BF16", "TFLOP/s", None, gt=0)
    bf16_tflops: Number | None = column("dense peak in training, BF16 with FP32 accumulation", "TFLOP/s", None, gt=0)
    fp8_tflops: Number | None = column("dense peak in training, FP8 with FP32 accumulation", "TFLOP/s", None, gt=0)
    nvfp4_tflops: Number | None = column("dense peak in NVFP4", "TFLOP/s", None, gt=0)
    tdp_w: Number = column("thermal design power of one device", "W", gt=0)
    tpp: Number = column("total processing performance: dense TOPS x bits, highest over precisions", "TPP", gt=0)
    tpp_basis: str = column("the precision that gives the TPP")
    die_area_mm2: Number | None = column("logic die area of the package", "mm2", None, gt=0)
    datacenter_marketed: Flag = column("1 if designed or marketed for data centres (15 CFR 774, 3A090 note 2)")
    stated_class: str = column(
        "export class given by sources, against which the computed one is checked; empty if none is given", default=""
    )
    server_devices: Whole | None = column("devices in one server", "devices", None, gt=0)
    tray_devices: Whole | None = column(
        "devices of a tray of it that is rented by itself within the network of the whole; empty: none is",
        "devices",
        None,
        gt=0,
    )
    server_peak_kw: Number | None = column("rated maximum power of one server, IT side", "kW", None, gt=0, le=1000)
    server_electrical_kw: Number | None = column(
        "electrical peak of one server, IT side, which the grid must carry; empty: the rated maximum",
        "kW",
        None,
        gt=0,
        le=1000,
    )
    cooling: Cooled = column("how the server is cooled: by air, or by liquid", default="air")
    price_scope: PriceScope = column("what unit_price_usd covers: the device alone, or its share of a complete server")
    unit_price_low_usd: Number | None = column("purchase price of one device, low", "USD", None, gt=0)
    unit_price_usd: Number | None = column("purchase price of one device, central", "USD", None, gt=0)
    unit_price_high_usd: Number | None = column("purchase price of one device, high", "USD", None, gt=0)
    price_source: str = column("where the purchase price comes from", default="")
    rent_low_usd_per_hour: Number | None = column("lowest on-demand list price in the world", "USD/h", None, gt=0)
    rent_usd_per_hour: Number | None = column(
        "world rent of one device and hour: the median of the on-demand list prices", "USD/h", None, gt=0
    )
    rent_high_usd_per_hour: Number | None = column("highest on-demand list price in the world", "USD/h", None, gt=0)
    rent_source: str = column("where the rent comes from", default="")

    @model_validator(mode="after")
    def _peak_above_rated(self) -> Accelerator:
        peak, rated = self.server_electrical_kw, self.server_peak_kw
        if peak is not None and (rated is None or peak < rated):
            raise ValueError(say("server_electrical_kw must be at least server_peak_kw"))
        return self

    def peak_tflops(self, precision: Precision) -> Number | None:
        """Dense training peak of one device at the stated precision, TFLOP/s; None if it has none."""
        value: Number | None = getattr(self, f"{precision}_tflops")
        return value

    def is_sold_new_on(self, day: str) -> bool:
        """Whether new ones are still sold on a day. Of a month or a year its last day counts."""
        until = self.sold_new_until
        return until is None or day[: len(until)] <= until

    def is_sold_on(self, day: str) -> bool:
        """Whether it is sold on a day. Of a month or a year the last day counts: it may be sold no earlier."""
        return self.release_date == day or self.release_date < day[: len(self.release_date)]


class Efficiency(Sourced):
    """Model FLOP utilisation and goodput of one accelerator, precision and architecture.

    ``mfu`` is the share of the dense peak *of the stated precision* in steady state; ``goodput`` the
    share of wall-clock time spent on progress. Neither contains the other.
    """

    assumption_set: str = column("the assumption set the row belongs to")
    accelerator: str = column("accelerator id")
    precision: Precision = column("training precision")
    architecture: Architecture = column("dense, or mixture of experts (moe)")
    peak_tflops: Number | None = column(
        "peak the MFU refers to, where it is not the accelerator's own", "TFLOP/s", None, gt=0
    )
    mfu_low: Number | None = column("steady-state MFU, low", "share", None, gt=0, le=1)
    mfu: Number = column("steady-state MFU, central", "share", gt=0, le=1)
    mfu_high: Number | None = column("steady-state MFU, high", "share", None, gt=0, le=1)
    goodput_low: Number | None = column("goodput, low", "share", None, gt=0, le=1)
    goodput: Number = column("goodput, central", "share", gt=0, le=1)
    goodput_high: Number | None = column("goodput, high", "share", None, gt=0, le=1)
    evidence_class: str = column("real run, benchmark, estimate or a mixture, in words")
    measured_in: Measured = column("what the figures were measured in: runs, benchmarks, both or neither", default=())
    evidence: str = column("the rows that the figures rest on, as a selector (see validation/selector.py)", default="")


class Machine(Sourced):
    """A machine with fewer accelerators than the usual server, in which a whole run may be: no network joins several.

    Its efficiency and network cost are those of the smallest clusters, and the price of an accelerator is the usual.
    """

    accelerator: str = column("accelerator id")
    devices: Whole = column("devices in the machine", "devices", ge=1)
    server_peak_kw: Number = column("rated maximum power of the machine, IT side", "kW", gt=0, le=1000)
    sold: Flag = column(
        "1 if it is sold as a machine of its own; 0: it is a part of a server, and only rented or owned"
    )


class SizeBracket(Sourced):
    """A range of cluster sizes with its own efficiency and network cost."""

    assumption_set: str = column("the assumption set the row belongs to")
    bracket: str = column("name of the bracket", pattern=r"^[a-z0-9-]+$")
    min_devices: Whole = column("smallest cluster of the bracket", "devices", ge=1)
    max_devices: Whole = column("largest cluster of the bracket", "devices", ge=1)
    mfu_factor_low: Number | None = column("what the MFU is multiplied by, low", "ratio", None, gt=0, lt=2)
    mfu_factor: Number = column("what the MFU is multiplied by, central", "ratio", gt=0, lt=2)
    mfu_factor_high: Number | None = column("what the MFU is multiplied by, high", "ratio", None, gt=0, lt=2)
    network_ratio: Number = column("network cost over accelerator cost", "ratio", ge=0)
    evidence: str = column("the rows that the factor rests on, as a selector (see validation/selector.py)", default="")

    def of_machine(self, name: str, devices: int) -> SizeBracket:
        """This bracket for one machine of so many devices alone."""
        return self.model_copy(update={"bracket": name, "min_devices": devices, "max_devices": devices})


class Distribution(Sourced):
    """What is left of the efficiency of one run when several sites share it over the network."""

    assumption_set: str = column("the assumption set the row belongs to")
    spread: Spread = column("domestic: all sites in one country; international: in several")
    efficiency_low: Number | None = column("what the speed is multiplied by, low", "ratio", None, gt=0, le=1)
    efficiency: Number = column("what the speed is multiplied by, central", "ratio", gt=0, le=1)
    efficiency_high: Number | None = column("what the speed is multiplied by, high", "ratio", None, gt=0, le=1)
    site_staff_fte_low: Number | None = column("posts of the team that each site needs, low", "posts", None, ge=0)
    site_staff_fte: Number = column("posts of the team that each site needs on the spot", "full-time posts", ge=0)
    site_staff_fte_high: Number | None = column("posts of the team that each site needs, high", "posts", None, ge=0)


class ModelSize(Sourced):
    """How MFU x goodput grow with the active parameters of the model, on some generations: one line, and no step.

    They are multiplied by ``per_doubling ^ log2(parameters / params_at_one_b)``; beyond the sizes that were seen the
    line is not carried on. A row that names the generation goes before one for any. Small models run less well than
    large ones: shorter matrix products, more of the time spent elsewhere.
    """

    assumption_set: str = column("the assumption set the row belongs to")
    generations: Names = column("generations of accelerators.csv, or * for any")
    architectures: Names = column("dense, moe, or both")
    params_from_b: Number = column("active parameters where the line begins; it is level below", "1e9", gt=0)
    params_to_b: Number = column("active parameters where the line ends; it is level above", "1e9", gt=0)
    params_at_one_b: Number = column("active parameters at which the factor is 1", "1e9", gt=0)
    per_doubling_low: Number | None = column("what a doubling multiplies by, low", "ratio", None, ge=1, le=2)
    per_doubling: Number = column(
        "what a doubling of the active parameters multiplies by, central", "ratio", ge=1, le=2
    )
    per_doubling_high: Number | None = column("what a doubling multiplies by, high", "ratio", None, ge=1, le=2)
    evidence: str = column("the rows that the line rests on, as a selector (see validation/selector.py)", default="")


class HardwareOverride(Sourced):
    """Hardware figures of an assumption set, used instead of the accelerator's own."""

    assumption_set: str = column("the assumption set the row belongs to")
    accelerator: str = column("accelerator id")
    server_devices: Whole = column("devices in one server", "devices", gt=0)
    server_peak_kw: Number = column("rated maximum power of one server, IT side", "kW", gt=0, le=1000)
    unit_price_usd: Number = column("purchase price of one device", "USD", gt=0)
    price_scope: PriceScope = column("what unit_price_usd covers")


class AssumptionSet(Sourced):
    """A named set of assumptions about efficiency, cost and power."""

    id: str = column("name", pattern=r"^[a-z0-9-]+$")
    name: str = column("title")
    is_default: Flag = column("1 for the set used when a case names none")
    procurements: Names = column("how servers may be obtained under this set: buy, rent, own")
    description: str = column("what the set represents")


class Parameter(Sourced):
    """One planning parameter of an assumption set."""

    assumption_set: str = column("the assumption set the row belongs to")
    parameter: str = column("name, one of those in the data dictionary")
    unit: str = column("unit")
    low: Number | None = column("low value", default=None)
    central: Number | None = column("central value; empty where the country's own figure is used", default=None)
    high: Number | None = column("high value", default=None)
    meaning: str = column("what it is and where it enters")


class Country(WithSubstitutes):
    """A country: power, carbon, money and law-independent site figures."""

    id: str = column("ISO 3166-1 alpha-2 code; of a region with export rules of its own, ISO 3166-2", pattern=CODE_2)
    iso3: str = column("ISO 3166-1 alpha-3 code; of such a region, its id", pattern=CODE_3)
    name: str = column("English short name")
    aliases: Names = column("other names a question may use", default=())
    name_es: str = column("Spanish name", default="")
    name_pt: str = column("Portuguese name", default="")
    name_fr: str = column("French name", default="")
    demonyms_en: Names = column("English adjectives and nouns for its people, singular", default=())
    demonyms_es: Names = column("Spanish adjectives of the country, masculine singular", default=())
    demonyms_pt: Names = column("Portuguese adjectives of the country, masculine singular", default=())
    part_of: str = column(
        "of a region with export rules of its own, the country whose figures it has; no list of all countries has it",
        default="",
    )
    region: str = column("World Bank region")
    income_group: str = column("World Bank income group")
    electricity_usd_per_kwh: Number = column("industrial electricity, all in", "USD/kWh", ge=0, le=2)
    electricity_as_of: AsOf = column("date of the tariff")
    grid_carbon_g_per_kwh: Number = column("carbon intensity of the grid", "gCO2e/kWh", ge=0, le=3000)
    grid_carbon_year: AsOf = column("year of the carbon intensity")
    grid_carbon_low_g_per_kwh: Number | None = column("carbon intensity, low", "gCO2e/kWh", None, ge=0, le=3000)
    grid_carbon_high_g_per_kwh: Number | None = column("carbon intensity, high", "gCO2e/kWh", None, ge=0, le=3000)
    pue: Number = column("power usage effectiveness of a typical hall", "ratio", ge=1, le=5)
    colocation_usd_per_kw_month: Number = column(
        "colocation, per kW of IT capacity and month, power not included", "USD/kW-month", ge=0, le=5000
    )
    engineer_usd_per_year: Number | None = column("loaded cost of an engineer", "USD/year", None, ge=0, le=5_000_000)
    cost_of_capital: Number = column("nominal cost of capital in USD, half equity, half debt", "1/year", ge=0, le=1)
    medium_voltage_limit_mw: Number | None = column("largest load on medium voltage", "MW", None, gt=0, le=1000)
    medium_voltage_note: str = column("what the medium-voltage figure is", default="")
    electricity_low_usd_per_kwh: Number | None = column("industrial electricity, low", "USD/kWh", None, ge=0, le=2)
    electricity_high_usd_per_kwh: Number | None = column("industrial electricity, high", "USD/kWh", None, ge=0, le=2)
    currency: str = column("ISO 4217 code of the currency", default="", pattern=r"^([A-Z]{3})?$")

    def date_of(self, name: str) -> str:
        """The date of a figure; a tariff and its ends, and the carbon of the grid, have columns of their own for it."""
        if name.startswith("electricity_"):
            return self.electricity_as_of
        return self.grid_carbon_year if name.startswith("grid_carbon_") else super().date_of(name)

    @model_validator(mode="after")
    def _in_order(self) -> Country:
        if 0 < self.grid_carbon_g_per_kwh < 1:
            raise ValueError(
                say(
                    "grid_carbon_g_per_kwh: {grid_carbon_g_per_kwh:f} g is too little for a grid: "
                    "{grid_carbon_g_per_kwh:f} kgCO2e/kWh is {grid_carbon_g_per_kwh_2:f}",
                    grid_carbon_g_per_kwh=self.grid_carbon_g_per_kwh,
                    grid_carbon_g_per_kwh_2=(self.grid_carbon_g_per_kwh * 1000).normalize(),
                )
            )
        if self.engineer_usd_per_year is not None and 0 < self.engineer_usd_per_year < 500:
            raise ValueError(
                say(
                    "engineer_usd_per_year: {engineer_usd_per_year:f} USD is too little for a year: "
                    "{engineer_usd_per_year:f} thousands of USD is {engineer_usd_per_year_2:f}",
                    engineer_usd_per_year=self.engineer_usd_per_year,
                    engineer_usd_per_year_2=self.engineer_usd_per_year * 1000,
                )
            )
        for name in ("electricity_{}usd_per_kwh", "grid_carbon_{}g_per_kwh"):
            known = [own for end in ("low_", "", "high_") if (own := getattr(self, name.format(end))) is not None]
            if known != sorted(known):
                raise ValueError(say("{figure}: low, central and high must be in order", figure=name.format("")))
        return self


class Region(Sourced):
    """A named set of countries: a continent, a community of states, a part of the world."""

    id: str = column("name used everywhere in this package", pattern=r"^[a-z0-9-]+$")
    name: str = column("English name")
    name_es: str = column("Spanish name", default="")
    name_pt: str = column("Portuguese name", default="")
    name_fr: str = column("French name", default="")
    aliases: Names = column("other names a question may use", default=())
    members: Names = column("ISO 3166-1 alpha-2 codes of its countries")
    absent: Names = column("names of its members that have no row in countries.csv", default=())


class ExchangeRate(Sourced):
    """What a dollar buys: for a reader's own conversion, no plan is calculated in another currency."""

    currency: str = column("ISO 4217 code", pattern=r"^[A-Z]{3}$")
    units_per_usd: Number = column("units of the currency for one US dollar", "1/USD", gt=0)


class TaxRegime(WithSubstitutes):
    """What import costs: rates on the CIF value of equipment, from a day to a day.

    landed = CIF x ((1 + duty)(1 + excise) + contribution) / (1 - inside_tax) x (1 + vat (1 - vat_recoverable))
    """

    country: str = column("ISO 3166-1 alpha-2 code, or * for any")
    regime: str = column("name of the regime", pattern=r"^[a-z0-9-]+$")
    assumption_set: str = column("the assumption set that uses the row, or * for any")
    is_default: Flag = column("1 if used when a case names no regime")
    duty_low: Number | None = column("import duty, low; only of one that is an estimate", "share", None, ge=0, le=2)
    duty: Number | None = column("import duty on CIF; empty where not known", "share", None, ge=0, le=2)
    duty_high: Number | None = column("import duty, high; only of one that is an estimate", "share", None, ge=0, le=2)
    excise: Number = column("excise on CIF plus duty (Brazil: IPI)", "share", ge=0, le=2)
    contribution: Number = column("contributions on CIF (Brazil: PIS/COFINS-import)", "share", ge=0, le=2)
    inside_tax: Number = column("tax inside its own base (Brazil: ICMS)", "share", ge=0, lt=1)
    vat: Number = column("value added tax on the landed value", "share", ge=0, le=1)
    vat_recoverable: Number = column("share of the VAT that is refunded to a company", "share", ge=0, le=1)
    vat_recoverable_public: Number | None = column(
        "share of the VAT that is refunded to a ministry or a public university; empty where not known: then none",
        "share",
        None,
        ge=0,
        le=1,
    )
    effective_from: Day | None = column(
        "first day in force; empty if it was in force before the data begin", default=None
    )
    effective_to: Day | None = column("last day in force; empty while it is in force", default=None)


class Workload(Sourced):
    """A model to train."""

    id: str = column("name used everywhere in this package", pattern=r"^[a-z0-9.-]+$")
    name: str = column("title")
    organisation: str = column("who trained or would train it", default="")
    aliases: Names = column("other names a question may use", default=())
    params_total_b: Number = column("total parameters, in memory", "1e9", gt=0)
    params_active_b: Number = column("parameters active per token", "1e9", gt=0)
    tokens_t: Number | None = column("training tokens", "1e12", None, gt=0)
    training_flop: Number | None = column(
        "training compute if given; otherwise 6 x active parameters x tokens", "FLOP", None, gt=0
    )
    architecture: Architecture = column("dense, or mixture of experts (moe)")
    layers: Whole | None = column(
        "layers with attention to the whole context; empty if not known, or if some attend to a part",
        default=None,
        ge=1,
    )
    attention_width: Number | None = column(
        "width of attention in a layer: heads x width of a head, the mean of keys and values where they differ",
        default=None,
        gt=0,
    )
    attention_source: str = column("where layers and attention_width come from", default="")
    way: str = column("how it is trained: a row of ways.csv")
    base: str | None = column(
        "workload that the training goes on from; empty if it starts from nothing, or from a model that is not in"
        " the data",
        default=None,
    )
