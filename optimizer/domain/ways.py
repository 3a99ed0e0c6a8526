"""The ways to come by a model: from scratch, or from one that is there already."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, model_validator

from optimizer.domain.base import Names, Number, Sourced, column, read_list
from optimizer.domain.rows import Precision
from optimizer.units.language import say

FROM_SCRATCH = "pretrain"
"""The way of an own workload that does not say."""
Precisions = Annotated[tuple[Precision, ...], BeforeValidator(read_list)]


class Way(Sourced):
    """What one way to train asks of compute and memory, and what it gives.

    Training compute, FLOP = (flop_per_trained_parameter x trained + flop_per_frozen_parameter x frozen) x tokens, of
    the parameters active per token; memory, bytes = training_bytes_per_parameter (parameters.csv) x trained +
    frozen_bytes_per_parameter x frozen, of all that are held. Where weights are frozen, an adapter is what is trained,
    next to them; else all of them are.
    """

    id: str = column("name used everywhere in this package", pattern=r"^[a-z0-9-]+$")
    name: str = column("title")
    aliases: Names = column("other names a question may use", default=())
    flop_per_trained_parameter: Number = column(
        "forward pass, and backward pass through weights and activations, of a parameter that is trained",
        "FLOP/token",
        gt=0,
    )
    flop_per_frozen_parameter: Number | None = column(
        "forward pass, and backward pass through activations alone, of a parameter that is frozen; empty: none is",
        "FLOP/token",
        None,
        gt=0,
    )
    frozen_bytes_per_parameter: Number | None = column(
        "memory that a frozen parameter takes; empty: none is frozen", "bytes", None, gt=0
    )
    adapter_share_low: Number | None = column("parameters of the adapter over those of the model, low", "share", None)
    adapter_share: Number | None = column(
        "parameters of the adapter over those of the model, where a case does not say; empty: there is none",
        "share",
        None,
        gt=0,
        le=1,
    )
    adapter_share_high: Number | None = column("parameters of the adapter over those of the model, high", "share", None)
    efficiency_factor_low: Number | None = column("what MFU x goodput are multiplied by, low", "ratio", None, gt=0)
    efficiency_factor: Number = column("what MFU x goodput are multiplied by, central", "ratio", gt=0, le=1)
    efficiency_factor_high: Number | None = column("what MFU x goodput are multiplied by, high", "ratio", None, gt=0)
    precisions: Precisions = column("training precisions it is done in; empty: any", default=())
    usual_tokens_low_b: Number | None = column("tokens of published runs, low", "1e9", None, gt=0)
    usual_tokens_b: Number | None = column(
        "tokens taken where a case does not say; empty: those of the workload, or of parameters.csv", "1e9", None, gt=0
    )
    usual_tokens_high_b: Number | None = column("tokens of published runs, high", "1e9", None, gt=0)
    gives: str = column("what it can give")
    lacks: str = column("what it cannot give")
    capability_source: str = column("where the two are said (addresses separated by ' | ')")

    @property
    def is_adapter(self) -> bool:
        """Whether the weights are frozen and an adapter next to them is trained."""
        return self.adapter_share is not None

    @model_validator(mode="after")
    def _frozen_together(self) -> Way:
        frozen = (self.flop_per_frozen_parameter, self.frozen_bytes_per_parameter, self.adapter_share)
        if any(value is None for value in frozen) and any(value is not None for value in frozen):
            raise ValueError(
                say("flop_per_frozen_parameter, frozen_bytes_per_parameter and adapter_share: give all three, or none")
            )
        return self
