"""What an engineer checks first, in words: hours, tokens a second, efficiencies, how the model is split."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.answers.form.numbers import up
from optimizer.insight.run_figures import RunFigures
from optimizer.insight.split import Doubt, Split
from optimizer.plans.outcome import Fleet
from optimizer.units.language import Messages, say, say_many

DOUBTS = Messages(
    {
        Doubt.NO_ROOM: "one copy of the model leaves too little memory for activations: more servers, or larger ones",
        Doubt.TOO_MANY_PARTS: "one copy of the model is split into more parts than in published runs",
        Doubt.BATCH_TOO_LARGE: (
            "with so many copies, the batch is larger than in published runs: the model learns less per token"
        ),
        Doubt.GRAPHICS_CARDS: "these are graphics cards: their maker's driver licence excludes data centres, they are"
        " linked by PCIe alone, and no published run in the data used any",
    }
)


FEW_HOURS = 10
"""GPU-hours below which two digits are reported of them."""


def figures_words(plan: Fleet, figures: RunFigures) -> str:
    """ "812,160 GPU-hours · 3,420 tokens/s per accelerator · MFU 19 % of the FP8 peak, goodput 80 %"."""
    hours = float(figures.accelerator_hours)
    text = say("{hours:,.0f}", hours=hours) if hours >= FEW_HOURS else say("{hours:.2g}", hours=hours)
    parts = [say("{text} GPU-hours", text=text)]
    if figures.tokens_per_s_per_accelerator is not None:
        parts.append(
            say(
                "{tokens_per_s_per_accelerator:,.0f} tokens/s per accelerator",
                tokens_per_s_per_accelerator=float(figures.tokens_per_s_per_accelerator),
            )
        )
    several = len(figures.items) > 1
    for item in figures.items:
        name = (
            say("{accelerators_name}: ", accelerators_name=plan.setting.catalogue.accelerators[item.accelerator].name)
            if several
            else ""
        )
        parts.append(
            say(
                "{name}MFU {value:.1f} % of the {precision} peak, goodput {value_2:.0f} %",
                name=name,
                value=100 * float(item.mfu),
                precision=item.precision.upper(),
                value_2=100 * float(item.goodput),
            )
        )
    return " · ".join(parts)


def split_words(split: Split, *, experts: bool) -> Iterator[str]:
    """How the model would be split, and what would be unusual about it."""
    kind = say("pipeline and expert") if experts else say("pipeline")
    yield say(
        "one copy of the model's state, {state_gb:,} GB, takes up {parts:,} of the accelerators: {tensor} tensor "
        "parallel x {pipeline:,} {kind} parallel; {copies} side by side; global batch from {batch_tokens} tokens "
        "(usual: {usual_batch_tokens}, at most {most_batch_tokens})",
        state_gb=up(split.state_gb, 0),
        parts=split.parts,
        tensor=split.tensor,
        pipeline=split.pipeline,
        kind=kind,
        copies=say_many("{count:,} copy", "{count:,} copies", split.copies),
        batch_tokens=_tokens(split.batch_tokens),
        usual_batch_tokens=_tokens(split.usual_batch_tokens),
        most_batch_tokens=_tokens(split.most_batch_tokens),
    )
    if split.left_over:
        yield say(
            "this split leaves {left_over:,} accelerators unused, but the plan counts the work of all of "
            "them: use another split",
            left_over=split.left_over,
        )
    yield from (say("check before you buy or rent: {doubts}", doubts=DOUBTS[doubt]) for doubt in split.doubts)


def _tokens(count: int) -> str:
    return say("{count:.1f}M", count=count / 1e6) if count >= 10**6 else say("{count:,}", count=count)
