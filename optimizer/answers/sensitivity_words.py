"""Sentences about doubt: what was uncertain, what was held, what was assumed of it, and what a choice comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.answers.limit_words import limit_words
from optimizer.answers.words import VERBS
from optimizer.case.setting import Setting
from optimizer.domain import FROM_SCRATCH, OptionKey
from optimizer.uncertainty.fixed_choice import Choice
from optimizer.uncertainty.tornado import Basis
from optimizer.uncertainty.uncertain_inputs import RUN


def choice_words(setting: Setting, choice: Choice) -> str:
    """ "rent 360 GB200 NVL72 (5 servers) in FP8"."""
    chip = setting.catalogue.accelerators[choice.key.accelerator]
    replaced = setting.catalogue.overrides.get((setting.assumptions.id, choice.key.accelerator))
    devices = ((replaced or chip).server_devices or 0) * choice.servers
    servers = f"{choice.servers:,} server{'s' * (choice.servers != 1)}"
    verb = VERBS[choice.key.procurement]
    return f"{verb} {devices:,} {chip.name} ({servers}) in {choice.key.precision.upper()}"


def kind_words(setting: Setting, key: OptionKey) -> str:
    """ "rent GB200 NVL72 in FP8"."""
    name = setting.catalogue.accelerators[key.accelerator].name
    return f"{VERBS[key.procurement]} {name} in {key.precision.upper()}"


def missed_words(missed: Sequence[str]) -> str:
    """ "misses the deadline, the grid limit"; "meets every limit"."""
    return f"misses {', '.join(map(limit_words, missed))}" if missed else "meets every limit"


def notes(basis: Basis, *, drawn: bool) -> Iterator[str]:
    """What the reader must know to judge the figures.

    Args:
        drawn: whether inputs were drawn at random.
    """
    known = basis.known
    if drawn:
        yield (
            "Assumed, as the data give three values and no distribution: each input is triangular from low over central"
            " (the mode) to high, and independent of the others; the precisions of an accelerator move together"
        )
    if (band := known.band) is not None and known.named(RUN) is not None:
        of_run = known.named(RUN)
        if of_run is not None and of_run.stated:
            yield "The factor on the efficiency of the whole run moves all accelerators alike"
        else:
            yield (
                f"The efficiency of the whole run moves all accelerators alike, by {band.band_low} to {band.band_high}"
                f" times (the band of real runs on {band.seen_on}"
                f"{'' if known.setting.way.id == FROM_SCRATCH else ', all of them from scratch'}"
                f"{', drawn in logarithms with the band as its ends' if drawn else ''})"
            )
        if known.covered:
            yield f"The band stands for these ranges, so that no doubt counts twice: {covered_words(known.covered)}"
    if stated := [given.name for given in known.inputs if given.stated]:
        yield f"Ranges given by the user: {', '.join(stated)}"
    if basis.without_range:
        yield (
            f"Held fixed, as the data have no range of them (--range gives one): {covered_words(basis.without_range)}"
        )


def covered_words(names: Sequence[str]) -> str:
    """ "goodput (19 accelerators); MFU (a100_sxm4_80, h100_sxm5_80)"."""
    kinds: dict[str, list[str]] = {}
    for name in names:
        kind, _, what = name.partition(":")
        kinds.setdefault(kind, []).append(what)
    return "; ".join(f"{_KINDS.get(kind, kind)}{_of(what)}" for kind, what in kinds.items())


def _of(what: Sequence[str]) -> str:
    if what == [""]:
        return ""
    return f" ({', '.join(what) if len(what) <= MOST_NAMES else f'{len(what)} accelerators'})"


MOST_NAMES = 6
"""So many are named; of more, their number is told."""


_KINDS = {
    "cluster_size": "the factor of the size of the cluster",
    "model_size": "the factor of the size of the model",
    "mfu": "MFU",
}


def percent(share: float, decimals: int = 1) -> str:
    """ "58.4 %"."""
    return f"{share * 100:.{decimals}f} %"
