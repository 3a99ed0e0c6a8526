"""What is said of a name that the data do not have, or have for several things."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from optimizer.catalogue.names import MAX_NAME_CHARACTERS, Abbreviated, bare_name, peoples_of
from optimizer.catalogue.tables import SHOWN, nearest_names, suggestion
from optimizer.domain.likely_words import separated
from optimizer.errors import Problem
from optimizer.units.language import language, messages_of, or_words, say

UNKNOWN: Mapping[str, str] = messages_of(__file__, "unknown")
"""By kind of thing."""
_SHARED: Mapping[str, str] = messages_of(__file__, "shared")
_AS_NEAR = 0.77
"""Of the letters of two names of countries: Greenland is neither Ireland nor Grenada."""
_NEARER = 0.9
"""Where a thing of another kind may be meant, or a people: Western Sahara is no Western Africa, a gringo no griego."""
_NAMES: Mapping[str, str] = {"es": "name_es", "pt": "name_pt"}
"""The column with the names of a language; a country pack may have none."""


def local_name(row: Any) -> str:
    """The name of a country or region in the language that is spoken, where the data have it."""
    return getattr(row, _NAMES.get(language(), "name"), "") or str(row.name)


def unknown_name(
    kind: str,
    name: str,
    known: Mapping[str, Any],
    column: str,
    rows: Mapping[str, Any] | None = None,
    further: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None,
) -> Problem:
    """The problem of a name that nothing has, with the nearest known names.

    Args:
        kind: of thing, of :data:`UNKNOWN`.
        name: what was written.
        known: every name, with the id that it represents.
        column: where it was written.
        rows: by id, where countries or regions are meant: their own names are shown, and how many countries there are.
        further: rows by id and names of another kind, which may be meant too: regions where a country is.
    """
    if rows is None:
        ids = {key.lower() for key in known}
        several = separated(name, lambda word: word.lower() if word.lower() in ids else None)
        return Problem(UNKNOWN[kind], column=column, value=name, remedy=several or suggestion(name, known))
    shown = {code: local_name(row) for code, row in rows.items()}
    peoples = {word.lower() for row in rows.values() for word in peoples_of(row)} if kind == "country" else set()
    near = nearest_names(name, {word: code for word, code in known.items() if word not in peoples}, shown, _AS_NEAR)
    near = near or nearest_names(name, {word: known[word] for word in peoples if word in known}, shown, _NEARER)
    if further is not None and not near:
        others, names = further
        near = nearest_names(name, names, {key: local_name(row) for key, row in others.items()}, _NEARER)
    if near:
        remedy = say("did you mean {first}?", first=or_words(near))
    elif len(rows) <= SHOWN:
        remedy = say("known: {names}", names=", ".join(rows))
    elif kind == "country":
        remedy = say("optimizer data list countries shows those of the data")
    else:
        some = ", ".join(f'"{local_name(row)}"' for row in islice(rows.values(), 4))
        remedy = say("such as {some}; optimizer data list regions shows all of the data", some=some)
    if kind == "country":
        count = sum(not row.part_of for row in rows.values())
        remedy += say(" (the data have {count} countries; a country pack adds another: --pack)", count=count)
    return Problem(UNKNOWN[kind], column=column, value=name, remedy=remedy)


_COUNTED_WITH = {
    territory: country
    for country, territories in {
        **{"AU": "CC CX NF", "DK": "FO GL", "FI": "AX", "FR": "BL GF GP MF MQ NC PF PM RE WF YT"},
        **{"GB": "AI BM GG GI IM JE KY MS PN SH TC VG", "NL": "BQ", "NO": "SJ", "NZ": "TK", "US": "AS GU MP VI"},
    }.items()
    for territory in territories.split()
}
"""Territory without figures -> the country that the export rules count it with, as they have no entry of it (15 CFR
738.3(b)). Those that they name, and those that several countries claim, are not here."""
_NO_CODE = "XX"
"""What the codes of places begin with that ISO 3166-1 has none for; behind it the country that a map has them in."""
_ORDER = ("en", "es", "pt")
"""The languages of the first names of a territory."""
AMERICAN_STATES = re.compile(
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
"""Codes of states, of which some are those of countries."""
_PLACES = Path(__file__).parent.parent / "question" / "words" / "places.txt"
"""Names of places by code, in parts between lines of ``#``."""
_ZONES, _FURTHER, _WITHOUT_FIGURES, _ABBREVIATED, _SHARED_PLACES, _ALSO_ELSEWHERE, _STATES = range(1, 8)
"""The parts: cities of the time zones and further ones, what has no figures, names such as Rep. Dominicana, cities of
several countries, names that are also those of another place, states and provinces."""


