"""The names of the planning parameters that an assumption set gives."""

from __future__ import annotations

from collections.abc import Mapping

COUNTRY_PARAMETERS: Mapping[str, str] = {
    "pue": "pue",
    "electricity_usd_per_kwh": "electricity_usd_per_kwh",
    "cost_of_capital": "cost_of_capital",
    "colocation_usd_per_kw_month": "colocation_usd_per_kw_month",
    "engineer_usd_per_year": "engineer_usd_per_year",
}
"""Parameters that an assumption set may leave to the country's own figure: parameter -> column."""

BOUNDS: Mapping[str, tuple[float, float]] = {
    "pue": (1, 5),
    "electricity_usd_per_kwh": (0, 2),
    "cost_of_capital": (0, 1),
    "colocation_usd_per_kw_month": (0, 5_000),
    "engineer_usd_per_year": (0, 5_000_000),
    "mean_power_ratio": (0.01, 1),
    "network_power_kw_per_device": (0, 5),
    "server_overhead_ratio": (0, 10),
    "storage_ratio": (0, 10),
    "spare_ratio": (0, 2),
    "freight_ratio": (0, 2),
    "maintenance_per_year": (0, 1),
    "useful_life_years": (1, 50),
    "residual_ratio": (0, 1),
    "utilisation": (0.001, 1),
    "usual_utilisation": (0.001, 1),
    "staff_fte": (0, 100_000),
    "training_bytes_per_parameter": (0.1, 1_000),
    "usual_overhead": (1, 100),
    "usual_tokens_per_parameter": (0.1, 1_000_000),
    "buy_lead_days": (0, 3_650),
    "rent_lead_days": (0, 3_650),
    "hire_max_devices": (1, 10_000_000),
    "max_run_days": (1, 3_650),
    "substation_usd_per_kw": (0, 100_000),
}
"""Parameter -> least and most that it may be: beyond that it was given in another unit."""

PARAMETERS = tuple(BOUNDS)
"""Every parameter that an assumption set must give."""
