"""Writes what a build step makes, or says what it would change."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path


def main_of(description: str | None, build: Callable[[], Mapping[Path, str]]) -> int:
    """The command of a build step: write the files that it makes, or with ``--check`` say which differ.

    Returns:
        The exit status: 1 with ``--check`` where a file would change.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 if a file would change")
    check = parser.parse_args().check
    changed = {path: text.encode() for path, text in build().items()}
    changed = {path: raw for path, raw in changed.items() if not path.is_file() or path.read_bytes() != raw}
    if not check:
        for path, raw in changed.items():
            path.write_bytes(raw)
    names = ", ".join(path.name for path in changed)
    print(f"{'would change' if check else 'changed'}: {names or 'nothing'}")
    return int(check and bool(changed))
