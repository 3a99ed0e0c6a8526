"""Countries by their names in the language that is spoken, and "in Brazil", "of Brazil" as each language says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from optimizer.catalogue.unknown_names import local_name
from optimizer.domain import Country
from optimizer.domain.rows import Region
from optimizer.units.language import language, say

_IN_PORTUGUESE: Mapping[str, str] = {
    "na": (
        "AL AM AR AT AU BA BE BG BO BY CD CF CH CI CN CO CR CZ DE DK DO DZ EE ER ES ET FI FR GE GM GN GQ GR GT GW GY HR"
        " HU ID IE IN IS IT JM JO KP KR LR LT LV LY MD MK MN MR MY NA NG NO NZ PG PL RO RS RU SA SE SI SK SO SY TH TN"
        " TR TZ UA VA VE ZA ZM"
    ),
    "nos": "AE NL PS US",
    "nas": "BS KM MH MV PH SB SC",
    "em": (
        "AD AG AO BB BD BW BZ CM CU CV CY DJ DM FJ GD GH HK HN IL KI KN LC LI LU MC MG MM MO MT MZ NR OM PR PT PW RW SG"
        " SL SM ST SV SZ TL TO TT TV TW UG VC VU WS"
    ),
}
"""How "in" is said before the name of a country in Portuguese, whose names have a gender or no article: "no" of all
others."""
_OF = {"em": "de", "no": "do", "na": "da", "nos": "dos", "nas": "das"}
_PREPOSITIONS = {code: word for word, codes in _IN_PORTUGUESE.items() for code in codes.split()}


def country_words(country: Country) -> str:
    """The name of a country."""
    return local_name(country)


def in_country(country: Country | None) -> str:
    """ "in Brazil", "en Brasil", "no Brasil"; of None "in these countries"."""
    if country is None:
        return say("in these countries")
    if language() == "pt":
        return f"{_preposition(country)} {country_words(country)}"
    return say("in {country}", country=country_words(country))


def of_country(country: Country | None) -> str:
    """ "of Brazil", "de Brasil", "do Brasil"; of None "of these countries"."""
    if country is None:
        return say("of these countries")
    if language() == "pt":
        return f"{_OF[_preposition(country)]} {country_words(country)}"
    return say("of {country}", country=country_words(country))


def _preposition(country: Country) -> str:
    return _PREPOSITIONS.get(country.id, "no" if country.name_pt else "em")


def absent_words(regions: Sequence[Region]) -> Iterator[str]:
    """The members of the regions of which the data have no figures."""
    if names := dict.fromkeys(name for region in regions for name in region.absent):
        yield say("Members without figures, so not compared: {names}.", names=", ".join(map(say, names)))
