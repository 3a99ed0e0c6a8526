"""The words of the languages as they are packed, and misspelt words."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from sentences import TODAY, catalogue
from sentences.words import folders, packed_text

from optimizer.question import QuestionError, read
from optimizer.question.senses.settling import rules
from optimizer.question.vocabulary.grammar import RULES
from optimizer.question.vocabulary.languages import languages
from optimizer.question.vocabulary.phrases import WORDS
from optimizer.question.vocabulary.word_lists import word_lists


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.name))
def test_the_packed_words_are_those_of_the_text(folder: Path) -> None:
    """Wrong: a word that is in the text and not known. ``python -m tests.sentences.words`` packs them again."""
    for name, text in packed_text(folder).items():
        assert (folder / name).read_bytes() == text.encode("utf-8"), "python -m tests.sentences.words"


def test_phrases_that_are_not_those_of_their_words_are_packed_again(tmp_path: Path) -> None:
    """Half a merge leaves one file of two: each phrase would mean what stands at its place in another table."""
    from optimizer.question.vocabulary import languages as found

    for name in ("words.txt", "words.json"):
        (tmp_path / name).write_bytes((found.WORDS / "fr" / name).read_bytes())
    (tmp_path / "phrases.txt").write_text("\nle\tle moins cher:0\n", encoding="utf-8")
    read_again = found._language(tmp_path)
    assert read_again.phrases.meaning("le moins cher") == languages()["fr"].phrases.meaning("le moins cher")


def test_words_that_were_changed_since_they_were_packed_are_read_from_the_text() -> None:
    """Wrong: yesterday's words for today's text."""
    from optimizer.question.vocabulary import languages as found

    english = languages()["en"]
    packed = found.WORDS / "en" / "words.json"
    assert packed.is_file() and english.phrases.meaning("cheapest") == ("OBJ", "cost")
    assert english.phrases.meaning("as cheap as possible") == ("OBJ", "cost")
    assert english.phrases.meaning("as cheap as") is None


@pytest.mark.parametrize(
    ("sentence", "as_written"),
    [
        ("cheepest plan in Chile within 2 mounths", "cheapest plan in Chile within 2 months"),
        ("plan in Chile with 2 megawats, 10 milion dollars", "plan in Chile with 2 megawatts, 10 million dollars"),
        ("plan más barato en Chile, plazo de tres messes", "plan más barato en Chile, plazo de tres meses"),
        ("plano mais barato no Brasil com 2 megawats", "plano mais barato no Brasil com 2 megawatts"),
    ],
)
def test_a_misspelt_word_with_one_reading_is_read_and_told(sentence: str, as_written: str) -> None:
    """What was meant is planned, and the reading says what was read for what."""
    found, right = (read(text, catalogue(), TODAY) for text in (sentence, as_written))
    assert found.command() == right.command()
    assert found.notes and not right.notes


@pytest.mark.parametrize(
    ("sentence", "offered"),
    [
        ("plan in Nijeria with 1 MW", "plan in Nigeria with 1 MW"),
        ("500 kVA in Kenya", "500 kW in Kenya"),
        ("1,5 MW in Kenya", "1.5 MW in Kenya"),
        ("largest model in Kenya from 1 to 2 MW", "largest model in Kenya under 2 MW"),
        ("comparar Chle y Perú, 1 MW", "comparar Chile y Perú, 1 MW"),
    ],
)
def test_a_refusal_offers_the_sentence_mended(sentence: str, offered: str) -> None:
    """A name, a unit or a number is never assumed: it is offered, in the user's own sentence, which then is read."""
    with pytest.raises(QuestionError) as caught:
        read(sentence, catalogue(), TODAY)
    assert f'"{offered}"' in str(caught.value)
    assert read(offered, catalogue(), TODAY).command()


@pytest.mark.parametrize(
    "sentence",
    [
        "approve my application for 20 MW",
        "1 MW in Chile and plant",
        "plan in Chile, avoidd H100",
        "Chile, nly H100",
    ],
)
def test_another_word_is_no_misspelt_one(sentence: str) -> None:
    """Wrong: a word that decides, or an ending, guessed."""
    with pytest.raises(QuestionError):
        read(sentence, catalogue(), TODAY)


@pytest.mark.parametrize(
    ("sentence", "command"),
    [
        ("between 1 and 2 MW in Chile", "optimizer compare --max-mw 1,2 --country CL"),
        ("Chile, de 90 a 120 días", "optimizer compare --deadline 90d,120d --country CL"),
        ("2 a 3 megawatts no Brasil", "optimizer compare --max-mw 2,3 --country BR"),
        ("$5-10M in Kenya", "optimizer compare --budget 5000000,10000000 --country KE"),
        ("entre 5 y 10 millones de dólares en Perú", "optimizer compare --budget 5000000,10000000 --country PE"),
        ("500 kW to 2 MW in Kenya", "optimizer compare --max-mw 0.5,2 --country KE"),
        ("256 to 512 H100 in Kenya", "optimizer compare --max-accelerators 256,512 --country KE --use h100"),
        ("5, 10 or 20 million dollars in Kenya", "optimizer compare --budget 5000000,10000000,20000000 --country KE"),
        ("entre 1 et 2 MW au Maroc", "optimizer compare --max-mw 1,2 --country MA"),
    ],
)
def test_both_ends_of_a_range_are_planned(sentence: str, command: str) -> None:
    """A limit is an upper one, so its range is two of them. Wrong: "5 to 10 million" read from five dollars on."""
    assert read(sentence, catalogue(), TODAY).command() == command


