"""The words of words.txt, and what is said of words that are often tried and not understood."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files


def _table(text: str) -> dict[str, tuple[str, str]]:
    """Phrase -> (terminal, what it stands for), from the lines of words.txt."""
    table = {}
    for line in text.replace("\n ", " ").splitlines():
        if not line or line.startswith("#"):
            continue
        head, phrases = line.split(":", 1)
        terminal, _, value = (part.strip() for part in head.partition("="))
        for phrase in phrases.split(","):
            table[phrase.strip()] = (terminal, value or phrase.strip())
    return table


WORDS: Mapping[str, tuple[str, str]] = _table(
    files("optimizer.question").joinpath("words.txt").read_text(encoding="utf-8")
)
"""Phrase in lower case -> (terminal, what it stands for)."""

NOUNS: Mapping[str, str] = {
    "RULES": "RULES_NOUN",
    "ASSUMPTIONS": "ASSUMPTIONS_NOUN",
    "TAX_REGIME": "TAX_REGIME_NOUN",
}
"""A short name of these ("diffusion", "redata") counts only beside its noun ("diffusion rules")."""

ONE_COUNTRY = "ask for one country at a time, or use `optimizer batch` for several"
_GOALS = "cheapest, fastest, lowest peak power, least energy or lowest carbon"
_NO_RANGE = "a range is not understood: give the upper limit, such as under 2 MW"
_NO_ESTIMATE = "only an upper limit is understood, such as under 1 MW"

HINTS: Mapping[str, str] = {
    **dict.fromkeys(("best", "optimal", "good", "ideal"), f"say what to minimise: {_GOALS}"),
    **dict.fromkeys(("maximise", "maximize", "highest", "most"), f"only a minimum is understood: {_GOALS}"),
    **dict.fromkeys(("between", "from", "range"), _NO_RANGE),
    **dict.fromkeys(("about", "around", "approximately", "roughly", "exactly", "~", "="), _NO_ESTIMATE),
    **dict.fromkeys(("^", "*"), "write a power of ten as 1e25"),
    **dict.fromkeys(("%", "percent"), "no limit here is a percentage"),
    **dict.fromkeys(("million", "billion", "trillion", "thousand"), "write the number in digits, such as 5 million"),
    "/": "write a day as 2027-03-31, and a choice with 'or'",
    "today": "give a day such as 2027-03-31, or a number of days",
    "where": ONE_COUNTRY,
    "us": "write US or USA for the United States",
}
"""What to do about words that are often tried and not understood."""
