"""The rows of the model by family, each against its golden file in the LP format (``python -m tests.lp``)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from lp import FOLDER, files, programmes, rows_by_family, shipped

from optimizer.model import statement
from optimizer.model.in_pyomo import build

FAMILIES = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.lp")}


@pytest.fixture(scope="module")
def now() -> dict[str, str]:
    return files(shipped())


@pytest.mark.parametrize("family", FAMILIES)
def test_the_rows_of_a_family_are_those_of_its_file(family: str, now: dict[str, str]) -> None:
    """Every name, coefficient and bound. A changed row is a decision: ``python -m tests.lp --write`` writes it."""
    assert now[family] == FAMILIES[family]


def test_every_family_has_a_file(now: dict[str, str]) -> None:
    """By the calls in the source: a family that no programme here has would have no golden file and be unread."""
    named = set()
    for path in Path(statement.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("add", "model.add"):
                family = node.args[0]
                assert isinstance(family, ast.Constant), ast.unparse(node)
                named.add(family.value)
    assert named == set(FAMILIES) == set(now)


def test_names_of_rows_do_not_change_their_order() -> None:
    """The solver gets the rows as they were added, families mixed: sorted by name it would take another way, and the
    rows that are filled directly would not be those compiled (tests/engine/test_fast_path.py)."""
    for _, given in programmes(shipped()):
        keys = list(build(given).rows)
        assert len(keys) == len(set(keys)) == sum(map(len, rows_by_family(given).values()))
        numbers: dict[str, int] = {}
        for key in keys:
            family, _, number = key.rpartition("_")
            numbers[family] = numbers.get(family, 0) + 1
            assert int(number) == numbers[family]
        assert keys != sorted(keys)
