"""The language of what is said to a person: messages by their English text, numbers and dates by its habit.

Every sentence is written once, in English, with its places by name: ``say("no plan in {country}", country=name)``.
A language is a catalogue of gettext, ``locale/es/LC_MESSAGES/optimizer.po``, compiled next to it. Data have no
language: JSON and CSV are made in English, with the numbers of the C locale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations, translation
from pathlib import Path
from string import Formatter
from typing import Any, TypeVar

KeyT = TypeVar("KeyT")

ENGLISH = "en"
LANGUAGES = ("en", "es", "pt")
"""Languages in which an answer can be given."""
NAMES = {"en": "English", "es": "Español", "pt": "Português"}
"""Language -> its own name."""
VARIABLE = "OPTIMIZER_LANG"
"""The variable of the environment that names the language of who does not ask for one."""
FOLDER = Path(__file__).parent.parent / "locale"
_LEAST_GROUPED = {"es": 10_000, "pt": 1_000}
"""From here on the thousands of a number are set apart: Spanish writes four digits without a mark."""
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_SWAPPED = str.maketrans(".,", ",.")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")

_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_fallback: ContextVar[str] = ContextVar("fallback", default=ENGLISH)


def language() -> str:
    """The language that is spoken now."""
    return _spoken.get() or _fallback.get()


@contextmanager
def speaking(code: str | None, fallback: str | None = None) -> Iterator[None]:
    """Speak a language inside the block.

    Args:
        code: of the language that was asked for; None leaves the one that was.
        fallback: the language where none was asked for; one that has no catalogue is passed over.
    """
    chosen = _spoken.set(code) if code else None
    other = _fallback.set(fallback) if fallback in LANGUAGES else None
    try:
        yield
    finally:
        if chosen:
            _spoken.reset(chosen)
        if other:
            _fallback.reset(other)


def say(message: str, /, **values: object) -> str:
    """A message in the language that is spoken, its places filled in.

    Args:
        message: in English, with places by name, each with the format of a number if it needs one.
        values: by the name of the place.
    """
    code = language()
    if code == ENGLISH:
        return message.format(**values) if values else message
    text = _messages(code).gettext(message) if message else ""
    return _FORMATTERS[code].vformat(text, (), values) if values else text


def say_many(one: str, several: str, count: int, /, **values: object) -> str:
    """A message whose form depends on a number, which is its place ``{count}``."""
    code = language()
    values["count"] = count
    if code == ENGLISH:
        return (one if count == 1 else several).format(**values)
    return _FORMATTERS[code].vformat(_messages(code).ngettext(one, several, count), (), values)


def mark(message: str) -> str:
    """A message that is said later: it goes into the catalogues, and comes back as it is."""
    return message


def mark_many(one: str, several: str) -> tuple[str, str]:
    """As :func:`mark`, of a message whose form depends on a number."""
    return one, several


class Messages(Mapping[KeyT, str]):
    """Messages by key, in the language that is spoken when they are looked up."""

    def __init__(self, messages: Mapping[KeyT, str]) -> None:
        self.messages = messages

    def __getitem__(self, key: KeyT) -> str:
        return say(self.messages[key])

    def __iter__(self) -> Iterator[KeyT]:
        return iter(self.messages)

    def __len__(self) -> int:
        return len(self.messages)


def messages_of(module: str, table: str) -> Messages[Any]:
    """A table of messages by key, from the text file that is next to a module and has its name.

    Args:
        module: the module's ``__file__``.
        table: its name, as the file has it in brackets.
    """
    return Messages(tables_of(Path(module).with_suffix(".txt"))[table])


@cache
def tables_of(file: Path) -> Mapping[str, Mapping[str, str]]:
    """The tables of a text file, by name: "key: message", or a key that is its own message."""
    found: dict[str, dict[str, str]] = {}
    for line in file.read_text(encoding="utf-8").replace("\n ", " ").splitlines():
        if line.startswith("["):
            table = found[line[1:-1]] = {}
        elif line and line[0] != "#":
            key, _, message = line.partition(": ")
            table[key] = message or key
    return found


def and_words(items: Iterable[str]) -> str:
    """All of several: "this and that"."""
    return _joined(say(" and "), items)


def or_words(items: Iterable[str]) -> str:
    """One of several: "this or that"."""
    return _joined(say(" or "), items)


def _joined(word: str, items: Iterable[str]) -> str:
    """Texts with a word between each two, in Spanish as it is before the same vowel: "Chile e India"."""
    code = language()
    if code == ENGLISH:
        return word.join(items)
    first, *others = [*items] or [""]
    return first + "".join(f" {_contracted(word.strip(), one, code)}" for one in others)


def local_number(text: str) -> str:
    """A number as English writes it, by the habit of the language that is spoken: 1,234.5 is 1.234,5."""
    code = language()
    return text if code == ENGLISH else _local(text, code)


def english_number(text: str) -> str:
    """A number in the language that is spoken, as English writes it: 1.234,5 is 1,234.5."""
    return text if language() == ENGLISH else text.translate(_SWAPPED)


def _local(text: str, code: str) -> str:
    return _NUMBER.sub(lambda found: _one_local(found[0], code), text)


def _one_local(text: str, code: str) -> str:
    whole, point, decimals = text.partition(".")
    size = int(whole.replace(",", ""))
    if "," in whole and size < _LEAST_GROUPED[code]:
        whole = whole.replace(",", "")
    if len(decimals) == 3 and 0 < size < 1000:  # 1,805 is 1805 in Mexico, and 1,8050 nowhere
        decimals = decimals.rstrip("0") if decimals.endswith("0") else f"{decimals}0"
        point = decimals
    return whole.replace(",", ".") + (f",{decimals}" if point else "")


_UNITS: Mapping[str, str] = messages_of(__file__, "units")
"""Units that are words; all others are signs, the same in every language."""


def unit_words(unit: str) -> str:
    """A unit in the language that is spoken."""
    return _UNITS.get(unit, unit)


_TYPES: Mapping[str, str] = messages_of(__file__, "types")


def type_words(kind: str) -> str:
    """The type of a column in the language that is spoken: string is "texto", boolean "sí o no"."""
    return _TYPES[kind]


_ARTICLES = {
    "es": {"a el": "al", "de el": "del"},
    "pt": {
        "a o": "ao",
        "a os": "aos",
        "a a": "à",
        "a as": "às",
        **{f"de {article}": f"d{article}" for article in ("o", "a", "os", "as")},
        **{f"em {article}": f"n{article}" for article in ("o", "a", "os", "as")},
        **{f"por {article}": f"pel{article}" for article in ("o", "a", "os", "as")},
    },
}
"""A preposition and the article behind it, which are one word."""
_BEFORE_VOWELS = {
    "y": ("e", re.compile(r"h?[ií](?![aeo])", re.IGNORECASE)),
    "o": ("u", re.compile(r"h?[oó]|8|11\b", re.IGNORECASE)),
}
"""In Spanish, "y" and "o" are other words before their own sound; 8 and 11 are ocho and once."""
_BEFORE_A_PLACE = {"es": re.compile(r"\b(a|de|y|o) \{(\w+)\}"), "pt": re.compile(r"\b(a|de|em|por) \{(\w+)\}")}


def _contracted(word: str, text: str, code: str) -> str:
    """A short word and the text behind it, as they are said together: "de" and "el plazo" are "del plazo"."""
    article, blank, rest = text.partition(" ")
    if blank and (one := _ARTICLES[code].get(f"{word} {article}")):
        return f"{one} {rest}"
    other, sound = _BEFORE_VOWELS.get(word, ("", None)) if code == "es" else ("", None)
    return f"{other if sound and sound.match(text) else word} {text}"


class _Local(Formatter):
    """Fills in the places of a message, numbers by the habit of its language, and joins words as it does."""

    def __init__(self, code: str) -> None:
        self.code = code

    def vformat(self, format_string: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        """The message with its places filled in."""

        def joined(found: re.Match[str]) -> str:
            text = self.format_field(kwargs[found[2]], "")
            return _contracted(found[1], text, self.code).replace("{", "{{").replace("}", "}}")

        return super().vformat(_BEFORE_A_PLACE[self.code].sub(joined, format_string), args, kwargs)

    def format_field(self, value: object, format_spec: str) -> str:
        """A value in its place: a number or a day by the habit of the language, everything else as it is."""
        reported = format(value, format_spec)
        if isinstance(value, int | float | Decimal):
            return _local(reported, self.code)
        if isinstance(value, str) and (day := _DAY.fullmatch(reported)):
            return f"{day[3]}/{day[2]}/{day[1]}"
        return reported


_FORMATTERS = {code: _Local(code) for code in LANGUAGES if code != ENGLISH}


@cache
def _messages(code: str) -> GNUTranslations | NullTranslations:
    """The catalogue of a language."""
    return translation("optimizer", FOLDER, [code])
