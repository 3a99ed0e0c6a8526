"""What the question reader refuses, and the word it points at."""

from __future__ import annotations

import datetime
import pickle

import pytest
from ask_names import CATALOGUE, NAMES, TODAY, ask
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.errors import UsageError
from optimizer.question import QuestionError, read
from optimizer.question.vocabulary.languages import languages
from optimizer.units.quantities import UNITS

WORDS = languages()["en"].phrases.meanings

REFUSED: list[tuple[str, str, str]] = [
    # Sentence, the word pointed at, what the message says.
    ("cheapest in Braizl", "Braizl", "did you mean brazil"),
    ("plan in Mexiko under 1 MW", "Mexiko", "did you mean mexico"),
    ("cheapest with H10O", "H10O", "did you mean h100"),
    ("cheapest & <script>", "script", "unknown word"),
    ("cheapest @ home", "@", 'unknown words "@", "home"'),
    # Negations
    ("with no GPUs", "no GPUs", "a plan without GPU, accelerator or chip"),
    ("not in Brazil", "not", "country to avoid"),
    ("not fastest", "not", "negation"),
    ("not only H100", "not only", "not understood"),
    ("no A100 and H100 only", "no A100 and H100 only", '"only" after a negation is not understood'),
    ("H100 instead of A100", "instead of", "not understood"),
    ("never under 1 MW", "never", "not understood"),
    # Two of one
    ("under 1 MW and below 2 MW", "below 2 MW", "two values for one thing: grid limit 1 MW and"),
    ("in 120 days by 31 March 2027", "by 31 March 2027", "two values for one thing: deadline 120 days"),
    ("cheapest and fastest", "fastest", "two objectives"),
    ("in Brazil, cheapest in Mexico", "Mexico", "two values for one thing: country BR and"),
    ("with H100 without H100", "without H100", "both to use and to avoid"),
    ("at most 8 H100 and at most 9 H100", "at most 9 H100", "two counts of h100_sxm5_80"),
    ("under 1 MW or in 120 days", "or", "choice"),
    # Units
    ("under 1 MV", "MV", "did you mean MW?"),
    ("under 1 mW", "mW", "did you mean MW?"),
    ("under 10 Wh", "Wh", "GWh"),
    ("in 120 dais", "dais", "did you mean days?"),
    ("in 4 m", "4 m", "a number without a unit"),
    ("under 1e25 FLOPS", "FLOPS", "rate"),
    ("under 1e25 FLOP/s", "FLOP/", "is a rate"),
    ("at 5%", "5", "a number without a unit"),
    ("under 5 in 120 days", "under", "a limit needs a number and a unit"),
    ("a 70 dense model on 1T tokens", "70", "number without a unit"),
    ("in days", "days", "needs a number"),
    ("5 million euros", "euros", "no exchange rate of EUR is in the data"),
    ("under €5M", "€", "no exchange rate of EUR is in the data"),
    ("under R$5M", "R$", "no exchange rate of BRL is in the data"),
    # Numbers
    ("under 0 MW", "0", "more than 0"),
    ("under -1 MW", "-", "sign"),
    ("under - 1 MW", "under", "a limit needs a number and a unit"),
    ("under \u22121 MW", "\u2212", "sign"),
    ("under +1 MW", "+", "sign"),
    ("$-5M", "-", "sign"),
    ("largest model from 1 to 2 MW", "from 1 to 2 MW", "a range cannot be used here"),
    ("Brazil or Mexico between 1 and 2 MW", "between", "range"),
    ("2 to 1 MW", "2 to 1 MW", "the second end of a range must be above the first"),
    ("between 500 and 1 million dollars", "500", "this number could be 500 or 500 million"),
    ("under 1,5 MW", "1,5", "write 1.5"),
    ("under 1.500 MW", "1.500", "1.5 or 1500"),
    ("under 26.500 MW", "26.500", "26.5 or 26500"),
    ("under 1 000 kW", "1 000", "write 1000"),
    ("under 1_000 kW", "1_000", "a space within a number is not understood"),
    ("1e100 FLOP", "1e100", "two digits"),
    ("under \u0661 MW", "\u0661", "digits 0 to 9"),
    ("under \uff11 MW", "\uff11", "digits 0 to 9"),
    ("nan MW", "nan", "unknown word"),
    ("infinity MW", "infinity", "unknown word"),
    ("under " + "9" * 41 + " MW", "9" * 41, "40 characters"),
    ("at most 2.5 GPUs", "2.5", "whole number"),
    ("in 1.5 weeks", "1.5 weeks", "write 10 or 11 days"),
    ("under 200000000 MW", "under 200000000 MW", "grid limit 200,000,000 MW: must be less than"),
    ("mixing 9 kinds", "mixing 9 kinds", "less than or equal"),
    ("in 11 years", "11 years", "ten years"),
    # Lower bounds and bare counts
    ("at least 1 MW", "at least", "lower bound"),
    ("over 1 MW", "over", "lower bound"),
    ("minimum 1 MW", "minimum", "lower bound"),
    ("1 MW or more", "1 MW or more", "a lower bound is not understood: every limit"),
    ("with 64 H100", "with 64 H100", "exactly so many, at most so many, or owned?"),
    # letters where a place is expected: without the refusal, the plan was for Brazil
    ("cheapest plan for N.K. under 1 MW", "N.K.", 'unknown word "N.K."'),
    ("we own A100", "own A100", "how many"),
    ("we own 64 A100, with H100", "own 64 A100", "not among those to use"),
    # Dates
    ("by 2026-11-22", "by 2026-11-22", "the deadline 2026-11-22 is not after today,"),
    ("by 31 March 2020", "by 31 March 2020", "the deadline 2020-03-31 is not after today,"),
    ("before 23 November 2026", "before 23 November 2026", "the deadline 2026-11-22 is not after today,"),
    ("by 2040-01-01", "by 2040-01-01", "the deadline 2040-01-01 is more than 10 years"),
    ("by 30 February 2027", "by 30 February 2027", "no such day in the calendar"),
    ("by 2027", "by 2027", "2027 could be 2027-01-01 or 2027-12-31"),
    ("by 31 March", "by", "a date should follow"),
    ("in June 2027", "June", "a date needs a day or an end, and a year"),
    # Own workloads
    ("37B active parameters on 1T tokens", "37B active parameters", "size of the model is missing"),
    ("a 70B MoE on 1T tokens", "70B MoE", "active parameters are missing"),
    ("70B model with 80B active on 1T tokens", "80B active", "more active"),
    ("a dense 671B model with 37B active on 1T tokens", "dense 671B", "this does not fit its active parameters"),
    ("DeepSeek-V3 with 70B parameters on 1T tokens", "70B parameters", "own size"),
    # Fragments
    ("cheapest under", "under", "number and a unit"),
    ("under Brazil", "under", "a limit needs a number and a unit"),
    ("lowest", "lowest", "least of what"),
    ("carbon under 1 MW", "MW", "does not measure carbon"),
    ("in us", "us", "United States"),
    ("diffusion-2025 assumptions", "assumptions", '"assumptions" is not understood here'),
    ("diffusion hardware", "diffusion", '"diffusion" is not understood here'),
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
    with pytest.raises(QuestionError, match="at most 1000 characters"):
        ask("a" * 1001)
    assert ask("cheapest" + " " * 990).case.objective == "cost"


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
    # without the frames of pytest: where Dask is loaded, they are pickled too
    error = caught.value.with_traceback(None)
    error.__context__ = error.__cause__ = None
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.exit_status) == (str(caught.value), 2)


def _read_or_refused(sentence: str) -> None:
    """Read, or refuse with a position inside the sentence; no other error."""
    try:
        read(sentence, CATALOGUE, TODAY).flags()
    except QuestionError as error:
        assert 0 <= error.position <= len(error.sentence)
        assert str(error)


@settings(max_examples=150, deadline=None)
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


@settings(max_examples=300, deadline=None)
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
