"""A limit is described in one place, and around it only what is published is written out.

A limit once stood in 22 files of the package: a table of units here, of usual ranges there, of headings, of words.
"""

from __future__ import annotations

from pathlib import Path

import optimizer
from optimizer.domain.case_names import LIKELY
from optimizer.domain.field_units import UNITS_OF
from optimizer.domain.limits import KINDS
from optimizer.domain.quantity_text import MONEY
from optimizer.domain.tipping_ranges import USUAL_RANGES

PACKAGE = Path(optimizer.__file__).parent
PUBLISHED = {
    "domain/case.py": "the field of a case",
    "consortium/members.py": "the field of all sites together",
    "answers/plan/row.py": "the columns of a plan",
    "answers/consortium/outputs.py": "the columns of a consortium",
    "service/curves.py": "the help of tipping",
}
"""Module that names a limit by its field, beside its description -> what of it is published there."""


def test_the_modules_that_name_a_limit_are_its_description_and_what_is_published() -> None:
    """Of each of the three limits on energy, carbon and bought hardware; wrong: a seventh module that must be known."""
    for word in ("max_energy", "max_carbon", "max_capital"):
        of_power = "max_carbon_g_per_kwh", "max_carbon_kg", "max_energy_kwh", "max_carbon_per_kwh"
        naming = set()
        for path in PACKAGE.rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            for other in of_power:  # the site's own power counts by the kWh and the kg
                text = text.replace(other, "")
            if word in text:
                naming.add(path.relative_to(PACKAGE).as_posix())
        own_power = {name for name in naming if name.startswith("power/")}
        assert naming - own_power == {"domain/limits.py", *PUBLISHED}, word


def test_what_a_limit_says_of_itself_reaches_all_who_read_numbers_headings_and_ranges() -> None:
    """Each kind with a field: a unit or a reader of its own, its range, its headings; wrong: one that is forgotten."""
    for kind in KINDS.values():
        if not kind.field or kind.scope != "case":
            continue
        assert kind.field in UNITS_OF or kind.field in MONEY or kind.unit == "days", kind.name
        assert USUAL_RANGES.get(kind.word) == kind.usual, kind.name
        assert {heading for heading, field in LIKELY.items() if field == kind.field} == set(
            filter(None, kind.likely.split("|"))
        ), kind
