"""Sustained speed and memory of a server."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from optimizer.domain import ANY, ModelSize
from optimizer.units import BYTES_PER_GB, FLOP_PER_PFLOPS_DAY, TFLOPS_PER_PFLOPS

Column = NDArray[np.float64]
Value = Column | float
"""One value for all rows, or one a row."""


def sustained_pflops(
    devices: Column,
    peak_tflops: Value,
    mfu: Value,
    mfu_factor: Value,
    goodput: Value,
    model_factor: Value,
    way_factor: Value = 1.0,
) -> Column:
    """Sustained PFLOP/s of one server.

    devices x dense peak at the stated precision (TFLOP/s) x MFU x factor of the cluster's size x goodput x factor of
    the model's size x factor of the way to train / 1000. MFU is the share of that very peak in steady
    state (Chowdhery et al. 2022, arXiv 2204.02311, app. B), goodput the share of wall-clock time spent on progress.
    """
    return devices * peak_tflops * mfu * mfu_factor * goodput * model_factor * way_factor / TFLOPS_PER_PFLOPS


def model_size_of(rows: Iterable[ModelSize], generation: str, architecture: str) -> ModelSize:
    """The row that holds for an accelerator's generation and the architecture of a model.

    A row that names the generation goes before one for any; the cross-check of the tables sees to it that there is
    one, and no two of a kind.
    """
    held = [row for row in rows if architecture in row.architectures]
    return next(row for name in (generation, ANY) for row in held if name in row.generations)


def model_factor(row: ModelSize, active_b: Decimal, per_doubling: Value | None = None) -> Value:
    """What the size of a model (active parameters, 1e9) makes of MFU x goodput: a line over the logarithm of the size.

    Args:
        per_doubling: what a doubling multiplies by, where it is not that of the row.

    per_doubling ^ log2(size / size at 1), the size no smaller and no larger than those that were seen; to 12 decimals,
    as the other side of the proof has it. Derived from whole runs: :mod:`optimizer.validation.scale`.
    """
    size = min(max(active_b, row.params_from_b), row.params_to_b)
    gain = float(row.per_doubling) if per_doubling is None else per_doubling
    found: Value = np.round(gain ** math.log2(size / row.params_at_one_b), 12)
    return found


def work_pflops_days(training_flop: float) -> float:
    """Training compute in PFLOP/s-days: 1 is 8.64e19 FLOP."""
    return training_flop / FLOP_PER_PFLOPS_DAY


def memory_needed_gb(
    params_total_b: float, bytes_per_parameter: float, adapter_params_b: float | None = None, frozen_bytes: float = 0.0
) -> float:
    """Accelerator memory that the model state needs, GB: parameters x bytes each (ZeRO, arXiv 1910.02054).

    With an adapter, the weights are frozen and take ``frozen_bytes`` each; its own parameters take what training does
    (LoRA, arXiv 2106.09685). A floor: activations need more, and all weights count, whatever is active.
    """
    if adapter_params_b is None:
        return params_total_b * 1e9 * bytes_per_parameter / BYTES_PER_GB
    return (params_total_b * frozen_bytes + adapter_params_b * bytes_per_parameter) * 1e9 / BYTES_PER_GB
