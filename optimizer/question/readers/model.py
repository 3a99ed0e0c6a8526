"""What is trained: a model of the data, or one of your own by its size and tokens; and how."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from optimizer.question.errors import RefusalError
from optimizer.question.facts import Fact, Scene, fact, reader, says
from optimizer.question.matching import Match
from optimizer.question.readers.limits import number_of
from optimizer.units.language import mark, say, say_many
from optimizer.units.quantities import UNITS, exact_decimal, shown_here

_LONG_SCALE = ("billon", "billón", "bilião", "biliao", "biliões", "bilioes")
TUNED = "tuned"
"""Fine-tuning that does not say of what."""


def _is_long_scale(text: str, scene: Scene) -> bool:
    """Whether a number is written with a word that is 1e12 in its language and 1e9 in English."""
    return any(word in text.lower() for word in (*_LONG_SCALE, *(("billion",) if scene.language == "fr" else ())))


@reader("size")
def read_size(match: Match, scene: Scene) -> Iterator[Fact]:
    """The parameters of a model: "70B", "13 billion parameters", "22B active"; "7 billones de parámetros" asks back.

    Raises:
        RefusalError: a billion of the long scale.
    """
    number = match.all("NUM", "BIG")[0]
    if match.has("PARAMETERS", "ACTIVE", "TOTAL") and _is_long_scale(number.text, scene):
        raise RefusalError("long_scale", match, said=shown_here(exact_decimal(number_of(number) / 10**12)))
    value = exact_decimal(number_of(number) * Fraction(UNITS["parameters"].factor))
    active = match.has("ACTIVE")
    field = "params_active_b" if active else "params_total_b"
    if active:
        words = say("{count} billion active parameters", count=shown_here(value))
    else:
        shown, form = shown_here(value), 1 if value == 1 else 2
        words = say_many("{value} billion parameters", "{value} billion parameters", form, value=shown)
    yield fact(match, field, value, words)
    yield from read_architecture(match, scene)


@reader("architecture")
def read_architecture(match: Match, scene: Scene) -> Iterator[Fact]:
    """Dense, or a mixture of experts."""
    for token in match.all("ARCH"):
        words = say("mixture of experts") if token.value == "moe" else say("dense")
        yield fact(match, "architecture", token.value, words)


@reader("tokens")
def read_tokens(match: Match, scene: Scene) -> Iterator[Fact]:
    """The tokens of the training, or of what is added."""
    number = match.all("NUM", "TRILLIONS")[0]
    value = exact_decimal(number_of(number) * UNITS["tokens"].factor)
    note = (
        say('"{text}" read as {value} trillion', text=number.text, value=shown_here(value))
        if _is_long_scale(number.text, scene)
        else ""
    )
    shown, form = shown_here(value), 1 if value == 1 else 2
    words = say_many("{value} trillion tokens", "{value} trillion tokens", form, value=shown)
    yield fact(match, "tokens_t", value, words, note)


@reader("tokens_per_parameter")
def read_tokens_per_parameter(match: Match, scene: Scene) -> Iterator[Fact]:
    """Tokens for every parameter of the largest model."""
    value = exact_decimal(number_of(match.all("NUM")[0]))
    yield fact(match, "per_parameter", value, say("{value} tokens per parameter", value=shown_here(value)))


@reader("workload")
def read_workload(match: Match, scene: Scene) -> Iterator[Fact]:
    """Models of the data."""
    values = list(dict.fromkeys(token.value for token in match.all("WORKLOAD")))
    for value in values:
        yield fact(match, "workload", value, say("workload {value}", value=value), listed=len(values) > 1)


@reader("way")
def read_way(match: Match, scene: Scene) -> Iterator[Fact]:
    """How to train."""
    values = list(dict.fromkeys(token.value for token in match.all("WAY")))
    for value in values:
        field = TUNED if value == "tune" else "way"
        words = say("the way to train {value}", value=value) if field != TUNED else ""
        yield fact(match, field, value, words, listed=len(values) > 1)


@reader("sized")
def read_sized(match: Match, scene: Scene) -> Iterator[Fact]:
    """A model whose size was published and whose training tokens were not: a model of that size."""
    total, _, active = match.tokens[0].value.partition("/")
    text = say("{name}: {count} billion parameters", name=match.tokens[0].text, count=shown_here(Decimal(total)))
    yield fact(match, "params_total_b", Decimal(total), text)
    if active:
        words = say("{count} billion active parameters", count=shown_here(Decimal(active)))
        yield fact(match, "params_active_b", Decimal(active), words)
    yield fact(match, "sized", True, "")


@reader("unpublished")
def read_unpublished(match: Match, scene: Scene) -> NoReturn:
    """A model whose size was never published.

    Raises:
        RefusalError: the words cannot be read, or cannot be planned.
    """
    raise RefusalError("unpublished", match, said=match.tokens[0].text)


reader("optimal")(says("optimal", True, mark("as many tokens per parameter as are usual")))
