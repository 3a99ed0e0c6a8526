"""Facility power of a server: the peak that the grid must carry, and the mean that is billed."""

from __future__ import annotations

import numpy as np

from optimizer.options.performance import Column, Value


def peak_kw(server_peak_kw: Value, devices: Column, network_kw_per_device: Value, pue: Value) -> Column:
    """Peak facility power of one server, kW: (electrical peak + its share of network and storage) x PUE, that of the
    hottest hours where it is known. The electrical peak is the rated maximum where no other is known."""
    return it_kw(server_peak_kw, devices, network_kw_per_device) * pue


def hall_pue(country_pue: Value, liquid_pue: Value) -> Value:
    """PUE of the hall of each option: the country's, of halls cooled by air, or that of liquid cooling where it is
    less. It is infinite for a server that is cooled by air, and where the case states the PUE of all."""
    found: Value = np.minimum(country_pue, liquid_pue)
    return found


def it_kw(server_peak_kw: Value, devices: Column, network_kw_per_device: Value) -> Column:
    """Rated maximum IT power of one server with its share of network and storage, kW."""
    return server_peak_kw + network_kw_per_device * devices


def mean_kw(rated: Column, mean_power_ratio: Value) -> Column:
    """Mean facility power of one server while it trains, kW, from its rated maximum x the PUE of the year."""
    return rated * mean_power_ratio
