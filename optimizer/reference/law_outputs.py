"""What the export rules say, as data: the answer with its routes, and the same as rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from optimizer.answers.form.shapes import Plain, Shape, cell, entry


class GroupOut(Shape):
    """A group of the destination on the day."""

    group: str
    effective_from: str
    effective_to: str | None
    source: str
    note: str


class RouteOut(Shape):
    """One way to import, or what prevents it."""

    rule: str
    policy: str
    words: str
    usable: bool = entry("whether a plan may rely on it")
    lead_days: int
    lead_is_estimate: bool
    cap_tpp: Plain | None
    cap_accelerators: int | None = entry("whole accelerators of this kind under the cap")
    cap_scope: str
    meaning: str
    status: str
    effective_from: str
    effective_to: str | None
    source: str
    note: str


class BuyerOut(Shape):
    """What depends on the buyer, the seller or the way of the goods."""

    rule: str
    meaning: str
    status: str
    effective_from: str
    effective_to: str | None
    source: str
    note: str


class LawAnswer(Shape):
    """The law of one accelerator, one country and one day under one rule set."""

    sentence: str
    verdict: str = entry("what the sentence says of the accelerator in that country, in words")
    accelerator: str
    country: str
    country_name: str
    date: str
    rules: str
    chip_class: str
    class_rule: str | None
    class_words: str
    stated_class: str = entry("class given by sources; empty if none gives one")
    tpp: float
    tpp_basis: str
    performance_density: float | None = entry("TPP per mm2 of logic die")
    groups: tuple[GroupOut, ...]
    routes: tuple[RouteOut, ...]
    places: tuple[BuyerOut, ...] = entry("as what the rules count the country, where not as itself", default=())
    buyer: tuple[BuyerOut, ...] = entry("what depends on the buyer or the route of the goods: not decided here")
    bills: tuple[BuyerOut, ...] = entry("pending bills: not law yet, not used in plans")
    usable: bool = entry("whether a plan may rely on any of the routes")
    data: dict[str, str]


class LawOfCountry(Shape):
    """The law of all accelerators, one country and one day under one rule set."""

    country: str
    country_name: str
    date: str
    rules: str
    groups: tuple[GroupOut, ...]
    accelerators: tuple[LawAnswer, ...] = entry("the answer of each accelerator of the data")
    data: dict[str, str]


class LawRow(Shape):
    """A rule that speaks of an accelerator and a country on a day."""

    accelerator: str = entry("accelerator id")
    country: str = entry("ISO 3166-1 alpha-2 code of the destination")
    date: str = entry("the day whose law applies")
    rules: str = entry("export rule set")
    chip_class: str = entry("class of the accelerator on that day")
    kind: Literal["place", "route", "buyer", "bill", "none"] = entry(
        "place: as what the rules count the country; route: one way to import, or what prevents it; buyer: depends on"
        " the buyer or the route of the goods; bill: not law yet; none: no rule of the set covers it, and it is not"
        " cleared"
    )
    rule: str | None = cell("name of the rule")
    policy: str | None = cell("free, exception, approval, case_by_case or denial")
    usable: bool | None = cell("whether a plan may rely on it")
    lead_days: int | None = cell("days that the licence or notice takes", "days")
    lead_is_estimate: bool | None = cell("whether those days are an estimate")
    cap_tpp: Decimal | None = cell("maximum TPP that may be imported by this route", "TPP")
    cap_accelerators: int | None = cell("whole accelerators of this kind under the cap", "accelerators")
    cap_scope: str | None = cell("what the cap counts")
    meaning: str | None = cell("the rule in one sentence")
    status: str | None = cell("in force, not enforced, withdrawn, draft; of a bill, pending and how far it got")
    effective_from: str | None = cell("first day in force; of a bill, the day of its state")
    effective_to: str | None = cell("last day in force; empty while it is in force")
    source: str | None = cell("where the rule is published")
    note: str | None = cell("what a reader should know")
