"""Answers with one value changed, and whether `optimizer verify` refuses them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from commands import EASY

from optimizer.answers.form.envelope import digest_of
from optimizer.answers.readback.check import check
from optimizer.catalogue import Catalogue
from optimizer.errors import DataError

VERIFIED: dict[str, list[str]] = {
    "rented": [*EASY, "--budget", "5M", "--max-tpp", "1e7", "--max-accelerators", "400"],
    "bought": ["--procurement", "buy", "--deadline", "200", "--max-mw", "1.5"],
    "owned": ["--owned", "a100=400", "--procurement", "own"],
    "amortised, from the order": ["--basis", "amortised", "--deadline-from", "order", "--deadline", "300"],
    "mixed": ["--mix", "2", "--supply", "h100=16;b200=8", "--deadline", "6d", "--workload", "dense-small"],
    "by law": ["--rules", "diffusion-2025", "--procurement", "buy", "--use", "h100", "--deadline", "200"],
    "own workload": ["--params-total-b", "10", "--tokens-t", "2", "--site-setup", "12345.67"],
}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every figure and word of a document with its place."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def put(document: Any, path: tuple[Any, ...], value: Any) -> str:
    """The document with another value in one place."""
    return sealed(changed_at(document, path, value))


def changed_at(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same, not yet written: what the place is in is another, all else is shared."""
    key, *rest = path
    changed = document.copy()
    changed[key] = changed_at(document[key], tuple(rest), value) if rest else value
    return changed


def sealed(changed: Any) -> str:
    """The document as a forger would write it who works out its digest again: only what is recalculated betrays him."""
    if isinstance(changed, dict) and "digest" in changed:
        changed["digest"] = digest_of(changed)
    return json.dumps(changed)


def refused(text: str, catalogue: Catalogue) -> bool:
    """Whether ``verify`` finds something wrong; any error but a DataError breaks the test."""
    try:
        return bool(check(text, "forged.json", catalogue).wrong)
    except DataError:
        return True


OLD = Path(__file__).parent / "version_1"
"""Answers as the program wrote them until 0.1.0: no question, and the keys in another order."""
