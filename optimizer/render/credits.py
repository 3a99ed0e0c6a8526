"""Whose work the data are, in the language that is spoken: licence, citation, and all who ask to be named."""

from __future__ import annotations

from optimizer.catalogue import Catalogue
from optimizer.catalogue.source_licences import credits_of_sources
from optimizer.units.language import ENGLISH, language, say
from optimizer.version import __version__


def stamp_of(catalogue: Catalogue) -> str:
    """Which program and which data an answer is from, with the packs that were added to them."""
    return say(
        "optimizer {version}, data {version_2}{packs} (SHA-256 {digest})",
        version=__version__,
        version_2=catalogue.version,
        packs="".join(say(" with {name}", name=name) for name in catalogue.packs),
        digest=catalogue.digest,
    )


def credits_of(catalogue: Catalogue) -> list[str]:
    """The licence of the data with how to cite them, then every source that asks to be named."""
    licence = say(catalogue.licence.rstrip("."))
    head = say("Data: {value}. {citation}", value=licence, citation=_citation(catalogue))
    return [head, *map(say, credits_of_sources(catalogue))]


def _citation(catalogue: Catalogue) -> str:
    """How to cite the data: those that are shipped in the language that is spoken, others as their folder says it."""
    usual = (
        f"optimizer data tables, version {catalogue.version} (as of {catalogue.as_of}), compiled from public sources"
        " named row by row."
    )
    if language() == ENGLISH or catalogue.citation != usual:
        return catalogue.citation
    return say(
        "Data tables of this program, version {version} (as of {day}), compiled from public sources named row by row.",
        version=catalogue.version,
        day=catalogue.as_of,
    )
