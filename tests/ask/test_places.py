"""Cities and territories in a question: each city in its country by a public table, no territory taken for another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from optimizer.catalogue import Catalogue
from optimizer.errors import DataError
from optimizer.question.asking import read
from optimizer.question.errors import QuestionError
from optimizer.question.vocabulary.phrases import WORDS, key_of

ZONES = Path("/usr/share/zoneinfo/zone.tab")
TODAY = date(2026, 11, 22)


def sections() -> list[dict[str, tuple[str, ...]]]:
    """The table of places, by its three parts: code -> names."""
    parts: list[dict[str, tuple[str, ...]]] = [{}]
    for line in (WORDS / "places.txt").read_text(encoding="utf-8").splitlines():
        if line == "#":
            parts.append({})
        elif line[0] != "#":
            code, _, names = line.partition(": ")
            parts[-1][code] = tuple(names.split(", "))
    assert not parts[0]
    return parts[1:]


def test_cities_of_the_time_zone_table_are_in_its_country() -> None:
    """Read again from the table of this machine: a city moved by hand would plan in the wrong country."""
    if not ZONES.is_file():
        pytest.skip("the time zone table is not installed (tzdata)")
    zones: dict[str, set[str]] = {}
    for line in ZONES.read_text(encoding="utf-8").splitlines():
        if line[0] != "#":
            code, _, zone, *_ = line.split("\t")
            zones.setdefault(key_of(zone.rpartition("/")[2].replace("_", " ")), set()).add(code)
    listed = sections()[0]
    assert sum(map(len, listed.values())) > 200
    assert [name for code, names in listed.items() for name in names if zones[name] != {code}] == []


def test_no_place_stands_in_two_countries() -> None:
    """A name that is in the table twice would be read as the later one."""
    names = [name for part in sections() for names in part.values() for name in names]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("sentence", "country"),
    [
        ("plan in Kabul under 1 MW", "AF"),
        ("plan en Ciudad Juárez con 1 MW", "MX"),
        ("plano em Cuiabá com 1 MW", "BR"),
        ("plan in the Gaza Strip under 1 MW", "PS"),
        ("plan in Reykjavik under 1 MW", "IS"),
    ],
)
def test_a_city_stands_for_its_country(live: Catalogue, sentence: str, country: str) -> None:
    """A city that is not known was an unknown word, and no plan."""
    assert read(sentence, live, TODAY).case.country == country


def test_a_territory_without_figures_is_refused_by_name(live: Catalogue) -> None:
    """French Guiana was read as Guyana, and Réunion as a meeting, which left the plan in the usual country."""
    first = {code: names[0] for code, names in sections()[2].items()}
    assert len(first) > 40 and not set(first) & set(live.countries)
    for said in (*first.values(), "French Guiana", "Guiana Francesa", "Sáhara Occidental", "in Réunion"):
        with pytest.raises(QuestionError) as caught:
            read(f"plan in {said} under 1 MW", live, TODAY)
        assert "without figures in the data" in str(caught.value), said


def test_a_territory_is_told_alike_wherever_it_is_named(live: Catalogue) -> None:
    """`--country "French Guiana"` asked "did you mean Guinea?", and Somaliland was likened to Somalia."""
    named = dict(sections()[2].items())
    for said in (*(name for names in named.values() for name in names), *(code for code in named if code[:2] != "XX")):
        with pytest.raises(DataError) as caught:
            live.find("country", said)
        (problem,) = caught.value.problems
        assert problem.rule == "is a country or territory without figures in the data", said
    with pytest.raises(DataError, match="is not a known country"):
        live.find("country", "Atlantis")


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("XK", ("Kosovo", "Kosovo", "Kosovo")),
        ("TW", ("Taiwan", "Taiwán", "Taiwan")),
        ("PS", ("Palestinian Territories", "Territorios Palestinos", "Territórios palestinos")),
        ("HK", ("Hong Kong", "Hong Kong", "Hong Kong")),
        ("MO", ("Macau", "Macao", "Macau")),
        ("CD", ("DR Congo", "República Democrática del Congo", "República Democrática do Congo")),
        ("CG", ("Republic of the Congo", "República del Congo", "República do Congo")),
    ],
)
def test_names_are_those_of_the_source(live: Catalogue, code: str, names: tuple[str, str, str]) -> None:
    """Unicode CLDR's names, in three languages, where others would be taken for a side."""
    row = live.countries[code]
    assert (row.name, row.name_es, row.name_pt) == names


@pytest.mark.parametrize(
    ("sentence", "country"),
    [
        ("plan en Santiago, Cuba, 1 MW", "CU"),
        ("plan en Córdoba, Argentina, con 1 MW", "AR"),
        ("plan in San José in Costa Rica under 1 MW", "CR"),
        ("plan in Texas, USA, 1 MW", "US"),
        ("plan in New Jersey, 1 MW", "US"),
        ("plan in Paris under 1 MW", "FR"),
    ],
)
def test_a_country_beside_its_city_decides(live: Catalogue, sentence: str, country: str) -> None:
    """ "Santiago, Cuba" compared Chile with Cuba, and Jersey is an island without figures."""
    assert read(sentence, live, TODAY).case.country == country


def test_cities_and_countries_in_a_row_stay_a_list(live: Catalogue) -> None:
    """An address has a city and its country; these are countries to compare."""
    for sentence, codes in (
        ("compare Dubai, Kenya and Chile with 1 MW", ("AE", "KE", "CL")),
        ("compare Korea, Japan and India with 1 MW", ("KR", "JP", "IN")),
        ("compare Korea, Japan with 1 MW", ("KR", "JP")),
    ):
        assert read(sentence, live, TODAY).axes["country"] == codes


