"""How sure an answer is, as data: what was uncertain, and one of tornado, draws and robust plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from optimizer.answers.form.shapes import Digits, Name, Shape, Up2, entry
from optimizer.answers.plan.shape import PlanIfAny, ProofOut
from optimizer.answers.sensitivity.rows import OverScenarios, values_text
from optimizer.plans.outcome import Plan
from optimizer.uncertainty.monte_carlo import PERCENTILES, MonteCarlo, Probability
from optimizer.uncertainty.robust import Robust
from optimizer.uncertainty.tornado import Tornado

Values = Annotated[str, BeforeValidator(lambda value: values_text(value) if isinstance(value, tuple) else value)]
"""The value of each figure of an input, separated by ';'."""
Count = Annotated[int, BeforeValidator(lambda value: len(value) if isinstance(value, tuple) else value)]
"""How many there are."""


def _counts(missed: Any) -> Any:
    if isinstance(missed, Mapping):
        return {str(name): share.count if isinstance(share, Probability) else share for name, share in missed.items()}
    return missed


def _percentiles(values: Any) -> Any:
    """The exact costs at :data:`PERCENTILES` by name; null where there are none."""
    if isinstance(values, tuple):
        return {f"p{p}": value for p, value in zip(PERCENTILES, values, strict=True)} if values else None
    return values


class InputOut(Shape):
    """One uncertain input: figures that move together."""

    name: str
    unit: str
    low: Values = entry("low end of each figure, separated by ';'")
    central: Values
    high: Values
    stated: bool = entry("whether the user gave the range")
    estimate: bool = entry("whether the figure or its range is an estimate in the data")


class StandingOut(Shape):
    """The plan of the central values under other values; it runs until its work is done."""

    cost_usd: Up2
    days: int
    missed: tuple[Name, ...] = entry("the limits that it breaks")


class EndOut(Shape):
    """One end of a range."""

    value: Values = entry(path="values")
    plan: PlanIfAny = entry("the best plan there; null where there is none", path="outcome")
    chosen: StandingOut | None = entry("the plan for the central values there")
    proof: ProofOut = entry(path="outcome.proof")


class BarOut(Shape):
    """One input at both ends of its range, all others central."""

    input: str
    swing_usd: Up2 | None = entry(
        "difference between the most expensive and the cheapest best plan; null if an end has no plan"
    )
    low: EndOut
    high: EndOut


class TornadoOut(Shape):
    """What each uncertain figure alone could change."""

    bars: tuple[BarOut, ...] = entry("the largest swing first")
    idle: tuple[str, ...] = entry("inputs that change nothing within their ranges")


class ProbabilityOut(Shape):
    """A share of the draws."""

    name: str = entry("accelerator id, or limit; empty: no plan")
    share: float
    standard_error: float


class PercentilesOut(Shape):
    """A cost at some percentiles of the draws (nearest rank), USD, rounded up."""

    p10: Up2
    p50: Up2
    p90: Up2


Costs = Annotated[PercentilesOut | None, BeforeValidator(_percentiles)]


class MonteCarloOut(Shape):
    """What the draws say."""

    draws: Count
    seed: int
    best: tuple[ProbabilityOut, ...] = entry("probability of each accelerator of being best")
    least_cost_usd: Costs = entry("of the best plan, over the draws that have one")
    chosen_cost_usd: Costs = entry("of the plan for the central values, over all draws")
    chosen_meets: tuple[ProbabilityOut, ...] = entry("probability that it meets each limit")
    chosen_meets_all: ProbabilityOut | None


class HeldOut(OverScenarios[Up2]):
    """A plan over all scenarios."""

    missed: Annotated[dict[str, int], BeforeValidator(_counts)] = entry("limit -> scenarios that miss it")


class RobustOut(Shape):
    """The robust plan next to the ordinary one."""

    scenarios: Count
    seed: int | None
    corners: tuple[str, ...]
    share: Digits
    aim: Literal["central", "mean", "worst"]
    plan: HeldOut | None
    ordinary: HeldOut | None
    most: HeldOut | None = entry(
        "if no plan meets the share: of the plans for the central case, the one that meets every limit in the most"
        " scenarios",
        default=None,
    )
    proof: ProofOut


class SensitivityOut(Shape):
    """What was found: one of tornado, monte_carlo and robust."""

    status: Literal["plan", "infeasible"] = entry("of the central case, or of the robust plan")
    plan: PlanIfAny = entry("the best plan of the central values")
    inputs: tuple[InputOut, ...]
    covered: tuple[str, ...] = entry("inputs whose ranges are already part of the efficiency band")
    without_range: tuple[str, ...] = entry("inputs that are fixed unless the user gives a range")
    held_fixed: tuple[str, ...] = entry("figures behind the plan that no input changes")
    tornado: TornadoOut | None = None
    monte_carlo: MonteCarloOut | None = None
    robust: RobustOut | None = None


def has_plan(found: Tornado | MonteCarlo | Robust) -> bool:
    """Whether there is the plan that was searched for: the robust one, or that of the central case."""
    return found.plan is not None if isinstance(found, Robust) else isinstance(found.basis.best, Plan)


def outputs(found: Tornado | MonteCarlo | Robust) -> SensitivityOut:
    """One of the three answers as data."""
    basis = found.basis
    return SensitivityOut(
        status="plan" if has_plan(found) else "infeasible",
        plan=basis.best,
        inputs=basis.known.inputs,
        covered=basis.known.covered,
        without_range=basis.without_range,
        held_fixed=tuple(figure.name for figure in basis.held),
        tornado=_tornado(found) if isinstance(found, Tornado) else None,
        monte_carlo=_monte_carlo(found) if isinstance(found, MonteCarlo) else None,
        robust=RobustOut.model_validate(found) if isinstance(found, Robust) else None,
    )


def _tornado(found: Tornado) -> TornadoOut:
    bars = [
        BarOut(input=bar.input.name, swing_usd=bar.swing_usd(found.basis.best), low=bar.low, high=bar.high)
        for bar in found.bars
    ]
    return TornadoOut(bars=tuple(bars), idle=found.idle)


def _monte_carlo(found: MonteCarlo) -> MonteCarloOut:
    return MonteCarloOut(
        draws=found.draws,
        seed=found.seed,
        best=tuple(_probability(name or "", share) for name, share in found.best.items()),
        least_cost_usd=found.least_cost_usd,
        chosen_cost_usd=found.chosen_cost_usd,
        chosen_meets=tuple(_probability(str(name), share) for name, share in found.met.items()),
        chosen_meets_all=None if found.basis.choice is None else _probability("all", found.all_met),
    )


def _probability(name: str, share: Probability) -> ProbabilityOut:
    return ProbabilityOut(name=name, share=share.share, standard_error=round(share.standard_error, 6))
