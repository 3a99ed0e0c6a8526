"""The data that somebody gives from Python, or those that are shipped; and groups that somebody names."""

from __future__ import annotations

from optimizer.catalogue.load import Catalogue, load_catalogue
from optimizer.catalogue.names import MAX_NAME_CHARACTERS, bare_name
from optimizer.errors import UsageError, described


def catalogue_of(given: object) -> Catalogue:
    """The catalogue that is given; the shipped one for None.

    Raises:
        UsageError: what is given is no catalogue.
    """
    if given is None:
        return load_catalogue()
    if isinstance(given, Catalogue):
        return given
    raise UsageError.say(
        "the data are a catalogue, such as optimizer.load_catalogue(FOLDER); not {value}", value=described(given)
    )


def group_of(name: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Every accelerator of a family, a maker or a generation by its name: H100, NVIDIA, Blackwell; none of others.

    The name of one accelerator is that of no group, unless it is of a family.
    """
    if (found := catalogue.family_of(name)) or catalogue.known("accelerator", name):
        return found
    word, chips = bare_name(name[:MAX_NAME_CHARACTERS]), catalogue.accelerators.items()
    of_maker = tuple(key for key, chip in chips if bare_name(chip.vendor) == word)
    return of_maker or tuple(key for key, chip in chips if bare_name(chip.generation.partition(" (")[0]) == word)
