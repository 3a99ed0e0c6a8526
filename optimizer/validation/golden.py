"""Published sums that must come out: every row of golden_cases.csv has its sum here, and only here.

A sum that is one of the package's own formulas calls the package; the others are small published sums that guard
figures used elsewhere (tokens, speed ratios, intensities).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from optimizer.case.training import BILLION
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.evidence import Golden
from optimizer.errors import DataError, Problem
from optimizer.units import HOURS_PER_DAY, KWH_PER_MWH, SECONDS_PER_DAY
from optimizer.units.language import say
from optimizer.units.records import dataclass
from optimizer.validation.evidence import Evidence
from optimizer.validation.throughput import FLOP_PER_TFLOP


def training_flop(catalogue: Catalogue, workload: str) -> float:
    """What the package takes as the compute of a workload."""
    from optimizer.case.setting import settle

    return float(settle(Case(workload=workload), catalogue).training_flop)


def accelerator_hours(catalogue: Catalogue, workload: str, tflops: float) -> float:
    """Hours of one accelerator at a sustained speed: the package's work over the package's speed."""
    import numpy as np

    from optimizer.options.performance import sustained_pflops, work_pflops_days

    one = np.array([1.0])
    pflops = float(sustained_pflops(one, one * tflops, one, one, one, one)[0])
    return work_pflops_days(training_flop(catalogue, workload)) / pflops * HOURS_PER_DAY


def way_tflops(catalogue: Catalogue, way: str, params_b: str, tokens_per_s: float) -> float:
    """TFLOP/s of one accelerator that trains so many tokens a second, without the adapter's: the package's FLOP."""
    row = catalogue.ways[way]
    per_token = row.flop_per_frozen_parameter or row.flop_per_trained_parameter
    return float(per_token) * float(params_b) * BILLION * tokens_per_s / FLOP_PER_TFLOP


def way_speed(catalogue: Catalogue, way: str, other: str) -> float:
    """Tokens a second of one way over those of another, without the adapter's work, as the package plans."""
    flop = [way_tflops(catalogue, name, "1", 1.0) for name in (way, other)]
    factors = [float(catalogue.ways[name].efficiency_factor) for name in (way, other)]
    return factors[0] / factors[1] * flop[1] / flop[0]


def way_memory_gb(catalogue: Catalogue, way: str, params_b: str, adapter_b: str) -> float:
    """GB that a model takes in a way with an adapter: the package's floor."""
    from optimizer.solve.planner import prepare

    case = Case(params_total_b=params_b, tokens_t="1", way=way, adapter_params_b=adapter_b)
    return float(prepare(case, catalogue).problem.memory_gb)


def energy_mwh(hours: float, device_kw: float, pue: float) -> float:
    """MWh of accelerator-hours at rated power: the package's facility power of a one-device server, run throughout."""
    import numpy as np

    from optimizer.options import power

    one = np.array([1.0])
    peak = power.peak_kw(one * device_kw, one, 0.0, pue)
    return float(power.mean_kw(peak, 1.0)[0]) * hours / KWH_PER_MWH


def density(catalogue: Catalogue, tpp: float, die_mm2: float) -> float:
    """The package's performance density, TPP per mm2, of a chip with these figures."""
    from optimizer.domain.chip_class import performance_density

    chip = catalogue.accelerators["h100_sxm5_80"].model_copy(update={"tpp": tpp, "die_area_mm2": die_mm2})
    found = performance_density(chip)
    return float(found) if found is not None else 0.0


def cap_of(catalogue: Catalogue, rule: str) -> float:
    """The cap of a licence rule, TPP."""
    caps = {float(row.cap_tpp) for row in catalogue.licence_rules if row.rule == rule and row.cap_tpp is not None}
    (cap,) = caps
    return cap


def _tpp(accelerator: str) -> Callable[[Catalogue], float]:
    return lambda catalogue: float(catalogue.accelerators[accelerator].tpp)


def _energy(hours: float, device_kw: float, pue: float) -> Callable[[Catalogue], float]:
    return lambda _: energy_mwh(hours, device_kw, pue)


def _carbon(hours: float, device_kw: float, tonnes_per_mwh: float) -> Callable[[Catalogue], float]:
    return lambda _: energy_mwh(hours, device_kw, 1.0) * tonnes_per_mwh


def _sum(value: float) -> Callable[[Catalogue], float]:
    return lambda _: value


