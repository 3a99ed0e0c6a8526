"""Why a real run cannot be compared, in words."""

from __future__ import annotations

from optimizer.validation.runs import MissingKind, NotCompared


def missing_words(missing: NotCompared | str | None) -> str:
    """Why a run cannot be compared: "no hours published"; empty where it can; a text that was read back as it is."""
    if missing is None or isinstance(missing, str):
        return missing or ""
    shown = f"{missing.accelerator} in {missing.precision}, {missing.architecture}"
    return {
        MissingKind.ACCELERATOR: "accelerator not in the catalogue",
        MissingKind.EFFICIENCY: f"no efficiency in the data for {shown}",
        MissingKind.SIZE: "parameters or tokens not published",
        MissingKind.HOURS: "no hours published",
    }[missing.kind]
