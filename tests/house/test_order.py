"""The order of the tests on several workers loses none, and keeps a long file together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from order import LONG_S, dealt


@dataclass(frozen=True)
class Test:
    """What stands for a test."""

    __test__ = False
    path: Path
    number: int


def made(*names: str, each: int) -> list[Any]:
    return [Test(Path(f"{name}.py"), number) for name in names for number in range(each)]


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_a_long_file_is_on_one_worker(workers: int) -> None:
    """A guide that is divided runs its examples twice, and a test that is lost is passed by nobody."""
    items = made(*LONG_S, each=20) + made(*(f"test_quick_{n}" for n in range(200)), each=21)
    found: list[Any] = dealt(items, workers)
    assert len(found) == len(items) and {*found} == {*items} and found == dealt(items, workers)
    shares, left = [], found
    for number in range(workers):  # as pytest-xdist divides them
        size = len(left) // (workers - number)
        shares.append(left[:size])
        left = left[size:]
    for name in LONG_S:
        assert sum(any(test.path.stem == name for test in share) for share in shares) == 1, name
    assert all(share[0].path.stem in LONG_S and share[-1].path.stem not in LONG_S for share in shares)


def test_the_long_files_are_there() -> None:
    """One that was renamed would be divided again."""
    assert [name for name in LONG_S if not [*Path(__file__).parents[1].rglob(f"{name}.py")]] == []
