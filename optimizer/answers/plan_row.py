"""One case as one row: the columns of the plan CSV, with their units and meanings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pydantic import Field

from optimizer.answers.numbers import rounded, rounded_parts, up
from optimizer.answers.reason_words import reason_words
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.base import Frozen
from optimizer.insight.limits.needs import no_plan
from optimizer.plans.outcome import COST_TERMS, Infeasible, Plan
from optimizer.solve.claim import solver_name
from optimizer.solve.planner import NO_SOLVER
from optimizer.version import __version__


class Status(StrEnum):
    """What became of a case."""

    PLAN = "plan"
    """Verified."""
    INFEASIBLE = "infeasible"
    """Proved."""
    INVALID = "invalid"
    """Bad input."""
    UNDECIDED = "undecided"
    """No proof."""
    CRASHED = "crashed"
    """Its worker ended, or the program is at fault."""
    TIMED_OUT = "timed_out"
    """It took longer than the limit for a case."""


def _column(meaning: str, unit: str = "") -> Any:
    return Field(default=None, description=meaning, json_schema_extra={"unit": unit} if unit else None)


class PlanRow(Frozen):
    """The row of a case. Cells without meaning for a status are empty. Money is in USD of the data's own dates."""

    case_id: str = Field(description="name of the case, as given; else its line in the cases file")
    status: Status = Field(
        description="plan (verified), infeasible (proved), invalid (bad input), undecided (no proof), crashed (its"
        " worker ended, or a fault of the program) or timed_out (longer than the limit for a case)"
    )
    reason: str | None = _column("why there is no plan, in words")
    proof: str | None = _column(
        "exhaustive: an exact exhaustive search and HiGHS agree; agreed: two HiGHS runs agree, and the plan is exact; "
        "infeasible with solver none: the bounds of the model leave no option, which exact arithmetic confirms"
    )
    country: str | None = _column("ISO 3166-1 alpha-2 code of the site")
    workload: str | None = _column("workload id")
    way: str | None = _column("how it is trained: a row of ways.csv")
    training_flop: Decimal | None = _column("training compute with its overhead", "FLOP")
    objective: str | None = _column("what was minimised")
    basis: str | None = _column("costing basis: upfront, amortised or rental")
    deadline_days: int | None = _column("limit: days to the end of the run", "days")
    deadline_from: str | None = _column("whether the deadline counts from training or from the order")
    max_mw: Decimal | None = _column("limit: grid", "MW")
    budget_usd: Decimal | None = _column("limit: budget", "USD")
    max_tpp: Decimal | None = _column("limit: total processing performance", "TPP")
    max_accelerators: int | None = _column("limit: accelerators of all kinds", "accelerators")
    accelerator: str | None = _column("accelerator id; several are joined by +")
    precision: str | None = _column("training precision; several are joined by +")
    procurement: str | None = _column("buy, rent or own; several are joined by +")
    servers: int | None = _column("servers of all kinds", "servers")
    accelerators: int | None = _column("accelerators of all kinds", "accelerators")
    composition: str | None = _column("every kind: accelerators x accelerator/precision/procurement, joined by +")
    days: int | None = _column("whole days of training", "days")
    lead_days: int | None = _column(
        "delivery and licence time before them, where the deadline counts from the order", "days"
    )
    server_days: Decimal | None = _column("days of work of all servers", "server-days")
    cost_usd: Decimal | None = _column("total cost of the run", "USD")
    cost_accelerators_usd: Decimal | None = _column("cost: accelerators", "USD")
    cost_integration_usd: Decimal | None = _column("cost: chassis, network and storage", "USD")
    cost_spares_usd: Decimal | None = _column("cost: spare parts", "USD")
    cost_freight_usd: Decimal | None = _column("cost: freight and insurance", "USD")
    cost_duty_and_tax_usd: Decimal | None = _column("cost: import duty and taxes that do not come back", "USD")
    cost_connection_usd: Decimal | None = _column("cost: substation of a site above the medium-voltage limit", "USD")
    cost_amortisation_usd: Decimal | None = _column("cost: this run's share of owning the hardware", "USD")
    cost_rent_usd: Decimal | None = _column("cost: rent, power and hall included", "USD")
    cost_energy_usd: Decimal | None = _column("cost: electricity", "USD")
    cost_colocation_usd: Decimal | None = _column("cost: colocation", "USD")
    cost_maintenance_usd: Decimal | None = _column("cost: vendor support", "USD")
    cost_staff_usd: Decimal | None = _column("cost: the team", "USD")
    cost_site_setup_usd: Decimal | None = _column("cost: site set-up, where the case gives one", "USD")
    capital_usd: Decimal | None = _column("landed price of all bought servers, whatever the basis", "USD")
    peak_mw: Decimal | None = _column("peak power of the site, rounded up", "MW")
    energy_gwh: Decimal | None = _column("energy of the run", "GWh")
    carbon_t: Decimal | None = _column("emissions of that energy on the grid's average", "tCO2e")
    tpp: Decimal | None = _column("total processing performance of the plan", "TPP")
    grid_share: Decimal | None = _column("peak over the grid limit, rounded up", "share")
    deadline_share: Decimal | None = _column("days with lead time over the deadline, rounded up", "share")
    budget_share: Decimal | None = _column("cost over the budget, rounded up", "share")
    tpp_share: Decimal | None = _column("TPP over its cap, rounded up", "share")
    needed_max_mw: Decimal | None = _column("infeasible: the least grid limit that alone would do, rounded up", "MW")
    needed_deadline_days: int | None = _column("infeasible: the least deadline that alone would do", "days")
    needed_budget_usd: Decimal | None = _column("infeasible: the least budget that alone would do, rounded up", "USD")
    needed_max_tpp: Decimal | None = _column("infeasible: the least TPP cap that alone would do, rounded up", "TPP")
    needed_max_accelerators: int | None = _column(
        "infeasible: the least number of accelerators that alone would do", "accelerators"
    )
    export_rule: str | None = _column("the export rule that lets the chips in; several are joined by +")
    estimates: str | None = _column("inputs of the plan that are estimates, separated by ;")
    mix: int | None = _column("how many kinds of server the plan could combine")
    overhead: Decimal | None = _column("compute over the final run alone", "ratio")
    assumptions: str | None = _column("assumption set")
    rules: str | None = _column("export rule set")
    date: str | None = _column("the day whose law holds")
    tax_regime: str | None = _column("tax regime")
    solver: str | None = _column("solver and version")
    gap: Decimal | None = _column("optimality gap that the solver left", "share")
    data_version: str = Field(description="version of the data folder")
    data_sha256: str = Field(description="SHA-256 over the data tables")
    program_version: str = Field(description="version of this program")


