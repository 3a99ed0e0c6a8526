"""The world map: every country has a place, nothing is pressed onto the edge, fills and legend say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import optimizer
from optimizer.answers.form.blocks import Table
from optimizer.answers.form.charts import Place, WorldMap
from optimizer.catalogue import Catalogue
from optimizer.cli import run
from optimizer.render.html import legend_of
from optimizer.render.svg import svg_of
from optimizer.render.world_map import EMPTY, SHADES, bounds_of, keys, map_svg

SHAPES = json.loads((Path(optimizer.__file__).parent / "render" / "world_shapes.json").read_text(encoding="utf-8"))
SPACE = "{http://www.w3.org/2000/svg}"


def chart(**values: float | None) -> WorldMap:
    places = [Place(code, code, value, "words", "" if value is not None else "law") for code, value in values.items()]
    return WorldMap("Cost", "USD", places, Table([], []))


def drawn(found: WorldMap) -> dict[str, str]:
    """Code -> fill."""
    root = ElementTree.fromstring(map_svg(found))
    return {area.attrib["data-code"]: area.attrib["fill"] for area in root.iter() if "data-code" in area.attrib}


def points(code: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in re.findall(r"(-?\d+),(-?\d+)", SHAPES["shapes"][code])]


def test_every_country_has_a_shape_or_a_dot(live: Catalogue) -> None:
    """Singapore and Bahrain have no polygon at this scale: without a dot they would be missing from the map."""
    places = SHAPES["shapes"].keys() | SHAPES["dots"].keys()
    assert live.every_country.keys() <= places
    assert {"SG", "BH", "MT", "TV"} <= SHAPES["dots"].keys()
    assert {"RU", "FJ", "XK", "TW", "EH"} <= SHAPES["shapes"].keys()


def test_islands_that_nobody_would_find_have_a_dot_on_their_shape() -> None:
    """Fiji was six units of a map 1,920 wide, one pixel of a phone; the borders around Kosovo show where it is."""
    both = SHAPES["dots"].keys() & SHAPES["shapes"].keys()
    assert both == {"BS", "CY", "FJ", "LU", "PR", "SB", "TT", "VU"}
    for code in both:
        x, y = SHAPES["dots"][code]
        assert min(abs(x - own_x) + abs(y - own_y) for own_x, own_y in points(code)) < 8, code


def test_a_country_with_a_dot_is_one_area_of_the_map() -> None:
    """Two areas of one name would be two stops of the keyboard and two lines of a search. Near by, the shape is enough;
    where Fiji is not compared, it is a grey shape without a dot."""
    forms = {}
    for codes in (dict.fromkeys(SHAPES["shapes"], 1.0), {"FJ": 1.0}, {"NZ": 1.0}):
        root = ElementTree.fromstring(map_svg(chart(**codes)))
        (area,) = (area for area in root.iter() if area.attrib.get("data-code") == "FJ")
        forms[len(codes), next(iter(codes))] = [
            form.tag.removeprefix(SPACE) for form in area if "title" not in form.tag
        ]
    assert list(forms.values()) == [["path", "circle"], ["path"], ["path"]]


def test_no_shape_crosses_the_whole_map() -> None:
    """Russia and Fiji cross the 180th meridian: uncut, a bar would be drawn over every continent between."""
    for code, path in SHAPES["shapes"].items():
        for ring in path.split("Z"):
            xs = [int(x) for x in re.findall(r"(-?\d+),-?\d+", ring)]
            assert not xs or max(xs) - min(xs) < 900, code


def test_the_piece_of_russia_beside_alaska_is_no_line_along_the_edge() -> None:
    """The cut left all of Russia as a line down to 36 degrees north at the left edge of the map."""
    left = [(x, y) for x, y in points("RU") if x < 400]
    assert left and max(y for _, y in left) < 70


def test_western_sahara_is_whole_and_apart_from_morocco() -> None:
    """A territory of its own from 27 degrees 40 north down to Mauritania, as the United Nations draw it."""
    assert max(y for _, y in points("MA")) == min(y for _, y in points("EH"))
    assert min(x for x, _ in points("EH")) < min(x for x, _ in points("MA"))


def test_names_of_other_areas_are_those_of_the_sources() -> None:
    """In three languages: no country of the tables, shown without a figure."""
    assert SHAPES["others"]["EH"] == {
        "en": "Western Sahara",
        "es": "Sáhara Occidental",
        "pt": "Saara Ocidental",
    }


def test_a_dot_lies_where_its_country_does() -> None:
    """Singapore south of Malaysia, Bahrain between Qatar and Saudi Arabia, Malta below Sicily."""
    singapore, bahrain, malta = (SHAPES["dots"][code] for code in ("SG", "BH", "MT"))
    assert min(abs(x - singapore[0]) + abs(y - singapore[1]) for x, y in points("MY")) < 12
    assert min(abs(x - bahrain[0]) + abs(y - bahrain[1]) for x, y in points("QA")) < 20
    assert min(abs(x - malta[0]) + abs(y - malta[1]) for x, y in points("IT")) < 20


def test_shades_follow_the_figures_and_hatches_the_groups() -> None:
    """The dearest is darkest, no plan is hatched, what is not compared is grey."""
    found = drawn(chart(BR=1e6, MX=2e6, CL=3e6, AR=4e6, PE=5e6, IR=None))
    assert (found["BR"], found["PE"]) == (SHADES[0], SHADES[-1])
    assert found["IR"].startswith("url(#map") and found["US"] == EMPTY


def test_the_legend_counts_every_place_once() -> None:
    """A legend that leaves a class out, or counts one twice, is another map."""
    found = chart(BR=1e6, MX=2e6, CL=3e6, AR=4e6, PE=5e6, CO=9e6, IR=None, CU=None)
    legend = keys(found)
    assert sum(key.count for key in legend) == len(SHAPES["shapes"])
    assert [key.words for key in legend][-2:] == ["law", "not in this comparison"]
    assert (legend[-2].count, legend[-1].fill) == (2, EMPTY)
    assert [line["count"] for line in legend_of(found)] == [key.count for key in legend]


def test_a_cause_is_hatched_alike_on_every_map() -> None:
    """Whatever comes first: law was grey on the map of the world, and magenta on that of Latin America."""
    hatches = []
    for groups in (("data", "law"), ("law", "data"), ("law",)):
        places = [Place(f"{'BR' if group == 'law' else 'CL'}", group, None, group=group) for group in groups]
        found = WorldMap("Cost", "USD", places, Table([], []), ("data", "limits", "law"))
        hatches.append(drawn(found)["BR"].rpartition("-")[2])
        assert [key.words for key in keys(found)][:-1] == sorted(groups)  # none for "limits", which nothing has
    assert len(set(hatches)) == 1


def test_a_map_of_a_few_countries_shows_their_part_of_the_world() -> None:
    """Two neighbours were two specks on a map of the world; France does not reach to Guiana, nor Fiji around it."""
    for codes, most in ((("UY", "PY"), 500), (("FR", "DE"), 500), (("FJ", "VU"), 500), (("SG",), 400)):
        left, top, width, height = map(
            float, ElementTree.fromstring(map_svg(chart(**dict.fromkeys(codes, 1.0)))).attrib["viewBox"].split()
        )
        assert width <= most and width / height == pytest.approx(SHAPES["width"] / SHAPES["height"], rel=0.02)
        assert left >= 0 and top >= 0 and left + width <= SHAPES["width"] + 1
    whole = ElementTree.fromstring(map_svg(chart(**dict.fromkeys(SHAPES["shapes"], 1.0))))
    assert whole.attrib["viewBox"] == f"0 0 {SHAPES['width']} {SHAPES['height']}"


@pytest.mark.parametrize("values", [[], [5.0], [5.0, 5.0], [1.0, 2.0], [float(n) for n in range(50)]])
def test_bounds_hold_every_figure(values: list[float]) -> None:
    """One figure, equal ones, none: the last bound is the greatest."""
    bounds = bounds_of(values)
    assert bounds == sorted(bounds) and (not values or bounds[-1] == max(values))


def test_shades_are_of_figures_near_each_other() -> None:
    """By fifths of the places 26.1 was as dark as 36.9; by equal ratios 134 of 159 countries had one shade."""
    values = [15.7, *(24.9 + 0.01 * place for place in range(120)), 36.9]
    bounds = bounds_of(values)
    assert bounds[0] == 15.7 and bounds[-2:] == [values[-2], 36.9], "what is far from the others has its own shade"
    counts = [sum(low < value <= high for value in values) for low, high in zip([0, *bounds], bounds, strict=False)]
    assert len(counts) == len(SHADES) and max(counts) <= len(values) / 3
    assert bounds_of([0.0, 1.0, 1.0, 2.0, 3.0, 4.0, 10.0])[-2:] == [4.0, 10.0], "no ratios from nothing"


def test_the_legend_has_the_range_of_each_shade() -> None:
    """ "Up to" left open from where; the ends are figures of countries, and the counts are of them."""
    found = keys(chart(SE=1e6, CH=2e6, AR=2.1e6, PY=3e6, UY=4e6, BR=5e6))
    assert [(key.words, key.count) for key in found[:5]] == [
        ("$1.00M", 1),
        ("$2.00M to $2.10M", 2),
        ("$3.00M", 1),
        ("$4.00M", 1),
        ("$5.00M", 1),
    ]


def test_two_maps_of_one_page_do_not_share_names() -> None:
    """Hatches are found by name: with one name for both, the second map would take those of the first."""
    first = chart(BR=None)
    second = WorldMap("Days", "days", first.places, first.table)
    names = [set(re.findall(r'id="([^"]+)"', map_svg(found))) for found in (first, second)]
    assert not names[0] & names[1]


def test_a_name_cannot_break_out_of_the_picture() -> None:
    """A name of a country pack is text, never markup."""
    found = map_svg(WorldMap("<t>", "USD", [Place("BR", '<script>"&', 1.0, "<b>")], Table([], [])))
    assert "<script>" not in found and "<b>" not in found
    ElementTree.fromstring(found)


def test_reports_draw_the_map() -> None:
    """A map in a report is a map, not bars: one path a country."""
    root = ElementTree.fromstring(svg_of(chart(BR=1.0)))
    assert len(list(root.iter(f"{SPACE}path"))) > 170


def test_a_map_with_links_is_no_single_picture() -> None:
    """A reader of screens does not enter a picture: links inside one would be out of reach."""
    found = chart(BR=1.0)
    assert 'role="img"' in map_svg(found) and "<a " not in map_svg(found)
    linked = map_svg(found, lambda code: f"{code}.html")
    assert 'role="group"' in linked and '<a href="BR.html"' in linked


def test_a_comparison_of_countries_has_a_map(live: Catalogue) -> None:
    """Six countries or more; those without a plan by their cause, and in a terminal only where all is asked for."""
    codes = ["BR", "MX", "CL", "RU", "RS", "FR"]
    found = optimizer.answer("compare", country=codes, max_mw="5", deadline="365d", catalogue=live)
    (section,) = (part for part in found.sections if any(isinstance(block, WorldMap) for block in part.blocks))
    (drawn,) = section.blocks
    assert section.further and isinstance(drawn, WorldMap)
    assert {place.code for place in drawn.places} == set(codes)
    groups = {place.code: place.group for place in drawn.places if place.value is None}
    assert groups["RU"] != groups["RS"]
    few = optimizer.answer("compare", country=codes[:2], max_mw="5", deadline="365d", catalogue=live)
    assert not any(isinstance(block, WorldMap) for part in few.sections for block in part.blocks)


def test_maps_of_a_comparison_and_of_a_report_name_the_missing_figure(live: Catalogue, tmp_path: Path) -> None:
    """The atlas named it, these said "prices or data are missing, or the request excludes it"; a country's tip was its
    name alone."""
    codes = ["BR", "MX", "CL", "RU", "RS", "FJ"]
    compared = optimizer.answer("compare", country=codes, max_mw="5", deadline="365d", catalogue=live)
    plans = tmp_path / "plans.csv"
    assert run(["sweep", "--country", ",".join(codes), "--max-mw", "5", "--deadline", "365d", "-o", str(plans)]) == 0
    reported = optimizer.answer("report", file=str(plans), catalogue=live)
    for found in (compared, reported):
        (chart,) = (block for part in found.sections for block in part.blocks if isinstance(block, WorldMap))
        places = {place.code: place for place in chart.places}
        assert places["RS"].group == places["FJ"].group == "a deciding figure is not known (the import duty: 2)"
        assert "the import duty of Serbia is not known: give it with --import-duty" in places["RS"].words
        assert "export rules" in places["RU"].words and places["RU"].group in chart.groups
