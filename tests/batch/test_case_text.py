"""What people type in a flag: a number with its unit, lists with either separator, names that are not in the data."""

from __future__ import annotations

from decimal import Decimal

import pytest

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.quantity_text import read_quantity
from optimizer.errors import InputError
from optimizer.service.case_text import parse_case, read_case


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("max_mw", "1MW", "1"),
        ("max_mw", "1 MW", "1"),
        ("max_mw", "500kW", "0.5"),
        ("max_mw", "0.25 GW", "250"),
        ("max_tpp", "26.9M", "26900000"),
        ("max_tpp", "5 million TPP", "5000000"),
        ("max_training_flop", "1e25 FLOP", "1e25"),
        ("tokens_t", "15T", "15"),
        ("tokens_t", "300B tokens", "0.3"),
        ("params_total_b", "70B", "70"),
        ("params_active_b", "3 billion parameters", "3"),
        ("import_duty", "16%", "0.16"),
        ("rent_premium", "20 %", "0.2"),
    ],
)
def test_a_number_with_its_unit(field: str, text: str, value: str) -> None:
    """By hand: 500 kW is half a MW; read without its unit it would be 500 MW."""
    assert read_quantity(field, text) == Decimal(value)


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("max_mw", "1.500MW", "could be 1.5 or 1500"),
        ("max_mw", "1,5 MW", "write 1.5"),
        ("max_mw", "1MV", "did you mean MW"),
        ("max_mw", "5M", "give MW"),
        ("max_mw", "120 days", "give MW"),
        ("params_total_b", "70 MW", "number alone"),
    ],
)
def test_another_unit_is_refused_with_what_to_write(field: str, text: str, told: str) -> None:
    """Never read as a bare number: 5M for a grid limit would be 5 MW to one and 5,000,000 MW to another."""
    with pytest.raises(ValueError, match=told):
        read_quantity(field, text)


@pytest.mark.parametrize("text", ["1", "0.5", "1e25", "h100", "", "abc"])
def test_what_has_no_unit_is_left_as_it_is(text: str) -> None:
    assert read_quantity("max_mw", text) == text


@pytest.mark.parametrize("separator", [";", ",", "; ", ", "])
def test_lists_take_either_separator(separator: str, frozen: Catalogue) -> None:
    """A comma is what people write; it was taken as part of a name that no accelerator has."""
    case = parse_case(
        {
            "use": separator.join(("h100", "a100")),
            "procurement": separator.join(("buy", "rent")),
            "supply": separator.join(("h100=64", "a100=128")),
        },
        frozen,
        "2026-11-29",
    )
    expected = Case(use=("h100", "a100"), procurement=("buy", "rent"), supply={"h100": 64, "a100": 128})
    assert case == expected


def test_a_country_that_is_not_in_the_data_is_not_made_another(live: Catalogue) -> None:
    """ "UK" was answered with "did you mean uzbek or uz or uy"; it is in the data now, and a pack adds what is not."""
    assert read_case({"country": "UK"}, live, "2026-11-29").country == "UK"
    assert live.find("country", "UK") == "GB"
    with pytest.raises(InputError) as caught:
        read_case({"country": "QQ"}, live, "2026-11-29")
    assert "did you mean" not in str(caught.value) and "country pack" in str(caught.value)


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("use", "H100 A100", "write them with a semicolon between: h100;a100"),
        ("avoid", "h100 and a100", "write them with a semicolon between: h100;a100"),
        ("procurement", "buy or rent", "write them with a semicolon between: buy;rent"),
        ("procurement", "lease", "did you mean rent?"),
        ("precision", "fp8/bf16", "write them with a semicolon between: fp8;bf16"),
        ("objective", "cheapest", "did you mean cost?"),
        ("objective", "costs", "did you mean cost?"),
        ("basis", "capex", "did you mean upfront?"),
        ("buyer", "ministry", "did you mean public?"),
        ("power", "solar", "did you mean pv?"),
        ("power", "grid + diesel", "write them with a semicolon between: grid;genset"),
        ("deadline_from", "purchase", "did you mean order?"),
    ],
)
def test_a_word_that_is_none_is_answered_with_what_to_write(
    field: str, text: str, told: str, frozen: Catalogue
) -> None:
    """Two names in one, or a word of everyday language: the list of all words helped nobody who wrote these."""
    with pytest.raises(InputError) as caught:
        read_case({field: text}, frozen, "2026-11-29")
    assert told in str(caught.value)


@pytest.mark.parametrize("text", ["rubbish", "h100 rubbish", "cost and days"])
def test_nothing_is_suggested_for_what_is_near_nothing(text: str, frozen: Catalogue) -> None:
    """Of an objective there is one: two of them are not two entries of a list."""
    with pytest.raises(InputError) as caught:
        read_case({"objective": text}, frozen, "2026-11-29")
    assert "semicolon" not in str(caught.value) and "did you mean" not in str(caught.value)
