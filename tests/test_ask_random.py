"""Whatever is typed is read or refused: no traceback, and quickly."""

from __future__ import annotations

import datetime
import random
import string
import time

import pytest

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


def test_whatever_is_typed_is_read_or_refused(live: Catalogue) -> None:
    """A traceback in place of a message leaves a user without a way on."""
    check(live, 400, 20261129)


@pytest.mark.parametrize("amount", ["R$ 1e99", "MX$ 1e30", "1e99 USD", "1e99 MW", "1e99 days", "1e99B model"])
def test_an_amount_beyond_all_bounds_is_refused(live: Catalogue, amount: str) -> None:
    """Converting so many reais ended with a traceback once."""
    with pytest.raises(QuestionError):
        read(f"cheapest plan in Brazil with {amount}", live, TODAY)


@pytest.mark.campaign
def test_a_hundred_thousand(live: Catalogue) -> None:
    """None over 50 ms of the processor, but for what the machine itself does in between: the first is not counted."""
    read("cheapest plan", live, TODAY)
    assert check(live, 100_000, 7) < SLOWEST_S
