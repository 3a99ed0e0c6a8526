"""One case as one row: the columns of the plan CSV, with their units and meanings; the row of what was not planned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal

from optimizer.answers.form.document import Rows
from optimizer.answers.form.shapes import Shape, cell, entry
from optimizer.catalogue import Catalogue
from optimizer.domain import Case
from optimizer.domain.limits import KINDS
from optimizer.domain.reasons import Cause
from optimizer.errors import Problem
from optimizer.plans.proof import NO_SOLVER
from optimizer.units.within import within
from optimizer.version import __version__


class Status(StrEnum):
    """What became of a case."""

    PLAN = "plan"
    """Verified."""
    INFEASIBLE = "infeasible"
    """Proved."""
    MISSING = "missing"
    """The data lack a figure without which nothing can be planned; it can be stated."""
    INVALID = "invalid"
    """Bad input."""
    UNDECIDED = "undecided"
    """No proof."""
    CRASHED = "crashed"
    """Its worker ended, or the program is at fault."""
    TIMED_OUT = "timed_out"
    """It took longer than the limit for a case."""


class PlanRow(Shape):
    """The row of a case. Cells without meaning for a status are empty. Money is in USD of the data's own dates."""

    case_id: str = entry("name of the case, as given; else its line in the cases file")
    status: Status = entry(
        "plan (verified), infeasible (proven), missing (the data lack a figure that decides), invalid (bad input),"
        " undecided (no proof), crashed (its worker ended, or an error in the program) or timed_out (longer than the"
        " limit for a case)"
    )
    reason: str | None = cell("why there is no plan, in words")
    proof: str | None = cell(
        "exhaustive: an exact exhaustive search and HiGHS agree; agreed: two HiGHS runs agree, and the plan is exact; "
        "infeasible with solver none: the bounds of the model leave no option, which exact arithmetic confirms"
    )
    country: str | None = cell("ISO 3166-1 alpha-2 code of the site")
    workload: str | None = cell("workload id")
    way: str | None = cell("how it is trained: a row of ways.csv")
    training_flop: Decimal | None = cell("training compute with its overhead", "FLOP")
    objective: str | None = cell("what was minimised")
    basis: str | None = cell("costing basis: upfront, amortised or rental")
    deadline_days: int | None = cell("limit: days to the end of the run", "days")
    deadline_from: str | None = cell("whether the deadline counts from training or from the order")
    max_mw: Decimal | None = cell("limit: grid", "MW")
    budget_usd: Decimal | None = cell("limit: budget", "USD")
    max_energy_gwh: Decimal | None = cell("limit: energy of the run", "GWh")
    max_carbon_t: Decimal | None = cell("limit: emissions of that energy", "tCO2e")
    max_capital_usd: Decimal | None = cell("limit: landed price of bought hardware", "USD")
    max_tpp: Decimal | None = cell("limit: total processing performance", "TPP")
    max_accelerators: int | None = cell("limit: accelerators of all kinds", "accelerators")
    accelerator: str | None = cell("accelerator id; several are joined by +")
    precision: str | None = cell("training precision; several are joined by +")
    procurement: str | None = cell("buy, rent or own; several are joined by +")
    servers: int | None = cell("servers of all kinds", "servers")
    accelerators: int | None = cell("accelerators of all kinds", "accelerators")
    composition: str | None = cell("every kind: accelerators x accelerator/precision/procurement, joined by +")
    days: int | None = cell("whole days of training", "days")
    lead_days: int | None = cell(
        "delivery and licence time before them, where the deadline counts from the order", "days"
    )
    server_days: Decimal | None = cell("days of work of all servers", "server-days")
    cost_usd: Decimal | None = cell("total cost of the run", "USD")
    expected_cost_usd: Decimal | None = cell("mean cost if every uncertain figure is drawn", "USD")
    cost_p10_usd: Decimal | None = cell("cost that is not exceeded in 10 of 100 draws", "USD")
    cost_p50_usd: Decimal | None = cell("cost that is not exceeded in half of the draws", "USD")
    cost_p90_usd: Decimal | None = cell("cost that is not exceeded in 90 of 100 draws", "USD")
    met_share: Decimal | None = cell("share of the draws in which the plan meets every limit", "share")
    cost_accelerators_usd: Decimal | None = cell("cost: accelerators", "USD")
    cost_integration_usd: Decimal | None = cell("cost: chassis, network and storage", "USD")
    cost_spares_usd: Decimal | None = cell("cost: spare parts", "USD")
    cost_freight_usd: Decimal | None = cell("cost: freight and insurance", "USD")
    cost_duty_and_tax_usd: Decimal | None = cell("cost: import duty and taxes that are not recovered", "USD")
    cost_connection_usd: Decimal | None = cell("cost: substation of a site above the medium-voltage limit", "USD")
    cost_amortisation_usd: Decimal | None = cell("cost: this run's share of the hardware", "USD")
    cost_rent_usd: Decimal | None = cell("cost: rent, power and hall included", "USD")
    cost_energy_usd: Decimal | None = cell("cost: electricity", "USD")
    cost_colocation_usd: Decimal | None = cell("cost: colocation", "USD")
    cost_maintenance_usd: Decimal | None = cell("cost: vendor support", "USD")
    cost_staff_usd: Decimal | None = cell("cost: the team", "USD")
    cost_site_setup_usd: Decimal | None = cell("cost: site set-up, where the case gives one", "USD")
    capital_usd: Decimal | None = cell("landed price of bought hardware, whatever the basis", "USD")
    peak_mw: Decimal | None = cell("peak power of the site, rounded up", "MW")
    energy_gwh: Decimal | None = cell("energy of the run", "GWh")
    carbon_t: Decimal | None = cell("emissions of that energy on the grid's average", "tCO2e")
    tpp: Decimal | None = cell("total processing performance of the plan", "TPP")
    accelerator_hours: Decimal | None = cell("hours of work of all accelerators (GPU-hours)", "h")
    tokens_per_s_per_accelerator: Decimal | None = cell("tokens a second and accelerator, over its hours", "tokens/s")
    mfu: Decimal | None = cell("share of the dense peak in steady state; of a mix that of all its peaks", "share")
    goodput: Decimal | None = cell(
        "share of the time spent on progress; of a mix the mean, weighted by peak x hours", "share"
    )
    grid_share: Decimal | None = cell("peak over the grid limit, rounded up", "share")
    deadline_share: Decimal | None = cell("days with lead time over the deadline, rounded up", "share")
    budget_share: Decimal | None = cell("cost over the budget, rounded up", "share")
    energy_share: Decimal | None = cell("energy over its limit, rounded up", "share")
    carbon_share: Decimal | None = cell("emissions over their limit, rounded up", "share")
    capital_share: Decimal | None = cell("price of bought hardware over its limit, rounded up", "share")
    tpp_share: Decimal | None = cell("TPP over its cap, rounded up", "share")
    cause: Cause | None = cell(
        "without a plan, the obstacle: law (the export rules), data (a figure is missing, or the request excludes"
        " everything that is available), compute_cap, limits or confidence"
    )
    deciding: str | None = cell(
        "law or data: the reason that decides, such as licence_denied or no_import_duty; missing: the figure"
    )
    needed_max_mw: Decimal | None = cell(
        "infeasible: the smallest grid limit that alone would be enough, rounded up", "MW"
    )
    needed_deadline_days: int | None = cell("infeasible: the shortest deadline that alone would be enough", "days")
    needed_budget_usd: Decimal | None = cell(
        "infeasible: the smallest budget that alone would be enough, rounded up", "USD"
    )
    needed_max_energy_gwh: Decimal | None = cell(
        "infeasible: the smallest energy limit that alone would be enough, rounded up", "GWh"
    )
    needed_max_carbon_t: Decimal | None = cell(
        "infeasible: the smallest carbon limit that alone would be enough, rounded up", "tCO2e"
    )
    needed_max_capital_usd: Decimal | None = cell(
        "infeasible: the smallest limit on bought hardware that alone would be enough, rounded up", "USD"
    )
    needed_max_tpp: Decimal | None = cell(
        "infeasible: the smallest TPP cap that alone would be enough, rounded up", "TPP"
    )
    needed_max_accelerators: int | None = cell(
        "infeasible: the smallest number of accelerators that alone would be enough", "accelerators"
    )
    export_rule: str | None = cell(
        "the export rule that allows the import, or that excludes it; several are joined by +"
    )
    depends_on_buyer: str | None = cell(
        "of a plan that buys: what depends on the buyer or the route of the goods, and is not decided here"
    )
    estimates: str | None = cell("inputs of the plan that are estimates, separated by ;")
    evidence_grade: str | None = cell(
        "weakest grade among price, efficiency, power and law: listed, derived or estimate"
    )
    rent_usd_per_hour: Decimal | None = cell(
        "rent of one accelerator and hour, of several rents the mean over their hours; empty for what is not rented",
        "USD/h",
    )
    rent_basis: str | None = cell("where the rent is from: offer, stated (by the user) or world (median list price)")
    rent_provider: str | None = cell("who offers it")
    rent_region: str | None = cell("region of the provider")
    rent_terms: str | None = cell("terms of the offer")
    rent_as_of: str | None = cell("date of the public list")
    mix: int | None = cell("how many kinds of server the plan could combine", "kinds of server")
    overhead: Decimal | None = cell("compute over the final run alone", "ratio")
    assumptions: str | None = cell("assumption set")
    rules: str | None = cell("export rule set")
    date: str | None = cell("the day whose law applies")
    tax_regime: str | None = cell("tax regime")
    confidence: Decimal | None = cell("share of the draws in which every limit must be met", "share")
    solver: str | None = cell("solver and version")
    gap: Decimal | None = cell("optimality gap that the solver left", "share")
    data_version: str = entry("version of the data folder")
    data_sha256: str = entry("SHA-256 over the data tables")
    program_version: str = entry("version of this program")


