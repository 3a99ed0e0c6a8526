"""What single phrases say, and how they add up to one case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from optimizer.domain.limits import KINDS
from optimizer.question.errors import QuestionError
from optimizer.question.quantities import shown
from optimizer.question.words import ONE_COUNTRY

Error = Callable[..., QuestionError]


@dataclass(frozen=True)
class Fact:
    """One field of the case as a phrase gives it, and where the phrase stands."""

    field: str
    value: Any
    words: str
    """The value in words, with its unit and with what had to be defined."""
    start: int
    end: int
    key_start: int
    """Where the word stands that an error about this value points at."""
    is_calendar: bool = False
    """A deadline given as a day of the calendar."""

    @property
    def place(self) -> tuple[int, int]:
        """From the telling word to the end."""
        return self.key_start, self.end


_COUNTS = ("supply", "owned")
_LIMITS = (*(kind.field for kind in KINDS.values() if kind.scope == "case"), "mix")
_UNIONS = ("use", "avoid")


SOUGHT, PER_PARAMETER = "sought", "tokens_per_parameter"
"""What a question says beside its case: that the most training is sought, and at how many tokens per parameter."""
TUNED = "tuned"
"""Fine-tuning that does not say of what."""
_MODEL = ("workload", "params_total_b", "params_active_b", "architecture", "tokens_t")


def complete_tuning(facts: list[Fact]) -> list[Fact]:
    """Fine-tuning is of all weights, unless LoRA is said as well: "fine-tune it with LoRA" is one way, not two."""
    adapter = next((fact.value for fact in facts if fact.field == "way" and fact.value in ("lora", "qlora")), None)
    way = adapter or "finetune"
    words = f"the way to train {way}" if adapter else "the way to train finetune: of all weights, as LoRA is not said"
    return [replace(fact, field="way", value=way, words=words) if fact.field == TUNED else fact for fact in facts]


def beside(facts: list[Fact], error: Error) -> tuple[list[Fact], dict[str, Any]]:
    """The facts of the case, and what is said beside it.

    Raises:
        QuestionError: what is sought is given, or tokens per parameter without a model that is sought.
    """
    said = [fact for fact in facts if fact.field in (SOUGHT, PER_PARAMETER)]
    rest = [fact for fact in facts if fact.field not in (SOUGHT, PER_PARAMETER)]
    found = combine(said, error)
    sought = found.get(SOUGHT)
    if sought != "parameters" and PER_PARAMETER in found:
        fact = next(fact for fact in said if fact.field == PER_PARAMETER)
        raise error("tokens per parameter of what?", *fact.place, "say largest model at 20 tokens per parameter")
    for fact in rest:
        if sought and fact.field in (_MODEL if sought == "parameters" else ("tokens_t",)):
            words = "the largest dense model is" if sought == "parameters" else "the most training tokens are"
            raise error(f"{fact.words}, where {words} sought", *fact.place, "leave one of them out")
    return rest, found


def combine(facts: Iterable[Fact], error: Error) -> dict[str, Any]:
    """The fields of the case. The same value twice is fine; names to use or to avoid add up.

    Raises:
        QuestionError: two values for one field; a name both to use and to avoid.
    """
    fields: dict[str, Any] = {}
    first: dict[str, Fact] = {}
    for fact in facts:
        if fact.field in _UNIONS:
            fields[fact.field] = tuple(dict.fromkeys([*fields.get(fact.field, ()), *fact.value]))
        elif fact.field in _COUNTS:
            known = fields.setdefault(fact.field, {})
            for name, count in fact.value.items():
                if known.setdefault(name, count) != count:
                    raise error(f"two counts of {name}: {known[name]:,} and {count:,}", *fact.place, "say one of them")
        elif fact.field == "procurement" and fact.field in fields:
            # "buy, not rent": what one says and the other leaves
            fields[fact.field] = tuple(way for way in fields[fact.field] if way in fact.value)
            if not fields[fact.field]:
                raise _two(first[fact.field], fact, error)
        elif fields.setdefault(fact.field, fact.value) != fact.value:
            raise _two(first[fact.field], fact, error)
        first.setdefault(fact.field, fact)
        if both := set(fields.get("use", ())) & set(fields.get("avoid", ())):
            raise error(f"both to use and to avoid: {', '.join(sorted(both))}", *fact.place, "say one of them")
    return fields


def _two(one: Fact, other: Fact, error: Error) -> QuestionError:
    """The error of two values for one field."""
    remedies = {
        "country": ONE_COUNTRY,
        "workload": "ask for one workload at a time, or use `optimizer batch` for several",
        "objective": "say one of them; the other can be a limit, such as under $5M or within 120 days",
    }
    kind = "objectives" if one.field == "objective" else "values for one limit" if one.field in _LIMITS else "values"
    message = f"two {kind}: {one.words} and {other.words}"
    return error(message, *other.place, remedies.get(one.field, "say one of them"))


def complete_model(facts: list[Fact], error: Error, *, tokens_sought: bool = False) -> list[Fact]:
    """Settle an own workload: active parameters and architecture follow from what is said.

    Raises:
        QuestionError: tokens or total parameters missing, or values that do not go together.
    """
    by_field = {fact.field: fact for fact in facts}
    total, active = by_field.get("params_total_b"), by_field.get("params_active_b")
    architecture = by_field.get("architecture")
    said = total or active or architecture
    if said is None:
        return facts
    if "workload" in by_field:
        raise error("a named workload has its own size", *said.place, "say the workload, or the size of your own")
    if total is None:
        raise error("the size of the model is missing", *said.place, "say a 70B model, or 671B total parameters")
    if not {"tokens_t", "way"} & {*by_field} and not tokens_sought:
        raise error("the training tokens are missing", *total.place, "say how many, such as on 15T tokens")
    said_kind = architecture.value if architecture else None
    if active is None and said_kind == "moe":
        raise error("the active parameters are missing", *total.place, "say how many, such as 37B active parameters")
    active_b: Decimal = active.value if active else total.value
    if active and active_b > total.value:
        raise error(f"more active parameters than the {shown(total.value)} billion in total", *active.place)
    kind = "moe" if active_b < total.value else "dense"
    if architecture and said_kind != kind:
        message = f"{shown(active_b)} of {shown(total.value)} billion parameters are active: that is not {said_kind}"
        raise error(message, *architecture.place, "leave the word out, or change the parameters")
    extra = []
    if active is None:
        extra.append(replace(total, field="params_active_b", words="all of them active"))
    if architecture is None:
        words = "dense" if kind == "dense" else "mixture of experts, as not all parameters are active"
        extra.append(replace(active or total, field="architecture", value=kind, words=words))
    return facts + extra


def complete_ways(facts: list[Fact], error: Error) -> list[Fact]:
    """A deadline by date counts from the order; "rent" beside "we own 64 A100" leaves the owned ones in use.

    Raises:
        QuestionError: an accelerator is owned, but not among the only ones to use.
    """
    extra: list[Fact] = []
    fields = {fact.field for fact in facts}
    used = {name for fact in facts if fact.field == "use" for name in fact.value}
    for fact in facts:
        if used and fact.field == "owned" and (idle := set(fact.value) - used):
            names = ", ".join(sorted(idle))
            remedy = "name it among those to use as well"
            raise error(f"owned, but not among those to use: {names}", *fact.place, remedy)
    for fact in facts:
        if fact.is_calendar and "deadline_from" not in fields:
            words = "counted from the order, delivery included, because it is a day of the calendar"
            extra.append(replace(fact, field="deadline_from", value="order", words=words, is_calendar=False))
            break
    settled = []
    for fact in facts:
        if fact.field == "procurement" and "owned" in fields and "own" not in fact.value:
            fact = replace(fact, value=(*fact.value, "own"), words=f"{fact.words}, or own: what is said to be owned")
        settled.append(fact)
    return settled + extra
