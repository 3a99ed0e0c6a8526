"""Reads a plan back from its JSON file and checks it against the data, without a solver."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from optimizer.catalogue import Catalogue
from optimizer.domain import Case, OptionKey
from optimizer.errors import DataError, Problem
from optimizer.exact import exact_problem
from optimizer.options import options_table
from optimizer.outcome import Plan, Proof, Used, assemble
from optimizer.report.envelope import Envelope
from optimizer.report.planned import ItemOut, PlanOut, plan_out
from optimizer.setting import settle
from optimizer.tables import problems_of
from optimizer.verifier import verify

AnswerT = TypeVar("AnswerT", bound=BaseModel)
_FRACTION = re.compile(r"[0-9]{1,60}(/[0-9]{1,60})?")


def check(text: str, name: str, catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """What is wrong with the plan of a JSON file, and what to be warned of.

    Raises:
        DataError: the file is no answer of this program, or holds no plan.
    """
    content = _content(text, name)
    if "bills" in (content.get("outputs") or {}):
        from optimizer.report.consortium_readback import check_joint

        return check_joint(content, name, catalogue)
    told = typed_answer(content, Envelope, name)
    if told.outputs.plan is None:
        raise DataError([Problem("holds no plan: the case is infeasible", file=name)])
    warnings = other_data(told.provenance, catalogue)
    plan = _rebuilt(told, told.outputs.plan, catalogue, name)
    wrong = verify(plan)
    if told.settled != plan.setting.case.given():
        wrong.append("the settled case is not what the inputs come to")
    wrong += differences("plan", _figures(told.outputs.plan), _figures(plan_out(plan)))
    return wrong, warnings


def _figures(plan: PlanOut) -> dict[str, Any]:
    """What a reader acts on; what a limit would save is no matter of the plan itself."""
    dropped = {"binding", "saving_without"}
    body = plan.model_dump(mode="json", exclude={"proof"})
    body["limits"] = [{name: value for name, value in use.items() if name not in dropped} for use in body["limits"]]
    return body


def other_data(provenance: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
    """A warning where a plan was made with other data than it is checked with."""
    held = provenance.get("data", {})
    if isinstance(held, dict) and held.get("sha256") != catalogue.digest:
        return [f"the plan was made with data {held.get('version')}, and is checked with {catalogue.version}"]
    return []


def differences(place: str, said: Any, is_so: Any) -> list[str]:
    """Every value that is told otherwise than it is, with its place."""
    if isinstance(said, dict) and isinstance(is_so, dict):
        names = [*is_so, *(name for name in said if name not in is_so)]
        return [line for n in names for line in differences(f"{place}.{n}", said.get(n), is_so.get(n))]
    if isinstance(said, list) and isinstance(is_so, list) and len(said) == len(is_so):
        pairs = enumerate(zip(said, is_so, strict=True))
        return [line for i, (one, other) in pairs for line in differences(f"{place}.{i}", one, other)]
    return [] if said == is_so else [f"{place} is told as {said} and is {is_so}"]


def _content(text: str, name: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError([Problem(f"is no readable JSON: {error}", file=name)]) from error
    if not isinstance(content, dict) or not isinstance(content.get("outputs") or {}, dict):
        raise DataError([Problem("is no answer of this program", file=name)])
    return content


def typed_answer(content: Mapping[str, Any], row_type: type[AnswerT], name: str) -> AnswerT:
    """A document as one of the program's answers.

    Raises:
        DataError: it is none.
    """
    try:
        return row_type.model_validate(content, strict=False)
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
        key = key_of(item)
        keys.append(key)
        used.append((i, item.servers, exact_days(item, name)))
        laws[key] = (item.policy, item.chip_class, item.law)
    known = {option.key for option in options_table(setting).options}
    unknown = [Problem("is no option of the case", file=name, value=key.name) for key in keys if key not in known]
    if unknown:
        raise DataError(unknown)
    problem = exact_problem(setting, keys)
    proof = Proof("exhaustive", plan.proof.solver, plan.proof.solver_status, plan.proof.gap, 0.0)
    return assemble(setting, problem, used, plan.days, proof, laws)


def key_of(item: ItemOut) -> OptionKey:
    """What names the option of a kind of server."""
    values: Any = (
        *(item.accelerator, item.precision, item.procurement, item.route, item.bracket, item.site),
        item.connection,
    )
    return OptionKey(*values)


def exact_days(item: ItemOut, name: str) -> Fraction:
    """The server-days of a kind of server.

    Raises:
        DataError: they are no fraction.
    """
    text = item.server_days_exact
    if not _FRACTION.fullmatch(text) or text.endswith("/0"):
        raise DataError([Problem("must be a fraction", file=name, column="server_days_exact", value=text)])
    return Fraction(text)
