"""Limits in words: how each is called, what it would have to be, and what was asked."""

from __future__ import annotations

from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

LIMIT_WORDS = {
    "deadline": "the deadline",
    "budget": "the budget",
    "grid": "the grid limit",
    "tpp": "the TPP cap",
    "accelerators": "the number of accelerators",
    "training_flop": "the cap on training compute",
    "supply": "supply",
    "hire": "accelerators for hire",
    "owned": "accelerators owned",
    "law": "the export quota",
    "connection": "the medium-voltage limit",
}
"""How a limit is called in a sentence, by the part of its name before the colon."""


def limit_words(name: str) -> str:
    """A limit in words: ``hire:h100`` is "accelerators for hire (h100)"."""
    kind, _, what = name.partition(":")
    return f"{LIMIT_WORDS.get(kind, kind)} ({what})" if what else LIMIT_WORDS.get(kind, kind)


def need_in_words(name: str, value: Fraction) -> str:
    """ "1.27 MW", "143 days", "$12,400,000": rounded up, so that the figure told does suffice."""
    kind = name.partition(":")[0]
    if kind == "deadline":
        return f"{_up(value, 0)} {'day' if value == 1 else 'days'}"
    if kind == "budget":
        return f"${_up(value, 2)}" if value.denominator > 1 else f"${_up(value, 0)}"
    if kind in ("grid", "connection"):
        return f"{_up(value, 3 if value >= Fraction(1, 100) else 9)} MW"
    if kind in ("tpp", "law"):
        return f"{_up(value, 0)} TPP"
    if kind == "training_flop":
        return f"{Context(prec=4, rounding=ROUND_CEILING).divide(value.numerator, value.denominator):.4g} FLOP"
    return f"{_up(value, 0)} accelerators"


def asked_in_words(name: str, value: Fraction) -> str:
    """A limit as it was asked, to its last digit."""
    kind = name.partition(":")[0]
    number = Decimal(value.numerator) / Decimal(value.denominator)
    if kind == "budget":
        return f"${number:,f}"
    units = {"deadline": "day" if value == 1 else "days", "grid": "MW", "connection": "MW", "tpp": "TPP", "law": "TPP"}
    if kind == "training_flop":
        return f"{number.normalize():e} FLOP"
    return f"{number:,f} {units.get(kind, 'accelerators')}"


def _up(value: Fraction, digits: int) -> str:
    """A number rounded up to so many decimals, with thousands separators and no idle zeros."""
    scale = 10**digits
    whole = -(-value.numerator * scale // value.denominator)
    if whole % scale == 0:
        return f"{whole // scale:,}"
    text = f"{whole // scale:,}.{whole % scale:0{digits}d}"
    return text if digits <= 3 else text.rstrip("0")
