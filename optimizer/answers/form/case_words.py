"""The fields of a case and what they are set to, in words: "basis upfront" is "base de costo: al contado"."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.units.language import ENGLISH, Messages, language, messages_of, say

FIELDS: Mapping[str, str] = messages_of(__file__, "fields")
"""Field of a case -> its name in words."""
_VALUES: Mapping[str, Mapping[str, str]] = {
    "objective": Messages(
        {
            "cost": "lowest cost",
            "days": "fewest days",
            "peak_power": "lowest peak power",
            "energy": "least energy",
            "carbon": "least carbon",
        }
    ),
    "basis": Messages({"upfront": "upfront", "amortised": "amortised", "rental": "rental"}),
    "deadline_from": Messages({"training": "the training", "order": "the order"}),
    "buyer": Messages({"private": "private", "public": "public"}),
}
"""Field -> value -> words; names and numbers stay as they are typed."""


def setting_words(field: str, value: str) -> tuple[str, str]:
    """A field of a case and its value: in English as they are typed, in other languages in words.

    Args:
        field: of the case.
        value: as it is typed: "fp16;bf16;fp8".
    """
    if language() == ENGLISH:
        return field, value
    words = _VALUES.get(field, {}).get(value, value).replace(";", ", ")
    return FIELDS.get(field, field), say("{words}", words=words)  # a day by the habit of the language
