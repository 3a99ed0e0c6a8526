"""What the question reader refuses, and the word it points at."""

from __future__ import annotations

import datetime
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import CATALOGUE, NAMES, TODAY, ask

from optimizer.errors import UsageError
from optimizer.question import QuestionError, read
from optimizer.question.quantities import UNITS
from optimizer.question.words import WORDS

REFUSED: list[tuple[str, str, str]] = [
    # Sentence, the word pointed at, what the message says.
    ("chepest plan", "chepest", "did you mean cheapest"),
    ("cheapest in Braizl", "Braizl", "did you mean brazil"),
    ("cheapest with H10O", "H10O", "did you mean h100"),
    ("cheapest & <script>", "script>", "unknown word"),
    ("cheapest @ home", "@", "unknown sign"),
    # Negations
    ("with no GPUs", "no", "negation"),
    ("not in Brazil", "not", "country to avoid"),
    ("cheapest, not fastest", "not", "negation"),
    ("not only H100", "not only", "not understood"),
    ("no A100 and H100 only", "only", "after a negation"),
    ("anything but H100", "anything but", "not understood"),
    ("H100 instead of A100", "instead of", "not understood"),
    ("any accelerator but H100", "but", "not understood"),
    ("never under 1 MW", "never", "not understood"),
    # Two of one
    ("under 1 MW and below 2 MW", "2 MW", "two values for one limit"),
    ("in 120 days by 31 March 2027", "by 31 March 2027", "two values for one limit"),
    ("cheapest and fastest", "fastest", "two objectives"),
    ("in Brazil and Mexico", "Mexico", "optimizer batch"),
    ("in Brazil, cheapest in Mexico", "Mexico", "optimizer batch"),
    ("which country is cheapest", "which country", "optimizer batch"),
    ("DeepSeek-V3 or Llama 3.1 70B", "Llama 3.1 70B", "two values for one workload"),
    ("with H100 without H100", "without H100", "both to use and to avoid"),
    ("at most 8 H100 and at most 9 H100", "9 H100", "two counts"),
    ("under 1 MW or in 120 days", "or", "choice"),
    # Units
    ("under 1 MV", "MV", "did you mean MW?"),
    ("under 1 mW", "mW", "did you mean MW?"),
    ("under 10 Wh", "Wh", "GWh"),
    ("in 120 dais", "dais", "did you mean days?"),
    ("in 4 m", "m", "unknown unit"),
    ("under 1e25 FLOPS", "FLOPS", "rate"),
    ("under 1e25 FLOP/s", "FLOP/s", "rate"),
    ("at 5%", "%", "percentage"),
    ("under 5 in 120 days", "5", "number without a unit"),
    ("budget of 5 million", "5 million", "number without a unit"),
    ("a 70 dense model on 1T tokens", "70", "number without a unit"),
    ("in days", "days", "needs a number"),
    ("5 million euros", "euros", "only USD"),
    ("under €5M", "€", "only USD"),
    ("under R$5M", "R$", "only USD"),
    # Numbers
    ("under 0 MW", "0", "more than 0"),
    ("under -1 MW", "-", "sign"),
    ("under - 1 MW", "-", "sign"),
    ("under \u22121 MW", "\u2212", "sign"),
    ("under +1 MW", "+", "sign"),
    ("$-5M", "-", "sign"),
    ("90-120 days", "-", "range"),
    ("between 1 and 2 MW", "between", "range"),
    ("under 1,5 MW", "1,5", "write 1.5"),
    ("under 1.500 MW", "1.500", "1.5 or 1500"),
    ("under 1,500 kW", "1,500", "1.5 or 1500"),
    ("under 26.970 MW", "26.970", "26.97 or 26970"),
    ("cap of 1,700 H100 equivalents", "1,700", "1.7 or 1700"),
    ("under 1.500.000 W", "1.500.000", "write 1500000"),
    ("under 1 000 kW", "1 000", "write 1000"),
    ("under 1_000 kW", "_", "underscore"),
    ("1e100 FLOP", "1e100", "two digits"),
    ("under \u0661 MW", "\u0661", "digits 0 to 9"),
    ("under \uff11 MW", "\uff11", "digits 0 to 9"),
    ("nan MW", "nan", "unknown word"),
    ("infinity MW", "infinity", "unknown word"),
    ("under " + "9" * 41 + " MW", "9" * 41, "40 characters"),
    ("at most 2.5 GPUs", "2.5", "whole number"),
    ("in 1.5 weeks", "1.5 weeks", "write 10 or 11 days"),
    ("under 200000000 MW", "200000000 MW", "less than or equal"),
    ("mixing 9 kinds", "mixing 9 kinds", "less than or equal"),
    ("in 11 years", "11 years", "ten years"),
    # Lower bounds and bare counts
    ("at least 1 MW", "at least", "lower bound"),
    ("over 1 MW", "over", "lower bound"),
    ("minimum 1 MW", "minimum", "lower bound"),
    ("1 MW or more", "or more", "lower bound"),
    ("with 64 H100", "64 H100", "at most 64 H100"),
    ("we own A100", "own A100", "how many"),
    ("we own 64 A100, with H100", "own 64 A100", "not among those to use"),
    # Dates
    ("by 2026-11-22", "2026-11-22", "not after today"),
    ("by 31 March 2020", "31 March 2020", "not after today"),
    ("before 23 November 2026", "23 November 2026", "not after today"),
    ("by 2040-01-01", "2040-01-01", "10 years"),
    ("by 30 February 2027", "30 February 2027", "no such day"),
    ("by 2027", "2027", "2027-01-01 or 2027-12-31"),
    ("by June 2027", "June", "2027-06-01 or 2027-06-30"),
    ("by 31 March", "March", "a day and a year"),
    ("by 31/03/2027", "/", "2027-03-31"),
    ("in June 2027", "June", "after by"),
    # Own workloads
    ("a 70B model", "70B model", "tokens are missing"),
    ("37B active parameters on 1T tokens", "37B active parameters", "size of the model is missing"),
    ("a 70B MoE on 1T tokens", "70B MoE", "active parameters are missing"),
    ("70B model with 80B active on 1T tokens", "80B active", "more active"),
    ("a dense 671B model with 37B active on 1T tokens", "dense", "not dense"),
    ("DeepSeek-V3 with 70B parameters on 1T tokens", "70B parameters", "own size"),
    # Fragments
    ("cheapest in", "in", "stops short"),
    ("cheapest under", "under", "number and a unit"),
    ("under Brazil", "under", "amount"),
    ("lowest", "lowest", "least of what"),
    ("carbon under 1 MW", "MW", "does not measure carbon"),
    ("best plan", "best", "cheapest, fastest"),
    ("in us", "us", "United States"),
    ("diffusion-2025 assumptions", "assumptions", "export rules"),
    ("diffusion hardware", "diffusion", "unknown word"),
    ("please plan", "please plan", "nothing to plan by"),
]


