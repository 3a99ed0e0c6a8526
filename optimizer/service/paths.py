"""Other ways to the same goal: how a model is trained, and how its machine is come by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from optimizer.errors import DataError, InputError, Problem
from optimizer.service.register import Asked, Parameter, question
from optimizer.units.language import say

if TYPE_CHECKING:
    from decimal import Decimal

    from optimizer.answers.form.document import Document
    from optimizer.domain import Case
    from optimizer.insight.shared_machines import Host

_TOKENS = {
    "pretrain": "scratch_tokens",
    "continued": "continued_tokens",
    "finetune": "finetune_tokens",
    "lora": "lora_tokens",
    "qlora": "lora_tokens",
}
"""Way -> the parameter of its tokens."""


@question(
    "ways",
    "Why and what else",
    Parameter("scratch_tokens", "Tokens of training from scratch: 15T.", metavar="COUNT"),
    Parameter("continued_tokens", "Tokens added by continued pre-training: 300B.", metavar="COUNT"),
    Parameter("finetune_tokens", "Tokens of full fine-tuning: 2B.", metavar="COUNT"),
    Parameter("lora_tokens", "Tokens of LoRA, and of LoRA on 4-bit weights.", metavar="COUNT"),
    Parameter("shared_in", "Country of a machine that several countries share.", metavar="CODE"),
    Parameter("shared_members", "How many countries share it.", "whole", default=1, least=1, most=1000),
    Parameter("shared_max_mw", "Its grid limit; by default that of your own site, times the members.", metavar="MW"),
    outputs="answers.curves.ways_outputs:WaysOut",
    rows="answers.curves.ways_outputs:WayRow",
)
def ways(asked: Asked) -> Document:
    """Compare the ways to the same model: from scratch, continued pre-training, fine-tuning, LoRA.

    Each is planned and proven on equal terms, with its compute, tokens, memory and cost, the runs behind it, and what
    it can and cannot give. With --owned, also owned servers only, with more, and without them; with --shared-in, a
    machine that several countries share, compared with one of your own.

    \b
    optimizer ways --workload llama-3.1-70b --country CL --max-mw 1 --deadline 365d --continued-tokens 300B
    """
    from optimizer.answers.curves.ways import document
    from optimizer.insight.ways import compare_ways

    problems: list[Problem] = []
    tokens, host = _tokens(asked, problems), _host(asked, problems)
    if problems:
        raise InputError(problems)
    case = _case(asked)
    _refuse_twice(asked, case, tokens)
    found = document(compare_ways(case, asked.catalogue, tokens=tokens, host=host))
    inputs = {name: value for name, value in found.grounds.inputs.items() if name != "way" or asked.fields.get("way")}
    return replace(found, grounds=replace(found.grounds, inputs=inputs))


def _case(asked: Asked) -> Case:
    """The case; the size of an adapter is that of the ways which train one, whatever way the case is of."""
    fields = asked.fields
    changes: dict[str, Any] = {"adapter_params_b": None}
    if (fields.get("params_total_b") or fields.get("params_active_b")) and fields.get("tokens_t") is None:
        changes["way"] = fields.get("way") or "pretrain"  # whose usual tokens are then taken
    case, adapter = asked.case(**changes), fields.get("adapter_params_b")
    if adapter is None:
        return case
    of_lora = asked.case(**{**changes, "way": "lora", "adapter_params_b": adapter})
    return case.changed(adapter_params_b=of_lora.adapter_params_b)


def _refuse_twice(asked: Asked, case: Case, tokens: dict[str, Decimal]) -> None:
    """The tokens of the case's own way.

    Raises:
        InputError: they are given twice.
    """
    from optimizer.case.setting import settle

    way = settle(case.changed(adapter_params_b=None), asked.catalogue).way
    if way.id in tokens and case.tokens_t is not None:
        rule = say(
            "tokens_t and {tokens} both give the tokens of {way_name}: give one",
            tokens=_TOKENS[way.id],
            way_name=way.name,
        )
        raise InputError.at(rule)


def _tokens(asked: Asked, problems: list[Problem]) -> dict[str, Decimal]:
    """Tokens by way, of those that were given; every count that cannot be read is a problem."""
    from optimizer.units import read_tokens

    found = {}
    for way in asked.catalogue.ways:
        parameter = _TOKENS.get(way, "")
        text = asked.own.get(parameter)
        if text is None:
            continue
        try:
            found[way] = read_tokens(text)
        except ValueError as error:
            problems.append(Problem(str(error), column=parameter, value=text))
    return found


def _host(asked: Asked, problems: list[Problem]) -> Host | None:
    """Where a shared machine stands; a name that is none, or a limit that cannot be read, is a problem."""
    from optimizer.insight.shared_machines import Host

    country, members, max_mw = (asked.own[name] for name in ("shared_in", "shared_members", "shared_max_mw"))
    if country is None:
        if members > 1 or max_mw is not None:
            rule = say("shared_members and shared_max_mw belong to a shared machine: add shared_in")
            problems.append(Problem(rule))
        return None
    try:
        country = asked.catalogue.find("country", country, "shared_in")
    except DataError as error:
        problems += error.problems
    return Host(country, members, None if max_mw is None else _grid_mw(max_mw, problems))


def _grid_mw(text: str, problems: list[Problem]) -> Decimal | None:
    from optimizer.domain.quantity_text import read_one
    from optimizer.insight.neighbours import MOST_MW

    try:
        limit = read_one("max_mw", text)
        if not 0 < limit <= MOST_MW:
            raise ValueError(say("must be above 0 and at most {most_mw:,} MW", most_mw=MOST_MW))
    except ValueError as error:
        problems.append(Problem(str(error), column="shared_max_mw", value=text))
        return None
    return limit
