"""The rows of an atlas as data: one a country, beside each view."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.answers.shapes import Shape, cell, entry
from optimizer.catalogue import Catalogue
from optimizer.web.atlas.views import View


class AtlasRow(Shape):
    """A country in a view of the atlas. Every other column of its plan stands in plans.csv."""

    rank: int | None = cell("its place, from 1; empty without a plan")
    country: str = entry("ISO 3166-1 alpha-2 code")
    name: str = entry("English name")
    status: str = entry("plan, infeasible, invalid, undecided, crashed or timed_out")
    cause: str = entry("why there is no plan: law, data, limits, compute_cap or confidence; empty with one")
    reason: str = entry("the same in words")
    composition: str = entry("accelerators x accelerator/precision/procurement, joined by +")
    days: int | None = cell("days of training", "days")
    cost_usd: float | None = cell("total cost of the run", "USD")
    expected_cost_usd: float | None = cell("mean cost where every doubtful figure is drawn", "USD")
    cost_p10_usd: float | None = cell("cost that is not exceeded in 10 of 100 draws", "USD")
    cost_p90_usd: float | None = cell("cost that is not exceeded in 90 of 100 draws", "USD")
    met_share: float | None = cell("share of the draws in which the plan meets every limit", "share")
    peak_mw: float | None = cell("peak power of the site", "MW")
    energy_gwh: float | None = cell("energy of the run", "GWh")
    carbon_t: float | None = cell("emissions of that energy", "tCO2e")
    binds: str = entry("limits without which the plan would be better, separated by ;")
    less_without: str = entry("how much less of the objective without each, separated by ;")
    needed: str = entry("limits of which more alone would be enough, as limit=value, separated by ;")
    evidence_grade: str = entry("weakest grade among price, efficiency, power and law")
    regions: str = entry("regions of which it is a member, separated by ;")


def rows_of(view: View, catalogue: Catalogue) -> Iterator[AtlasRow]:
    """The rows of a view, the best first."""
    regions = regions_of(catalogue)
    for found in view.entries:
        row, days = found.row, found.number("days")
        yield AtlasRow(
            rank=found.rank,
            country=found.code,
            name=catalogue.countries[found.code].name,
            status=row["status"],
            cause=found.cause or "",
            reason=row["reason"],
            composition=row["composition"],
            days=None if days is None else int(days),
            cost_usd=found.number("cost_usd"),
            expected_cost_usd=found.number("expected_cost_usd"),
            cost_p10_usd=found.number("cost_p10_usd"),
            cost_p90_usd=found.number("cost_p90_usd"),
            met_share=found.number("met_share"),
            peak_mw=found.number("peak_mw"),
            energy_gwh=found.number("energy_gwh"),
            carbon_t=found.number("carbon_t"),
            binds=";".join(str(binding.limit) for binding in found.bindings),
            less_without=";".join(f"{round(binding.saving, 6):.12g}" for binding in found.bindings),
            needed=";".join(f"{limit}={float(value):.10g}" for limit, value in found.needs),
            evidence_grade=row["evidence_grade"],
            regions=";".join(regions.get(found.code, ())),
        )


def regions_of(catalogue: Catalogue) -> dict[str, list[str]]:
    """By country, the regions of which it is a member."""
    found: dict[str, list[str]] = {}
    for key, region in catalogue.regions.items():
        for code in region.members:
            found.setdefault(code, []).append(key)
    return found
