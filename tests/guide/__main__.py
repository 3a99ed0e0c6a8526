"""Compare the outputs that README.md and the guide show with what their commands print now, or write them anew.

``python -m tests.guide [NAME ...]`` compares, ``python -m tests.guide --write [NAME ...]`` writes; NAME is a topic, or
README.
"""

from __future__ import annotations

import difflib
import sys

from . import documents, lines_of
from .shell import shell, succeeded


def main(arguments: list[str]) -> int:
    """Exit status 1 if an output differs, or if a command fails."""
    write = "--write" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    differ = failures = 0
    with shell() as bash:
        for document in documents():
            if names and document.name not in names:
                continue
            ran = bash.run(document, every=True)
            failed = {command: left for command, left in ran.items() if not succeeded(command, left)}
            for command, left in failed.items():
                print(f"{document.name}: exit status {left.status}: {command.line}\n{left.err}")
            if failed:
                differ += 1
                failures += 1
                continue  # what a failing command prints is never written
            now = document.written_anew({command: lines_of(left.shown) for command, left in ran.items()})
            if now == document.text:
                continue
            differ += 1
            if write:
                document.path.write_text(now, encoding="utf-8")
                print(f"written: {document.name}")
            else:
                before, after = document.text.splitlines(), now.splitlines()
                print("\n".join(difflib.unified_diff(before, after, document.name, "now", lineterm="", n=0)))
    print(f"{differ} differ")
    return int(bool(failures if write else differ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
