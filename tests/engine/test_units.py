"""Numbers as they are read, and the constants that turn one unit into another."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from pydantic import BaseModel

from optimizer import units
from optimizer.domain import Case
from optimizer.domain.base import Number
from optimizer.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("0.5", "0.5"),
        (".5", "0.5"),
        ("12.", "12"),
        ("-3", "-3"),
        ("+3", "3"),
        ("1e6", "1000000"),
        ("3.0e24", "3000000000000000000000000"),
        ("1E-3", "0.001"),
        ("  7 \n", "7"),
        ("1.500", "1.5"),
        ("007", "7"),
    ],
)
def test_plain_numbers_are_read_exactly(text: str, value: str) -> None:
    """A decimal keeps its digits: 0.1 read through a float would be 0.1000000000000000055."""
    assert units.parse_decimal(text) == Decimal(value)


def test_a_tenth_is_a_tenth() -> None:
    """The exact proofs rest on this: as a float it would be 3602879701896397/36028797018963968."""
    assert units.fraction(units.parse_decimal("0.1")) == Fraction(1, 10)


def test_a_comma_that_could_mean_two_things_is_asked_about() -> None:
    """1,500 is 1.5 in Sao Paulo and 1500 in London: a guess would be wrong by a factor of 1000."""
    with pytest.raises(ValueError, match=r"could be 1\.500 or 1500; write one of them"):
        units.parse_decimal("1,500")
    with pytest.raises(ValueError, match=r"could be -12\.345 or -12345"):
        units.parse_decimal("-12,345")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("1,5", "write 1.5"),
        ("0,125", r"could be 0\.125 or 0125"),
        ("1234,567", r"write 1234\.567"),
        ("1,500.25", r"write 1500\.25"),
        ("1,234,567", "write 1234567"),
    ],
)
def test_other_commas_are_refused_with_the_right_spelling(text: str, remedy: str) -> None:
    """1,5 read as 15 (comma dropped) would be ten times too much; the message says what to write."""
    with pytest.raises(ValueError, match=remedy):
        units.parse_decimal(text)


@pytest.mark.parametrize(
    "text",
    [
        "1_000",
        "nan",
        "NaN",
        "sNaN",
        "inf",
        "-Infinity",
        "\u0661\u0662",  # Arabic-Indic digits, 12
        "\uff11\uff12",  # full-width digits, 12
        "\u0967\u0968",  # Devanagari digits, 12
        "1\u00a0000",
        "12 000",
        "1e",
        "1e+",
        "e5",
        "0x10",
        "1.2.3",
        "--1",
        "1,2,3",
        "twelve",
        "12%",
        "$12",
        "",
        " ",
        ".",
        "-",
    ],
)
def test_what_python_or_a_person_might_take_for_a_number_is_refused(text: str) -> None:
    """Decimal("1_000"), Decimal("nan") and Decimal of Arabic digits are all values to Python: none may come in."""
    with pytest.raises(ValueError, match="must "):
        units.parse_decimal(text)


@pytest.mark.parametrize("text", ["1e999", "1e-999", "9e999999999", "1e100"])
def test_a_huge_exponent_is_refused(text: str) -> None:
    """Fraction(Decimal("9e999999999")) would fill the memory before any limit could refuse it."""
    with pytest.raises(ValueError, match="must be a number such as"):
        units.parse_decimal(text)


def test_two_digits_of_exponent_are_enough() -> None:
    """1e26 FLOP, the largest cap in any law, is read; so is 1e99."""
    assert units.parse_decimal("1e26") == 10**26
    assert units.parse_decimal("1e99") == 10**99


def test_length_is_limited_to_forty_characters() -> None:
    """A cell of a million digits would make exact arithmetic crawl: 40 characters pass, 41 do not."""
    assert units.parse_decimal("1" * 40) == int("1" * 40)
    with pytest.raises(ValueError, match="at most 40 characters"):
        units.parse_decimal("1" * 41)
    with pytest.raises(ValueError, match="at most 40 characters"):
        units.parse_decimal("1" * 100_000)


def test_constants_by_hand() -> None:
    """1 PFLOP/s-day = 1e15 x 24 x 60 x 60 = 8.64e19 FLOP; with hours for days it would be 3.6e18."""
    assert units.SECONDS_PER_DAY == 24 * 60 * 60 == 86_400
    assert units.FLOP_PER_PFLOP == 1_000_000_000_000_000
    assert units.FLOP_PER_PFLOPS_DAY == 86_400_000_000_000_000_000
    assert float(units.FLOP_PER_PFLOPS_DAY) == 8.64e19
    assert units.TFLOPS_PER_PFLOPS == 1000
    assert units.KW_PER_MW == 1000
    assert units.KWH_PER_MWH == 1000
    assert units.KWH_PER_GWH == 1000 * 1000
    assert units.GRAMS_PER_TONNE == 1000 * 1000
    assert units.BYTES_PER_GB == 1000**3
    assert units.USD_PER_MUSD == 1000 * 1000
    assert (units.HOURS_PER_DAY, units.DAYS_PER_WEEK, units.MONTHS_PER_YEAR, units.DAYS_PER_YEAR) == (24, 7, 12, 365)
    assert units.DAYS_PER_MONTH == 30


def test_constants_are_whole_numbers() -> None:
    """Exact arithmetic takes them as they are: a float 8.64e19 would turn a Fraction into a float."""
    for name in ("SECONDS_PER_DAY", "FLOP_PER_PFLOP", "FLOP_PER_PFLOPS_DAY", "BYTES_PER_GB", "KW_PER_MW"):
        assert type(getattr(units, name)) is int


def test_the_range_trusted_to_highs_is_that_of_the_trials() -> None:
    """1e-4 to 1e4 for coefficients and 1e5 for bounds: beyond it HiGHS drops coefficients or misjudges rows."""
    assert (units.SMALLEST_COEFFICIENT, units.LARGEST_COEFFICIENT, units.LARGEST_BOUND) == (1e-4, 1e4, 1e5)


class _Row(BaseModel):
    value: Number


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "nan", "1_0", "1,500"])
def test_a_typed_number_refuses_the_same(value: Any) -> None:
    """A column or a field of a case reads numbers by the same rules, from text and from floats."""
    with pytest.raises(InputError):
        Case(max_mw=value)


@pytest.mark.parametrize(
    ("value", "exact"), [(0.1, "0.1"), (1e-7, "1e-7"), (2.5e16, "2.5e16"), (3, "3"), ("0.30", "0.3")]
)
def test_a_float_is_taken_as_it_is_written(value: float | str, exact: str) -> None:
    """Case(max_mw=0.1) means a tenth, not 0.1000000000000000055 (the float's exact value)."""
    assert _Row(value=value).value == Decimal(exact)


@pytest.mark.parametrize("text", ["1_000", "1_0"])
def test_whole_numbers_refuse_underscores_too(text: str) -> None:
    """deadline_days="1_000" in a cell or a flag must not become 1000 where max_mw="1_000" is refused."""
    with pytest.raises(InputError):
        Case(deadline_days=text)


@pytest.mark.parametrize("date", ["2026-13-45", "2026-02-31", "2026-00-10"])
def test_a_day_that_is_in_no_calendar_is_refused(date: str) -> None:
    """The law of 2026-13-45 would be looked up without a word (text order), as if it were after every rule."""
    with pytest.raises(InputError):
        Case(date=date)


@pytest.mark.parametrize(("text", "value"), [("1e3", 1000), ("1.5e1", 15), ("20271e25", 20271 * 10**25)])
def test_whole_numbers_with_an_exponent(text: str, value: int) -> None:
    """Beyond 28 digits a decimal has no remainder: fuzzing found a traceback there."""
    assert units.whole_number(text) == value
    with pytest.raises(ValueError, match="whole number"):
        units.whole_number("1.25e1")
