"""Ranges are exact: so many values, from the low end to the high one, as fractions say and not as floats do."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from optimizer.batch.sweep.axes import read_axis
from optimizer.batch.sweep.ranges import MAX_VALUES, plain, read_number, read_range
from optimizer.catalogue import Catalogue
from optimizer.units import one_reading, parse_decimal, two_readings

TODAY = "2026-11-26"


def values(kind: str, text: str) -> list[str]:
    return list(read_range(kind, text, TODAY).texts())


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("number", "0.1:1:0.1", "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1"),  # floats: 0.30000000000000004, and no 1
        ("number", "0.5:2:0.5", "0.5 1 1.5 2"),
        ("number", "1:2:0.4", "1 1.4 1.8"),  # the end is not hit
        ("number", "5:1:-2", "5 3 1"),
        ("number", "-0.2:0.2:0.2", "-0.2 0 0.2"),
        ("number", "7:7:1", "7"),
        ("number", "8e24:1.2e25:2e24", "8e24 1e25 1.2e25"),
        ("whole", "1:4:1", "1 2 3 4"),
        ("days", "60:360:100", "60 160 260 360"),
        ("days", "60d:180d:60d", "60 120 180"),
        ("days", "2w:60d:1 month", "14 44"),
        ("money", "5M:15M:5M", "5000000 10000000 15000000"),
        ("money", "$0:$1.5k:$0.5k", "0 500 1000 1500"),
    ],
)
def test_ranges_by_hand(kind: str, text: str, expected: str) -> None:
    """What a person would write down."""
    assert values(kind, text) == expected.split()


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("number", "0.5:5", "must be low:high:step"),
        ("number", "0.5:5:", "must be low:high:step"),
        ("number", "1:2:3:4", "must be low:high:step"),
        ("number", "1:5:0", "a step other than 0"),
        ("number", "1:5:-1", "write 1:5:1"),
        ("number", "5:1:1", "write 1:5:1 or a step of -1"),
        ("number", "1:5:--1", "one sign"),
        ("number", "1:5:9", "longer than the range"),
        ("number", "1:x:1", "has x, which must be a number"),
        ("number", "1.500:2:0.5", "has 1.500, which could be 1.5 or 1500"),
        ("number", "0:1:1e-5", "has 100,001 values, and an axis takes at most 100,000"),
        ("number", "1e50:2e50:1e-40", "an axis takes at most"),
        ("number", "1e40:1.00000000000000000000000000000000001e40:1e-5", "at most"),
        ("number", "1:2:1e999", "has 1e999, which must be a number"),
        ("whole", "1:4:0.5", "has 0.5, which must be a whole number"),
        ("days", "60d:360:30d", "the unit in each of its parts, or in none"),
        ("days", "60:360:3q", "has 3q, which must be a time"),
        ("days", "2027-01-01:2027-12-31:1 month", "must not be a range of dates"),
        ("money", "$0:$1.5k:$500", "the unit in each of its parts, or in none"),
        ("money", "5:50M:5M", "the unit in each of its parts, or in none"),
    ],
)
def test_ranges_that_cannot_be_read(kind: str, text: str, words: str) -> None:
    """Each refused with what is wrong: 5:50M:5M would begin at five dollars."""
    with pytest.raises(ValueError, match=re.escape(words)):
        values(kind, text)


decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000, places=3)


@given(low=decimals, high=decimals, step=decimals.filter(bool))
def test_a_range_is_the_arithmetic_of_fractions(low: Decimal, high: Decimal, step: Decimal) -> None:
    """Count, both ends and every value, recomputed as fractions of the text; none beyond the end, none missing."""
    assume((high - low) * step >= 0 and (low == high or abs(step) <= abs(high - low)))
    count = (Fraction(high) - Fraction(low)) // Fraction(step) + 1
    assume(count <= MAX_VALUES)
    found = values("number", ":".join(f"{number:.4f}" for number in (low, high, step)))
    assert len(found) == count
    assert Fraction(found[0]) == Fraction(low)
    assert (Fraction(found[-1]) == Fraction(high)) == ((Fraction(high) - Fraction(low)) % Fraction(step) == 0)
    for index in {0, 1, count // 2, count - 1} & set(range(count)):
        assert Fraction(found[index]) == Fraction(low) + index * Fraction(step)
    assert abs(Fraction(high) - Fraction(found[-1])) < abs(Fraction(step))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e60"), max_value=Decimal("1e60")))
def test_a_number_is_written_exactly(number: Decimal) -> None:
    """What is written is read back as the same number, with one reading."""
    assume(-60 < number.as_tuple().exponent < 60)
    text = plain(number)
    assume(len(text) < 40)
    assert Fraction(text) == Fraction(number)
    assert parse_decimal(one_reading(text)) == number and two_readings(one_reading(text)) is None


def test_a_value_with_three_decimals_has_one_reading() -> None:
    """0.875:1.25:0.125 was asked for exactly, but a cell 1.125 would be refused as 1.125 or 1125."""
    assert values("number", "0.875:1.25:0.125") == ["0.875", "1", "1.125", "1.25"]
    assert one_reading("1.125") == "1.1250" and one_reading("0.875") == "0.875"


def test_a_date_is_days_from_today() -> None:
    assert read_number("days", "2026-12-06", TODAY) == 10


def test_a_share_may_be_in_per_cent(frozen: Catalogue) -> None:
    """As in a single plan: an axis refused "10%", which --import-duty of a plan takes; per cent of a PUE is none."""

    def cells(field: str, *items: str) -> list[str]:
        axis = read_axis(field, items, frozen, TODAY, [])
        return [] if axis is None else [value.cells[0][1] for value in axis.values]

    assert cells("import_duty", "0%:10%:5%") == ["0", "0.05", "0.1"]
    assert cells("import_duty", "0.1") == cells("import_duty", "10 %") == ["0.1"]
    assert cells("pue", "120%") == cells("import_duty", "%") == cells("import_duty", "ten %") == []
