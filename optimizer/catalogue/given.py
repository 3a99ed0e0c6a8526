"""The data that somebody gives from Python, or those that are shipped."""

from __future__ import annotations

from optimizer.catalogue.load import Catalogue, load_catalogue
from optimizer.errors import UsageError, described
from optimizer.units.language import say


def catalogue_of(given: object) -> Catalogue:
    """The catalogue that is given; the shipped one for None.

    Raises:
        UsageError: what is given is no catalogue.
    """
    if given is None:
        return load_catalogue()
    if isinstance(given, Catalogue):
        return given
    raise UsageError(
        say("the data are a catalogue, such as optimizer.load_catalogue(FOLDER); not {value}", value=described(given))
    )
