"""What the export rules say of a country on a day, of one accelerator or of all: class, routes, what is left open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date as calendar
from decimal import Decimal
from functools import partial
from typing import TypeVar

from optimizer.answers.form.document import Document, Grounds, Line, Rows, Section
from optimizer.answers.words.place_words import country_words
from optimizer.case.setting import FIRST_RULE_DATE
from optimizer.catalogue import Catalogue
from optimizer.catalogue.unknown_names import counted_with, name_of, problem_of_name, territory_code
from optimizer.domain import Accelerator, ChipClass, LicenceRule, Policy
from optimizer.domain.chip_class import NO_CLASS, chip_class, class_test, in_force, performance_density
from optimizer.errors import InputError, UsageError
from optimizer.law.routes import USABLE, Route, buyer_rules, routes
from optimizer.reference.law_outputs import BuyerOut, GroupOut, LawAnswer, LawOfCountry, LawRow, RouteOut
from optimizer.units.language import Messages, and_words, say

_POLICIES: Mapping[Policy, str] = Messages(
    {
        Policy.FREE: "no licence",
        Policy.EXCEPTION: "licence exception",
        Policy.APPROVAL: "licence required, presumption of approval",
        Policy.CASE_BY_CASE: "licence required, case-by-case review",
        Policy.DENIAL: "licence required, presumption of denial",
    }
)
_PLACES = Decimal("0.01")
RuleT = TypeVar("RuleT", RouteOut, BuyerOut)


def law_answer(
    catalogue: Catalogue, accelerator: str, country: str, date: str | None = None, rules: str | None = None
) -> LawAnswer:
    """What the rules of a set say of an accelerator that goes to a country on a day.

    Raises:
        InputError: the accelerator, the country, the day or the rule set is not known.
        UsageError: the country is where the accelerator should be.
    """
    held_by = "" if catalogue.known("country", country) else counted_with(country)
    names = {"accelerator": accelerator, "country": held_by or country, "rules": rules or catalogue.default_rules}
    wrong = [
        problem_of_name(catalogue, kind, name, kind, of_law=True)
        for kind, name in names.items()
        if catalogue.known(kind, name) is None
    ]
    if catalogue.known("country", accelerator) and catalogue.known("accelerator", country):
        raise UsageError.say("the accelerator comes first: law {chip} {country}", chip=country, country=accelerator)
    try:
        day = _day(date or catalogue.as_of)
    except InputError as error:
        wrong += error.problems
    if wrong:
        raise InputError(wrong)
    chip_id, code, rule_set = (catalogue.find(kind, name) for kind, name in names.items())
    chip = catalogue.accelerators[chip_id]
    place = country_words(catalogue.countries[code])
    if held_by:
        territory = name_of(territory_code(country))
        place = say("{territory}, counted as {country} (15 CFR 738.3(b))", territory=territory, country=place)
    kind = chip_class(chip, catalogue.chip_classes, day)
    test = class_test(chip, catalogue.chip_classes, day)
    density = performance_density(chip)
    ways = [_route(catalogue, chip, route) for route in routes(chip, code, catalogue, rule_set, day)]
    ways.sort(key=lambda way: (not way.usable, way.lead_days))
    buyer = buyer_rules(chip, code, catalogue, rule_set, day)
    shown = say("not controlled by 3A090") if kind == NO_CLASS else kind
    text = say("; or ").join(way.words for way in ways) or say("no rule of the set covers it: not cleared")
    usable = any(way.usable for way in ways)
    verdict = say("; but ").join(
        [
            say("{shown}, {text}", shown=shown, text=text),
            *(_begun_small(say(b.meaning)) for b in buyer if usable and b.in_sentence and b.kind != "place"),
        ]
    ) + "".join(f"; {say(b.meaning).rstrip('.')}" for b in buyer if b.kind == "place")
    return LawAnswer(
        sentence=say("{chip_name} to {name}: {verdict}", chip_name=chip.name, name=place, verdict=verdict),
        verdict=verdict,
        accelerator=chip.id,
        country=code,
        country_name=place,
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
        places=tuple(BuyerOut.model_validate(rule) for rule in buyer if rule.kind == "place"),
        buyer=tuple(BuyerOut.model_validate(rule) for rule in buyer if rule.kind == "rule"),
        bills=tuple(BuyerOut.model_validate(rule) for rule in buyer if rule.kind == "bill"),
        usable=usable,
        data={"version": catalogue.version, "as_of": catalogue.as_of, "sha256": catalogue.digest},
    )


def _day(text: str) -> str:
    try:
        day = calendar.fromisoformat(text).isoformat()
    except ValueError as error:
        raise InputError.at(say("is not a day such as 2026-11-22"), column="date", value=text) from error
    if day < FIRST_RULE_DATE:
        rule = say(
            "is before {first_rule_date}: the data have no earlier export rules", first_rule_date=FIRST_RULE_DATE
        )
        raise InputError.at(rule, column="date", value=day)
    return day


def _route(catalogue: Catalogue, chip: Accelerator, route: Route) -> RouteOut:
    rule: LicenceRule = next(row for row in catalogue.licence_rules if row.rule == route.rule)
    devices = None if rule.cap_tpp is None else int(rule.cap_tpp // chip.tpp)
    words = _POLICIES[rule.policy]
    if rule.policy == Policy.EXCEPTION:
        words += say(" {rule}", rule=rule.rule)
    if rule.lead_days:
        words += (
            say(", {days} days assumed", days=rule.lead_days)
            if route.lead_is_estimate
            else say(", {days} days", days=rule.lead_days)
        )
    if rule.cap_tpp is not None:
        scope = say(" ({cap_scope})", cap_scope=rule.cap_scope) if rule.cap_scope else ""
        words += say(
            ", up to {cap_tpp:,.0f} TPP or {devices:,} accelerators{scope}",
            cap_tpp=rule.cap_tpp,
            devices=devices,
            scope=scope,
        )
    found = {name: getattr(rule, name) for name in RouteOut.model_fields if name in LicenceRule.model_fields}
    more = {"usable": rule.policy in USABLE, "lead_is_estimate": route.lead_is_estimate, "cap_accelerators": devices}
    return RouteOut(**found, **more, words=words)


def _class_words(chip: Accelerator, test: ChipClass | None) -> str:
    """What of the chip meets the test that classes it."""
    density = performance_density(chip)
    thin = (
        say("not known, assumed to meet any test")
        if density is None
        else say("{places:,}", places=density.quantize(_PLACES))
    )
    figures = say(
        "TPP {tpp:,} ({tpp_basis}), performance density {thin}", tpp=chip.tpp, tpp_basis=chip.tpp_basis, thin=thin
    )
    if test is None:
        return say("{figures}: no test of the class is met", figures=figures)
    asks = [
        words
        for words in (
            say("made by {vendor}", vendor=test.vendor) if test.vendor else "",
            say("not marketed for data centres") if test.datacenter_marketed is False else "",
            say("marketed for data centres") if test.datacenter_marketed else "",
            _range("TPP", test.min_tpp, test.below_tpp),
            _range(say("density"), test.min_density, test.below_density),
        )
        if words
    ]
    return say(
        "{figures}: {rule} asks for {asks}",
        figures=figures,
        rule=test.rule,
        asks=", ".join(asks) or say("only that no other test is met"),
    )


def _range(name: str, least: Decimal | None, below: Decimal | None) -> str:
    bounds = ((say("at least"), least), (say("below"), below))
    parts = [say("{word} {bound:,}", word=word, bound=bound) for word, bound in bounds if bound is not None]
    return say("{name} {parts}", name=name, parts=and_words(parts)) if parts else ""


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
            yield GroupOut.model_validate(row)


def law_of_country(
    catalogue: Catalogue, country: str, date: str | None = None, rules: str | None = None
) -> LawOfCountry:
    """What the rules of a set say of every accelerator that goes to a country on a day.

    Raises:
        InputError: the country, the day or the rule set is not known.
    """
    answers = tuple(law_answer(catalogue, chip, country, date, rules) for chip in catalogue.accelerators)
    same = {name: getattr(answers[0], name) for name in ("country", "country_name", "date", "rules", "groups", "data")}
    return LawOfCountry(**same, accelerators=answers)


def document(catalogue: Catalogue, answer: LawAnswer | LawOfCountry, asked: Mapping[str, str]) -> Document:
    """The answer in one sentence, of all accelerators in a sentence for those alike; then what it rests on.

    Args:
        catalogue: the data.
        answer: what the rules say.
        asked: what was asked, by name of the parameter.
    """
    answers = answer.accelerators if isinstance(answer, LawOfCountry) else (answer,)
    settled = {name: getattr(answer, name) for name in ("country", "date", "rules")}
    if isinstance(answer, LawOfCountry):
        title = say(
            "{country_name}: what the export rules require of {count} accelerators",
            country_name=answer.country_name,
            count=len(answers),
        )
        head = list(_alike(catalogue, answers))
    else:
        title, settled["accelerator"] = answer.sentence, answer.accelerator
        head = [Section("", [Line(say("A plan cannot rely on it."), "bad", level=0)] * (not answer.usable))]
        head.append(_class_section(answer))
    stamp = say(
        "rules {rules} on {date}, data {data}; planning aid, not legal advice",
        rules=answer.rules,
        date=answer.date,
        data=answer.data["version"],
    )
    return Document(
        question="law",
        title=title,
        sections=[*head, *_sections(answers), Section("", [Line(stamp, "quiet", level=0)])],
        outputs=lambda: answer,
        grounds=Grounds(catalogue, asked, settled, rules=answer.rules),
        rows=Rows("law", "Export rules for an accelerator and a country", LawRow, partial(_rows, answers)),
    )


def _alike(catalogue: Catalogue, answers: Iterable[LawAnswer]) -> Iterator[Section]:
    """The accelerators of which the rules say the same, those that a plan may rely on first."""
    alike: dict[tuple[bool, str], list[str]] = {}
    for one in answers:
        alike.setdefault((not one.usable, one.verdict), []).append(catalogue.accelerators[one.accelerator].name)
    for (barred, verdict), names in sorted(alike.items(), key=lambda item: item[0][0]):
        title = verdict[:1].upper() + verdict[1:] if " " in verdict.partition(",")[0] else verdict  # no name of a class
        yield _section(title.rstrip("."), [("; ".join(names), say("A plan cannot rely on it.") * barred)])


def _class_section(answer: LawAnswer) -> Section:
    stated = (
        say("given by its sources: {stated_class}", stated_class=answer.stated_class)
        if answer.stated_class
        else say("no source gives a class")
    )
    return _section(say("Class"), [(answer.class_words, stated)])


def _once(found: Iterable[Iterable[RuleT]]) -> list[RuleT]:
    """The rules of several answers, each once."""
    return list({rule.rule: rule for rules in found for rule in rules}.values())


def _sections(answers: Sequence[LawAnswer]) -> Iterator[Section]:
    answer, usable = answers[0], any(one.usable for one in answers)
    yield _section(
        say(
            "{country_name} ({country}) on {date}",
            country_name=answer.country_name,
            country=answer.country,
            date=answer.date,
        ),
        [
            *(
                (say("{rule}: {meaning}", rule=b.rule, meaning=say(b.meaning)), _and(b.note, b.source))
                for b in _once(one.places for one in answers)
            )
        ]
        + [
            (
                say("{group} {effective_from}", group=g.group, effective_from=_days(g.effective_from, g.effective_to)),
                _and(g.note, g.source),
            )
            for g in answer.groups
        ]
        or [(say("in no group of this rule set"), "")],
    )
    yield _section(
        say("The rules") if len(answers) > 1 else say("Ways to import") if usable else say("What prevents import"),
        [
            (
                say(
                    "{rule}, {status}, {effective_from}: {meaning}",
                    rule=r.rule,
                    status=say(r.status),
                    effective_from=_days(r.effective_from, r.effective_to),
                    meaning=say(r.meaning),
                ),
                _and(r.note, r.source),
            )
            for r in _once(one.routes for one in answers)
        ],
    )
    for title, reported in (
        (
            say("Depends on the buyer or the route of the goods, and is not decided here"),
            _once(one.buyer for one in answers),
        ),
        (say("Bills of the US Congress: not law yet, and not used in plans"), _once(one.bills for one in answers)),
    ):
        yield _section(
            title,
            [
                (
                    say("{rule}, {status}: {meaning}", rule=b.rule, status=say(b.status), meaning=say(b.meaning)),
                    _and(b.note, b.source),
                )
                for b in reported
            ],
        )


def _begun_small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _section(title: str, pairs: Iterable[tuple[str, str]]) -> Section:
    """Lines, and what is said beneath each."""
    lines = [(Line(text), Line(beneath, "quiet", level=3)) for text, beneath in pairs]
    return Section(title, [line for pair in lines for line in pair if line.text])


def _rows(answers: Iterable[LawAnswer]) -> Iterator[LawRow]:
    """One row an accelerator and rule; where none speaks of it, a row that says so."""
    for answer in answers:
        same = {name: getattr(answer, name) for name in ("accelerator", "country", "date", "rules", "chip_class")}
        rules = (("place", answer.places), ("route", answer.routes), ("buyer", answer.buyer), ("bill", answer.bills))
        for kind, found in rules:
            for rule in found:
                yield LawRow(**same, kind=kind, **{k: v for k, v in dict(rule).items() if k in LawRow.model_fields})
        if not answer.routes:
            yield LawRow(**same, kind="none", usable=False)


def _days(first: str, last: str | None) -> str:
    return say("from {first}", first=first) + (say(" to {last}", last=last) if last else "")


def _and(note: str, source: str) -> str:
    return say("{note} [{source}]", note=say(note), source=source) if note else say("[{source}]", source=source)
