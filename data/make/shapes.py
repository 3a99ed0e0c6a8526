"""Builds the shapes of the world map: a step of ``python data/make``.

``raw/world/shapes_equal_earth.json`` has a path for each country of Natural Earth (1:110 million, public domain), drawn
on the Equal Earth projection. Countries too small for that scale get a dot at their capital (``solar_wind.csv``), by
the same projection; those whose shape is there and too small to see get one on it. The names of areas that are no
country of the tables are those of the sources.
"""

from __future__ import annotations

import json
import math
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from raw_tables import DATA, RAW, climates, read

TARGET = DATA.parent / "optimizer" / "render" / "world_shapes.json"
WIDTH = 1920
MOST_STEP = 10
"""Between two neighbouring points of that coast."""
Point = tuple[int, int]
SNAP = 3
"""Points of two shapes so near each other are one."""
CRIMEA_WEST, CRIMEA_EAST = (31.0, 46.6), (37.5, 44.0)
"""Longitude and latitude of the corners of a frame around it."""
NEAR_EDGE = 4
"""Points so near the edge are on it, as the coordinates are whole numbers."""
SMALL_ISLAND, SMALL_INLAND = 40, 10
"""Square units of the map. Where no island of a country is larger it gets a dot, too; the borders around a country that
has neighbours on land show where it is, until it is a speck."""
SMALL_RING = 20
"""Rings of so few points are islands, which may lie there."""
NAMES_BY_HAND = {
    "TF": {
        "en": "French Southern Territories",
        "es": "Territorios Australes Franceses",
        "pt": "Territórios Franceses do Sul",
    }
}
"""An area of the shapes that the raw table of countries does not have; its names are those of CLDR."""
COEFFICIENTS = (1.340264, -0.081106, 0.000893, 0.003796)
"""Of the Equal Earth projection: Savric, Patterson and Jenny, 2018, https://doi.org/10.1080/13658816.2018.1504949."""


def projected(longitude: float, latitude: float) -> tuple[float, float]:
    """Longitude and latitude in degrees -> x and y of the projection, for a globe of radius 1."""
    first, second, third, fourth = COEFFICIENTS
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    slope = 9 * fourth * theta**8 + 7 * third * theta**6 + 3 * second * theta**2 + first
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * slope)
    return x, fourth * theta**9 + third * theta**7 + second * theta**3 + first * theta


SCALE = WIDTH / 2 / projected(180, 0)[0]
TOP = SCALE * projected(0, 90)[1]


def placed(longitude: float, latitude: float) -> tuple[int, int]:
    """Longitude and latitude as a point of the map."""
    x, y = projected(longitude, latitude)
    return round(WIDTH / 2 + SCALE * x), round(TOP - SCALE * y)


def edge_x(y: float, side: int) -> float:
    """Where the map ends at a height, on the left (-1) or on the right (1)."""
    low, high = -90.0, 90.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if TOP - SCALE * projected(0, middle)[1] > y else (low, middle)
    return WIDTH / 2 + SCALE * projected(180 * side, low)[0]


def without_edge(path: str) -> str:
    """A path without what a cut at the 180th meridian pressed flat onto the edge of the map.

    The cut leaves the whole of Russia as a line along the left edge, beside the piece that lies there. Of a ring most
    of whose points are on the edge, only those off it are kept, with their neighbours.
    """
    return "".join(_ring(ring) for ring in path.split("Z") if ring) if "Z" in path else path


def points_of(ring: str) -> list[Point]:
    """The corners of a ring."""
    return [(int(x), int(y)) for x, y in re.findall(r"(-?\d+),(-?\d+)", ring)]


def drawn(points: list[Point]) -> str:
    """A ring as a path."""
    return "M" + "L".join(f"{x},{y}" for x, y in points) + "Z"


def area_of(ring: str) -> float:
    """Square units of the map inside a ring."""
    points = points_of(ring)
    following = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in following)) / 2


def dot_on(code: str, shapes: dict[str, str]) -> Point | None:
    """Where a country whose shape nobody finds on a map of the world has its dot; None where the shape is enough."""
    own = set(points_of(shapes[code]))
    on_land = any(not own.isdisjoint(points_of(path)) for other, path in shapes.items() if other != code)
    largest = max((ring for ring in shapes[code].split("Z") if ring), key=area_of)
    if area_of(largest) > (SMALL_INLAND if on_land else SMALL_ISLAND):
        return None
    xs, ys = zip(*points_of(largest), strict=True)
    return round((min(xs) + max(xs)) / 2), round((min(ys) + max(ys)) / 2)


def merged(one: list[Point], other: list[Point]) -> list[Point]:
    """Two rings that share a part of their border as one ring without it."""
    near = [min(one, key=lambda point: abs(point[0] - x) + abs(point[1] - y)) for x, y in other]
    snapped = [
        point if abs(point[0] - own[0]) + abs(point[1] - own[1]) <= SNAP else own
        for point, own in zip(near, other, strict=True)
    ]
    shared = set(one) & set(snapped)
    first, second = _own_part(one, shared), _own_part(snapped, shared)
    return [*first, *(second if second[0] == first[-1] else reversed(second))]


