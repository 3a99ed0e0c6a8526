"""The same said in another order, politely, with other words, is the same question; with an unknown word it is none."""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping, Sequence

import pytest

from optimizer.catalogue import Catalogue
from optimizer.question import QuestionError, read

TODAY = datetime.date(2026, 11, 29)
PARTS: Mapping[str, Sequence[Sequence[str]]] = {
    "en": (
        ("cheapest plan", "the plan of lowest cost", "least expensive plan"),
        ("for Llama 3.1 70B", "to train Llama 3.1 70B", "training Llama 3.1 70B"),
        ("in Mexico", "for Mexico", "in México"),
        ("under 2 MW", "with at most 2 MW", "with 2,000 kW", "using no more than 2 megawatts"),
        ("within 120 days", "in 120 days", "in at most 120 days"),
        ("under $20M", "with 20 million dollars", "for less than USD 20 million"),
        ("without H100", "no H100", "excluding H100"),
    ),
    "es": (
        ("plan más barato", "el plan de menor costo", "el plan más económico"),
        ("para entrenar Llama 3.1 70B", "para Llama 3.1 70B", "entrenar Llama 3.1 70B"),
        ("en México", "en Mexico", "para México"),
        ("con menos de 2 MW", "con 2 MW como máximo", "con 2.000 kW", "con hasta dos megavatios"),
        ("en 120 días", "en menos de 120 días", "en un máximo de 120 días"),
        ("con menos de 20 millones de dólares", "con 20 millones de dólares", "por menos de 20 millones de USD"),
        ("sin H100", "sin usar H100", "sin las H100"),
    ),
    "pt": (
        ("plano mais barato", "o plano de menor custo", "o plano mais econômico"),
        ("para treinar Llama 3.1 70B", "para Llama 3.1 70B", "treinar Llama 3.1 70B"),
        ("no México", "no Mexico", "para o México"),
        ("com menos de 2 MW", "com no máximo 2 MW", "com 2.000 kW", "com até dois megawatts"),
        ("em 120 dias", "em menos de 120 dias", "em no máximo 120 dias"),
        ("com menos de 20 milhões de dólares", "com 20 milhões de dólares", "por menos de 20 milhões de USD"),
        ("sem H100", "sem usar H100", "sem as H100"),
    ),
}
POLITE: Mapping[str, Sequence[str]] = {
    "en": ("", "please, ", "could you find the ", "hello, I need the ", "show me the "),
    "es": ("", "por favor, ", "quisiera el ", "hola, necesito el ", "muéstreme el "),
    "pt": ("", "por favor, ", "gostaria do ", "olá, preciso do ", "mostre o "),
}
UNKNOWN = ("blorbic", "frandish", "zumbaco", "quentrel", "vostaminal", "krelpa", "drimusto")
MANY = 60


def sentence(pick: random.Random, code: str) -> tuple[str, list[int]]:
    """A sentence of some of the parts, and which parts they are."""
    count = pick.randrange(3, len(PARTS[code]))
    chosen = [0, *sorted(pick.sample(range(1, len(PARTS[code])), count))]
    order = [0, *pick.sample(chosen[1:], count)]
    said = [pick.choice(PARTS[code][part]) for part in order]
    return pick.choice(POLITE[code]) + pick.choice((" ", ", ")).join(said), chosen


def flags_of(text: str, catalogue: Catalogue) -> list[str]:
    return sorted(read(text, catalogue, TODAY).command().split(" --"))


def check_paraphrases(catalogue: Catalogue, code: str, count: int) -> None:
    pick = random.Random(f"paraphrases {code}")
    plain: dict[tuple[int, ...], list[str]] = {}
    for _ in range(count):
        text, chosen = sentence(pick, code)
        key = tuple(chosen)
        if key not in plain:
            plain[key] = flags_of(", ".join(PARTS[code][part][0] for part in chosen), catalogue)
        assert flags_of(text, catalogue) == plain[key], text


def check_unknown(catalogue: Catalogue, code: str, count: int) -> None:
    pick = random.Random(f"unknown {code}")
    for _ in range(count):
        words = sentence(pick, code)[0].split()
        word = pick.choice(UNKNOWN)
        words[pick.randrange(len(words))] = word
        with pytest.raises(QuestionError) as caught:
            read(" ".join(words), catalogue, TODAY)
        assert word in str(caught.value), words


@pytest.mark.parametrize("code", PARTS)
def test_another_order_and_other_words_are_the_same_question(live: Catalogue, code: str) -> None:
    """A user does not know the order in which the program reads: wrong is another plan for the same wish."""
    check_paraphrases(live, code, MANY)


@pytest.mark.parametrize("code", PARTS)
def test_an_unknown_word_is_never_dropped(live: Catalogue, code: str) -> None:
    """A word that is not known may be what the user cares for most."""
    check_unknown(live, code, MANY)


@pytest.mark.campaign
@pytest.mark.parametrize("code", PARTS)
def test_a_thousand_of_each(live: Catalogue, code: str) -> None:
    """The same, a thousand times a language."""
    check_paraphrases(live, code, 1000)
    check_unknown(live, code, 1000)
