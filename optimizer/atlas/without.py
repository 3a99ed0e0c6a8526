"""Countries without a plan: together where they share the reason, what is missing, and what would be enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from optimizer.answers.comparisons.row_words import none_of
from optimizer.answers.words.common_words import capital
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.reason_words import causes_on_a_map, figures_not_known, no_plan_words, under_cause_words
from optimizer.atlas import words
from optimizer.atlas.views import Entry, View
from optimizer.catalogue import Catalogue
from optimizer.catalogue.names import bare_name
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import Cause, NoPlan
from optimizer.law.routes import routes
from optimizer.units.language import mark, say
from optimizer.units.records import dataclass

SOME_ARE_ALLOWED = mark("The rules exclude most accelerators, but not all.")
UNKNOWN_WITH_OTHERS = mark(
    "The rules exclude most accelerators, but not all: whether the others are enough is not known, as a figure is"
    " missing."
)
POSSIBLE_WITH_FIGURES = mark(
    "That does not mean that training is impossible there. State what is not known, and there is an answer."
)
NONE_IS_ALLOWED = mark("The rules leave no accelerator on which a plan could rely, at any price.")


@dataclass(frozen=True, eq=False)
class Alike:
    """Countries without a plan for one reason, and with the same limits of which more would be enough."""

    cause: Cause | str
    reason: str
    """What is missing, or the rule; empty where the cause says it all."""
    means: str
    entries: Sequence[Entry]

    def needs(self) -> list[str]:
        """From the least to the greatest of what would be enough in these countries, a line for each limit."""
        values: dict[Limit, list[Fraction]] = {}
        for entry in self.entries:
            for limit, value in entry.needs:
                values.setdefault(limit, []).append(value)
        return [f"{words.limit_heading(limit)}: {words.need_range(some, limit)}" for limit, some in values.items()]


def without_plan(view: View, catalogue: Catalogue) -> list[Alike]:
    """Countries without a plan, by reason; none of them is in a range of needs that it does not have itself."""
    found: dict[tuple[Any, ...], list[Entry]] = {}
    for entry in view.entries:
        if entry.measure is None:
            limits = tuple(limit for limit, _ in entry.needs)
            reported = _reason_words(entry, None, view, catalogue), meaning_words(entry, catalogue)
            found.setdefault((entry.why, *reported, limits), []).append(entry)
    return [
        Alike(cause, reported if len(some) > 1 else _reason_words(some[0], some[0].code, view, catalogue), means, some)
        for (cause, reported, means, _), some in found.items()
    ]


def _reason_words(entry: Entry, code: str | None, view: View, catalogue: Catalogue) -> str:
    """What is missing, or the rule, of a country or of several; empty where the cause says it all."""
    if entry.cause is None:
        text = words.fault_words(entry, view, catalogue)
        return f"{capital(text).rstrip('.')}." if text else ""
    if not (entry.row.get("export_rule") or entry.row.get("deciding")):
        return ""
    why = none_of(entry.row, catalogue.countries[code] if code else None, catalogue)
    return f"{capital(no_plan_words(why).rstrip('.'))}."


def by_cause(view: View, catalogue: Catalogue) -> Iterator[Mapping[str, Any]]:
    """What the template of a view shows of countries without a plan: by cause, in parts that are alike."""
    causes: dict[Cause | str, list[Alike]] = {}
    for alike in without_plan(view, catalogue):
        causes.setdefault(alike.cause, []).append(alike)
    groups = causes_on_a_map(whys_of(view, catalogue))
    for cause, parts in causes.items():
        reasons: dict[str, list[Mapping[str, Any]]] = {}
        for part in sorted(parts, key=lambda part: -len(part.entries)):
            reason, more = _under_cause(part, catalogue)
            needs = {entry.code: words.need_words(entry) for entry in part.entries}
            reasons.setdefault(reason, []).append(
                {
                    "more": more,
                    "means": part.means,
                    "count": len(part.entries),
                    "needs": part.needs(),
                    "enough": enough_words(cause),
                    "countries": links(part.entries, catalogue, needs),
                }
            )
        yield {
            "cause": capital(groups[cause] if isinstance(cause, Cause) else words.cause_words(cause)),
            "count": sum(len(part.entries) for part in parts),
            "reasons": [
                {"reason": reason, "count": sum(part["count"] for part in some), "parts": some}
                for reason, some in reasons.items()
            ],
        }


def _under_cause(part: Alike, catalogue: Catalogue) -> tuple[str, str]:
    """What decides, once for all countries of a rule, and what else is missing in these ones."""
    first = part.entries[0]
    if not part.reason or first.cause is None:
        return part.reason, ""
    shared = under_cause_words(none_of(first.row, None, catalogue))
    if len(part.entries) == 1:
        own = under_cause_words(none_of(first.row, catalogue.countries[first.code], catalogue))
        shared = (shared[0] if first.cause is Cause.LAW else own[0], own[1])
    return tuple(f"{capital(text).rstrip('.')}." if text else "" for text in shared)  # type: ignore[return-value]


def links(
    entries: Sequence[Entry], catalogue: Catalogue, reported: Mapping[str, str] = MappingProxyType({})
) -> list[Mapping[str, str]]:
    """Codes and names of countries, by name, each with what is said of it alone where a filter shows a part of them."""
    found = [
        {
            "code": entry.code,
            "name": country_words(catalogue.countries[entry.code]),
            "reason": reported.get(entry.code, ""),
        }
        for entry in entries
    ]
    return sorted(found, key=lambda one: bare_name(one["name"]))


def meaning_words(entry: Entry, catalogue: Catalogue) -> str:
    """What the absence of a plan means to somebody who decides; nothing where it was not decided."""
    if entry.cause is None:
        return ""
    lacks = figures_not_known(none_of(entry.row, None, catalogue))
    if entry.cause is Cause.DATA and lacks:
        return say(POSSIBLE_WITH_FIGURES)
    if entry.cause is not Cause.LAW:
        return words.CAUSES_MEAN[entry.cause]
    if not _some_are_allowed(entry, catalogue):
        return say(NONE_IS_ALLOWED)
    return say(UNKNOWN_WITH_OTHERS if lacks else SOME_ARE_ALLOWED)


def _some_are_allowed(entry: Entry, catalogue: Catalogue) -> bool:
    """Whether the rules let any accelerator into the country."""
    rules, date = entry.row["rules"], entry.row["date"] or catalogue.as_of
    chips = catalogue.accelerators.values()
    return any(route.usable for chip in chips for route in routes(chip, entry.code, catalogue, rules, date))


def enough_words(cause: Cause | str | None) -> str:
    """What stands over the limits of which more alone would be enough."""
    if cause is Cause.LAW:
        return say("with the accelerators that are allowed, any one of these is enough")
    return say("any one of these is enough")


def whys_of(view: View, catalogue: Catalogue) -> list[NoPlan]:
    """Why countries have no plan, of those where it was decided."""
    return [none_of(entry.row, catalogue.countries[entry.code], catalogue) for entry in view.entries if entry.cause]
