"""Where the choice changes: what wins where, and the plans on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Literal

from optimizer.answers.form.document import Document, Line, Rows, Section, of_case
from optimizer.answers.form.shapes import Digits, Extended, Shape, entry
from optimizer.answers.plan.shape import PlanCells, PlanIfAny, ProofOut
from optimizer.answers.words.common_words import capital, plan_words
from optimizer.answers.words.limit_words import LIMIT_WORDS, value_in_words
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.reason_words import no_plan_words, reason_words, several_words
from optimizer.answers.words.rule_words import buyer_section
from optimizer.case.cooling import cooling_of
from optimizer.domain.limits import KINDS
from optimizer.insight.curves.tipping import LIMITS
from optimizer.insight.curves.tipping_of_one import NotOfferedError, value_in_data
from optimizer.insight.curves.tipping_result import Side, Stretch, Tipping
from optimizer.insight.limits.needs import why_with_needs
from optimizer.plans.outcome import Plan
from optimizer.units.language import Messages, and_words, say

DOING = Messages({"buy": "buying", "rent": "renting", "own": "using owned"})
_INPUTS = Messages(
    {
        "price": "the price",
        "rent": "the rent",
        "mfu": "the efficiency",
        "ratio": "the sustained speed",
        "tariff": "the electricity tariff",
        "duty": "the import duty",
        "pue": "the PUE",
    }
)
_LIMITS = {kind.word: kind.name for kind in KINDS.values() if kind.word in LIMITS}


def _input_words(found: Tipping) -> str:
    """What varies: "the price", "the grid limit"."""
    kind = found.input.kind
    return LIMIT_WORDS[_LIMITS[kind]] if kind in _LIMITS else _INPUTS[kind]


class _End(Shape):
    """Which end of which stretch a row is of."""

    stretch: int = entry("number of the interval in which one choice is best, from 1")
    input: str = entry("the input that is varied")
    unit: str = entry("of the input")
    value: Decimal = entry("value of the input", "as in the column unit")
    status: Literal["plan", "infeasible"] = entry("plan; or infeasible: it is proven that there is none")


class TippingRow(PlanCells, _End):
    """One end of a stretch: the value of the input and the plan there, if there is one."""


class SideOut(Shape):
    """A value of the input and the proven answer there."""

    value: Digits = entry("decimal")
    plan: PlanIfAny = entry(path="outcome")
    proof: ProofOut = entry(path="outcome.proof")


class StretchOut(Shape):
    """Values of the input over which one choice is best, planned at both ends."""

    accelerator: str | None = entry("the accelerator chosen; null where there is no plan")
    procurement: str | None = entry("how it is obtained; null if that is not part of the choice")
    first: SideOut
    last: SideOut


class TippingOut(Shape):
    """What was found."""

    status: Literal["tips", "unchanged", "infeasible"]
    input: str = entry(path="input.kind")
    unit: str = entry(path="input.unit")
    accelerator: str | None = entry("whose input it is; null if it affects all")
    rival: str | None = entry("of a ratio, the accelerator that it is compared with")
    held: Digits | None = entry("the value in the data; 1 for an MFU, which is given as a multiple of its own")
    tolerance: Digits = entry("largest distance between the two sides of a change")
    stretches: tuple[StretchOut, ...] = entry("by rising value; between two of them the choice changes")


def document(found: Tipping) -> Document:
    """What wins where, and the plans on both sides of each change."""
    setting = found.setting
    whose = say(" of {found}", found=_name(found, found.accelerator)) if found.accelerator else ""
    over = say(" over that of {found}", found=_name(found, found.rival)) if found.rival else ""
    heading = say("Tipping point of {input}{whose}{over}", input=_input_words(found), whose=whose, over=over)
    first, *rest = reported = tuple(sentences(found))
    return Document(
        question="tipping",
        title=say(
            "{heading} · {country} · {workload_name}",
            heading=heading,
            country=country_words(setting.country),
            workload_name=say(setting.workload.name),
        ),
        sections=[
            Section("", [Line(first, "good" if found.tips else "strong"), *map(Line, rest)]),
            buyer_section(_plans(found)),
        ],
        outputs=partial(TippingOut.model_validate, found),
        **of_case(setting),
        messages=reported,
        rows=Rows("tipping", "Tipping points", TippingRow, partial(_rows, found)),
        verdict="infeasible" if found.status == "infeasible" else "answer",
    )


def _plans(found: Tipping) -> Iterator[Plan]:
    """The plans at the ends of every stretch."""
    for side in (side for stretch in found.stretches for side in _ends(stretch)):
        if isinstance(side.outcome, Plan):
            yield side.outcome


def _rows(found: Tipping) -> Iterator[TippingRow]:
    """One row an end of a stretch."""
    reported = {"input": found.input.kind, "unit": found.input.unit}
    for number, stretch in enumerate(found.stretches, 1):
        for side in _ends(stretch):
            plan = side.outcome if isinstance(side.outcome, Plan) else None
            status = "plan" if plan else "infeasible"
            yield TippingRow.model_validate(Extended(side, **reported, stretch=number, status=status, plan=plan))


def _ends(stretch: Stretch) -> tuple[Side, ...]:
    return (stretch.first,) if stretch.first is stretch.last else (stretch.first, stretch.last)


def sentences(found: Tipping) -> Iterator[str]:
    """The answer in words: what wins where, in ratios, and the plans."""
    stretches = found.stretches
    if len(stretches) == 1:
        start, stop = (_value(found, side.value) for side in (stretches[0].first, stretches[0].last))
        yield say(
            "{found} all the way from {start} to {stop}",
            found=capital(_wins(found, stretches[0])),
            start=start,
            stop=stop,
        )
        reported = [stretches[0].first, stretches[0].last]
    elif len(stretches) == 2:
        low, high = stretches
        until, since = _value(found, low.last.value), _value(found, high.first.value)
        yield say(
            "{found} up to {until}; {found_2} from {since} on",
            found=capital(_wins(found, low)),
            until=until,
            found_2=_wins(found, high),
            since=since,
        )
        if ratio := and_words(_ratios(found)):
            yield say("This is {ratio}", ratio=ratio)
        reported = [low.last, high.first]
    else:
        start, stop = (_value(found, side.value) for side in (stretches[0].first, stretches[-1].last))
        yield say(
            "The choice changes {stretches} times from {start} to {stop}",
            stretches=len(stretches) - 1,
            start=start,
            stop=stop,
        )
        for stretch in stretches:
            first, last = _side_words(stretch.first), _side_words(stretch.last)
            yield say("{found}: {first}", found=_span(found, stretch), first=first) + (
                say("; at its end {last}", last=last) if last != first else ""
            )
        reported = []
    if given := _at_data_value(found):
        yield given
    for side in reported:
        yield say(
            "At {found}: {side}", found=_value(found, side.value), side=_side_words(side, alone=len(stretches) == 1)
        )
    yield _proof(found)


def _side_words(side: Side, alone: bool = False) -> str:
    """The plan or why there is none; where there is none all the way, ``alone``, with what would be enough."""
    if isinstance(side.outcome, Plan):
        return plan_words(side.outcome)
    return reason_words(why_with_needs(side.outcome)) if alone else no_plan_words(side.outcome.why)


def _span(found: Tipping, stretch: Stretch) -> str:
    first, last = (_value(found, side.value) for side in (stretch.first, stretch.last))
    return say("At {first}", first=first) if first == last else say("From {first} to {last}", first=first, last=last)


def _at_data_value(found: Tipping) -> str:
    """What wins at the value in the data, of a ratio and of what touches all plans."""
    held = found.held
    if held is None or found.input.kind in ("price", "rent", "mfu"):
        return ""
    if found.input.kind == "pue" and (halls := _liquid_pue(found, held)):
        return say(
            "The case has {found} for servers cooled by air and {liquid} for those cooled by liquid; here "
            "one PUE is used for all",
            found=_value(found, held),
            liquid=halls,
        )
    at = [stretch for stretch in found.stretches if stretch.first.value <= held <= stretch.last.value]
    wins = say(": {found}", found=_wins(found, at[0])) if at else say(", outside this range")
    return say("The case has {found}{wins}", found=_value(found, held), wins=wins)


def _liquid_pue(found: Tipping, country_pue: Decimal) -> str:
    """The PUE of halls cooled by liquid, where the case has such next to the country's; else nothing."""
    setting = found.setting
    halls = (cooling_of(setting, chip) for chip in setting.catalogue.accelerators)
    lower = {hall.pue for hall in halls if hall is not None and hall.pue < country_pue}
    return ", ".join(f"{pue:f}" for pue in sorted(lower))