COLUMNS: tuple[str, ...] = tuple(PlanRow.model_fields)
NUMBERS = frozenset(
    name for name, field in PlanRow.model_fields.items() if field.annotation in (Decimal | None, int | None)
)
"""The columns that have numbers."""
LIMIT_OF: Mapping[str, str] = {kind.column: kind.field for kind in KINDS.values() if kind.column}
"""Column of what a plan uses -> the column of the limit with which a reader compares it."""


def used_in(cells: Mapping[str, Any], column: str) -> Fraction | None:
    """What the plan of a row uses, in the unit of the column, held by the limit of the same row; None where its cell is
    empty or not there."""
    used, bound = (_fraction(cells.get(name)) for name in (column, LIMIT_OF.get(column, "")))
    return None if used is None else within(used, bound)


def _fraction(cell: Any) -> Fraction | None:
    return None if cell is None or cell == "" or cell != cell else Fraction(str(cell))


SHORT: tuple[str, ...] = (
    *("case_id", "status", "country", "workload", "composition", "days", "cost_usd", "cost_p10_usd", "cost_p90_usd"),
    *("met_share", "peak_mw", "reason"),
)
"""The columns of the short view: which case, what to do, what it costs, how sure, and why there is no plan."""


def stamp_cells(catalogue: Catalogue) -> dict[str, Any]:
    """Which data and which program."""
    return {"data_version": catalogue.version, "data_sha256": catalogue.digest, "program_version": __version__}