@pytest.mark.parametrize(("sentence", "word", "message"), REFUSED, ids=[row[0][:40] for row in REFUSED])
def test_the_error_points_at_the_word(sentence: str, word: str, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        ask(sentence)
    error = caught.value
    said = str(error)
    assert message in said
    # The word that is pointed at, by position and by the carets; where it stands twice, the last is meant.
    assert sentence[error.position :].startswith(word) or sentence[error.position : error.end] == word
    lines = said.split("\n")
    assert lines[1] == "  " + sentence
    assert lines[2].index("^") == 2 + error.position
    assert lines[2].count("^") >= len(word.split()[0])


@pytest.mark.parametrize("sentence", ["", "   ", "\t\n"])
def test_an_empty_question_is_refused(sentence: str) -> None:
    with pytest.raises(QuestionError, match="the question is empty"):
        ask(sentence)


def test_a_long_question_is_refused() -> None:
    with pytest.raises(QuestionError, match="at most 500 characters"):
        ask("a" * 501)
    assert ask("cheapest" + " " * 490).case.objective == "cost"


def test_two_words_of_one_value_are_fine() -> None:
    assert ask("cheapest plan of least cost in Brazil, Brazilian").case.country == "BR"


def test_the_carets_stand_under_a_wide_word() -> None:
    with pytest.raises(QuestionError) as caught:
        ask("\u65e5\u672c cheapest nonsens")
    assert str(caught.value).split("\n")[2] == "  ^^^^"
    with pytest.raises(QuestionError) as caught:
        ask("\t\x1b[31m cheapest")
    assert "\x1b" not in str(caught.value)


def test_the_error_is_a_usage_error_that_can_be_pickled() -> None:
    with pytest.raises(UsageError) as caught:
        ask("under 1 mW")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.exit_status) == (str(caught.value), 2)


def _read_or_refused(sentence: str) -> None:
    """Read, or refuse with a position inside the sentence; no other error."""
    try:
        read(sentence, CATALOGUE, TODAY).flags()
    except QuestionError as error:
        assert 0 <= error.position <= len(error.sentence)
        assert str(error)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=520))
def test_random_text_is_read_or_refused(sentence: str) -> None:
    _read_or_refused(sentence)


_WORD = st.sampled_from(
    [
        *WORDS,
        *UNITS,
        *(name for names in NAMES.values() for name in names),
        *("1", "120", "1.5", "70B", "5M", "1e25", "31", "31st", "2027", "2027-03-31", "IN", "NO", "US", "x"),
        *"$-+,.'()/\u2013",
    ]
)


@settings(max_examples=600, deadline=None)
@given(st.lists(_WORD, max_size=12))
def test_known_words_in_any_order_are_read_or_refused(words: list[str]) -> None:
    _read_or_refused(" ".join(words))


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=1, max_value=3650))
def test_a_date_and_its_days_are_the_same_deadline(days: int) -> None:
    last = TODAY + datetime.timedelta(days=days)
    assert ask(f"by {last}").case.deadline_days == days
    assert ask(f"by {last.day} {last:%B} {last.year}").case.deadline_days == days
    assert ask(f"in {days} days").case.deadline_days == days
