"""Why there is no plan: the law, the data or the limits; what would have to give; what was considered, and why not."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import By, OptionWhy
from optimizer.errors import SolverError
from optimizer.insight.explain import Worth, under_other_rules
from optimizer.insight.limits.concessions import Concession, concessions
from optimizer.insight.limits.pairs import Joint, pairs, raise_all
from optimizer.insight.limits.pairs_of_mix import least_pair
from optimizer.insight.neighbours import alternatives
from optimizer.plans.outcome import Infeasible, Plan, Planned
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units.records import dataclass


@dataclass(frozen=True)
class Excluded:
    """An accelerator that is out, or one way to have it."""

    accelerator: str
    procurement: str
    """Empty where it is out whatever the way."""
    reason: OptionWhy

    @property
    def by(self) -> By:
        """Who keeps it out."""
        return self.reason.by

    @property
    def name(self) -> str:
        """The accelerator, with the way to have it where only that is out: ``h100 rent``."""
        return f"{self.accelerator} {self.procurement}".strip()


@dataclass(frozen=True, eq=False)
class WhyNot(Planned):
    """Why a case has no plan. Every plan named was proven, every least value from both sides."""

    outcome: Infeasible
    concessions: tuple[Concession, ...]
    """Each limit that alone would do, at its least value."""
    undetermined: tuple[Limit, ...]
    """Limits of which it could not be said whether they alone would do: the proofs did not agree."""
    pairs: tuple[Joint, ...]
    """Where no single limit would do: the least of each pair that would, least pair first; of a mix the least only."""
    together: Joint | None
    """Where no pair would do either: all limits raised together."""
    several_determined: bool
    """False where the proofs of what several limits would do did not agree."""
    rules: tuple[Worth, ...]
    """The case under every other rule set."""
    excluded: tuple[Excluded, ...]
    """What is out by the law, then by the case, the data and the limits."""


def why_not(case: Case, catalogue: Catalogue) -> WhyNot | Plan:
    """Plan a case and say why there is no plan; a plan comes back as it is (see explain).

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: the proofs of the case itself do not agree.
    """
    ready = prepare(case, catalogue)
    outcome = solve_prepared(ready)
    return outcome if isinstance(outcome, Plan) else why_not_planned(ready, outcome)


def why_not_planned(ready: Prepared, outcome: Infeasible) -> WhyNot:
    """As :func:`why_not`, for a case that was planned already."""
    single = concessions(ready, outcome)
    joint: list[Joint] = []
    together = None
    several = True
    if not single.given:
        try:
            joint = _pairs(ready, outcome)
            together = None if joint else raise_all(ready, outcome)
        except SolverError:  # that the case is infeasible is proven, whatever several limits would do
            several = False
    return WhyNot(
        outcome=outcome,
        concessions=single.given,
        undetermined=single.undetermined,
        pairs=tuple(joint),
        together=together,
        several_determined=several,
        rules=tuple(under_other_rules(ready.setting, None)),
        excluded=tuple(_excluded(ready)),
    )


def _pairs(ready: Prepared, outcome: Infeasible) -> list[Joint]:
    """Every pair that would do, the least first; of a mix the least only."""
    if (ready.setting.case.mix or 1) == 1:
        return pairs(ready, outcome)
    least = least_pair(ready, outcome)
    return [] if least is None else [least]


def _excluded(ready: Prepared) -> Iterator[Excluded]:
    """Every accelerator and way to have it that has no plan, the law first and the limits last."""
    out = [
        Excluded(other.accelerator, other.procurement, other.reason)
        for other in alternatives(ready, None)
        if other.reason is not None
    ]
    yield from sorted(out, key=lambda one: list(By).index(one.by))
