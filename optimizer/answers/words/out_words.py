"""Accelerators that are out, and why, in a few lines: those with the same reason together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optimizer.answers.words.common_words import PROCUREMENT
from optimizer.answers.words.place_words import in_country
from optimizer.answers.words.reason_words import reason_words
from optimizer.domain.reasons import OptionWhy, Reason, ReasonKind
from optimizer.units.language import say


def out_name(accelerator: str, way: str) -> str:
    """An accelerator, with the way to have it where only that is out: "h100 rent"."""
    return f"{accelerator} {PROCUREMENT[way]}" if way else accelerator


def out_lines(out: Iterable[tuple[str, OptionWhy | None]]) -> Iterator[str]:
    """A line for every reason. That nobody offers some for rent is one, with the rent asked elsewhere behind each.

    Args:
        out: what is out by name, and why.
    """
    groups: dict[str, list[str]] = {}
    for name, why in out:
        reason, detail = reason_words(why), ""
        if isinstance(why, Reason) and why.kind is ReasonKind.NO_OFFER and why.world_usd_per_hour is not None:
            reason, detail = _unoffered(why), say(" (${usd:.2f})", usd=why.world_usd_per_hour)
        groups.setdefault(reason, []).append(f"{name}{detail}")
    for reason, who in groups.items():
        yield say("{who}: {reason}", who=", ".join(who), reason=reason)


def _unoffered(why: Reason) -> str:
    return say(
        "no public offer to rent {in_country} known (median list price elsewhere, an hour, in brackets): give yours"
        " with --rent",
        in_country=in_country(why.country),
    )
