"""Real runs: published accelerator-hours, days, energy and cost next to what the catalogue says of the same work.

    hours = 6 x active parameters x tokens / (peak x MFU x goodput x factors of size) / 3600

Of runs in another way than from scratch, FLOP and efficiency are those of ways.csv; none of them is counted.

All of them are those that a plan takes, central values: ``factors of size`` is that of the model (model_sizes.csv)
times that of the cluster (size_brackets.csv; 1 where the number of devices is not published). The band is that of the
whole run, not the product of the lows and of the highs of MFU and goodput: low MFU with low goodput on one run is
rarer than either, and the whole-run spread of published runs (run_bands.csv) says by how much.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from enum import StrEnum

from optimizer.catalogue import Catalogue
from optimizer.domain import Efficiency
from optimizer.domain.base import ANY
from optimizer.domain.evidence import EnergyBasis, RealRun
from optimizer.domain.tendencies import RunBand
from optimizer.options.performance import model_factor, model_size_of
from optimizer.units import HOURS_PER_DAY, KWH_PER_MWH
from optimizer.units.records import dataclass
from optimizer.validation.evidence import Evidence, efficiency_of, wide_peak
from optimizer.validation.scale import bracket_of
from optimizer.validation.throughput import FLOP_PER_TFLOP, SECONDS_PER_HOUR, run_flop, run_hours

NEAR = 1.35
"""The factor within which a central value counts as near."""
BASES_IN_WORDS: Mapping[EnergyBasis, str] = {"gpu_rated": "rated", "gpu_measured": "measured", "site": "site"}
COUNTED = "single_run"
"""The scope of the runs that coverage is counted over."""
OTHER_WAYS = ("continued", "finetune", "lora", "qlora")
"""The scopes of runs that go on from a finished model: rows of ways.csv."""


@dataclass(frozen=True)
class Figure:
    """A published figure next to ours."""

    name: str
    unit: str
    published: float
    ours: float
    low: float
    high: float
    basis: str = ""
    """What the published figure counts, where that decides what the comparison shows."""
    scored: bool = True
    """False where ours and the published figure are one figure: that the two agree shows nothing."""

    @property
    def ratio(self) -> float:
        """Our figure over the published one, a ratio."""
        return self.ours / self.published


class MissingKind(StrEnum):
    """What is missing where a run cannot be compared."""

    ACCELERATOR = "accelerator"
    EFFICIENCY = "efficiency"
    SIZE = "size"
    HOURS = "hours"


@dataclass(frozen=True)
class NotCompared:
    """Why a run cannot be compared."""

    kind: MissingKind
    accelerator: str = ""
    precision: str = ""
    architecture: str = ""
    """Of what no efficiency is in the data, where that is the reason."""


@dataclass(frozen=True)
class Compared:
    """A run compared with the catalogue."""

    run: RealRun
    efficiency: Efficiency | None
    band: RunBand | None
    hours: Figure | None
    """None where it cannot be compared; then ``why_not`` says why."""
    model_factor: float = 1.0
    """What the size of the model makes of MFU x goodput."""
    cluster_factor: float = 1.0
    """What the size of the cluster makes of MFU."""
    others: tuple[Figure, ...] = ()
    why_not: NotCompared | None = None

    @property
    def reached(self) -> float | None:
        """Whole-run efficiency over MFU x goodput x the factor of the cluster's size: the share that the model's size
        leaves."""
        return None if self.hours is None else self.hours.ratio * self.model_factor

    @property
    def other_way(self) -> bool:
        """Whether the run goes on from a finished model: compared with the same figures, and distinguished."""
        return self.run.scope in OTHER_WAYS

    @property
    def counted(self) -> bool:
        """Whether the run counts for coverage: its hours are those of a single run and can be compared."""
        return self.hours is not None and self.run.scope == COUNTED

    @property
    def covered(self) -> bool | None:
        """Whether the published hours are within the band."""
        return None if self.hours is None else self.hours.low <= self.hours.published <= self.hours.high

    @property
    def near(self) -> bool | None:
        """Whether the central hours are within a factor 1.35 of the published ones."""
        return None if self.hours is None else is_near(self.hours.ratio)


def is_near(ratio: float) -> bool:
    """Within a factor 1.35, either way."""
    return abs(math.log(ratio)) <= math.log(NEAR)


def architecture_of(run: RealRun) -> str:
    """Dense or moe: as stated, else moe where fewer parameters are active than held."""
    if run.architecture:
        return run.architecture
    sparse = run.params_total is not None and run.params_active is not None and run.params_active < run.params_total
    return "moe" if sparse else "dense"


def band_of(run: RealRun, evidence: Evidence) -> RunBand | None:
    """The first row of run_bands.csv that holds for the accelerator's generation and the size of the model."""
    if run.accelerator is None or run.params_active is None:
        return None
    generation = evidence.catalogue.accelerators[run.accelerator].generation
    size = run.params_active / 10**9
    for band in evidence.bands:
        if (generation in band.generations or ANY in band.generations) and (
            band.params_from_b <= size and (band.params_below_b is None or size < band.params_below_b)
        ):
            return band
    return None


