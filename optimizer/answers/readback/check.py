"""Reads the plans of an answer back from its JSON file and checks them against the data, without a solver.

Files of schema version 1 are read too: they name no question, and have their keys in another order.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from optimizer.answers.consortium.outputs import ConsortiumOut, JointPlanOut
from optimizer.answers.form.envelope import KEY, SCHEMA_VERSION, Envelope, digest_of
from optimizer.answers.plan.outputs import PlanAnswerOut
from optimizer.answers.plan.shape import ItemOut, PlanOut, plan_out
from optimizer.answers.readback.answered_again import answered_again, rest_of
from optimizer.answers.readback.fault_words import fault_words
from optimizer.answers.readback.value_words import difference_words
from optimizer.case.setting import settle
from optimizer.catalogue import Catalogue
from optimizer.consortium.decide import groups
from optimizer.consortium.members import Consortium, Member, Phase, Total
from optimizer.consortium.plan import JointPlan, assemble_joint
from optimizer.consortium.settle import Settled, settle_sites
from optimizer.consortium.solve import prepare_sites
from optimizer.consortium.verify import verify_joint
from optimizer.domain import Case, OptionKey, Policy
from optimizer.errors import DataError, InputError, Problem, UnreadableError, unreadable_words
from optimizer.exact import Used, exact_problem
from optimizer.options import options_table
from optimizer.plans.outcome import LetIn, Plan, assemble
from optimizer.plans.proof import Ended, EndKind, Proof, ProofKind
from optimizer.plans.verify import verify
from optimizer.units.language import Messages, and_words, mark, say
from optimizer.units.records import dataclass

_OUTPUTS: Mapping[str, Any] = {"plan": PlanAnswerOut, "consortium": ConsortiumOut}
"""Question -> what its answer holds, of those whose plans can be checked."""
_FRACTION = re.compile(r"[0-9]{1,60}(/[0-9]{1,60})?")
RULES, SETTLED = "rules, limits and sums", "settled"
WHOLE, REST = "the file", "the rest"
BEST = mark("no plan is better")
UNPROVED_FED = mark(
    "the plan was checked, but not searched for again: it was not proven again that no other plan or supply is better"
)
UNPROVED = mark(
    "the plans of the consortium were checked, but not searched for again: it was not proven again that no "
    "other is better"
)


@dataclass(frozen=True)
class Check:
    """One thing that was checked."""

    part: str
    """Which plan of the answer, or ``settled``: the case with every default filled in."""
    name: str
    """Of a value, its place in the plan: ``items.0.servers``."""
    reported: str | None
    """The value as it is in the file; None where what was checked is no single value."""
    recomputed: str | None
    """The same as it follows from the data and from the servers and days of the file."""
    wrong: str
    """What is wrong, in words; empty if nothing is."""


@dataclass(frozen=True)
class Checked:
    """A file that was checked."""

    file: str
    question: str
    """Whose answer it holds."""
    checks: tuple[Check, ...]
    warnings: tuple[str, ...]

    @property
    def wrong(self) -> tuple[str, ...]:
        """All that is wrong, in words."""
        return tuple(check.wrong for check in self.checks if check.wrong)


def check(text: str, name: str, catalogue: Catalogue) -> Checked:
    """Check every plan of the answer in a JSON file.

    Args:
        text: of the file.
        name: of the file, for messages.
        catalogue: the data against which it is checked.

    Raises:
        DataError: the file is not an answer of this program, or holds no plan.
    """
    content = _content(text, name)
    answer = _answer(content, name)
    held = answer.provenance.get("data", {})
    same_data = isinstance(held, dict) and held.get("sha256") == catalogue.digest
    warnings = []
    if not same_data:
        version = held.get("version") if isinstance(held, dict) else None
        warnings.append(
            say(
                "the plan was made with data {version} but is checked with {version_2}",
                version=version,
                version_2=catalogue.version,
            )
        )
    checks = [*_seal(content)]
    if not checks:
        warnings.append(
            say("the file has no digest, like all files of version 1: a change in its words may not be noticed")
        )
    if _is_fed(answer.inputs):
        from optimizer.answers.power.readback import power_checks

        checks += [Check(*parts) for parts in power_checks(answer.outputs, answer.inputs, name, catalogue)]
        warnings.append(say(UNPROVED_FED))
    elif answer.question == "plan":
        plan = _plan_of(answer, catalogue, name)
        checks += _checks_of_plan(answer, plan, content)
        again = answered_again(plan, Case(**answer.inputs), catalogue)
        if again.unproved:
            warnings.append(again.unproved)
        elif not again.is_better or not any(check.wrong for check in checks):  # then it is known what is broken
            checks.append(Check("plan", BEST, None, None, again.worse))
        if again.content and same_data and content.get("schema_version") == SCHEMA_VERSION:
            found = dict(rest_of(again.content))
            for place, value in rest_of(content):
                true = found.get(place)
                different = _values(REST, place, value, true) if value != true else ()
                wrong = [check for check in different if check.wrong]
                checks += wrong or [Check(REST, place, None, None, "")]  # one line a part of the answer
    else:
        checks += _checks_of_consortium(answer, name, catalogue)
        warnings.append(say(UNPROVED))
    return Checked(name, answer.question, tuple(checks), tuple(warnings))


def _seal(content: Mapping[str, Any]) -> Iterator[Check]:
    """Whether the file is as it was written: by its own digest."""
    reported, true = content.get(KEY), digest_of(content)
    if reported is None and content.get("schema_version") != SCHEMA_VERSION:
        return  # files of version 1 have none
    changed = say("the file was changed after it was written: its digest is not that of its values")
    yield Check(WHOLE, KEY, None, None, "" if reported == true else changed)


def _content(text: str, name: str) -> dict[str, Any]:
    """The values of a JSON file.

    Raises:
        DataError: it is not readable, names a key twice or is no object.
    """
    try:
        content = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:  # also whole numbers of thousands of digits
        rule = say("is not readable JSON: {error}", error=unreadable_words(error))
        raise DataError.at(rule, file=name, remedy=say("give a plan that was written with --json")) from error
    if not isinstance(content, dict):
        raise DataError.at(say("is not an answer of this program: it must be an object"), file=name)
    return content


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that names a key twice is read one way by one reader and another way by the next."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise UnreadableError(say('names "{twice}" twice', twice=twice[:60]))
    return found


def _no_number(name: str) -> Any:
    raise UnreadableError(say("contains {name}, which is not a number", name=name))


def _answer(content: dict[str, Any], name: str) -> Envelope[Any]:
    """The answer in a file.

    Raises:
        DataError: it is none of this program, or to a question whose plans cannot be checked.
    """
    content = _of_this_version(content)
    if not {"schema_version", "question", "outputs"} <= content.keys():
        raise DataError.at(say("is not an answer that was written with --json"), file=name)
    question: Any = content.get("question", "plan")
    outputs = _OUTPUTS.get(question) if isinstance(question, str) else None
    if question == "plan" and isinstance(content, dict) and _is_fed(content.get("inputs")):
        from optimizer.answers.power.outputs import PowerAnswerOut

        outputs = PowerAnswerOut
    if outputs is None:
        rule = say("only answers to {outputs} can be verified", outputs=and_words(_OUTPUTS))
        raise DataError.at(rule, file=name, column="question", value=str(question))
    try:
        # under the names that it was written with: an alias is the attribute that a value was read from
        form: Any = Envelope
        answer: Envelope[Any] = form[outputs].model_validate(content, by_alias=False, by_name=True)
    except ValidationError as error:
        wrong = [(_FAULTS.get(one["type"], say(ODD)), ".".join(map(str, one["loc"]))) for one in error.errors()[:5]]
        raise DataError(Problem(rule, file=name, column=place) for rule, place in wrong) from error
    return answer


ODD = mark("is not as this program writes it")
_FAULTS = Messages({"missing": "is missing", "extra_forbidden": "is not a part of such a file"})


"""What is wrong with a part of a file, by the kind of the fault."""


def _is_fed(inputs: object) -> bool:
    """Whether a case says what feeds its site."""
    return isinstance(inputs, dict) and bool(inputs.get("feed"))


def _of_this_version(content: dict[str, Any]) -> dict[str, Any]:
    """The content of a file of schema version 1, which named no question, as this version has it."""
    if content.get("schema_version") != "1":
        return content
    outputs = content.get("outputs")
    of_sites = isinstance(outputs, dict) and {"shared", "alone"} <= outputs.keys()
    return {**content, "schema_version": SCHEMA_VERSION, "question": "consortium" if of_sites else "plan", KEY: ""}


def _plan_of(answer: Envelope[PlanAnswerOut], catalogue: Catalogue, name: str) -> Plan:
    reported = answer.outputs.plan
    if reported is None:
        raise DataError.at(say("contains no plan: the case is infeasible"), file=name)
    return _rebuilt(answer, reported, catalogue, name)


def _checks_of_plan(answer: Envelope[PlanAnswerOut], plan: Plan, content: Mapping[str, Any]) -> Iterator[Check]:
    reported = answer.outputs.plan
    assert reported is not None  # a plan was made of it
    yield from _rules("plan", list(map(fault_words, verify(plan))))
    is_so = answer.settled == plan.setting.case.given()
    yield Check(SETTLED, "case", None, None, "" if is_so else say("the completed case does not follow from the inputs"))
    in_file, found = _figures(reported), _figures(plan_out(plan))
    written = content["outputs"]["plan"]["items"]
    for raw, one, other in zip(written, in_file["items"], found["items"], strict=False):
        for name in {"rent", "spares"} - raw.keys():  # a file from before they were written has none
            del one[name], other[name]
    yield from _values("plan", "", in_file, found)


def _checks_of_consortium(answer: Envelope[ConsortiumOut], name: str, catalogue: Catalogue) -> Iterator[Check]:
    plans = {"shared": answer.outputs.shared, "one_site": answer.outputs.one_site}
    if not any(plans.values()):
        raise DataError.at(say("contains no plan: the consortium is infeasible"), file=name)
    try:
        ready = settle_sites(_consortium_of(answer.inputs), catalogue)
    except (ValueError, AttributeError, KeyError, TypeError, ArithmeticError) as error:
        raise DataError.at(say("has inputs that cannot be read"), file=name, column="inputs") from error
    for which, reported in plans.items():
        if reported is None:
            continue
        plan = _rebuilt_joint(ready, reported, name)
        yield from _rules(
            which, [say("{which}: {fault}", which=which, fault=fault_words(fault)) for fault in verify_joint(plan)]
        )
        now = JointPlanOut.model_validate(plan)
        yield from _values(which, "", *(form.model_dump(mode="json", exclude={"proof"}) for form in (reported, now)))
    is_so = answer.settled == {place.name: place.setting.case.given() for place in ready.places}
    yield Check(SETTLED, "sites", None, None, "" if is_so else say("the completed sites do not follow from the inputs"))


def _rules(part: str, wrong: list[str]) -> Iterator[Check]:
    """What the verifier finds wrong; one check where that is nothing."""
    for words in wrong or [""]:
        yield Check(part, RULES, None, None, words)


def _values(part: str, place: str, reported: Any, found: Any) -> Iterator[Check]:
    """Every value of a plan, as it is reported and as it is."""
    if isinstance(reported, dict) and isinstance(found, dict):
        names = [*found, *(name for name in reported if name not in found)]
        pairs = [(name, reported.get(name), found.get(name)) for name in names]
    elif isinstance(reported, list) and isinstance(found, list) and len(reported) == len(found):
        pairs = [(str(i), one, other) for i, (one, other) in enumerate(zip(reported, found, strict=True))]
    else:
        shown = place if part == REST else say("{part}.{place}", part=part, place=place)
        wrong = "" if reported == found else difference_words(shown, reported, found)
        yield Check(part, place, _written(reported), _written(found), wrong)
        return
    for name, one, other in pairs:
        yield from _values(part, say("{place}.{name}", place=place, name=name) if place else name, one, other)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _figures(plan: PlanOut) -> dict[str, Any]:
    """What a reader acts on; what a limit would save is no matter of the plan itself."""
    dropped = {"binding", "saving_without"}
    body = plan.model_dump(mode="json", exclude={"proof"})
    body["limits"] = [{name: value for name, value in use.items() if name not in dropped} for use in body["limits"]]
    return body


def _rebuilt(answer: Envelope[PlanAnswerOut], plan: PlanOut, catalogue: Catalogue, name: str) -> Plan:
    """The plan that the file's choice makes on the data at hand."""
    try:
        setting = settle(Case(**answer.inputs), catalogue)
    except InputError as error:  # of a file, and of nothing that was typed
        raise DataError(error.problems) from error
    keys = [_key(item, item.site) for item in plan.items]
    known = {option.key for option in options_table(setting).options}
    unknown = [
        Problem(say("is not an option of the case"), file=name, value=key.name) for key in keys if key not in known
    ]
    used: list[Used] = [(i, item.servers, _server_days(item, name)) for i, item in enumerate(plan.items)]
    if unknown:
        raise DataError(unknown)
    laws = {key: _let_in(item, name) for key, item in zip(keys, plan.items, strict=True)}
    ended = Ended(EndKind.SOLVER, plan.proof.solver_status)
    proof = Proof(ProofKind.EXHAUSTIVE, plan.proof.solver, ended, plan.proof.gap, 0.0)
    return assemble(setting, exact_problem(setting, keys), used, plan.days, proof, laws)


