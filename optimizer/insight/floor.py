"""What a model needs at least: memory for its state, and what of its training compute is attention."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from optimizer.case.setting import TRILLION, Setting
from optimizer.exact import ZERO, exact_problem
from optimizer.plans.outcome import Plan
from optimizer.units import fraction
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class MemoryFloor:
    """Memory of the model's state (weights, gradients, optimiser) next to that of the accelerators of a plan."""

    needed_gb: Fraction
    fleet_gb: Fraction

    @property
    def share(self) -> Fraction:
        """Share of all memory that the state uses, 0 to 1; the rest is for activations, which are not counted."""
        return self.needed_gb / self.fleet_gb


@dataclass(frozen=True)
class AttentionShare:
    """The attention that a case counts, and what it takes of the training compute."""

    context_tokens: int
    layers: int
    width: Decimal
    """Heads x width of a head."""
    share: Fraction
    """Of the training compute."""
    stated: bool
    """Whether the case itself says the layers or the width."""


def memory_floor(plan: Plan) -> MemoryFloor:
    """The memory that a plan's model needs at least."""
    setting = plan.setting
    chips = setting.catalogue.accelerators
    need = exact_problem(setting, [item.key for item in plan.items]).memory_gb
    each = (item.accelerators * fraction(chips[item.key.accelerator].memory_gb) for item in plan.items)
    return MemoryFloor(need, sum(each, ZERO))


def attention_share(setting: Setting) -> AttentionShare | None:
    """What attention takes of the training compute; None where it is not counted."""
    if (counted := setting.attention) is None:
        return None
    case = setting.case
    tokens = fraction(setting.workload.tokens_t or 0) * TRILLION
    flop = fraction(counted.flop_per_token) * tokens * fraction(case.overhead or 1)
    return AttentionShare(
        context_tokens=counted.context_tokens,
        layers=counted.layers,
        width=counted.width,
        share=flop / fraction(setting.training_flop),
        stated=case.layers is not None or case.attention_width is not None,
    )
