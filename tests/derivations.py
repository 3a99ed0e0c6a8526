"""How figures of the data are derived from the evidence, so that tests can derive them again.

What whole runs keep of a benchmark (benchmark_shares.csv).

Of each run: whole-run efficiency, over the factor that a plan takes for the size of its cluster, divided by the best
benchmark held for the same generation, precision and architecture (of its die, where its own name has none). Both are
on 6 x active parameters x tokens. A benchmark of a model below 10B active parameters counts only where there is no
larger one, over the factor that a plan takes for such a model. Central is the geometric mean of the runs.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from optimizer.domain import Precision
from optimizer.domain.evidence import BenchmarkShare, RealRun, Throughput
from optimizer.options.performance import model_factor, model_size_of
from optimizer.units.records import dataclass
from optimizer.validation.evidence import Evidence, wide_peak
from optimizer.validation.runs import compare
from optimizer.validation.selector import select
from optimizer.validation.throughput import mfu_6nd, whole_run_mfu

LARGE_PARAMS = 10**10
"""Active parameters from which a benchmark stands for large models, as it is."""
_WIDE = ("bf16", "fp16")


@dataclass(frozen=True)
class Kept:
    """What one run kept of the best benchmark."""

    run: RealRun
    whole: float
    """Whole-run efficiency over the factor of the cluster's size."""
    benchmark: Throughput
    best: float
    """MFU of that benchmark, over the factor of the model's size where the model is small."""

    @property
    def share(self) -> float:
        """The share kept."""
        return self.whole / self.best


def kept_of(row: BenchmarkShare, evidence: Evidence) -> tuple[Kept, ...]:
    """What each of the runs behind a row kept, in the order of the table.

    Raises:
        DataError: a selector that cannot be read, or that finds no row.
    """
    runs, benchmarks = select(row.runs, evidence).runs, select(row.benchmarks, evidence).throughput
    found = (_kept(run, benchmarks, evidence) for run in runs)
    return tuple(one for one in found if one is not None)


def central_share(found: Sequence[Kept]) -> float:
    """The geometric mean of the shares of some runs."""
    return statistics.geometric_mean(one.share for one in found)


def best_benchmark(rows: Sequence[Throughput], evidence: Evidence) -> tuple[Throughput, float] | None:
    """The best of some benchmarks with its MFU on 6ND; None where none of them has one.

    Models below 10B active parameters count where there are no others, over the factor that a plan takes for them.
    """
    known = [(row, mfu) for row in rows if row.params_active is not None and (mfu := mfu_6nd(row)) is not None]
    large = [(row, mfu) for row, mfu in known if row.params_active is not None and row.params_active >= LARGE_PARAMS]
    small = [(row, mfu / _size_factor(row, evidence)) for row, mfu in known]
    return max(large or small, key=lambda one: one[1], default=None)


def _size_factor(row: Throughput, evidence: Evidence) -> float:
    catalogue = evidence.catalogue
    assert row.params_active is not None  # asked of such rows only
    generation = catalogue.accelerators[row.accelerator].generation
    size = model_size_of(catalogue.model_sizes[catalogue.default_assumptions], generation, row.architecture)
    return float(model_factor(size, row.params_active / 10**9))


def _kept(run: RealRun, benchmarks: Sequence[Throughput], evidence: Evidence) -> Kept | None:
    item = compare(run, evidence)
    if run.accelerator is None or item.efficiency is None:
        return None
    precision = item.efficiency.precision
    peak = wide_peak(evidence.catalogue.accelerators[run.accelerator], precision)
    whole = None if peak is None else whole_run_mfu(run, peak)
    alike = [row for row in benchmarks if row.precision == precision or {row.precision, precision} <= set(_WIDE)]
    chips = evidence.catalogue.accelerators
    generation = chips[run.accelerator].generation
    own = [row for row in alike if chips[row.accelerator].generation == generation]
    best = best_benchmark(own or alike, evidence)
    return None if whole is None or best is None else Kept(run, whole / item.cluster_factor, *best)


def made_equal(
    rows: Sequence[Throughput], newer: str, older: str, precision: Precision, slope: float, least_params: float
) -> dict[tuple[str, str], float]:
    """Speed of one accelerator over another's by table and model, the numbers of devices made equal.

    Of several pairs in one table the best; fine-tuning is left out, as its rows have another name of the model.

    Args:
        rows: of one architecture.
        slope: change of ln(speed) for a doubling of the devices (:func:`optimizer.validation.scale.pooled_slope`).
        least_params: active parameters of the smallest model that counts.
    """
    found: dict[tuple[str, str], float] = {}
    lower = [row for row in rows if row.accelerator == older and row.precision == precision]
    for row in rows:
        if (row.accelerator, row.precision) != (newer, precision) or (row.params_active or 0) < least_params:
            continue
        for other in lower:
            if _same_work(other) == _same_work(row) and row.tokens_per_s and other.tokens_per_s:
                doublings = math.log2((other.devices or 1) / (row.devices or 1))
                ratio = float(row.tokens_per_s / other.tokens_per_s) * math.exp(slope * doublings)
                key = (row.publication, row.model)
                found[key] = max(ratio, found.get(key, 0.0))
    return found


def _same_work(row: Throughput) -> tuple[str, str, int | None]:
    return (row.publication, row.model, row.seq_len)


def prediction_interval(ratios: Sequence[float], t: float) -> tuple[float, float]:
    """Low and high of a further ratio: geometric mean x exp(+-t s (1 + 1/n)^0.5), s of the logarithms.

    How the band of run_bands.csv is derived from whole-run efficiency over what a plan takes; ``t`` is Student's.
    """
    logs = [math.log(ratio) for ratio in ratios]
    half = t * statistics.stdev(logs) * math.sqrt(1 + 1 / len(logs))
    middle = statistics.fmean(logs)
    return math.exp(middle - half), math.exp(middle + half)
