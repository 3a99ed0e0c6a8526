"""The pages of an atlas: what the templates fill in, in the language that is spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from markupsafe import Markup

from optimizer.answers.comparisons.row_words import none_of
from optimizer.answers.form.blocks import Table
from optimizer.answers.form.charts import Place, WorldMap
from optimizer.answers.words.common_words import OBJECTIVES
from optimizer.answers.words.place_words import country_words
from optimizer.answers.words.reason_words import brief_words, causes_on_a_map
from optimizer.atlas import words
from optimizer.atlas.advice import Advice
from optimizer.atlas.country import country_parts, doubt_words
from optimizer.atlas.rows import places_in
from optimizer.atlas.views import Entry, View
from optimizer.atlas.without import by_cause, links, whys_of
from optimizer.catalogue import Catalogue
from optimizer.catalogue.names import bare_name
from optimizer.insight.comparison import UNITS
from optimizer.render.credits import credits_of, stamp_of
from optimizer.render.html import legend_of
from optimizer.render.world_map import map_svg
from optimizer.uncertainty.odds import USUAL
from optimizer.units.language import NAMES, language, say
from optimizer.units.records import dataclass

FIRST = "index.html"
WORLD = "world"
"""The region of all countries, which is no filter."""


@dataclass(frozen=True, eq=False)
class Atlas:
    """What the pages share."""

    catalogue: Catalogue
    views: Sequence[View]
    command: str
    """That makes the same atlas again."""
    advice: Advice

    def page_of(self, view: View) -> str:
        """The file of a view."""
        return FIRST if view is self.views[0] else f"view-{view.slug}.html"

    def csv_of(self, view: View) -> str:
        """The file of a view's rows, in the folder of the data."""
        return f"{view.slug or 'atlas'}.csv"

    def workbook_of(self, view: View) -> str:
        """The workbook of a view's rows, in the folder of the data."""
        return f"{view.slug or 'atlas'}.xlsx"


def view_page(atlas: Atlas, view: View, up: str) -> Mapping[str, Any]:
    """What the template of a view fills in.

    Args:
        atlas: what the pages share.
        view: the question.
        up: the way from the page to the top of the site: empty, or ``../``.
    """
    catalogue, objective, there = atlas.catalogue, view.objective, {entry.code for entry in view.entries}
    chart = map_of(view, catalogue)
    return {
        **shared(atlas, atlas.page_of(view), up),
        "title": words.title_words(view),
        "question": words.question_words(view, catalogue),
        "views": [
            {"href": atlas.page_of(other), "words": reported, "here": other is view}
            for other, reported in zip(atlas.views, words.differing_words(atlas.views, catalogue), strict=True)
            if len(atlas.views) > 1
        ],
        "summary": list(summary_words(view, catalogue)),
        "reading": [(say(word), say(reported)) for word, reported in words.READING],
        "map_means": f"{words.DARKER[objective]} {say(words.HATCHED)}",
        "other_names": _other_names(view, catalogue),
        "shown": say("# of # countries shown have a plan"),
        "map": Markup(map_svg(chart, lambda code: f"{code}.html")),
        "legend": legend_of(chart),
        "unit": UNITS[objective],  # type: ignore[index]
        "ranking": [_ranked(entry, view, catalogue) for entry in view.planned],
        "binding": list(_binding(view, catalogue)),
        "without": list(by_cause(view, catalogue)),
        "regions": sorted(
            (
                {
                    "id": key,
                    "name": words.region_name(catalogue, key),
                    "members": " ".join(places_in(region, catalogue)),
                }
                for key, region in catalogue.regions.items()
                if key != WORLD and there.intersection(places_in(region, catalogue))
            ),
            key=lambda one: bare_name(one["name"]),
        ),
        "csv": f"{up}data/{atlas.csv_of(view)}",
        "workbook": f"{up}data/{atlas.workbook_of(view)}",
    }


def country_page(atlas: Atlas, code: str, up: str) -> Mapping[str, Any]:
    """What the template of a country fills in: its answer in every view, and the figures that decide it."""
    entries = [next(entry for entry in view.entries if entry.code == code) for view in atlas.views]
    differing = words.differing_words(atlas.views, atlas.catalogue)
    answers = [
        {
            "title": " · ".join(filter(None, (OBJECTIVES[view.objective], reported))),
            "question": words.question_words(view, atlas.catalogue),
            "place": _place_words(entry, view),
            "advice": atlas.advice.get(entry.row["case_id"], {}).get(language(), ()),
            **country_parts(entry, view, atlas.catalogue),
        }
        for view, entry, reported in zip(atlas.views, entries, differing, strict=True)
    ]
    return {
        **shared(atlas, f"{code}.html", up),
        "title": country_words(atlas.catalogue.countries[code]),
        "code": code,
        "answers": answers,
        "figure_groups": list(_figure_groups(answers)),
        "csv": f"{up}data/{code}.csv",
    }


