"""Compare every frozen output with what its command prints now, or freeze them anew with ``--write``."""

from __future__ import annotations

import difflib
import sys

from . import OUTPUTS, commands, told


def main(arguments: list[str]) -> int:
    """Exit status 1 if an output differs."""
    write = "--write" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    differ = 0
    for command in commands():
        if names and command.name not in names:
            continue
        path = OUTPUTS / f"{command.name}.txt"
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        now = told(command)
        if before == now:
            continue
        differ += 1
        if write:
            path.write_text(now, encoding="utf-8")
            print(f"frozen: {command.name}")
        else:
            lines = difflib.unified_diff(before.splitlines(), now.splitlines(), command.name, "now", lineterm="", n=0)
            print("\n".join(lines))
    if write:
        for path in OUTPUTS.glob("*.txt"):
            if path.stem not in {command.name for command in commands()}:
                path.unlink()
    print(f"{differ} outputs differ")
    return 0 if write else int(bool(differ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
