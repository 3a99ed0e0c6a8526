"""Names that people use for countries: every one of the data in three languages, in a flag and in a sentence alike."""

from __future__ import annotations

from datetime import date

import pytest
from commands import Cli
from worlds import LIVE

from optimizer.case.ground import GroundKind
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.catalogue.names import bare_name, forms_of_people
from optimizer.catalogue.unknown_names import places
from optimizer.domain import Case
from optimizer.errors import InputError
from optimizer.question.asking import read
from optimizer.question.errors import QuestionError

TODAY = date(2026, 11, 22)
PLAN = {"en": "plan for {} under 1 MW", "es": "plan para {} con 1 MW", "pt": "plano para {} com 1 MW"}


def test_every_name_of_every_country_is_that_country_or_asked_back(live: Catalogue) -> None:
    """Names, words for its people in their forms, codes: of the 200 none is another country, or not known."""
    wrong = []
    for code, row in live.every_country.items():
        peoples = [
            form
            for language in PLAN
            for name in getattr(row, f"demonyms_{language}")
            for form in forms_of_people(name, language)
        ]
        assert len(peoples) > 2, code
        for name in (row.id, row.iso3, row.name, row.name_es, row.name_pt, *row.aliases, *peoples):
            for written in (name, name.upper(), bare_name(name)):
                asked_back = (*live.sharing("country", written), *places().get(bare_name(written), ()))
                if live.known("country", written) != code and code not in asked_back:
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


@pytest.mark.parametrize(
    "written", ["congoleñas", "congoleses", "Guineans", "guineana", "el Congo", "Papua", "Formosa", "Dominicans"]
)
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


def each(names: str) -> list[tuple[str, str]]:
    """Every name with its code, of lines of a code and its names; no code is written "-"."""
    lines = (line.partition(": ") for line in names.strip().splitlines())
    return [(name, code.strip("-")) for code, _, some in lines for name in some.split(", ")]


SAID = """
KR: Korea, Corea, Koreans, coreanas, Coreia
US: America, americano
GB: England, Escócia, Gales, Northern Ireland
MK: Macedonia, macedonios
NL: Holland, Holanda
GE: Geórgia, georgiano
GD: Granada, granadino
PG: Papuan, papuanos
GW: guineense
"""


@pytest.mark.parametrize(("written", "code"), each(SAID))
def test_a_flag_says_what_a_half_certain_name_was_read_as(live: Catalogue, written: str, code: str) -> None:
    """``--country Korea`` was South Korea in silence, where a sentence said so."""
    setting = settle(Case(country=written), live)
    (said,) = (one for one in setting.assumed if one.field == "country")
    assert (said.value, said.why.kind, said.why.subject) == (code, GroundKind.ALSO_ELSEWHERE, written)
    own_name = live.countries[code].name
    assert all(one.field != "country" for one in settle(Case(country=own_name), live).assumed) or own_name == "Georgia"


@pytest.mark.parametrize("words", ["Korean plan under 1 MW", "American plan, 1 MW", "plan in Wales, 1 MW"])
def test_a_word_for_a_people_is_said_too(live: Catalogue, words: str) -> None:
    """Before a plan it went another way through the reader, which forgot to say it."""
    assert any("read as" in note for note in read(words, live, TODAY).notes)


