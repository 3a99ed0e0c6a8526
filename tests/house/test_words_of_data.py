"""Words of the data and of the code reach a reader in the language of the answer."""

from __future__ import annotations

import re

import pytest
from commands import Cli
from sentences import TODAY, own
from worlds import LIVE

from optimizer.answers.words.figure_words import figure_name_words
from optimizer.catalogue import Catalogue
from optimizer.question import QuestionError, read
from optimizer.units.language import ENGLISH, LANGUAGES, speaking, unit_words

CASE = ["--country", "KE", "--workload", "llama-3.1-8b", "--max-mw", "1", "--deadline", "300d"]
COMMANDS = {
    "plan": ["plan", *CASE, "--full"],
    "options": ["options", *CASE],
    "law": ["law", "b300", "VN"],
    "alternatives": ["alternatives", *CASE],
}
ENGLISH_WORDS = re.compile(
    r"\b(share|ratio|posts|month|year|dense|derived|server power|factor of|gain of|buy|rent|price|peak|carbon"
    r"|Member since|How long|Reaffirmed|Matters to|on \d{4})\b"
)
"""Words that once stood in Spanish and Portuguese answers."""
NAMES = re.compile(r"https?://\S+|\w*_\w+|--[\w-]+|training \(goodput\)")
"""What stays English: addresses, names of columns and flags."""


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != ENGLISH])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_english_word_of_the_data_is_left(
    command: Cli, monkeypatch: pytest.MonkeyPatch, name: str, code: str
) -> None:
    """A unit, a name of a figure or an enumeration that was printed as the code has it is English on a Spanish page."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    out = command(*COMMANDS[name], "--lang", code).out
    assert len(out) > 500
    left = {found[0] for found in ENGLISH_WORDS.finditer(NAMES.sub("", out))}
    assert not left


def test_names_of_figures(live: Catalogue) -> None:
    """Every part of the name of a figure is said; one that no rule reads would stay English as a whole."""
    with speaking("es"):
        told = [
            figure_name_words(name, live)
            for name in (
                "mi350x fp8 MFU (dense)",
                "Kenya duty (standard)",
                "h100_sxm5_80 rent in Kenya (min_30d): days billed at least",
                "battery capital",
                "rtx5090 power of a machine of 1",
                "pue",
            )
        ]
    assert told == [
        "mi350x fp8: MFU (denso)",
        "Kenia: arancel (standard)",
        "h100_sxm5_80: precio de arriendo, Kenia (min_30d): días que se cobran al menos",
        "batería: capital",
        "rtx5090: potencia de una máquina de 1",
        "PUE",
    ]


def test_english_names_of_figures_stay_as_the_data_have_them(live: Catalogue) -> None:
    """The name in a sentence and the name in JSON are the same in English: a reader looks one up by the other."""
    for name in ("mi350x fp8 MFU (dense)", "Kenya duty (standard)", "battery capital", "pue"):
        assert figure_name_words(name, live) == name


def test_units_of_time_and_money_are_said() -> None:
    """USD/kW-month in a Spanish line would be read as a sign that it is not."""
    with speaking("es"):
        assert [unit_words(unit) for unit in ("USD/kW-month", "full-time posts", "MW")] == [
            "USD/kW-mes",
            "puestos a tiempo completo",
            "MW",
        ]


SHEET_WORDS = re.compile(
    r"grid connection|^currency$|^groups$|power system|export control|USD/kW-month|\d ratio|\d share|alpha-2 code"
    r"|import duty on CIF|: free |\d\.\d+ (USD|share|gCO2e)",
    re.MULTILINE,
)
"""Headings, units and meanings of columns in English; the notes of the data are in the language of their sources."""


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != ENGLISH])
def test_a_country_is_shown_in_the_language(command: Cli, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """A ministry reads the sheet of its own country first: English headings there say that it is not for them."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    show = ("data", "show", "KE")
    assert len(set(SHEET_WORDS.findall(command(*show, "--lang", ENGLISH).out))) > 1
    assert not SHEET_WORDS.search(command(*show, "--lang", code).out)
    assert command(*show, "--lang", code, "--json").out == command(*show, "--json").out


OF_READINGS = re.compile(
    r"\b(and|asked|basis|buy|by|cost|country|days|fewest|figure|from|least|less|limit|lowest|model|most|of|only|owned"
    r"|power|price|rent|share|the|to|why|with)\b"
)
"""English words that say how a question was read."""


@pytest.mark.parametrize("place", range(2))
def test_how_a_question_was_read_is_said_in_its_language(live: Catalogue, place: int) -> None:
    """ "¿cuál emite menos?" was read "by menor carbono", "el alquiler de A100" as "rent de A100"; a tenth of our own
    sentences."""
    tried = 0
    for language, sentence, _ in [row for row in own() if row[0] in ("es", "pt")][place::10]:
        try:
            with speaking(language):
                reading = read(sentence, live, TODAY)
        except QuestionError:
            continue
        tried += 1
        said = set(OF_READINGS.findall("; ".join(phrase.value for phrase in reading.phrases)))
        assert said <= set(OF_READINGS.findall(sentence)), sentence
    assert tried > 50


@pytest.mark.parametrize(("code", "place"), [("es", "Emiratos Árabes Unidos"), ("pt", "Emirados Árabes Unidos")])
def test_the_law_names_the_country_in_the_language(
    command: Cli, monkeypatch: pytest.MonkeyPatch, code: str, place: str
) -> None:
    """It was "GB300 NVL72 → United Arab Emirates" on a Spanish page."""
    monkeypatch.setenv("OPTIMIZER_DATA", str(LIVE))
    out = command("law", "gb300", "AE", "--lang", code).out
    assert place in out.splitlines()[0] + out.splitlines()[1] and "United Arab" not in out
