"""What is asked after the answer: ways (other ways to the same goal)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.explain import document_flags, say_defaults, say_written
from optimizer.cli.flags import case_flags, case_of
from optimizer.cli.output import catalogue, console, destination, write_json
from optimizer.cli.plan import INFEASIBLE, today
from optimizer.errors import UsageError
from optimizer.units import parse_decimal, read_tokens, two_readings

if TYPE_CHECKING:
    from decimal import Decimal

    from optimizer.catalogue import Catalogue
    from optimizer.insight.shared_machines import Host

MOST_MW = 100_000
"""The most that a case may ask of a grid."""

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
@click.option(
    "--shared-max-mw", metavar="MW", help="Its grid limit; by default that of one's own site, times the members."
)
@document_flags
def ways(
    scratch_tokens: str | None,
    continued_tokens: str | None,
    finetune_tokens: str | None,
    lora_tokens: str | None,
    shared_in: str | None,
    shared_members: int,
    shared_max_mw: str | None,
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
    from optimizer.answers.ways import print_ways, ways_envelope
    from optimizer.insight.ways import compare_ways

    given = {
        "scratch_tokens": scratch_tokens,
        "continued_tokens": continued_tokens,
        "finetune_tokens": finetune_tokens,
        "lora_tokens": lora_tokens,
    }
    if (shared_members > 1 or shared_max_mw is not None) and shared_in is None:
        raise UsageError("--shared-members and --shared-max-mw are of a machine that several share: add --shared-in")
    known = catalogue(folder, packs)
    tokens = _tokens(given, list(known.ways))
    host = None if shared_in is None else _host(shared_in, shared_members, shared_max_mw, known)
    adapter = values.pop("adapter_params_b", None)
    if (values.get("params_total_b") or values.get("params_active_b")) and values.get("tokens_t") is None:
        values["way"] = values.get("way") or "pretrain"  # whose usual tokens are then taken
    case = case_of(values, known, today())
    if adapter is not None:
        of_lora = case_of({**values, "way": "lora", "adapter_params_b": adapter}, known, today())
        case = case.changed(adapter_params_b=of_lora.adapter_params_b)
    found = compare_ways(case, known, tokens=tokens, host=host)
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


def _host(name: str, members: int, max_mw: str | None, known: Catalogue) -> Host:
    """Where the shared machine stands; a name that is none, or a limit that cannot be read, is a usage error."""
    from optimizer.errors import DataError
    from optimizer.insight.shared_machines import Host

    wrong = []
    country = name
    try:
        country = known.find("country", name, "shared_in")
    except DataError as error:
        wrong += [f'--shared-in "{name}": {p.rule}; {p.remedy}' for p in error.problems]
    limit = None
    if max_mw is not None:
        try:
            if rule := two_readings(max_mw):
                raise ValueError(rule)
            limit = parse_decimal(max_mw)
            if not 0 < limit <= MOST_MW:
                raise ValueError(f"must be above 0 and at most {MOST_MW:,} MW")
        except ValueError as error:
            wrong.append(f'--shared-max-mw "{max_mw}": {error}')
    if wrong:
        raise UsageError("\n".join(wrong))
    return Host(country, members, limit)
