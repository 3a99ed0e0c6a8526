"""The rows of the evidence: measured throughput, real training runs, shares of benchmarks, published sums.

No plan reads them. The efficiency rows rest on them, and ``optimizer validate`` holds the package against them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from optimizer.domain.base import AsOf, Flag, Frozen, Names, Number, Sourced, Whole, column
from optimizer.domain.rows import Architecture, Precision

Scope = Literal[
    "single_run", "whole_programme", "continued", "finetune", "lora", "qlora", "distilled", "not_comparable"
]
"""What the published hours of a run cover.

single_run       the pre-training of this one model from scratch: 6 x parameters x tokens is its work
whole_programme  other work too (later stages, experiments, several models)
continued, finetune, lora, qlora: training that goes on from a finished model, in the way of that name (ways.csv)
distilled        pruned or distilled from a larger model: 6ND leaves out the teacher
not_comparable   6ND or the hours are no measure (no hours, encoder-decoder, hours calculated from FLOP, volunteers)
"""
FlopBasis = Literal["model", "hardware", "6nd"]
EnergyBasis = Literal["gpu_rated", "gpu_measured", "site"]


def _precision(value: Any) -> Any:
    """``BF16`` and ``FP8 hybrid`` as published; of several, the 16-bit one: its share is not known."""
    if not isinstance(value, str):
        return value
    words = value.lower().replace("/", " ").replace(",", " ").split()
    known = [word for word in words if word in ("fp16", "bf16", "fp8", "nvfp4")]
    wide = [word for word in known if word in ("bf16", "fp16")]
    return (wide or known or [value])[0]


def _whole(value: Any) -> Any:
    """A whole number, also as a published table writes it: 2048, 2048.0."""
    return value.strip().removesuffix(".0") if isinstance(value, str) else value


AsPublished = Annotated[Precision, BeforeValidator(_precision)]
Count = Annotated[Whole, BeforeValidator(_whole)]


class Throughput(Sourced):
    """One published measurement of training speed in steady state.

    ``mfu`` is recomputed alike for all rows: 6 x active parameters x tokens/s / peak where tokens/s are published, else
    the model TFLOP/s over the peak; empty where only hardware FLOP (with recomputation) are published, or where the
    parameters that are trained and active are not known (hybrid models, LoRA). Attention is not in 6 x parameters, so
    at long sequences ``mfu`` is below ``mfu_published``.
    """

    id: str = column("name of the row", pattern=r"^[a-z0-9.-]+$")
    publication: str = column("table or report that has the row", pattern=r"^[a-z0-9.-]+$")
    model: str = column("model as published")
    params_active: Number | None = column(
        "parameters active per token; empty: not known, or 6 x parameters is not the work (LoRA)", "1", None, gt=0
    )
    architecture: Architecture = column("dense, or mixture of experts (moe)")
    layers: Whole | None = column("transformer layers, for the attention FLOP", "1", None, gt=0)
    model_width: Whole | None = column("width of the model, for the attention FLOP", "1", None, gt=0)
    accelerator: str = column("accelerator id")
    accelerator_published: str = column("accelerator as published")
    precision: Precision = column("training precision")
    peak_tflops: Number = column("dense peak of that precision, which mfu refers to", "TFLOP/s", gt=0)
    devices: Whole | None = column("accelerators at work", "devices", None, gt=0)
    seq_len: Whole | None = column("sequence length", "tokens", None, gt=0)
    global_batch_tokens: Whole | None = column("tokens in a step", "tokens", None, gt=0)
    tokens_per_s: Number | None = column("tokens a second and device, as published", "1/s", None, gt=0)
    tflops: Number | None = column("TFLOP/s of a device, as published", "TFLOP/s", None, gt=0)
    flop_basis: FlopBasis = column(
        "what those TFLOP count: model (with attention), hardware (with recomputation), or 6nd"
    )
    mfu_published: Number | None = column("MFU as published", "share", None, gt=0, le=1)
    hfu_published: Number | None = column("hardware FLOP utilisation as published", "share", None, gt=0, le=1)
    mfu: Number | None = column("MFU recomputed by the formula above", "share", None, gt=0, le=1)
    iteration_s: Number | None = column("time of a step, as published", "s", None, gt=0)
    setup: str = column("section, parallelism, recipe", default="")


class RealRun(Sourced):
    """One published training run with its hardware, hours, energy and cost."""

    name: str = column("the run")
    params_total: Number | None = column("total parameters, in memory", "1", None, gt=0)
    params_active: Number | None = column("parameters active per token", "1", None, gt=0)
    tokens: Number | None = column("training tokens", "1", None, gt=0)
    flop: Number | None = column("training compute as reported", "FLOP", None, gt=0)
    architecture: Architecture | None = column(
        "dense, or mixture of experts (moe); empty: moe if fewer parameters are active than in total", default=None
    )
    accelerator: str | None = column("accelerator id, name or alias; empty where not in the catalogue", default=None)
    accelerator_published: str = column("accelerator as published", default="")
    count: Count | None = column("accelerators at work", "devices", None, gt=0)
    days: Number | None = column("days of the run", "days", None, gt=0)
    gpu_hours: Number | None = column("accelerator-hours; empty: count x days x 24", "h", None, gt=0)
    other_hours: Number | None = column(
        "accelerator-hours beyond these, as published: experiments, failed and repeated runs, later stages",
        "h",
        None,
        gt=0,
    )
    precision: AsPublished | None = column(
        "precision whose row of the catalogue the run is compared with", default=None
    )
    precision_published: str = column("precision as published", default="")
    scope: Scope = column("what the published hours cover", default="single_run")
    mfu_steady: Number | None = column("steady-state MFU of the 16-bit peak, as reported", "share", None, gt=0, le=1)
    energy_mwh: Number | None = column("energy as published", "MWh", None, gt=0)
    energy_basis: EnergyBasis | None = column(
        "what the energy counts: accelerators at rated power, accelerators as measured, or the site", default=None
    )
    pue: Number | None = column("PUE that the energy includes; empty: none", "ratio", None, ge=1)
    power_mw: Number | None = column("mean power as published or derived", "MW", None, gt=0)
    cost_usd: Number | None = column("cost as published", "USD", None, gt=0)
    usd_per_hour: Number | None = column("hourly rate that the cost rests on", "USD/h", None, gt=0)


class BenchmarkShare(Sourced):
    """What whole runs keep of the best benchmark of their accelerator, precision and architecture.

    Whole-run efficiency over the factor of the cluster's size, divided by the MFU of the benchmark; central is the
    geometric mean of the runs. Where a row is used, MFU x goodput of an accelerator is its best benchmark times the
    share.
    """

    generations: Names = column("generations of accelerators.csv")
    architecture: Architecture = column("dense, or mixture of experts (moe)")
    share_low: Number = column("share kept, low", "share", gt=0)
    share: Number = column("share kept, central", "share", gt=0)
    share_high: Number = column("share kept, high", "share", gt=0)
    used: Flag = column("1: efficiency.csv rests on it; 0: only for comparison")
    runs: str = column("the runs behind it, as a selector (see validation/selector.py)")
    benchmarks: str = column("the benchmarks behind it, as a selector")


class Golden(Frozen):
    """A published sum that must come out, with its tolerance."""

    id: str = column("name of the sum")
    kind: str = column("independent of this package's figures, calibrated or an internal consistency")
    checks: str = column("what it guards")
    formula: str = column("how it is computed")
    inputs: str = column("its figures", default="")
    unit: str = column("unit of the result")
    expected: Number = column("the figure as published")
    rel_tol: Number = column("relative tolerance", "share", ge=0, le=1)
    source_url: str = column("where it is published")
    as_of: AsOf | None = column("date of the publication", default=None)
    note: str = column("what a reader should know", default="")


class StudyCell(Frozen):
    """A cell of the source study: what it states, to be compared with what this package computes."""

    reading: str = column("assumption set for that reading")
    country: str = column("ISO 3166-1 alpha-2 code")
    accelerator: str = column("accelerator id")
    deadline_days: Whole = column("days of training", "days", gt=0)
    quantity: Literal["count", "peak_mw", "energy_gwh", "cost_musd"] = column("what is stated")
    stated: str = column("the figure as published")
    low: Number = column("smallest value that rounds to the published figure")
    high: Number = column("largest value that rounds to the published figure")
    origin: Literal["summary", "spreadsheet", "reconstruction"] = column(
        "who states it: the published summary, the spreadsheet in the study's words, or our reconstruction"
    )
    claim: Literal["figure", "label"] = column(
        "a figure of this very cell, or a figure that the summary labels with other days", default="figure"
    )
    source: str = column("where it is stated")
