"""The rows of an atlas as data: one a country, next to each view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from optimizer.answers.comparisons.ranking import RankedRow
from optimizer.answers.form.shapes import Shape, entry, like
from optimizer.answers.plan.row import PlanRow
from optimizer.atlas.views import View
from optimizer.catalogue import Catalogue
from optimizer.domain import Country, Region


class AtlasRow(Shape):
    """A country in a view of the atlas. Every other column of its plan is in plans.csv."""

    rank: int | None = like(RankedRow, "rank")
    country: str = entry("ISO 3166-1 alpha-2 code")
    name: str = like(Country, "name")
    status: str = like(PlanRow, "status")
    cause: str | None = like(PlanRow, "cause")
    reason: str | None = like(PlanRow, "reason")
    composition: str | None = like(PlanRow, "composition")
    days: int | None = like(PlanRow, "days")
    cost_usd: float | None = like(PlanRow, "cost_usd")
    expected_cost_usd: float | None = like(PlanRow, "expected_cost_usd")
    cost_p10_usd: float | None = like(PlanRow, "cost_p10_usd")
    cost_p90_usd: float | None = like(PlanRow, "cost_p90_usd")
    met_share: float | None = like(PlanRow, "met_share")
    peak_mw: float | None = like(PlanRow, "peak_mw")
    energy_gwh: float | None = like(PlanRow, "energy_gwh")
    carbon_t: float | None = like(PlanRow, "carbon_t")
    binds: str = entry("limits without which the plan would be better, separated by ;")
    less_without: str = entry("how much less of the objective without each, separated by ;")
    needed: str = entry("limits of which more alone would be enough, as limit=value, separated by ;")
    evidence_grade: str | None = like(PlanRow, "evidence_grade")
    regions: str = entry("regions of which it is a member, separated by ;")


_OF_THE_PLAN = tuple(name for name in AtlasRow.model_fields if name in PlanRow.model_fields and name != "country")
"""The columns that are cells of the country's row of plans."""


def rows_of(view: View, catalogue: Catalogue) -> Iterator[AtlasRow]:
    """The rows of a view, the best first."""
    regions = regions_of(catalogue)
    for found in view.entries:
        cells: dict[str, Any] = {name: found.row[name] or None for name in _OF_THE_PLAN}
        yield AtlasRow(
            rank=found.rank,
            country=found.code,
            name=catalogue.countries[found.code].name,
            binds=";".join(str(binding.limit) for binding in found.bindings),
            less_without=";".join(f"{round(binding.saving, 6):.12g}" for binding in found.bindings),
            needed=";".join(f"{limit}={float(value):.10g}" for limit, value in found.needs),
            regions=";".join(regions.get(found.code, ())),
            **cells,
        )


def regions_of(catalogue: Catalogue) -> dict[str, list[str]]:
    """By country, the regions of which it is a member."""
    found: dict[str, list[str]] = {}
    for key, region in catalogue.regions.items():
        for code in places_in(region, catalogue):
            found.setdefault(code, []).append(key)
    return found


def places_in(region: Region, catalogue: Catalogue) -> tuple[str, ...]:
    """The countries of a region, and the places with rules of their own that are a part of one: Crimea in Europe."""
    parts = (code for code, row in catalogue.countries.items() if row.part_of in region.members)
    return (*region.members, *parts)
