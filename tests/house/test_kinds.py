"""The page of the kinds of fault (kinds.md) names tests that exist, and a kind without a test is none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parents[1]
PAGE = HERE / "kinds.md"
NAMED = re.compile(r"`(test_\w+)::(test_\w+)`")


def kinds(text: str) -> dict[str, list[str]]:
    """The rows of the table under every heading."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {
        part.split("\n", 1)[0]: [
            row for row in part.splitlines() if row.startswith("| ") and not row.startswith(("| fault", "| ---"))
        ]
        for part in parts
    }


def names_in(name: str) -> set[str]:
    """The tests of a file."""
    texts = [path.read_text(encoding="utf-8") for path in HERE.rglob(f"{name}.py")]
    return {node.name for text in texts for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


def missing(text: str) -> list[str]:
    """The tests that a page names and that are not there."""
    known = {name: names_in(name) for name, _ in NAMED.findall(text)}
    return [f"{name}::{test}" for name, test in NAMED.findall(text) if test not in known[name]]


def test_every_test_that_is_named_exists() -> None:
    """A test that was renamed or removed: the page would say that a fault is kept out that nothing keeps out."""
    assert missing(PAGE.read_text(encoding="utf-8")) == []


def test_a_name_of_nothing_is_noticed() -> None:
    """The counterpart: a wrong name of a test, and of a file."""
    assert missing("`test_kinds::test_a_name_of_nothing_is_noticed`") == []
    assert len(missing("`test_kinds::test_of_nothing` and `test_nothing::test_a`")) == 2


def test_every_fault_has_a_test() -> None:
    """A row without one says nothing; a kind has rows, and faults of its kind were looked for elsewhere."""
    found = kinds(PAGE.read_text(encoding="utf-8"))
    assert len(found) >= 10 and all(found.values())
    assert [row for rows in found.values() for row in rows if not NAMED.search(row)] == []
    assert [kind for kind, rows in found.items() if not any("*Alike:*" in row for row in rows)] in (
        [],
        ["A release is not what it says"],
    )