FORMULAS: Mapping[str, Callable[[Catalogue], float]] = {
    # compute, hours and days
    "DSV3-hours": lambda c: accelerator_hours(c, "deepseek-v3", 0.3464 * 989),
    "DSV3-days": _sum(2_664_000 / 2048 / HOURS_PER_DAY),
    "DSV3-3.7d": _sum(180_000 / 2048 / HOURS_PER_DAY),
    "MEG-175B": _sum(8 * 300e9 * 175e9 / (1024 * 140e12) / SECONDS_PER_DAY),
    "MTNLG-2240": _sum(8 * 530e9 * 1920 * 2048 / (60.1 * 2240) / 1e12),
    "MTNLG-2800": _sum(8 * 530e9 * 1920 * 2048 / (50.2 * 2800) / 1e12),
    "GPT3-hours": lambda c: accelerator_hours(c, "gpt-3-175b", 24.6),
    "SEALION70-tok": _sum((47_684 - 9000) * 512 * 8192),
    "BLOOMZ-tok": _sum(498 * 2048 * 2048),
    # other ways than from scratch
    "LORA-4N-7B": lambda c: way_tflops(c, "lora", "6.74", 25_206),
    "LORA-4N-13B": lambda c: way_tflops(c, "lora", "13.02", 14_161),
    "LORA-4N-70B": lambda c: way_tflops(c, "lora", "69", 2557),
    "SFT-6N-70B": lambda c: way_tflops(c, "finetune", "69", 1833),
    "LORA-speed": lambda c: way_speed(c, "lora", "finetune"),
    "LORA-GPT3-GB": lambda c: way_memory_gb(c, "lora", "175", "0.0047"),
    "QLORA-bits": lambda c: float(c.ways["qlora"].frozen_bytes_per_parameter or 0) * 8 - 4,
    # energy
    "LLAMA1-7B-MWh": _energy(82_432, 0.4, 1.1),
    "LLAMA1-13B-MWh": _energy(135_168, 0.4, 1.1),
    "LLAMA1-33B-MWh": _energy(530_432, 0.4, 1.1),
    "LLAMA1-65B-MWh": _energy(1_022_362, 0.4, 1.1),
    "LLAMA1-OPT-175B-MWh": _energy(809_472, 0.4, 1.1),
    "LLAMA1-BLOOM-175B-MWh": _energy(1_082_880, 0.4, 1.1),
    "BLOOM-MWh": _energy(1_082_990, 0.4, 1.0),
    "GRANITE-kW": _sum(174.6 * KWH_PER_MWH / 192_030),
    "APERTUS-kW": _sum(5e6 / 6e6),
    # carbon
    "LLAMA2-7B-t": _carbon(184_320, 0.4, 0.4235),
    "LLAMA2-13B-t": _carbon(368_640, 0.4, 0.4235),
    "LLAMA2-70B-t": _carbon(1_720_320, 0.4, 0.4235),
    "LLAMA31-70B-t": _carbon(7.0e6, 0.7, 0.4137),
    "LLAMA31-405B-t": _carbon(3.084e7, 0.7, 0.4137),
    # export control
    "TPP-A100": _tpp("a100_sxm4_80"),
    "TPP-H100": _sum(1979 * 8),
    "TPP-V100": _tpp("v100_sxm2_32"),
    "TPP-H20": _tpp("h20_96"),
    "TPP-L40": _sum(362 * 8),
    "PD-H100": lambda c: density(c, 15_832, 814),
    "PD-L4": lambda c: density(c, 1936, 294),
    "LPP-1700": _sum(1700 * 15_832),
    "CAP-50k": lambda c: cap_of(c, "DIFF_T2_LICENCE") / 15_832,
    # ratios
    "H100/A100-7b": _sum(10_643 / 4641),
    "FP8-LLMJP": _sum(549 / 400),
    "SMOLLM3-over": _sum((276_480 + 161_280) / 276_480),
    "MLPERF-scale": _sum(10.94 * 3584 / (3.4 * 11_616)),
}
"""Identifier of a row of golden_cases.csv -> its sum. ``_sum`` is arithmetic on the published figures alone."""


@dataclass(frozen=True)
class Sum:
    """A published sum next to ours."""

    row: Golden
    ours: float

    @property
    def error(self) -> float:
        """Our figure over the published one, minus 1: an error as a share."""
        return self.ours / float(self.row.expected) - 1

    @property
    def within(self) -> bool:
        """Whether the error is within the row's own tolerance."""
        published = float(self.row.expected)
        return abs(self.ours - published) <= float(self.row.rel_tol) * abs(published)


def sums(evidence: Evidence) -> tuple[Sum, ...]:
    """Every row of golden_cases.csv recomputed.

    Raises:
        DataError: a row without a sum of that name here.
    """
    unknown = [row.id for row in evidence.golden if row.id not in FORMULAS]
    if unknown:
        rule = say("has no sum in optimizer/validation/golden.py")
        raise DataError(Problem(rule, file="golden_cases.csv", column="id", value=name) for name in unknown)
    return tuple(Sum(row, FORMULAS[row.id](evidence.catalogue)) for row in evidence.golden)