@pytest.mark.parametrize(
    ("sentence", "command"),
    [
        ("what happens if electricity doubles in Chile with 1 MW", "--max-mw 1 --electricity 0.26"),
        ("¿y si la luz sube un 10 % en Chile con 1 MW?", "--max-mw 1 --electricity 0.143"),
        ("if electricity were 20% cheaper in Chile, 1 MW", "--max-mw 1 --electricity 0.104"),
    ],
)
def test_a_price_that_changes_is_planned_beside_the_price_of_today(sentence: str, command: str) -> None:
    """Of the country's own price so much more or less. Wrong: 10 % read as a price, or the plan without its base."""
    reading = read(sentence, catalogue(), TODAY)
    price = catalogue().countries["CL"].electricity_usd_per_kwh
    assert price == Decimal("0.13"), "the figures of this test are of a price of 0.13 USD/kWh"
    assert reading.command().endswith(command)
    assert reading.beside is not None and reading.beside.electricity_usd_per_kwh is None


@pytest.mark.parametrize(
    ("sentence", "country"),
    [("Apertus 8B in Lagos, 1 MW", "NG"), ("Apertus 8B em São Paulo, 1 MW", "BR"), ("1 MW en Monterrey", "MX")],
)
def test_a_city_stands_for_its_country_and_the_reading_says_so(sentence: str, country: str) -> None:
    """Wrong: a city that is dropped, so that the plan is for a default country."""
    reading = read(sentence, catalogue(), TODAY)
    assert reading.case.country == country and reading.notes


def test_every_rule_is_made_of_kinds() -> None:
    """A name that was not filled in would be a rule that takes nothing, and another rule would take its words."""
    assert [(name, words) for name, words in RULES if set(words) & set("{}")] == []


@pytest.mark.parametrize(
    "sentence", ["price per kWh 0.10 dollars in Chile, 1 MW", "Chile, 1 MW, precio del kWh 0,10 dólares"]
)
def test_a_price_of_electricity_is_no_budget(sentence: str) -> None:
    """Wrong: ten cents for the whole training."""
    case = read(sentence, catalogue(), TODAY).case
    assert case.electricity_usd_per_kwh == Decimal("0.10") and case.budget_usd is None
    with pytest.raises(QuestionError):
        read("0.10 dollars in Chile, 1 MW", catalogue(), TODAY)


@pytest.mark.parametrize(
    ("sentence", "command"),
    [
        ("what is the electricity price in Brazil?", "optimizer data show BR"),
        ("qual o imposto de importação no Brasil?", "optimizer data show BR"),
        ("¿cuánto cuesta la electricidad en Sudáfrica?", "optimizer data show ZA"),
        ("how much does an H100 cost in Indonesia?", "optimizer data show ID h100_sxm5_80"),
        ("what is the VAT in Indonesia?", "optimizer data show ID"),
        ("how much does electricity matter in Chile, 1 MW", "optimizer sensitivity --country CL --max-mw 1"),
    ],
)
def test_a_question_about_a_figure_is_no_plan(sentence: str, command: str) -> None:
    """Wrong: a plan of millions for who asked what a kilowatt-hour costs."""
    assert read(sentence, catalogue(), TODAY).command() == command


@pytest.mark.parametrize(
    "sentence",
    ["cheapest plan for a public university in Chile, 1 MW", "plano para uma universidade pública no Chile, 1 MW"],
)
def test_a_public_buyer_is_one(sentence: str) -> None:
    """Value added tax does not come back to it. A ministry that is only named is told what was taken."""
    assert read(sentence, catalogue(), TODAY).case.buyer == "public"
    named = read("our ministry asks for the cheapest plan in Chile, 1 MW", catalogue(), TODAY)
    assert named.case.buyer is None and any("--buyer public" in note for note in named.notes)


def test_every_list_of_words_is_looked_for() -> None:
    """A list that no module names would be kept up for nothing; a word in capitals would never be found."""
    code = "".join(file.read_text("utf-8") for file in WORDS.parent.rglob("*.py"))
    ruled = {rule.words for known in rules().values() for rule in known}
    ruled |= {name for known in rules().values() for rule in known for name in re.findall(r"@(\w+)", str(rule.where))}
    assert [name for name in word_lists() if f'word_list("{name}")' not in code and name not in ruled] == []
    assert [word for words in word_lists().values() for word in words if word != word.lower()] == []
