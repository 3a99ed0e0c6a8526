"""The words of every language, from the folders in ``words/``: phrase -> what it means.

A language is a folder: ``words.txt`` has its phrases by meaning, ``words.json`` and ``phrases.txt`` the same as it is
read (:mod:`optimizer.question.vocabulary.word_files`), ``examples.txt`` questions that work. Names of countries,
regions, models and accelerators come from the catalogue. The meanings are the same for all languages; the grammar
(:mod:`optimizer.question.vocabulary.grammar`) knows meanings only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

from optimizer.question.vocabulary.phrases import WORDS, Meaning, Phrases, lines_of
from optimizer.units.records import dataclass

FIRST = "en"
"""The language that is taken where the words leave it open."""


class _Packed(Phrases):
    """Phrases as ``phrases.txt`` has them: read when a sentence needs them, and each first word's when it is there."""

    def __init__(self, folder: Path, table: list[Meaning], crc: int) -> None:
        self._folder, self._table, self._crc = folder, table, crc
        self._seen: dict[str, dict[str, Meaning]] = {}
        self._searched = 0

    @cached_property
    def _packed(self) -> bytes:
        """The packed phrases, once a sentence needs them; packed again where the file is not that of ``words.json``."""
        file = self._folder / "phrases.txt"
        packed = file.read_bytes() if file.is_file() else b""
        if crc32(packed) == self._crc:
            return packed
        from optimizer.question.vocabulary.word_files import packed_words

        return packed_words((self._folder / "words.txt").read_bytes())[1].encode("utf-8")

    @cached_property
    def _first(self) -> Mapping[str, str]:
        """The packed phrases by their first word."""
        lines = (line.partition("\t") for line in self._packed.decode("utf-8").splitlines())
        return {first: entries for first, _, entries in lines}

    @property
    def meanings(self) -> Mapping[str, Meaning]:
        """Every phrase with its meaning."""
        return {phrase: meaning for first in self._first for phrase, meaning in self.beginning(first).items()}

    def single_words(self) -> Iterator[str]:
        """The phrases of one word."""
        return (first for first, entries in self._first.items() if f"|{first}:" in f"|{entries}")

    def beginning(self, first: str) -> Mapping[str, Meaning]:
        """The phrases whose first word this is, the longest first."""
        if (found := self._seen.get(first)) is None:
            entries = (entry.rpartition(":") for entry in self._entries(first).split("|") if entry)
            found = self._seen[first] = {phrase: self._table[int(place)] for phrase, _, place in entries}
        return found

    def _entries(self, first: str) -> str:
        """The packed phrases of one word, found in the text: to take all of it apart takes as long as some ten such."""
        if self._searched >= _FEW:
            return self._first.get(first, "")
        self._searched += 1
        packed, lead = self._packed, f"\n{first}\t".encode(errors="surrogatepass")
        start = packed.find(lead)
        return packed[start + len(lead) : packed.index(b"\n", start + 1)].decode("utf-8") if start >= 0 else ""


_FEW = 12
"""Words that are searched for in the text before it is taken apart."""
STEM_SIGN = "~"
"""Stands behind a stem in ``words.txt``: the endings are those of its line."""


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
    """Phrases with an accent that mean something else without it: "é" is not "e"."""

    def inflected(self, word: str) -> Meaning | None:
        """What a form of a word means that is known by its stem; None where none is.

        A line ``STEM = NEUTRAL | o a amos: us~`` of ``words.txt`` says that "uso", "usa" and "usamos" are neutral; "-"
        is no ending. A phrase of its own goes before: it is looked up first.
        """
        for length in range(len(word), 1, -1):
            stem = self.phrases.meaning(f"{word[:length]}{STEM_SIGN}")
            if stem is not None:
                meant, _, endings = stem.value.partition("|")
                if (word[length:] or "-") in endings.split():
                    kind, _, value = meant.strip().partition(" ")
                    return Meaning(kind, value)
        return None


@cache
def languages() -> Mapping[str, Language]:
    """Every language by its code: the first one first, the others in the order of the alphabet."""
    folders = sorted(
        (folder for folder in WORDS.iterdir() if folder.is_dir() and not folder.name.startswith("_")),
        key=lambda folder: (folder.name != FIRST, folder.name),
    )
    return {folder.name: _language(folder) for folder in folders}


def _language(folder: Path) -> Language:
    """The language of a folder: as it is packed, or from its text where that was changed since."""
    text, packed = (folder / "words.txt").read_bytes(), folder / "words.json"
    data: Any = json.loads(packed.read_bytes()) if packed.is_file() else {}
    if data.get("crc32") != crc32(text):
        from optimizer.question.vocabulary.word_files import packed_words

        data = packed_words(text)[0]
    table = [Meaning(kind, value) for kind, value in data["meanings"]]
    written = dict.fromkeys(data["plain"].split(), True) | dict.fromkeys(data["folded"].split(), False)
    return Language(
        code=folder.name,
        phrases=_Packed(folder, table, data["phrases_crc32"]),
        written=written,
        accented=frozenset(data["accented"].split()),
        exact={phrase: table[place] for phrase, place in data["exact"].items()},
    )


@cache
def places() -> Phrases:
    """Cities, states and provinces, each with the country that is meant; and institutions, each with its own."""
    lines = [(*head.partition(" of")[:2], names) for head, names in lines_of(WORDS / "places.txt")]
    return Phrases(
        {name: Meaning("SEAT" if of else "CITY", code) for code, of, names in lines for name in names.split(", ")}
    )
