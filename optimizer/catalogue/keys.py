"""The columns that tell the rows of a table of the data folder apart."""

from __future__ import annotations

from collections.abc import Mapping

KEYS: Mapping[str, tuple[str, ...]] = {
    "accelerators": ("id",),
    "assumption_sets": ("id",),
    "cooling": ("cooling", "climate"),
    "countries": ("id",),
    "defaults": ("field",),
    "distribution": ("assumption_set", "spread"),
    "efficiency": ("assumption_set", "accelerator", "precision", "architecture"),
    "fx": ("currency",),
    "hardware_overrides": ("assumption_set", "accelerator"),
    "machines": ("accelerator", "devices"),
    "parameters": ("assumption_set", "parameter"),
    "regions": ("id",),
    "rule_sets": ("id",),
    "supply": ("country",),
    "ways": ("id",),
    "workloads": ("id",),
}
