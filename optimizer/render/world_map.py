"""A world map as SVG: countries shaded by a figure, small ones as dots, those without a figure hatched by the reason.

Shapes are those of Natural Earth on the Equal Earth projection (data/make/shapes.py); nothing is fetched.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from html import escape
from itertools import accumulate
from math import inf, log
from pathlib import Path
from typing import Any
from zlib import crc32

from optimizer.answers.form.charts import Place, WorldMap
from optimizer.answers.form.numbers import musd
from optimizer.units.language import language, say
from optimizer.units.records import dataclass

SHADES = ("#c6dbef", "#93c0de", "#5b9bc8", "#2c72ad", "#12406f")
"""From the least to the greatest figure: one hue, so that the order shows without colour vision."""
HATCHES = ("#7a3b0c", "#8a1c5b", "#4d4d4d", "#0b6b5d", "#4b3f9e")
"""Of the groups without a figure, in their order; the lines of each run another way."""
GROUNDS = ("#f5e3d3", "#f3dceb", "#fff", "#d9efeb", "#e6e3f6")
"""What is between those lines: an island narrower than they are apart has a colour too."""
ANGLES = (45, 135, 90, 0, 20)
EMPTY = "#e9ecef"
"""Areas that are not on the chart."""
_DOT_RADIUS = 7
_NUMBER = re.compile(r"-?[0-9.]+")


@dataclass(frozen=True)
class Key:
    """A line of the legend: how an area is filled, and what that means."""

    fill: str
    """A colour, or the name of a hatch of :data:`HATCHES`."""
    hatch: int | None
    words: str
    count: int


@cache
def _shapes() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(Path(__file__).with_name("world_shapes.json").read_text(encoding="utf-8"))
    return found


def bounds_of(values: Sequence[float]) -> list[float]:
    """The greatest figure of each shade, so that the figures of one shade are as near each other as five shades allow.

    Fifths of the places gave one shade to figures far apart; with equal ratios two figures far from the others left one
    shade to nearly all countries. Nearness is the sum of squared differences from the mean of the shade, of the
    logarithms where all figures are above 0.
    """
    return _bounds(tuple(sorted(values)))


@cache
def _bounds(values: tuple[float, ...]) -> list[float]:
    some = sorted(set(values))
    if len(some) <= len(SHADES):
        return some
    scaled = [log(value) if some[0] > 0 else value for value in values]
    sums = [list(accumulate((x**power for x in scaled), initial=0.0)) for power in (1, 2)]
    ends = [bisect_right(values, value) for value in some]  # equal figures have one shade

    def spread(start: int, end: int) -> float:
        first, second = (total[end] - total[start] for total in sums)
        return second - first * first / (end - start)

    best: dict[int, tuple[float, tuple[int, ...]]] = {end: (spread(0, end), (end,)) for end in ends}
    for _ in SHADES[1:]:
        best = {
            end: min((best[start][0] + spread(start, end), (*best[start][1], end)) for start in best if start < end)
            for end in ends
            if end > min(best)
        }
    return [values[end - 1] for end in best[len(values)][1]]


def keys(chart: WorldMap) -> list[Key]:
    """The legend of a map: the shades with the figures that they represent, then the groups without one."""
    values = [place.value for place in chart.places if place.value is not None]
    bounds, found = bounds_of(values), []
    for shade, bound, last in zip(_shades(bounds), bounds, (-inf, *bounds), strict=False):
        inside = [value for value in values if last < value <= bound]
        low, high = (_figure(end(inside), chart.unit) for end in (min, max))
        words = low if low == high else say("{low} to {high}", low=low, high=high)
        found.append(Key(shade, None, words, len(inside)))
    for number, group in enumerate(groups_of(chart)):
        count = sum(place.value is None and place.group == group for place in chart.places)
        if not count:
            continue
        found.append(Key(HATCHES[number % len(HATCHES)], number % len(HATCHES), group or say("no figure"), count))
    there = {place.code for place in chart.places}
    if empty := sum(code not in there for code in _shapes()["shapes"]):
        found.append(Key(EMPTY, None, say("not in this comparison"), empty))
    return found


def groups_of(chart: WorldMap) -> list[str]:
    """What places without a figure have in common: as the chart names them, then in the order in which they come."""
    return list(dict.fromkeys((*chart.groups, *(place.group for place in chart.places if place.value is None))))


def _shades(bounds: Sequence[float]) -> Sequence[str]:
    """As many shades as there are bounds, the ends of the scale always among them."""
    if len(bounds) <= 1:
        return SHADES[2 : 2 + len(bounds)]
    last = len(SHADES) - 1
    return [SHADES[round(place * last / (len(bounds) - 1))] for place in range(len(bounds))]


def _figure(value: float, unit: str) -> str:
    return musd(Fraction(value)) if unit == "USD" else say("{value:,.4g} {unit}", value=value, unit=unit)


def map_svg(chart: WorldMap, link: Callable[[str], str | None] = lambda code: None) -> str:
    """The map as the text of an ``<svg>`` element.

    Args:
        chart: what is drawn.
        link: the address of a country's page by its code; None where it has none.
    """
    shapes, name = _shapes(), _name(chart)
    places = {place.code: place for place in chart.places}
    # a picture is one thing to a reader of screens; where it has links it is a group of them
    role = "group" if any(link(code) for code in places) else "img"
    frame = _frame(places)
    box, near = " ".join(f"{side:.0f}" for side in frame), frame[2] / shapes["width"]
    drawn = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="{role}"']
    drawn += [f' aria-label="{escape(chart.title, quote=True)}">', *_hatches(name, near)]
    fills = _fills(chart, name)
    # of the whole world every area has its name; a few countries need none of those around them
    others = shapes["others"] if len(places) > len(shapes["shapes"]) / 2 else {}
    radius = _DOT_RADIUS * near**0.5  # dots that lie next to each other come apart as the map comes closer
    width = f' stroke-width="{0.8 * near:.2g}"'
    # dots last: they lie on what is around them
    for code in (*(code for code in shapes["shapes"] if code not in shapes["dots"]), *shapes["dots"]):
        place = places.get(code)
        forms = [f'<path d="{shapes["shapes"][code]}"/>'] if code in shapes["shapes"] else []
        if place and code in shapes["dots"] and _side(code) < 2 * radius:
            x, y = shapes["dots"][code]
            forms.append(f'<circle cx="{x}" cy="{y}" r="{radius:.2g}"/>')
        if forms:
            drawn.append(_area(forms, width, code, place, fills, link, others))
    return "".join([*drawn, "</svg>"])


def swatch(chart: WorldMap, key: Key) -> str:
    """A line of the legend as it is filled on the map: with a hatch of its own, as that of the map becomes closer."""
    fill, hatch, name = key.fill, "", f"{_name(chart)}-key"
    if key.hatch is not None:
        fill, hatch = f"url(#{name}-{key.hatch})", f"<defs>{_hatch(name, key.hatch, 1)}</defs>"
    return (
        f'<svg class="swatch" viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">{hatch}'
        f'<rect x="0.5" y="0.5" width="23" height="15" fill="{fill}" stroke="#39424c"/></svg>'
    )


def _name(chart: WorldMap) -> str:
    """What the names of its hatches begin with, so that two maps of one page do not share them."""
    return f"map{crc32(f'{chart.title} {chart.unit}'.encode()):08x}"


def _frame(codes: Collection[str]) -> tuple[float, float, float, float]:
    """What is shown of the world: all of it, or of a few countries the part in which they lie.

    Returns:
        Left, top, width and height, in the proportion of the world.
    """
    shapes = _shapes()
    width, height = float(shapes["width"]), float(shapes["height"])
    found = [_part(code) for code in codes if code in shapes["shapes"] or code in shapes["dots"]]
    if not found or len(codes) > len(shapes["shapes"]) / 2:
        return 0, 0, width, height
    left, top, right, bottom = (side(part[n] for part in found) for n, side in enumerate((min, min, max, max)))
    wide = max(right - left + _ROOM, (bottom - top + _ROOM) * width / height, _LEAST_WIDTH)
    wide = min(wide, width)
    high = wide * height / width
    start = [(left + right - wide) / 2, (top + bottom - high) / 2]
    return min(max(start[0], 0), width - wide), min(max(start[1], 0), height - high), wide, high


_ROOM, _LEAST_WIDTH = 60, 320
"""Around the countries of a map, and the least that is shown of a world 1,920 wide."""


def _part(code: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the greatest part of a country: France does not reach to Guiana."""
    shapes = _shapes()
    if code not in shapes["shapes"]:
        x, y = shapes["dots"][code]
        return x, y, x, y
    rings = [[float(number) for number in _NUMBER.findall(ring)] for ring in shapes["shapes"][code].split("Z") if ring]
    boxes = [(min(ring[::2]), min(ring[1::2]), max(ring[::2]), max(ring[1::2])) for ring in rings]
    return max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))