def _proof(found: Tipping) -> str:
    if found.accelerator:
        why = say(
            "this input affects the plans of one accelerator only, and makes all of them better or all of them worse"
        )
    elif found.input.kind in LIMITS:
        why = say("all plans that some value of it allows were compared")
    else:
        why = say(
            "the cost of each plan is a straight line in this input, and the lowest of these "
            "lines was followed from end to end in exact arithmetic"
        )
    if found.tips:
        return say(
            "Both sides of each change are proven by HiGHS and an exhaustive search in exact arithmetic; there is no "
            "other change in the range: {why}",
            why=why,
        )
    return say(
        "Both ends are proven by HiGHS and an exhaustive search in exact arithmetic; there is no change in the range: "
        "{why}",
        why=why,
    )


def _name(found: Tipping, accelerator: str) -> str:
    return found.setting.catalogue.accelerators[accelerator].name


def _wins(found: Tipping, stretch: Stretch) -> str:
    if stretch.accelerator is None:
        return say("no plan")
    doing = say("{doing} ", doing=DOING[stretch.procurement]) if stretch.procurement else ""
    return say("{doing}{found} wins", doing=doing, found=_name(found, stretch.accelerator))


def _value(found: Tipping, value: Decimal) -> str:
    kind = found.input.kind
    if found.input.limit is not None:
        return value_in_words(found.input.limit, value)
    words = {
        "price": say("${value:,f}", value=value),
        "rent": say("${value:,f} per hour", value=value),
        "mfu": say("{value:f} times its MFU", value=value),
        "ratio": say("a ratio of {value:f}", value=value),
        "tariff": say("${value:f} per kWh", value=value),
        "duty": say("{value:.6f}", value=value * 100).rstrip("0").rstrip(".") + " %",
        "pue": say("a PUE of {value:f}", value=value),
    }
    return words[kind]


