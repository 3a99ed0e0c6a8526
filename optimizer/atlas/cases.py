"""The cases of an atlas: countries x workloads x rule sets, and each again without one of its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.batch.sweep import read_sweep
from optimizer.batch.sweep.axes import Axis, Value
from optimizer.batch.sweep.grid import Grid, Sweep
from optimizer.catalogue import Catalogue
from optimizer.domain.limits import KINDS, KindName
from optimizer.errors import UsageError
from optimizer.units import MAX_DEADLINE_DAYS

LIMIT_OF_FIELD: Mapping[str, KindName] = {
    kind.field: kind.name for kind in KINDS.values() if kind.scope == "case" and kind.field
}
"""Field of a case -> the kind of limit that it gives."""
USUAL_LIMITS: Mapping[str, str] = {"max_mw": "1", "deadline_days": "150"}
"""Limits of an atlas that names none: those of the first example of the guide."""
LONGEST = Axis("deadline_days", (Value("longest", (("deadline_days", str(MAX_DEADLINE_DAYS)),)),))
"""A case without its deadline, as plan and explain mean it: a case that names none would get the longest usual run."""
WITHOUT = "without-"
"""Begins the name of the scenario that leaves a limit out, to see whether it binds."""


def atlas_cases(flags: Mapping[str, Sequence[str]], catalogue: Catalogue, today: str) -> tuple[Sweep, dict[str, str]]:
    """The cases, and what was filled in.

    Args:
        flags: by field of the case, the texts of its flag.
        catalogue: knows the names.
        today: the day from which a date given as a deadline counts, YYYY-MM-DD.

    Returns:
        A sweep whose first grid is the atlas itself; each further one leaves out one of the limits.

    Raises:
        DataError: every problem of the flags at once.
        UsageError: plans of several objectives cannot be ranked.
    """
    assumed = {"country": "all"} if not flags.get("country") else {}
    if not any(flags.get(field) for field in LIMIT_OF_FIELD):
        assumed |= USUAL_LIMITS
    texts = {**{field: (text,) for field, text in assumed.items()}, **flags}
    (grid,) = read_sweep(None, texts, catalogue, today).grids
    if any(axis.field == "objective" for axis in grid.varying):
        raise UsageError.say("plans with different objectives cannot be ranked: make one atlas for each")
    limits = [axis.field for axis in grid.axes if axis.field in LIMIT_OF_FIELD]
    further = [Grid(scenario_without(field), _without(grid, field)) for field in limits]
    return Sweep([Grid("", grid.axes), *further], ""), assumed  # of no file: a row has no place in one


def scenario_without(field: str) -> str:
    """The name of the scenario that leaves a limit out."""
    return f"{WITHOUT}{field.replace('_', '-')}"


def _without(grid: Grid, field: str) -> tuple[Axis, ...]:
    others = tuple(axis for axis in grid.axes if axis.field != field)
    return (*others, LONGEST) if field == LONGEST.field else others