def _own_part(ring: list[Point], shared: set[Point]) -> list[Point]:
    """The longest part of a ring that it does not share, with the shared point at each end."""
    points = list(dict.fromkeys(ring))
    starts = [place for place in range(len(points)) if points[place] in shared]
    best: list[Point] = []
    for start in starts:
        run = [points[start]]
        for step in range(1, len(points) + 1):
            run.append(points[(start + step) % len(points)])
            if run[-1] in shared:
                break
        best = max(best, run, key=len)
    return best


def left_out() -> dict[str, list[tuple[float, float]]]:
    """Somaliland and Northern Cyprus by the country that they are a part of on maps of the United Nations.

    Longitude and latitude of their corners as ``countries-110m.json`` of npm world-atlas 2.0.2 has them (Natural Earth,
    1:110 million, SHA-256 2516c915867c...).
    """
    found: dict[str, list[tuple[float, float]]] = {}
    for row in read(RAW / "left_out_corners.csv")[1]:
        found.setdefault(row["part_of"], []).append((float(row["longitude"]), float(row["latitude"])))
    return found


def as_the_united_nations_draw(shapes: dict[str, str]) -> dict[str, str]:
    """The shapes with four territories as the maps of the United Nations have them, not by who controls them.

    Western Sahara is a territory of its own from 27 degrees 40 minutes north on, a horizontal line of this projection:
    the raw shapes end it at the line of control. Crimea is a part of Ukraine, and Somaliland and Northern Cyprus, which
    the raw shapes leave out as they have no code, are parts of Somalia and Cyprus.
    """
    north, inland = points_of(shapes["MA"]), points_of(shapes["EH"])
    border = min(y for _, y in inland)
    coast = [point for point in north if point[1] > border and point not in inland]
    corner = next(point for point in north if point[1] == border and point[0] < coast[-1][0] + MOST_STEP)
    outer = [point for point in inland if point[1] <= border or point not in north]
    found = {"MA": drawn([point for point in north if point[1] <= border])}
    found["EH"] = drawn([*dict.fromkeys([*outer, *coast, corner])])
    for code, corners in left_out().items():
        ring, *others = [points_of(ring) for ring in shapes[code].split("Z") if ring]
        part = [placed(*corner) for corner in corners]
        found[code] = "".join(map(drawn, [merged(ring, part), *others]))
    rings = [points_of(ring) for ring in shapes["RU"].split("Z") if ring]
    west, east = placed(*CRIMEA_WEST), placed(*CRIMEA_EAST)
    crimea = [ring for ring in rings if all(west[0] <= x <= east[0] and west[1] <= y <= east[1] for x, y in ring)]
    assert len(crimea) == 1, "Crimea is no ring of its own in the raw shapes"
    found["RU"] = "".join(drawn(ring) for ring in rings if ring not in crimea)
    found["UA"] = shapes["UA"] + drawn(crimea[0])
    return shapes | found


def _ring(ring: str) -> str:
    points = points_of(ring)
    flat = [any(abs(x - edge_x(y, side)) < NEAR_EDGE for side in (-1, 1)) for x, y in points]
    if len(points) > SMALL_RING and sum(flat) > len(points) / 2:
        last = len(points) - 1
        points = [
            point
            for place, point in enumerate(points)
            if not (flat[max(place - 1, 0)] and flat[place] and flat[min(place + 1, last)])
        ]
    return drawn(points)


def build() -> str:
    """The file as it has to be."""
    raw = json.loads((RAW / "shapes_equal_earth.json").read_text(encoding="utf-8"))
    shapes = as_the_united_nations_draw({code: without_edge(path) for code, path in raw.items()})
    countries = [row["id"] for row in read(DATA / "countries.csv")[1] if not row["part_of"]]
    capitals = climates()
    names = {row["iso2"]: row for row in read(RAW / "countries_world.csv")[1]}
    dots = {
        code: dot_on(code, shapes)
        if code in shapes
        else placed(float(capitals[code]["capital_lon"]), float(capitals[code]["capital_lat"]))
        for code in sorted(countries)
    }
    dots = {code: dot for code, dot in dots.items() if dot}
    others = {
        code: NAMES_BY_HAND.get(code)
        or {"en": names[code]["name"], "es": names[code]["name_es"], "pt": names[code]["name_pt"]}
        for code in sorted(shapes)
        if code not in countries
    }
    found = {"width": WIDTH, "height": round(2 * TOP), "shapes": dict(sorted(shapes.items())), "dots": dots}
    return json.dumps({**found, "others": others}, ensure_ascii=False, separators=(",", ":")) + "\n"


def files() -> dict[Path, str]:
    """Every file that this step makes."""
    return {TARGET: build()}
