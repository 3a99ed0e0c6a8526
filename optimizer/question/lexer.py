"""A sentence -> the terminals of grammar.lark, by longest match, with every character accounted for.

Signs are tokens, never filler: "-1 MW" must not become 1 MW. A word that is not known is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from optimizer.question.errors import QuestionError
from optimizer.question.lexicon import Folded, Lexicon, Meaning, folded
from optimizer.question.quantities import NUMBER, UNITS, WRONG_UNITS, parse_number, symbol_of, unit_remedy
from optimizer.question.words import HINTS, NOUNS, ONE_COUNTRY, WORDS

MAX_CHARACTERS = 500
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9A-Za-z-])")
_ORDINALS = ("st", "nd", "rd", "th")
_PUNCTUATION = frozenset(".;:?!()[]\"'\u2018\u2019\u201c\u201d\u2026")
_SIGNS = frozenset("+-\u2212\u2013\u2014")
_SHOWN_WORD = 60
_NOT_SUGGESTED = frozenset({"FILLER", "OTHER_MONEY", "NEGATION", "REFUSED", "LOWER", "HAVE", "OR", "BUT"})


@dataclass(frozen=True)
class Lexeme:
    """A token: its terminal, what it stands for, and where it stands in the sentence."""

    terminal: str
    value: str
    start: int
    end: int


class Lexer:
    """Reads one sentence from left to right."""

    def __init__(self, sentence: str, lexicon: Lexicon) -> None:
        self.sentence = sentence
        self.lexicon = lexicon
        self.folded: Folded = folded(sentence)
        self.has_lower_case = any(c.islower() for c in sentence)
        self.found: list[Lexeme] = []

    def lexemes(self) -> list[Lexeme]:
        """Every lexeme of the sentence, filler included.

        Raises:
            QuestionError: an unknown word, unit or sign, a sign before a number, digits of another script.
        """
        position = 0
        while position < len(self.sentence):
            character = self.sentence[position]
            if character.isspace() or character == "_":
                position += 1
            elif character.isdigit() or character.isnumeric():
                position = self._number(position)
            elif (end := self._phrase(position)) is not None:
                position = end
            else:
                position = self._sign(position)
        return self.found

    def error(self, message: str, start: int, end: int, remedy: str = "") -> QuestionError:
        """The error that points at a part of the sentence."""
        return QuestionError(message, self.sentence, start, end, remedy)

    def _add(self, terminal: str, value: str, start: int, end: int) -> int:
        self.found.append(Lexeme(terminal, value, start, end))
        return end

    def _number(self, start: int) -> int:
        """A number, a date, or a name that begins with a digit; then the unit, if one follows."""
        if (end := self._phrase(start)) is not None:
            return end
        if date := _ISO_DATE.match(self.sentence, start):
            return self._add("DATE", date[0], start, date.end())
        match = NUMBER.match(self.sentence, start)
        if not match:
            raise self.error("only the digits 0 to 9 are understood", start, start + 1)
        before = self.found[-1] if self.found else None
        if before and before.terminal == "NUMBER" and re.fullmatch("[0-9]{3}", match[0]):
            remedy = f"write {before.value}{match[0]} if one number is meant"
            raise self.error("a space within a number is not understood", before.start, match.end(), remedy)
        try:
            parse_number(match[0], point=True)  # what the point means is decided beside the unit
        except ValueError as error:
            raise self.error(str(error), start, match.end()) from error
        end = self._add("NUMBER", match[0], start, match.end())
        if self.sentence[end : end + 1] == "_":
            raise self.error("an underscore within a number is not understood", end, end + 1)
        return self._unit(self._times(self._ordinal(end)))

    def _ordinal(self, end: int) -> int:
        """Skip the ending of "31st March": only beside a month."""
        word = self._word(end)
        if word.lower() not in _ORDINALS:
            return end
        after = self.folded.index[end + len(word)]
        rest = self.folded.text[after:].lstrip().removeprefix("of ")
        before = self.found[-2].terminal == "MONTH" if len(self.found) > 1 else False
        month = WORDS.get(rest.split(" ")[0].strip(",.?!"), ("", ""))[0] == "MONTH" or rest.startswith("may ")
        return end + len(word) if before or month else end

    def _times(self, end: int) -> int:
        """Skip the sign of "8x H100", "8 x H100" and "8xH100"."""
        sign = end
        while self.sentence[sign : sign + 1] == " ":
            sign += 1
        if self.sentence[sign : sign + 1] in ("x", "X", "×"):
            after = sign + 1
            while self.sentence[after : after + 1] == " ":
                after += 1
            if after < len(self.sentence) and self.lexicon.starts_with(
                self.folded, self.folded.index[after], "ACCELERATOR"
            ):
                return after
        return end

    def _unit(self, end: int) -> int:
        """The unit after a number or a scale ("5 million USD", "120-day"); a word that is none is an error."""
        start = end
        while self.sentence[start : start + 1].isspace():
            start += 1
        if self.sentence[start : start + 1] == "-" and self.sentence[start + 1 : start + 2].isalpha():
            start += 1
        word = self._word(start) or self.sentence[start : start + 1]
        if (longer := self._unit_of_several_words(start, len(word))) is not None:
            return longer
        if (symbol := symbol_of(word)) is not None:
            after = self._add(UNITS[symbol].terminal, symbol, start, start + len(word))
            return self._unit(after) if UNITS[symbol].terminal == "SCALE" else after
        whole = self._whole_word(start)
        if whole and self.found[-1].terminal == "NUMBER" and self._is_no_unit(whole, start):
            raise self.error(f'unknown unit "{whole}"', start, start + len(whole), unit_remedy(whole))
        return end

    def _unit_of_several_words(self, start: int, length: int) -> int | None:
        """The end of a unit that goes on beyond its first word, or that holds digits: gigawatt hours, tCO2e."""
        for end, meanings in self.lexicon.phrases_at(self.folded, self.folded.index[start]):
            last = self.folded.origin[end - 1] + 1
            unit = UNITS.get(meanings[0].value)
            if (
                unit is not None
                and unit.terminal == meanings[0].terminal
                and last > start + length
                and self.sentence[last : last + 1] != "/"
            ):
                return self._add(unit.terminal, meanings[0].value, start, last)
        return None

    def _is_no_unit(self, word: str, start: int) -> bool:
        """Whether the word after a number can only be meant as a unit, and is none that is known."""
        if not word[0].isalpha() and word != "%":
            return False
        known = any(True for _ in self.lexicon.phrases_at(self.folded, self.folded.index[start]))
        return word in WRONG_UNITS or not known

    def _phrase(self, start: int) -> int | None:
        """The longest phrase that begins here and may stand here; the end, or None."""
        for end, meanings in self.lexicon.phrases_at(self.folded, self.folded.index[start]):
            last = self.folded.origin[end - 1] + 1
            fitting = [meaning for meaning in meanings if self._fits(meaning, start, last, end)]
            if not fitting:
                continue
            if len(fitting) > 1:
                raise self._ambiguous(fitting, start, last)
            meaning = fitting[0]
            if meaning.terminal == "LOWER":
                message = "a lower bound is not understood: every limit is an upper limit"
                raise self.error(message, start, last, "say under 1 MW, at most 512 H100, within 120 days")
            if meaning.terminal == "OTHER_MONEY":
                raise self.error("only USD is understood as a currency", start, last, "give the amount in USD")
            if meaning.terminal in ("NEGATION", "REFUSED"):
                said = self.sentence[start:last]
                remedy = ONE_COUNTRY if meaning.terminal == "REFUSED" else "say without H100, or at most 1 MW"
                raise self.error(f'"{said}" is not understood here', start, last, remedy)
            after = self._add(meaning.terminal, meaning.value, start, last)
            return self._unit(after) if meaning.terminal == "NUMBER" else after
        return None

    def _fits(self, meaning: Meaning, start: int, last: int, folded_end: int) -> bool:
        """Whether a meaning counts here: codes in capitals, short names beside their noun."""
        if meaning.is_code:
            return self._is_code(self.sentence[start:last])
        if not meaning.needs_noun:
            # A word of the grammar gives way to a code in capitals where that one stands after "in" or "for".
            return not (last - start in (2, 3) and self._code_wins(start, last))
        noun = NOUNS[meaning.terminal]
        if self.found and self.found[-1].terminal == noun:
            return True
        after = folded_end + 1 if self.folded.text[folded_end : folded_end + 1] == " " else folded_end
        return after < len(self.folded.text) and self.lexicon.starts_with(self.folded, after, noun)

    def _is_code(self, written: str) -> bool:
        """Whether letters are a country's code: in capitals, and no word of the grammar unless after "in"."""
        if not written.isupper():
            return False
        if written.lower() not in WORDS:
            return True
        after_preposition = bool(self.found) and self.found[-1].terminal == "PREPOSITION"
        return self.has_lower_case and after_preposition

    def _code_wins(self, start: int, last: int) -> bool:
        written = self.sentence[start:last]
        meanings = self.lexicon.meanings.get(written.lower(), ())
        return any(meaning.is_code for meaning in meanings) and self._is_code(written)

    def _ambiguous(self, fitting: list[Meaning], start: int, end: int) -> QuestionError:
        readings = " or ".join(f"{meaning.value} ({meaning.terminal.lower()})" for meaning in fitting)
        return self.error(f"could be {readings}", start, end, "write the id of the one that is meant")

    def _sign(self, start: int) -> int:
        """A sign: a comma or another mark, a minus, or the start of an unknown word."""
        character = self.sentence[start]
        rest = self.sentence[start + 1 :].lstrip()
        if character in _SIGNS:
            if rest[:1].isdigit() or rest[:1] in (".", "$"):
                message = "a sign or a range before a number is not understood"
                raise self.error(message, start, start + 1, "a limit is a number above 0, such as 1 MW")
            if character != "+":
                return start + 1
        if character == "." and rest[:1].isdigit() and NUMBER.match(self.sentence, start) and self._begins_word(start):
            return self._number(start)
        if character == ",":
            return self._add("COMMA", ",", start, start + 1)
        if character in _PUNCTUATION:
            return start + 1
        raise self._unknown(start)

    def _begins_word(self, start: int) -> bool:
        return start == 0 or self.sentence[start - 1].isspace() or self.sentence[start - 1] in "($"

    def _word(self, start: int) -> str:
        """The run of letters from here."""
        end = start
        while end < len(self.sentence) and self.sentence[end].isalpha():
            end += 1
        following = self.sentence[end : end + 1]
        return self.sentence[start:end] if not (following.isalnum() or following == "/") else ""

    def _whole_word(self, start: int) -> str:
        """Everything up to the next space or mark."""
        end = start
        while end < len(self.sentence) and not self.sentence[end].isspace() and self.sentence[end] not in ",;:?!()":
            end += 1
        return self.sentence[start:end].rstrip(".\"'")

    def _unknown(self, start: int) -> QuestionError:
        """An unknown word, with the nearest known one."""
        word = self._whole_word(start) if self.sentence[start].isalpha() else self.sentence[start]
        shown = word if len(word) <= _SHOWN_WORD else word[:_SHOWN_WORD] + "..."
        low = word.lower()
        if low in HINTS:
            remedy = HINTS[low]
        else:
            words = (phrase for phrase, (terminal, _) in WORDS.items() if terminal not in _NOT_SUGGESTED)
            near = get_close_matches(low[:_SHOWN_WORD], [*self.lexicon.names, *words], 2, 0.7)
            remedy = (
                "leave it out, or use the flags of `optimizer plan`; what names there are: "
                "`optimizer data list countries` (accelerators, workloads)"
            )
            if near:
                remedy = f"did you mean {' or '.join(near)}?"
        kind = "word" if word[0].isalpha() else "sign"
        return self.error(f'unknown {kind} "{shown}"', start, start + len(word), remedy)
