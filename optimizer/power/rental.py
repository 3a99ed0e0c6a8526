"""The best plan with rented servers alone: they run on their owner's supply, so it is next to what feeds a site."""

from __future__ import annotations

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.plans.outcome import Plan
from optimizer.power.plan import Ready
from optimizer.solve.planner import prepare, solve_prepared


def rented_plan(ready: Ready, case: Case, catalogue: Catalogue) -> Plan | None:
    """The best plan of a case with rented servers alone, without its flags of Power; None where there is none."""
    if "rent" not in ready.setting.case.procurement:
        return None
    found = solve_prepared(prepare(case.changed(feed=None, procurement=("rent",)), catalogue))
    return found if isinstance(found, Plan) else None
