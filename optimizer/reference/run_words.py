"""Why a real run cannot be compared, in words."""

from __future__ import annotations

from optimizer.units.language import say
from optimizer.validation.runs import MissingKind, NotCompared


def missing_words(missing: NotCompared | str | None) -> str:
    """Why a run cannot be compared: "no hours published"; empty where it can; a text that was read back as it is."""
    if missing is None or isinstance(missing, str):
        return missing or ""
    shown = say(
        "{accelerator} in {precision}, {architecture}",
        accelerator=missing.accelerator,
        precision=missing.precision,
        architecture=missing.architecture,
    )
    return {
        MissingKind.ACCELERATOR: say("accelerator not in the catalogue"),
        MissingKind.EFFICIENCY: say("no efficiency in the data for {shown}", shown=shown),
        MissingKind.SIZE: say("parameters or tokens not published"),
        MissingKind.HOURS: say("no hours published"),
    }[missing.kind]