def _figure_groups(answers: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The figures of a country, once for all questions of which they are the same."""
    groups: list[list[Mapping[str, Any]]] = []
    for answer in answers:
        alike = (some for some in groups if all(some[0][name] == answer[name] for name in _OF_FIGURES))
        if (group := next(alike, None)) is not None:
            group.append(answer)
        else:
            groups.append([answer])
    for group in groups:
        yield {**{name: group[0][name] for name in _OF_FIGURES}, "titles": [answer["title"] for answer in group]}


_OF_FIGURES = ("figures", "sources", "sources_words", "planned")


def folder_of(code: str) -> str:
    """The folder of the pages in a language, as an address has it; empty of those in English."""
    return "" if code == "en" else f"{code}/"


def shared(atlas: Atlas, page: str, up: str) -> Mapping[str, Any]:
    """What every page has: its languages, the way up, versions, credits."""
    spoken = language()
    return {
        "lang": spoken,
        "up": up,
        "first": FIRST,
        "words": words.LABELS,
        "languages": [
            {"code": code, "name": name, "href": f"{up}{folder_of(code)}{page}", "here": code == spoken}
            for code, name in NAMES.items()
        ],
        "command": atlas.command,
        "stamp": stamp_of(atlas.catalogue),
        "attribution": credits_of(atlas.catalogue),
    }


def map_of(view: View, catalogue: Catalogue) -> WorldMap:
    """The countries of a view on a map."""
    places, groups = [], causes_on_a_map(whys_of(view, catalogue))
    for entry in view.entries:
        name = _name(entry, catalogue)
        if entry.cause:
            text = brief_words(none_of(entry.row, catalogue.countries[entry.code], catalogue)).rstrip(".")
            places.append(Place(entry.code, name, None, text, groups[entry.cause]))
        elif entry.measure is None:
            text = words.cause_words(entry.why)
            places.append(Place(entry.code, name, None, text, text))
        else:
            text = f"{words.measure_words(entry, view.objective)}, {words.plan_words(entry, catalogue)}"
            places.append(Place(entry.code, name, entry.measure, text))
    unit = UNITS[view.objective]  # type: ignore[index]
    return WorldMap(words.title_words(view), unit, places, Table([], []), list(groups.values()))


def summary_words(view: View, catalogue: Catalogue) -> Iterator[str]:
    """How many countries have a plan, the best and the last of them, and what to know before the best is taken."""
    planned = view.planned
    yield say("{planned} of {all} countries have a plan.", planned=len(planned), all=len(view.entries))
    if planned:
        best, last = planned[0], planned[-1]
        for said, entry in ((say("Best"), best), *_surer(planned), (say("Last"), last)):
            if entry is None:
                yield said
                continue
            yield say(
                "{which}: {country}, {figure}: {plan}.",
                which=said,
                country=_name(entry, catalogue),
                figure=words.measure_words(entry, view.objective),
                plan=words.plan_words(entry, catalogue),
            )
        met = words.met_words(best)
        reported = [say("it meets every limit in {draws} draws", draws=met)] if met else []
        yield from _range_words(view, catalogue)
        reported += filter(None, [doubt_words(best, view, catalogue)])
        if reported:
            yield say(
                "Before you choose {country}: {doubts}.", country=_name(best, catalogue), doubts="; ".join(reported)
            )


def _surer(planned: Sequence[Entry]) -> Iterator[tuple[str, Entry | None]]:
    """The best of the plans that meet every limit in nine of ten draws, else the one that does in the most, and where
    surer ones are; nothing where the best of all does, or no draws were made."""
    drawn = [(share, entry) for entry in planned if (share := entry.number("met_share")) is not None]
    if not drawn or (planned[0].number("met_share") or 0.0) >= USUAL:
        return
    of, sure = say("{share:g} of 100 draws", share=float(USUAL * 100)), [one for share, one in drawn if share >= USUAL]
    if sure:
        yield say("Best of those that meet every limit in {of}", of=of), sure[0]
        return
    most = max(share for share, _ in drawn)
    alike = [one for share, one in drawn if share == most]
    reported = {"of": of, "draws": words.met_words(alike[0]), "count": len(alike)}
    which = (
        say("None of these plans meets every limit in {of}; the surest of them, in {draws}", **reported)
        if len(alike) == 1
        else say(
            "None of these plans meets every limit in {of}; the surest of them, in {draws}, are those of {count}"
            " countries, and the best of these",
            **reported,
        )
    )
    yield which, alike[0]
    yield (
        say(
            "These plans are the best at central values. The page of a country has a plan that is sure enough,"
            " where there is one (--confidence {share}).",
            share=str(USUAL),
        ),
        None,
    )


def _range_words(view: View, catalogue: Catalogue) -> Iterator[str]:
    """How sure the order is: whether the ranges of the cost overlap, and how wide they are against the ranking."""
    ends = [(entry.number("cost_p10_usd"), entry.number("cost_p90_usd")) for entry in view.planned]
    known = [(low, high) for low, high in ends if low and high]
    if view.objective != "cost" or len(known) < max(2, len(ends)):
        return
    most = known[0][1]
    if len(known) == _TWO:
        overlap = known[1][0] <= most and known[1][1] >= known[0][0]
        yield (
            say("The cost ranges (P10 to P90) of the two overlap; optimizer compare draws several countries together.")
            if overlap
            else say("The cost ranges (P10 to P90) of the two do not overlap.")
        )
        return
    yield say(
        "The order is that of the cost at central values. The cost range (P10 to P90) of {count} of the other {all}"
        " countries overlaps that of {country}; optimizer compare draws several countries together.",
        count=sum(low <= most and high >= known[0][0] for low, high in known[1:]),
        all=len(known) - 1,
        country=_name(view.planned[0], catalogue),
    )
    if len(known) >= _MANY:
        first, _, third = quantiles([entry.number("cost_usd") or 0.0 for entry in view.planned], n=4)
        yield say(
            "In the middle half of the ranking the cost at central values rises by {rise:.1f} %; from P10 to P90 the"
            " cost of one country rises by {width:.1f} % (median).",
            rise=100 * (third / first - 1),
            width=100 * (median(high / low for low, high in known) - 1),
        )


_TWO = 2
_MANY = 20
"""Countries of which a middle half is worth a sentence."""


def _name(entry: Entry, catalogue: Catalogue) -> str:
    return country_words(catalogue.countries[entry.code])


def _other_names(view: View, catalogue: Catalogue) -> Mapping[str, str]:
    """By country what else somebody may search it by: its code of three letters, its names in other languages."""
    found = {}
    for entry in view.entries:
        country = catalogue.countries[entry.code]
        names = (country.iso3, country.name, country.name_es, country.name_pt, country.name_fr, *country.aliases)
        peoples = (*country.demonyms_es, *country.demonyms_pt)
        found[entry.code] = " | ".join(dict.fromkeys(name for name in (*names, *peoples) if name))
    return found


def _ranked(entry: Entry, view: View, catalogue: Catalogue) -> Mapping[str, Any]:
    low, high = entry.number("cost_p10_usd"), entry.number("cost_p90_usd")
    most = max(found.number("cost_p90_usd") or found.number("cost_usd") or 1.0 for found in view.planned)
    central = entry.number("cost_usd") or 0.0
    return {
        "code": entry.code,
        "rank": entry.rank,
        "name": _name(entry, catalogue),
        "plan": words.plan_words(entry, catalogue),
        "days": int(entry.number("days") or 0),
        "cost": words.cost_words(entry),
        "odds": words.odds_words(entry),
        "met": words.met_words(entry),
        "bar": None
        if low is None or high is None
        else [round(100 * value / most, 1) for value in (low, central, high)],
        "sort": {
            "cost": central,
            "days": entry.number("days"),
            "peak": entry.number("peak_mw"),
            "met": -(entry.number("met_share") or 0.0),
        },
        "peak": words.mw_words(entry),
        "binds": words.binding_words(entry, view.objective),
        "doubts": doubt_words(entry, view, catalogue),
    }


def _binding(view: View, catalogue: Catalogue) -> Iterator[Mapping[str, Any]]:
    """By limit: where it binds, and what it costs there."""
    for limit in dict.fromkeys(binding.limit for entry in view.entries for binding in entry.bindings):
        found = sorted(view.binding(limit), key=lambda pair: -pair[1].saving)
        savings = {entry.code: binding.saving for entry, binding in found}
        reported = {code: words.figure_words(saving, view.objective) for code, saving in savings.items()}
        ends = [min(savings.values()), max(savings.values())]
        countries = links([entry for entry, _ in found], catalogue, reported)
        yield {
            "limit": words.limit_heading(limit),
            "count": len(found),
            "low": words.figure_words(ends[0], view.objective),
            "high": words.figure_words(ends[1], view.objective),
            "countries": [{**one, "saving": savings[one["code"]]} for one in countries],
        }
    unbound = [entry for entry in view.planned if not entry.bindings]
    if unbound:
        yield {
            "limit": say("No limit"),
            "count": len(unbound),
            "low": "",
            "high": "",
            "countries": links(unbound, catalogue),
        }


def _place_words(entry: Entry, view: View) -> str:
    if entry.rank is None:
        return ""
    return say("rank {rank} of {count}", rank=entry.rank, count=len(view.planned))
