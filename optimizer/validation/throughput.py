"""The throughput table: published speed against ours, the generation ratios and the FP8 gain, measured and planned.

Model FLOP of a token: 6 N for the parameters (Kaplan et al. 2020, arXiv 2001.08361) and 12 L d s for attention over s
tokens (Chowdhery et al. 2022, arXiv 2204.02311, app. B), L layers of width d. The package plans with 6 N alone, as a
workload states no sequence length; the attention part is here to recompute published figures that count it.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from itertools import groupby

from optimizer.catalogue import Catalogue
from optimizer.domain import Way
from optimizer.domain.evidence import RealRun, Throughput
from optimizer.domain.rows import Precision
from optimizer.units import HOURS_PER_DAY, SECONDS_PER_DAY
from optimizer.units.records import dataclass
from optimizer.validation.evidence import Evidence, efficiency_of, wide_peak

FLOP_PER_TFLOP = 1e12
SECONDS_PER_HOUR = SECONDS_PER_DAY / HOURS_PER_DAY


def mfu_6nd(row: Throughput) -> float | None:
    """MFU on the basis of 6 N: 6 x active parameters x tokens/s / peak, else model TFLOP/s over the peak.

    None where only hardware FLOP are published, or the parameters are not known.
    """
    if row.params_active is None:
        return None
    if row.tokens_per_s is not None:
        return 6 * float(row.params_active) * float(row.tokens_per_s) / (float(row.peak_tflops) * FLOP_PER_TFLOP)
    if row.flop_basis == "hardware" or row.tflops is None:
        return None
    return float(row.tflops / row.peak_tflops)


def recomputed_tflops(row: Throughput) -> float | None:
    """TFLOP/s of a device from its tokens/s: (6 N + 12 L d s) x tokens/s; 6 N alone where published so.

    None where tokens/s or the shape are not published, or the published figure counts recomputation.
    """
    if row.tokens_per_s is None or row.params_active is None or row.flop_basis == "hardware":
        return None
    flop_per_token = 6 * float(row.params_active)
    if row.flop_basis == "model":
        if row.layers is None or row.model_width is None or row.seq_len is None:
            return None
        flop_per_token += 12.0 * row.layers * row.model_width * row.seq_len
    return flop_per_token * float(row.tokens_per_s) / FLOP_PER_TFLOP


@dataclass(frozen=True)
class Speed:
    """A published speed next to ours."""

    row: Throughput
    ours: float
    """TFLOP/s of a device."""

    @property
    def error(self) -> float:
        """Our figure over the published one, minus 1: an error as a share."""
        assert self.row.tflops is not None
        return self.ours / float(self.row.tflops) - 1


def speeds(evidence: Evidence) -> tuple[Speed, ...]:
    """Every measurement whose published TFLOP/s can be recomputed from its tokens/s."""
    found = ((row, recomputed_tflops(row)) for row in evidence.throughput if row.tflops is not None)
    return tuple(Speed(row, ours) for row, ours in found if ours is not None)


@dataclass(frozen=True)
class Spread:
    """Least, median and greatest of some figures."""

    count: int
    low: float
    median: float
    high: float


def spread(values: Iterable[float]) -> Spread | None:
    """The spread of some figures of one unit; None of none."""
    some = sorted(values)
    return Spread(len(some), some[0], statistics.median(some), some[-1]) if some else None


@dataclass(frozen=True)
class Coverage:
    """The catalogue's MFU next to the measurements of one accelerator, precision and architecture."""

    accelerator: str
    precision: Precision
    architecture: str
    planned: tuple[float, float, float] | None
    """Low, central, high of the catalogue; None where it has no row."""
    measured: Spread
    covered: float | None
    """Share of the measurements within low and high."""

    @property
    def error(self) -> float | None:
        """Central MFU of the catalogue over the median of the measurements, minus 1: an error as a share."""
        return None if self.planned is None else self.planned[1] / self.measured.median - 1


def coverage(evidence: Evidence, longest: int = 8192) -> tuple[Coverage, ...]:
    """How the catalogue's bands hold the measurements, sequences of at most ``longest`` tokens.

    At longer sequences attention, which 6 N does not count, takes over: the share of 6 N says little there.
    """

    def key(row: Throughput) -> tuple[str, Precision, str]:
        return (row.accelerator, row.precision, row.architecture)

    found = []
    rows = sorted((r for r in evidence.throughput if r.seq_len is None or r.seq_len <= longest), key=key)
    for (accelerator, precision, architecture), group in groupby(rows, key):
        values = [value for value in map(mfu_6nd, group) if value is not None]
        measured = spread(values)
        if measured is None:
            continue
        row = efficiency_of(evidence.catalogue, accelerator, precision, architecture)
        planned = covered = None
        if row is not None:
            planned = (float(row.mfu_low or row.mfu), float(row.mfu), float(row.mfu_high or row.mfu))
            covered = sum(planned[0] <= value <= planned[2] for value in values) / len(values)
        found.append(Coverage(accelerator, precision, architecture, planned, measured, covered))
    return tuple(found)


