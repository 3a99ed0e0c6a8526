"""What the export rules say of an accelerator and a country on a day: the class, the routes, and what is left open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date as calendar
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import Field

from optimizer.case.setting import FIRST_RULE_DATE
from optimizer.catalogue import Catalogue
from optimizer.catalogue.tables import suggestion
from optimizer.domain import Accelerator, BuyerRule, ChipClass, LicenceRule, Policy
from optimizer.domain.base import Frozen
from optimizer.domain.chip_class import chip_class, class_test, in_force, performance_density
from optimizer.errors import DataError, UsageError
from optimizer.law.routes import USABLE, Route, buyer_rules, routes

if TYPE_CHECKING:
    from rich.console import Console

_POLICIES: dict[Policy, str] = {
    Policy.FREE: "no licence",
    Policy.EXCEPTION: "licence exception",
    Policy.APPROVAL: "licence required, presumption of approval",
    Policy.CASE_BY_CASE: "licence required, case-by-case review",
    Policy.DENIAL: "licence required, presumption of denial",
}
_PLACES = Decimal("0.01")


class GroupOut(Frozen):
    """A group of the destination on the day."""

    group: str
    effective_from: str
    effective_to: str | None
    source: str
    note: str


class RouteOut(Frozen):
    """One way in, or what bars it."""

    rule: str
    policy: str
    words: str
    usable: bool = Field(description="whether a plan may count on it")
    lead_days: int
    lead_is_estimate: bool
    cap_tpp: float | None
    cap_accelerators: int | None = Field(description="whole accelerators of this kind under the cap")
    cap_scope: str
    meaning: str
    status: str
    effective_from: str
    effective_to: str | None
    source: str
    note: str


class BuyerOut(Frozen):
    """What depends on the buyer, the seller or the way of the goods."""

    rule: str
    meaning: str
    status: str
    effective_from: str
    effective_to: str | None
    source: str
    note: str


class LawAnswer(Frozen):
    """The law of one accelerator, one country and one day under one rule set."""

    sentence: str
    accelerator: str
    country: str
    country_name: str
    date: str
    rules: str
    chip_class: str
    class_rule: str | None
    class_words: str
    stated_class: str = Field(description="class that sources state; empty where none does")
    tpp: float
    tpp_basis: str
    performance_density: float | None = Field(description="TPP per mm2 of logic die")
    groups: tuple[GroupOut, ...]
    routes: tuple[RouteOut, ...]
    buyer: tuple[BuyerOut, ...] = Field(description="what depends on the buyer or the way of the goods: not settled")
    bills: tuple[BuyerOut, ...] = Field(description="pending bills: no law yet, in no plan")
    usable: bool = Field(description="whether a plan may count on any of the routes")
    data: dict[str, str]


def law_answer(
    catalogue: Catalogue, accelerator: str, country: str, date: str | None = None, rules: str | None = None
) -> LawAnswer:
    """What the rules of a set say of an accelerator that goes to a country on a day.

    Raises:
        UsageError: the accelerator, the country, the day or the rule set is not known.
    """
    chip = catalogue.accelerators[_id(catalogue, "accelerator", accelerator)]
    code, name = _place(catalogue, country)
    day = _day(date or catalogue.as_of)
    default = next(row.id for row in catalogue.rule_sets.values() if row.is_default)
    rule_set = default if rules is None else _id(catalogue, "rules", rules)
    kind = chip_class(chip, catalogue.chip_classes, day)
    test = class_test(chip, catalogue.chip_classes, day)
    density = performance_density(chip)
    ways = [_route(catalogue, chip, route) for route in routes(chip, code, catalogue, rule_set, day)]
    ways.sort(key=lambda way: (not way.usable, way.lead_days))
    buyer = buyer_rules(chip, code, catalogue, rule_set, day)
    shown = "not controlled by 3A090" if kind == "none" else kind
    told = "; or ".join(way.words for way in ways) or "no rule of the set speaks of it: not cleared"
    return LawAnswer(
        sentence="; but ".join(
            [
                f"{chip.name} to {name}: {shown}, {told}",
                *(b.meaning[:1].lower() + b.meaning[1:] for b in buyer if b.in_sentence),
            ]
        ),
        accelerator=chip.id,
        country=code,
        country_name=name,
        date=day,
        rules=rule_set,
        chip_class=kind,
        class_rule=test.rule if test else None,
        class_words=_class_words(chip, test),
        stated_class=chip.stated_class,
        tpp=float(chip.tpp),
        tpp_basis=chip.tpp_basis,
        performance_density=None if density is None else float(density.quantize(_PLACES)),
        groups=tuple(_groups(catalogue, code, rule_set, day)),
        routes=tuple(ways),
        buyer=tuple(_buyer(rule) for rule in buyer if rule.kind == "rule"),
        bills=tuple(_buyer(rule) for rule in buyer if rule.kind == "bill"),
        usable=any(way.usable for way in ways),
        data={"version": catalogue.version, "as_of": catalogue.as_of, "sha256": catalogue.digest},
    )


def _id(catalogue: Catalogue, kind: str, name: str) -> str:
    try:
        return catalogue.find(kind, name)
    except DataError as error:
        words = {"rules": "rule set"}.get(kind, kind)
        raise UsageError(f'unknown {words} "{name}"; {suggestion(name, catalogue.vocabulary(kind))}') from error


def _place(catalogue: Catalogue, name: str) -> tuple[str, str]:
    """Code and name of a country: one of the country table, or one of which only the rules speak (China)."""
    known = dict(catalogue.vocabulary("country"))
    names = {code: row.name for code, row in catalogue.countries.items()}
    for code, rows in catalogue.country_groups.items():
        own = [word for row in rows for word in row.names]
        if code not in names:
            names[code] = own[0] if own else code
            known |= {word.lower(): code for word in (*own, code)}
    found = known.get(name.strip().lower())
    if found is None:
        raise UsageError(f'unknown country "{name}"; {suggestion(name, known)}')
    return found, names[found]


def _day(text: str) -> str:
    try:
        day = calendar.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f'"{text}" is no day such as 2026-11-22') from error
    if day < FIRST_RULE_DATE:
        raise UsageError(f"{day} lies before {FIRST_RULE_DATE}: the export rules held begin there")
    return day


def _route(catalogue: Catalogue, chip: Accelerator, route: Route) -> RouteOut:
    rule: LicenceRule = next(row for row in catalogue.licence_rules if row.rule == route.rule)
    devices = None if rule.cap_tpp is None else int(rule.cap_tpp // chip.tpp)
    words = _POLICIES[rule.policy]
    if rule.policy == Policy.EXCEPTION:
        words += f" {rule.rule}"
    if rule.lead_days:
        words += f", {rule.lead_days} days{' assumed' * route.lead_is_estimate}"
    if rule.cap_tpp is not None:
        scope = f" ({rule.cap_scope})" if rule.cap_scope else ""
        words += f", up to {rule.cap_tpp:,.0f} TPP or {devices:,} accelerators{scope}"
    return RouteOut(
        rule=rule.rule,
        policy=rule.policy,
        words=words,
        usable=rule.policy in USABLE,
        lead_days=rule.lead_days,
        lead_is_estimate=route.lead_is_estimate,
        cap_tpp=None if rule.cap_tpp is None else float(rule.cap_tpp),
        cap_accelerators=devices,
        cap_scope=rule.cap_scope,
        meaning=rule.meaning,
        status=rule.status,
        effective_from=rule.effective_from,
        effective_to=rule.effective_to,
        source=rule.source,
        note=rule.note,
    )


def _class_words(chip: Accelerator, test: ChipClass | None) -> str:
    """What of the chip meets the test that classes it."""
    density = performance_density(chip)
    thin = "not known, held to meet any test" if density is None else f"{density.quantize(_PLACES):,}"
    figures = f"TPP {chip.tpp:,} ({chip.tpp_basis}), performance density {thin}"
    if test is None:
        return f"{figures}: no test of the class is met"
    asks = [
        words
        for words in (
            f"made by {test.vendor}" if test.vendor else "",
            "not marketed for data centres" if test.datacenter_marketed is False else "",
            "marketed for data centres" if test.datacenter_marketed else "",
            _range("TPP", test.min_tpp, test.below_tpp),
            _range("density", test.min_density, test.below_density),
        )
        if words
    ]
    return f"{figures}: {test.rule} asks for {', '.join(asks) or 'no more than that no other test is met'}"


def _range(name: str, least: Decimal | None, below: Decimal | None) -> str:
    bounds = (("at least", least), ("below", below))
    parts = [f"{word} {bound:,}" for word, bound in bounds if bound is not None]
    return f"{name} {' and '.join(parts)}" if parts else ""


def _groups(catalogue: Catalogue, code: str, rule_set: str, day: str) -> Iterator[GroupOut]:
    """The country's groups on the day, of those that the rules of the set name."""
    named = {
        group
        for rule in catalogue.licence_rules
        if rule_set in rule.rule_sets
        for group in (*rule.groups, *rule.except_groups)
    }
    for row in catalogue.country_groups.get(code, ()):
        if row.group in named and in_force(row.effective_from, row.effective_to, day):
            yield GroupOut(
                group=row.group,
                effective_from=row.effective_from,
                effective_to=row.effective_to,
                source=row.source,
                note=row.note,
            )


