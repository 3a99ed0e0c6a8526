"""What was considered for a case: every option with its best plan alone, or the reason why it is excluded."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from optimizer.case.setting import Setting
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.reasons import OptionWhy
from optimizer.exact.option import ExactOption
from optimizer.insight.neighbours import sketch, why_not
from optimizer.plans.outcome import Plan
from optimizer.solve.claim import Prepared
from optimizer.solve.planner import prepare, refuse_confidence
from optimizer.units.records import dataclass


@dataclass(frozen=True, eq=False)
class Option:
    """One option; or an accelerator, a precision or a way to have it that is none."""

    accelerator: str
    precision: str
    """Empty where it is out in every precision."""
    procurement: str
    """Empty where it is out however it were had."""
    figures: ExactOption | None
    """None of what is not an option."""
    plan: Plan | None
    """The best plan of this option alone."""
    reason: OptionWhy | None
    """Why there is no plan with it; None if there is one."""


@dataclass(frozen=True, eq=False)
class Considered:
    """Everything that was considered for a case."""

    setting: Setting
    options: tuple[Option, ...]
    """Those with a plan by objective, then those that miss a limit, then what is not an option."""


def consider(case: Case, catalogue: Catalogue) -> Considered:
    """Every option of a case and everything that is none.

    Raises:
        DataError: the case or the data cannot be used.
        UndecidedError: a plan does not stand up to verification.
    """
    ready = prepare(case, catalogue)
    refuse_confidence(ready)
    options = sorted(_options(ready), key=lambda o: (0, o.plan.objective_value) if o.plan else (1, Fraction(0)))
    excluded = [Option(e.accelerator, e.precision, e.procurement, None, None, e.reason) for e in ready.table.excluded]
    return Considered(ready.setting, (*options, *excluded))


def _options(ready: Prepared) -> Iterator[Option]:
    for i, option in enumerate(ready.problem.options):
        plan = sketch(ready, [i])
        reason = None if plan else why_not(ready, [i])
        yield Option(option.key.accelerator, option.key.precision, option.key.procurement, option, plan, reason)
