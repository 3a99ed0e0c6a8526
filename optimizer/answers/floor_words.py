"""What a plan needs at least, and what is not counted: memory, whole servers, attention."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.answers.numbers import share_percent, up
from optimizer.case.setting import Setting
from optimizer.exact import ZERO, exact_problem
from optimizer.plans.outcome import Plan
from optimizer.units import fraction
from optimizer.units.language import say


def memory_words(plan: Plan) -> str:
    """The memory that the model needs, the share of the fleet's, and what comes on top."""
    setting = plan.setting
    chips = setting.catalogue.accelerators
    need = exact_problem(setting, [item.key for item in plan.items]).memory_gb
    each = (item.accelerators * fraction(chips[item.key.accelerator].memory_gb) for item in plan.items)
    had = sum(each, ZERO)
    return say(
        "memory: the state of the model (weights, gradients, optimiser) needs {need:,} GB, "
        "{need_2} of the {had:,} GB of these accelerators; activations need more, and are "
        "not counted",
        need=up(need, 0),
        need_2=share_percent(need / had),
        had=up(had, 0),
    )


def uncounted_words(setting: Setting) -> str:
    """What the training compute leaves out.

    Causal attention takes 6 x layers x width x context FLOP a token beside the 6 N of the parameters (Narayanan et al.
    2021, arXiv 2104.04473, its half for a causal mask). Llama 3.1 8B, 32 layers of 4,096: 3.2e9 beside 4.8e10 at a
    context of 4,096 tokens; 1.03e11 at 131,072.
    """
    if setting.workload.training_flop is not None:
        return say("training compute: as stated for this model in the data")
    return say(
        "training compute: from parameters and tokens alone; attention over the context is "
        "not counted. For an 8B model it adds 7 % at a context of 4,096 tokens, and makes "
        "the compute 3.1 times at 131,072: then state it as --overhead"
    )


def owned_words(setting: Setting) -> Iterator[str]:
    """Accelerators that are owned and make up no whole server: they are not used, and this is said."""
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
        yield (
            say(
                "owned: {of} {chip_name} are not used: servers are whole, and the data know this one "
                "with {devices} accelerators only",
                of=of,
                chip_name=chip.name,
                devices=devices,
            )
        )
