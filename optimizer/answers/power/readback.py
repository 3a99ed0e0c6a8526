"""Checks a plan and what feeds it from its JSON file: every hour and every figure again, without a solver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from optimizer.answers.power.outputs import DispatchOut, PowerAnswerOut, PowerPlanOut
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.errors import DataError
from optimizer.power.costs import terms_usd
from optimizer.power.dispatch import Dispatch, Hour
from optimizer.power.fleets import ExactFleets, servers_of
from optimizer.power.plan import Ready, plan_of, power_ready
from optimizer.power.proof import Fed, Floor
from optimizer.power.search import Choice, Searched
from optimizer.power.verify import faults
from optimizer.units.language import say

NOT_CHECKED = ("proof_gap_usd", "words")
"""What the dispatch alone does not say: that no plan costs less was proven by the search."""
Found = tuple[str, str, str | None, str | None, str]
"""Part, name, reported, found, what is wrong."""


def power_checks(outputs: PowerAnswerOut, inputs: dict[str, Any], file: str, catalogue: Catalogue) -> Iterator[Found]:
    """Every check of the plan in a file.

    Raises:
        DataError: the file holds no plan, or none that can be read.
    """
    reported, stated = outputs.plan, outputs.dispatch
    if reported is None or stated is None:
        raise DataError.at(say("contains no plan: the site cannot be fed"), file=file)
    ready = power_ready(Case(**inputs), catalogue)
    if stated.capacities.get("grid", "0") == "0":  # what takes nothing from the grid loses nothing with it
        ready = replace(ready, site=replace(ready.site, availability=ready.site.without("grid").availability))
    _, fleets = ready.fleets(ready.site)
    place = _place(fleets, reported, file)
    ready = replace(ready, site=replace(ready.site, peak_ratio=fleets.peak_ratio(place)))
    low, high = servers_of(fleets.problem, place)
    deadline = fleets.problem.deadline_days - fleets.option(place).lead_days
    within = low <= reported.servers <= high and 1 <= reported.days <= deadline
    wrong = "" if within else say("servers or days are outside the limits of the case")
    yield "plan", say("servers and days within their limits"), None, None, wrong
    choice = Choice(place, reported.servers, reported.days)
    found = _dispatch(stated, ready, file)
    broken = faults(
        ready.site, found, fleets.fleet_kw(place, reported.servers), fleets.work_kw(place, reported.days), reported.days
    )
    wrong = say("the supply breaks a rule: {broken}", broken=", ".join(broken)) if broken else ""
    yield "plan", say("every hour of the supply"), None, None, wrong
    yield from _values(reported, PowerPlanOut.model_validate(_plan(ready, fleets, choice, found)))


def _place(fleets: ExactFleets, reported: PowerPlanOut, file: str) -> int:
    for place, option in enumerate(fleets.problem.options):
        if option.key.name == reported.option:
            return place
    raise DataError.at(say("is not an option of the case"), file=file, column="option", value=reported.option)


def _dispatch(stated: DispatchOut, ready: Ready, file: str) -> Dispatch:
    """The dispatch of a file.

    Raises:
        DataError: a figure is no fraction.
    """
    try:
        return Dispatch(
            capacities={name: Fraction(stated.capacities.get(name, "0")) for name in ready.site.assets},
            fleet_kw=Fraction(stated.fleet_kw),
            midnight_kwh=Fraction(stated.midnight_kwh),
            days=tuple(
                tuple(
                    Hour(
                        Fraction(hour.imported),
                        Fraction(hour.generated),
                        Fraction(hour.charged),
                        Fraction(hour.discharged),
                        Fraction(hour.stored_kwh),
                        tuple(map(Fraction, hour.at_work)),
                        Fraction(hour.sold),
                    )
                    for hour in day.hours
                )
                for day in stated.days
            ),
        )
    except (ValueError, ZeroDivisionError) as error:
        raise DataError.at(say("contains a figure that is not a number: {error}", error=error), file=file) from error


def _plan(ready: Ready, fleets: ExactFleets, choice: Choice, found: Dispatch) -> Any:
    place, days = choice.option, choice.days
    fed = Fed(
        choice=choice,
        dispatch=found,
        supply_terms=terms_usd(ready.site, found, days),
        standing_usd=fleets.standing_usd(place, choice.servers, days),
        in_use_usd=found.fleet_kw * fleets.kw_day_usd(place) * days,
    )
    return plan_of(ready, ready.site, fleets, fed, Floor(None, 0, 0), Searched(choice, 0.0, 0.0, 0, 0, 0))


def _values(reported: PowerPlanOut, found: PowerPlanOut) -> Iterator[Found]:
    """Every figure of the plan, as reported and as it follows from the dispatch."""
    for name in PowerPlanOut.model_fields:
        if name in NOT_CHECKED or name not in reported.model_fields_set:  # an older file says nothing of its limits
            continue
        mine, theirs = getattr(reported, name), getattr(found, name)
        pairs = [(name, mine, theirs)]
        if isinstance(mine, dict):
            names = dict.fromkeys((*mine, *theirs))
            pairs = [(say("{name}.{key}", name=name, key=key), mine.get(key), theirs.get(key)) for key in names]
        for label, one, other in pairs:
            wrong = (
                ""
                if one == other
                else say("{label}: {one} in the file, {other} recalculated", label=label, one=one, other=other)
            )
            yield "plan", label, str(one), str(other), wrong
