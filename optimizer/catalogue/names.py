"""One reader of names: what a person writes for a country, an accelerator or a model -> the id in the data.

A name is compared as it stands, then without what people write differently (:func:`bare_name`), then, of an
accelerator, without its maker and in any order of its words. The names come from the data; a reading that two ids
share is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

MAX_NAME_CHARACTERS = 200
"""A longer text is no name of anything."""
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "&": " and "}
)
"""Letters that Unicode does not take apart into a plain one and an accent."""
_IN_NO_NAME = re.compile("[\\\\%$<>={}#^~`|\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that no name has and nobody writes in one; what commands a terminal among them."""
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[^0-9a-z.]+(?=[0-9])")
_POINT = re.compile(r"(?<![0-9])\.|\.(?![0-9])")
_REST = re.compile(r"[^\w. |]|_")
_SAINT = re.compile(r"\bst\b\.?")
STATE_LEAD = re.compile(
    r"(?:federal |federative |independent )?"
    r"(?:republic|kingdom|principality|sultanate|commonwealth|emirate|grand duchy) of (?:the )?|"
    r"(?:rep[uú]blica|reino|principado|sultanato|emirato|emirado|gran ducado|gr[aã]o? ducado) "
    r"(?:de(?:l| la| los| las)?|d[oae]s?) "
)
"""The kind of a state before the name of a country. A "state of" is none: that of Georgia is of the United States."""
_ARTICLE = re.compile(r"(?:the|la|el|los|las|o|a|os|as) (?=.)")
_MEMORY_KIND = re.compile(r"\b(hbm[0-9]?e?|gddr[0-9]?x?|per|chip|gpu|gpus|accelerator)\b")
_BRAND = re.compile(r"\b(tesla|instinct|geforce|quadro|hgx|dgx|cloud)\b")
_SOCKET = re.compile(r"\bsxm[0-9]\b")
_MODEL = re.compile(r"[a-z]+[0-9]+[a-z]*")
_PART = re.compile(r"[a-z]+[0-9.]*[a-z]*|[0-9.]+[a-z]*")


@lru_cache(maxsize=16_384)
def bare_name(name: str) -> str:
    """A name without what people write differently: case, accents, dots, spaces, hyphens, apostrophes, a leading "the".

    Between two digits a separator stays one ("a100-80" is no "a10080"), and so does a point ("llama 3.1").
    """
    if _IN_NO_NAME.search(name.strip()):
        return name
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    plain = plain.translate(_LETTERS).strip()
    first, comma, rest = plain.partition(", ")
    if comma and "," not in rest:  # "Korea, Republic of"
        plain = f"{rest} {first}"
    plain = _POINT.sub("", _SAINT.sub("saint", plain.removeprefix("the ")))
    plain = _BETWEEN_DIGITS.sub("|", plain)
    return re.sub(r"\s", "", _REST.sub("", plain))


def without_lead(name: str) -> str | None:
    """A name without the article or the kind of state before it: "la India", "República de Chile"; None without one."""
    plain = name.strip().lower()
    lead = _ARTICLE.match(plain) or STATE_LEAD.match(plain)
    return plain[lead.end() :] if lead else None


_FORMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {"ese": (), "ish": (), "ch": (), "s": (), "x": (), "z": (), "": ("s",)},
    "es": {
        **{"o": ("a", "os", "as"), "és": ("esa", "eses", "esas"), "án": ("ana", "anes", "anas")},
        **{"ón": ("ona", "ones", "onas"), "ín": ("ina", "ines", "inas"), "ol": ("ola", "oles", "olas")},
        **{
            "í": ("íes", "ís"),
            "ú": ("úes", "ús"),
            "z": ("ces",),
            "a": ("as",),
            "e": ("es",),
            "i": ("is",),
            "": ("es",),
        },
    },
    "pt": {
        **{"eu": ("eia", "eus", "eias"), "ão": ("ã", "ãos", "ães", "ões", "ãs"), "o": ("a", "os", "as")},
        **{"ês": ("esa", "eses", "esas"), "ol": ("ola", "óis", "olas"), "r": ("res",), "z": ("zes",), "": ("s",)},
    },
}
"""By language, the ending of a word for the people of a country -> those of its other forms; the longest counts."""


def forms_of_people(name: str, language: str) -> Iterator[str]:
    """A word for the people of a country, with its feminine and its plurals: alemán, alemana, alemanes, alemanas."""
    yield name
    known = _FORMS[language]
    for length in (3, 2, 1, 0):
        end = name[len(name) - length :]
        if end in known:
            yield from (name[: len(name) - length] + form for form in known[end])
            return


def names_of(row: Any) -> tuple[str, ...]:
    """Every name that a row answers to: its id, its name and aliases; of a country or region its foreign names too."""
    known = type(row).model_fields  # to ask for a field that a row has not takes long
    foreign = (getattr(row, name) for name in ("name_es", "name_pt", "name_fr") if name in known)
    aliases = row.aliases if "aliases" in known else ()
    words = peoples_of(row) if "demonyms_en" in known else ()
    return tuple(name for name in (*aliases, *words, *foreign, row.name, row.id) if name)


def peoples_of(country: Any) -> Iterator[str]:
    """The words for the people of a country."""
    for language in ("en", "es", "pt"):
        for name in getattr(country, f"demonyms_{language}"):
            yield from forms_of_people(name, language)


_WORDS = re.compile(r"[^\W\d_]+\.?")
_BETWEEN = frozenset(
    ["and", "y", "e", "et", "the", "of", "de", "del", "do", "da", "du", "la", "las", "los", "das", "dos"]
)
"""Words that an abbreviated name may leave out."""


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name without those between them, in small letters without accents; a dot stays at a word."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    first, _, rest = plain.partition(", ")  # "Somalia, Fed. Rep."
    return tuple(word for word in _WORDS.findall(f"{rest} {first}") if word not in _BETWEEN)


