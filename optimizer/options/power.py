"""Facility power of a server: the peak that the grid must carry, and the mean that is billed."""

from __future__ import annotations

from optimizer.options.performance import Column, Value


def peak_kw(server_peak_kw: Value, devices: Column, network_kw_per_device: Value, pue: Value) -> Column:
    """Peak facility power of one server, kW: (rated server maximum + its share of network and storage) x PUE, that of
    the hottest hours where it is known."""
    return it_kw(server_peak_kw, devices, network_kw_per_device) * pue


def it_kw(server_peak_kw: Value, devices: Column, network_kw_per_device: Value) -> Column:
    """Rated maximum IT power of one server with its share of network and storage, kW."""
    return server_peak_kw + network_kw_per_device * devices


def mean_kw(rated: Column, mean_power_ratio: Value) -> Column:
    """Mean facility power of one server while it trains, kW, from its rated maximum x the PUE of the year."""
    return rated * mean_power_ratio
