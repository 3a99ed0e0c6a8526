"""An outcome with all that is next to it: what a reader sees."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from optimizer.case.setting import Figure
from optimizer.catalogue import Catalogue
from optimizer.domain import BASES, Basis, Case
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import Reason, ReasonKind
from optimizer.errors import SolverError
from optimizer.insight.firmness import Firmness, firmness
from optimizer.insight.neighbours import (
    Alternative,
    Binding,
    Cloud,
    alternatives,
    binding,
    cloud,
    plan_under,
    runner_up,
)
from optimizer.plans.outcome import Infeasible, LimitUse, Outcome, Plan, Planned
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare, solve_prepared
from optimizer.units.records import dataclass

if TYPE_CHECKING:
    from optimizer.insight.limits.concessions import Concession
    from optimizer.insight.limits.pairs import Joint


@dataclass(frozen=True, eq=False)
class Answer(Planned):
    """The outcome of a case and what is next to it. Other generations, the cloud and what is firmer are of one kind of
    server each; what other figures or another basis give has as many kinds as the case allows."""

    ready: Prepared
    """The case as it was prepared."""
    outcome: Outcome
    alternatives: tuple[Alternative, ...]
    runner_up: Plan | None
    """The best plan without the chosen accelerators."""
    cloud: Cloud | None
    binding: tuple[Binding, ...]
    concessions: tuple[Concession, ...]
    firmness: Firmness | None = None
    """How firm the figures behind the plan are; None without a plan."""
    undetermined: tuple[Limit, ...] = ()
    """Limits of which it could not be said whether they alone would do: the proofs did not agree."""
    pair: Joint | None = None
    """The least pair of limits that would do, where no single one would."""
    at_central: bool = True
    """Whether other plans at central values are next to it; not next to one that meets a share of the draws."""

    @property
    def limits(self) -> tuple[LimitUse, ...]:
        """Every limit that touches the plan, and those of which it uses nothing but that cost something."""
        uses = self.outcome.limits if isinstance(self.outcome, Plan) else ()
        return tuple({use.limit: use for use in (*uses, *(found.limit for found in self.binding))}.values())

    @cached_property
    def bases(self) -> Mapping[str, Plan | None]:
        """The best plan under each costing basis other than the case's."""
        others = [basis for basis in BASES if basis != self.setting.case.basis] if self.at_central else []
        return {basis: _under_basis(self.ready, basis) for basis in others}

    @cached_property
    def assumption_sets(self) -> Mapping[str, Plan | None]:
        """The best plan under each other assumption set."""
        names = self.setting.catalogue.assumption_sets if self.at_central else ()
        return {name: plan_under(self.ready, assumptions=name) for name in names if name != self.setting.assumptions.id}

    @cached_property
    def rent_at_list(self) -> Plan | None:
        """Where no public offer to rent in the country is known: what renting at the world's median list price would
        give. No plan counts on it."""
        return _rent_at_list(self.ready) if self.at_central else None

    @cached_property
    def usual_overhead(self) -> Plan | None:
        """The best plan with the usual compute of experiments and restarts added; None if there is none or it is in."""
        usual = self.setting.figures["usual_overhead"].value
        if not self.at_central or (self.setting.case.overhead or 1) >= usual:
            return None
        return plan_under(self.ready, overhead=usual)

    def estimates(self) -> list[Figure]:
        """The estimates among the inputs that the plan rests on."""
        from optimizer.insight.provenance import inputs

        return (
            [figure for figure in inputs(self.outcome) if figure.is_estimate] if isinstance(self.outcome, Plan) else []
        )


def answer(case: Case, catalogue: Catalogue) -> Answer:
    """Plan a case and calculate all that is next to the plan.

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: the proofs do not agree.
    """
    ready = prepare(case, catalogue)
    outcome = solve_prepared(ready)
    plan = outcome if isinstance(outcome, Plan) else None
    options = alternatives(ready, plan)
    given, undetermined, pair = _enough(ready, outcome)
    return Answer(
        ready=ready,
        outcome=outcome,
        alternatives=tuple(options),
        runner_up=runner_up(options, plan) if plan else None,
        cloud=cloud(ready),
        binding=tuple(binding(ready, plan)) if plan else (),
        concessions=given,
        undetermined=undetermined,
        firmness=firmness(ready, plan) if plan else None,
        pair=pair,
    )


def _enough(ready: Prepared, outcome: Outcome) -> tuple[tuple[Concession, ...], tuple[Limit, ...], Joint | None]:
    """What alone would do, the limits of which it cannot be said, and where nothing would, the least pair of limits."""
    if not isinstance(outcome, Infeasible):
        return (), (), None
    from optimizer.insight.limits.concessions import concessions  # a plan needs none of it
    from optimizer.insight.limits.pairs import pairs

    given = concessions(ready, outcome)
    try:
        pair = [] if given.given else pairs(ready, outcome, most=1)
    except SolverError:  # next to a proven answer nothing is said of it
        pair = []
    return given.given, given.undetermined, pair[0] if pair else None


def unoffered(ready: Prepared) -> bool:
    """Whether a case may rent, but no public offer in its country is known, and it states no rent of its own."""
    case = ready.setting.case
    if "rent" not in case.procurement or case.rent or case.assume_hire or case.rent_premium is not None:
        return False
    return not any(option.key.procurement == "rent" for option in ready.table.options)


def smaller_machines(ready: Prepared) -> Reason | None:
    """The offer of a machine too small for a cluster, where the country has no larger one; None if it has none."""
    found = (out.reason for out in ready.table.excluded if out.procurement == "rent")
    return next((reason for reason in found if reason.kind is ReasonKind.SMALL_MACHINES), None)


def _rent_at_list(ready: Prepared) -> Plan | None:
    """The best rented plan at the world's median list prices, where no offer in the country is known.

    A rent that one list alone has counts only where the case names the accelerator, as in :func:`cloud`: else two
    prices of one world would stand side by side.
    """
    if not unoffered(ready):
        return None
    case, catalogue = ready.setting.case, ready.setting.catalogue
    single = (row.id for row in catalogue.accelerators.values() if row.is_estimate("rent_usd_per_hour"))
    avoid = dict.fromkeys((*case.avoid, *(name for name in single if name not in case.use)))
    return plan_under(ready, procurement=("rent",), assume_hire=True, rent_premium=Decimal(0), avoid=tuple(avoid))


def _under_basis(ready: Prepared, basis: Basis) -> Plan | None:
    """The best plan under another basis; renting is looked at even where the case asks for buying only."""
    return (
        plan_under(ready, basis=basis, procurement=("rent",)) if basis == "rental" else plan_under(ready, basis=basis)
    )