def _key(item: ItemOut, site: str) -> OptionKey:
    """The option of a kind of server at a site."""
    how: Any = item.model_dump(include={"accelerator", "precision", "procurement", "route", "bracket", "connection"})
    return OptionKey(site=site, terms=item.terms, **how)


def _let_in(item: ItemOut, name: str) -> LetIn:
    """How a file says that the export rule of an option treats its chips."""
    if item.policy not in list(Policy):
        raise DataError.at(
            say("must be one of {policy}", policy=", ".join(Policy)), file=name, column="policy", value=item.policy
        )
    return LetIn(Policy(item.policy), item.chip_class, item.law.removeprefix(f"{item.route}: "))


def _server_days(item: ItemOut, name: str) -> Fraction:
    """Exact server-days of a file.

    Raises:
        DataError: they are no fraction.
    """
    text = item.server_days_exact
    if not _FRACTION.fullmatch(text) or re.search(r"/0+$", text):
        raise DataError.at(say("must be a fraction"), file=name, column="server_days_exact", value=text)
    return Fraction(text)


def _consortium_of(inputs: Mapping[str, Any]) -> Consortium:
    """The consortium that was asked, from its JSON form."""
    members = []
    for stated in inputs["sites"]:
        own = {key: value for key, value in stated.items() if key not in ("name", "share", "phases")}
        share = None if stated["share"] is None else Decimal(stated["share"])
        phases = tuple(Phase(**phase) for phase in stated["phases"])
        members.append(Member(stated["name"], Case(**own), phases, share))
    efficiency = None if inputs["efficiency"] is None else Decimal(inputs["efficiency"])
    return Consortium(Case(**inputs["run"]), tuple(members), Total(**inputs["total"]), efficiency)


