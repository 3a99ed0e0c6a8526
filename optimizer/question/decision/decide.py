"""From what single phrases say to one question: which one it is, its case, and what does not go together.

Nothing is dropped here: a fact that the chosen question cannot use is a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from itertools import pairwise
from math import prod
from typing import Any

from optimizer.domain.case import Case
from optimizer.domain.limits import KINDS
from optimizer.question.errors import RefusalError
from optimizer.question.facts import Fact, Scene
from optimizer.question.vocabulary.word_lists import set_of
from optimizer.units.records import dataclass

CASE_FIELDS = frozenset(Case.model_fields)
LIMITS = tuple(kind.field for kind in KINDS.values() if kind.scope == "case" and kind.field)
_UNIONS = ("use", "avoid")
CONDITIONAL = set_of(
    "use avoid rules import_duty electricity_usd_per_kwh pue tax_regime assumptions basis procurement overhead "
    "utilisation no_licence country"
)
"""Fields that a condition may change: the plan under it is next to the plan without it."""


@dataclass
class Said:
    """Everything that a sentence says, sorted: the fields of its case, and what is asked."""

    scene: Scene
    facts: list[Fact]
    kinds: frozenset[str]
    """Kinds of the tokens of the sentence."""
    goes_on: bool = False
    """Whether it begins with "and": it changes a question before."""
    fields: dict[str, Any] = field(default_factory=dict)
    axes: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """Fields of the case that are compared, each with its values: every value of one with every value of the others."""
    under_condition: frozenset[str] = frozenset()
    arguments: tuple[str, ...] = ()
    own: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    filled_in: list[Fact] = field(default_factory=list)
    """Facts that were filled in, to be reported."""

    def of(self, name: str) -> list[Fact]:
        """The facts of a name, in the order said."""
        return [fact for fact in self.facts if fact.field == name]

    def giving(self, name: str) -> list[Fact]:
        """The facts that give a field its values, one or several at once, in the order said."""
        return [fact for fact in self.facts if fact.field in (name, _GIVEN_BY.get(name, name))]

    def has(self, *names: str) -> bool:
        """Whether one of some facts is said."""
        return any(fact.field in names for fact in self.facts)

    def first(self, name: str) -> Any:
        """The value of the first fact of a name; None without one."""
        return next((fact.value for fact in self.facts if fact.field == name), None)

    def drop(self, *names: str) -> None:
        """Leave out the facts of some names: this question does not use them, and they change nothing in it."""
        self.facts = [fact for fact in self.facts if fact.field not in names]

    def tell(self, at: Fact, name: str, value: Any, words: str) -> None:
        """Fill in a field, and report it where the fact stands from which it follows."""
        self.fields[name] = value
        self.filled_in.append(Fact(name, value, words, at.start, at.end))

    def intents(self) -> set[str]:
        """What the phrases say is asked."""
        return {fact.value for fact in self.of("intent")} | {fact.field for fact in self.facts}


def collect(said: Said, *, comparing: bool) -> None:
    """Put the facts of the case together: one value each, several where they are compared.

    Raises:
        RefusalError: two values of one field that nothing compares.
    """
    by_field: dict[str, list[Fact]] = {}
    for fact in said.facts:
        if fact.field in CASE_FIELDS:
            by_field.setdefault(fact.field, []).append(fact)
    for name, facts in by_field.items():
        _settle(said, name, facts, comparing=comparing)
    for fact in said.of("axis"):
        _set_axis(said, fact.value[0], fact.value[1], fact)
    for fact in said.of("use_groups"):
        groups, note = fact.value
        if (note == "choice" and (comparing or not said.has("objective"))) or (comparing and note == "list"):
            said.fields.pop("use", None)
            _set_axis(said, "use", groups, fact)
    for fact in said.of("ways_to_have"):
        names, note = fact.value
        asked = not said.has("objective", "owned") or "QMARK" in said.kinds
        if comparing or (note == "choice" and asked):
            _set_axis(said, "procurement", tuple((name,) for name in names), fact)
            continue
        before = said.of("procurement")
        left = tuple(name for name in names if name in said.fields.get("procurement", names))
        if not left:  # "with those alone, bought or rented"
            raise RefusalError("two_values", fact, said=f"procurement|{before[0].words}|{fact.words}")
        said.fields["procurement"] = left
    for fact in said.of("countries"):
        if "country" in said.fields:
            raise RefusalError("two_values", fact, said=f"country|{said.of('country')[0].words}|{fact.words}")
        left_out = {other.value for other in said.of("avoid_country")}
        _set_axis(said, "country", tuple(code for code in fact.value if code not in left_out), fact)
    for fact in said.of("avoid_country"):
        known = {code for other in said.of("countries") for code in other.value}
        elsewhere = said.has("all_countries", "which_country") or (fact.listed and said.has("country"))
        if (not elsewhere and fact.value not in known) or fact.value == said.fields.get("country"):
            raise RefusalError("avoid_country", fact)
    for name in said.axes:
        if name in said.fields:
            facts = [*said.of("range"), *said.giving(name)] or said.facts
            raise RefusalError("two_values", facts[-1], said=f"{name}|{facts[0].words}|{facts[-1].words}")
    _check_axes(said)
    both = set(said.fields.get("use", ())) & set(said.fields.get("avoid", ()))
    if both:
        said.fields["use"] = tuple(name for name in said.fields["use"] if name not in both)
        if not said.fields["use"]:
            raise RefusalError("use_and_avoid", said.of("avoid")[0], said=", ".join(sorted(both)))


def _settle(said: Said, name: str, facts: list[Fact], *, comparing: bool) -> None:
    """One field of the case."""
    values = list(dict.fromkeys(fact.value for fact in facts))
    listed = [fact.value for fact in facts if fact.listed]
    if name in _UNIONS:
        said.fields[name] = tuple(dict.fromkeys(key for value in values for key in value))
    elif name == "owned":
        said.fields[name] = _counts(facts)
    elif name == "procurement" and len(values) > 1:
        left = tuple(way for way in values[0] if all(way in value for value in values))
        if not left and comparing and not said.has("use_groups") and all(len(value) == 1 for value in values):
            _set_axis(said, name, tuple(values), facts[-1])
            return
        if not left:
            raise RefusalError("two_values", facts[1], said=f"{name}|{facts[0].words}|{facts[1].words}")
        said.fields[name] = left
    elif len(values) == 1:
        said.fields[name] = values[0]
    elif name == "objective" and not comparing:
        raise RefusalError("two_objectives", facts[1], said=f"objective|{facts[0].words}|{facts[1].words}")
    elif all(fact.listed or fact.value in listed for fact in facts) or comparing or _follows_condition(facts):
        _set_axis(said, name, tuple(values), facts[-1])
    else:
        raise RefusalError("two_values", facts[1], said=f"{name}|{facts[0].words}|{facts[1].words}")


def _counts(facts: list[Fact]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for fact in facts:
        for name, count in fact.value:
            if counts.setdefault(name, count) != count:
                raise RefusalError("two_counts", fact, said=name)
    return tuple(counts.items())


def _follows_condition(facts: list[Fact]) -> bool:
    """ "1 MW in 120 days; what if we had 2 MW?": the second value stands under a condition."""
    return len(facts) == 2 and facts[0].note != "if" and facts[1].note == "if"


def _set_axis(said: Said, name: str, values: tuple[Any, ...], at: Fact) -> None:
    """What is compared: its values, behind those that are there already."""
    if said.axes and name not in said.axes:
        for fact in said.of("range"):
            raise range_refused(fact)
        if None in values or any(None in others for others in said.axes.values()):
            raise RefusalError("two_axes", at)  # "with and without" has no flag of its own in a table
    said.axes[name] = tuple(dict.fromkeys([*said.axes.get(name, ()), *values]))


def _check_axes(said: Said) -> None:
    """Of two things compared at once, every value of the one goes with every value of the other.

    Raises:
        RefusalError: their values alternate ("H100 in Chile or B200 in Peru"), so that pairs are meant; or the table
            would be too long.
    """
    for name in said.axes:
        mine = said.giving(name)
        for other in CASE_FIELDS - {name}:
            theirs = said.giving(other)
            several = other in said.axes or len({fact.value for fact in theirs}) > 1
            runs = _runs(mine, theirs)
            if several and runs > (2 if other in said.axes else 3):
                raise RefusalError("pairs", max(*mine, *theirs, key=lambda fact: fact.start))
    if len(said.axes) > 1 and prod(map(len, said.axes.values())) > _MOST_CASES:
        raise RefusalError("two_axes", said.facts[-1])


def _runs(one: list[Fact], other: list[Fact]) -> int:
    """How many runs two kinds of facts make in the sentence: 2 where all of one kind stand before the other."""
    places = sorted([(fact.start, 0) for fact in one] + [(fact.start, 1) for fact in other])
    return 1 + sum(before[1] != after[1] for before, after in pairwise(places))


_GIVEN_BY = {"use": "use_groups", "procurement": "ways_to_have", "country": "countries"}
"""Field -> the facts that give several values of it at once."""
_MOST_CASES = 24
"""Rows of a table that a sentence may ask for where it compares two things."""


def range_refused(fact: Fact) -> RefusalError:
    """The refusal of a range, with its ends."""
    return RefusalError("range", fact, said="|".join(map(str, fact.value)))


def unused(said: Said, used: Iterable[str], fields: Iterable[str] = CASE_FIELDS) -> Iterator[Fact]:
    """The facts that a question does not use: next to those named, and the fields of the case that it takes."""
    known = {*fields, *used}
    return (fact for fact in said.facts if fact.field not in known)
