"""Which of a few words was probably meant by another: "cheapest" is cost, "solar" is pv; "buy or rent" is two words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from optimizer.units.language import say

_BETWEEN = re.compile(r"(?:[\s_;,+/&|]+(?:and|or|y|o|e|ou)(?=[\s_]))?[\s_;,+/&|]+", re.IGNORECASE)
"""What people put between two names of a list."""
_MEANT: dict[str, str] = {
    **dict.fromkeys(["cheapest", "price", "money", "budget", "usd", "cheap", "barato", "costo", "custo"], "cost"),
    **dict.fromkeys(["time", "fastest", "quickest", "duration", "speed", "deadline", "tiempo", "tempo"], "days"),
    **dict.fromkeys(["power", "peak", "mw", "megawatts", "grid_power"], "peak_power"),
    **dict.fromkeys(["gwh", "electricity", "kwh", "energia"], "energy"),
    **dict.fromkeys(["co2", "co2e", "emissions", "greenest", "emisiones", "emissoes"], "carbon"),
    **dict.fromkeys(["capex", "cash", "contado", "full"], "upfront"),
    **dict.fromkeys(["amortized", "amortization", "amortisation", "opex", "depreciation"], "amortised"),
    **dict.fromkeys(["rented", "renting", "lease", "leasing", "hire", "cloud"], "rental"),
    **dict.fromkeys(["government", "ministry", "state", "university", "academic", "publico"], "public"),
    **dict.fromkeys(["company", "firm", "commercial", "business", "privado"], "private"),
    **dict.fromkeys(["start", "now", "run"], "training"),
    **dict.fromkeys(["purchase", "contract", "signature", "today"], "order"),
    **dict.fromkeys(["measured", "high", "strong", "public_list"], "listed"),
    **dict.fromkeys(["all", "any", "estimated", "low", "weak"], "estimate"),
    **dict.fromkeys(["mixture_of_experts", "experts", "sparse"], "moe"),
    **dict.fromkeys(["transformer", "normal"], "dense"),
    **dict.fromkeys(["solar", "sun", "photovoltaic", "pv_solar"], "pv"),
    **dict.fromkeys(["diesel", "generator", "gas", "fuel"], "genset"),
    **dict.fromkeys(["storage", "batteries", "bess"], "battery"),
    **dict.fromkeys(["contract_power", "pppa"], "ppa"),
    **dict.fromkeys(["8bit", "8_bit", "fp_8", "int8", "float8"], "fp8"),
    **dict.fromkeys(["16bit", "16_bit", "half", "bfloat16", "bf_16"], "bf16"),
    **dict.fromkeys(["4bit", "4_bit", "fp4", "nvfp_4"], "nvfp4"),
}
"""A word -> the choice that it means, of whatever field."""
_OF_A_LIST = {"purchase": "buy", "bought": "buy", "lease": "rent", "hire": "rent", "cloud": "rent", "owned": "own"}
"""The same where several may be chosen."""
_NEAR = 0.6


def likely_word(value: str, choices: Collection[str], *, is_list: bool) -> str | None:
    """What to write in place of a word that is no choice; None where nothing is near.

    Args:
        value: as it was written.
        choices: the words that may stand there.
        is_list: whether several of them may.
    """
    from difflib import get_close_matches

    def meant(word: str) -> str | None:
        plain = word.strip().lower().replace("-", "_").replace(" ", "_")
        found = (_OF_A_LIST.get(plain) if is_list else None) or _MEANT.get(plain, plain)
        return found if found in choices else None

    if found := meant(value):
        return say("did you mean {near}?", near=found)
    if is_list and (several := separated(value, lambda word: meant(word))):
        return several
    near = get_close_matches(value.lower(), choices, 1, _NEAR)
    return say("did you mean {near}?", near=near[0]) if near else None


def separated(text: str, known: Callable[[str], str | None]) -> str | None:
    """What to write for several names with no separator of a list between them; None where they are no such names.

    Args:
        text: as it was written: ``H100 A100``, ``buy or rent``.
        known: the name to write for one of them; None where it is none.
    """
    words = [known(word) for word in _BETWEEN.split(text.strip()) if word]
    names = [word for word in words if word]
    if len(words) < 2 or len(names) < len(words):
        return None
    return say("write them with a semicolon between: {names}", names=";".join(names))
