"""The evidence tables of a data folder, typed and cross-checked like the others; read only when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.catalogue import Catalogue
from optimizer.catalogue.rows import read_rows
from optimizer.domain import Accelerator, Efficiency
from optimizer.domain.base import ANY
from optimizer.domain.evidence import BenchmarkShare, Golden, RealRun, Throughput
from optimizer.domain.rows import Precision
from optimizer.domain.tendencies import RunBand
from optimizer.errors import DataError, Problem
from optimizer.units.language import say
from optimizer.units.records import dataclass

PEAK_TOLERANCE = 0.001
"""How far the peak of a measurement may lie from the accelerator's own (989 and 989.4 are one figure)."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """The evidence next to the catalogue that it belongs to."""

    catalogue: Catalogue
    throughput: tuple[Throughput, ...]
    runs: tuple[RealRun, ...]
    bands: tuple[RunBand, ...]
    golden: tuple[Golden, ...]
    shares: tuple[BenchmarkShare, ...]


def load_evidence(catalogue: Catalogue) -> Evidence:
    """Read throughput.csv, real_runs.csv, run_bands.csv, golden_cases.csv and benchmark_shares.csv of a data folder.

    A data folder of your own may do without the last.

    Raises:
        DataError: every problem of every file at once.
    """
    problems: list[Problem] = []
    folder = catalogue.folder
    throughput = read_rows(folder / "throughput.csv", Throughput, problems)
    runs = read_rows(folder / "real_runs.csv", RealRun, problems)
    bands = read_rows(folder / "run_bands.csv", RunBand, problems)
    golden = read_rows(folder / "golden_cases.csv", Golden, problems)
    path = folder / "benchmark_shares.csv"
    shares = read_rows(path, BenchmarkShare, problems) if path.is_file() else []
    if not problems:
        problems = [*_throughput_problems(throughput, catalogue), *_run_problems(runs, catalogue)]
        problems += _band_problems(bands, catalogue)
        problems += _repeated("golden_cases.csv", "id", [row.id for row in golden])
    if problems:
        raise DataError(problems)
    return Evidence(catalogue, tuple(throughput), tuple(runs), tuple(bands), tuple(golden), tuple(shares))


def _repeated(file: str, column: str, names: Sequence[str]) -> Iterator[Problem]:
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Problem(say("appears twice"), file=file, column=column, value=name)


def _throughput_problems(rows: Sequence[Throughput], catalogue: Catalogue) -> Iterator[Problem]:
    file = "throughput.csv"
    yield from _repeated(file, "id", [row.id for row in rows])
    for row in rows:
        chip = catalogue.accelerators.get(row.accelerator)
        if chip is None:
            yield Problem(say("is not a known accelerator"), file=file, column="accelerator", value=row.accelerator)
        elif row.tokens_per_s is None and row.tflops is None:
            yield Problem(say("needs tokens_per_s or tflops"), file=file, column="tflops", value=row.id)
        else:
            own = wide_peak(chip, row.precision)
            if own is not None and abs(float(row.peak_tflops) / own - 1) > PEAK_TOLERANCE:
                yield Problem(
                    say("must be the accelerator's own, {own:g}", own=own),
                    file=file,
                    column="peak_tflops",
                    value=str(row.peak_tflops),
                )


def _run_problems(rows: Sequence[RealRun], catalogue: Catalogue) -> Iterator[Problem]:
    file = "real_runs.csv"
    yield from _repeated(file, "name", [row.name for row in rows])
    for row in rows:
        if row.accelerator is not None and row.accelerator not in catalogue.accelerators:
            yield Problem(say("is not a known accelerator"), file=file, column="accelerator", value=row.accelerator)
        if row.energy_mwh is not None and row.energy_basis is None:
            yield Problem(say("must be given where energy is"), file=file, column="energy_basis", value=row.name)


def _band_problems(rows: Sequence[RunBand], catalogue: Catalogue) -> Iterator[Problem]:
    file = "run_bands.csv"
    known = {chip.generation for chip in catalogue.accelerators.values()} | {ANY}
    for row in rows:
        for column in ("generations", "seen_generations"):
            for generation in getattr(row, column):
                if generation not in known:
                    yield Problem(say("is not a known generation"), file=file, column=column, value=generation)
    if not any(ANY in row.generations and not row.params_from_b and row.params_below_b is None for row in rows):
        yield Problem(say("one row must apply to any generation and size"), file=file, column="generations")


def wide_peak(chip: Accelerator, precision: Precision) -> float | None:
    """Dense training peak, TFLOP/s; the two 16-bit formats represent one another where only one has a figure."""
    peak = chip.peak_tflops(precision)
    if peak is None and precision in ("fp16", "bf16"):
        peak = chip.bf16_tflops if precision == "fp16" else chip.fp16_tflops
    return None if peak is None else float(peak)


def efficiency_of(catalogue: Catalogue, accelerator: str, precision: Precision, architecture: str) -> Efficiency | None:
    """The efficiency row that a plan would take; FP16 and BF16 represent one another."""
    same: tuple[Precision, ...] = (precision,)
    if precision in ("fp16", "bf16"):
        same = (precision, "bf16" if precision == "fp16" else "fp16")
    for one in same:
        row = catalogue.efficiencies.get((catalogue.default_assumptions, accelerator, one, architecture))
        if row is not None:
            return row
    return None