def _is_cut_off(words: Sequence[str], said: Sequence[str]) -> bool:
    """Whether a name was said with some words cut off before a dot. A dot behind a whole last word ends a sentence."""
    pairs = zip(words, said, strict=True)
    if not all(whole.startswith(one[:-1]) if one.endswith(".") else whole == one for whole, one in pairs):
        return False  # most end here at their first word
    cut = [one.endswith(".") and whole != one[:-1] for whole, one in zip(words, said, strict=True)]
    return any(cut) and (cut[-1] or not said[-1].endswith("."))


class Abbreviated:
    """Names with a word that is cut off before a dot, as maps have them: Solomon Is., Bosnia and Herz."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Take in whole names, each with its id."""
        self._known: dict[int, list[tuple[tuple[str, ...], str]]] = {}
        for name, key in names:
            words = tuple(word.rstrip(".") for word in words_of(name))
            self._known.setdefault(len(words), []).append((words, key))

    def find(self, name: str) -> str | None:
        """The one id whose name begins so in every word with a dot, and has the others whole; None of none, or several.

        None, too, where no word is cut off: a dot may end a sentence.
        """
        said = words_of(name[:MAX_NAME_CHARACTERS])
        whole_word = any(len(word) > len("EE.") for word in said)  # "E.U." is no name, but a code
        if len(said) < len(("a word", "another")) or not whole_word or not any(word.endswith(".") for word in said):
            return None
        found = {key for words, key in self._known.get(len(said), ()) if _is_cut_off(words, said)}
        return next(iter(found)) if len(found) == 1 else None


class Names:
    """The names of one kind of thing, as the data hold them."""

    def __init__(
        self, rows: Mapping[str, Iterable[str]], proper: Mapping[str, Iterable[str]], makers: Iterable[str] = ()
    ) -> None:
        """Take in the names.

        Args:
            rows: every name of a thing by its id, the id included.
            proper: those by which it goes first: the thing has such a name alone, whatever else is called so.
            makers: of accelerators, whose names may stand before a chip's; none of other things.
        """
        owners: dict[str, dict[str, None]] = {}
        for key, names in rows.items():
            for name in names:
                owners.setdefault(name.lower(), {})[key] = None
        firm = {name.lower(): key for key, names in proper.items() for name in names}
        self.stated: dict[str, str] = {name: next(iter(ids)) for name, ids in owners.items() if len(ids) == 1} | firm
        """As in the data, in lower case -> id."""
        self._owners = owners
        self._makers = frozenset(maker.casefold() for maker in makers)

    @cached_property
    def _bare(self) -> dict[str, str]:
        return _of_one((bare_name(name), key) for name, key in self.stated.items())

    @cached_property
    def _chips(self) -> dict[str, str]:
        return _of_one((self.bare_chip(name), key) for name, key in self.stated.items())

    def bare_chip(self, name: str) -> str:
        """An accelerator's name without maker, brand and kind of memory, its words in order of the alphabet."""
        if _IN_NO_NAME.search(name.strip()):
            return name
        plain = re.sub(r"[^a-z0-9.]+", " ", unicodedata.normalize("NFKD", name.casefold()))
        plain = _SOCKET.sub("sxm", _BRAND.sub(" ", _MEMORY_KIND.sub(" ", plain)))
        words = [word for word in _PART.findall(plain) if word not in self._makers]
        joined = [word.removesuffix("gb") if re.fullmatch("[0-9]+gb", word) else word for word in words]
        return " ".join(sorted(word for word in joined if word != "gb"))

    def find(self, name: str) -> str | None:
        """The id that a name represents; None where it represents none, or for several."""
        if len(name) > MAX_NAME_CHARACTERS:
            return None
        known = self.stated.get(name.strip().lower()) or self._bare.get(bare_name(name))
        if known is None and (rest := without_lead(name)) is not None:
            return self.find(rest)
        if known is None and self._makers:
            known = self._chips.get(self.bare_chip(name)) or self._part_of_one(name)
        return known

    @cached_property
    def _shared(self) -> dict[str, tuple[str, ...]]:
        """Plain form of a name -> the ids that share it, of names of more than one."""
        found: dict[str, dict[str, None]] = {}
        for name, ids in self._owners.items():
            found.setdefault(bare_name(name), {}).update(ids)
        return {form: tuple(ids) for form, ids in found.items() if len(ids) > 1}

    def sharing(self, name: str) -> tuple[str, ...]:
        """The ids that share a name, as Congo is CD and CG; none where :meth:`find` finds one, or knows none."""
        if len(name) > MAX_NAME_CHARACTERS or self.find(name) is not None:
            return ()
        several = self._shared.get(bare_name(name), ())
        return several if several or (rest := without_lead(name)) is None else self.sharing(rest)

    def _part_of_one(self, name: str) -> str | None:
        """The one accelerator whose name has all the words of this one, the model's among them: B200 180GB."""
        said = frozenset(self.bare_chip(name).split())
        if not any(_MODEL.fullmatch(word) for word in said):
            return None
        owners = {key for words, key in self._chips.items() if said < frozenset(words.split())}
        return next(iter(owners)) if len(owners) == 1 else None


def _of_one(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Form of a name -> id, of the forms that are of one id only."""
    owners: dict[str, set[str]] = {}
    for form, key in names:
        owners.setdefault(form, set()).add(key)
    return {form: next(iter(keys)) for form, keys in owners.items() if form and len(keys) == 1}
