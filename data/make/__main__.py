"""Builds every table that is made from raw ones, the map and the page of checked cells: ``python data/make [--check]``.

A yearly update is a new raw table and this command; then ``python data/make/changes.py OLD_FOLDER`` says what it
changes in the answers of a fixed grid of cases, and ``optimizer data package`` and ``optimizer data dictionary``
describe the folder again.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import checks
import projects
import shapes
import sizes
import world
import world_facts

if __name__ == "__main__":
    # the countries first: the others look their codes up; the table of what was checked last, as it shows all of them
    steps = [step.main for step in (world, world_facts, projects, shapes, sizes)]
    sys.exit(max(step() for step in (*steps, checks.write_table)))