def _side(code: str) -> float:
    """The greater side of that part."""
    left, top, right, bottom = _part(code)
    return max(right - left, bottom - top)


def _hatches(name: str, near: float) -> Iterator[str]:
    """The hatches; what is shown of the world is ``near`` of its width, and their lines stay as far apart."""
    yield f"<defs>{''.join(_hatch(name, number, near) for number in range(len(HATCHES)))}</defs>"


def _hatch(name: str, number: int, near: float) -> str:
    return (
        f'<pattern id="{name}-{number}" width="6" height="6" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate({ANGLES[number]}) scale({near:.2g})"><path d="M0,0H6V6H0Z"'
        f' fill="{GROUNDS[number]}"/><path d="M0,2H6" stroke="{HATCHES[number]}" stroke-width="2"/></pattern>'
    )


def _fills(chart: WorldMap, name: str) -> Mapping[str, str]:
    """Code -> how the country is filled."""
    values = [place.value for place in chart.places if place.value is not None]
    bounds, groups = bounds_of(values), groups_of(chart)
    shades = _shades(bounds)
    found = {}
    for place in chart.places:
        if place.value is None:
            found[place.code] = f"url(#{name}-{groups.index(place.group) % len(HATCHES)})"
        else:
            step = next((step for step, bound in enumerate(bounds) if place.value <= bound), len(bounds) - 1)
            found[place.code] = shades[step]
    return found


def _area(
    forms: Sequence[str],
    width: str,
    code: str,
    place: Place | None,
    fills: Mapping[str, str],
    link: Callable[[str], str | None],
    others: Mapping[str, Mapping[str, str]],
) -> str:
    """A country with its name and figure as a tip, inside a link where it has a page."""
    title = _tip(place) if place else _other_tip(others[code]) if code in others else ""
    tip = f"<title>{escape(title)}</title>" if title else ""
    colour = fills.get(code, EMPTY)
    area = f'<g data-code="{code}" fill="{colour}" stroke="#39424c"{width}>{tip}{"".join(forms)}</g>'
    where = link(code) if place else None
    return area if where is None else f'<a href="{escape(where, quote=True)}" tabindex="-1">{area}</a>'


def _other_tip(names: Mapping[str, str]) -> str:
    return f"{names[language()]}: {say('not in this comparison, as the data have no figures of it')}"


def _tip(place: Place) -> str:
    return f"{place.name}: {place.words}" if place.words else place.name
