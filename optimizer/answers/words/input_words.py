"""The names of uncertain inputs in words: "mfu:mi355x" is the MFU of the Instinct MI355X, "staff_fte" the staff."""

from __future__ import annotations

from optimizer.catalogue import Catalogue
from optimizer.units.language import Messages, messages_of, say

KINDS = messages_of(__file__, "kinds")
"""Input, or what stands before the colon of its name -> words."""


_BRACKETS = Messages({"small": "small", "medium": "medium", "large": "large", "air": "air", "liquid": "liquid"})


def bracket_words(name: str) -> str:
    """A size of a cluster in words: "medium"; another name as it is."""
    return _BRACKETS.get(name, name)


def kind_words(kind: str) -> str:
    """An input, or the kind of an input of accelerators, in words: "staff, full-time posts", "MFU"."""
    return KINDS.get(kind, kind)


def input_words(name: str, catalogue: Catalogue) -> str:
    """An input in words, with the accelerator that it is of: "MFU: Instinct MI355X 288GB"."""
    kind, _, what = name.partition(":")
    if not what:
        return kind_words(kind)
    chip = catalogue.accelerators.get(what)
    return say("{kind}: {what}", kind=kind_words(kind), what=chip.name if chip else bracket_words(what))
