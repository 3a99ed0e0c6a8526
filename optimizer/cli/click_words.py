"""What click says of a command that cannot be read, in the language that is spoken: click asks gettext for it."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager

from optimizer.units.language import ENGLISH, FOLDER, language, mark, mark_many

SAID = (
    *(mark("Show this message and exit."), mark("Show the version and exit."), mark("default: {default}")),
    *(mark("Options"), mark("Commands"), mark("required")),
    *(mark("Usage:"), mark("Try '{command} {option}' for help."), mark("Error: {message}")),
    *(mark("Missing argument"), mark("Missing option"), mark("Missing command.")),
    *(mark("No such option {name!r}."), mark("No such command {name!r}.")),
    *(mark("Option {name!r} does not take a value."), mark("Invalid value: {message}")),
    *(mark("Invalid value for {param_hint}: {message}")),
    *(mark("{value!r} is not a valid {number_type}."), mark("Choose from:\n\t{choices}")),
    mark_many("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    mark_many("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    mark_many("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    mark_many("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
"""The messages of click that our commands can cause."""
_DOMAIN, _VARIABLE = "optimizer", "LANGUAGE"


@contextmanager
def click_speaking() -> Iterator[None]:
    """Inside the block click finds its messages in our catalogues."""
    if language() == ENGLISH:
        yield
        return
    domain, before = gettext.textdomain(), os.environ.get(_VARIABLE)
    gettext.bindtextdomain(_DOMAIN, str(FOLDER))
    gettext.textdomain(_DOMAIN)
    os.environ[_VARIABLE] = language()
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ[_VARIABLE]
        else:
            os.environ[_VARIABLE] = before
