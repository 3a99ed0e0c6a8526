"""Records behave as the dataclasses of the standard library, and cost no compiling before one is made."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import Any

import pytest

from optimizer.units import records


def shapes(dataclass: Callable[..., Any]) -> dict[str, Any]:
    """The same classes, made by the one or the other."""

    @dataclass(frozen=True)
    class Frozen:
        """Two fields, and one that is made anew."""

        name: str
        size: float = 2.0
        parts: list[int] = field(default_factory=list)

    @dataclass
    class Open:
        """Fields that can be set."""

        name: str
        size: int = 3

        def __post_init__(self) -> None:
            self.size += 1

    @dataclass(frozen=True, eq=False)
    class Own:
        """Equal only to itself."""

        name: str

    @dataclass(frozen=True)
    class Wider(Frozen):
        """Has one field more, by its name alone, one that is not given and one that is not shown."""

        last: int = field(default=5, kw_only=True)
        held: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)
        secret: int = field(default=1, repr=False)

    @dataclass(frozen=True)
    class Empty:
        """Nothing."""

    @dataclass(frozen=True)
    class Told:
        """Says itself what it is."""

        name: str

        def __repr__(self) -> str:
            return f"<{self.name}>"

        def __hash__(self) -> int:
            return 7

    return {made.__name__: made for made in (Frozen, Open, Own, Wider, Empty, Told)}


BOTH = {"ours": shapes(records.dataclass), "standard": shapes(dataclasses.dataclass)}


def outcome(action: Callable[[dict[str, Any]], Any], made: dict[str, Any]) -> str:
    """What an action gives or raises, in words; names of the module's own functions apart."""
    try:
        return repr(action(made)).replace("shapes.<locals>.", "")
    except (TypeError, AttributeError) as error:
        return f"{type(error).__name__}: {error}".replace("shapes.<locals>.", "")


ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "by place": lambda m: m["Frozen"]("a", 3.5, [1]),
    "by name": lambda m: m["Frozen"](size=1, name="b"),
    "its own list": lambda m: m["Frozen"]("a").parts is m["Frozen"]("a").parts,
    "one missing": lambda m: m["Frozen"](),
    "one too many": lambda m: m["Frozen"]("a", 1, [], 4),
    "unknown": lambda m: m["Frozen"]("a", colour=1),
    "set": lambda m: setattr(m["Frozen"]("a"), "name", "b"),
    "delete": lambda m: delattr(m["Frozen"]("a"), "name"),
    "equal": lambda m: (m["Frozen"]("a", 1) == m["Frozen"]("a", 1), m["Frozen"]("a") == m["Frozen"]("b")),
    "other class": lambda m: m["Frozen"]("a") == m["Wider"]("a"),
    "hash of a list": lambda m: hash(m["Frozen"]("a")),
    "equal hashes": lambda m: hash(m["Frozen"]("a", 1, ())) == hash(m["Frozen"]("a", 1, ())),
    "hash of open": lambda m: hash(m["Open"]("a")),
    "after": lambda m: m["Open"]("a").size,
    "open is set": lambda m: (made := m["Open"]("a"), setattr(made, "name", "c"), made)[-1],
    "itself alone": lambda m: m["Own"]("a") == m["Own"]("a"),
    "wider": lambda m: (m["Wider"]("a", 1, [2], last=4), m["Wider"]("a").held, m["Wider"]("a").secret),
    "by name alone": lambda m: m["Wider"]("a", 1, [2], 1, 4),
    "not given": lambda m: m["Wider"]("a", held={}),
    "not compared": lambda m: (one := m["Wider"]("a"), one.held.update(x=1), one == m["Wider"]("a"))[-1],
    "empty": lambda m: (m["Empty"](), m["Empty"]() == m["Empty"](), hash(m["Empty"]()) == hash(m["Empty"]())),
    "its own words": lambda m: (m["Told"]("a"), hash(m["Told"]("a"))),
    "fields": lambda m: [(each.name, each.type) for each in dataclasses.fields(m["Wider"])],
    "as a dictionary": lambda m: dataclasses.asdict(m["Wider"]("a")),
    "replaced": lambda m: dataclasses.replace(m["Frozen"]("a", 1), name="c"),
    "matched": lambda m: m["Wider"].__match_args__,
    "signature": lambda m: str(inspect.signature(m["Wider"])),
    "copied": lambda m: (copy.copy(m["Frozen"]("a")), copy.deepcopy(m["Frozen"]("a", 1, [2]))),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_record_does_what_a_dataclass_does(action: str) -> None:
    """Each use gives, or raises, the same as with the standard library. Wrong: any other value, error or message."""
    ours, standard = (outcome(ACTIONS[action], made) for made in BOTH.values())
    assert ours == standard


@records.dataclass(frozen=True)
class Sent:
    """Travels between processes."""

    name: str
    size: int = 1


def test_a_record_that_was_sent_is_the_same() -> None:
    """Equal, with an equal hash, in a process that has made none of its class. Wrong: it needs its ``__init__``."""
    script = (
        "import sys, pickle; sys.path.insert(0, 'tests/house')\n"
        "one, two = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
        "assert one == two and hash(one) == hash(two) and one.name == 'a', one\n"
        "assert type(one)('a', 3) == one\n"
    )
    sent = pickle.dumps((Sent("a", 3), Sent("a", 3))).hex()
    subprocess.run([sys.executable, "-c", script, sent], check=True)


def test_nothing_is_compiled_before_an_object_is_made() -> None:
    """``__init__`` is written for the first object and once. Wrong: at import, or again for each object."""

    @records.dataclass(frozen=True)
    class Late:
        name: str

    assert not inspect.isfunction(Late.__dict__["__init__"])
    Late("a")
    written = Late.__dict__["__init__"]
    assert inspect.isfunction(written)
    Late("b")
    assert Late.__dict__["__init__"] is written


def test_every_class_of_the_package_is_a_record() -> None:
    """Only a class with an order takes the standard one. Wrong: a module that compiles its methods at import."""
    standard = re.compile(r"^from dataclasses import (?:.*, )?dataclass\b", re.MULTILINE)
    texts = {path: path.read_text(encoding="utf-8") for path in Path(records.__file__).parent.parent.rglob("*.py")}
    dear = {path for path, text in texts.items() if standard.search(text) and "order=True" not in text}
    assert dear == set()
