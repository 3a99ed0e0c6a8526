"""The names of uncertain inputs in words: "mfu:mi355x" is the MFU of the Instinct MI355X, "staff_fte" the staff."""

from __future__ import annotations

from optimizer.catalogue import Catalogue
from optimizer.units.language import Messages, say

KINDS = Messages(
    {
        "cluster_size": "the factor of the size of the cluster",
        "model_size": "the factor of the size of the model",
        "mfu": "MFU",
        "goodput": "goodput",
        "price": "price",
        "server_power": "power of a server",
        "rent": "rent",
        "run": "efficiency of the whole run, times",
        "pue": "PUE",
        "peak_pue": "PUE of the hottest hours",
        "electricity_usd_per_kwh": "electricity, USD/kWh",
        "import_duty": "import duty",
        "grid_carbon_g_per_kwh": "emissions of the grid, g/kWh",
        "overhead": "compute of experiments and restarts, times",
        "rent_premium": "premium on rents",
        "mean_power_ratio": "mean power, share of the peak",
        "network_power_kw_per_device": "power of the network, kW per accelerator",
        "server_overhead_ratio": "chassis and integration, share of the price",
        "network_ratio": "network, share of the price",
        "storage_ratio": "storage, share of the price",
        "spare_ratio": "spare parts, share of the price",
        "freight_ratio": "freight and insurance, share of the price",
        "maintenance_per_year": "maintenance, share of the price a year",
        "useful_life_years": "useful life, years",
        "residual_ratio": "value at the end, share of the price",
        "utilisation": "share of the days at work",
        "usual_utilisation": "usual share of the days at work",
        "usual_overhead": "usual compute of experiments and restarts, times",
        "usual_tokens_per_parameter": "usual tokens per parameter",
        "max_run_days": "days of the longest usual run",
        "cost_of_capital": "cost of capital a year",
        "colocation_usd_per_kw_month": "place in a hall, USD per kW and month",
        "engineer_usd_per_year": "wage of an engineer, USD a year",
        "staff_fte": "staff, full-time posts",
        "training_bytes_per_parameter": "bytes of memory per parameter",
        "buy_lead_days": "days of delivery",
        "rent_lead_days": "days until a rent begins",
        "hire_max_devices": "accelerators for hire at once",
        "substation_usd_per_kw": "substation, USD/kW",
    }
)
"""Input, or what stands before the colon of its name -> words."""


_BRACKETS = Messages({"small": "small", "medium": "medium", "large": "large", "air": "air", "liquid": "liquid"})


def bracket_words(name: str) -> str:
    """A size of a cluster in words: "medium"; another name as it is."""
    return _BRACKETS.get(name, name)


def kind_words(kind: str) -> str:
    """An input, or the kind of an input of accelerators, in words: "staff, full-time posts", "MFU"."""
    return KINDS.get(kind, kind)


def input_words(name: str, catalogue: Catalogue) -> str:
    """An input in words, with the accelerator that it is of: "MFU: Instinct MI355X 288GB"."""
    kind, _, what = name.partition(":")
    if not what:
        return kind_words(kind)
    chip = catalogue.accelerators.get(what)
    return say("{kind}: {what}", kind=kind_words(kind), what=chip.name if chip else bracket_words(what))
