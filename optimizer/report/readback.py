"""Reads a plan back from its JSON file and checks it against the data, without a solver."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from optimizer.catalogue import Catalogue
from optimizer.domain import Case, OptionKey
from optimizer.errors import DataError, Problem
from optimizer.exact import exact_problem
from optimizer.outcome import Plan, Proof, Used, assemble
from optimizer.report.envelope import Envelope, PlanOut, plan_out
from optimizer.setting import settle
from optimizer.tables import problems_of
from optimizer.verifier import verify

_FRACTION = re.compile(r"\d{1,400}(/\d{1,400})?")
_TOLD = (
    "days",
    "lead_days",
    "servers",
    "accelerators",
    "cost_usd",
    "capital_usd",
    "peak_mw",
    "energy_gwh",
    "carbon_t",
    "tpp",
    "cost_terms_usd",
)


def check(text: str, name: str, catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """What is wrong with the plan of a JSON file, and what to be warned of.

    Raises:
        DataError: the file is no answer of this program, or holds no plan.
    """
    told = _read(text, name)
    if told.outputs.plan is None:
        raise DataError([Problem("holds no plan: the case is infeasible", file=name)])
    warnings = []
    held = told.provenance.get("data", {})
    if isinstance(held, dict) and held.get("sha256") != catalogue.digest:
        warnings.append(f"the plan was made with data {held.get('version')}, and is checked with {catalogue.version}")
    plan = _rebuilt(told, told.outputs.plan, catalogue, name)
    wrong = verify(plan)
    ours = plan_out(plan)
    for field in _TOLD:
        said, is_so = getattr(told.outputs.plan, field), getattr(ours, field)
        if said != is_so:
            wrong.append(f"{field} is told as {said} and is {is_so}")
    return wrong, warnings


def _read(text: str, name: str) -> Envelope:
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError([Problem(f"is no readable JSON: {error}", file=name)]) from error
    try:
        return Envelope.model_validate(content, strict=False)
    except ValidationError as error:
        found = problems_of(error, None)[:5]
        raise DataError([Problem(p.rule, file=name, column=p.column) for p in found]) from error


def _rebuilt(told: Envelope, plan: PlanOut, catalogue: Catalogue, name: str) -> Plan:
    """The plan that the file's choice makes on the data at hand."""
    try:
        setting = settle(Case(**told.inputs), catalogue)
    except ValidationError as error:
        raise DataError(problems_of(error, None)) from error
    keys: list[OptionKey] = []
    used: list[Used] = []
    laws: dict[OptionKey, tuple[str, str, str]] = {}
    for i, item in enumerate(plan.items):
        if not _FRACTION.fullmatch(item.server_days_exact) or item.server_days_exact.endswith("/0"):
            raise DataError(
                [Problem("must be a fraction", file=name, column="server_days_exact", value=item.server_days_exact)]
            )
        values: Any = (item.accelerator, item.precision, item.procurement, item.route, item.bracket, item.site)
        key = OptionKey(*values)
        keys.append(key)
        used.append((i, item.servers, Fraction(item.server_days_exact)))
        laws[key] = (item.policy, item.chip_class, item.law)
    try:
        problem = exact_problem(setting, keys)
    except (KeyError, StopIteration) as error:
        raise DataError([Problem("names an option that the data do not have", file=name, value=str(error))]) from error
    proof = Proof("exhaustive", plan.proof.solver, plan.proof.solver_status, plan.proof.gap, 0.0)
    return assemble(setting, problem, used, plan.days, proof, laws)
