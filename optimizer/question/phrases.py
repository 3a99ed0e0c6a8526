"""The words of every language, from the folders in ``words/``: phrase -> what it means.

A language is a folder: ``words.txt`` has its phrases by meaning, ``examples.txt`` questions that work. Names of
countries, regions, models and accelerators come from the catalogue. The meanings are the same for all languages; the
grammar (:mod:`optimizer.question.grammar`) knows meanings only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import NamedTuple

from optimizer.units.records import dataclass

WORDS = Path(__file__).with_name("words")
"""Its folders are the languages."""
FIRST = "en"
"""The language that is taken where the words leave it open."""
_JOINERS = frozenset(" -_\t\n\r\u00a0\u2009\u2010\u2011\u202f")
_BETWEEN_PHRASES = re.compile(r",(?![^{]*\})")
_BRACES = re.compile(r"\{([^}]*)\}")
_ACCENTS = re.compile("[\u0300-\u036f]")


class Meaning(NamedTuple):
    """What a phrase stands for: a kind of the grammar, and its value."""

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
    if not name.isascii():
        name = _ACCENTS.sub("", unicodedata.normalize("NFKD", name)).replace("\u2019", "'")
    return " ".join(name.lower().replace("-", " ").replace("_", " ").replace("`", "'").split())


def first_word(text: str, start: int = 0) -> str:
    """The leading run of letters and digits, or the one sign, at a position."""
    end = start
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end] or text[start : start + 1]


class Phrases:
    """Phrases with their meanings, found by their first word, the longest first."""

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self.meanings = meanings

    @cached_property
    def _by_first_word(self) -> Mapping[str, list[str]]:
        """Sorted when a sentence is first looked up in them: of most languages none is."""
        found: dict[str, list[str]] = {}
        for phrase in self.meanings:
            first = phrase.partition(" ")[0]
            found.setdefault(first if first.isalnum() else first_word(phrase), []).append(phrase)
        for phrases in found.values():
            phrases.sort(key=len, reverse=True)
        return found

    def at(self, text: str, start: int, plural_of: str = "") -> Iterator[tuple[int, Meaning]]:
        """The phrases that begin at a position of a folded text, the longest first, with their ends.

        Those of the kind ``plural_of`` may have an s behind them: "A100s", "RTX 4090s".
        """
        first = first_word(text, start)
        stem = self._by_first_word.get(first[:-1], ()) if plural_of and len(first) > 2 and first[-1] == "s" else ()
        for phrase in (*self._by_first_word.get(first, ()), *stem):
            end = start + len(phrase)
            if not text.startswith(phrase, start):
                continue
            meaning = self.meanings[phrase]
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


@dataclass(frozen=True)
class Language:
    """One language: its phrases, and the forms in which its words are written."""

    code: str
    phrases: Phrases
    written: Mapping[str, bool]
    """Every folded word of its phrases -> whether it is written so, without an accent."""
    accented: frozenset[str]
    """Its words that have an accent, as written."""
    exact: Mapping[str, Meaning]
    """Phrases with an accent, as written: "é" is not "e", where a reader without accents could mean either."""


@cache
def languages() -> Mapping[str, Language]:
    """Every language by its code: the first one first, the others in the order of the alphabet."""
    folders = sorted(
        (folder for folder in WORDS.iterdir() if folder.is_dir()),
        key=lambda folder: (folder.name != FIRST, folder.name),
    )
    found = {}
    for folder in folders:
        if not folder.name.startswith("_"):
            found[folder.name] = _language(folder.name, folder.joinpath("words.txt").read_text(encoding="utf-8"))
    return found


def _language(code: str, words: str) -> Language:
    plain: dict[str, Meaning] = {}
    exact: dict[str, Meaning] = {}
    for head, phrases in _entries(words):
        kind, _, value = (part.strip() for part in head.partition("="))
        meaning = Meaning(kind, value)
        for phrase in phrases:
            if phrase.isascii():
                plain[phrase] = meaning
            else:
                exact[phrase] = meaning
    written = dict.fromkeys(" ".join(plain).split(), True)
    accented: set[str] = set()
    folded: dict[str, Meaning] = {}
    keys = {word: key_of(word) for word in dict.fromkeys(" ".join(exact).split())}
    for word, key in keys.items():
        if word == key:
            written[word] = True
        else:
            accented.add(word)
            written.setdefault(key, False)
    for phrase, meaning in exact.items():
        folded[" ".join([keys[word] for word in phrase.split()])] = meaning
    return Language(code, Phrases(folded | plain), written, frozenset(accented), exact)


def _entries(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lines "head: phrase, phrase" of a file of words; a line that begins with a space goes on."""
    for line in text.replace("\n ", " ").splitlines():
        head, colon, rest = line.partition(":")
        if colon and not line.startswith("#"):
            yield head.strip(), list(_phrases(rest))


def _phrases(text: str) -> Iterator[str]:
    """The phrases of a line: ``train{,s,ing}`` is three of them."""
    for part in _BETWEEN_PHRASES.split(text) if "{" in text else text.split(","):
        if "{" not in part:
            if part := part.strip():
                yield part
            continue
        pieces = _BRACES.split(part.strip())
        choices = [piece.split(",") if odd % 2 else [piece] for odd, piece in enumerate(pieces)]
        for chosen in product(*choices):
            yield " ".join("".join(chosen).split())
