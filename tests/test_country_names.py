"""Names that people use for countries: every one of the data in three languages, in a flag and in a sentence alike."""

from __future__ import annotations

from datetime import date

import pytest

from optimizer.catalogue import Catalogue
from optimizer.catalogue.names import bare_name, forms_of_people
from optimizer.question.asking import read
from optimizer.question.errors import QuestionError

TODAY = date(2026, 11, 22)
PLAN = {"en": "plan for {} under 1 MW", "es": "plan para {} con 1 MW", "pt": "plano para {} com 1 MW"}


def test_every_name_of_every_country_is_that_country_or_asked_back(live: Catalogue) -> None:
    """Names, words for its people in their forms, codes: of the 200 none is another country, or not known."""
    wrong = []
    for code, row in live.countries.items():
        peoples = [
            form
            for language in PLAN
            for name in getattr(row, f"demonyms_{language}")
            for form in forms_of_people(name, language)
        ]
        assert len(peoples) > 2, code
        for name in (row.id, row.iso3, row.name, row.name_es, row.name_pt, *row.aliases, *peoples):
            for written in (name, name.upper(), bare_name(name)):
                if live.known("country", written) != code and code not in live.sharing("country", written):
                    wrong.append((code, written))
    assert wrong == []


def test_every_country_in_a_sentence_of_each_language(live: Catalogue) -> None:
    """The wrong outcome is the usual country in its place, in silence."""
    wrong = []
    for code, row in live.countries.items():
        for language, name in (("en", row.name), ("es", row.name_es), ("pt", row.name_pt)):
            try:
                found = read(PLAN[language].format(name), live, TODAY).case.country
            except QuestionError as error:
                found = code if error.reason == "shared_name" and code in live.sharing("country", name) else None
            if found != code:
                wrong.append((code, name, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Burma", "MM"),
        ("Swaziland", "SZ"),
        ("Ceylon", "LK"),
        ("Alto Volta", "BF"),
        ("la India", "IN"),
        ("el Perú", "PE"),
        ("os Emirados", "AE"),
        ("EE UU", "US"),
        ("República de Chile", "CL"),
        ("República do Benim", "BJ"),
        ("República Popular Democrática da Coreia", "KP"),
        ("Taiwan, Province of China", "TW"),
        ("northern irish", "GB"),
        ("ceilandesas", "LK"),
        ("moçambicanas", "MZ"),
        ("Nigerians", "NG"),
        ("nigerinas", "NE"),
        ("St Vincent & the Grenadines", "VC"),
    ],
)
def test_former_and_longer_names(live: Catalogue, written: str, code: str) -> None:
    """What people say in place of the short name; wrong is another country, or "is not a known country"."""
    assert live.find("country", written) == code


@pytest.mark.parametrize("written", ["congoleñas", "congoleses", "el Congo", "Papua", "Formosa", "Dominicans"])
def test_a_form_of_a_shared_name_is_shared(live: Catalogue, written: str) -> None:
    """ "Congoleña" was the first of the two countries, while "congoleño" was asked back."""
    assert live.known("country", written) is None and len(live.sharing("country", written)) > 1


@pytest.mark.parametrize(
    ("sentence", "country"),
    [
        ("cheapest plan for US under 1 MW", "US"),  # not "for us"
        ("cheapest plan for us under 1 MW", None),
        ("plan for the K.S.A. under 1 MW", "SA"),
        ("plano para a República Popular Democrática da Coreia com 1 MW", "KP"),
        ("plan in the Republic of Guyana under 1 MW", "GY"),
        ("plan en la República de Guinea Ecuatorial con 1 MW", "GQ"),
        ("Georgia, USA, 1 MW plan", "US"),
        ("plan in the state of Georgia, 1 MW", "US"),
        ("plan en Granada, España, 1 MW", "ES"),
    ],
)
def test_names_beside_other_words(live: Catalogue, sentence: str, country: str | None) -> None:
    """A code in capitals, a kind of state, a state of a country: none is another country, or none at all."""
    assert read(sentence, live, TODAY).case.country == country


@pytest.mark.parametrize("sentence", ["plan in Korea, 1 MW", "plan americano con 1 MW", "plan in Georgia, 1 MW"])
def test_a_name_that_is_another_place_to_some_is_said(live: Catalogue, sentence: str) -> None:
    """The usual country is taken, and the answer says so."""
    assert any("read as" in note for note in read(sentence, live, TODAY).notes)
