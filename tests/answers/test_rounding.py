"""Rounded figures: they still add up, and nothing over a limit is shown within it."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from optimizer.answers.form.numbers import megawatts, musd, round_half_even, round_parts, share_percent, up, usd
from optimizer.domain.limits import KINDS, Limit
from optimizer.domain.quantity_text import ambiguity
from optimizer.plans.outcome import LimitUse
from optimizer.units.language import say, speaking
from optimizer.units.within import within

F = Fraction
fractions = st.fractions(min_value=0, max_value=10**12, max_denominator=10**9)
signed = st.fractions(min_value=-(10**15), max_value=10**15, max_denominator=10**12)


@given(st.dictionaries(st.text(min_size=1, max_size=5), fractions, max_size=12), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_rounded_parts_add_up(parts: dict[str, Fraction], decimals: int) -> None:
    """The rounded parts add up to one rounded total, never below the true one, and each is within a unit of its own.

    Parts rounded one by one would miss the total by a dollar, and a reader who adds them up finds a mistake.
    """
    told = round_parts(parts, decimals)
    unit = F(1, 10**decimals)
    total = sum(parts.values(), F(0))
    assert list(told) == list(parts)
    assert sum(map(F, told.values()), F(0)) == math.ceil(total / unit) * unit
    for name, value in parts.items():
        assert abs(F(told[name]) - value) < unit
        assert told[name] >= 0 and (value != 0 or told[name] == 0)


@given(signed, st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_up_never_rounds_below(value: Fraction, decimals: int) -> None:
    """A megawatt figure rounded down would be a plan that trips the breaker; more than a unit above would be waste."""
    told = F(up(value, decimals))
    assert 0 <= told - value < F(1, 10**decimals)
    digits = f"{up(value, decimals):f}".partition(".")[2]
    assert len(digits) == decimals or (decimals == 3 and not digits.endswith("0"))  # 2.15, as 2.150 could be 2150


@given(signed, st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_rounded_is_nearest(value: Fraction, decimals: int) -> None:
    """Within half a unit."""
    assert abs(F(round_half_even(value, decimals)) - value) <= F(1, 2 * 10**decimals)


@given(fractions)
@settings(max_examples=100, deadline=None)
def test_dollars_read_back(value: Fraction) -> None:
    """Whole dollars that suffice, with separators that read back; millions to the second decimal."""
    assert 0 <= int(usd(value).replace("$", "").replace(",", "")) - value < 1
    told = musd(value)
    if told.endswith("M"):
        assert abs(F(told[1:-1].replace(",", "")) * 10**6 - value) <= 10**4
    else:
        assert value < 10**6 and told == usd(value)


@given(
    st.fractions(min_value=F(1, 10**6), max_value=10**9, max_denominator=10**9),
    st.fractions(0, 2),
    st.sampled_from("mu"),
)
@settings(max_examples=100, deadline=None)
def test_a_use_over_its_bound_never_shows_within(bound: Fraction, ratio: Fraction, how: str) -> None:
    """Over the limit by any hair: the share told is above 100.0 %, for a use within it the share is at most 100.0 %."""
    used = bound * ratio if how == "m" else bound * (1 + ratio / 10**12)
    share = LimitUse(Limit("grid"), used, bound).share
    assert share is not None
    told = F(share_percent(share).removesuffix(" %"))
    assert (told > 100) == (used > bound)


def test_the_share_of_no_bound_and_of_nothing() -> None:
    """No limit has no share; a bound of 0 is used up."""
    assert LimitUse(Limit("grid"), F(1), None).share is None
    assert LimitUse(Limit("owned", "a100"), F(0), F(0)).share == 1


@given(st.lists(fractions, min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_parts_of_one_name_each(values: list[Fraction]) -> None:
    """The order of the parts and their names decide ties, never the hash of a name: the same bytes in every run."""
    assume(sum(values) > 0)
    parts = {f"p{i}": value for i, value in enumerate(values)}
    backwards = dict(reversed(parts.items()))
    assert round_parts(parts, 2) == round_parts(backwards, 2)


@given(st.fractions(min_value=0, max_value=1000, max_denominator=10**4), st.sampled_from((3, 6)))
@settings(max_examples=200, deadline=None)
def test_a_figure_in_megawatts_can_be_typed_into_the_flag(value: Fraction, decimals: int) -> None:
    """2.150 MW was written, and refused in --max-mw: it could be 2.15 or 2150."""
    for told in (up(value, decimals), round_half_even(value, decimals), megawatts(value)):
        assert ambiguity("max_mw", str(told)) is None and ambiguity("max_energy_gwh", str(told)) is None
        assert abs(F(told) - value) <= F(1, 10**3)


@given(st.fractions(min_value=0, max_value=2000, max_denominator=10**4))
@settings(max_examples=200, deadline=None)
def test_a_need_in_a_row_can_be_typed_into_the_flag(value: Fraction) -> None:
    """needed_max_carbon_t was 268.800 or 174.586, and --max-carbon refused it: it could be thousands."""
    for kind in KINDS.values():
        if kind.decimals is not None:
            told = str(up(value, kind.decimals))
            assert ambiguity(kind.field, told) is None, (kind.name, told)


def test_three_decimals_that_could_be_thousands() -> None:
    """A comma before three digits is a decimal sign in Spain and makes thousands in Mexico: two or four are written. In
    English the point before three digits is read so where a bound leaves no other figure."""
    for code in ("es", "pt"):
        with speaking(code):
            told = [say("{value:,}", value=megawatts(F(value))) for value in ("1.8051", "2.15", "0.802")]
        assert told == ["1,8060", "2,15", "0,802"]
    held = within(F("174.5861"), F("174.587"))
    assert (str(up(held, 1)), str(up(held, 2))) == ("174.5861", "174.5861")
