"""Two ends of one thing: "between 1 and 2 MW", "$5-10M", "256 to 512 H100".

A limit is an upper one, so a range of it is two limits: the plan under the lower end and the plan under the upper one
are next to each other. Of an input that is varied they are where the search begins and ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from optimizer.domain.limits import BUDGET, CAPITAL, KINDS
from optimizer.question.errors import RefusalError
from optimizer.question.facts import Fact, Scene, fact, reader
from optimizer.question.matching import Match
from optimizer.question.readers.hardware import chips
from optimizer.question.readers.limits import count_of, dollars, number_of, whole_days
from optimizer.question.vocabulary.languages import FIRST
from optimizer.units.language import or_words, say
from optimizer.units.quantities import UNITS, exact_decimal, shown_here

_FIELDS: Mapping[str, str] = {kind.unit_noun: kind.field for kind in KINDS.values() if kind.unit_noun} | {
    "TOKENS": "tokens_t"
}
"""Unit of the ends -> the field of the case that they bound."""
_ELECTRICITY = "electricity_usd_per_kwh"


@reader("range")
def read_range(match: Match, scene: Scene) -> Iterator[Fact]:
    """Both ends, and the field that they are of; none where no unit says it ("between 1.1 and 1.8").

    Raises:
        RefusalError: the second end is not above the first, and no "from" says that it falls.
    """
    field, ends = _ends(match, scene)
    falls = match.has("FROM") or (match.has("TO") and scene.language != FIRST)  # "de 8 a 5 MW"
    if field and falls:  # "going from 2 MW down to 800 kW"
        ends = tuple(sorted(ends))
    if ends[0] >= ends[1]:
        raise RefusalError("range_order", match)
    for token in match.tokens:
        if token.kind.endswith("_N"):
            yield fact(Match("noun", [token]), "noun", token.kind, token.text)
    if match.has("ACCEL", "ACCEL_OF"):
        named = chips(match.tokens, scene)
        ids = tuple(dict.fromkeys(key for ids, _ in named for key in ids))
        yield fact(match, "use", ids, say("only {ids}", ids=or_words(scene.names.chip_words(ids))))
    low, high = (shown_here(end) for end in ends)
    note = say("both ends are planned, each as an upper limit") if field else ""
    bounds = match.has("BETWEEN", "RANGE")  # "from 4 to 6 MW" may be a change
    words = say("from {ends} to {ends_2}", ends=low, ends_2=high)
    yield fact(match, "range", (field, *ends), words, note, listed=bounds)


def _ends(match: Match, scene: Scene) -> tuple[str, tuple[Decimal | int, ...]]:
    """The field that the ends are of, and the ends in its unit."""
    numbers = match.all("NUM")
    if match.has("MONEY", "CENTS"):
        usd = [amount for amount, _ in dollars(match, scene)]
        if units := match.all("ENERGY_UNIT"):
            kwh = UNITS[units[0].value].factor / UNITS["kWh"].factor
            return _ELECTRICITY, tuple(exact_decimal(Fraction(amount) / kwh) for amount in usd)
        bounded = CAPITAL if match.has("OF_HARDWARE", "CAPITAL_N") else BUDGET
        return "" if match.has("CENTS") else bounded.described.field, tuple(usd)
    if match.has("DEVICES", "ACCEL", "ACCEL_OF"):
        return "max_accelerators", tuple(count_of(token) for token in numbers)
    for terminal, field in _FIELDS.items():
        if units := match.all(terminal):
            amounts = [
                number_of(n) * UNITS[u.value].factor for n, u in zip(numbers, (units[0], units[-1]), strict=True)
            ]
            whole = terminal == "TIME_UNIT"
            return field, tuple(whole_days(match, amount) if whole else exact_decimal(amount) for amount in amounts)
    if match.has("PERCENT"):  # of a duty, which may begin at nothing
        return "", tuple(exact_decimal((token.number or 0) * Fraction(1, 100)) for token in numbers)
    return "", tuple(exact_decimal(number_of(token)) for token in numbers)
