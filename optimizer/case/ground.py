"""Why a default was taken, as a type. :mod:`optimizer.answers.form.ground_words` makes a sentence of it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from optimizer.units.records import dataclass


class GroundKind(StrEnum):
    """What a default rests on."""

    DATA = "data"
    """The text of the row in the data that has the default."""
    DATA_DAY = "data_day"
    """The day for which the data are valid."""
    LONGEST_RUN = "longest_run"
    """No deadline was given: the longest run that the data take as usual."""
    WAY_OF_WORKLOAD = "way_of_workload"
    """How the workload is trained in the data."""
    FORM_OF_FAMILY = "form_of_family"
    """A family of accelerators was named, not one of its forms."""
    ALSO_ELSEWHERE = "also_elsewhere"
    """The country was named by a name that another place or a part of it has, too."""
    TOKENS_OF_WAY = "tokens_of_way"
    """The usual number of tokens of a way to train."""
    TOKENS_OF_BASE = "tokens_of_base"
    """The tokens of the model that the training continues from."""
    TOKENS_PER_PARAMETER = "tokens_per_parameter"
    """A number of tokens for each active parameter."""


@dataclass(frozen=True)
class Ground:
    """Why a default was taken."""

    kind: GroundKind
    subject: str = ""
    """The name or text that the kind speaks of: of the workload, the way, the base, the other forms, or the row."""
    per_parameter: Decimal | None = None
    """Tokens for each active parameter, of ``TOKENS_PER_PARAMETER``."""
    is_estimate: bool = False
    """Whether the data call the default an estimate."""
