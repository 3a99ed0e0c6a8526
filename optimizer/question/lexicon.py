"""Every phrase that the lexer knows for one catalogue: the words of the grammar and the catalogue's names."""

from __future__ import annotations

import unicodedata
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from optimizer.question.quantities import symbol_of, unit_words
from optimizer.question.words import NOUNS, WORDS

KINDS: Mapping[str, str] = {
    "accelerator": "ACCELERATOR",
    "country": "COUNTRY",
    "workload": "WORKLOAD",
    "assumptions": "ASSUMPTIONS",
    "rules": "RULES",
}
"""Kind of name in the catalogue -> terminal of the grammar."""
_JOINERS = frozenset(" -_\t\n\r\u00a0\u2009\u2010\u2011\u202f")
_LONGEST_PART = 4
_CODE_LENGTH = 2


class Vocabulary(Protocol):
    """What the reader needs of a catalogue. Used where it has them: ``accelerators`` (for TPP) and ``tax_regimes``."""

    def vocabulary(self, kind: str) -> Mapping[str, str]:
        """Every id, name and alias of a kind in lower case, with the id it stands for."""
        ...


@dataclass(frozen=True)
class Meaning:
    """What a phrase stands for: a terminal and its value."""

    terminal: str
    value: str
    needs_noun: bool = False
    """Counts only beside the noun of its kind: "diffusion" in "diffusion rules"."""
    is_code: bool = False
    """A country code of two or three letters: counts only in capitals."""


def fold(character: str) -> str:
    """One character for comparison: lower case, without accent, straight apostrophe, a space for any joiner."""
    if character in _JOINERS or character.isspace():
        return " "
    if character in "\u2019\u2018\u02bc`":
        return "'"
    if character.isalpha() and not character.isascii():
        character = unicodedata.normalize("NFKD", character)[0]
    return character.lower()[0]


@dataclass(frozen=True)
class Folded:
    """A sentence for comparison, with runs of joiners as one space, and where each character stood."""

    text: str
    origin: tuple[int, ...]
    index: tuple[int, ...]
    """By position in the sentence: position in ``text``."""


def folded(sentence: str) -> Folded:
    """Fold a sentence, keeping the positions."""
    text: list[str] = []
    origin: list[int] = []
    index: list[int] = []
    for position, character in enumerate(sentence):
        new = fold(character)
        if new == " " and text and text[-1] == " ":
            index.append(len(text) - 1)
            continue
        index.append(len(text))
        text.append(new)
        origin.append(position)
    return Folded("".join(text), tuple(origin), (*index, len(text)))


def key_of(name: str) -> str:
    """A name as the lexicon keeps it: as :func:`folded` has it."""
    if name.isascii():
        return " ".join(name.lower().replace("-", " ").replace("_", " ").replace("`", "'").split())
    return folded(name).text.strip()


