"""What the page says around an answer, in the language that is spoken."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.units.language import LANGUAGES as LANGUAGES
from optimizer.units.language import mark, messages_of, say, speaking

_WORDS: Mapping[str, str] = messages_of(__file__, "words")


_EXAMPLES = (
    mark("cheapest plan in Kenya under 500 kW in 200 days for Llama 3.1 8B"),
    mark("Kenya: the grid is off from 18 to 22; Llama 3.1 8B, 500 kW, 200 days"),
    mark("compare Kenya, Ghana and Senegal for Llama 3.1 8B, 500 kW, 200 days"),
    mark("largest model for $5M under 1 MW in 150 days in Kenya"),
)


def examples_in(code: str) -> list[str]:
    """Questions that the page answers, in a language."""
    with speaking(code):
        return list(map(say, _EXAMPLES))


def words_in(code: str) -> dict[str, str]:
    """The words of the page in a language."""
    with speaking(code):
        return dict(_WORDS)
