"""Sentences as people ask them: the rates, and what must hold of every sentence like them."""

from __future__ import annotations

import gc
import random
import re
import time

import pytest
from sentences import TODAY, catalogue, command_of, own, own_scores, shown, shown_scores
from sentences.judge import verdict_of

from optimizer.question import QuestionError, Reading, read
from optimizer.question.refusals import examples
from optimizer.question.vocabulary.languages import STEM_SIGN, languages
from optimizer.question.vocabulary.names import names_of
from optimizer.units.quantities import UNITS

PARTS = {
    "en": (
        ("in Chile", "for Chile", "Chile"),
        ("under 1 MW", "at most 1 MW", "with no more than 1,000 kW", "max 1 megawatt"),
        ("in 150 days", "within 150 days", "150 days at most", "deadline 150 days"),
        ("Llama 3.1 70B", "train Llama 3.1 70B", "to train Llama 3.1 70B"),
        ("cheapest plan", "the least expensive plan", "as cheap as possible", "lowest cost"),
        ("without AMD", "no AMD chips", "excluding AMD"),
    ),
    "es": (
        ("en Chile", "para Chile", "Chile"),
        ("con menos de 1 MW", "hasta 1 MW", "máximo 1 megavatio", "con 1.000 kW"),
        ("en 150 días", "en menos de 150 días", "plazo de 150 días"),
        ("Llama 3.1 70B", "entrenar Llama 3.1 70B", "para entrenar Llama 3.1 70B"),
        ("plan más barato", "el plan más económico", "al menor costo", "lo más barato posible"),
        ("sin AMD", "sin chips de AMD", "excluyendo AMD"),
    ),
    "pt": (
        ("no Chile", "para o Chile", "Chile"),
        ("com menos de 1 MW", "até 1 MW", "no máximo 1 megawatt", "com 1.000 kW"),
        ("em 150 dias", "em menos de 150 dias", "prazo de 150 dias"),
        ("Llama 3.1 70B", "treinar o Llama 3.1 70B", "para treinar o Llama 3.1 70B"),
        ("plano mais barato", "o plano mais econômico", "pelo menor custo", "o mais barato possível"),
        ("sem AMD", "sem chips da AMD", "excluindo AMD"),
    ),
}
"""Parts of one question in every language, each in several wordings; in any order they ask the same."""
POLITE = {
    "en": ("", "Please, ", "Hello, could you tell me: ", "We need the following: "),
    "es": ("", "Por favor, ", "Hola, quisiera saber: ", "Necesitamos lo siguiente: "),
    "pt": ("", "Por favor, ", "Olá, gostaria de saber: ", "Precisamos do seguinte: "),
}
DECIDING = {
    "en": "only already available some any not without if our which no never except unless",
    "es": "solo ya disponible algún no sin si nuestro nunca excepto ningún salvo",
    "pt": "só já disponível não sem se nosso nunca exceto salvo",
}
"""Words that decide, by language."""
MEANT_BY_STEMS = ("NEUTRAL", "PROC", "WORTH", "WAY", "MIN", "CONSORTIUM", "NEG")
NAMED = ("ACCEL", "COUNTRY", "REGION", "WORKLOAD")
ORDERS = 200
REPLACED = 200
RANDOM = 150
SLOWEST_S = 0.05


def test_the_sentences_shown_are_read_right() -> None:
    """Wrong: a sentence that is read as something else, or more than one in twelve refused."""
    found = [*shown_scores()]
    assert [scored.sentence for scored in found if scored.verdict == "wrong"] == []
    assert sum(scored.verdict == "right" for scored in found) >= 0.92 * len(found)


def test_the_projects_own_sentences_are_read_as_they_were() -> None:
    """A reading that changes is looked at, one by one."""
    assert [(scored.sentence, scored.said) for scored in own_scores() if scored.verdict != "right"] == []


def test_the_judge_tells_right_from_wrong() -> None:
    """It would be no judge if another limit, another country or a lost negation passed."""
    row = next(row for row in shown() if row["id"] == "en-012")
    good = command_of(row["text"])[0]
    assert verdict_of(row, good, None, catalogue(), TODAY) == "right"
    for bad in (good.replace("--max-mw 2", "--max-mw 3"), good.replace("MA", "BR"), good.replace("--avoid", "--use")):
        assert bad != good and verdict_of(row, bad, None, catalogue(), TODAY) == "wrong"


def _read(sentence: str) -> Reading:
    return read(sentence, catalogue(), TODAY)


