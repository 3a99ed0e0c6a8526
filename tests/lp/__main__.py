"""Compare the golden files of the rows with the model, or write them again with ``--write``."""

from __future__ import annotations

import difflib
import sys

from . import FOLDER, files, shipped


def main(arguments: list[str]) -> int:
    """Exit status 1 if a file differs."""
    write, differ = "--write" in arguments, 0
    now = files(shipped())
    before = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.lp")}
    for family in sorted({*now, *before}):
        if now.get(family) == before.get(family):
            continue
        differ += 1
        if not write:
            old, new = before.get(family, "").splitlines(), now.get(family, "").splitlines()
            print("\n".join(difflib.unified_diff(old, new, family, "now", lineterm="", n=0)))
        elif family in now:
            (FOLDER / f"{family}.lp").write_text(now[family], encoding="utf-8")
        else:
            (FOLDER / f"{family}.lp").unlink()
    print(f"{differ} families differ")
    return 0 if write else int(bool(differ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
