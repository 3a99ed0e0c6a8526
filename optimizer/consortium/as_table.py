"""The options of several sites as one table for the model, and their limits as one demand.

An option is what it is at its site; here it bears the site's name, is slower by what sharing the run costs, and where
delivery comes by phases there is one of it for each phase, which begins on that day. A limit of a site counts that
site's servers alone, one of a phase those that are there by then. The same in exact figures, from the data again:
:mod:`optimizer.consortium.as_exact`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from optimizer.consortium.members import Total
from optimizer.consortium.settle import Place, Settled
from optimizer.domain import Distribution
from optimizer.domain.limits import Limit, measure_limits
from optimizer.model.limit_rows import Cap, Demand, bound_measures, demand
from optimizer.model.measures import Sites, Surroundings
from optimizer.options import Option, OptionTable, options_table
from optimizer.options.cost import staff_usd_per_day
from optimizer.options.performance import Column

_OF_AN_OPTION = tuple(
    field.name for field in fields(OptionTable) if field.name not in ("options", "excluded", "day_usd", "derived")
)
"""Columns with one value an option."""


def join_tables(
    settled: Settled, places: Sequence[Place], total: Total, efficiency: float, distribution: Distribution, fewest: int
) -> tuple[OptionTable, Demand]:
    """One table and one demand for some sites of a consortium.

    Args:
        total: the limits on them together.
        efficiency: share that is left of the speed of each.
        fewest: how many sites a plan uses at least; with 1, the team is paid at the site that is used.
    """
    blocks = [(place, stage, options_table(place.setting)) for place in places for stage in place.stages]
    options = tuple(
        replace(option, key=replace(option.key, site=place.name))
        for place, _, table in blocks
        for option in table.options
    )
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(table, name) for _, _, table in blocks]) for name in _OF_AN_OPTION
    }
    start = np.concatenate([np.full(len(table.options), float(stage.from_day)) for _, stage, table in blocks])
    columns["pflops"] = columns["pflops"] * efficiency
    columns["lead_days"] = np.maximum(columns["lead_days"] - start, 0.0)
    columns["most_days"] = columns["most_days"] + start
    posts = min(float(distribution.site_staff_fte), settled.lead.number("staff_fte"))
    if fewest == 1:
        posts, team = settled.lead.number("staff_fte"), 0.0
    else:
        team = settled.lead.number("staff_fte") - posts
    table = OptionTable(
        options=options,
        excluded=(),
        day_usd=float(staff_usd_per_day(team, settled.lead.number("engineer_usd_per_year"))),
        **columns,
    )
    of = np.concatenate([np.full(len(table.options), places.index(place)) for place, _, table in blocks])
    sites = Sites(
        of=of.astype(np.int64),
        start_days=start,
        setup_usd=np.array([float(place.setting.case.site_setup_usd or 0) for place in places]),
        day_usd=np.array([_site_day_usd(place, posts) for place in places]),
        fewest=fewest,
    )
    grids = np.array([float(place.setting.country.grid_carbon_g_per_kwh) for place in places])
    around = Surroundings(0.0, grids[sites.of], sites)
    ceilings, of_all = bound_measures(table, around, measure_limits(total))
    caps = (*_of_sites(places, sites, table), *of_all, *_supply_of_all(total, table, settled.catalogue.forms_of))
    first = demand(settled.lead, options_table(settled.lead))
    return table, replace(first, around=around, ceilings=ceilings, caps=caps)


def _site_day_usd(place: Place, posts: float) -> float:
    """What the team of a site is paid a day; nothing where its wage is not known, as then it has no option."""
    if "engineer_usd_per_year" in place.setting.figures.lacks:
        return 0.0
    return float(staff_usd_per_day(posts, place.setting.number("engineer_usd_per_year")))


def _of_sites(places: Sequence[Place], sites: Sites, joint: OptionTable) -> Iterator[Cap]:
    """The limits of every site and phase; one that stays the same in the next phase is reported there.

    What is for rent in a country, and what its licences let in, is for all its sites together.
    """
    shared: dict[Limit, Cap] = {}
    for number, place in enumerate(places):
        here = np.flatnonzero(sites.of == number)
        own = options_table(place.setting)
        if not own.options:  # what no law or price lets in has no limits to keep
            continue
        later: dict[Limit, float] = {}
        for position in reversed(range(len(place.stages))):
            stage = place.stages[position]
            there = here[sites.start_days[here] <= stage.from_day]
            for cap in demand(stage.setting, own).caps:
                assert isinstance(cap.limit, Limit)
                if later.get(cap.limit) == cap.bound:
                    continue
                later[cap.limit] = cap.bound
                uses: Column = np.zeros(len(joint.options))
                uses[there] = np.tile(cap.per_server, len(there) // len(own.options))
                if not uses.any():
                    continue
                if cap.limit.described.of_country:
                    limit = replace(cap.limit, site=place.setting.country.id)
                    before = shared[limit].per_server if limit in shared else 0.0
                    shared[limit] = Cap(limit, cap.bound, uses + before)
                    continue
                limit = replace(cap.limit, site=place.name, from_day=stage.from_day or None)
                yield Cap(limit, cap.bound, uses, number)
    yield from shared.values()


def _supply_of_all(total: Total, table: OptionTable, forms_of: Callable[[str], tuple[str, ...]]) -> Iterator[Cap]:
    """How many of a kind all sites together can have."""
    for accelerator, count in total.supply:
        had = np.array([_acquired(option, forms_of(accelerator)) for option in table.options])
        if had.any():
            yield Cap(Limit("supply", accelerator), float(count), table.acquired * had)


def _acquired(option: Option, forms: tuple[str, ...]) -> bool:
    return option.key.accelerator in forms and option.key.procurement != "own"
