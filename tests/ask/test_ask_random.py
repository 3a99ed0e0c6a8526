"""Whatever is typed is read or refused: no traceback, and quickly."""

from __future__ import annotations

import datetime
import random
import string
import time

import pytest
from sentences import own, shown

from optimizer.catalogue import Catalogue
from optimizer.question import QuestionError, read

TODAY = datetime.date(2026, 11, 29)
WORDS = [
    "cheapest",
    "plan",
    "in",
    "Mexico",
    "under",
    "1",
    "MW",
    "120",
    "days",
    "$5M",
    "H100",
    "only",
    "sin",
    "com",
    "R$",
    "30",
    "milhões",
    "entre",
    "y",
    "e",
    "o",
    "ou",
    "between",
    "7B",
    "model",
    "tokens",
    "2027-13-45",
    "1.500",
    "1e99",
    "¿por",
    "qué?",
    "não",
    "billones",
    "½",
    "–",
    "\\",
    "|",
    "&",
    "and",
    "if",
    "banned",
    "Llama",
    "3.1",
    "70B",
    "at",
    "most",
    "64",
    "A100",
    "we",
    "own",
    "rent",
    "why",
    "not",
]
LETTERS = string.printable + "áéíóúñçãõü¿¡€£½²٣४\u200e\u2028\x1b\x00漢字"
SLOWEST_S = 0.05


def typed(pick: random.Random, kind: int) -> str:
    """Letters at random, words at random, or words with letters at random in them."""
    if kind == 0:
        return "".join(pick.choice(LETTERS) for _ in range(pick.randrange(1, 80)))
    said = list(" ".join(pick.choice(WORDS) for _ in range(pick.randrange(1, 14))))
    for _ in range(pick.randrange(1, 6) if kind == 2 else 0):
        said[pick.randrange(len(said))] = pick.choice(LETTERS)
    return "".join(said)


def check(catalogue: Catalogue, count: int, seed: int) -> float:
    """The longest time that one sentence took, in seconds of the processor."""
    pick, slowest = random.Random(seed), 0.0
    for number in range(count):
        text = typed(pick, number % 3)
        start = time.process_time()
        try:
            read(text, catalogue, TODAY).command()
        except QuestionError as error:
            assert str(error)
        slowest = max(slowest, time.process_time() - start)
    return slowest


def spliced(catalogue: Catalogue, count: int, seed: int) -> int:
    """How many of the sentences were read that are made of pieces of two, of one language: words that do belong to
    questions, in an order and beside others that nobody thought of."""
    pick, by_language = random.Random(seed), dict[str, list[list[str]]]()
    for language, text in (*((row["lang"], row["text"]) for row in shown()), *(row[:2] for row in own())):
        by_language.setdefault(language, []).append(text.split())
    read_count = 0
    for _ in range(count):
        sentences = by_language[pick.choice(sorted(by_language))]
        first, other = pick.choice(sentences), pick.choice(sentences)
        at, cut = pick.randrange(len(first) + 1), pick.randrange(len(other) + 1)
        text = " ".join(
            pick.choice([first[:at] + other[cut:], first + other[cut:], first[:at] + other[:cut] + first[at:]])
        )
        try:
            read_count += bool(read(text, catalogue, TODAY).command())
        except QuestionError as error:
            assert str(error), text
    return read_count


def test_pieces_of_two_questions_are_read_or_refused(live: Catalogue) -> None:
    """ "ja temos 48 A100 e o que faltar a gente aluga ou compra" was an IndexError; some are read, so they do reach the
    decisions behind the words."""
    assert spliced(live, 300, 4097) > 20


def test_whatever_is_typed_is_read_or_refused(live: Catalogue) -> None:
    """A traceback in place of a message leaves a user without a way on."""
    check(live, 400, 20261129)


@pytest.mark.parametrize("amount", ["R$ 1e99", "MX$ 1e30", "1e99 USD", "1e99 MW", "1e99 days", "1e99B model"])
def test_an_amount_beyond_all_bounds_is_refused(live: Catalogue, amount: str) -> None:
    """Converting so many reais ended with a traceback once."""
    with pytest.raises(QuestionError):
        read(f"cheapest plan in Brazil with {amount}", live, TODAY)


@pytest.mark.parametrize(
    "sentence", ["5 or 0 million dollars", "R$ 30 o 0 milhões", "entre 5 y 0 millones", "Peru: 5 or 0 million tokens"]
)
def test_nothing_of_a_scale_is_no_traceback(live: Catalogue, sentence: str) -> None:
    """ "0 million" at the end of a list was a division by zero."""
    with pytest.raises(QuestionError):
        read(sentence, live, TODAY)


@pytest.mark.campaign
def test_a_hundred_thousand(live: Catalogue) -> None:
    """None over 50 ms of the processor, but for what the machine itself does in between: the first of each language,
    which reads the words of it, is not counted."""
    for sentence in (
        "cheapest plan",
        "¿cuál es el plan más barato?",
        "qual é o plano mais barato?",
        "le plan le moins cher",
    ):
        read(sentence, live, TODAY)
    assert check(live, 100_000, 7) < SLOWEST_S


@pytest.mark.campaign
def test_twenty_thousand_pieces_of_questions(live: Catalogue) -> None:
    """As the few above."""
    spliced(live, 20_000, 8)
