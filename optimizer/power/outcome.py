"""The plan of any case: by the planner, or, where the case says what feeds its site, together with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.plans.outcome import Outcome
from optimizer.solve import planner

if TYPE_CHECKING:
    from typing import TypeAlias

    from optimizer.power.plan import PowerOutcome

    AnyOutcome: TypeAlias = Outcome | PowerOutcome


def plan_any(case: Case, catalogue: Catalogue) -> AnyOutcome:
    """The proven best plan of a case, or the proof that there is none; what feeds a site is read only for a fed one.

    Raises:
        DataError: the case or the data cannot be used.
        SolverError: the two proofs do not agree, or the solver gave no verdict.
    """
    if case.feed is None:
        return planner.plan(case, catalogue)
    from optimizer.power.plan import power_plan

    return power_plan(case, catalogue)
