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

PARAMETERS: tuple[str, ...] = (
    *COUNTRY_PARAMETERS,
    "mean_power_ratio",
    "network_power_kw_per_device",
    "server_overhead_ratio",
    "storage_ratio",
    "spare_ratio",
    "freight_ratio",
    "maintenance_per_year",
    "useful_life_years",
    "residual_ratio",
    "utilisation",
    "usual_utilisation",
    "staff_fte",
    "training_bytes_per_parameter",
    "usual_overhead",
    "usual_tokens_per_parameter",
    "buy_lead_days",
    "rent_lead_days",
    "hire_max_devices",
    "max_run_days",
    "substation_usd_per_kw",
)
"""Every parameter that an assumption set must give."""