def _ratios(found: Tipping) -> Iterator[str]:
    """The tipping value against the value in the data, and against the accelerator on the other side."""
    low, high = found.stretches
    kind, held, value = found.input.kind, found.held, Fraction(low.last.value)
    if found.accelerator is None or kind == "ratio":
        return
    if held and kind != "mfu":
        yield say(
            "{value:.2f} times the value in the data ({found})",
            value=float(value / Fraction(held)),
            found=_value(found, held),
        )
    sides = {stretch.accelerator: side.outcome for stretch, side in ((low, low.last), (high, high.first))}
    mine, others = sides.pop(found.accelerator, None), [name for name in sides if name]
    if not isinstance(mine, Plan) or not others:
        return
    rival = _name(found, others[0])
    other = sides[others[0]]
    if kind == "mfu" and isinstance(other, Plan):
        one, another = (plan.items[0].pflops / plan.accelerators for plan in (mine, other))
        yield say("{one:.2f} times the sustained speed of one {rival}", one=float(one / another), rival=rival)
    elif kind != "mfu" and (price := value_in_data(found.setting, found.input, others[0])):
        yield say(
            "{value:.2f} times that of one {rival} ({found})",
            value=float(value / Fraction(price)),
            rival=rival,
            found=_value(found, price),
        )


def not_offered_words(error: NotOfferedError) -> str:
    """Why an input moves nothing."""
    return say(
        "{error}: {several}", error=error, several=several_words(error.reasons) or say("its procurement is another")
    )
