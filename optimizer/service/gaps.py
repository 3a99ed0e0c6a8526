"""What to look up next: ``optimizer data gaps``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from optimizer.errors import UsageError
from optimizer.service.fields import FLAG_OF
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optimizer.answers.form.document import Document
    from optimizer.catalogue import Catalogue


@question(
    "data gaps",
    "Data and checks",
    Parameter("country", "The cells of one country: which are missing or estimates, and the flags.", "text", "CODE"),
    Parameter(
        "countries",
        "Countries of the grid instead of BR, ZA, IN and DE: a list, regions too, or all.",
        "text",
        "LIST",
        flag="--over",
    ),
    outputs=("reference.gaps:GapsOut", "reference.country_gaps:CountryGapsOut"),
    rows=("reference.gaps:DecisiveRow", "reference.country_gaps:CountryGapRow"),
    takes_case=False,
    progress=mark("cases"),
)
def data_gaps(asked: Asked) -> Document:
    """Say which single figures decide most answers, so that you know what to look up next.

    \b
    optimizer data gaps
    optimizer data gaps --over MX,CL,CO
    optimizer data gaps --over "Central America"
    optimizer data gaps --country KE

    Each figure that has a range is set to both its ends, one figure at a time, in a fixed grid of cases: countries x (1
    MW in 120 days, 5 MW in 365 days). A figure decides an answer if the best plan is then another kind of server, or if
    there is no plan. A missing figure decides the answers that wait for it. With --country, it shows the cells of that
    country: what is missing or an estimate, what is used in its place, whether it decides, and the flag that sets it.
    """
    from optimizer.reference.country_gaps import country_document
    from optimizer.reference.gaps import document
    from optimizer.uncertainty.gaps import COUNTRIES, gaps, grid

    known, own = asked.catalogue, asked.own
    if own["country"] and own["countries"]:
        raise UsageError.say("--country shows one country and --over is a grid of several: give one of them")
    if own["country"]:
        chosen = [known.find("country", own["country"], "country")]
    else:
        chosen = list(dict.fromkeys(_countries(own["countries"], known) if own["countries"] else COUNTRIES))
    cases = grid(chosen)
    tell = asked.progress
    done = (lambda number: tell(number, len(cases))) if tell is not None else (lambda number: None)
    found = gaps(cases, known, done, os.cpu_count() or 1)
    return country_document(chosen[0], found, known, FLAG_OF) if own["country"] else document(found, known)


def _countries(text: str, known: Catalogue) -> Iterator[str]:
    """The countries of a list of countries and regions, or all.

    Raises:
        InputError: a name that is neither.
    """
    for name in [text] if known.known("region", text) else text.split(","):
        if name.strip().lower() == "all":
            yield from known.every_country
        elif known.known("country", name) is None and (region := known.known("region", name)) is not None:
            yield from (code for code in known.regions[region].members if code in known.countries)
        else:
            yield known.find("country", name.strip(), "countries")