def _part(number: int) -> Iterator[tuple[str, str]]:
    """A code with each of its names, of a part of the places."""
    part = _PLACES.read_text(encoding="utf-8").split("\n#\n")[number]
    for line in part.splitlines():
        code, colon, names = line.partition(": ")
        if colon and not line.startswith("#"):
            yield from ((code, name) for name in names.split(", "))


@cache
def territories() -> frozenset[str]:
    """Every country and territory without figures of its own: its code and its names, as :func:`bare_name` has them."""
    return frozenset(bare_name(word) for names in territory_names() for word in names if word[:2] != _NO_CODE)


@cache
def abbreviated_names() -> Mapping[str, str]:
    """Country by a name with abbreviated words, as :func:`bare_name` has it: Rep. Dominicana."""
    return {bare_name(name): code for code, name in _part(_ABBREVIATED)}


@cache
def territory_names() -> tuple[tuple[str, str], ...]:
    """Every country and territory without figures: its names and its code of three letters, each with its code."""
    return tuple((name, code) for code, name in _part(_WITHOUT_FIGURES))


@cache
def places() -> Mapping[str, tuple[str, ...]]:
    """The countries that a city, a state or another place is in, by its name as :func:`bare_name` has it."""
    parts = (_ZONES, _FURTHER, _SHARED_PLACES, _ALSO_ELSEWHERE, _STATES)
    return {bare_name(name): tuple(codes.split()) for part in parts for codes, name in _part(part)}


@cache
def states() -> Mapping[str, str]:
    """Country by the name of one of its states or provinces, as :func:`bare_name` has it."""
    return {bare_name(name): code for code, name in _part(_STATES)}


def _of_an_american_state(name: str) -> tuple[str, ...]:
    """The United States, where a text ends in one of their states: "Paris, TX", "Paris, Texas"."""
    _, comma, state = name[:MAX_NAME_CHARACTERS].rpartition(",")
    return (
        ("US",)
        if comma and (AMERICAN_STATES.fullmatch(state.strip()) or states().get(bare_name(state)) == "US")
        else ()
    )


def is_also_elsewhere(name: str, code: str) -> bool:
    """Whether a name by which a country goes is that of another place, too, or of a part of it: Korea, England."""
    return places().get(bare_name(name[:MAX_NAME_CHARACTERS])) == (code,)


def place_name(name: str, countries: Mapping[str, Any], codes: Iterable[str], column: str) -> Problem:
    """The problem of a city or another place where a country is meant, with the countries that it is in."""
    shown = [f"{code} ({local_name(countries[code]) if code in countries else name_of(code)})" for code in codes]
    rule = say("is a place, and a country is needed")
    return Problem(rule, column=column, value=name, remedy=say("write {which}", which=or_words(shown)))


def name_of(territory: str) -> str:
    """The name of a territory without figures, by its code, in the language that is spoken; the code of any other."""
    names = [name for name, code in territory_names() if code == territory]
    return names[min(_ORDER.index(language()), len(names) - 1)].title() if names else territory


def territory_code(name: str) -> str:
    """The code of a country or territory without figures, by its name or code; empty of any other."""
    bare = bare_name(name[:MAX_NAME_CHARACTERS])
    return next((code for word, code in territory_names() if bare in (bare_name(word), code.lower())), "")


def counted_with(name: str) -> str:
    """The code of the country that the export rules count a territory without figures with; empty of any other."""
    return _COUNTED_WITH.get(territory_code(name), "")


def territory_remedy(name: str, country_name: Callable[[str], str]) -> str:
    """Whose figures a plan may take for a territory that has none: which of them fit is for the user to say."""
    code = territory_code(name)
    own = say("a country pack adds its own: optimizer guide data")
    if country := _COUNTED_WITH.get(code):
        return say(
            "under the export rules it counts as {country} (15 CFR 738.3(b)), and --country {code} takes the figures of"
            " that country: whether they fit is your choice; {own}",
            country=country_name(country),
            code=country,
            own=own,
        )
    if country := code.removeprefix(_NO_CODE) if code.startswith(_NO_CODE) else "":
        return say(
            "--country {code} takes the figures of {country}, where the maps of the United Nations draw it: whether"
            " they fit is your choice; {own}",
            country=country_name(country),
            code=country,
            own=own,
        )
    return say(
        "--country takes the figures of a country of your choice and the export rules for that country; the data do not"
        " say as which country the rules count this one; {own}",
        own=own,
    )


def territory_name(name: str, column: str, countries: Mapping[str, Any], *, of_law: bool = False) -> Problem:
    """The problem of a country or territory that is known to be one, and of which the data have no figures."""
    remedy = (
        say("the data do not say as which country the export rules count it")
        if of_law
        else territory_remedy(name, lambda code: local_name(countries[code]) if code in countries else code)
    )
    return Problem(UNKNOWN["territory"], column=column, value=name, remedy=remedy)


