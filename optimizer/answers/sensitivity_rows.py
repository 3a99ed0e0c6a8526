"""How sure an answer is, as CSV rows: one an end of a range, one a draw, or one a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from optimizer.answers.decisions import column
from optimizer.answers.numbers import up
from optimizer.domain import OptionKey
from optimizer.domain.base import Frozen
from optimizer.plans.outcome import Plan
from optimizer.uncertainty.fixed_choice import Standing
from optimizer.uncertainty.monte_carlo import Draw, MonteCarlo
from optimizer.uncertainty.robust import Held, Robust
from optimizer.uncertainty.tornado import End, Tornado


class _Best(Frozen):
    """The best plan under some values; empty where there is none."""

    accelerator: str = column("accelerator id of the best plan; empty where there is no plan")
    precision: str = column("training precision")
    procurement: str = column("buy, rent or own")
    servers: int | None = column("servers", "servers")
    days: int | None = column("whole days of training", "days")
    cost_usd: Decimal | None = column("total cost of the run, rounded up", "USD")


class _Chosen(Frozen):
    """The plan of the central values, under other values."""

    chosen_cost_usd: Decimal | None = column(
        "what the plan of the central values costs there until its work is done, rounded up", "USD"
    )
    chosen_days: int | None = column("whole days until the work of that plan is done", "days")
    chosen_missed: str = column("the limits that it breaks, separated by ';'; empty where it meets all")


class TornadoRow(_Best, _Chosen):
    """One end of the range of one input, all others central."""

    input: str = column("name of the input")
    end: str = column("low or high")
    value: str = column("value of each of its figures, separated by ';'")
    unit: str = column("unit of the value")
    swing_usd: Decimal | None = column(
        "dearest less cheapest best plan over both ends and the centre, rounded up; empty where one has no plan", "USD"
    )


class DrawRow(_Best, _Chosen):
    """One random draw of all inputs."""

    draw: int = column("number of the draw, from 1")
    values: str = column("input=value, separated by ';'; several figures of one input by '|'")


class RobustRow(Frozen):
    """One plan over all scenarios."""

    plan: str = column(
        "robust: the cheapest that holds in the share; ordinary: that of the central values; most: where there is no"
        " robust one, that which holds in the most scenarios"
    )
    accelerator: str = column("accelerator id")
    precision: str = column("training precision")
    procurement: str = column("buy, rent or own")
    servers: int = column("servers", "servers")
    met: int = column("scenarios in which it meets every limit", "scenarios")
    scenarios: int = column("all scenarios", "scenarios")
    central_cost_usd: Decimal = column("cost at the central values, rounded up", "USD")
    central_days: int = column("days at the central values", "days")
    mean_cost_usd: Decimal = column("mean cost over all scenarios, rounded up", "USD")
    worst_cost_usd: Decimal = column("greatest cost in any scenario, rounded up", "USD")
    missed: str = column("limit=scenarios that miss it, separated by ';'")


TORNADO_COLUMNS = ("input", "end", "value", "unit", *_Best.model_fields, *_Chosen.model_fields, "swing_usd")
DRAW_COLUMNS = ("draw", *_Best.model_fields, *_Chosen.model_fields, "values")
ROBUST_COLUMNS = tuple(RobustRow.model_fields)


def tornado_rows(found: Tornado) -> Iterator[TornadoRow]:
    """Two rows an input that changes anything."""
    for bar in found.bars:
        swing = bar.swing_usd(found.basis.best)
        for name, end in (("low", bar.low), ("high", bar.high)):
            yield TornadoRow(
                input=bar.input.name,
                end=name,
                value=values_text(end.values),
                unit=bar.input.unit,
                swing_usd=None if swing is None else up(swing, 2),
                **_best_of(end),
                **_chosen(end.chosen),
            )


def draw_rows(found: MonteCarlo) -> Iterator[DrawRow]:
    """One row a draw."""
    for draw in found.draws:
        yield DrawRow(
            draw=draw.number, values=scenario_text(draw.values), **_best_of_draw(draw), **_chosen(draw.chosen)
        )


def robust_rows(found: Robust) -> Iterator[RobustRow]:
    """One row a plan that there is."""
    for name, held in (("robust", found.plan), ("ordinary", found.ordinary), ("most", found.most)):
        if held is not None:
            yield RobustRow(plan=name, **held_fields(held))


def held_fields(held: Held) -> dict[str, Any]:
    """A plan over all scenarios, as the values of :class:`RobustRow`."""
    return {
        **_key(held.choice.key),
        "servers": held.choice.servers,
        "met": held.met.count,
        "scenarios": held.met.of,
        "central_cost_usd": up(held.central.cost_usd, 2),
        "central_days": held.central.days,
        "mean_cost_usd": up(held.mean_usd, 2),
        "worst_cost_usd": up(held.worst_usd, 2),
        "missed": ";".join(f"{name}={share.count}" for name, share in held.missed.items()),
    }


def values_text(values: Sequence[Decimal], between: str = ";") -> str:
    """Values plainly: 0.313;0.24."""
    return between.join(f"{value:f}" for value in values)


def scenario_text(scenario: Mapping[str, Sequence[Decimal]]) -> str:
    """``pue=1.45;mfu:b300_sxm_288=0.164|0.145``."""
    return ";".join(f"{name}={values_text(values, '|')}" for name, values in scenario.items())


def _key(key: OptionKey) -> dict[str, Any]:
    return {"accelerator": key.accelerator, "precision": key.precision, "procurement": key.procurement}


_NONE = {"accelerator": "", "precision": "", "procurement": "", "servers": None, "days": None, "cost_usd": None}


def _best_of(end: End) -> dict[str, Any]:
    plan = end.outcome
    if not isinstance(plan, Plan):
        return _NONE
    return {
        **_key(plan.items[0].key),
        "servers": plan.servers,
        "days": plan.days,
        "cost_usd": up(plan.cost_usd, 2),
    }


def _best_of_draw(draw: Draw) -> dict[str, Any]:
    if draw.key is None or draw.cost_usd is None:
        return _NONE
    return {**_key(draw.key), "servers": draw.servers, "days": draw.days, "cost_usd": up(draw.cost_usd, 2)}


def _chosen(standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        return {"chosen_cost_usd": None, "chosen_days": None, "chosen_missed": ""}
    return {
        "chosen_cost_usd": up(standing.cost_usd, 2),
        "chosen_days": standing.days,
        "chosen_missed": ";".join(standing.missed),
    }
