"""Records: the dataclasses of the standard library, without the price of their methods at import.

``dataclasses.dataclass`` writes and compiles up to six methods of every class when its module is imported, used or not.
One question imports 150 such classes, and that was a sixth of its time. Here the fields are those of the standard
library, so ``fields``, ``replace``, ``asdict`` and ``match`` work as ever. But ``__init__`` is written when the first
object is made, and the other methods are not written at all.

For classes with an order, take ``dataclasses.dataclass``.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, eq=True, repr=True):
        """A class with fields, as ``dataclasses.dataclass`` makes it.

        Args:
            cls: the class; absent where the arguments below are given.
            frozen: no field can be set after the object was made.
            eq: two objects are equal if their fields are; a frozen one then has a hash.
            repr: an object is shown with its fields.
        """

        def made(new):
            return _with_methods(new, frozen=frozen, eq=eq, repr=repr)

        return made if cls is None else made(cls)


class _Initialiser:
    """The ``__init__`` of a record, written when it is looked up for the first time."""

    def __init__(self, cls: type, frozen: bool) -> None:
        self.cls = cls
        self.frozen = frozen

    def __get__(self, instance: object | None, owner: type) -> Any:
        written = _initialiser_of(self.cls, self.frozen)
        type.__setattr__(self.cls, "__init__", written)
        return written.__get__(instance, owner)


def _with_methods(cls: type, *, frozen: bool, eq: bool, repr: bool) -> type:
    """The class with its fields noted, and the methods that it does not define itself."""
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    known = dataclasses.fields(made)
    own: dict[str, Any] = {"__init__": _Initialiser(made, frozen)}
    if repr:
        own["__repr__"] = _shown(tuple(field.name for field in known if field.repr))
    if eq:
        compared = _values_of(field.name for field in known if field.compare)
        own["__eq__"] = _equality(compared)
        if "__hash__" not in cls.__dict__ or cls.__dict__["__hash__"] is None:
            own["__hash__"] = _hash(compared) if frozen else None
    if frozen:
        own |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    for name, method in own.items():
        if name == "__hash__" or name not in cls.__dict__:
            setattr(made, name, method)
    return made


def _values_of(names: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What reads some fields of an object, as a tuple."""
    names = tuple(names)
    if len(names) > 1:
        return attrgetter(*names)  # in C
    return lambda record: tuple(getattr(record, name) for name in names)


def _equality(compared: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, Any], Any]:
    def __eq__(self: Any, other: Any) -> Any:  # noqa: N807
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash(compared: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], int]:
    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(compared(self))

    return __hash__


def _shown(names: tuple[str, ...]) -> Callable[[Any], str]:
    @recursive_repr()
    def __repr__(self: Any) -> str:  # noqa: N807
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{self.__class__.__qualname__}({values})"

    return __repr__


def _refuse_to_set(self: object, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _initialiser_of(cls: type, frozen: bool) -> Any:
    """Write and compile the ``__init__`` of a record from its fields."""
    known = dataclasses.fields(cls)
    outer: dict[str, Any] = {"_set": object.__setattr__, "_absent": _ABSENT}
    words, lines = ["self"], []
    for field in sorted((each for each in known if each.init), key=lambda each: bool(each.kw_only)):
        if field.kw_only and "*" not in words:
            words.append("*")
        words.append(field.name + _default_of(field, outer))
    for field in known:
        value = field.name
        if field.default_factory is not dataclasses.MISSING:
            outer[f"_make_{field.name}"] = field.default_factory
            value = f"_make_{field.name}()"
            if field.init:
                value += f" if {field.name} is _absent else {field.name}"
        elif not field.init:
            continue
        lines.append(f"_set(self, {field.name!r}, {value})" if frozen else f"self.{field.name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    text = f"def written({', '.join(outer)}):\n def __init__({', '.join(words)}):\n  "
    text += "\n  ".join(lines or ["pass"]) + "\n return __init__"
    found: dict[str, Any] = {}
    exec(text, sys.modules[cls.__module__].__dict__, found)
    made = found["written"](**outer)
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {each.name: each.type for each in known if each.init} | {"return": None}
    return made


class _Absent:
    """Represents an argument whose default is made again for every object."""

    def __repr__(self) -> str:
        return "<factory>"


_ABSENT = _Absent()


def _default_of(field: dataclasses.Field[Any], outer: dict[str, Any]) -> str:
    """What follows the name of an argument: its default, kept in ``outer``; nothing where it has none."""
    if field.default_factory is not dataclasses.MISSING:
        return "=_absent"
    if field.default is dataclasses.MISSING:
        return ""
    outer[f"_default_{field.name}"] = field.default
    return f"=_default_{field.name}"
