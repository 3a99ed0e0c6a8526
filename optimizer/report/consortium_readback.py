"""Reads a consortium's plan back from its JSON file and checks it against the data, without a solver."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from optimizer.catalogue import Catalogue
from optimizer.consortium.answer import JointPlan, assembled
from optimizer.consortium.members import Consortium, Member, Phase, Total
from optimizer.consortium.settling import Settled, settled
from optimizer.consortium.solving import prepared
from optimizer.consortium.verify import verify_joint
from optimizer.domain import Case
from optimizer.errors import DataError, Problem
from optimizer.outcome import Proof, Used
from optimizer.report.consortium import ConsortiumEnvelope, JointPlanOut, joint_plan_out
from optimizer.report.readback import differences, exact_days, key_of, other_data, typed_answer
from optimizer.tables import problems_of


def check_joint(content: Mapping[str, Any], name: str, catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """What is wrong with the best plan of a consortium's JSON file, and what to be warned of.

    Raises:
        DataError: the file is no answer of this program, or holds no plan.
    """
    told = typed_answer(content, ConsortiumEnvelope, name)
    outputs = told.outputs
    said = outputs.shared if outputs.best == "shared" else outputs.one_site if outputs.best else None
    if said is None:
        raise DataError([Problem("holds no plan: the consortium is infeasible", file=name)])
    ready = settled(_asked(told.inputs, name), catalogue)
    plan = _rebuilt(ready, said, name)
    wrong = verify_joint(plan)
    if told.settled != {place.name: place.setting.case.given() for place in ready.places}:
        wrong.append("the settled sites are not what the inputs come to")
    wrong += differences("plan", _figures(said), _figures(joint_plan_out(plan)))
    return wrong, other_data(told.provenance, catalogue)


def _figures(plan: JointPlanOut) -> dict[str, Any]:
    return plan.model_dump(mode="json", exclude={"proof"})


def _asked(inputs: Mapping[str, Any], name: str) -> Consortium:
    """The consortium that was asked."""
    try:
        members = []
        for given in inputs["sites"]:
            own = {key: value for key, value in given.items() if key not in ("name", "share", "phases")}
            phases = tuple(Phase.model_validate(phase) for phase in given["phases"])
            share = None if given["share"] is None else Decimal(given["share"])
            members.append(Member(given["name"], Case(**own), phases, share))
        efficiency = None if inputs["efficiency"] is None else Decimal(inputs["efficiency"])
        return Consortium(Case(**inputs["run"]), tuple(members), Total.model_validate(inputs["total"]), efficiency)
    except ValidationError as error:
        raise DataError(problems_of(error, None)) from error
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise DataError(
            [Problem(f"holds no consortium that can be read: {error}", file=name, column="inputs")]
        ) from error


def _rebuilt(ready: Settled, said: JointPlanOut, name: str) -> JointPlan:
    """The plan that the file's choice makes on the data at hand.

    Raises:
        DataError: it names a site or an option that there is none of.
    """
    used_sites = {site.site for site in said.sites}
    places = [place for place in ready.places if place.name in used_sites]
    if len(places) != len(said.sites) or not places:
        raise DataError([Problem("names a site that is none of the inputs", file=name, column="sites")])
    joint = prepared(ready, places, said.spread, ready.total)
    position = {(option.key, option.start_days): o for o, option in enumerate(joint.problem.options)}
    used: list[Used] = []
    for site in said.sites:
        for item in site.items:
            key = (key_of(item.server), item.start_days)
            if key not in position:
                raise DataError([Problem("is no option of the site", file=name, value=key[0].name)])
            used.append((position[key], item.server.servers, exact_days(item.server, name)))
    proof = Proof("agreed", said.proof.solver, said.proof.solver_status, said.proof.gap, 0.0)
    return assembled(joint, used, said.days, proof)
