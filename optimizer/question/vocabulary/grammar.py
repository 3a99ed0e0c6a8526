"""The grammar: which runs of meanings say something, and the name of what they say.

A rule is a pattern over the kinds of tokens, the same in every language; a run is read by the rule that takes most of
it, and of several by the first. The rules are in ``rules.txt``. A new limit takes its words in ``words/``, a rule
there, and a reader of that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from optimizer.question.vocabulary.phrases import lines_of

_TWO_ENDS = (("BETWEEN", "AND"), ("BETWEEN", "TO"), ("BETWEEN", "RANGE"), ("FROM", "UPTO"), ("", "TO"), ("", "RANGE"))
"""What leads a range, and what stands between its ends."""


def _ranges(leads: str) -> Iterator[tuple[str, str]]:
    """Both ends of a limit, in one unit that is behind each of them or behind the second: "1 to 2 MW"."""
    units = ("POWER_UNIT", "TIME_UNIT", "ENERGY_UNIT", "CARBON_UNIT", "TOKENS", "TPP", "DEVICES")
    money = "(LIMIT|AVAILABLE|BUDGET_N|OF_HARDWARE|CAPITAL_N)*"
    for led, between in _TWO_ENDS:
        before, join = f"{leads} {led} {leads}", f"{between} (APPROX|LIMIT|IS)*"
        for unit in units:
            yield "range", f"{before} NUM {unit}? {join} NUM {unit} (LIMIT|AVAILABLE|POWER_N)*"
        yield "range", f"{before} MONEY NUM MONEY? {join} MONEY? NUM MONEY? {money}"
        yield "range", f"{before} NUM MONEY? {join} (NUM MONEY|MONEY NUM MONEY?) {money}"
        yield "range", f"{before} MONEY? NUM (CENTS|MONEY)* {join} MONEY? NUM (CENTS|MONEY)* (PER|SLASH)? ENERGY_UNIT"
        yield "range", f"{before} NUM {join} NUM DEVICES? ACCEL_OF? (ACCEL|ACCEL_OF) DEVICES? (LIMIT|AVAILABLE)*"


def _rules() -> Iterator[tuple[str, str]]:
    """The ranges, and the rules of the file."""
    parts: dict[str, str] = {}
    for head, pattern in lines_of(Path(__file__).with_name("rules.txt")):
        rule = pattern.partition("  #")[0].format_map(parts)
        if head.startswith("<"):
            parts[head[1:-1]] = rule
            if head == "<leads>":
                yield from _ranges(rule)
        else:
            yield head, rule


RULES = tuple(_rules())
"""Name of the reader and pattern, in the order in which ties are settled."""
