"""What a plan needs at least, and what is not counted: memory, whole servers, attention."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.answers.form.numbers import share_percent, up
from optimizer.case.setting import Setting
from optimizer.insight.floor import AttentionShare, attention_share, memory_floor
from optimizer.options.servers import machines_of
from optimizer.plans.outcome import Plan
from optimizer.units.language import or_words, say


def memory_words(plan: Plan) -> str:
    """The memory that the model needs, the share of the fleet's, and what comes on top."""
    floor = memory_floor(plan)
    return say(
        "memory: the state of the model (weights, gradients, optimiser) needs {need:,} GB, {need_2} of the {had:,} GB "
        "of these accelerators; activations need more, and are not counted",
        need=up(floor.needed_gb, 0),
        need_2=share_percent(floor.share),
        had=up(floor.fleet_gb, 0),
    )


def uncounted_words(setting: Setting) -> str:
    """What the training compute leaves out.

    Causal attention takes 6 x layers x width x context FLOP a token next to the 6 N of the parameters (Narayanan et al.
    2021, arXiv 2104.04473, its half for a causal mask). Llama 3.1 8B, 32 layers of 4,096: 3.2e9 next to 4.8e10 at a
    context of 4,096 tokens; 1.03e11 at 131,072.
    """
    if setting.workload.training_flop is not None:
        return say("training compute: as stated for this model in the data")
    if (counted := attention_share(setting)) is not None:
        return attention_words(counted)
    return say(
        "training compute: from parameters and tokens alone; attention over the context is "
        "not counted (--context counts it). For an 8B model it adds 7 % at a context of 4,096 "
        "tokens; at 131,072, the compute is 3.1 times as much"
    )


def attention_words(counted: AttentionShare) -> str:
    """How much of the training compute is attention, and what that figure assumes."""
    return say(
        "training compute: {share} of it is attention over sequences of {context:,} tokens, in {layers:,} layers of "
        "width {width:,f} ({source}). Assumed: all tokens are in sequences of this length, each attends to those "
        "before it only, and this runs at the same efficiency; memory for longer sequences is not counted",
        share=share_percent(counted.share),
        context=counted.context_tokens,
        layers=counted.layers,
        width=counted.width,
        source=say("as you stated") if counted.stated else say("from the data"),
    )


def owned_words(setting: Setting) -> Iterator[str]:
    """Accelerators that are owned and make up no whole server: whether a smaller machine of them may be used."""
    for name, count in setting.case.owned:
        replaced = setting.catalogue.overrides.get((setting.assumptions.id, name))
        chip = setting.catalogue.accelerators[name]
        devices = (replaced or chip).server_devices
        if devices is None or count % devices == 0:
            continue
        left = count % devices
        of = (
            say("{left} of the {count:,}", left=left, count=count)
            if count > devices
            else say("the {count}", count=count)
        )
        reported = {"of": of, "chip_name": chip.name, "devices": devices}
        if not (sizes := sorted(size for chip_id, size in setting.catalogue.machines if chip_id == name)) or replaced:
            yield say(
                "owned: {of} {chip_name} are not used: servers are whole, and the data have this server "
                "with {devices} accelerators only",
                **reported,
            )
            continue
        reported["sizes"] = or_words(map(str, sizes))
        if any(row.accelerator == name for row in machines_of(setting)):
            yield say(
                "owned: {of} {chip_name} are fewer than a whole server of {devices}; the data also have "
                "machines of {sizes}, and a run that fits in one of them can use it alone: no network "
                "connects several",
                **reported,
            )
        else:
            yield say(
                "owned: {of} {chip_name} are not used: they are fewer than a whole server of {devices}, "
                "and this model does not fit in the memory of a smaller machine ({sizes}), or takes more "
                "than ten years on it",
                **reported,
            )
