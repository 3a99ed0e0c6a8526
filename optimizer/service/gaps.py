"""What to look up next: ``optimizer data gaps``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.errors import UsageError
from optimizer.service.fields import FLAG_OF
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import mark, say

if TYPE_CHECKING:
    from optimizer.answers.document import Document


@question(
    "data gaps",
    "Data and checks",
    Parameter("country", "The cells of one country: which are missing or estimates, and the flags.", "text", "CODE"),
    Parameter(
        "countries", "Countries of the grid instead of BR, ZA, IN and DE: a list.", "text", "LIST", flag="--over"
    ),
    outputs=("reference.gaps:GapsOut", "reference.gaps:CountryGapsOut"),
    rows=("reference.gaps:DecisiveRow", "reference.gaps:CountryGapRow"),
    takes_case=False,
    progress=mark("cases"),
)
def data_gaps(asked: Asked) -> Document:
    """Say which single figures decide most answers, so that you know what to look up next.

    \b
    optimizer data gaps
    optimizer data gaps --over MX,CL,CO
    optimizer data gaps --country KE

    Each figure that has a range is set to both its ends, one figure at a time, in a fixed grid of cases: countries x (1
    MW in 120 days, 5 MW in 365 days). A figure decides an answer if the best plan is then another kind of server, or if
    there is no plan. With --country, it shows the cells of that country: what is missing or an estimate, whether it
    decides, and the flag that sets it.
    """
    from optimizer.reference.gaps import country_document, document
    from optimizer.uncertainty.gaps import COUNTRIES, gaps, grid

    known, own = asked.catalogue, asked.own
    if own["country"] and own["countries"]:
        raise UsageError(say("--country shows one country and --over is a grid of several: give one of them"))
    if own["country"]:
        chosen = [known.find("country", own["country"], "country")]
    else:
        names = own["countries"].split(",") if own["countries"] else COUNTRIES
        chosen = list(dict.fromkeys(known.find("country", name.strip(), "countries") for name in names))
    cases = grid(chosen)
    tell = asked.progress
    done = (lambda number: tell(number, len(cases))) if tell is not None else (lambda number: None)
    found = gaps(cases, known, done)
    return country_document(chosen[0], found, known, FLAG_OF) if own["country"] else document(found, known)
