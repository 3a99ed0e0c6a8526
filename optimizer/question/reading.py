"""What a question was read as: the command that answers it, with its arguments, its case and what was ignored."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from optimizer.domain.case import Case
from optimizer.domain.case_names import flag_of
from optimizer.question.errors import QuestionError
from optimizer.units.language import say
from optimizer.units.records import dataclass

_NO_AXES: Mapping[str, tuple[Any, ...]] = {}


@dataclass(frozen=True)
class Phrase:
    """A part of the question that was understood."""

    text: str
    """As said."""
    field: str
    """The field of the case, or what is asked."""
    value: str
    """In words, with the unit: "grid limit 1 MW", "deadline 120 days (month = 30 days)"."""


@dataclass(frozen=True)
class Taken:
    """A question without its phrases on power, what they say, and the phrases."""

    rest: str
    """Of the same length: spaces stand where a phrase was."""
    feed: Mapping[str, Any]
    phrases: tuple[Phrase, ...]
    ways: bool = False
    """Whether ways to feed the site are to be compared."""


@dataclass(frozen=True)
class Reading:
    """What a question was read as."""

    question: str
    """The sentence."""
    language: str
    command_name: str
    """The question of the register that answers it: plan, compare, explain, ..."""
    case: Case
    """Only the fields that were said."""
    phrases: tuple[Phrase, ...]
    ignored: tuple[str, ...]
    """Words without a meaning here, as said."""
    arguments: tuple[str, ...] = ()
    """What is behind the name of the command."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the command next to the fields of a case, by flag."""
    axes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Fields of the case and their values, where cases are compared; None, of one field alone, is the case as it is."""
    beside: Case | None = None
    """The case without the condition ("if the H100 were banned"), which is planned next to it."""
    notes: tuple[str, ...] = ()
    """What a reader must know of the reading."""
    families: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """All forms of a family of accelerators -> its name, under which a command has them."""

    def fed(self, sentence: str, case: Case, taken: Taken) -> Reading:
        """With what a sentence says of the feeding of its site, which the case has already.

        Raises:
            QuestionError: the ways to feed it are compared in a question that is for no plan.
        """
        if taken.ways and self.command_name not in ("plan", "power"):
            remedy = say("ask them one after the other")
            raise QuestionError(say("two questions at once"), sentence, 0, len(sentence), remedy)
        if "country" in self.axes and self._feeds_one(sentence, taken):
            remedy = say(
                "ask one case after the other, or compare all values of both: H100 or A100 in Brazil or Mexico"
            )
            raise QuestionError(say("two things change from one case to the other"), sentence, 0, len(sentence), remedy)
        name = "power" if taken.ways else self.command_name
        return replace(self, question=sentence, case=case, command_name=name, phrases=(*self.phrases, *taken.phrases))

    def _feeds_one(self, sentence: str, taken: Taken) -> bool:
        """Whether what feeds a site may be said of one country of several: "Chile with solar and Peru with wind"."""
        places = [sentence.find(phrase.text) for phrase in self.phrases if phrase.field in ("country", "countries")]
        texts = [text for phrase in taken.phrases for text in phrase.text.split(", ")]
        between = any(min(places) < sentence.find(text) < max(places) for text in texts)
        return between or re.search(r"\b(?:grid|red|rede)\b", taken.rest) is not None

    def noting(self, sentence: str, note: str) -> Reading:
        """Of a sentence of which this is only a part, with what must be known of it."""
        return replace(self, question=sentence, notes=(note, *self.notes))

    def command(self) -> str:
        """The command that answers the question, with its flags; of cases with and without something, one for each."""
        if self.sets_beside:
            return "\n".join(self.commands())
        return self._line(self.command_name, self.case, self.axes)

    @property
    def sets_beside(self) -> bool:
        """Whether the case as it is is next to the case with something: no one command has both."""
        return any(None in values for values in self.axes.values())

    def commands(self) -> list[str]:
        """The commands of the single plans of a comparison."""
        if not self.axes:
            return [self.command()]
        return [self._line("plan", case) for case in self.cases()]

    def cases(self) -> Iterator[Case]:
        """The single cases of a comparison: every value of one field with every value of the others."""
        for values in itertools.product(*self.axes.values()):
            changed = {name: value for name, value in zip(self.axes, values, strict=True) if value is not None}
            yield self.case.changed(**changed) if changed else self.case

    def beside_command(self) -> str:
        """The command of the case without the condition; empty where there is none."""
        return "" if self.beside is None else self._line("plan", self.beside)

    def _line(self, name: str, case: Case, axes: Mapping[str, tuple[Any, ...]] = _NO_AXES) -> str:
        words = ["optimizer", *name.split(), *(shlex.quote(argument) for argument in self.arguments)]
        for flag, value in self.own.items():
            words += [flag] if value is True else [flag, shlex.quote(str(value))]
        for field_name, values in axes.items():
            words += [
                flag_of(field_name),
                shlex.quote(",".join(flag_value(field_name, value, self.families) for value in values)),
            ]
        left_out = (*axes, "tokens_t") if name == "largest" else tuple(axes)
        return " ".join([*words, *flags(case, self.families, leave_out=left_out)])

    def flags(self) -> str:
        """The case as flags of ``optimizer plan``, quoted for a shell; lists are separated by ";"."""
        return " ".join(flags(self.case, self.families))


def flags(case: Case, families: Mapping[tuple[str, ...], str], leave_out: Collection[str] = ()) -> Iterator[str]:
    """The fields of a case that are set, as flags and their values, quoted for a shell."""
    for name in type(case).model_fields:
        value = getattr(case, name)
        if name in ("case_id", "feed", *leave_out) or value is None or value is False or value == ():
            continue
        yield flag_of(name)
        if value is not True:
            yield shlex.quote(flag_value(name, value, families))
    for name, value in case.feed.given() if case.feed is not None else ():
        yield flag_of(name)
        if value is not True:
            yield shlex.quote(";".join(value) if isinstance(value, list) else str(value))


def flag_value(name: str, value: Any, families: Mapping[tuple[str, ...], str] | None = None) -> str:
    """The value of a field as it is typed; accelerators to use by their families, where all forms are meant."""
    if name == "use" and families:
        for forms, family in families.items():
            if set(forms) <= set(value):
                value = (family, *(key for key in value if key not in forms))
    if value is None:
        return "none"
    if name == "deadline_days":
        return f"{value}d"
    if isinstance(value, tuple):
        return ";".join(f"{item[0]}={item[1]}" if isinstance(item, tuple) else item for item in value)
    return str(value)