def test_every_command_says_it(command: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several countries the names were looked up before the case was made: nothing was left to be said."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    limits = ("--max-mw", "1", "--deadline", "150d")
    several = ("--country", "Korea,Holland", *limits)
    for words in (("plan", "--country", "Korea", *limits), ("compare", *several), ("sweep", *several, "--dry-run")):
        ran = command(*words)
        assert 'country = KR: "Korea" was read as this country' in ran.err, words
        assert ('"Holland" was read as' in ran.err) is (words[0] != "plan")


def test_a_batch_says_it_once(command: Cli, monkeypatch: pytest.MonkeyPatch, inline: None) -> None:
    """A cell is as a flag is; of a thousand rows of one name, one line."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    rows = "a,Korea\nb,Korea\nc,Chile\nd,Solomon Is.\ne,Holland\n"
    ran = command("batch", "-", "-o", "o.csv", stdin=f"case_id,country\n{rows}".encode())
    assert "has the name: Korea (KR), Holland (NL)\n" in ran.err


ABBREVIATED = """
SB: Solomon Is., Is. Salomón, I. Salomão
BA: Bosnia and Herz., Bosnia & Herz., Bosnia y Herz., Bósnia e Herz.
CD: Dem. Rep. Congo, D.R. Congo
CG: Rep. del Congo
AE: U.A.E., E.A.U.
LC: St. Lucia, Sta. Lucía
KR: S. Korea, Corea del S.
MK: N. Macedonia
VC: St. Vin. and Gren.
GW: Guinea-Bis.
PG: Papua N. Guinea
FM: Fed. States of Micronesia
ST: S. Tomé e Príncipe
-: W. Sahara, Fr. Polynesia, Cook Is., Is. Malvinas, U.S. Virgin Is., N. Cyprus, N. Mariana Is.
"""


@pytest.mark.parametrize(("written", "code"), each(ABBREVIATED))
def test_words_that_are_cut_off_before_a_dot(live: Catalogue, written: str, code: str) -> None:
    """As maps and tables have them; in a flag and in a sentence alike, of territories the message that they have."""
    sentence = f"plan for {written} under 1 MW"
    if code:
        assert live.find("country", written) == read(sentence, live, TODAY).case.country == code
        return
    for ask in (lambda: live.find("country", written), lambda: read(sentence, live, TODAY)):
        with pytest.raises((InputError, QuestionError), match="without figures in the data"):
            ask()


@pytest.mark.parametrize("written", ["E.U.", "S. N.", "I. Islands", "C. Islands", "Chile. Is", "S.", "..."])
def test_a_dot_alone_makes_no_name(live: Catalogue, written: str) -> None:
    """Of none, or of several: "C. Islands" may be four; "E.U." is no Estados Unidos."""
    assert live.abbreviated.find(written) is None


def test_a_dot_that_ends_the_sentence_is_no_part_of_a_name(live: Catalogue) -> None:
    """The last dot is none of a word that is cut off; and what is whole is no name to be said."""
    found = read("plan in U. Kingdom. Is 1 MW enough for it?", live, TODAY)
    assert found.case.country == "GB" and found.notes == ('"U. Kingdom" read as "United Kingdom"',)
    assert not read("plan in St. Lucia. Is 1 MW enough for it?", live, TODAY).notes


@pytest.mark.parametrize("written", ["GL", "EH", "GRL", "ESH", "ABW", "CYM", "GUM", "VIR", "MAF", "FLK"])
def test_the_code_of_a_territory_is_told_as_its_name_is(live: Catalogue, written: str) -> None:
    """ "VIR" and "EH" were left out as words, and the usual country was planned; "GRL" was likened to Greece."""
    with pytest.raises(InputError, match="without figures"):
        live.find("country", written)
    with pytest.raises(QuestionError, match="without figures"):
        read(f"plan for {written} under 1 MW", live, TODAY)


@pytest.mark.parametrize("words", ["an AI lab in Chile", "H100 SXM in Chile", "AI in Chile"])
def test_the_code_of_a_territory_is_no_usual_word(live: Catalogue, words: str) -> None:
    """AI is Anguilla, and SXM is Sint Maarten."""
    assert read(f"plan for {words} under 1 MW", live, TODAY).case.country == "CL"


@pytest.mark.parametrize(
    ("words", "country"),
    [
        ("Paris, Texas", "US"),
        ("London, Ontario", "CA"),
        ("Athens, Georgia", "US"),
        ("Lebanon, Pennsylvania", "US"),
        ("Cambridge, Massachusetts", "US"),
        ("Tbilisi, Georgia", "GE"),
        ("Córdoba, Argentina", "AR"),
    ],
)
def test_a_state_behind_a_city_says_where_it_is(live: Catalogue, words: str, country: str) -> None:
    """France and the United States were compared."""
    found = read(f"a plan in {words}, 1 MW, 150 days", live, TODAY)
    assert (found.command_name, found.case.country) == ("plan", country)
    listed = read("compare Berlin, California and Tokyo under 1 MW", live, TODAY)
    assert listed.axes["country"] == ("DE", "US", "JP")


@pytest.mark.parametrize("written", ["Salvador", "Borneo", "San Martín", "Córdoba"])
def test_a_place_in_several_countries_is_asked_back(live: Catalogue, written: str) -> None:
    """Salvador is El Salvador in French, and a city of Brazil: it was the country in silence."""
    for ask in (lambda: live.find("country", written), lambda: read(f"plano em {written} com 1 MW", live, TODAY)):
        with pytest.raises((InputError, QuestionError)):
            ask()
    assert read("plan para El Salvador con 1 MW", live, TODAY).case.country == "SV"
    with pytest.raises(InputError, match=r"is a place.*write PE \(Peru\)"):
        live.find("country", "Lima")
