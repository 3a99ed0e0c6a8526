"""The inverse question: the most training that the limits of a case allow, exactly.

Either the most tokens for a given model, or the most parameters of a dense model at so many tokens per parameter, both
in whole steps.

More tokens take more of every limit and ease none: a plan for more does fewer as well, within the same days, power and
money. So what is feasible ends once, and bisection over whole steps, each settled by the exhaustive search in exact
arithmetic, finds where. Of a mix each is settled by two runs of HiGHS, in larger steps: of four digits, as the runs
cannot separate what is much nearer. With the parameters the memory that is needed and the compute (6 x tokens per
parameter x parameters squared) grow too. A larger model runs more efficiently, but its compute grows four times with a
doubling and the efficiency twice at most (``model_sizes.csv``): what is feasible ends once here, too.

What is reported is what was planned from both sides like any plan: a plan at the value, and none a step above it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Literal

from optimizer.case.setting import BILLION, TRILLION, Setting, settle
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import Cause
from optimizer.errors import UndecidedError, UsageError
from optimizer.exact.search import search
from optimizer.insight.curves.compute import MOST_TOKENS, STEP, last
from optimizer.insight.limits.needs import why_with_needs
from optimizer.plans.outcome import Infeasible, Plan
from optimizer.solve.planner import least, plan, prepare
from optimizer.units import fraction
from optimizer.units.language import say
from optimizer.units.records import dataclass

MOST_PARAMETERS = 100_000 * BILLION
"""The largest model that a case can state."""

DIGITS = 4
"""Digits to which the largest training of a mix is settled."""

Sought = Literal["tokens", "parameters"]


@dataclass(frozen=True, eq=False)
class Largest:
    """The largest training within the limits of a case."""

    setting: Setting
    """The case as it was asked; its own tokens (and, of ``parameters``, its own model) are not those of the answer."""
    sought: Sought
    step: int
    tokens: int | None
    """None where not even one step is feasible."""
    parameters: Decimal | None
    """Parameters held in memory."""
    plan: Plan | None
    """The best plan for it, by the objective of the case."""
    beyond: Infeasible
    """The proof that one step more is infeasible."""

    @property
    def status(self) -> Literal["largest", "infeasible"]:
        """Whether anything is feasible."""
        return "infeasible" if self.plan is None else "largest"

    @property
    def cause(self) -> Cause | None:
        """Why not even one step is feasible; None where one is."""
        return self.beyond.cause if self.plan is None else None

    @cached_property
    def ended_by(self) -> tuple[Limit, ...]:
        """The limits of which more, of one alone, allows one step more."""
        return tuple(need.limit for need in why_with_needs(self.beyond).needs)

    @property
    def training_flop(self) -> Decimal | None:
        """Training compute with its overhead; None where nothing is feasible."""
        return None if self.plan is None else self.plan.setting.training_flop


def largest_tokens(case: Case, catalogue: Catalogue, step: int = STEP) -> Largest:
    """The most tokens that the model of a case can be trained on within its limits.

    Args:
        case: its own count of tokens is not looked at.
        step: tokens to which the answer is settled.

    Raises:
        UsageError: no limit that ends it within what a case can state.
        DataError: the case or the data cannot be used.
        UndecidedError: the value could not be confirmed.
    """
    setting = settle(case, catalogue)

    def of(steps: int) -> Case:
        return case.changed(tokens_t=Decimal(steps * step) / TRILLION)

    top = MOST_TOKENS // step
    found, unit = _last_feasible(of, catalogue, top)
    if found == top:
        raise UsageError.say(
            "more than {most_tokens:,}T tokens: no limit of the case ends it", most_tokens=MOST_TOKENS // TRILLION
        )
    made, beyond = _confirmed(of, catalogue, found, unit)
    held = setting.workload.params_total_b * BILLION
    return Largest(setting, "tokens", step * unit, found * step if made else None, held, made, beyond)


def largest_model(case: Case, catalogue: Catalogue, tokens_per_parameter: Decimal, step: int = STEP) -> Largest:
    """The largest dense model that can be trained on so many tokens per parameter within the limits of a case.

    Args:
        case: its own workload is not looked at.
        step: parameters to which the answer is settled.

    Raises:
        UsageError: no limit that ends it within what a case can state, or more tokens than it can state.
        DataError: the case or the data cannot be used.
        UndecidedError: the value could not be confirmed.
    """
    if tokens_per_parameter <= 0:
        raise UsageError.say("the tokens per parameter must be above 0")

    def of(steps: int) -> Case:
        parameters = Decimal(steps * step)
        return case.changed(
            workload=None,
            params_total_b=parameters / BILLION,
            params_active_b=None,
            architecture="dense",
            tokens_t=parameters * tokens_per_parameter / TRILLION,
        )

    if step * fraction(tokens_per_parameter) > MOST_TOKENS:
        reported = {"most": MOST_TOKENS // TRILLION, "step": step}
        raise UsageError.say(
            "{step:,} parameters would be trained on more than {most:,}T tokens: give fewer for each", **reported
        )
    setting = settle(of(1), catalogue)
    top = min(MOST_PARAMETERS, int(MOST_TOKENS / fraction(tokens_per_parameter))) // step
    found, unit = _last_feasible(of, catalogue, top)
    if found == top:
        raise UsageError.say("larger than any model that a case can describe: no limit of the case ends it")
    made, beyond = _confirmed(of, catalogue, found, unit)
    if made is None:
        return Largest(setting, "parameters", step * unit, None, None, None, beyond)
    tokens = math.floor(found * step * fraction(tokens_per_parameter))
    return Largest(setting, "parameters", step * unit, tokens, Decimal(found * step), made, beyond)


def _last_feasible(of: Callable[[int], Case], catalogue: Catalogue, top: int) -> tuple[int, int]:
    """The last feasible count of steps up to ``top``, of which every one before a feasible one is feasible, 0 if none
    is; and to how many steps that is settled: 1, or of a mix as many as HiGHS can separate."""

    def alone(steps: int) -> bool:
        return search(prepare(of(steps), catalogue).problem, "cost") is not None

    def mixed(steps: int) -> bool:
        return least(prepare(of(steps), catalogue), "cost") is not None

    found = last(alone, 0, top)  # what one kind of server does a mix does, too
    if found == top or (of(1).mix or 1) == 1 or (not found and not mixed(1)):
        return found, 1
    low = max(found, 1)
    while low < top and mixed(min(2 * low, top)):
        low = min(2 * low, top)
    if low == top:
        return top, 1
    unit = 10 ** max(0, len(str(low)) - DIGITS)
    most = (min(2 * low, top) - low) // unit + 1
    return low + unit * last(lambda units: mixed(min(low + units * unit, top)), 0, most), unit


def _confirmed(
    of: Callable[[int], Case], catalogue: Catalogue, found: int, unit: int
) -> tuple[Plan | None, Infeasible]:
    """Plan the value found, and a unit of steps more."""
    made = plan(of(found), catalogue) if found else None
    beyond = plan(of(found + unit), catalogue)
    if isinstance(made, Infeasible) or not isinstance(beyond, Infeasible):
        reported = {"steps": found, "case": of(max(found, 1)).given()}
        raise UndecidedError(say("the largest training could not be confirmed by both proofs"), reported)
    return made, beyond
