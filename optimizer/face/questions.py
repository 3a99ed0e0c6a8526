"""The functions of the questions: what each takes in its order, and its help with the examples of its command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import Parameter as Place
from inspect import Signature, cleandoc
from typing import Any

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.case_names import field_named
from optimizer.errors import InputError, Problem
from optimizer.face.frames import frame
from optimizer.face.remedies import PYTHON, function_name, in_words_of
from optimizer.face.values import too_many
from optimizer.service import REGISTER
from optimizer.service.fields import CASE_ID, FIELDS, FLAG_OF, POWER_FIELDS
from optimizer.service.register import Parameter, Question
from optimizer.units.language import say

_AS_WRITTEN = "\b\n"
"""How a paragraph of help begins whose lines stay as they are."""
_TYPES: Mapping[str, type] = {"whole": int, "number": float, "switch": bool}
_OF_OUTPUT = ("--json", "--csv", "--md", "--full", "--quiet", "-q")
"""Flags of the terminal that take no value; the others, such as -o, take one."""


def question(name: str, answer: Callable[..., Any]) -> Callable[..., Any]:
    """The function that asks a question of the register, as :func:`optimizer.answer` does."""
    entry = REGISTER[name]

    def asked(*given: Any, **values: Any) -> Any:
        return answer(name, **_by_name(entry, given, values))

    asked.__name__ = asked.__qualname__ = function_name(name)
    asked.__module__, asked.__doc__ = "optimizer", help_of(entry)
    asked.__signature__ = signature_of(entry)  # type: ignore[attr-defined]
    return asked


def _free(entry: Question) -> list[Parameter]:
    return [parameter for parameter in entry.parameters if parameter.kind == "argument"]


def _by_name(entry: Question, given: Sequence[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """All values by name: those without one are a case, the data, or what the command takes in that order.

    Raises:
        InputError: too many values, or one that is given twice.
    """
    free, named, left = _free(entry), dict[str, Any](), list[Any]()
    for value in given:
        if isinstance(value, Catalogue):
            named["catalogue"] = value
        elif entry.takes_case and (_is_case(value, free) or not (free or "case" in named)):
            named["case"] = value
        else:
            left.append(value)
    if free and free[-1].many and len(left) > len(free):
        left[len(free) - 1 :] = [tuple(left[len(free) - 1 :])]
    named |= {parameter.name: value for parameter, value in zip(free, left, strict=False)}
    problems = [Problem(say("is given twice"), column=name) for name in named if name in values]
    if len(left) > len(free):
        names, known = ([parameter.name for parameter in some] for some in (free, entry.parameters))
        problems.append(too_many(function_name(entry.name), names, known))
    if problems:
        raise InputError(problems)
    return {name: _table(entry, name, value) for name, value in {**named, **values}.items()}


def _is_case(value: Any, free: Sequence[Parameter]) -> bool:
    """Whether a value without a name is a case: {"KE": 0.5} is no field of one, and are sites, where they are taken."""
    if isinstance(value, Mapping) and value and free and free[-1].many:
        return any(field_named(str(name)) in FLAG_OF for name in value)
    return isinstance(value, Case | Mapping)


def _table(entry: Question, name: str, value: Any) -> Any:
    """A value, of outcomes their table where a question takes one."""
    takes = any(parameter.is_table and parameter.name == name for parameter in entry.parameters)
    return frame(value) if takes and isinstance(value, list | tuple | Iterator) else value


def signature_of(entry: Question) -> Signature:
    """What the function of a question takes: first what its command takes without a flag."""
    free = _free(entry)
    places = [_place(parameter, Place.POSITIONAL_OR_KEYWORD) for parameter in free]
    places += [_place(parameter, Place.KEYWORD_ONLY) for parameter in entry.parameters if parameter not in free]
    if entry.takes_case:
        places.append(Place("case", Place.KEYWORD_ONLY, default=None, annotation="Case | None"))
    places.append(Place("catalogue", Place.KEYWORD_ONLY, default=None, annotation="Catalogue | None"))
    if entry.takes_case:
        places.append(Place("fields", Place.VAR_KEYWORD, annotation=Any))
    return Signature(places, return_annotation="Document")


def _place(parameter: Parameter, kind: Any) -> Place:
    held = "str | DataFrame" if parameter.is_table else _TYPES.get(parameter.kind, str).__name__
    default = False if parameter.kind == "switch" else () if parameter.many else parameter.default
    annotation = f"{held} | Sequence[{held}]" if parameter.many else held if default is not None else f"{held} | None"
    if parameter.required:
        return Place(parameter.name, kind, annotation=annotation.removesuffix(" | None"))
    return Place(parameter.name, kind, default=default, annotation=annotation)


def help_of(entry: Question) -> str:
    """The help of a question in Python's words: what it answers, what it takes, and the examples of its command."""
    parts, examples = [], list[str]()
    for part in cleandoc(entry.help).split("\n\n"):
        if not part.startswith(_AS_WRITTEN):
            parts.append(in_words_of(PYTHON, part))
        elif (lines := part.removeprefix(_AS_WRITTEN).split("\n"))[0].startswith("optimizer "):
            examples += filter(None, (example_of(entry, line) for line in lines))
        else:
            parts.append(in_words_of(PYTHON, "\n".join(lines)))
    taken = [f"    {parameter.name}: {in_words_of(PYTHON, parameter.words)}" for parameter in entry.parameters]
    taken += ["    fields: of the case, by their names or those of their flags."] * bool(entry.takes_case)
    parts += ["\n".join(("Args:", *taken))] * bool(taken)
    shown = ("Example:", *(f"    >>> {call}" for call in ("import optimizer", *(examples or [_least(entry)]))))
    return "\n\n".join((*parts, "\n".join(shown)))


def example_of(entry: Question, line: str) -> str:
    """An example of a command as a call of Python; empty for one of another command."""
    written, _, beside = re.sub(r"\s{2,}", "\n", line.strip()).partition("\n")
    start = f"optimizer {entry.name}"
    if written != start and not written.startswith(f"{start} "):
        return ""
    call = (
        f"optimizer.{function_name(entry.name)}({', '.join(_as_arguments(entry, shlex.split(written[len(start) :])))})"
    )
    return f"{call}  # {beside}" if beside else call


def _least(entry: Question) -> str:
    """A call of a question whose help has no example."""
    needed = [f'"{parameter.choices[0]}"' for parameter in entry.parameters if parameter.required]
    case = ['country="BR"', "max_mw=1", 'deadline="150d"'] if entry.takes_case else []
    return f"optimizer.{function_name(entry.name)}({', '.join((*needed, *case))})"


def _as_arguments(entry: Question, words: Sequence[str]) -> Iterator[str]:
    """The words of a command as arguments of its function."""
    fields = (*FIELDS, *POWER_FIELDS, CASE_ID)
    named = {field.flag: (field.flag[2:].replace("-", "_"), field.switch) for field in fields}
    named |= {parameter.as_flag: (parameter.name, parameter.kind == "switch") for parameter in entry.parameters}
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            yield _written(word)
        elif word in named:
            name, is_switch = named[word]
            yield f"{name}=True" if is_switch else f"{name}={_written(next(rest))}"
        elif word not in _OF_OUTPUT:
            next(rest)


def _written(word: str) -> str:
    return word if re.fullmatch("[1-9][0-9]*", word) else f'"{word}"'
