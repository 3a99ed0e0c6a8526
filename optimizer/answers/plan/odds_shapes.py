"""The doubts about a plan as data."""

from __future__ import annotations

from decimal import Decimal
from numbers import Real
from typing import Annotated, Any

from pydantic import BeforeValidator

from optimizer.answers.form.shapes import Extended, Shape, entry
from optimizer.uncertainty.chance_constrained import Surest
from optimizer.uncertainty.odds import USUAL, Odds
from optimizer.uncertainty.outlook import Outlook

_Usd = Annotated[float, BeforeValidator(lambda value: round(float(value), 2) if isinstance(value, Real) else value)]
"""Dollars that are no exact figures, to the cent."""


class OddsOut(Shape):
    """What happens to the plan if every uncertain figure is drawn, all at once: nothing is solved again."""

    draws: int
    seed: int
    met: int = entry("draws in which it meets every limit")
    share: float = entry("the same as a share of the draws")
    expected_usd: _Usd = entry("mean cost over all draws", "USD", path="mean_usd")
    p10_usd: _Usd = entry("cost that is not exceeded in 10 of 100 draws", "USD")
    p50_usd: _Usd = entry("cost that is not exceeded in half of the draws", "USD")
    p90_usd: _Usd = entry("cost that is not exceeded in 90 of 100 draws", "USD")
    p10_days: int = entry("days until the work is done, not exceeded in 10 of 100 draws", "days", path="ranked_days.0")
    p50_days: int = entry("the same in half of the draws", "days", path="ranked_days.1")
    p90_days: int = entry("the same in 90 of 100 draws", "days", path="ranked_days.2")
    missed: dict[str, float] = entry("share of the draws that misses a limit, by limit")
    inputs: tuple[str, ...] = entry("the uncertain figures that were drawn")


class SurerOut(Shape):
    """The cheapest plan that meets every limit in a share of the draws, or the one that does in the most."""

    asked: float = entry("share of the draws that it was looked for")
    found: bool = entry("whether there is one; else this is the plan that meets every limit in the most draws")
    share: float = entry("share of the draws in which it meets every limit")
    accelerator: str = entry(path="drawn.option.key.accelerator")
    precision: str = entry(path="drawn.option.key.precision")
    procurement: str = entry(path="drawn.option.key.procurement")
    servers: int
    accelerators: int
    days: int
    cost_usd: _Usd


def odds_out(odds: Odds | None) -> OddsOut | None:
    """Odds in their JSON form."""
    if odds is None:
        return None
    missed = {str(name): count / odds.draws for name, count in odds.missed.items()}
    return OddsOut.model_validate(Extended(odds, missed=missed))


def surer_out(outlook: Outlook) -> SurerOut | None:
    """The surer plan in its JSON form; None where the plan is sure enough itself, or it was not looked for."""
    found: Surest | None = outlook.surer or outlook.most
    if found is None:
        return None
    return SurerOut.model_validate(Extended(found, asked=float(USUAL), found=outlook.surer is not None))


def odds_cells(odds: Odds | None) -> dict[str, Any]:
    """The cells of a row that have the odds; none where there are none."""
    if odds is None:
        return {}
    return {
        "expected_cost_usd": cents(odds.mean_usd),
        "cost_p10_usd": cents(odds.p10_usd),
        "cost_p50_usd": cents(odds.p50_usd),
        "cost_p90_usd": cents(odds.p90_usd),
        "met_share": Decimal(odds.met) / odds.draws,
    }


def cents(usd: float) -> Decimal:
    """A sum in USD, to the cent."""
    return Decimal(f"{usd:.2f}")
