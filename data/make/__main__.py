"""Builds all that is made from raw tables: ``python data/make [--check]``.

The steps, in their order: world (countries.csv, tax_regimes.csv, country_groups.csv), world_facts (power_systems.csv,
decisions.csv), projects (projects.csv), shapes (the map), sizes (size_brackets.csv, model_sizes.csv), licences
(LICENSE.md), checks (checks/README.md). Every raw cell is checked first, and all problems are named at once; every step
works in a copy of the folder, which has to load. Only then is anything written. Status: 0; 1 with --check where a file
would change; 2 where the raw tables or the result have a problem, and nothing is written.

A yearly update is a new raw table and this command; then python data/make/changes.py OLD_FOLDER says what it changes
in the answers, and optimizer data package and optimizer data dictionary describe the folder again.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import raw_rules

from optimizer.catalogue import load_catalogue
from optimizer.errors import DataError, Problem

DATA = Path(__file__).resolve().parent.parent
STEPS = ("world", "world_facts", "projects", "shapes", "sizes", "licences", "checks")
"""The countries first: the others look their codes up; the table of what was checked last, as it shows all of them."""
MAP = Path("optimizer") / "render" / "world_shapes.json"


def build(data: Path) -> dict[str, list[Path]]:
    """Run every step in a folder: the files that each made, relative to the folder above."""
    sys.path.insert(0, str(data / "make"))
    made = {}
    for name in STEPS:
        try:
            files = importlib.import_module(name).files()
        except (ArithmeticError, LookupError, StopIteration, ValueError) as error:
            raise DataError([Problem(f"step {name}: {type(error).__name__}: {error}")]) from error
        for path, text in files.items():
            path.write_bytes(text.encode())
        made[name] = [path.relative_to(data.parent) for path in files]
    load_catalogue(data)
    return made


def main() -> int:
    """Check, build in a copy, check again, write."""
    parser = argparse.ArgumentParser(
        "python data/make", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 if a file would change")
    check = parser.parse_args().check
    if problems := raw_rules.problems(DATA / "raw" / "world"):
        print(*problems, f"{len(problems)} problems in the raw tables; nothing was written", sep="\n", file=sys.stderr)
        return 2
    with TemporaryDirectory() as folder:
        copy = Path(folder).resolve() / "data"
        shutil.copytree(DATA, copy)
        (copy.parent / MAP).parent.mkdir(parents=True)
        try:
            made = build(copy)
        except DataError as error:
            print(f"Error: {error}\nnothing was written".replace(str(copy), str(DATA)), file=sys.stderr)
            return 2
        changed = False
        for name, paths in made.items():
            new = {DATA.parent / path: (copy.parent / path).read_bytes() for path in paths}
            new = {path: raw for path, raw in new.items() if not path.is_file() or path.read_bytes() != raw}
            changed |= bool(new)
            if not check:
                for path, raw in new.items():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(raw)
            names = ", ".join(path.name for path in new)
            print(f"{name}: {'would change' if check else 'changed'}: {names or 'nothing'}")
    for line in raw_rules.not_used(DATA):
        print(line)
    return int(check and changed)


if __name__ == "__main__":
    sys.exit(main())
