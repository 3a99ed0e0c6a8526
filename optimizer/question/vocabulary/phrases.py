"""Phrases and what they mean, found in a folded text by their first word, the longest first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

WORDS = Path(__file__).parents[1] / "words"
"""Its folders are the languages."""
_JOINERS = frozenset(" -_\t\n\r\u00a0\u2009\u2010\u2011\u202f")
_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]")


class Meaning(NamedTuple):
    """What a phrase represents: a kind of the grammar, and its value."""

    kind: str
    value: str = ""


def fold(character: str) -> str:
    """One character for comparison: lower case, without accent, straight apostrophe, a space for any joiner."""
    if character in _JOINERS or character.isspace():
        return " "
    if character in "\u2019\u2018\u02bc`":
        return "'"
    if character.isalpha() and not character.isascii():
        character = unicodedata.normalize("NFKD", character)[0]
    return character.lower()[0]


def key_of(name: str) -> str:
    """A name as the tables have it: folded, with runs of joiners as one space."""
    if name.isascii():
        if name.isalnum():  # one word, as most names are
            return name.lower()
    else:
        name = _ACCENTS.sub("", unicodedata.normalize("NFKD", name))
    name = name.lower().translate(_PLAIN)
    return " ".join(name.split()) if "  " in name or name[:1] == " " or name[-1:] == " " else name


_PLAIN = {ord("-"): " ", ord("_"): " ", ord("`"): "'", 0x2019: "'", **dict.fromkeys(map(ord, "\t\n\r\x0b\x0c"), " ")}
"""Joiners as a space, apostrophes as the straight one."""


def lines_of(file: Path) -> Iterator[tuple[str, str]]:
    """The lines "head: rest" of a text file; # leads a remark, and a line that begins with a space goes on."""
    for line in file.read_text(encoding="utf-8").replace("\n ", " ").splitlines():
        if line and line[0] != "#":
            head, _, rest = line.partition(": ")
            yield head, rest


def first_word(text: str, start: int = 0) -> str:
    """The leading run of letters and digits, or the one sign, at a position."""
    word = _WORD.match(text, start)
    return word[0] if word else text[start : start + 1]


def grouped(phrases: Iterable[str]) -> dict[str, list[str]]:
    """Phrases by their first word."""
    found: dict[str, list[str]] = {}
    for phrase in phrases:
        first = phrase.partition(" ")[0]
        found.setdefault(first if first.isalnum() else first_word(phrase), []).append(phrase)
    return found


def by_first_word(meanings: Mapping[str, Meaning]) -> dict[str, dict[str, Meaning]]:
    """Phrases by their first word, the longest first."""
    return {
        first: {phrase: meanings[phrase] for phrase in sorted(phrases, key=len, reverse=True)}
        for first, phrases in grouped(meanings).items()
    }


class Phrases:
    """Phrases with their meanings, found by their first word, the longest first."""

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._given = meanings

    @property
    def meanings(self) -> Mapping[str, Meaning]:
        """Every phrase with its meaning."""
        return self._given

    @cached_property
    def _by_first_word(self) -> dict[str, list[str] | dict[str, Meaning]]:
        """The phrases by their first word; those of a word that was looked for with their meanings."""
        found: dict[str, list[str] | dict[str, Meaning]] = {}
        for first, phrases in grouped(self.meanings).items():
            found[first] = phrases
        return found

    def beginning(self, first: str) -> Mapping[str, Meaning]:
        """The phrases whose first word this is, the longest first."""
        phrases = self._by_first_word.get(first)
        if phrases is None:
            return {}
        if isinstance(phrases, list):
            known = self.meanings
            phrases = {phrase: known[phrase] for phrase in sorted(phrases, key=len, reverse=True)}
            self._by_first_word[first] = phrases
        return phrases

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """The lengths of the phrases of every first word that was looked for, the longest first."""
        return {}

    def meaning(self, phrase: str) -> Meaning | None:
        """What a phrase means; None where it is not known."""
        return self.beginning(first_word(phrase)).get(phrase)

    def single_words(self) -> Iterator[str]:
        """The phrases of one word."""
        return (phrase for phrase in self.meanings if phrase.isalnum())

    @cached_property
    def _like(self) -> Mapping[tuple[str, int], list[str]]:
        """The single words by their first letter and their length."""
        found: dict[tuple[str, int], list[str]] = {}
        for word in self.single_words():
            found.setdefault((word[0], len(word)), []).append(word)
        return found

    def near(self, word: str, within: int = 1) -> Iterator[str]:
        """The single words with the same first letter, so many letters longer or shorter at most."""
        for length in range(len(word) - within, len(word) + within + 1):
            yield from (other for other in self._like.get((word[0], length), ()) if other != word)

    def at(self, text: str, start: int, plural_of: str = "") -> Iterator[tuple[int, Meaning]]:
        """The phrases that begin at a position of a folded text, the longest first, with their ends.

        Those of the kind ``plural_of`` may have an s behind them: "A100s", "RTX 4090s".
        """
        first = first_word(text, start)
        stem = first[:-1] if plural_of and len(first) > 2 and first[-1] == "s" else ""
        for word in filter(None, (first, stem)):
            known = self.beginning(word)
            if word not in self._lengths:
                self._lengths[word] = list(dict.fromkeys(map(len, known)))
            for length in self._lengths[word]:  # of a hundred phrases a dozen are of another length
                end = start + length
                if end > len(text) or (meaning := known.get(text[start:end])) is None:
                    continue
                if ends_word(text, end):
                    yield end, meaning
                elif meaning.kind == plural_of and text.startswith("s", end) and ends_word(text, end + 1):
                    yield end + 1, meaning


def ends_word(text: str, end: int) -> bool:
    """Whether a word may end here: not inside a run of letters and digits, nor inside a number ("3.1")."""
    if end >= len(text) or not text[end - 1].isalnum():
        return True
    if text[end].isalnum():
        return False
    inside_number = text[end] in ".," and text[end - 1].isdigit() and text[end + 1 : end + 2].isdigit()
    return not inside_number
