"""Builds the shapes of the world map: ``python data/make/shapes.py [--check]``.

``raw/world/shapes_equal_earth.json`` has a path for each country of Natural Earth (1:110 million, public domain), drawn
on the Equal Earth projection. Countries too small for that scale get a dot at their capital (``solar_wind.csv``), by the
same projection. The names of areas that are no country of the tables are those of the sources.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from world import DATA, RAW, read

TARGET = DATA.parent / "optimizer" / "render" / "world_shapes.json"
WIDTH = 1920
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


def build() -> str:
    """The file as it has to be."""
    shapes = json.loads((RAW / "shapes_equal_earth.json").read_text(encoding="utf-8"))
    countries = [row["id"] for row in read(DATA / "countries.csv")[1]]
    capitals = {row["iso2"]: row for row in read(RAW / "solar_wind.csv")[1]}
    names = {row["iso2"]: row for row in read(RAW / "countries_world.csv")[1]}
    dots = {
        code: placed(float(capitals[code]["capital_lon"]), float(capitals[code]["capital_lat"]))
        for code in sorted(countries)
        if code not in shapes
    }
    others = {
        code: NAMES_BY_HAND.get(code)
        or {"en": names[code]["name"], "es": names[code]["name_es"], "pt": names[code]["name_pt"]}
        for code in sorted(shapes)
        if code not in countries
    }
    found = {"width": WIDTH, "height": round(2 * TOP), "shapes": dict(sorted(shapes.items())), "dots": dots}
    return json.dumps({**found, "others": others}, ensure_ascii=False, separators=(",", ":")) + "\n"


def main() -> int:
    """Write the file, or say that it differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 if the file would change")
    check = parser.parse_args().check
    text = build().encode()
    changed = not TARGET.is_file() or TARGET.read_bytes() != text
    if changed and not check:
        TARGET.write_bytes(text)
    print(f"{'would change' if check else 'changed'}: {TARGET.name if changed else 'nothing'}")
    return int(check and changed)


if __name__ == "__main__":
    sys.exit(main())
