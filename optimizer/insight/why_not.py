"""Why there is no plan: the law, the data or the limits; what would have to give; what was considered, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.insight.explain import Worth, under_other_rules
from optimizer.insight.limits.concessions import Concession, concessions
from optimizer.insight.limits.pairs import Joint, all_together, pairs
from optimizer.insight.limits.pairs_of_mix import least_pair
from optimizer.insight.neighbours import alternatives
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare, solve_prepared

By = Literal["law", "case", "data", "limits"]


@dataclass(frozen=True)
class Excluded:
    """Accelerators that are out for one and the same reason."""

    by: By
    """The ``law``, a wish of the ``case``, a figure or an offer missing in the ``data``, or its ``limits``."""
    reason: str
    who: tuple[str, ...]
    """Accelerators, with the way to have them where only that is out: ``h100 rent``."""


@dataclass(frozen=True, eq=False)
class WhyNot:
    """Why a case has no plan. Every plan named was proved, every least value from both sides."""

    outcome: Infeasible
    concessions: tuple[Concession, ...]
    """Each limit that alone would do, at its least value."""
    pairs: tuple[Joint, ...]
    """Where no single limit would do: the least of each pair that would, least pair first; of a mix the least only."""
    together: Joint | None
    """Where no pair would do either: all limits raised together."""
    rules: tuple[Worth, ...]
    """The case under every other rule set."""
    excluded: tuple[Excluded, ...]

    @property
    def setting(self) -> Setting:
        """The case as it was settled."""
        return self.outcome.setting

    @property
    def law_matters(self) -> bool:
        """Whether under another rule set there would be a plan, all else as it is."""
        return any(row.plan is not None for row in self.rules)


def why_not(case: Case, catalogue: Catalogue) -> WhyNot | Plan:
    """Plan a case and say why there is no plan; a plan comes back as it is (see explain).

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: the proofs do not agree, or a least value could not be confirmed from both sides.
    """
    ready = prepare(case, catalogue)
    outcome = solve_prepared(ready)
    return outcome if isinstance(outcome, Plan) else told(ready, outcome)


def told(ready: Prepared, outcome: Infeasible) -> WhyNot:
    """As :func:`why_not`, for a case that was planned already."""
    single = concessions(ready, outcome)
    joint = [] if single else _pairs(ready, outcome)
    return WhyNot(
        outcome=outcome,
        concessions=tuple(single),
        pairs=tuple(joint),
        together=None if single or joint else all_together(ready, outcome),
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
    """Every accelerator and way to have it, grouped by the reason, the law first and the limits last."""
    groups: dict[tuple[By, str], list[str]] = {}
    for other in alternatives(ready, None):
        if other.plan is None:
            name = f"{other.accelerator} {other.procurement}".strip()
            groups.setdefault(
                (_by(ready, other.accelerator, other.procurement, other.reason), other.reason), []
            ).append(name)
    order: dict[By, int] = {"law": 0, "case": 1, "data": 2, "limits": 3}
    for (by, reason), who in sorted(groups.items(), key=lambda group: order[group[0][0]]):
        yield Excluded(by, reason, tuple(who))


def _by(ready: Prepared, accelerator: str, procurement: str, reason: str) -> By:
    if reason.startswith(("export control", "no export rule")):
        return "law"
    if reason.startswith(("the case ", "the rental basis", "none are owned")):
        return "case"
    had = {(option.key.accelerator, option.key.procurement) for option in ready.problem.options}
    return "limits" if (accelerator, procurement) in had else "data"
