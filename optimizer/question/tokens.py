"""A sentence -> tokens: every word with its meaning in the language of the sentence, every character accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from optimizer.question.vocabulary.languages import Language, languages, places
from optimizer.question.vocabulary.names import Names
from optimizer.question.vocabulary.phrases import Meaning, Phrases, ends_word, first_word, fold
from optimizer.units.quantities import UNITS, symbol_of, unit_words
from optimizer.units.records import dataclass

_AMOUNT = re.compile(r"[0-9]\s*(?:[A-Za-z]*|[%\u20ac\xa3])\s*$")
_CURRENCY_SIGN = re.compile(r"\s*(?:[A-Za-z]{0,3}\$|[\u20ac\xa3\u20b9\xa5])?\s*")
_WORD = re.compile(r"(?<![0-9])[^\W\d_]+(?:'[^\W\d_]+)?")
_DIGITS = re.compile(r"(?:[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9A-Za-z-])")
_DAY = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{4}(?![0-9A-Za-z])")
_THIN_GROUPS = re.compile(r"[0-9]{1,3}(?:[\u00a0\u202f\u2009][0-9]{3})+(?![0-9])")
_MARKS = {
    **dict.fromkeys(".;:!()[]{}|\u2026\u2022\u2192\n", "STOP"),
    **dict.fromkeys("\"\u201c\u201d'\u2018\u2019\u00ab\u00bb\u00bf\u00a1_*", "NEUTRAL"),
    **{",": "COMMA", "?": "QMARK", "&": "AND", "+": "AND", "/": "SLASH", "=": "IS", "%": "PERCENT", "~": "APPROX"},
    **{"<": "LIMIT", "\u2264": "LIMIT", ">": "MIN", "\u2265": "MIN"},
}
_BEFORE_A_UNIT = frozenset({"NUMBER", "NUM", "HALF", "HUNDRED", "SCALE", "MORE"})
_DASHES = "-\u2013\u2014\u2212"
CHIP = frozenset({"ACCEL", "ACCEL_OF"})
"""Kinds of what names accelerators."""
_BEFORE_CODE = frozenset(
    {"in", "for", "to", "en", "em", "para", "no", "na", "au", "pour", "a", "of", "from", "the", "de", "do", "da", "del"}
)
_CODE_BEFORE = re.compile(r"\b([A-Z]{2})(?:, ?| (?:and|or|e|y|o|u|ou|et|vs\.?) )$")
_CODE_BEHIND = re.compile(r"(?:, ?| (?:and|or|e|y|o|u|ou|et|vs\.?) )([A-Z]{2})\b")
"""A code in a list with another one: "IT, PE e CO"."""
_NAMES = frozenset({"COUNTRY", "REGION", "RULES", "WORKLOAD", "ACCEL", "ACCEL_OF"})
_CODE = re.compile(r"[A-Z]{2,3}(?![\w$])")
_DOTTED = re.compile(r"(?:[A-Z]{1,2}\. ?){1,3}[A-Z]{1,2}\b\.?")
"""A code with dots: "K.S.A.", "EE. UU."."""
_WORD_WITH_DOT = re.compile(r"([^\W\d_]+)\.?")
_WORDS_WITH_DOTS = re.compile(r"[^\W\d_]+\.?(?:[ &-]*[^\W\d_]+\.?){1,5}")
_REUNION = re.compile(
    r"(?:La R[ée]uni[oó]n|(?:(?<=\b[Ee]n )|(?<=\b[Ee]m )|(?<=\b[Nn]a )|(?<=\b[Ii]n )|(?<=\b[àÀ] la )|(?<=\bde la ))"
    r"R[ée]uni(?:[oó]n|ão)|R[ée]uni[oó]n(?=\s*[,:;?.])|"
    r"(?:(?<=\b[a-z]{3} )|(?<=\b[Pp]ara ))R[ÉEée][Uu][Nn][Ii](?:[OoÓó][Nn]|[ÃãAa][Oo]))(?!\s+[a-zà-ÿ]+ de\b)\b"
)
"""The island, whose name in small letters is a meeting."""
_NO_CODE = frozenset({"AI", "IT", "PC", "ID", "TV", "MW", "KW"})
_TWO_MEANINGS = frozenset({"SA"})
"""Codes that are often meant for another country: SA is Saudi Arabia, and not South Africa."""
_SIGNS_OF_A_COUNTRY = {
    "R": (
        "ZAR",
        re.compile(
            r"\b(?:ZA|rands?|south afric|sud[a\xe1]fric|[a\xe1]frica do sul|afrique du sud|eskom|cape|"
            r"johannesburg|jhb|joburg|durban|pretoria|gauteng)",
            re.IGNORECASE,
        ),
    ),
    "N": ("NGN", re.compile(r"\b(?:NG|naira|nigeria|lagos|abuja)", re.IGNORECASE)),
}
"""Letter before a number -> the currency that it is where one of these is said: "R2.10/kWh" in South Africa."""
_LETTER_MONEY = re.compile(r"[RN](?= ?[0-9])")
_SHARED = Phrases({phrase: Meaning(*meaning) for phrase, meaning in unit_words().items()})
"""Units that every language writes alike."""


@dataclass(frozen=True)
class Token:
    """A word or a sign: its kind in the grammar, its value, and where it is in the sentence."""

    kind: str
    value: str
    text: str
    start: int
    end: int
    number: Fraction | None = None
    """Of a number, with its scale."""
    scale: str = ""
    """Of a number: the scale that was written, such as B."""
    corrected: str = ""
    """The known word that a misspelt one was read as."""


def language_of(sentence: str, otherwise: str = "", names: Names | None = None) -> Language:
    """The language of a sentence: the one that knows most of its words; of several, the first.

    Args:
        sentence: what is said.
        otherwise: the language where none knows any of its words; the first by default.
        names: of the catalogue: where two languages know as many words, a country as one of them writes it decides.
    """
    known = languages()
    scores = dict.fromkeys(known, 0.0)
    words = _WORD.findall(sentence.lower())
    folded = ["".join(map(fold, word)) for word in words]
    for code, language in known.items():
        for word, key in zip(words, folded, strict=True):
            if word in language.accented or (word == key and language.written.get(key)):
                scores[code] += 1
            elif key in language.written:
                scores[code] += 0.6
        scores[code] += sum(
            language.phrases.meaning(f"{one} {other}") is not None
            for one, other in pairwise(folded)
            if one in language.written and other in language.written
        )
    if not sentence.isascii():
        said = f" {' '.join(words)} "
        for code, written in (names.accented if names is not None else {}).items():
            scores[code] += any(f" {name} " in said for name in written)
        scores["es"] += _OPENS_IN_SPANISH.search(sentence) is not None
    if otherwise in known and scores[otherwise] == max(scores.values()):
        return known[otherwise]
    best = [code for code in scores if scores[code] == max(scores.values())]
    if names is not None and len(best) > 1:
        best.sort(key=lambda code: -_named(" ".join(folded), names.native.get(code, {}), known[code]))
    return known[best[0]]


_OPENS_IN_SPANISH = re.compile("[¿¡]")


def _named(text: str, countries: Mapping[str, bool], language: Language) -> int:
    """How much the names of countries say for a language: as it alone writes them, and led as it leads there."""
    found = 0
    for name, is_own in countries.items():
        before, said, behind = f" {text} ".partition(f" {name} ")
        if said or behind:
            lead = before.rpartition(" ")[2]
            led = language.phrases.meaning(lead) if len(lead) > 1 else None  # "o" is also "or"
            found += is_own + (led is not None and led.kind == "NEUTRAL")
    return found


class Reader:
    """Reads one sentence from left to right."""

    def __init__(self, sentence: str, language: Language, names: Names) -> None:
        self.sentence = sentence
        self.language = language
        self.names = names
        self.text = "".join(map(fold, sentence))
        """For comparison; of the same length."""
        self._has_lower_case = any(c.islower() for c in sentence)
        self._squeezed, self._origin, self._index = _squeeze(self.text)

    def tokens(self) -> Iterator[Token]:
        """Every token of the sentence; what is not known is an UNKNOWN one."""
        position = 0
        while position < len(self.sentence):
            if self.text[position] == " " and self.sentence[position] not in (*_DASHES, "\n"):
                position += 1
                continue
            token = self._token(position)
            position = token.end
            if token.kind == "MILLIONS":  # "50 mdp", millones de pesos
                yield replace(token, kind="SCALE", value="million")
                token = replace(token, kind="MONEY")
            yield token
            if token.kind in _BEFORE_A_UNIT:
                for unit in self._units(position):
                    yield unit
                    position = unit.end

    def _token(self, start: int) -> Token:
        character = self.sentence[start]
        if character in _DASHES or (character == "\n"):
            return self._dash(start)
        if character in _SIGNS_OF_A_COUNTRY and (sign := self._letter_money(start)) is not None:
            return sign
        if (code := self._code(start)) is not None:
            return code
        if (phrase := self._phrase(start)) is not None:
            return phrase
        begins_number = character.isdigit() or (character in ".," and self.sentence[start + 1 : start + 2].isdigit())
        if begins_number and (number := self._number(start)) is not None:
            return number
        if character == "+" and self.sentence[start + 1 : start + 2].isdigit():
            return self._make("SIGN", "", start, start + 1)
        if character in _MARKS:
            return self._make(_MARKS[character], character, start, start + 1)
        end = start + 1
        while end < len(self.sentence) and (self.sentence[end].isalnum() or self.sentence[end] in "_'"):
            end += 1
        form = self._form(start) or self.names.small_code(self.sentence, start)
        if character.isalpha() and form is not None:
            return self._make(*form, start, start + len(first_word(self.text, start)))
        return self._make("UNKNOWN", "", start, end if character.isalnum() else start + 1)

    def _form(self, start: int) -> Meaning | None:
        """What the word here means as a form of a stem of the language."""
        return self.language.inflected(first_word(self.text, start))

    def _make(self, kind: str, value: str, start: int, end: int) -> Token:
        return Token(kind, value, self.sentence[start:end], start, end)

    def _dash(self, start: int) -> Token:
        """A hyphen between words is a space; before a number a sign, or a range after another one."""
        rest = _CURRENCY_SIGN.sub("", self.sentence[start + 1 :], count=1)
        after_number = _AMOUNT.search(self.sentence[:start]) is not None
        if rest[:1].isdigit() and self.sentence[start] != "\n":
            attached = self.sentence[start + 1 : start + 2] != " "
            tight = start > 0 and self.sentence[start - 1].isalnum()
            if after_number and (tight or not attached):
                return self._make("RANGE", "", start, start + 1)
            if tight:
                return self._make("NEUTRAL", "", start, start + 1)
            return self._make("SIGN" if attached else "STOP", "", start, start + 1)
        tight = start > 0 and not self.sentence[start - 1].isspace() and self.sentence[start] != "\n"
        return self._make("NEUTRAL" if tight else "STOP", "", start, start + 1)

    def _code(self, start: int) -> Token | None:
        """A country or a region by its code: in capitals, and where it is also a word, only after "in" or "for"."""
        if named := _REUNION.match(self.sentence, start):
            return self._make("COUNTRY", "RE", start, named.end())
        if (cut := self._cut_off(start)) is not None:
            return cut
        if (dotted := _DOTTED.match(self.sentence, start)) and (meaning := self._of_letters(dotted[0])) is not None:
            longer = self._phrase(start)
            known = longer is not None and longer.end >= dotted.end()
            return None if known else self._make(meaning.kind, meaning.value, start, dotted.end())
        if dotted and self._stands_for_a_place(dotted[0], start):
            return self._make("UNKNOWN", "", start, dotted.end())
        found = _CODE.match(self.sentence, start)
        meaning = self.names.codes.get(found[0]) if found is not None and self._has_lower_case else None
        if found is None or meaning is None or found[0] == "VAT" or self.text[:start].rstrip()[-1:].isdigit():
            return None
        word, before = found[0].lower(), self.text[:start].split()[-1:]
        firm = found[0] == "US" or (found[0] == "EU" and self.language.code != "pt")
        absent = len(word) == 2 and found[0] in self.names.absent
        doubtful = absent or found[0] in _NO_CODE or (word in self.language.written and not firm)
        beside = (_CODE_BEFORE.search(self.sentence[:start]), _CODE_BEHIND.match(self.sentence, found.end()))
        listed = any(one is not None and one[1] in self.names.codes and one[1] not in _NO_CODE for one in beside)
        if doubtful and not listed and (found[0] == "MW" or not (before and before[0] in _BEFORE_CODE)):
            return None
        longer = self._phrase(start)
        if longer is not None and longer.end > found.end() and (longer.kind in _NAMES or not doubtful):
            return None  # "US export rules"; but "in IN under 1 MW"
        kind = "TWO_COUNTRIES" if found[0] in _TWO_MEANINGS else meaning.kind
        return self._make(kind, meaning.value, start, found.end())

    def _cut_off(self, start: int) -> Token | None:
        """A country whose name has words cut off before a dot: "Solomon Is.", "Bosnia & Herz."."""
        run = _WORDS_WITH_DOTS.match(self.sentence, start)
        if run is None or "." not in run[0]:
            return None
        words = reversed(list(_WORD_WITH_DOT.finditer(run[0])))
        for end in (end for word in words for end in (word.end(1), word.end())):  # a last dot may end the sentence
            code = self.names.abbreviated(run[0][:end])
            if self.names.phrases.meaning(self.text[start : start + end]) is not None:
                return None  # "St. Lucia" is whole
            if code is not None:
                token = self._make("COUNTRY", code, start, start + end)
                return replace(token, corrected=self.names.name_of(code))
        return None

    def _stands_for_a_place(self, dotted: str, start: int) -> bool:
        """ "for N.K.": letters that mean nothing where a place is expected; "for A.I." has a meaning."""
        known = (self.language.phrases, self.names.phrases, _SHARED)
        letters, before = re.sub("[^A-Z]", "", dotted).lower(), self.text[:start].split()[-1:]
        return not _BEFORE_CODE.isdisjoint(before) and not any(words.meaning(letters) for words in known)

    def _of_letters(self, dotted: str) -> Meaning | None:
        """The country that a code with dots represents, by its code or a name of these letters."""
        letters = re.sub("[^A-Z]", "", dotted)
        named = self.names.phrases.meaning(letters.lower())
        meaning = self.names.codes.get(letters) if len(letters) < len("DPRK") else None
        return meaning if named is None or named.kind != "COUNTRY" else named

    def _ends_in_a_code(self, start: int, end: int) -> bool:
        """ "for US": the last of several words is the code of a country, in capitals that the others have not."""
        *before, last = self.sentence[start:end].split() or [""]
        return bool(before) and last in self.names.codes and last not in _NO_CODE and not "".join(before).isupper()

    def _letter_money(self, start: int) -> Token | None:
        """The letter of a currency before an amount: "R50 million", "N300 per kWh"; not "R1", a model."""
        if _LETTER_MONEY.match(self.sentence, start) is None or (start and self.sentence[start - 1].isalnum()):
            return None
        currency, said = _SIGNS_OF_A_COUNTRY[self.sentence[start]]
        return self._make("MONEY", currency, start, start + 1) if said.search(self.sentence) else None

    def _phrase(self, start: int) -> Token | None:
        """The longest phrase that begins here: in the language, a name, a unit; else in another language."""
        place = self._index[start]
        best: tuple[int, Meaning] | None = None
        for source in (self.language.phrases, self.names, _SHARED, places()):
            for end, meaning in source.at(self._squeezed, place):
                if meaning.kind == "NEUTRAL" and self._ends_in_a_code(start, self._origin[end - 1] + 1):
                    continue
                if best is None or end > best[0]:
                    best = end, meaning
                break
        if best is None and self.text[start].isalpha() and self._form(start) is not None:
            return None
        if best is None and not self.text[start].isdigit():
            for other in languages().values():
                for end, meaning in other.phrases.at(self._squeezed, place):
                    if best is None or end > best[0]:
                        best = end, meaning
                    break
        if best is None:
            return None
        end, meaning = best
        if meaning.kind == "CITY" and " " in meaning.value:
            return self._as(Meaning("SEVERAL", meaning.value), start, end)
        if meaning.kind == "CITY":
            named = self._as(Meaning("COUNTRY", meaning.value), start, end)
            return replace(named, corrected=self.names.name_of(meaning.value))
        said = self._squeezed[place:end]
        place_of = places().meaning(said) if meaning.kind == "COUNTRY" else None
        word_before = self._squeezed[:place].rpartition(" ")[0].rpartition(" ")[2]
        led = self.names.phrases.meaning(f"{word_before} {said}") == meaning  # "para El Salvador"
        own = said in self.names.native.get(self.language.code, ())  # in Portuguese Guyana is "Guiana"
        if place_of is not None and " " in place_of.value and not (led or own):
            return self._as(Meaning("SEVERAL", place_of.value), start, end)
        if place_of == Meaning("CITY", meaning.value) or (own and place_of is not None):
            return replace(self._as(meaning, start, end), corrected=self.names.name_of(meaning.value))
        if self._squeezed.startswith("'s", end) and ends_word(self._squeezed, end + 2):
            end += 2
        return self._as(meaning, start, end)

    def _as(self, meaning: Meaning, start: int, end: int) -> Token:
        last = self._origin[end - 1] + 1
        kind, value = self.language.exact.get(self.sentence[start:last].lower(), meaning)
        if kind == "DOLLAR":
            kind, value = "MONEY", "USD"
        return self._make(kind, value, start, last)

    def _is_chip(self, start: int) -> bool:
        """Whether the name of an accelerator begins here: "8xH100"."""
        return any(meaning.kind == "ACCEL" for _, meaning in self.names.at(self._squeezed, self._index[start]))

    def _number(self, start: int) -> Token | None:
        if day := _ISO_DAY.match(self.sentence, start) or _DAY.match(self.sentence, start):
            return self._make("DATE", day[0], start, day.end())
        if groups := _THIN_GROUPS.match(self.sentence, start):
            return self._make("NUMBER", re.sub(r"\s", "", groups[0]), start, groups.end())
        digits = _DIGITS.match(self.sentence, start)
        return self._make("NUMBER", digits[0], start, digits.end()) if digits else None

    def _units(self, end: int) -> Iterator[Token]:
        """The unit after a number ("5 million USD", "120-day", "8x H100"), where it is a symbol."""
        start = end
        while self.sentence[start : start + 1].isspace():
            start += 1
        if self.sentence[start : start + 1] == "-" and self.sentence[start + 1 : start + 2].isalpha():
            start += 1
        times = self.sentence[start : start + 1] in ("x", "X", "\u00d7")
        if times and (not self.sentence[start + 1 : start + 2].isalpha() or self._is_chip(start + 1)):
            yield self._make("NEUTRAL", "", start, start + 1)
            return
        word = _leading_letters(self.sentence, start)
        if not word:
            return
        phrase = self._phrase(start)
        if phrase is not None and phrase.end > start + len(word):
            return
        if phrase is not None and phrase.kind in ("SCALE", "MONEY", "NEUTRAL") and symbol_of(word) is None:
            return
        symbol = symbol_of(word)
        if symbol is None:
            return
        kind = "MONEY" if UNITS[symbol].terminal == "DOLLAR" else UNITS[symbol].terminal
        unit = self._make(kind, "USD" if kind == "MONEY" else symbol, start, start + len(word))
        yield unit
        if kind == "SCALE":
            yield from self._units(unit.end)


def _leading_letters(sentence: str, start: int) -> str:
    """The run of letters from a position; empty where it goes on with a digit."""
    end = start
    while end < len(sentence) and sentence[end].isalpha():
        end += 1
    return "" if sentence[end : end + 1].isdigit() else sentence[start:end]


def _squeeze(text: str) -> tuple[str, list[int], list[int]]:
    """A folded text with runs of spaces as one, the place of each of its characters, and the way back."""
    squeezed: list[str] = []
    origin: list[int] = []
    index: list[int] = []
    for position, character in enumerate(text):
        if character == " " and squeezed and squeezed[-1] == " ":
            index.append(len(squeezed) - 1)
            continue
        index.append(len(squeezed))
        squeezed.append(character)
        origin.append(position)
    return "".join(squeezed), origin, [*index, len(squeezed)]


def corrected(token: Token, known: str, kind: str, value: str) -> Token:
    """A misspelt word, read as a known one."""
    return replace(token, kind=kind, value=value, corrected=known)
