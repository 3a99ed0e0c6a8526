"""Lists of words that a reader looks for by themselves, from ``words/lists.txt``; and sets of names in one text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from optimizer.question.vocabulary.phrases import WORDS, lines_of


def set_of(names: str) -> frozenset[str]:
    """The names in a text, such as kinds of the grammar, with a space between them."""
    return frozenset(names.split())


def word_list(name: str) -> frozenset[str]:
    """The words of a list, in all languages."""
    return word_lists()[name]


@cache
def word_lists() -> Mapping[str, frozenset[str]]:
    """Every list of ``words/lists.txt`` by its name."""
    return {name: frozenset(words.split(", ")) for name, words in lines_of(WORDS / "lists.txt")}