def like_for_like(rows: Sequence[Throughput], newer: str, older: str, precision: Precision) -> tuple[float, ...]:
    """Speed of one accelerator over another's in the same table: same model, sequence, precision.

    Where both were measured with the same number of devices only such pairs count, otherwise the fastest set-ups.
    """
    return _ratios(
        [r for r in rows if r.accelerator == newer and r.precision == precision],
        [r for r in rows if r.accelerator == older and r.precision == precision],
    )


def precision_gain(
    rows: Sequence[Throughput], accelerator: str, over: Precision, under: Precision
) -> tuple[float, ...]:
    """Speed in one precision over another, a ratio, on the same accelerator: same table, model, sequence."""
    mine = [r for r in rows if r.accelerator == accelerator]
    return _ratios([r for r in mine if r.precision == over], [r for r in mine if r.precision == under])


def _ratios(upper: Sequence[Throughput], lower: Sequence[Throughput]) -> tuple[float, ...]:
    found = []
    for key in dict.fromkeys(_workload(row) for row in upper):
        above, below = _fastest(upper, key), _fastest(lower, key)
        if not below:
            continue
        both = [devices for devices in above if devices in below]
        if both:
            found += [above[devices] / below[devices] for devices in both]
        else:
            found.append(max(above.values()) / max(below.values()))
    return tuple(found)


def _workload(row: Throughput) -> tuple[str, str, int | None]:
    return (row.publication, row.model, row.seq_len)


def _fastest(rows: Sequence[Throughput], key: tuple[str, str, int | None]) -> dict[int | None, float]:
    """By number of devices: the highest speed, tokens/s or TFLOP/s."""
    found: dict[int | None, float] = {}
    for row in rows:
        speed = row.tokens_per_s or row.tflops
        if _workload(row) == key and speed is not None:
            found[row.devices] = max(found.get(row.devices, 0.0), float(speed))
    return found


def planned_tflops(
    catalogue: Catalogue, accelerator: str, precision: Precision, architecture: str, goodput: bool = False
) -> float | None:
    """TFLOP/s of a device that the catalogue plans with, in steady state or with goodput: peak x MFU (x goodput)."""
    row = efficiency_of(catalogue, accelerator, precision, architecture)
    if row is None:
        return None
    peak = float(row.peak_tflops) if row.peak_tflops else wide_peak(catalogue.accelerators[accelerator], row.precision)
    if peak is None:
        return None
    return peak * float(row.mfu) * (float(row.goodput) if goodput else 1.0)


def whole_run_mfu(run: RealRun, peak_tflops: float) -> float | None:
    """Whole-run efficiency: work / (accelerator-hours x 3600 x peak), work = 6 x active parameters x tokens."""
    work, hours = run_flop(run), run_hours(run)
    if work is None or hours is None:
        return None
    return work / (hours * SECONDS_PER_HOUR * peak_tflops * FLOP_PER_TFLOP)


def run_flop(run: RealRun, way: Way | None = None) -> float | None:
    """6 x active parameters x tokens; the reported compute only where one of them is missing.

    Of a way that trains an adapter next to frozen weights: what ways.csv says, the adapter as large as is usual.
    """
    if run.params_active is not None and run.tokens is not None:
        per_parameter = 6.0
        if way is not None and way.adapter_share is not None:
            adapter = float(way.flop_per_trained_parameter) * float(way.adapter_share)
            per_parameter = float(way.flop_per_frozen_parameter or 0) + adapter
        return per_parameter * float(run.params_active) * float(run.tokens)
    return None if run.flop is None else float(run.flop)


def run_hours(run: RealRun) -> float | None:
    """Accelerator-hours as published, else count x days x 24."""
    if run.gpu_hours is not None:
        return float(run.gpu_hours)
    if run.count is not None and run.days is not None:
        return run.count * float(run.days) * HOURS_PER_DAY
    return None


def goodput_of(run: RealRun, peak_tflops: float) -> float | None:
    """Share of steady-state efficiency that the whole run reaches, of a run that publishes both (16-bit peak)."""
    whole = whole_run_mfu(run, peak_tflops)
    return None if whole is None or run.mfu_steady is None else whole / float(run.mfu_steady)
