"""A plan with flags of Power as one row: the columns of a plan, and what feeds its site."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from optimizer.answers.form.numbers import round_half_even, round_parts, up, up_to_read
from optimizer.answers.form.shapes import cell
from optimizer.answers.plan.planned_row import fleet_cells, share_cells, why_cells
from optimizer.answers.plan.row import PlanRow, question_cells, solver_now, stamp_cells
from optimizer.answers.power.words import not_fed_words
from optimizer.answers.words.common_words import part_words
from optimizer.domain.feed import Feed
from optimizer.insight.limits.of_supply import FedConcession
from optimizer.plans.outcome import COST_TERMS
from optimizer.power.costs import SUPPLY_TERMS
from optimizer.power.plan import PowerOutcome, PowerPlan
from optimizer.power.site import ASSETS
from optimizer.units import KW_PER_MW
from optimizer.units.language import say


class PowerRow(PlanRow):
    """The row of a case with flags of Power; ``cost_energy_usd`` is all that the supply costs."""

    power_words: str | None = cell("all that the case says of what feeds its site: field=value, ...")
    grid_share: Decimal | None = cell("grid contract, or peak where the site has no grid, over the grid limit", "share")
    power: str | None = cell("what may feed the site, joined by ;")
    outage: str | None = cell("hours without grid, joined by ;")
    supply_basis: str | None = cell("share: this run pays its share of the life of the supply; whole: its price")
    grid_mw: Decimal | None = cell("grid contract that is used, rounded up", "MW")
    pv_mw: Decimal | None = cell("solar, MWp", "MW")
    wind_mw: Decimal | None = cell("wind", "MW")
    ppa_mw: Decimal | None = cell("solar by contract, MWp", "MW")
    battery_mwh: Decimal | None = cell("battery", "MWh")
    battery_mw: Decimal | None = cell("its converter", "MW")
    genset_mw: Decimal | None = cell("genset", "MW")
    supply_usd: Decimal | None = cell("cost of the supply to this run", "USD")
    supply_cash_usd: Decimal | None = cell("what must be found to build the supply, on any basis", "USD")
    supply_usd_per_mwh: Decimal | None = cell("cost of the supply for a MWh that the servers draw", "USD/MWh")
    solar_share: Decimal | None = cell("share of sun and wind in the energy taken", "share")
    grid_energy_share: Decimal | None = cell("share of it that is imported", "share")
    fuel_share: Decimal | None = cell("share of it that is generated from fuel", "share")
    spilled_share: Decimal | None = cell("share of what sun and wind give that nobody takes", "share")
    work_share: Decimal | None = cell("share of its days for which the fleet works, by its speed", "share")
    diesel_litres: Decimal | None = cell("diesel over the run", "litre")
    sold_mwh: Decimal | None = cell("sold to the grid; what it brings is taken off supply_usd", "MWh")
    proof_gap_usd: Decimal | None = cell("proven: no plan costs less by more than this", "USD")


def power_row(case_id: str, outcome: PowerOutcome, needs: Sequence[FedConcession] = ()) -> PowerRow:
    """The row of a case with flags of Power; ``needs`` are what each limit alone would have to be, without a plan."""
    setting = outcome.setting
    shared: dict[str, Any] = {
        "case_id": case_id,
        "proof": "exhaustive",
        "way": setting.way.id,
        "training_flop": setting.training_flop,
        "solver": solver_now(),
        "power_words": _said(outcome.feed),
        "power": ";".join(outcome.feed.sources),
        "outage": ";".join(outcome.feed.outage) or None,
        "supply_basis": outcome.site.basis,
        **question_cells(setting.case),
        **stamp_cells(setting.catalogue),
    }
    if isinstance(outcome, PowerPlan):
        return PowerRow(status="plan", **_planned(outcome), **_supplied(outcome), **shared)
    if outcome.least_usd is None:
        reason = not_fed_words(outcome)
    else:
        reason = say("the best plan costs more than the budget")
        shared["needed_budget_usd"] = up(outcome.least_usd, 2)
    for given in needs:
        if (decimals := given.limit.described.decimals) is not None:
            shared[given.limit.described.needed_column] = up(Fraction(given.needed), decimals)
    if needs:
        alone = "; ".join(map(part_words, needs))
        enough = say("any one of these changes is enough: {alone}", alone=alone)
        reason = say("{causes}; {mended}", causes=reason, mended=enough)
    return PowerRow(status="infeasible", reason=reason, **why_cells(outcome.why), **shared)


def _said(feed: Feed) -> str | None:
    """What a case says of the feeding, each field with its value."""
    return ", ".join(f"{n}={';'.join(v) if isinstance(v, list) else v}" for n, v in feed.given()) or None


def _planned(plan: PowerPlan) -> dict[str, Any]:
    """The cells that every plan has."""
    supply = sum((plan.cost_terms.get(name, Fraction(0)) for name in SUPPLY_TERMS), Fraction(0))
    terms = {name: usd for name, usd in plan.cost_terms.items() if name not in SUPPLY_TERMS} | {"energy": supply}
    costs = round_parts(terms, 2)
    return {
        **fleet_cells(plan.items),
        "days": plan.days,
        "lead_days": plan.lead_days,
        "server_days": round_half_even(plan.item.server_days, 3),
        "cost_usd": sum(costs.values(), Decimal(0)),
        **{f"cost_{name}_usd": costs.get(name, Decimal("0.00")) for name in COST_TERMS},
        "capital_usd": up(plan.capital_usd, 2),
        "peak_mw": up(plan.peak_mw, 6),
        "energy_gwh": up(plan.energy_gwh, 6),
        "carbon_t": up_to_read(plan.carbon_t, 2),
        "tpp": up(plan.tpp, 1),
        **share_cells(plan.limits),
        "gap": round_half_even(plan.gap_usd / plan.cost_usd, 12),
    }


def _supplied(plan: PowerPlan) -> dict[str, Any]:
    """What feeds the site."""
    size, energy = plan.fed.dispatch.capacities, plan.flows
    taken = energy.supplied
    spilled = energy.spilled / energy.own if energy.own else Fraction(0)
    return {
        **{f"{name}_mw": up(size[name] / KW_PER_MW, 6) for name in ASSETS if name not in ("battery", "converter")},
        "battery_mwh": up(size["battery"] / KW_PER_MW, 6),
        "battery_mw": up(size["converter"] / KW_PER_MW, 6),
        "supply_usd": round_half_even(plan.fed.supply_usd, 2),
        "supply_cash_usd": round_half_even(plan.supply_cash_usd, 2),
        "supply_usd_per_mwh": round_half_even(plan.supply_usd_per_mwh, 3),
        "solar_share": round_half_even(energy.own_used / taken, 6),
        "grid_energy_share": round_half_even(energy.imported / taken, 6),
        "fuel_share": round_half_even(energy.generated / taken, 6),
        "spilled_share": round_half_even(max(Fraction(0), spilled), 6),
        "work_share": round_half_even(plan.utilisation, 6),
        "diesel_litres": round_half_even(plan.litres, 1),
        "sold_mwh": round_half_even(energy.sold * plan.days / KW_PER_MW, 3),
        "proof_gap_usd": up(plan.gap_usd, 2),
    }