def compare(run: RealRun, evidence: Evidence) -> Compared:
    """One run compared with the catalogue; where it cannot be, the reason."""
    catalogue = evidence.catalogue
    if run.accelerator is None:
        return Compared(run, None, None, None, why_not=NotCompared(MissingKind.ACCELERATOR))
    architecture = architecture_of(run)
    row = efficiency_of(catalogue, run.accelerator, run.precision or "bf16", architecture)
    way = catalogue.ways.get(run.scope)
    band, work, published = band_of(run, evidence), run_flop(run, way), run_hours(run)
    if row is None:
        missing = NotCompared(MissingKind.EFFICIENCY, run.accelerator, run.precision or "bf16", architecture)
        return Compared(run, None, band, None, why_not=missing)
    peak = float(row.peak_tflops or 0) or wide_peak(catalogue.accelerators[run.accelerator], row.precision)
    if work is None or band is None or peak is None:
        return Compared(run, row, band, None, why_not=NotCompared(MissingKind.SIZE))
    sizes = (_model_factor(run, catalogue), _cluster_factor(run, catalogue))
    efficiency = float(row.mfu) * float(row.goodput) * sizes[0] * sizes[1]
    efficiency *= float(way.efficiency_factor) if way else 1.0
    central = work / (peak * FLOP_PER_TFLOP * efficiency) / SECONDS_PER_HOUR
    low, high = central / float(band.band_high), central / float(band.band_low)
    others = tuple(_others(run, catalogue, (central, low, high)))
    if published is None:
        return Compared(run, row, band, None, *sizes, others, NotCompared(MissingKind.HOURS))
    return Compared(run, row, band, Figure("hours", "h", published, central, low, high), *sizes, others)


def _model_factor(run: RealRun, catalogue: Catalogue) -> float:
    """The factor of the model's size that a plan on this accelerator would take."""
    assert run.accelerator is not None and run.params_active is not None
    generation = catalogue.accelerators[run.accelerator].generation
    row = model_size_of(catalogue.model_sizes[catalogue.default_assumptions], generation, architecture_of(run))
    return float(model_factor(row, run.params_active / 10**9))


def _cluster_factor(run: RealRun, catalogue: Catalogue) -> float:
    """The factor of the cluster's size; 1, which is that of the reference, where the devices are not published."""
    row = None if run.count is None else bracket_of(catalogue.brackets[catalogue.default_assumptions], run.count)
    return 1.0 if row is None else float(row.mfu_factor)


def _others(run: RealRun, catalogue: Catalogue, hours: tuple[float, float, float]) -> Iterable[Figure]:
    """Days, energy and cost where published, from our hours (central, low, high); power alone from published hours.

    Power of energy that was published as hours x rated power is that rated power again: it is not scored.
    """

    def figure(name: str, unit: str, published: float, per_hour: float, basis: str = "") -> Figure:
        central, low, high = (value * per_hour for value in hours)
        return Figure(name, unit, published, central, low, high, basis)

    if run.days is not None and run.count is not None:
        yield figure("days", "days", float(run.days), 1 / run.count / HOURS_PER_DAY)
    kw = device_kw(run, catalogue)
    if run.energy_mwh is not None and run.energy_basis is not None and kw is not None:
        yield figure("energy", "MWh", float(run.energy_mwh), kw / KWH_PER_MWH, BASES_IN_WORDS[run.energy_basis])
        published = run_hours(run)
        if published is not None:
            drawn = float(run.energy_mwh) * KWH_PER_MWH / published
            basis, rated = BASES_IN_WORDS[run.energy_basis], run.energy_basis == "gpu_rated"
            yield Figure("power", "kW", drawn, kw, kw, kw, f"{basis}: identity" if rated else basis, not rated)
    if run.cost_usd is not None and run.usd_per_hour is not None:
        yield figure("cost", "USD", float(run.cost_usd), float(run.usd_per_hour))


def device_kw(run: RealRun, catalogue: Catalogue) -> float | None:
    """Mean kW of one accelerator on the basis of the published energy.

    gpu_rated: thermal design power. gpu_measured: that times the mean power ratio. site: the server's rated power, a
    device's share, times the mean power ratio. Each times the PUE that the publication includes.
    """
    if run.accelerator is None or run.energy_basis is None:
        return None
    chip = catalogue.accelerators[run.accelerator]
    kw = float(chip.tdp_w) / 1000
    if run.energy_basis == "site":
        if chip.server_peak_kw is None or chip.server_devices is None:
            return None
        kw = float(chip.server_peak_kw) / chip.server_devices
    if run.energy_basis != "gpu_rated":
        ratio = catalogue.parameters[(catalogue.default_assumptions, "mean_power_ratio")].central
        kw *= float(ratio) if ratio is not None else 1.0
    return kw * float(run.pue or 1)


@dataclass(frozen=True)
class Score:
    """What a set of compared runs shows."""

    count: int
    covered: float
    """Share of the runs whose published hours are within the band."""
    near: float
    """Share whose central hours are within a factor 1.35."""
    widest: float
    """Greatest high over low of a band."""
    median_ratio: float
    """Median of ours over published."""
    mean_error: float
    """Mean of |ours / published - 1|."""
    max_error: float
    """Greatest of the same."""


def score(compared: Iterable[Compared]) -> Score | None:
    """Coverage and nearness over the single runs that can be compared; None where there is none."""
    pairs = [(c, c.hours) for c in compared if c.counted and c.hours is not None]
    if not pairs:
        return None
    n = len(pairs)
    ratios = [hours.ratio for _, hours in pairs]
    errors = [abs(ratio - 1) for ratio in ratios]
    return Score(
        n,
        sum(bool(c.covered) for c, _ in pairs) / n,
        sum(map(is_near, ratios)) / n,
        max(hours.high / hours.low for _, hours in pairs),
        statistics.median(ratios),
        statistics.fmean(errors),
        max(errors),
    )
