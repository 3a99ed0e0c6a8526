"""The words of a language as they are written, and as they are read: ``words.txt`` and ``words.json`` of its folder.

A text of many thousand phrases takes longer to read than a question to answer. So it is packed once, by
``python -m tests.sentences.words``: the words that tell the language in ``words.json``, and the phrases by their first
word in ``phrases.txt``, which only the language of the sentence needs. A text that was changed since is read as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from zlib import crc32

from optimizer.question.vocabulary.phrases import Meaning, by_first_word, key_of

_BETWEEN_PHRASES = re.compile(r",(?![^{]*\})")
_BRACES = re.compile(r"\{([^}]*)\}")


def packed_words(text: bytes) -> tuple[dict[str, Any], str]:
    """What ``words.json`` has of a text, and ``phrases.txt``.

    Returns:
        ``crc32`` of the text, and ``phrases_crc32``; ``meanings`` as pairs of kind and value; ``plain`` words,
        ``folded`` ones that are written with an accent, and those ``accented``; ``exact``, phrases that mean something
        else without their accent. Then the phrases, a line for each first word: the word, a tab, and each
        "phrase:place in meanings", separated by "|": one text, that is taken apart for the words of the sentence alone.
        A line end goes before the first, too.
    """
    meanings: dict[str, Meaning] = {}
    plain_phrases: set[str] = set()
    exact: dict[str, Meaning] = {}
    plain: set[str] = set()
    folded: set[str] = set()
    accented: set[str] = set()
    for head, phrases in entries(text.decode("utf-8")):
        kind, _, value = (part.strip() for part in head.partition("="))
        for phrase in phrases:
            key = key_of(phrase)
            if phrase.isascii():
                plain_phrases.add(phrase)
            else:
                exact[phrase] = Meaning(kind, value)
            if phrase.isascii() or key not in plain_phrases:
                meanings[phrase if phrase.isascii() else key] = Meaning(kind, value)
            for word in phrase.split():
                same = word.isascii() or word == key_of(word)
                (plain if same else accented).add(word)
                if not same:
                    folded.add(key_of(word))
    table = list(dict.fromkeys((*meanings.values(), *exact.values())))
    place = {meaning: at for at, meaning in enumerate(table)}
    lines = (
        f"{first}\t{'|'.join(f'{phrase}:{place[meaning]}' for phrase, meaning in found.items())}\n"
        for first, found in sorted(by_first_word(meanings).items())
    )
    packed = "".join(("\n", *lines))
    data = {
        "crc32": crc32(text),
        "phrases_crc32": crc32(packed.encode("utf-8")),
        "meanings": [list(meaning) for meaning in table],
        "plain": " ".join(sorted(plain)),
        "folded": " ".join(sorted(folded - plain)),
        "accented": " ".join(sorted(accented)),
        "exact": {
            phrase: place[meaning] for phrase, meaning in sorted(exact.items()) if meanings[key_of(phrase)] != meaning
        },
    }
    return data, packed


def entries(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lines "head: phrase, phrase" of a file of words; a line that begins with a space goes on."""
    for line in text.replace("\n ", " ").splitlines():
        head, colon, rest = line.partition(":")
        if colon and not line.startswith("#"):
            yield head.strip(), list(_phrases(rest))


def _phrases(text: str) -> Iterator[str]:
    """The phrases of a line: ``train{,s,ing}`` is three of them."""
    for part in _BETWEEN_PHRASES.split(text):
        if "{" not in part:
            if part := part.strip():
                yield part
            continue
        pieces = _BRACES.split(part.strip())
        choices = [piece.split(",") if odd % 2 else [piece] for odd, piece in enumerate(pieces)]
        for chosen in product(*choices):
            yield " ".join("".join(chosen).split())
