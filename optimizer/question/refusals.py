"""The words for what cannot be read: what is wrong, and what can be asked instead. No advice changes a meaning."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

from optimizer.catalogue.unknown_names import territory_remedy
from optimizer.question.errors import QuestionError, RefusalError
from optimizer.question.senses.context import one_edit, swapped
from optimizer.question.tokens import Token
from optimizer.question.vocabulary.languages import FIRST, Language
from optimizer.question.vocabulary.names import Names
from optimizer.question.vocabulary.phrases import WORDS, Meaning, key_of, lines_of
from optimizer.question.vocabulary.word_lists import set_of
from optimizer.units.language import or_words, say, speaking
from optimizer.units.quantities import unit_remedy

_SHORTEST = 4
_SHOWN_WORD = 60
_MOST_WORDS = 8
_NOT_SUGGESTED = set_of(
    "NEUTRAL NEG NOR ONLY LIMIT MIN APPROX IF MORE HAVE OUR OWN NUM SCALE OR AND BUT CANNOT MONEY LEAST WITH ONE IS "
    "EACH AVAILABLE"
)
"""Kinds that decide too much to be guessed from a word that was not known."""

_BY_LEFT_KIND = {
    **dict.fromkeys(("NEG", "BANNED", "NOR"), "negation"),
    **dict.fromkeys(("LIMIT", "UPTO", "APPROX", "MIN", "BETWEEN", "EXACT"), "limit"),
    **dict.fromkeys(("BY", "BEFORE", "ENDOF", "ASOF", "MIDOF", "STARTOF"), "date"),
    **dict.fromkeys(("POWER_UNIT", "TIME_UNIT", "ENERGY_UNIT", "CARBON_UNIT", "TPP", "FLOP", "PERCENT"), "unit_alone"),
    **{
        "MONTH": "month_alone",
        "NUM": "no_unit",
        "BIG": "no_unit",
        "ONLY": "only",
        "SIGN": "sign",
        "OR": "choice",
        "QUARTER": "month_alone",
        "HALFYEAR": "month_alone",
        "VS": "choice",
    },
    **{"RANGE": "range", "LEAST": "least", "CENTS": "unit_alone", "BUT": "but"},
}


_OF_WORDS = ("unknown_word", "unknown_words", "wrong_unit")


def error_of(refusal: RefusalError, sentence: str, language: Language, names: Names) -> QuestionError:
    """The error for a refusal, with the place that it points at, and a question that works."""
    with speaking(None, fallback=language.code):
        first, second, third, *_ = [*refusal.said.split("|"), "", "", ""]
        if refusal.reason in ("one_country", "same_country"):
            first = names.name_of(refusal.said)
        elif refusal.reason in ("shared_place", "state_code", "state_of_two"):
            second = or_words([names.name_of(code) for code in refusal.said.split("|")[1:]])
        if refusal.reason == "wrong_unit":
            second = unit_remedy(second or first)
        said = {"said": refusal.said, "first": first, "second": second, "third": third}
        message, remedy = (say(text, **said) if text else "" for text in words()[refusal.reason])
        unknown = refusal.said.split('", "') if refusal.reason in _OF_WORDS else []
        shared = next(((word, several) for word in unknown if (several := names.sharing(word))), None)
        if shared is not None:
            said = {"first": shared[0], "second": str(len(shared[1])), "third": or_words(shared[1])}
            message, remedy = (say(text, **said) for text in words()["shared_name"])
        elif refusal.reason == "not_in_data":
            remedy = territory_remedy(refusal.said.split('", "')[0], names.name_of)
        elif near := [
            one for word in unknown for one in suggestions(word, language, names, units=refusal.reason == "wrong_unit")
        ]:
            remedy = say("did you mean {words}?", words=or_words(near))
        elif refusal.reason in ("unknown_word", "unknown_model") and (models := names.models_of(refusal.said)):
            remedy = say("models of this name in the data: {models}", models=", ".join(models))
        example = say('ask for example "{example}"', example=examples(language.code)[0])
        remedy = "\n".join(filter(None, (remedy, example)))
        error = QuestionError(message, sentence, refusal.start, refusal.end, remedy)
    error.reason, error.said = "shared_name" if shared else refusal.reason, refusal.said
    return error


@cache
def words() -> Mapping[str, tuple[str, str]]:
    """Reason -> message and remedy, with the places that ``said`` fills, from ``refusals.txt``."""
    lines = lines_of(Path(__file__).with_name("refusals.txt"))
    parted = ((reason, said.partition(" | ")) for reason, said in lines)
    return {reason: (message, remedy) for reason, (message, _, remedy) in parted}


def of_left(token: Token, *others: Token) -> RefusalError:
    """The refusal of a token that no rule takes, with all others that are not known."""
    if token.kind == "UNKNOWN":
        shown = (
            other.text if len(other.text) <= _SHOWN_WORD else other.text[:_SHOWN_WORD] + "..."
            for other in (token, *others)
        )
        words = list(dict.fromkeys(shown))[:_MOST_WORDS]
        if token.text[0].isnumeric() and not token.text[0].isascii():
            return RefusalError("other_digits", token)
        reason = "unknown_words" if len(words) > 1 else "unknown_word" if token.text[0].isalnum() else "unknown_sign"
        return RefusalError(reason, token, said='", "'.join(words))
    return RefusalError(_BY_LEFT_KIND.get(token.kind, "left"), token, said=token.text)


def of_unknown(unknown: list[Token], tokens: list[Token], names: Names) -> RefusalError:
    """The refusal of words that are not known; of "Llama 5" as a model that is not in the data."""
    first = unknown[0]
    behind = next((token for token in tokens if token.start == first.end + 1), first)
    if len(unknown) == 1 and behind.kind in ("NUM", "BIG") and names.models_of(first.text):
        return RefusalError("unknown_model", first, behind, said=first.text)
    return of_left(first, *unknown[1:])


def check_units(tokens: list[Token]) -> None:
    """Refuse a word behind a number that is no unit, or a rate where an amount is meant.

    Raises:
        RefusalError: at the first such word.
    """
    for before, token in pairwise(tokens):
        after = next((other for other in tokens if other.start >= token.end), token)
        listed = after.kind == "NUM" and min(before.number or 0, after.number or 0) >= _NO_FRACTION  # "60/90/120 days"
        strange = token.kind == "UNKNOWN" or (token.kind == "SLASH" and after.kind != "ENERGY_UNIT" and not listed)
        if strange and before.kind in ("NUM", "FLOP") and token.start <= before.end + 1:
            if before.kind == "FLOP":
                raise RefusalError("rate", before, token, said=f"{before.text}{token.text}")
            raise RefusalError("wrong_unit", token, said=token.text)


_NO_FRACTION = 10
"""Numbers from here on that a stroke parts are a list, and no fraction."""


def suggestions(word: str, language: Language, names: Names, *, units: bool = False) -> list[str]:
    """Known words, or units, that are one letter away, of kinds that a guess may name."""
    key = key_of(word)
    if len(key) < _SHORTEST or language.phrases.meaning(key) is not None:
        return []
    found: dict[Meaning, list[str]] = {}
    for source in (language.phrases, names.phrases):
        for phrase in source.near(key):
            meaning = source.meaning(phrase)
            if meaning is None or meaning.kind in _NOT_SUGGESTED or len(phrase) < _SHORTEST:
                continue
            if (meaning.kind == "REGION" and len(phrase) == _SHORTEST) or (units and "_UNIT" not in meaning.kind):
                continue  # "opec" is no way to write "opex"
            if one_edit(key, phrase) or swapped(key, phrase):
                found.setdefault(meaning, []).append(phrase)
    found = found or ({} if units else _countries_near(key, names))
    return sorted({_as_here(key, meaning, phrases, names) for meaning, phrases in found.items()})[:2]


def _countries_near(word: str, names: Names) -> dict[Meaning, list[str]]:
    """The country whose name a longer word comes nearest to: "Mozambik"; nothing where two are as near."""
    if len(word) < _LONG_ENOUGH:
        return {}
    from difflib import get_close_matches

    near = ((phrase, names.phrases.meaning(phrase)) for phrase in names.phrases.near(word, within=2))
    near = ((phrase, meaning) for phrase, meaning in near if phrase[:2] == word[:2])  # "subiría" is no Syria
    own = names.english.union(*names.native.values())
    known = {one: meaning for one, meaning in near if one in own and meaning is not None and meaning.kind == "COUNTRY"}
    found: dict[Meaning, list[str]] = {}
    for phrase in get_close_matches(word, known, n=3, cutoff=_AS_NEAR):
        found.setdefault(known[phrase], []).append(phrase)
    return found if len(found) == 1 else {}


_LONG_ENOUGH = 7
_ALIKE = 3
"""First letters that the name of a country shares with what was said, so that it is no other word for it."""
_AS_NEAR = 0.77
"""Share of the letters that two words have in the same order."""


def _as_here(word: str, meaning: Meaning, phrases: list[str], names: Names) -> str:
    """A country by its name in the language that is spoken; of other words for one thing the first."""
    here = names.name_of(meaning.value) if meaning.kind == "COUNTRY" else ""
    alike = key_of(here)[:_ALIKE] == word[:_ALIKE]
    return here if alike or (here and min(phrases) in names.english) else min(phrases)


@cache
def examples(language: str) -> tuple[str, ...]:
    """Questions that work, in a language; the first is offered where nothing nearer is."""
    own = WORDS / language / "examples.txt"
    found = own if own.is_file() else WORDS / FIRST / "examples.txt"
    return tuple(found.read_text(encoding="utf-8").strip().splitlines())