def _buyer(rule: BuyerRule) -> BuyerOut:
    return BuyerOut(
        rule=rule.rule,
        meaning=rule.meaning,
        status=rule.status,
        effective_from=rule.effective_from,
        effective_to=rule.effective_to,
        source=rule.source,
        note=rule.note,
    )


def print_law(answer: LawAnswer, console: Console) -> None:
    """Print the law: the answer in one sentence, then what it rests on."""
    from rich.padding import Padding
    from rich.text import Text

    def section(title: str, lines: Iterable[tuple[str, str]]) -> None:
        lines = list(lines)
        if not lines:
            return
        console.print("")
        console.print(Text(title, style="bold"))
        for line, beneath in lines:
            console.print(Padding(Text(line), (0, 0, 0, 2)))
            if beneath:
                console.print(Padding(Text(beneath, style="dim"), (0, 0, 0, 6)))

    console.print(Text(answer.sentence, style="bold"))
    if not answer.usable:
        console.print(Text("No plan can count on it.", style="bold red"))
    stated = (
        f"stated by its sources: {answer.stated_class}" if answer.stated_class else "no class is stated by a source"
    )
    section("Class", [(answer.class_words, stated)])
    section(
        f"{answer.country_name} ({answer.country}) on {answer.date}",
        [(f"{g.group} {_days(g.effective_from, g.effective_to)}", _and(g.note, g.source)) for g in answer.groups]
        or [("in no group of this rule set", "")],
    )
    section(
        "Ways in" if answer.usable else "What bars it",
        [
            (f"{r.rule}, {r.status}, {_days(r.effective_from, r.effective_to)}: {r.meaning}", _and(r.note, r.source))
            for r in answer.routes
        ],
    )
    for title, told in (
        ("Depends on the buyer or the way of the goods, and is not settled here", answer.buyer),
        ("Bills of the US Congress: no law yet, and in no plan", answer.bills),
    ):
        section(title, [(f"{b.rule}, {b.status}: {b.meaning}", _and(b.note, b.source)) for b in told])
    console.print("")
    console.print(
        Text(
            f"rules {answer.rules} on {answer.date}, data {answer.data['version']}; planning aid, no legal advice",
            style="dim",
        )
    )


def _days(first: str, last: str | None) -> str:
    return f"from {first}" + (f" to {last}" if last else "")


def _and(note: str, source: str) -> str:
    return f"{note} [{source}]" if note else f"[{source}]"