@pytest.mark.parametrize("language", PARTS)
def test_order_politeness_and_synonyms_keep_the_reading(language: str) -> None:
    """The same parts in any order and wording are one question."""
    draw = random.Random(language)
    expected = None
    for _ in range(ORDERS):
        parts = [draw.choice(wordings) for wordings in PARTS[language]]
        draw.shuffle(parts)
        sentence = draw.choice(POLITE[language]) + ", ".join(parts)
        reading = _read(sentence)
        expected = expected or (reading.command_name, reading.case.changed(objective=None))
        assert (reading.command_name, reading.case.changed(objective=None)) == expected, sentence
        assert reading.case.objective == "cost", sentence


def _right() -> list[str]:
    return [row["text"] for row in shown()] + [sentence for _, sentence, command in own() if command != "refused"]


def test_a_word_that_is_replaced_by_an_unknown_one_is_refused() -> None:
    """Wrong: an answer to a question of which a word was not understood."""
    draw = random.Random(1)
    sentences = _right()
    for _ in range(REPLACED):
        sentence = draw.choice(sentences)
        words = list(re.finditer(r"[^\W\d_]{4,}", sentence))
        if not words:
            continue
        word = draw.choice(words)
        changed = f"{sentence[: word.start()]} blorptak {sentence[word.end() :]}"
        with pytest.raises(QuestionError):
            _read(changed)


def _random_sentence(draw: random.Random) -> str:
    known = [
        *list(languages()["es"].phrases.meanings)[::7],
        "1",
        "2.5",
        "1,500",
        "MW",
        "días",
        "Chile",
        "H100",
        "$",
        "?",
    ]
    if draw.random() < 0.5:
        return "".join(
            chr(draw.choice((draw.randrange(32, 126), draw.randrange(160, 1200)))) for _ in range(draw.randrange(90))
        )
    return " ".join(draw.choice(known) for _ in range(draw.randrange(1, 30)))


def _try(count: int, seed: int) -> float:
    """The longest time that a sentence takes, each read or refused and nothing else.

    What the test runner itself keeps is left out of garbage collection: a full one walks it for 60 ms, now and then.
    """
    draw, slowest = random.Random(seed), 0.0
    _read("cheapest plan in Chile")
    gc.collect()
    gc.freeze()
    for _ in range(count):
        sentence = _random_sentence(draw)
        start = time.process_time()
        try:
            _read(sentence).command()
        except QuestionError as error:
            assert str(error)
        slowest = max(slowest, time.process_time() - start)
    gc.unfreeze()
    return slowest


def test_random_sentences_are_read_or_refused() -> None:
    """No other error."""
    _try(RANDOM, 1)


@pytest.mark.campaign
def test_a_hundred_thousand_random_sentences_take_no_time() -> None:
    """No other error, and none that takes longer than the blink of an eye."""
    assert _try(100_000, 2) < SLOWEST_S


@pytest.mark.parametrize("language", languages())
def test_the_examples_that_an_error_offers_work(language: str) -> None:
    """Advice that does not work would be worse than none."""
    for sentence in examples(language):
        reading = _read(sentence)
        assert reading.language == language and reading.command()


@pytest.mark.parametrize(
    ("sentence", "near"),
    [
        ("beyond blorptak 900 kW, Llama 3.1 8B in Zambia", "Zambia, Llama 3.1 8B"),
        ("Peru with a loan, 2 MW, 200 days", "Peru, 2 MW, 200 days"),
        ("Kenya blorptak without H100, 1 MW", "Kenya, 1 MW"),
        ("anything but Kenya, blorptak Chile", "Chile"),
        ("un préstamo para Bolivia con 2 MW", "Bolivia, con 2 MW"),
        ("opex under $5M in Chile", "Chile"),
        ("Chile, blorptak 2, 230 days", "Chile"),
        ("Deepseek R1 in China with 20 MW", "China, with 20 MW"),
        ("10 times GPT-3 compute in Chile", "Chile"),
        ("US sanctions on Iran, 1 MW", "US or Iran, 1 MW"),
    ],
)
def test_a_refusal_offers_a_question_near_the_one_asked(sentence: str, near: str) -> None:
    """Wrong: advice about another country, or an example that has what the sentence denies."""
    with pytest.raises(QuestionError) as caught:
        _read(sentence)
    example = caught.value.remedy.rsplit('"', 2)[1]
    assert example.partition(": ")[2] == near
    assert _read(example).command_name in ("plan", "compare")


