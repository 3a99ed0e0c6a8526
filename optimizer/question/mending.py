"""A sentence that works, made of one that does not: what was said stays, and what was missing is in its place."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import chain

from optimizer.question.dates import season_begins
from optimizer.question.decision.decide import CASE_FIELDS
from optimizer.question.decision.models import USUAL_TOKENS_PER_PARAMETER
from optimizer.question.errors import QuestionError
from optimizer.question.nearest_question import named, nearest, without_unknown
from optimizer.question.reading import Reading
from optimizer.question.refusals import suggestions
from optimizer.question.sentence import facts_of, reading_of
from optimizer.question.tokens import language_of
from optimizer.question.vocabulary.names import Names, Vocabulary, names_of
from optimizer.units.language import mark, say, speaking
from optimizer.units.quantities import shown_here

_MODEL_BEHIND = re.compile(r"(\s+of)?[\s-]+(dense |moe )?(model|llm|modelo|modèle)\b", re.IGNORECASE)
"""The noun that may stand behind the size of a model."""
_TRILLION = 1000


def read(sentence: str, catalogue: Vocabulary, today: datetime.date) -> Reading:
    """Read a question.

    Args:
        sentence: in one of the languages of ``words/``, at most 1,000 characters.
        catalogue: knows the names of accelerators, countries, workloads, rules and assumption sets.
        today: the day from which calendar dates count.

    Raises:
        QuestionError: whatever is not understood, with the word that is the obstacle, and a sentence that works:
            that of the user with what it lacks, where there is one.
    """
    try:
        return _read(sentence, catalogue, today)
    except QuestionError as error:
        first = first_of_two(error, catalogue, today)
        if first is None:
            raise with_way_on(error, catalogue, today) from error
        return _read(first[0], catalogue, today).noting(sentence, first[1])


_OF_TWO = frozenset({"two_questions", "not_of_data", "not_of_law"})
_CLAUSE = re.compile(r"[^.;?,]*(?:,(?! (?:and|y|e) )[^.;?,]*)*[.;?,]*\s*")
_LEAD = re.compile(r"^(?:and|y|e|also|tambi[e\u00e9]n|tamb[e\u00e9]m)\b\s*", re.IGNORECASE)


def first_of_two(error: QuestionError, catalogue: Vocabulary, today: datetime.date) -> tuple[str, str] | None:
    """Of two questions the first, and a note that names the second; None where they cannot be told apart.

    Nothing of the case may be in what is left for later, so that the answer is one to the whole case.
    """
    sentence = error.sentence
    if error.reason not in _OF_TWO:
        return None
    starts = [match.start() for match in _CLAUSE.finditer(sentence) if match[0].strip()]
    ends = [*starts[1:], len(sentence)]
    for start, end in zip(starts, ends, strict=True):
        if not start or not start <= error.position < end:
            continue
        try:
            said, _ = facts_of(sentence, catalogue, today)
        except QuestionError:
            return None
        inside = [fact for fact in said.facts if start <= fact.start < end]
        outside = {(fact.field, fact.value) for fact in said.facts if fact not in inside}
        of_law = any(fact.field in ("law", "banned_law", "ship") for fact in inside)
        kept = [fact for fact in inside if fact.field in CASE_FIELDS and (fact.field, fact.value) not in outside]
        if any(fact.field != "use" or not of_law for fact in kept) or said.has("if", "cannot"):
            return None
        if _works(sentence[:start] + sentence[end:], catalogue, today) is None:
            return None
        later = _LEAD.sub("", sentence[start:end].strip(" ,.;"))
        note = say('the first of two questions; ask the other by itself: "{question}"', question=later)
        return sentence[:start] + sentence[end:], note
    return None


def with_way_on(error: QuestionError, catalogue: Vocabulary, today: datetime.date) -> QuestionError:
    """The error with a sentence that works in place of the general example, where one can be made."""
    with speaking(error.language):
        candidates = _CANDIDATES[error.reason](error) if error.reason in _CANDIDATES else iter(())
        if error.reason == "wrong_unit":
            candidates = chain(candidates, _with_known_words(error, catalogue))
        elif error.reason in ("unknown_word", "unknown_words"):
            candidates = _with_known_words(error, catalogue)
        elif error.reason == "law_of_one":
            candidates = _law_of_a_chip(error, names_of(catalogue))
        for candidate in candidates:
            if _works(candidate, catalogue, today):
                return error.with_example(say('ask for example "{example}"', example=candidate))
        if error.reason in ("unknown_word", "unknown_words"):
            rest = _works(without_unknown(error, names_of(catalogue)), catalogue, today)
            if rest is not None:
                text = say(
                    'if "{words}" changes nothing, this is your question: {command}',
                    words=error.said,
                    command=rest.command(),
                )
                return error.with_example(text)
        for candidate in nearest(error, names_of(catalogue)):
            if _works(candidate, catalogue, today):
                return error.with_example(say('ask for example "{example}"', example=candidate))
    return error


def _works(sentence: str, catalogue: Vocabulary, today: datetime.date) -> Reading | None:
    """What a sentence is read as; None where it is refused."""
    try:
        return _read(sentence, catalogue, today)
    except QuestionError:
        return None


def _read(sentence: str, catalogue: Vocabulary, today: datetime.date) -> Reading:
    said, ignored = facts_of(sentence, catalogue, today)
    return reading_of(sentence, said, ignored, catalogue)


def _law_of_a_chip(error: QuestionError, names: Names) -> Iterator[str]:
    """The law of a country: of one accelerator, as the law is one of accelerators."""
    for country in named(error.sentence, names, "country"):
        yield say("is the H100 allowed in {country}?", country=country)


def _with_tokens(error: QuestionError) -> Iterator[str]:
    """A model without its tokens: the same with the usual number, behind its size."""
    billions = _two_digits(Decimal(error.said) * USUAL_TOKENS_PER_PARAMETER)
    if billions >= _TRILLION:
        words = say("on {count} trillion tokens", count=shown_here(billions / _TRILLION))
    else:
        words = say("on {count} billion tokens", count=shown_here(billions))
    noun = _MODEL_BEHIND.match(error.sentence, error.end)
    end = noun.end() if noun else error.end
    yield f"{error.sentence[:end]} {words}{error.sentence[end:]}"


def _two_digits(value: Decimal) -> Decimal:
    """A number for an example: 144.8 is 140."""
    return Decimal(f"{value.quantize(Decimal(1).scaleb(value.adjusted() - 1)):f}")


_SIZE = re.compile(r"[^,;.]{0,12}?\b([0-9]+(?:\.[0-9]+)?) ?[bB]\b")
"""The size of a model behind its name: "Llama 3 13B"."""


def _of_its_size(error: QuestionError, names: Names) -> Iterator[str]:
    """A model of a known name that is not known: one of the same name and size, then one of your own of that size."""
    sentence, size = error.sentence, _SIZE.match(error.sentence, error.end)
    if size is None:
        return
    before, behind = sentence[: error.position], sentence[size.end() :]
    for model in sorted(names.models_of(sentence[error.position : error.end]), key=lambda name: "(" in name):
        if re.search(rf"\b{re.escape(size[1])}b\b", model.lower()):
            yield f"{before}{model}{behind}"
    billions = _two_digits(Decimal(size[1]) * USUAL_TOKENS_PER_PARAMETER)
    words = say("on {count} billion tokens", count=shown_here(billions))
    yield f"{before}{size[1]}B {words}{behind}"


def _with_known_words(error: QuestionError, catalogue: Vocabulary) -> Iterator[str]:
    """A misspelt word: the same with the one known word that is a letter away."""
    names = names_of(catalogue)
    yield from _of_its_size(error, names)
    language = language_of(error.sentence, names=names)
    sentence = error.sentence
    for word in error.said.split('", "'):
        near = suggestions(word, language, names)
        if len(near) != 1:
            return
        known = near[0].title() if word[0].isupper() and near[0].islower() else near[0]
        sentence = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", known, sentence)
    yield sentence


def _with_point(error: QuestionError) -> Iterator[str]:
    """A decimal comma in an English sentence: the same with a point."""
    yield f"{error.sentence[: error.position]}{error.said}{error.sentence[error.end :]}"


def _at_most(error: QuestionError) -> Iterator[str]:
    """A bare count of accelerators: the same as a limit, and as what is owned."""
    before, said, behind = _parts(error)
    counted = re.sub(r"^[^0-9]*", "", said)
    yield f"{before}{say('at most {said}', said=counted)}{behind}"


def _one_reading(error: QuestionError) -> Iterator[str]:
    """A number with two readings: the same with the first of them; of kW, and of money, with the larger one."""
    before, _, behind = _parts(error)
    readings = error.said.split("|")
    for reading in reversed(readings) if _MOSTLY_LARGE.match(behind) else readings:
        yield f"{before}{reading}{behind}"


_MOSTLY_LARGE = re.compile(r"\s*-?(?:kW|kw|KW|kilowatt|USD|dollar|EUR|euro)")
"""Units of which "1.000" is a thousand rather than one."""


def _end_of_year(error: QuestionError) -> Iterator[str]:
    """ "by 2027": the same with the day that is meant."""
    before, _, behind = _parts(error)
    yield f"{before}{say('by the end of {year}', year=error.said.partition('|')[0])}{behind}"


def _parts(error: QuestionError) -> tuple[str, str, str]:
    return error.sentence[: error.position], error.sentence[error.position : error.end], error.sentence[error.end :]


def _on_its_first_day(error: QuestionError) -> Iterator[str]:
    """ "Before next summer": the same with the day on which it begins in the one country of the question."""
    name, countries, today = error.said.split("|")
    before, _, behind = _parts(error)
    codes = countries.split()
    if len(codes) == 1 or "-" in name:
        yield f"{before}{season_begins(name, codes[0] if codes else '', datetime.date.fromisoformat(today))}{behind}"


_LED_WORD = (
    r"[ ,;]*(?:\b(?:with|using|on|from|and|plus|local|own|only|con|usando|y|solo|local|com|e|s\u00f3)\s+)*{}"
    r"(?:\s+(?:only|power|propi[oa]|solo|pr\u00f3pri[oa])\b)*"
)

_PART = re.compile(r"[,;:?.](?:\s|$)")


def _without_it(error: QuestionError) -> Iterator[str]:
    """ "Nepal, hydro only": the same without the plant, which is then fed by the grid."""
    sentence = error.sentence
    part = _PART.split(sentence[: error.position])[-1] + _PART.split(sentence[error.position :])[0]
    if any(map(str.isdigit, part)):  # "gas turbines of up to 10 MW": the amount is theirs
        return
    for word in error.said.split('", "'):
        sentence = re.sub(_LED_WORD.format(re.escape(word)), "", sentence, flags=re.IGNORECASE)
    yield sentence


_MEANT_UNITS: Mapping[str, str] = {"mva": "MW", "kva": "kW", "mv": "MW", "mw": "MW", "kv": "kW"}


def _with_unit(error: QuestionError) -> Iterator[str]:
    """A unit that is often meant for another one: the same with that one."""
    word = error.sentence[error.position : error.end]
    if meant := _MEANT_UNITS.get(word.lower()):
        yield f"{error.sentence[: error.position]}{meant}{error.sentence[error.end :]}"


def _with_upper_limit(error: QuestionError) -> Iterator[str]:
    """A range of a limit: the same with its upper end."""
    kind, *ends = error.said.split("|")
    if kind not in _UPPER or not ends:
        return
    amount = shown_here(Decimal(ends[-1]))
    before = _LEADING_IN.sub("", error.sentence[: error.position].rstrip())
    yield f"{before} {say(_UPPER[kind], amount=amount)}{error.sentence[error.end :]}".strip()


_LEADING_IN = re.compile(r"(?:^|\s)(in|en|em|within|with|con|com)$", re.IGNORECASE)
_UPPER: Mapping[str, str] = {
    "max_mw": mark("under {amount} MW"),
    "deadline_days": mark("within {amount} days"),
    "budget_usd": mark("under {amount} USD"),
}
"""Field -> its upper limit, as it is said."""
_CANDIDATES: Mapping[str, Callable[[QuestionError], Iterator[str]]] = {
    "tokens_unpublished": _with_tokens,
    "range": _with_upper_limit,
    "decimal_comma": _with_point,
    "wrong_unit": _with_unit,
    "bare_count": _at_most,
    "two_readings": _one_reading,
    "space_in_number": _one_reading,
    "which_day": _end_of_year,
    "season": _on_its_first_day,
    "cannot_plants": _without_it,
}
"""Reason of a refusal -> sentences that may work."""
