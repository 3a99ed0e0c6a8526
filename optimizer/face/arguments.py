"""The public functions, with what Python itself would say of their arguments in the words of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from inspect import Parameter, signature
from typing import Any

from optimizer.catalogue.tables import suggestion
from optimizer.domain.case_names import field_named
from optimizer.errors import InputError, Problem
from optimizer.face.remedies import as_written
from optimizer.face.values import too_many
from optimizer.service import REGISTER
from optimizer.service.fields import FLAG_OF
from optimizer.units.language import say

_NAMELESS = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def public(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function as it is called from Python: every wrong or missing argument is said at once, and no command."""
    known = signature(function).parameters

    @wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        if problems := list(_problems(function.__name__, known, given, named)):
            raise InputError(problems)
        with as_written({}):
            return function(*given, **named)

    called.__module__ = "optimizer"  # where pickle looks it up
    return called


def _problems(
    name: str, known: Mapping[str, Parameter], given: tuple[Any, ...], named: Mapping[str, Any]
) -> Iterator[Problem]:
    nameless = [key for key, parameter in known.items() if parameter.kind in _NAMELESS]
    if len(given) > len(nameless):
        yield too_many(name, nameless)
    takes_any = any(parameter.kind is Parameter.VAR_KEYWORD for parameter in known.values())
    by_name = [key for key, parameter in known.items() if parameter.kind is not Parameter.POSITIONAL_ONLY]
    for key in named:
        if key in nameless[: len(given)] and key in by_name:
            yield Problem(say("is given twice"), column=key)
        elif key not in by_name and not takes_any:
            yield Problem(
                say("is not a parameter of {question}", question=name), column=key, remedy=_other(name, key, by_name)
            )
    for key, parameter in known.items():
        if parameter.default is Parameter.empty and parameter.kind in _NAMELESS and key not in nameless[: len(given)]:
            if key not in by_name:
                yield Problem(say("is needed, as the first value, without its name"), column=key)
            elif key not in named:
                yield Problem(say("is needed"), column=key)


def _other(name: str, key: str, known: list[str]) -> str:
    """What to write for an argument that a function does not have: the question of its name may have it."""
    entry = REGISTER.get(name)
    if entry and (field_named(key) in FLAG_OF or key in (p.name for p in entry.parameters)):
        return say('use optimizer.answer("{name}", {key}=...)', name=name, key=key)
    return suggestion(key, dict.fromkeys(known))
