"""What an engineer checks first, as data."""

from __future__ import annotations

from typing import Any

from optimizer.answers.form.numbers import round_half_even
from optimizer.answers.form.shapes import Near2, Near6, Plain, Shape, entry
from optimizer.insight.floor import attention_share, memory_floor
from optimizer.insight.run_figures import run_figures
from optimizer.insight.split import split_of
from optimizer.plans.outcome import Plan


class ItemFiguresOut(Shape):
    """The figures of one kind of server."""

    accelerator: str
    precision: str
    accelerator_hours: Near2 = entry(unit="h")
    mfu: Near6 = entry("share of the dense peak at the precision in steady state, with all factors")
    goodput: Near6 = entry("share of the time that is spent on progress")
    of_peak: Near6 = entry("what the whole run reaches of the peak: mfu x goodput")


class SplitOut(Shape):
    """How the model would be split over the servers: a check of plausibility."""

    state_gb: Near2 = entry("memory of one copy of weights, gradients and optimiser", "GB")
    parts: int = entry("accelerators that hold one copy")
    tensor: int = entry("of them, those that share one layer")
    pipeline: int = entry("pipeline stages, with expert parallelism of a mixture of experts")
    copies: int = entry("copies side by side; 0 where there is no usual room for one")
    batch_tokens: int = entry("least global batch: one sequence for each copy", "tokens")
    usual_batch_tokens: int = entry(unit="tokens")
    most_batch_tokens: int = entry(unit="tokens")
    doubts: tuple[str, ...] = entry("what would be unusual: no_room, too_many_parts, batch_too_large, graphics_cards")


class MemoryOut(Shape):
    """The least memory of the run: the state of the model. Activations need more, and are not counted."""

    needed_gb: Near2 = entry("weights, gradients and optimiser", "GB")
    fleet_gb: Near2 = entry("memory of all accelerators of the plan", "GB")
    share: Near6 = entry("what the state takes of it; the rest is for activations")


class AttentionOut(Shape):
    """The attention that is counted: causal, all tokens in sequences of one length."""

    context_tokens: int
    layers: int
    width: Plain = entry("heads x width of a head")
    share: Near6 = entry("of the training compute")
    stated: bool = entry("whether the case itself says the layers or the width")


class EngineeringOut(Shape):
    """Hours, speed and efficiency of the run."""

    accelerator_hours: Near2 = entry("GPU-hours of all kinds", "h")
    tokens_per_s_per_accelerator: Near2 | None = entry("over the hours of work", "tokens/s")
    items: tuple[ItemFiguresOut, ...]
    split: SplitOut | None = entry("null of a mix, and where the data hold no rules")
    memory: MemoryOut | None = entry("what the state of the model needs at least", default=None)
    attention: AttentionOut | None = entry("null where attention is not counted (no context_tokens)", default=None)


def engineering_out(plan: Plan) -> EngineeringOut:
    """Hours, speed, efficiency and split of a plan in their JSON form."""
    figures, split, counted = run_figures(plan), split_of(plan), attention_share(plan.setting)
    return EngineeringOut(
        accelerator_hours=figures.accelerator_hours,
        tokens_per_s_per_accelerator=figures.tokens_per_s_per_accelerator,
        items=tuple(map(ItemFiguresOut.model_validate, figures.items)),
        split=None if split is None else SplitOut.model_validate(split),
        memory=MemoryOut.model_validate(memory_floor(plan)),
        attention=None if counted is None else AttentionOut.model_validate(counted),
    )


def run_cells(plan: Plan) -> dict[str, Any]:
    """The cells of a row that tell hours, speed and efficiency."""
    figures = run_figures(plan)
    rate = figures.tokens_per_s_per_accelerator
    return {
        "accelerator_hours": round_half_even(figures.accelerator_hours, 1),
        "tokens_per_s_per_accelerator": None if rate is None else round_half_even(rate, 2),
        "mfu": round_half_even(figures.mfu, 4).normalize(),
        "goodput": round_half_even(figures.goodput, 4).normalize(),
    }