COLUMNS: tuple[str, ...] = tuple(PlanRow.model_fields)


def _stamp(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "data_version": catalogue.version,
        "data_sha256": catalogue.digest,
        "program_version": __version__,
    }


def _question(case: Case) -> dict[str, Any]:
    """The case's own fields that stand in a row."""
    names = (
        "country",
        "workload",
        "objective",
        "basis",
        "deadline_days",
        "deadline_from",
        "max_mw",
        "budget_usd",
        "max_tpp",
    )
    more = ("max_accelerators", "mix", "overhead", "assumptions", "rules", "date", "tax_regime")
    return {name: getattr(case, name) for name in (*names, *more)}


def plan_row(case_id: str, plan: Plan, estimates: tuple[str, ...] = ()) -> PlanRow:
    """The row of a plan."""
    setting = plan.setting
    costs = rounded_parts(plan.cost_terms, 2)
    shares = {use.name: use.share for use in plan.limits}

    def joined(values: list[str]) -> str:
        return "+".join(dict.fromkeys(values))

    return PlanRow(
        case_id=case_id,
        status=Status.PLAN,
        proof=plan.proof.kind,
        way=setting.way.id,
        training_flop=setting.training_flop,
        accelerator=joined([item.key.accelerator for item in plan.items]),
        precision=joined([item.key.precision for item in plan.items]),
        procurement=joined([item.key.procurement for item in plan.items]),
        servers=plan.servers,
        accelerators=plan.accelerators,
        composition="+".join(
            f"{i.accelerators}x{i.key.accelerator}/{i.key.precision}/{i.key.procurement}" for i in plan.items
        ),
        days=plan.days,
        lead_days=plan.lead_days,
        server_days=rounded(sum((item.server_days for item in plan.items), Fraction(0)), 3),
        cost_usd=sum(costs.values(), Decimal(0)),
        **{f"cost_{name}_usd": costs.get(name, Decimal("0.00")) for name in COST_TERMS},
        capital_usd=rounded(plan.capital_usd, 2),
        peak_mw=up(plan.peak_mw, 6),
        energy_gwh=rounded(plan.energy_gwh, 6),
        carbon_t=rounded(plan.carbon_t, 3),
        tpp=rounded(plan.tpp, 1),
        **{
            f"{name}_share": up(share, 6)
            for name in ("grid", "deadline", "budget", "tpp")
            if (share := shares.get(name)) is not None
        },
        export_rule=joined([item.key.route for item in plan.items]),
        estimates=";".join(estimates) or None,
        solver=plan.proof.solver,
        gap=Decimal(repr(plan.proof.gap)),
        **_question(setting.case),
        **_stamp(setting.catalogue),
    )


_NEEDED = {
    "grid": ("needed_max_mw", 6),
    "deadline": ("needed_deadline_days", 0),
    "budget": ("needed_budget_usd", 2),
    "tpp": ("needed_max_tpp", 1),
    "accelerators": ("needed_max_accelerators", 0),
}


def infeasible_row(case_id: str, outcome: Infeasible, needs: Mapping[str, Fraction]) -> PlanRow:
    """The row of a case without a plan: ``needs`` holds the least value of each limit that alone would do."""
    setting = outcome.setting
    needed: dict[str, Any] = {}
    for name, value in needs.items():
        if name in _NEEDED:
            column, decimals = _NEEDED[name]
            needed[column] = up(value, decimals)
    return PlanRow(
        case_id=case_id,
        status=Status.INFEASIBLE,
        reason=reason_words(no_plan(outcome, needs)),
        proof=outcome.proof.kind,
        way=setting.way.id,
        training_flop=setting.training_flop,
        solver=outcome.proof.solver,
        gap=Decimal(repr(outcome.proof.gap)),
        **needed,
        **_question(setting.case),
        **_stamp(setting.catalogue),
    )


def failed_row(case_id: str, status: Status, reason: str, catalogue: Catalogue, case: Case | None = None) -> PlanRow:
    """The row of a case that could not be read or decided, with what it says as far as it could be read."""
    said = {} if case is None else {**_question(case), "way": case.way}
    asked = {name: value for name, value in said.items() if value is not None}
    defaults = {
        "assumptions": next(row.id for row in catalogue.assumption_sets.values() if row.is_default),
        "rules": next(row.id for row in catalogue.rule_sets.values() if row.is_default),
        "solver": solver_name() if status == Status.UNDECIDED else NO_SOLVER,
    }
    return PlanRow(case_id=case_id, status=status, reason=reason, **{**defaults, **asked}, **_stamp(catalogue))
