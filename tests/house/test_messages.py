"""What is said to a person is said in every language, in its own numbers, and never to a program."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from commands import EASY, TIGHT, Cli
from messages import (
    PACKAGE,
    SAME,
    TRANSLATED,
    catalogue,
    catalogue_path,
    commands_by_path,
    has_words,
    messages,
    missing,
    mo_bytes,
    obsolete,
    places,
    po_bytes,
    texts_of,
    written,
)

from optimizer.answers.words.place_words import country_words, in_country
from optimizer.catalogue import Catalogue
from optimizer.cli import cli
from optimizer.units.language import LANGUAGES, VARIABLE, english_number, language, say, say_many, speaking, tables_of

COMPLETE = "python -m tests.messages --write, then fill in what is empty in optimizer/locale/*/LC_MESSAGES/optimizer.po"


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_message_lacks_a_translation(code: str) -> None:
    """A sentence that was added without its translations would stand in English in the middle of a Spanish answer."""
    assert [message.one for message in missing(code)] == [], COMPLETE
    assert obsolete(code) == [], COMPLETE


def test_every_table_of_messages_is_read() -> None:
    """A table in a text file that its module does not read would be translated and never said."""
    for file in PACKAGE.rglob("*.txt"):
        module = file.with_suffix(".py")
        code = module.read_text("utf-8") if module.is_file() else ""
        if "messages_of(__file__" in code:
            assert [name for name in tables_of(file) if f'messages_of(__file__, "{name}")' not in code] == [], file


@pytest.mark.parametrize("code", TRANSLATED)
def test_places_agree(code: str) -> None:
    """A place that a translation lacks hides a figure; one that the message lacks is an error where it is said."""
    for message in messages().values():
        entry = catalogue(code).get(message.one)
        for text in texts_of(entry) if entry is not None else ():
            of_text = places(text) if text else places(message.one)
            assert of_text in (places(message.one), places(message.several or message.one)), text
            assert text[:1].isspace() == message.one[:1].isspace(), text
            assert text[-1:].isspace() == message.one[-1:].isspace(), text


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_is_the_english_by_mistake(code: str) -> None:
    """A message that was copied and not translated; one that is the same on purpose says so in its file."""
    for message in messages().values():
        entry = catalogue(code).get(message.one)
        assert entry is None or message.one not in texts_of(entry) or SAME in entry.user_comments, message.one


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_the_text(code: str) -> None:
    """The program reads the compiled file alone: one that was not compiled again would say what was said before."""
    path = catalogue_path(code)
    assert path.with_suffix(".mo").read_bytes() == mo_bytes(catalogue(code)), COMPLETE
    assert path.read_bytes() == po_bytes(written(code)), COMPLETE


def test_words_are_told_from_marks() -> None:
    """A message of places and units needs no translation; one with a word, a currency or a million does."""
    assert not has_words("{one}: {other:,} MW")
    assert has_words("{count} days") and has_words("${amount:,}") and has_words("{}M")


@pytest.mark.parametrize("number", ["0", "0.797", "999", "1234", "1234.5", "12345.678", "1234567", "-98765.4"])
@pytest.mark.parametrize(("code", "locale"), [("es", "es"), ("pt", "pt_BR")])
def test_numbers_by_the_habit_of_the_language(number: str, code: str, locale: str) -> None:
    """As the tables of Unicode have them: a comma for a decimal, a point for thousands, none in 1234 in Spanish."""
    value = Decimal(number)
    with speaking(code):
        told = say("{value:,}", value=value)
        if code == "pt" or not 1000 <= value < 10_000:
            assert told == format_decimal(value, locale=locale, decimal_quantization=False)
        else:
            assert told == number.replace(".", ",")
        assert Decimal(english_number(told).replace(",", "")) == value


def test_a_day_and_money_by_the_habit_of_the_language() -> None:
    """03/31 would be read as a month that is none, and $1,200 as one dollar and a fifth."""
    with speaking("es"):
        assert say("{day}", day="2027-03-31") == "31/03/2027"
        assert say("${amount:,}", amount=12_000) == "US$12.000"
    with speaking("pt"):
        assert say("${amount:,}", amount=12_000) == "US$ 12.000"
        assert say_many("{count:,} day", "{count:,} days", 1) == "1 dia"
        assert say_many("{count:,} day", "{count:,} days", 2) == "2 dias"
    assert language() == "en"


def test_countries_by_their_names_there(live: Catalogue) -> None:
    """Portuguese says "in" with the article of the name: "em Brasil" is a fault that a Brazilian hears at once."""
    told = {}
    for code in LANGUAGES:
        with speaking(code):
            told[code] = [in_country(live.countries[name]) for name in ("BR", "AR", "US", "PT", "ZA")]
    assert told["en"][0] == "in Brazil"
    assert told["es"] == ["en Brasil", "en Argentina", "en Estados Unidos", "en Portugal", "en Sudáfrica"]
    assert told["pt"] == ["no Brasil", "na Argentina", "nos Estados Unidos", "em Portugal", "na África do Sul"]
    with speaking("es"):
        assert country_words(live.countries["DE"]) == "Alemania"


QUESTION = "plan más barato con menos de 0,6 MW en 90 días en Brasil"


def test_a_question_is_answered_in_its_language(command: Cli) -> None:
    """The wrong outcome is an English answer, or one whose numbers have a point where the reader expects a comma."""
    result = command("ask", QUESTION)
    assert result.status == 0 and "Plan más barato · Bra" in result.out
    assert "Comprar" in result.out or "Arrendar" in result.out
    assert re.search(r"\b0,[0-9]+ MW", result.out) and not re.search(r"[0-9]\.[0-9]+ MW", result.out)
    assert result.err.startswith("Entendido como: menor costo")


@pytest.mark.parametrize(
    ("arguments", "variable", "head"),
    [
        (["plan", *EASY], "", "Cheapest plan"),
        (["plan", *EASY, "--lang", "pt"], "", "Plano mais barato"),
        (["plan", *EASY], "es", "Plan más barato"),
        (["plan", *EASY, "--lang", "en"], "es", "Cheapest plan"),
        (["ask", "cheapest plan under 0.6 MW in 90 days"], "es", "Cheapest plan"),
        (["ask", QUESTION, "--lang=pt"], "", "Plano mais barato"),
    ],
)
def test_which_language_is_spoken(
    command: Cli, monkeypatch: pytest.MonkeyPatch, arguments: list[str], variable: str, head: str
) -> None:
    """--lang before the question's language, that before the variable, and English where nothing says otherwise."""
    monkeypatch.setenv(VARIABLE, variable)
    assert command(*arguments, "--quiet").out.startswith(head)


