"""Numbers and units of a question are exact."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from ask_names import ask
from hypothesis import given
from hypothesis import strategies as st

from optimizer.question import QuestionError
from optimizer.units.quantities import UNITS, exact_decimal, shown, symbol_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "1"),
        ("0.1", "0.1"),
        (".5", "0.5"),
        ("0.125", "0.125"),  # a group of thousands cannot begin with 0: one reading only
        ("1234.567", "1234.567"),
        ("1,500,000", "1500000"),
        ("1,500.5", "1500.5"),
        ("1,234,567.891", "1234567.891"),
        ("1,500", "1500"),
        ("12,345", "12345"),
        ("1.500.000", "1500000"),
        ("1.500.000,50", "1500000.50"),
        ("1e25", "1e25"),
        ("1.500e3", "1500"),
        ("26.9750", "26.975"),
    ],
)
def test_a_number_is_read_exactly(text: str, value: str) -> None:
    """As it stands in a question; a wrong group or digit would be another limit."""
    assert ask(f"training capped at {text} FLOP").case.max_training_flop == Decimal(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.500", "1.5 or 1500"),
        ("100.000", "100 or 100000"),
        ("1,5", "write 1.5"),
        ("1234,567", "write 1234.567"),
        ("12,34,567", "such as 1234.5"),
        ("1e100", "two digits"),
        ("0", "more than 0"),
        ("0.000", "more than 0"),
        ("1" * 41, "40 characters"),
    ],
)
def test_a_number_with_two_readings_or_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message.replace(".", r"\.")):
        ask(f"training capped at {text} FLOP")


@pytest.mark.parametrize(
    ("word", "symbol"),
    [
        ("MW", "MW"),
        ("kW", "kW"),
        ("Days", "days"),
        ("MONTHS", "months"),
        ("usd", "USD"),
        ("tpp", "TPP"),
        ("Million", "million"),
        ("mW", None),
        ("Mw", None),
        ("MV", None),
        ("FLOPS", None),
        ("D", None),
    ],
)
def test_symbols_are_as_written_and_words_in_any_case(word: str, symbol: str | None) -> None:
    assert symbol_of(word) == symbol


def test_the_factors_are_exact() -> None:
    assert UNITS["W"].factor == Fraction(1, 10**6)
    assert UNITS["kW"].factor * 1000 == UNITS["MW"].factor == 1
    assert UNITS["GW"].factor == 1000
    assert [int(UNITS[name].factor) for name in ("day", "week", "month", "year")] == [1, 7, 30, 365]
    assert [UNITS[name].factor for name in ("k", "M", "B", "T")] == [10**3, 10**6, 10**9, 10**12]
    assert UNITS["tokens"].factor * UNITS["T"].factor == 1
    assert UNITS["parameters"].factor * UNITS["B"].factor == 1


@given(st.decimals(min_value="0.0001", max_value="99999", places=4))
def test_a_power_comes_back_digit_by_digit(value: Decimal) -> None:
    """As a float, 0.1 MW would be 0.1000000000000000055."""
    assert ask(f"under {value} MW").case.max_mw == value
    assert ask(f"under {value} kW").case.max_mw == value / 1000


@given(st.integers(1, 10**6), st.sampled_from(["thousand", "million", "k", "M"]))
def test_money_is_exact(count: int, scale: str) -> None:
    expected = count * UNITS[scale].factor
    for sentence in (f"${count}{scale}", f"USD {count} {scale}", f"{count} {scale} dollars"):
        assert ask(f"under {sentence}").case.budget_usd == expected


@given(st.integers(1, 10**9))
def test_groups_of_thousands_are_the_plain_number(count: int) -> None:
    assert ask(f"training capped at {count * 1_000_000:,} FLOP").case.max_training_flop == count * 1_000_000


@given(st.integers(1, 10**30), st.integers(0, 30))
def test_a_fraction_of_ten_is_the_same_decimal(numerator: int, places: int) -> None:
    value = Fraction(numerator, 10**places)
    assert Fraction(exact_decimal(value)) == value


def test_what_has_no_finite_decimal_form_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        exact_decimal(Fraction(1, 3))


def test_quantities_and_their_words() -> None:
    assert shown(Decimal("26900000")) == "26,900,000"
    assert shown(exact_decimal(Fraction(10**25))) == "1e25"
    assert shown(Decimal("0.25")) == "0.25"
