"""From flags and a study file to the grids of a sweep: flags go over scenarios, these over what all cases share."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from optimizer.batch.cases import entry_of
from optimizer.batch.sweep.axes import SPECS, Axis, read_axis
from optimizer.batch.sweep.grid import Grid, Sweep
from optimizer.batch.sweep.study_file import Scenario, Stated, Study, read_study, split
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import Line
from optimizer.domain.case_names import flag_of
from optimizer.errors import DataError, Problem
from optimizer.units.language import say

CASES_TRIED = 50
"""Cases of each grid that are looked at before any is solved."""


def read_sweep(study: Path | None, flags: Mapping[str, Sequence[str]], catalogue: Catalogue, today: str) -> Sweep:
    """The sweep that a study file and flags state.

    Args:
        study: the study file, if there is one.
        flags: by field of the case, each flag's texts: a list with commas, a range, all or none.
        catalogue: knows the names.
        today: the day from which dates given as deadlines count, YYYY-MM-DD.

    Raises:
        DataError: every problem at once; those of flags have no ``file``, and ``column`` is the field.
    """
    problems: list[Problem] = []
    stated = Study("sweep") if study is None else read_study(study, problems)
    axes: dict[int, Axis | None] = {}

    def axis(field: str, given: Stated, file: str | None) -> None:
        """Read the values of a field once, however many scenarios share them."""
        if id(given) not in axes:
            found: list[Problem] = []
            read = read_axis(field, given.items, catalogue, today, found)
            if read is not None and len(read.values) > 1 and not given.many:
                found.append(
                    Problem(say("is more than one value: put it under axes"), column=field, value=given.items[0])
                )
            if file:
                found = [replace(problem, file=file, column=given.key) for problem in found]
            problems.extend(found)
            axes[id(given)] = read

    over: dict[str, Stated] = {}
    for field, texts in flags.items():
        try:
            over[field] = Stated(tuple(item for text in texts for item in _items(field, text)), field, True)
        except ValueError as error:
            problems.append(Problem(str(error), column=field, value=", ".join(texts)))
            continue
        axis(field, over[field], None)
    if stated is not None:
        for layer in (stated.shared, *(scenario.stated for scenario in stated.scenarios)):
            for field, given in layer.items():
                axis(field, given, stated.file)
    if problems or stated is None:
        raise DataError(problems)
    grids = []
    for scenario in stated.scenarios or (Scenario("", {}),):
        shared = {field: given for field, given in stated.shared.items() if field not in scenario.without}
        merged = {**shared, **scenario.stated, **over}
        grids.append(Grid(scenario.name, tuple(a for f in SPECS if f in merged and (a := axes[id(merged[f])]))))
    return Sweep(grids, stated.file)


def _items(field: str, text: str) -> list[str]:
    """The values of a flag; hours and count of random outages, with a comma between, are one value as help has it."""
    return [text] if field == "random_outages" and text.count(",") == 1 and '"' not in text else split(text)


def unusable(sweep: Sweep, catalogue: Catalogue) -> list[Problem]:
    """The grids of which no case that was tried can be used: all their rows would say so.

    All cases of a small grid are tried, and some of a large one, always the same.
    """
    found = []
    first = 0
    for grid in sweep.grids:
        dice = random.Random(0)
        indices = (
            range(grid.total)
            if grid.total <= CASES_TRIED
            else [0, *(dice.randrange(grid.total) for _ in range(CASES_TRIED - 1))]
        )
        reasons = []
        for index in indices:
            reason = fault(sweep.line(first + index), catalogue)
            if reason is None:
                break
            reasons.append(reason)
        else:
            tried = (
                say("none of the {reasons} cases tried", reasons=len(reasons))
                if len(reasons) > 1
                else say("its one case")
            )
            whose = say("scenario {scenario}: ", scenario=grid.scenario) if grid.scenario else ""
            rule = say("can be used") if len(reasons) > 1 else say("cannot be used")
            found.append(Problem(f"{whose}{tried} {rule}: {reasons[0]}"))
        first += grid.total
    return found


def fault(line: Line, catalogue: Catalogue) -> str | None:
    """Why a case cannot be used, with its fields as flags, in the language that is spoken; None where it can."""
    entry = entry_of(line)
    found = [replace(problem, file=None, line=None) for problem in entry.problems]
    try:
        if entry.case is not None and entry.case.feed is not None:
            from optimizer.power.plan import power_ready  # numpy and the like: only where a case needs them

            power_ready(entry.case, catalogue)
        elif entry.case is not None:
            settle(entry.case, catalogue)
    except DataError as error:
        found = [*error.problems]
    words = "; ".join(map(str, found))
    return (
        re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda word: flag_of(word[0]) if word[0] in SPECS else word[0], words) or None
    )
