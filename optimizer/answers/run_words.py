"""What an engineer checks first, in words: hours, tokens a second, efficiencies, how the model is split."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.insight.run_figures import RunFigures
from optimizer.insight.split import Doubt, Split
from optimizer.plans.outcome import Fleet

DOUBTS = {
    Doubt.NO_ROOM: "one copy of the model leaves too little memory for activations: more servers, or larger ones",
    Doubt.TOO_MANY_PARTS: "one copy of the model takes more parts than published runs have made",
    Doubt.BATCH_TOO_LARGE: "so many copies make a larger batch than published runs: it teaches less per token",
}


def figures_words(plan: Fleet, figures: RunFigures) -> str:
    """ "812,160 GPU-hours · 3,420 tokens/s per accelerator · MFU 19 % of the FP8 peak, goodput 80 %"."""
    parts = [f"{float(figures.accelerator_hours):,.0f} GPU-hours"]
    if figures.tokens_per_s_per_accelerator is not None:
        parts.append(f"{float(figures.tokens_per_s_per_accelerator):,.0f} tokens/s per accelerator")
    several = len(figures.items) > 1
    for item in figures.items:
        name = f"{plan.setting.catalogue.accelerators[item.accelerator].name}: " if several else ""
        parts.append(
            f"{name}MFU {100 * float(item.mfu):.1f} % of the {item.precision.upper()} peak,"
            f" goodput {100 * float(item.goodput):.0f} %"
        )
    return " · ".join(parts)


def split_words(split: Split, *, experts: bool) -> Iterator[str]:
    """How the model would be split, and what would be unusual about it."""
    kind = "pipeline and expert" if experts else "pipeline"
    yield (
        f"one copy of the model's state, {float(split.state_gb):,.0f} GB, takes {split.parts:,} accelerators:"
        f" {split.tensor} tensor parallel x {split.pipeline:,} {kind} parallel; {split.copies:,} copies side by side;"
        f" global batch from {_tokens(split.batch_tokens)} tokens (usual: {_tokens(split.usual_batch_tokens)},"
        f" at most {_tokens(split.most_batch_tokens)})"
    )
    yield from (f"check before you buy or rent: {DOUBTS[doubt]}" for doubt in split.doubts)


def _tokens(count: int) -> str:
    return f"{count / 1e6:.1f}M" if count >= 10**6 else f"{count:,}"
