"""Countries without a plan: together where they share the reason, what is missing, and what would be enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from optimizer.answers.place_words import country_words
from optimizer.answers.row_words import figures_missing, what_decides
from optimizer.answers.words import capital
from optimizer.catalogue import Catalogue
from optimizer.catalogue.names import bare_name
from optimizer.domain.limits import Limit
from optimizer.domain.reasons import Cause
from optimizer.law.routes import routes
from optimizer.units.language import mark, say
from optimizer.units.records import dataclass
from optimizer.web.atlas import words
from optimizer.web.atlas.views import Entry, View

SOME_ARE_ALLOWED = mark("The rules exclude most accelerators, but not all.")
UNKNOWN_WITH_OTHERS = mark(
    "The rules exclude most accelerators, but not all: whether the others are enough is not known, as a figure is"
    " missing."
)
NONE_IS_ALLOWED = mark("The rules leave no accelerator on which a plan could rely, at any price.")


@dataclass(frozen=True, eq=False)
class Alike:
    """Countries without a plan for one reason, and with the same limits of which more would be enough."""

    cause: Cause | None
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
            told = _reason_words(entry, None, catalogue), meaning_words(entry, catalogue)
            found.setdefault((entry.cause, *told, limits), []).append(entry)
    return [
        Alike(cause, told if len(some) > 1 else _reason_words(some[0], some[0].code, catalogue), means, some)
        for (cause, told, means, _), some in found.items()
    ]


def _reason_words(entry: Entry, code: str | None, catalogue: Catalogue) -> str:
    """What is missing, or the rule, of a country or of several; empty where the cause says it all."""
    if entry.cause is None or not (entry.row.get("export_rule") or entry.row.get("deciding")):
        return ""
    told = what_decides(entry.row, catalogue.countries[code] if code else None, catalogue).rstrip(".")
    return f"{capital(told)}."


def by_cause(view: View, catalogue: Catalogue) -> Iterator[Mapping[str, Any]]:
    """What the template of a view shows of countries without a plan: by cause, in parts that are alike."""
    causes: dict[Cause | None, list[Alike]] = {}
    for alike in without_plan(view, catalogue):
        causes.setdefault(alike.cause, []).append(alike)
    for cause, parts in causes.items():
        yield {
            "cause": words.cause_words(cause),
            "count": sum(len(part.entries) for part in parts),
            "parts": [
                {
                    "reason": part.reason,
                    "means": part.means,
                    "count": len(part.entries),
                    "needs": part.needs(),
                    "enough": enough_words(cause),
                    "countries": links(part.entries, catalogue),
                }
                for part in sorted(parts, key=lambda part: -len(part.entries))
            ],
        }


def links(entries: Sequence[Entry], catalogue: Catalogue) -> list[Mapping[str, str]]:
    """Codes and names of countries, by name."""
    found = [{"code": entry.code, "name": country_words(catalogue.countries[entry.code])} for entry in entries]
    return sorted(found, key=lambda one: bare_name(one["name"]))


def meaning_words(entry: Entry, catalogue: Catalogue) -> str:
    """What the absence of a plan means to somebody who decides; nothing where it was not decided."""
    if entry.cause is not Cause.LAW:
        return "" if entry.cause is None else words.CAUSES_MEAN[entry.cause]
    if not _some_are_allowed(entry, catalogue):
        return say(NONE_IS_ALLOWED)
    return say(UNKNOWN_WITH_OTHERS if figures_missing(entry.row) else SOME_ARE_ALLOWED)


def _some_are_allowed(entry: Entry, catalogue: Catalogue) -> bool:
    """Whether the rules let any accelerator into the country."""
    rules, date = entry.row["rules"], entry.row["date"] or catalogue.as_of
    chips = catalogue.accelerators.values()
    return any(route.usable for chip in chips for route in routes(chip, entry.code, catalogue, rules, date))


def enough_words(cause: Cause | None) -> str:
    """What stands over the limits of which more alone would be enough."""
    if cause is Cause.LAW:
        return say("with the accelerators that are allowed, any one of these is enough")
    return say("any one of these is enough")


def cause_on_map(view: View, cause: Cause | None) -> str:
    """The cause as the legend has it: of missing figures which ones, with the number of countries of each."""
    found = [entry for entry in view.entries if entry.measure is None and entry.cause is cause]
    missing = [figures_missing(entry.row) for entry in found]
    if cause is not Cause.DATA or not missing or not all(missing):
        return words.cause_words(cause)
    counts: dict[str, int] = {}
    for name in (name for names in missing for name in names):
        counts[name] = counts.get(name, 0) + 1
    told = (say("{figure}: {count}", figure=name, count=count) for name, count in counts.items())
    return say("a deciding figure is not known ({figures})", figures="; ".join(told))


def tip_words(entry: Entry, catalogue: Catalogue) -> str:
    """Why a country has no plan, in a few words: of missing figures which ones, and how to give them."""
    if entry.cause is Cause.DATA:
        return what_decides(entry.row, catalogue.countries[entry.code], catalogue).rstrip(".")
    return words.cause_words(entry.cause)
