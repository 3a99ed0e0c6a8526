"""What a sentence leaves open of its model and its hardware, filled in and said."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal
from typing import Any

from optimizer.question.decision.decide import Said
from optimizer.question.errors import RefusalError
from optimizer.question.facts import Fact
from optimizer.question.readers.model import TUNED
from optimizer.question.tokens import Token
from optimizer.units.language import or_words, say
from optimizer.units.quantities import shown_here

USUAL_TOKENS_PER_PARAMETER = Decimal(20)
"""Hoffmann et al., 2022 (arXiv 2203.15556): about 20 training tokens for each parameter."""
_FLOP_PER_PARAMETER_AND_TOKEN = 6
_DEFAULT_WORKLOAD = "deepseek-v3-10t"
_STEP = Decimal("0.000001")
_ROUNDING = Decimal("0.03")
_SIZES = ("params_total_b", "params_active_b", "architecture")


def complete(said: Said, command: str) -> None:
    """Settle the model, the way to train, the deadline's start and what is owned.

    Raises:
        RefusalError: what is missing, or does not go together.
    """
    _tuning(said)
    if command == "largest" and said.own.get("--tokens-per-param"):
        if said.own["--tokens-per-param"] == "tokens_per_param":
            said.own["--tokens-per-param"] = USUAL_TOKENS_PER_PARAMETER
            said.notes.append(
                say(
                    "{usual_tokens_per_parameter} tokens per parameter, the usual count",
                    usual_tokens_per_parameter=USUAL_TOKENS_PER_PARAMETER,
                )
            )
    else:
        _model(said, command)
    _run_of(said, command)
    _calendar(said)
    _owned(said)
    _objectives(said)
    if command != "law":
        _licence(said)
    for fact in said.of("form"):
        said.own |= dict([fact.value.partition(" ")[::2] if " " in fact.value else (fact.value, True)])


def _tuning(said: Said) -> None:
    """Fine-tuning is of all weights, unless LoRA is said as well: "fine-tune it with LoRA" is one way, not two."""
    for fact in said.of(TUNED):
        adapter = next((f.value for f in said.of("way") if f.value in ("lora", "qlora")), None)
        if said.fields.get("way") not in (None, adapter, "finetune"):
            raise RefusalError("two_values", fact, said="way|the way to train|fine-tuning")
        way = adapter or "finetune"
        words = "" if adapter else say("the way to train finetune: of all weights, because LoRA is not named")
        said.tell(fact, "way", way, words)


def _model(said: Said, command: str) -> None:
    """An own workload: active parameters, architecture and tokens follow from what is said."""
    fields = said.fields
    given = next((fact for name in _SIZES for fact in said.of(name) if name in fields), None)
    if given is None:
        sizes = said.giving("params_total_b")
        if "params_total_b" in said.axes and not {"tokens_t", "way"} & {*fields, *said.axes}:
            _usual_tokens(said, sizes[0])
        if command != "largest":
            for fact in said.of("optimal"):
                raise RefusalError("no_size", fact)
            for fact in said.of("per_parameter"):
                raise RefusalError("per_parameter_of_what", fact)
        return
    if "workload" in fields:
        _same_size(said, given)
        return
    total = fields.get("params_total_b")
    if total is None:
        raise RefusalError("no_size", given)
    at = said.of("params_total_b")[0]
    if "tokens_t" in said.axes:
        fields["tokens_t"] = said.axes["tokens_t"][-1]  # of each case its own
    per_parameter = said.first("per_parameter") or (USUAL_TOKENS_PER_PARAMETER if said.has("optimal") else None)
    if per_parameter is not None and "tokens_t" in fields:
        raise RefusalError("tokens_twice", said.of("tokens_t")[0])
    if per_parameter is not None:
        tokens = total * per_parameter / 1000
        words = say(
            "{tokens} trillion tokens, {per_parameter} per parameter",
            tokens=shown_here(tokens),
            per_parameter=shown_here(per_parameter),
        )
        said.tell(at, "tokens_t", tokens, words)
    if command == "largest":
        fields["tokens_t"] = Decimal(1)  # an own workload must state some, and these are what is searched for
    elif not {"tokens_t", "way"} & {*fields} and command not in ("ways",) and not said.has("run_flop"):
        if said.has("sized"):
            raise RefusalError("tokens_unpublished", at, said=f"{total:f}")
        _usual_tokens(said, at)
    _active(said, at, total)


def _same_size(said: Said, given: Fact) -> None:
    """ "Apertus (70B, 15T tokens)": the size of a named model, said again.

    Raises:
        RefusalError: it is another one.
    """
    row = said.scene.names.workloads.get(said.fields["workload"])
    known = {"params_total_b": row and row.params_total_b, "params_active_b": row and row.params_active_b}
    for name in _SIZES:
        value = said.fields.pop(name, None)
        if row is None or (value is not None and not _near(value, known.get(name, value))):
            raise RefusalError("workload_and_size", given)
    if row is not None and "tokens_t" in said.fields and _near(said.fields["tokens_t"], row.tokens_t):
        del said.fields["tokens_t"]


def _near(one: Any, other: Any) -> bool:
    """Whether two figures differ by their rounding alone."""
    return isinstance(other, str) or abs(Decimal(one) - Decimal(str(other))) <= _ROUNDING * Decimal(str(other))


def _usual_tokens(said: Said, at: Fact) -> None:
    """A model of which no tokens are said is trained on the usual number for its size, and this is said."""
    words = say(
        "from scratch, on {tokens} tokens per parameter, because no tokens are given", tokens=USUAL_TOKENS_PER_PARAMETER
    )
    said.tell(at, "way", "pretrain", words)


def _active(said: Said, at: Fact, total: Decimal) -> None:
    """How many parameters are active, and what that makes of the architecture."""
    fields = said.fields
    kind, active = fields.get("architecture"), fields.get("params_active_b")
    if active is None and kind == "moe":
        raise RefusalError("no_active", at)
    active = total if active is None else active
    if active > total:
        raise RefusalError("more_active", said.of("params_active_b")[0], said=shown_here(total))
    found = "moe" if active < total else "dense"
    if kind is not None and kind != found:
        raise RefusalError("not_architecture", said.of("architecture")[0])
    if "params_active_b" not in fields:
        said.tell(at, "params_active_b", active, say("all of them active"))
    if kind is None:
        said.tell(
            at,
            "architecture",
            found,
            say("dense") if found == "dense" else say("mixture of experts, as not all parameters are active"),
        )


def _run_of(said: Said, command: str) -> None:
    """ "a run of 1e25 FLOP": so many tokens of the model that is said, or of the default one, and this is said."""
    for fact in said.of("run_flop"):
        if command == "largest":
            return
        if "tokens_t" in said.fields or command == "consortium":
            raise RefusalError("run_of_what", fact)
        active = said.fields.get("params_active_b")
        name = said.fields.get("workload", _DEFAULT_WORKLOAD)
        if active is None:
            row = said.scene.names.workloads.get(name)
            if row is None:
                raise RefusalError("run_of_what", fact)
            active, said.fields["workload"] = Decimal(row.params_active_b), name
        tokens = fact.value / (_FLOP_PER_PARAMETER_AND_TOKEN * active * 10**9) / 10**12
        tokens = Decimal(tokens).quantize(_STEP, ROUND_UP)
        shape = say("this model") if "params_total_b" in said.fields else say("the shape of {name}", name=name)
        said.tell(
            fact,
            "tokens_t",
            tokens,
            say(
                "{tokens} trillion tokens of {shape}, {fact} FLOP in all",
                tokens=shown_here(tokens),
                shape=shape,
                fact=shown_here(fact.value),
            ),
        )
        said.notes.append(
            say(
                "a run of {fact} FLOP read as {tokens}T tokens of {shape}",
                fact=shown_here(fact.value),
                tokens=shown_here(tokens),
                shape=shape,
            )
        )


def _calendar(said: Said) -> None:
    """A deadline by date counts from the order."""
    for fact in said.facts:
        if fact.is_calendar and "deadline_from" not in said.fields:
            words = say("counted from the order, delivery included, because it is a day of the calendar")
            said.tell(fact, "deadline_from", "order", words)


def _owned(said: Said) -> None:
    """ "rent" next to "we own 64 A100" leaves the owned ones in use; what is owned must be among those to use."""
    owned = dict(said.fields.get("owned", ()))
    if not owned:
        if said.fields.get("procurement") == ("own",):
            raise RefusalError("how_many_owned", said.giving("procurement")[0])
        return
    used = said.fields.get("use")
    if used and not said.has("only") and any(fact.value == "count" for fact in said.of("figure")):
        used = said.fields["use"] = tuple(dict.fromkeys((*used, *owned)))  # "we own 64 A100: how many H100 must we add"
    if used and (idle := set(owned) - set(used)):
        raise RefusalError("owned_not_used", said.of("owned")[0], said=", ".join(sorted(idle)))
    procurement = said.fields.get("procurement")
    if procurement and "own" not in procurement:
        at = said.giving("procurement")[0]
        said.tell(at, "procurement", (*procurement, "own"), say("or own: what is said to be owned"))


def _objectives(said: Said) -> None:
    """One objective only."""
    facts = said.of("objective")
    for fact in facts[1:]:
        if fact.value != facts[0].value:
            raise RefusalError("two_objectives", fact, said=f"objective|{facts[0].words}|{fact.words}")


def _licence(said: Said) -> None:
    """ "chips that need no licence": those that the law lets into the country without one."""
    for fact in said.of("no_licence"):
        country = said.fields.get("country")
        free = said.scene.names.licence_free(country) if country else None
        if free is None:
            raise RefusalError("no_licence_where", fact)
        if "use" in said.fields:
            free = tuple(key for key in said.fields["use"] if key in free)
        if not free:
            raise RefusalError("none_without_licence", fact)
        said.tell(
            fact,
            "use",
            free,
            say("only {free}, which need no licence there", free=or_words(said.scene.names.chip_words(free))),
        )


def who_buys(said: Said, ignored: list[Token], command: str) -> None:
    """A ministry or a university that is only named: who buys decides on VAT, so what is taken is said."""
    named = next((token for token in ignored if token.value == "public_body"), None)
    if named is not None and "buyer" not in said.fields and command in ("plan", "compare", "explain", "largest"):
        text = say('"{word}" does not say who buys: a private buyer, unless --buyer public is given', word=named.text)
        said.notes.append(text)
