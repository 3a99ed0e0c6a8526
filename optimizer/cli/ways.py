"""What is asked after the answer: ways (other ways to the same goal)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.case_flags import case_flags, case_of
from optimizer.cli.explain import document_flags, say_defaults, say_written
from optimizer.cli.output import catalogue, console, destination, write_json
from optimizer.cli.question import INFEASIBLE, today
from optimizer.errors import UsageError
from optimizer.units import read_tokens

if TYPE_CHECKING:
    from decimal import Decimal

_FLAGS = {
    "pretrain": ("scratch_tokens", "--scratch-tokens"),
    "continued": ("continued_tokens", "--continued-tokens"),
    "finetune": ("finetune_tokens", "--finetune-tokens"),
    "lora": ("lora_tokens", "--lora-tokens"),
    "qlora": ("lora_tokens", "--lora-tokens"),
}
"""Way -> the option of its tokens, and its flag."""


@click.command()
@case_flags
@click.option("--scratch-tokens", metavar="COUNT", help="Tokens of training from scratch: 15T.")
@click.option("--continued-tokens", metavar="COUNT", help="Tokens added by continued pre-training: 300B.")
@click.option("--finetune-tokens", metavar="COUNT", help="Tokens of full fine-tuning: 2B.")
@click.option("--lora-tokens", metavar="COUNT", help="Tokens of LoRA, and of LoRA on 4-bit weights.")
@click.option("--shared-in", metavar="CODE", help="Country of a machine that several share.")
@click.option("--shared-members", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many share it.")
@document_flags
def ways(
    scratch_tokens: str | None,
    continued_tokens: str | None,
    finetune_tokens: str | None,
    lora_tokens: str | None,
    shared_in: str | None,
    shared_members: int,
    as_json: bool,
    output: str | None,
    quiet: bool,
    folder: str | None,
    packs: tuple[str, ...],
    **values: Any,
) -> int:
    """Set other ways to the same model beside each other: from scratch, continued pre-training, fine-tuning, LoRA.

    Each is planned and proved on equal terms, with its compute, tokens, memory and cost, the runs behind it, and what
    it can and cannot give. With --owned, also what is owned alone, with more, and without it; with --shared-in, a
    machine that several countries share beside one of one's own.

    \b
    optimizer ways --workload llama-3.1-70b --country CL --max-mw 1 --deadline 365d --continued-tokens 300B
    """
    from optimizer.insight.ways import compare_ways
    from optimizer.report.ways import print_ways, ways_envelope

    given = {
        "scratch_tokens": scratch_tokens,
        "continued_tokens": continued_tokens,
        "finetune_tokens": finetune_tokens,
        "lora_tokens": lora_tokens,
    }
    if shared_members > 1 and shared_in is None:
        raise UsageError("--shared-members is of a machine that several share: say where, with --shared-in")
    known = catalogue(folder, packs)
    tokens = _tokens(given, list(known.ways))
    host = None if shared_in is None else _host(shared_in, known)
    adapter = values.pop("adapter_params_b", None)
    if (values.get("params_total_b") or values.get("params_active_b")) and values.get("tokens_t") is None:
        values["way"] = values.get("way") or "pretrain"  # whose usual tokens are then taken
    case = case_of(values, known, today())
    if adapter is not None:
        of_lora = case_of({**values, "way": "lora", "adapter_params_b": adapter}, known, today())
        case = case.changed(adapter_params_b=of_lora.adapter_params_b)
    found = compare_ways(case, known, tokens=tokens, host=host, members=shared_members)
    if found.setting.way.id in tokens and case.tokens_t is not None:
        flag = _FLAGS[found.setting.way.id][1]
        raise UsageError(f"--tokens-t and {flag} both give the tokens of {found.setting.way.name}: give one")
    say_defaults(found.setting, quiet)
    with destination(output) as stream:
        if as_json:
            write_json(ways_envelope(found).model_dump(mode="json"), stream)
        else:
            print_ways(found, console(stream))
    say_written(output, quiet)
    return 0 if any(one.plan for one in found.ways) else INFEASIBLE


def _tokens(given: dict[str, str | None], names: list[str]) -> dict[str, Decimal]:
    """Tokens by way, of those that were given.

    Raises:
        UsageError: every count that cannot be read, at once.
    """
    found, wrong = {}, []
    for way in names:
        option, flag = _FLAGS.get(way, ("", ""))
        text = given.get(option)
        if text is None:
            continue
        try:
            found[way] = read_tokens(text)
        except ValueError as error:
            wrong.append(f'{flag} "{text}": {error}')
    if wrong:
        raise UsageError("\n".join(dict.fromkeys(wrong)))
    return found


def _host(name: str, known: Any) -> str:
    """The id of the country of the shared machine; a name that is none is a slip of the command."""
    from optimizer.errors import DataError

    try:
        found: str = known.find("country", name, "shared_in")
    except DataError as error:
        raise UsageError("\n".join(f'--shared-in "{name}": {p.rule}; {p.remedy}' for p in error.problems)) from error
    return found
