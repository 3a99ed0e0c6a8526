"""Reads the plans of a consortium back from its JSON file and checks them against the data, without a solver."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from optimizer.answers.consortium_shapes import ConsortiumEnvelope, JointPlanOut, joint_plan_out
from optimizer.answers.fault_words import fault_words
from optimizer.answers.readback import differences, fraction_of, only_of
from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import groups
from optimizer.consortium.members import Consortium, Member, Phase, Total
from optimizer.consortium.plan import JointPlan, assembled
from optimizer.consortium.settle import Settled, settled
from optimizer.consortium.solve import prepared
from optimizer.consortium.verify import verify_joint
from optimizer.domain import Case, OptionKey
from optimizer.errors import DataError, Problem
from optimizer.exact import Used
from optimizer.plans.proof import Ended, EndKind, Proof, ProofKind


def check_joint(content: Mapping[str, Any], name: str, catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """What is wrong with the plans of a consortium's answer, shared and of one site, and what to be warned of.

    Raises:
        DataError: the file is no answer of this program, or holds no plan.
    """
    told = only_of(ConsortiumEnvelope, content, name)
    plans = {"shared": told.outputs.shared, "one_site": told.outputs.one_site}
    if not any(plans.values()):
        raise DataError([Problem("holds no plan: the consortium is infeasible", file=name)])
    try:
        ready = settled(_asked(told.inputs), catalogue)
    except (ValidationError, AttributeError, KeyError, TypeError, ArithmeticError) as error:
        raise DataError([Problem("holds inputs that cannot be read", file=name, column="inputs")]) from error
    wrong = []
    for which, said in plans.items():
        if said is None:
            continue
        plan = _rebuilt(ready, said, name)
        wrong += [f"{which}: {fault_words(fault)}" for fault in verify_joint(plan)]
        wrong += differences(which, _figures(said), _figures(joint_plan_out(plan)))
    if told.settled != {place.name: place.setting.case.given() for place in ready.places}:
        wrong.append("the settled sites are not what the inputs come to")
    held = told.provenance.get("data", {})
    warnings = []
    if isinstance(held, dict) and held.get("sha256") != catalogue.digest:
        warnings.append(f"the plan was made with data {held.get('version')}, and is checked with {catalogue.version}")
    return wrong, warnings


def _figures(plan: JointPlanOut) -> dict[str, Any]:
    return plan.model_dump(mode="json", exclude={"proof"})


def _asked(inputs: Mapping[str, Any]) -> Consortium:
    """The consortium that was asked, from its JSON form."""
    members = []
    for stated in inputs["sites"]:
        own = {key: value for key, value in stated.items() if key not in ("name", "share", "phases")}
        share = None if stated["share"] is None else Decimal(stated["share"])
        phases = tuple(Phase(**phase) for phase in stated["phases"])
        members.append(Member(stated["name"], Case(**own), phases, share))
    efficiency = None if inputs["efficiency"] is None else Decimal(inputs["efficiency"])
    return Consortium(Case(**inputs["run"]), tuple(members), Total(**inputs["total"]), efficiency)


def _rebuilt(ready: Settled, told: JointPlanOut, name: str) -> JointPlan:
    """The plan that the file's choice of servers and days makes on the data at hand."""
    used_here = {site.site for site in told.sites}
    if told.spread is None:
        among = [tuple(place for place in ready.places if place.name in used_here)]
    else:
        among = [places for spread, places in groups(ready) if spread == told.spread]
    places = next((some for some in among if used_here and used_here <= {place.name for place in some}), None)
    if places is None:
        raise DataError([Problem("names sites that do not go together", file=name, value=", ".join(sorted(used_here)))])
    joint = prepared(ready, places, told.spread, ready.total)
    position = {(option.key, option.start_days): o for o, option in enumerate(joint.problem.options)}
    used: list[Used] = []
    problems: list[Problem] = []
    for site in told.sites:
        if not site.items:
            problems.append(Problem("has no servers", file=name, column="site", value=site.site))
        for item in site.items:
            server = item.server
            parts = (server.accelerator, server.precision, server.procurement, server.route, server.bracket)
            values: Any = (*parts, site.site, server.connection)
            key = OptionKey(*values)
            option = position.get((key, item.start_days))
            if option is None:
                problems.append(Problem("is no option of the consortium", file=name, value=key.name))
            else:
                worked: Fraction = fraction_of(server.server_days_exact, name)
                used.append((option, server.servers, worked))
    if problems:
        raise DataError(problems)
    proof = Proof(ProofKind.AGREED, told.proof.solver, Ended(EndKind.SOLVER, told.proof.solver_status), 0.0, 0.0)
    return assembled(joint, used, told.days, proof)
