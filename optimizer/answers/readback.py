"""Reads a plan back from its JSON file and checks it against the data, without a solver."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from optimizer.answers.fault_words import fault_words
from optimizer.answers.plan_data import Envelope
from optimizer.answers.plan_shape import PlanOut, plan_out
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import problems_of
from optimizer.domain import Case, OptionKey, Policy
from optimizer.errors import DataError, Problem
from optimizer.exact import Used, exact_problem
from optimizer.options import options_table
from optimizer.plans.outcome import LetIn, Plan, assemble
from optimizer.plans.proof import Ended, EndKind, Proof, ProofKind
from optimizer.plans.verify import verify

_FormT = TypeVar("_FormT", bound=BaseModel)
_FRACTION = re.compile(r"[0-9]{1,60}(/[0-9]{1,60})?")


def check(text: str, name: str, catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """What is wrong with the plan of a JSON file, and what to be warned of.

    Raises:
        DataError: the file is no answer of this program, or holds no plan.
    """
    content = _read(text, name)
    outputs = content.get("outputs") if isinstance(content, dict) else None
    if isinstance(outputs, dict) and {"shared", "alone"} <= outputs.keys():
        from optimizer.answers.joint_readback import check_joint

        return check_joint(content, name, catalogue)
    told = only_of(Envelope, content, name)
    if told.outputs.plan is None:
        raise DataError([Problem("holds no plan: the case is infeasible", file=name)])
    warnings = []
    held = told.provenance.get("data", {})
    if isinstance(held, dict) and held.get("sha256") != catalogue.digest:
        warnings.append(f"the plan was made with data {held.get('version')}, and is checked with {catalogue.version}")
    plan = _rebuilt(told, told.outputs.plan, catalogue, name)
    wrong = [fault_words(fault) for fault in verify(plan)]
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


def differences(place: str, said: Any, is_so: Any) -> list[str]:
    """Every value that is told otherwise than it is, with its place."""
    if isinstance(said, dict) and isinstance(is_so, dict):
        names = [*is_so, *(name for name in said if name not in is_so)]
        return [line for n in names for line in differences(f"{place}.{n}", said.get(n), is_so.get(n))]
    if isinstance(said, list) and isinstance(is_so, list) and len(said) == len(is_so):
        pairs = enumerate(zip(said, is_so, strict=True))
        return [line for i, (one, other) in pairs for line in differences(f"{place}.{i}", one, other)]
    return [] if said == is_so else [f"{place} is told as {said} and is {is_so}"]


def _read(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError([Problem(f"is no readable JSON: {error}", file=name)]) from error


def only_of(form: type[_FormT], content: Any, name: str) -> _FormT:
    """The content of a file in one of the forms of this program.

    Raises:
        DataError: it is not of that form.
    """
    try:
        return form.model_validate(content, strict=False)
    except ValidationError as error:
        found = problems_of(error, None)[:5]
        told = dict.fromkeys(Problem(p.rule, file=name, column=p.column) for p in found)
        raise DataError(list(told)) from error


def fraction_of(text: str, name: str) -> Fraction:
    """Exact server-days of a file.

    Raises:
        DataError: they are no fraction.
    """
    if not _FRACTION.fullmatch(text) or re.search(r"/0+$", text):
        raise DataError([Problem("must be a fraction", file=name, column="server_days_exact", value=text)])
    return Fraction(text)


def _policy(word: str, name: str) -> Policy:
    """A policy of a file.

    Raises:
        DataError: no export rule has such a one.
    """
    if word not in list(Policy):
        raise DataError([Problem(f"must be one of {', '.join(Policy)}", file=name, column="policy", value=word)])
    return Policy(word)


def _rebuilt(told: Envelope, plan: PlanOut, catalogue: Catalogue, name: str) -> Plan:
    """The plan that the file's choice makes on the data at hand."""
    try:
        setting = settle(Case(**told.inputs), catalogue)
    except ValidationError as error:
        raise DataError(problems_of(error, None)) from error
    keys: list[OptionKey] = []
    used: list[Used] = []
    laws: dict[OptionKey, LetIn] = {}
    for i, item in enumerate(plan.items):
        values: Any = (
            item.accelerator,
            item.precision,
            item.procurement,
            item.route,
            item.bracket,
            item.site,
            item.connection,
        )
        key = OptionKey(*values)
        keys.append(key)
        used.append((i, item.servers, fraction_of(item.server_days_exact, name)))
        laws[key] = LetIn(_policy(item.policy, name), item.chip_class, item.law.removeprefix(f"{item.route}: "))
    known = {option.key for option in options_table(setting).options}
    unknown = [Problem("is no option of the case", file=name, value=key.name) for key in keys if key not in known]
    if unknown:
        raise DataError(unknown)
    problem = exact_problem(setting, keys)
    ended = Ended(EndKind.SOLVER, plan.proof.solver_status)
    proof = Proof(ProofKind.EXHAUSTIVE, plan.proof.solver, ended, plan.proof.gap, 0.0)
    return assemble(setting, problem, used, plan.days, proof, laws)
