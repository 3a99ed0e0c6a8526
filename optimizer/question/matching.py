"""Runs of tokens that a rule of the grammar takes (:mod:`optimizer.question.vocabulary.grammar`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from optimizer.question.tokens import Token
from optimizer.question.vocabulary.grammar import RULES
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Match:
    """A run of tokens, and the name of the rule that takes it."""

    name: str
    tokens: Sequence[Token]

    @property
    def start(self) -> int:
        """Where it begins in the sentence."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where it ends in the sentence."""
        return self.tokens[-1].end

    def all(self, *kinds: str) -> list[Token]:
        """Its tokens of some kinds, in order."""
        return [token for token in self.tokens if token.kind in kinds]

    def has(self, *kinds: str) -> bool:
        """Whether it has a token of one of some kinds."""
        return any(token.kind in kinds for token in self.tokens)


_NAME = re.compile(r"[A-Z][A-Z_0-9]*")
_NEEDED = re.compile(r"([A-Z][A-Z_0-9]*)(?![A-Z_0-9?*])")
_BRACKETS = re.compile(r"\([^()]*\)[?*+]?")
_SIGNS = "".join(map(chr, (*range(0x61, 0x7B), *range(0x80, 0x100), *range(0x30, 0x3A))))
"""Kinds are single signs, so that a pattern over kinds is a pattern over text: small ones, of which sets are quick."""
_FIRST_FURTHER = 0xE000
"""Where there are more kinds than such signs, the rest are of the private area."""


@cache
def _signs() -> dict[str, str]:
    names = sorted(dict.fromkeys(_NAME.findall("\n".join(words for _, words in RULES))))
    further = "".join(chr(_FIRST_FURTHER + place) for place in range(max(0, len(names) - len(_SIGNS))))
    return dict(zip(names, _SIGNS + further, strict=False))


class _Rule(NamedTuple):
    """A rule over signs."""

    name: str
    """Of its reader."""
    pattern: str
    needed: frozenset[str]
    """Signs that are in every run that it takes: without them it is not even compiled."""


@cache
def _rules() -> tuple[_Rule, ...]:
    """The rules over signs: all of them at once, as that takes a fraction of the time."""
    signs = _signs()
    text = "\n".join(words for _, words in RULES)
    needed = needed_kinds(text)
    text = _NAME.sub(lambda name: signs[name[0]], text)
    patterns = text.replace(" ", "").replace("(", "(?:").split("\n")
    return tuple(
        _Rule(name, pattern, frozenset(signs[kind] for kind in kinds))
        for (name, _), pattern, kinds in zip(RULES, patterns, needed, strict=True)
    )


def needed_kinds(rules: str) -> list[list[str]]:
    """The kinds that a rule cannot do without: those that stand outside of its brackets, and may not be left out.

    Args:
        rules: patterns, one a line.
    """
    outside = rules
    while "(" in outside:
        outside = _BRACKETS.sub("", outside)
    return [[] if "|" in line else _NEEDED.findall(line) for line in outside.split("\n")]


_compiled = cache(re.compile)
"""A pattern, compiled once: a sentence needs a few of the rules."""


@cache
def _rules_with(sign: str) -> tuple[_Rule, ...]:
    """The rules that can begin with a sign: those in whose pattern it is at all, as most hold few kinds."""
    return tuple(rule for rule in _rules() if sign in rule.pattern)


def matches(tokens: Sequence[Token]) -> Iterator[Match | Token]:
    """The sentence as runs that a rule takes, and single tokens that none does, in order."""
    signs = _signs()
    text = "".join(signs.get(token.kind, "\ue8ff") for token in tokens)
    said = frozenset(text)
    place = 0
    while place < len(tokens):
        best_name, best_end = "", place
        for rule in _rules_with(text[place]):
            if not rule.needed <= said:
                continue
            found = _compiled(rule.pattern).match(text, place)
            if found is not None and found.end() > best_end:
                best_name, best_end = rule.name, found.end()
        if best_end > place:
            yield Match(best_name, tokens[place:best_end])
            place = best_end
        else:
            yield tokens[place]
            place += 1
