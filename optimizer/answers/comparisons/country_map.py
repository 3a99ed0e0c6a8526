"""The countries of a comparison on a map: shaded by what they are compared by, those without a plan by the cause."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.answers.form.charts import Place, WorldMap
from optimizer.answers.form.document import Table, left
from optimizer.answers.words.common_words import OBJECTIVES, plan_words
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.reason_words import brief_words, causes_on_a_map
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.insight.comparison import Compared, Comparison
from optimizer.units.language import say

FEWEST = 6
"""Countries of the smallest map: fewer are read faster in the table."""


def country_map(found: Comparison) -> WorldMap | None:
    """The map of a comparison over countries and nothing else; None of another, or of a few."""
    if found.axes != ("country",) or len(found.rows) < FEWEST:
        return None
    groups = causes_on_a_map(row.why for row in found.rows if isinstance(row.why, NoPlan))
    places = [_place(found, row, groups) for row in found.rows]
    columns = [left(say("country")), left(say("plan, or why there is none"))]
    table = Table(columns, [(place.name, place.words or place.group) for place in places])
    return WorldMap(OBJECTIVES[found.objective], found.unit, places, table, list(groups.values()))


def _place(found: Comparison, row: Compared, groups: Mapping[Cause, str]) -> Place:
    code = row.candidate.values[0]
    known = found.catalogue.countries.get(code)
    name = country_words(known) if known else code
    if row.plan is not None and row.measure is not None:
        return Place(code, name, float(row.measure), plan_words(row.plan))
    if isinstance(row.why, NoPlan):
        return Place(code, name, None, brief_words(row.why), groups[row.why.cause])
    return Place(code, name, None, group=say("this case cannot be solved, or it is undecided"))
