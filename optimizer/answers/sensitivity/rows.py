"""How sure an answer is, as rows: one an end of a range, one a draw, or one a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BeforeValidator

from optimizer.answers.form.document import Rows
from optimizer.answers.form.shapes import CellUp2, Shape, cell, entry
from optimizer.uncertainty.monte_carlo import MonteCarlo
from optimizer.uncertainty.robust import Robust
from optimizer.uncertainty.tornado import Tornado

MoneyT = TypeVar("MoneyT")


def values_text(values: Sequence[Decimal], between: str = ";") -> str:
    """Values plainly, in the unit of their input: 0.313;0.24."""
    return between.join(f"{value:f}" for value in values)


def _scenario_text(scenario: Any) -> Any:
    """``pue=1.45;mfu:b300_sxm_288=0.164|0.145``."""
    if isinstance(scenario, Mapping):
        return ";".join(f"{name}={values_text(values, '|')}" for name, values in scenario.items())
    return scenario


def _counts_text(missed: Any) -> Any:
    if isinstance(missed, Mapping):
        return ";".join(f"{name}={share.count}" for name, share in missed.items())
    return missed


Names = Annotated[str, BeforeValidator(lambda value: ";".join(map(str, value)) if isinstance(value, tuple) else value)]


class _Best(Shape):
    """The best plan under some values; empty where there is none."""

    accelerator: str = entry(
        "accelerator id of the best plan; empty where there is no plan", path="key.accelerator", default=""
    )
    precision: str = entry("training precision", path="key.precision", default="")
    procurement: str = entry("buy, rent or own", path="key.procurement", default="")
    servers: int | None = cell("servers", "servers")
    days: int | None = cell("whole days of training", "days")
    cost_usd: CellUp2 | None = cell("total cost of the run, rounded up", "USD")


class _Chosen(Shape):
    """The plan of the central values, under other values; empty where there is none."""

    chosen_cost_usd: CellUp2 | None = cell(
        "cost there of the plan for the central values, run until the training is complete, rounded up",
        "USD",
        path="chosen.cost_usd",
    )
    chosen_days: int | None = cell("whole days until that plan completes the training", "days", path="chosen.days")
    chosen_missed: Names = entry(
        "the limits that it breaks, separated by ';'; empty where it meets all", path="chosen.missed", default=""
    )


class _Under(_Chosen, _Best):
    """Both plans under some values, read off an end of a range or a draw."""


class _Place(Shape):
    """Which end of which range a row is of."""

    input: str = entry("name of the input")
    end: str = entry("low or high")
    value: str = entry("value of each of its figures, separated by ';'")
    unit: str = entry("unit of the value")


class TornadoRow(_Under, _Place):
    """One end of the range of one input, all others central."""

    swing_usd: CellUp2 | None = cell(
        "difference between the most expensive and the cheapest best plan over both ends and the centre, rounded up; "
        "empty if one has no plan",
        "USD",
    )


class _Number(Shape):
    """Which draw a row is of."""

    draw: int = entry("number of the draw, from 1", path="number")


class DrawRow(_Under, _Number):
    """One random draw of all inputs."""

    values: Annotated[str, BeforeValidator(_scenario_text)] = entry(
        "input=value, separated by ';'; several figures of one input by '|'"
    )


class OverScenarios(Shape, Generic[MoneyT]):
    """A plan over all scenarios; the type of money says how it is rounded."""

    accelerator: str = entry("accelerator id", path="choice.key.accelerator")
    precision: str = entry("training precision", path="choice.key.precision")
    procurement: str = entry("buy, rent or own", path="choice.key.procurement")
    servers: int = entry("servers", "servers", path="choice.servers")
    met: int = entry("number of scenarios in which it meets every limit", "scenarios", path="met.count")
    scenarios: int = entry("all scenarios", "scenarios", path="met.of")
    central_cost_usd: MoneyT = entry("cost at the central values, rounded up", "USD", path="central.cost_usd")
    central_days: int = entry("days at the central values", "days", path="central.days")
    mean_cost_usd: MoneyT = entry("mean cost over all scenarios, rounded up", "USD", path="mean_usd")
    worst_cost_usd: MoneyT = entry("greatest cost in any scenario, rounded up", "USD", path="worst_usd")


class _Held(OverScenarios[CellUp2]):
    missed: Annotated[str, BeforeValidator(_counts_text)] = entry("limit=scenarios that miss it, separated by ';'")


class _Role(Shape):
    plan: str = entry(
        "robust: the cheapest that meets every limit in the share; ordinary: the plan for the central values; most:"
        " if there is no robust one, the one that meets every limit in the most scenarios"
    )


class RobustRow(_Held, _Role):
    """One plan over all scenarios."""


def rows_of(found: Tornado | MonteCarlo | Robust) -> Rows:
    """The rows of one of the three answers."""
    if isinstance(found, Tornado):
        return Rows("tornado", "Each uncertain input at both ends of its range", TornadoRow, partial(_ends, found))
    if isinstance(found, MonteCarlo):
        return Rows(
            "draws", "Random draws of all uncertain inputs", DrawRow, partial(map, DrawRow.model_validate, found.draws)
        )
    return Rows("robust", "Plans over all scenarios", RobustRow, partial(_plans, found))


def _ends(found: Tornado) -> Iterator[TornadoRow]:
    """Two rows an input that changes anything."""
    for bar in found.bars:
        swing = bar.swing_usd(found.basis.best)
        for name, end in (("low", bar.low), ("high", bar.high)):
            yield TornadoRow(
                input=bar.input.name,
                end=name,
                value=values_text(end.values),
                unit=bar.input.unit,
                swing_usd=swing,
                **_Under.model_validate(end).model_dump(),
            )


def _plans(found: Robust) -> Iterator[RobustRow]:
    """One row a plan that there is."""
    for name, held in (("robust", found.plan), ("ordinary", found.ordinary), ("most", found.most)):
        if held is not None:
            yield RobustRow(plan=name, **_Held.model_validate(held).model_dump())