class Lexicon:
    """The phrases of one catalogue, found by longest match."""

    def __init__(self, catalogue: Vocabulary) -> None:
        self.meanings: dict[str, list[Meaning]] = {}
        self.names: set[str] = set()
        for phrase, (terminal, value) in {**unit_words(), **WORDS}.items():
            self.meanings[phrase] = [Meaning(terminal, value)]
        for kind, terminal in KINDS.items():
            known = catalogue.vocabulary(kind)
            for name, key in known.items():
                self._add(key_of(name), terminal, key)
            for code, key in getattr(catalogue, "codes", {}).items() if kind == "country" else ():
                self._add(code, terminal, key, is_code=True)
            if terminal in NOUNS:
                for part, key in _parts(known).items():
                    self._add(part, terminal, key, needs_noun=True)
        for row in getattr(catalogue, "tax_regimes", ()):
            self._add(key_of(row.regime), "TAX_REGIME", row.regime, needs_noun=True)
        self.by_first_word: dict[str, list[str]] = {}
        for phrase in sorted(self.meanings, key=len, reverse=True):
            self.by_first_word.setdefault(_first_word(phrase), []).append(phrase)

    def _add(self, phrase: str, terminal: str, key: str, needs_noun: bool = False, *, is_code: bool = False) -> None:
        """Take in a name, unless it is a word of the grammar, or reads as a quantity ("4090", "910B")."""
        is_code = is_code or (terminal == "COUNTRY" and len(phrase) == _CODE_LENGTH)
        if not phrase or _is_quantity(phrase) or (phrase in WORDS and not is_code):
            return
        meaning = Meaning(terminal, key, needs_noun, is_code)
        known = self.meanings.setdefault(phrase, [])
        if not any((m.terminal, m.value) == (terminal, key) for m in known):
            known.append(meaning)
        if not needs_noun and not is_code:
            self.names.add(phrase)

    def phrases_at(self, sentence: Folded, start: int) -> Iterable[tuple[int, list[Meaning]]]:
        """The phrases that begin at a position of the folded text, the longest first, with their ends.

        A phrase ends where a word ends; the plural of an accelerator ("A100s") and a possessive belong to it.
        """
        text = sentence.text
        first = _first_word(text, start)
        plural = self.by_first_word.get(first[:-1], ()) if first.endswith("s") else ()
        for phrase in (*self.by_first_word.get(first, ()), *plural):
            if not text.startswith(phrase, start):
                continue
            end = start + len(phrase)
            meanings = self.meanings[phrase]
            if meanings[0].terminal == "ACCELERATOR" and text.startswith("s", end) and _ends_word(text, end + 1):
                end += 1
            if text.startswith("'s", end) and _ends_word(text, end + 2):
                end += 2
            if _ends_word(text, end):
                yield end, meanings

    def starts_with(self, sentence: Folded, start: int, terminal: str) -> bool:
        """Whether a phrase of the terminal begins at a position of the folded text."""
        found = self.phrases_at(sentence, start)
        return any(meaning.terminal == terminal for _, meanings in found for meaning in meanings)


def _first_word(text: str, start: int = 0) -> str:
    """The leading run of letters and digits, or the one sign, at a position."""
    end = start
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end] or text[start : start + 1]


def _ends_word(text: str, end: int) -> bool:
    """Whether a word may end here: not inside a run of letters and digits, nor inside a number ("3.1")."""
    if end >= len(text) or not text[end - 1].isalnum():
        return True
    if text[end].isalnum():
        return False
    inside_number = text[end] in ".," and text[end - 1].isdigit() and text[end + 1 : end + 2].isdigit()
    return not inside_number


def _is_quantity(phrase: str) -> bool:
    """Whether a name reads as a number, or as a number with a unit: then it cannot be a name in a question."""
    unit = phrase.lstrip("0123456789.")
    return unit != phrase and (not unit or any(symbol_of(form) for form in (unit, unit.upper())))


def _parts(known: Mapping[str, str]) -> dict[str, str]:
    """Runs of words that stand in the names of one id only: "ai diffusion" -> diffusion-2025."""
    owners: dict[str, set[str]] = {}
    for name, key in known.items():
        words = key_of(name).replace(",", " ").split()
        for first in range(len(words)):
            for last in range(first, min(first + _LONGEST_PART, len(words))):
                if _can_stand(words[first]) and _can_stand(words[last]):
                    owners.setdefault(" ".join(words[first : last + 1]), set()).add(key)
    return {part: next(iter(keys)) for part, keys in owners.items() if len(keys) == 1}


def _can_stand(word: str) -> bool:
    """Whether a word says something by itself: not a word of the grammar, not a number."""
    return word not in WORDS and not word[0].isdigit()


_KNOWN: weakref.WeakKeyDictionary[Any, Lexicon] = weakref.WeakKeyDictionary()


def lexicon_of(catalogue: Vocabulary) -> Lexicon:
    """The lexicon of a catalogue, made once for each catalogue that can be kept by reference."""
    try:
        found = _KNOWN.get(catalogue)
        if found is None:
            found = _KNOWN[catalogue] = Lexicon(catalogue)
    except TypeError:
        return Lexicon(catalogue)
    return found
