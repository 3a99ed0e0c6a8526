"""How sure an answer is, as JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field

from optimizer.answers.decisions import DecisionEnvelope, envelope_fields
from optimizer.answers.numbers import up
from optimizer.answers.plan_shape import PlanOut, ProofOut, plan_out, proof_out
from optimizer.answers.sensitivity_rows import held_fields, values_text
from optimizer.answers.sensitivity_words import notes
from optimizer.domain.base import Frozen
from optimizer.plans.outcome import Plan
from optimizer.uncertainty.fixed_choice import Standing
from optimizer.uncertainty.monte_carlo import PERCENTILES, MonteCarlo, Probability
from optimizer.uncertainty.robust import Held, Robust
from optimizer.uncertainty.tornado import End, Tornado
from optimizer.uncertainty.uncertain_inputs import UncertainInput


class InputOut(Frozen):
    """One uncertain input: figures that move together."""

    name: str
    unit: str
    low: str = Field(description="low end of each figure, separated by ';'")
    central: str
    high: str
    stated: bool = Field(description="whether the user gave the range")
    estimate: bool = Field(description="whether the data call the figure or its range an estimate")


class StandingOut(Frozen):
    """The plan of the central values under other values; it runs until its work is done."""

    cost_usd: float
    days: int
    missed: tuple[str, ...] = Field(description="the limits that it breaks")


class EndOut(Frozen):
    """One end of a range."""

    value: str
    plan: PlanOut | None = Field(description="the best plan there; null where there is none")
    chosen: StandingOut | None = Field(description="the plan of the central values there")
    proof: ProofOut


class BarOut(Frozen):
    """One input at both ends of its range, all others central."""

    input: str
    swing_usd: float | None = Field(description="dearest less cheapest best plan; null where an end has no plan")
    low: EndOut
    high: EndOut


class TornadoOut(Frozen):
    """What each doubt alone could do."""

    bars: tuple[BarOut, ...] = Field(description="the largest swing first")
    idle: tuple[str, ...] = Field(description="inputs that change nothing within their ranges")


class ProbabilityOut(Frozen):
    """A share of the draws."""

    name: str = Field(description="accelerator id, or limit; empty: no plan")
    share: float
    standard_error: float


class PercentilesOut(Frozen):
    """A cost at some percentiles of the draws (nearest rank), USD, rounded up."""

    p10: float
    p50: float
    p90: float


class MonteCarloOut(Frozen):
    """What the draws say."""

    draws: int
    seed: int
    best: tuple[ProbabilityOut, ...] = Field(description="probability of each accelerator of being best")
    least_cost_usd: PercentilesOut | None = Field(description="of the best plan, over the draws that have one")
    chosen_cost_usd: PercentilesOut | None = Field(description="of the plan of the central values, over all draws")
    chosen_meets: tuple[ProbabilityOut, ...] = Field(description="probability that it meets each limit")
    chosen_meets_all: ProbabilityOut | None


class HeldOut(Frozen):
    """A plan over all scenarios."""

    accelerator: str
    precision: str
    procurement: str
    servers: int
    met: int
    scenarios: int
    central_cost_usd: float
    central_days: int
    mean_cost_usd: float
    worst_cost_usd: float
    missed: dict[str, int] = Field(description="limit -> scenarios that miss it")


class RobustOut(Frozen):
    """The robust plan beside the ordinary one."""

    scenarios: int
    seed: int | None
    corners: tuple[str, ...]
    share: str
    aim: Literal["central", "mean", "worst"]
    plan: HeldOut | None
    ordinary: HeldOut | None
    most: HeldOut | None = Field(
        description="where none holds in the share: of those that meet the central case, the one that holds in the most"
    )
    proof: ProofOut


class SensitivityOut(Frozen):
    """What was found: one of tornado, monte_carlo and robust."""

    status: Literal["plan", "infeasible"] = Field(description="of the central case, or of the robust plan")
    plan: PlanOut | None = Field(description="the best plan of the central values")
    inputs: tuple[InputOut, ...]
    covered: tuple[str, ...] = Field(description="inputs whose range the band of whole runs stands for")
    without_range: tuple[str, ...] = Field(description="inputs that are held fixed unless the user gives a range")
    held_fixed: tuple[str, ...] = Field(description="figures behind the plan that no input moves")
    tornado: TornadoOut | None = None
    monte_carlo: MonteCarloOut | None = None
    robust: RobustOut | None = None


class SensitivityEnvelope(DecisionEnvelope):
    """How sure an answer is, as one JSON document."""

    outputs: SensitivityOut


def sensitivity_envelope(found: Tornado | MonteCarlo | Robust) -> SensitivityEnvelope:
    """The JSON form; the same answer gives the same bytes."""
    basis = found.basis
    planned = isinstance(basis.best, Plan) if not isinstance(found, Robust) else found.plan is not None
    return SensitivityEnvelope(
        outputs=SensitivityOut(
            status="plan" if planned else "infeasible",
            plan=plan_out(basis.best) if isinstance(basis.best, Plan) else None,
            inputs=tuple(map(_input, basis.known.inputs)),
            covered=basis.known.covered,
            without_range=basis.without_range,
            held_fixed=tuple(figure.name for figure in basis.held),
            tornado=_tornado(found) if isinstance(found, Tornado) else None,
            monte_carlo=_monte_carlo(found) if isinstance(found, MonteCarlo) else None,
            robust=_robust(found) if isinstance(found, Robust) else None,
        ),
        **envelope_fields(basis.known.setting, tuple(notes(basis, drawn=_drawn(found)))),
    )


def _drawn(found: Tornado | MonteCarlo | Robust) -> bool:
    return isinstance(found, MonteCarlo) or (isinstance(found, Robust) and not found.corners)


def _input(given: UncertainInput) -> InputOut:
    return InputOut(
        name=given.name,
        unit=given.unit,
        low=values_text(given.low),
        central=values_text([spread.central for spread in given.spreads]),
        high=values_text(given.high),
        stated=given.stated,
        estimate=given.estimate,
    )


def _tornado(found: Tornado) -> TornadoOut:
    swings = [bar.swing_usd(found.basis.best) for bar in found.bars]
    return TornadoOut(
        bars=tuple(
            BarOut(
                input=bar.input.name,
                swing_usd=None if swing is None else float(up(swing, 2)),
                low=_end(bar.low),
                high=_end(bar.high),
            )
            for bar, swing in zip(found.bars, swings, strict=True)
        ),
        idle=found.idle,
    )


def _end(end: End) -> EndOut:
    return EndOut(
        value=values_text(end.values),
        plan=plan_out(end.outcome) if isinstance(end.outcome, Plan) else None,
        chosen=None if end.chosen is None else _standing(end.chosen),
        proof=proof_out(end.outcome.proof),
    )


def _standing(standing: Standing) -> StandingOut:
    return StandingOut(cost_usd=float(up(standing.cost_usd, 2)), days=standing.days, missed=standing.missed)


def _monte_carlo(found: MonteCarlo) -> MonteCarloOut:
    known = found.basis.choice is not None
    return MonteCarloOut(
        draws=len(found.draws),
        seed=found.seed,
        best=tuple(_probability(name or "", share) for name, share in found.best.items()),
        least_cost_usd=_percentiles(found.least_cost_usd),
        chosen_cost_usd=_percentiles(found.chosen_cost_usd),
        chosen_meets=tuple(_probability(name, share) for name, share in found.met.items()) if known else (),
        chosen_meets_all=_probability("all", found.all_met) if known else None,
    )


def _probability(name: str, share: Probability) -> ProbabilityOut:
    return ProbabilityOut(name=name, share=share.share, standard_error=round(share.standard_error, 6))


def _percentiles(values: tuple[Fraction, ...]) -> PercentilesOut | None:
    if not values:
        return None
    names = (f"p{p}" for p in PERCENTILES)
    return PercentilesOut(**{name: float(up(value, 2)) for name, value in zip(names, values, strict=True)})


def _robust(found: Robust) -> RobustOut:
    return RobustOut(
        scenarios=len(found.scenarios),
        seed=found.seed,
        corners=found.corners,
        share=f"{found.share:f}",
        aim=found.aim,
        plan=_held(found.plan),
        ordinary=_held(found.ordinary),
        most=_held(found.most),
        proof=proof_out(found.proof),
    )


def _held(held: Held | None) -> HeldOut | None:
    if held is None:
        return None
    fields = {**held_fields(held), "missed": {name: share.count for name, share in held.missed.items()}}
    return HeldOut(**fields)