def _rebuilt_joint(ready: Settled, reported: JointPlanOut, name: str) -> JointPlan:
    """The plan that the file's choice of servers and days makes on the data at hand."""
    used_here = {site.site for site in reported.sites}
    if reported.spread is None:
        among = [tuple(place for place in ready.places if place.name in used_here)]
    else:
        among = [places for spread, places in groups(ready) if spread == reported.spread]
    places = next((some for some in among if used_here and used_here <= {place.name for place in some}), None)
    if places is None:
        raise DataError.at(say("names sites that cannot be combined"), file=name, value=", ".join(sorted(used_here)))
    joint = prepare_sites(ready, places, reported.spread, ready.total)
    position = {(option.key, option.start_days): o for o, option in enumerate(joint.problem.options)}
    used: list[Used] = []
    problems: list[Problem] = []
    for site in reported.sites:
        if not site.items:
            problems.append(Problem(say("has no servers"), file=name, column="site", value=site.site))
        for item in site.items:
            key = _key(item.server, site.site)
            option = position.get((key, item.start_days))
            if option is None:
                problems.append(Problem(say("is not an option of the consortium"), file=name, value=key.name))
            else:
                used.append((option, item.server.servers, _server_days(item.server, name)))
    if problems:
        raise DataError(problems)
    proof = Proof(
        ProofKind.AGREED, reported.proof.solver, Ended(EndKind.SOLVER, reported.proof.solver_status), 0.0, 0.0
    )
    return assemble_joint(joint, used, reported.days, proof)
