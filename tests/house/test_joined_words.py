"""Spanish and Portuguese join short words: "del plazo", "no Brasil", "Chile e India"; one of a thing is no plural."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from frozen import Command, commands, told

from optimizer.units.language import and_words, or_words, say, speaking

SHOWN = [
    command
    for command in commands()
    if command.columns is None and not {"--json", "--csv", "--md", "--lang", "--help", "-h"} & {*command.line.split()}
]
SEVERAL = {
    "es": "días aceleradores servidores sedes horas semanas países filas casos tipos meses años puntos valores",
    "pt": "dias aceleradores servidores sedes horas semanas países linhas casos tipos meses anos pontos valores",
}
WRONG = {
    "es": (r"\b(?:a|de) el\b", r"\by (?:i|hi(?![aeo]))\w*", r"\bo h?o\w*"),
    "pt": (r"\b(?:de|em|por) (?:o|a|os|as)\b", r"\ba (?:o|a|os|as) [^\W\d]\w+"),
}
"""Written apart what is one word, or before its own sound. "A o" of a table of letters is none."""


BOTH = ("data-show-country", "sensitivity-corners")
"""Commands whose answers were wrong; of all others every second one in each language, which takes half of the time."""
RENDERED = [
    pytest.param(command, language, id=f"{command.name}-{language}")
    for place, command in enumerate(SHOWN)
    for turn, language in enumerate(WRONG)
    if place % 2 == turn or command.name in BOTH
]


@pytest.mark.parametrize(("command", "language"), RENDERED)
@pytest.mark.usefixtures("inline")
def test_an_answer_joins_its_words(command: Command, language: str) -> None:
    """Every frozen command that prints a text."""
    text = told(replace(command, line=f"{command.line} --lang {language}"))
    said = text.partition("stderr")[2]
    for pattern in (*WRONG[language], rf"(?<![\d.,])1 (?:{'|'.join(SEVERAL[language].split())})\b"):
        found = [said[max(0, one.start() - 40) : one.end() + 20] for one in re.finditer(pattern, said)]
        assert not found, (pattern, found)


JOINED = """
es | of {country} | el Reino Unido | del Reino Unido
es | of {country} | El Salvador | de El Salvador
es | of {country} | la India | de la India
pt | of {country} | o Reino Unido | do Reino Unido
pt | of {country} | os Estados Unidos | dos Estados Unidos
pt | of {country} | as Américas | das Américas
pt | in {country} | a Índia | na Índia
pt | in {country} | os Estados Unidos | nos Estados Unidos
pt | in {country} | Cuba | em Cuba
en | of {country} | the {braces} | of the {braces}
es | of {country} | el {braces} | del {braces}
"""
"""Language, message, name, and the message with the name in it."""


@pytest.mark.parametrize(
    ("language", "message", "name", "said"), [line.split(" | ") for line in JOINED.split("\n")[1:-1]]
)
def test_a_preposition_joins_the_article_behind_it(language: str, message: str, name: str, said: str) -> None:
    """Of a name as it is written, whichever message it stands in; a capital letter is part of the name."""
    with speaking(language):
        assert say(message, country=name) == said


def test_and_and_or_before_their_own_sound() -> None:
    """In Spanish alone: "e India", "u ocho"; before ia and ie they stay."""
    with speaking("es"):
        assert and_words(["Chile", "India"]) == "Chile e India"
        assert and_words(["Chile", "India", "Irlanda"]) == "Chile e India e Irlanda"
        assert and_words(["agua", "hielo"]) == "agua y hielo"
        assert or_words(["7", "8"]) == "7 u 8" and or_words(["10", "11"]) == "10 u 11"
        assert or_words(["Perú", "Omán"]) == "Perú u Omán" and or_words(["1", "2"]) == "1 o 2"
        assert or_words([]) == "" and or_words(["uno"]) == "uno"
    with speaking("pt"):
        assert and_words(["Chile", "Índia"]) == "Chile e Índia" and or_words(["7", "8"]) == "7 ou 8"
