"""Cases side by side: countries, accelerators, limits or conditions, each planned, then ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from optimizer.errors import DataError, InputError, Problem, UsageError
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import mark, say

if TYPE_CHECKING:
    from optimizer.answers.form.document import Document
    from optimizer.catalogue import Catalogue
    from optimizer.domain.rows import Region

MOST_CASES = 2_000
"""More cases are the work of ``sweep``, which has workers and a journal."""


@question(
    "compare",
    "Why and what else",
    Parameter(
        "region",
        "All countries of a region, such as Mercosur, or of several: a list (optimizer data list regions).",
        "text",
        "NAME",
    ),
    outputs="answers.comparisons.comparison:ComparisonOut",
    rows="answers.comparisons.comparison:ComparisonRow",
    takes_case="axes",
    progress=mark("cases"),
)
def compare(asked: Asked) -> Document:
    """Rank cases side by side: countries, accelerators, limits. Each row is a proven plan.

    \b
    Give at least one flag several values:
      --country BR,MX,CL          a list, a region (Mercosur), or all
      --max-mw 0.5,1,2            or a range, 0.5:2:0.5
      --use 'h100,a100'           two cases; "h100;a100" is one case with both

    The rows are ranked by the objective. Each row shows its difference to the best.

    \b
    optimizer compare --country BR,MX,CL --max-mw 1 --deadline 120d
    optimizer compare --region "Southern Cone" --max-mw 1 --deadline 120d
    optimizer compare --use h100,h200,gb200 --country MX --max-mw 2 --deadline 180d
    """
    from optimizer.answers.comparisons.comparison import document
    from optimizer.batch.cases import entry_of
    from optimizer.batch.sweep import read_sweep
    from optimizer.domain.case import FEED_FIELDS
    from optimizer.insight.comparison import Candidate
    from optimizer.insight.comparison import compare as compared

    if any(asked.fields.get(name) not in (None, (), False) for name in ("feed", *FEED_FIELDS)):
        raise UsageError.say("the supply of a site is not compared here: use optimizer sweep, then optimizer rank")
    texts = {field: _texts(value) for field, value in asked.fields.items() if value not in (None, (), False)}
    regions: Sequence[Region] = ()
    if (region := asked.own["region"]) is not None:
        regions = _regions(str(region), texts, asked.catalogue)
        texts["country"] = _members(regions)
    try:
        sweep = read_sweep(None, texts, asked.catalogue, asked.today)
    except DataError as error:
        raise InputError(error.problems) from error
    (grid,) = sweep.grids
    axes = tuple(axis.field for axis in grid.varying)
    if not axes:
        raise UsageError.say("nothing to compare: give several values, such as --country BR,MX or --max-mw 1,2")
    if "objective" in axes:
        raise UsageError.say("plans with different objectives cannot be ranked: compare one objective at a time")
    if sweep.total > MOST_CASES:
        many = say("{total:,} cases are more than {most_cases:,}", total=sweep.total, most_cases=MOST_CASES)
        raise UsageError.say("{many}: use optimizer sweep, then optimizer rank", many=many)
    candidates = []
    for place, line in enumerate(sweep):
        entry, cells = entry_of(line), grid.cells(place)
        values = tuple(cells.get(field, "") for field in axes)
        candidates.append(Candidate(entry.case_id, values, entry.case, entry.problems))
    if not any(candidate.case for candidate in candidates):
        problems = (replace(problem, file=None, line=None) for one in candidates for problem in one.problems)
        raise InputError(dict.fromkeys(problems))
    tell = asked.progress
    done = (lambda number: tell(number, sweep.total)) if tell is not None else (lambda number: None)
    given = {axis: tuple(dict.fromkeys(one.values[place] for one in candidates)) for place, axis in enumerate(axes)}
    return document(compared(candidates, axes, asked.catalogue, done), given, grid.assumed, regions)


@question(
    "rank",
    "Why and what else",
    Parameter("plans", "A file that batch or sweep wrote.", "argument", "PLANS", required=True, is_table=True),
    Parameter("by", "The column to rank by; by default that of the objective.", "text", "COLUMN"),
    Parameter("within", "Rank within each value of this column; may be repeated.", "text", "COLUMN", many=True),
    Parameter("top", "Places shown.", "whole", "N", least=1),
    outputs="answers.comparisons.ranking:RankingOut",
    rows="answers.comparisons.ranking:RankedRow",
    takes_case=False,
)
def rank(asked: Asked) -> Document:
    """Rank the plans of a file that batch or sweep wrote.

    \b
    optimizer sweep --country all --max-mw 1 --deadline 120d -o plans.csv
    optimizer rank plans.csv --top 10
    optimizer rank plans.csv --by peak_mw --within country
    """
    from optimizer.answers.comparisons.ranking import document
    from optimizer.service.plan_files import OF_PYTHON, read_plans

    own = asked.own
    name = own["plans"] if isinstance(own["plans"], str) else OF_PYTHON
    return document(read_plans(own["plans"]), name, own["by"], own["within"] or (), own["top"], asked.catalogue)


def members_of(regions: str, given: Mapping[str, Sequence[str]], catalogue: Catalogue) -> Sequence[str]:
    """The countries of one region or of several with a comma between, each once: see :func:`_regions`."""
    return _members(_regions(regions, given, catalogue))


def _members(regions: Sequence[Region]) -> Sequence[str]:
    return tuple(dict.fromkeys(code for region in regions for code in region.members))


def _regions(regions: str, given: Mapping[str, Sequence[str]], catalogue: Catalogue) -> Sequence[Region]:
    """The regions of a text with a comma between.

    Args:
        regions: as typed.
        given: the texts of the flags next to it.
        catalogue: knows the names.

    Raises:
        InputError: every name that is not a known region.
        UsageError: countries are given too.
    """
    if "country" in given:
        raise UsageError.say("--region names the countries: leave out --country, or write --country all")
    names = [regions] if catalogue.known("region", regions) else regions.split(",")
    found: list[Region] = []
    problems: list[Problem] = []
    for name in names:
        try:
            found.append(catalogue.regions[catalogue.find("region", name.strip(), "region")])
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def _texts(value: Any) -> Sequence[str]:
    """The values of a field as texts: one, or several from a flag that was repeated or a list."""
    if value is True:
        return ("yes",)
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(map(str, value))
    return (str(value),)