def question_cells(case: Case) -> dict[str, Any]:
    """The case's own fields that stand in a row."""
    names = ("country", "workload", "objective", "basis", "deadline_from")
    more = ("confidence", "mix", "overhead", "assumptions", "rules", "date", "tax_regime")
    limits = (kind.field for kind in KINDS.values() if kind.needed_column)
    return {name: getattr(case, name) for name in (*names, *limits, *more)}


def refused_row(
    case_id: str, problems: Sequence[Problem], reason: str, catalogue: Catalogue, case: Case | None = None
) -> PlanRow:
    """The row of a case that cannot be planned as it is: bad input, or a figure that the data do not have."""
    if (status := refused_status(problems)) is Status.INVALID:
        return failed_row(case_id, status, reason, catalogue, case)
    missing = ";".join(dict.fromkeys(problem.missing for problem in problems))
    row = failed_row(case_id, status, reason, catalogue, case)
    return row.model_copy(update={"cause": Cause.DATA, "deciding": missing})


def refused_status(problems: Sequence[Problem]) -> Literal[Status.INVALID, Status.MISSING]:
    """What became of a case with these problems: missing, where the data lack figures and nothing else is wrong."""
    return Status.MISSING if problems and all(problem.missing for problem in problems) else Status.INVALID


def failed_row(case_id: str, status: Status, reason: str, catalogue: Catalogue, case: Case | None = None) -> PlanRow:
    """The row of a case that could not be read or decided, with what it says as far as it could be read."""
    said = {} if case is None else {**question_cells(case), "way": case.way}
    asked = {name: value for name, value in said.items() if value is not None}
    defaults = {
        "assumptions": catalogue.default_assumptions,
        "rules": catalogue.default_rules,
        "solver": solver_now() if status == "undecided" else NO_SOLVER,
    }
    return PlanRow(case_id=case_id, status=status, reason=reason, **{**defaults, **asked}, **stamp_cells(catalogue))


def solver_now() -> str:
    """The solver and its version."""
    from optimizer.solve.claim import solver_name  # a process that only writes rows reads in no solver

    return solver_name()


def plans_of(make: Callable[[], Iterable[PlanRow]]) -> Rows:
    """The rows of plans as a table."""
    return Rows("plans", "Training plans", PlanRow, make)


PLANS = plans_of(tuple)
"""The table without its rows, for what describes it."""