@pytest.mark.parametrize(
    ("sentence", "command"),
    [
        ("our blorptak wants Llama 3.1 8B in Zambia on 900 kW", "--workload llama-3.1-8b --country ZM --max-mw 0.9"),
        ("for the blorptak on Zlorpday, H100 in Chile, 90 days", "--country CL --deadline 90d --use h100"),
        ("outside blorptak Chile, 1 MW", ""),
        ("blorptak H100, Chile, 1 MW", ""),
        ("if the H100 is blorptak, Chile, 1 MW", ""),
        ("blorptak than 2 MW in Chile", ""),
        ("Chile, 1 MW, without blorptak", ""),
        ("in Blorptakia with 1 MW", ""),
        ("Deepseek R1 in China with 20 MW", ""),
    ],
)
def test_a_word_that_is_not_known_is_refused_with_what_is_asked_without_it(sentence: str, command: str) -> None:
    """Wrong: nothing to go on with; a command without a word that may turn a chip, a place or a number."""
    with pytest.raises(QuestionError) as caught:
        _read(sentence)
    offered = caught.value.remedy.rpartition(": optimizer plan ")[2] if ": optimizer " in caught.value.remedy else ""
    assert offered == command


@pytest.mark.parametrize(
    ("sentence", "offered"),
    [
        ("mejor plan en swizerland con 1 MW", "Suiza"),
        ("plan in Chille, 1 MW", "Chile"),
        ("opex below $5M in Chile", ""),
        ("¿cuánto subirián los costos en Chile?", ""),
        ("3 épocas sobre 500 mil millones de tokens, 7B, Chile", ""),
        ("2 gigas en Chile", "gigawatts"),
        ("match in Chile", "march"),
    ],
)
def test_a_word_is_offered_only_where_it_may_be_meant(sentence: str, offered: str) -> None:
    """Wrong: "opec" for "opex", Syria for "subiría", parameters for epochs, an English name in a Spanish answer."""
    with pytest.raises(QuestionError) as caught:
        _read(sentence)
    first = caught.value.remedy.splitlines()[0]
    asks = first.startswith(("did you mean", "¿quiso decir"))
    assert (first.rstrip("?").split(" ")[-1] if asks else "") == offered


@pytest.mark.parametrize("language", languages())
def test_units_and_scales_of_a_language_are_known(language: str) -> None:
    """A unit that has no factor would end in an error of ours."""
    for phrase, (kind, value) in languages()[language].phrases.meanings.items():
        if kind == "SCALE" or kind.endswith("_UNIT"):
            assert value in UNITS, phrase


def test_words_that_decide_are_never_neutral() -> None:
    """A closed list that held "not" or "only" would turn a question into its opposite."""
    for language, words in DECIDING.items():
        meanings = languages()[language].phrases.meanings
        for word in words.split():
            kind = meanings.get(word, ("",))[0]
            assert kind != "NEUTRAL" or (language, word) == ("en", "which"), word


def test_no_form_of_a_stem_decides_or_is_a_name() -> None:
    """A stem stands for its forms: one that spelt "sin" or a country would lose a limit or a place in silence."""
    named = names_of(catalogue()).phrases
    for code, language in languages().items():
        forbidden = {*DECIDING.get(code, "").split(), *UNITS}
        stems = [(phrase, meaning) for phrase, meaning in language.phrases.meanings.items() if meaning.kind == "STEM"]
        for phrase, meaning in stems:
            meant, _, endings = meaning.value.partition("|")
            assert phrase.endswith(STEM_SIGN) and endings.split() and meant.split()[0] in MEANT_BY_STEMS, (code, phrase)
            forms = [phrase.removesuffix(STEM_SIGN) + ending.strip("-") for ending in endings.split()]
            assert language.inflected(forms[-1]) is not None, (code, forms[-1])
            for form in forbidden.intersection(forms):  # what is a phrase of its own is looked up first
                assert language.phrases.meaning(form) or named.meaning(form), (code, form)


def test_a_form_that_has_a_phrase_of_its_own_keeps_its_meaning() -> None:
    """ "usados" is second hand, although "uso" and "usamos" are neutral."""
    with pytest.raises(QuestionError) as caught:
        _read("plan con 64 H100 usados en Chile")
    assert caught.value.reason == "cannot_discount"
    assert _read("usaríamos como máximo 64 H100 en Chile").case.max_accelerators == 64


def test_no_neutral_word_is_a_name() -> None:
    """A country or a chip whose name changed nothing would be replaced by a default in silence."""
    for language in languages().values():
        neutral = {phrase for phrase, meaning in language.phrases.meanings.items() if meaning.kind == "NEUTRAL"}
        names = {phrase for phrase, meaning in names_of(catalogue()).phrases.meanings.items() if meaning.kind in NAMED}
        assert not neutral & names, language.code


@pytest.mark.parametrize(
    "sentence",
    ["and in Mexico?", "why?", "make it greener", "what about 2 MW?", "¿y en México?", "e no México?", "now with 2 MW"],
)
def test_what_goes_on_from_an_earlier_question_is_refused(sentence: str) -> None:
    """Wrong: a plan for a default country, or without the limits of the question before."""
    with pytest.raises(QuestionError) as caught:
        _read(sentence)
    assert caught.value.reason == "follow_up"
