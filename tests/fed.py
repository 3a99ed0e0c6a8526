"""A site in South Africa, fed: what the tests of the supply share."""

from __future__ import annotations

from typing import Any

from worlds import live_catalogue

from optimizer.domain import Case
from optimizer.power.plan import PowerPlan, Ready, power_plan, power_ready

SITE: dict[str, Any] = {"country": "ZA", "max_mw": 1, "deadline_days": 180, "days_of_year": 4}


def planned(**words: Any) -> PowerPlan:
    """The plan of a case in South Africa, which must have one."""
    found = power_plan(Case(**{**SITE, **words}), live_catalogue())
    assert isinstance(found, PowerPlan)
    return found


def ready(**words: Any) -> Ready:
    """A case in South Africa made whole."""
    return power_ready(Case(**{**SITE, **words}), live_catalogue())
