"""A sentence that works, made of one that does not: what was said stays, and what was missing stands in its place."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from optimizer.question.errors import QuestionError
from optimizer.question.models import USUAL_TOKENS_PER_PARAMETER
from optimizer.question.names import Vocabulary
from optimizer.question.quantities import shown_here
from optimizer.question.reading import Reading
from optimizer.question.sentence import facts_of, reading_of
from optimizer.units.language import say, speaking

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
        QuestionError: whatever is not understood, with the word that stands in the way, and a sentence that works:
            that of the user with what it lacks, where there is one.
    """
    try:
        return _read(sentence, catalogue, today)
    except QuestionError as error:
        raise with_way_on(error, catalogue, today) from error


def with_way_on(error: QuestionError, catalogue: Vocabulary, today: datetime.date) -> QuestionError:
    """The error with a sentence that works in place of the general example, where one can be made."""
    with speaking(error.language):
        for candidate in _CANDIDATES.get(error.reason, _none)(error):
            try:
                _read(candidate, catalogue, today)
            except QuestionError:
                continue
            return error.with_example(say('ask for example "{example}"', example=candidate))
    return error


def _read(sentence: str, catalogue: Vocabulary, today: datetime.date) -> Reading:
    said, ignored = facts_of(sentence, catalogue, today)
    return reading_of(sentence, said, ignored, catalogue)


def _none(error: QuestionError) -> Iterator[str]:
    yield from ()


def _with_tokens(error: QuestionError) -> Iterator[str]:
    """A model without its tokens: the same with the usual number, behind its size."""
    billions = Decimal(error.said) * USUAL_TOKENS_PER_PARAMETER
    if billions >= _TRILLION:
        words = say("on {count} trillion tokens", count=shown_here(billions / _TRILLION))
    else:
        words = say("on {count} billion tokens", count=shown_here(billions))
    noun = _MODEL_BEHIND.match(error.sentence, error.end)
    end = noun.end() if noun else error.end
    yield f"{error.sentence[:end]} {words}{error.sentence[end:]}"


def _with_upper_limit(error: QuestionError) -> Iterator[str]:
    """A range of a limit: the same with its upper end."""
    kind, *ends = error.said.split("|")
    if kind not in ("max_mw", "deadline_days") or not ends:
        return
    upper = ends[-1]
    amount = shown_here(Decimal(upper))
    words = say("under {amount} MW", amount=amount) if kind == "max_mw" else say("within {amount} days", amount=amount)
    before, behind = error.sentence[: error.position].rstrip(), error.sentence[error.end :]
    yield f"{before} {words}{behind}".strip()


_CANDIDATES: Mapping[str, Callable[[QuestionError], Iterator[str]]] = {
    "no_tokens": _with_tokens,
    "range": _with_upper_limit,
}
"""Reason of a refusal -> sentences that may work."""