def region_name(name: str, region: Any, column: str) -> Problem:
    """The problem of a region where one country is meant."""
    remedy = say(
        'write one of its countries ({codes}), or optimizer compare --region "{region}" for all',
        codes=", ".join((*region.members[:SHOWN], *["..."] * (len(region.members) > SHOWN))),
        region=local_name(region),
    )
    return Problem(say("is a region, and one country is needed"), column=column, value=name, remedy=remedy)


def country_name(name: str, code: str, column: str) -> Problem:
    """The problem of a country where a region is meant."""
    remedy = say("write --country {code}", code=code)
    return Problem(say("is a country, and a region is needed"), column=column, value=name, remedy=remedy)


def several_names(kind: str, name: str, column: str) -> Problem:
    """The problem of a list, or of the word for all, where one country or region is needed."""
    if kind == "region":
        return Problem(say("is no region"), column=column, value=name, remedy=say("every country is --country all"))
    rule = say("is several countries, and one is needed")
    remedy = say("compare, sweep and atlas take several (--country BR,MX), and so does data gaps (--over BR,MX)")
    return Problem(rule, column=column, value=name, remedy=remedy)


def shared_name(kind: str, name: str, several: Iterable[str], column: str, countries: Mapping[str, Any]) -> Problem:
    """The problem of a name that several things have, with their ids."""
    ids = list(several)
    shown = [f"{one} ({local_name(countries[one])})" if kind == "country" else one for one in ids]
    rule = _SHARED[kind].format(count=len(ids))
    return Problem(rule, column=column, value=name, remedy=say("write {which}", which=or_words(shown)))


class KnowsNames(Protocol):
    """What is needed of the data to say what is wrong with a name: the catalogue has it."""

    @property
    def countries(self) -> Mapping[str, Any]:
        """By code."""

    @property
    def regions(self) -> Mapping[str, Any]:
        """By id."""

    def known(self, kind: str, name: str) -> str | None:
        """The id of a name; None where it has none."""

    def sharing(self, kind: str, name: str) -> tuple[str, ...]:
        """The ids that share a name."""

    @property
    def abbreviated(self) -> Abbreviated:
        """Names of countries and territories that have words cut off."""

    def vocabulary(self, kind: str) -> Mapping[str, str]:
        """Every name of a kind of thing, with its id."""


def problem_of_name(data: KnowsNames, kind: str, name: str, where: str, *, of_law: bool = False) -> Problem:
    """What is wrong with a name that the data do not know as one thing of its kind.

    Args:
        data: know the names.
        kind: of thing, of :data:`UNKNOWN`.
        name: what was written.
        where: the field or parameter where it was written.
        of_law: whether only the law of the country is asked for, not its figures.
    """
    if several := data.sharing(kind, name):
        return shared_name(kind, name, several, where, data.countries)
    if kind == "country" and (region := data.known("region", name)) is not None:
        return region_name(name, data.regions[region], where)
    if kind == "region" and (country := data.known("country", name)) is not None:
        return country_name(name, country, where)
    if kind in ("country", "region") and _are_several(data, name):
        return several_names(kind, name, where)
    bare = bare_name(name[:MAX_NAME_CHARACTERS])
    if kind == "country" and (bare in territories() or data.abbreviated.find(name) is not None):
        return territory_name(name, where, data.countries, of_law=of_law)
    codes = places().get(bare) or _of_an_american_state(name) if kind == "country" else ()
    if any(code in data.countries for code in codes):
        return place_name(name, data.countries, codes, where)
    parts = [part for part in re.split(r"\s+(?:and|or|y|o|e|ou)\s+|[\s,;+&/]+", name[:MAX_NAME_CHARACTERS]) if part]
    if where == kind and len(parts) > 1 and all(data.known(kind, part) or data.sharing(kind, part) for part in parts):
        rule, remedy = (
            say("is several names, and one is needed"),
            say("write one of them: {name}", name=or_words(parts)),
        )
        return Problem(rule, column=where, value=name, remedy=remedy)
    rows = {"country": data.countries, "region": data.regions}.get(kind)
    further = (data.regions, data.vocabulary("region")) if kind == "country" else None
    return unknown_name(kind, name, data.vocabulary(kind), where, rows, further)


def _are_several(data: KnowsNames, name: str) -> bool:
    """Whether a text is a list of countries and regions, or the word for all of them."""
    parts = [part.strip() for part in re.split("[,;]", name[:MAX_NAME_CHARACTERS])]
    known = [part for part in parts if data.known("country", part) or data.known("region", part)]
    return name.strip().lower() == "all" or len(known) == len(parts) > 1