@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_data_have_no_language(command: Cli, form: str) -> None:
    """A program that reads "0,797" for a number, or "Brasil" for a key, would break with the language of its user."""
    assert command("plan", *EASY, form, "--lang", "es").out == command("plan", *EASY, form).out


def test_errors_are_in_the_language_too(command: Cli) -> None:
    """Of a sentence, of a flag, and of data: what cannot be read is said to who asked."""
    asked = command("ask", "plan más barato en Narnia")
    assert asked.status == 2 and 'Error: palabra desconocida "Narnia"' in asked.err
    flag = command("plan", "--max-mw", "1.500", "--lang", "pt")
    assert flag.status == 2 and flag.err.startswith("Erro: --max-mw") and "poderia ser" in flag.err
    in_data = command("ask", "--json", "plan más barato en Narnia")
    assert "palabra desconocida" in in_data.err


def test_every_answer_is_whole_in_every_language(command: Cli) -> None:
    """A message whose places do not fit is an error only where it is said: every command says what it has to say."""
    for arguments in (["plan", *TIGHT, "--full"], ["explain", *EASY], ["alternatives", *EASY], ["options", *EASY]):
        for code in TRANSLATED:
            result = command(*arguments, "--lang", code, "-q")
            assert result.status in (0, 3) and result.out and not result.err, (arguments, code)


SECOND = {
    "es": r"coste|alquil|\bcorridas?\b|sorteo|\bcomandos?\b|fichero|predeterminad|\bhardware\b(?! \()",
    "pt": r"\btreinos?\b|sorteio|interrupç|ficheiro|\bprovad[oa]s?\b|pasta de trabalho|fornecimento"
    r"|imposto sobre valor agregado(?! \(IVA\))|\bhardware\b(?! \()",
}
"""Second words for what has one: cost, rent, run, draw, command, file, default, proof, workbook, VAT."""


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_language_has_one_word_for_a_thing(code: str) -> None:
    """The command said "arrendar" and "costo", the atlas "alquilar" and "coste", in one table side by side; a run was
    "entrenamiento", "ejecución" and "corrida"."""
    texts = [text for message in messages().values() for text in texts_of(catalogue(code).get(message.one))]
    assert [text for text in texts if re.search(SECOND[code], text, re.IGNORECASE)] == []


def test_spanish_has_one_habit_of_numbers() -> None:
    """A number of four digits has no point: "4.096 tokens" stood beside "2853 tokens/s"."""
    texts = [text for message in messages().values() for text in texts_of(catalogue("es").get(message.one))]
    assert [text for text in texts if re.search(r"(?<![\d.])\d\.\d{3}(?![\d.])", text)] == []


COMMANDS = list(commands_by_path(cli))


def test_help_is_in_the_language(command: Cli) -> None:
    """Of every command: what it does in all its paragraphs, its arguments, its flags, what stands beside an example.

    Second paragraphs, the flags of the output and those of a command alone stood in English on a Spanish page. Of a
    name or a command alone nothing is translated.
    """
    left = {}
    for path in COMMANDS:
        english, *others = (
            {line.strip() for line in command(*path, "--help", "--lang", code).out.splitlines()} for code in LANGUAGES
        )
        assert all(len(english - told) > 4 for told in others), path
        same = english & set().union(*others)
        bare = {line: re.sub(r"optimizer .*|\[[^\]]*\]|\S*[^\W\d][-_.=:/]\S*", "", line) for line in same}
        left[path] = [line for line, words in bare.items() if len(re.findall(r"\b[a-z]{2,}\b", words)) > 2]
    assert {path: lines for path, lines in left.items() if lines} == {}


def test_the_language_of_help_is_named_anywhere(command: Cli) -> None:
    """Before the command or after it; and English is what it was."""
    for words in (("plan", "--help", "--lang", "pt"), ("--lang", "pt", "plan", "--help")):
        told = command(*words).out
        assert "Limites:" in told and "Limite da rede" in told and "Grid limit" not in told
    assert "Grid limit" in command("plan", "--help").out