@pytest.mark.parametrize("name", ["Córdoba", "Guadalajara", "San José", "Punjab", "Victoria"])
def test_a_place_of_several_countries_is_asked_back(live: Catalogue, name: str) -> None:
    """No country is picked in silence; the refusal names those that have such a place."""
    with pytest.raises(QuestionError) as caught:
        read(f"plan in {name} under 1 MW", live, TODAY)
    assert caught.value.reason == "shared_place" and "write its country, too" in str(caught.value)


def test_a_currency_without_an_amount_gets_its_rate_said(live: Catalogue) -> None:
    """ "Quanto fica em reais": the answer is in US dollars, and that was not said."""
    for sentence, currency in (
        ("quanto fica em reais um 7B com 500 kW no Ceará?", "BRL"),
        ("¿cuánto sale en guaraníes un 7B con 500 kW en Paraguay?", "PYG"),
    ):
        assert any("1 USD is" in note and currency in note for note in read(sentence, live, TODAY).notes)
    assert not any("1 USD is" in note for note in read("plano de R$ 30 milhões, 1 MW", live, TODAY).notes)


@pytest.mark.parametrize(
    ("sentence", "country"),
    [
        ("train 7B in Crimea", "UA-43"),
        ("train 7B in Crimea, Ukraine", "UA-43"),
        ("entrenar 7B en la República Popular de Donetsk", "UA-14"),
        ("treinar 7B em Sebastopol", "UA-43"),
        ("train 7B in the LNR", "UA-09"),
        ("train 7B in Kherson", "UA"),
        ("train 7B in Paris, TX", "US"),
        ("train 7B in Cambridge, MA", "US"),
        ("train 7B in Bogotá, CO", "CO"),
        ("treinar 7B em Belém, PA", "BR"),
        ("treinar 7B na Guiana", "GY"),
    ],
)
def test_a_region_with_rules_of_its_own_and_a_city_of_a_state(live: Catalogue, sentence: str, country: str) -> None:
    """Crimea had no rule, and was refused as a territory without figures; "Paris, TX" was an unknown word."""
    assert read(sentence, live, TODAY).case.country == country


@pytest.mark.parametrize(
    ("sentence", "asks"),
    [
        ("train 7B in Paris, TN", "TN could be Tunisia or a state"),
        ("train 7B in Guiana", "Guyana or French Guiana"),
        ("train 7B in the Donbas", "the name of 2 countries"),
    ],
)
def test_what_may_be_two_places_is_asked_back(live: Catalogue, sentence: str, asks: str) -> None:
    """ "Paris, TN" was a plan for France and Tunisia, and Guiana was Guyana."""
    with pytest.raises(QuestionError, match=asks):
        read(sentence, live, TODAY)


def test_a_flag_asks_back_too_and_all_countries_are_countries(live: Catalogue) -> None:
    """A region of a country is asked for by name: it is none of the 200 that "all" means."""
    with pytest.raises(DataError, match=r"GY \(Guyana\) or GF \(French Guiana\)"):
        live.find("country", "Guiana")
    with pytest.raises(DataError, match=r"write US \(United States\)"):
        live.find("country", "Paris, TX")
    assert len(live.every_country) == 200
    assert set(live.countries) - set(live.every_country) == {"UA-43", "UA-14", "UA-09"}
    crimea, ukraine = live.countries["UA-43"], live.countries["UA"]
    assert crimea.electricity_usd_per_kwh == ukraine.electricity_usd_per_kwh
    assert all(crimea.substitute_of(name) == "country" for name in ("electricity_usd_per_kwh", "pue"))


@pytest.mark.parametrize(
    ("sentence", "country"),
    [
        ("cheapest plan for an English lab with 1 MW in 150 days", "GB"),
        ("cheapest plan for an English health ministry with 1 MW in 150 days", "GB"),
        ("cheapest plan for a team of English researchers with 1 MW in 150 days", "GB"),
        ("cheapest plan for a team of Spanish researchers with 1 MW in 150 days", "ES"),
        ("plan más barato para un laboratorio inglés con 1 MW en 150 días", "GB"),
        ("plan más barato para una universidad pública inglesa con 1 MW en 150 días", "GB"),
        ("plano mais barato para um laboratório inglês com 1 MW em 150 dias", "GB"),
        ("plano mais barato para uma empresa inglesa com 1 MW em 150 dias", "GB"),
        ("cheapest plan in English with 1 MW in 150 days", None),
        ("cheapest plan with 1 MW in 150 days, English please", None),
        ("cheapest plan for an English model with 1 MW in 150 days", None),
        ("cheapest plan for a Spanish-speaking lab with 1 MW in 150 days", None),
        ("our team wants English answers: cheapest plan with 1 MW in 150 days", None),
        ("plan más barato para un modelo de lengua española con 1 MW en 150 días", None),
        ("cheapest plan for an English company, answer in English, with 1 MW in 150 days", "GB"),
    ],
)
def test_a_people_next_to_its_organisation_is_a_country(live: Catalogue, sentence: str, country: str | None) -> None:
    """An English lab was planned in the usual country, as English was a language whatever stood next to it."""
    assert read(sentence, live, TODAY).case.country == country


@pytest.mark.parametrize("name", ["an Arabic lab", "a Hindi university", "an English site", "an English plan"])
def test_a_language_that_names_no_country_is_asked_back(live: Catalogue, name: str) -> None:
    """It was left out in silence, and the plan was of the usual country."""
    with pytest.raises(QuestionError, match="could be a language or a country"):
        read(f"cheapest plan for {name} with 1 MW in 150 days", live, TODAY)
